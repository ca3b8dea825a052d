"""Each file of aeutils is read in one sitting, and leans only on what is public and below it."""

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "aeutils").rglob("*.py"))


def module(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path):
    """Pairs (module of aeutils, name) that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "aeutils":
            yield from ((node.module, alias.name) for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=module)
def test_a_file_is_short_says_what_it_holds_and_imports_nothing_private(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 230
    assert ast.get_docstring(ast.parse(text))
    assert [name for _, name in imported(path) if name.startswith("_")] == []


def test_imports_go_one_way():
    names = {module(path) for path in FILES}
    graph = {
        module(path): {
            f"{source}.{name}" if f"{source}.{name}" in names else source
            for source, name in imported(path)
        }
        for path in FILES
    }
    TopologicalSorter(graph).prepare()  # raises CycleError for a circle


def test_each_file_of_the_front_end_is_short_and_imports_what_those_before_it_export():
    exported = {}
    for name in ("layers", "pixels", "controls", "page"):  # joined in this order
        text = (ROOT / "aeutils" / "explorables" / f"{name}.js").read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 230
        assert text.startswith("/**")
        for names, file in re.findall(r'^import \{(.*?)\} from "(.*?)";', text, re.M | re.S):
            assert {*re.findall(r"\w+", names)} <= exported[file]
        found = re.findall(r"^export (?:async )?(?:const|function) (\w+)", text, re.M)
        exported[f"./{name}.js"] = {*found}
