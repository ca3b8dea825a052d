"""Controls that compare: classes, neighbours, and the filters of a convolution."""

import numpy as np
from matplotlib.figure import Figure

from aeutils.arrays import as_labels
from aeutils.explorables.controls import COUNT, digits_of
from aeutils.explorables.models import answer, carry, chain
from aeutils.explorables.page import in_one_sentence, show
from aeutils.figures import digit_figure, map_figure


@in_one_sentence
def explore_confusions(classifier, x, labels):
    """Choose a true and a predicted class; see the digits in that cell of the confusion matrix.

    The matrix counts all of `x`; up to 24 digits of each cell are sent.

    >>> import keras
    >>> classifier = keras.Sequential([keras.Input((784,)), keras.layers.Dense(10)])
    >>> explore_confusions(classifier, np.zeros((5, 784)), [7, 2, 1, 0, 4])
    {...Explore the confusions...}
    """
    digits, images = digits_of(x, len(x))
    labels = as_labels(labels, len(x))
    predicted = answer(classifier, images, "classifier", "classes").argmax(axis=1)
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (labels, predicted), 1)
    errors = counts * (1 - np.eye(10, dtype=int)) if (labels != predicted).any() else counts
    true, said = (int(i) for i in np.unravel_index(errors.argmax(), (10, 10)))  # the commonest
    cells = [np.flatnonzero((labels == i // 10) & (predicted == i % 10)) for i in range(100)]
    most = next(k for k in (24, 12, 6) if sum(min(k, len(c)) for c in cells) <= 3 * COUNT or k == 6)
    chosen = np.concatenate([cell[:most] for cell in cells])
    show(
        "confusions",
        "Explore the confusions",
        "Try: swap the two classes. Are there as many confusions the other way round?",
        confusion_figure(counts, true, said),
        {},
        {"digits": digits[chosen], "labels": labels[chosen], "predicted": predicted[chosen]},
        few=len(chosen),
        counts=counts.tolist(),
        start=[true, said],
    )


def confusion_figure(counts, true, said):
    """Make the picture of a confusion matrix, of which one cell is named in words.

    `counts`: (10, 10), a row for each true class. Returns `(figure, alternative)`.

    >>> confusion_figure(np.eye(10, dtype=int), 4, 9)[1]
    'The confusion matrix; 0 digits 4 are predicted as 9.'
    """
    figure = Figure(figsize=(5.5, 5.2), layout="constrained")
    axis = figure.add_subplot(xlabel="predicted", ylabel="true")
    axis.set(xticks=range(10), yticks=range(10))
    shades = counts * (1 - np.eye(10))  # right answers would outshine the rest
    axis.imshow(shades, cmap="Greys")
    for (row, column), count in np.ndenumerate(counts):
        color = "white" if shades[row, column] > shades.max() / 2 else "black"
        axis.text(column, row, count, ha="center", va="center", color=color, fontsize=9)
    alt = f"The confusion matrix; {counts[true, said]} digits {true} are predicted as {said}."
    return figure, alt


def nearest(points, count=8):
    """Find for each of n points (n, ...) the `count` others that are nearest: indices (n, count).

    >>> nearest(np.array([[0.0], [3.0], [1.0]]), 1).ravel().tolist()
    [2, 2, 0]
    """
    points = points.reshape(len(points), -1).astype("float64")
    squares = (points**2).sum(axis=1)
    far = squares[:, None] + squares - 2 * points @ points.T
    np.fill_diagonal(far, np.inf)
    return far.argsort(axis=1, kind="stable")[:, : min(count, len(points) - 1)]


@in_one_sentence
def explore_neighbours(encoder, x, labels):
    """Choose a digit; see the digits that are nearest to it in pixels, and in codes.

    They are sought among the first 600 of `x`.

    >>> import keras
    >>> encoder = keras.Sequential([keras.Input((784,)), keras.layers.Dense(8)])
    >>> explore_neighbours(encoder, np.zeros((5, 784)), [7, 2, 1, 0, 4])
    {...Explore the nearest neighbours...}
    """
    digits, images = digits_of(x, 3 * COUNT)
    labels = as_labels(labels, len(x))[: 3 * COUNT]
    if len(images) < 2:
        raise ValueError("Received one image, expected several, to have neighbours.")
    codes = answer(encoder, images, "encoder", "codes")
    found = {"pixels": nearest(images), "codes": nearest(codes)}
    first = min(8, len(images) - 1)
    chosen = {f"by {by}": [first, *rows[first]] for by, rows in found.items()}
    show(
        "neighbours",
        "Explore the nearest neighbours",
        "Try: look for a digit whose neighbours have another label. Do codes and pixels agree?",
        digit_figure(
            {by: images[places] for by, places in chosen.items()},
            {by: labels[places] for by, places in chosen.items()},
        ),
        {},
        {"digits": digits, "labels": labels},
        few=len(digits),
        nearest={by: rows.tolist() for by, rows in found.items()},
    )


def strongest_patches(encoder, images):
    """Find for every filter of an encoder the patch of the images (n, 28, 28) it answers to most.

    Returns for each Conv2D layer, as long as the layers hold maps, the filters' largest values
    (k,) and their patches (k, side, side), black beyond the edge. Raises `ValueError` where there
    is none.

    >>> import keras
    >>> encoder = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Conv2D(4, 3)])
    >>> [(top, patches)] = strongest_patches(encoder, np.zeros((5, 28, 28)))
    >>> patches.shape
    (4, 3, 3)
    """
    before, views = [], []
    values = images.reshape(len(images), *encoder.input_shape[1:])
    for layer in chain(encoder, "encoder"):
        kind, sides = type(layer).__name__, values.shape[1:3]
        if kind in ("Flatten", "Dense", "Conv2DTranspose", "UpSampling2D"):
            break
        values = np.asarray(layer(values))
        if hasattr(layer, "strides"):
            before.append((layer, sides))
        if kind == "Conv2D":
            flat = values.reshape(-1, values.shape[3])
            places = zip(*np.unravel_index(flat.argmax(axis=0), values.shape[:3]), strict=True)
            patches = [_patch(images[i], before, place) for i, *place in places]
            views.append((flat.max(axis=0), np.stack(patches)))
    if not views:
        raise ValueError("Received an encoder without layers of Conv2D, expected at least one.")
    return views


def _patch(image, before, place):
    """Cut out what one unit behind some windows sees."""
    spans = []
    for axis, unit in enumerate(place):
        first = last = int(unit)
        for layer, sides in reversed(before):
            size = getattr(layer, "kernel_size", None) or layer.pool_size
            size, step, side = size[axis], layer.strides[axis], sides[axis]
            padding = max((-(-side // step) - 1) * step + size - side, 0)
            shift = padding // 2 if layer.padding == "same" else 0
            first, last = first * step - shift, last * step - shift + size - 1
        spans.append(np.arange(first, last + 1))
    inside = [np.clip(span, 0, 27) for span in spans]
    seen = np.outer(*(span == clipped for span, clipped in zip(spans, inside, strict=True)))
    return image[np.ix_(*inside)] * seen


@in_one_sentence
def explore_filters(encoder, x):
    """Choose a digit, a layer and a filter; see feature map, kernel and the strongest patch.

    `encoder`: some of its layers are Conv2D; those from Flatten or Dense on do not count.

    >>> import keras
    >>> encoder = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Conv2D(4, 3)])
    >>> explore_filters(encoder, np.zeros((5, 28, 28, 1)))
    {...Explore the filters...}
    """
    digits, images = digits_of(x)
    answer(encoder, images[:1], "encoder", "codes")
    views, model = strongest_patches(encoder, images), carry(encoder, "encoder")
    places = [i for i, layer in enumerate(model["layers"]) if layer["kind"] == "Conv2D"]
    model["layers"] = model["layers"][: places[len(views) - 1] + 1]
    seen = f"The patch that excites each of the {len(views[0][1])} filters of the first layer most."
    show(
        "filters",
        "Explore the filters",
        "Try: find a filter that sees only one side of each stroke. Does its kernel tell which?",
        map_figure(views[0][1], diverging=False, alt=seen),
        {"encoder": model},
        {"digits": digits},
        views=[
            {
                "index": index,
                "top": top.tolist(),
                "side": patches.shape[2],
                "patches": np.uint8(np.round(255 * patches)).reshape(len(top), -1).tolist(),
            }
            for index, (top, patches) in zip(places, views, strict=False)
        ],
    )
