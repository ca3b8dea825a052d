"""A live figure is one output that holds all it needs, and shows what its inputs say."""

import base64
import html
import io
import json
import re

import keras
import numpy as np
import pytest
from engine import (
    AUTOENCODER,
    CALLS,
    CLASSIFIER,
    CONV,
    DECODER,
    DENOISER,
    DIGITS,
    ENCODER,
    FLAT_DECODER,
    FLAT_ENCODER,
    IMAGES,
    LABELS,
    MAPS,
    MEAN,
    SPREAD,
    X,
    network,
    output,
    pair,
    payload,
    snapshots,
)
from keras import layers
from PIL import Image

import aeutils
from aeutils.explorables import live, page

PREDICTED = np.argmax(CLASSIFIER(X), axis=1)
COUNTS = np.zeros((10, 10), int)
np.add.at(COUNTS, (LABELS, PREDICTED), 1)
ERRORS = COUNTS * (1 - np.eye(10, dtype=int))


@pytest.fixture
def play(engine):
    return engine.play


def still(monkeypatch, call):
    """What is drawn into the static picture: what its `..._figure` was given."""
    drawn = []
    for name in ("digit_figure", "confusion_figure"):

        def spy(*given, real=getattr(live, name)):  # noqa: B008
            drawn.append(given)
            return real(*given)

        monkeypatch.setattr(live, name, spy)
    output(lambda: CALLS[call]())
    [found] = drawn
    return found


def sent(call):
    return json.loads(payload(output(call)[0]["text/html"]))


def unpacked(text):
    """The digits (n, 784) of a live figure: 0 stands before the number of zeros that it means."""
    data, digits = iter(base64.b64decode(text)), []
    for byte in data:
        digits += [byte] if byte else [0] * next(data)
    return np.reshape(digits, (-1, 784))


def values(picture):
    return np.reshape(picture["values"], (-1, picture["width"]))


def calls(picture, name):
    return [call[1:] for call in picture["calls"] if call[0] == name]


def close(found, expected):
    return np.allclose(np.ravel(found), np.ravel(expected), atol=2e-3)


def ask(model, x):
    return np.array(model(np.float32(x).reshape(1, *model.input_shape[1:])))[0]


def error(a, b):
    return np.mean((np.ravel(a) - np.ravel(b)) ** 2)


@pytest.mark.parametrize("name", CALLS)
def test_one_small_output_holds_the_figure_a_picture_and_its_alternative(name, play):
    data, metadata = output(name)
    alt, width, source = re.match(
        r'<div data-explorable="\w{16}"><img alt="(.*?)" width="(\d+)" '
        r'src="data:image/png;base64,(.*?)"><script type="application/json">', data["text/html"]
    ).groups()  # fmt: skip
    text = data["text/plain"]
    assert html.unescape(alt) == text == f"{sent(name)['title']}. {text.split('. ', 1)[1]}"
    assert text.endswith(f". {page.HINT}")
    # In between it says what is seen.
    assert re.search(r"\. (\d+ digits? in each row|The confusion matrix|The patch that)\b", text)
    assert metadata == {"image/png": {"alt": text, "width": int(width)}}
    image = Image.open(io.BytesIO(base64.b64decode(source)))
    assert source == data["image/png"]
    assert image.width // 2 == int(width)  # sharp on sharp screens
    assert 300 < int(width) <= 800
    assert 4 < len(image.convert("L").getcolors()) <= 8  # shades of gray, few of them
    assert sum(map(len, data.values())) <= 450_000
    outside = r"https?:|fetch\(|import\(|^import |^export |XMLHttp|eval\("
    assert not re.search(outside, data["text/html"], re.M)
    assert sent(name)["advice"].startswith("Try: ")
    for slider in play(name)["sliders"]:
        assert slider["min"] <= slider["value"] <= slider["max"]


def test_text_in_the_output_cannot_end_its_script():
    figure = live.digit_figure({"": DIGITS[:1]})
    data, _ = output(lambda: page.show(
        "digit", '"<b>', "</script><script>x", figure, {}, {"digits": IMAGES[:1]}, 1))  # fmt: skip
    assert '<img alt="&quot;&lt;b&gt;. ' in data["text/html"]
    assert data["text/html"].count("</script>") == 2
    assert json.loads(payload(data["text/html"]))["advice"] == "</script><script>x"


def test_a_page_is_filled_to_its_limit_then_the_first_half_of_the_digits_is_sent():
    noise = np.random.default_rng(0).integers(1, 256, (24, 28, 28), "uint8")
    rows, figure = {"digits": noise, "labels": np.arange(24) % 10}, {"": DIGITS[:1]}

    def call(filler):
        still = live.digit_figure(figure)
        page.show("digit", "A", "Try.", still, {}, rows, filler="x" * filler)

    data, _ = output(lambda: call(0))
    room = 450_000 - len(data["text/html"] + data["image/png"])
    assert np.array_equal(unpacked(sent(lambda: call(room))["digits"]), noise.reshape(24, 784))
    half = sent(lambda: call(room + 1))
    assert np.array_equal(unpacked(half["digits"]), noise[:12].reshape(12, 784))
    assert half["labels"] == [*range(10), 0, 1]


def test_every_figure_begins_here(play):
    code, point = ask(ENCODER, DIGITS[0]), ask(FLAT_ENCODER, DIGITS[0])
    answers = np.asarray(CONV.layers[0](MAPS[:200])).max(axis=(0, 1, 2))
    true, said = np.argwhere(ERRORS == ERRORS.max())[0]
    begins = {
        "digit": {"digit": 0, "noise": 0},
        "code": {"digit": 0, "unit": code.argmax(), "its number": code.max()},
        "map": {"first number": point[0], "second number": point[1]},
        "interpolation": {"first digit": 4, "second digit": 7, "mix": 0.5},
        "confusions": {"true class": true, "predicted class": said},
        "filters": {"digit": 0, "layer": 1, "filter": answers.argmax()},
        "denoising": {"digit": 0, "noise": 0.4},
        "diffusion": {"step": 50},
        "drawing": {},
        "classified": {},
        "replay": {"snapshot": 7},
    }
    for name in CALLS:
        found = {slider["label"]: slider["value"] for slider in play(name)["sliders"]}
        assert found == pytest.approx(begins[name], abs=2e-3), name


# name: its rows, and for some pictures the row and the place, and how the page shows the same.
STILLS = {
    "digit": (["input", "from 32 numbers"],
              [(0, 2, [["digit", 2]], 0), (1, 2, [["digit", 2]], 2)]),
    "code": (["digit", "its code, decoded"], [(1, 3, [["digit", 3]], 2)]),
    "map": (None, [(0, 0, [["0", 0, 0]], 1), (2, 5, [["0", 392, 392]], 1)]),
    "interpolation": (["codes mixed, decoded", "images mixed"],
                      [(0, 1, [["mix", 0.2]], 1), (1, 1, [["mix", 0.2]], 2)]),
    "denoising": (["noisy", "denoised", "clean"], [(i, 3, [["digit", 3]], i) for i in range(3)]),
    "diffusion": ([f"noise {i}" for i in range(1, 5)],
                  [(0, 5, [], 0), (1, 1, [["New noise"], ["step", 20]], 0)]),
    "drawing": (["an example", "reconstruction"], []),
    "replay": (["digits", "before training", "at the end"], []),
}  # fmt: skip


@pytest.mark.parametrize("name", STILLS)
def test_the_static_picture_shows_what_the_page_shows(monkeypatch, play, name):
    rows, *captions = still(monkeypatch, name)
    names, same = STILLS[name]
    assert list(rows) == (names or sorted(rows, key=float, reverse=True))  # the map: up is up
    assert all(row in output(name)[0]["text/plain"] for row in rows)
    for row, place, steps, picture in same:
        found = [*rows.values()][row][place]
        assert np.allclose(
            play(name, *steps)["pictures"][picture]["values"], found.ravel(), atol=0.01
        )
    if name == "map":
        assert captions[0] == sorted(captions[0], key=float)
    if name == "interpolation":
        assert captions == [["0%", "20%", "40%", "60%", "80%", "100%"]]
    if name == "diffusion":
        assert captions == [[f"step {i}" for i in (0, 20, 30, 40, 45, 50)]]


def test_the_still_of_the_confusions_is_their_matrix(monkeypatch):
    counts, true, said = still(monkeypatch, "confusions")
    assert np.array_equal(counts, COUNTS)
    assert COUNTS[true, said] == ERRORS.max()
    counts = COUNTS + 99 * np.eye(10, dtype=int)  # most answers are right
    figure, alt = live.confusion_figure(counts, 2, 7)
    assert alt == f"The confusion matrix; {COUNTS[2, 7]} digits 2 are predicted as 7."
    [axis] = figure.axes
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("predicted", "true")
    written = {text.get_position(): text.get_text() for text in axis.texts}
    assert written == {(j, i): str(counts[i, j]) for i in range(10) for j in range(10)}
    colors = {text.get_position(): text.get_color() for text in axis.texts}
    assert colors[said, true] == "white"  # on the darkest cell
    assert {colors[i, i] for i in range(10)} == {"black"}
    assert (axis.images[0].get_array() == ERRORS).all()
    low, high = axis.get_ylim()
    assert low > high  # the first row is at the top


@pytest.mark.parametrize(("digit", "noise"), [(3, 0.5), (5, 0)])
def test_a_digit_with_noise_is_encoded_and_decoded(play, digit, noise):
    seen = play("digit", ["digit", digit], ["noise", noise])
    given, code, made = seen["pictures"]
    noisy = np.clip(DIGITS[digit] + noise * np.array(sent("digit")["noise"]), 0, 1)
    assert close(given["values"], noisy)
    pixels = np.reshape(given["pixels"], (28, 28, 4))
    assert np.allclose(pixels[..., 0], 255 * noisy.reshape(28, 28), atol=0.51)
    assert (pixels[..., 3] == 255).all()
    assert close(made["values"], ask(AUTOENCODER, given["values"]))
    numbers = ask(ENCODER, given["values"])
    heights = [bar[3] for bar in calls(code, "fillRect")[1:-1]]
    assert heights == pytest.approx(196 * numbers / max(1, numbers.max()), abs=0.5)
    far, clean = (error(made["values"], a) for a in (given["values"], DIGITS[digit]))
    assert [picture["caption"] for picture in seen["pictures"]] == [
        "input", "code: 32 numbers", f"reconstruction, error {far:.4f}"]  # fmt: skip
    said = f"Mean squared error to the input {far:.4f}, to the clean digit {clean:.4f}."
    assert seen["said"] == said


def test_a_number_of_the_code_is_set_dragged_kept_and_put_back(play):
    code = ask(ENCODER, DIGITS[2])
    seen = play("code", ["digit", 2], ["unit", 7], ["its number", 1.2], ["unit", 4])
    own, bars, made = seen["pictures"]
    assert [own["caption"], bars["caption"], made["caption"]] == [
        "its own code, decoded", "code: unit 4 in orange, drag a bar", "code as set, decoded",
    ]  # fmt: skip
    assert close(own["values"], ask(DECODER, code))
    set_to = np.where(np.arange(32) == 7, 1.2, code)
    assert close(made["values"], ask(DECODER, set_to))
    change = error(own["values"], made["values"])
    assert seen["said"] == (f"Unit 4: {code[4]:.2f}, in the digit's own code {code[4]:.2f}. "
                            f"Mean squared change of the picture: {change:.4f}.")  # fmt: skip
    tall = [call for call in calls(bars, "fillRect")[1:-1] if call[4] != "#ffffff"]
    high = seen["sliders"][2]["max"]
    assert [bar[3] for bar in tall] == pytest.approx(196 * set_to / high, abs=0.1)
    assert [i for i, bar in enumerate(tall) if bar[4] == "#e69f00"] == [4]

    seen = play("code", ["digit", 2], ["1", 9.5 * 300 / 32, 49])  # unit 9, a quarter from above
    said = f"Unit 9: {0.75 * high:.2f}, in the digit's own code {code[9]:.2f}. "
    code[9] = 0.75 * high
    assert close(seen["pictures"][2]["values"], ask(DECODER, code))
    assert seen["said"].startswith(said)
    assert seen["sliders"][1]["value"] == 9
    again = play("code", ["unit", 3], ["its number", 1.5], ["Back to its own code"])
    assert again["said"].endswith("picture: 0.0000.")

    codes = np.asarray(FLAT_ENCODER(X[:200]))
    low, high = sent(lambda: aeutils.explore_code(FLAT_ENCODER, FLAT_DECODER, X))["range"]
    assert low <= codes.min() < codes.max() <= high  # the scale holds all codes


def test_the_point_under_the_pointer_is_decoded(play):
    seen = play("map", ["0", 98, 294])
    picture, decoded = seen["pictures"]
    left, right, bottom, top = np.ravel([(s["min"], s["max"]) for s in seen["sliders"]])
    codes = np.asarray(FLAT_ENCODER(X[:200]))
    assert [left, right, bottom, top] == live.middle(codes)
    point = [left + (right - left) / 4, top - 3 * (top - bottom) / 4]
    assert close(decoded["values"], ask(FLAT_DECODER, point))
    assert [s["value"] for s in seen["sliders"]] == pytest.approx(point)
    nearest = LABELS[((codes - point) ** 2).sum(axis=1).argmin()]
    where = f"{point[0]:.2f}, {point[1]:.2f}"
    assert seen["said"] == f"At {where} the nearest code is that of a {nearest}."
    assert [picture["caption"], decoded["caption"]] == ["the plane of codes", f"decoded ({where})"]
    assert calls(picture, "arc")[0][:2] == pytest.approx([98, 294])
    numerals = calls(picture, "fillText")
    assert [text[0] for text in numerals] == [str(label) for label in LABELS[:200]]
    x = 392 * (codes[:, 0] - left) / (right - left)
    y = 392 * (top - codes[:, 1]) / (top - bottom)  # up is up
    assert np.allclose([text[1:3] for text in numerals], np.stack([x - 4, y + 4], 1), atol=0.5)
    assert close(play("map", ["second number", 0.5])["pictures"][1]["values"],
                 ask(FLAT_DECODER, [codes[0, 0], 0.5]))  # fmt: skip


def test_the_plane_ends_a_tenth_beyond_all_but_the_farthest_codes():
    crowd = np.mgrid[:21, :41].reshape(2, -1).T
    area = live.middle([*crowd, [900, -900]])
    assert area == pytest.approx([-2, 22, -4, 44], abs=1)


@pytest.mark.parametrize("part", [0, 0.25, 1])
def test_a_walk_leads_from_the_first_digit_to_the_second(play, part):
    seen = play("interpolation", ["first digit", 1], ["second digit", 2], ["mix", part])
    codes, images = [ask(ENCODER, DIGITS[i]) for i in (1, 2)], DIGITS[1:3]
    decoded = ask(DECODER, (1 - part) * codes[0] + part * codes[1])
    blend = (1 - part) * images[0] + part * images[1]
    expected = {"first digit": images[0], "codes mixed, decoded": decoded,
                "images mixed": blend, "second digit": images[1]}  # fmt: skip
    assert [picture["height"] for picture in seen["pictures"]] == [140, 196, 196, 140]
    for picture, (caption, image) in zip(seen["pictures"], expected.items(), strict=True):
        assert picture["caption"] == caption
        assert close(picture["values"], image)
    codes, pixels = (f"{np.mean(4 * image * (1 - image)):.2f}" for image in (decoded, blend))
    assert seen["said"] == f"Fraction of gray: {codes} codes mixed, {pixels} images mixed."


def test_the_chosen_cell_of_the_confusion_matrix_shows_its_digits(play):
    true, said = map(int, np.argwhere((COUNTS > 2) & (COUNTS.T != COUNTS))[1])
    seen = play("confusions", ["0", 30 * said + 45, 24 * true + 36])
    matrix, digits = seen["pictures"]
    assert matrix["caption"] == "rows: true class, columns: predicted"
    numbers = np.array([call[0] for call in calls(matrix, "fillText")], int).reshape(10, 12)
    assert np.array_equal(numbers[:, 2:], COUNTS)
    left, top = calls(matrix, "strokeRect")[0][:2]
    assert (left, top) == pytest.approx(((said + 1) * 30, (true + 1) * 24))
    grid = np.pad(values(digits), ((0, 1), (0, 1))).reshape(4, 29, 6, 29)[:, :28, :, :28]
    expected = np.zeros((24, 784))
    found = DIGITS[(LABELS == true) & (PREDICTED == said)][:24]
    expected[: len(found)] = found
    assert close(grid.swapaxes(1, 2).reshape(24, 784), expected)
    count, all_ = COUNTS[true, said], COUNTS[true].sum()
    assert digits["caption"] == f"true {true}, predicted {said}: {count}"
    assert seen["said"] == f"{count} of the {all_} digits {true} are predicted as {said}."
    pressed = play("confusions", ["0", 105, 204])["sliders"]  # the middle of a cell
    assert [slider["value"] for slider in pressed] == [7, 2]


def test_up_to_24_digits_of_each_cell_are_sent_in_their_order():
    x = np.eye(10, 784, dtype="float32")[[3] * 30 + [5] * 10]
    x[:, 700] = np.arange(40) / 51  # each digit has a gray of its own
    classifier = network((784,), layers.Dense(10, "softmax"))
    classifier.set_weights([9 * np.eye(784, 10), np.zeros(10)])
    labels = np.repeat([3, 4], [30, 10])
    data = sent(lambda: aeutils.explore_confusions(classifier, x, labels))
    assert data["labels"] == [3] * 24 + [4] * 10
    assert data["predicted"] == [3] * 24 + [5] * 10
    assert unpacked(data["digits"])[:, 700].tolist() == [*range(0, 120, 5), *range(150, 200, 5)]


@pytest.mark.parametrize(("layer", "number"), [(1, 4), (2, 3)])
def test_the_chosen_filter_shows_its_map_its_kernel_and_its_patch(play, layer, number):
    seen = play("filters", ["digit", 6], ["layer", layer], ["filter", number])
    given, feature, kernel, patch = seen["pictures"]
    conv = CONV.layers[0 if layer == 1 else 2]
    part = keras.Model(CONV.inputs, conv.output)
    maps = np.asarray(part(MAPS[:200]))
    highest, here = maps[..., number].max(), maps[6, ..., number].max()
    assert close(given["values"], DIGITS[6])
    assert close(np.ravel(feature["values"]) * highest, maps[6, ..., number])
    weights = np.asarray(conv.kernel)[..., number]
    tiles = np.array(kernel["values"], float).reshape(3, -1)
    inputs = weights.shape[2]
    for i in range(inputs):
        assert close(tiles[:, 4 * i : 4 * i + 3], weights[..., i] / abs(weights).max())
    assert [picture["caption"] for picture in seen["pictures"]] == [
        "input", f"feature map, up to {here:.2f}", f"kernel ({inputs} in), blue negative",
        "strongest patch",
    ]  # fmt: skip
    assert f"of layer {layer} gives at most {here:.2f} on this digit; {highest:.2f}" in seen["said"]
    # Alone on black, the patch excites the filter as it did in its digit.
    black, size = np.zeros((28, 28)), 3 if layer == 1 else 8
    black[11 : 11 + size, 11 : 11 + size] = values(patch)
    assert ask(part, black)[..., number].max() == pytest.approx(highest, abs=2e-3)
    assert play("filters", ["filter", 5], ["layer", 2])["said"].startswith("Filter 3 of layer 2")


@pytest.mark.parametrize("size", [2, (3, 5)])
@pytest.mark.parametrize("strides", [1, 2, 3])
@pytest.mark.parametrize("padding", ["same", "valid"])
def test_the_patch_is_what_the_filter_sees_whatever_its_size_and_strides(size, strides, padding):
    first = layers.Conv2D(4, size, strides, padding)
    encoder = network((28, 28, 1), first, layers.Conv2D(3, (3, 2)))
    (top, patches), (later, seen) = live.strongest_patches(encoder, np.float32(IMAGES[:9] / 255))
    kernel = first.get_weights()[0][:, :, 0]
    assert patches.shape == (4, *kernel.shape[:2])
    assert np.allclose(np.einsum("nij,ijn->n", patches, kernel), top, atol=1e-5)
    if padding == "valid":  # alone, the patch of the second layer is seen through both
        part = network((*seen.shape[1:], 1), first, encoder.layers[1])
        assert np.allclose(np.diag(np.asarray(part(seen[..., None]))[:, 0, 0]), later, atol=1e-5)


def test_a_denoiser_is_measured_against_the_clean_digit(play):
    seen = play("denoising", ["digit", 9], ["noise", 0.3])
    given, made, clean = seen["pictures"]
    assert close(clean["values"], DIGITS[9])
    noise = np.array(sent("denoising")["noise"])
    assert np.std(noise) == pytest.approx(1, abs=0.05)
    assert close(given["values"], np.clip(DIGITS[9] + 0.3 * noise, 0, 1))
    assert close(made["values"], ask(AUTOENCODER, given["values"]))
    before, after = (f"{error(each['values'], DIGITS[9]):.4f}" for each in (given, made))
    assert seen["said"] == f"Mean squared error to the clean digit: {before}, denoised {after}."
    assert [picture["caption"] for picture in seen["pictures"]] == [
        f"noisy, error {before}", f"denoised, error {after}", "clean"]  # fmt: skip


@pytest.mark.parametrize("step", [0, 30, 49, 50])
def test_noise_becomes_a_code_as_keras_would_make_it(play, step):
    seen = play("diffusion", ["step", step])
    now, guess, bars = seen["pictures"]
    halves, model = sent("diffusion")["halves"], keras.models.clone_model(DENOISER)
    model.set_weights([np.float16(weights) for weights in DENOISER.get_weights()])
    code = np.frombuffer(base64.b64decode(halves["starts"][0]), "<f2").reshape(-1, 32)[0]
    way = live.diffuse(model, code[None])[:, 0]
    level = 1 - step / 50
    guessed = ask(model, [*way[step], level]) if step < 50 else way[50]
    pictures = [ask(DECODER, x * SPREAD + MEAN) for x in (way[step], guessed, way[50])]
    assert np.allclose(now["values"], pictures[0], atol=1e-3)
    assert np.allclose(guess["values"], pictures[1], atol=1e-3)
    marks = [call[1] + 1 for call in calls(bars, "fillRect")[1:-1] if call[4] == "#ffffff"]
    assert marks == pytest.approx(160 * (3 - np.clip(guessed, -3, 3)) / 6, abs=0.2)
    far = [error(picture, pictures[2]) for picture in pictures[:2]]
    found = re.fullmatch(
        r"Noise level (.*)\. Mean squared difference from the last picture: (.*), of the guess "
        r"(.*)\.", seen["said"]).groups()  # fmt: skip
    assert [float(number) for number in found] == pytest.approx([level, *far], abs=2e-4)
    assert [picture["caption"] for picture in seen["pictures"]] == [
        "code, decoded", "guess, decoded", "code; lines: the denoiser's guess"]  # fmt: skip


def test_the_code_keeps_its_own_noise_on_the_way():
    clean, noise = np.full((1, 2), 3.0), np.array([[0.5, -1]])
    knows = network((3,), layers.Dense(2))  # a denoiser that always guesses the same code
    knows.set_weights([np.zeros((3, 2)), clean[0]])
    way = live.diffuse(knows, noise)
    angles = np.linspace(np.pi / 2, 0, 51)[:, None, None]
    assert np.allclose(way, np.cos(angles) * clean + np.sin(angles) * noise, atol=1e-4)
    knows.set_weights([np.float32([[0, 0], [0, 0], [1, 1]]), np.zeros(2)])  # guesses the level
    assert np.allclose(live.diffuse(knows, noise)[-1], 1 / 50, atol=1e-4)  # that of the last step


def drawing():
    """A large drawing of a digit in a corner of the square: 280 x 280 bytes."""
    square = np.zeros((280, 280), int)
    square[20:188, 10:178] = IMAGES[15].repeat(6, axis=0).repeat(6, axis=1)
    return square.ravel().tolist()


def test_a_drawing_is_reconstructed_and_an_empty_one_is_empty(play):
    seen = play("drawing", drawing=drawing())
    given, _, made = seen["pictures"]
    assert close(made["values"], ask(AUTOENCODER, given["values"]))
    far = f"{error(made['values'], given['values']):.4f}"
    assert seen["said"] == f"Mean squared error of the reconstruction {far}."
    assert made["caption"] == f"reconstruction, error {far}"
    assert given["caption"] == "as MNIST would hold it"
    seen = play("drawing")
    assert seen["said"] == "The drawing is empty: draw a digit on the black square."
    assert not any(seen["pictures"][0]["values"] + seen["pictures"][2]["values"])


def test_a_drawing_is_classified_and_its_maps_are_shown(play):
    seen = play("classified", drawing=drawing())
    given, bars, _, maps = seen["pictures"]
    answer = ask(CLASSIFIER, given["values"])
    said = f"The model says {answer.argmax()}, with a probability of {answer.max():.2f}."
    assert seen["said"] == said
    drawn = calls(bars, "fillRect")[1:-1]
    assert [bar[3] / 180 for bar in drawn] == pytest.approx(answer, abs=0.002)
    assert [text[0] for text in calls(bars, "fillText")] == list("0123456789")
    assert [bar[4] for bar in drawn].index("#e69f00") == answer.argmax()
    expected = np.asarray(CONV.layers[0](np.float32(given["values"]).reshape(1, 28, 28, 1)))[0]
    for i in range(6):
        assert close(values(maps)[:28, 29 * i : 29 * i + 28] * expected.max(), expected[..., i])
    _, bars, _, maps = play("classified")["pictures"]  # nothing is drawn
    assert [bar[3:] for bar in calls(bars, "fillRect")[1:-1]] == [[0, "#56b4e9"]] * 10
    assert not np.delete(values(maps), np.arange(28, 173, 29), axis=1).any()


def test_a_training_is_kept_from_its_start_to_its_end():
    kept = snapshots()
    assert kept.steps == [0, 1, 2, 3, 5, 7, 10, 12]  # 2 epochs of 6 steps
    last = np.asarray(kept.decoder(kept.encoder(X[:200])))
    assert kept.errors[-1] == pytest.approx(error(last, DIGITS[:200]), abs=1e-5)
    assert kept.errors[-1] < kept.errors[0]
    assert np.allclose(kept.codes[-1], kept.encoder(X[:200]), atol=1e-4)


@pytest.mark.parametrize("moment", [0, 4, 7])
def test_scrubbing_shows_the_snapshot_that_is_chosen(play, moment):
    kept, seen = snapshots(), play("replay", ["snapshot", moment])
    pictures, plane, curve = seen["pictures"]
    assert close(values(pictures)[:28, 29:57], DIGITS[1])
    assert close(values(pictures)[29:, 29:57], kept.outputs[moment][1] / 255)
    texts = calls(plane, "fillText")
    assert [text[0] for text in texts] == [str(label) for label in LABELS[:200]]
    codes, (left, right, *_) = kept.codes[moment], live.middle(kept.codes[-1])
    places = 300 * (codes[:, 0] - left) / (right - left)  # one scale for all snapshots
    assert np.allclose([text[1] for text in texts], places - 4, atol=0.5)
    dots = calls(curve, "fillRect")[1:]
    colors = ["#56b4e9"] * moment + ["#e69f00"] + ["#909090"] * (7 - moment)
    assert [dot[4] for dot in dots] == colors
    errors = np.array(kept.errors)
    assert np.allclose([187 - dot[1] for dot in dots], 166 * errors / errors.max(), atol=0.1)
    steps, now = kept.steps[moment], f"{errors[moment]:.4f}"
    assert seen["said"] == f"After {steps} steps of training the mean squared error is {now}."


def test_codes_of_more_than_two_numbers_are_seen_along_their_main_axes():
    codes = np.random.default_rng(0).normal(size=(3, 50, 5)) * [1, 9, 0.1, 4, 0.1]
    plane = live.in_plane(codes)
    for axis, source in ((0, 1), (1, 3)):
        assert abs(np.corrcoef(plane[-1, :, axis], codes[-1, :, source])[0, 1]) > 0.95
    assert np.allclose(plane[-1].mean(axis=0), 0)
    assert np.array_equal(live.in_plane(codes[..., :2]), codes[..., :2])
    assert np.array_equal(live.in_plane(codes[..., :1]), codes[..., :1] * [1, 0])


BIG = network((784,), layers.Dense(256), layers.Dense(10))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: aeutils.explore_digit(ENCODER, DECODER, X[:, :100]), r"shape \(300, 100\)"),
        (lambda: aeutils.explore_digit(ENCODER, ENCODER, X), "takes .784,., .* 32 numbers"),
        (lambda: aeutils.explore_code(*pair(261), X), "261 numbers, expected at most 260"),
        (lambda: aeutils.explore_code_map(ENCODER, DECODER, X, LABELS), "expected codes of two"),
        (lambda: aeutils.explore_confusions(CLASSIFIER, X, LABELS[:5]), r"expected \(300,\)"),
        (lambda: aeutils.explore_filters(ENCODER, X), "without layers of Conv2D, expected"),
        (lambda: aeutils.draw_digit(AUTOENCODER, ENCODER), "without a layer of Conv2D, expected"),
        (lambda: aeutils.draw_digit(BIG), r"at most 450 kB .* smaller network"),
        (lambda: aeutils.replay(3), "Received int, expected Snapshots"),
        (lambda: aeutils.replay(aeutils.Snapshots(ENCODER, DECODER, X)), "seen a training"),
        (lambda: aeutils.explore_diffusion(network((33,), layers.Dense(33)), DECODER, MEAN, SPREAD),
         "denoiser that answers 33 numbers, expected 32, a code"),
        (lambda: aeutils.explore_diffusion(DENOISER, DECODER, MEAN, SPREAD[1:]),
         "mean of 32 numbers and a spread of 31"),
        (lambda: aeutils.explore_diffusion(DENOISER, DECODER, MEAN, 0 * SPREAD), "above 0"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_one_sentence_and_fail_the_cell(call, said):
    with pytest.raises(page.LiveFigureError, match=said) as caught:
        call()
    [sentence] = caught.value._render_traceback_()
    assert re.match(r"(explore|draw|replay)\w*: ", sentence)
    assert "\n" not in sentence
