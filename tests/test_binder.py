"""A Binder session gets exactly what was tested, and as many threads as it may use."""

import os
import shutil
import subprocess

import pytest
from packaging.requirements import Requirement
from test_startup import FIRST_STEPS, PROJECT, ROOT

BINDER = ROOT / "binder"
pytestmark = pytest.mark.skipif(os.name == "nt", reason="Binder's scripts run on Linux")


def test_the_lock_holds_what_the_project_asks_for_with_tensorflow_for_the_cpu():
    locked = dict(line.split("==") for line in (BINDER / "requirements.txt").read_text().split())
    for line in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["notebooks"]]:
        asked = Requirement(line)
        name = "tensorflow-cpu" if asked.name == "tensorflow" else asked.name
        assert locked[name] in asked.specifier, line
    assert "tensorflow" not in locked


@pytest.mark.parametrize(("limit", "threads"), [("1", "1"), ("1.5", "2"), ("0.5", "1"), ("", None)])
def test_start_gives_tensorflow_as_many_threads_as_the_container_may_use(limit, threads):
    environment = {key: value for key, value in os.environ.items() if "THREADS" not in key}
    done = subprocess.run(
        [BINDER / "start", "env"], env=environment | {"CPU_LIMIT": limit}, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    found = dict(line.split("=", 1) for line in done.stdout.splitlines() if "THREADS" in line)
    names = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
    assert found == (dict.fromkeys(names, threads) if limit else {})


@pytest.mark.slow
def test_the_steps_of_the_build_run_in_a_fresh_environment(tmp_path):
    """Install the lock with Binder's Python, then run postBuild."""
    python = shutil.which((BINDER / "runtime.txt").read_text().strip().replace("-", ""))
    folder = tmp_path / "venv"
    if not python or subprocess.run([python, "-m", "venv", folder]).returncode:
        pytest.skip("the Python that Binder uses is not on this machine")
    environment = os.environ | {"PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    environment.pop("PYTHONPATH", None)
    install = [folder / "bin" / "pip", "install", "--quiet", "-r", BINDER / "requirements.txt"]
    subprocess.run(install, check=True)
    subprocess.run([BINDER / "postBuild"], cwd=ROOT, env=environment, check=True)
    command = [folder / "bin" / "python", "-c", FIRST_STEPS, folder]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True)
