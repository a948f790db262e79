"""An item as its page shows it: the values that a template of its kind needs beside the item itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from indexer.items import (
    AnyItem,
    AppItem,
    MetricItem,
    PingItem,
    ProbeItem,
    TableItem,
)
from indexer.records import ExtraKey
from search_app.actions import Actions, actions_for
from search_app.addresses import item_path
from search_app.diffs import history_entries
from search_app.labels import KIND_LABELS
from search_app.matrix import matrix_view, status_groups
from search_app.present import AppName, HitView, app_names, present_hit
from search_app.query import Query, QueryProblem, parse_query
from search_app.results import Results
from search_app.schema_tree import SchemaTree, SchemaView
from search_app.site import Site

METRICS_SHOWN = 100
RELATED_SHOWN = 12


@dataclass(frozen=True, slots=True)
class RelatedGroup:
    """Items of one relation; the rest waits behind "more"."""

    name: str
    ids: tuple[str, ...]
    more: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemView:
    """One item's page."""

    item: AnyItem
    actions: Actions
    apps: tuple[AppName, ...]
    related: tuple[RelatedGroup, ...]
    detail: Mapping[str, Any] = field(default_factory=dict)  # what only its kind has


@dataclass(frozen=True, slots=True)
class Section:
    """A short list from a search, with the address of all of it."""

    title: str
    hits: tuple[HitView, ...]
    total: int
    url: str


def item_view(site: Site, item: AnyItem, parameters: Mapping[str, str]) -> ItemView:
    """The view of an item; `parameters` choose a part of its page (column, page, filter).

    Raises QueryProblem for a parameter that is not what it must be.
    """
    return ItemView(
        item=item,
        actions=actions_for(site, item),
        apps=app_names(item.apps, item.app_titles),
        related=_related(item),
        detail=_detail(site, item, parameters),
    )


def _detail(site: Site, item: AnyItem, parameters: Mapping[str, str]) -> dict[str, Any]:
    if isinstance(item, AppItem):
        return _app_detail(site, item)
    if isinstance(item, PingItem):
        return _ping_detail(site, item, parameters)
    if isinstance(item, MetricItem):
        return {
            "history": history_entries(item.history),
            "statuses": status_groups(item.channel_status),
            "matrix": _matrix(item, parameters),
        }
    if isinstance(item, ProbeItem):
        return {"statuses": status_groups(item.channel_status), "matrix": _matrix(item, parameters)}
    if isinstance(item, TableItem):
        return _table_detail(site, item, parameters)
    return {}


def _related(item: AnyItem) -> tuple[RelatedGroup, ...]:
    return tuple(
        RelatedGroup(name, ids[:RELATED_SHOWN], ids[RELATED_SHOWN:])
        for name, ids in item.related.items()
        if ids
    )


def _matrix(item: MetricItem | ProbeItem, parameters: Mapping[str, str]) -> Any:
    return matrix_view(
        item.columns,
        parameters.get("in_app", ""),
        parameters.get("in_ping", ""),
        page_number(parameters, "rows"),
    )


def page_number(parameters: Mapping[str, str], name: str) -> int:
    """A page number of a parameter, 1 where it is not given. Raises QueryProblem where it is none."""
    text = parameters.get(name, "") or "1"
    if not re.fullmatch(r"[1-9][0-9]{0,5}", text, re.ASCII):
        raise QueryProblem(f"bad_{name}", f"{name} is a whole number from 1.", name)
    return int(text)


def _search(
    site: Site, size: int, sort: str, text: str, filters: Mapping[str, str], page: int = 1
) -> Results:
    wanted = {name: (value,) for name, value in filters.items() if value}
    found = parse_query(text, {})
    return site.engine.search(
        Query(
            found.text,
            found.terms,
            {**found.filters, **wanted},
            found.exclude_filters,
            found.ranges,
            page,
            size,
            sort,
            (),
        )
    )


def _section(site: Site, title: str, size: int, sort: str, text: str = "", **filters: str) -> Section:
    results = _search(site, size, sort, text, filters)
    pairs = "&".join(f"{name}={value}" for name, value in filters.items() if value)
    url = f"/?q={text}&{pairs}" + (f"&sort={sort}" if sort != "relevance" else "")
    return Section(title, tuple(present_hit(hit) for hit in results.hits), results.total, url)


def _app_detail(site: Site, item: AppItem) -> dict[str, Any]:
    app = item.name
    sections = [
        _section(site, "Pings", 60, "name", kind="ping", app=app),
        _section(site, "Newest metrics", 8, "newest", kind="metric", app=app, status="active"),
        _section(site, "Expiring within 90 days", 8, "name", "expires:90d", kind="metric", app=app),
        _section(site, "Tables and views", 12, "relevance", kind="table", app=app),
        _section(site, "Measures", 8, "relevance", kind="measure", app=app),
        _section(site, "Looker explores", 12, "name", kind="explore", app=app),
        _section(site, "Documentation", 8, "relevance", kind="doc", app=app),
    ]
    return {"pings": sections[0], "sections": tuple(section for section in sections[1:] if section.hits)}


def _ping_detail(site: Site, item: PingItem, parameters: Mapping[str, str]) -> dict[str, Any]:
    page = page_number(parameters, "page")
    words, type_name = parameters.get("find", "")[:200], parameters.get("of_type", "")
    filters = {"kind": "metric", "app": item.app, "ping": item.name, "type": type_name}
    results = _search(site, METRICS_SHOWN, "name", words, filters, page)
    return {
        "history": history_entries(item.history),
        "statuses": status_groups(item.channel_status),
        "metrics": tuple(present_hit(hit) for hit in results.hits),
        "metrics_total": results.total,
        "find": words,
        "of_type": type_name,
        "page": page,
        "pages": max(1, -(-results.total // METRICS_SHOWN)),
    }


def _table_detail(site: Site, item: TableItem, parameters: Mapping[str, str]) -> dict[str, Any]:
    tree = schema_tree(site, item)
    part, words, path = (
        page_number(parameters, "part"),
        parameters.get("find", "")[:200],
        parameters.get("column", ""),
    )
    view = tree.find(words, part) if words.strip() else tree.view(path, part)
    return {
        "schema": view,
        "find": words,
        "column_missing": bool(path) and view.target is None and not words.strip(),
        "asked_column": path,
        "column_hits": _column_hits(site, item, view),
        "column_links": _column_links(site, item, view),
    }


def schema_tree(site: Site, item: TableItem) -> SchemaTree:
    """The tree of a table's schema; tables share schemas, so one tree serves many."""
    if not item.schema_digest:
        return SchemaTree(())
    return site.remembered(
        ("schema", item.schema_digest), lambda: SchemaTree(site.engine.columns(item.schema_digest))
    )


def _column_hits(site: Site, item: TableItem, view: SchemaView) -> tuple[HitView, ...]:
    """What else is known of the column that the address names: metrics and probes that fill it."""
    if view.target is None:
        return ()
    query = Query("", filters={"column": (view.target.path,), "kind": ("metric", "probe")}, size=8, facets=())
    hits = site.engine.search(query).hits
    ping = site.engine.get(item.ping) if item.ping else None
    apps = set(ping.apps) if ping is not None else set()
    here = [hit for hit in hits if not apps or apps & set(hit.card.app)]
    return tuple(present_hit(hit) for hit in here)


def _column_links(site: Site, item: TableItem, view: SchemaView) -> dict[str, str]:
    """Column path -> page of the metric or probe that fills it, for the rows that are shown."""
    ping = site.engine.get(item.ping) if item.ping else None
    if not isinstance(ping, PingItem):
        return {}
    links: dict[str, str] = {}
    for row in view.rows:
        parent, _, leaf = row.column.path.rpartition(".")
        if match := re.fullmatch(r"metrics\.([a-z_]+)2?", parent):
            found = metrics_by_leaf(site, ping.app, ping.name, match[1]).get(leaf)
        elif re.fullmatch(r"payload(\.processes\.\w+)?\.(keyed_)?(histograms|scalars)", parent):
            found = probes_by_leaf(site).get(leaf)
        else:
            continue
        if found:
            links[row.column.path] = item_path(found)
    return links


def metrics_by_leaf(site: Site, app: str, ping: str, type_name: str) -> dict[str, str]:
    """Column leaf -> metric id, of one type in one ping of an app (DESIGN.md rule 4)."""

    def gather() -> dict[str, str]:
        filters = {"kind": ("metric",), "app": (app,), "ping": (ping,), "type": (type_name,)}
        return _ids_by_leaf(site, filters, lambda name: re.sub(r"[.-]", "_", name))

    return site.remembered(("metrics", app, ping, type_name), gather)


def probes_by_leaf(site: Site) -> dict[str, str]:
    """Column leaf -> probe id (DESIGN.md rule 8: snake_case of the name)."""

    def leaf(name: str) -> str:
        bare = re.sub(r"[.-]", "_", name.rsplit("/", 1)[-1])
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", bare).lower()

    return site.remembered(("probes",), lambda: _ids_by_leaf(site, {"kind": ("probe",)}, leaf))


def _ids_by_leaf(
    site: Site, filters: Mapping[str, tuple[str, ...]], leaf: Callable[[str], str]
) -> dict[str, str]:
    found: dict[str, str] = {}
    page, seen, size = 1, 0, 1_000
    while True:
        query = Query("", filters=dict(filters), page=page, size=size, sort="name", facets=())
        results = site.engine.search(query)
        for hit in results.hits:
            found.setdefault(leaf(hit.card.name), hit.card.id)
            for variant in hit.variants:
                found.setdefault(leaf(variant.name), variant.id)
        seen, page = seen + len(results.hits), page + 1
        if not results.hits or seen >= results.total:
            return found


def kind_counts(site: Site) -> dict[str, int]:
    """How many families of each kind are indexed, in the fixed order of kinds."""

    def count() -> dict[str, int]:
        facets = site.engine.search(Query("", size=1, facets=("kind",))).facets
        counts = {value.value: value.count for facet in facets for value in facet.values}
        return {kind: counts.get(kind, 0) for kind in KIND_LABELS}

    return site.remembered(("kind counts",), count)


def extra_keys(item: MetricItem) -> tuple[ExtraKey, ...]:
    """Extras of an event, empty where the definition is not known."""
    return item.definition.extra_keys if item.definition else ()
