"""The controls promise: the state decides the picture, nonsense gets a friendly answer."""

import base64
import io
import re
import subprocess
import sys

import ipywidgets as widgets
import numpy as np
import pytest
from PIL import Image

from aeutils import controls, load_mnist, to_images, to_vectors
from aeutils.controls import as_mnist, noisy, rasterize

# ipywidgets has no other public list of the widgets that are alive.
pytestmark = pytest.mark.filterwarnings("ignore:Widget.widgets is deprecated")

TEST_IMAGES, LABELS = load_mnist()[1]
X, LABELS = to_vectors(TEST_IMAGES[:200]), LABELS[:200].astype(int)
WEIGHTS = np.random.default_rng(1).normal(size=(784, 32)).astype("float32") / 28
PREDICTED = np.where(np.arange(200) % 5, LABELS, (LABELS + 1) % 10)


# Models need not be Keras models: any function of an array of images will do.
def encoder(x):
    return np.maximum(np.reshape(x, (-1, 784)) @ WEIGHTS, 0)


def decoder(code):
    return 1 / (1 + np.exp(-(code @ WEIGHTS.T)))


class Model:
    """What a Keras model is to the drawing: a call, and the shape that it takes."""

    def __init__(self, call, shape=(None, 784)):
        self.call, self.input_shape = call, shape

    def __call__(self, x):
        assert x.shape[1:] == self.input_shape[1:]
        return self.call(x)


autoencoder = Model(lambda x: decoder(encoder(x)))
classifier = Model(lambda x: np.tile(np.eye(10, dtype="float32")[7], (len(x), 1)))


@pytest.fixture(scope="module")
def conv():
    """A small untrained convolutional encoder, and the digits in its shape."""
    import keras

    keras.utils.set_random_seed(1)
    layers = [
        keras.Input((28, 28, 1)),
        keras.layers.Conv2D(6, 3, padding="same", activation="relu"),
        keras.layers.MaxPooling2D(2),
        keras.layers.Conv2D(4, 3, padding="same", activation="relu"),
    ]
    return keras.Sequential(layers), to_images(TEST_IMAGES[:20])


@pytest.fixture
def displayed(monkeypatch):
    """What the controls hand to the notebook: a list of (data, metadata)."""
    seen = []

    def catch(data, raw, metadata):
        assert raw
        seen.append((data, metadata))

    monkeypatch.setattr(controls, "display", catch)
    return seen


def live(data):
    """The widget that an output shows."""
    return widgets.Widget.widgets[data["application/vnd.jupyter.widget-view+json"]["model_id"]]


def parts(widget, kind):
    found = [widget] if isinstance(widget, kind) else []
    return found + [
        each for child in getattr(widget, "children", ()) for each in parts(child, kind)
    ]


def slider(widget, label):
    return next(
        each
        for each in parts(widget, widgets.Widget)
        if label == getattr(each, "description", None)
    )


def picture(widget):
    return bytes(parts(widget, widgets.Image)[0].value)


def words(widget):
    return parts(widget, widgets.HTML)[-1].value


# --- The drawing ----------------------------------------------------------------------------


def test_a_digit_of_mnist_drawn_large_anywhere_becomes_itself_again():
    for image in TEST_IMAGES[:50]:
        large = np.pad(image.repeat(10, axis=0).repeat(10, axis=1), ((5, 60), (80, 0)))
        assert np.allclose(as_mnist(large), image / image.max(), atol=1e-3)


@pytest.mark.parametrize(("height", "width"), [(200, 100), (60, 240), (3, 3), (280, 280)])
def test_a_drawing_is_scaled_into_20_by_20_with_its_proportions(height, width):
    drawing = np.zeros((280, 280))
    drawing[:height, 280 - width :] = 255
    inked = as_mnist(drawing) > 0
    size = [np.ptp(np.flatnonzero(inked.any(axis=axis))) + 1 for axis in (1, 0)]
    assert max(size) == 20
    assert size[0] / size[1] == pytest.approx(height / width, rel=0.1)


def test_the_centre_of_mass_of_a_drawing_is_in_the_middle():
    drawing = np.zeros((280, 280))
    drawing[200:280, 0:40] = 255  # heavy below, thin above
    drawing[100:200, 0:4] = 255
    image = as_mnist(drawing)
    middle = [image.sum(axis=1 - axis) @ np.arange(28) / image.sum() for axis in (0, 1)]
    assert np.allclose(middle, 14, atol=0.51)


def test_edges_of_a_drawing_are_gray_as_a_pen_leaves_them():
    image = as_mnist(rasterize(controls.EXAMPLE))
    assert image.dtype == np.float32
    assert image.min() == 0
    assert image.max() == 1
    assert ((image > 0.1) & (image < 0.9)).sum() > 20


@pytest.mark.parametrize(
    ("drawing", "said"),
    [
        (np.zeros((280, 280)), "The drawing is empty"),
        (rasterize([]), "The drawing is empty"),
        (np.full((28, 28), np.nan), "finite"),
        (np.zeros(784), "height x width"),
    ],
)
def test_no_drawing_gives_a_friendly_message(drawing, said):
    with pytest.raises(ValueError, match=said):
        as_mnist(drawing)


# --- State in, picture out ------------------------------------------------------------------

CODES = encoder(X)
PICTURES = {
    "explore": lambda digit=3, noise=0.2: controls.explore_picture(
        encoder, decoder, X, digit, noise
    ),
    "code": lambda unit=7, value=0.0: controls.code_picture(
        decoder, np.where(np.arange(32) == unit, value, CODES[0]), CODES[0], unit
    ),
    "morph": lambda first=4, second=7, mix=0.5: controls.morph_picture(
        encoder, decoder, X, first, second, mix
    ),
    "confusion": lambda true=7, answer=8: controls.confusion_picture(
        X, LABELS, PREDICTED, true, answer
    ),
    "neighbour": lambda digit=3: controls.neighbour_picture(X, LABELS, CODES, digit),
    "denoise": lambda digit=3, noise=0.4: controls.denoise_picture(autoencoder, X, digit, noise),
    "reconstructed drawing": lambda: controls.drawing_picture(autoencoder, controls.EXAMPLE),
    "classified drawing": lambda: controls.drawing_picture(classifier, controls.EXAMPLE),
}


@pytest.mark.parametrize("name", PICTURES)
def test_the_same_state_always_gives_the_same_picture_and_words(name):
    (first, said), (second, again) = PICTURES[name](), PICTURES[name]()
    assert first.dtype == np.uint8
    assert first.ndim == 3
    assert first.shape[2] == 3
    assert first.shape[1] < 1000  # fits beside the sidebar of a laptop
    assert np.array_equal(first, second)
    assert said == again
    assert said.endswith(".")


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("explore", {"digit": 4}),
        ("explore", {"noise": 0.3}),
        ("code", {"unit": 8}),
        ("code", {"value": 5.0}),
        ("morph", {"first": 5}),
        ("morph", {"second": 8}),
        ("morph", {"mix": 0.6}),
        ("confusion", {"true": 1}),
        ("confusion", {"answer": 1}),
        ("neighbour", {"digit": 4}),
        ("denoise", {"digit": 4}),
        ("denoise", {"noise": 0.5}),
    ],
)
def test_every_part_of_the_state_matters(name, state):
    before, after = PICTURES[name]()[0], PICTURES[name](**state)[0]
    assert before.shape != after.shape or not np.array_equal(before, after)


@pytest.mark.parametrize(
    ("name", "state", "said"),
    [
        ("explore", {"digit": 200}, "digit is 200: choose a whole number from 0 to 199"),
        ("explore", {"digit": -1}, "digit is -1"),
        ("explore", {"digit": 1.5}, "whole number"),
        ("explore", {"digit": "four"}, "'four'"),
        ("explore", {"noise": 1.1}, "noise is 1.1: choose a number from 0 to 1"),
        ("explore", {"noise": np.nan}, "noise is nan"),
        ("code", {"unit": 32}, "unit is 32"),
        ("code", {"value": np.inf}, "finite"),
        ("morph", {"first": 200}, "First digit is 200"),
        ("morph", {"second": -3}, "Second digit is -3"),
        ("morph", {"mix": 2}, "mix is 2"),
        ("confusion", {"true": 10}, "true class is 10"),
        ("confusion", {"answer": -1}, "predicted class is -1"),
        ("neighbour", {"digit": 10_000}, "digit is 10000"),
        ("denoise", {"noise": None}, "noise is None"),
    ],
)
def test_a_state_that_makes_no_sense_gets_a_friendly_message(name, state, said):
    with pytest.raises(ValueError, match=said):
        PICTURES[name](**state)


def test_the_error_that_is_shown_is_the_mean_squared_error():
    given = noisy(X[3:4], 0.2)
    output = decoder(encoder(given))
    _, said = PICTURES["explore"]()
    assert f"to the input {np.mean((output - given) ** 2):.4f}" in said
    assert f"to the clean digit {np.mean((output - X[3]) ** 2):.4f}" in said


def test_the_confusions_counted_are_those_of_the_labels():
    count = np.sum((LABELS == 7) & (PREDICTED == 8))
    assert count > 0
    assert PICTURES["confusion"]()[1].startswith(f"{count} of the {np.sum(LABELS == 7)} digits 7")


def test_a_cell_of_the_matrix_without_digits_is_no_error():
    assert PICTURES["confusion"](0, 5)[1].startswith("0 of")


def test_neighbours_are_the_nearest_of_all_other_digits():
    distances = ((X - X[3]) ** 2).sum(axis=1)
    nearest = np.argsort(distances)[1:9]
    same = np.sum(LABELS[nearest] == LABELS[3])
    assert f"{same} of 8 by pixels" in PICTURES["neighbour"]()[1]


def test_the_strongest_patch_is_what_the_filter_answers_to_most(conv):
    model, x = conv
    _, views = controls.filter_views(model, x)
    assert [view["kernel"].shape for view in views] == [(3, 3, 1, 6), (3, 3, 6, 4)]
    for number in range(6):
        patch = views[0]["patches"][number]
        answer = np.sum(patch * views[0]["kernel"][:, :, 0, number])  # the bias is still zero
        assert patch.shape == (3, 3)
        assert max(answer, 0) == pytest.approx(views[0]["top"][number], abs=1e-4)


def test_a_patch_behind_pooling_holds_all_that_the_filter_sees(conv):
    model, x = conv
    _, views = controls.filter_views(model, x)
    for number, patch in enumerate(views[1]["patches"]):
        assert patch.shape == (8, 8)
        # Alone on black the patch excites the filter as it did in its digit, away from the edge.
        image = np.zeros((1, 28, 28, 1), "float32")
        image[0, 11:19, 11:19, 0] = patch
        assert np.asarray(model(image))[0, 7, 7, number] == pytest.approx(
            views[1]["top"][number], abs=1e-4
        )


def test_filters_that_do_not_exist_get_a_friendly_message(conv):
    model, x = conv
    maps, views = controls.filter_views(model, x)
    with pytest.raises(ValueError, match="layer is 2: choose a whole number from 0 to 1"):
        controls.filter_picture(maps, views, x, 0, 2, 0)
    with pytest.raises(ValueError, match="filter is 4"):
        controls.filter_picture(maps, views, x, 0, 1, 4)
    with pytest.raises(ValueError, match="digit is 20"):
        controls.filter_picture(maps, views, x, 20, 1, 0)


# --- The controls ---------------------------------------------------------------------------

SHOWN = {
    "explore_digit": lambda: controls.explore_digit(encoder, decoder, X),
    "drag_code": lambda: controls.drag_code(encoder, decoder, X),
    "morph_digits": lambda: controls.morph_digits(encoder, decoder, X),
    "browse_confusions": lambda: controls.browse_confusions(classifier, X, LABELS),
    "find_neighbours": lambda: controls.find_neighbours(encoder, X, LABELS),
    "remove_noise": lambda: controls.remove_noise(autoencoder, X),
    "draw_digit": lambda: controls.draw_digit(autoencoder),
}


@pytest.mark.parametrize("name", SHOWN)
def test_one_output_holds_the_live_control_and_a_picture_for_where_it_is_dead(name, displayed):
    SHOWN[name]()
    ((data, metadata),) = displayed
    assert len(metadata["image/png"]["alt"].split()) > 5
    assert data["text/plain"] == metadata["image/png"]["alt"]
    static = base64.b64decode(data["image/png"])
    assert Image.open(io.BytesIO(static)).format == "PNG"
    assert static == picture(live(data))


@pytest.mark.parametrize("name", SHOWN)
def test_every_control_is_labelled_and_says_what_to_try(name, displayed):
    SHOWN[name]()
    top = live(displayed[0][0])
    assert "Try: " in parts(top, widgets.HTML)[0].value
    inputs = parts(top, (widgets.IntSlider, widgets.FloatSlider, widgets.Dropdown, widgets.Button))
    assert inputs
    assert all(each.description for each in inputs)


@pytest.mark.parametrize("name", SHOWN)
def test_running_the_cell_again_leaves_no_widget_behind(name, displayed):
    SHOWN[name]()
    before = len(widgets.Widget.widgets)
    for _ in range(3):
        SHOWN[name]()
    assert len(widgets.Widget.widgets) == before


@pytest.mark.parametrize("name", [name for name in SHOWN if name != "draw_digit"])
def test_every_slider_moves_the_picture(name, displayed):
    SHOWN[name]()
    top = live(displayed[0][0])
    for each in parts(top, (widgets.IntSlider, widgets.FloatSlider)):
        start, before = each.value, picture(top)
        each.value = each.max if start != each.max else each.min
        assert picture(top) != before, each.description
        each.value = start


def test_a_unit_can_be_dragged_and_put_back(displayed):
    controls.drag_code(encoder, decoder, X)
    top = live(displayed[0][0])
    start, number = picture(top), slider(top, "its number")
    number.value = 0
    assert picture(top) != start
    (reset,) = parts(top, widgets.Button)
    reset.click()
    assert number.value == pytest.approx(CODES[0].max())
    assert picture(top) == start


def test_each_unit_keeps_its_number_while_another_is_dragged(displayed):
    controls.drag_code(encoder, decoder, X)
    top = live(displayed[0][0])
    unit, number = slider(top, "unit"), slider(top, "its number")
    unit.value, number.value = 3, 1.5
    unit.value = 4
    assert number.value == pytest.approx(CODES[0, 4])
    unit.value = 3
    assert number.value == 1.5


def test_the_filters_of_each_layer_can_be_reached(conv, displayed):
    model, x = conv
    controls.explore_filters(model, x)
    top = live(displayed[0][0])
    layer, number = slider(top, "layer"), slider(top, "filter")
    assert number.max == 5
    number.value = 5
    layer.value = 1
    assert number.max == 3
    assert "Filter 3 of" in words(top)
    count = len(widgets.Widget.widgets)
    controls.explore_filters(model, x)
    assert len(widgets.Widget.widgets) == count


@pytest.fixture
def pad(displayed):
    """The drawing control, and a function that does what the browser does when a hand moves."""
    controls.draw_digit(classifier)
    top = live(displayed[0][0])
    (canvas,) = [w for w in parts(top, widgets.DOMWidget) if hasattr(w, "on_touch_start")]

    def send(event, **content):
        # What ipycanvas's page sends to its kernel.
        canvas[1]._handle_frontend_event(canvas, {"event": event, **content}, [])

    return top, send


def test_a_stroke_replaces_the_example_and_is_answered(pad):
    top, send = pad
    before = picture(top)
    send("mouse_down", x=140, y=40)
    send("mouse_move", x=140, y=240)
    send("mouse_up", x=140, y=240)
    assert picture(top) != before
    assert "The model says 7, with a probability of 1.00" in words(top)


def test_a_finger_draws_as_the_mouse_does(pad):
    top, send = pad
    send("mouse_down", x=140, y=40)
    send("mouse_move", x=140, y=240)
    send("mouse_up", x=140, y=240)
    by_mouse = picture(top)
    parts(top, widgets.Button)[0].click()
    send("touch_start", touches=[{"x": 140, "y": 40}])
    send("touch_move", touches=[{"x": 140, "y": 240}])
    send("touch_end", touches=[])
    assert picture(top) == by_mouse


def test_a_hand_that_only_passes_over_draws_nothing(pad):
    top, send = pad
    before = picture(top)
    send("mouse_move", x=10, y=10)
    send("mouse_out", x=0, y=0)
    assert picture(top) == before


def test_arrow_keys_draw_and_delete_clears(pad):
    top, send = pad
    shift = {"shift_key": False, "ctrl_key": False, "meta_key": False}
    for _ in range(5):
        send("key_down", key="ArrowDown", **shift)
    assert "The model says" in words(top)
    send("key_down", key="Delete", **shift)
    assert "The drawing is empty" in words(top)


def test_clear_asks_for_a_drawing_instead_of_failing(pad):
    top, _ = pad
    parts(top, widgets.Button)[0].click()
    assert "The drawing is empty: draw a digit" in words(top)


def test_the_drawing_shows_feature_maps_where_there_is_a_convolution(conv):
    model, _ = conv
    with_maps = controls.drawing_picture(
        Model(lambda x: x, (None, 28, 28, 1)),
        controls.EXAMPLE,
        lambda x: [np.asarray(model.layers[0](x))],
    )
    without = controls.drawing_picture(Model(lambda x: x, (None, 28, 28, 1)), controls.EXAMPLE)
    assert with_maps[0].shape[1] > without[0].shape[1] + 100


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: controls.explore_digit(encoder, decoder, X[:, :100]), r"shape \(200, 100\)"),
        (lambda: controls.explore_digit(encoder, decoder, X * np.nan), "NaN"),
        (lambda: controls.explore_digit(encoder, decoder, X[:0]), "at least one image"),
        (lambda: controls.explore_digit(encoder, lambda code: code * np.nan, X), "training cell"),
        (lambda: controls.explore_digit(encoder), "missing"),
        (lambda: controls.find_neighbours(encoder, X, LABELS[:5]), "expected 200 labels"),
        (lambda: controls.browse_confusions(classifier, X, LABELS + 5), "labels from 0 to 9"),
        (lambda: controls.morph_digits(encoder, decoder, "digits"), "expected numbers"),
    ],
)
def test_bad_arguments_print_a_message_and_no_traceback(call, said, displayed, capsys):
    call()
    printed = capsys.readouterr().out
    assert len(printed.splitlines()) == 1
    assert re.search(said, printed)
    assert displayed == []


def test_a_message_in_place_of_an_answer_leaves_the_control_alive(displayed):
    broken = []

    def sometimes(x):
        return decoder(encoder(x)) * (np.nan if broken else 1)

    controls.remove_noise(sometimes, X)
    top = live(displayed[0][0])
    before = picture(top)
    broken.append(True)
    slider(top, "noise").value = 0.9
    assert "The model answers NaN" in words(top)
    assert picture(top) == before
    broken.clear()
    slider(top, "noise").value = 0.8
    assert picture(top) != before


def test_importing_the_controls_does_not_wait_for_tensorflow():
    code = "import sys, aeutils.controls; print({'keras', 'tensorflow'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
