"""What happens at import: TensorFlow's noise stays out of the notebook, and figures stay whole."""

import os
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient


def run(*sources):
    """The outputs of cells that run in one kernel, as in a notebook outside the tests."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    notebook = nbformat.v4.new_notebook(cells=cells)
    # With this variable set, ipykernel leaves descriptor 2 alone: noise could not be seen.
    environment = {key: value for key, value in os.environ.items() if key != "PYTEST_CURRENT_TEST"}
    NotebookClient(notebook, timeout=120, allow_errors=True).execute(env=environment)
    return [cell.outputs for cell in notebook.cells]


NOISE = "import os; _ = os.write(2, b'noise of C++')"
DRAW = """
import threading
from ipywidgets.widgets.interaction import show_inline_matplotlib_plots

def moved():  # what a front end's message does when a control is moved
    get_ipython().events.trigger("pre_execute")
    {in_callback}
    show_inline_matplotlib_plots()
    get_ipython().events.trigger("post_execute")

figure, axis = plt.subplots(figsize=(1, 1))
thread = threading.Thread(target=moved)
thread.start()
thread.join()
axis.set_facecolor("red")
print(plt.get_fignums() == [figure.number])  # what the callback drew is shown and closed
"""
CELLS = {
    "noise before": NOISE,
    "import": "import aeutils, matplotlib.pyplot as plt",
    "noise": NOISE,
    "warning": "import warnings; warnings.warn('look here')",
    "error": "1 / 0",
    "callback": DRAW.format(in_callback="pass"),
    "callback that draws": DRAW.format(in_callback="plt.figure(figsize=(2, 2))"),
    "figure": "plt.plot([1, 2]);",
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


@pytest.mark.parametrize("cell", ["callback", "callback that draws"])
def test_a_control_that_is_moved_leaves_the_figure_alone_that_a_cell_draws(shown, cell):
    texts = [output["text"] for output in shown[cell] if output.output_type == "stream"]
    assert texts == ["True\n"]
    pictures = [output for output in shown[cell] if "image/png" in output.get("data", {})]
    assert len(pictures) == 1  # the callback's own belongs to the output of its control
    assert "Figure size 100x100 with 1 Axes" in pictures[0].data["text/plain"]


def test_a_figure_of_the_reader_is_still_shown_at_the_end_of_the_cell(shown):
    assert [output.output_type for output in shown["figure"]] == ["display_data"]


def test_outside_a_notebook_matplotlib_is_left_as_it_is():
    code = "import aeutils, matplotlib; print(matplotlib.rcParams['figure.hooks'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
