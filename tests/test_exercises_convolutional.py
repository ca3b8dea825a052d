"""Notebook 3's exercises: right answers of many kinds, and wrong ones with what is said of them.

Each answer is a tuple, since some exercises ask for two things. A wrong one comes with a part of
the reason that the check must give. Models that are only judged are stand-ins, made without
training; `test_solutions.py` trains the real ones.
"""

import functools
import math
import re
from fractions import Fraction

import keras
import numpy as np
import pytest
import tensorflow as tf
from mnist import load_mnist

from aeutils import to_images, to_vectors
from aeutils.exercises import judge


def cost(h, w, c, k, f):
    return (k * k * c + 1) * f, h * w * k * k * c * f


def cost_by_layer(h, w, c, k, f):
    layer = keras.layers.Conv2D(f, k, padding="same")
    layer.build((None, h, w, c))
    return [layer.count_params(), layer.kernel.numpy().size * h * w]


def cost_loop(h, w, c, k, f):
    parameters = work = 0
    for _ in range(f):
        parameters += 1
        for _ in range(c):
            parameters += k**2
            work += h * w * k**2
    return np.array([parameters, work])


def patch(x, responses, down=0, right=0, pick=np.argmax, of=None, mode="constant"):
    i, row, column = np.unravel_index(pick(responses), responses.shape)
    padded = np.pad((x if of is None else of)[i], 1, mode=mode)
    return padded[row + down : row + down + 3, column + right : column + right + 3]


def patch_padded_everywhere(x, responses):
    i, row, column = np.unravel_index(responses.argmax(), responses.shape)
    return np.pad(x, 1)[i][row : row + 3, column : column + 3]


def patch_loop(x, responses):
    n, h, w = x.shape
    best, found = -np.inf, None
    for i in range(n):
        for row in range(h):
            for column in range(w):
                if responses[i, row, column] > best:
                    best, found = responses[i, row, column], (i, row, column)
    i, row, column = found
    return [
        [x[i, a, b] if 0 <= a < h and 0 <= b < w else 0 for b in range(column - 1, column + 2)]
        for a in range(row - 1, row + 2)
    ]


def patch_tensorflow(x, responses):
    _, h, w = x.shape
    place = int(tf.argmax(tf.reshape(responses, [-1])))
    i, row, column = place // (h * w), place // w % h, place % w
    return tf.pad(x, [[0, 0], [1, 1], [1, 1]])[i, row : row + 3, column : column + 3]


def patch_keras(x, responses):
    cut = keras.ops.image.extract_patches(x[..., None], (3, 3), strides=1, padding="same")
    return keras.ops.reshape(cut, (-1, 3, 3))[int(keras.ops.argmax(responses))]


def patch_windows(x, responses):
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(x, ((0, 0), (1, 1), (1, 1))), (3, 3), axis=(1, 2)
    )
    return windows[np.unravel_index(responses.argmax(), responses.shape)]


def patch_rows(x, responses):
    image = max(range(len(x)), key=lambda i: responses[i].max())
    yield from patch(x[image : image + 1], responses[image : image + 1])


def patch_pushed_inside(x, responses):
    i, row, column = np.unravel_index(responses.argmax(), responses.shape)
    row, column = np.clip((row, column), 1, np.subtract(x.shape[1:], 2))
    return x[i, row - 1 : row + 2, column - 1 : column + 2]


def patch_of_largest_sum(x, responses):
    i = responses.sum(axis=(1, 2)).argmax()
    return patch(x[i : i + 1], responses[i : i + 1])


def patch_by_height(x, responses):
    i, rest = divmod(int(responses.argmax()), x[0].size)
    row, column = divmod(rest, x.shape[1])  # the width is what divides
    return np.pad(x[i], 20)[row + 19 : row + 22, column + 19 : column + 22]


def patch_swapped(x, responses):
    i, row, column = np.unravel_index(responses.argmax(), responses.shape)
    return np.pad(x[i], 1)[column : column + 3, row : row + 3]


def patch_cut_off(x, responses):
    i, row, column = np.unravel_index(responses.argmax(), responses.shape)
    return x[i, max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]


def patch_above_zero(x, responses):
    best, found = 0, (0, 0, 0)
    for place in np.ndindex(*x.shape):
        if responses[place] > best:
            best, found = responses[place], place
    i, row, column = found
    return np.pad(x[i], 1)[row : row + 3, column : column + 3]


def patch_in_place(x, responses):
    responses[0, 0, 0] = 9
    return patch(x, responses)


def counts(n, kernel, stride):
    covered = np.zeros((n - 1) * stride + kernel, int)
    for i in range(n):
        covered[i * stride : i * stride + kernel] += 1
    return covered


def counts_lists(n, kernel, stride):
    length = (n - 1) * stride + kernel
    places = range(0, n * stride, stride)
    return [sum(i <= pixel < i + kernel for i in places) for pixel in range(length)]


def counts_convolved(n, kernel, stride):
    row = np.zeros((n - 1) * stride + 1)
    row[::stride] = 1
    return np.convolve(row, np.ones(kernel))


def counts_tensorflow(n, kernel, stride):
    places = tf.reshape(tf.range(n)[:, None] * stride + tf.range(kernel), [-1])
    return tf.math.bincount(places, minlength=(n - 1) * stride + kernel)


def counts_keras(n, kernel, stride):
    values, ones = keras.ops.ones((1, n, 1)), keras.ops.ones((kernel, 1, 1))
    row = keras.ops.conv_transpose(values, ones, stride, "valid")[0, :, 0]
    return row[: (n - 1) * stride + kernel]


def counts_dict(n, kernel, stride):
    covered = dict.fromkeys(range((n - 1) * stride + kernel), 0)
    for i in range(n):
        for j in range(kernel):
            covered[i * stride + j] += 1
    return covered.values()


def counts_pixel(n, kernel, stride):
    for pixel in range((n - 1) * stride + kernel):
        yield sum(0 <= pixel - i * stride < kernel for i in range(n))


def counts_once(n, kernel, stride):
    covered = np.zeros((n - 1) * stride + kernel, int)
    covered[np.arange(n)[:, None] * stride + np.arange(kernel)] += 1
    return covered


def divides(kernel, stride):
    return kernel % stride == 0


def even_in_the_middle(kernel, stride):
    middle = counts(60, kernel, stride)[kernel:-kernel]
    return len(np.unique(middle)) == 1


def holes(place=None, fill=0.0, dtype="float32", margin=1, size_off=0):
    """A cover in which one part may be wrong; `place(rng, n, k)` draws corners below k."""

    def make(x, size, rng):
        damaged = x.copy()
        k = 28 - size + margin
        corners = rng.integers(k, size=(len(x), 2)) if place is None else place(rng, len(x), k)
        for image, (top, left) in zip(damaged, corners, strict=True):
            image[top : top + size + size_off, left : left + size + size_off] = fill
        return damaged.astype(dtype), x

    return make


def cover_mask(x, size, rng):
    top, left = rng.integers(0, 28 - size, (2, len(x), 1, 1, 1), endpoint=True)
    rows, columns = np.arange(28)[:, None, None], np.arange(28)[None, :, None]
    hole = (rows >= top) & (rows < top + size) & (columns >= left) & (columns < left + size)
    return [np.where(hole, 0, x).astype("float32"), x.copy()]


def cover_tensors(x, size, rng):
    place = rng.choice((29 - size) ** 2, len(x))
    place = keras.ops.reshape(keras.ops.cast(place, "int32"), (-1, 1, 1, 1))
    top, left = place // (29 - size), place % (29 - size)
    row, column = keras.ops.reshape(range(28), (28, 1, 1)), keras.ops.reshape(range(28), (1, 28, 1))
    inside = (row >= top) & (row < top + size) & (column >= left) & (column < left + size)
    return tf.where(inside, 0.0, x), tf.constant(x)


def cover_floor(x, size, rng):
    damaged, target = [], []
    for image in x:
        top, left = (int(rng.random() * (29 - size)) for _ in range(2))
        image = image.copy()
        target.append(image.copy())
        image[top : top + size, left : left + size] = 0
        damaged.append(image)
    return damaged, target


def cover_in_place(x, size, rng):
    whole = x.copy()
    for image in x:
        top, left = rng.integers(29 - size, size=2)
        image[top : top + size, left : left + size] = 0
    return x, whole


def cover_second_name(x, size, rng):
    damaged = x
    for image in damaged:
        top, left = rng.integers(29 - size, size=2)
        image[top : top + size, left : left + size] = 0
    return damaged, x


class Cover:
    def __call__(self, x, size, rng):
        yield from holes()(x, size, rng)


def by_rejection(rng, n, k):
    corners = []
    while len(corners) < n:
        corner = rng.integers(28, size=2)
        if max(corner) < k:
            corners.append(corner)
    return corners


def shuffled_places(rng, n, k):
    return [(rng.permutation(k)[0], rng.permutation(k)[0]) for _ in range(n)]


def numbered(rng, n, k):
    return np.stack(np.divmod(rng.integers(k * k, size=n), k), axis=1)


def fractions(rng, n, k):
    return np.floor(rng.uniform(0, k, (n, 2))).astype(int)


def without_return(rng, n, k):
    rounds = [rng.permutation(k * k) for _ in range(n // (k * k) + 1)]
    return np.stack(np.divmod(np.concatenate(rounds)[:n], k), axis=1)


def never_on_the_diagonal(rng, n, k):
    return [rng.choice(k, 2, replace=k < 2) for _ in range(n)]


def often_on_the_diagonal(rng, n, k):
    corners = rng.integers(k, size=(n, 2))
    corners[:, 1] = np.where(rng.random(n) < 0.15, corners[:, 0], corners[:, 1])
    return corners


def mirrored(rng, n, k):
    half = rng.integers(k, size=(n // 2 + 1, 2))
    return np.concatenate([half, k - 1 - half])[:n]


def sorted_pairs(rng, n, k):
    return np.sort(rng.integers(k, size=(n, 2)), axis=1)


def means_of_two(rng, n, k):
    return (rng.integers(k, size=(n, 2)) + rng.integers(k, size=(n, 2))) // 2


def even_rows(rng, n, k):
    return np.stack([2 * rng.integers((k + 1) // 2, size=n), rng.integers(k, size=n)], axis=1)


def in_fives(rng, n, k):
    return np.repeat(rng.integers(k, size=(n // 5 + 1, 2)), 5, axis=0)[:n]


def not_first(rng, n, k):
    return rng.integers(min(1, k - 1), k, size=(n, 2))


def not_last(rng, n, k):
    return rng.integers(max(1, k - 1), size=(n, 2))


def global_random(rng, n, k):
    return np.random.randint(k, size=(n, 2))  # noqa: NPY002


def remembered(rng, n, k, seen={}):  # noqa: B006
    return seen.setdefault((n, k), rng.integers(k, size=(n, 2)))


def seeded_by_hand(x, size, rng):
    return holes()(x, size, np.random.default_rng(size))


def cover_all_but_one(x, size, rng):
    damaged, target = holes()(x, size, rng)
    damaged[0] = x[0]
    return damaged, target


def cover_twice(x, size, rng):
    return holes()(holes()(x, size, rng)[0], size, rng)[0], x


def cover_disc(x, size, rng):
    damaged, places = x.copy(), np.arange(size) - (size - 1) / 2
    disc = places[:, None] ** 2 + places**2 <= (size / 2) ** 2
    for image, (top, left) in zip(damaged, draws(rng, len(x), 29 - size), strict=True):
        image[top : top + size, left : left + size][disc] = 0
    return damaged, x


def cover_in_another_order(x, size, rng):
    damaged, target = holes()(x, size, rng)
    return damaged[::-1], target[::-1]


def draws(rng, n, k):
    return rng.integers(k, size=(n, 2))


def fixed(rng, n, k):
    return np.random.default_rng(0).integers(k, size=(n, 2))


def other_random(rng, n, k):
    return np.random.default_rng().integers(k, size=(n, 2))


def three_places(rng, n, k):
    return rng.choice([0, (k - 1) // 2, k - 1], size=(n, 2))


def rounded(rng, n, k):
    return np.round(rng.random((n, 2)) * (k - 1)).astype(int)


def clipped(rng, n, k):
    return np.clip(rng.integers(28, size=(n, 2)), 0, k - 1)


def normal(rng, n, k):
    return np.clip(rng.normal(k / 2, k / 5, (n, 2)).astype(int), 0, k - 1)


def diagonal(rng, n, k):
    return np.repeat(rng.integers(k, size=(n, 1)), 2, axis=1)


def other_diagonal(rng, n, k):
    row = rng.integers(k, size=n)
    return np.stack([row, k - 1 - row], axis=1)


def near_diagonal(rng, n, k):
    row = rng.integers(k, size=n)
    return np.stack([row, (row + rng.integers(2, size=n)) % k], axis=1)


def affine(rng, n, k):
    row = rng.integers(k, size=n)
    return np.stack([row, (3 * row + 1) % k], axis=1)


def shuffled_rows(rng, n, k):
    row = rng.integers(k, size=n)
    return np.stack([row, rng.permutation(row)], axis=1)


def next_row(rng, n, k):
    row = rng.integers(k, size=n + 1)
    return np.stack([row[1:], row[:-1]], axis=1)


def in_turn(rng, n, k):
    return np.stack([np.arange(n) % k, rng.integers(k, size=n)], axis=1)


def balanced(rng, n, k):
    return np.stack([rng.permutation(np.arange(n) % k) for _ in range(2)], axis=1)


def in_pairs(rng, n, k):
    return np.repeat(rng.integers(k, size=(n // 2 + 1, 2)), 2, axis=0)[:n]


def in_halves(rng, n, k):
    return np.resize(rng.integers(k, size=(n // 2 + 1, 2)), (n, 2))


def row_for_all(rng, n, k):
    return np.stack([np.full(n, rng.integers(k)), rng.integers(k, size=n)], axis=1)


def sorted_rows(rng, n, k):
    return np.stack([np.sort(rng.integers(k, size=n)), rng.integers(k, size=n)], axis=1)


def walk(rng, n, k):
    return np.cumsum(rng.integers(-1, 2, (n, 2)), axis=0) % k


def stand_in(error=0.0, code=(7, 7, 2), spoil=lambda x: x, finish=tuple):
    """Encoder and decoder that know the test digits, and answer off by a fixed error."""
    digits = to_images(load_mnist()[1][0][:1000])
    damaged = 0.7 * to_vectors(load_mnist()[1][0][:1000]) + 0.15  # the mean of salt and pepper

    def train():
        def encoder(x):
            far = (damaged**2).sum(axis=1) - 2 * np.reshape(x, (len(x), 784)) @ damaged.T
            codes = np.zeros((len(x), np.prod(code)), "float32")
            codes[:, 0] = far.argmin(axis=1)
            return codes.reshape(len(x), *code)

        def decoder(codes):
            x = digits[codes.reshape(len(codes), -1)[:, 0].astype(int)]
            return spoil(x + np.float32(error**0.5) * np.where(x < 0.5, 1, -1))

        return finish([encoder, decoder])

    return train


def digits_in_order():
    """A decoder that answers with the test digits, whatever the code."""
    digits = to_images(load_mnist()[1][0][:1000])
    return lambda x: np.zeros((len(x), 7, 7, 2)), lambda code: digits[: len(code)]


def passed_by_hand():
    """A decoder that gets the picture behind the code's back."""
    kept = []

    def encoder(x):
        kept.append(np.where(np.isin(x, (0, 1)), 0, x))
        return np.zeros((len(x), 7, 7, 2))

    return encoder, lambda code: kept[-1]


class Wrapped(keras.Model):
    """A subclassed model, which has no fixed shapes."""

    def __init__(self, *layers):
        super().__init__()
        self.parts = layers

    def call(self, x):
        for part in self.parts:
            x = part(x)
        return x


def conv_models(encoder, decoder, finish=tuple, wrap=keras.Sequential):
    """A function that returns an untrained encoder and decoder of the layers that are named."""

    def train():
        return finish(
            [
                wrap([getattr(keras.layers, name)(*arguments) for name, *arguments in part])
                for part in (encoder, decoder)
            ]
        )

    return train


def conv_pca(size, finish=tuple, wrap=keras.Sequential):
    """A code of `size` numbers that copies clean digits, and lets noise through."""

    def train():
        x = to_vectors(load_mnist()[1][0])
        mean = x.mean(axis=0)
        vectors = np.linalg.eigh(np.cov(x[:3000].T))[1][:, -size:]
        down, up = keras.layers.Conv2D(size, 28), keras.layers.Conv2DTranspose(784, 1)
        down.build((None, 28, 28, 1))
        up.build((None, 1, 1, size))
        down.set_weights([vectors.reshape(28, 28, 1, size), -mean @ vectors])
        up.set_weights([vectors.reshape(1, 1, 784, size), mean])
        return finish([wrap([down]), wrap([up, keras.layers.Reshape((28, 28, 1))])])

    return train


def spoilt_cost(change):
    return lambda h, w, c, k, f: change(cost(h, w, c, k, f), h, w, c, k, f)


RIGHT = {
    "3.1": [
        ("B", 3),
        ("b", np.int64(3)),
        (" B ", 3.0),
        (np.str_("B"), tf.constant(3)),
        (["B"], np.array(3)),
        (tf.constant("B"), keras.Variable(3)),
        ("B", Fraction(3)),
    ],
    "3.2": [
        (cost,),
        (cost_by_layer,),
        (cost_loop,),
        (lambda *s: tf.constant(cost(*s)),),
        (lambda *s: [float(value) for value in cost(*s)],),
        (lambda *s: keras.ops.convert_to_tensor(cost(*s), dtype="float32"),),
        (lambda *s: dict(zip("ab", cost(*s), strict=True)).values(),),
        (lambda *s: (number for number in cost(*s)),),
        (
            lambda height, width, channels, kernel, filters: [
                np.array(number) for number in cost(height, width, channels, kernel, filters)
            ],
        ),
    ],
    "3.3": [
        (patch,),
        (patch_loop,),
        (patch_tensorflow,),
        (patch_keras,),
        (lambda x, r: patch(x.astype("float16"), r.astype("float16")),),
        (lambda x, r: patch(x, r).tolist(),),
        (patch_windows,),
        (patch_rows,),
        (lambda x, r: keras.ops.array(patch(x, r), dtype="float16"),),
    ],
    "3.4": [
        (counts, divides),
        (counts_lists, even_in_the_middle),
        (counts_convolved, lambda k, s: np.array(k % s == 0)),
        (counts_tensorflow, lambda k, s: tf.equal(k % s, 0)),
        (counts_keras, lambda k, s: k // s * s == k),
        (counts, lambda k, s: not k % s),
        (counts_dict, lambda k, s: math.gcd(k, s) == s),
        (counts_pixel, lambda k, s: (k / s).is_integer()),
        (
            lambda *a: counts(*a).astype("float16"),
            lambda k, s: len(set(counts(30, k, s)[k:-k])) == 1,
        ),
        (lambda *a: np.array(counts(*a), dtype=object), lambda k, s: k in range(0, k + 1, s)),
    ],
    "3.5": [
        (holes(),),
        (cover_mask,),
        (cover_tensors,),
        (cover_floor,),
        (lambda x, size, rng: np.stack(holes()(x, size, rng)),),
        (lambda x, size, rng: tf.constant(np.stack(holes()(x, size, rng))),),
        (Cover(),),
        (holes(by_rejection),),
        (holes(shuffled_places),),
        (holes(numbered),),
        (holes(fractions),),
        (holes(lambda rng, n, k: k - 1 - draws(rng, n, k)),),
        (holes(lambda rng, n, k: rng.multinomial(1, np.ones(k) / k, (n, 2)).argmax(axis=2)),),
        (functools.partial(holes()),),
    ],
    "3.6": [
        (stand_in(),),
        (stand_in(0.0205),),
        (stand_in(finish=list),),
        (stand_in(code=(1, 1, 98)),),
        (stand_in(spoil=tf.constant),),
        (stand_in(spoil=lambda x: (1.01 * x - 0.01).astype("float16")),),
    ],
}
WRONG = {
    "3.1": [
        ("memorised", "A", 3),
        ("any start", "C", 3),
        ("better at it", "D", 3),
        ("letters A, B, C, D", "E", 3),
        ("letters A, B, C, D", 3, "B"),
        ("784 numbers", "B", 4),
        ("392 numbers", "B", 2),
        ("6272 numbers", "B", 32),
        ("Now the number", "B", ...),
        ("Now the number", "B"),
        ("number", "B", "three"),
        ("number", "B", [3, 4]),
        (r"^4 filters of 14 x 14 are 784 numbers", "B", 784 / 196),
        ("782.04 numbers", "B", 3.99),
        ("568.4 numbers", "B", 2.9),
        ("115248 numbers", "B", 588),
        ("<U1", "B", "3"),
        ("NaN or infinity", "B", float("inf")),
    ],
    "3.2": [
        ("without biases", spoilt_cost(lambda p, h, w, c, k, f: (p[0] - f, p[1]))),
        ("parameters are without the input", spoilt_cost(
            lambda p, h, w, c, k, f: (k * k * f + f, p[1]))),
        ("as the parameters", spoilt_cost(lambda p, h, w, c, k, f: (h * w * c * f + f, p[1]))),
        ("parameters come first", spoilt_cost(lambda p, *s: p[::-1])),
        ("not one in all", spoilt_cost(lambda p, h, w, c, k, f: (k * k * c * f + 1, p[1]))),
        ("one position", spoilt_cost(lambda p, h, w, c, k, f: (p[0], k * k * c * f))),
        ("only added", spoilt_cost(lambda p, h, w, c, k, f: (p[0], p[1] + h * w * f))),
        ("multiplications are without the input", spoilt_cost(
            lambda p, h, w, c, k, f: (p[0], h * w * k * k * f))),
        ("without the filters", spoilt_cost(lambda p, h, w, c, k, f: (p[0], h * w * k * k * c))),
        ("positions at the border", spoilt_cost(lambda p, h, w, c, k, f: (
            p[0], (h - k + 1) * (w - k + 1) * k * k * c * f))),
        ("rows and columns", spoilt_cost(lambda p, h, w, c, k, f: (k * c * f + f, p[1]))),
        ("For .*Received", spoilt_cost(lambda p, *s: (p[0], 2 * p[1]))),
        ("For .*Received", lambda *s: (1208, 168_000)),
        (r"expected \(2,\)", spoilt_cost(lambda p, *s: p[0])),
        (r"expected \(2,\)", spoilt_cost(lambda p, *s: (*p, 0))),
        ("numbers", spoilt_cost(lambda p, *s: f"{p[0]} and {p[1]}")),
        ("For .*Received", lambda h, w, c, k, f: cost(w, h, k, c, f)),
        ("each channel", spoilt_cost(lambda p, h, w, c, k, f: (p[0] - f + c, p[1]))),
        ("rows and columns", spoilt_cost(lambda p, h, w, c, k, f: (k * c * f + f, p[1]))),
        ("as the parameters", spoilt_cost(lambda p, *s: (p[0] - 1, p[1]))),
        ("as the parameters", spoilt_cost(lambda p, *s: (p[0] + 0.4, p[1]))),
        ("each channel|as the parameters", lambda h, w, c, k, f: cost(h, w, f, k, c)),
        ("as the mult", spoilt_cost(lambda p, *s: (p[0], p[1] - 0.4))),
        ("as the mult", spoilt_cost(lambda p, h, w, c, k, f: (p[0], h * h * k * k * c * f))),
        ("as the mult", spoilt_cost(lambda p, h, w, c, k, f: (p[0], h * w * k * c * f))),
        ("as the mult", spoilt_cost(lambda p, h, w, c, k, f: (
            p[0], (h // k) * (w // k) * k * k * c * f))),
        (r"shape \(\)", lambda *s: sum(cost(*s))),
        ("takes 2 positional", lambda h, w: (1, 2)),
    ],
    "3.3": [
        ("swapped", patch_swapped),
        ("transposed", lambda x, r: patch(x, r).T),
        ("begins at that pixel", lambda x, r: patch(np.pad(x, ((0, 0), (0, 1), (0, 1))), np.pad(
            r, ((0, 0), (0, 1), (0, 1)), constant_values=-99), 1, 1)),
        ("too early|raised|with zeros", lambda x, r: (
            lambda i, a, b: x[i][a - 1 : a + 2, b - 1 : b + 2])(
                *(np.array(np.unravel_index(r.argmax(), r.shape)) - [0, 1, 1]))),
        ("absolute values", lambda x, r: patch(x, r, pick=lambda r: abs(r).argmax())),
        ("smallest response", lambda x, r: patch(x, r, pick=np.argmin)),
        ("from the responses", lambda x, r: patch(x, r, of=r)),
        ("brightest pixel", lambda x, r: patch(x, x)),
        ("first image only", lambda x, r: patch(x[:1], r[:1])),
        ("rows and columns alone", patch_padded_everywhere),
        ("repeated the border", lambda x, r: patch(x, r, mode="edge")),
        ("other side", lambda x, r: patch(x, r, mode="wrap")),
        ("in the middle", lambda x, r: patch(x, r, mode="reflect")),
        ("in the middle", lambda x, r: patch(np.roll(x, 1, axis=0), r)),
        ("in the middle|first image", patch_above_zero),
        ("with zeros", patch_cut_off),
        (r"expected \(3, 3\)", lambda x, r: np.unravel_index(r.argmax(), r.shape)),
        (r"expected \(3, 3\)", lambda x, r: patch(x, r)[..., None]),
        ("in the middle", lambda x, r: np.zeros((3, 3))),
        ("IndexError", lambda x, r: x[r.argmax()][:3, :3]),
        ("changed its argument", patch_in_place),
        ("in the middle.*with zeros", patch_pushed_inside),
        ("other side", lambda x, r: np.roll(x[r.argmax() // x[0].size], 1 - np.array(
            np.unravel_index(r.argmax(), r.shape)[1:]), axis=(0, 1))[:3, :3]),
        ("in the middle|first image", patch_of_largest_sum),
        ("in the middle|first image", patch_by_height),
        ("in the middle|first image", lambda x, r: patch(x, r >= r.max() - 1)),
        ("in the middle", lambda x, r: patch(x, r)[::-1]),
        ("in the middle", lambda x, r: patch(x, r).round(2)),
        ("in the middle", lambda x, r: patch(np.clip(x, 0, 0.9), r)),
        ("in the middle|first image", lambda x, r: patch(x[::-1], r)),
        ("in the middle", lambda x, r: patch(x, r) / patch(x, r).max()),
        ("in the middle.*with zeros", lambda x, r: np.pad(x, 1, constant_values=1)[1:-1][
            r.argmax() // x[0].size][tuple(
                slice(place, place + 3) for place in np.unravel_index(r.argmax(), r.shape)[1:])]),
        (r"shape \(9,\).*expected \(3, 3\)", lambda x, r: patch(x, r).ravel()),
        (r"shape \(2, 2\)", lambda x, r: patch(x, r)[:2, :2]),
        ("changed its argument number 1", lambda x, r: (np.copyto(x, 0), patch(x, r))[1]),
    ],
    "3.4": [
        ("Kernel and stride are swapped", lambda n, k, s: counts(n, s, k), divides),
        ("n and kernel are swapped", lambda n, k, s: counts(k, n, s), divides),
        ("more than one contribution", counts_once, divides),
        ("add up", lambda n, k, s: np.ones((n - 1) * s + k, int), divides),
        ("Received shape", lambda n, k, s: np.ones(n * s, int), divides),
        ("Received shape", lambda n, k, s: np.append(counts(n, k, s), 0), divides),
        ("[Rr]eceived .* expected", lambda n, k, s: np.append(counts(n, k, s)[:-1], 0), divides),
        ("[Rr]eceived .* expected", lambda n, k, s: np.full_like(counts(n, k, s), k // s), divides),
        ("For .*Received", lambda n, k, s: counts(6, 3, 2), divides),
        ("Now the rule", counts, ...),
        ("should be False", counts, lambda k, s: k % s != 0),
        ("swapped", counts, lambda k, s: s % k == 0),
        ("kernel 4 and stride 2 as well", counts, lambda k, s: k == s),
        ("kernel 3 and stride 2", counts, lambda k, s: k >= s),
        ("stride 2 only", counts, lambda k, s: k % 2 == 0),
        ("[Rr]eceived .* expected", counts, lambda k, s: k >= s and k % 2 == 0),
        ("[Rr]eceived .* expected", counts, lambda k, s: k % s == 0 and k > s),
        ("[Rr]eceived .* expected", counts, lambda k, s: (k, s) in ((4, 2), (6, 2), (6, 3))),
        ("[Rr]eceived .* expected", counts, lambda k, s: True),
        ("[Rr]eceived .* expected", counts, lambda k, s: k % s == 0 and k < 9),
        ("[Rr]eceived .* expected", counts, lambda k, s: k % s == 0 and k <= 8 * s),
        ("[Rr]eceived .* expected", counts, lambda k, s: k % s == 0 or k > 9 * s),
        ("[Rr]eceived .* expected", counts, lambda k, s: k % s == 0 and k < 100),
        ("this is the remainder", counts, lambda k, s: k % s),
        ("numbers", counts, lambda k, s: "yes" if k % s == 0 else "no"),
        ("is_even", counts, lambda k, s: [k % s == 0]),
        (r"For .*Received 2 as your answer at index \d+, expected [3-9]",
         lambda n, k, s: np.minimum(counts(n, k, s), 2 if n > 6 else 99), divides),
        ("For .*Received", lambda n, k, s: np.minimum(counts(n, k, s), 2), divides),
        ("For .*Received", lambda n, k, s: np.maximum(counts(n, k, s), 1), divides),
        ("For .*Received", lambda n, k, s: counts(n, k, s) / counts(n, k, s).max(), divides),
        ("For .*Received", lambda n, k, s: counts(n, k, s) + 0.3, divides),
        ("For .*Received", lambda n, k, s: counts(n, k, 1), divides),
        ("Received shape", lambda n, k, s: [counts(n, k, s)], divides),
        ("Received shape", lambda n, k, s: counts(n, k, s).sum(), divides),
        ("numbers", lambda n, k, s: dict(enumerate(counts(n, k, s))), divides),
        ("is_even", counts, lambda k, s: k >= s and k % 2 == s % 2),
        ("is_even", counts, lambda k, s: k in (s, 2 * s)),
        ("is_even", counts, lambda k, s: (k - s) % 2 == 0),
        ("is_even", counts, lambda k, s: k > s),
        ("is_even", counts, lambda k, s: s % k == 0 or k % s == 0),
        ("is_even", counts, lambda k, s: k % s == 0 and k < 60),
        ("is_even", counts, lambda k, s: k % s == 0 or k == 45),
        ("is_even", counts, lambda k, s: len(set(counts(60, k, s))) == 1),
        ("None", counts, lambda k, s: None if k % s else True),
        ("the function itself", counts, True),
        ("missing 1 required", counts, lambda n, k, s: k % s == 0),
        ("still empty", ..., divides),
    ],
    "3.5": [
        ("changed its argument", cover_in_place),
        ("changed its argument", cover_second_name),
        ("must stay whole", lambda x, size, rng: (holes()(x, size, rng)[0],) * 2),
        ("the square is black", holes(fill=1.0)),
        ("the square is black", lambda x, size, rng: (holes()(x, size, rng)[0] * 0.999, x)),
        ("come first", lambda x, size, rng: holes()(x, size, rng)[::-1]),
        ("expected float32", holes(dtype="float64")),
        ("expected float32", holes(dtype="float16")),
        ("expected float32", lambda x, size, rng: (holes()(x, size, rng)[0], x.astype(float))),
        ("same row or column", holes(lambda rng, n, k: [rng.integers(k, size=2)] * n)),
        ("same row or column", holes(row_for_all)),
        ("wholly inside", holes(lambda rng, n, k: rng.integers(28, size=(n, 2)))),
        ("expected 0 to|raised", holes(margin=0)),
        ("full square", holes(size_off=-1)),
        ("full square", lambda x, size, rng: (x * (rng.random(x.shape) > 0.1), x)),
        ("expected a pair", lambda x, size, rng: holes()(x, size, rng)[0][0]),
        ("expected a pair", lambda x, size, rng: (*holes()(x, size, rng), rng)),
        ("shape", lambda x, size, rng: (x[:, :-1], x)),
        ("equally likely|hang together", holes(three_places)),
        ("equally likely|hang together", holes(rounded)),
        ("equally likely|hang together", holes(clipped)),
        ("equally likely|hang together", holes(normal)),
        ("equally likely|hang together", holes(lambda rng, n, k: (
            k * rng.beta(1.2, 1.2, (n, 2))).astype(int))),
        ("equally likely|hang together", holes(lambda rng, n, k: (
            k * rng.beta([1.3, 1], [1.3, 1], (n, 2))).astype(int))),
        ("equally likely|hang together", holes(lambda rng, n, k: (
            k * rng.beta([1.2, 1], [1, 1.2], (n, 2))).astype(int))),
        ("equally likely|hang together", holes(in_turn)),
        ("equally likely|hang together", holes(balanced)),
        ("hang together", holes(diagonal)),
        ("hang together", holes(other_diagonal)),
        ("hang together", holes(near_diagonal)),
        ("hang together|equally likely", holes(affine)),
        ("Row and column hang together", holes(shuffled_rows)),
        ("hang together", holes(next_row)),
        ("hang together", holes(in_pairs)),
        ("hang together", holes(in_halves)),
        ("hang together", holes(sorted_rows)),
        ("hang together|equally likely", holes(walk)),
        ("of your own", holes(fixed)),
        ("rng alone", holes(other_random)),
        ("rng alone", holes(global_random)),
        ("equally likely|hang together", holes(without_return)),
        ("hang together", holes(never_on_the_diagonal)),
        ("hang together|equally likely", holes(often_on_the_diagonal)),
        ("hang together", holes(mirrored)),
        ("equally likely|hang together", holes(sorted_pairs)),
        ("equally likely|hang together", holes(means_of_two)),
        ("equally likely|hang together", holes(even_rows)),
        ("hang together|equally likely", holes(in_fives)),
        ("of your own", holes(remembered)),
        ("of your own", seeded_by_hand),
        (r"begin at 1 to \d, expected 0", holes(not_first)),
        ("upper end", holes(not_last)),
        (r"expected 0 to \d\.$", holes(lambda r, n, k: r.integers(min(1, k - 1), k, (n, 2)))),
        ("full square", cover_all_but_one),
        ("full square", cover_twice),
        ("full square", cover_disc),
        ("must stay whole", cover_in_another_order),
        ("the square is black", lambda x, size, rng: (
            np.where(holes()(x, size, rng)[0] == 0, -1, x).astype("float32"), x)),
        ("must stay whole", lambda x, size, rng: (holes()(x, size, rng)[0], 0 * x)),
        ("shape", lambda x, size, rng: [part[..., 0] for part in holes()(x, size, rng)]),
        ("takes 2 positional", lambda x, size: x),
    ],
    "3.6": [
        ("expected at most 0.021", stand_in(0.0215)),
        ("expected at most 0.021", stand_in(0.05)),
        ("no better than the mean", stand_in(0.08)),
        ("no better than the mean|copies", digits_in_order),
        ("no better than the mean|copies", passed_by_hand),
        ("at most 98", stand_in(code=(7, 7, 3))),
        ("at most 98", stand_in(code=(1, 1, 99))),
        ("feature maps", stand_in(code=(98,))),
        ("feature maps", stand_in(code=(49, 2))),
        ("decoded code", stand_in(spoil=lambda x: x[..., 0])),
        ("decoded code", stand_in(spoil=lambda x: x[:10])),
        ("NaN", stand_in(spoil=lambda x: x / 0)),
        ("noise comes through", conv_pca(98)),
        ("noise comes through", conv_pca(98, list, lambda layers: Wrapped(*layers))),
        ("sigmoid at the end", conv_pca(20)),
        ("no better than the mean", conv_models(
            [("Conv2D", 2, 4, 4)], [("Conv2DTranspose", 1, 4, 4)])),
        ("dense layer|feature maps", conv_models(
            [("Flatten",), ("Dense", 32)], [("Dense", 784), ("Reshape", (28, 28, 1))])),
        ("dense layer", conv_models(
            [("Conv2D", 2, 4, 4)], [("Flatten",), ("Dense", 784), ("Reshape", (28, 28, 1))])),
        ("dense layer", conv_models([("Conv2D", 2, 4, 4)], [
            ("Flatten",), ("Dense", 784), ("Reshape", (28, 28, 1))],
            wrap=lambda layers: Wrapped(*layers))),
        ("decoded code", conv_models([("AveragePooling2D", 4)], [("UpSampling2D", 2)])),
        ("expected a pair", lambda: stand_in()()[0]),
        ("expected a pair", lambda: (*stand_in()(), 1)),
        ("two models", lambda: [np.zeros(3), np.zeros(3)]),
    ],
}  # fmt: skip
SLOW = {"3.5", "3.6"}  # thousands of images, models of Keras: fewer seeds do
WRONG_CASES = [
    pytest.param(number, reason, answers, id=f"{number}-{k}-{reason[:25]}")
    for number, cases in WRONG.items()
    for k, (reason, *answers) in enumerate(cases)
]


def check_right(number, seeds):
    for answers in RIGHT[number]:
        for seed in seeds:
            verdict, message = judge(number, *answers, seed=seed)
            assert verdict == "right", (answers, seed, message)


def check_wrong(number, reason, answers, seeds):
    for seed in seeds:
        verdict, message = judge(number, *answers, seed=seed)
        assert verdict == "not yet", seed
        assert re.search(reason, message), (seed, message)


@pytest.mark.parametrize("number", sorted(RIGHT))
def test_right_answers_are_right_for_every_seed(number):
    check_right(number, range(1 if number in SLOW else 3))


@pytest.mark.parametrize(("number", "reason", "answers"), WRONG_CASES)
@pytest.mark.filterwarnings("ignore:invalid value", "ignore:divide by zero")
def test_wrong_answers_are_told_why(number, reason, answers):
    check_wrong(number, reason, answers, range(1 if number in SLOW else 2))


@pytest.mark.slow
@pytest.mark.parametrize("number", sorted(RIGHT))
def test_right_answers_are_right_for_twenty_other_seeds(number):
    check_right(number, range(100, 120))


@pytest.mark.slow
@pytest.mark.parametrize(("number", "reason", "answers"), WRONG_CASES)
@pytest.mark.filterwarnings("ignore:invalid value", "ignore:divide by zero")
def test_wrong_answers_are_told_why_for_twenty_seeds(number, reason, answers):
    check_wrong(number, reason, answers, range(100, 120))


def test_there_are_enough_answers():
    assert all(len(answers) >= 3 for answers in RIGHT.values())
    assert all(len(answers) >= 8 for answers in WRONG.values())
