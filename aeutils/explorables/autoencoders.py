"""Live figures of autoencoders and of a drawing: what each takes, and what of it the page needs.

Everywhere `x` is images from 0 to 1 in the model's shape, of which the first 200 or as many as fit
are sent, `labels` are theirs, from 0 to 9, and models are Keras models. Wrong arguments raise
`LiveFigureError` with one sentence.
"""

import numpy as np

from aeutils.arrays import as_images, as_labels
from aeutils.data import load_example
from aeutils.explorables.models import answer, carry
from aeutils.explorables.page import live_figure, show
from aeutils.figures import digit_figure

COUNT, STILL = 200, 6  # digits in the page, and in the picture for where scripts do not run
_NOISE = np.random.default_rng(0).normal(size=(28, 28)).round(2)  # the same for every digit


def digits_of(x, count=COUNT):
    """Return the first digits as the page will have them: uint8, and those as floats 0 to 1."""
    digits = np.uint8(np.round(255 * as_images(x, "images")[:count]))
    return digits, np.float32(digits / 255)


def _codes(encoder, images, most=260):
    """The codes (n, k) of images, of few enough numbers to be drawn."""
    codes = answer(encoder, images, "encoder", "codes")
    if codes.shape[1] > most:
        raise ValueError(f"Received codes of {codes.shape[1]} numbers, expected at most {most}.")
    return codes


@live_figure
def explore_digit(encoder, decoder, x):
    """Choose a digit and a noise level; see the input, its code and the reconstruction."""
    digits, images = digits_of(x)
    inputs = images[:STILL]
    codes = _codes(encoder, inputs)
    outputs = answer(decoder, codes, "decoder", "images")
    show(
        "digit",
        "Explore a digit",
        "Try: leave the digit and turn the noise up. Does the reconstruction keep the noise?",
        digit_figure({"input": inputs, f"from {codes.shape[1]} numbers": outputs}),
        {"encoder": carry(encoder, "encoder"), "decoder": carry(decoder, "decoder")},
        {"digits": digits},
        noise=_NOISE.ravel().tolist(),
    )


@live_figure
def explore_code(encoder, decoder, x):
    """Change the numbers of a digit's code, as bars or with arrow keys; see them decoded."""
    _, images = digits_of(x)
    codes = _codes(encoder, images)
    outputs = answer(decoder, codes[:STILL], "decoder", "images")
    low, high, step = _scale(codes)
    show(
        "code",
        "Explore the code",
        "Try: choose a unit with a tall bar and pull it down to 0. Which stroke changes?",
        digit_figure({"digit": images[:STILL], "its code, decoded": outputs}),
        {"decoder": carry(decoder, "decoder")},
        {"codes": codes},
        start={"unit": int(codes[0].argmax())},
        range=[low, high],
        step=step,
    )


def _scale(codes):
    """The ends of a scale that holds 0 and all codes, and its step; both ends are whole steps."""
    low, high = min(0.0, float(codes.min())), float(codes.max())
    high = max(high, low + 1)
    step = min(10 ** np.floor(np.log10(high - low)) / 50, 0.5)
    return float(np.floor(low / step) * step), float(np.ceil(high / step) * step), float(step)


@live_figure
def explore_code_map(encoder, decoder, x, labels):
    """Move through the plane of a code of two numbers; see every point of it decoded."""
    _, images = digits_of(x)
    labels, codes = as_labels(labels, len(x)), _codes(encoder, images)
    if codes.shape[1] != 2:
        raise ValueError(f"Received codes of {codes.shape[1]} numbers, expected codes of two.")
    left, right, bottom, top = area = middle(codes)
    across, decoded = np.linspace(left, right, STILL), {}
    for y in np.linspace(top, bottom, 3):
        decoded[f"{y:.1f}"] = answer(decoder, [[x, y] for x in across], "decoder", "images")
    show(
        "map",
        "Explore the plane of codes",
        "Try: walk from one class to another. Is there a place where no digit is?",
        digit_figure(decoded, [f"{x:.1f}" for x in across]),
        {"decoder": carry(decoder, "decoder")},
        {"codes": codes, "labels": labels[: len(codes)]},
        range=area,
    )


def middle(points):
    """Give the part of a plane, [left, right, bottom, top], without its farthest points (n, 2)."""
    low, high = np.percentile(points, [2, 98], axis=0)  # outliers would stretch the map
    margin = np.maximum(0.1 * (high - low), 0.1)
    return np.stack([low - margin, high + margin], axis=1).ravel().tolist()


@live_figure
def explore_interpolation(encoder, decoder, x):
    """Walk from one digit to another, through their codes and through their pixels."""
    digits, images = digits_of(x)
    codes = _codes(encoder, images, most=10_000)
    first, second = min(4, len(x) - 1), min(7, len(x) - 1)
    mix = np.linspace(0, 1, STILL)

    def mixed(a):
        return np.stack([(1 - part) * a[first] + part * a[second] for part in mix])

    rows = {"codes mixed, decoded": answer(decoder, mixed(codes), "decoder", "images")}
    show(
        "interpolation",
        "Interpolate between digits",
        "Try: stop halfway. Which of the two pictures in the middle looks more like one drawing?",
        digit_figure(rows | {"images mixed": mixed(images)}, [f"{part:.0%}" for part in mix]),
        {"decoder": carry(decoder, "decoder")},
        {"digits": digits, "codes": codes},
        start={"first digit": first, "second digit": second, "mix": 0.5},
    )


@live_figure
def explore_denoising(denoiser, x):
    """Choose a digit and a noise level; see the noisy digit and what the denoiser makes of it."""
    digits, images = digits_of(x)
    clean, level = images[:STILL], 0.4
    noisy = np.clip(clean + level * _NOISE, 0, 1)
    outputs = answer(denoiser, noisy, "denoiser", "images")
    show(
        "denoising",
        "Remove the noise",
        "Try: turn the noise up until you cannot read the digit. Can you read the answer?",
        digit_figure({"noisy": noisy, "denoised": outputs, "clean": clean}),
        {"denoiser": carry(denoiser, "denoiser")},
        {"digits": digits},
        start={"noise": level},
        noise=_NOISE.ravel().tolist(),
    )


@live_figure
def draw_digit(model, encoder=None):
    """Draw a digit with mouse, finger or arrow keys; see what the model makes of it.

    `model`: an autoencoder or a classifier. `encoder`: a Keras model whose first Conv2D layer's
    feature maps are to be shown as well, or None.
    """
    digits, images = digits_of(load_example())  # something to see before the first stroke
    output = answer(model, images, "model", "classes or images")
    rows = {"an example": images}
    if output.size == 784:
        rows["reconstruction"] = output
    models = {"model": carry(model, "model")}
    if encoder is not None:
        answer(encoder, images, "encoder", "codes")
        models["encoder"] = carry(encoder, "encoder", until="Conv2D")
    show(
        "drawing",
        "Draw a digit",
        "Try: replace the example with your own digit, then with something that is no digit. On the"
        " keyboard, arrows draw, Shift and arrows move the pen, Delete clears, Tab leaves the"
        " square.",
        digit_figure(rows, [f"taken for: {output.argmax()}"] if output.size == 10 else None),
        models,
        {"digits": digits},
        few=1,
    )
