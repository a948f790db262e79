"""What a section of the docs names: tools by their addresses, tables by their names."""

from __future__ import annotations

import pytest

from indexer.catalogue.docs import named, names_of
from indexer.catalogue.tables import Tables
from indexer.model.items import ToolItem
from indexer.model.records import DocSection
from tests.support.sql_world import table


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


def test_a_table_of_a_named_dataset_is_not_taken_for_its_namesake_of_telemetry() -> None:
    held = [table("telemetry.event_totals"), table("services.event_totals")]
    tables = Tables({each.id: each for each in held})
    told = {
        text: [key for kind, key in named(DocSection("p.md", "s", "S", "P", 2, text), names_of((), tables))]
        for text in ("Use services.event_totals.", "Use event_totals.", "Use `event_totals` then.")
    }
    other, own = (f"table/moz-fx-data-shared-prod.{name}.event_totals" for name in ("services", "telemetry"))
    assert list(told.values()) == [[other], [own], [own]]
