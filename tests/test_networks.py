"""Which network is drawn as which chain: shapes, layers, order, sizes and colours."""

import keras
import pytest
from matplotlib.colors import to_hex, to_rgba

from aeutils import COLORS
from aeutils.networks import layer_figure

dense = keras.layers.Dense


def chain(*units):
    return keras.Sequential([keras.Input((units[0],)), *map(dense, units[1:])])


@pytest.fixture(scope="module")
def conv():
    image = keras.Input((28, 28, 1))
    maps = keras.layers.Conv2D(8, 3, padding="same", activation="relu")(image)
    maps = keras.layers.MaxPooling2D(2)(maps)
    return keras.Model(image, chain(1568, 32)(keras.layers.Flatten()(maps)))


def texts(axis):
    """What stands below the steps and what between them, from left to right."""
    written = sorted(
        (text.get_position(), text.get_text()) for text in axis.texts if text.get_text()
    )
    below = [(x, text) for (x, y), text in written if y < -0.5]
    between = [(x, text) for (x, y), text in written if y > 0]
    return below, between


def test_each_network_has_a_row_from_top_to_bottom_with_its_name():
    figure, alternative = layer_figure({"b": chain(4, 2), "a": chain(3, 2, 1)})
    assert [axis.get_title(loc="left") for axis in figure.axes] == ["b", "a"]
    assert figure.axes[0].get_position().y0 > figure.axes[1].get_position().y0
    said = "Networks, layer by layer, with the shapes that they hand on. b: 4, 2; a: 3, 2, 1."
    assert alternative == said
    assert tuple(figure.get_size_inches()) == (4.5, 3.6)
    assert figure.axes[0].get_xlim() == figure.axes[1].get_xlim() == (-0.5, 2.5)


def test_shapes_stand_below_their_steps_and_layers_between_them(conv):
    figure, alternative = layer_figure({"conv": conv})
    below, between = texts(figure.axes[0])
    shapes = ["28 x 28 x 1", "28 x 28 x 8", "14 x 14 x 8", "1568", "32"]
    assert below == list(enumerate(shapes))
    layers = ["Conv2D\nrelu", "Max\nPooling2D", "Flatten", "Dense"]
    assert [text.replace("\n", "") for _, text in between] == [
        text.replace("\n", "") for text in layers
    ]
    assert [x for x, _ in between] == [0.5, 1.5, 2.5, 3.5]
    assert alternative.endswith(f"conv: {', '.join(shapes)}.")
    arrows = [text for text in figure.axes[0].texts if getattr(text, "arrow_patch", None)]
    assert [arrow.xy[0] for arrow in arrows] == pytest.approx([0.72, 1.72, 2.72, 3.72])
    assert [arrow.xyann[0] for arrow in arrows] == pytest.approx([0.28, 1.28, 2.28, 3.28])
    assert {arrow.xy[1] for arrow in arrows} == {0}


def test_layers_of_models_inside_a_model_are_drawn_in_their_place():
    both = keras.Sequential([chain(784, 32), chain(32, 784)])
    below, _ = texts(layer_figure({"simple": both})[0].axes[0])
    assert [text for _, text in below] == ["784", "32", "784"]


def test_vectors_are_bars_centred_at_their_step_and_larger_for_more_numbers():
    (axis,) = layer_figure({"simple": chain(784, 32, 10)})[0].axes
    heights = [bar.get_height() for bar in axis.patches]
    for i, bar in enumerate(axis.patches):
        assert bar.get_x() + bar.get_width() / 2 == pytest.approx(i)
        assert bar.get_y() + bar.get_height() / 2 == pytest.approx(0)
        assert to_hex(bar.get_facecolor()).upper() == COLORS["simple"]
    assert heights[0] == pytest.approx(1)
    assert heights[0] > heights[1] > heights[2] > 0.2
    assert layer_figure({"a": chain(9999, 2)})[0].axes[0].patches[0].get_height() == 1


def test_a_network_without_a_colour_of_its_own_has_the_first_of_the_others():
    (axis,) = layer_figure({"encoder": chain(4, 2)})[0].axes
    assert {bar.get_facecolor() for bar in axis.patches} == {to_rgba("C0")}


def test_feature_maps_are_squares_up_to_four_and_larger_for_larger_maps(conv):
    (axis,) = layer_figure({"conv": conv})[0].axes
    squares = [patch for patch in axis.patches if patch.get_width() == patch.get_height()]
    places = [round(square.get_x() + square.get_width() / 2) for square in squares]
    assert places == [0, 1, 1, 1, 1, 2, 2, 2, 2]
    sides = [square.get_width() for square in squares]
    assert sides[0] == pytest.approx(sides[1]) == pytest.approx(0.44)
    assert sides[5] == pytest.approx(0.26)
    assert {to_hex(square.get_facecolor()).upper() for square in squares} == {COLORS["conv"]}
    # A stack goes down to the right, so that the first map lies behind the others.
    stack = [(square.get_x(), square.get_y()) for square in squares[1:5]]
    assert stack == sorted(stack)
    assert [y for _, y in stack] == sorted((y for _, y in stack), reverse=True)


def unfixed():
    return keras.Sequential([keras.Input((None, None, 1)), keras.layers.Conv2D(2, 3)])


def branching():
    x = keras.Input((4,))
    return keras.Model(x, keras.layers.Add()([dense(4)(x), x]))


def two_outputs():
    x = keras.Input((4,))
    return keras.Model(x, [dense(4)(x), dense(3)(x)])


@pytest.mark.parametrize(
    ("models", "named"),
    [
        (lambda: [chain(3, 2)], "Received list as models"),
        (lambda: {"a": "model"}, "Received str as 'a', expected a Keras model"),
        (lambda: {"a": keras.Sequential()}, "'a', a model that is not built"),
        (lambda: {"a": two_outputs()}, "'a', a model that is not built or has several"),
        (lambda: {"a": branching()}, "'a', whose layers branch"),
        (lambda: {"a": unfixed()}, r"shape \(None, None, 1\), expected fixed"),
        (lambda: {"a": chain(*[2] * 61)}, "1 models of up to 61 steps, expected at most 60"),
    ],
)
def test_what_is_no_chain_is_refused_by_name(models, named):
    with pytest.raises((TypeError, ValueError), match=named):
        layer_figure(models())
