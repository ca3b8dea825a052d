"""A generator under one's hands: from noise to the code of a digit, step by step."""

import numpy as np

from aeutils.arrays import as_array
from aeutils.explorables.models import answer, carry
from aeutils.explorables.page import in_one_sentence, show
from aeutils.figures import digit_figure

STEPS, ROWS = 50, 4  # from noise to a code; start noises in the still
_STARTS = 8  # start noises that are sent; the page makes more of them


def diffuse(denoiser, noise):
    """Remove noise (n, k) in 50 steps. Returns all codes (51, n, k), the noise first.

    >>> import keras
    >>> denoiser = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    >>> diffuse(denoiser, np.ones((4, 2))).shape
    (51, 4, 2)
    """
    codes = [np.float32(noise)]
    for step in range(STEPS):
        angle, after = (np.pi / 2 * (1 - s / STEPS) for s in (step, step + 1))
        level = np.full((len(noise), 1), 1 - step / STEPS, "float32")
        guess = answer(denoiser, np.hstack([codes[-1], level]), "denoiser", "codes")
        rest = (codes[-1] - np.cos(angle) * guess) / np.sin(angle)  # what is not the guess is noise
        codes.append(np.cos(after) * guess + np.sin(after) * rest)
    return np.stack(codes)


@in_one_sentence
def explore_diffusion(denoiser, decoder, mean, spread):
    """Turn noise into a digit that nobody wrote, in 50 steps, by a denoiser of codes.

    `denoiser`: a Keras model from k + 1 numbers to k: from a standardized code that is mixed with
    noise, and the noise level from 0 to 1, to the clean standardized code. `decoder`: a Keras
    model from codes to images. `mean`, `spread`: k numbers each, which standardize a code:
    (code - mean) / spread.

    >>> import keras
    >>> denoiser = keras.Sequential([keras.Input((9,)), keras.layers.Dense(8)])
    >>> decoder = keras.Sequential([keras.Input((8,)), keras.layers.Dense(784)])
    >>> explore_diffusion(denoiser, decoder, np.zeros(8), np.ones(8))
    {...From noise to a digit...}
    """
    mean, spread = as_array(mean, "mean").ravel(), as_array(spread, "spread").ravel()
    if not mean.size or mean.shape != spread.shape or (spread <= 0).any():
        raise ValueError(
            f"Received a mean of {mean.size} numbers and a spread of {spread.size}, expected as "
            "many of both, and a spread above 0."
        )
    noise = np.random.default_rng(0).normal(size=(_STARTS, mean.size)).astype("float16")
    made = answer(denoiser, np.zeros((1, mean.size + 1)), "denoiser", "codes")
    if made.size != mean.size:
        raise ValueError(
            f"Received denoiser that answers {made.size} numbers, expected {mean.size}: "
            f"from {mean.size + 1} numbers, a code and the noise level, to a code."
        )
    codes = diffuse(denoiser, noise[:ROWS])
    steps = range(0, STEPS + 1, 10)
    rows = {
        f"start {i + 1}": answer(decoder, codes[steps, i] * spread + mean, "decoder", "images")
        for i in range(ROWS)
    }
    show(
        "diffusion",
        "From noise to a digit",
        "Try: press New noise, then move the slider from 0. At which step can you say which digit "
        "it will be?",
        digit_figure(rows, [f"step {step}" for step in steps]),
        {"denoiser": carry(denoiser, "denoiser"), "decoder": carry(decoder, "decoder")},
        {"starts": noise.astype("float32")},
        few=1,
        mean=mean.tolist(),
        spread=spread.tolist(),
        steps=STEPS,
    )
