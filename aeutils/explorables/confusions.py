"""The live figure of a classifier's mistakes."""

import numpy as np
from matplotlib.figure import Figure

from aeutils.arrays import as_labels
from aeutils.explorables.autoencoders import COUNT, digits_of
from aeutils.explorables.models import answer
from aeutils.explorables.page import live_figure, show


@live_figure
def explore_confusions(classifier, x, labels):
    """Choose a true and a predicted class; see the digits in that cell of the confusion matrix.

    The matrix counts all of `x`; up to 24 digits of each cell are sent.
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
        start={"true class": true, "predicted class": said},
        counts=counts.tolist(),
    )


def confusion_figure(counts, true, said):
    """Make the picture of a confusion matrix, of which one cell is named in words.

    `counts`: (10, 10), a row for each true class. Returns `(figure, alternative)`.
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
