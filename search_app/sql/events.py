"""Queries of events: in events_stream, inside other pings, and of legacy Firefox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from indexer.model.items import MetricItem, ProbeItem
from indexer.model.parts import ColumnRef
from search_app.sql.events_stream import left_out
from search_app.sql.metrics import reads
from search_app.sql.reading import Reading, Split, queries_of
from search_app.sql.shape import TOP, Shape, named, select, variant_query
from search_app.sql.source import Source, SqlQuery, literal
from search_app.tools.addressing.names import split_event
from search_app.tools.stmo import event_query

MAX_EXTRAS = 8


def metric_event_queries(item: MetricItem, row: ColumnRef, source: Source) -> list[SqlQuery]:
    """The queries of a Glean event in one table; empty where the table holds no events."""
    reading = metric_event_reading(item, row, source)
    if reading is None:
        return []
    moment = source.path("event_timestamp") if _is_stream(source) else "event.timestamp"
    first = replace(reading, extras=reading.extras[:MAX_EXTRAS])
    return [*queries_of(first), _single_events(first, moment)]


def metric_event_reading(item: MetricItem, row: ColumnRef, source: Source) -> Reading | None:
    """How a Glean event is read, with its extras as ways to split; None where the table holds no events."""
    # the prepared query for the events ping reads events_stream only
    prepared = row.ping != "events" or "event" in source.columns
    url = event_query(item.name, row.ping, row.table) if prepared else ""
    title = f"{item.name} in {row.table}"
    notes = (reads(row), *left_out(item.name, row.app, "event" in source.columns))
    base = SqlQuery(title, source.table, "", url, notes=source.notes(*notes))
    extras = [key.name for key in item.definition.extra_keys] if item.definition else []
    if _is_stream(source):
        where: tuple[str, ...] = (f"{source.path('event')} = {literal(item.name)}",)
        joins: tuple[str, ...] = ()
        values = {name: stream_extra(source, name) for name in extras}
    elif "events" in source.columns:
        category, name = split_event(item.name)
        where = (f"event.category = {literal(category)}", f"event.name = {literal(name)}")
        joins = (f"UNNEST({source.path('events')}) AS event",)
        values = {name: f"mozfun.map.get_key(event.extra, {literal(name)})" for name in extras}
    else:
        return None
    shape = Shape(("COUNT(*) AS events", *source.clients()), joins, where)
    return Reading(source, base, shape, extras=_extras(values, source), counted="events")


def _is_stream(source: Source) -> bool:
    return "event" in source.columns and "event_extra" in source.columns


def _extras(values: dict[str, str], source: Source) -> tuple[Split, ...]:
    return tuple(
        Split(f"extra:{name}", f"extra {name}", ((value, output_name(name, source)),))
        for name, value in values.items()
    )


def stream_extra(source: Source, name: str) -> str:
    """An extra of events_stream; a name that is no identifier needs a quoted JSONPath."""
    extra = source.path("event_extra")
    if name.isidentifier():
        return f"JSON_VALUE({extra}.{name})"
    path = f'$."{name}"'
    return f"JSON_VALUE({extra}, {literal(path)})"


def _single_events(reading: Reading, moment: str) -> SqlQuery:
    """A look at single events: when, from whom, with which extras."""
    source, shape = reading.source, reading.shape
    columns = [named(moment, "event_timestamp"), *source.look()]
    columns += [f"{value} AS {name}" for split in reading.extras for value, name in split.groups]
    rows = select(columns, source, shape.joins, [*source.filters(1), *shape.where], limit=TOP)
    return variant_query(reading.base, "single events", rows, source)


def output_name(name: str, source: Source) -> str:
    """An extra's name as the name of a column."""
    safe = "".join(c if c.isascii() and c.isalnum() else "_" for c in name)
    return source.free(f"extra_{safe}")


def _one_of(names: Sequence[str]) -> str:
    """The comparison with one name, or with several."""
    values = ", ".join(literal(name) for name in names)
    return f"= {values}" if len(names) == 1 else f"IN ({values})"


def legacy_event_queries(item: ProbeItem, source: Source) -> list[SqlQuery]:
    """The queries of a legacy event in telemetry.events; without its schema, none."""
    reading = legacy_event_reading(item, source)
    if reading is None:
        return []
    own = [split for split in reading.extras if not split.name.startswith("extra:")]
    extras = reading.extras[len(own) :][:MAX_EXTRAS]
    return list(queries_of(replace(reading, extras=(*own, *extras))))


def legacy_event_reading(item: ProbeItem, source: Source) -> Reading | None:
    """How a legacy event is read, with object, value and extras as ways to split; None without its schema."""
    wanted = ("event_category", "event_method", "event_object")
    if not all(name in source.columns for name in wanted):
        return None
    base = SqlQuery(
        f"{item.name} in {source.table}", source.table, "", notes=("It reads the legacy events of Firefox.",)
    )
    # event/<category>.<method>#<entry>: the entry names a group of methods and objects, by its first method
    identity = item.name.partition("/")[2].partition("#")[0]
    category, _, method = identity.rpartition(".")
    newest = item.definitions[0] if item.definitions else None
    methods = (newest.methods if newest else ()) or (method,)
    where = [
        f"{source.path('event_category')} = {literal(category)}",
        f"{source.path('event_method')} {_one_of(methods)}",
    ]
    if newest and newest.objects:
        where.append(f"{source.path('event_object')} {_one_of(newest.objects)}")
    splits = [Split("object", "object", ((source.path("event_object"), "event_object"),))]
    if "event_string_value" in source.columns:
        value = (source.path("event_string_value"), "event_string_value")
        splits.append(Split("value", "value", (value,)))
    values: dict[str, str] = {}
    if "event_map_values" in source.columns and newest:
        held = source.path("event_map_values")
        values = {name: f"mozfun.map.get_key({held}, {literal(name)})" for name in newest.extra_keys}
    shape = Shape(("COUNT(*) AS events", *source.clients()), (), tuple(where))
    return Reading(source, base, shape, extras=(*splits, *_extras(values, source)), counted="events")
