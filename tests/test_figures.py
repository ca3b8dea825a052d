"""What is drawn where, on which scale, in which color, with which label and text alternative."""

import base64
import inspect
import io
import itertools
from concurrent.futures import ThreadPoolExecutor

import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from PIL import Image

from aeutils import COLORS, show_curves, show_digits, show_figure, show_layers, show_maps
from aeutils.figures import as_png

SHAPES = [(784,), (28, 28), (28, 28, 1)]
seeds = st.integers(0, 10**6).map(np.random.default_rng)


def drawn(figure):
    """The first axes of a figure, laid out and drawn as sharp as it is shown."""
    figure.dpi = 200
    FigureCanvasAgg(figure).draw()
    return figure.axes[0]


def box(artist):
    return artist.get_window_extent(artist.figure.canvas.get_renderer())


def cells(image):
    """The color seen in the middle of each pixel of an image: (height, width, 3) from 0 to 1."""
    pixels = np.asarray(image.figure.canvas.buffer_rgba())[..., :3] / 255
    height, width = np.shape(image.get_array())
    x = np.linspace(box(image).x0, box(image).x1, 2 * width + 1)[1::2]
    y = np.linspace(box(image).y1, box(image).y0, 2 * height + 1)[1::2]
    return pixels[np.ix_((len(pixels) - y).astype(int), x.astype(int))]


def assert_in_reading_order(images, columns):
    """Each image is right of the one before it, or begins a line below all others."""
    for i, (one, other) in enumerate(itertools.pairwise(map(box, images)), 1):
        if i % columns:
            assert one.x1 < other.x0 < one.x1 + one.width / 5
            assert (other.y0, other.y1) == pytest.approx((one.y0, one.y1))
        else:
            assert other.x0 == pytest.approx(box(images[0]).x0)
            assert other.y1 < one.y0


def assert_above(text, image, size=None):
    """A caption stands close above its own picture, in its middle."""
    assert box(image).y1 <= box(text).y0 < box(image).y1 + 16
    middle = (box(image).x0 + box(image).x1) / 2
    assert (box(text).x0 + box(text).x1) / 2 == pytest.approx(middle, abs=3)
    assert size is None or text.get_fontsize() == size


@given(seeds, st.integers(1, 3), st.integers(1, 12), st.sampled_from(SHAPES), st.booleans())
def test_each_digit_is_seen_upright_in_its_place_white_on_black(rng, rows, n, shape, as_bytes):
    images = rng.integers(0, 256, (rows, n, *shape), "uint8")
    sent = images if as_bytes else (images / 255).astype(rng.choice(["float32", "float64"]))
    axis = drawn(show_digits.figure({f"row {k}": row for k, row in enumerate(sent)})[0])
    assert_in_reading_order(axis.images, n)
    for image, wanted in zip(axis.images, images.reshape(-1, 28, 28), strict=True):
        assert np.allclose(cells(image), wanted[..., None] / 255, atol=0.005)
        assert box(image).width == pytest.approx(box(image).height)
    for k, label in enumerate(axis.texts):
        place = box(axis.images[k * n])
        assert label.get_text() == f"row {k}"
        assert box(label).x1 < place.x0
        assert place.y0 < (box(label).y0 + box(label).y1) / 2 < place.y1


@pytest.mark.parametrize("captions", [["p", "q"], {"b": ["p", "two\nlines"]}])
def test_captions_stand_above_their_pictures(captions):
    rows = dict.fromkeys("abc", np.zeros((2, 784)))
    axis = drawn(show_digits.figure(rows, captions)[0])
    texts = [text for text in axis.texts if text.get_text() not in rows]
    wanted, first = (captions, 0) if isinstance(captions, list) else (captions["b"], 2)
    assert [text.get_text() for text in texts] == wanted
    for text, image in zip(texts, axis.images[first:], strict=False):
        assert_above(text, image, size=11)


def test_the_alternative_of_digits_names_rows_and_captions_in_order():
    two, one = np.zeros((2, 784)), np.zeros((1, 784))
    names = "2 digits in each row, from top to bottom: b 1, a."
    rows = {"b\n1": two, "a": two}
    for given_, said in [
        ((rows, [7, 2]), f"{names} Column captions: 7, 2."),
        ((rows, {"a": np.array([7, 2])}), f"{names} Captions of a: 7, 2."),
        ((two,), "2 digits."),
        ((one, [3]), "1 digit. Column captions: 3."),
        ((two, None, "Mine."), "Mine."),
    ]:
        assert show_digits.figure(*given_)[1] == said


@given(seeds, st.integers(1, 11), st.integers(1, 10), st.booleans(), st.booleans(), st.booleans())
def test_each_map_is_seen_in_its_place_on_the_scale_that_is_said(
    rng, n, columns, diverging, scale_each, flat
):
    height, width = (28, 28) if flat else rng.integers(1, 6, 2)
    maps = rng.normal(0, 10.0 ** rng.integers(-3, 3), (n, height, width))
    maps[rng.integers(n)] *= 10  # the largest value may be in any map
    maps = maps if diverging else abs(maps)
    figure, said = show_maps.figure(
        maps.reshape(n, 784) if flat else maps, columns, list("abcdefghijk"[:n]), diverging,
        scale_each,
    )  # fmt: skip
    axis, columns = drawn(figure), min(n, columns)
    assert_in_reading_order(axis.images, columns)
    captions = [text for text in axis.texts if text.get_text()]
    assert "".join(text.get_text() for text in captions) == "abcdefghijk"[:n]
    for image, values, caption in zip(axis.images, maps, captions, strict=True):
        assert_above(caption, image)
        assert box(image).height / box(image).width == pytest.approx(height / width, rel=0.01)
        part = values / (abs(values).max() if scale_each else abs(maps).max())
        red, green, blue = np.moveaxis(cells(image), -1, 0)
        if not diverging:
            assert np.allclose(green, part, atol=0.01)
            assert (red == green).all()
            continue
        assert (red[part > 0.05] > blue[part > 0.05]).all()
        assert (blue[part < -0.05] > red[part < -0.05]).all()
        # Green is brightest at zero, and falls to both sides.
        assert np.allclose(green, np.interp(abs(part), [0, 1], [0.97, 0.04]), atol=0.25)
    bar = figure.axes[1]
    assert box(axis.images[columns - 1]).x1 < box(bar).x0
    assert bar.get_ylim() == ((-1, 1) if diverging else (0, 1))
    largest = "largest" if scale_each else f"{abs(maps).max():.2g}"
    labels = [label.get_text() for label in bar.get_yticklabels()]
    assert labels == ([f"-{largest}"] if diverging else []) + ["0", largest]
    assert said == (
        f"{n} maps in {-(-n // columns)} row{'s' if n > columns else ''} of {columns}; "
        + ("blue negative, white zero, red positive" if diverging else "black 0, white the largest")
        + (", on a scale of its own for each map." if scale_each else ".")
    )


levels = st.floats(0.01, 100)
curves = st.dictionaries(st.text("abc", min_size=1), st.lists(levels, min_size=1, max_size=120),
                         min_size=1, max_size=5)  # fmt: skip


@given(curves, st.booleans(), st.none() | levels)
@example({"a": [1, 2, 3], "b": [4, 5]}, False, 0.5)  # the longest is not the last
def test_each_value_is_drawn_from_epoch_1_and_each_name_right_of_its_end(curves, log, floor):
    pair = None if floor is None else (floor, "the floor")
    figure, said = show_curves.figure(curves, log=log, floor=pair)
    axis = drawn(figure)
    parts = [f"{name} from {y[0]:.3g} to {y[-1]:.3g}" for name, y in curves.items()]
    lines = [(np.arange(1, len(y) + 1), y) for y in curves.values()]
    if pair:
        parts.append(f"dashed line: the floor at {floor:.3g}")
        lines.append(([1, max(map(len, curves.values()))], [floor, floor]))
        style = (axis.lines[-1].get_linestyle(), axis.lines[-1].get_linewidth())
        assert (*style, axis.lines[-1].get_color()) == ("--", 1, COLORS["floor"])
    assert said == f"loss by epoch: {'; '.join(parts)}."
    names = {text.get_text(): text for text in axis.texts}
    for line, (x, y), name in zip(axis.lines, lines, [*curves, "the floor"], strict=False):
        assert np.array_equal(line.get_xdata(), x)
        assert np.array_equal(line.get_ydata(), y)
        assert line.get_marker() == ("o" if len(x) <= 100 and name in curves else "None")
        assert names[name].get_color() == line.get_color()
        assert names[name].xy == (x[-1], y[-1])
        assert box(names[name]).x0 > axis.transData.transform((x[-1], y[-1]))[0]
    for one, other in itertools.combinations(map(box, names.values()), 2):
        assert not one.overlaps(other)
    by_place = sorted(names.values(), key=lambda text: box(text).y0)
    assert [text.xy[1] for text in by_place] == sorted(text.xy[1] for text in by_place)
    assert axis.get_yscale() == ("log" if log else "linear")
    assert (np.diff(axis.transData.transform([(1, 1), (2, 2)]), axis=0) > 0).all()


def test_a_curve_has_the_color_of_its_model_and_only_its_training_is_dotted():
    curves = {name: [1, 2] for name in ("training", "validation", "pca")}
    lines = drawn(show_curves.figure(curves, model="conv")[0]).lines
    assert [line.get_color() for line in lines] == [COLORS["conv"]] * 3
    assert [line.get_linestyle() for line in lines] == [":", "-", "-"]
    lines = drawn(show_curves.figure(curves)[0]).lines
    assert [line.get_linestyle() for line in lines] == ["-"] * 3
    *others, pca = (line.get_color() for line in lines)
    assert pca == COLORS["pca"]
    assert not {*others} & {*COLORS.values()}


def test_axes_say_what_they_measure_in_plain_numbers():
    axis = drawn(show_curves.figure({"a": [0.03, 0.6]}, "MSE", xlabel="noise", log=True)[0])
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("noise", "MSE")
    low, high = axis.get_ylim()
    ticks = zip(axis.get_yticks(), axis.get_yticklabels(), strict=True)
    shown = [label.get_text() for y, label in ticks if low <= y <= high]
    assert shown == ["0.05", "0.1", "0.2", "0.5"]
    axis = drawn(show_curves.figure({"a": [1, 2, 3]})[0])
    assert all(tick == round(tick) for tick in axis.get_xticks())


def chain(*units):
    layers = [keras.layers.Dense(n) for n in units[1:]]
    return keras.Sequential([keras.Input((units[0],)), *layers])


def test_each_network_is_a_row_of_shapes_with_its_layers_between_them():
    image = keras.Input((28, 28, 1))
    maps = keras.layers.Conv2D(8, 3, padding="same", activation="relu")(image)
    maps = keras.layers.Flatten()(keras.layers.MaxPooling2D(2)(maps))
    models = {"conv": keras.Model(image, chain(1568, 32)(maps)), "other": chain(784, 32, 10)}
    figure, said = show_layers.figure(models)
    upper = drawn(figure)
    shapes = ["28 x 28 x 1", "28 x 28 x 8", "14 x 14 x 8", "1568", "32"]
    texts = {(round(x, 1), y < 0): text for (x, y), text in
             ((text.get_position(), text.get_text()) for text in upper.texts) if text}  # fmt: skip
    assert [texts[k, True] for k in range(5)] == shapes
    layers = ["Conv2D\nrelu", "Max\nPooling2D", "Flatten", "Dense"]
    assert [texts[k + 0.5, False] for k in range(4)] == layers
    assert said == (
        "Networks, layer by layer, with the shape of each output. "
        f"conv: {', '.join(shapes)}; other: 784, 32, 10."
    )
    lower = figure.axes[1]
    assert [axis.get_title(loc="left") for axis in figure.axes] == ["conv", "other"]
    assert box(upper).y0 > box(lower).y0
    assert {to_hex(patch.get_facecolor()).upper() for patch in upper.patches} == {COLORS["conv"]}
    bars = lower.patches
    assert [bar.get_x() + bar.get_width() / 2 for bar in bars] == pytest.approx([0, 1, 2])
    assert bars[0].get_height() == 1 > bars[1].get_height() > bars[2].get_height() > 0.2
    for channels, squares in ((1, 1), (2, 2), (8, 4)):
        stack = keras.Sequential([keras.Input((9, 9, channels)), keras.layers.Flatten()])
        [axis] = show_layers.figure({"a": stack})[0].axes
        assert len(axis.patches) == squares + 1  # and a bar


@pytest.fixture
def shown(monkeypatch):
    """What is handed to the notebook: a list of (data, metadata), as a front end gets them."""
    seen = []
    monkeypatch.setattr("aeutils.figures.display", lambda x: seen.append(x._repr_mimebundle_()))
    return seen


def test_a_figure_is_shown_once_sharp_and_with_its_alternative_in_every_form(shown):
    figure, axis = plt.subplots(figsize=(2, 1))
    axis.set_title("数字 🙂")  # letters that the font lacks: no warning
    show_figure(figure, 'A "red" box & more.')
    ((data, metadata),) = shown
    assert data["text/plain"] == metadata["image/png"]["alt"] == 'A "red" box & more.'
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    size = metadata["image/png"]["width"], metadata["image/png"]["height"]
    assert picture.size == pytest.approx([2 * side for side in size], abs=1)
    assert f'alt="A &quot;red&quot; box &amp; more." width="{size[0]}"' in data["text/html"]
    assert data["image/png"] in data["text/html"]
    assert 150 < size[0] < 260
    assert plt.get_fignums() == []


def test_figures_that_are_drawn_at_the_same_time_are_whole():
    def draw(digit):
        return as_png(show_digits.figure(np.full((3, 784), digit / 9), captions="abc")[0])

    with ThreadPoolExecutor() as threads:  # as a slider does while a cell draws
        assert [*threads.map(draw, [1, 8] * 9)] == [draw(1), draw(8)] * 9


def test_the_defaults_and_the_colors_of_the_models_are_these():
    wanted = {
        show_digits: "(rows, captions=None, alt=None)",
        show_maps: "(maps, columns=8, captions=None, diverging=True, scale_each=False, alt=None)",
        show_curves: "(curves, ylabel='loss', floor=None, model=None, log=False, xlabel='epoch', "
        "alt=None)",
    }
    assert {show: str(inspect.signature(show)) for show in wanted} == wanted
    assert COLORS == {
        "simple": "#0072B2", "shallow": "#882255", "pca": "#E69F00", "linear": "#56B4E9",
        "deep": "#009E73", "conv": "#D55E00", "random start": "#000000", "pretrained": "#CC79A7",
        "floor": "#767676",
    }  # fmt: skip


def test_the_look_is_switched_on_by_one_line_and_readers_settings_change_nothing():
    settings = {"savefig.format": "pdf", "text.usetex": True, "savefig.transparent": True}
    before, pictures = dict(plt.rcParams), []
    for reader in ({}, settings):
        with plt.rc_context(reader), plt.style.context("aeutils.course"):
            assert plt.rcParams["font.size"] == plt.rcParams["axes.titlesize"] == 11
            cycle = plt.rcParams["axes.prop_cycle"].by_key()["color"]
            assert cycle == ["#332288", "#999933", "#882255", "#44AA99"]
            pictures.append(as_png(show_curves.figure({"a": [1, 2]})[0]))
    assert pictures[0] == pictures[1]
    assert dict(plt.rcParams) == before


ZERO, X = np.zeros((1, 784)), keras.Input((4,))
BRANCH = keras.Model(X, keras.layers.Add()([keras.layers.Dense(4)(X), X]))


@pytest.mark.parametrize(
    ("show", "arguments", "named"),
    [
        (show_digits, [ZERO[0]], r"shape \(784,\).*images\[3:4\]"),
        (show_digits, [{"a": np.zeros((2, 784)), "b": ZERO}], "different lengths"),
        (show_digits, [{"a": ZERO}, {"b": "x"}], r"captions for \['b'\], expected rows of \['a'\]"),
        (show_digits, [np.zeros((1001, 784))], "1,001 images, expected at most 1,000"),
        (show_maps, [np.zeros((784, 32))], r"shape \(784, 32\)"),
        (show_curves, [{"a": [1, np.nan]}], "curve 'a' with NaN"),
        (show_curves, [{"a": [1]}, "loss", None, "dense"], "model='dense', expected one of simple"),
        (show_curves, [{"a": [0, 1, 1]}, "loss", None, None, True], "Received 0 in curve 'a'"),
        (show_layers, [{"a": 3}], "Received int as 'a', expected a Keras model"),
        (show_layers, [{"a": BRANCH}], "'a', whose layers branch"),
        (show_figure, [plt.Figure(), " "], "expected a sentence"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(show, arguments, named, shown):
    with pytest.raises((TypeError, ValueError), match=named):
        show(*arguments)
    assert shown == []
