"""Execute notebooks in place, so that what is saved is what one clean run gave.

Usage:  python tests/tools/execute.py [NOTEBOOK.ipynb ...]      (default: all notebooks)

If a jupytext copy NOTEBOOK.py lies beside a notebook, its text is taken over first; cells keep
their ids, and the copy is deleted. Timings, widget state and the Python version are not saved, so
that a run without a change of code changes as little as possible. At the end what is quoted from
the notebooks is brought up to date.
"""

import sys
from pathlib import Path

import nbformat
import readme
from jupytext.cli import jupytext
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "notebooks"
WIDGET = "application/vnd.jupyter.widget-view+json"


def as_saved(output):
    """Return an output as a saved notebook holds it, or None for one that shows nothing.

    >>> data = {"text/html": "<img>", "image/png": "aGk=", "text/plain": "Ten digits."}
    >>> as_saved({"data": data, "metadata": {"image/png": {"alt": "Ten digits."}}})
    {'data': {'image/png': 'aGk=', 'text/plain': 'Ten digits.'}, 'metadata': {...}}
    >>> as_saved({"data": {"text/html": "<b>right</b>", "text/plain": "right"}})
    {'data': {'text/html': '<b>right</b>', 'text/plain': 'right'}}
    >>> as_saved({"data": {"text/plain": ""}})  # a progress line that has ended
    """
    data = output.get("data")
    if data is None:
        return output
    # A figure or a control holds its picture a second time in the HTML, or its whole network.
    if "image/png" in data:
        data.pop("text/html", None)
    # Without a kernel a widget view is dead text.
    data.pop(WIDGET, None)
    return output if any(data.values()) else None


def join(outputs):
    """Return a list of outputs where neighbouring pieces of printed text are one.

    On a busy machine one line may come in two pieces.

    >>> join([{"name": "stdout", "text": "one "}, {"name": "stdout", "text": "line"}, {"data": 1}])
    [{'name': 'stdout', 'text': 'one line'}, {'data': 1}]
    """
    joined = []
    for output in outputs:
        if joined and "text" in output and output.get("name") == joined[-1].get("name"):
            joined[-1]["text"] += output["text"]
        else:
            joined.append(output)
    return joined


def main(paths):
    for path in map(Path, paths or sorted(FOLDER.glob("*.ipynb"))):
        copy = path.with_suffix(".py")
        if copy.exists():
            jupytext(["--quiet", "--update", "--to", "ipynb", str(copy), "--output", str(path)])
        notebook = nbformat.read(path, as_version=4)
        client = NotebookClient(
            notebook,
            timeout=600,
            record_timing=False,
            store_widget_state=False,
            resources={"metadata": {"path": path.parent}},
        )
        client.execute()
        notebook.metadata = {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = join(filter(None, map(as_saved, cell.outputs)))
        nbformat.write(notebook, path)
        copy.unlink(missing_ok=True)
        print(f"{path.name}: executed, {path.stat().st_size // 1024} KiB")
    readme.main()


if __name__ == "__main__":
    main(sys.argv[1:])
