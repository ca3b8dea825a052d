"""CI runs what the README says, with least rights and with actions that cannot change."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_by_commit_and_rights_are_least(path):
    text = path.read_text(encoding="utf-8")
    actions = re.findall(r"uses: (.*)", text)
    assert actions
    for action in actions:
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", action), action
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {"contents": "read"}
    for name, job in workflow["jobs"].items():
        assert job["timeout-minutes"] <= 90, name
        writes = {key for key, value in job.get("permissions", {}).items() if value == "write"}
        assert writes <= {"pages", "id-token"}, name
        assert not writes or name == "publish"


def test_a_push_runs_the_test_command_and_the_night_everything_else():
    push, night = (
        yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8"))
        for name in ("tests.yml", "nightly.yml")
    )
    # YAML reads the key "on" as a truth value.
    assert set(push[True]) == {"push", "pull_request"}
    assert set(night[True]) == {"schedule", "workflow_dispatch"}
    assert "README.md" in str(push["jobs"])
    jobs = {"everything", "systems", "binder", "newest", "oldest", "audit"}
    assert set(night["jobs"]) == jobs
    python = (ROOT / "binder" / "runtime.txt").read_text().strip().removeprefix("python-")
    assert python in str(night["jobs"]["binder"])
    assert "pytest notebooks" in str(night["jobs"]["binder"])
    assert ".ci/run all" in str(night["jobs"]["everything"])


@pytest.mark.skipif(os.name == "nt", reason="the job runs on Linux")
@pytest.mark.parametrize(("package", "asked"), [
    ("tensorflow", "tensorflow>=2.20"),
    ("keras", "keras>=3.12"),
    ("ipywidgets", "ipywidgets>=7.7.1,!=8.1.9"),
    ("nbval", "nbval>=0.11"),
])  # fmt: skip
def test_the_newest_release_is_asked_for_but_not_one_that_is_excluded(package, asked, tmp_path):
    workflow = yaml.safe_load((ROOT / ".github/workflows/nightly.yml").read_text(encoding="utf-8"))
    job = workflow["jobs"]["newest"]
    assert package in job["strategy"]["matrix"]["package"]
    commands = [step.get("run", "") for step in job["steps"]]
    lift, install = (next(c for c in commands if name in c) for name in ("sed -i", "--upgrade"))
    script = f'{lift}; pip() {{ printf %s "$4"; }}; {install.partition(" && ")[0]}'
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    done = subprocess.run(
        ["bash", "-c", script.replace("${{ matrix.package }}", package)],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == asked


def test_before_a_commit_ruff_and_the_tests_of_saved_notebooks_run():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    commands = " ; ".join(hook["entry"] for hook in hooks)
    for command in ("ruff check", "ruff format --check", "pytest -q tests/test_notebooks.py"):
        assert command in commands
