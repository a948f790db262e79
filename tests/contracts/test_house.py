"""The house stays one that a newcomer finds the way in: small folders, modules and functions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES, LINES, FUNCTION = 18, 350, 60
# one file for each source, tool and kind of thing, whose folders grow with what there is
BY_DESIGN = {"indexer/sources", "indexer/catalogue", "search_app/tools"}


def packages() -> Iterator[str]:
    for top in ("indexer", "search_app"):
        yield from sorted(str(init.parent.relative_to(ROOT)) for init in (ROOT / top).rglob("__init__.py"))


@pytest.mark.parametrize("package", [*packages()])
def test_a_folder_holds_no_more_than_one_can_overlook(package: str) -> None:
    modules = [path for path in (ROOT / package).glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= MODULES or package in BY_DESIGN
    for path in modules:
        text = path.read_text()
        assert (path.name, text.count("\n") > LINES) == (path.name, False)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                assert (path.name, node.name, length > FUNCTION) == (path.name, node.name, False)
