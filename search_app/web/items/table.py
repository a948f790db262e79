"""The page of a table: its schema a branch at a time, and what fills each column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter

from indexer.model.column_names import probe_column, underscored
from indexer.model.ids import item_path
from indexer.model.items import PingItem, TableItem
from indexer.model.records import Column
from search_app.query.model import Filters, Query
from search_app.web.items.schema_tree import SchemaTree, SchemaView
from search_app.web.results.view import HitView, present_hit
from search_app.web.state import Site

_METRIC = re.compile(r"metrics\.([a-z_]+?)2?\.([^.]+)")
_PROBE = re.compile(r"payload(?:\.processes\.\w+)?\.(?:keyed_)?(?:histograms|scalars)\.([^.]+)")
_INFO = re.compile(r"(?:client_info|ping_info)\.(.+)")
_INFO_ORIGINS = ("glean-core", "glean-js", "glean-server")


@dataclass(frozen=True, slots=True)
class TableDetail:
    """What only the page of a table has."""

    schema: SchemaView
    described: TableItem | None  # whose description it shows, where it has none of its own
    find: str  # words that columns are looked for by
    column_missing: bool
    asked_column: str
    column_hits: tuple[HitView, ...]
    column_links: Mapping[str, str]  # path of a shown column -> page of what fills it


def table_detail(site: Site, item: TableItem, words: str, path: str, part: int) -> TableDetail:
    """What the template of a table shows beside the item."""
    tree = schema_tree(site, item)
    view = tree.find(words, part) if words.strip() else tree.view(path, part)
    return TableDetail(
        schema=view,
        described=_described_beneath(site, item),
        find=words,
        column_missing=bool(path) and view.target is None and not words.strip(),
        asked_column=path,
        column_hits=_column_hits(site, item, view),
        column_links={
            path: item_path(found)
            for path, found in column_sources(site, item, [row.column for row in view.rows]).items()
        },
    )


def _described_beneath(site: Site, item: TableItem) -> TableItem | None:
    """The table of the same name beneath a view that has no description, where that one has one."""
    if item.description or item.layer != "view" or len(item.upstream) != 1:
        return None
    beneath = site.engine.get(f"table/{item.upstream[0]}")
    if not isinstance(beneath, TableItem) or not beneath.description:
        return None
    return beneath if beneath.base.partition(".")[2] == item.base.partition(".")[2] else None


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
    query = Query(
        "", filters=Filters({"column": (view.target.path,), "kind": ("metric", "probe")}), size=8, facets=()
    )
    hits = site.engine.search(query).hits
    ping = site.engine.get(item.ping) if item.ping else None
    apps = set(ping.apps) if ping is not None else set()
    here = [hit for hit in hits if not apps or apps & set(hit.card.app)]
    return tuple(present_hit(hit) for hit in here)


def column_sources(site: Site, item: TableItem, columns: Iterable[Column]) -> dict[str, str]:
    """Column path -> id of the metric or probe that fills it, for columns of a table that holds a ping."""
    ping = site.engine.get(item.ping) if item.ping else None
    if not isinstance(ping, PingItem):
        return {}
    found: dict[str, str] = {}
    infos: dict[str, list[str]] = {}
    for column in columns:
        path = column.path
        if match := _METRIC.fullmatch(path):
            source = metrics_by_leaf(site, ping.app, ping.name, match[1]).get(match[2], "")
        elif match := _PROBE.fullmatch(path):
            source = probes_by_leaf(site).get(match[1], "")
        else:
            source = ""
            if match := _INFO.fullmatch(path):
                infos[path] = [
                    f"metric/{origin}/{prefix}{match[1]}"
                    for origin in _INFO_ORIGINS
                    for prefix in ("", "glean.internal.metrics.")
                ]
        if source:
            found[path] = source
    known = site.engine.known(each for candidates in infos.values() for each in candidates)
    for path, candidates in infos.items():
        if first := next((each for each in candidates if each in known), ""):
            found[path] = first
    return found


def metrics_by_leaf(site: Site, app: str, ping: str, type_name: str) -> Mapping[str, str]:
    """Column leaf -> metric id, of one type in one ping of an app (rule 4)."""

    def gather() -> dict[str, str]:
        filters = {"kind": "metric", "app": app, "ping": ping, "type": type_name}
        return _ids_by_leaf(site, filters, lambda name: re.sub(r"_{2,}", "_", underscored(name)))

    return site.remembered(("metrics", app, ping, type_name), gather)


def probes_by_leaf(site: Site) -> Mapping[str, str]:
    """Column leaf -> probe id (rule 8)."""

    def leaf(name: str) -> str:
        return probe_column(name.rpartition("/")[2])

    return site.remembered(("probes",), lambda: _ids_by_leaf(site, {"kind": "probe"}, leaf))


def _ids_by_leaf(site: Site, filters: Mapping[str, str], leaf: Callable[[str], str]) -> dict[str, str]:
    found: dict[str, str] = {}
    things = site.engine.passing(Filters({name: (value,) for name, value in filters.items()}))
    for thing in sorted(things, key=attrgetter("name", "id")):  # of two names with one leaf the first
        found.setdefault(leaf(thing.name), thing.id)
    return found
