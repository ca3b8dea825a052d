"""Learning curves, each with its name at its end."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from aeutils.arrays import as_array, as_named
from aeutils.display import COLORS, drawable, shown

GAP = 16  # from the middle of one name to the next, in points: a line of text
SMALLEST = 1e-100  # on a logarithmic axis
MOST = 30  # curves in a figure: their names would fill more than a page


@shown
def show_curves(curves, ylabel="loss", floor=None, model=None, log=False, xlabel="epoch", alt=None):
    """Draw learning curves, each labelled at its end.

    `curves`: a dict from name to one value per epoch; the values are drawn from epoch 1.
    A name that is a key of `COLORS` is drawn in that colour. `floor`: a pair (value, name),
    drawn as a dashed line that no curve can cross. `model`: a key of `COLORS` if all curves are
    of one model; its colour is used, and "training" is dotted. `log`: a logarithmic axis.

    Raises `TypeError` or `ValueError` for what is not numbers, for an unknown model, and for more
    than 30 curves.

    >>> show_curves({"training": [0.3, 0.2], "validation": [0.3, 0.25]}, model="simple")
    loss by epoch: training from 0.3 to 0.2; validation from 0.3 to 0.25.
    """
    curves = {
        name: _as_curve(values, f"curve {name!r:.40}", log)
        for name, values in as_named(curves, "curves", "values").items()
    }
    if len(curves) > MOST:
        raise ValueError(f"Received {len(curves)} curves, expected at most {MOST} in a figure.")
    floor = None if floor is None else _as_floor(floor, log)
    if model is not None and (not isinstance(model, str) or model not in COLORS):
        raise ValueError(f"Received model={model!r:.20}, expected one of {', '.join(COLORS)}.")
    # Not by pyplot, see figures.py: a figure must come out whole while a control is moved.
    figure = Figure(figsize=(7, 3.6), layout="constrained")
    axis = figure.add_subplot()
    ends = []
    for name, values in curves.items():
        style = {"color": COLORS[model or name]} if model or name in COLORS else {}
        if model and name == "training":
            style["linestyle"] = ":"
        epochs = range(1, len(values) + 1)
        marker = "o" if len(values) <= 100 else ""
        (line,) = axis.plot(epochs, values, marker=marker, markersize=3, **style)
        ends.append((float(values[-1]), len(values), name, line.get_color()))
    if floor is not None:
        last = max(end[1] for end in ends)
        style = {"color": COLORS["floor"], "linestyle": "--", "linewidth": 1}
        axis.plot([1, last], [floor[0]] * 2, **style)
        ends.append((floor[0], last, floor[1], COLORS["floor"]))
    if log:
        axis.set_yscale("log")
        low, high = axis.get_ylim()
        if high < 1000 * low:  # powers of ten alone would be too few
            axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.yaxis.set_major_formatter("{x:g}")
        axis.yaxis.set_minor_formatter(NullFormatter())
    axis.set_xlabel(drawable(xlabel), parse_math=False)
    axis.set_ylabel(drawable(ylabel), parse_math=False)
    axis.xaxis.get_major_locator().set_params(integer=True)
    _label_ends(axis, ends)
    said = "; ".join(
        f"{name} from {values[0]:.3g} to {values[-1]:.3g}" for name, values in curves.items()
    )
    said += "" if floor is None else f"; dashed line: {floor[1]} at {floor[0]:.3g}"
    return figure, alt or f"{ylabel} by {xlabel}: {said}."


curve_figure = show_curves.figure


def _label_ends(axis, ends):
    """Write names to the right of the ends of curves, moved apart where they would overlap.

    `ends`: tuples (y, x, name, colour), in data units. Call it when the axis has its final scale.
    """
    axis.figure.draw_without_rendering()
    points = 72 / axis.figure.dpi
    heights = [points * axis.transData.transform((x, y))[1] for y, x, _, _ in ends]
    places, lowest = {}, -np.inf
    for i in np.argsort(heights, kind="stable"):
        places[i] = lowest = max(heights[i], lowest + GAP)
    for i, (y, x, name, color) in enumerate(ends):
        axis.annotate(
            drawable(name).replace("\n", " "),
            (x, y),
            xytext=(8, places[i] - heights[i]),
            textcoords="offset points",
            va="center",
            color=color,
            annotation_clip=False,
            parse_math=False,
        )


def _as_curve(values, name, log):
    values = as_array(values, name)
    if values.ndim != 1 or len(values) == 0:
        raise ValueError(f"Received {name} of shape {values.shape}, expected (epochs,).")
    if log and values.min() < SMALLEST:
        raise ValueError(
            f"Received {values.min():.3g} in {name}, expected at least {SMALLEST} on a log axis."
        )
    return values.astype("float64")


def _as_floor(floor, log):
    if not isinstance(floor, tuple) or len(floor) != 2:
        raise TypeError(f"Received {type(floor).__name__} as floor, expected (value, name).")
    height = as_array(floor[0], "a floor")
    if height.ndim or (log and height < SMALLEST):
        raise ValueError(f"Received {floor[0]!r:.40} as floor, expected one number on the axis.")
    return float(height), str(floor[1])
