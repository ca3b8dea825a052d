"""What the notebooks share, one file for each purpose.

- figures.py: digits, maps, learning curves, networks; the color of each model
- course.mplstyle: the look of the figures, switched on by plt.style.use("aeutils.course")
- data.py: MNIST, and images as arrays for a network
- arrays.py: checks of arrays and models that come from a reader
- training.py: a progress line, snapshots, Adam with a falling rate, a network to start anew
- explorables/: live figures of a trained model, which run in the page without a kernel
- exercises/: an exercise is one file; what checks them
- results.py: a table of what students have done, from saved notebooks
- startup.py: what has to happen before Keras is imported
"""

from aeutils.startup import prepare

prepare()

from aeutils.data import distort_images, load_mnist, shift_images, to_images, to_vectors
from aeutils.exercises import check, show_verdicts, solution
from aeutils.explorables.live import draw_digit, explore_code, explore_code_map
from aeutils.explorables.live import explore_confusions, explore_denoising, explore_diffusion
from aeutils.explorables.live import explore_digit, explore_filters, explore_interpolation, replay
from aeutils.figures import COLORS, show_curves, show_digits, show_figure, show_layers, show_maps

__all__ = [
    "COLORS", "Progress", "Snapshots", "check", "cosine_adam", "distort_images", "draw_digit",
    "explore_code", "explore_code_map", "explore_confusions", "explore_denoising",
    "explore_diffusion", "explore_digit", "explore_filters", "explore_interpolation",
    "load_mnist", "replay", "reset", "shift_images", "show_curves", "show_digits", "show_figure",
    "show_layers", "show_maps", "show_verdicts", "solution", "to_images", "to_vectors",
]  # fmt: skip


def __getattr__(name):  # of what needs Keras, whose import takes seconds: not before it is used
    if name not in __all__:
        raise AttributeError(f"module 'aeutils' has no attribute {name!r}")
    from aeutils import training

    return getattr(training, name)
