"""Run the notebooks with other random numbers, as another machine would; stop where a cell fails.

Usage:  python tests/tools/other_seeds.py OFFSET [NOTEBOOK.ipynb ...]      (default: all notebooks)

The whole number OFFSET is added to every seed. Nothing is saved.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "notebooks"
MOVE = """
import aeutils, keras, numpy as np
set_seed, make_rng = keras.utils.set_random_seed, np.random.default_rng
keras.utils.set_random_seed = lambda seed: set_seed(seed + {offset})
np.random.default_rng = lambda seed=None: make_rng(seed if seed is None else seed + {offset})
"""


def main(offset, *paths):
    for path in map(Path, paths or sorted(FOLDER.glob("*.ipynb"))):
        notebook = nbformat.read(path, as_version=4)
        notebook.cells.insert(0, nbformat.v4.new_code_cell(MOVE.format(offset=int(offset))))
        place = {"metadata": {"path": path.parent}}
        NotebookClient(notebook, timeout=1800, resources=place).execute()
        print(f"{path.name}: every checkpoint holds with seeds moved by {offset}")


if __name__ == "__main__":
    main(*sys.argv[1:])
