"""What the maps show, gathered from the engine: all apps as a galaxy, one app as a flow.

Beside each drawing goes a list that is complete without it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from operator import attrgetter

from indexer.model.ids import item_path, table_id
from indexer.model.items import AppItem, PingItem
from indexer.model.parts import PingTable
from search_app.query.model import Filters
from search_app.web.maps import flow as graph
from search_app.web.maps.flow import Flow, PingCounts, TableName, flow
from search_app.web.maps.galaxy import GROUPS, NARROW, WIDE, AppCounts, Galaxy, galaxy
from search_app.web.state import Site
from search_app.web.urls import with_parameters

DEAD = ("removed", "deprecated", "expired", "disabled")


@dataclass(frozen=True, slots=True)
class AppRow:
    """An app in the list below the galaxy."""

    name: str
    title: str
    url: str
    map_url: str
    status: str
    reason: str
    metrics: int
    collected: int  # of these, the ones that are active
    own: int | None  # of the active ones, those that the app itself defines; None: not published
    channels: int
    from_schema: bool


@dataclass(frozen=True, slots=True)
class GalaxyView:
    """The page of all apps."""

    wide: Galaxy
    narrow: Galaxy
    groups: tuple[tuple[str, tuple[AppRow, ...]], ...]
    apps: int
    dead: int


@dataclass(frozen=True, slots=True)
class PingRow:
    """A ping in the list below the flow."""

    name: str
    url: str
    status: str
    reason: str
    metrics: int
    types: tuple[tuple[str, int, str], ...]  # type, count, address of these metrics
    tables: tuple[TableName, ...]


@dataclass(frozen=True, slots=True)
class FlowView:
    """The page of one app."""

    app: AppItem
    flow: Flow
    rows: tuple[PingRow, ...]
    metrics: int
    pings_url: str
    tables_url: str


def map_path(app: str) -> str:
    """The path of an app's map."""
    return item_path(f"app/{app}") + "/map"


def all_apps(site: Site) -> list[AppItem]:
    """Every app, the dead ones too."""
    return [item for item in site.engine.items("app") if isinstance(item, AppItem)]


def galaxy_view(site: Site) -> GalaxyView:
    """All apps, worked out once per generation."""
    return site.remembered(("galaxy",), partial(_galaxy_view, site))


def flow_view(site: Site, app: AppItem) -> FlowView:
    """One app with its pings, types and tables, worked out once per generation."""
    return site.remembered(("flow", app.name), partial(_flow_view, site, app))


def _galaxy_view(site: Site) -> GalaxyView:
    apps = all_apps(site)
    defined = _own_metrics(site)
    own = {app.name: None if app.known_from == "schema" else defined[app.name] for app in apps}
    counts = [_app_counts(app, own[app.name]) for app in apps]
    rows: dict[str, list[AppRow]] = {name: [] for name in GROUPS}
    for app in sorted(apps, key=lambda app: (-(own[app.name] or 0), -_metrics(app), app.name)):
        rows[app.platform if app.platform in GROUPS else "other"].append(_app_row(app, own[app.name]))
    return GalaxyView(
        wide=galaxy(counts, WIDE),
        narrow=galaxy(counts, NARROW),
        groups=tuple((GROUPS[name], tuple(each)) for name, each in rows.items() if each),
        apps=len(apps),
        dead=sum(not each.alive for each in counts),
    )


def _metrics(app: AppItem) -> int:
    return app.metric_count


def _own_metrics(site: Site) -> Counter[str]:
    """By origin: the metrics that are collected now. What a library brings is not its users' own."""
    living = site.engine.passing(Filters({"kind": ("metric",), "status": ("active",)}))
    return Counter(each.id.split("/", 2)[1] for each in living)  # metric/<origin>/<name>


def _app_counts(app: AppItem, own: int | None) -> AppCounts:
    alive = app.status not in DEAD
    state = (app.status_reason or app.status) if not alive else ""
    return AppCounts(app.name, app.title, map_path(app.name), app.platform, own, alive, state)


def _app_row(app: AppItem, own: int | None) -> AppRow:
    return AppRow(
        app.name, app.title, item_path(app.id), map_path(app.name), app.status, app.status_reason,
        _metrics(app), app.metric_statuses.get("active", 0), own, len(app.channels),
        app.known_from == "schema",
    )  # fmt: skip


def _pings(site: Site, app: str) -> list[PingItem]:
    """All pings of an app."""
    named = sorted(site.engine.passing(Filters({"kind": ("ping",), "app": (app,)})), key=attrgetter("name"))
    items = (site.engine.get(each.id) for each in named)
    return [item for item in items if isinstance(item, PingItem) and item.app == app]


def _flow_view(site: Site, app: AppItem) -> FlowView:
    pings = _pings(site, app.name)
    counts = [_ping_counts(site, ping) for ping in pings]
    pings_url = with_parameters("/", {"kind": "ping", "app": app.name, "sort": "name"})
    tables_url = with_parameters("/", {"kind": "table", "app": app.name})

    def type_url(type_name: str) -> str:
        return with_parameters("/", {"kind": "metric", "app": app.name, "type": type_name})

    drawn = graph.AppCounts(
        app.title, item_path(app.id), app.metric_types, type_url, f"{map_path(app.name)}#all-pings",
        app.status not in DEAD, app.metric_count,
    )  # fmt: skip
    return FlowView(
        app=app,
        flow=flow(drawn, counts),
        rows=tuple(_ping_row(ping, each) for ping, each in _by_name(pings, counts)),
        metrics=_metrics(app),
        pings_url=pings_url,
        tables_url=tables_url,
    )


def _by_name(pings: list[PingItem], counts: list[PingCounts]) -> list[tuple[PingItem, PingCounts]]:
    return sorted(zip(pings, counts, strict=True), key=lambda pair: pair[0].name)


def _ping_counts(site: Site, ping: PingItem) -> PingCounts:
    table = _table_of(site, ping)
    events = None
    if table is not None and ping.name == "events" and "event" in ping.metric_types:
        events = _table_named(site, f"{ping.app}.events_stream")
    return PingCounts(
        name=ping.name,
        url=item_path(ping.id),
        types=ping.metric_types,
        table=table,
        events_table=events,
        alive=ping.status not in DEAD,
        certain=ping.status != "unknown",
        state=ping.status_reason or ping.status,
        metrics=ping.metric_count,
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
    def address(type_name: str) -> str:
        return with_parameters("/", {"kind": "metric", "app": ping.app, "ping": ping.name, "type": type_name})

    types = sorted(ping.metric_types.items(), key=lambda pair: (-pair[1], pair[0]))
    return PingRow(
        name=ping.name,
        url=item_path(ping.id),
        status=ping.status,
        reason=ping.status_reason,
        metrics=counts.total,
        types=tuple((name, count, address(name)) for name, count in types),
        tables=tuple(each for each in (counts.table, counts.events_table) if each is not None),
    )
