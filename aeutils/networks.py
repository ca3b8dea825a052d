"""Networks drawn as chains of layers, from the models themselves."""

import re

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from aeutils.arrays import as_named
from aeutils.display import COLORS, drawable, shown

MOST = 60  # steps of a chain, and models: a figure of more could not be drawn


@shown
def show_layers(models):
    """Draw networks as chains of layers, each with the shape of what it hands on.

    `models`: a dict from name to a built Keras model whose layers, those of models inside it
    included, form one chain. A vector is drawn as a bar, feature maps as a stack of squares, all
    in the colour of the model where its name is a key of `COLORS`.

    Raises `TypeError` for what is no dict of Keras models, `ValueError` for a model that is not
    built or no chain.

    >>> import keras
    >>> encoder = keras.Sequential([keras.Input((784,)), keras.layers.Dense(32)])
    >>> show_layers({"encoder": encoder})
    Networks, layer by layer, with the shapes that they hand on. encoder: 784, 32.
    """
    chains = {
        name: _as_chain(model, name)
        for name, model in as_named(models, "models", "a Keras model").items()
    }
    longest = max(map(len, chains.values()))
    if max(longest, len(chains)) > MOST:
        raise ValueError(
            f"Received {len(chains)} models of up to {longest} steps, expected at most {MOST}."
        )
    size = (1.5 * longest, 1.8 * len(chains))
    figure = Figure(figsize=size, layout="compressed")
    axes = figure.subplots(len(chains), squeeze=False)[:, 0]
    for axis, (name, chain) in zip(axes, chains.items(), strict=True):
        axis.set(xlim=(-0.5, longest - 0.5), ylim=(-0.62, 0.6), aspect=1.1)
        axis.axis("off")
        axis.set_title(drawable(name), loc="left", parse_math=False)
        for i, (layer, shape) in enumerate(chain):  # step i stands at x = i
            _draw_values(axis, i, shape, COLORS.get(name, "C0"))
            axis.text(i, -0.6, " x ".join(map(str, shape)), ha="center", va="top", fontsize=10)
            if layer:
                arrow = {"arrowstyle": "->", "color": "#767676"}
                axis.annotate("", (i - 0.28, 0), (i - 0.72, 0), arrowprops=arrow)
                style = {"ha": "center", "va": "bottom", "fontsize": 8, "parse_math": False}
                axis.text(i - 0.5, 0.3, layer, **style)
    said = "; ".join(
        f"{name}: {', '.join(' x '.join(map(str, shape)) for _, shape in chain)}"
        for name, chain in chains.items()
    )
    return figure, f"Networks, layer by layer, with the shapes that they hand on. {said}."


layer_figure = show_layers.figure


def _draw_values(axis, x, shape, color):
    """Draw a vector as a bar, feature maps as a stack of squares, larger for larger shapes."""
    style = {"facecolor": color, "edgecolor": "white", "linewidth": 0.8}
    if len(shape) == 1:
        height = min(1, np.log2(1 + shape[0]) / np.log2(785))
        axis.add_patch(Rectangle((x - 0.07, -height / 2), 0.14, height, **style))
        return
    side = 0.08 + 0.36 * min(1, shape[0] / 28)
    depth = min(4, shape[-1])
    for i in range(depth):
        shift = 0.04 * (i - (depth - 1) / 2)
        corner = (x - side / 2 + shift, -side / 2 - shift)
        axis.add_patch(Rectangle(corner, side, side, **style))


def _as_chain(model, name):
    """The layers of a model as pairs (what the layer does, shape of its output without n)."""
    if not hasattr(model, "layers"):
        raise TypeError(f"Received {type(model).__name__} as {name!r:.20}, expected a Keras model.")
    inputs = getattr(model, "inputs", None)  # a Sequential that is not built has none
    if not inputs or len(inputs) != 1 or len(model.outputs) != 1:
        raise ValueError(
            f"Received {name!r:.20}, a model that is not built or has several inputs or outputs; "
            "expected one that begins with keras.Input and has one of each."
        )
    chain = [("", tuple(inputs[0].shape[1:]))]
    for layer in model.layers:
        if hasattr(layer, "layers"):
            chain += _as_chain(layer, name)[1:]
        elif layer.__class__.__name__ != "InputLayer":
            if isinstance(layer.input, list):
                raise ValueError(f"Received {name!r:.20}, whose layers branch; expected one chain.")
            activation = getattr(getattr(layer, "activation", None), "__name__", "linear")
            words = re.sub(r"(?<=[a-zD])(?=[A-Z][a-z])", "\n", layer.__class__.__name__)
            does = words if activation == "linear" else f"{words}\n{activation}"
            chain.append((does, tuple(layer.output.shape[1:])))
    for _, shape in chain:
        if not shape or None in shape:
            raise ValueError(f"Received {name!r:.20} with the shape {shape}, expected fixed sizes.")
    return chain
