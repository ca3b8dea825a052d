"""Whatever a public function is given, it works or says what came and what was expected."""

import functools
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import aeutils
from aeutils import (
    show_curves,
    show_digits,
    show_figure,
    show_layers,
    show_maps,
    to_images,
    to_vectors,
)
from aeutils.exercises import judge
from aeutils.results import read_results

DTYPES = ["uint8", "int64", "float16", "float32", "float64", "bool", "complex64", "U3", "O"]
shapes = st.lists(st.sampled_from([0, 1, 2, 3, 28, 784]), max_size=4).filter(
    lambda shape: np.prod(shape) <= 10_000
)


@st.composite
def arrays(draw):
    """Arrays of many shapes and types, with NaN, infinities and huge values among them."""
    shape, dtype = draw(shapes), np.dtype(draw(st.sampled_from(DTYPES)))
    if dtype.kind in "UO":
        return np.full(shape, draw(st.sampled_from(["a", ""])), dtype)
    fill = draw(st.sampled_from([0, 1, 255, -1, 0.5, np.nan, np.inf, -np.inf, 1e300]))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        array = np.full(shape, fill).astype(dtype)
    if array.size and draw(st.booleans()):
        array.flat[0] = 0
    return array


def tensors():
    import keras  # its import takes seconds: not while tests are collected

    eager = keras.ops.convert_to_tensor(np.full((2, 784), 0.5, "float32"))
    return [eager, keras.Input((784,)), keras.Input((28, 28, 1))]


@functools.cache
def networks():
    import keras

    dense, conv = keras.layers.Dense, keras.layers.Conv2D
    image, pixels = keras.Input((28, 28, 1)), keras.Input((784,))
    return [
        keras.Sequential([pixels, dense(32), dense(784)]),
        keras.Sequential([pixels, dense(10)]),
        keras.Sequential([image, conv(2, 3), conv(1, 3)]),
        keras.Model(pixels, [dense(3)(pixels), dense(4)(pixels)]),
        keras.Sequential([dense(3)]),
        dense(3),
        lambda x: np.full(np.shape(x), np.nan),
        lambda x: np.reshape(x, (len(x), -1))[:, :5],
        lambda x: "no numbers",
        lambda x: 3,
    ]


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5))
lists = st.recursive(st.floats() | st.integers(-3, 300), st.lists, max_leaves=10)
anything = st.one_of(arrays(), scalars, lists, st.deferred(lambda: st.sampled_from(tensors())))
models = st.deferred(lambda: st.sampled_from(networks()))
images = st.sampled_from([np.full((12, 784), 0.5), np.zeros((12, 28, 28, 1), "float32")])
digits = st.just(np.arange(12) % 10)
names = st.one_of(scalars, st.text(max_size=5), st.sampled_from(["simple", "$x_1$", "$", "a\nb"]))

thorough = settings(
    max_examples=150,
    deadline=None,  # drawing a figure takes long, and how long is another test's question
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True, scope="module")
def undisplayed():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("aeutils.display.display", lambda image: None)
        networks()  # Keras draws random weights, which hypothesis does not want to see
        yield
        plt.close("all")


def works_or_explains(function, *arguments, **keywords):
    """Call it; an error must be one for people, and no figure may be left behind."""
    before = plt.get_fignums()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Matplotlib on glyphs that its font lacks
            return function(*arguments, **keywords)
    except (ValueError, TypeError) as error:
        text = str(error)
        assert "expected" in text or "columns" in text, text
        assert "eceived" in text or "has shape" in text, text
        assert len(text) < 600
        traceback = error.__traceback__
        while traceback.tb_next:
            traceback = traceback.tb_next
        assert "aeutils" in traceback.tb_frame.f_code.co_filename, text
    finally:
        assert plt.get_fignums() == before
    return None


@thorough
@given(anything)
def test_scaling_works_on_images_only(x):
    for function, shape in ((to_vectors, (784,)), (to_images, (28, 28, 1))):
        scaled = works_or_explains(function, x)
        if scaled is not None:
            assert x.dtype == np.uint8
            assert scaled.shape == (len(x), *shape)
            assert scaled.dtype == np.float32
            assert scaled.size == 0 or 0 <= scaled.min() <= scaled.max() <= 1


@thorough
@given(st.one_of(anything, st.dictionaries(names, anything, max_size=2)), st.none() | anything)
def test_digits_are_drawn_or_refused(rows, captions):
    works_or_explains(show_digits, rows, captions)


@thorough
@given(anything, anything | st.integers(-2, 9), st.none() | anything, st.booleans())
def test_maps_are_drawn_or_refused(maps, columns, captions, diverging):
    works_or_explains(show_maps, maps, columns, captions, diverging)


@thorough
@given(
    st.one_of(anything, st.dictionaries(names, anything, max_size=2)),
    st.none() | anything | st.tuples(scalars, names),
    st.booleans(),
    st.none() | st.just("conv") | scalars,
)
def test_curves_are_drawn_or_refused(curves, floor, log, model):
    works_or_explains(show_curves, curves, floor=floor, log=log, model=model)


@thorough
@given(st.one_of(anything, st.dictionaries(names, anything | models, max_size=2)))
def test_layers_are_drawn_or_refused(networks):
    works_or_explains(show_layers, networks)


@thorough
@given(anything, anything)
def test_only_figures_with_a_text_alternative_are_shown(figure, alt):
    works_or_explains(show_figure, figure, alt)


@thorough
@given(anything, anything)
def test_a_check_never_raises(exercise, answer):
    verdict, message = judge(exercise, answer)
    assert verdict != "right"
    assert message


@thorough
@given(anything)
def test_a_label_of_progress_may_be_anything(label):
    aeutils.Progress(label)


@thorough
@given(st.binary(max_size=50))
def test_results_of_any_file_are_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "a.ipynb"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="not a Jupyter notebook"):
        read_results(path)
