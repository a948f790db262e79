"""One app as a flow, gathered from the engine, with a list that is complete without the drawing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from operator import attrgetter

from indexer.model.ids import item_path, table_id
from indexer.model.items import AppItem, PingItem
from indexer.model.parts import PingTable
from search_app.query.model import Filters
from search_app.web.maps.carried import Carried, carried_by_all
from search_app.web.maps.counts import (
    DEAD,
    AppCounts,
    PingCounts,
    TableName,
    chosen_url,
    hue_of,
    map_path,
    ping_order,
)
from search_app.web.maps.flow import Flow, flow
from search_app.web.state import Site
from search_app.web.urls import with_parameters


@dataclass(frozen=True, slots=True)
class PingRow:
    """A ping in the list below the flow."""

    name: str
    url: str
    status: str
    reason: str
    metrics: int  # all, those that come with every ping too
    metrics_url: str
    own: int  # without those
    types: tuple[tuple[str, int, str, str], ...]  # of its own: type, count, hue, address that unfolds it
    tables: tuple[TableName, ...]


@dataclass(frozen=True, slots=True)
class FlowView:
    """The page of one app."""

    app: AppItem
    flow: Flow
    rows: tuple[PingRow, ...]  # in the order in which they are drawn
    counts: Mapping[str, PingCounts]  # by name
    types: Mapping[str, int]  # metric type -> number of metrics beside those of every ping
    metrics: int
    carried: tuple[tuple[str, str], ...]  # metrics that come with every ping and are left out: name, address
    pings_url: str
    tables_url: str


def flow_view(site: Site, app: AppItem) -> FlowView:
    """One app with its pings, types and tables, worked out once per generation."""
    return site.remembered(("flow", app.name), partial(_flow_view, site, app))


def _pings(site: Site, app: str) -> list[PingItem]:
    """All pings of an app."""
    named = sorted(site.engine.passing(Filters({"kind": ("ping",), "app": (app,)})), key=attrgetter("name"))
    items = (site.engine.get(each.id) for each in named)
    return [item for item in items if isinstance(item, PingItem) and item.app == app]


def _flow_view(site: Site, app: AppItem) -> FlowView:
    pings = {ping.name: ping for ping in _pings(site, app.name)}
    carried = carried_by_all(site, app.name, tuple(pings.values()))
    counts = {name: _ping_counts(site, ping, carried) for name, ping in pings.items()}
    types = carried.apart(app.metric_types)
    drawn = AppCounts(
        app.title, item_path(app.id), types, partial(_type_url, app.name), f"{map_path(app.name)}#all-pings",
        app.status not in DEAD, app.metric_count,
    )  # fmt: skip
    return FlowView(
        app=app,
        flow=flow(drawn, tuple(counts.values())),
        rows=tuple(_ping_row(pings[each.name], each) for each in ping_order(counts.values())),
        counts=counts,
        types=types,
        metrics=app.metric_count,
        carried=tuple((name, item_path(metric)) for name, metric in sorted(carried.ids.items())),
        pings_url=with_parameters("/", {"kind": "ping", "app": app.name, "sort": "name"}),
        tables_url=with_parameters("/", {"kind": "table", "app": app.name}),
    )


def _type_url(app: str, type_name: str) -> str:
    """Where a type unfolds into its metrics; of all types, the search for the metrics of the app."""
    if not type_name:
        return with_parameters("/", {"kind": "metric", "app": app})
    return chosen_url(app, "", type_name)


def _ping_counts(site: Site, ping: PingItem, carried: Carried) -> PingCounts:
    table = _table_of(site, ping)
    events = None
    if table is not None and ping.name == "events" and "event" in ping.metric_types:
        events = _table_named(site, f"{ping.app}.events_stream")
    return PingCounts(
        name=ping.name,
        url=item_path(ping.id),
        types=carried.apart(ping.metric_types, ping.name),
        table=table,
        events_table=events,
        alive=ping.status not in DEAD,
        certain=ping.status != "unknown",
        state=ping.status_reason or ping.status,
        metrics=ping.metric_count - carried.in_ping(ping.name),
        carried=carried.in_ping(ping.name),
    )


def _table_of(site: Site, ping: PingItem) -> TableName | None:
    """The table to use for a ping: the view over all channels, else one channel's, else a stable table."""
    layers = ("view", "stable", "live")

    def key(table: PingTable) -> tuple[int, bool]:
        return layers.index(table.layer) if table.layer in layers else len(layers), bool(table.app_id)

    for table in sorted(ping.ping_tables, key=key):
        if table.exists and (found := _table_named(site, table.name.split(".", 1)[1])):
            return found
    return None


def _table_named(site: Site, name: str) -> TableName | None:
    item_id = table_id(name)
    return TableName(name, item_path(item_id)) if site.engine.get(item_id) is not None else None


def _ping_row(ping: PingItem, counts: PingCounts) -> PingRow:
    types = sorted(counts.types.items(), key=lambda pair: (-pair[1], pair[0]))
    return PingRow(
        name=ping.name,
        url=item_path(ping.id),
        status=ping.status,
        reason=ping.status_reason,
        metrics=ping.metric_count,
        metrics_url=with_parameters("/", {"kind": "metric", "app": ping.app, "ping": ping.name}),
        own=counts.total,
        types=tuple(
            (name, count, hue_of(name), chosen_url(ping.app, ping.name, name)) for name, count in types
        ),
        tables=tuple(each for each in (counts.table, counts.events_table) if each is not None),
    )
