"""Each notebook runs from top to bottom with all its solutions pasted in, and each is right."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from aeutils import solution
from aeutils.exercises import exercises

FOLDER = Path(__file__).parent.parent / "notebooks"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["01_simple", "02_stacked", "03_convolutional"])
def test_solutions_are_right_inside_their_notebook(name):
    notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    pasted = []
    for cell in notebook.cells:
        found = re.fullmatch(r'# %load solution\("(\d\.\d)"\)', cell.source)
        if found:
            cell.source = solution(found[1])
            pasted.append(cell)
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": FOLDER}})
    client.execute()
    assert len(pasted) == len(exercises(int(name[:2])))
    for cell in pasted:
        shown = "".join(o.get("data", {}).get("text/plain", "") for o in cell.outputs)
        assert ": right." in shown, (cell.source, cell.outputs)
