"""What the README says is what was measured, and what is there."""

import re
from pathlib import Path

import aeutils

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_results_are_those_of_the_notebooks_and_the_benchmark(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parent / "tools")
    import readme

    assert readme.table() in readme.PAGE.read_text(encoding="utf-8")
    assert readme.PICTURE.read_bytes() == readme.picture()


def test_every_public_name_is_described_and_used():
    module = README.split("## The module")[1].split("\n## ")[0]
    described = {name for row in re.findall(r"^\|(.*?)\|", module, re.MULTILINE)
                 for name in re.findall(r"`(\w+)`", row)}  # fmt: skip
    assert described == set(aeutils.__all__)
    sources = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("notebooks/*.ipynb"))
    for name in aeutils.__all__:
        assert re.search(rf"\b{name}\b", sources), f"no notebook uses {name}"


def test_every_public_function_has_an_example():
    for name in aeutils.__all__:
        if name != "COLORS":
            assert ">>>" in getattr(aeutils, name).__doc__, name


def test_links_lead_to_files():
    links = re.findall(r"\]\(([^)#]+)\)|src=\"([^\"]+)\"", README)
    local = {a or b for a, b in links if not (a or b).startswith("http")}
    assert len(local) >= 5
    for link in local:
        assert (ROOT / link).exists(), link
