"""What became of a thing: told only where there is one answer."""

from __future__ import annotations

import pytest

from indexer.catalogue.successors import Successors
from indexer.model.items import AnyItem, AppItem, DocItem, MetricItem, PingItem, ProbeItem, TableItem
from indexer.model.parts import AppChannel, PingTable
from indexer.model.records import DocSection


def metric(origin: str, name: str, *apps: str, mirrors: tuple[str, ...] = ()) -> MetricItem:
    return MetricItem(
        id=f"metric/{origin}/{name}", kind="metric", name=name, title=name, origin=origin, apps=apps,
        family=f"metric/{name}", mirrors=mirrors,
    )  # fmt: skip


def table(dataset: str, name: str, user_view: str = "") -> TableItem:
    return TableItem(
        id=f"table/p.{dataset}.{name}", kind="table", name=f"{dataset}.{name}", title=name, project="p",
        dataset=dataset, table=name, layer="derived", family=f"table/{dataset}.{name}", user_view=user_view,
    )  # fmt: skip


def app(name: str, *app_ids: str) -> AppItem:
    channels = tuple(AppChannel(each, "release", each, name, name) for each in app_ids)
    return AppItem(id=f"app/{name}", kind="app", name=name, title=name, apps=(name,), channels=channels)


def ping(owner: str, name: str, *app_ids: str) -> PingItem:
    tables = tuple(PingTable(f"p.{each}.{name}", "stable", each, "release", True) for each in app_ids)
    return PingItem(
        id=f"ping/{owner}/{name}", kind="ping", name=name, title=name, app=owner, origin=owner, apps=(owner,),
        ping_tables=tables,
    )  # fmt: skip


def doc(path: str, slug: str, page: str, level: int = 2) -> DocItem:
    section = DocSection(path, slug, slug, page, level, "")
    return DocItem(
        id=f"doc/{path}#{slug}", kind="doc", name=f"{path}#{slug}", title=slug or page, section=section
    )


PROBE = ProbeItem(
    id="probe/histogram/GC_MS", kind="probe", name="histogram/GC_MS", title="GC_MS", probe_type="histogram",
    mirrors=("metric/gecko/javascript.gc_ms",), apps=("firefox_desktop",),
)  # fmt: skip
CASES: list[tuple[str, AnyItem, list[AnyItem], str]] = [
    (
        "a metric that moved to a library",
        metric("fenix", "search.count", "fenix"),
        [metric("gecko", "search.count", "fenix", "focus"), metric("klar", "search.count", "klar")],
        "metric/gecko/search.count",
    ),
    (
        "a metric whose name is spelled another way",
        metric("fenix", "tabs.open_count", "fenix"),
        [metric("fenix", "tabs.open.count", "fenix")],
        "metric/fenix/tabs.open.count",
    ),
    (
        "a metric of this name in an app that has nothing to do with it",
        metric("fenix", "search.count", "fenix"),
        [metric("klar", "search.count", "klar")],
        "",
    ),
    (
        "two that could be meant",
        metric("fenix", "search.count", "fenix"),
        [metric("gecko", "search.count", "fenix"), metric("sync", "search.count", "fenix")],
        "",
    ),
    (
        "a probe that a Glean metric replaced",
        PROBE,
        [metric("gecko", "javascript.gc_ms", "firefox_desktop")],
        "metric/gecko/javascript.gc_ms",
    ),
    (
        "a table with newer versions",
        table("telemetry_derived", "clients_v1"),
        [table("telemetry_derived", "clients_v2"), table("telemetry_derived", "clients_v10")],
        "table/p.telemetry_derived.clients_v10",
    ),
    (
        "a table that has a view for users",
        table("telemetry_derived", "main_v4", "table/p.telemetry.main"),
        [table("telemetry", "main")],
        "table/p.telemetry.main",
    ),
    (
        "a table whose view for users went too",
        table("telemetry_derived", "main_v4", "table/p.telemetry.main"),
        [table("telemetry", "first")],
        "",
    ),
    ("an app of another name", app("fenix", "org.fenix"), [app("firefox_android", "org.fenix")],
     "app/firefox_android"),
    ("an app whose ids nobody has", app("fenix", "org.fenix"), [app("klar", "org.klar")], ""),
    (
        "a ping of a renamed app",
        ping("fenix", "baseline", "org.fenix"),
        [app("firefox_android", "org.fenix"), ping("firefox_android", "baseline", "org.fenix"),
         ping("klar", "baseline", "org.klar")],
        "ping/firefox_android/baseline",
    ),
    (
        "a ping of an app that went: other apps have one of this name",
        ping("fenix", "baseline", "org.fenix"),
        [app("klar", "org.klar"), ping("klar", "baseline", "org.klar")],
        "",
    ),
    (
        "a section that moved to another page file",
        doc("old/pings.md", "baseline", "Pings"),
        [doc("new/pings.md", "baseline", "Pings")],
        "doc/new/pings.md#baseline",
    ),
    (
        "a section whose heading went",
        doc("pings.md", "gone", "Pings"),
        [doc("pings.md", "more", "Pings"), doc("pings.md", "", "Pings", 1)],
        "doc/pings.md#",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("gone", "living", "due"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_what_became_of(gone: AnyItem, living: list[AnyItem], due: str) -> None:
    assert Successors(living).of(gone) == due
