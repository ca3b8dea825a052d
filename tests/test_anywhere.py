"""The course starts on any machine, and what is missing is said in one sentence."""

import ctypes
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import types
import warnings
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient
from packaging.requirements import Requirement

import aeutils
from aeutils import startup

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
aeutils.show_digits({"digits": images[:3]}, captions=labels[:3])
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
    assert len(list(download.glob("notebooks/*.ipynb"))) == len(NOTEBOOKS)
    home, prefix = download / "home", []
    home.mkdir()
    if os.name != "nt":
        for path in [download, *download.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        # Root may write anywhere, unless that right is taken away.
        if os.geteuid() == 0 and shutil.which("setpriv"):
            prefix = ["setpriv", "--bounding-set", "-dac_override"]
        touched = subprocess.run([*prefix, "touch", home / "x"], capture_output=True)
        assert touched.returncode or (os.geteuid() == 0 and not prefix)
    plain = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0"}
    done = run_first_steps(download, plain | {"HOME": str(home), "KERAS_HOME": str(home)}, prefix)
    for path in [download, *download.rglob("*")]:
        path.chmod(0o755)
    assert done.returncode == 0, done.stderr


def first_code(path):
    cells = nbformat.read(path, as_version=4).cells
    return next(cell for cell in cells if cell.cell_type == "code")


def test_first_digits_do_not_wait_for_keras():
    firsts = [first_code(path) for path in NOTEBOOKS]
    asked = [nbformat.v4.new_code_cell("import sys; print('keras' in sys.modules)") for _ in firsts]
    cells = [cell for both in zip(firsts, asked, strict=True) for cell in both]
    notebook = nbformat.v4.new_notebook(cells=cells)
    place = {"metadata": {"path": ROOT / "notebooks"}}
    NotebookClient(notebook, timeout=60, resources=place).execute()
    for first, answer in zip(firsts, asked, strict=True):
        assert any("image/png" in output.get("data", {}) for output in first.outputs)
        assert answer.outputs[0].text == "False\n"


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
    "ipywidgets": "8.1.8",
    "ipython": "9.18.1",
    "pillow": "13.0.0",
    "packaging": "26.3",
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
        startup.require_packages()
    assert error.value._render_traceback_() == [str(error.value)]


def test_tensorflow_for_the_cpu_will_do(monkeypatch):
    versions = GOOD | {"tensorflow-cpu": GOOD["tensorflow"]}
    del versions["tensorflow"]
    monkeypatch.setattr(metadata, "version", found(versions))
    startup.require_packages()


def test_a_release_candidate_will_do(monkeypatch):
    monkeypatch.setattr(metadata, "version", found(GOOD | {"keras": "3.13.0rc1"}))
    startup.require_packages()


def sentence_of(function):
    """What a notebook shows when the function refuses: one sentence, and no traceback."""
    with pytest.raises(startup.RequirementError) as error:
        function()
    (sentence,) = error.value._render_traceback_()
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize("version", [(3, 9, 6), (3, 10, 4), (3, 14, 0), (4, 0, 0)])
def test_python_too_old_or_too_new(version, monkeypatch):
    monkeypatch.setattr(sys, "version_info", version)
    said = sentence_of(startup.prepare)
    assert f"This is Python {version[0]}.{version[1]}; the course needs 3.11, 3.12 or 3.13." == said


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 9)])
def test_python_that_will_do(version, monkeypatch):
    monkeypatch.setattr(sys, "version_info", version)
    startup.require_python()


@pytest.mark.parametrize(
    ("system", "machine", "largest", "folder", "sentence"),
    [
        ("Darwin", "x86_64", 2**63 - 1, "/v", "Macs with an Intel processor"),
        ("Windows", "ARM64", 2**63 - 1, "C:\\v", "not made for Windows on ARM"),
        ("Linux", "armv7l", 2**31 - 1, "/v", "32 bits"),
        ("Windows", "AMD64", 2**31 - 1, "C:\\v", "32 bits"),
        ("Windows", "AMD64", 2**63 - 1, "C:\\" + "x" * 81, "84 characters, and Windows allows 83"),
        ("Windows", "AMD64", 2**63 - 1, "C:\\" + "x" * 80, "package tensorflow is not installed"),
        ("Darwin", "arm64", 2**63 - 1, "/v", "package tensorflow is not installed"),
        ("Linux", "x86_64", 2**63 - 1, "/" + "v" * 200, "package tensorflow is not installed"),
    ],
)
def test_why_there_is_no_tensorflow(system, machine, largest, folder, sentence, monkeypatch):
    versions = {k: v for k, v in GOOD.items() if k != "tensorflow"}
    monkeypatch.setattr(metadata, "version", found(versions))
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(sys, "maxsize", largest)
    monkeypatch.setattr(sysconfig, "get_path", lambda name: folder)
    assert sentence in sentence_of(startup.require_packages)


@pytest.mark.parametrize(
    ("machine", "processor", "refused"),
    [
        ("x86_64", "flags\t\t: fpu sse4_2 popcnt\n", True),
        ("x86_64", "flags\t\t: fpu sse4_2 avx\n", False),
        ("x86_64", "flags\t\t: fpu avx512f_like\n", True),
        ("x86_64", "nothing about flags\n", False),
        ("aarch64", "Features\t: fp asimd\n", False),
    ],
)
def test_a_processor_without_avx(machine, processor, refused, monkeypatch):
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(Path, "read_text", lambda *arguments, **names: processor)
    if refused:
        assert "lacks AVX" in sentence_of(startup.require_processor)
    else:
        startup.require_processor()


@pytest.mark.parametrize("has_avx", [0, 1])
def test_windows_is_asked_about_avx(has_avx, monkeypatch):
    asked = []
    kernel = types.SimpleNamespace(IsProcessorFeaturePresent=lambda n: asked.append(n) or has_avx)
    windows = types.SimpleNamespace(kernel32=kernel)
    monkeypatch.setattr(ctypes, "windll", windows, raising=False)
    monkeypatch.setattr(platform, "system", lambda: "Windows")
    monkeypatch.setattr(platform, "machine", lambda: "AMD64")
    if has_avx:
        startup.require_processor()
    else:
        assert "lacks AVX" in sentence_of(startup.require_processor)
    assert asked == [39]  # PF_AVX_INSTRUCTIONS_AVAILABLE


FITS = {"backend": "tensorflow", "floatx": "float32", "image_data_format": "channels_last"}


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ({"backend": "torch"}, ["backend", "'torch'", "'tensorflow'"]),
        ({"backend": "theano"}, ["backend", "'theano'", "'tensorflow'"]),
        ({"image_data_format": "channels_first"}, ["image_data_format", "'channels_last'"]),
        ({"floatx": "float16"}, ["floatx", "'float16'", "'float32'"]),
        ({"floatx": "float64"}, ["floatx", "'float64'", "'float32'"]),
        ({"floatx": None}, ["floatx", "None", "'float32'"]),
        ({"epsilon": 1}, ["epsilon", "1", "1e-07"]),
    ],
)
def test_a_settings_file_that_does_not_fit_is_named(change, parts, tmp_path, monkeypatch):
    file = tmp_path / "keras.json"
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    file.write_text(json.dumps(FITS | {"epsilon": 1e-7}))
    startup.require_keras_settings()
    file.write_text(json.dumps(FITS | change))
    said = sentence_of(startup.require_keras_settings)
    assert all(part in said for part in [str(file), "Delete the file", *parts]), said


def test_the_folder_of_the_settings_may_begin_at_home(tmp_path, monkeypatch):
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    for folder, where in (("~/mine", tmp_path / "mine"), (None, tmp_path / ".keras")):
        monkeypatch.setenv("KERAS_HOME", folder) if folder else monkeypatch.delenv("KERAS_HOME")
        where.mkdir()
        (where / "keras.json").write_text(json.dumps({"floatx": "float16"}))
        assert str(where / "keras.json") in sentence_of(startup.require_keras_settings)


@pytest.mark.parametrize("content", ["[]", "3", "null", '"tensorflow"'])
def test_a_settings_file_without_an_object_is_named(content, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "keras.json").write_text(content)
    said = sentence_of(startup.require_keras_settings)
    assert str(tmp_path / "keras.json") in said
    assert "not a JSON object" in said


@pytest.mark.parametrize("content", [b"", b"{broken", b"\xff\xfe", b"{}"])
def test_a_settings_file_that_keras_passes_over_is_no_obstacle(content, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "keras.json").write_bytes(content)
    startup.require_keras_settings()


@pytest.mark.parametrize("backend", ["torch", "jax", "theano", "numpy", "openvino"])
def test_a_backend_asked_for_by_the_variable(backend, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", backend)
    said = sentence_of(startup.require_keras_settings)
    assert said.startswith(f"The environment variable KERAS_BACKEND asks for '{backend}'")


def test_the_variable_wins_over_the_file_as_in_keras(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "keras.json").write_text(json.dumps(FITS | {"backend": "jax"}))
    monkeypatch.setenv("KERAS_BACKEND", "")  # Keras passes over an empty one
    assert "'jax'" in sentence_of(startup.require_keras_settings)
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    startup.require_keras_settings()


def test_the_first_import_says_it_and_names_the_file_in_the_home_folder(tmp_path):
    (tmp_path / ".keras").mkdir()
    file = tmp_path / ".keras" / "keras.json"
    file.write_text('{"image_data_format": "channels_first"}')
    homes = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    environment = {k: v for k, v in os.environ.items() if not k.startswith("KERAS_")} | homes
    command = [sys.executable, "-c", "import aeutils"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=ROOT)
    last = done.stderr.splitlines()[-1]
    assert done.returncode == 1
    assert f"The file {file} sets image_data_format to 'channels_first'" in last


def test_a_notebook_alone_says_what_is_missing_in_one_sentence(tmp_path):
    """As on Colab: the notebook without its folder, and a Python without the course."""
    firsts = [first_code(path) for path in NOTEBOOKS]
    hide = nbformat.v4.new_code_cell("import sys; sys.modules['aeutils'] = None")
    notebook = nbformat.v4.new_notebook(cells=[hide, *firsts])
    place = {"metadata": {"path": tmp_path}}
    NotebookClient(notebook, timeout=60, resources=place, allow_errors=True).execute()
    mend = f"%pip install git+{project()['urls']['Repository']}"
    for first in firsts:
        (output,) = first.outputs  # an error: Run All stops there
        assert output.output_type == "error"
        assert output.traceback == [f"aeutils is missing. Run: {mend}"]
        assert "raises-exception" not in first.metadata.get("tags", [])


COLAB = {  # August 2026; tests/README.md says where from
    "tensorflow": "2.20.0",
    "keras": "3.13.2",
    "numpy": "2.1.3",
    "matplotlib": "3.10.0",
    "ipywidgets": "7.7.1",
    "ipython": "7.34.0",
    "pillow": "11.3.0",
    "packaging": "26.3",
}


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_colab_has_what_the_module_asks_for():
    asked = {r.name: r.specifier for r in map(Requirement, project()["dependencies"])}
    assert set(asked) == set(COLAB)
    for name, version in COLAB.items():
        assert version in asked[name], name


def test_ipywidgets_that_vs_code_cannot_show_are_not_installed():
    asked = {r.name: r.specifier for r in map(Requirement, project()["dependencies"])}
    assert "8.1.9" not in asked["ipywidgets"]
    assert "8.1.8" in asked["ipywidgets"]
    assert "ipywidgets==8.1.9" not in (ROOT / "binder" / "requirements.txt").read_text()


def test_bounds_stand_once():
    """The files that pip reads name extras of the project, and hold no versions of their own."""
    extras = set(project()["optional-dependencies"])
    for file in ("requirements.txt", "tests/requirements.txt"):
        (line,) = (ROOT / file).read_text().splitlines()
        named = re.fullmatch(r"-e \.\[([a-z,]+)\]", line)[1]
        assert set(named.split(",")) <= extras


def test_every_requirement_has_a_lower_and_an_upper_bound():
    extras = project()["optional-dependencies"].values()
    for line in [*project()["dependencies"], *(line for extra in extras for line in extra)]:
        operators = {part.operator for part in Requirement(line).specifier}
        assert {">=", "<"} <= operators, line


@pytest.mark.parametrize("number", ["1.1", "2.3", "3.6"])
def test_load_puts_a_solution_into_the_cell(number):
    """The line that stands below each exercise, whatever the folder, as in a pip installation."""
    shell = InteractiveShell(user_ns={"solution": aeutils.solution})
    shell.run_line_magic("load", f'solution("{number}")')
    name = f"exercise_{number.replace('.', '_')}.py"
    text = (ROOT / "notebooks" / "solutions" / name).read_text(encoding="utf-8")
    assert shell.rl_next_input == f'# %load solution("{number}")\n{text}'


def test_public_names_exist():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert all(getattr(aeutils, name) is not None for name in aeutils.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = aeutils.nothing
