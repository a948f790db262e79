"""SQL that a person can paste into BigQuery, made for the type of a thing and the table that holds it.

`queries_for` gives the queries of an item, `queries_for_column` those of one row of a
metric's or probe's matrix, `column_queries` those of a column of a table. All read the
columns of a table through a callable, and use no column that the table does not have.
"""

from __future__ import annotations

from indexer.model.items import AnyItem, MeasureItem, MetricItem, PingItem, ProbeItem, TableItem
from indexer.model.parts import ColumnRef
from search_app.sql.ended import ended_in
from search_app.sql.events import legacy_event_queries, metric_event_queries
from search_app.sql.legacy import probe_queries
from search_app.sql.measures import measure_queries
from search_app.sql.metrics import metric_queries
from search_app.sql.rows import GROUPS
from search_app.sql.source import ColumnsOf, Source, SqlQuery
from search_app.sql.tables import column_queries, ping_queries, table_queries, why_no_rows
from search_app.tools import Context
from search_app.tools.addressing.places import places

__all__ = [
    "PLACES",
    "ColumnsOf",
    "SqlQuery",
    "column_queries",
    "queries_for",
    "queries_for_column",
    "why_no_query",
]

PLACES = 6  # a metric of every ping of every app has thousands; the others are asked for one by one


def queries_for(
    item: AnyItem, context: Context, columns_of: ColumnsOf, limit: int = PLACES
) -> list[SqlQuery]:
    """The queries of an item, for a metric in its first `limit` (app, ping) places.

    Empty where no table with known columns holds the item.
    """
    if isinstance(item, MetricItem):
        rows = [row for row in places(item) if row.exists is not False][:limit]
        return [query for row in rows for query in queries_for_column(item, row, context, columns_of)]
    if isinstance(item, ProbeItem):
        if item.probe_type == "event":
            return [q for row in item.columns[:1] for q in queries_for_column(item, row, context, columns_of)]
        return probe_queries(item, context, columns_of)
    if isinstance(item, PingItem):
        return ping_queries(item, context, columns_of)
    if isinstance(item, TableItem):
        return table_queries(item, context, columns_of)
    return measure_queries(item) if isinstance(item, MeasureItem) else []


def why_no_query(item: AnyItem, columns_of: ColumnsOf) -> str:
    """Why an item has no query, in a sentence; "" where its columns, or their absence, say so themselves."""
    if isinstance(item, MeasureItem):
        return item.no_query
    if isinstance(item, TableItem):
        groups = GROUPS if item.grouped and item.column_count else ""
        return why_no_rows(item, columns_of) or groups
    if not isinstance(item, MetricItem | ProbeItem):
        return ""
    tables = dict.fromkeys(row.table for row in item.columns if row.exists is not False)
    unknown = [table for table in tables if not columns_of(table)]
    if not unknown:
        return ""
    more = f" and of {len(unknown) - 1:,} more tables" if len(unknown) > 1 else ""
    return f"The columns of {unknown[0]}{more} are not known here."


def queries_for_column(
    item: MetricItem | ProbeItem, row: ColumnRef, context: Context, columns_of: ColumnsOf
) -> list[SqlQuery]:
    """The queries of one row of an item's matrix; empty where the table is known to lack the column."""
    if row.exists is False:
        return []
    ended = ended_in(item.channel_status, row, context)
    source = Source.of(row.table, columns_of, context, (row.app, row.ping), ended=ended)
    if isinstance(item, ProbeItem):
        if item.probe_type == "event":
            return legacy_event_queries(item, source)
        return probe_queries(item, context, columns_of, (row,))
    if item.type == "event":
        return metric_event_queries(item, row, source)
    return metric_queries(item, row, source)
