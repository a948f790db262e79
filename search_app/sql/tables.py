"""Queries of a whole ping or table, and of one column of a table."""

from __future__ import annotations

from dataclasses import replace

from indexer.model.items import (
    SHARED_PROJECT,
    USER_PROJECT,
    WAS_TO_BE_DELETED,
    PingItem,
    TableItem,
)
from indexer.model.table_records import Column
from search_app.sql.ended import ended_in
from search_app.sql.metrics import spread
from search_app.sql.reading import Reading, queries_of
from search_app.sql.rows import (
    GROUPS,
    NUMBERS,
    OF_MEASURES,
    SUMMED,
    said_of_rows,
    said_of_sample,
    summed_by_measures,
    summed_of_groups,
)
from search_app.sql.shape import TOP, Shape, select, shape_queries, variant_query
from search_app.sql.source import (
    IS_GONE,
    IS_OVER,
    ColumnsOf,
    Source,
    SqlQuery,
)
from search_app.tools import Context
from search_app.tools.addressing.places import row_of
from search_app.tools.stmo import column_query, ping_query

LOOK_COLUMNS = 12
UNTYPED_DAY = "A query must filter by {column}, whose type is not known."
NOT_WORTH_A_LOOK = ("additional_properties", "sample_id")  # unparsed remains; 0 in a sample
PLAIN = frozenset(
    {
        "STRING",
        "INTEGER",
        "INT64",
        "FLOAT",
        "FLOAT64",
        "NUMERIC",
        "BOOLEAN",
        "BOOL",
        "DATE",
        "TIMESTAMP",
        "DATETIME",
    }
)


def ping_queries(item: PingItem, context: Context, columns_of: ColumnsOf) -> list[SqlQuery]:
    """How many pings and clients a day, split, and a look at single pings; of its first two views."""
    queries: list[SqlQuery] = []
    for table in ping_views(item)[:2]:
        if reading := ping_reading(item, table, context, columns_of):
            queries += [*queries_of(reading), *_looked_at(reading)]
    return queries


def ping_views(item: PingItem) -> list[str]:
    """dataset.table of the views that hold a ping, the one over all channels first."""
    views = [t for t in item.ping_tables if t.layer == "view" and t.exists and t.name.count(".") == 2]
    return [view.name.partition(".")[2] for view in views]


def ping_reading(item: PingItem, table: str, context: Context, columns_of: ColumnsOf) -> Reading | None:
    """How the pings in a view are read; None where its columns are not known."""
    ended = ended_in((), row_of(item, table), context)
    source = Source.of(table, columns_of, context, (item.app, item.name), ended=ended)
    if not source.columns:
        return None
    # the prepared query reads the three parts that Glean pings have
    whole = all(part in source.columns for part in ("client_info", "ping_info", "metrics"))
    url = ping_query(table) if whole else ""
    notes = source.notes(f"It reads the {item.name} ping of {item.app}.")
    base = SqlQuery(f"{item.name} pings in {table}", table, "", url, notes=notes)
    return Reading(source, base, Shape((f"COUNT(*) AS {source.free('pings')}", *source.clients())))


def table_queries(item: TableItem, context: Context, columns_of: ColumnsOf) -> list[SqlQuery]:
    """Rows a day, split, and a look at single rows, of the view to use where there is one."""
    reading = table_reading(item, context, columns_of)
    if reading is None:
        return []
    if not reading.shape.selects:
        return _looked_at(reading)
    summed = reading.shape.form == "number"
    queries = _summed_by_day(reading) if summed else list(queries_of(reading))
    return queries + _looked_at(reading)


def table_reading(item: TableItem, context: Context, columns_of: ColumnsOf) -> Reading | None:
    """How the rows of a table are read, or what is summed of it; None where its columns are not known.

    Of groups of which nothing adds up, its shape selects nothing: how many there are is no answer.
    """
    source = _source_of(item, context, columns_of)
    asked = _asked(item, context, columns_of)
    if not source.columns or why_no_rows(asked, columns_of):
        return None
    of_measures = summed_by_measures(item, source, context)
    sums = of_measures or summed_of_groups(asked, source)
    said = OF_MEASURES if of_measures else SUMMED if sums else GROUPS if asked.grouped else ""
    notes = source.notes(_gone(asked), said, *said_of_rows(asked, source))
    base = SqlQuery(f"rows of {source.table}", source.table, "", notes=notes)
    counts = () if asked.grouped else (f"COUNT(*) AS {source.free('row_count')}", *source.clients())
    shape = Shape(tuple(sums), form="number") if sums else Shape(counts)
    counted = "" if asked.grouped else "rows"
    return Reading(source, base, shape, counted=counted, of_measures=bool(of_measures))


def column_queries(item: TableItem, path: str, context: Context, columns_of: ColumnsOf) -> list[SqlQuery]:
    """What a column of a table holds: numbers spread, texts counted, arrays unnested on the way down."""
    reading = column_reading(item, path, context, columns_of)
    return list(queries_of(reading)) if reading else []


def column_reading(item: TableItem, path: str, context: Context, columns_of: ColumnsOf) -> Reading | None:
    """How a column of a table is read; None where the table lacks it or a parent of it is not known."""
    source = _source_of(item, context, columns_of)
    asked = _asked(item, context, columns_of)
    column = source.columns.get(path)
    reached = _unnested(source, path) if column else None
    if column is None or reached is None or why_no_rows(asked, columns_of):
        return None
    joins, value = reached
    # the prepared query filters by submission_timestamp and looks into no array
    prepared = "submission_timestamp" in source.columns and source.table.count(".") == 1 and not joins
    url = column_query("", path, source.table) if prepared else ""
    said = said_of_sample(asked.sample, source.table)
    notes = source.notes(_gone(asked), GROUPS if asked.grouped else "", said)
    base = SqlQuery(f"{path} in {source.table}", source.table, "", url, notes=notes)
    return _values(source, column, joins, value, base)


def why_no_rows(item: TableItem, columns_of: ColumnsOf) -> str:
    """Why the rows of a table cannot be asked for: BigQuery refuses a query without the filter that the table
    wants, and that cannot be written for a column of which no type is known; "" where it can."""
    day = item.partition_field
    if not item.partition_filter_required or not day:
        return ""
    untyped = any(column.path == day and not column.type for column in columns_of(_whole_name(item)))
    return UNTYPED_DAY.format(column=day) if untyped else ""


def _asked(item: TableItem, context: Context, columns_of: ColumnsOf) -> TableItem:
    """What a query of a table asks: the view to use where there is one with known columns, else the table."""
    shown = context.lookup(item.user_view) if item.user_view else None
    return shown if isinstance(shown, TableItem) and columns_of(_whole_name(shown)) else item


def _whole_name(item: TableItem) -> str:
    """With its project where that is not the shared one, in which a name without one is looked for."""
    shared = item.project in (SHARED_PROJECT, USER_PROJECT)
    return item.name if shared else f"{item.project}.{item.name}"


def _source_of(item: TableItem, context: Context, columns_of: ColumnsOf) -> Source:
    """The view to use where there is one, else the table itself: in mozdata, or else where it lies."""
    _, app, ping = item.ping.split("/", 2) if item.ping.count("/") >= 2 else ("", "", "")
    asked = _asked(item, context, columns_of)
    held = context.lookup(item.ping) if item.ping else None
    ended = ended_in((), row_of(held, asked.name), context) if isinstance(held, PingItem) else None
    source = Source.of(
        _whole_name(asked), columns_of, context, (app, ping), "t", item.partition_field,
        partition_type=item.partition_type, behind=asked.days_behind, ended=ended,
        over=IS_OVER if asked.status == "deprecated" else "",
    )  # fmt: skip
    held_in_mozdata = asked.layer == "view" and asked.project in (SHARED_PROJECT, USER_PROJECT)
    return source if held_in_mozdata else replace(source, table=f"{asked.project}.{asked.name}")


def _gone(item: TableItem) -> str:
    """That a table is no more, or what a view of it reads."""
    reason = item.status_reason
    return IS_GONE.format(reason=reason[0].upper() + reason[1:]) if WAS_TO_BE_DELETED in reason else ""


def _looked_at(reading: Reading) -> list[SqlQuery]:
    """A look at single rows."""
    source, columns = reading.source, _look(reading.source)
    if not columns:
        return []
    rows = select(columns, source, (), source.filters(source.look_days), limit=TOP)
    return [variant_query(reading.base, "a look at rows", rows, source)]


def _summed_by_day(reading: Reading) -> list[SqlQuery]:
    """Sums of each day, also where they are split: users of a day, summed over days, are no users."""
    source, day = reading.source, reading.source.date()
    base = replace(reading.base, title=f"sums of {source.table}")
    whole, split = reading.shape, replace(reading.shape, groups=(day,) if day else ())
    queries = [each for each in shape_queries(source, whole, base) if each.variant in ("over time", "in all")]
    return queries + [each for each in shape_queries(source, split, base) if each.variant.startswith("by ")]


def _look(source: Source) -> list[str]:
    """The columns of a look at rows: when, who and where, then the first plain ones, no name twice."""
    when = [name for name in ("submission_timestamp", "submission_date") if name in source.columns][:1]
    first = [*(source.path(name) for name in when), *source.look()]
    plain = [source.path(c.path) for c in source.columns.values() if _plain_top(c)]
    found: dict[str, str] = {}
    for path in [*first, *plain]:
        found.setdefault(path.rpartition(".")[2], path)
    return list(found.values())[:LOOK_COLUMNS]


def _plain_top(column: Column) -> bool:
    named = "." not in column.path and column.path not in NOT_WORTH_A_LOOK
    return named and column.type in PLAIN and column.mode != "REPEATED"


def _unnested(source: Source, path: str) -> tuple[tuple[str, ...], str] | None:
    """The UNNESTs that lead to a column and the expression of it; None where a parent is unknown."""
    joins: list[str] = []
    holder = ""  # path above the innermost array
    value = source.alias
    walked: list[str] = []
    for segment in path.split("."):
        walked.append(segment)
        here = source.columns.get(".".join(walked))
        if here is None:
            return None
        inside = ".".join(walked)[len(holder) :].lstrip(".")
        read = Source(source.table, alias=value).path(inside)
        if here.mode == "REPEATED":
            name = f"item{len(joins) + 1}"
            joins.append(f"UNNEST({read}) AS {name}")
            holder, value = ".".join(walked), name
    inside = path[len(holder) :].lstrip(".")
    return tuple(joins), Source(source.table, alias=value).path(inside) if inside else value


def _values(source: Source, column: Column, joins: tuple[str, ...], value: str, base: SqlQuery) -> Reading:
    there = (f"{value} IS NOT NULL",)
    counts = ("COUNT(*) AS row_count", *source.clients())
    if column.type in ("BOOLEAN", "BOOL"):
        selects = (f"COUNTIF({value}) AS true_count", *counts)
        return Reading(
            source, base, Shape(selects, joins, there, value=value, form="boolean"), counted="rows"
        )
    if column.type in NUMBERS:
        selects = (*spread(value), *counts)
        shape = Shape(selects, joins, there, order="row_count DESC", value=value, form="number")
        return Reading(source, base, shape, counted="rows")
    if column.type in ("", "RECORD", "STRUCT", "JSON", "BYTES", "GEOGRAPHY", "INTERVAL"):
        return Reading(source, base, Shape(counts, joins, there), counted="rows")
    moment = column.type in ("TIMESTAMP", "DATETIME")
    day = f"DATE({value})" if moment else value
    if (date := source.date()) and day == date[0]:
        return Reading(source, base, Shape(counts, joins, there), counted="rows")
    shape = Shape(counts, joins, there, ((day, _value_name(column.path, source, moment)),))
    return Reading(source, base, shape, "by day" if moment else "by value", counted="rows")


def _value_name(path: str, source: Source, moment: bool) -> str:
    """What the values of a column are called: by its parent too where its own name is key or value."""
    holder, _, leaf = path.rpartition(".")
    if leaf in ("key", "value", "element", "list"):
        leaf = f"{holder.rpartition('.')[2]}_{leaf}"
    parents = [path[:at] for at, letter in enumerate(path) if letter == "."]
    if any(source.columns[held].mode == "REPEATED" for held in (*parents, path) if held in source.columns):
        leaf = f"{leaf}_value"  # fields of every array on the way are visible: GROUP BY would take them
    if moment:
        return source.free(f"{leaf}_day")
    return leaf if leaf == path else source.free(leaf)
