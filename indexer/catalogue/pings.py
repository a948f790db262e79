"""Glean pings: one item for each app and ping. Those from before Glean are made in legacy_pings.py."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from indexer.catalogue.annotations import Annotations
from indexer.catalogue.model import App, Channel, ChannelPing, Estate, humanise
from indexer.catalogue.tables import Tables
from indexer.model.column_names import underscored
from indexer.model.definitions import PingDefinition
from indexer.model.items import SHARED_PROJECT, PingItem
from indexer.model.last_day import ENDED
from indexer.model.literals import Layer, Status
from indexer.model.liveness import Clock, status_of, summary
from indexer.model.parts import ChannelStatus, PingTable
from indexer.model.records import RepositoryPing

_TABLE_ONLY = "only its table is known, not its definition"

INNER: tuple[Layer, ...] = ("stable", "live")  # the layers beneath a ping's view (rule 6)


def glean_pings(estate: Estate, tables: Tables, annotations: Annotations, now: Clock) -> list[PingItem]:
    """One item for each ping of each app, its libraries' pings included."""
    items: list[PingItem] = []
    for app in estate.apps.values():
        names: dict[str, list[tuple[Channel, ChannelPing]]] = {}
        for channel in app.channels:
            for ping in estate.channel_pings[channel.listing.app_id].values():
                names.setdefault(ping.name, []).append((channel, ping))
        for name, rows in names.items():
            items.append(_ping_item(app, name, rows, estate, tables, annotations, now))
    return items


def _newest(rows: Sequence[tuple[Channel, ChannelPing]], estate: Estate) -> RepositoryPing | None:
    found = [estate.pings.get(ping.v1_name, {}).get(ping.name) for _, ping in rows if ping.definition]
    known = [ping for ping in found if ping is not None]
    return max(known, key=lambda x: (x.in_source, x.history[0].last, -x.history[0].reflog_last), default=None)


def _ping_item(
    app: App,
    name: str,
    rows: Sequence[tuple[Channel, ChannelPing]],
    estate: Estate,
    tables: Tables,
    annotations: Annotations,
    now: Clock,
) -> PingItem:
    newest = _newest(rows, estate)
    definition = newest.history[0] if newest else None
    speaker = next((ping for _, ping in rows if newest and ping.v1_name == newest.v1_name), rows[0][1])
    states = tuple(_state(app, channel, ping, estate, now) for channel, ping in rows)
    status, reason = summary(states)
    ping_tables = _ping_tables(app, name, [channel for channel, _ in rows], tables)
    note = annotations.of("ping", speaker.origin, name)
    views = tuple(x.name.split(".", 1)[1] for x in ping_tables if x.layer == "view" and x.exists)
    title = humanise(name)
    return PingItem(
        id=f"ping/{app.name}/{name}",
        kind="ping",
        name=name,
        title=f"{title} ping of {app.title}",
        description=definition.description if definition else "",
        commentary=note.commentary,
        warning=note.warning,
        apps=(app.name,),
        app_titles=(app.title,),
        pings=(name,),
        type="glean",
        tables=views,
        datasets=tuple(dict.fromkeys(view.split(".", 1)[0] for view in views)),
        status=status,
        status_reason=reason,
        tags=tuple(dict.fromkeys((*(definition.tags if definition else ()), *note.tags))),
        added=min(entry.first for entry in newest.history)[:10] if newest else "",
        changed=definition.first[:10] if definition else "",
        owners=definition.emails if definition else (),
        bugs=tuple(dict.fromkeys((*definition.bugs, *definition.data_reviews))) if definition else (),
        aliases=ping_aliases(name, [channel.listing.namespace for channel, _ in rows]),
        labels=tuple(definition.reasons) if definition else (),
        related=related_to(app.name, [x.name for x in ping_tables if x.exists], tables),
        app=app.name,
        origin=speaker.origin,
        definition=definition,
        history=newest.history if newest else (),
        in_source=any(ping.in_source for _, ping in rows),
        retention=_retention(name, rows, newest),
        ping_tables=ping_tables,
        channel_status=states,
    )


def _state(app: App, channel: Channel, ping: ChannelPing, estate: Estate, now: Clock) -> ChannelStatus:
    listing = channel.listing
    status: Status = "unknown"
    reason = _TABLE_ONLY
    if ping.definition is not None or listing.deprecated:
        status, reason = status_of(
            "never",
            now,
            channel=listing.channel,
            in_source=ping.in_source,
            last_seen=ping.definition.last if ping.definition else "",
            disabled=ping.definition is not None and is_disabled(ping.definition),
            description=ping.definition.description if ping.definition else "",
            deprecated_app=app.title if listing.deprecated else "",
        )
    ended = _last_sent(ping, estate) if status in ENDED else ""
    return ChannelStatus(app.name, listing.app_id, listing.channel, status, reason, ended)


def _last_sent(ping: ChannelPing, estate: Estate) -> str:
    """The last day on which its source is known to have a ping that it has no more.

    A ping is seen when the file of pings changes, which may be years before it is removed. A metric that
    names it was there with it, and the file of metrics changes often.
    """
    days = [ping.definition.last[:10]] if ping.definition else []
    for metric in estate.metrics.get(ping.v1_name, {}).values():
        newest = metric.history[0]
        if not metric.in_source and ping.name in newest.send_in_pings:
            days.append(newest.last[:10])
    return max(days, default="")


def is_disabled(definition: PingDefinition) -> bool:
    """Whether nothing sends the ping. A ping that does not follow the setting for data collection starts
    switched off, and its app switches it on: there `enabled: false` says no more than that (rule 7)."""
    return not definition.enabled and definition.follows_collection_enabled


def _retention(
    name: str, rows: Sequence[tuple[Channel, ChannelPing]], newest: RepositoryPing | None
) -> dict[str, int]:
    """app_id -> days; what the ping itself says before what the app says of all its pings."""
    own = newest.retention_days if newest else None
    days = {}
    for channel, _ in rows:
        listing = channel.listing
        kept = listing.retention.get(name, own if own is not None else listing.default_retention)
        if kept is not None:
            days[listing.app_id] = kept
    return days


def _ping_tables(app: App, name: str, channels: Sequence[Channel], tables: Tables) -> tuple[PingTable, ...]:
    """Where it can be queried: the view over all channels, each channel's view, its stable and live table."""
    table = underscored(name)
    found = []
    together = f"{SHARED_PROJECT}.{app.name}.{table}"
    if app.name not in app.datasets and tables.get(together) is not None:
        found.append(PingTable(together, "view", "", "", True))
    for channel in channels:
        listing = channel.listing
        places: list[tuple[Layer, str]] = [("view", f"{SHARED_PROJECT}.{listing.dataset}.{table}")]
        for version in _versions(listing.dataset, table, tables):
            places += [
                (layer, f"{SHARED_PROJECT}.{listing.dataset}_{layer}.{table}_v{version}") for layer in INNER
            ]
        for layer, full in places:
            known = tables.get(full) is not None
            found.append(PingTable(full, layer, listing.app_id, listing.channel, known))
    return tuple(found)


def _versions(dataset: str, table: str, tables: Tables) -> list[int]:
    """1, as of every Glean ping, and any later version that there is a table of."""
    later = (n for n in (2, 3) if tables.get(f"{SHARED_PROJECT}.{dataset}_stable.{table}_v{n}") is not None)
    return [1, *later]


def ping_aliases(name: str, namespaces: Iterable[str]) -> tuple[str, ...]:
    """What a ping is also typed as: with underscores, and behind each of its namespaces."""
    snaked = (underscored(name),) if "-" in name else ()
    return (*snaked, *dict.fromkeys(f"{namespace}/{name}" for namespace in namespaces if namespace))


def related_to(app: str, names: Iterable[str], tables: Tables) -> dict[str, tuple[str, ...]]:
    """Relations of a ping: its app, and the tables of these names that there are."""
    ids = tuple(dict.fromkeys(key for name in names if (key := tables.id_of(name))))
    related = {"table": ids} if ids else {}
    return {"app": (f"app/{app}",), **related} if app else related
