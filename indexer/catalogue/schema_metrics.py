"""Metrics of apps for which probeinfo has no metrics file: known from the columns of their tables.

Columns of a library's metric are the library's; the rest are named by the column's
leaf, for the dots of the true name are lost. Whether they live is unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from indexer.catalogue.columns import PingPlace, Places, column_ref, metric_columns
from indexer.catalogue.metrics import tables_of
from indexer.catalogue.model import App, Channel, Estate, humanise
from indexer.catalogue.schemas import RENAMED_TYPES
from indexer.catalogue.tables import Tables
from indexer.model.items import SHARED_PROJECT, MetricItem
from indexer.model.parts import ChannelStatus, ColumnRef
from indexer.model.table_records import Column

_REASON = "known from its table only: no definition of it was found"


@dataclass(slots=True)
class _Found:
    """What was gathered of one column leaf over channels and pings."""

    type: str
    description: str
    places: list[PingPlace] = field(default_factory=list)
    channels: dict[str, tuple[App, Channel]] = field(default_factory=dict)


def metrics_of_schemas(
    estate: Estate, tables: Tables, places: Places, known: Iterable[MetricItem], problems: Counter[str]
) -> list[MetricItem]:
    """Metric items for the columns that no metric of the app or of its libraries explains."""
    explained = _explained(known)
    gathered: dict[tuple[str, str, str], _Found] = {}  # (origin, type, leaf)
    for app in estate.apps.values():
        for channel in app.channels:
            for ping in estate.channel_pings[channel.listing.app_id].values():
                if ping.v1_name in estate.without_metrics:
                    place = places.of_channel(app, channel, ping.name)
                    _gather(gathered, app, channel, ping.origin, place, explained)
                elif channel.listing.v1_name in estate.without_metrics:
                    place = places.of_channel(app, channel, ping.name)
                    _gather(gathered, app, channel, app.name, place, explained)
    items: dict[str, MetricItem] = {}
    for (origin, _, leaf), found in gathered.items():
        item = _item(origin, leaf, found, places, tables)
        if item.id in items:
            problems["column leaf with two types"] += 1
        items.setdefault(item.id, item)
    return list(items.values())


def _explained(known: Iterable[MetricItem]) -> dict[str, set[str]]:
    """app -> column paths that some known metric has there."""
    paths: dict[str, set[str]] = {}
    for metric in known:
        for row in metric.columns:
            if row.column:
                paths.setdefault(row.app, set()).add(row.column)
    return paths


def _gather(
    gathered: dict[tuple[str, str, str], _Found],
    app: App,
    channel: Channel,
    origin: str,
    place: PingPlace,
    explained: Mapping[str, set[str]],
) -> None:
    columns: Mapping[str, Column] = place.columns or {}
    taken = explained.get(app.name, set())
    for stored, leaf, column in metric_columns(columns):
        kind = RENAMED_TYPES.get(stored, stored)  # text2 is a table's word for the type text (rule 4)
        paths = (f"metrics.{kind}.{leaf}", f"metrics.{stored}.{leaf}")
        if not taken.isdisjoint(paths) or _is_raw_twin(columns, stored, leaf):
            continue
        found = gathered.setdefault((origin, kind, leaf), _Found(kind, column.description))
        found.places.append(place)
        found.channels[channel.listing.app_id] = (app, channel)


def _is_raw_twin(columns: Mapping[str, Column], kind: str, leaf: str) -> bool:
    """Views show a datetime twice: parsed, and as it came in under raw_<its name>."""
    return leaf.startswith("raw_") and f"metrics.{kind}.{leaf.removeprefix('raw_')}" in columns


def _item(origin: str, leaf: str, found: _Found, places: Places, tables: Tables) -> MetricItem:
    path = f"metrics.{found.type}.{leaf}"
    columns: list[ColumnRef] = []
    together: set[tuple[str, str]] = set()
    by_name = {app.name: app for app, _ in found.channels.values()}
    for place in found.places:
        key = (place.app, place.ping)
        if key not in together:
            together.add(key)
            over_all = places.of_all_channels(by_name[place.app], place.ping)
            if over_all is not None:
                columns.append(column_ref(over_all, leaf, found.type, path))
        columns.append(column_ref(place, leaf, found.type, path))
    names = tables_of(columns)
    ids = dict.fromkeys(found_id for name in names if (found_id := tables.id_of(f"{SHARED_PROJECT}.{name}")))
    pings = dict.fromkeys(f"ping/{row.app}/{row.ping}" for row in columns)
    return MetricItem(
        id=f"metric/{origin}/{leaf}",
        kind="metric",
        name=leaf,
        title=humanise(leaf),
        description=found.description,
        apps=tuple(by_name),
        app_titles=tuple(app.title for app in by_name.values()),
        pings=tuple(dict.fromkeys(row.ping for row in columns)),
        type=found.type,
        tables=names,
        datasets=tuple(dict.fromkeys(name.split(".", 1)[0] for name in names)),
        status="unknown",
        status_reason=_REASON,
        aliases=(path,),
        related={"ping": tuple(pings), "table": tuple(ids)},
        origin=origin,
        columns=tuple(columns),
        channel_status=tuple(
            ChannelStatus(app.name, app_id, channel.listing.channel, "unknown", _REASON)
            for app_id, (app, channel) in found.channels.items()
        ),
        known_from="schema",
    )
