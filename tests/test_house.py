"""Each file of aeutils is read in one sitting, and leans only on what is public and below it."""

import ast
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
