"""A query with choices: what is offered of a thing, and the SQL of what was chosen.

Only what the schema of the chosen table has is offered, so every query that can be chosen runs;
tests/check_sql.py walks the combinations in the real schemas.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from indexer.model.items import AnyItem, MeasureItem, TableItem
from indexer.model.table_records import Column
from search_app.query.model import QueryProblem
from search_app.sql.builder.breakdowns import INVESTIGATION, MOMENTS, Way, dimensions, investigated, moments
from search_app.sql.builder.choices import SHARES, TOTAL, Choice, Choices, choice_of, settled
from search_app.sql.builder.held import held, no_query
from search_app.sql.builder.measured import Measured, measures_of
from search_app.sql.builder.measures import build_measure
from search_app.sql.builder.plan import Plan, query_of
from search_app.sql.reading import Reading
from search_app.sql.source import ColumnsOf, Source, SqlQuery
from search_app.tools import Context

OFFERED_DAYS = (1, 7, 14, 28, 90, 365)
FEWEST_TO_INVESTIGATE = 3
COLUMNS_OFFERED = 60
SPLITTABLE = frozenset({"STRING", "BOOLEAN", "BOOL"})


@dataclass(frozen=True, slots=True)
class Built:
    """A query, what it takes for granted, and all that could have been chosen instead."""

    item: AnyItem
    query: SqlQuery
    chosen: Choices  # with what was settled where nothing was said
    choices: tuple[Choice, ...]
    about: str = ""  # the column that it reads, "" where it is about whole rows


def build(item: AnyItem, asked: Choices, context: Context, columns_of: ColumnsOf) -> Built:
    """The query of a thing by what was chosen.

    Raises QueryProblem where a choice cannot be had, or there is no query of the thing.
    """
    if isinstance(item, MeasureItem):
        return Built(item, *build_measure(item, asked, columns_of))
    plan, chosen, choices = planned(item, asked, context, columns_of)
    return Built(item, query_of(plan), chosen, choices, plan.about or chosen.column)


def planned(
    item: AnyItem, asked: Choices, context: Context, columns_of: ColumnsOf
) -> tuple[Plan, Choices, tuple[Choice, ...]]:
    """What was chosen of a thing as a plan, with what was settled and what could have been chosen."""
    found = held(item, asked, context, columns_of)
    reading, chosen = found.reading, found.chosen
    measures = {each.name: each for each in measures_of(reading)}
    if not measures:
        raise QueryProblem("no_query", no_query(item, columns_of), "thing")
    name = settled("measure", asked.measure, list(measures), next(iter(measures)))
    ways = ways_of(item, reading)
    can_investigate = _can_investigate(item, reading, measures[name])
    by = _settled_by(asked.by, ways, can_investigate, _summed(item, reading))
    reading = replace(reading, source=_timed(reading.source, asked))
    plan = Plan(
        reading,
        measures[name],
        tuple(ways[each] for each in by if each in ways),
        INVESTIGATION in by,
        found.notes,
        found.about,
    )
    choices = [
        *found.choices,
        *_columns_offered(item, reading.source, asked.column),
        _days(reading.source),
        _samples(reading.source),
        choice_of("measure", "What", {each.name: each.words for each in measures.values()}, [name]),
        _splits(ways, by, can_investigate, _summed(item, reading)),
    ]
    days = reading.source.days if reading.source.date() else 0
    share = reading.source.sample_share if reading.source.can_be_sampled else 0
    return plan, replace(chosen, days=days, sample=share, measure=name, by=by), tuple(choices)


def ways_of(item: AnyItem, reading: Reading) -> dict[str, Way]:
    """All by which a thing can be split in its table, by name."""
    source = reading.source
    found = moments(source)
    if _summed(item, reading):
        found = found[:1]
    else:
        found += [Way(split.name, split.words, split.groups) for split in reading.splits]
    found += dimensions(source)
    if isinstance(item, TableItem):
        found += _column_ways(source, found)
    return {way.name: way for way in found}


def _summed(item: AnyItem, reading: Reading) -> bool:
    """Whether it is sums of a table of aggregates: users of a day, summed over days, are no users."""
    shape = reading.shape
    return isinstance(item, TableItem) and shape.form == "number" and not shape.value


def _column_ways(source: Source, found: Sequence[Way]) -> list[Way]:
    """The plain columns of a table by which it can be split beside the common ones."""
    taken = {expression for way in found for expression, _ in way.groups}
    ways = []
    for column in source.columns.values():
        if _is_plain(column) and source.path(column.path) not in taken:
            ways.append(Way(f"column:{column.path}", f"column {column.path}", (source.group(column.path),)))
    return ways[:COLUMNS_OFFERED]


def _is_plain(column: Column) -> bool:
    return "." not in column.path and column.type in SPLITTABLE and column.mode != "REPEATED"


def _can_investigate(item: AnyItem, reading: Reading, measured: Measured) -> bool:
    enough = len(investigated(reading.source)) >= FEWEST_TO_INVESTIGATE
    return enough and measured.name != "histogram" and not _summed(item, reading)


def _settled_by(
    asked: tuple[str, ...], ways: dict[str, Way], can_investigate: bool, by_day: bool
) -> tuple[str, ...]:
    """What to split by: the day where nothing was said. Raises QueryProblem for what is not offered."""
    offered = [*ways, *([INVESTIGATION] if can_investigate else ()), *(() if by_day else (TOTAL,))]
    by = tuple(settled("by", each, offered, "") for each in asked)
    if TOTAL in by and len(by) > 1:
        raise QueryProblem("bad_by", "total is one row for all: it goes with nothing else.", "by")
    if INVESTIGATION in by and any(each not in (*MOMENTS, INVESTIGATION) for each in by):
        message = "The investigation looks along each dimension by itself: it goes with a moment only."
        raise QueryProblem("bad_by", message, "by")
    if sum(each in ways and ways[each].is_moment for each in by) > 1:
        raise QueryProblem("bad_by", "Of day, week and month, a query is split by one.", "by")
    by = tuple(sorted(by, key=lambda each: each not in MOMENTS))  # in the order of the columns
    if not by:
        return ("date",) if "date" in ways else (TOTAL,)
    return ("date", *by) if by_day and "date" not in by and "date" in ways else by


def _timed(source: Source, asked: Choices) -> Source:
    """The source with the days and the share of clients that were asked for. Raises QueryProblem."""
    if asked.days and source.date() is None:
        raise QueryProblem("bad_days", "The table has no day by which rows could be taken.", "days")
    if asked.sample and not source.can_be_sampled:
        raise QueryProblem("bad_sample", "The table has no sample_id that says something.", "sample")
    return replace(source, days=asked.days or source.days, share=asked.sample or None)


def _days(source: Source) -> Choice:
    if source.date() is None:
        return Choice("days", "Days", reason="The table has no day by which rows could be taken.")
    offered = {str(each): f"last {each} days" if each > 1 else "last day" for each in OFFERED_DAYS}
    offered.setdefault(str(source.days), f"last {source.days} days")
    return choice_of("days", "Days", offered, [str(source.days)])


def _samples(source: Source) -> Choice:
    if not source.can_be_sampled:
        return Choice("sample", "Clients", reason="The table cannot be sampled: all rows are read.")
    offered = {str(each): f"{each} % of clients" if each < 100 else "all clients" for each in SHARES}
    return choice_of("sample", "Clients", offered, [str(source.sample_share)])


def _columns_offered(item: AnyItem, source: Source, chosen: str) -> list[Choice]:
    if not isinstance(item, TableItem):
        return []
    paths = [path for path, column in source.columns.items() if column.type not in ("RECORD", "STRUCT")]
    offered = {"": "whole rows", **{path: path for path in paths[:COLUMNS_OFFERED]}}
    if chosen:
        offered.setdefault(chosen, chosen)
    return [choice_of("column", "Column", offered, [chosen])]


def _splits(ways: dict[str, Way], by: tuple[str, ...], can_investigate: bool, by_day: bool) -> Choice:
    offered = {name: way.words for name, way in ways.items()}
    if can_investigate:
        offered[INVESTIGATION] = "each dimension by itself (investigation)"
    if not by_day:
        offered[TOTAL] = "nothing: one row"
    reason = "" if ways else "The table has no column by which it could be split."
    return choice_of("by", "By", offered, by, reason, several=True)
