"""What Keras answers to what a control was sent: its models built from the text in the page."""

import base64
import io

import keras
import numpy as np
from keras import layers
from PIL import Image

LAYERS = {"Rescale": layers.Rescaling, "Activation": layers.Identity}
for kind in [
    layers.Dense, layers.Conv2D, layers.Conv2DTranspose, layers.MaxPooling2D,
    layers.AveragePooling2D, layers.UpSampling2D, layers.Reshape,
]:  # fmt: skip
    LAYERS[kind.__name__] = kind
SETTINGS = ["size", "strides", "padding", "shape", "scale", "offset"]  # in the order Keras has them
WEIGHTS = ["kernel", "bias"]


def numbers(half):
    """The numbers that stand as float16 in the page."""
    return np.frombuffer(base64.b64decode(half), "<f2").astype("float32")


def digits(sheet):
    """The digits (n, 784) of a control's PNG sheet, from 0 to 1."""
    picture = Image.open(io.BytesIO(base64.b64decode(sheet)))
    return np.float32(np.asarray(picture).reshape(-1, 784) / 255)


def trace(model, x):
    """What each layer of a model in the page answers to inputs (n, ...), as Keras computes it."""
    x, found = np.reshape(np.float32(x), (-1, *model["shape"])), []
    for entry in model["layers"]:
        unknown = {*entry} - {"kind", "activation", "slope", *SETTINGS, *WEIGHTS}
        assert entry["kind"] in LAYERS, f"teach tests/answers.py the layer {entry['kind']}"
        assert not unknown, f"teach tests/answers.py {unknown} of {entry['kind']}"
        weights = [numbers(entry[name]) for name in WEIGHTS if name in entry]
        settings = [entry[name] for name in SETTINGS if name in entry]
        layer = LAYERS[entry["kind"]](*[bias.size for bias in weights[1:]], *settings)
        layer.build(x.shape)
        if weights:
            *sides, last, units = layer.kernel.shape
            kernel, bias = weights
            if entry["kind"] == "Conv2DTranspose":  # Keras has its outputs before its inputs
                kernel = kernel.reshape(*sides, units, last).swapaxes(2, 3)
            layer.set_weights([kernel.reshape(layer.kernel.shape), bias])
        slope = {"negative_slope": entry["slope"]} if "slope" in entry else {}
        x = keras.activations.get(entry.get("activation", "linear"))(layer(x), **slope)
        found.append(np.asarray(x))
    return found


def shown(data, seen):
    """Where a control shows a model's answer, and what Keras answers to what its inputs say.

    `data`: what the page was sent. `seen`: what its sliders are `set` to and what is `drawn`.
    Returns the number of a canvas, and its picture as numbers from 0 to 1 or ten probabilities.
    """
    models, at = data["models"], seen["set"]
    images = digits(data["sheet"]) if "sheet" in data else []
    codes = [numbers(half).reshape(-1, n) for half, n in data["halves"].values()]

    def ask(name, x):
        return trace(models[name], x)[-1].ravel()

    def noisy():
        return np.clip(images[int(at[0])] + at[1] * np.float32(data["noise"]), 0, 1)

    match data["kind"]:
        case "digit":
            return 2, ask("decoder", ask("encoder", noisy()))
        case "denoising":
            return 1, ask("denoiser", noisy())
        case "map":
            return 1, ask("decoder", at)
        case "code":
            code = codes[0][int(at[0])].copy()
            code[int(at[1])] = at[2]
            return 2, ask("decoder", code)
        case "interpolation":
            first, second = (codes[0][int(i)] for i in at[:2])
            return 1, ask("decoder", (1 - at[2]) * first + at[2] * second)
        case "filters":
            view, number = data["views"][int(at[1]) - 1], int(at[2])
            maps = trace(models["encoder"], images[int(at[0])])[view["index"]]
            return 1, (maps[..., number] / max(view["top"][number], 1e-6)).ravel()
        case "drawing":
            return 3, ask("model", seen["drawn"])
        case kind:
            raise AssertionError(f"teach tests/answers.py what {kind} shows")
