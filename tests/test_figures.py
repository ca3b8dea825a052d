"""Every figure has a text alternative, and bad input never gives a wrong figure."""

import io

import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image as PILImage

import aeutils
from aeutils import COLORS, show_curves, show_digits, show_figure, show_layers, show_maps


@pytest.fixture
def displayed(monkeypatch):
    """What the figure functions hand to the notebook: a list of (pixels, alt)."""
    seen = []

    def catch(image):
        pixels = np.asarray(PILImage.open(io.BytesIO(image.data)).convert("RGB"))
        seen.append((pixels, image.alt))

    monkeypatch.setattr("aeutils.display.display", catch)
    return seen


def digits(n, value=0.5, shape=(784,)):
    return np.full((n, *shape), value, "float32")


def test_alternative_names_rows_and_captions(displayed):
    show_digits({"reconstruction": digits(3), "input": digits(3)}, captions=[7, 2, 1])
    ((_, alt),) = displayed
    assert "3 digits" in alt
    assert alt.index("reconstruction") < alt.index("input")
    assert "7, 2, 1" in alt


def test_alternative_of_curves_says_where_they_go(displayed):
    show_curves({"Adam": [0.25, 0.125]}, floor=(0.0625, "floor"))
    ((_, alt),) = displayed
    assert "Adam from 0.25 to 0.125" in alt
    assert "floor at 0.0625" in alt


def test_alternative_of_maps_says_how_many_and_what_the_colours_mean(displayed):
    show_maps(np.ones((12, 5, 5)), columns=4)
    ((_, alt),) = displayed
    assert "12 maps in 3 rows of 4" in alt
    assert "white zero" in alt


def chain(*units):
    return keras.Sequential([keras.Input((units[0],)), *map(keras.layers.Dense, units[1:])])


def test_layers_are_drawn_with_their_shapes_in_order_those_inside_models_too(displayed):
    image = keras.Input((28, 28, 1))
    maps = keras.layers.MaxPooling2D(2)(keras.layers.Conv2D(8, 3, padding="same")(image))
    both = keras.Model(image, chain(1568, 32)(keras.layers.Flatten()(maps)))
    show_layers({"simple": keras.Sequential([chain(784, 32), chain(32, 784)]), "conv": both})
    ((_, alt),) = displayed
    assert "simple: 784, 32, 784;" in alt
    assert "conv: 28 x 28 x 1, 28 x 28 x 8, 14 x 14 x 8, 1568, 32." in alt


def test_curves_of_one_model_have_its_colour(displayed):
    show_curves({"training": [1, 2], "validation": [2, 1]}, model="conv")
    show_curves({"training": [1, 2], "validation": [2, 1]})
    color = [int(COLORS["conv"][i : i + 2], 16) for i in (1, 3, 5)]
    coloured, plain = ((pixels == color).all(axis=2).sum() for pixels, _ in displayed)
    assert coloured > 100
    assert plain == 0


@pytest.mark.parametrize("alt", ["", "  ", None, 3])
def test_a_figure_without_alternative_is_refused(alt):
    figure = plt.figure()
    with pytest.raises(ValueError, match="expected a sentence"):
        show_figure(figure, alt)
    plt.close(figure)


def test_figures_are_closed_after_showing(displayed):
    before = plt.get_fignums()
    show_digits({"": digits(2)})
    show_maps(digits(2))
    show_curves({"a": [1, 2]})
    assert len(displayed) == 3
    assert plt.get_fignums() == before


def test_gray_scale_is_the_same_for_every_digit(displayed):
    # A half-gray image must not be stretched to white, as imshow does by itself.
    show_digits({"": digits(1, 0.5)})
    show_digits({"": digits(1, 1.0)})
    (half, _), (white, _) = displayed
    assert 120 <= np.median(half) <= 135
    assert np.median(white) == 255


@pytest.mark.parametrize("shape", [(784,), (28, 28), (28, 28, 1)])
def test_shapes_of_digits_are_drawn_alike(displayed, shape):
    show_digits({"": digits(2, shape=shape)})
    show_digits({"": np.full((2, 28, 28), 0.5, "float32")})
    assert np.array_equal(displayed[0][0], displayed[1][0])


def test_zero_weight_is_white(displayed):
    maps = np.zeros((1, 9, 9))
    maps[0, 0, 0] = 3  # one large weight must not move the zero
    show_maps(maps)
    pixels, _ = displayed[0]
    assert (np.median(pixels.reshape(-1, 3), axis=0) >= 246).all()


def test_each_model_has_a_colour_of_its_own():
    assert len(set(aeutils.COLORS.values())) == len(aeutils.COLORS)


def unfixed():
    return keras.Sequential([keras.Input((None, None, 1)), keras.layers.Conv2D(2, 3)])


def branching():
    x = keras.Input((4,))
    return keras.Model(x, keras.layers.Add()([keras.layers.Dense(4)(x), x]))


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: show_digits(digits(2)), "Received ndarray as rows"),
        (lambda: show_digits({}), "expected a dict"),
        (lambda: show_digits({"a": digits(2), "b": digits(3)}), "different lengths"),
        (lambda: show_digits({"a": digits(2)}, captions=[1]), "1 captions for 2 columns"),
        (lambda: show_digits({"a": np.zeros(784)}), r"shape \(784,\)"),
        (lambda: show_digits({"a": np.zeros((2, 3))}), r"shape \(2, 3\)"),
        (lambda: show_digits({"a": np.zeros((0, 784))}), "at least one image"),
        (lambda: show_digits({"a": digits(1, np.nan)}), "NaN"),
        (lambda: show_digits({"a": np.zeros((1, 784), int)}), "dtype int64"),
        (lambda: show_digits({"a": "digits"}), "expected numbers"),
        (lambda: show_maps(np.zeros(5)), r"shape \(5,\)"),
        (lambda: show_maps(digits(2), columns=0), "columns=0"),
        (lambda: show_maps(digits(2), captions="abc"), "3 captions for 2 columns"),
        (lambda: show_maps(digits(1, np.inf)), "infinity"),
        (lambda: show_layers([chain(3, 2)]), "Received list as models"),
        (lambda: show_layers({"a": "model"}), "Received str as 'a'"),
        (lambda: show_layers({"a": keras.Sequential()}), "'a', a model that is not built"),
        (lambda: show_layers({"a": branching()}), "'a', whose layers branch"),
        (lambda: show_layers({"a": unfixed()}), r"shape \(None, None, 1\), expected fixed"),
        (lambda: show_curves({"a": [1]}, model="dense"), "model='dense', expected one of simple"),
        (lambda: show_curves([1, 2]), "Received list"),
        (lambda: show_curves({"a": []}), r"shape \(0,\)"),
        (lambda: show_curves({"a": [1, np.nan]}), "NaN"),
        (lambda: show_curves({"a": [[1], [1, 2]]}), "not one array, expected numbers"),
    ],
)
def test_bad_input_is_refused_by_name(call, named, displayed):
    before = plt.get_fignums()
    with pytest.raises((TypeError, ValueError), match=named):
        call()
    assert displayed == []
    assert plt.get_fignums() == before
