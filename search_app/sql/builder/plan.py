"""What was chosen of a thing, and the SQL that it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from search_app.sql.builder.breakdowns import TOP_OF_EACH, Way, slices
from search_app.sql.builder.measured import Measured
from search_app.sql.reading import Reading
from search_app.sql.shape import (
    PERCENTS,
    TOP,
    clause,
    ending,
    head,
    histogram,
    indented,
    named,
    percentiles,
    select,
    split_histogram,
)
from search_app.sql.source import SqlQuery, quoted

OF_ITS_ROWS = ("clients", "count")  # measures that read no value: they are of the rows that have one
MOST_ROWS = 10_000  # where each moment has a row for each value


@dataclass(frozen=True, slots=True)
class Plan:
    """A thing, and what was chosen of it: all that its text is made of."""

    reading: Reading
    measured: Measured
    ways: tuple[Way, ...]
    investigated: bool = False
    notes: tuple[str, ...] = ()
    about: str = ""  # the column of a metric or probe

    @property
    def groups(self) -> tuple[tuple[str, str], ...]:
        """(expression, name) of all that it is split by, none twice."""
        every = [*(group for way in self.ways for group in way.groups), *self.reading.kept]
        return tuple({name: (expression, name) for expression, name in every}.values())

    @property
    def moment(self) -> Way | None:
        """The moment by which its rows are ordered."""
        return next((way for way in self.ways if way.is_moment), None)


def query_of(plan: Plan) -> SqlQuery:
    """The query of a plan, with all that it takes for granted."""
    base, source = plan.reading.base, plan.reading.source
    words = _words(plan)
    notes = (*base_notes(plan), *plan.notes, *(_notes(plan)))
    title = f"{base.title}, {words}"
    text = head(title, notes) + text_of(plan).rstrip("\n")
    return replace(base, title=title, sql=text, url="", variant=words, notes=(*notes, *source.assumed()))


def base_notes(plan: Plan) -> tuple[str, ...]:
    """The notes of its reading; units only where values are given."""
    buckets = plan.reading.buckets
    unit = buckets.conversion.sentence if buckets and plan.measured.selects else ""
    return tuple(note for note in plan.reading.base.notes if note != unit)


def _words(plan: Plan) -> str:
    said = plan.measured.words if plan.measured.name != "summary" else ""
    by = [way.words for way in plan.ways] + (["each dimension by itself"] if plan.investigated else [])
    split = f"by {' and '.join(by)}" if by else "in all"
    return f"{said}, {split}" if said else split


def _notes(plan: Plan) -> list[str]:
    source = plan.reading.source
    found = [plan.measured.note] if plan.measured.note else []
    if source.date() and source.ended is None:
        found.append(
            f"It reads the last {source.days} days." if source.days > 1 else "It reads the last day."
        )
    if plan.investigated:
        found.append(f"Of each dimension, the {TOP_OF_EACH} largest values are given.")
    elif plan.groups and not plan.moment and plan.measured.name != "histogram":
        found.append(f"The {TOP} largest are given.")
    return found


def text_of(plan: Plan, ordered: bool = True) -> str:
    """The SQL of a plan without its head; without order and limit where it becomes a part of another one."""
    if plan.investigated:
        return _investigation(plan)
    last = _ending(plan) if ordered else ""
    return _aggregated(plan, plan.groups, last)


def _aggregated(plan: Plan, groups: Sequence[tuple[str, str]], last: str) -> str:
    """The aggregates of a plan for each of some groups."""
    reading, measured = plan.reading, plan.measured
    source, buckets = reading.source, reading.buckets
    if buckets is not None and not measured.selects:
        if measured.name == "histogram":
            return split_histogram(source, buckets, groups, last) if groups else histogram(source, buckets)
        return percentiles(source, buckets, groups, last)
    shape = reading.shape
    columns = [*(named(*group) for group in groups), *measured.selects]
    names = [quoted(name) for _, name in groups]
    where = [*source.filters(), *shape.where]
    if shape.there and measured.name in OF_ITS_ROWS:
        where.append(shape.there)
    return select(columns, source, shape.joins, where, names) + last


def _ending(plan: Plan) -> str:
    """By moment where there is one, then the largest first."""
    groups, moment = plan.groups, plan.moment
    if not groups:
        return ""
    if plan.measured.name == "histogram":  # all buckets, in their order
        bucket = f"bucket{plan.reading.buckets.conversion.suffix}" if plan.reading.buckets else ""
        return ending(", ".join([*(quoted(name) for _, name in groups), bucket]))
    largest = largest_first(plan)
    if moment is None:
        return ending(largest, TOP)
    first = quoted(moment.groups[0][1])
    return ending(first) if len(groups) == 1 else ending(f"{first}, {largest}", MOST_ROWS)


def largest_first(plan: Plan) -> str:
    """The order of rows that have no moment."""
    if not plan.measured.selects:
        return "samples DESC"
    if plan.measured.name == "summary" and plan.reading.shape.order:
        return plan.reading.shape.order
    return f"{plan.measured.order or outputs(plan)[0]} DESC"


def outputs(plan: Plan) -> list[str]:
    """The names of what a plan computes."""
    if plan.measured.selects:
        return [select_name(each) for each in plan.measured.selects]
    unit = plan.reading.buckets.conversion.suffix if plan.reading.buckets else ""
    if plan.measured.name == "histogram":
        return ["samples", "share"]
    return ["samples", *(f"p{percent}{unit}" for percent in PERCENTS)]


def select_name(expression: str) -> str:
    """The name of a select expression."""
    return expression.rpartition(" AS ")[2]


def _investigation(plan: Plan) -> str:
    """Each dimension by itself, in one query: the values of each that stand out are seen at once."""
    unnest, groups = slices(plan.reading.source)
    moment = plan.moment
    every = (*(moment.groups if moment else ()), *groups)
    reading = plan.reading
    if reading.buckets is not None:
        buckets = replace(reading.buckets, joins=(*reading.buckets.joins, unnest))
        reading = replace(reading, buckets=buckets)
    reading = replace(reading, shape=replace(reading.shape, joins=(*reading.shape.joins, unnest)))
    every = (*every, *reading.kept)
    inner = _aggregated(replace(plan, reading=reading), every, "")
    names = [quoted(name) for _, name in every]
    apart = [name for name in names if name != quoted(groups[1][1])]
    order = largest_first(plan)
    text = f"WITH sliced AS (\n{indented(inner)})\n"
    text += clause("SELECT", [*names, *outputs(plan)]) + "FROM\n  sliced\nWHERE\n  TRUE\n"
    rank = f"ROW_NUMBER() OVER (PARTITION BY {', '.join(apart)} ORDER BY {order}) <= {TOP_OF_EACH}"
    return text + clause("QUALIFY", [rank]) + ending(f"{', '.join(apart)}, {order}")
