"""The live figure of latent diffusion: from noise to a digit that nobody wrote."""

import numpy as np

from aeutils.arrays import as_array
from aeutils.explorables.models import answer, carry
from aeutils.explorables.page import live_figure, show
from aeutils.figures import digit_figure

STEPS = 50  # from noise to a code
SHOWN, STARTS = 4, 8  # start noises in the still, and in the page, which makes more of them


def diffuse(denoiser, noise):
    """Remove noise (n, k) in 50 steps. Returns all codes (51, n, k), the noise first."""
    codes = [np.float32(noise)]
    for step in range(STEPS):
        now, after = (np.pi / 2 * (1 - s / STEPS) for s in (step, step + 1))
        level = np.full((len(noise), 1), 1 - step / STEPS)
        guess = answer(denoiser, np.hstack([codes[-1], level]), "denoiser", "codes")
        rest = (codes[-1] - np.cos(now) * guess) / np.sin(now)  # what is not the guess is noise
        codes.append(np.cos(after) * guess + np.sin(after) * rest)
    return np.stack(codes)


@live_figure
def explore_diffusion(denoiser, decoder, mean, spread):
    """Turn noise into the code of a digit, in 50 steps; see every step decoded.

    `denoiser`: a Keras model from k + 1 numbers, a standardized code mixed with noise and the
    noise level from 0 to 1, to k numbers, the clean standardized code. `decoder`: a Keras model
    from codes to images. `mean`, `spread`: k numbers each, which standardize a code.
    """
    mean, spread = as_array(mean, "mean").ravel(), as_array(spread, "spread").ravel()
    if not mean.size or mean.shape != spread.shape or (spread <= 0).any():
        raise ValueError(
            f"Received a mean of {mean.size} numbers and a spread of {spread.size}, expected as "
            "many of both, and a spread above 0."
        )
    noise = np.random.default_rng(0).normal(size=(STARTS, mean.size)).astype("float16")
    guess = answer(denoiser, np.zeros((1, mean.size + 1)), "denoiser", "codes")
    if guess.size != mean.size:
        raise ValueError(
            f"Received denoiser that answers {guess.size} numbers, expected {mean.size}, a code."
        )
    codes = diffuse(denoiser, noise[:SHOWN]) * spread + mean
    steps = [0, 20, 30, 40, 45, STEPS]
    rows = {
        f"noise {i + 1}": answer(decoder, codes[steps, i], "decoder", "images")
        for i in range(SHOWN)
    }
    show(
        "diffusion",
        "From noise to a digit",
        "Try: press New noise, then move the slider back to 0 and slowly forward. From which step "
        "on can you tell the digit?",
        digit_figure(rows, [f"step {step}" for step in steps]),
        {"denoiser": carry(denoiser, "denoiser"), "decoder": carry(decoder, "decoder")},
        {"starts": np.float32(noise)},
        few=1,
        start={"step": STEPS},
        mean=mean.tolist(),
        spread=spread.tolist(),
        steps=STEPS,
    )
