"""A trained Keras model as the list of layers that the page can run, and its answers in Python."""

import base64
import math

import numpy as np

_WINDOWS = ["Conv2D", "Conv2DTranspose", "MaxPooling2D", "AveragePooling2D", "UpSampling2D"]
_SIZES = ["kernel_size", "pool_size", "size"]  # one of which a window has
_IDLE = ["InputLayer", "Dropout", "SpatialDropout2D", "GaussianNoise", "GaussianDropout"]
_OTHERS = ["Dense", "Flatten", "Reshape", "BatchNormalization", "Rescaling", "Activation"]
_OTHERS += ["ReLU", "LeakyReLU", "Softmax"]
LAYERS = [*_WINDOWS, *_OTHERS, *_IDLE]
ACTIVATIONS = ["linear", "relu", "leaky_relu", "sigmoid", "tanh", "softmax"]
# What a layer may be set to beside its defaults, and the page does not know.
_DEFAULTS = {"data_format": "channels_last", "dilation_rate": (1, 1), "groups": 1}
_DEFAULTS |= {"output_padding": None, "interpolation": "nearest", "max_value": None, "threshold": 0}


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


def input_shape(model, name):
    """Give the shape of one input of a Keras model, such as (784,). Raises a clear error.

    >>> import keras
    >>> input_shape(keras.Sequential([keras.Input((28, 28, 1)), keras.layers.ReLU()]), "encoder")
    (28, 28, 1)
    """
    import keras  # takes seconds: not before it is needed

    if not isinstance(model, keras.Model):
        raise TypeError(f"Received {type(model).__name__} as {name}, expected a Keras model.")
    inputs = getattr(model, "inputs", None)
    if not inputs or len(inputs) != 1 or len(model.outputs) != 1:
        raise ValueError(
            f"Received {name} {model.name!r:.40}, which is not built or has several inputs or "
            "outputs, expected one that begins with keras.Input or was called, with one of each."
        )
    if not inputs[0].dtype.startswith(("float", "bfloat")):
        raise ValueError(f"Received {name} that takes {inputs[0].dtype}, expected floats, 0 to 1.")
    return tuple(inputs[0].shape[1:])


def chain(model, name):
    """List the layers of a Keras model in order, those of models inside it included.

    >>> import keras
    >>> inner = keras.Sequential([keras.Input((784,)), keras.layers.Dense(32)])
    >>> [layer.units for layer in chain(keras.Model(inner.inputs, inner.outputs), "encoder")]
    [32]
    """
    import keras

    input_shape(model, name)
    simple = isinstance(model, keras.Sequential)
    found = []
    for layer in model.layers if simple else model.operations:
        if isinstance(layer, keras.Model):
            found += chain(layer, name)
        elif type(layer).__name__ in LAYERS:
            found.append(layer)
        else:
            raise ValueError(
                f"Received {name} with the layer {layer.name!r:.40} of {type(layer).__name__}, "
                f"expected layers of {', '.join(LAYERS)}."
            )
    # In this order: Keras cannot describe every layer that has just been refused.
    entries = () if simple else model.get_config()["layers"]
    if any(len(entry["inbound_nodes"]) > 1 for entry in entries):
        raise ValueError(f"Received {name} that uses a layer twice, expected one chain of layers.")
    return [layer for layer in found if type(layer).__name__ not in _IDLE]


def carry(model, name, until=None):
    """Describe a Keras model for layers.js: its input's shape, its layers, weights as float16.

    `until`: the kind of layer after the first of which the rest is left out, or None for all.

    Raises `TypeError` for what is no Keras model, `ValueError` for layers, activations and
    settings that the page does not know; the message lists those that it knows.

    >>> import keras
    >>> carry(keras.Sequential([keras.Input((784,)), keras.layers.Flatten()]), "encoder")
    {'shape': [784], 'layers': [{'kind': 'Reshape', 'shape': [-1]}]}
    """
    layers = [entry for layer in chain(model, name) for entry in _entries(layer, name)]
    if until:
        kinds = [layer["kind"] for layer in layers]
        if until not in kinds:
            raise ValueError(f"Received {name} without a layer of {until}, expected one.")
        layers = layers[: kinds.index(until) + 1]
    return {"shape": list(input_shape(model, name)), "layers": layers}


def _entries(layer, name):
    """One layer as one entry, or two where its activation is a layer of its own."""
    kind, entry = type(layer).__name__, {"kind": "Activation"}  # unless it does more
    said = f"{name} with the layer {layer.name!r:.40}"
    for setting, known in _DEFAULTS.items():
        value = getattr(layer, setting, known)
        if value != known:
            raise ValueError(f"Received {said} of {setting}={value!r}, expected {known!r}.")
    if kind in _WINDOWS:
        size = next(getattr(layer, key) for key in _SIZES if hasattr(layer, key))
        entry = {"kind": kind, "size": list(size)}
        if hasattr(layer, "strides"):
            entry |= {"strides": list(layer.strides), "padding": layer.padding}
    if hasattr(layer, "kernel"):
        kernel = np.asarray(layer.kernel)
        if kind == "Conv2DTranspose":  # as in Conv2D: height, width, from, to
            kernel = kernel.swapaxes(2, 3)
        bias = layer.bias if layer.use_bias else np.zeros(kernel.shape[-1])
        weights = {"kernel": to_half(kernel, said), "bias": to_half(bias, said)}
        entry |= {"kind": kind} | weights
    if kind in ("Flatten", "Reshape"):
        entry = {"kind": "Reshape", "shape": list(getattr(layer, "target_shape", (-1,)))}
    if kind in ("Rescaling", "BatchNormalization"):
        entry = {"kind": "Rescale"} | _scale(layer, said)
    return [entry, *_activation(layer, entry, said, name)]


def _scale(layer, said):
    """What BatchNormalization and Rescaling come to: a factor and a summand for each channel."""
    if hasattr(layer, "scale") and hasattr(layer, "offset"):
        scale, offset = (np.asarray(value, "float64") for value in (layer.scale, layer.offset))
    else:
        if layer.axis not in (-1, layer.input_spec.ndim - 1):
            raise ValueError(f"Received {said} on axis {layer.axis}, expected the last axis.")
        spread = np.sqrt(np.asarray(layer.moving_variance, "float64") + layer.epsilon)
        scale = (1 if layer.gamma is None else np.asarray(layer.gamma)) / spread
        offset = (0 if layer.beta is None else np.asarray(layer.beta)) - layer.moving_mean * scale
    scale, offset = np.broadcast_arrays(scale, offset)
    if scale.size != np.max(scale.shape[-1:], initial=1):
        raise ValueError(f"Received {said} of shape {scale.shape}, expected one for each channel.")
    return {"scale": scale.ravel().tolist(), "offset": np.ravel(offset).tolist()}


def _activation(layer, entry, said, name):
    """Write a layer's activation into its entry, or return the entries of one that is a layer."""
    import keras

    kind = type(layer).__name__
    activation = getattr(layer, "activation", None)
    if isinstance(activation, keras.layers.Layer):
        return _entries(activation, name)
    chosen = {"ReLU": "leaky_relu", "LeakyReLU": "leaky_relu", "Softmax": "softmax"}.get(kind)
    if chosen is None and activation is not None:
        chosen = getattr(activation, "__name__", type(activation).__name__)
        if chosen not in ACTIVATIONS or keras.activations.get(chosen) is not activation:
            raise ValueError(
                f"Received {said} and the activation {chosen!r:.40}, "
                f"expected one of {', '.join(ACTIVATIONS)}."
            )
    if kind == "Softmax" and layer.axis != -1:
        raise ValueError(f"Received {said} on axis {layer.axis}, expected the last axis.")
    if chosen not in (None, "linear"):
        entry["activation"] = chosen
    if chosen == "leaky_relu":
        entry["slope"] = float(getattr(layer, "negative_slope", 0.2))
    return []


def answer(model, images, name, kind):
    """Call a Keras model on images or codes (n, ...): its answers as float32 (n, k).

    `kind`: what the answers must be, "codes", "images" (k = 784), "classes" (k = 10) or
    "classes or images". Raises `ValueError` for a model that takes another shape, and for others.

    >>> import keras
    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.ReLU()])
    >>> answer(model, [[1, 2]], "encoder", "codes")
    array([[1., 2.]], dtype=float32)
    """
    shape = input_shape(model, name)
    x = np.asarray(images, "float32")
    if None in shape or math.prod(shape) != x[0].size:
        raise ValueError(
            f"Received {name} that takes {shape}, expected one that takes {x[0].size} numbers."
        )
    x = x.reshape(len(x), *shape)
    try:  # in parts: all feature maps at once would fill the memory
        parts = [np.asarray(model(x[i : i + 250]), "float32") for i in range(0, len(x), 250)]
    except Exception as problem:  # whatever Keras raises, the reader needs one sentence
        said = " ".join(str(problem).split())[:200]
        raise ValueError(f"Received {name} that cannot be called: {said}") from None
    answers = np.concatenate(parts).reshape(len(x), -1)
    if not np.isfinite(answers).all():
        raise ValueError(
            f"Received {name} that answers NaN or infinity, expected numbers: "
            "run its training cell again."
        )
    sizes = {"images": [784], "classes": [10], "classes or images": [10, 784]}.get(kind)
    if sizes and answers.shape[1] not in sizes:
        raise ValueError(
            f"Received {name} that answers {answers.shape[1]} numbers, expected {kind}: "
            f"{' or '.join(map(str, sizes))}."
        )
    return answers
