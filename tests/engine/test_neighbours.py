"""What stands beside an item: its category, its name elsewhere, what is made of it, what is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from indexer.catalogue.derivations import Evidence, derivation_links
from indexer.catalogue.model import Link
from indexer.catalogue.neighbours import NEAREST, with_neighbours, with_places, with_sections
from indexer.catalogue.news import with_news
from indexer.catalogue.schemas import Schemas
from indexer.catalogue.tables import Tables
from indexer.model.definitions import MetricDefinition
from indexer.model.items import AppItem, DocItem, MetricItem, ProbeItem, TableItem
from indexer.model.parts import BookPage, BookPlace, ColumnRef, Novelty
from indexer.model.records import DocSection
from indexer.model.table_records import Column, TableSchema

PROJECT = "moz-fx-data-shared-prod"
DEFINITION = MetricDefinition("counter", "", "2021-05-01 00:00:00", "2024-01-02 00:00:00", 0, "never")


def metric(name: str, origin: str = "fenix", **more: Any) -> MetricItem:
    return MetricItem(
        id=f"metric/{origin}/{name}", kind="metric", name=name, title=name, origin=origin, **more
    )


def related(metrics: Sequence[MetricItem], relation: str) -> dict[str, tuple[str, ...]]:
    return {each.id: each.related[relation] for each in with_neighbours(metrics) if relation in each.related}


def test_metrics_of_one_category_are_related() -> None:
    metrics = [metric("gc.b"), metric("gc.a"), metric("other.a"), metric("gc.a", "klar")]
    assert related(metrics, "similar_metrics") == {
        "metric/fenix/gc.a": ("metric/fenix/gc.b",), "metric/fenix/gc.b": ("metric/fenix/gc.a",),
    }  # fmt: skip


def test_of_a_large_category_the_nearest_by_name_are_related() -> None:
    metrics = [metric(f"css.p{at:03}") for at in range(100)]
    near = related(metrics, "similar_metrics")["metric/fenix/css.p050"]
    assert len(near) == 2 * NEAREST
    assert (near[0], near[-1]) == (
        f"metric/fenix/css.p{50 - NEAREST:03}",
        f"metric/fenix/css.p{50 + NEAREST:03}",
    )


def test_a_metric_that_is_still_collected_is_beside_others_that_are() -> None:
    metrics = [metric("gc.a"), metric("gc.b", in_source=False), metric("gc.c")]
    assert related(metrics, "similar_metrics")["metric/fenix/gc.a"] == ("metric/fenix/gc.c",)


def test_the_same_name_elsewhere_is_named() -> None:
    metrics = [metric("gc.a"), metric("gc.a", "klar"), metric("gc.b", "klar")]
    assert related(metrics, "same_name") == {
        "metric/fenix/gc.a": ("metric/klar/gc.a",), "metric/klar/gc.a": ("metric/fenix/gc.a",),
    }  # fmt: skip


def test_a_section_of_the_docs_names_the_others_of_its_page_in_their_order() -> None:
    docs = [
        DocItem(
            id=f"doc/{path}#{slug}", kind="doc", name=slug, title=slug,
            section=DocSection(path, slug, slug, "Page", 2, ""),
        )
        for path, slug in (("a.md", "two"), ("a.md", "one"), ("a.md", "three"), ("b.md", "alone"))
    ]  # fmt: skip
    found = {doc.id: doc.related.get("section", ()) for doc in with_sections(docs)}
    assert found["doc/a.md#one"] == ("doc/a.md#two", "doc/a.md#three")
    assert found["doc/b.md#alone"] == ()


def test_a_section_of_the_docs_knows_the_pages_above_below_before_and_after_its_own() -> None:
    def section(path: str, slug: str, number: int, *above: str) -> DocItem:
        return DocItem(
            id=f"doc/{path}#{slug}", kind="doc", name=slug, title=slug,
            section=DocSection(
                path, slug, slug, "Page", 2, "", number=number, listed_as=path[0], above=above
            ),
        )  # fmt: skip

    found = {
        doc.id: doc.place
        for doc in with_places(
            [
                section("c.md", "one", 3, "a.md", "gone.md", "b.md"),
                section("a.md", "one", 1),
                section("a.md", "two", 1),
                section("b.md", "one", 2, "a.md", "gone.md"),
                section("free.md", "one", 0),
            ]
        )
    }
    a, b, c = (BookPage(f"doc/{path}.md#one", path) for path in "abc")
    assert found["doc/a.md#one"] == found["doc/a.md#two"] == BookPlace(a, below=(b,), next=b)
    assert found["doc/b.md#one"] == BookPlace(b, above=(a,), below=(c,), previous=a, next=c)
    assert found["doc/c.md#one"] == BookPlace(c, above=(a, b), previous=b)
    assert found["doc/free.md#one"] is None


def test_an_app_names_what_is_new_changed_gone_and_ending() -> None:
    app = AppItem(id="app/fenix", kind="app", name="fenix", title="Fenix")
    mine: dict[str, Any] = {"apps": ("fenix",), "definition": DEFINITION}
    metrics = [
        metric("a.new", added="2024-01-01", **mine),
        metric("a.changed", added="2020-01-01", changed="2021-05-01", **mine),
        metric("a.gone", added="2019-01-01", status="removed", **mine),
        metric("a.soon", added="2018-01-01", expires="2025-01-01", **mine),
        metric("a.sooner", added="2018-01-01", expires="141", **mine),
        metric("a.elsewhere", added="2024-02-01", apps=("klar",), definition=DEFINITION),
    ]
    (found,) = with_news([app], metrics)
    assert found.news["added"][:2] == (
        Novelty("metric/fenix/a.new", "2024-01-01"), Novelty("metric/fenix/a.changed", "2020-01-01"),
    )  # fmt: skip
    assert found.news["changed"] == (Novelty("metric/fenix/a.changed", "2021-05-01"),)
    assert found.news["removed"] == (Novelty("metric/fenix/a.gone", "2024-01-02"),)
    assert [each.date for each in found.news["expiring"]] == ["141", "2025-01-01"]


def test_an_app_that_is_over_has_no_news_of_its_libraries() -> None:
    app = AppItem(id="app/fenix", kind="app", name="fenix", title="Fenix", status="deprecated")
    added = metric("a.new", added="2024-01-01", apps=("fenix",), definition=DEFINITION)
    assert with_news([app], [added]) == [app]


def table(name: str, **more: Any) -> TableItem:
    dataset, short = name.split(".")
    item = TableItem(
        id=f"table/{PROJECT}.{name}", kind="table", name=name, title=short, project=PROJECT, dataset=dataset,
        table=short, layer="derived",
    )  # fmt: skip
    return replace(item, **more)


def links_of(derived: TableItem, columns: Sequence[str]) -> list[Link]:
    ping = table("fenix.metrics", layer="view", ping="ping/fenix/metrics")
    main = table("telemetry.main", layer="view", ping="ping/telemetry/main")
    place = ColumnRef("fenix", "", "", "metrics", "fenix.metrics", "metrics.counter.tabs_opened", True)
    probe = ProbeItem(
        id="probe/scalar/browser.tab_count", kind="probe", name="scalar/browser.tab_count", title="",
        probe_type="scalar",
    )  # fmt: skip
    tables = Tables({each.id: each for each in (ping, main, derived)})
    schemas = Schemas([TableSchema("columns", tuple(Column(path, "INTEGER") for path in columns))])
    evidence = Evidence(tables, [metric("tabs.opened", columns=(place,))], [probe], schemas)
    return derivation_links(tables, evidence)


METRIC_LINK = Link("metric/fenix/tabs.opened", f"table/{PROJECT}.x_derived.t_v1", "derived_tables", "metric")


@pytest.mark.parametrize(
    ("sql", "columns", "linked"),
    [
        ("", ["client_id", "tabs_opened"], True),
        ("SELECT metrics.counter.tabs_opened_twice FROM t", ["tabs_opened"], True),  # SQL adds to columns
        ("", ["client_id", "opened"], False),
    ],
)
def test_a_derived_table_uses_a_column_that_it_has_itself_whatever_its_sql_says(
    sql: str, columns: list[str], linked: bool
) -> None:
    derived = table(
        "x_derived.t_v1", sql=sql, schema_digest="columns", upstream=(f"{PROJECT}.fenix.metrics",)
    )
    assert links_of(derived, columns) == ([METRIC_LINK] if linked else [])


def test_a_table_that_reads_another_ping_does_not_use_the_column() -> None:
    derived = table("x_derived.t_v1", schema_digest="columns", upstream=(f"{PROJECT}.fenix.other",))
    assert links_of(derived, ["tabs_opened"]) == []


def test_the_view_over_a_derived_table_is_named_in_its_place() -> None:
    view = f"table/{PROJECT}.x.t"
    derived = table(
        "x_derived.t_v1", schema_digest="columns", upstream=(f"{PROJECT}.fenix.metrics",), user_view=view
    )
    assert links_of(derived, ["tabs_opened"]) == [replace(METRIC_LINK, target=view)]


@pytest.mark.parametrize("column", ["browser_tab_count", "scalar_parent_browser_tab_count_sum"])
def test_a_probe_is_found_with_process_and_aggregate_around_its_name(column: str) -> None:
    derived = table("x_derived.t_v1", schema_digest="columns", upstream=(f"{PROJECT}.telemetry.main",))
    found = links_of(derived, [column])
    assert [(link.source, link.back) for link in found] == [("probe/scalar/browser.tab_count", "probe")]
