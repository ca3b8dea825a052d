"""A trained Keras model as the list of layers that the page can run, and its answers in Python."""

import base64
import math

import numpy as np

# Each layer that the page knows, and which of its settings are sent.
LAYERS = {
    "Dense": {}, "Conv2D": {"size": "kernel_size", "step": "strides"},
    "Conv2DTranspose": {"size": "kernel_size", "step": "strides"},
    "MaxPooling2D": {"size": "pool_size", "step": "strides"}, "UpSampling2D": {"step": "size"},
    "BatchNormalization": {}, "Flatten": {}, "Reshape": {}, "Dropout": {}, "InputLayer": {},
}  # fmt: skip
ACTIVATIONS = ["linear", "relu", "sigmoid", "tanh", "softmax"]
# Settings that the page does not know, where they differ from these.
_DEFAULTS = {"data_format": "channels_last", "dilation_rate": (1, 1), "groups": 1}
_DEFAULTS |= {"output_padding": None, "interpolation": "nearest"}


def to_half(values, name):
    """Write numbers as text: base64 of their float16 bytes. Raises `ValueError` beyond 65504.

    >>> to_half([1.0], "weights")
    'ADw='
    """
    with np.errstate(over="ignore"):
        half = np.asarray(values).astype("<f2")
    if not np.isfinite(half).all():
        raise ValueError(
            f"Received {name} with NaN, infinity or numbers beyond 65504, expected those of a "
            "network that has learned: run its training cell again."
        )
    return base64.b64encode(half.tobytes()).decode()


def chain(model, name):
    """List the layers of a Keras model in order, those of models inside it included.

    Raises `TypeError` for what is no Keras model, `ValueError` for one that is not built, is no
    chain, or has other layers than `LAYERS`.
    """
    import keras  # takes seconds: not before it is needed

    if not isinstance(model, keras.Model):
        raise TypeError(f"Received {type(model).__name__} as {name}, expected a Keras model.")
    if not getattr(model, "inputs", None) or len(model.inputs) + len(model.outputs) != 2:
        raise ValueError(
            f"Received {name} that is not built or has several inputs or outputs, expected one "
            "that begins with keras.Input or was called, with one of each."
        )
    found = []
    for layer in model.layers:
        kind = type(layer).__name__
        if hasattr(layer, "layers"):
            found += chain(layer, name)
        elif kind not in LAYERS:
            raise ValueError(
                f"Received {name} with a layer of {kind}, expected {', '.join(LAYERS)}."
            )
        elif kind not in ("Dropout", "InputLayer"):
            found.append(layer)
    nodes = [] if isinstance(model, keras.Sequential) else model.get_config()["layers"]
    if any(len(node["inbound_nodes"]) > 1 for node in nodes):
        raise ValueError(f"Received {name} that uses a layer twice, expected one chain of layers.")
    return found


def carry(model, name, until=None):
    """Describe a Keras model for layers.js: its input's shape, its layers, weights as float16.

    `until`: the kind of layer after the first of which the rest is left out, or None for all.
    Raises the errors of `chain`, and `ValueError` for activations and settings that the page does
    not know.

    >>> import keras
    >>> carry(keras.Sequential([keras.Input((784,)), keras.layers.Flatten()]), "encoder")
    {'shape': [784], 'layers': [{'kind': 'Flatten', 'shape': [784]}]}
    """
    layers = []
    for layer in chain(model, name):
        layers.append(_entry(layer, f"{name} with the layer {layer.name!r:.40}"))
        if until == layers[-1]["kind"]:
            break
    else:
        if until:
            raise ValueError(f"Received {name} without a layer of {until}, expected one.")
    return {"shape": list(model.inputs[0].shape[1:]), "layers": layers}


def _entry(layer, said):
    kind = type(layer).__name__
    entry = {"kind": kind, "shape": list(layer.output.shape[1:])}
    entry |= {name: list(getattr(layer, setting)) for name, setting in LAYERS[kind].items()}
    for setting, known in _DEFAULTS.items():
        if getattr(layer, setting, known) != known:
            raise ValueError(f"Received {said} and another {setting} than {known!r}.")
    if hasattr(layer, "kernel"):
        kernel = np.asarray(layer.kernel)
        if kind == "Conv2DTranspose":  # as in Conv2D: height, width, from, to
            kernel = kernel.swapaxes(2, 3)
        bias = layer.bias if layer.use_bias else np.zeros(kernel.shape[-1])
        activation = getattr(layer.activation, "__name__", type(layer.activation).__name__)
        if activation not in ACTIVATIONS:
            raise ValueError(
                f"Received {said} and the activation {activation:.40}, expected one of "
                f"{', '.join(ACTIVATIONS)}."
            )
        entry |= {"kernel": to_half(kernel, said), "bias": to_half(bias, said)}
        entry["activation"] = activation
    if kind == "BatchNormalization":
        if layer.axis not in (-1, len(entry["shape"])):
            raise ValueError(f"Received {said} on axis {layer.axis}, expected the last axis.")
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
    chain(model, name)
    shape, x = model.inputs[0].shape[1:], np.asarray(x, "float32")
    if None in shape or math.prod(shape) != x[0].size:
        raise ValueError(
            f"Received {name} that takes {shape}, expected one that takes {x[0].size} numbers."
        )
    x = x.reshape(len(x), *shape)
    # In parts: all feature maps at once would fill the memory.
    parts = [np.asarray(model(x[i : i + 250])) for i in range(0, len(x), 250)]
    answers = np.concatenate(parts).reshape(len(x), -1).astype("float32")
    if not np.isfinite(answers).all():
        raise ValueError(
            f"Received {name} that answers NaN or infinity: run its training cell again."
        )
    sizes = {"images": [784], "classes": [10], "classes or images": [10, 784]}.get(kind)
    if sizes and answers.shape[1] not in sizes:
        raise ValueError(
            f"Received {name} that answers {answers.shape[1]} numbers, expected {kind}: "
            f"{' or '.join(map(str, sizes))}."
        )
    return answers
