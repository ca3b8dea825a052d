"""What has to happen first when aeutils is imported, each with its reason.

- Whatever would end in forty lines of somebody else's words (a wrong Python, a missing package,
  a processor or a setting of Keras that the course cannot work with) is said in one sentence.
- TensorFlow's start-up lines go to the terminal, not into the notebook.
- A widget that is moved leaves the figures alone that a cell is drawing.
"""

import ctypes
import io
import json
import os
import platform
import re
import sys
import sysconfig
import threading
from collections import OrderedDict, UserDict
from importlib import metadata
from pathlib import Path

_INSTALL = "Run 'pip install -r requirements.txt' in the folder of the course, then restart."
_ELSEWHERE = "Open the course on Binder or Colab instead: README.md has the links."
# What of Keras's settings the notebooks take for granted.
_SETTINGS = {"backend": "tensorflow", "floatx": "float32", "image_data_format": "channels_last"}
_SETTINGS |= {"epsilon": 1e-7}  # or another float
# Windows allows paths of 259 characters; the longest in TensorFlow's package has 175.
_LONGEST_FOLDER = 259 - 1 - 175


class RequirementError(ImportError):
    """What is missing or does not fit; a notebook shows its one sentence and no traceback."""

    def _render_traceback_(self):  # IPython asks an exception for this
        return [f"{self}"]


def prepare():
    """Make sure that the course can run here; raise `RequirementError` if it cannot."""
    require_python()
    require_packages()
    require_processor()
    require_keras_settings()
    quieten_tensorflow()
    keep_figures_whole()


def require_python():
    """Raise `RequirementError` unless this is Python 3.11, 3.12 or 3.13."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):  # a copied folder has no installer to ask
        version = ".".join(map(str, sys.version_info[:2]))
        raise RequirementError(f"This is Python {version}; the course needs 3.11, 3.12 or 3.13.")


def require_packages():
    """Raise `RequirementError` unless every package is here in a version that fits."""
    try:
        from packaging.requirements import Requirement

        needed = map(Requirement, metadata.requires("aeutils") or [])
    except (ImportError, metadata.PackageNotFoundError):
        raise RequirementError(f"The course is not installed completely. {_INSTALL}") from None
    for package in needed:
        if package.marker and not package.marker.evaluate({"extra": ""}):
            continue
        found = _version(package.name)
        if found is None:
            reason = _why_no_tensorflow() if package.name == "tensorflow" else None
            raise RequirementError(
                reason or f"The package {package.name} is not installed. {_INSTALL}"
            )
        if not package.specifier.contains(found, prereleases=True):
            raise RequirementError(
                f"{package.name} {found} is installed; the course needs {package.specifier}. "
                f"{_INSTALL}"
            )


def _version(name):
    for built in (name, f"{name}-cpu"):  # what TensorFlow is called where it is for the CPU only
        try:
            return metadata.version(built)
        except metadata.PackageNotFoundError:
            continue
    return None


def _why_no_tensorflow():
    """One sentence if TensorFlow cannot be installed on this machine, else None."""
    machine = (platform.system(), platform.machine().lower())
    if sys.maxsize <= 2**32:
        return f"This Python has 32 bits; TensorFlow needs one of 64. {_ELSEWHERE}"
    if machine == ("Darwin", "x86_64"):
        return f"TensorFlow is no longer made for Macs with an Intel processor. {_ELSEWHERE}"
    if machine == ("Windows", "arm64"):
        return f"TensorFlow is not made for Windows on ARM. {_ELSEWHERE}"
    folder = sysconfig.get_path("purelib")
    if machine[0] == "Windows" and len(folder) > _LONGEST_FOLDER:
        return (
            f"TensorFlow is not installed: the path {folder} has {len(folder)} characters, "
            f"and Windows allows {_LONGEST_FOLDER}. Move the course to a short path such as "
            f"C:\\course, and install it there."
        )
    return None


def require_processor():
    """Raise `RequirementError` where TensorFlow would end Python with "Illegal instruction"."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return
    if platform.system() == "Windows":
        has_avx = ctypes.windll.kernel32.IsProcessorFeaturePresent(39)  # AVX, in winnt.h
    else:
        try:
            processor = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
        except OSError:
            processor = ""
        flags = re.search(r"^flags\s*:(.*)$", processor, re.MULTILINE)
        has_avx = flags is None or "avx" in flags[1].split()  # unknown: let TensorFlow try
    if not has_avx:
        raise RequirementError(
            f"This processor lacks AVX instructions, which TensorFlow needs. {_ELSEWHERE}"
        )


def require_keras_settings():
    """Raise `RequirementError` if Keras was told to work in another way than the notebooks.

    Keras reads the variable KERAS_BACKEND and the file ~/.keras/keras.json when it is imported.
    """
    home = Path("~").expanduser()
    folder = (home if os.access(home, os.W_OK) else Path("/tmp")) / ".keras"  # as Keras does
    file = Path(os.environ.get("KERAS_HOME", folder)).expanduser() / "keras.json"
    try:
        settings = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        settings = {}  # no file, or one that Keras passes over
    mend = f"Delete the file {file}, then restart."
    if not isinstance(settings, dict):
        raise RequirementError(f"The settings of Keras in {file} are not a JSON object. {mend}")
    variable = os.environ.get("KERAS_BACKEND")
    if variable and variable != _SETTINGS["backend"]:
        raise RequirementError(
            f"The environment variable KERAS_BACKEND asks for {variable!r}; the course needs "
            f"'tensorflow'. Remove the variable, then restart."
        )
    for name, needed in _SETTINGS.items():
        found = needed if name == "backend" and variable else settings.get(name, needed)
        fits = isinstance(found, float) if name == "epsilon" else found == needed
        if not fits:
            raise RequirementError(
                f"The file {file} sets {name} to {found!r}; the course needs {needed!r}. {mend}"
            )


def quieten_tensorflow():
    """Send what TensorFlow's C++ code says at its start-up to the terminal.

    It reports oneDNN and CUDA on file descriptor 2, which a notebook would show as a red block
    above the first figure. In a notebook this hands the descriptor back to the server's terminal.
    Python's warnings and errors go through sys.stderr and still reach the reader; outside a
    notebook both are the same descriptor already.
    """
    try:
        os.dup2(sys.stderr.fileno(), 2)
    except (AttributeError, OSError, io.UnsupportedOperation):
        pass  # a stderr without a descriptor: nothing to hand back


class FiguresByThread(threading.local, UserDict):
    """Pyplot's open figures, where each thread sees its own and has its own current figure."""

    def __init__(self):  # called in each thread
        self.data = OrderedDict()

    def values(self):
        return self.data.values()  # these can be reversed

    def move_to_end(self, number):
        self.data.move_to_end(number)


def keep_figures_whole():
    """Let a cell and a widget that is moved meanwhile each draw, show and close its own figures.

    JupyterLab handles the messages of a moved widget in a second thread (ipython/ipykernel#1564).
    Pyplot has one current figure and one list of those to show for all threads: what one thread
    is drawing in would be drawn over, shown blank and closed by the other.
    """
    from IPython import get_ipython
    from matplotlib import get_backend

    shell = get_ipython()
    inline = ("inline", "module://matplotlib_inline.backend_inline")
    if shell is None or get_backend(auto_select=False) not in inline:
        return
    from matplotlib import pyplot  # noqa: F401  registers what is replaced below
    from matplotlib._pylab_helpers import Gcf
    from matplotlib_inline import backend_inline

    if isinstance(Gcf.figs, FiguresByThread):
        return  # done already
    figures, flush = Gcf.figs, backend_inline.flush_figures

    def flush_figures():
        backend_inline.show._draw_called = True  # else not after the other thread has shown
        flush()

    Gcf.figs = FiguresByThread()
    Gcf.figs.update(figures)
    backend_inline.flush_figures = flush_figures
    shell.events.register("post_execute", flush_figures)  # beside `flush`, which may show nothing
