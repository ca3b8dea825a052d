"""A trained Keras model as the list of layers that the page can run, and its answers in Python."""

import base64
import math

import numpy as np

from aeutils.arrays import as_chain, expect

# Each layer that the page knows, and which of its settings are sent.
LAYERS = {
    "Dense": {}, "Conv2D": {"size": "kernel_size", "step": "strides"},
    "Conv2DTranspose": {"size": "kernel_size", "step": "strides"},
    "MaxPooling2D": {"size": "pool_size", "step": "strides"}, "UpSampling2D": {"step": "size"},
    "BatchNormalization": {}, "Flatten": {}, "Reshape": {}, "Dropout": {},
}  # fmt: skip
ACTIVATIONS = ["linear", "relu", "sigmoid", "tanh", "softmax"]
# Settings that the page does not know, where they differ from these.
_DEFAULTS = {"data_format": "channels_last", "dilation_rate": (1, 1), "groups": 1}
_DEFAULTS |= {"output_padding": None, "interpolation": "nearest"}


def to_half(values, name):
    """Write numbers as text: base64 of their float16 bytes. Raises `ValueError` beyond 65504."""
    with np.errstate(over="ignore"):
        half = np.asarray(values).astype("<f2")
    wanted = "those of a network that has learned: run its training cell again"
    finite = np.isfinite(half).all()
    expect(finite, f"{name} with NaN, infinity or numbers beyond 65504", wanted)
    return base64.b64encode(half.tobytes()).decode()


def carry(model, name, until=None):
    """Describe a Keras model for layers.js: its input's shape, its layers, weights as float16.

    `until`: the kind of layer after the first of which the rest is left out, or None for all.
    Raises the errors of `as_chain`, and `ValueError` for layers, activations and settings that the
    page does not know.
    """
    layers = as_chain(model, name)
    if until:
        kinds = [type(layer).__name__ for layer in layers]
        expect(until in kinds, f"{name} without a layer of {until}", "one")
        layers = layers[: kinds.index(until) + 1]
    entries = [_entry(layer, name) for layer in layers if type(layer).__name__ != "Dropout"]
    return {"shape": list(model.inputs[0].shape[1:]), "layers": entries}


def _entry(layer, name):
    kind, said = type(layer).__name__, f"{name} with the layer {layer.name!r:.40}"
    expect(kind in LAYERS, f"{name} with a layer of {kind}", ", ".join(LAYERS))
    entry = {"kind": kind, "shape": list(layer.output.shape[1:])}
    entry |= {name: list(getattr(layer, setting)) for name, setting in LAYERS[kind].items()}
    for setting, known in _DEFAULTS.items():
        same = getattr(layer, setting, known) == known
        expect(same, f"{said} and another {setting} than {known!r}", "the default")
    if hasattr(layer, "kernel"):
        kernel = np.asarray(layer.kernel)
        if kind == "Conv2DTranspose":  # as in Conv2D: height, width, from, to
            kernel = kernel.swapaxes(2, 3)
        bias = layer.bias if layer.use_bias else np.zeros(kernel.shape[-1])
        activation = getattr(layer.activation, "__name__", type(layer.activation).__name__)
        received = f"{said} and the activation {activation:.40}"
        expect(activation in ACTIVATIONS, received, f"one of {', '.join(ACTIVATIONS)}")
        weights = {"kernel": to_half(kernel, said), "bias": to_half(bias, said)}
        entry |= weights | {"activation": activation}
    if kind == "BatchNormalization":
        last = [-1, len(entry["shape"])]
        expect(layer.axis in last, f"{said} on axis {layer.axis}", "the last axis")
        scale = 1 / np.sqrt(np.asarray(layer.moving_variance) + layer.epsilon)
        scale = scale if layer.gamma is None else scale * layer.gamma
        offset = (0 if layer.beta is None else layer.beta) - layer.moving_mean * scale
        entry |= {"scale": np.ravel(scale).tolist(), "offset": np.ravel(offset).tolist()}
    return entry


def answer(model, x, name, kind):
    """Call a Keras model on images or codes (n, ...): its answers as float32 (n, k).

    `kind`: what the answers must be, "codes", "images" (k = 784), "classes" (k = 10) or
    "classes or images". Raises `ValueError` for a model that takes another shape, and for others.
    """
    as_chain(model, name)
    shape, x = model.inputs[0].shape[1:], np.asarray(x, "float32")
    fits = None not in shape and math.prod(shape) == x[0].size
    expect(fits, f"{name} that takes {shape}", f"one that takes {x[0].size} numbers")
    x = x.reshape(len(x), *shape)
    # In parts: all feature maps at once would fill the memory.
    parts = [np.asarray(model(x[i : i + 250])) for i in range(0, len(x), 250)]
    answers = np.concatenate(parts).reshape(len(x), -1).astype("float32")
    finite, size = np.isfinite(answers).all(), answers.shape[1]
    expect(finite, f"{name} that answers NaN or infinity", "numbers: run its training cell again")
    sizes = {"images": [784], "classes": [10], "classes or images": [10, 784]}.get(kind, [size])
    wanted = f"{kind}: {' or '.join(map(str, sizes))}"
    expect(size in sizes, f"{name} that answers {size} numbers", wanted)
    return answers
