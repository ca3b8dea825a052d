"""The page computes what Keras computes, and says what it cannot."""

import json

import keras
import numpy as np
import pytest
from engine import Engine
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

from aeutils.explorables.models import ACTIVATIONS, LAYERS, answer, carry, to_half

FEW = settings(max_examples=12, deadline=None, derandomize=True)
SEEDS = st.integers(0, 2**16)
SIZES = st.tuples(st.integers(1, 3), st.integers(1, 3))
PADDINGS = st.sampled_from(["same", "valid"])
MAPS = st.tuples(st.integers(3, 7), st.integers(3, 7), st.integers(1, 3))


@pytest.fixture(scope="module")
def engine():
    engine = Engine()
    yield engine
    engine.close()


def expect_equal(engine, shape, *chain, seed=0):
    """Build a chain with random float16 weights; the page answers as Keras does."""
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
    engine.racer.eval(f"globalThis.model = read({json.dumps(data)}).model")
    found = engine.call("(x => trace(model, x).at(-1))", x.ravel().tolist())
    assert tuple(found["shape"]) == expected.shape
    assert np.allclose(found["values"], expected.ravel(), rtol=1e-3, atol=1e-3)


@FEW
@given(shape=st.lists(st.integers(1, 5), min_size=1, max_size=3), units=st.integers(1, 6),
       activation=st.sampled_from(ACTIVATIONS), bias=st.booleans(), seed=SEEDS)  # fmt: skip
def test_dense_and_every_activation(engine, shape, units, activation, bias, seed):
    dense = layers.Dense(units, activation=activation, use_bias=bias)
    expect_equal(engine, tuple(shape), dense, seed=seed)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_each_activation(engine, activation):
    expect_equal(engine, (5,), layers.Dense(9, activation=activation))


@pytest.mark.parametrize(
    "layer",
    [layers.ReLU(), layers.ReLU(negative_slope=0.3), layers.LeakyReLU(0.05), layers.Softmax(),
     layers.Activation("tanh"), layers.Dense(4, activation=layers.LeakyReLU(0.4))],
    ids=lambda layer: layer.name,
)  # fmt: skip
def test_activations_that_are_layers(engine, layer):
    expect_equal(engine, (2, 3), layer)


@FEW
@given(shape=MAPS, kernel=SIZES, strides=SIZES, padding=PADDINGS, filters=st.integers(1, 4),
       seed=SEEDS)  # fmt: skip
def test_convolutions(engine, shape, kernel, strides, padding, filters, seed):
    layer = layers.Conv2D(filters, kernel, strides, padding, activation="relu")
    expect_equal(engine, shape, layer, seed=seed)


@FEW
@given(shape=MAPS, kernel=SIZES, strides=SIZES, padding=PADDINGS, filters=st.integers(1, 4),
       seed=SEEDS)  # fmt: skip
def test_transposed_convolutions(engine, shape, kernel, strides, padding, filters, seed):
    layer = layers.Conv2DTranspose(filters, kernel, strides, padding)
    expect_equal(engine, shape, layer, seed=seed)


@FEW
@given(kind=st.sampled_from([layers.MaxPooling2D, layers.AveragePooling2D]), shape=MAPS,
       size=SIZES, strides=st.none() | SIZES, padding=PADDINGS, seed=SEEDS)  # fmt: skip
def test_pooling(engine, kind, shape, size, strides, padding, seed):
    expect_equal(engine, shape, kind(size, strides, padding), seed=seed)


@pytest.mark.parametrize("kind", [layers.MaxPooling2D, layers.AveragePooling2D])
@pytest.mark.parametrize("shape", [(5, 7, 2), (4, 3, 1)])
def test_what_lies_beyond_the_edge_is_not_pooled(engine, kind, shape):
    expect_equal(engine, shape, kind(2, padding="same"))
    expect_equal(engine, shape, kind(3, 2, padding="same"))


@FEW
@given(shape=MAPS, size=SIZES, seed=SEEDS)
def test_upsampling(engine, shape, size, seed):
    expect_equal(engine, shape, layers.UpSampling2D(size), seed=seed)


@FEW
@given(shape=MAPS, seed=SEEDS, scale=st.booleans(), center=st.booleans())
def test_batch_normalization(engine, shape, seed, scale, center):
    expect_equal(engine, shape, layers.BatchNormalization(scale=scale, center=center), seed=seed)


def test_a_small_variance_is_kept_from_0_by_epsilon(engine):
    expect_equal(engine, (2, 2, 3), layers.BatchNormalization(epsilon=2.0))


@FEW
@given(shape=MAPS, scale=st.floats(-3, 300), offset=st.floats(-3, 3), seed=SEEDS)
def test_rescaling(engine, shape, scale, offset, seed):
    expect_equal(engine, shape, layers.Rescaling(scale, offset), seed=seed)


def test_reshaping_keeps_the_order_of_the_numbers(engine):
    expect_equal(engine, (4, 6, 2), layers.Flatten(), layers.Reshape((3, -1, 4)))


def test_what_does_nothing_after_training_does_nothing(engine):
    idle = [layers.Dropout(0.5), layers.SpatialDropout2D(0.5), layers.GaussianNoise(1.0)]
    expect_equal(engine, (4, 4, 3), *idle, layers.GaussianDropout(0.5), layers.Flatten())


def test_models_inside_models_become_one_chain(engine):
    image = keras.Input((8, 8, 1))
    code = layers.Conv2D(4, 3, strides=2, padding="same", activation="relu")(image)
    encoder = keras.Model(image, layers.Dense(5)(layers.Flatten()(code)))
    decoder = keras.Sequential([keras.Input((5,)), layers.Dense(64, "sigmoid")])
    expect_equal(engine, (8, 8, 1), keras.Sequential([encoder, decoder]), layers.Reshape((8, 8, 1)))


def test_a_part_of_a_model_is_carried_alone(engine):
    whole = keras.Sequential([keras.Input((6,)), layers.Dense(4, "relu"), layers.Dense(2)])
    expect_equal(engine, (6,), keras.Model(whole.inputs, whole.layers[0].output))


def test_weights_survive_as_float16(engine):
    values = np.float32([0, 1, -2.5, 65504, 6e-8, -1e-5, 1e-9, 1 / 3])
    found = engine.call("(text => fromHalf(bytesOf(text)))", to_half(values, "weights"))
    assert np.array_equal(np.float32(found), np.float32(values.astype("float16")))


def branches():
    x = keras.Input((4,))
    return keras.Model(x, layers.Add()([layers.Dense(4)(x), x]))


def twice():
    x, layer = keras.Input((4,)), layers.Dense(4)
    return keras.Model(x, layer(layer(x)))


def several():
    x = keras.Input((4,))
    return keras.Model(x, [layers.Dense(2)(x), layers.Dense(3)(x)])


class Own(keras.Model):
    """A model of a class of its own: Keras does not know its layers' order."""

    def call(self, x):
        return x


def of(*chain, shape=(8, 8, 2), **kwargs):
    return lambda: keras.Sequential([keras.Input(shape, **kwargs), *chain])


def broken():
    model = of(layers.Dense(2, name="output"))()
    model.layers[0].set_weights([np.full((2, 2), 1e6), np.zeros(2)])
    return model


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda: 3, "Received int as encoder, expected a Keras model"),
        (lambda: len, "Received builtin_function_or_method"),
        (Own, "not built or has several"),
        (lambda: keras.Sequential([layers.Dense(3)]), "begins with keras.Input or was called"),
        (several, "several inputs or outputs"),
        (branches, "of Add, expected layers of Conv2D, .*Softmax"),
        (twice, "uses a layer twice"),
        (of(layers.LSTM(3), shape=(4, 2)), "'lstm.*' of LSTM, expected"),
        (of(layers.Dense(3, "gelu", name="odd")), "'odd' and the activation 'gelu', .* linear, r"),
        (of(layers.Dense(3, lambda x: x)), "activation '<lambda>'"),
        (of(layers.Conv2D(3, 3, dilation_rate=2)), r"dilation_rate=\(2, 2\), expected \(1, 1\)"),
        (of(layers.Conv2D(2, 3, groups=2)), "groups=2"),
        (of(layers.MaxPooling2D(2, data_format="channels_first")), "expected 'channels_last'"),
        (of(layers.UpSampling2D(2, interpolation="bilinear")), "interpolation='bilinear'"),
        (of(layers.Conv2DTranspose(2, 3, 2, output_padding=1)), "output_padding"),
        (of(layers.ReLU(6.0)), "max_value=6.0"),
        (of(layers.ReLU(threshold=0.5)), "threshold=0.5"),
        (of(layers.BatchNormalization(axis=1)), "on axis 1, expected the last axis"),
        (of(layers.Softmax(axis=1)), "on axis 1, expected the last axis"),
        (of(layers.Flatten(), dtype="uint8"), "takes uint8"),
        (broken, "'output' with NaN, infinity or numbers beyond 65504"),
    ],
)
def test_what_cannot_be_carried_is_said_in_one_sentence(build, said):
    with pytest.raises((TypeError, ValueError), match=said) as caught:
        carry(build(), "encoder")
    assert "\n" not in str(caught.value)


def test_every_known_layer_is_tested_above():
    assert {"Dense", "Conv2D", "Conv2DTranspose", "MaxPooling2D", "AveragePooling2D"} < set(LAYERS)
    source = open(__file__, encoding="utf-8").read()
    assert [kind for kind in LAYERS if f"layers.{kind}" not in source] == ["InputLayer"]


def test_answers_of_many_images_come_in_the_order_of_the_images():
    x = np.random.default_rng(0).normal(size=(600, 5)).astype("float32")
    model = of(layers.Dense(3), shape=(5,))()
    assert np.allclose(answer(model, x, "model", "codes"), np.asarray(model(x)), atol=1e-5)


@pytest.mark.parametrize(
    ("build", "kind", "said"),
    [
        (of(layers.Flatten(), shape=(7,)), "codes", r"takes \(7,\), expected one that takes 784"),
        (of(layers.Flatten(), shape=(None,)), "codes", r"takes \(None,\)"),
        (of(layers.Dense(9), shape=(784,)), "classes", "answers 9 numbers, expected classes: 10"),
        (of(layers.Dense(9), shape=(784,)), "images", "answers 9 numbers, expected images: 784"),
        (of(layers.Dense(9), shape=(784,)), "classes or images", "10 or 784"),
        (of(layers.Rescaling(np.inf), shape=(784,)), "codes", "NaN or infinity"),
    ],
)
def test_a_model_of_other_shapes_is_refused(build, kind, said):
    with pytest.raises(ValueError, match=said):
        answer(build(), np.ones((2, 28, 28)), "encoder", kind)
