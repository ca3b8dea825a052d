"""The public address stands in one place, and one command writes it everywhere."""

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml

ROOT = Path(__file__).parent.parent
TOOL = ROOT / "tests" / "tools" / "address.py"
PUBLIC = {"GITHUB_REPOSITORY": "jane/copy", "PRIVATE": "false"}


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("address", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def copy(tool, tmp_path):
    """A copy of every file that holds an address."""
    for path in tool.files(ROOT):
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return tmp_path


def links(tool, root):
    text = "\n".join(path.read_text(encoding="utf-8") for path in tool.files(root))
    return re.findall(r"https?://[^\s\"'`)\\\]]+", text)


def test_every_link_holds_the_address_of_pyproject(tool):
    assert tool.complaint(ROOT, {}) is None


def test_a_new_address_is_written_into_every_link_and_no_other(tool, copy):
    before = links(tool, copy)
    old = tool.address(copy)
    tool.write("Jane-9/auto.encoders", copy)
    after = links(tool, copy)
    assert tool.address(copy) == "Jane-9/auto.encoders"
    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    owner, name = old.split("/")
    for a, b in changed:
        site = a.replace(f"{owner.lower()}.github.io/{name}", "jane-9.github.io/auto.encoders")
        assert b in (a.replace(old, "Jane-9/auto.encoders"), site)
    assert len(changed) >= 9
    assert not [link for link in after if old in link or f"{owner.lower()}.github.io" in link]
    assert any("github.com/jfdelgad/Autoencoders" in link for link in after)
    assert tool.write("Jane-9/auto.encoders", copy) == []
    for path in copy.glob("notebooks/*.ipynb"):
        nbformat.read(path, as_version=4)  # still a notebook


@pytest.mark.parametrize(
    "link",
    [
        "https://mybinder.org/v2/gh/OWNER/REPOSITORY/main?urlpath=lab",
        "https://colab.research.google.com/github/OWNER/REPOSITORY/blob/main/notebooks/01.ipynb",
        "`git clone https://github.com/OWNER/REPOSITORY`",
        '"%pip install git+https://github.com/OWNER/REPOSITORY"',
        "https://github.com/OWNER/REPOSITORY/archive/refs/heads/main.zip",
        "https://owner.github.io/REPOSITORY/notebooks/01.html",
    ],
)
def test_each_kind_of_link(tool, link, tmp_path):
    page = tmp_path / "README.md"
    page.write_text(f"See {link}.")
    _, once = tool.with_address(page, "jane/copy")
    assert once == f"See {link}.".replace("OWNER/REPOSITORY", "jane/copy").replace(
        "owner.github.io/REPOSITORY", "jane.github.io/copy"
    )
    assert once != f"See {link}."


def test_a_notebook_may_cite_pages_of_others(tool, tmp_path):
    page = tmp_path / "a.ipynb"
    page.write_text("https://colah.github.io/posts/ https://github.com/keras-team/keras/issues/1")
    text, new = tool.with_address(page, "jane/copy")
    assert new == text


def test_a_link_that_leads_elsewhere_is_named_with_the_command(tool, copy):
    readme = copy / "README.md"
    text = readme.read_text(encoding="utf-8")
    readme.write_text(text.replace("mybinder.org/v2/gh/", "mybinder.org/v2/gh/x", 1), "utf-8")
    said = tool.complaint(copy, {})
    assert said.startswith("README.md holds another address than pyproject.toml")
    assert "python tests/tools/address.py" in said


def test_the_placeholder_stops_only_a_public_repository_on_github(tool, copy):
    tool.write(tool.PLACEHOLDER, copy)
    said = tool.complaint(copy, PUBLIC)
    assert "'python tests/tools/address.py jane/copy'" in said
    assert "\n" not in said
    assert tool.complaint(copy, PUBLIC | {"PRIVATE": "true"}) is None
    assert tool.complaint(copy, {}) is None
    tool.write("someone/else", copy)  # a fork may lead to where it comes from
    assert tool.complaint(copy, PUBLIC) is None


def test_the_command_writes_names_what_it_wrote_and_checks(tool, copy, monkeypatch, capsys):
    for name, function in (("write", tool.write), ("complaint", tool.complaint)):
        here = lambda *given, function=function: function(*given, root=copy)  # noqa: E731
        monkeypatch.setattr(tool, name, here)
    monkeypatch.setattr(tool, "ROOT", copy)
    assert tool.main(["jane/copy"]) is None
    written = capsys.readouterr().out.splitlines()
    assert {"README.md: written", "pyproject.toml: written"} < set(written)
    assert len(written) == len(tool.files(copy)) == len(set(written))
    assert tool.address(copy) == "jane/copy"
    assert tool.main(["--check"]) is None
    pyproject = copy / "pyproject.toml"
    text = pyproject.read_text(encoding="utf-8").replace("github.com/jane/copy", "github.com/j/c")
    pyproject.write_text(text, encoding="utf-8")
    assert "holds another address" in tool.main(["--check"])


def test_ci_asks():
    workflow = yaml.safe_load((ROOT / ".github/workflows/site.yml").read_text("utf-8"))
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    (asked,) = (step for step in steps if "address.py --check" in step.get("run", ""))
    assert asked["env"]["PRIVATE"] == "${{ github.event.repository.private }}"


@pytest.mark.parametrize("wrong", ["nothing", "https://github.com/a/b", "a/b/c", "a b"])
def test_what_is_no_address_is_refused(tool, wrong):
    assert (
        tool.main([wrong]) == f"This takes one address, such as OWNER/REPOSITORY; {wrong} is none."
    )


def test_a_complaint_is_the_exit_status():
    done = subprocess.run([sys.executable, TOOL, "a", "b"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "This takes one address, such as OWNER/REPOSITORY; a b is none.\n"


def test_the_citation_has_what_the_format_demands():
    cited = yaml.safe_load((ROOT / ".github" / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["cff-version"] == "1.2.0"
    assert cited["message"]
    assert cited["title"] == (ROOT / "README.md").read_text("utf-8").splitlines()[0][2:]
    for work in [cited, *cited["references"]]:
        assert work["type"] in ("software", "article")
        for author in work["authors"]:
            assert set(author) in ({"name"}, {"alias"}, {"family-names", "given-names"})
    assert str(cited["version"]) in (ROOT / "pyproject.toml").read_text("utf-8")
