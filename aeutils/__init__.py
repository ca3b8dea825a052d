"""What the notebooks share, one file for each purpose.

- data.py: MNIST, and images as arrays for a network
- figures.py: digits, maps, learning curves, layers of a network; all with a text alternative
- progress.py: epoch, loss and time left while a model trains
- controls.py: sliders and a drawing area on a trained model
- exercises/: what is right for each exercise, the common mistakes, and the verdict shown
- results.py: a table of what students have done, from saved notebooks
- startup.py: what has to happen first: one sentence about what does not fit, and no noise
"""

import importlib

from aeutils.startup import prepare

prepare()  # before the imports below can fail in their own words

from aeutils.controls import (
    browse_confusions,
    drag_code,
    draw_digit,
    explore_digit,
    explore_filters,
    find_neighbours,
    morph_digits,
    remove_noise,
)
from aeutils.exercises import check, show_verdicts, solution
from aeutils.data import load_mnist, to_images, to_vectors
from aeutils.figures import COLORS, show, show_curves, show_digits, show_layers, show_maps

__all__ = [
    "COLORS",
    "Progress",
    "browse_confusions",
    "check",
    "drag_code",
    "draw_digit",
    "explore_digit",
    "explore_filters",
    "find_neighbours",
    "load_mnist",
    "morph_digits",
    "remove_noise",
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
    # Progress needs Keras, whose import takes seconds: not before it is used.
    if name == "Progress":
        return importlib.import_module("aeutils.progress").Progress
    raise AttributeError(f"module 'aeutils' has no attribute {name!r}")
