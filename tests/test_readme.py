"""What the README says is what was measured, and what is there."""

import re
from pathlib import Path

import pytest

import aeutils

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_results_are_those_of_the_notebooks_and_the_benchmark(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parent / "tools")
    import readme

    assert readme.table() in readme.PAGE.read_text(encoding="utf-8")


def test_every_public_name_is_described_and_used():
    module = README.split("## The module")[1].split("\n## ")[0]
    described = {name for row in re.findall(r"^\|(.*?)\|", module, re.MULTILINE)
                 for name in re.findall(r"`(\w+)`", row)}  # fmt: skip
    assert described == set(aeutils.__all__)
    sources = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("notebooks/*.ipynb"))
    for name in aeutils.__all__:
        assert re.search(rf"\b{name}\b", sources), f"no notebook uses {name}"
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = aeutils.nothing


@pytest.mark.parametrize("page", ["README.md", ".github/CONTRIBUTING.md", "binder/README.md",
                                  "tests/benchmarks/README.md"])  # fmt: skip
def test_links_lead_to_files(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert link.startswith("http") or (ROOT / page).parent.joinpath(link).exists(), link
