"""Queries of a whole ping or table, and of one column of a table."""

from __future__ import annotations

from indexer.items import PingItem, TableItem
from indexer.records import Column
from search_app.sql._metrics import INTEGERS, spread
from search_app.sql._shape import TOP, Shape, select, shape_queries, variant_query
from search_app.sql._source import USER_PROJECT, ColumnsOf, Source, SqlQuery
from search_app.tools.stmo import column_query, ping_query

SHARED_PROJECT = "moz-fx-data-shared-prod"
LOOK_COLUMNS = 12
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


def ping_queries(item: PingItem, columns_of: ColumnsOf) -> list[SqlQuery]:
    """How many pings and clients a day, split, and a look at single pings; of its first two views."""
    queries: list[SqlQuery] = []
    views = [t for t in item.ping_tables if t.layer == "view" and t.exists and t.name.count(".") == 2]
    for view in views[:2]:
        table = view.name.partition(".")[2]
        source = Source.of(table, columns_of)
        base = SqlQuery(f"{item.name} pings in {table}", table, "", ping_query(table), note=item.app)
        queries += _whole(source, base, "pings")
    return queries


def table_queries(item: TableItem, columns_of: ColumnsOf) -> list[SqlQuery]:
    """Rows a day, split, and a look at single rows, of the view to use where there is one."""
    source = _source_of(item, columns_of)
    return _whole(source, SqlQuery(f"rows of {source.table}", source.table, ""), "row_count")


def column_queries(item: TableItem, path: str, columns_of: ColumnsOf) -> list[SqlQuery]:
    """What a column of a table holds: numbers spread, texts counted, arrays unnested on the way down."""
    source = _source_of(item, columns_of)
    column = source.columns.get(path)
    if column is None:
        return []
    url = column_query("", path, source.table) if source.table.count(".") == 1 else ""
    base = SqlQuery(f"{path} in {source.table}", source.table, "", url)
    reached = _unnested(source, path)
    if reached is None:
        return []
    joins, value = reached
    return _values(source, column, joins, value, base)


def _source_of(item: TableItem, columns_of: ColumnsOf) -> Source:
    view = item.user_view.partition("/")[2].partition(".")[2]
    if view and columns_of(view):
        return Source.of(view, columns_of, "t")
    held_in_mozdata = item.layer == "view" and item.project in (SHARED_PROJECT, USER_PROJECT)
    short = f"{item.dataset}.{item.table}"
    source = Source.of(short, columns_of, "t", item.partition_field)
    return (
        source
        if held_in_mozdata
        else Source(f"{item.project}.{short}", source.columns, "t", item.partition_field)
    )


def _whole(source: Source, base: SqlQuery, count: str) -> list[SqlQuery]:
    if not source.columns:
        return []
    shape = Shape((f"COUNT(*) AS {source.free(count)}", *source.clients()))
    queries = list(shape_queries(source, shape, base))
    plain = [c.path for c in source.columns.values() if _plain_top(c)][:LOOK_COLUMNS]
    if plain:
        columns = [source.path(path) for path in plain]
        rows = select(columns, source, (), source.filters(1), limit=TOP)
        queries.append(variant_query(base, "a look at rows", rows))
    return queries


def _plain_top(column: Column) -> bool:
    return "." not in column.path and column.type in PLAIN and column.mode != "REPEATED"


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


def _values(
    source: Source, column: Column, joins: tuple[str, ...], value: str, base: SqlQuery
) -> list[SqlQuery]:
    there = (f"{value} IS NOT NULL",)
    counts = ("COUNT(*) AS row_count", *source.clients())
    if column.type in ("BOOLEAN", "BOOL"):
        return list(
            shape_queries(source, Shape((f"COUNTIF({value}) AS true_count", *counts), joins, there), base)
        )
    if column.type in (*INTEGERS, "FLOAT", "FLOAT64", "NUMERIC", "BIGNUMERIC"):
        return list(shape_queries(source, Shape((*spread(value), *counts), joins, there), base))
    if column.type in ("RECORD", "STRUCT", "JSON", "BYTES", "GEOGRAPHY"):
        return list(shape_queries(source, Shape(counts, joins, there), base))
    date = source.date()
    if date and value == date[0]:
        return list(shape_queries(source, Shape(counts, joins, there), base))
    name = column.path.rpartition(".")[2]
    name = name if name == column.path else source.free(f"{name}_value")
    shape = Shape(counts, joins, there, ((value, name),))
    return list(shape_queries(source, shape, base, "by value"))
