"""What happens at import: TensorFlow's noise stays out of the notebook, and figures stay whole."""

import os
import subprocess
import sys
import threading

import nbformat
import pytest
from nbclient import NotebookClient

from aeutils import startup


def run(*sources):
    """The outputs of cells that run in one kernel, as in a notebook outside the tests."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    notebook = nbformat.v4.new_notebook(cells=cells)
    # With this variable set, ipykernel leaves descriptor 2 alone: noise could not be seen.
    environment = {key: value for key, value in os.environ.items() if key != "PYTEST_CURRENT_TEST"}
    NotebookClient(notebook, timeout=120, allow_errors=True).execute(env=environment)
    return [cell.outputs for cell in notebook.cells]


NOISE = "import os; _ = os.write(2, b'noise of C++')"
# The kernel reads descriptor 2 in a thread of its own: this waits until it has.
NOISE_ARRIVES = f"""
import sys, threading
arrived, write = threading.Event(), sys.stderr.write
sys.stderr.write = lambda text: (write(text), arrived.set())
{NOISE}
arrived.wait(100)
sys.stderr.write = write
sys.stderr.flush()
"""
MOVED = """
import threading
from ipywidgets.widgets.interaction import show_inline_matplotlib_plots

def moved():  # what a front end's message does when a widget is moved
    get_ipython().events.trigger("pre_execute")
    {in_callback}
    show_inline_matplotlib_plots()
    get_ipython().events.trigger("post_execute")
    print(plt.get_fignums())  # what the callback drew is shown and closed

thread = threading.Thread(target=moved)
"""
# A callback while a cell draws, and a cell that shows its figure while a callback draws.
WITHIN = """
figure, axes = plt.subplots(figsize=(1, 1))
thread.start()
thread.join()
print(plt.get_fignums() == [figure.number], plt.gca() is axes, len(axes.lines))
"""
AROUND = """
begun, shown = threading.Event(), threading.Event()
thread.start()
begun.wait()
plt.plot([1, 2])
plt.gcf().set_size_inches(1, 1)
plt.show()
shown.set()
thread.join()
print(plt.get_fignums())
"""
MEANWHILE = "axes = plt.subplot(); begun.set(); shown.wait(); print(plt.gca() is axes)"
CALLBACKS = {
    "nothing": MOVED.format(in_callback="pass") + WITHIN,
    "figure": MOVED.format(in_callback="plt.figure(figsize=(2, 2))") + WITHIN,
    "plot": MOVED.format(in_callback="plt.plot([1, 2])") + WITHIN,
    "plot and show": MOVED.format(in_callback="plt.plot([1, 2]); plt.show()") + WITHIN,
    "plot around": MOVED.format(in_callback=MEANWHILE) + AROUND,
}
OWN, CALLBACKS_OWN = "Figure size 100x100 with 1 Axes", "Figure size 640x480 with 1 Axes"
SHOWN = {
    "nothing": [OWN],
    "figure": [OWN],  # an empty one has no picture
    "plot": [CALLBACKS_OWN, OWN],
    "plot and show": [CALLBACKS_OWN, OWN],
    "plot around": [OWN, CALLBACKS_OWN],
}
CELLS = {
    "noise before": NOISE_ARRIVES,
    "import": "import aeutils, matplotlib.pyplot as plt",
    "noise": NOISE,
    "warning": "import warnings; warnings.warn('look here')",
    "error": "1 / 0",
    **CALLBACKS,
    "own figure": "plt.plot([1, 2]);",
}


@pytest.fixture(scope="module")
def shown():
    return dict(zip(CELLS, run(*CELLS.values()), strict=True))


def test_what_is_written_to_descriptor_2_is_not_shown_but_warnings_and_errors_are(shown):
    # The control: without aeutils a notebook shows it.
    assert "noise of C++" in "".join(output.get("text", "") for output in shown["noise before"])
    assert shown["import"] == shown["noise"] == []
    assert "look here" in shown["warning"][0].text
    assert shown["error"][0].ename == "ZeroDivisionError"


@pytest.mark.parametrize("callback", CALLBACKS)
def test_a_cell_and_a_widget_moved_meanwhile_each_have_their_own_figures(shown, callback):
    texts = [output["text"] for output in shown[callback] if output.output_type == "stream"]
    around = callback == "plot around"
    assert "".join(texts) == ("True\n[]\n[]\n" if around else "[]\nTrue True 0\n")
    pictures = [output.data for output in shown[callback] if "image/png" in output.get("data", {})]
    assert [data["text/plain"] for data in pictures] == [f"<{each}>" for each in SHOWN[callback]]


def test_a_figure_of_the_reader_is_still_shown_at_the_end_of_the_cell(shown):
    assert [output.output_type for output in shown["own figure"]] == ["display_data"]


def test_outside_a_notebook_matplotlib_is_left_as_it_is_and_keras_is_not_waited_for():
    code = """
import sys, threading
import aeutils, aeutils.explorables
print({"keras", "tensorflow"} & set(sys.modules))
from matplotlib import pyplot as plt
plt.figure()
thread = threading.Thread(target=lambda: print(plt.get_fignums()))
thread.start()
thread.join()
"""
    environment = os.environ | {"MPLBACKEND": "agg"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert done.stdout == "set()\n[1]\n"


def test_figures_that_are_open_already_stay_those_of_their_thread():
    figures = startup.FiguresByThread()
    figures.update({1: "open"})
    seen = []
    thread = threading.Thread(target=lambda: seen.append(list(figures.values())))
    thread.start()
    thread.join()
    assert list(figures.values()) == ["open"]
    assert seen == [[]]


def test_what_is_written_to_descriptor_2_goes_where_stderr_goes(tmp_path, monkeypatch):
    before = os.dup(2)
    try:
        with open(tmp_path / "terminal", "w") as terminal:
            monkeypatch.setattr(sys, "stderr", terminal)
            startup.quieten_tensorflow()
            os.write(2, b"noise of C++")
    finally:
        os.dup2(before, 2)
        os.close(before)
    assert (tmp_path / "terminal").read_text() == "noise of C++"
