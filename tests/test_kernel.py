"""A lesson in one kernel on one core: inside its memory, the same when run again, and solved."""

import os
import re
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from aeutils import solution
from aeutils.exercises import exercises

FOLDER = Path(__file__).parent.parent / "notebooks"
NAMES = ["01_simple", "02_stacked", "03_convolutional"]
PEAK = """
from pathlib import Path
print(int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 2**20)
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="memory and cores are Linux's"),
]


@pytest.fixture
def lesson(request):
    """A client with a running kernel that has one core."""
    notebook = nbformat.read(FOLDER / f"{request.param}.ipynb", as_version=4)
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": FOLDER}})
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})  # the kernel inherits it, and so do its threads
    try:
        with client.setup_kernel():
            yield client
    finally:
        os.sched_setaffinity(0, cores)


def said(cell):
    """Everything a cell has printed and displayed as text: figures by their alternative."""
    texts = []
    for output in cell.outputs:
        texts.append(output.get("text", "") + str(output.get("data", {}).get("text/plain", "")))
        texts.append(str(output.get("metadata", {}).get("image/png", {}).get("alt", "")))
    return " ".join(" ".join(texts).split())  # one run may print in two pieces what another did not


@pytest.mark.parametrize("lesson", NAMES, indirect=True)
def test_a_lesson_fits_its_machine_and_gives_the_same_when_run_again(lesson):
    first, seconds = {}, {}
    code = [(i, cell) for i, cell in enumerate(lesson.nb.cells) if cell.cell_type == "code"]
    for i, cell in code:
        start = time.monotonic()
        lesson.execute_cell(cell, i)
        first[i], seconds[i] = said(cell), time.monotonic() - start
    lesson.nb.cells.append(nbformat.v4.new_code_cell(PEAK))
    lesson.execute_cell(lesson.nb.cells[-1], len(lesson.nb.cells) - 1)
    peak = float(lesson.nb.cells.pop().outputs[0].text)
    # Time is printed and not judged: it says as much about the machine as about the lesson.
    print(f"on one core {sum(seconds.values()):.0f} s, kernel at most {peak:.2f} GiB")
    assert peak < 1.5
    # Run All, a second time in the same kernel, and single cells again, in another order.
    for i, cell in [*code, *(each for each in reversed(code) if seconds[each[0]] < 3)]:
        lesson.execute_cell(cell, i)
        assert said(cell) == first[i], cell.source


@pytest.mark.parametrize("lesson", NAMES, indirect=True)
def test_solutions_are_right_inside_their_notebook(lesson):
    numbers = []
    for i, cell in enumerate(lesson.nb.cells):
        found = re.fullmatch(r'# %load solution\("(\d\.\d)"\)', cell.source)
        if found:
            cell.source = solution(found[1])
            numbers.append(found[1])
        lesson.execute_cell(cell, i)
        assert not found or ": right." in said(cell), cell.outputs
    assert numbers == exercises(int(numbers[0][0]))
