"""What the contributor's command takes over, and what it saves."""

import os
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
COPY = """# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # New

# %% tags=["exercise"]
print("new")
"""


@pytest.fixture
def execute(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "tests" / "tools")
    import execute

    return execute


@pytest.fixture
def path(tmp_path):
    """A notebook with a copy as text beside it."""
    code = nbformat.v4.new_code_cell("print('old')", metadata={"tags": ["exercise"]})
    cells = [nbformat.v4.new_markdown_cell("# Old"), code]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "a.ipynb")
    (tmp_path / "a.py").write_text(COPY, "utf-8")
    return tmp_path / "a.ipynb"


def test_the_text_beside_a_notebook_is_executed_and_cells_stay_themselves(
    execute, path, monkeypatch
):
    monkeypatch.setattr(execute.readme, "main", lambda: None)
    before = nbformat.read(path, as_version=4)
    execute.main([path])
    after = nbformat.read(path, as_version=4)
    assert [cell.source for cell in after.cells] == ["# New", 'print("new")']
    assert [cell.id for cell in after.cells] == [cell.id for cell in before.cells]
    assert after.cells[1].metadata == {"tags": ["exercise"]}
    assert after.cells[1].outputs[0].text == "new\n"
    assert not path.with_suffix(".py").exists()
    # JupyterLab asks the kernel for these, and marks a notebook with others as changed.
    assert after.metadata.kernelspec.display_name == "Python 3 (ipykernel)"
    assert after.metadata.language_info.version == ".".join(map(str, sys.version_info[:3]))


def test_an_older_text_is_not_taken_over_a_newer_notebook(execute, path):
    os.utime(path.with_suffix(".py"), (1, 1))
    before = path.read_bytes()
    with pytest.raises(SystemExit, match=r"a\.py is older than a\.ipynb: delete it"):
        execute.main([path])
    assert path.read_bytes() == before
    assert path.with_suffix(".py").exists()


def test_a_printed_table_is_saved_in_one_piece_and_a_figure_once(execute):
    output = nbformat.v4.new_output
    alt = {"image/png": {"alt": "Digits.", "width": 3, "height": 2}}
    outputs = [
        output("stream", name="stdout", text="a ta"),
        output("display_data", {"text/plain": "", "text/html": ""}),  # a progress line, ended
        output("stream", name="stdout", text="ble"),
        output("display_data", {"image/png": "aGk=", "text/html": "<img>"}, metadata=alt),
        output("stream", name="stdout", text="after"),
        output("stream", name="stderr", text="a warning"),
    ]
    cell = nbformat.v4.new_code_cell(outputs=outputs)
    execute.tidy(nbformat.v4.new_notebook(cells=[cell]))
    table, figure, after, warning = cell.outputs
    assert (table.text, after.text, warning.text) == ("a table", "after", "a warning")
    assert (figure.data, figure.metadata) == ({"image/png": "aGk="}, alt)
