"""The columns of a table: their tree, and the metric or probe that fills each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter

from indexer.model.column_names import probe_column, underscored
from indexer.model.items import PingItem, TableItem
from indexer.model.table_records import Column
from search_app.query.model import Filters
from search_app.web.items.schema_tree import SchemaTree
from search_app.web.state import Site

_METRIC = re.compile(r"metrics\.([a-z_]+?)2?\.([^.]+)")
_PROBE = re.compile(r"payload(?:\.processes\.\w+)?\.(?:keyed_)?(?:histograms|scalars)\.([^.]+)")
_INFO = re.compile(r"(?:client_info|ping_info)\.(.+)")
_INFO_ORIGINS = ("glean-core", "glean-js", "glean-server")


def schema_tree(site: Site, item: TableItem) -> SchemaTree:
    """The tree of a table's schema; tables share schemas, so one tree serves many."""
    if not item.schema_digest:
        return SchemaTree(())
    return site.remembered(
        ("schema", item.schema_digest), lambda: SchemaTree(site.engine.columns(item.schema_digest))
    )


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
