"""The course starts anywhere, and TensorFlow's first lines stay out of the notebook."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

FIRST_STEPS = """
import socket
def refuse(*arguments): raise OSError("no network")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
import sys
import aeutils
assert aeutils.__file__.startswith(sys.argv[1]), aeutils.__file__
(images, labels), _ = aeutils.load_mnist()
aeutils.show_digits({"digits": images[:3]}, captions=labels[:3])
aeutils.show_curves({"loss": [2, 1]}, floor=(0.5, "floor"))
aeutils.check("1.1", "A")
assert "def " in aeutils.solution("2.3")
import keras
encoder = keras.Sequential([keras.Input((784,)), keras.layers.Dense(2)])
decoder = keras.Sequential([keras.Input((2,)), keras.layers.Dense(784)])
aeutils.explore_digit(encoder, decoder, aeutils.to_vectors(images[:20]))
assert keras.backend.backend() == "tensorflow"
"""
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


def run(*sources):
    """The outputs of cells that run in one kernel, as in a notebook outside the tests."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    notebook = nbformat.v4.new_notebook(cells=cells)
    # With this variable set, ipykernel leaves descriptor 2 alone: noise could not be seen.
    environment = {key: value for key, value in os.environ.items() if key != "PYTEST_CURRENT_TEST"}
    place = {"metadata": {"path": ROOT / "notebooks"}}
    client = NotebookClient(notebook, timeout=300, allow_errors=True, resources=place)
    client.execute(env=environment)
    return [cell.outputs for cell in notebook.cells]


def test_noise_is_not_shown_but_warnings_are_and_first_digits_do_not_wait_for_keras():
    codes = [[c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
             for path in NOTEBOOKS]  # fmt: skip
    before, *firsts, keras, noise, warning = run(
        NOISE_ARRIVES, *[code[0] for code in codes], "import sys; print('keras' in sys.modules)",
        NOISE, "import warnings; warnings.warn('look here')",
    )  # fmt: skip
    # Without aeutils a notebook shows the noise.
    assert "noise of C++" in "".join(output.get("text", "") for output in before)
    for (picture,) in firsts:
        assert "image/png" in picture.data
    assert keras[0].text == "False\n"
    assert noise == []
    assert "look here" in warning[0].text


@pytest.fixture
def download(tmp_path):
    """GitHub's zip file, unpacked: what `git archive` makes, without .git, named otherwise."""
    folder = tmp_path / "Übung 1, автокодировщик" / "REPOSITORY-main"
    if not (ROOT / ".git").exists():  # this is such a download
        names = shutil.ignore_patterns(".*", "__pycache__")
        return shutil.copytree(ROOT, folder, ignore=names)
    archive = tmp_path / "course.zip"
    prefix = f"--prefix={folder.name}/"
    command = ["git", "-C", str(ROOT), "archive", prefix, "-o", archive, "HEAD"]
    subprocess.run(command, check=True)
    assert archive.stat().st_size < 20e6, "README.md tells the size of the download"
    shutil.unpack_archive(archive, folder.parent)
    return folder


def test_a_download_runs_read_only_in_an_odd_folder_and_a_plain_locale_without_a_network(download):
    home, prefix = download / "home", []
    home.mkdir()
    if os.name != "nt":
        for path in [download, *download.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        # Root may write anywhere, unless that right is taken away.
        if os.geteuid() == 0 and shutil.which("setpriv"):
            prefix = ["setpriv", "--bounding-set", "-dac_override"]
    plain = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "KERAS_BACKEND": "jax"}
    places = {"HOME": str(home), "KERAS_HOME": str(home), "PYTHONPATH": str(download)}
    done = subprocess.run(
        [*prefix, sys.executable, "-c", FIRST_STEPS, str(download)], cwd=download,
        env=os.environ | plain | places, capture_output=True, encoding="utf-8", errors="replace",
    )  # fmt: skip
    for path in [download, *download.rglob("*")]:
        path.chmod(0o755)
    assert done.returncode == 0, done.stderr


def test_colab_has_what_the_module_asks_for():
    colab = {  # August 2026; .github/CONTRIBUTING.md says where from
        "tensorflow": "2.20.0", "keras": "3.13.2", "numpy": "2.1.3", "matplotlib": "3.10.0",
        "ipywidgets": "7.7.1", "ipython": "7.34.0", "pillow": "11.3.0",
    }  # fmt: skip
    asked = {r.name: r.specifier for r in map(Requirement, PROJECT["dependencies"])}
    assert set(asked) == set(colab)
    assert all(version in asked[name] for name, version in colab.items())
