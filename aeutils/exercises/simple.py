"""Notebook 1: what is right for each exercise, and what to say of the common mistakes."""

import itertools

import numpy as np

from aeutils.exercises import simple_models, simple_training
from aeutils.exercises.kit import as_array, as_number, call, choice, compare, pair, require

IMPOSSIBLE = {
    "A": "A larger code lowers the loss, but no code gets it below that of a perfect copy.",
    "B": "Longer training lowers the loss towards that of a perfect copy, never below it.",
    "D": "Overfitting would show as a gap between the curves. Even a model that knew every image "
    "by heart could not get below the loss of a perfect copy.",
}


def impossible_loss(rng, answer):
    """1.1: a loss below that of a perfect copy."""
    choice(answer, "C", IMPOSSIBLE)
    return "The bound holds for every model, so a loss below it is always a mistake."


SIZES = [784, 128, 64, 32, 64, 128, 784]
WEIGHTS = sum(a * b for a, b in itertools.pairwise(SIZES))
HALF = sum(a * b + b for a, b in itertools.pairwise(SIZES[:4]))
PARAMETERS = {
    WEIGHTS: "That counts the weights, but each unit also has a bias.",
    WEIGHTS + sum(SIZES): "The 784 inputs have no biases: nothing is calculated there.",
    WEIGHTS + 6: "Each unit has a bias of its own, not each layer one.",
    HALF: "That is the encoder alone. The decoder has parameters too.",
    2 * HALF: "Nearly: the decoder's biases belong to its own outputs, 64 + 128 + 784, so the "
    "halves do not have the same number.",
    50_992: "That is 784-32-784. Here there are two more layers on each side of the code.",
}


def count_parameters(rng, answer):
    """1.2: the parameters of a deep autoencoder."""
    count = as_number(answer)
    other = "Add, for each of the six layers, inputs x units + units."
    reason = PARAMETERS.get(count, other)
    require(count == WEIGHTS + sum(SIZES[1:]), f"Received {count}. {reason}")
    return "Nearly all of them sit in the two layers that touch the 784 pixels."


def _worst(a, b, error=np.square, mean=lambda e: e.mean(axis=1), pick=slice(None, -11, -1)):
    """The ten worst; the options make one part of it wrong."""
    return np.argsort(mean(error(a.astype(float) - b)))[pick]


WORST = {
    "These are the ten best. np.argsort sorts upwards: the worst are last.": {"pick": slice(10)},
    "These are the ten best, turned round. np.argsort sorts upwards: the worst are last.":
        {"pick": slice(9, None, -1)},
    "The worst one is missing: the last of np.argsort, the first when turned round.":
        {"pick": slice(-2, -12, -1)},
    "Counted from 1. Indices of arrays begin at 0.": lambda a, b: _worst(a, b) + 1,
    "These have the largest mean absolute difference. Square the differences.": {"error": abs},
    "Differences above and below 0 cancel in your mean. Square them first.": {"error": np.array},
    "These have the largest error in a single pixel. Take the mean over all pixels.":
        {"mean": lambda e: e.max(axis=1)},
    "These are the brightest, not those with the largest error.": lambda a, b: _worst(a, 0 * b),
}  # fmt: skip


def _reconstructions(rng):
    """Yield images and reconstructions, whose errors differ in size, density and sign."""
    for n in (40, int(rng.integers(30, 70)), 10, 2400):
        images = rng.random((n, 784), dtype="float32") * rng.uniform(0.2, 1, (n, 1))
        size, density = rng.permutation(np.geomspace(0.01, 0.2, n)), rng.uniform(0.02, 1, n)
        noise = rng.choice([-1.0, 1.0], (n, 784)) * (rng.random((n, 784)) < density[:, None])
        noise[::2] = abs(noise[::2])  # half of the images are too bright
        corners = [0, 783, *rng.integers(784, size=2)]  # no pixel may be left out
        noise[size.argsort()[[-9, -7, -4, -2]]] = np.eye(784)[corners]
        noise *= np.sqrt(size / (noise**2).mean(axis=1))[:, None]
        yield images.astype("float32"), (images - noise).astype("float32")


def _indices(value, what="your answer"):
    array = as_array(value, what=what)
    mask = "Received True and False, expected indices: np.flatnonzero turns one into the other."
    require(array.dtype.kind != "b", mask)
    odd = array[array % 1 != 0][:1].tolist()
    require(not odd, f"Received numbers such as {odd}, expected indices, which are whole numbers.")
    return array


def _row(value):
    """Ten indices in a row or in a column."""
    array = _indices(value)
    return array.ravel() if array.size == max(array.shape, default=0) else array


def _explain_worst(arguments, received, expected):
    low, high = received.min(), received.max()
    if low < 0 or high >= len(arguments[0]):
        found = f"Received indices from {low:g} to {high:g}, expected those of images, 0 or more."
        return found if low < 0 else f"{found} Use axis=1."
    if set(received.tolist()) == set(expected.tolist()):
        return "The right ten, but in another order: the worst should come first."
    return "These are not the ten largest errors: square each difference, then take the mean."


def worst_ten(rng, answer):
    """1.3: the ten largest errors."""
    compare(answer, _worst, _reconstructions(rng), WORST, explain=_explain_worst, read=_row)
    return "Look at yours: the worst are bold or unusual digits, not unreadable reconstructions."


UNITS = {
    "nothing. A unit is a column (axis=0), and fires only above 0": lambda c: np.zeros(
        c.shape[1], bool
    ),
    "dead units": lambda c: ~c.any(axis=0),
    "units that are always on": lambda c: c.all(axis=0),
    "all units, since a relu is never below 0": lambda c: c[0] >= 0,
    "units that fire at all": lambda c: c.any(axis=0),
    "units that are silent on some images": lambda c: (c == 0).any(axis=0),
    "units that fire on an image or two, or faintly": lambda c: c.mean(axis=0) < 1e-3,
    "units that fall silent on an image or two": lambda c: (c > 0).mean(axis=0) > 0.9,
}


def _codes(rng):
    """Yield codes with units that are dead or always on, or nearly so."""
    middle = int(rng.integers(15, 30))
    for n, units in ((30, 9), (1200, 40), (middle, 12), (1, 6), (25, 8), (18, 5)):
        codes = rng.uniform(0.1, 1, (n, units)) * (rng.random((n, units)) < 0.7)
        dead, rare, always, nearly, faint = np.array_split(rng.permutation(units), 5)
        codes[:, always] = 10 ** rng.uniform(-12, 0, (n, len(always)))
        codes[:, nearly] = rng.uniform(0.1, 1, (n, len(nearly)))
        codes[0, nearly] = 0
        codes[:, rare] = codes[:, dead] = 0
        place, height = (-1, 1e-12) if n == 1200 else (rng.integers(n), 1e-3)
        codes[place, rare] = height
        codes[:, faint] *= 1e-6
        if units == 8:  # none of them
            codes[:, [*dead, *always]] = codes[:, nearly[:1]]
        yield (codes.astype("float32"),)


def _marks(units, codes):
    return np.isin(np.arange(codes.shape[1]), units)


def sort_units(rng, answer):
    """1.4: units that are dead, and units that always fire."""
    cases = list(_codes(rng))
    for k, what in enumerate(("dead units", "units that are always on")):
        right = UNITS[what]
        images = "images, expected units: the columns, so look along axis=0"
        rules = UNITS | {images: lambda codes, right=right: right(codes.T)}

        def part(codes, k=k):
            parts = pair(call(answer, codes), "dead units, units that are always on")
            found = _indices(parts[k], f"part {k + 1}")
            require(
                found.ndim == 1,
                f"Received shape {found.shape}, expected a row of indices. (np.where and "
                "np.nonzero return a tuple: take its first part, or use np.flatnonzero.)",
            )
            n, low, high = codes.shape[1], found.min(initial=0), found.max(initial=0)
            ends = f"Part {k + 1} goes from {low:g} to {high:g}: no indices of {n} units."
            require(low >= 0 and high < n, ends)
            once = len(set(found.tolist())) == len(found)
            require(once, f"Part {k + 1} names a unit more than once.")
            return _marks(found, codes)

        def explain(arguments, received, expected, k=k):
            codes, unit = arguments[0], np.flatnonzero(received != expected)[0]
            holds = "holds" if received[unit] else "is without"
            fires = f"which fires on {np.count_nonzero(codes[:, unit])} of {len(codes)} images"
            return f"For codes of shape {codes.shape} part {k + 1} {holds} unit {unit}, {fires}."

        mistakes = {
            f"Part {k + 1} holds {what}.": lambda c, rule=rule: _marks(np.flatnonzero(rule(c)), c)
            for what, rule in rules.items()
        }
        compare(part, right, cases, mistakes, explain=explain)
    return "A dead unit says nothing. One that is always on never uses its relu: it is linear."


EXERCISES = {
    "1.1": impossible_loss,
    "1.2": count_parameters,
    "1.3": worst_ten,
    "1.4": sort_units,
    "1.5": simple_models.walk_code,
    "1.6": simple_models.make_detector,
    "1.7": simple_training.train_sparse,
    "1.8": simple_training.train_vae,
}
SECONDS = {"1.7": 20, "1.8": 15}
