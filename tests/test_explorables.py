"""A control is one output that holds all it needs, and shows what its inputs say."""

import base64
import hashlib
import html
import io
import json
import re

import keras
import numpy as np
import pytest
from engine import Engine, payload
from keras import layers
from mnist import load_mnist
from PIL import Image

import aeutils
from aeutils import to_images, to_vectors
from aeutils.explorables import comparisons, controls, page, replay

IMAGES, LABELS = (array[:300] for array in load_mnist()[1])
X, MAPS = to_vectors(IMAGES), to_images(IMAGES)
DIGITS = (IMAGES / 255).reshape(300, 784)


def network(inputs, *chain, seed=1):
    keras.utils.set_random_seed(seed)
    return keras.Sequential([keras.Input(inputs), *chain])


def pair(size, activation="relu"):
    encoder = network((784,), layers.Dense(size, activation))
    return encoder, network((size,), layers.Dense(784, "sigmoid"))


ENCODER, DECODER = pair(32)
FLAT_ENCODER, FLAT_DECODER = pair(2, "linear")
AUTOENCODER = keras.Model(ENCODER.inputs, DECODER(ENCODER.outputs))
CLASSIFIER = network((784,), layers.Dense(10, "softmax"), seed=4)
CONV = network(
    (28, 28, 1),
    layers.Conv2D(6, 3, padding="same", activation="relu"),
    layers.MaxPooling2D(2),
    layers.Conv2D(4, 3, padding="same", activation="relu"),
)


def trained():
    """Snapshots of a short training."""
    snapshots = aeutils.Snapshots(FLAT_ENCODER, FLAT_DECODER, X, LABELS)
    model = network((784,), FLAT_ENCODER, FLAT_DECODER)
    model.compile(keras.optimizers.Adam(0.01), "mse")
    model.fit(X, X, batch_size=50, epochs=2, verbose=0, callbacks=[snapshots])
    return snapshots


SNAPSHOTS = trained()
CALLS = {
    "digit": lambda: aeutils.explore_digit(ENCODER, DECODER, X),
    "code": lambda: aeutils.explore_code(ENCODER, DECODER, X),
    "map": lambda: aeutils.explore_code_map(FLAT_ENCODER, FLAT_DECODER, X, LABELS),
    "interpolation": lambda: aeutils.explore_interpolation(ENCODER, DECODER, X),
    "confusions": lambda: aeutils.explore_confusions(CLASSIFIER, X, LABELS),
    "neighbours": lambda: aeutils.explore_neighbours(ENCODER, X, LABELS),
    "filters": lambda: aeutils.explore_filters(CONV, MAPS),
    "denoising": lambda: aeutils.explore_denoising(AUTOENCODER, X),
    "reconstructed drawing": lambda: aeutils.draw_digit(AUTOENCODER),
    "classified drawing": lambda: aeutils.draw_digit(CLASSIFIER, CONV),
    "replay": lambda: aeutils.replay(SNAPSHOTS),
}


@pytest.fixture(scope="module")
def engine():
    engine = Engine()
    yield engine
    engine.close()


_OUTPUTS = {}  # by call: the tests look at them from many sides


@pytest.fixture
def shown(monkeypatch):
    """Call a control and return (data, metadata) of its one output."""

    def call(control):
        if control in _OUTPUTS:
            return _OUTPUTS[control]
        outputs = []
        catch = lambda data, raw, metadata: outputs.append((data, metadata))  # noqa: E731
        monkeypatch.setattr(page, "display", catch)
        control()
        [output] = outputs
        _OUTPUTS[control] = output
        return output

    return call


@pytest.fixture
def play(engine, shown):
    """Show a control, set its inputs in the page's own code, return what is then seen."""

    def play(control, *steps, drawing=None):
        text = payload(shown(control)[0]["text/html"])
        sheet = sheet_of(json.loads(text))
        digits = None if sheet is None else (sheet.reshape(-1, 784) / 255).tolist()
        return engine.call("play", text, digits, steps, drawing)

    return play


@pytest.fixture
def stills(monkeypatch):
    """What is drawn into the static pictures: what each `..._figure` of a control was given."""
    drawn = []
    for room in (controls, comparisons, replay):
        for name in ("digit_figure", "map_figure"):
            if hasattr(room, name):
                real = getattr(room, name)
                spy = lambda *given, real=real, **more: (  # noqa: E731
                    drawn.append((*given, *more.values())) or real(*given, **more)
                )
                monkeypatch.setattr(room, name, spy)
    return drawn


def sheet_of(data):
    if "sheet" not in data:
        return None
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data["sheet"]))))


def values(picture):
    return np.reshape(picture["values"], (-1, picture["width"]))


def calls(picture, name):
    return [call[1:] for call in picture["calls"] if call[0] == name]


def close(found, expected):
    return np.allclose(np.ravel(found), np.ravel(expected), atol=2e-3)


def keras_answer(model, x):
    return np.array(model(np.float32(x).reshape(1, *model.input_shape[1:])))[0]


def error(a, b):
    return np.mean((np.ravel(a) - np.ravel(b)) ** 2)


# --- The output -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", CALLS)
def test_one_output_holds_the_control_a_picture_and_its_alternative(name, shown):
    data, metadata = shown(CALLS[name])
    assert set(data) == {"text/html", "image/png", "text/plain"}
    assert len(data["text/plain"].split()) > 4
    assert data["text/plain"].endswith(".")
    assert metadata == {"image/png": {"alt": data["text/plain"]}}
    pattern = r'<img alt="(.*?)" src="data:image/png;base64,(.*?)">'
    alt, source = re.search(pattern, data["text/html"]).groups()
    assert html.unescape(alt) == data["text/plain"]
    assert source == data["image/png"]
    title = json.loads(payload(data["text/html"]))["title"]
    assert alt.startswith(f"{title}. ")
    image = Image.open(io.BytesIO(base64.b64decode(source)))
    assert image.format == "PNG"
    assert 300 < image.width <= 1000 or "drawing" in name
    assert 4 < len(image.convert("L").getcolors()) <= 16  # shades of gray, few of them


@pytest.mark.parametrize("name", CALLS)
def test_an_output_is_small_and_fetches_nothing(name, shown):
    data, _ = shown(CALLS[name])
    assert sum(map(len, data.values())) <= 450_000
    outside = r"https?:|fetch\(|import\(|^import |^export |XMLHttp|eval\("
    assert not re.search(outside, data["text/html"], re.M)
    assert data["text/html"].count("<script") == data["text/html"].count("</script>") == 2


@pytest.mark.parametrize("name", CALLS)
def test_the_same_call_gives_the_same_output_and_another_one_another_name(name, shown):
    first, second = (shown(call)[0]["text/html"] for call in (CALLS[name], lambda: CALLS[name]()))
    assert first == second
    found = re.findall(r'data-explorable="(\w+)"|start\("(\w+)"', first)
    assert found[0][0] == found[1][1]
    assert found[0][0] == hashlib.sha256(payload(first).encode()).hexdigest()[:16]


@pytest.mark.parametrize("name", CALLS)
def test_every_control_says_what_to_try_and_labels_its_inputs(name, shown, play):
    data = json.loads(payload(shown(CALLS[name])[0]["text/html"]))
    assert data["advice"].startswith("Try: ")
    seen = play(CALLS[name])
    assert seen["said"].endswith(".")
    names = [slider["label"] for slider in seen["sliders"]]
    assert all(names)
    assert len(set(names)) == len(names)
    for slider in seen["sliders"]:
        assert slider["min"] <= slider["value"] <= slider["max"]


def test_digits_are_one_sheet_of_200_below_each_other(shown):
    data = json.loads(payload(shown(CALLS["digit"])[0]["text/html"]))
    assert np.array_equal(sheet_of(data).reshape(-1, 28, 28), IMAGES[:200])


def test_weights_are_float16(shown):
    data = json.loads(payload(shown(CALLS["digit"])[0]["text/html"]))
    layer = data["models"]["encoder"]["layers"][0]
    half = np.frombuffer(base64.b64decode(layer["kernel"]), "<f2")
    assert np.array_equal(half, ENCODER.get_weights()[0].astype("float16").ravel())


def test_text_in_the_output_cannot_end_its_script(shown):
    data, _ = shown(lambda: page.show("digit", '"<b>', "</script><script>x", *empty()))
    assert '<img alt="&quot;&lt;b&gt;. ' in data["text/html"]
    assert data["text/plain"].startswith('"<b>. ')
    assert data["text/html"].count("</script>") == 2
    assert json.loads(payload(data["text/html"]))["advice"] == "</script><script>x"


def empty():
    return controls.digit_figure({"": DIGITS[:1]}), {}, {"digits": IMAGES[:1]}, 1


def test_the_front_end_is_one_module_that_leaves_nothing_outside():
    code, _ = page.front_end()
    assert not re.search(r"\b(window\.|globalThis|setInterval|setTimeout|localStorage)", code)
    assert not re.search(r"document\.(add|body|head)", code)


def test_pixels_are_rounded_and_not_cut_off():
    pixels = np.full((1, 784), 0.5)
    pixels[0, :3] = 0, 0.999, 0.9961
    digits, images = controls.digits_of(pixels)
    assert digits[0, 0, :4].tolist() == [0, 255, 254, 128]
    assert close(255 * images, digits)


def test_as_many_digits_are_sent_as_fit(shown):
    encoder, decoder = pair(600)
    data = shown(lambda: aeutils.explore_interpolation(*pair(100), X))[0]
    assert len(sheet_of(json.loads(payload(data["text/html"])))) == 200 * 28
    with pytest.raises(page.ControlError, match="kB, expected at most 450 kB"):
        aeutils.explore_interpolation(encoder, decoder, X)
    conv = network((28, 28, 1), layers.Conv2D(8, 3, padding="same"))
    back = network((28, 28, 8), layers.Conv2D(1, 3, padding="same"))
    data = shown(lambda: aeutils.explore_interpolation(conv, back, MAPS))[0]
    assert len(sheet_of(json.loads(payload(data["text/html"])))) in range(12 * 28, 30 * 28)


def sent_of(shown, filler, few=12):
    """What `show` sends of 24 digits, with as many more letters in the page."""
    noise = np.random.default_rng(0).integers(0, 256, (24, 28, 28), "uint8")
    rows = {"digits": noise, "labels": np.arange(24) % 10, "codes": np.arange(24.0)[:, None]}
    still = controls.digit_figure({"": DIGITS[:1]})
    more = {"filler": "x" * filler}
    data = shown(lambda: page.show("digit", "A", "Try.", still, {}, rows, few, **more))[0]
    sent = json.loads(payload(data["text/html"]))
    return len(data["text/html"]) + len(data["image/png"]), sent


def test_a_page_is_filled_to_its_limit_then_the_first_half_of_the_digits_is_sent(shown):
    size, sent = sent_of(shown, 0)
    assert len(sheet_of(sent)) == 24 * 28
    assert len(sheet_of(sent_of(shown, 450_000 - size)[1])) == 24 * 28
    _, half = sent_of(shown, 450_001 - size)
    assert np.array_equal(sheet_of(half), sheet_of(sent)[: 12 * 28])
    assert half["labels"] == [*range(10), 0, 1]
    codes = np.frombuffer(base64.b64decode(half["halves"]["codes"][0]), "<f2")
    assert codes.tolist() == list(range(12))
    with pytest.raises(ValueError, match="Received models and digits of 4"):
        sent_of(shown, 450_001 - size, few=13)


def test_the_classifier_of_notebook_2_fits_and_a_larger_one_is_refused(shown):
    hidden = [layers.Dense(128, "relu"), layers.Dense(64, "relu"), layers.Dense(10, "softmax")]
    data, _ = shown(lambda: aeutils.draw_digit(network((784,), *hidden)))
    assert sum(map(len, data.values())) <= 450_000
    with pytest.raises(page.ControlError, match="smaller network"):
        aeutils.draw_digit(network((784,), layers.Dense(256), layers.Dense(10)))


# --- The static picture ---------------------------------------------------------------------


def test_static_digits_stand_above_what_the_network_makes_of_them(shown, stills):
    shown(lambda: CALLS["digit"]())
    [(rows,)] = stills
    assert list(rows) == ["input", "from 32 numbers"]
    inputs, outputs = rows.values()
    assert np.allclose(inputs.reshape(6, 784), DIGITS[:6])
    assert np.allclose(outputs[2], keras_answer(AUTOENCODER, DIGITS[2]), atol=1e-5)


def test_a_static_code_stands_below_its_digit(shown, stills):
    shown(lambda: CALLS["code"]())
    [(rows,)] = stills
    assert list(rows) == ["digit", "its code, decoded"]
    digits, decoded = (array.reshape(6, 784) for array in rows.values())
    assert np.allclose(digits, DIGITS[:6])
    assert np.allclose(decoded, AUTOENCODER(X[:6]), atol=1e-5)


def test_the_static_drawing_is_a_3_of_mnist_and_what_is_made_of_it(shown, stills):
    example = load_mnist()[1][0][18] / np.float32(255)
    shown(lambda: CALLS["classified drawing"]())
    [(rows, captions)] = stills
    assert [array.shape for array in rows.values()] == [(1, 28, 28)]
    assert np.allclose(rows["an example"], example)
    assert load_mnist()[1][1][18] == 3
    assert captions == [f"taken for a {keras_answer(CLASSIFIER, example).argmax()}"]
    shown(lambda: CALLS["reconstructed drawing"]())
    rows, captions = stills[-1]
    assert list(rows) == ["an example", "reconstruction"]
    assert np.allclose(rows["an example"], example)
    assert close(rows["reconstruction"], keras_answer(AUTOENCODER, example))
    assert captions is None


def test_the_static_filters_are_the_strongest_patches_of_the_first_layer_in_gray(shown, stills):
    shown(lambda: CALLS["filters"]())
    [(patches, diverging, alt)] = stills
    assert alt == "The patch that excites each of the 6 filters of the first layer most."
    assert patches.shape == (6, 3, 3)
    assert diverging is False
    kernel, bias = CONV.layers[0].get_weights()
    answers = np.asarray(CONV.layers[0](MAPS[:200])).max(axis=(0, 1, 2))
    assert close(np.einsum("nij,ijn->n", patches, kernel[:, :, 0]) + bias, answers)


def test_the_static_replay_shows_digits_then_the_start_then_the_end(shown, stills):
    shown(lambda: CALLS["replay"]())
    [(rows,)] = stills
    assert list(rows) == ["digits", "before training", "at the end"]
    digits, first, last = rows.values()
    assert np.array_equal(digits, IMAGES[:8])
    assert np.array_equal(first, SNAPSHOTS.outputs[0])
    assert np.array_equal(last, SNAPSHOTS.outputs[-1])
    assert close(last[5] / 255, keras_answer(network_of_snapshots(), DIGITS[5]))


def network_of_snapshots():
    return keras.Model(FLAT_ENCODER.inputs, FLAT_DECODER(FLAT_ENCODER.outputs))


def test_the_static_walk_begins_at_the_first_digit_and_ends_at_the_second(shown, stills):
    shown(lambda: CALLS["interpolation"]())
    [(rows, captions)] = stills
    assert captions == ["0%", "20%", "40%", "60%", "80%", "100%"]
    blends = rows["images mixed"].reshape(6, 784)
    assert np.allclose(blends[[0, -1]], DIGITS[[4, 7]])
    assert np.allclose(blends[1], 0.8 * DIGITS[4] + 0.2 * DIGITS[7], atol=1e-6)
    ends = rows["codes mixed, decoded"][[0, -1]]
    assert np.allclose(ends, AUTOENCODER(X[[4, 7]]), atol=1e-5)


def test_the_static_plane_is_decoded_with_up_being_up(shown, stills):
    shown(lambda: CALLS["map"]())
    [(rows, captions)] = stills
    heights, across = [float(y) for y in rows], [float(x) for x in captions]
    assert (len(heights), len(across)) == (3, 6)
    assert heights == sorted(heights, reverse=True)
    assert across == sorted(across)
    top_left = next(iter(rows.values()))[0]
    expected = keras_answer(FLAT_DECODER, [across[0], heights[0]])
    assert np.allclose(top_left, expected, atol=0.02)


def test_the_static_noisy_digits_are_denoised_and_compared(shown, stills):
    shown(lambda: CALLS["denoising"]())
    [(rows,)] = stills
    assert list(rows) == ["noisy", "denoised", "clean"]
    assert np.allclose(rows["clean"].reshape(6, 784), DIGITS[:6])
    noise = json.loads(payload(shown(CALLS["denoising"])[0]["text/html"]))["noise"]
    assert np.std(noise) == pytest.approx(1, abs=0.05)
    noisy = np.clip(DIGITS[:6] + 0.4 * np.array(noise), 0, 1)
    assert np.allclose(rows["noisy"].reshape(6, 784), noisy, atol=1e-6)
    assert np.allclose(rows["denoised"][3], keras_answer(AUTOENCODER, rows["noisy"][3]), atol=1e-4)


def test_static_neighbours_begin_with_the_digit_itself(shown, stills):
    shown(lambda: CALLS["neighbours"]())
    rows, captions = stills[-1]
    points = {"by pixels": DIGITS, "by codes": np.asarray(ENCODER(X), "float64")}
    assert list(rows) == list(captions) == list(points)
    for by, array in points.items():
        nearest = np.argsort(((array - array[8]) ** 2).sum(axis=1), kind="stable")[:9]
        assert np.allclose(rows[by].reshape(9, 784), DIGITS[nearest])
        assert np.array_equal(captions[by], LABELS[nearest])


def test_the_static_confusion_matrix_counts_true_classes_in_rows(shown):
    predicted = np.argmax(CLASSIFIER(X), axis=1)
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (LABELS, predicted), 1)
    figure, said = comparisons.confusion_figure(counts, 2, 7)
    assert said == f"The confusion matrix; {counts[2, 7]} digits 2 are predicted as 7."
    [axis] = figure.axes
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("predicted", "true")
    assert [list(axis.get_xticks()), list(axis.get_yticks())] == [list(range(10))] * 2
    written = {text.get_position(): text.get_text() for text in axis.texts}
    assert written == {(j, i): str(counts[i, j]) for i in range(10) for j in range(10)}
    [shades] = axis.images
    errors = counts * (1 - np.eye(10))
    assert (shades.get_array() == errors).all()
    assert shades.get_cmap().name == "Greys"
    low, high = axis.get_ylim()
    assert low > high  # the first row is at the top
    dark = {text.get_position() for text in axis.texts if text.get_color() == "white"}
    assert dark == {(j, i) for i, j in np.argwhere(errors > errors.max() / 2).tolist()}
    bundle = shown(lambda: CALLS["confusions"]())
    worst = errors.max().astype(int)
    found = re.search(r"; (\d+) digits (\d) are predicted as (\d)", str(bundle))
    many, true, wrong = map(int, found.groups())
    assert many == worst == counts[true, wrong]
    assert true != wrong


# --- What the inputs show -------------------------------------------------------------------


def test_a_digit_with_noise_is_encoded_and_decoded(play):
    seen = play(CALLS["digit"], ["digit", 3], ["noise", 0.5])
    given, code, output = seen["pictures"]
    assert not close(given["values"], DIGITS[3])
    assert 0.6 < np.std(np.ravel(given["values"]) - DIGITS[3]) / 0.5 * 2 < 1.6
    assert close(output["values"], keras_answer(AUTOENCODER, given["values"]))
    assert len(calls(code, "fillRect")) == 1 + 32 + 1  # the ground, the bars, the line of zero
    to_input, to_clean = (error(output["values"], a) for a in (given["values"], DIGITS[3]))
    assert f"to the input {to_input:.4f}, to the clean digit {to_clean:.4f}." in seen["said"]
    assert output["caption"] == f"reconstruction, error {to_input:.4f}"


def test_where_each_control_begins(play):
    starts = {
        "digit": [("digit", 0), ("noise", 0)],
        "interpolation": [("first digit", 4), ("second digit", 7), ("mix", 0.5)],
        "neighbours": [("digit", 8)],
        "denoising": [("digit", 0), ("noise", 0.4)],
        "replay": [("snapshot", 7)],
    }
    for name, expected in starts.items():
        sliders = play(CALLS[name])["sliders"]
        assert [(slider["label"], slider["value"]) for slider in sliders] == expected, name
    digit, unit, number = play(CALLS["code"])["sliders"]
    code = keras_answer(ENCODER, DIGITS[0])
    assert (digit["value"], unit["value"]) == (0, code.argmax())
    assert number["value"] == pytest.approx(code.max(), abs=2e-3)
    assert number["step"] == pytest.approx((number["max"] - number["min"]) / 100)
    digit, layer, number = play(CALLS["filters"])["sliders"]
    answers = np.asarray(CONV.layers[0](MAPS[:200])).max(axis=(0, 1, 2))
    assert (digit["value"], layer["value"], number["value"]) == (0, 1, answers.argmax())


def test_the_pictures_of_each_control_stand_in_this_order(play):
    captions = {
        "digit": ["input", "code: 32 numbers", "reconstruction, error "],
        "code": ["its own code, decoded", "code: unit ", "code as set, decoded"],
        "map": ["the plane of codes", "decoded ("],
        "interpolation": ["first digit", "codes mixed, decoded", "images mixed", "second digit"],
        "confusions": ["rows: true class, columns: predicted", "true "],
        "neighbours": ["a ", "a "],
        "filters": ["input", "feature map, up to ", "kernel (1 in), blue neg", "strongest patch"],
        "denoising": ["noisy, error ", "denoised, error ", "clean"],
        "replay": ["digits above, ", "codes in the plane", "mean squared error, snapshot by"],
    }
    for name, expected in captions.items():
        found = [picture["caption"] for picture in play(CALLS[name])["pictures"]]
        assert [text[: len(start)] for text, start in zip(found, expected, strict=True)] == expected
    sizes = {"interpolation": [140, 196, 196, 140], "neighbours": [84, 84],
             "filters": [140, 308, 120, 120], "replay": [130, 300, 196]}  # fmt: skip
    for name, heights in sizes.items():
        assert [picture["height"] for picture in play(CALLS[name])["pictures"]] == heights


@pytest.mark.parametrize(
    ("codes", "ends"), [([0.25, 0.5], (0, 1)), ([-3, 5], (-3, 5)), ([-2, -1.5], (-2, -1))]
)
def test_the_scale_of_a_code_holds_0_and_is_at_least_1_wide(play, codes, ends):
    encoder = network((784,), layers.Dense(2))
    encoder.set_weights([np.zeros((784, 2)), np.array(codes)])
    seen = play(lambda: aeutils.explore_code(encoder, FLAT_DECODER, X))
    assert json_range(seen) == ends


def test_without_noise_the_digit_itself_is_shown_in_its_gray(play):
    given = play(CALLS["digit"], ["digit", 5])["pictures"][0]
    assert close(given["values"], DIGITS[5])
    assert given["width"] == 28
    pixels = np.reshape(given["pixels"], (28, 28, 4))
    assert np.array_equal(pixels[..., :3].max(axis=2), IMAGES[5])
    assert (pixels[..., 3] == 255).all()


def test_a_dense_autoencoder_of_87_numbers_fits(shown):
    data, _ = shown(lambda: aeutils.explore_digit(*pair(87), X))
    assert len(sheet_of(json.loads(payload(data["text/html"])))) >= 12 * 28


@pytest.mark.parametrize("size", [1, 86, 87, 128, 260])
def test_codes_of_every_size_are_drawn(play, size):
    # Narrow, so that the longest codes fit into a page; with negative numbers.
    encoder = network((784,), layers.Dense(8), layers.Dense(size))
    decoder = network((size,), layers.Dense(8), layers.Dense(784, "sigmoid"))
    for control in (aeutils.explore_digit, aeutils.explore_code):
        seen = play(lambda control=control: control(encoder, decoder, X))
        code = seen["pictures"][1]
        bars = calls(code, "fillRect")[1:-1]
        tall = [bar for bar in bars if bar[4] != "#ffffff"]
        assert len(tall) == size
        for left, top, width, height, _ in bars:
            assert 0 <= left < left + width <= code["width"] + 1
            assert width > 0
            assert 0 <= top + 1
            assert top + height <= code["height"] + 1


def test_longer_codes_are_refused_in_a_sentence():
    with pytest.raises(page.ControlError, match="codes of 261 numbers, expected at most 260"):
        aeutils.explore_code(*pair(261), X)


def test_bars_stand_up_and_are_as_high_as_their_numbers(play):
    seen = play(CALLS["code"], ["digit", 2], ["unit", 7])
    picture = seen["pictures"][1]
    code = keras_answer(ENCODER, DIGITS[2])
    _, high = json_range(seen)
    bars = [call for call in calls(picture, "fillRect")[1:-1] if call[4] != "#ffffff"]
    for (left, top, _, height, colour), number, i in zip(bars, code, range(32), strict=True):
        assert left == pytest.approx(i * 300 / 32)
        assert height == pytest.approx(196 * number / high, abs=0.1)
        assert top + height == pytest.approx(196)  # they stand on the ground
        assert colour == ("#e69f00" if i == 7 else "#56b4e9")


def json_range(seen):
    number = next(slider for slider in seen["sliders"] if slider["label"] == "its number")
    return number["min"], number["max"]


def test_a_bar_is_dragged_where_the_hand_is(play):
    at = (9.5 * 300 / 32, 49)  # the middle of unit 9, a quarter from above
    seen = play(CALLS["code"], ["digit", 2], ["1", *at])
    own, _, output = seen["pictures"]
    low, high = json_range(seen)
    numbers = keras_answer(ENCODER, DIGITS[2])
    assert close(own["values"], keras_answer(DECODER, numbers))
    before, numbers[9] = numbers[9], low + 0.75 * (high - low)
    assert close(output["values"], keras_answer(DECODER, numbers))
    said = f"Unit 9 is {numbers[9]:.2f}; in the digit's own code it is {before:.2f}."
    assert said in seen["said"]
    assert {s["label"]: s["value"] for s in seen["sliders"]}["unit"] == 9


def test_a_number_of_the_code_is_set_kept_and_put_back(play):
    code = keras_answer(ENCODER, DIGITS[0])
    seen = play(CALLS["code"], ["unit", 3], ["its number", 1.5], ["unit", 4])
    code[3] = 1.5
    assert close(seen["pictures"][2]["values"], keras_answer(DECODER, code))
    assert seen["sliders"][2]["value"] == pytest.approx(code[4], abs=2e-3)
    again = play(CALLS["code"], ["unit", 3], ["its number", 1.5], ["Back to its own code"])
    assert close(again["pictures"][2]["values"], again["pictures"][0]["values"])
    assert again["said"].endswith("by a mean square of 0.0000.")


def test_the_plane_shows_numerals_where_their_codes_are(play):
    seen = play(CALLS["map"])
    picture = seen["pictures"][0]
    codes = np.asarray(FLAT_ENCODER(X[:200]))
    written = calls(picture, "fillText")
    assert [text[0] for text in written] == [str(label) for label in LABELS[:200]]
    places = np.array([text[1:3] for text in written])
    assert np.corrcoef(places[:, 0], codes[:, 0])[0, 1] > 0.9999
    assert np.corrcoef(places[:, 1], codes[:, 1])[0, 1] < -0.9999  # up is up: y falls
    assert len({text[3] for text in written}) == 10  # a colour for each class


def test_the_point_under_the_pointer_is_decoded(play):
    seen = play(CALLS["map"], ["0", 98, 294])
    picture, output = seen["pictures"]
    assert picture["hover"]
    left, right, bottom, top = np.ravel([(s["min"], s["max"]) for s in seen["sliders"]])
    point = [left + (right - left) / 4, top - 3 * (top - bottom) / 4]
    assert close(output["values"], keras_answer(FLAT_DECODER, point))
    assert [s["value"] for s in seen["sliders"]] == pytest.approx(point)
    codes = np.asarray(FLAT_ENCODER(X[:200]))
    nearest = LABELS[((codes - point) ** 2).sum(axis=1).argmin()]
    where = f"At {point[0]:.2f}, {point[1]:.2f}"
    assert seen["said"] == f"{where} the nearest code is that of a {nearest}."
    [ring] = calls(picture, "arc")
    assert ring[:2] == pytest.approx([98, 294])
    numerals = calls(picture, "fillText")
    assert [text[0] for text in numerals] == [str(label) for label in LABELS[:200]]
    x = 392 * (codes[:, 0] - left) / (right - left)
    y = 392 * (top - codes[:, 1]) / (top - bottom)
    assert np.allclose([text[1:3] for text in numerals], np.stack([x - 4, y + 4], 1), atol=0.5)


def test_the_range_of_the_plane_leaves_out_the_farthest_points():
    points = np.random.default_rng(0).normal(size=(200, 2))
    points[0] = 1000, -1000
    left, right, bottom, top = controls.middle(points)
    assert -5 < left < -1.5 < 1.5 < right < 5
    assert -5 < bottom < -1.5 < 1.5 < top < 5
    even = np.stack([np.arange(101), 7 * np.ones(101)], axis=1)
    assert controls.middle(even) == pytest.approx([2 - 9.6, 98 + 9.6, 6.9, 7.1])
    with pytest.raises(page.ControlError, match="codes of 32 numbers, expected codes of two"):
        aeutils.explore_code_map(ENCODER, DECODER, X, LABELS)


@pytest.mark.parametrize("share", [0, 0.25, 1])
def test_a_walk_leads_from_the_first_digit_to_the_second(play, share):
    seen = play(CALLS["interpolation"], ["first digit", 1], ["second digit", 2], ["mix", share])
    first, decoded, blend, second = seen["pictures"]
    assert close(first["values"], DIGITS[1])
    assert close(second["values"], DIGITS[2])
    codes = [keras_answer(ENCODER, DIGITS[i]) for i in (1, 2)]
    mixed = keras_answer(DECODER, (1 - share) * codes[0] + share * codes[1])
    assert close(decoded["values"], mixed)
    assert close(blend["values"], (1 - share) * DIGITS[1] + share * DIGITS[2])
    images = (np.array(picture["values"]) for picture in (decoded, blend))
    codes, pixels = (f"{np.mean(4 * image * (1 - image)):.2f}" for image in images)
    assert seen["said"] == f"Share of gray: {codes} codes mixed, {pixels} images mixed."


def test_the_chosen_cell_of_the_confusion_matrix_shows_its_digits(play):
    predicted = np.asarray(CLASSIFIER(X)).argmax(axis=1)
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (LABELS, predicted), 1)
    true, said = np.argwhere((counts > 2) & (counts.T != counts))[1]
    seen = play(CALLS["confusions"], ["true class", int(true)], ["predicted class", int(said)])
    matrix, digits = seen["pictures"]
    numbers = [call[0] for call in calls(matrix, "fillText")]
    names, numbers = np.split(np.array(numbers, int).reshape(10, 12), [2], axis=1)
    assert np.array_equal(names, np.stack([range(10)] * 2, axis=1))
    assert np.array_equal(numbers, counts)
    cells = [call[:4] for call in calls(matrix, "fillRect")[1:]]
    places = [(30 * j + 30, 24 * i + 24, 29, 23) for i in range(10) for j in range(10)]
    assert np.allclose(cells, places)
    left, top = calls(matrix, "strokeRect")[0][:2]
    assert (left, top) == pytest.approx(((said + 1) * 30, (true + 1) * 24))
    grid = np.pad(values(digits), ((0, 1), (0, 1))).reshape(4, 29, 6, 29)[:, :28, :, :28]
    tiles = grid.swapaxes(1, 2).reshape(24, 784)
    expected = DIGITS[(LABELS == true) & (predicted == said)][:24]
    shown_count = int((tiles.max(axis=1) > 0).sum())
    assert 0 < shown_count <= len(expected)
    assert close(tiles[:shown_count], expected[:shown_count])
    assert digits["caption"] == f"true {true}, predicted {said}: {counts[true, said]}"
    assert seen["said"] == (
        f"{counts[true, said]} of the {counts[true].sum()} digits {true} are predicted as {said}."
    )


def test_up_to_24_digits_of_each_cell_are_sent_in_their_order(shown, play):
    x = np.eye(10, 784, dtype="float32")[[3] * 30 + [5] * 10]
    x[:, 700] = np.arange(40) / 51  # each digit has a gray of its own
    classifier = network((784,), layers.Dense(10, "softmax"))
    classifier.set_weights([9 * np.eye(784, 10), np.zeros(10)])
    call = lambda: aeutils.explore_confusions(classifier, x, np.repeat([3, 4], [30, 10]))  # noqa: E731
    data = json.loads(payload(shown(call)[0]["text/html"]))
    assert data["labels"] == [3] * 24 + [4] * 10
    assert data["predicted"] == [3] * 24 + [5] * 10
    assert sheet_of(data).reshape(-1, 784)[:, 700].tolist() == [
        *range(0, 120, 5),
        *range(150, 200, 5),
    ]
    assert data["start"] == [4, 5]
    assert play(call)["pictures"][1]["caption"] == "true 4, predicted 5: 10"
    assert play(call, ["true class", 3], ["predicted class", 3])["said"].startswith("30 of the 30")


def test_a_cell_of_the_matrix_is_chosen_by_the_pointer(play):
    seen = play(CALLS["confusions"], ["0", 30 * 4 + 5, 24 * 8 + 5])
    assert [s["value"] for s in seen["sliders"]] == [7, 3]  # row: true class, column: predicted


def test_the_commonest_confusion_is_shown_first(play):
    predicted = np.asarray(CLASSIFIER(X)).argmax(axis=1)
    pairs = np.zeros((10, 10), int)
    np.add.at(pairs, (LABELS, predicted), 1)
    np.fill_diagonal(pairs, 0)
    first = play(CALLS["confusions"])["sliders"]
    assert pairs[first[0]["value"], first[1]["value"]] == pairs.max()


def test_a_classifier_without_errors_is_shown_at_its_commonest_class(shown, play):
    labels = [*range(10), 7, 7]
    x = np.eye(10, 784, dtype="float32")[labels]
    perfect = network((784,), layers.Dense(10, "softmax"))
    perfect.set_weights([9 * np.eye(784, 10), np.zeros(10)])
    call = lambda: aeutils.explore_confusions(perfect, x, labels)  # noqa: E731
    seen = play(call)
    data = json.loads(payload(shown(call)[0]["text/html"]))
    assert data["labels"] == data["predicted"] == sorted(labels)
    assert seen["said"] == "3 of the 3 digits 7 are predicted as 7."


def test_neighbours_are_the_nearest_by_pixels_and_by_codes(play):
    seen = play(CALLS["neighbours"], ["digit", 11])
    points = {"pixels": DIGITS, "codes": np.asarray(ENCODER(X), "float64")}
    said = []
    for (by, array), picture in zip(points.items(), seen["pictures"], strict=True):
        far = ((array - array[11]) ** 2).sum(axis=1)
        nearest = [i for i in np.argsort(far, kind="stable") if i != 11][:8]
        assert close(values(picture)[:, :28], DIGITS[11])
        for place, i in enumerate(nearest, start=1):
            assert close(values(picture)[:, 29 * place : 29 * place + 28], DIGITS[i])
        names = LABELS[nearest]
        said.append(f"{(names == LABELS[11]).sum()} of 8 by {by}")
        assert picture["caption"].endswith(f"by {by}: {' '.join(map(str, names))}")
    assert seen["said"] == f"Neighbours with the same label: {', '.join(said)}."
    assert said[0][-6:] != said[1][-6:]


def test_of_few_digits_all_others_are_neighbours():
    near = comparisons.nearest(np.array([[0.0], [3], [1]]))
    assert near.tolist() == [[2, 1], [2, 0], [0, 1]]


@pytest.mark.parametrize(("layer", "number"), [(1, 0), (1, 4), (2, 3)])
def test_the_chosen_filter_shows_its_map_its_kernel_and_its_patch(play, layer, number):
    seen = play(CALLS["filters"], ["digit", 6], ["layer", layer], ["filter", number])
    given, feature, kernel, patch = seen["pictures"]
    conv = CONV.layers[0 if layer == 1 else 2]
    part = keras.Model(CONV.inputs, conv.output)
    maps = np.asarray(part(MAPS[:200]))
    highest = maps[..., number].max()
    assert close(given["values"], DIGITS[6])
    assert close(np.ravel(feature["values"]) * highest, maps[6, ..., number])
    assert feature["caption"] == f"feature map, up to {maps[6, ..., number].max():.2f}"
    weights = np.asarray(conv.kernel)[..., number]
    tiles = np.array(kernel["values"], float).reshape(3, -1)
    for i in range(weights.shape[2]):
        expected = weights[..., i] / abs(weights).max()
        assert close(tiles[:, 4 * i : 4 * i + 3], expected)
    pixels = np.reshape(kernel["pixels"], (3, -1, 4))[:, :3, :3].astype(int)
    assert np.array_equal(weights[..., 0] < 0, pixels[..., 2] > pixels[..., 0])  # blue is negative
    assert f"at most {maps[6, ..., number].max():.2f} on this digit; {highest:.2f}" in seen["said"]
    # Alone on black, the patch excites the filter as it did in its digit.
    black, size = np.zeros((28, 28)), 3 if layer == 1 else 8
    black[11 : 11 + size, 11 : 11 + size] = values(patch)
    assert keras_answer(part, black)[..., number].max() == pytest.approx(highest, abs=2e-3)
    assert patch["width"] == size


def test_a_patch_at_the_edge_is_black_beyond_it():
    image = np.zeros((1, 28, 28), "float32")
    image[0, 0, 27], image[0, 0, 26] = 1, 0.5
    encoder = network((28, 28, 1), layers.Conv2D(1, 3, padding="same"))
    centre = np.float32([[0, 0, 0], [0, 1, 0], [0, 0, 0]])
    encoder.set_weights([centre.reshape(3, 3, 1, 1), np.zeros(1)])
    [(top, patches)] = comparisons.strongest_patches(encoder, image)
    assert top == [1]
    assert patches.tolist() == [[[0, 0, 0], [0.5, 1, 0], [0, 0, 0]]]


@pytest.mark.parametrize("size", [2, 3, (3, 5)])
@pytest.mark.parametrize("strides", [1, 2, 3])
@pytest.mark.parametrize("padding", ["same", "valid"])
def test_the_patch_is_what_the_filter_sees_whatever_its_size_and_strides(size, strides, padding):
    encoder = network((28, 28, 1), layers.Conv2D(4, size, strides, padding))
    [(top, patches)] = comparisons.strongest_patches(encoder, DIGITS[:9].reshape(9, 28, 28))
    kernel = encoder.get_weights()[0][:, :, 0]
    assert patches.shape == (4, *kernel.shape[:2])
    assert np.allclose(np.einsum("nij,ijn->n", patches, kernel), top, atol=1e-5)


def test_the_patch_of_a_later_layer_is_seen_through_all_before_it(play):
    chain = [layers.Conv2D(2, 3, strides=2), layers.Conv2D(3, (3, 5))]
    encoder = network((28, 28, 1), *chain)
    _, (top, patches) = comparisons.strongest_patches(encoder, DIGITS[:9].reshape(9, 28, 28))
    assert patches.shape == (3, 7, 11)
    part = network((7, 11, 1), *chain)
    part.set_weights(encoder.get_weights())
    assert np.allclose(np.diag(np.asarray(part(patches[..., None]))[:, 0, 0]), top, atol=1e-5)
    seen = play(lambda: aeutils.explore_filters(encoder, MAPS[:9]), ["layer", 2])
    assert seen["pictures"][3]["width"] == 11
    assert close(values(seen["pictures"][3]), patches[seen["sliders"][2]["value"]])


def test_a_layer_with_fewer_filters_limits_the_choice(play):
    seen = play(CALLS["filters"], ["filter", 5], ["layer", 2])
    assert [s["max"] for s in seen["sliders"]] == [199, 2, 3]
    assert seen["said"].startswith("Filter 3 of layer 2")


def test_a_filter_that_never_answers_is_called_dead(play):
    dead = network((28, 28, 1), layers.Conv2D(2, 3, activation="relu"))
    dead.set_weights([-np.ones((3, 3, 1, 2)), np.zeros(2)])
    assert play(lambda: aeutils.explore_filters(dead, MAPS))["pictures"][3]["caption"] == "dead"


def test_an_encoder_without_convolutions_has_no_maps():
    with pytest.raises(page.ControlError, match="without layers of Conv2D, expected"):
        aeutils.explore_filters(ENCODER, X)
    with pytest.raises(page.ControlError, match="without a layer of Conv2D, expected"):
        aeutils.draw_digit(AUTOENCODER, ENCODER)


def test_a_denoiser_is_measured_against_the_clean_digit(play):
    seen = play(CALLS["denoising"], ["digit", 9], ["noise", 0.3])
    given, output, clean = seen["pictures"]
    assert close(clean["values"], DIGITS[9])
    assert close(output["values"], keras_answer(AUTOENCODER, given["values"]))
    before, after = error(given["values"], DIGITS[9]), error(output["values"], DIGITS[9])
    said = f"Mean squared error to the clean digit: {before:.4f}, denoised {after:.4f}."
    assert seen["said"] == said
    assert given["caption"] == f"noisy, error {before:.4f}"
    assert output["caption"] == f"denoised, error {after:.4f}"
    start = play(CALLS["denoising"])["sliders"][1]
    assert (start["value"], start["max"]) == (0.4, 1)


def drawing():
    """A large drawing of a digit in a corner of the square: 280 x 280 bytes."""
    square = np.zeros((280, 280), int)
    square[20:188, 10:178] = IMAGES[15, ::1].repeat(6, axis=0).repeat(6, axis=1)
    return square


def test_a_drawing_is_reconstructed(play, engine):
    seen = play(CALLS["reconstructed drawing"], drawing=drawing().ravel().tolist())
    given, _, output = seen["pictures"]
    assert close(output["values"], keras_answer(AUTOENCODER, given["values"]))
    far = f"{error(output['values'], given['values']):.4f}"
    assert seen["said"] == f"Mean squared error of the reconstruction {far}."
    assert output["caption"] == f"reconstruction, error {far}"
    assert given["caption"] == "as MNIST would hold it"


def test_a_drawing_is_classified_and_its_maps_are_shown(play):
    seen = play(CALLS["classified drawing"], drawing=drawing().ravel().tolist())
    given, bars, _, maps = seen["pictures"]
    shares = keras_answer(CLASSIFIER, given["values"])
    said = f"The model says {shares.argmax()}, with a probability of {shares.max():.2f}."
    assert seen["said"] == said
    drawn = calls(bars, "fillRect")[1:-1]
    assert [round(bar[3] / 180, 2) for bar in drawn] == pytest.approx(shares, abs=0.006)
    assert [text[0] for text in calls(bars, "fillText")] == list("0123456789")
    assert [bar[4] for bar in drawn].index("#e69f00") == shares.argmax()
    expected = np.asarray(CONV.layers[0](np.float32(given["values"]).reshape(1, 28, 28, 1)))[0]
    for i in range(6):
        tile = values(maps)[:28, 29 * i : 29 * i + 28]
        assert close(tile * expected.max(), expected[..., i])
    assert close(values(maps)[:, 28], 0.4)  # a gray line between two maps


def test_an_empty_square_asks_for_a_drawing(play):
    said = play(CALLS["classified drawing"])["said"]
    assert said == "The drawing is empty: draw a digit on the black square."


def test_a_training_is_kept_from_its_start_to_its_end():
    assert SNAPSHOTS.steps == [0, 1, 2, 3, 5, 7, 10, 12]  # 2 epochs of 6 steps
    assert len(SNAPSHOTS.errors) == len(SNAPSHOTS.codes) == len(SNAPSHOTS.outputs) == 8
    assert SNAPSHOTS.errors[-1] < SNAPSHOTS.errors[0]
    last = np.asarray(FLAT_DECODER(FLAT_ENCODER(X[:200])))
    assert SNAPSHOTS.errors[-1] == pytest.approx(error(last, DIGITS[:200]), abs=1e-5)
    assert np.allclose(SNAPSHOTS.codes[-1], FLAT_ENCODER(X[:200]), atol=1e-4)


def test_a_second_training_replaces_the_first_and_counts_from_0():
    encoder, decoder = pair(1, "linear")
    snapshots = aeutils.Snapshots(encoder, decoder, X[:20])
    model = network((784,), encoder, decoder)
    model.compile("sgd", "mse")
    for _ in range(2):
        model.fit(X[:20], X[:20], batch_size=10, verbose=0, callbacks=[snapshots])
        assert snapshots.steps == [0, 1, 2]
        assert len(snapshots.errors) == len(snapshots.codes) == len(snapshots.outputs) == 3
    assert snapshots.labels is None


def test_outputs_beyond_white_and_black_are_kept_as_white_and_black():
    decoder = network((2,), layers.Dense(784))
    decoder.set_weights([np.zeros((2, 784)), np.repeat([-0.5, 1.5], 392)])
    [outputs] = aeutils.Snapshots(FLAT_ENCODER, decoder, X).outputs
    assert outputs.shape == (8, 28, 28)
    assert (outputs[:, :14] == 0).all()
    assert (outputs[:, 14:] == 255).all()


@pytest.mark.parametrize("moment", [0, 4, 7])
def test_scrubbing_shows_the_snapshot_that_is_chosen(play, moment):
    seen = play(CALLS["replay"], ["snapshot", moment])
    pictures, plane, curve = seen["pictures"]
    assert close(values(pictures)[:28, 29:57], DIGITS[1])
    assert close(values(pictures)[29:, 29:57], SNAPSHOTS.outputs[moment][1] / 255)
    texts = calls(plane, "fillText")
    assert [text[0] for text in texts] == [str(label) for label in LABELS[:200]]
    codes, (left, right, *_) = SNAPSHOTS.codes[moment], controls.middle(SNAPSHOTS.codes[-1])
    places = 300 * (codes[:, 0] - left) / (right - left)  # one scale for all snapshots
    assert np.allclose([text[1] for text in texts], places - 4, atol=0.5)
    dots = calls(curve, "fillRect")[1:]
    assert np.allclose([dot[0] for dot in dots], 3 + 288 * np.arange(8) / 7)
    colours = ["#56b4e9"] * moment + ["#e69f00"] + ["#909090"] * (7 - moment)
    assert [dot[4] for dot in dots] == colours
    heights = 187 - np.array([dot[1] for dot in dots])
    errors = np.array(SNAPSHOTS.errors)
    [[said, *_]] = calls(curve, "fillText")
    assert said == f"from {errors[0]:.4f} to {errors[-1]:.4f}"
    assert np.allclose(heights, 166 * errors / errors.max(), atol=0.1)
    assert seen["said"] == (
        f"After {SNAPSHOTS.steps[moment]} steps of training the mean squared error is "
        f"{SNAPSHOTS.errors[moment]:.4f}."
    )


def test_codes_of_more_than_two_numbers_are_seen_along_their_main_axes():
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(3, 50, 5)) * [1, 9, 0.1, 4, 0.1]
    plane = replay.in_plane(codes)
    assert plane.shape == (3, 50, 2)
    for axis, source in ((0, 1), (1, 3)):
        assert abs(np.corrcoef(plane[-1, :, axis], codes[-1, :, source])[0, 1]) > 0.95
    # The middle of the last codes is the origin of all; distances stay.
    assert np.allclose(plane[-1].mean(axis=0), 0)
    assert not np.allclose(plane[0].mean(axis=0), 0, atol=1e-3)
    spreads = np.linalg.svd(codes[-1] - codes[-1].mean(axis=0), compute_uv=False)[:2]
    assert np.allclose(np.linalg.norm(plane[-1], axis=0), spreads)
    flat = rng.normal(size=(2, 9, 2))
    assert np.array_equal(replay.in_plane(flat), flat)
    line = replay.in_plane(flat[..., :1])
    assert np.array_equal(line[..., 0], flat[..., 0])
    assert (line[..., 1] == 0).all()


# --- Wrong arguments ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: aeutils.explore_digit(ENCODER, DECODER, X[:, :100]), r"shape \(300, 100\)"),
        (lambda: aeutils.explore_digit(ENCODER, DECODER, X * np.nan), "NaN"),
        (lambda: aeutils.explore_digit(ENCODER, DECODER, X[:0]), "at least one image"),
        (lambda: aeutils.explore_digit(ENCODER, DECODER, X * 255), "pixels from 0 to 1"),
        (lambda: aeutils.explore_digit(ENCODER), "missing 2 required"),
        (lambda: aeutils.explore_digit(ENCODER, ENCODER, X), "takes .784,., .* 32 numbers"),
        (lambda: aeutils.explore_digit(len, DECODER, X), "expected a Keras model"),
        (lambda: aeutils.explore_denoising(ENCODER, X), "answers 32 numbers, expected images"),
        (lambda: aeutils.explore_confusions(ENCODER, X, LABELS), "expected classes: 10"),
        (lambda: aeutils.explore_confusions(CLASSIFIER, X, LABELS + 5), "whole numbers 0 to 9"),
        (lambda: aeutils.explore_neighbours(ENCODER, X, LABELS[:5]), r"expected \(300,\)"),
        (lambda: aeutils.explore_neighbours(ENCODER, X[:1], LABELS[:1]), "expected several"),
        (lambda: aeutils.explore_interpolation(ENCODER, DECODER, "digits"), "expected numbers"),
        (lambda: aeutils.explore_code_map(ENCODER, DECODER, 3, LABELS), "images"),
        (lambda: aeutils.draw_digit(ENCODER), "answers 32 numbers"),
        (lambda: aeutils.draw_digit(None), "expected a Keras model"),
        (lambda: aeutils.replay(3), "Received int, expected Snapshots"),
        (lambda: aeutils.replay(aeutils.Snapshots(ENCODER, DECODER, X)), "seen a training"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_one_sentence_and_fail_the_cell(call, said):
    with pytest.raises(page.ControlError, match=said) as caught:
        call()
    [sentence] = caught.value._render_traceback_()
    assert re.match(r"(explore|draw|replay)\w*: ", sentence)
    assert "\n" not in sentence
    assert len(sentence) < 700
