"""Answers that are models or that draw: right ones of many kinds, wrong ones with what is said.

Models that are only judged are stand-ins, made without training. An entry is a part of what the
check says, and the answer.
"""

import functools
import re

import keras
import numpy as np
import pytest

from aeutils import load_mnist, to_vectors
from aeutils.exercises import judge
from aeutils.exercises.files import load


# 2.2: layers that are frozen.
def compiled(network, loss="categorical_crossentropy", rate=1e-3):
    network.compile(keras.optimizers.Adam(rate), loss)
    return network


def last(number, layers, free):
    return number >= layers - free


def freezing(learns=last, finish=compiled):
    """A freeze that sets trainable by a rule, `learns(number of the layer, layers, free)`."""

    def freeze(network, free):
        for number, layer in enumerate(network.layers):
            wanted = learns(number, len(network.layers), free)
            layer.trainable = layer.trainable if wanted is None else wanted
        return finish(network)

    return freeze


def freeze_weights(network, free, count=2):
    for number, layer in enumerate(network.layers):
        for weight in layer.weights[:count]:
            weight.trainable = last(number, len(network.layers), free)
    return compiled(network)


def bent(network):
    network.layers[0].activation = keras.activations.relu
    return compiled(network)


# 3.5: images with holes.
def holes(place=lambda rng, n, k: rng.integers(k, size=(n, 2)), fill=0, dtype="float32", off=0):
    """A cover of which one part may be wrong; `place(rng, n, k)` draws corners below k."""

    def cover(x, size, rng):
        damaged = x.copy()
        for image, (top, left) in zip(damaged, place(rng, len(x), 29 - size), strict=True):
            image[top : top + size + off, left : left + size + off] = fill
        return damaged.astype(dtype), x

    return cover


def cover_mask(x, size, rng):
    top, left = rng.integers(0, 28 - size, (2, len(x), 1, 1, 1), endpoint=True)
    rows, columns = np.arange(28)[:, None, None], np.arange(28)[None, :, None]
    hole = (rows >= top) & (rows < top + size) & (columns >= left) & (columns < left + size)
    return [np.where(hole, 0, x).astype("float32"), keras.ops.convert_to_tensor(x)]


def cover_around(x, size, rng):
    """Squares that go on at the other side."""
    hole = np.arange(28) < size
    holes = [np.outer(*(np.roll(hole, rng.integers(28)) for _ in "ab")) for _ in x]
    return np.where(np.array(holes)[..., None], 0, x).astype("float32"), x


def two(make):
    """Corners of which row and column come from one function (rng, n, k)."""
    return holes(lambda rng, n, k: np.stack(make(rng, n, k), axis=1))


# 2.5: a further layer of a stack.
def layers_of(codes, units, divide=1.0, multiply=1.0, shrink=1.0, relu="relu"):
    """A trained pair without training: the principal components of the codes, both signs."""
    half = min(units // 2, 5)
    mean = codes.mean(axis=0)
    vectors = np.linalg.eigh(np.cov(codes.T))[1][:, -half:]
    both = np.hstack([vectors, -vectors, np.zeros((len(mean), units - 2 * half))])
    spread = np.maximum((codes - mean) @ both, 0).std()
    encoder, decoder = keras.layers.Dense(units, relu), keras.layers.Dense(len(mean))
    encoder.build((None, len(mean)))
    decoder.build((None, units))
    encoder.set_weights([both / spread / divide, -mean @ both / spread / divide])
    decoder.set_weights([shrink * both.T * spread * multiply, mean])
    return encoder, decoder


def added(finish=tuple, **options):
    return lambda codes, units: finish(layers_of(codes, units, **options))


# 1.6: a generator.
@functools.cache
def components(size=12, n=10_000):
    images, labels = load_mnist()[0]
    x = to_vectors(images[:n])
    mean, vectors = x.mean(axis=0), np.linalg.eigh(np.cov(x.T))[1][:, -size:]
    scale = ((x - mean) @ vectors).std(axis=0)
    return x, labels[:n], mean, vectors / scale


def train_vae():
    """The solution, on a third of the images."""
    train = load("1.6").known["train_vae"]
    train.__globals__["x_train"] = to_vectors(load_mnist()[0][0][:20_000])
    return train()


def variational(
    spread=1, only=range(10), log_variance=lambda m: 0.3 * m - 3, noise=0, finish=tuple
):
    """A generator that is not trained: a code gives the mean of the digits nearest to it."""

    def train():
        x, labels, mean, vectors = components()
        x = x[np.isin(labels, only)]
        places = (x - mean) @ vectors * spread

        def encoder(x):
            code = ((np.asarray(x) - mean) @ vectors * spread).astype("float32")
            drawn = np.random.default_rng(1).normal(size=code.shape)
            return finish([code + noise * drawn, log_variance(code)])

        def decoder(code):
            far = (places**2).sum(axis=1) - 2 * np.asarray(code) @ places.T
            return x[np.argpartition(far, 3, axis=1)[:, :3]].mean(axis=1)

        return encoder, decoder

    return train


def changed(change, **options):
    """The generator with another decoder, change(decoder)."""

    def train():
        encoder, decoder = variational(**options)()
        return encoder, change(decoder)

    return train


RIGHT = {
    "1.6": [train_vae, variational(finish=list), changed(lambda d: lambda code: d(code).tolist())],
    "2.2": [
        freezing(), freeze_weights,
        freezing(finish=lambda n: compiled(n, keras.losses.CategoricalCrossentropy())),
    ],
    "2.5": [
        load("2.5").known["add_layer"],
        added(lambda pair: [lambda x, part=part: part(x).numpy() for part in pair]),
        added(divide=1 / 0.88, multiply=1 / 0.88), added(divide=1 / 1.14, multiply=1 / 1.14),
    ],
    "3.5": [
        holes(), cover_mask, two(lambda rng, n, k: np.divmod(rng.integers(k * k, size=n), k)),
    ],
}  # fmt: skip
WRONG = {
    "1.6": [
        ("outputs are swapped", variational(finish=lambda both: both[::-1])),
        ("not the variance", variational(log_variance=np.exp)),
        ("sampled code", variational(noise=0.2)),
        ("same for every image", variational(log_variance=lambda m: 0 * m - 3)),
        ("hardly spread", variational(log_variance=lambda m: m - 12)),
        ("sampled around the means", variational(log_variance=lambda m: 0.01 * m)),
        ("mean square near 1", variational(spread=3)),
        ("mean square near 1", variational(spread=0.3)),
        ("an MSE of at most 0.045", variational(only=[1])),
        (r"1\d% of the .* at least 25 %", changed(
            lambda d: lambda code: d(code) * (0.5 if np.std(code) > 0.9 else 1), spread=0.8)),
        (r"rarest digit is 0.* 0.5 %", changed(
            lambda d: lambda code: d(abs(code) if np.std(code) > 0.9 else code), spread=0.8)),
        ("expected 0 to 1", changed(lambda d: lambda code: 3 * d(code) - 1)),
        ("expected .1000, numbers", variational(log_variance=lambda m: m[:, 0])),
    ],
    "2.2": [
        ("nothing learns", freezing(lambda i, n, free: False)),
        ("only the last layers learn", freezing(lambda i, n, free: i < free)),
        ("only the last layers learn", freezing(lambda i, n, free: i >= n - free - 1)),
        ("freed by its own", freezing(lambda i, n, free: None if i >= n - free else False)),
        ("learn", functools.partial(freeze_weights, count=1)),
        ("compile after setting it|Compile with", freezing(finish=lambda network: network)),
        ("no copy", freezing(finish=lambda network: (network, 650))),
        *(("Compile with", freezing(finish=functools.partial(compiled, loss=loss))) for loss in (
            "sparse_categorical_crossentropy", "kl_divergence",
            keras.losses.CategoricalCrossentropy(from_logits=True))),
        ("rate of 0 moves nothing", freezing(finish=functools.partial(compiled, rate=0.0))),
        ("no longer answers", freezing(finish=bent)),
        ("layers that it had", freezing(finish=lambda n: (n.pop(), compiled(n))[1])),
    ],
    "2.5": [
        ("give it a ReLU", added(relu="linear")),
        ("should be 1", added(divide=1 / 0.72, multiply=1 / 0.72)),
        ("should be 1", added(divide=1 / 1.4, multiply=1 / 1.4)),
        ("another size", added(multiply=1 / 6)),
        ("over 70|another size", added(shrink=0.4)),
        ("no upper limit", added(lambda pair: (pair[0], lambda x: np.clip(pair[1](x), 0, 1)))),
        ("the new code", lambda codes, units: layers_of(codes, 2 * units)),
    ],
    "3.5": [
        ("must stay whole", lambda *given: (holes()(*given)[0],) * 2),
        ("the square is black", holes(fill=1)),
        ("come first", lambda *given: holes()(*given)[::-1]),
        ("expected float32", holes(dtype="float64")),
        ("same row", two(lambda rng, n, k: [np.full(n, rng.integers(k)), rng.integers(k, size=n)])),
        ("same column", two(lambda rng, n, k: [rng.integers(k, size=n), np.full(n, k // 2)])),
        ("wholly inside", holes(lambda rng, n, k: rng.integers(28, size=(n, 2)))),
        ("wholly inside", cover_around),
        ("With size=28: Your code", holes(lambda rng, n, k: rng.integers(k - 1, size=(n, 2)))),
        ("equally likely", holes(lambda rng, n, k: rng.integers(28, size=(n, 2)) % k)),
        (r"first column of a square goes from 0 to \d, expected 0 to \d\. rng.integers", two(
            lambda rng, n, k: [rng.integers(k, size=n), rng.integers(max(k - 1, 1), size=n)])),
        (r"row of a square goes from 1 to \d, expected 0 to \d\.$", holes(
            lambda rng, n, k: rng.integers(min(1, k - 1), k, size=(n, 2)))),
        ("full square", holes(off=-1)),
        ("full square", lambda x, size, rng: (x * (rng.random(x.shape) > 0.1), x)),
        ("equally likely", holes(
            lambda rng, n, k: np.round(rng.random((n, 2)) * (k - 1)).astype(int))),
        ("equally likely", holes(lambda rng, n, k: (
            rng.integers(k, size=(n, 2)) + rng.integers(k, size=(n, 2))) // 2)),
        ("not separate", two(lambda rng, n, k: [row := rng.integers(k, size=n), row])),
        ("in the image before", holes(lambda rng, n, k: np.repeat(
            rng.integers(k, size=(n // 2 + 1, 2)), 2, axis=0)[:n])),
        ("of your own", holes(lambda rng, n, k: np.random.default_rng(0).integers(k, size=(n, 2)))),
        ("rng alone", holes(lambda rng, n, k: np.random.default_rng().integers(k, size=(n, 2)))),
    ],
}  # fmt: skip
# Exercise 2.2 asks for a number, too.
ALSO = {"2.2": [650]}


def cases(answers):
    return [pytest.param(number, each, id=f"{number}-{k}") for number, several in answers.items()
            for k, each in enumerate(several)]  # fmt: skip


@pytest.mark.parametrize(("number", "answer"), cases(RIGHT))
@pytest.mark.parametrize("seeds", [[1], pytest.param(range(100, 110), marks=pytest.mark.slow)])
def test_right_answers_are_right(number, answer, seeds):
    for seed in seeds:
        verdict, said = judge(number, answer, *ALSO.get(number, []), seed=seed)
        assert verdict == "right", (seed, said)


@pytest.mark.parametrize(("number", "wrong"), cases(WRONG))
@pytest.mark.parametrize("seeds", [[1], pytest.param(range(100, 110), marks=pytest.mark.slow)])
def test_wrong_answers_are_told_why(number, wrong, seeds):
    reason, answer = wrong
    for seed in seeds:
        verdict, said = judge(number, answer, *ALSO.get(number, []), seed=seed)
        assert verdict == "not yet", seed
        assert re.search(reason, said), said
