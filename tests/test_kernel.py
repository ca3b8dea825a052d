"""Each notebook can be run twice in one kernel, gives the same again, and stays small."""

import base64
import io
from pathlib import Path

import nbformat
import numpy as np
import psutil
import pytest
from nbclient import NotebookClient
from PIL import Image

FOLDER = Path(__file__).parent.parent / "notebooks"
GIGABYTE = 1e9


def results(cell):
    """What a reader sees of a cell: its texts, and its pictures as pixels."""
    texts, pictures = [], []
    for output in cell.outputs:
        data = output.get("data", {})
        if "image/png" in data:
            png = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
            pictures.append(np.asarray(png.convert("RGB"), dtype=int))
        else:
            texts.append(output.get("text", data.get("text/plain")))
    return texts, pictures


def run(client):
    cells = []
    for index, cell in enumerate(client.nb.cells):
        client.execute_cell(cell, index)
        if cell.cell_type == "code":
            cells.append((cell.source, *results(cell)))
    return cells


@pytest.mark.slow
@pytest.mark.parametrize("name", ["01_simple", "02_stacked", "03_convolutional"])
def test_second_run_in_the_same_kernel_gives_the_same_and_memory_stays_small(name):
    notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": FOLDER}})
    with client.setup_kernel():
        kernel = psutil.Process(client.km.provisioner.process.pid)
        first = run(client)
        after_first = kernel.memory_info().rss
        second = run(client)
        after_second = kernel.memory_info().rss
    assert after_first < 1.5 * GIGABYTE
    assert after_second < 1.7 * GIGABYTE, "memory grows from run to run"
    for (source, texts, pictures), (_, texts_again, pictures_again) in zip(
        first, second, strict=True
    ):
        assert texts == texts_again, source
        assert len(pictures) == len(pictures_again), source
        for picture, again in zip(pictures, pictures_again, strict=True):
            assert picture.shape == again.shape, source
            # The same figures: threads may add in another order, in the last digits of a float.
            assert np.abs(picture - again).mean() < 0.5, source
