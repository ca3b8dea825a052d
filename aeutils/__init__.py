"""What the notebooks share, one file for each purpose.

- arrays.py: checks of arrays that come from outside
- data.py: MNIST, and images as arrays for a network
- display.py: how a figure is shown, with its text alternative; the colour of each model
- figures.py, curves.py, networks.py: digits and maps, learning curves, layers of a network
- course.mplstyle: the look of the figures, switched on by plt.style.use("aeutils.course")
- training.py: a progress line, Adam with a falling rate, a network to start anew
- explorables/: live figures of a trained model, which run in the page without a kernel
- exercises/: what is right for each exercise, the common mistakes, and the verdict shown
- results.py: a table of what students have done, from saved notebooks
- startup.py: what has to happen first: one sentence about what does not fit, and no noise
"""

import importlib

from aeutils.startup import prepare

prepare()  # before the imports below can fail in their own words

from aeutils.curves import show_curves
from aeutils.data import distort_images, load_mnist, shift_images, to_images, to_vectors
from aeutils.display import COLORS, show_figure
from aeutils.exercises import check, show_verdicts, solution
from aeutils.explorables.autoencoders import (
    draw_digit,
    explore_code,
    explore_code_map,
    explore_denoising,
    explore_digit,
    explore_interpolation,
)
from aeutils.explorables.confusions import explore_confusions
from aeutils.explorables.diffusion import explore_diffusion
from aeutils.explorables.filters import explore_filters
from aeutils.figures import show_digits, show_maps
from aeutils.networks import show_layers

__all__ = [
    "COLORS",
    "Progress",
    "Snapshots",
    "check",
    "cosine_adam",
    "distort_images",
    "draw_digit",
    "explore_code",
    "explore_code_map",
    "explore_confusions",
    "explore_denoising",
    "explore_diffusion",
    "explore_digit",
    "explore_filters",
    "explore_interpolation",
    "load_mnist",
    "replay",
    "reset",
    "shift_images",
    "show_curves",
    "show_digits",
    "show_figure",
    "show_layers",
    "show_maps",
    "show_verdicts",
    "solution",
    "to_images",
    "to_vectors",
]


def __getattr__(name):
    # These need Keras, whose import takes seconds: not before one of them is used.
    homes = dict.fromkeys(("Progress", "cosine_adam", "reset"), "training")
    homes |= dict.fromkeys(("Snapshots", "replay"), "explorables.replay")
    if name in homes:
        return getattr(importlib.import_module(f"aeutils.{homes[name]}"), name)
    raise AttributeError(f"module 'aeutils' has no attribute {name!r}")
