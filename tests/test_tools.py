"""What is saved of a notebook, and what is written from it into other pages."""

import base64
import json
import shutil
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
PICTURE = {"image/png": "aGk=", "text/html": "<img>", "text/plain": "Digits."}
ALT = {"image/png": {"alt": "Digits."}}
WIDGET = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": "Box()"}

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
1 + 1
"""


@pytest.fixture
def tools(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "tests" / "tools")
    import execute
    import readme

    return execute, readme


def code(source, **metadata):
    return nbformat.v4.new_code_cell(source, metadata=metadata)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("notebooks")


@pytest.fixture(scope="module")
def saved(folder):
    """Execute a notebook that has a copy as text beside it; return what is saved then."""
    asked, updated = [], []

    class Client:
        def __init__(self, notebook, **settings):
            asked.append(settings)
            self.notebook = notebook

        def execute(self):
            display = nbformat.v4.new_output
            self.notebook.metadata["widgets"] = {"state": 1}
            self.notebook.metadata["language_info"] = {"name": "python", "version": "3.11.4"}
            self.notebook.cells[1].outputs = [
                display("stream", name="stdout", text="sa"),
                display("display_data", {"text/plain": ""}),
                display("stream", name="stdout", text="id"),
                display("display_data", dict(PICTURE), metadata=ALT),
                display("display_data", dict(WIDGET)),
                display("stream", name="stdout", text="last"),
                display("stream", name="stderr", text="a warning"),
            ]

    path = folder / "a.ipynb"
    cells = [nbformat.v4.new_markdown_cell("# Old"), code("1 + 1", tags=["exercise"])]
    before = nbformat.v4.new_notebook(cells=cells)
    before.cells[1].outputs = [nbformat.v4.new_output("stream", name="stdout", text="old")]
    nbformat.write(before, path)
    path.with_suffix(".py").write_text(COPY, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "tests" / "tools")
        import execute
        import readme

        patch.setattr(execute, "NotebookClient", Client)
        patch.setattr(readme, "main", lambda: updated.append("the pages"))
        execute.main([path])
    assert updated == ["the pages"]
    return before, nbformat.read(path, as_version=4), asked


def test_the_text_beside_a_notebook_is_taken_over_and_cells_stay_themselves(saved, folder):
    before, after, _ = saved
    assert [cell.source for cell in after.cells] == ["# New", "1 + 1"]
    assert [cell.id for cell in after.cells] == [cell.id for cell in before.cells]
    assert after.cells[1].metadata == {"tags": ["exercise"]}
    assert not (folder / "a.py").exists()


def test_what_is_saved_is_what_one_run_gave_without_machine_and_widgets(saved, folder):
    _, after, [settings] = saved
    assert after.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert settings["record_timing"] is settings["store_widget_state"] is False
    assert settings["resources"] == {"metadata": {"path": folder}}
    printed, figure, widget, *texts = after.cells[1].outputs
    assert printed.text == "said"
    assert figure.data == {"image/png": "aGk=", "text/plain": "Digits."}
    assert figure.metadata == ALT
    assert widget.data == {"text/plain": "Box()"}
    assert [text.text for text in texts] == ["last", "a warning"]


def test_only_the_table_and_the_picture_are_written(tools, tmp_path, monkeypatch):
    _, readme = tools
    page, picture = tmp_path / "README.md", tmp_path / "picture.png"
    shutil.copy(readme.PAGE, page)
    text = page.read_text("utf-8")
    begin, end = text.index(readme.BEGIN), text.index(readme.END)
    page.write_text(text[:begin] + readme.BEGIN + "old" + text[end:], "utf-8")
    monkeypatch.setattr(readme, "PAGE", page)
    monkeypatch.setattr(readme, "PICTURE", picture)
    readme.main()
    assert page.read_text("utf-8") == text
    assert picture.read_bytes() == readme.picture()


def test_the_table_has_each_figure_under_its_model(tools, tmp_path, monkeypatch):
    _, readme = tools
    names = ["simple", "stacked", "convolutional"]
    measured = {
        name: {
            "target": k / 10,
            "tutorial": {"figure": k / 100, "seconds": 100 * k, "memory": k},
            "course": {"seconds": 10, "memory": k / 2},
        }
        for k, name in enumerate(names, 1)
    }
    (tmp_path / "results.json").write_text(json.dumps(measured | {"machine": "a machine"}))
    monkeypatch.setattr(readme, "BENCHMARK", tmp_path / "results.json")
    monkeypatch.setattr(readme, "printed", lambda name, pattern: name)
    head, line, *rows = [row for row in readme.table().splitlines() if row.startswith("|")]
    assert head == f"| network | {' | '.join(names)} |"
    assert line == "| --- | --- | --- | --- |"
    assert [row.strip("| ").split(" | ") for row in rows] == [
        ["measure", "test BCE", "test accuracy", "test BCE"],
        ["tutorial, test images", "0.0100", "0.0200", "0.0300"],
        ["this course, test images", "01_simple", "02_stacked", "03_convolutional"],
        ["validation figure to reach", "0.1000", "0.2000", "0.3000"],
        ["tutorial, time until first there", "100 s", "200 s", "300 s"],
        ["this course, time until first there", "10.0 s", "10.0 s", "10.0 s"],
        ["times faster", "10", "20", "30"],
        ["tutorial, memory", "1.0 GB", "2.0 GB", "3.0 GB"],
        ["this course, memory", "0.5 GB", "1.0 GB", "1.5 GB"],
    ]
    assert "one of the tutorial (a machine)." in readme.table()


def test_a_figure_that_is_gone_is_said(tools, monkeypatch):
    _, readme = tools
    display = nbformat.v4.new_output
    found = [
        display("display_data", {"image/png": "aGk="}, metadata={"image/png": {"alt": alt}})
        for alt in ("Another.", readme.FAIR)
    ]
    found[0].data["image/png"] = base64.b64encode(b"another").decode()
    monkeypatch.setattr(readme, "outputs", lambda name: found)
    assert readme.picture() == b"hi"
    found.pop()
    with pytest.raises(ValueError, match="Notebook 3 shows no figure"):
        readme.picture()


def test_a_printed_figure_is_the_only_one_of_its_line(tools, monkeypatch):
    _, readme = tools
    lines = ["test 0.5\n", "test 0.6\n"]
    found = [nbformat.v4.new_output("stream", name="stdout", text=line) for line in lines]
    monkeypatch.setattr(readme, "outputs", lambda name: found)
    assert readme.printed("01_simple", r"test 0\.(6)") == "6"
    with pytest.raises(ValueError, match="too many"):
        readme.printed("01_simple", r"test (0\.\d)")
