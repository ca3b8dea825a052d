"""The pictures that controls show where scripts do not run; figures.py will make them."""

import numpy as np
from matplotlib import pyplot as plt


def digit_figure(rows, captions=None):
    """Draw rows of images (n, 784) or (n, 28, 28); returns `(figure, alternative)`."""
    rows = {label: np.reshape(images, (-1, 28, 28)) for label, images in rows.items()}
    n = len(next(iter(rows.values())))
    figure, axes = plt.subplots(len(rows), n, squeeze=False, figsize=(n, len(rows)))
    for axis, (label, images) in zip(axes, rows.items(), strict=True):
        texts = captions.get(label) if isinstance(captions, dict) else captions
        for i, (each, image) in enumerate(zip(axis, images, strict=True)):
            each.imshow(image, cmap="gray")
            each.set(xticks=[], yticks=[], title="" if texts is None else str(texts[i]))
        axis[0].set_ylabel(label)
    return figure, f"{n} digits in each row, from top to bottom: {', '.join(rows)}."


def map_figure(maps, diverging=False):
    """Draw maps (n, height, width) in rows of eight; returns `(figure, alternative)`."""
    figure, axes = plt.subplots(-(-len(maps) // 8), 8, squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for axis, values in zip(axes.flat, maps, strict=False):
        axis.imshow(values, cmap="gray")
    return figure, f"{len(maps)} maps."
