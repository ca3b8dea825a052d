"""The live controls: what each takes, and what of it the page needs.

A control runs in the page without a kernel: while a cell trains, in a notebook that was saved and
opened again, in an exported page. Everywhere `x` is images from 0 to 1 in the model's shape, of
which the first 200 or as many as fit are sent, `labels` are theirs, from 0 to 9, and models are
Keras models. Wrong arguments raise `ControlError` with one sentence.
"""

import numpy as np

from aeutils.arrays import as_images, as_labels
from aeutils.data import load_example
from aeutils.explorables.models import answer, carry
from aeutils.explorables.page import in_one_sentence, show
from aeutils.figures import digit_figure

COUNT, STILL = 200, 6  # digits in the page, and in the picture for where scripts do not run
_NOISE = np.random.default_rng(0).normal(size=(28, 28)).round(2)  # the same for every digit


def digits_of(x, count=COUNT):
    """Return the first digits as the page will have them: uint8, and those as floats from 0 to 1.

    >>> digits_of(np.full((300, 784), 0.5))[1].shape
    (200, 28, 28)
    """
    digits = np.uint8(np.round(255 * as_images(x, "images")[:count]))
    return digits, np.float32(digits / 255)


def _codes(encoder, images, most=260):
    """The codes (n, k) of images, of few enough numbers to be drawn."""
    codes = answer(encoder, images, "encoder", "codes")
    if codes.shape[1] > most:
        raise ValueError(f"Received codes of {codes.shape[1]} numbers, expected at most {most}.")
    return codes


@in_one_sentence
def explore_digit(encoder, decoder, x):
    """Choose a digit and a noise level; see the input, its code and the reconstruction.

    >>> import keras
    >>> encoder = keras.Sequential([keras.Input((784,)), keras.layers.Dense(8)])
    >>> decoder = keras.Sequential([keras.Input((8,)), keras.layers.Dense(784)])
    >>> explore_digit(encoder, decoder, np.zeros((5, 784)))
    {...Explore a digit...}
    """
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


@in_one_sentence
def explore_code(encoder, decoder, x):
    """Drag the numbers of a digit's code, as bars or with arrow keys; see them decoded.

    >>> import keras
    >>> encoder = keras.Sequential([keras.Input((784,)), keras.layers.Dense(8)])
    >>> decoder = keras.Sequential([keras.Input((8,)), keras.layers.Dense(784)])
    >>> explore_code(encoder, decoder, np.zeros((5, 784)))
    {...Explore the code...}
    """
    _, images = digits_of(x)
    codes = _codes(encoder, images)
    outputs = answer(decoder, codes[:STILL], "decoder", "images")
    low, high = min(0.0, float(codes.min())), float(codes.max())
    show(
        "code",
        "Explore the code",
        "Try: choose a unit with a tall bar and pull it down to 0. Which stroke changes?",
        digit_figure({"digit": images[:STILL], "its code, decoded": outputs}),
        {"decoder": carry(decoder, "decoder")},
        {"codes": codes},
        range=[low, max(high, low + 1)],
    )


@in_one_sentence
def explore_code_map(encoder, decoder, x, labels):
    """Move through the plane of a code of two numbers; see every point of it decoded.

    >>> import keras
    >>> encoder = keras.Sequential([keras.Input((784,)), keras.layers.Dense(2)])
    >>> decoder = keras.Sequential([keras.Input((2,)), keras.layers.Dense(784)])
    >>> explore_code_map(encoder, decoder, np.zeros((5, 784)), [7, 2, 1, 0, 4])
    {...Explore the plane of codes...}
    """
    _, images = digits_of(x)
    labels, codes = as_labels(labels, len(x)), _codes(encoder, images)
    if codes.shape[1] != 2:
        raise ValueError(f"Received codes of {codes.shape[1]} numbers, expected codes of two.")
    left, right, bottom, top = area = middle(codes)
    across, up = np.linspace(left, right, STILL), np.linspace(top, bottom, 3)
    decoded = {
        f"{y:.1f}": answer(decoder, [[x, y] for x in across], "decoder", "images") for y in up
    }
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
    """Give the part of a plane, [left, right, bottom, top], without its farthest points (n, 2).

    >>> middle(np.array([[0.0, 5.0], [1.0, 5.0]]))
    [-0.08, 1.08, 4.9, 5.1]
    """
    low, high = np.percentile(points, [2, 98], axis=0)  # outliers would stretch the map
    margin = np.maximum(0.1 * (high - low), 0.1)
    return np.stack([low - margin, high + margin], axis=1).ravel().tolist()


@in_one_sentence
def explore_interpolation(encoder, decoder, x):
    """Walk from one digit to another, through their codes and through their pixels.

    >>> import keras
    >>> encoder = keras.Sequential([keras.Input((784,)), keras.layers.Dense(8)])
    >>> decoder = keras.Sequential([keras.Input((8,)), keras.layers.Dense(784)])
    >>> explore_interpolation(encoder, decoder, np.zeros((5, 784)))
    {...Interpolate between digits...}
    """
    digits, images = digits_of(x)
    codes = _codes(encoder, images, most=10_000)
    first, second = min(4, len(x) - 1), min(7, len(x) - 1)
    shares = np.linspace(0, 1, STILL)

    def mixed(a):
        return [(1 - share) * a[first] + share * a[second] for share in shares]

    decoded = answer(decoder, mixed(codes), "decoder", "images")
    show(
        "interpolation",
        "Interpolate between digits",
        "Try: stop half-way. Which of the two pictures in the middle looks more like one drawing?",
        digit_figure(
            {"codes mixed, decoded": decoded, "images mixed": np.stack(mixed(images))},
            [f"{share:.0%}" for share in shares],
        ),
        {"decoder": carry(decoder, "decoder")},
        {"digits": digits, "codes": codes},
    )


@in_one_sentence
def explore_denoising(denoiser, x):
    """Choose a digit and a noise level; see the noisy digit and what the denoiser makes of it.

    >>> import keras
    >>> denoiser = keras.Sequential([keras.Input((784,)), keras.layers.Dropout(0.5)])
    >>> explore_denoising(denoiser, np.zeros((5, 784)))
    {...Remove the noise...}
    """
    digits, images = digits_of(x)
    clean = images[:STILL]
    noisy = np.clip(clean + 0.4 * _NOISE, 0, 1)
    outputs = answer(denoiser, noisy, "denoiser", "images")
    show(
        "denoising",
        "Remove the noise",
        "Try: turn the noise up until you cannot read the digit. Can you read the answer?",
        digit_figure({"noisy": noisy, "denoised": outputs, "clean": clean}),
        {"denoiser": carry(denoiser, "denoiser")},
        {"digits": digits},
        noise=_NOISE.ravel().tolist(),
    )


@in_one_sentence
def draw_digit(model, encoder=None):
    """Draw a digit with mouse, finger or arrow keys; see what the model makes of it.

    `model`: an autoencoder or a classifier. `encoder`: a Keras model whose first Conv2D layer's
    feature maps are to be shown as well, or None.

    >>> import keras
    >>> draw_digit(keras.Sequential([keras.Input((784,)), keras.layers.Dense(10, "softmax")]))
    {...Draw a digit...}
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
        "Try: replace the example by your own, then by something that is no digit. On the keyboard,"
        " arrows draw, Shift and arrows move the pen, Delete clears, Tab leaves the square.",
        digit_figure(rows, [f"taken for a {output.argmax()}"] if output.size == 10 else None),
        models,
        {"digits": digits},
        few=1,
    )
