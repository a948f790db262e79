"""Queries of events: in events_stream, inside other pings, and of legacy Firefox."""

from __future__ import annotations

from indexer.model.items import MetricItem, ProbeItem
from indexer.model.parts import ColumnRef
from search_app.sql.events_stream import left_out
from search_app.sql.metrics import reads
from search_app.sql.shape import TOP, Shape, named, select, shape_queries, variant_query
from search_app.sql.source import Source, SqlQuery, literal
from search_app.tools.addressing.names import split_event
from search_app.tools.stmo import event_query

MAX_EXTRAS = 8


def metric_event_queries(item: MetricItem, row: ColumnRef, source: Source) -> list[SqlQuery]:
    """The queries of a Glean event in one table; empty where the table holds no events."""
    # the prepared query for the events ping reads events_stream only
    prepared = row.ping != "events" or "event" in source.columns
    url = event_query(item.name, row.ping, row.table) if prepared else ""
    title = f"{item.name} in {row.table}"
    notes = (reads(row), *left_out(item.name, row.app, "event" in source.columns))
    base = SqlQuery(title, source.table, "", url, notes=source.notes(*notes))
    extras = [key.name for key in item.definition.extra_keys] if item.definition else []
    if "event" in source.columns and "event_extra" in source.columns:
        where = [f"{source.path('event')} = {literal(item.name)}"]
        values = {name: stream_extra(source, name) for name in extras}
        return _event_queries(source, (), where, values, base, source.path("event_timestamp"))
    if "events" not in source.columns:
        return []
    category, name = split_event(item.name)
    where = [f"event.category = {literal(category)}", f"event.name = {literal(name)}"]
    joins = (f"UNNEST({source.path('events')}) AS event",)
    values = {name: f"mozfun.map.get_key(event.extra, {literal(name)})" for name in extras}
    return _event_queries(source, joins, where, values, base, "event.timestamp")


def stream_extra(source: Source, name: str) -> str:
    """An extra of events_stream; a name that is no identifier needs a quoted JSONPath."""
    extra = source.path("event_extra")
    if name.isidentifier():
        return f"JSON_VALUE({extra}.{name})"
    path = f'$."{name}"'
    return f"JSON_VALUE({extra}, {literal(path)})"


def _event_queries(
    source: Source,
    joins: tuple[str, ...],
    where: list[str],
    extras: dict[str, str],
    base: SqlQuery,
    moment: str,
) -> list[SqlQuery]:
    shape = Shape(("COUNT(*) AS events", *source.clients()), joins, tuple(where))
    queries = list(shape_queries(source, shape, base))
    for name, expression in list(extras.items())[:MAX_EXTRAS]:
        split = Shape(shape.selects, joins, shape.where, ((expression, output_name(name, source)),))
        made = shape_queries(source, split, base, f"by extra {name}")
        queries += [query for query in made if query.variant.startswith("by extra")]
    columns = [named(moment, "event_timestamp"), *source.look()]
    columns += [
        f"{value} AS {output_name(name, source)}" for name, value in list(extras.items())[:MAX_EXTRAS]
    ]
    rows = select(columns, source, joins, [*source.filters(1), *where], limit=TOP)
    queries.append(variant_query(base, "single events", rows, source))
    return queries


def output_name(name: str, source: Source) -> str:
    """An extra's name as the name of a column."""
    safe = "".join(c if c.isascii() and c.isalnum() else "_" for c in name)
    return source.free(f"extra_{safe}")


def legacy_event_queries(item: ProbeItem, source: Source) -> list[SqlQuery]:
    """The queries of a legacy event in telemetry.events; without its schema, none."""
    wanted = ("event_category", "event_method", "event_object")
    if not all(name in source.columns for name in wanted):
        return []
    base = SqlQuery(
        f"{item.name} in {source.table}", source.table, "", notes=("It reads the legacy events of Firefox.",)
    )
    # event/<category>.<method>#<entry>: the entry names a group of methods and objects
    identity = item.name.partition("/")[2].partition("#")[0]
    category, _, method = identity.rpartition(".")
    newest = item.definitions[0] if item.definitions else None
    where = [
        f"{source.path('event_category')} = {literal(category)}",
        f"{source.path('event_method')} = {literal(method)}",
    ]
    if newest and newest.objects:
        objects = ", ".join(literal(name) for name in newest.objects)
        where.append(f"{source.path('event_object')} IN ({objects})")
    shape = Shape(("COUNT(*) AS events", *source.clients()), (), tuple(where))
    queries = list(shape_queries(source, shape, base))
    split = Shape(shape.selects, (), shape.where, ((source.path("event_object"), "event_object"),))
    queries += [q for q in shape_queries(source, split, base, "by object") if q.variant == "by object"]
    if "event_string_value" in source.columns:
        value = (source.path("event_string_value"), "event_string_value")
        split = Shape(shape.selects, (), shape.where, (value,))
        queries += [q for q in shape_queries(source, split, base, "by value") if q.variant == "by value"]
    if "event_map_values" in source.columns and newest:
        for name in newest.extra_keys[:MAX_EXTRAS]:
            value = (
                f"mozfun.map.get_key({source.path('event_map_values')}, {literal(name)})",
                output_name(name, source),
            )
            split = Shape(shape.selects, (), shape.where, (value,))
            variant = f"by extra {name}"
            queries += [q for q in shape_queries(source, split, base, variant) if q.variant == variant]
    return queries
