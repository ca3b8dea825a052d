"""Notebook 1's exercises: right answers of many kinds, and wrong ones with what is said of them.

Models that are only judged are stand-ins, made without training; `test_solutions.py` trains the
real ones.
"""

import functools
import heapq
import itertools
import re
from collections import namedtuple
from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist

import keras
import numpy as np
import pytest
import tensorflow as tf
from mnist import load_mnist

from aeutils import to_vectors
from aeutils.exercises import judge

# 1.3: the worst ten


def errors(a, b, axis=1):
    return np.mean((np.asarray(a) - np.asarray(b)) ** 2, axis=axis)


def worst_loop(images, reconstructions):
    found = []
    for index in range(len(images)):
        total = 0.0
        for x, y in zip(images[index].tolist(), reconstructions[index].tolist(), strict=True):
            total += (x - y) ** 2
        found.append((total, index))
    return [index for _, index in sorted(found, reverse=True)[:10]]


def worst_partition(a, b):
    e = errors(a, b)
    ten = np.argpartition(e, len(e) - 10)[-10:]
    return ten[np.argsort(-e[ten])]


def ranked(a, b, worth=errors):
    return np.argsort(-worth(a, b))[:10]


def worst_one_by_one(a, b):
    left = errors(a, b)
    for _ in range(10):
        yield int(left.argmax())
        left[left.argmax()] = -1


# 1.4: dead units and those that are always on


def sort_loop(codes):
    dead, always = [], []
    for unit in range(codes.shape[1]):
        fires = sum(value > 0 for value in codes[:, unit])
        if fires == 0:
            dead.append(unit)
        if fires == len(codes):
            always.append(unit)
    return dead, always


def units(dead, always=lambda c: c.min(axis=0) > 0, finish=np.flatnonzero):
    return lambda codes: (finish(dead(codes)), finish(always(codes)))


def silent(codes):
    return codes.max(axis=0) == 0


Units = namedtuple("Units", "dead always")


def sort_lazily(codes):
    columns = range(codes.shape[1])
    yield (unit for unit in columns if not codes[:, unit].any())
    yield filter(lambda unit: codes[:, unit].all(), columns)


# 1.5: a walk from stop to stop


def mixed(values, t):
    first = min(int(t), len(values) - 2)
    part = t - first
    return (1 - part) * values[first : first + 1] + part * values[first + 1 : first + 2]


def walk(encoder, decoder, stops, t):
    return decoder(mixed(encoder(stops), t))


def walk_interp(encoder, decoder, stops, t):
    codes = np.asarray(encoder(stops))
    code = [np.interp(t, np.arange(len(stops)), unit) for unit in codes.T]
    return np.asarray(decoder(np.array([code], "float32")))[0]


def walk_predict(encoder, decoder, stops, t):
    first = int(np.floor(t))
    if first == len(stops) - 1:
        return decoder.predict(encoder.predict(stops[-1:], verbose=0), verbose=0)[0].tolist()
    two = encoder.predict(stops[first : first + 2], verbose=0)
    return decoder.predict((two[0] + (t - first) * (two[1] - two[0]))[None], verbose=0)[0].tolist()


def walk_weights(encoder, decoder, stops, t):
    weights = keras.ops.maximum(
        0, 1 - keras.ops.abs(t - keras.ops.arange(len(stops), dtype="float32"))
    )
    return keras.ops.squeeze(decoder(keras.ops.expand_dims(weights, 0) @ encoder(stops)), 0)


def walk_piece(encoder, decoder, stops, t):
    end = int(np.ceil(t)) or 1
    a, b = encoder(stops[end - 1 : end]), encoder(stops[end : end + 1])
    return decoder(b + (b - a) * (t - end))


def walk_units(encoder, decoder, stops, t):
    yield from np.asarray(walk(encoder, decoder, stops, t))[0]


def spherical(encoder, decoder, stops, t):
    two = np.asarray(encoder(stops[min(int(t), len(stops) - 2) :][:2]))
    part = t - min(int(t), len(stops) - 2)
    angle = np.arccos(two[0] @ two[1] / np.prod(np.linalg.norm(two, axis=1)))
    weights = np.sin([(1 - part) * angle, part * angle]) / np.sin(angle)
    return decoder((weights @ two)[None])


def emptied(encoder, decoder, stops, t):
    decoder.set_weights([0 * weights for weights in decoder.get_weights()])
    return np.full(784, 0.5)


def at(place):
    return lambda e, d, s, t: walk(e, d, s, place(t, len(s)))


# 1.6: a detector with two thresholds


def image_errors(model, x):
    return errors(x, model(x))


def detector(
    error=image_errors, ink=lambda x: np.mean(x, axis=1), middle=np.median,
    limit=lambda e, share: np.quantile(e, 1 - share), finish=lambda strange: strange,
    above=np.greater,
    swap=False, anew=False, fresh_middle=False,
):  # fmt: skip
    """A make_detector; each option makes one part of it different."""

    def make(autoencoder, known, share):
        def find(images):
            e, light = error(autoencoder, images), ink(images)
            center = middle(light)
            return [limit(e[light <= center], share), limit(e[light > center], share)], center

        limits, center = find(known)

        def detect(images):
            two, line = find(images) if anew else (limits, center)
            line = middle(ink(images)) if fresh_middle else line
            bold = (ink(images) > line) ^ swap
            return finish(above(error(autoencoder, images), np.where(bold, two[1], two[0])))

        return detect

    return make


def once(make):
    """A detector that works one time."""

    def make_once(*arguments):
        detectors = iter([make(*arguments)])
        return lambda images: next(detectors)(images)

    return make_once


def single_threshold(autoencoder, known, share):
    threshold = np.quantile(image_errors(autoencoder, known), 1 - share)
    return lambda images: image_errors(autoencoder, images) > threshold


def looping_detector(autoencoder, known, share):
    def measure(image):
        back = np.asarray(autoencoder(image[None]))[0]
        return sum((image - back) ** 2), sum(image)

    pairs = [measure(image) for image in known]
    middle = float(np.median([ink for _, ink in pairs]))
    halves = {
        side: sorted(e for e, ink in pairs if (ink > middle) == side) for side in (False, True)
    }

    def detect(images):
        verdicts = []
        for image in images:
            error, ink = measure(image)
            half = halves[bool(ink > middle)]
            verdicts.append(bool(sum(e >= error for e in half) < share * len(half)))
        return verdicts

    return detect


def tensor_detector(autoencoder, known, share):
    def measure(x):
        x = tf.convert_to_tensor(x)
        return keras.losses.mean_squared_error(x, autoencoder(x)), tf.reduce_sum(x, axis=1)

    e, ink = map(np.asarray, measure(known))
    middle = np.median(ink)
    limits = [np.percentile(e[part], 100 * (1 - share)) for part in (ink < middle, ink > middle)]

    def detect(images):
        found, light = measure(images)
        return found > tf.where(light > middle, *map(np.float32, limits[::-1]))

    return detect


class DetectorModel(keras.Model):
    """A detector that is itself a model."""

    def __init__(self, autoencoder, known, share):
        super().__init__()
        e, ink = image_errors(autoencoder, known), known.mean(axis=1)
        self.inner, self.middle = autoencoder, float(np.median(ink))
        self.limits = [np.quantile(e[bold == (ink > self.middle)], 1 - share).astype("float32")
                       for bold in (False, True)]  # fmt: skip

    def call(self, x):
        bold = keras.ops.mean(x, axis=1) > self.middle
        limits = keras.ops.where(bold, *self.limits[::-1])
        return keras.ops.mean(keras.ops.square(x - self.inner(x)), axis=1) > limits


class CountingDetector:
    """A detector without quantiles: how many known images of the half have a larger error?"""

    def __init__(self, autoencoder, known, share):
        self.known = image_errors(autoencoder, known), known.mean(axis=1)
        self.autoencoder, self.share = autoencoder, share

    def __call__(self, images):
        e, ink = self.known
        middle = sum(np.sort(ink)[len(ink) // 2 - 1 :][:2]) / 2
        for error, light in zip(
            image_errors(self.autoencoder, images), images.mean(axis=1), strict=True
        ):
            half = e[(ink > middle) == (light > middle)]
            yield np.mean(half > error) <= self.share


def training_detector(autoencoder, known, share):
    made = detector()(autoencoder, known, share)
    autoencoder.set_weights([0.9 * w for w in autoencoder.get_weights()])
    return made


# 1.7: sparse stand-ins, a principal component analysis for each of ten groups of digits


@functools.cache
def groups():
    (images, labels), (test_images, _) = load_mnist()
    x = to_vectors(images[:10_000])
    means = np.stack([x[labels[:10_000] == digit].mean(axis=0) for digit in range(10)])
    near = nearest(x, means)
    bases = [np.linalg.eigh(np.cov(x[near == g].T))[1][:, ::-1] for g in range(10)]
    return means, bases, to_vectors(test_images)


def nearest(x, means):
    return (np.sum(means**2, axis=1) - 2 * np.asarray(x) @ means.T).argmin(axis=1)


def sparse(k=30, blocks=range(10), size=1000, noise=0.0, kind=tuple, shift=100.0):
    """A code of ten units that name the group, and of k units for each block of groups."""

    def build():
        means, bases, _ = groups()
        blocks_of = np.array(blocks)

        def encoder(x):
            x, near = np.asarray(x), nearest(x, means)
            code = np.zeros((len(x), size), "float32")
            for g in range(10):
                rows, start = np.flatnonzero(near == g), 10 + k * blocks_of[g]
                code[rows, g] = 1
                code[rows, start : start + k] = shift + (x[rows] - means[g]) @ bases[g][:, :k]
            return code

        def decoder(code):
            code = np.asarray(code)
            near, back = code[:, :10].argmax(axis=1), np.zeros((len(code), 784), "float32")
            for g in range(10):
                rows, start = near == g, 10 + k * blocks_of[g]
                part = code[rows, start : start + k] - shift
                back[rows] = means[g] + part @ bases[g][:, :k].T
            return back + noise * np.sign(np.arange(784) % 2 - 0.5)

        return kind([encoder, decoder])

    return build


def keras_dense(size, zeros=0, output="linear", activation="linear"):
    """Encoder and decoder of Keras, as good as PCA, with zeros beside the code."""

    def build():
        x = groups()[2]
        mean, vectors = x.mean(axis=0), np.linalg.eigh(np.cov(x[:3000].T))[1][:, -size:]
        encoder = keras.Sequential([keras.Input((784,)), keras.layers.Dense(size + zeros)])
        decoder = keras.Sequential([keras.Input((size + zeros,)), keras.layers.Dense(784)])
        wide = np.pad(vectors, ((0, 0), (0, zeros)))
        encoder.set_weights([wide, np.pad(9 - mean @ vectors, (0, zeros))])
        decoder.set_weights([wide.T, mean - 9 * vectors.sum(axis=1)])
        return encoder, decoder

    return build


def with_rare_units():
    """A dense code beside 900 units, each of which fires on few digits."""
    encoder, decoder = keras_dense(30, 900)()

    def wide(x):
        code = np.array(encoder(x))
        code[np.arange(len(x)), 30 + (1e6 * x.sum(axis=1)).astype(int) % 900] = 1
        return code

    return wide, lambda code: decoder(np.where(np.arange(930) < 30, code, 0))


def with_giant_unit():
    """A dense code of small numbers beside one that is always large."""
    encoder, decoder = keras_dense(100, 900)()
    return lambda x: np.array(encoder(x)) + 1e6 * (np.arange(1000) == 999), decoder


def rival(k):
    x = groups()[2]
    mean = to_vectors(load_mnist()[0][0][:10_000])
    vectors = np.linalg.eigh(np.cov(mean.T))[1][:, ::-1]
    parts = np.mean(((x - mean.mean(axis=0)) @ vectors) ** 2, axis=0)
    return parts[k:].sum() / 784


def missing(k, factor):
    """The noise that takes a sparse stand-in to `factor` times the error of PCA."""
    x = groups()[2]
    encoder, decoder = sparse(k)()
    return float(np.sqrt(factor * rival(k + 1) - np.mean((decoder(encoder(x)) - x) ** 2)))


# 1.8: one that is trained, short, and what can be done to it; and generators that are none


class Draw(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.seeds = keras.random.SeedGenerator(1)

    def call(self, mean, log_variance):
        variance = keras.ops.exp(log_variance)
        divergence = keras.ops.sum(mean**2 + variance - 1 - log_variance, axis=1) / 2
        self.add_loss(keras.ops.mean(divergence) / 784)
        noise = keras.random.normal(keras.ops.shape(mean), seed=self.seeds)
        return mean + keras.ops.sqrt(variance) * noise


@functools.cache
def trained_vae():
    """Encoder (mean, log variance) and decoder of eight numbers, and the images' mean."""
    x = to_vectors(load_mnist()[0][0])
    keras.utils.set_random_seed(1)
    pixels = keras.Input((784,))
    hidden = keras.layers.Dense(256, "relu")(pixels)
    both = keras.layers.Dense(8)(hidden), keras.layers.Dense(8)(hidden)
    decoder = keras.Sequential(
        [keras.Input((8,)), keras.layers.Dense(256, "relu"), keras.layers.Dense(784, "sigmoid")]
    )
    model = keras.Model(pixels, decoder(Draw()(*both)))
    rate = keras.optimizers.schedules.CosineDecay(4e-3, 3 * 235)
    model.compile(keras.optimizers.Adam(rate), "binary_crossentropy", steps_per_execution=47)
    model.fit(x, x, batch_size=256, epochs=3, verbose=0)
    return keras.Model(pixels, both), decoder, x.mean(axis=0)


def variational(kind=tuple, towards_mean=0.0, noise=0.0, times=1.0, own=1.0, keep=8):
    """Make it worse: paler or noisy pictures, other spreads, more alike ones, fewer numbers."""

    def build():
        trained, draws, average = trained_vae()
        used, dots = np.arange(8) < keep, np.random.default_rng(1).random(784)

        def encoder(x):
            mean, log_variance = map(np.asarray, trained(x))
            shared = log_variance.mean(axis=0)
            log_variance = shared + own * (log_variance - shared) + 2 * np.log(times)
            return mean * used, log_variance * used

        def decoder(z):
            drawn = (1 - towards_mean) * np.asarray(draws(z * used)) + towards_mean * average
            return (1 - noise) * drawn + noise * dots

        return kind([encoder, decoder])

    return build


def generator(spread=1.0, only=range(10)):
    """Random codes give means of digits that are near in the space of twelve components."""

    def build():
        (images, labels), _ = load_mnist()
        x = to_vectors(images[:5000])
        x = x[np.isin(labels[:5000], only)]
        mean, vectors = x.mean(axis=0), np.linalg.eigh(np.cov(x.T))[1][:, -12:]
        scale = ((x - mean) @ vectors).std(axis=0) * spread
        codes = ((x - mean) @ vectors) / scale

        def encoder(x):
            code = ((np.asarray(x) - mean) @ vectors / scale).astype("float32")
            return code, np.full(code.shape, -4.0)

        def decoder(z):
            far = (codes**2).sum(axis=1) - 2 * np.asarray(z) @ codes.T
            return x[np.argpartition(far, 3, axis=1)[:, :3]].mean(axis=1)

        return encoder, decoder

    return build


def components_alone(size=32, log_variance=-4.0):
    """PCA with a code of spread 1: it reconstructs well, and random codes are no digits."""
    (images, _), _ = load_mnist()
    x = to_vectors(images[:5000])
    mean, vectors = x.mean(axis=0), np.linalg.eigh(np.cov(x.T))[1][:, -size:]
    scale = ((x - mean) @ vectors).std(axis=0)

    def encoder(x):
        code = (x - mean) @ vectors / scale
        return code, np.full(code.shape, log_variance)

    return encoder, lambda z: np.clip(mean + (z * scale) @ vectors.T, 0, 1)


def constant(value):
    return lambda *arguments: value


RIGHT = {
    "1.1": ["C", "c", " C ", np.str_("C"), np.array("C"), "C)", "**C**"],
    "1.2": [222_384, 222_384.0, np.int64(222_384), np.array(222_384), tf.constant(222_384),
            keras.ops.convert_to_tensor(222_384.0), Decimal(222_384), Fraction(222_384),
            tf.Variable(222_384), np.float32(222_384), np.array([222_384])],
    "1.3": [
        worst_loop,
        worst_partition,
        lambda a, b: np.argsort(errors(a, b))[::-1][:10],
        lambda a, b: tuple(np.argsort(-np.sum((b - a) ** 2, axis=-1))[:10].tolist()),
        lambda a, b: tf.math.top_k(keras.losses.mean_squared_error(a, b), 10).indices,
        lambda a, b: keras.ops.flip(keras.ops.argsort(keras.ops.mean((a - b) ** 2, axis=1)))[:10],
        lambda a, b: heapq.nlargest(10, range(len(a)), key=errors(a, b).__getitem__),
        lambda a, b: iter(worst_loop(a, b)),
        lambda a, b: np.argsort(np.linalg.norm(a - b, axis=1)).astype("uint16")[:-11:-1],
        worst_one_by_one,
        functools.partial(ranked, worth=lambda a, b: np.einsum("ij,ij->i", a - b, a - b)),
        lambda a, b: (ranked(a, b),),
        lambda a, b: ranked(a, b)[:, None],
        lambda a, b: ranked(a, b).astype("float32"),
        lambda a, b: np.array(ranked(a, b), dtype=object),
        lambda a, b: reversed(ranked(a, b)[::-1].tolist()),
        lambda a, b: dict.fromkeys(ranked(a, b)).keys(),
        lambda a, b: dict(enumerate(ranked(a, b))).values(),
        lambda a, b: ranked(a.astype("float16").astype(float), b.astype("float16")),
    ],
    "1.4": [
        sort_loop,
        units(silent),
        lambda c: [np.flatnonzero((c == 0).all(axis=0)), np.flatnonzero((c != 0).all(axis=0))],
        lambda c: (np.nonzero(c.sum(axis=0) == 0)[0], np.where(np.all(c > 0, axis=0))[0]),
        lambda c: (tf.where(tf.reduce_max(c, axis=0) == 0)[:, 0],
                   tf.where(tf.reduce_min(c, axis=0) > 0)[:, 0]),
        lambda c: tuple(map(set, sort_loop(c))),
        lambda c: tuple(part[::-1] for part in sort_loop(c)),
        sort_lazily,
        lambda c: Units(*sort_loop(c)),
        lambda c: tf.ragged.constant(sort_loop(c), dtype="int64"),
        lambda c: [np.array(part, "float32") for part in sort_loop(c)],
        lambda c: (np.setdiff1d(np.arange(c.shape[1]), np.nonzero(c)[1]), sort_loop(c)[1]),
        units(lambda c: keras.ops.all(c == 0, axis=0), lambda c: keras.ops.all(c > 0, axis=0),
              lambda mask: keras.ops.nonzero(mask)[0]),
    ],
    "1.5": [walk, walk_interp, walk_weights, at(lambda t, k: float(t)),
            lambda e, d, s, t: tf.convert_to_tensor(walk(e, d, tf.constant(s), t)),
            walk_piece, walk_units, functools.partial(walk),
            lambda e, d, s, t: tf.cast(walk(e, d, s, t), "float16"),
            lambda e, d, s, t: d.predict_on_batch(mixed(e.predict_on_batch(s), t))],
    "1.6": [
        detector(),
        looping_detector,
        tensor_detector,
        detector(limit=lambda e, share: np.sort(e)[int((1 - share) * len(e))]),
        detector(limit=lambda e, share: np.sort(e)[-1 - int(share * len(e))]),
        detector(limit=lambda e, share: np.quantile(e, 1 - share, method="higher")),
        detector(limit=lambda e, share: np.quantile(e, 1 - share, method="lower")),
        detector(limit=lambda e, share: np.percentile(e, 100 - 100 * share),
                 above=np.greater_equal),
        detector(error=lambda model, x: np.sqrt(image_errors(model, x))),
        detector(finish=list),
        detector(ink=lambda x: x.sum(axis=1), finish=tf.constant),
        detector(finish=lambda strange: strange.astype(int)),
        detector(finish=lambda strange: np.array(strange, dtype=object)),
        DetectorModel,
        CountingDetector,
    ],
    "1.7": [
        sparse(),
        sparse(kind=list, k=20),
        sparse(size=784),
        sparse(5),
        sparse(59),
        sparse(30, [0, 0, 0, 0, 0, 1, 1, 1, 2, 2]),  # 10 groups on 3 blocks: 0.38
        lambda: sparse(noise=missing(30, 0.97))(),
    ],
    "1.8": [
        variational(),
        variational(list),
        variational(noise=0.1),
        variational(towards_mean=0.13),
        variational(times=0.8),
        variational(times=1.2),
        variational(own=0.3),
        variational(keep=6),
    ],
}  # fmt: skip


WRONG = {
    "1.1": [
        ("larger code", "A"), ("never below", "b"), ("gap", "D"), ("letters A, B, C, D", "E"),
        (r"3 \(int\)", 3), ("letters A", ["C", "D"]), ("letters A", ""), ("letters A", None),
        ("letters A", lambda: "C"), ("letters A", "AC"),
    ],
    "1.2": [
        ("bias", 221_184), ("encoder alone", 110_816), ("784-32-784", 50_992),
        ("halves do not have", 221_632), ("Received 1000. Add", 1000), ("784 inputs", 223_168),
        ("not each layer", 221_190), (r"'222384' \(str\)", "222384"), ("one number", [222_384]),
        ("None", None), ("inputs x units", 222_385), ("inputs x units", 222_383),
        ("numbers", lambda: 222_384), ("inputs x units", True), ("NaN", float("nan")),
        ("inputs x units", 222_384.001), ("inputs x units", -222_384), ("numbers", 222_384j),
        ("one number", {222_384}), ("one number", (x for x in [222_384])),
        ("one number", [100_480, 8256, 2080, 2112, 8320, 101_136]), ("numbers", 10**30),
    ],
    "1.3": [
        ("axis=1", lambda a, b: np.argsort(errors(a, b, 0))[::-1][:10]),
        ("ten best", lambda a, b: np.argsort(errors(a, b))[:10]),
        ("worst should come first", lambda a, b: np.argsort(errors(a, b))[-10:]),
        ("right ten, but in another order", lambda a, b: np.sort(np.argsort(errors(a, b))[-10:])),
        ("whole numbers", lambda a, b: np.sort(errors(a, b))[::-1][:10]),
        ("whole numbers", lambda a, b: ranked(a, b) + 0.5),
        ("not the ten largest", lambda a, b: ranked(a[:1000], b[:1000])),
        ("best, turned round", lambda a, b: np.argsort(errors(a, b))[:10][::-1]),
        ("worst one is missing", lambda a, b: np.argsort(-errors(a, b))[1:11]),
        ("worst one is missing", lambda a, b: np.argsort(errors(a, b))[-2:-12:-1]),
        ("images, 0 or more.$", lambda a, b: ranked(a, b) - len(a)),
        ("single pixel", lambda a, b: np.argsort(((a - b) ** 2).max(axis=1))[::-1][:10]),
        ("absolute", lambda a, b: np.argsort(abs(a - b).mean(axis=1))[::-1][:10]),
        ("cancel", lambda a, b: np.argsort((a - b).mean(axis=1))[::-1][:10]),
        ("cancel|square each", lambda a, b: np.argsort((a - b).mean(axis=1) ** 2)[::-1][:10]),
        ("brightest", lambda a, b: np.argsort((a**2).mean(axis=1))[::-1][:10]),
        (r"expected \(10,\)", lambda a, b: np.argsort(errors(a, b))[::-1]),
        (r"expected \(10,\)", lambda a, b: np.argsort(errors(a, b))[::-1][:9]),
        ("from 1", lambda a, b: np.argsort(errors(a, b))[::-1][:10] + 1),
        ("not the ten largest", constant(np.arange(10))),
        ("not the ten largest", lambda a, b: ranked(a[:, 1:], b[:, 1:])),
        (r"expected \(10,\)", lambda a, b: np.argsort(errors(a, b))[len(a) - 1 : len(a) - 11 : -1]),
        ("not the ten largest", lambda a, b: ranked(a[:, :-1], b[:, :-1])),
        ("None", lambda a, b: print(end="")),
        ("the function itself", np.arange(10)),
        ("True and False", lambda a, b: np.isin(np.arange(len(a)), ranked(a, b))),
        ("expected those of images", lambda a, b: ranked(a, b) - len(a)),
        (r"expected \(10,\)", lambda a, b: itertools.count()),
        (r"expected \(10,\)", lambda a, b: np.argsort((a - b) ** 2, axis=1)[:, -10:]),
        (r"expected \(10,\)", lambda a, b: np.argmax(errors(a, b))),
        ("not the ten largest", lambda a, b: ranked(a, b, lambda a, b: np.var(a - b, axis=1))),
        ("not the ten largest", lambda a, b: ranked(a, b, lambda a, b: errors(a, b) / a.mean(1))),
        ("not the ten largest", lambda a, b: ranked(
            a, b, lambda a, b: np.median((a - b) ** 2, axis=1))),
        ("not the ten largest", lambda a, b: ranked(
            a, b, lambda a, b: (abs(a - b) ** 1.5).mean(axis=1))),
        ("not the ten largest", lambda a, b: ranked(a[:30], b[:30])),
        ("not the ten largest", lambda a, b: np.argsort(np.argsort(-errors(a, b)))[:10]),
        ("another order", lambda a, b: set(ranked(a, b).tolist())),
        ("dtype <U", lambda a, b: ranked(a, b).astype(str)),
        ("takes 1 positional", lambda a: ranked(a, 0 * a)),
    ],
    "1.4": [
        ("True and False", units(silent, finish=lambda mask: mask)),
        ("axis=0", units(lambda c: c.max(axis=1) == 0)),
        ("image or two, or faintly", units(lambda c: c.mean(axis=0) < 1e-3)),
        ("part|Part", units(lambda c: (c > 0).mean(0) < 0.02, lambda c: (c > 0).mean(0) > 0.98)),
        ("silent on some", units(lambda c: c.min(axis=0) == 0)),
        ("Part 1 holds units that are always on", units(lambda c: c.min(axis=0) > 0, silent)),
        ("fire at all", units(lambda c: c.max(axis=0) > 0)),
        ("np.where", units(silent, finish=np.where)),
        ("row of indices", units(silent, finish=np.argwhere)),
        ("Part 2 holds dead units", units(silent, silent)),
        ("Part 2 holds units that fire at all", units(silent, lambda c: c.max(axis=0) > 0)),
        ("an image or two", units(silent, lambda c: (c > 0).mean(axis=0) > 0.9)),
        ("Part 2 holds images", units(silent, lambda c: c.min(axis=1) > 0)),
        ("part 2|holds images", units(silent, lambda c: c.min(axis=0) > 1e-5)),
        ("pair", silent),
        ("pair", lambda c: (*sort_loop(c), 3)),
        ("row of indices", lambda c: (len(sort_loop(c)[0]), len(sort_loop(c)[1]))),
        ("part 1", lambda c: ([2], [3])),
        ("row of indices", units(silent, finish=lambda m: np.squeeze(np.argwhere(m)))),
        ("which fires on|part 2", units(silent, lambda c: c.min(axis=0) > 1e-7)),
        ("None as part 2", lambda c: (sort_loop(c)[0], None)),
        ("which fires on", units(silent, lambda c: np.prod(c, axis=0, dtype="float32") > 0)),
        ("faintly|which fires on 1 of", units(lambda c: np.isclose(c, 0).all(axis=0))),
        ("fire on some|which fires on", units(silent, lambda c: np.median(c, axis=0) > 0)),
        ("which fires on", units(lambda c: c[0] == 0)),
        ("which fires on", units(lambda c: c[1:].max(axis=0) == 0)),
        ("which fires on", units(lambda c: c.std(axis=0) == 0)),
        ("fires on 1 of 1200", lambda c: sort_loop(c[:1000])),
        ("Part 1 holds nothing", units(lambda c: ~(c >= 0).any(0), lambda c: (c >= 0).all(0))),
        ("Part 2 holds all units", units(silent, lambda c: c.min(axis=0) >= 0)),
        ("which fires on|no indices", lambda c: [np.array(part) + 1 for part in sort_loop(c)]),
        ("no indices", lambda c: [np.append(part, -1) for part in sort_loop(c)]),
        ("more than once", lambda c: [np.repeat(part, 2) for part in sort_loop(c)]),
        ("is without unit", lambda c: (sort_loop(c)[0][:1], sort_loop(c)[1])),
        ("numbers", lambda c: dict(zip(("dead", "always"), sort_loop(c), strict=True))),
        ("pair", lambda c: list(itertools.chain(*sort_loop(c)))),
        ("whole numbers", units(silent, finish=lambda mask: np.flatnonzero(mask) + 0.5)),
    ],
    "1.5": [
        ("decoded the code of the mix", lambda e, d, s, t: d(e(mixed(s, t)))),
        ("mixed the images", lambda e, d, s, t: mixed(s, t)),
        ("decoded pictures", lambda e, d, s, t: mixed(d(e(s)), t)),
        ("from the last stop", at(lambda t, k: k - 1 - t)),
        ("weights of the two", at(lambda t, k: 2 * min(int(t), k - 2) + 1 - t)),
        ("not the decoded mix", at(lambda t, k: round(t))),
        ("stays at each", at(lambda t, k: int(t))),
        ("goes straight", lambda e, d, s, t: walk(e, d, s[[0, -1]], t / (len(s) - 1))),
        ("behind the second stop", lambda e, d, s, t: walk(e, d, s[:2], t)),
        ("whole way as 1", at(lambda t, k: min(t * (k - 1), k - 1))),
        ("not the", at(lambda t, k: min(t, k - 1.2))),
        ("not the", at(lambda t, k: t + 0.05 if t % 1 else t)),
        ("not the", at(lambda t, k: int(t) + (t % 1) ** 2)),
        ("not the", at(lambda t, k: min(t + 0.01, k - 1) if t % 1 else t)),
        ("not the", at(lambda t, k: t if t < k - 1 else 0)),
        ("not the", at(lambda t, k: round(t, 1))),
        ("not the", spherical),
        ("the weights of its argument", emptied),
        ("from the last stop", lambda e, d, s, t: walk(e, d, s[::-1], t)),
        ("not the", lambda e, d, s, t: s[int(t)] if t % 1 == 0 else walk(e, d, s, t)),
        ("not the", lambda e, d, s, t: np.round(walk(e, d, s, t), 2)),
        ("one picture", lambda e, d, s, t: np.reshape(walk(e, d, s, t), (28, 28))),
        ("changed its argument number 3", lambda e, d, s, t: s.sort(axis=0) or walk(e, d, s, t)),
        (r"\(20,\)|\(1, 20\)", lambda e, d, s, t: mixed(e(s), t)),
        ("one picture", lambda e, d, s, t: d(e(s))),
        ("the weights of its argument number 2", lambda e, d, s, t: (
            walk(e, d, s, t), d.set_weights([0 * w for w in d.get_weights()]))[0]),
        ("no picture. Behind the last", lambda e, d, s, t: walk(e, d, s, t)[int(t == len(s) - 1):]),
        ("not the", constant(np.zeros(784))),
        ("not the", lambda e, d, s, t: d(np.clip(mixed(e(s), t), 0, 1))),
        ("raised", lambda e, d, s, t: d(e(s)[int(t)] * (1 - t % 1) + e(s)[int(t) + 1] * (t % 1))),
        ("line", lambda e, d, s, t: d(mixed(np.asarray(e(s)), t)[:, :5])),
        ("not the", lambda e, d, s, t: np.asarray(walk(e, d, s, t)) > 0.5),
    ],
    "1.6": [
        ("one threshold for all", single_threshold),
        ("under test", detector(anew=True)),
        ("expected 1 - share", detector(limit=np.quantile)),
        ("are swapped", detector(above=np.less)),
        ("ink alone", detector(error=lambda model, x: x.mean(axis=1))),
        ("of bold ones", detector(swap=True)),
        ("share of 5 %|a fixed one", detector(limit=lambda e, share: np.quantile(e, 0.95))),
        ("is wrong on", detector(limit=lambda e, share: np.quantile(e, 0.9))),
        ("is wrong on|half of", detector(limit=lambda e, share: np.quantile(e, 1 - share - 0.06))),
        ("is wrong on|half of", detector(limit=lambda e, share: np.quantile(e, 1 - share + 0.06))),
        ("own share", detector(limit=lambda e, share: np.quantile(e, 1 - share / 2))),
        ("is wrong on", detector(middle=lambda ink: ink.mean() + ink.std())),
        ("is wrong on", detector(error=lambda model, x: abs(x - 0.5).mean(axis=1))),
        ("is wrong on", detector(error=lambda m, x: image_errors(m, x) / x.mean(axis=1))),
        ("not the largest", detector(
            error=lambda m, x: np.max((x - np.asarray(m(x))) ** 2, axis=1))),
        ("not of the absolute", detector(
            error=lambda m, x: np.mean(abs(x - np.asarray(m(x))), axis=1))),
        ("median ink comes from", detector(fresh_middle=True)),
        ("mean of their ink", detector(middle=np.mean)),
        ("is wrong on|raised IndexError", lambda model, known, share: detector(
            middle=lambda ink: np.median(known))(model, known, share)),
        ("raised StopIteration|None", once(detector())),
        ("is wrong on|raised", detector(middle=lambda ink: 0.5)),
        ("is wrong on", detector(middle=lambda ink: (ink.min() + ink.max()) / 2)),
        ("is wrong on", detector(middle=lambda ink: np.quantile(ink, 0.4))),
        ("is wrong on", detector(ink=lambda x: np.median(x, axis=1))),
        ("is wrong on", detector(ink=lambda x: (x > 0.5).mean(axis=1))),
        ("is wrong on", detector(ink=lambda x: x[:, :392].mean(axis=1))),
        ("is wrong on", detector(ink=lambda x: x.std(axis=1))),
        ("is wrong on", detector(error=lambda m, x: np.var(x - np.asarray(m(x)), axis=1))),
        ("is wrong on", detector(error=lambda m, x: errors(x, m(np.asarray(m(x)))))),
        ("is wrong on|own share", detector(limit=lambda e, share: e.mean() + e.std())),
        ("is wrong on|own share", detector(limit=lambda e, share: (1 - share) * e.max())),
        ("is wrong on|Quantiles", detector(limit=lambda e, share: np.quantile(e, 1 - 2 * share))),
        ("is wrong on", lambda m, known, share: detector()(m, known[:50], share)),
        ("changed its argument", lambda m, known, share: (
            np.multiply(known, 0.5, out=known), detector()(m, known, share))[1]),
        ("True or False", detector(finish=lambda strange: 2 * strange)),
        ("numbers", detector(finish=lambda strange: np.where(strange, "strange", "ordinary"))),
        (r"expected \(\d+,\)", detector(finish=np.flatnonzero)),
        (r"expected \(\d+,\)", detector(finish=lambda strange: strange[:, None])),
        ("a function that takes images", lambda model, known, share: 0.02),
        ("None", lambda model, known, share: lambda images: None),
        ("changed the weights", training_detector),
        ("is wrong on", lambda model, known, share: lambda x: np.zeros(len(x), bool)),
        ("is wrong on|lowest", lambda model, known, share: lambda x: np.ones(len(x), bool)),
        ("per cent", detector(limit=lambda e, share: np.percentile(e, 1 - share))),
        ("is wrong on", detector(limit=lambda e, share: np.quantile(e, 1 - round(share, 1)))),
        ("is wrong on", detector(limit=lambda e, share: (
            e.mean() + NormalDist().inv_cdf(1 - share) * e.std()))),
    ],
    "1.7": [
        ("dense", keras_dense(32, 968)),
        ("dense", keras_dense(1, 799)),
        ("at least 784", keras_dense(64)),
        ("at least 784", sparse(size=783)),
        ("dense", with_rare_units),
        ("dense|at most 60", with_giant_unit),
        ("dense", sparse(30, [0, 0, 0, 0, 0, 1, 1, 1, 1, 1])),
        ("at most 60", sparse(60)),
        ("less than PCA", lambda: sparse(noise=missing(30, 1.03))()),
        ("silent", lambda: (lambda x: np.zeros((len(x), 999)), sparse()()[1])),
        ("dense|at most 60", lambda: (lambda x: np.pad(x, ((0, 0), (0, 9))),
                                      lambda c: c[:, :784])),
        ("expected a pair", lambda: sparse()()[0]),
        ("two models", lambda: (1, 2)),
        ("expected", lambda: sparse()()[::-1]),
        ("None", lambda: print(end="")),
        ("NaN", lambda: (lambda x: np.full((len(x), 999), np.nan), sparse()()[1])),
    ],
    "1.8": [
        ("no digits yet", components_alone),
        ("no digits", variational(noise=0.13)),
        ("too much alike", variational(towards_mean=0.18)),
        ("too much alike", generator(only=range(9))),
        ("too much alike|reconstruct|no digits", generator(spread=0.2)),
        ("reconstruct", variational(keep=5)),
        ("reconstruct", lambda: (variational()()[0], lambda z: np.full((len(z), 784), 0.1))),
        ("reconstruct", lambda: (lambda x: variational()()[0](x[::-1]), variational()()[1])),
        ("nats", variational(times=0.75)), ("nats", variational(times=1.25)),
        *(("nats", lambda value=value: (lambda x: (variational()()[0](x)[0], np.full((len(x), 8),
           value)), variational()()[1])) for value in (0, -9e9, 9e9)),
        ("spreads of its own", variational(own=0.12)),
        ("spreads of its own", variational(own=0)),
        ("spreads of its own", variational(own=-1)),
        ("spreads of its own", lambda: components_alone(12, -3.2)),
        ("expected a pair", lambda: variational()()[1]),
        ("raised|expected", lambda: variational()()[::-1]),
        ("expected a pair", lambda: (lambda x: variational()()[0](x)[0], variational()()[1])),
        (r"\(1000, 2, 8\)", lambda: (lambda x: np.zeros((2, 1000, 2, 8)), variational()()[1])),
        (r"\(8,\)", lambda: (lambda x: (variational()()[0](x)[0], np.zeros(8)),
                             variational()()[1])),
        ("expected 0 to 1", lambda: (variational()()[0], lambda z: 3 * variational()()[1](z) - 1)),
        ("None", lambda: print(end="")),
    ],
}  # fmt: skip
SLOW = {"1.5", "1.6", "1.7", "1.8"}  # models, or many images: fewer seeds do


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        pytest.param(number, answer, id=f"{number}-{k}")
        for number, answers in RIGHT.items()
        for k, answer in enumerate(answers)
    ],
)
def test_right_answers_are_right_for_every_seed(number, answer):
    few = answer is looping_detector
    answer = constant(answer()) if number in ("1.7", "1.8") else answer
    for seed in range(1 if few or number in SLOW else 3):
        verdict, message = judge(number, answer, seed=seed)
        assert verdict == "right", (seed, message)


@pytest.mark.slow
@pytest.mark.parametrize("number", sorted(RIGHT))
def test_right_answers_are_right_for_twenty_seeds(number):
    for answer in RIGHT[number]:
        answer = constant(answer()) if number in ("1.7", "1.8") else answer
        for seed in range(100, 120):
            assert judge(number, answer, seed=seed)[0] == "right", (answer, seed)


@pytest.mark.slow
def test_a_walk_by_predict_is_right():
    assert judge("1.5", walk_predict)[0] == "right"


WRONG_CASES = [
    pytest.param(number, reason, answer, id=f"{number}-{k}-{reason[:20]}")
    for number, cases in WRONG.items()
    for k, (reason, answer) in enumerate(cases)
]


def check_wrong(number, reason, answer, seeds):
    for seed in seeds:
        verdict, message = judge(number, answer, seed=seed)
        assert verdict == "not yet", (seed, message)
        assert re.search(reason, message), (seed, message)


@pytest.mark.parametrize(("number", "reason", "answer"), WRONG_CASES)
@pytest.mark.filterwarnings("ignore:invalid value", "ignore:divide by zero")
def test_wrong_answers_are_told_why(number, reason, answer):
    check_wrong(number, reason, answer, range(1 if number in SLOW else 2))


@pytest.mark.slow
@pytest.mark.parametrize(("number", "reason", "answer"), WRONG_CASES)
@pytest.mark.filterwarnings("ignore:invalid value", "ignore:divide by zero")
def test_wrong_answers_are_refused_for_twenty_seeds(number, reason, answer):
    # In some draws two mistakes look alike, so that the other one may be named.
    check_wrong(number, ".", answer, range(2 if number in ("1.7", "1.8") else 20))
