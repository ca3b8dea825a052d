"""The figures of the course: one look, and a text alternative for each.

Digits are drawn in gray from 0 (black) to 1 (white), weights on a diverging map whose white is
zero, and each model has its own colour in all notebooks.
"""

import io
import re

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Image, display
from matplotlib.figure import Figure

# Okabe and Ito's palette, which stays distinct for colour-blind readers: one colour for each model.
COLORS = {
    "simple": "#0072B2",  # the 32-number dense autoencoder, in every notebook
    "pca": "#E69F00",
    "linear": "#56B4E9",
    "deep": "#009E73",
    "conv": "#D55E00",
    "random start": "#000000",
    "pretrained": "#CC79A7",
    "floor": "#767676",
}
# For everything else, four of Paul Tol's colours: "C0" to "C3" never look like one of the models.
_OTHERS = ["#332288", "#999933", "#882255", "#44AA99"]

plt.rcParams.update(
    {
        "figure.dpi": 100,
        "figure.facecolor": "white",
        "savefig.facecolor": "white",
        "font.size": 11,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.prop_cycle": plt.cycler(color=_OTHERS),
        "axes.titlesize": 11,
        "image.cmap": "gray",
        "legend.frameon": False,
        "lines.linewidth": 2,
    }
)


def show(figure, alt):
    """Display a Matplotlib figure with its text alternative, and close it.

    `alt` says in a sentence what the figure shows, for a reader who cannot see it.
    Raises `TypeError` for what is no figure, `ValueError` for an empty alternative.

    >>> show(plt.figure(), "An empty figure.")
    <IPython.core.display.Image object>
    """
    if not isinstance(figure, Figure):
        raise TypeError(
            f"Received {type(figure).__name__} as figure, expected a Matplotlib figure."
        )
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(f"Received {alt!r} as alt, expected a sentence that says what is seen.")
    png = io.BytesIO()
    figure.savefig(png, format="png", bbox_inches="tight")
    plt.close(figure)
    display(Image(png.getvalue(), alt=alt))


def show_digits(rows, captions=None, alt=None):
    """Draw digits in labelled rows, all on the same gray scale.

    `rows`: a dict from row label to the images of that row, each a sequence of n images of
    shape (784,), (28, 28) or (28, 28, 1), either float from 0 to 1 or uint8 from 0 to 255;
    values outside are shown as black or white. `captions`: n texts to stand above the columns.
    `alt`: a text alternative to use instead of the one made from labels and captions.

    Raises `TypeError` or `ValueError` for what is not images, or for rows of different lengths.

    >>> show_digits({"black": np.zeros((2, 784)), "gray": np.full((2, 784), 0.5)}, captions="ab")
    <IPython.core.display.Image object>
    """
    if not isinstance(rows, dict) or not rows:
        raise TypeError(f"Received {type(rows).__name__} as rows, expected a dict label: images.")
    rows = {str(label): _as_images(images, f"row {label!r}") for label, images in rows.items()}
    lengths = {label: len(images) for label, images in rows.items()}
    n = max(lengths.values())
    if set(lengths.values()) != {n}:
        raise ValueError(f"Received rows of different lengths, {lengths}; expected equal ones.")
    captions = _as_captions(captions, n)
    size = min(1.1, 9 / n)
    figure, axes = plt.subplots(
        len(rows), n, figsize=(size * n, size * len(rows)), squeeze=False, layout="compressed"
    )
    for row, (label, images) in zip(axes, rows.items(), strict=True):
        for axis, image in zip(row, images, strict=True):
            axis.imshow(image, vmin=0, vmax=1)
            axis.axis("off")
        place = {"ha": "right", "va": "center", "transform": row[0].transAxes}
        row[0].text(-0.1, 0.5, label, parse_math=False, **place)
    for axis, caption in zip(axes[0], captions or (), strict=False):
        axis.set_title(caption, parse_math=False)
    if alt is None:
        alt = f"{n} digits in each row, from top to bottom: {', '.join(rows)}."
        if captions:
            alt += f" Column captions: {', '.join(captions)}."
    show(figure, alt)


def show_maps(maps, columns=8, captions=None, diverging=True, alt=None):
    """Draw maps of the same size in a grid: the weights or the feature maps of many units.

    `maps`: array of shape (n, height, width) or (n, 784), any finite numbers. `diverging`: blue
    is negative, white zero, red positive, on one scale for the whole grid; otherwise gray from 0
    to the largest value of the grid. `captions`: n short texts to stand above the maps.

    Raises `TypeError` or `ValueError` for other shapes, for NaN and for infinity.

    >>> show_maps(np.eye(9).reshape(9, 3, 3), columns=9)
    <IPython.core.display.Image object>
    """
    maps = _as_array(maps, "maps")
    if maps.ndim == 2 and maps.shape[1] == 784:
        maps = maps.reshape(-1, 28, 28)
    if maps.ndim != 3 or 0 in maps.shape:
        raise ValueError(
            f"Received maps of shape {maps.shape}, expected (n, height, width) or (n, 784)."
        )
    if not isinstance(columns, (int, np.integer)) or isinstance(columns, bool) or columns < 1:
        raise ValueError(f"Received columns={columns!r:.20}, expected a whole number from 1.")
    captions = _as_captions(captions, len(maps))
    limit = float(np.abs(maps, dtype="float64").max()) or 1.0
    style = {"cmap": "RdBu_r", "vmin": -limit} if diverging else {"cmap": "gray", "vmin": 0}
    columns = min(columns, len(maps))
    lines = -(-len(maps) // columns)
    size = min(1.1, 9 / columns)
    height = size + (0.2 if captions else 0)
    figure, axes = plt.subplots(
        lines, columns, figsize=(size * columns, height * lines), squeeze=False, layout="compressed"
    )
    for axis in axes.flat:
        axis.axis("off")
    for i, (axis, values) in enumerate(zip(axes.flat, maps, strict=False)):
        drawn = axis.imshow(values, vmax=limit, **style)
        if captions:
            axis.set_title(captions[i], fontsize=9, parse_math=False)
    bar = figure.colorbar(drawn, ax=axes, shrink=0.6, aspect=30, pad=0.02)
    bar.outline.set_visible(False)
    scale = "blue negative, white zero, red positive" if diverging else "black 0, white the largest"
    show(figure, alt or f"{len(maps)} maps in {lines} rows of {columns}; {scale}.")


def show_curves(curves, ylabel="loss", floor=None, model=None, log=False, xlabel="epoch", alt=None):
    """Draw learning curves, each labelled at its end.

    `curves`: a dict from name to one value per epoch; the values are drawn from epoch 1.
    A name that is a key of `COLORS` is drawn in that colour. `floor`: a pair (value, name),
    drawn as a dashed line that no curve can cross. `model`: a key of `COLORS` if all curves are
    of one model; its colour is used, and "training" is dotted. `log`: a logarithmic axis.

    Raises `TypeError` or `ValueError` for what is not numbers, and for an unknown model.

    >>> show_curves({"training": [0.3, 0.2], "validation": [0.3, 0.25]}, model="simple")
    <IPython.core.display.Image object>
    """
    if not isinstance(curves, dict) or not curves:
        raise TypeError(f"Received {type(curves).__name__} as curves, expected name: values.")
    curves = {name: _as_array(values, f"curve {name!r}") for name, values in curves.items()}
    for name, values in curves.items():
        if values.ndim != 1 or len(values) == 0:
            raise ValueError(f"Curve {name!r} has shape {values.shape}, expected (epochs,).")
        if log and values.min() <= 0:
            raise ValueError(
                f"Received zero or less in curve {name!r}, expected more on a log axis."
            )
    if floor is not None:
        if not isinstance(floor, tuple) or len(floor) != 2:
            raise TypeError(f"Received {type(floor).__name__} as floor, expected (value, name).")
        height = _as_array(floor[0], "a floor")
        if height.ndim or (log and height <= 0):
            raise ValueError(
                f"Received {floor[0]!r:.40} as floor, expected one number on the axis."
            )
    if model is not None and (not isinstance(model, str) or model not in COLORS):
        raise ValueError(f"Received model={model!r:.20}, expected one of {', '.join(COLORS)}.")
    figure, axis = plt.subplots(figsize=(7, 3.6), layout="constrained")
    lines, ends = [], []
    for name, values in curves.items():
        style = {"color": COLORS[model or name]} if model or name in COLORS else {}
        if model and name == "training":
            style["linestyle"] = ":"
        lines += axis.plot(range(1, len(values) + 1), values, marker="o", markersize=3, **style)
        ends.append((float(values[-1]), len(values), str(name)))
    if floor is not None:
        last = max(end[1] for end in ends)
        lines += axis.plot(
            [1, last], [floor[0]] * 2, color=COLORS["floor"], linestyle="--", linewidth=1
        )
        ends.append((float(floor[0]), last, str(floor[1])))
    if log:
        axis.set_yscale("log")
    axis.set(xlabel=xlabel, ylabel=ylabel)
    axis.xaxis.get_major_locator().set_params(integer=True)
    _label_ends(axis, ends, [line.get_color() for line in lines])
    said = "; ".join(
        f"{name} from {values[0]:.3g} to {values[-1]:.3g}" for name, values in curves.items()
    )
    said += f"; dashed line: {floor[1]} at {floor[0]:.3g}" if floor is not None else ""
    show(figure, alt or f"{ylabel} by {xlabel}: {said}.")


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
    <IPython.core.display.Image object>
    """
    if not isinstance(models, dict) or not models:
        raise TypeError(f"Received {type(models).__name__} as models, expected name: model.")
    chains = {str(name): _as_chain(model, name) for name, model in models.items()}
    longest = max(map(len, chains.values()))
    figure, axes = plt.subplots(
        len(chains), figsize=(1.5 * longest, 1.8 * len(chains)), squeeze=False, layout="compressed"
    )
    for axis, (name, chain) in zip(axes[:, 0], chains.items(), strict=True):
        axis.set(xlim=(-0.5, longest - 0.5), ylim=(-0.62, 0.6), aspect=1.1)
        axis.axis("off")
        axis.set_title(name, loc="left", parse_math=False)
        for i, (layer, shape) in enumerate(chain):
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
    show(figure, f"Networks, layer by layer, with the shapes that they hand on. {said}.")


def _draw_values(axis, x, shape, color):
    """Draw a vector as a bar, feature maps as a stack of squares, larger for larger shapes."""
    style = {"facecolor": color, "edgecolor": "white", "linewidth": 0.8}
    if len(shape) == 1:
        height = np.log2(1 + shape[0]) / np.log2(785)
        axis.add_patch(plt.Rectangle((x - 0.07, -height / 2), 0.14, height, **style))
        return
    side = 0.08 + 0.36 * min(1, shape[0] / 28)
    depth = min(4, shape[-1])
    for i in range(depth):
        shift = 0.04 * (i - (depth - 1) / 2)
        corner = (x - side / 2 + shift, -side / 2 - shift)
        axis.add_patch(plt.Rectangle(corner, side, side, **style))


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


def _label_ends(axis, ends, colors):
    """Write each name to the right of its curve, moved apart where they would overlap."""
    axis.figure.canvas.draw()
    to_points = axis.transData.transform
    heights = [to_points((x, y))[1] for y, x, _ in ends]
    order = np.argsort(heights)
    placed = -np.inf
    for i in order:
        y, x, name = ends[i]
        wanted = max(heights[i], placed + 15)
        placed = wanted
        axis.annotate(
            name,
            (x, y),
            xytext=(8, (wanted - heights[i]) * 72 / axis.figure.dpi),
            textcoords="offset points",
            va="center",
            color=colors[i],
            annotation_clip=False,
            parse_math=False,
        )


def _as_captions(captions, n):
    """A list of n texts, or None."""
    if captions is None:
        return None
    try:
        captions = [str(caption) for caption in captions]
    except TypeError:
        raise TypeError(f"Received {type(captions).__name__} as captions, expected {n}.") from None
    if len(captions) != n:
        raise ValueError(f"Received {len(captions)} captions for {n} columns, expected {n}.")
    return captions


def _as_array(values, name):
    """A finite numeric NumPy array from an array, a tensor or a list, or a clear error."""
    try:
        array = np.asarray(values)
    except (TypeError, ValueError):
        raise ValueError(f"Received {name} that is not one array, expected numbers.") from None
    if array.dtype.kind not in "fiub":
        raise TypeError(f"Received {name} of dtype {array.dtype}, expected numbers.")
    if not np.isfinite(array).all():
        raise ValueError(f"Received {name} with NaN or infinity in it, expected finite numbers.")
    return array


def _as_images(images, name):
    """Images of shape (n, 28, 28) from 0 to 1, from any of the shapes the course uses."""
    array = _as_array(images, name)
    if array.ndim < 2 or array.shape[1:] not in {(784,), (28, 28), (28, 28, 1)} or not len(array):
        raise ValueError(
            f"Received {name} of shape {array.shape} and dtype {array.dtype}, expected at least "
            "one image: (n, 784), (n, 28, 28) or (n, 28, 28, 1)."
        )
    if array.dtype == np.uint8:
        array = array / 255
    elif array.dtype.kind != "f":
        raise TypeError(f"Received {name} of dtype {array.dtype}, expected float or uint8.")
    return np.clip(array, 0, 1).reshape(-1, 28, 28)
