"""Digits, maps, learning curves and networks, each shown with a text alternative.

A function `show_...` shows a figure. Its `.figure` takes the same arguments and returns the figure
and its alternative instead. None of them uses pyplot's current figure, which belongs to the reader.
"""

import base64
import functools
import html
import io
import re
import warnings

import numpy as np
from IPython.display import display
from matplotlib import pyplot as plt
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator, NullFormatter
from PIL import Image

from aeutils.arrays import as_array, as_chain, as_images, as_named, expect

# Okabe and Ito's palette, which stays distinct for color-blind readers: one color for each model.
COLORS = {
    "simple": "#0072B2",  # 784-32-784 with a relu code
    "shallow": "#882255",  # 784-32-784 with a linear code
    "pca": "#E69F00",
    "linear": "#56B4E9",
    "deep": "#009E73",
    "conv": "#D55E00",
    "random start": "#000000",
    "pretrained": "#CC79A7",
    "floor": "#767676",
}
WIDTH = 9  # of the widest figures, in inches
MOST = 1000  # images in a figure: more would take minutes
FEW = f"at most {MOST:,}: choose some, as [:10]"
LINE = 16  # from the middle of one name to the next at the ends of curves, in points


class _Picture:
    """A picture in the forms that front ends show; elsewhere its alternative."""

    def __init__(self, png, alt, size):
        self.png, self.alt, self.size = png, alt, size

    def __repr__(self):
        return self.alt

    def _repr_mimebundle_(self, include=None, exclude=None):
        width, height = self.size
        # JupyterLab shows the alternative of an <img>, but not that of image/png.
        picture = (
            f'<img alt="{html.escape(self.alt)}" width="{width}" height="{height}" '
            f'style="max-width: 100%; height: auto" src="data:image/png;base64,{self.png}">'
        )
        data = {"text/html": picture, "image/png": self.png, "text/plain": self.alt}
        return data, {"image/png": {"alt": self.alt, "width": width, "height": height}}


def as_png(figure, pixels=100, colors=256):
    """Return a figure as a PNG file in base64, and its (width, height) on the screen.

    Each side has twice the pixels that it takes there: sharp screens show them. `pixels`: of the
    screen for an inch. `colors`: how many the file may hold.
    """
    file, small = io.BytesIO(), io.BytesIO()
    with warnings.catch_warnings():
        # A box stands for a letter that the font lacks; the alternative holds the letter.
        warnings.filterwarnings("ignore", "Glyph .* missing")
        style = {"dpi": 2 * pixels, "bbox_inches": "tight", "transparent": False}
        figure.savefig(file, format="png", **style)
    image = Image.open(file).convert("RGB").quantize(colors)
    image.save(small, "PNG", optimize=True)
    return base64.b64encode(small.getvalue()).decode(), [side // 2 for side in image.size]


def show_figure(figure, alt):
    """Display a Matplotlib figure with its text alternative, and close it.

    `alt` says in a sentence what the figure shows, for a reader who cannot see it.
    Raises `TypeError` for what is no figure, `ValueError` for an empty alternative.
    """
    expect(isinstance(figure, Figure), type(figure).__name__, "a Matplotlib figure", TypeError)
    expect(isinstance(alt, str) and alt.strip(), f"alt={alt!r:.40}", "a sentence on what is seen")
    plt.close(figure)  # else a notebook would show it again at the end of the cell
    png, size = as_png(figure)
    display(_Picture(png, alt, size))


def _shown(make):
    """Let a function show the (figure, alternative) that it makes; `.figure` only makes them."""

    @functools.wraps(make)
    def show(*args, **kwargs):
        show_figure(*make(*args, **kwargs))

    show.figure = make
    return show


@_shown
def show_digits(rows, captions=None, alt=None):
    """Draw digits in labeled rows, all on the same gray scale: 0 is black, 1 is white.

    `rows`: images, or a dict from row label to the images of that row; each n images of shape
    (784,), (28, 28) or (28, 28, 1), either float from 0 to 1 or uint8 from 0 to 255; floats
    outside are shown as black or white. `captions`: n texts to stand above the columns, or a dict
    from row label to the n texts above the images of that row. `alt`: a text alternative to use
    instead of the one made from labels and captions. Raises `TypeError` or `ValueError` for what
    is not images, for rows of different lengths, and for more than 1,000 images.
    """
    rows = as_named(rows if isinstance(rows, dict) else {"": rows}, "rows", "images")
    rows = {label: as_images(x, f"row {label!r:.20}", clip=True) for label, x in rows.items()}
    lengths = {label: len(images) for label, images in rows.items()}
    n = max(lengths.values())
    expect({*lengths.values()} == {n}, f"rows of different lengths, {lengths}", "equal ones")
    expect(n * len(rows) <= MOST, f"{n * len(rows):,} images", FEW)
    texts = captions if isinstance(captions, dict) else {next(iter(rows)): captions}
    expect({*texts} <= {*rows}, f"captions for {[*texts]}", f"rows of {[*rows]}")
    texts = {label: _as_captions(each, n) for label, each in texts.items()}
    side = min(1.1, WIDTH / n)
    drawn = [(label, images, texts.get(label, [])) for label, images in rows.items()]
    figure = _draw_rows(drawn, side, side, cmap="gray", vmin=0, vmax=1)
    if alt is None:
        names = [" ".join(label.split()) for label in rows if label]
        # A label may hold a comma itself: "4 to 9, images mixed".
        names = ("; " if "," in "".join(names) else ", ").join(names)
        alt = "1 digit" if n == 1 else f"{n} digits"
        alt += f" in each row, from top to bottom: {names}." if names else "."
        for label, each in texts.items():
            where = f"Captions of {label}" if isinstance(captions, dict) else "Column captions"
            alt += f" {where}: {', '.join(each)}." if each else ""
    return figure, alt


@_shown
def show_maps(maps, columns=8, captions=None, diverging=True, scale_each=False, alt=None):
    """Draw maps of the same size in a grid: the weights or the feature maps of many units.

    `maps`: array of shape (n, height, width) or (n, 784), any finite numbers. `diverging`: blue
    is negative, white zero, red positive; otherwise gray from 0 to the largest value. One scale
    holds for the whole grid, or with `scale_each` for each map its own. `captions`: n short texts
    to stand above the maps. Raises `TypeError` or `ValueError` for other shapes, for NaN and
    infinity, and for more than 1,000 maps.
    """
    maps = as_array(maps, "maps").astype("float64")
    if maps.ndim == 2 and maps.shape[1] == 784:
        maps = maps.reshape(-1, 28, 28)
    wanted = "(n, height, width) or (n, 784)"
    expect(maps.ndim == 3 and maps.size, f"maps of shape {maps.shape}", wanted)
    whole = isinstance(columns, int | np.integer) and columns > 0
    expect(whole, f"columns={columns!r:.20}", "a whole number from 1")
    expect(len(maps) <= MOST, f"{len(maps):,} maps", FEW)
    captions = _as_captions(captions, len(maps))
    largest = np.abs(maps).max(axis=(1, 2), keepdims=True)
    largest = np.where(largest > 0, largest, 1) if scale_each else largest.max() or 1.0
    columns = min(columns, len(maps))
    starts, maps = range(0, len(maps), columns), maps / largest
    rows = [("", maps[k : k + columns], captions[k : k + columns]) for k in starts]
    width = min(1.1, WIDTH / columns)
    style = {"cmap": "RdBu_r" if diverging else "gray", "norm": Normalize(-diverging, 1)}
    figure = _draw_rows(rows, width, width * maps.shape[1] / maps.shape[2], **style)
    bar = figure.add_axes((1.02, 0.2, 0.12 / figure.get_figwidth(), 0.6))
    end = "largest" if scale_each else f"{largest:.2g}"
    ticks = {-1: f"-{end}", 0: "0", 1: end} if diverging else {0: "0", 1: end}
    figure.colorbar(ScalarMappable(**style), cax=bar, ticks=list(ticks)).outline.set_visible(False)
    bar.set_yticklabels(ticks.values(), fontsize=9)
    scale = "blue negative, white zero, red positive" if diverging else "black 0, white the largest"
    scale += ", on a scale of its own for each map" if scale_each else ""
    lines = f"{len(rows)} row" + "s" * (len(rows) > 1)
    return figure, alt or f"{len(maps)} maps in {lines} of {columns}; {scale}."


def _draw_rows(rows, width, height, **style):
    """Return a figure of rows (label, images, captions) of images of this size, in inches.

    Its axes measure in inches, too, from the upper left corner; downward is negative.
    """
    figure = Figure()
    axis = figure.add_axes((0, 0, 1, 1))
    top = 0.0
    for label, images, captions in rows:
        if any(captions):  # a row of empty captions needs no room
            top -= 0.06 + 0.17 * max(1 + caption.count("\n") for caption in captions)
        for i, image in enumerate(images):
            left, right, bottom = i * width, (i + 0.94) * width, top - 0.94 * height
            axis.imshow(image, extent=(left, right, bottom, top), aspect="auto", **style)
            size = right - left, bottom - top
            axis.add_patch(Rectangle((left, top), *size, fill=False, edgecolor="0.8"))
            if captions:
                place = {"ha": "center", "va": "bottom", "fontsize": 11 if width > 0.8 else 9}
                axis.text((left + right) / 2, top + 0.03, captions[i], **place)
        axis.text(-0.1, top - 0.47 * height, label, ha="right", va="center", fontsize=11)
        top -= height
    across = len(rows[0][1]) * width
    axis.set(xlim=(0, across), ylim=(top, 0))
    axis.set_axis_off()
    figure.set_size_inches(across, -top)
    return figure


def _as_captions(captions, n):
    """Return n captions as a list of texts, or an empty list for None."""
    if captions is None:
        return []
    fits = hasattr(captions, "__len__") and len(captions) == n
    expect(fits, f"{captions!r:.40} as captions of {n} columns", n)
    # A tensor of labels becomes numbers, not descriptions of tensors.
    return [str(x) for x in (np.asarray(captions) if hasattr(captions, "__array__") else captions)]


@_shown
def show_curves(curves, ylabel="loss", floor=None, model=None, log=False, xlabel="epoch", alt=None):
    """Draw learning curves, each labeled at its end.

    `curves`: a dict from name to one value per epoch; the values are drawn from epoch 1.
    A name that is a key of `COLORS` is drawn in that color. `floor`: a pair (value, name),
    drawn as a dashed line that no curve can cross. `model`: a key of `COLORS` if all curves are
    of one model; its color is used, and "training" is dotted. `log`: a logarithmic axis. Raises
    `TypeError` or `ValueError` for what is not numbers, for an unknown model, and for values up to
    0 on a logarithmic axis.
    """
    curves = as_named(curves, "curves", "values")
    curves = {name: _as_curve(x, f"curve {name!r:.40}", log) for name, x in curves.items()}
    expect(model in {None, *COLORS}, f"model={model!r:.20}", f"one of {', '.join(COLORS)}")
    figure = Figure(figsize=(7, 3.6), layout="constrained")
    axis = figure.add_subplot()
    ends = []  # of the lines: x, y, name, color
    for name, values in curves.items():
        style = {"color": COLORS[model or name]} if model or name in COLORS else {}
        style |= {"linestyle": ":"} if model and name == "training" else {}
        style |= {"marker": "o", "markersize": 3} if len(values) <= 100 else {}
        (line,) = axis.plot(range(1, len(values) + 1), values, **style)
        ends.append((len(values), values[-1], name, line.get_color()))
    if floor is not None:
        pair = isinstance(floor, tuple | list) and len(floor) == 2
        expect(pair, f"{floor!r:.40} as floor", "a pair (value, name)", TypeError)
        [height], last = _as_curve([floor[0]], "a floor", log), max(map(len, curves.values()))
        axis.plot([1, last], [height] * 2, color=COLORS["floor"], linestyle="--", linewidth=1)
        ends.append((last, height, str(floor[1]), COLORS["floor"]))
    if log:
        axis.set_yscale("log")
        low, high = axis.get_ylim()
        if high < 1000 * low:  # powers of ten alone would be too few
            axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.yaxis.set_major_formatter("{x:g}")
        axis.yaxis.set_minor_formatter(NullFormatter())
    axis.set(xlabel=xlabel, ylabel=ylabel)
    axis.xaxis.get_major_locator().set_params(integer=True)
    _label_ends(axis, ends)
    said = [f"{name} from {x[0]:.3g} to {x[-1]:.3g}" for name, x in curves.items()]
    said += [f"dashed line: {floor[1]} at {height:.3g}"] if floor else []
    return figure, alt or f"{ylabel} by {xlabel}: {'; '.join(said)}."


def _as_curve(values, name, log):
    values = as_array(values, name).astype("float64")
    expect(values.ndim == 1 and len(values), f"{name} of shape {values.shape}", "(epochs,)")
    expect(not log or values.min() > 0, f"{values.min():.3g} in {name}", "more on a log axis")
    return values


def _label_ends(axis, ends):
    """Write names to the right of curves' ends (x, y, name, color), moved apart, in final axes."""
    axis.figure.draw_without_rendering()
    points = 72 / axis.figure.dpi
    heights = [points * axis.transData.transform((x, y))[1] for x, y, _, _ in ends]
    lowest = -np.inf
    for i in np.argsort(heights, kind="stable"):
        x, y, name, color = ends[i]
        lowest = max(heights[i], lowest + LINE)
        place = {"xytext": (8, lowest - heights[i]), "textcoords": "offset points", "va": "center"}
        axis.annotate(name, (x, y), color=color, annotation_clip=False, **place)


@_shown
def show_layers(models):
    """Draw networks as chains of layers, each with the shape of its output.

    `models`: a dict from name to a built Keras model whose layers, those of models inside it
    included, form one chain. A vector is drawn as a bar, feature maps as a stack of squares, all
    in the color of the model where its name is a key of `COLORS`. Raises `TypeError` for what is no
    dict of Keras models, `ValueError` for a model that is not built or no chain.
    """
    models = as_named(models, "models", "a Keras model")
    chains = {name: _as_chain(model, name) for name, model in models.items()}
    longest = max(map(len, chains.values()))
    figure, said = Figure(figsize=(1.5 * longest, 1.8 * len(chains)), layout="compressed"), []
    axes = figure.subplots(len(chains), squeeze=False)[:, 0]
    for axis, (name, chain) in zip(axes, chains.items(), strict=True):
        axis.set(xlim=(-0.5, longest - 0.5), ylim=(-0.62, 0.6), aspect=1.1)
        axis.axis("off")
        axis.set_title(name, loc="left")
        sizes = [" x ".join(map(str, shape)) for _, shape in chain]
        said.append(f"{name}: {', '.join(sizes)}")
        for i, (layer, shape) in enumerate(chain):  # step i stands at x = i
            _draw_values(axis, i, shape, COLORS.get(name, "C0"))
            axis.text(i, -0.6, sizes[i], ha="center", va="top", fontsize=10)
            if layer:
                arrow = {"arrowstyle": "->", "color": "#767676"}
                axis.annotate("", (i - 0.28, 0), (i - 0.72, 0), arrowprops=arrow)
                axis.text(i - 0.5, 0.3, layer, ha="center", va="bottom", fontsize=8)
    return figure, f"Networks, layer by layer, with the shape of each output. {'; '.join(said)}."


def _draw_values(axis, x, shape, color):
    """Draw a vector as a bar, feature maps as a stack of squares, larger for larger shapes."""
    style = {"facecolor": color, "edgecolor": "white", "linewidth": 0.8}
    if len(shape) == 1:
        height = min(1, np.log2(1 + shape[0]) / np.log2(785))
        axis.add_patch(Rectangle((x - 0.07, -height / 2), 0.14, height, **style))
        return
    side, depth = 0.08 + 0.36 * min(1, shape[0] / 28), min(4, shape[-1])
    for shift in 0.04 * (np.arange(depth) - (depth - 1) / 2):
        corner = (x - side / 2 + shift, -side / 2 - shift)
        axis.add_patch(Rectangle(corner, side, side, **style))


def _as_chain(model, name):
    """The layers of a model as pairs (what the layer does, shape of its output without n)."""
    layers, chain = as_chain(model, f"{name!r:.20}"), [("", tuple(model.inputs[0].shape[1:]))]
    for layer in layers:
        branch = isinstance(layer.input, list)
        expect(not branch, f"{name!r:.20}, whose layers branch", "one chain")
        words = re.sub(r"(?<=[a-zD])(?=[A-Z][a-z])", "\n", type(layer).__name__)
        activation = getattr(getattr(layer, "activation", None), "__name__", "linear")
        words += "" if activation == "linear" else f"\n{activation}"
        chain.append((words, tuple(layer.output.shape[1:])))
    return chain


digit_figure, map_figure = show_digits.figure, show_maps.figure
