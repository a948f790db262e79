"""Queries of legacy Firefox histograms and scalars in telemetry.main (rule 8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from indexer.model.items import ProbeItem
from indexer.model.literals import ValueKind
from indexer.model.parts import ColumnRef
from search_app.sql.ended import ended_in
from search_app.sql.metrics import INTEGERS, bucket_reading, spread
from search_app.sql.reading import Reading, queries_of
from search_app.sql.shape import Buckets, Shape
from search_app.sql.source import ColumnsOf, Source, SqlQuery, literal
from search_app.sql.use_counters import legacy_denominator, rate, rate_note
from search_app.tools import Context
from search_app.tools.stmo import column_query

# histograms whose buckets are names or states, not sizes: a percentile of them says nothing
NAMED_BUCKETS = frozenset({"categorical", "enumerated", "boolean", "flag"})
MAX_LABELS = 100


def probe_queries(
    item: ProbeItem, context: Context, columns_of: ColumnsOf, rows: Iterable[ColumnRef] | None = None
) -> list[SqlQuery]:
    """The queries of a histogram or scalar, for each process whose column exists."""
    queries: list[SqlQuery] = []
    sources: dict[str, Source] = {}
    for row in item.columns if rows is None else rows:
        if row.table not in sources:
            ended = ended_in(item.channel_status, row, context)
            sources[row.table] = Source.of(row.table, columns_of, context, ended=ended)
        if reading := probe_reading(item, row, sources[row.table]):
            queries += queries_of(reading)
    return queries


def process_of(row: ColumnRef) -> str:
    """The process whose values a column of a legacy ping holds."""
    return row.column.split(".")[2] if ".processes." in f".{row.column}" else "parent"


def probe_reading(item: ProbeItem, row: ColumnRef, source: Source) -> Reading | None:
    """How a histogram or scalar of one process is read; None where the table lacks its column."""
    if row.column not in source.columns:
        return None
    process = process_of(row)
    title = f"{item.name.partition('/')[2]} of the {process} process"
    notes = source.notes(f"It reads what the {process} process recorded, in the {row.ping} ping.")
    base = SqlQuery(title, row.table, "", column_query("", row.column, row.table), notes=notes)
    column = source.columns[row.column]
    keyed = column.mode == "REPEATED"
    value = source.columns.get(f"{row.column}.value") if keyed else column
    if value is None:
        return None
    if item.probe_type == "histogram" and value.type == "STRING":
        return _histogram(item, row.column, keyed, source, base)
    joins = (f"UNNEST({source.path(row.column)}) AS entry",) if keyed else ()
    read = "entry.value" if keyed else source.path(row.column)
    there = () if keyed else (f"{read} IS NOT NULL",)
    groups: tuple[tuple[str, str], ...] = (("entry.key", source.free("label")),) if keyed else ()
    form: ValueKind = ""
    if value.type in ("BOOLEAN", "BOOL"):
        selects: tuple[str, ...] = (f"COUNTIF({read}) AS true_count", "COUNT(*) AS pings")
        form = "boolean"
    elif value.type in INTEGERS:
        selects = (f"SUM({read}) AS total", *spread(read))
        form = "number"
    else:
        selects = ("COUNT(*) AS pings",)
        groups = (*groups, (read, source.free("scalar_value")))
    shape = Shape((*selects, *source.clients()), joins, there, groups, value=read if form else "", form=form)
    split = ("by key" if keyed else "by value") if groups else ""
    return Reading(source, base, shape, split, counted="entries" if keyed else "pings")


def _used(read: str, denominator: str, source: Source) -> Shape:
    """A legacy use counter: how many documents, pages or workers said yes, of all destroyed."""
    possible = source.path(denominator)
    sums = [f"mozfun.hist.extract({value}).sum" for value in (read, possible)]
    selects = (*rate(sums[0], sums[1], denominator), *source.clients())
    where, there = (f"{possible} IS NOT NULL",), f"{read} IS NOT NULL"
    return Shape(selects, where=where, order="rate DESC", value=sums[0], form="number", there=there)


def _histogram(item: ProbeItem, path: str, keyed: bool, source: Source, base: SqlQuery) -> Reading:
    """A histogram is a string that mozfun.hist.extract reads, in its JSON and its compact forms."""
    newest = item.definitions[0] if item.definitions else None
    kind = newest.kind if newest else ""
    read = "entry.value" if keyed else source.path(path)
    entries = (f"UNNEST({source.path(path)}) AS entry",) if keyed else ()
    there = () if keyed else (f"{read} IS NOT NULL",)
    label = (("entry.key", source.free("label")),) if keyed else ()
    denominator = legacy_denominator(item.name.partition("/")[2], path, source)
    if denominator and not keyed:
        rated = replace(base, notes=(*base.notes, rate_note(denominator.rpartition(".")[2])))
        return Reading(source, rated, _used(read, denominator, source))
    if kind == "count":
        total = f"mozfun.hist.extract({read}).sum"
        selects = (f"SUM({total}) AS total", *source.clients())
        shape = Shape(selects, entries, there, label, value=total, form="number")
        return Reading(
            source, base, shape, "by key" if keyed else "", counted="entries" if keyed else "pings"
        )
    joins = (*entries, f"UNNEST(mozfun.hist.extract({read}).values) AS bucket_entry")
    if kind in NAMED_BUCKETS:
        groups = (*label, ("bucket_entry.key", source.free("bucket")))
        if kind == "categorical" and newest and newest.labels:
            names = ", ".join(literal(name) for name in newest.labels[:MAX_LABELS])
            name = f"[{names}][SAFE_OFFSET(bucket_entry.key)]"
            groups = (*groups, (name, source.free("bucket_label")))
        shape = Shape(("SUM(bucket_entry.value) AS samples", *source.clients()), joins, there, groups)
        return Reading(source, base, shape, "by bucket", counted="buckets")
    percentile = (
        "mozfun.hist.percentiles(STRUCT(histogram AS values), [{percent} / 100])[SAFE_OFFSET(0)].value"
    )
    buckets = Buckets(joins, "bucket_entry.key", "bucket_entry.value", percentile, "INT64", there)
    return bucket_reading(source, base, buckets, label[0] if label else None)
