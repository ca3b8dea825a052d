"""Notebook 3: what is right for each exercise, and what to say of the common mistakes."""

import itertools

import numpy as np

from aeutils.exercises import convolutional_models
from aeutils.exercises.kit import as_array, as_number, choice, compare, require

SAME = "One that only hands the pixels on"
NO_DIGIT = {
    "A": f"{SAME} does equally well on both. This would show whether it has memorised.",
    "C": f"{SAME} does so from any start.",
    "D": f"{SAME} gets better at it, too.",
}


def large_code(rng, letter, filters):
    """3.1: the letter of the experiment, and the most filters of a code below 784 numbers."""
    choice(letter, "B", NO_DIGIT)
    require(filters is not ..., "The letter is right. Now the number of filters.")
    number = as_number(filters, "the number of filters")
    code = f"{number:g} filters of 14 x 14 are {14 * 14 * number:g} numbers, the image has 784."
    require(number == 3, f"{code} Which is the largest number of filters that has fewer?")
    return (
        "If letters come out as well as digits, the network copies. A low loss counts where "
        "copying is ruled out: by a small code, or by another task such as removing noise."
    )


def _weights(h, w, c, k, f):
    return k * k * c * f


# fmt: off
PARAMETERS = {
    "The parameters are without biases: each filter has one.": _weights,
    "The parameters are without the input channels.": lambda h, w, c, k, f: k * k * f + f,
    "The parameters come first.": lambda *s: s[0] * s[1] * _weights(*s),
    "There is one bias for each filter, not one in all.": lambda *s: _weights(*s) + 1,
    "There is one bias for each filter, not one for each channel.": lambda *s: _weights(*s) + s[2],
    "A kernel has rows and columns.": lambda h, w, c, k, f: k * c * f + f,
}
MULTIPLICATIONS = {
    "These are the multiplications of one position.": _weights,
    "A bias is only added.": lambda *s: s[0] * s[1] * (_weights(*s) + s[4]),
    "The multiplications are without the input channels.": lambda h, w, c, k, f: h * w * k * k * f,
    "The multiplications are without the filters.": lambda h, w, c, k, f: h * w * k * k * c,
    'With padding="same", positions at the border count: there are as many as pixels.':
        lambda h, w, c, k, f: (h - k + 1) * (w - k + 1) * k * k * c * f,
}
# fmt: on


def conv_cost(rng, answer):
    """3.2: parameters and multiplications of a convolution."""
    cases = [tuple(map(int, rng.permutation(range(2, 16))[:5])) for _ in range(8)]
    cases += [(28, 28, 1, 3, int(rng.integers(4, 40))), (9, 7, int(rng.integers(2, 9)), 1, 6)]
    parts = {
        "the parameters": (lambda *s: _weights(*s) + s[4], PARAMETERS),
        "the multiplications": (lambda *s: s[0] * s[1] * _weights(*s), MULTIPLICATIONS),
    }
    pair = "parameters and multiplications"
    for k, (what, (right, wrong)) in enumerate(parts.items()):
        compare(answer, right, cases, wrong, what, read=lambda a, k=k: as_array(a, (2,), pair)[k])
    return "The size of the image is absent from the parameters, yet it decides the work."


def _patch(x, responses, down=0, right=0, pick=np.argmax, swap=False, mode="constant"):
    """The 3 x 3 patch around the largest response; the options make one part of it wrong."""
    i, row, column = np.unravel_index(pick(responses), responses.shape)
    row, column = (column, row) if swap else (row, column)
    padded = np.pad(x[i], 20, mode=mode)
    return padded[row + down + 19 : row + down + 22, column + right + 19 : column + right + 22]


# fmt: off
PATCHES = {
    "Rows and columns are swapped.": {"swap": True},
    "The patch is transposed: its rows have become columns.": lambda x, r: _patch(x, r).T,
    "Your patch begins at that pixel, the middle.": {"down": 1, "right": 1},
    "Your patch lies a row and a column too early.": {"down": -1, "right": -1},
    "You took absolute values.": {"pick": lambda r: abs(r).argmax()},
    "You took the smallest response.": {"pick": np.argmin},
    "You cut the patch from the responses, not from the image.": lambda x, r: _patch(r, r),
    "This is the brightest pixel. The responses say where to look.": lambda x, r: _patch(x, x),
    "You looked at the first image only.": lambda x, r: _patch(x[:1], r[:1]),
    "Pad rows and columns alone: np.pad(x, 1) puts an image in front of the first one, too.":
        lambda x, r: _patch(np.concatenate([0 * x[:1], x]), r),
}
BORDERS = {
    "Outside is 0; you repeated the border.": {"mode": "edge"},
    "Outside is 0; you went on at the other side.": {"mode": "wrap"},
}
# fmt: on


def _responses(rng, places):
    """Yield images and responses whose largest lies at the given parts of height and width."""
    for k, (down, right) in enumerate(places):
        n, h, w = (int(size) for size in (rng.integers(3, 7), *rng.permutation(range(10, 17))[:2]))
        x = rng.uniform(0.2, 1, (n, h, w)).astype("float32")
        responses = rng.uniform(-1, 1, x.shape) + rng.uniform(-1, 1, (n, 1, 1))
        responses = responses.astype("float32")
        i, other = rng.permutation(n)[:2]
        responses[other, rng.integers(2, 8), rng.integers(2, 8)] = -50
        largest = 5 + 90 * (k % 2)
        responses[other, rng.integers(2, 8), 8] = largest - 0.5
        responses[i, round(down * (h - 1)), round(right * (w - 1))] = largest
        yield x, responses - 100 * (k % 3 == 2)  # a bias may make all negative


def _explain_patch(arguments, received, expected):
    x, responses = arguments
    place = tuple(map(int, np.unravel_index(responses.argmax(), x.shape)))
    return (
        f"In images of shape {x.shape} the largest response is at {place}. Expected the patch with "
        "that pixel in the middle, as in the image, which goes on with zeros outside."
    )


def strongest_patch(rng, answer):
    """3.3: the patch under the largest response."""
    inside = _responses(rng, rng.permuted(np.tile([0.3, 0.6], (4, 1)), axis=1))
    borders = _responses(rng, itertools.product((0, rng.uniform(0.2, 0.8), 1), repeat=2))
    what = "the patch (outside, an image goes on with zeros)"
    compare(answer, _patch, inside, PATCHES, what, _explain_patch)
    compare(answer, _patch, borders, BORDERS, what, _explain_patch)
    return "A kernel's favourite is bright under its positive weights and dark under the negative."


def _counts(n, kernel, stride):
    starts = np.arange((n - 1) * stride + 1) % stride == 0
    return np.convolve(starts, np.ones(kernel, int))


# fmt: off
COUNTS = {
    "Kernel and stride are swapped.": lambda n, k, s: _counts(n, s, k),
    "n and kernel are swapped: n values contribute.": lambda n, k, s: _counts(k, n, s),
    "No pixel of yours has more than one contribution. Use += 1, and mind that with a list of "
    "indices NumPy adds 1 only once.": lambda n, k, s: np.minimum(_counts(n, k, s), 1),
    "Where two contributions overlap they add up, and gaps have none.":
        lambda n, k, s: np.ones_like(_counts(n, k, s)),
}
RULES = {
    "is_even: this is the remainder. Compare it with 0.": lambda k, s: k % s,
    "is_even is True where it should be False.": lambda k, s: k % s > 0,
    "is_even: kernel and stride are swapped.": lambda k, s: s % k == 0,
    "is_even: look at kernel 4 and stride 2 as well.": lambda k, s: k == s,
    "is_even: no gaps is not enough. Look at kernel 3 and stride 2.": lambda k, s: k >= s,
    "is_even: this is right for stride 2 only.": lambda k, s: k % 2 == 0,
}
# fmt: on


def count_contributions(rng, count, is_even):
    """3.4: how many values contribute to each pixel, and when equally many."""
    cases = [(6, 3, 2), (5, 4, 2), (4, 2, 3), (1, 3, 2), (7, 9, 2), (9, 4, 1)]
    cases += [tuple(map(int, rng.permutation(range(1, 12))[:3])) for _ in range(8)]
    compare(count, _counts, cases, COUNTS)
    require(is_even is not ..., "The counts are right. Now the rule, is_even.")
    cases = [(11 * int(rng.integers(2, 9)), 11), (45, 11), (88, 11), (200, 10), (195, 10)]
    cases += itertools.product(range(1, 9), repeat=2)
    compare(is_even, lambda kernel, stride: kernel % stride == 0, cases, RULES, "is_even")
    return (
        "Equal counts need a stride that divides the kernel, as 2 divides 4. With kernel 3 and "
        "stride 2 the checkerboard is built in."
    )


EXERCISES = {
    "3.1": large_code,
    "3.2": conv_cost,
    "3.3": strongest_patch,
    "3.4": count_contributions,
    "3.5": convolutional_models.cover,
    "3.6": convolutional_models.train_small_denoiser,
}
SECONDS = {"3.6": 12}  # about, for those that train
