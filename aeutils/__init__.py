"""What the notebooks share, one file for each purpose.

- data.py: MNIST, and images as arrays for a network
- figures.py: digits, maps, learning curves, layers of a network; all with a text alternative
- progress.py: epoch, loss and time left while a model trains
- explorables/: live controls on a trained model, which run in the page without a kernel
- exercises/: what is right for each exercise, the common mistakes, and the verdict shown
- results.py: a table of what students have done, from saved notebooks
- startup.py: what has to happen first: one sentence about what does not fit, and no noise
"""

import importlib

from aeutils.startup import prepare

prepare()  # before the imports below can fail in their own words

from aeutils.data import load_mnist, to_images, to_vectors
from aeutils.exercises import check, show_verdicts, solution
from aeutils.explorables import (
    draw_digit,
    explore_code,
    explore_code_map,
    explore_confusions,
    explore_denoising,
    explore_digit,
    explore_filters,
    explore_interpolation,
    explore_neighbours,
)
from aeutils.figures import COLORS, show, show_curves, show_digits, show_layers, show_maps

__all__ = [
    "COLORS",
    "Progress",
    "Snapshots",
    "check",
    "draw_digit",
    "explore_code",
    "explore_code_map",
    "explore_confusions",
    "explore_denoising",
    "explore_digit",
    "explore_filters",
    "explore_interpolation",
    "explore_neighbours",
    "load_mnist",
    "replay",
    "show",
    "show_curves",
    "show_digits",
    "show_layers",
    "show_maps",
    "show_verdicts",
    "solution",
    "to_images",
    "to_vectors",
]


def __getattr__(name):
    # These need Keras, whose import takes seconds: not before one of them is used.
    homes = {"Progress": "progress", "Snapshots": "explorables.replay"}
    homes["replay"] = "explorables.replay"
    if name in homes:
        return getattr(importlib.import_module(f"aeutils.{homes[name]}"), name)
    raise AttributeError(f"module 'aeutils' has no attribute {name!r}")
