"""Where a thing can be queried: its apps, pings, processes and channels, and how it is read there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from indexer.model.items import AnyItem, MetricItem, PingItem, ProbeItem, TableItem
from indexer.model.parts import ColumnRef
from search_app.query.model import QueryProblem
from search_app.sql.builder.choices import Choice, Choices, choice_of, settled
from search_app.sql.ended import ended_in
from search_app.sql.events import legacy_event_reading, metric_event_reading
from search_app.sql.legacy import probe_reading, process_of
from search_app.sql.metrics import metric_reading
from search_app.sql.reading import Reading
from search_app.sql.rows import NOT_COUNTED
from search_app.sql.source import ColumnsOf, Source, literal
from search_app.sql.tables import column_reading, ping_reading, ping_views, table_reading, why_no_rows
from search_app.tools import Context
from search_app.tools.addressing.places import places

# What ingestion makes of every channel that Firefox names (gcp-ingestion, NormalizeAttributes); "Other" too.
FIREFOX_CHANNELS = ("release", "esr", "beta", "nightly")
FIREFOX = frozenset({"firefox_desktop", "firefox_desktop_background_update", "telemetry"})
MOST_TRIED = 40  # places that are looked at for the first that has a query


@dataclass(frozen=True, slots=True)
class Place:
    """One place where a thing can be queried."""

    app: str = ""
    ping: str = ""
    process: str = ""
    channel: str = ""  # of a table of one channel, "" where it holds all of them
    table: str = ""
    row: ColumnRef | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A thing read in the place that was chosen, the choices that led there, and what was settled."""

    reading: Reading
    chosen: Choices
    choices: tuple[Choice, ...]
    notes: tuple[str, ...] = ()  # what choices mean for the query
    about: str = ""  # the column of a metric or probe


def places_of(item: AnyItem) -> list[Place]:
    """Every place where it may be read, the ones that its page shows first."""
    if isinstance(item, MetricItem):
        first = {(row.app, row.ping): number for number, row in enumerate(places(item))}
        rows = [row for row in item.columns if row.exists is not False]
        rows.sort(key=lambda row: (first.get((row.app, row.ping), len(first)), row.app_id != ""))
        return [
            Place(row.app, row.ping, "", row.channel if row.app_id else "", row.table, row) for row in rows
        ]
    if isinstance(item, ProbeItem):
        event = item.probe_type == "event"
        return [
            Place(row.app, row.ping, "" if event else process_of(row), "", row.table, row)
            for row in (item.columns[:1] if event else item.columns)
            if row.exists is not False
        ]
    if isinstance(item, PingItem):
        return [Place(item.app, item.name, table=table) for table in ping_views(item)]
    return [Place(table=item.name)] if isinstance(item, TableItem) else []


def reading_at(
    item: AnyItem, place: Place, column: str, context: Context, columns_of: ColumnsOf
) -> Reading | None:
    """How a thing is read in a place; None where the columns of its table are not known or lack it."""
    if isinstance(item, PingItem):
        return ping_reading(item, place.table, context, columns_of)
    if isinstance(item, TableItem):
        if column:
            return column_reading(item, column, context, columns_of)
        return table_reading(item, context, columns_of)
    row = place.row
    if row is None or not isinstance(item, MetricItem | ProbeItem):
        return None
    ended = ended_in(item.channel_status, row, context)
    ping = (row.app, row.ping) if isinstance(item, MetricItem) or item.probe_type == "event" else ("", "")
    source = Source.of(row.table, columns_of, context, ping, ended=ended)
    if isinstance(item, ProbeItem):
        if item.probe_type == "event":
            return legacy_event_reading(item, source)
        return probe_reading(item, row, source)
    if item.type == "event":
        return metric_event_reading(item, row, source)
    return metric_reading(item, row, source)


def held(item: AnyItem, asked: Choices, context: Context, columns_of: ColumnsOf) -> Held:
    """The thing in the place that was asked for, else in the first that has a query.

    Raises QueryProblem where there is no such place, or no table with known columns holds the thing.
    """
    if asked.column and not isinstance(item, TableItem):
        raise QueryProblem("bad_column", "A column is chosen of a table only.", "column")
    every = places_of(item)
    choices: list[Choice] = []
    chosen: dict[str, str] = {}
    found = every
    for name, words in (("app", "App"), ("ping", "Ping"), ("process", "Process")):
        offered = list(dict.fromkeys(getattr(place, name) for place in found))
        value = getattr(asked, name)
        if value:
            chosen[name] = settled(name, value, [each for each in offered if each], "")
        elif len(offered) > 1:  # the first that has a query
            first = _first_readable(item, found, asked.column, context, columns_of)
            chosen[name] = str(getattr(first, name))
        if name in chosen:
            found = [place for place in found if getattr(place, name) == chosen[name]]
        titles = context.titles if name == "app" else {}
        said = {each: titles.get(each, each) for each in offered if each}
        choices.append(choice_of(name, words, said, [chosen.get(name) or offered[0]] if offered else []))
    place, reading = _reading(item, found, asked, context, columns_of)
    by_channel, reading, channel, notes = _channelled(item, reading, found, place, asked, context)
    choices.append(by_channel)
    settled_choices = replace(asked, app=place.app, ping=place.ping, process=place.process, channel=channel)
    return Held(reading, settled_choices, tuple(choices), notes, place.row.column if place.row else "")


def _first_readable(
    item: AnyItem, found: Sequence[Place], column: str, context: Context, columns_of: ColumnsOf
) -> Place:
    for place in found[:MOST_TRIED]:
        if reading_at(item, place, column, context, columns_of) is not None:
            return place
    return found[0]


def _reading(
    item: AnyItem, found: Sequence[Place], asked: Choices, context: Context, columns_of: ColumnsOf
) -> tuple[Place, Reading]:
    """The first of some places that has a query; of tables of one channel each, the channel's."""
    of_channel = [place for place in found if place.channel and place.channel == asked.channel]
    whole = [place for place in found if not place.channel]
    for place in [*whole, *(of_channel or found)][:MOST_TRIED]:
        reading = reading_at(item, place, asked.column, context, columns_of)
        if reading is not None:
            return place, reading
    if isinstance(item, TableItem) and asked.column and not why_no_rows(item, columns_of):
        raise QueryProblem(
            "bad_column", f"{item.name} has no column {asked.column[:80]} to ask for.", "column"
        )
    raise QueryProblem("no_query", no_query(item, columns_of), "thing")


def no_query(item: AnyItem, columns_of: ColumnsOf) -> str:
    """Why there is no query of a thing."""
    if not isinstance(item, MetricItem | ProbeItem | PingItem | TableItem):
        return f"Nothing can be queried of {item.id[:200]}: it is of another kind."
    if isinstance(item, TableItem) and item.column_count:
        return why_no_rows(item, columns_of) or NOT_COUNTED
    if isinstance(item, TableItem):
        return f"The columns of {item.name} are not known. {item.columns_unknown}".strip()
    return f"No table with known columns holds {item.name[:200]}."


def _channelled(
    item: AnyItem, reading: Reading, found: Sequence[Place], place: Place, asked: Choices, context: Context
) -> tuple[Choice, Reading, str, tuple[str, ...]]:
    """The channels that can be had, and the reading of the one that was asked for."""
    if place.channel and len({each.channel for each in found if each.channel}) > 1:
        offered = {each.channel: each.channel for each in found if each.channel}
        channel = settled("channel", asked.channel, list(offered), place.channel)
        return choice_of("channel", "Channel", offered, [channel]), reading, channel, ()
    column = channel_column(reading.source)
    values = _channels(item, place, context) if column else ()
    reason = "No channels of it are listed." if column else "The table does not say the channel."
    channel = settled("channel", asked.channel, values, "")
    offered = {"": "all", **{value: value for value in values}} if values else {}
    choice = choice_of("channel", "Channel", offered, [channel], reason)
    if not channel:
        return choice, reading, "", ()
    condition = f"{reading.source.path(column)} = {literal(channel)}"
    source = replace(reading.source, conditions=(*reading.source.conditions, condition))
    said = f"Only the {channel} channel is read ({column} = '{channel}')."
    return choice, replace(reading, source=source), channel, (said,)


def channel_column(source: Source) -> str:
    """The column by which one channel can be taken; "" where values of it are not known."""
    return source.first(("normalized_channel",))


def _channels(item: AnyItem, place: Place, context: Context) -> tuple[str, ...]:
    app = place.app or (item.apps[0] if len(item.apps) == 1 else "")
    if not app and place.table.startswith("telemetry."):
        app = "telemetry"
    named = tuple(dict.fromkeys(c.channel for c in context.channels.get(app, ()) if c.channel))
    if len(named) > 1:
        return named
    return FIREFOX_CHANNELS if app in FIREFOX or isinstance(item, ProbeItem) else ()
