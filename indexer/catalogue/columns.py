"""Which column of which table holds a metric, checked against the real schema (rules 3, 4 and 5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from indexer.catalogue.model import App, Channel, ChannelPing, Estate
from indexer.catalogue.schemas import RENAMED_TYPES, Schemas
from indexer.catalogue.tables import Tables
from indexer.model.column_names import underscored
from indexer.model.items import SHARED_PROJECT
from indexer.model.parts import ColumnRef
from indexer.model.table_records import Column

ALL_PINGS = frozenset({"all-pings", "all_pings"})
CLIENT_INFO = "glean_client_info"
PING_INFO = "glean_internal_info"
_INFO_SECTION = {CLIENT_INFO: "client_info", PING_INFO: "ping_info"}
_INTERNAL = "glean.internal.metrics."
_OTHER_SECTION = {"client_info": "ping_info", "ping_info": "client_info"}
_SECOND_ATTEMPTS = {first: second for second, first in RENAMED_TYPES.items()}
VIEW_ONLY = "in the schema of the view, not in that of the stable table beneath it"
_UNDERSCORES = re.compile(r"_{2,}")


@dataclass(frozen=True, slots=True)
class PingPlace:
    """Where one ping of one channel (or of all, app_id "") can be queried."""

    app: str
    app_id: str
    channel: str
    ping: str
    table: str  # dataset.table of the user-facing view
    columns: Mapping[str, Column] | None  # by path; None where no schema is known
    stream: str = ""  # dataset.events_stream, for the events ping and where it exists
    published: tuple[Mapping[str, Column], ...] = ()  # columns of the stable tables beneath, by path


def info_section(send_in_pings: Iterable[str]) -> str:
    """client_info or ping_info for a metric that every ping carries there, else ""."""
    for ping in send_in_pings:
        if ping in _INFO_SECTION:
            return _INFO_SECTION[ping]
    return ""


def column_path(name: str, metric_type: str, send_in_pings: Iterable[str]) -> str:
    """The column of a metric in user-facing views; "" for an event, which has rows instead (rules 4, 5)."""
    if metric_type == "event":
        return ""
    if section := info_section(send_in_pings):
        return f"{section}.{name.removeprefix(_INTERNAL)}"
    # Schemas fold what would become two underscores: external__add is external_add there.
    return f"metrics.{metric_type}.{_UNDERSCORES.sub('_', underscored(name))}"


def split_event(name: str) -> tuple[str, str]:
    """(category, name) of an event: at its last dot (rule 5)."""
    category, _, last = name.rpartition(".")
    return category, last


class Places:
    """Finds the tables of pings, each looked up once."""

    def __init__(self, tables: Tables, schemas: Schemas) -> None:
        self._tables = tables
        self._schemas = schemas
        self._places: dict[tuple[str, str], PingPlace | None] = {}

    def of_channel(self, app: App, channel: Channel, ping: str) -> PingPlace:
        """The ping's place in one channel; its columns are None where nothing of it is known."""
        listing = channel.listing
        key = (listing.app_id, ping)
        place = self._places.get(key)
        if place is None:
            place = self._place(app.name, listing.app_id, listing.channel, listing.dataset, ping)
            self._places[key] = place
        return place

    def of_all_channels(self, app: App, ping: str) -> PingPlace | None:
        """The view over all channels; None where there is none besides the channels' own."""
        key = (f"app:{app.name}", ping)
        if key not in self._places:
            whole = f"{SHARED_PROJECT}.{app.name}"
            known = self._tables.get(f"{whole}.{underscored(ping)}") is not None
            stream = ping == "events" and self._tables.get(f"{whole}.events_stream") is not None
            separate = app.name not in app.datasets and (known or stream)
            datasets = [channel.listing.dataset for channel in app.channels]
            self._places[key] = self._place(app.name, "", "", app.name, ping, datasets) if separate else None
        return self._places[key]

    def columns_of(self, dataset: str, ping: str) -> Mapping[str, Column] | None:
        """Columns as users see them: of the view, through its references, else of the stable table."""
        view = self._tables.get(f"{SHARED_PROJECT}.{dataset}.{underscored(ping)}")
        if view is not None and view.schema_digest:
            return self._schemas.by_path(view.schema_digest)
        stable = self._stable(dataset, ping)
        return stable[0] if stable else None

    def _stable(self, dataset: str, ping: str) -> tuple[Mapping[str, Column], ...]:
        """Columns of the ping's stable tables, as a view over them shows them."""
        names = (f"{SHARED_PROJECT}.{dataset}_stable.{underscored(ping)}_v{version}" for version in (1, 2))
        found = [table for name in names if (table := self._tables.get(name)) and table.schema_digest]
        return tuple(self._schemas.by_path(self._schemas.of_view(table.schema_digest)) for table in found)

    def _place(
        self, app: str, app_id: str, channel: str, dataset: str, ping: str, beneath: Iterable[str] = ()
    ) -> PingPlace:
        stream = f"{dataset}.events_stream"
        streamed = ping == "events" and self._tables.get(f"{SHARED_PROJECT}.{stream}") is not None
        return PingPlace(
            app=app,
            app_id=app_id,
            channel=channel,
            ping=ping,
            table=f"{dataset}.{underscored(ping)}",
            columns=self.columns_of(dataset, ping),
            stream=stream if streamed else "",
            published=tuple(x for name in (beneath or (dataset,)) for x in self._stable(name, ping)),
        )


def column_ref(place: PingPlace, name: str, metric_type: str, column: str) -> ColumnRef:
    """The row of a metric's matrix for one place."""
    if metric_type == "event":
        return _event_ref(place, name)
    found, note = None, "no schema of this table is known"
    if place.columns is not None:
        found, note = _look_up(place.columns, column)
        column = found.path if found else column
        if found and place.published and not any(column in paths for paths in place.published):
            note = note or VIEW_ONLY
    return ColumnRef(
        app=place.app,
        app_id=place.app_id,
        channel=place.channel,
        ping=place.ping,
        table=place.table,
        column=column,
        exists=None if place.columns is None else found is not None,
        type=found.type if found else "",
        mode=found.mode if found else "",
        note=note,
    )


def _look_up(columns: Mapping[str, Column], column: str) -> tuple[Column | None, str]:
    """The column as the schema really spells it, and what is special about that."""
    if found := columns.get(column):
        return found, ""
    section, _, rest = column.partition(".")
    # telemetry_sdk_build is declared for ping_info, and written to client_info.
    if section in _OTHER_SECTION and (found := columns.get(f"{_OTHER_SECTION[section]}.{rest}")):
        return found, f"declared for {section}"
    kind, _, leaf = rest.partition(".")
    # Not every view of a ping gives the second attempt at a type its plain name (rule 4).
    if kind in _SECOND_ATTEMPTS and (found := columns.get(f"metrics.{_SECOND_ATTEMPTS[kind]}.{leaf}")):
        return found, f"{_SECOND_ATTEMPTS[kind]} in this table"
    return None, "not in the schema of this table"


def _event_ref(place: PingPlace, name: str) -> ColumnRef:
    category, last = split_event(name)
    if place.stream:
        note, exists, table = f"event = '{name}'", True, place.stream
    else:
        note = f"UNNEST(events): category = '{category}' AND name = '{last}'"
        exists_or_not = None if place.columns is None else "events" in place.columns
        return ColumnRef(
            place.app, place.app_id, place.channel, place.ping, place.table, "", exists_or_not, note=note
        )
    return ColumnRef(place.app, place.app_id, place.channel, place.ping, table, "", exists, note=note)


def pings_of(
    name: str,
    send_in_pings: Iterable[str],
    channel_pings: Mapping[str, ChannelPing],
    place_columns: Places,
    app: App,
    channel: Channel,
) -> tuple[str, ...]:
    """The pings of one channel that carry a metric, special names expanded (rule 3)."""
    wanted = tuple(send_in_pings)
    if ALL_PINGS.intersection(wanted):
        return tuple(channel_pings)
    if info_section(wanted):
        return tuple(
            ping.name
            for ping in channel_pings.values()
            if _has_info(ping, name, place_columns.of_channel(app, channel, ping.name))
        )
    found = []
    for ping_name in wanted:
        if ping_name in channel_pings:
            found.append(ping_name)
        elif ping_name.replace("_", "-") in channel_pings:
            found.append(ping_name.replace("_", "-"))
    return tuple(dict.fromkeys(found))


def _has_info(ping: ChannelPing, metric: str, place: PingPlace) -> bool:
    if ping.definition is None:
        return place.columns is not None and "client_info" in place.columns
    if not ping.definition.include_info_sections:
        return False
    return metric != "client_id" or ping.definition.include_client_id


def metric_columns(columns: Mapping[str, Column]) -> list[tuple[str, str, Column]]:
    """(type, leaf, column) of everything directly under `metrics.<type>.` in a schema."""
    found = []
    for path, column in columns.items():
        parts = path.split(".")
        if len(parts) != 3 or parts[0] != "metrics":
            continue
        group = columns.get(f"metrics.{parts[1]}")
        if group is None or group.mode != "REPEATED":  # key and value of an array are no metrics
            found.append((parts[1], parts[2], column))
    return found


def users_of(estate: Estate) -> dict[str, list[tuple[App, Channel]]]:
    """v1_name -> the channels that send what this repository defines."""
    users: dict[str, list[tuple[App, Channel]]] = {}
    for app in estate.apps.values():
        for channel in app.channels:
            for _, v1_name in dict.fromkeys(channel.repositories):
                users.setdefault(v1_name, []).append((app, channel))
    return users
