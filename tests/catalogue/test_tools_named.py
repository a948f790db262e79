"""What a section of the docs names: tools by their addresses."""

from __future__ import annotations

import pytest

from indexer.catalogue.docs import named, names_of
from indexer.catalogue.tables import Tables
from indexer.model.items import ToolItem
from indexer.model.records import DocSection


def tool(name: str, url: str) -> ToolItem:
    return ToolItem(id=f"tool/{name}", kind="tool", name=name, title=name.upper(), url=url)


TOOLS = [
    tool("hub", "https://pages.example/hub/"),
    tool("charts", "https://charts.example/"),
    tool("one-chart", "https://charts.example/boards/7"),
    tool("dist", "https://old.example/view/dist.html"),
]


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ("https://pages.example/hub/metrics/#days", ["tool/hub"]),
        ("https://pages.example/hub", ["tool/hub"]),
        ("https://pages.example/hubris/", []),  # a neighbour whose name begins alike
        ("https://pages.example/library/api.html#dataset", []),  # another project of the same host
        ("https://charts.example/boards/8", ["tool/charts"]),
        ("https://charts.example/boards/7?week=3", ["tool/one-chart"]),
        ("https://old.example/view/evolution.html", ["tool/dist"]),
        ("https://old.example/", []),
        ("https://[broken", []),
    ],
)
def test_an_address_names_the_tool_in_whose_folder_it_lies(link: str, told: list[str]) -> None:
    section = DocSection("page.md", "s", "Section", "Page", 2, "Read more.", links=(link,))
    assert [key for kind, key in named(section, names_of(TOOLS, Tables({}))) if kind == "tool"] == told
