"""An item as its page shows it: the values that a template of its kind needs beside the item itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from indexer.model.ids import table_id
from indexer.model.items import (
    AnyItem,
    DashboardItem,
    ExploreItem,
    MeasureItem,
    MetricItem,
    PingItem,
    ProbeItem,
    TableItem,
)
from indexer.model.kinds import KINDS
from indexer.model.parts import ColumnRef
from search_app.query.model import Asked, Query
from search_app.sql.builder.choices import Choice
from search_app.tools import Link
from search_app.web.actions import Actions, actions_for, best_links, choices_for
from search_app.web.items.detail import Detail, MetricDetail, ProbeDetail, detail_of
from search_app.web.markdown import safe_href
from search_app.web.results.hit_view import AppName, app_names
from search_app.web.sisters import sisters_of
from search_app.web.state import Site

# relations that a kind's own template shows in a better place than the list of what is related
SHOWN_ELSEWHERE = {
    "app": {"ping", "table", "explore", "measure", "doc"},
    "ping": {"app", "table"},
    "metric": {"ping", "table", "mirror", "replaces", "denominator", "derived_tables", "measure"},
    "probe": {"table", "mirror", "replaced_by", "derived_tables"},
    "table": {"upstream", "downstream", "ping"},
    "measure": {"table", "data_source", "app", "metric"},
    "explore": {"table", "app"},
    "dashboard": {"table", "app"},
    "routine": {"table"},
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
    tools: tuple[Link, ...]  # the best view of each of the few best tools
    place: ColumnRef | None  # where its values are, first of all
    table: str  # dataset.table that holds it or that it reads, first of all, of what has no column; else ""
    related: tuple[RelatedGroup, ...]
    known: frozenset[str]  # ids that the page may link to, of those that its template names
    detail: Detail  # what only its kind has
    choices: tuple[Choice, ...] = ()  # of its query
    sisters: tuple[str, ...] = ()  # ids of what it may be compared with

    def ping_of(self, row: ColumnRef) -> str:
        """The id of the ping that a row of the matrix names: legacy probes come in legacy pings."""
        return row_ping(self.item, row.app, row.ping)


def item_view(site: Site, item: AnyItem, parameters: Mapping[str, str]) -> ItemView:
    """The view of an item; `parameters` choose a part of its page (column, page, filter).

    Raises QueryProblem for a parameter that is not what it must be.
    """
    detail = detail_of(site, item, parameters)
    place = (parameters.get("in_app", ""), parameters.get("in_ping", ""))
    actions = actions_for(site, item, place, parameters.get("column", ""))
    best = best_links(site, item.id, Asked(*((value,) if value else () for value in place)))
    queried = actions.queries[0].table if actions.queries else ""
    return ItemView(
        item=item,
        actions=actions,
        apps=app_names(item.apps, item.app_titles),
        tools=tuple(link for link in best if safe_href(link.url)),
        place=first_place(item, queried, *place),
        table=first_table(item, queried),
        related=_related(item),
        known=site.engine.known(_named(item, detail)),
        detail=detail,
        choices=choices_for(site, item, place, parameters.get("column", "")) if actions.queries else (),
        sisters=sisters_of(site, item),
    )


def first_place(item: AnyItem, queried: str = "", app: str = "", ping: str = "") -> ColumnRef | None:
    """The table and column that one reads first: where the first query reads, else one that is there, of
    the first app, over all channels.
    """
    if not isinstance(item, MetricItem | ProbeItem):
        return None
    rows = [row for row in item.columns if app in ("", row.app) and ping in ("", row.ping)]
    rows = [row for row in rows if row.exists is not False]
    order = {name: at for at, name in enumerate(dict.fromkeys(row.app for row in item.columns))}
    return min(
        rows,
        key=lambda r: (r.table != queried, r.exists is not True, order[r.app], r.app_id != ""),
        default=None,
    )


def first_table(item: AnyItem, queried: str = "") -> str:
    """The table of a ping, a measure, an explore or a dashboard that one reads first: that of its query."""
    if not isinstance(item, PingItem | MeasureItem | ExploreItem | DashboardItem):
        return ""
    return queried if queried in item.tables else next(iter(item.tables), "")


def row_ping(item: AnyItem, app: str, ping: str) -> str:
    """The id of a ping by the names in a row of a matrix."""
    return f"ping/telemetry/{ping}" if item.kind == "probe" else f"ping/{app}/{ping}"


def _named(item: AnyItem, detail: Detail) -> Iterable[str]:
    """Ids that a template makes out of names: upstream's names, which may be of nothing that is known."""
    yield from (f"app/{app}" for app in item.apps)
    yield from item.related.get("denominator", ())
    if isinstance(detail, MetricDetail | ProbeDetail):
        for row in detail.matrix.rows:
            yield from (table_id(row.table), f"app/{row.app}", row_ping(item, row.app, row.ping))
        yield from (f"app/{group.app}" for group in detail.statuses)
        yield from (f"ping/{app}/{ping}" for app in item.apps[:1] for ping in item.pings)
    if isinstance(item, PingItem):
        yield f"app/{item.app}"
        definition = item.definition
        for ping in (*definition.schedules_pings, *definition.ping_schedule) if definition else ():
            yield f"ping/{item.app}/{ping}"
        yield from (table_id(name) for name in item.tables)
    if isinstance(item, TableItem):
        yield from (f"table/{name}" for name in (*item.upstream, *item.downstream))
    if isinstance(item, ExploreItem | MeasureItem | DashboardItem):
        yield from (table_id(name) for name in item.tables)
    if isinstance(item, DashboardItem):
        yield from item.extends
        for tile in item.tiles:
            yield from (each for each in (tile.explore, tile.measure) if each)
            yield from (table_id(table) for table, _ in tile.columns)
    if isinstance(item, MeasureItem):
        yield f"explore/{item.platform}/metric_definitions_{item.data_source or item.name}"


def _related(item: AnyItem) -> tuple[RelatedGroup, ...]:
    hidden = SHOWN_ELSEWHERE.get(item.kind, set())
    return tuple(RelatedGroup(name, ids) for name, ids in item.related.items() if ids and name not in hidden)


def kind_counts(site: Site) -> dict[str, int]:
    """How many families of each kind are indexed, in the fixed order of kinds."""

    def count() -> dict[str, int]:
        facets = site.engine.search(Query("", size=1, facets=("kind",))).facets
        counts = {value.value: value.count for facet in facets for value in facet.values}
        return {kind: counts.get(kind, 0) for kind in KINDS}

    return site.remembered(("kind counts",), count)
