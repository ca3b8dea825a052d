"""The page computes what Keras computes, and says what it cannot."""

import json

import keras
import numpy as np
import pytest
from keras import layers

from aeutils.explorables.models import ACTIVATIONS, answer, carry, to_half


def expect_equal(engine, shape, *chain, seed=0):
    """Build a chain with random float16 weights; every layer answers as Keras does."""
    model = keras.Sequential([keras.Input(shape), *chain])
    rng = np.random.default_rng(seed)
    for variable in model.variables:
        if variable.dtype.startswith("float"):
            values = rng.normal(size=variable.shape)
            positive = "variance" in variable.path
            variable.assign(np.float32(np.float16(abs(values) + 0.5 if positive else values)))
    x = rng.normal(size=(1, *shape)).astype("float32")
    expected = np.asarray(model(x))[0]
    data = json.dumps({"halves": {}, "models": {"model": carry(model, "model")}})
    found = engine.call(
        "((text, x) => trace(read(text).model, x).at(-1))", data, x.ravel().tolist()
    )
    assert tuple(found["shape"]) == expected.shape
    assert np.allclose(found["values"], expected.ravel(), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("seed", range(12))
def test_every_layer_with_random_settings(engine, seed):
    rng = np.random.default_rng(seed)
    _, width, _ = shape = tuple(map(int, rng.integers(3, 8, 3)))
    size, step = (tuple(map(int, rng.integers(1, 4, 2))) for _ in range(2))
    units, bias = int(rng.integers(1, 5)), bool(seed % 3)
    for chain in (
        *([kind(units, size, step, padding, use_bias=bias, activation="relu")]
          for kind in (layers.Conv2D, layers.Conv2DTranspose) for padding in ("same", "valid")),
        *([layers.MaxPooling2D(size, step, padding)] for padding in ("same", "valid")),
        [layers.MaxPooling2D(step), layers.Dropout(0.5)],
        [layers.UpSampling2D(step)],
        [layers.BatchNormalization(scale=bias, center=seed % 2 > 0, epsilon=0.5)],
        [layers.Dense(units, use_bias=bias, activation=ACTIVATIONS[seed % len(ACTIVATIONS)])],
        [layers.Flatten(), layers.Reshape((width, -1)), layers.Dense(3, "tanh")],
    ):  # fmt: skip
        expect_equal(engine, shape, *chain, seed=seed)


def test_a_softmax_of_large_numbers_does_not_overflow(engine):
    expect_equal(engine, (200,), layers.Dense(200), layers.Dense(9, "softmax"))


def test_models_inside_models_and_parts_of_models_are_one_chain(engine):
    image = keras.Input((8, 8, 1))
    code = layers.Conv2D(4, 3, strides=2, padding="same", activation="relu")(image)
    encoder = keras.Model(image, layers.Dense(5)(layers.Flatten()(code)))
    decoder = keras.Sequential([keras.Input((5,)), layers.Dense(64, "sigmoid")])
    expect_equal(engine, (8, 8, 1), keras.Sequential([encoder, decoder]), layers.Reshape((8, 8, 1)))
    expect_equal(engine, (8, 8, 1), keras.Model(image, code))


def test_weights_survive_as_float16(engine):
    values = np.float32([0, 1, -2.5, 65504, 6e-8, -1e-5, 1e-9, 1 / 3])
    found = engine.call("(text => fromHalf(bytesOf(text)))", to_half(values, "weights"))
    assert np.array_equal(np.float32(found), np.float32(values.astype("float16")))


def functional(build):
    x = keras.Input((4,))
    return lambda: keras.Model(x, build(x, layers.Dense(4)))


def of(*chain, shape=(8, 8, 2)):
    return lambda: keras.Sequential([keras.Input(shape), *chain])


INFINITE = keras.initializers.Constant(np.inf)


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda: 3, "Received int as encoder, expected a Keras model"),
        (lambda: keras.Sequential([layers.Dense(3)]), "begins with keras.Input or was called"),
        (functional(lambda x, dense: layers.Add()([dense(x), x])), "of Add, expected Dense, Conv"),
        (functional(lambda x, dense: dense(dense(x))), "uses a layer twice"),
        (of(layers.Dense(3, "gelu", name="odd")), "'odd' and the activation gelu, .* linear, r"),
        (of(layers.Dense(3, lambda x: x)), "activation <lambda>"),
        (of(layers.Conv2D(3, 3, dilation_rate=2)), r"another dilation_rate than \(1, 1\)"),
        (of(layers.UpSampling2D(2, interpolation="bilinear")), "another interpolation"),
        (of(layers.MaxPooling2D(2, data_format="channels_first")), "than 'channels_last'"),
        (of(layers.BatchNormalization(axis=1)), "on axis 1, expected the last axis"),
        (of(layers.Dense(2, bias_initializer=INFINITE)), "NaN, infinity or numbers beyond 65504"),
    ],
)
def test_a_model_that_cannot_be_carried_is_refused(build, said):
    with pytest.raises((TypeError, ValueError), match=said):
        carry(build(), "encoder")


@pytest.mark.parametrize(
    ("build", "kind", "said"),
    [
        (of(layers.Flatten(), shape=(7,)), "codes", r"takes \(7,\), expected one that takes 784"),
        (of(layers.Dense(9), shape=(784,)), "classes", "answers 9 numbers, expected classes: 10"),
        (of(layers.Dense(9), shape=(784,)), "classes or images", "10 or 784"),
(of(layers.Dense(9, bias_initializer=INFINITE), shape=(784,)), "codes", "NaN or infinity"),
    ],
)  # fmt: skip
def test_a_model_of_other_shapes_is_refused(build, kind, said):
    with pytest.raises(ValueError, match=said):
        answer(build(), np.ones((2, 28, 28)), "encoder", kind)


def test_answers_of_many_images_come_in_the_order_of_the_images():
    x = np.random.default_rng(0).normal(size=(600, 5)).astype("float32")
    model = of(layers.Dense(3), shape=(5,))()
    assert np.allclose(answer(model, x, "model", "codes"), np.asarray(model(x)), atol=1e-5)
