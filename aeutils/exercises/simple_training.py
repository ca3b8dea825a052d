"""Notebook 1, the two exercises that train: a sparse and a variational autoencoder."""

import functools

import numpy as np

from aeutils.data import load_mnist, to_vectors
from aeutils.exercises.kit import as_array, call, coders, decode, pair, require


@functools.cache
def _digits():
    """All test digits as vectors; the edges and the labels of the first 5,000 training digits."""
    (images, labels), (test_images, _) = load_mnist()
    return to_vectors(test_images), _edges(to_vectors(images[:5000])), labels[:5000]


@functools.cache
def _components():
    """Mean and principal components of 10,000 training digits, the largest variance first."""
    x = to_vectors(load_mnist()[0][0][:10_000])
    return x.mean(axis=0), np.linalg.eigh(np.cov(x.T))[1][:, ::-1]


def _pca_errors(x):
    """The MSE of PCA with 0 to 784 components."""
    mean, components = _components()
    squares = np.mean(((x - mean) @ components) ** 2, axis=0)
    return (squares.sum() - np.insert(squares.cumsum(), 0, 0)) / 784


def train_sparse(rng, answer):
    """1.7: an overcomplete code of which few numbers are active, and never the same."""
    encoder, decoder = coders(call(answer))
    x = _digits()[0][rng.permutation(10_000)[:2000]]
    code = as_array(call(encoder, x), what="the code")
    require(
        code.ndim == 2 and len(code) == 2000 and code.shape[1] >= 784,
        f"For 2,000 digits the code has shape {code.shape}, expected at least 784 numbers.",
    )
    active = abs(code) > 0.05 * abs(code).max(axis=0)
    often = active.mean(axis=0)
    count, others = often.sum(), (often**2).sum() / max(often.sum(), 1e-9)
    pruned = np.where(active, code, 0).astype("float32")
    back = decode(rng, decoder, pruned, x.shape)
    error, rival = np.mean((back - x) ** 2), _pca_errors(x)[round(count)]
    measured = (
        f"Active are {count:.1f} of {code.shape[1]} numbers, each of them on {others:.0%} of the "
        f"digits; MSE {error:.4f}, of PCA with {count:.0f} numbers {rival:.4f}"
    )
    require(
        count >= 1,
        f"{measured}. All units are silent: the penalty is too strong, or fit is missing.",
    )
    require(
        others <= 0.45,
        f"{measured}. That is dense: the same units are active on more than 45 % of the digits. "
        "Units that are never active do not count. Make the penalty stronger.",
    )
    require(round(count, 1) <= 60, f"{measured}. Expected at most 60 active: a stronger penalty.")
    require(
        error < rival,
        f"{measured}. Expected less than PCA: weaken the penalty or train longer. (Only active "
        "numbers are decoded.)",
    )
    return f"{measured}. Each digit chooses its own few numbers; PCA has the same for all."


def _edges(pictures):
    """Differences between neighbouring pixels, scaled to length 1, as in section 10."""
    squares = pictures.reshape(-1, 28, 28)
    steps = [np.diff(squares, axis=axis).reshape(len(squares), -1) for axis in (1, 2)]
    both = np.concatenate(steps, axis=1)
    return both / np.maximum(np.linalg.norm(both, axis=1, keepdims=True), 1e-6)


def _likeness(pictures):
    """How much pictures are like digits: cosine of edges to the nearest, variety, rarest class.

    `pictures`: (n, 784). Variety is their variance beside that of real digits, the rarest class the
    smallest share of pictures that are nearest to the digits of one class.
    """
    test, known, labels = _digits()
    cosines = _edges(pictures) @ known.T
    classes = np.bincount(labels[cosines.argmax(axis=1)], minlength=10) / len(pictures)
    variety = pictures.var(axis=0).sum() / test.var(axis=0).sum()
    return cosines.max(axis=1).mean(), variety, classes.min()


def _nats(x, back):
    """The cross-entropy of pictures, summed over the pixels: one number for each, shape (n,)."""
    back = np.clip(back, 1e-6, 1 - 1e-6)
    return -(x * np.log(back) + (1 - x) * np.log(1 - back)).sum(axis=1)


def train_vae(rng, answer):
    """1.8: a decoder that draws digits from random codes."""
    encoder, decoder = coders(call(answer))
    x = _digits()[0][rng.permutation(10_000)[:1000]]
    both = pair(call(encoder, x), "the means and the log variances of all codes")
    mean, log_variance = (as_array(part, what="a part of the code") for part in both)
    require(
        mean.ndim == 2 and len(mean) == 1000 and mean.shape == log_variance.shape,
        f"For 1,000 digits means and log variances have the shapes {mean.shape} and "
        f"{log_variance.shape}, expected (1000, numbers) for both.",
    )
    back = decode(rng, decoder, mean, x.shape)
    random = rng.normal(size=mean.shape).astype("float32")
    drawn = as_array(call(decoder, random), x.shape, "the picture of a random code")
    require(
        drawn.min() >= 0 and drawn.max() <= 1,
        f"Pixels go from {drawn.min():.2f} to {drawn.max():.2f}, expected 0 to 1: a sigmoid.",
    )
    error, (cosine, variety, rarest) = np.mean((back - x) ** 2), _likeness(drawn)
    measured = (
        f"Random samples: cosine of edges to the nearest digit {cosine:.3f} (real digits 0.58, "
        f"random codes of the plain autoencoder 0.40), variety {variety:.0%} of real digits, "
        f"rarest class {rarest:.1%}; MSE of reconstructions {error:.4f}"
    )
    require(
        error <= 0.045,
        f"{measured}. It does not reconstruct, expected an MSE of at most 0.045: a weaker "
        "Kullback-Leibler term, a code of more than two numbers, or more training.",
    )
    require(
        cosine >= 0.51,
        f"{measured}. Random codes are no digits yet, expected a cosine of at least 0.51: more "
        "training, or fewer numbers in the code. If it is far below: is the code sampled in "
        "training, and does the Kullback-Leibler term pull it to mean 0, spread 1?",
    )
    require(
        variety >= 0.3 and rarest >= 0.01,
        f"{measured}. The samples are too much alike, expected a variety of at least 30 % and 1 % "
        "for each class. A spread of the codes other than 1, or too few numbers in the code?",
    )
    _check_spreads(rng, decoder, x, mean, log_variance, back)
    return f"{measured}. This one is a generator: random codes decode to digits."


def _check_spreads(rng, decoder, x, mean, log_variance, back):
    """See that spreads are what the two losses make of them: as large as is worth it.

    A step that makes all spreads larger by a little costs twice what the draws cost, and saves the
    Kullback-Leibler term the sum of 1 - variance; where training ends, the two are the same.
    """
    spread = np.exp(np.clip(log_variance, -30, 30) / 2)
    worth = (1 - spread**2).sum(axis=1).mean() / 2
    nats, errors = np.zeros(2), np.zeros(2)  # with an image's own spreads, with another image's
    for _ in range(4):
        noise = rng.normal(size=mean.shape)
        for k in range(2):
            code = (mean + np.roll(spread, k, axis=0) * noise).astype("float32")
            drawn = decode(rng, decoder, code, x.shape)
            nats[k] += np.mean(_nats(x, drawn) - _nats(x, back)) / 4
            errors[k] += np.mean((drawn - x) ** 2 - (back - x) ** 2)
    require(
        0.6 * worth <= nats[0] <= 1.6 * worth,
        f"Random codes pass. But codes drawn around their means cost {nats[0]:.3g} nats of cross-"
        f"entropy; where both losses have weight 1, it is {worth:.3g}. Is the first loss the cross-"
        "entropy, the draw mean + exp(log_variance / 2) * noise, and the divergence complete, and "
        "a sum over the code, over 784?",
    )
    require(
        errors[1] >= 1.015 * errors[0],
        "Random codes pass. But each image should have spreads of its own: with those "
        f"of another image, draws cost {errors[1] / errors[0]:.1%} of what they cost with its own, "
        "expected at least 101.5 %. Are the log variances an output of the trained encoder?",
    )
