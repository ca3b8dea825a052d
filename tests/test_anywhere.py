"""The course starts on any machine, and what is missing is said in one sentence."""

import os
import shutil
import subprocess
import sys
import time
import warnings
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from packaging.requirements import Requirement

import aeutils
from aeutils import requirements

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

FIRST_STEPS = """
import socket
def refuse(*arguments): raise OSError("no network")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
import sys, warnings
warnings.simplefilter("ignore")
import aeutils
assert aeutils.__file__.startswith(sys.argv[1]), aeutils.__file__
(images, labels), _ = aeutils.load_mnist()
aeutils.show_digits({"Ziffer \\u2460": images[:3]}, captions=labels[:3])
aeutils.show_curves({"loss": [2, 1]}, floor=(0.5, "floor"))
import keras
keras.Sequential([keras.Input((784,)), keras.layers.Dense(1)]).predict(
    aeutils.to_vectors(images[:2]), verbose=0)
"""


def run_first_steps(folder, environment, prefix=()):
    return subprocess.run(
        [*prefix, sys.executable, "-c", FIRST_STEPS, str(folder)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder), "TF_CPP_MIN_LOG_LEVEL": "3"} | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
    )


@pytest.fixture
def copy(tmp_path):
    """A copy of the module in a folder with spaces and letters from elsewhere."""
    folder = tmp_path / "Übung 1, автокодировщик"
    shutil.copytree(ROOT / "aeutils", folder / "aeutils")
    return folder


def test_folder_with_spaces_and_other_letters_without_a_network(copy):
    done = run_first_steps(copy, {})
    assert done.returncode == 0, done.stderr


def test_plain_locale(copy):
    done = run_first_steps(copy, {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0"})
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(os.name == "nt", reason="permissions of Unix")
def test_read_only_checkout_and_unwritable_home(copy):
    home = copy / "home"
    home.mkdir()
    # Root may write anywhere, unless that right is taken away.
    prefix = ["setpriv", "--bounding-set", "-dac_override"] if os.geteuid() == 0 else []
    if prefix and not shutil.which("setpriv"):
        pytest.skip("run by root, and there is no setpriv to take root's rights away")
    for path in [copy, *copy.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        touched = subprocess.run([*prefix, "touch", home / "x"], capture_output=True)
        assert touched.returncode != 0, "the folder can still be written to"
        done = run_first_steps(copy, {"HOME": str(home), "KERAS_HOME": str(home)}, prefix)
    finally:
        for path in [copy, *copy.rglob("*")]:
            path.chmod(0o755)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_first_digits_appear_within_ten_seconds(path):
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    client = NotebookClient(notebook, timeout=60, resources={"metadata": {"path": path.parent}})
    start = time.monotonic()
    with client.setup_kernel():
        client.execute_cell(cells[0], notebook.cells.index(cells[0]))
        seconds = time.monotonic() - start
    assert any("image/png" in output.get("data", {}) for output in cells[0].outputs)
    assert seconds < 10


def test_start_up_noise_is_not_shown_but_warnings_and_errors_are():
    sources = [
        "import aeutils, keras\nkeras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])",
        "import warnings\nwarnings.warn('look here')",
        "1 / 0",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    NotebookClient(notebook, timeout=120, allow_errors=True).execute()
    start, warning, error = (cell.outputs for cell in notebook.cells)
    assert [output for output in start if output.output_type == "stream"] == []
    assert "look here" in warning[0].text
    assert error[0].ename == "ZeroDivisionError"


def found(versions):
    """Replace what is installed: a dict from package to version, the rest being absent."""

    def version(name):
        if name not in versions:
            raise metadata.PackageNotFoundError(name)
        return versions[name]

    return version


GOOD = {r.name: "99" for r in map(Requirement, metadata.requires("aeutils"))} | {
    "tensorflow": "2.21.0",
    "keras": "3.15.1",
    "numpy": "2.4.6",
    "matplotlib": "3.11.2",
    "ipywidgets": "8.1.9",
    "ipycanvas": "0.14.3",
}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"keras": None}, "The package keras is not installed."),
        ({"numpy": "1.26.4"}, r"numpy 1\.26\.4 is installed; the course needs .*>=2"),
        ({"tensorflow": "2.15.0"}, r"tensorflow 2\.15\.0 is installed; the course needs"),
    ],
)
def test_missing_or_old_package_is_one_sentence(change, sentence, monkeypatch):
    versions = {k: v for k, v in (GOOD | change).items() if v}
    monkeypatch.setattr(metadata, "version", found(versions))
    with pytest.raises(
        ImportError, match=sentence + r".*pip install -r requirements\.txt"
    ) as error:
        requirements.require_packages()
    assert error.value._render_traceback_() == [str(error.value)]


def test_tensorflow_for_the_cpu_will_do(monkeypatch):
    versions = GOOD | {"tensorflow-cpu": GOOD["tensorflow"]}
    del versions["tensorflow"]
    monkeypatch.setattr(metadata, "version", found(versions))
    requirements.require_packages()


def test_old_python_is_one_sentence(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    with pytest.raises(ImportError, match=r"This is Python 3\.10; the course needs 3\.11"):
        requirements.require_packages()


def test_module_and_course_ask_for_the_same_versions():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    course = {r.name: r.specifier for r in map(Requirement, lines[:-1])}
    assert lines[-1] == "-e ."
    for line in metadata.requires("aeutils"):
        requirement = Requirement(line)
        assert course[requirement.name] == requirement.specifier


def test_every_requirement_has_a_lower_and_an_upper_bound():
    for line in (ROOT / "requirements.txt").read_text().splitlines()[:-1]:
        operators = {part.operator for part in Requirement(line).specifier}
        assert operators == {">=", "<"}, line


def test_public_names_exist():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert all(getattr(aeutils, name) is not None for name in aeutils.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = aeutils.nothing
