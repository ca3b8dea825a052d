"""Execute notebooks in place, so that what is saved is what one clean run gave.

Usage:  python tests/tools/execute.py [NOTEBOOK.ipynb ...]      (default: all notebooks)

If a jupytext copy NOTEBOOK.py lies beside a notebook, its text is taken over first; cells keep
their ids, and the copy is deleted at the end. A copy that is older than its notebook is refused.
At the end what is quoted from the notebooks is brought up to date.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import nbformat
import readme
from jupytext.cli import jupytext
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "notebooks"
# As JupyterLab writes it: it marks a notebook with another one as changed.
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def read(path):
    """Read a notebook, with the text of the copy beside it if there is one."""
    copy = path.with_suffix(".py")
    if not copy.exists():
        return nbformat.read(path, as_version=4)
    if copy.stat().st_mtime < path.stat().st_mtime:
        sys.exit(f"{copy} is older than {path.name}: delete it, or run 'touch {copy}' to use it.")
    with tempfile.TemporaryDirectory() as folder:
        both = Path(shutil.copy(path, folder))
        jupytext(["--quiet", "--update", "--to", "ipynb", str(copy), "--output", str(both)])
        return nbformat.read(both, as_version=4)


def as_saved(output):
    """Return an output as a saved notebook holds it, or None for one that shows nothing.

    >>> data = {"text/html": "<img>", "image/png": "aGk=", "text/plain": "Ten digits."}
    >>> as_saved({"data": data, "metadata": {"image/png": {"alt": "Ten digits."}}})
    {'data': {'image/png': 'aGk=', 'text/plain': 'Ten digits.'}, 'metadata': {...}}
    >>> as_saved({"data": {"text/plain": ""}})  # a progress line that has ended
    """
    data = output.get("data")
    if data is None:
        return output
    # A figure holds its picture a second time in the HTML, a live figure its whole network.
    if "image/png" in data:
        data.pop("text/html", None)
    data.pop("application/vnd.jupyter.widget-view+json", None)  # dead without a kernel
    return output if any(data.values()) else None


def join(outputs):
    """Return a list of outputs where neighboring pieces of printed text are one.

    >>> join([{"name": "stdout", "text": "one "}, {"name": "stdout", "text": "line"}, {"data": 1}])
    [{'name': 'stdout', 'text': 'one line'}, {'data': 1}]
    """
    joined = []
    for output in outputs:
        if joined and "text" in output and output["name"] == joined[-1].get("name"):
            joined[-1]["text"] += output["text"]
        else:
            joined.append(output)
    return joined


def tidy(notebook):
    """Leave in an executed notebook what does not differ from run to run."""
    info = notebook.metadata.get("language_info", {"name": "python"})
    notebook.metadata = {"kernelspec": KERNEL, "language_info": info}
    for cell in notebook.cells:
        cell.metadata.pop("lines_to_next_cell", None)  # a note of jupytext
        if cell.cell_type == "code":
            cell.outputs = join(filter(None, map(as_saved, cell.outputs)))


def main(paths):
    for path in map(Path, paths or sorted(FOLDER.glob("*.ipynb"))):
        notebook = read(path)
        options = {"record_timing": False, "store_widget_state": False}
        place = {"metadata": {"path": path.parent}}
        NotebookClient(notebook, timeout=1800, resources=place, **options).execute()
        tidy(notebook)
        nbformat.write(notebook, path)
        path.with_suffix(".py").unlink(missing_ok=True)
        print(f"{path.name}: executed, {path.stat().st_size // 1024} KiB")
    readme.main()


if __name__ == "__main__":
    main(sys.argv[1:])
