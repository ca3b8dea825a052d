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

# --- 2.2 -----------------------------------------------------------------------------------------


def compiled(network, loss="categorical_crossentropy", **options):
    network.compile(keras.optimizers.Adam(1e-3), loss, **options)
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


def freeze_weights(network, free):
    for number, layer in enumerate(network.layers):
        for weight in layer.weights:
            weight.trainable = number >= len(network.layers) - free
    return compiled(network)


def freeze_compile_first(network, free):
    return freezing(finish=lambda network: network)(compiled(network), free)


def freeze_container(network, free):
    network.trainable = False
    for layer in network.layers[-free:]:
        layer.trainable = True
    return compiled(network)


def freeze_dense(network, free):
    dense = [layer for layer in network.layers if isinstance(layer, keras.layers.Dense)]
    for layer in dense:
        layer.trainable = layer in dense[-free:]
    return compiled(network)


def freeze_kernels(network, free):
    for number, layer in enumerate(network.layers):
        for weight in layer.weights[:1]:
            weight.trainable = number >= len(network.layers) - free
    return compiled(network)


def cloned(network):
    copy = keras.models.clone_model(network)
    copy.set_weights(network.get_weights())
    return compiled(copy)


def trained(network):
    compiled(network).fit(np.ones((8, 6)), np.eye(3)[np.zeros(8, int)], verbose=0)
    return network


def still(network):
    network.compile(keras.optimizers.SGD(0.0), "categorical_crossentropy")
    return network


# --- 3.5 -----------------------------------------------------------------------------------------


def holes(
    place=lambda rng, n, k: rng.integers(k, size=(n, 2)), fill=0, dtype="float32", more=1, off=0
):
    """A cover of which one part may be wrong; `place(rng, n, k)` draws corners below k."""

    def cover(x, size, rng):
        damaged = x.copy()
        for image, (top, left) in zip(damaged, place(rng, len(x), 28 - size + more), strict=True):
            image[top : top + size + off, left : left + size + off] = fill
        return damaged.astype(dtype), x

    return cover


def cover_mask(x, size, rng):
    top, left = rng.integers(0, 28 - size, (2, len(x), 1, 1, 1), endpoint=True)
    rows, columns = np.arange(28)[:, None, None], np.arange(28)[None, :, None]
    hole = (rows >= top) & (rows < top + size) & (columns >= left) & (columns < left + size)
    return [np.where(hole, 0, x).astype("float32"), keras.ops.convert_to_tensor(x)]


def cover_floor(x, size, rng):
    damaged = [image.copy() for image in x]
    for image in damaged:
        top, left = int(rng.random() * (29 - size)), rng.choice(29 - size)
        image[top : top + size, left : left + size] = 0
    yield damaged
    yield list(x)


def cover_in_place(x, size, rng):
    whole = x.copy()
    for image in x:
        top, left = rng.integers(29 - size, size=2)
        image[top : top + size, left : left + size] = 0
    return x, whole


def two(make):
    """Corners of which row and column come from one function (rng, n, k)."""
    return holes(lambda rng, n, k: np.stack(make(rng, n, k), axis=1))


def walk(rng, n, k):
    return np.cumsum(rng.integers(-1, 2, (n, 2)), axis=0) % k


def remembered(rng, n, k, seen={}):  # noqa: B006
    return seen.setdefault((n, k), rng.integers(k, size=(n, 2)))


# --- 2.5 -----------------------------------------------------------------------------------------


def layers_of(codes, units, divide=1.0, multiply=1.0, shrink=1.0, relu="relu", change=lambda c: c):
    """A trained pair without training: the principal components of the codes, both signs."""
    codes, half = change(codes), min(units // 2, 5)
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


def trained_layer(loss="mse", optimizer="adam", activation=None, fit=True, rescale=True):
    """A really trained pair."""

    def add(codes, units):
        width = codes.shape[1]
        encoder = keras.Sequential([keras.Input((width,)), keras.layers.Dense(units, "relu")])
        decoder = keras.Sequential([keras.Input((units,)), keras.layers.Dense(width, activation)])
        model = keras.Sequential([encoder, decoder])
        model.compile(optimizer, loss, steps_per_execution=50)
        if fit:
            model.fit(codes, codes, batch_size=128, epochs=6, verbose=0)
        spread = np.std(encoder(codes))
        encoder.set_weights([weights / spread for weights in encoder.get_weights()])
        kernel, bias = decoder.get_weights()
        decoder.set_weights([kernel * (spread if rescale else 1), bias])
        return encoder, decoder

    return add


# --- 1.6 -----------------------------------------------------------------------------------------


@functools.cache
def components(size=12, n=10_000):
    images, labels = load_mnist()[0]
    x = to_vectors(images[:n])
    mean, vectors = x.mean(axis=0), np.linalg.eigh(np.cov(x.T))[1][:, -size:]
    scale = ((x - mean) @ vectors).std(axis=0)
    return x, labels[:n], mean, vectors / scale


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
    "1.6": [variational(finish=list), changed(lambda d: lambda code: d(code).tolist())],
    "2.2": [
        freezing(), freeze_weights, freeze_compile_first, functools.partial(freezing()),
        freezing(finish=lambda n: compiled(n, keras.losses.CategoricalCrossentropy())),
    ],
    "2.5": [
        added(list), added(lambda pair: [lambda x, part=part: part(x).numpy() for part in pair]),
        added(divide=1 / 0.88, multiply=1 / 0.88), added(divide=1 / 1.14, multiply=1 / 1.14),
    ],
    "3.5": [
        holes(), cover_mask, cover_floor, lambda *given: np.stack(holes()(*given)),
        two(lambda rng, n, k: np.divmod(rng.integers(k * k, size=n), k)),
        two(lambda rng, n, k: [rng.integers(0, k, n), [rng.permutation(k)[0] for _ in range(n)]]),
        holes(lambda rng, n, k: np.floor(rng.uniform(0, k, (n, 2))).astype(int)),
    ],
}  # fmt: skip
WRONG = {
    "1.6": [
        ("outputs are swapped", variational(finish=lambda both: both[::-1])),
        ("not the variance", variational(log_variance=np.exp)),
        ("sampled code", variational(noise=0.2)),
        ("same for every image", variational(log_variance=lambda m: 0 * m - 3)),
        ("hardly spread", variational(log_variance=lambda m: m - 12)),
        ("mean square near 1", variational(spread=3)),
        ("mean square near 1", variational(spread=0.3)),
        ("expected at most 0.045|most 0.045", variational(only=[1])),
        ("at least 25 %|most 0.045", changed(lambda d: lambda code: 0.5 * d(code))),
        ("expected 0 to 1", changed(lambda d: lambda code: 3 * d(code) - 1)),
        ("expected a pair", variational(finish=lambda both: both[0])),
        ("expected a pair", variational(finish=lambda both: [*both, both[0]])),
        ("expected .1000, numbers", variational(log_variance=lambda m: m[:, 0])),
        ("two models", lambda: (1, 2)),
        ("raised|expected a pair", lambda: variational()()[::-1]),
    ],
    "2.2": [
        ("nothing learns", freezing(lambda i, n, free: False)),
        ("nothing learns", freeze_container),
        ("only the last layers learn", freezing(lambda i, n, free: i < free)),
        ("only the last layers learn", freezing(lambda i, n, free: True)),
        ("only the last layers learn", freezing(lambda i, n, free: i >= n - free - 1)),
        ("freed by its own", freezing(lambda i, n, free: i == n - 1)),
        ("freed by its own", freezing(lambda i, n, free: None if i >= n - free else False)),
        ("learn", freezing(lambda i, n, free: i == n - free)),
        ("learn", freeze_dense),
        ("learn", freeze_kernels),
        ("compile after setting it|Compile with", freezing(finish=lambda network: network)),
        ("no copy", freezing(finish=cloned)),
        ("no copy", freezing(finish=lambda network: keras.Sequential(network.layers))),
        ("no copy", freezing(finish=lambda network: (network, 650))),
        ("None", freezing(finish=lambda network: None)),
        *(("Compile with", freezing(finish=functools.partial(compiled, loss=loss))) for loss in (
            "mse", "binary_crossentropy", "sparse_categorical_crossentropy", "kl_divergence", None,
            keras.losses.CategoricalCrossentropy(from_logits=True))),
        ("rate of 0 moves nothing", freezing(finish=still)),
        ("changed the weights of its", freezing(finish=trained)),
        ("layers that it had", freezing(finish=lambda n: (n.pop(), compiled(n))[1])),
    ],
    "2.5": [
        ("give it a ReLU", added(relu="linear")),
        ("should be 1", added(divide=1 / 0.72, multiply=1 / 0.72)),
        ("should be 1", added(divide=1 / 6, multiply=1 / 6)),
        ("another size", added(multiply=1 / 6)),
        ("over 70|another size", added(shrink=0.4)),
        ("the new code|raised", added(change=lambda codes: codes[:, :-1])),
        ("the new code", lambda codes, units: layers_of(codes, 2 * units)),
        ("pair", lambda codes, units: layers_of(codes, units)[0]),
        ("pair", lambda codes, units: (*layers_of(codes, units), 1.0)),
        ("two models", lambda codes, units: (codes, codes)),
        ("raised", added(lambda pair: pair[::-1])),
        ("None", lambda codes, units: print(end="")),
    ],
    "3.5": [
        ("changed its argument", cover_in_place),
        ("must stay whole", lambda *given: (holes()(*given)[0],) * 2),
        ("the square is black", holes(fill=1)),
        ("come first", lambda *given: holes()(*given)[::-1]),
        ("expected float32", holes(dtype="float64")),
        ("same row", holes(lambda rng, n, k: [rng.integers(k, size=2)] * n)),
        ("same row", two(lambda rng, n, k: [np.full(n, rng.integers(k)), rng.integers(k, size=n)])),
        ("same column", two(lambda rng, n, k: [rng.integers(k, size=n), np.full(n, k // 2)])),
        ("wholly inside", holes(lambda rng, n, k: rng.integers(28, size=(n, 2)))),
        ("leaves out its upper end|high <= 0", holes(more=0)),
        (r"first row of a square goes from 0 to \d, expected 0 to \d\. rng.integers", two(
            lambda rng, n, k: [rng.integers(max(k - 1, 1), size=n), rng.integers(k, size=n)])),
        (r"first column of a square goes from 0 to \d, expected 0 to \d\. rng.integers", two(
            lambda rng, n, k: [rng.integers(k, size=n), rng.integers(max(k - 1, 1), size=n)])),
        (r"row of a square goes from 1 to \d, expected 0 to \d\.$", holes(
            lambda rng, n, k: rng.integers(min(1, k - 1), k, size=(n, 2)))),
        ("full square", holes(off=-1)),
        ("full square", lambda x, size, rng: (x * (rng.random(x.shape) > 0.1), x)),
        ("expected a pair", lambda *given: holes()(*given)[0][0]),
        ("equally likely", holes(
            lambda rng, n, k: np.round(rng.random((n, 2)) * (k - 1)).astype(int))),
        ("equally likely", holes(
            lambda rng, n, k: np.clip(rng.integers(28, size=(n, 2)), 0, k - 1))),
        ("equally likely", holes(lambda rng, n, k: (
            rng.integers(k, size=(n, 2)) + rng.integers(k, size=(n, 2))) // 2)),
        ("not separate", two(lambda rng, n, k: [row := rng.integers(k, size=n), row])),
        ("not separate", two(lambda rng, n, k: [row := rng.integers(k, size=n), k - 1 - row])),
        ("not separate|in the image before", holes(
            lambda rng, n, k: np.sort(rng.integers(k, size=(n, 2)), axis=0))),
        ("in the image before", holes(lambda rng, n, k: np.repeat(
            rng.integers(k, size=(n // 2 + 1, 2)), 2, axis=0)[:n])),
        ("in the image before|equally", holes(walk)),
        ("of your own", holes(lambda rng, n, k: np.random.default_rng(0).integers(k, size=(n, 2)))),
        ("of your own", holes(remembered)),
        ("rng alone", holes(lambda rng, n, k: np.random.default_rng().integers(k, size=(n, 2)))),
        ("takes 2 positional", lambda x, size: x),
    ],
}  # fmt: skip


def given(number, answer):
    return (answer, 650) if number == "2.2" else (answer,)


def cases(answers):
    return [pytest.param(number, each, id=f"{number}-{k}") for number, several in answers.items()
            for k, each in enumerate(several)]  # fmt: skip


@pytest.mark.parametrize(("number", "answer"), cases(RIGHT))
@pytest.mark.parametrize("seeds", [[1], pytest.param(range(100, 110), marks=pytest.mark.slow)])
def test_right_answers_are_right(number, answer, seeds):
    for seed in seeds:
        verdict, said = judge(number, *given(number, answer), seed=seed)
        assert verdict == "right", (seed, said)


@pytest.mark.parametrize(("number", "wrong"), cases(WRONG))
@pytest.mark.parametrize("seeds", [[1], pytest.param(range(100, 110), marks=pytest.mark.slow)])
def test_wrong_answers_are_told_why(number, wrong, seeds):
    reason, answer = wrong
    for seed in seeds:
        verdict, said = judge(number, *given(number, answer), seed=seed)
        assert verdict == "not yet", seed
        assert re.search(reason, said), said


@pytest.mark.slow
@pytest.mark.parametrize("loss", ["mse", "mae", "huber", "log_cosh"])
@pytest.mark.parametrize("optimizer", ["adam", "sgd", "rmsprop"])
def test_a_layer_may_be_trained_with_any_loss_and_optimizer(loss, optimizer):
    for seed in range(2):
        assert judge("2.5", trained_layer(loss, optimizer), seed=seed)[0] == "right"


@pytest.mark.slow
def test_layers_that_are_trained_wrongly_are_told_why():
    for reason, answer in {
        "over 70|another size": trained_layer(fit=False),
        "no upper limit": trained_layer(activation="sigmoid"),
        "another size": trained_layer(rescale=False),
    }.items():
        assert re.search(reason, judge("2.5", answer, seed=1)[1])
