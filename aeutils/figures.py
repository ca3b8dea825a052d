"""Digits in rows and maps in a grid.

Digits are gray from 0 (black) to 1 (white); weights are on a diverging map whose white is zero.
"""

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from aeutils.arrays import as_array, as_images, as_named
from aeutils.display import drawable, shown

WIDTH = 9  # of the widest figures, in inches
MOST = 1000  # images in a figure: more would be smaller than a pixel or take minutes
MOST_ROWS = 100  # which are three meters high


@shown
def show_digits(rows, captions=None, alt=None):
    """Draw digits in labelled rows, all on the same gray scale.

    `rows`: images, or a dict from row label to the images of that row; each n images of shape
    (784,), (28, 28) or (28, 28, 1), either float from 0 to 1 or uint8 from 0 to 255; floats
    outside are shown as black or white. `captions`: n texts to stand above the columns, or a dict
    from row label to the n texts above the images of that row. `alt`: a text alternative to use
    instead of the one made from labels and captions.

    Raises `TypeError` or `ValueError` for what is not images, for rows of different lengths, and
    for more than 1,000 images.

    >>> show_digits({"black": np.zeros((2, 784)), "gray": np.full((2, 784), 0.5)}, captions="ab")
    2 digits in each row, from top to bottom: black, gray. Column captions: a, b.
    """
    rows = as_named(rows if isinstance(rows, dict) else {"": rows}, "rows", "images")
    rows = {label: as_images(x, f"row {label!r:.20}", clip=True) for label, x in rows.items()}
    lengths = {label: len(images) for label, images in rows.items()}
    n = max(lengths.values())
    if set(lengths.values()) != {n}:
        raise ValueError(f"Received rows of different lengths, {lengths}; expected equal ones.")
    _limit(n * len(rows), MOST, "images")
    _limit(len(rows), MOST_ROWS, "rows")
    texts = _as_row_captions(captions, list(rows), n)
    side = min(1.1, WIDTH / n)
    drawn = [(label, images, texts.get(label)) for label, images in rows.items()]
    figure = _draw_rows(drawn, side, side, cmap="gray", vmin=0, vmax=1)
    if alt is None:
        names = [" ".join(label.split()) for label in rows if label]
        # A label may hold a comma itself: "4 to 9, images mixed".
        names = ("; " if "," in "".join(names) else ", ").join(names)
        digits = "1 digit" if n == 1 else f"{n} digits"
        alt = f"{digits} in each row, from top to bottom: {names}." if names else f"{digits}."
        for label in texts:
            of_row = label and isinstance(captions, dict)
            where = f"Captions of {label}" if of_row else "Column captions"
            alt += f" {where}: {', '.join(texts[label])}."
    return figure, alt


digit_figure = show_digits.figure


@shown
def show_maps(maps, columns=8, captions=None, diverging=True, scale_each=False, alt=None):
    """Draw maps of the same size in a grid: the weights or the feature maps of many units.

    `maps`: array of shape (n, height, width) or (n, 784), any finite numbers. `diverging`: blue
    is negative, white zero, red positive; otherwise gray from 0 to the largest value. One scale
    holds for the whole grid, or with `scale_each` for each map its own. `captions`: n short texts
    to stand above the maps.

    Raises `TypeError` or `ValueError` for other shapes, for NaN and infinity, and for more than
    1,000 maps.

    >>> show_maps(np.eye(9).reshape(9, 3, 3), columns=9)
    9 maps in 1 row of 9; blue negative, white zero, red positive.
    """
    maps = as_array(maps, "maps").astype("float64")
    if maps.ndim == 2 and maps.shape[1] == 784:
        maps = maps.reshape(-1, 28, 28)
    if maps.ndim != 3 or 0 in maps.shape:
        raise ValueError(
            f"Received maps of shape {maps.shape}, expected (n, height, width) or (n, 784)."
        )
    if not isinstance(columns, (int, np.integer)) or isinstance(columns, bool) or columns < 1:
        raise ValueError(f"Received columns={columns!r:.20}, expected a whole number from 1.")
    _limit(len(maps), MOST, "maps")
    captions = _as_captions(captions, len(maps)) or []
    largest = np.abs(maps).max(axis=(1, 2), keepdims=True)
    largest = np.where(largest > 0, largest, 1) if scale_each else largest.max() or 1.0
    columns = min(columns, len(maps))
    rows = [
        ("", (maps / largest)[start : start + columns], captions[start : start + columns])
        for start in range(0, len(maps), columns)
    ]
    _limit(len(rows), MOST_ROWS, "rows")
    width = min(1.1, WIDTH / columns)
    # A map much higher than wide is squeezed: it would fill meters.
    height = width * min(maps.shape[1] / maps.shape[2], 5)
    style = {"cmap": "RdBu_r", "norm": Normalize(-1, 1)}
    if not diverging:
        style = {"cmap": "gray", "norm": Normalize(0, 1)}
    figure = _draw_rows(rows, width, height, **style)
    _draw_scale(figure, style, "its largest" if scale_each else f"{largest:.2g}", diverging)
    scale = "blue negative, white zero, red positive" if diverging else "black 0, white the largest"
    scale += ", on a scale of its own for each map" if scale_each else ""
    lines = "1 row" if len(rows) == 1 else f"{len(rows)} rows"
    return figure, alt or f"{len(maps)} maps in {lines} of {columns}; {scale}."


map_figure = show_maps.figure


def _draw_rows(rows, width, height, **style):
    """Draw rows (label, images, captions) below each other; returns the figure.

    `width`, `height`: of an image, in inches, as its axes measures: from the upper left corner,
    downwards negative.
    """
    # Not by pyplot: while a cell draws, a control that is moved would make pyplot show and close
    # the figure half drawn, since its messages are handled in a second thread.
    figure = Figure()
    axis = figure.add_axes((0, 0, 1, 1))
    top, plain = 0.0, {"parse_math": False}  # a $ in a label is a $
    for label, images, captions in rows:
        if any(captions or ()):  # a row of empty captions needs no room
            top -= 0.06 + 0.17 * max(1 + drawable(c).count("\n") for c in captions)
        for i, image in enumerate(images):
            left, right, bottom = i * width, (i + 0.94) * width, top - 0.94 * height
            axis.imshow(image, extent=(left, right, bottom, top), aspect="auto", **style)
            if captions:
                place = {"ha": "center", "va": "bottom", "fontsize": 11 if width > 0.8 else 9}
                axis.text((left + right) / 2, top + 0.03, drawable(captions[i]), **place, **plain)
        place = {"ha": "right", "va": "center", "fontsize": 11}
        axis.text(-0.1, top - 0.47 * height, drawable(label), **place, **plain)
        top -= height
    across = len(rows[0][1]) * width
    axis.set(xlim=(0, across), ylim=(top, 0))
    axis.set_axis_off()
    figure.set_size_inches(across, -top)
    return figure


def _draw_scale(figure, style, largest, diverging):
    """Draw a colour bar to the right, with the largest value at its end."""
    bar = figure.add_axes((1.02, 0.2, 0.12 / figure.get_figwidth(), 0.6))
    ticks = {-1: f"-{largest}", 0: "0", 1: largest} if diverging else {0: "0", 1: largest}
    figure.colorbar(ScalarMappable(**style), cax=bar, ticks=list(ticks)).outline.set_visible(False)
    bar.set_yticklabels(ticks.values(), fontsize=9)


def _limit(n, most, what):
    if n > most:
        raise ValueError(
            f"Received {n:,} {what}, expected at most {most:,} in a figure: choose some, by a "
            "slice such as [:10]."
        )


def _as_row_captions(captions, labels, n):
    """A dict from row label to the captions above that row."""
    if not isinstance(captions, dict):
        captions = _as_captions(captions, n)
        return {labels[0]: captions} if captions else {}
    captions = as_named(captions, "captions", "texts")
    unknown = sorted(set(captions) - set(labels))
    if unknown:
        raise ValueError(
            f"Received captions for {unknown[0]!r:.20}, expected one of the rows "
            f"{', '.join(map(repr, labels)):.200}."
        )
    return {label: _as_captions(captions[label], n) for label in labels if label in captions}


def _as_captions(captions, n):
    """A list of n texts, or None."""
    if captions is None:
        return None
    try:
        # A tensor of labels becomes numbers, not descriptions of tensors.
        captions = np.asarray(captions) if hasattr(captions, "__array__") else captions
        captions = [str(caption) for caption in captions]
    except Exception:  # a symbolic tensor, for example, raises errors of its own
        raise TypeError(f"Received {type(captions).__name__} as captions, expected {n}.") from None
    if len(captions) != n:
        raise ValueError(f"Received {len(captions)} captions for {n} columns, expected {n}.")
    return captions
