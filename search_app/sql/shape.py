"""What a type's query computes, and how that becomes text in each variant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from indexer.model.literals import ValueKind
from search_app.sql.source import Source, SqlQuery, comment, quoted
from search_app.sql.units import AS_STORED, Conversion


@dataclass(frozen=True, slots=True)
class Shape:
    """The parts of a query that depend on the type of the value."""

    selects: tuple[str, ...]  # aggregates, with their names
    joins: tuple[str, ...] = ()  # UNNESTs, in order
    where: tuple[str, ...] = ()
    groups: tuple[tuple[str, str], ...] = ()  # what it is always split by: (expression, name)
    order: str = ""  # of a variant without a date; default: the first aggregate, largest first
    split_order: str = ""  # of the variant that its own groups make; default: as order
    value: str = ""  # expression of one value, where it is a number or yes and no
    form: ValueKind = ""
    there: str = ""  # the condition that it is there, where its aggregates are also of rows without it


@dataclass(frozen=True, slots=True)
class Buckets:
    """A distribution: its buckets are summed first, then percentiles are taken of the sums."""

    joins: tuple[str, ...]
    key: str  # expression of a bucket's key
    value: str  # expression of a bucket's count
    percentile: str  # an expression with {percent} over the column histogram, an array of key and value
    key_type: str = "STRING"
    where: tuple[str, ...] = ()
    conversion: Conversion = AS_STORED  # of its keys and percentiles


PERCENTS = (5, 25, 50, 75, 95)
TOP = 100


def clause(keyword: str, lines: Sequence[str], separator: str = ",") -> str:
    """`KEYWORD` and its lines, two spaces in; a comment at a line's end stays behind the separator."""
    if not lines:
        return ""
    return f"{keyword}\n  " + f"{separator}\n  ".join(lines) + "\n"


def where_clause(conditions: Sequence[str]) -> str:
    """A WHERE of conditions that all hold, one a line; empty without any."""
    return clause("WHERE", [conditions[0], *(f"AND {c}" for c in conditions[1:])], "") if conditions else ""


def select(
    columns: Sequence[str], source: Source, joins: Sequence[str], where: Sequence[str],
    groups: Sequence[str] = (), order: str = "", limit: int = 0,
) -> str:  # fmt: skip
    """One SELECT statement over a source, laid out as bigquery-etl's formatter does."""
    text = clause("SELECT", columns)
    text += "FROM\n  " + ",\n  ".join([source.from_clause, *joins]) + "\n"
    return text + where_clause(where) + clause("GROUP BY", groups) + ending(order, limit)


def ending(order: str = "", limit: int = 0) -> str:
    """The end of a query: its order, and how many rows at most."""
    text = clause("ORDER BY", [order] if order else [])
    return text + (f"LIMIT\n  {limit}\n" if limit else "")


def head(title: str, notes: Sequence[str] = ()) -> str:
    """Title and notes as SQL comments, each on a line of its own."""
    return "".join(f"-- {comment(line)}\n" for line in (title, *notes))


def named(expression: str, name: str) -> str:
    """`expression AS name`, without AS where the expression already ends in the name."""
    return (
        expression if expression.rpartition(".")[2].strip("`") == name else f"{expression} AS {quoted(name)}"
    )


def shape_queries(source: Source, shape: Shape, base: SqlQuery, split: str = "") -> Iterator[SqlQuery]:
    """The variants of a query: over time, by what the type is split by, by country, channel, version.

    `split` names the variant that the shape's own groups make (by label, by value).
    """
    date = source.date()
    ordered = shape.order or f"{_output(shape.selects[0])} DESC"
    where = [*source.filters(), *shape.where]
    if date:
        columns = [named(*date), *(() if split else _grouped(shape)), *shape.selects]
        groups = [date[1], *(() if split else _names(shape))]
        yield variant_query(
            base, "over time", select(columns, source, shape.joins, where, groups, date[1]), source
        )
    elif not split:  # without a date to filter or to group by: one answer over the whole table
        columns = [*_grouped(shape), *shape.selects]
        text = select(columns, source, shape.joins, where, _names(shape), ordered if shape.groups else "")
        yield variant_query(base, "in all", text, source)
    if split:
        columns = [*_grouped(shape), *shape.selects]
        text = select(columns, source, shape.joins, where, _names(shape), shape.split_order or ordered, TOP)
        yield variant_query(base, split, text, source)
    for dimension, column in source.dimensions():
        group = source.group(column)
        columns = [named(*group), *(() if split else _grouped(shape)), *shape.selects]
        groups = [quoted(group[1]), *(() if split else _names(shape))]
        text = select(columns, source, shape.joins, where, groups, ordered, TOP)
        yield variant_query(base, dimension.variant, text, source)


def bucket_queries(
    source: Source, buckets: Buckets, base: SqlQuery, label: tuple[str, str] | None = None
) -> Iterator[SqlQuery]:
    """The variants of a distribution: percentiles over time, the histogram, by label, by dimension."""
    if date := source.date():
        yield variant_query(base, "over time", percentiles(source, buckets, [date], ending(date[1])), source)
    yield variant_query(base, "histogram", histogram(source, buckets), source)
    if label:
        yield variant_query(
            base, "by label", percentiles(source, buckets, [label], ending("samples DESC", TOP)), source
        )
    for dimension, column in source.dimensions():
        text = percentiles(source, buckets, [source.group(column)], ending("samples DESC", TOP))
        yield variant_query(base, dimension.variant, text, source)


def percentiles(
    source: Source, buckets: Buckets, groups: Sequence[tuple[str, str]], ending: str,
    percents: Sequence[int] = PERCENTS,
) -> str:  # fmt: skip
    """Percentiles of a distribution for each of some groups; `ending` is what follows FROM."""
    names = [quoted(name) for _, name in groups]
    columns = [named(*group) for group in groups]
    columns += [f"{buckets.key} AS bucket", f"SUM({buckets.value}) AS samples"]
    summed = select(columns, source, buckets.joins, [*source.filters(), *buckets.where], [*names, "bucket"])
    entry = f"STRUCT<key {buckets.key_type}, value FLOAT64>(bucket, samples)"
    lines = [*names, "SUM(samples) AS samples", f"ARRAY_AGG({entry}) AS histogram"]
    merged = clause("SELECT", lines) + "FROM\n  buckets\n" + clause("GROUP BY", names)
    text = f"WITH buckets AS (\n{indented(summed)}),\nmerged AS (\n{indented(merged)})\n"
    unit = buckets.conversion
    found = [
        f"{unit.of(buckets.percentile.format(percent=percent))} AS p{percent}{unit.suffix}"
        for percent in percents
    ]
    return text + clause("SELECT", [*names, "samples", *found]) + "FROM\n  merged\n" + ending


def indented(text: str) -> str:
    """Lines two spaces in."""
    return "".join(f"  {line}\n" for line in text.splitlines())


def histogram(source: Source, buckets: Buckets) -> str:
    """How many samples each bucket has, and their share."""
    samples = f"SUM({buckets.value})"
    unit = buckets.conversion
    bucket = f"bucket{unit.suffix}"
    columns = [
        f"{unit.of(f'CAST({buckets.key} AS INT64)')} AS {bucket}",
        f"{samples} AS samples",
        f"SAFE_DIVIDE({samples}, SUM({samples}) OVER ()) AS share",
    ]
    where = [*source.filters(), *buckets.where]
    return select(columns, source, buckets.joins, where, [bucket], bucket)


def split_histogram(
    source: Source, buckets: Buckets, groups: Sequence[tuple[str, str]], last: str = ""
) -> str:
    """How many samples each bucket of each group has, and their share of the group."""
    names = [quoted(name) for _, name in groups]
    bucket = f"bucket{buckets.conversion.suffix}"
    columns = [
        *(named(*group) for group in groups),
        f"{buckets.conversion.of(f'CAST({buckets.key} AS INT64)')} AS {bucket}",
        f"SUM({buckets.value}) AS samples",
    ]
    where = [*source.filters(), *buckets.where]
    summed = select(columns, source, buckets.joins, where, [*names, bucket])
    share = f"SAFE_DIVIDE(samples, SUM(samples) OVER (PARTITION BY {', '.join(names)})) AS share"
    text = f"WITH buckets AS (\n{indented(summed)})\n"
    text += clause("SELECT", [*names, bucket, "samples", share]) + "FROM\n  buckets\n"
    return text + (last or ending(", ".join([*names, bucket])))


def variant_query(base: SqlQuery, variant: str, text: str, source: Source) -> SqlQuery:
    """A query in one variant: its notes stand above it, and beside its filters what they take for granted."""
    title = f"{base.title}, {variant}"
    return replace(
        base,
        title=title,
        url="" if source.ended else base.url,  # the prepared queries read yesterday
        variant=variant,
        sql=head(title, base.notes) + text.rstrip("\n"),
        notes=(*base.notes, *source.assumed()),
    )


def _grouped(shape: Shape) -> list[str]:
    return [named(*group) for group in shape.groups]


def _names(shape: Shape) -> list[str]:
    return [quoted(name) for _, name in shape.groups]


def _output(expression: str) -> str:
    """The name of a select expression."""
    return expression.rpartition(" AS ")[2]
