"""A Binder launch gets exactly what was tested, and as many threads as it may use."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parent.parent
BINDER = ROOT / "binder"
LOCK = (BINDER / "requirements.txt").read_text().splitlines()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NEEDED = [
    Requirement(line)
    for line in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["notebooks"]]
]

# What `pip install git+ADDRESS` brings, without the folder of the course.
INSTALLED = """
import sys
import aeutils, keras
import matplotlib.pyplot as plt
assert aeutils.__file__.startswith(sys.argv[1]), aeutils.__file__
plt.style.use("aeutils.course")
(images, labels), _ = aeutils.load_mnist()
assert images.shape == (60000, 28, 28)
aeutils.check("1.1", "A")
assert "check(" in aeutils.solution("3.6")
encoder = keras.Sequential([keras.Input((784,)), keras.layers.Dense(2)])
decoder = keras.Sequential([keras.Input((2,)), keras.layers.Dense(784)])
aeutils.explore_digit(encoder, decoder, aeutils.to_vectors(images[:20]))
"""

unix = pytest.mark.skipif(os.name == "nt", reason="Binder's scripts run on Linux")


def test_lock_holds_one_exact_version_a_line_and_nothing_that_defeats_the_cache():
    assert LOCK
    for line in LOCK:
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line), line


def test_lock_satisfies_the_bounds_of_the_project_with_tensorflow_for_the_cpu():
    locked = {name.lower(): Version(version) for name, version in (x.split("==") for x in LOCK)}
    assert "tensorflow" not in locked
    for requirement in NEEDED:
        name = {"tensorflow": "tensorflow-cpu"}.get(requirement.name, requirement.name)
        assert locked[name] in requirement.specifier, requirement


@unix
def test_scripts_can_be_run_and_the_build_stops_at_the_first_error():
    for name in ("postBuild", "start"):
        assert os.access(BINDER / name, os.X_OK), name
        assert "\nset -e\n" in (BINDER / name).read_text()


@unix
@pytest.mark.parametrize(
    ("limit", "threads"), [("1", "1"), ("1.5", "2"), ("0.5", "1"), ("4.0", "4")]
)
def test_start_gives_tensorflow_as_many_threads_as_the_container_may_use(limit, threads):
    environment = os.environ | {"CPU_LIMIT": limit}
    done = subprocess.run(
        [BINDER / "start", "env"], env=environment, capture_output=True, text=True
    )
    assert f"TF_NUM_INTRAOP_THREADS={threads}" in done.stdout.splitlines()
    assert f"OMP_NUM_THREADS={threads}" in done.stdout.splitlines()


@unix
def test_start_leaves_the_threads_alone_without_a_limit():
    environment = {k: v for k, v in os.environ.items() if k != "CPU_LIMIT" and "THREADS" not in k}
    done = subprocess.run(
        [BINDER / "start", "env"], env=environment, capture_output=True, text=True
    )
    assert "THREADS" not in done.stdout


@unix
def test_repo2docker_accepts_the_folder_and_picks_the_python_of_the_lock(monkeypatch):
    python = pytest.importorskip("repo2docker.buildpacks").PythonBuildPack
    monkeypatch.chdir(ROOT)
    build = python("docker.io/library/buildpack-deps:jammy")
    build.platform = "linux/amd64"
    assert build.detect()
    assert build.binder_dir == "binder"
    wanted = (BINDER / "runtime.txt").read_text().strip().removeprefix("python-")
    assert build.python_version == wanted
    dockerfile = build.render()
    assert "binder/requirements.txt" in dockerfile
    assert "binder/postBuild" in dockerfile
    assert "binder/start" in dockerfile
    # Before the sources are copied, so that a change of text does not reinstall TensorFlow.
    sources = re.search(r"^COPY \S+ src/ ", dockerfile, re.MULTILINE)
    assert dockerfile.index('-r "binder/requirements.txt"') < sources.start()


@unix
@pytest.mark.slow
def test_the_steps_of_the_build_run_in_a_fresh_environment(tmp_path):
    """Install the lock with Binder's Python, then run postBuild."""
    name = (BINDER / "runtime.txt").read_text().strip().replace("-", "")
    pythons = [shutil.which(name), *Path.home().glob(f".pyenv/versions/*/bin/{name}")]
    folder = tmp_path / "venv"
    made = None
    for python in filter(None, pythons):
        made = subprocess.run([python, "-m", "venv", folder], capture_output=True)
        if made.returncode == 0:
            break
    if made is None or made.returncode:
        pytest.skip("the Python that Binder uses is not on this machine")
    environment = os.environ | {"PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    install = [folder / "bin" / "pip", "install", "--quiet", "-r", BINDER / "requirements.txt"]
    subprocess.run(install, check=True)
    subprocess.run([BINDER / "postBuild"], cwd=ROOT, env=environment, check=True)
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(
        [folder / "bin" / "python", "-c", INSTALLED, folder],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "Explore a digit" in done.stdout
