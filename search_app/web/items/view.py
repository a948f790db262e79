"""An item as its page shows it: the values that a template of its kind needs beside the item itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from indexer.model.ids import table_id
from indexer.model.items import (
    AnyItem,
    AppItem,
    ColumnRef,
    ExploreItem,
    MeasureItem,
    MetricItem,
    PingItem,
    ProbeItem,
    TableItem,
)
from indexer.model.kinds import KINDS
from search_app.engine.results import Results
from search_app.query.model import Query, QueryProblem
from search_app.web.actions import Actions, actions_for
from search_app.web.items.app import app_detail
from search_app.web.items.history import history_entries
from search_app.web.items.lists import listed
from search_app.web.items.matrix import matrix_view, ping_channels, status_groups
from search_app.web.items.table import table_detail
from search_app.web.results.view import AppName, app_names, present_hit
from search_app.web.state import Site

METRICS_SHOWN = 100
LONGEST_WORDS = 200
# relations that a kind's own template shows in a better place than the list of what is related
SHOWN_ELSEWHERE = {
    "app": {"ping", "table", "explore", "measure", "doc"},
    "ping": {"app", "table"},
    "metric": {"ping", "table", "mirror", "denominator", "derived_tables", "measure"},
    "probe": {"table", "mirror", "derived_tables"},
    "table": {"upstream", "downstream", "ping"},
    "measure": {"table", "data_source", "app", "metric"},
    "explore": {"table", "app"},
}


@dataclass(frozen=True, slots=True)
class RelatedGroup:
    """Items of one relation."""

    name: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemView:
    """One item's page."""

    item: AnyItem
    actions: Actions
    apps: tuple[AppName, ...]
    related: tuple[RelatedGroup, ...]
    known: frozenset[str]  # ids that the page may link to, of those that its template names
    detail: Mapping[str, Any] = field(default_factory=dict)  # what only its kind has

    def ping_of(self, row: ColumnRef) -> str:
        """The id of the ping that a row of the matrix names: legacy probes come in legacy pings."""
        return row_ping(self.item, row.app, row.ping)


def item_view(site: Site, item: AnyItem, parameters: Mapping[str, str]) -> ItemView:
    """The view of an item; `parameters` choose a part of its page (column, page, filter).

    Raises QueryProblem for a parameter that is not what it must be.
    """
    detail = _detail(site, item, parameters)
    place = (parameters.get("in_app", ""), parameters.get("in_ping", ""))
    return ItemView(
        item=item,
        actions=actions_for(site, item, place, parameters.get("column", "")),
        apps=app_names(item.apps, item.app_titles),
        related=_related(item),
        known=site.engine.known(_named(item, detail)),
        detail=detail,
    )


def _detail(site: Site, item: AnyItem, parameters: Mapping[str, str]) -> dict[str, Any]:
    if isinstance(item, AppItem):
        return app_detail(site, item)
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
        words, path = parameters.get("find", "")[:LONGEST_WORDS], parameters.get("column", "")
        return table_detail(site, item, words, path, page_number(parameters, "part"))
    return {}


def row_ping(item: AnyItem, app: str, ping: str) -> str:
    """The id of a ping by the names in a row of a matrix."""
    return f"ping/telemetry/{ping}" if item.kind == "probe" else f"ping/{app}/{ping}"


def _named(item: AnyItem, detail: Mapping[str, Any]) -> Iterable[str]:
    """Ids that a template makes out of names: upstream's names, which may be of nothing that is known."""
    yield from (f"app/{app}" for app in item.apps)
    yield from item.related.get("denominator", ())
    if isinstance(item, MetricItem | ProbeItem):
        for row in detail["matrix"].rows:
            yield from (table_id(row.table), f"app/{row.app}", row_ping(item, row.app, row.ping))
        yield from (f"app/{group.app}" for group in detail["statuses"])
        yield from (f"ping/{app}/{ping}" for app in item.apps[:1] for ping in item.pings)
    if isinstance(item, PingItem):
        yield f"app/{item.app}"
        definition = item.definition
        for ping in (*definition.schedules_pings, *definition.ping_schedule) if definition else ():
            yield f"ping/{item.app}/{ping}"
    if isinstance(item, TableItem):
        yield from (f"table/{name}" for name in (*item.upstream, *item.downstream))
    if isinstance(item, ExploreItem | MeasureItem):
        yield from (table_id(name) for name in item.tables)
    if isinstance(item, MeasureItem):
        yield f"explore/{item.platform}/metric_definitions_{item.data_source or item.name}"


def _related(item: AnyItem) -> tuple[RelatedGroup, ...]:
    hidden = SHOWN_ELSEWHERE.get(item.kind, set())
    return tuple(RelatedGroup(name, ids) for name, ids in item.related.items() if ids and name not in hidden)


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


def ping_metrics(site: Site, item: PingItem, words: str, type_name: str, page: int, size: int) -> Results:
    """The metrics of a ping, by name: thousands in the largest, so a page at a time."""
    filters = {"kind": "metric", "app": item.app, "ping": item.name, "type": type_name}
    return listed(site, size, "name", words, filters, page)


def _ping_detail(site: Site, item: PingItem, parameters: Mapping[str, str]) -> dict[str, Any]:
    page = page_number(parameters, "page")
    words, type_name = parameters.get("find", "")[:LONGEST_WORDS], parameters.get("of_type", "")
    results = ping_metrics(site, item, words, type_name, page, METRICS_SHOWN)
    return {
        "history": history_entries(item.history),
        "channels": ping_channels(item),
        "metrics": tuple(present_hit(hit) for hit in results.hits),
        "metrics_total": results.total,
        "find": words,
        "of_type": type_name,
        "page": page,
        "pages": max(1, -(-results.total // METRICS_SHOWN)),
    }


def kind_counts(site: Site) -> dict[str, int]:
    """How many families of each kind are indexed, in the fixed order of kinds."""

    def count() -> dict[str, int]:
        facets = site.engine.search(Query("", size=1, facets=("kind",))).facets
        counts = {value.value: value.count for facet in facets for value in facet.values}
        return {kind: counts.get(kind, 0) for kind in KINDS}

    return site.remembered(("kind counts",), count)
