"""Choices for the query of a metric-hub measure: days, what is computed over clients, by what it is split.

Its rows may come from a sub-query of upstream's: then nothing is known of their columns that could be
offered beside the day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from indexer.model.definitions import MeasureRows
from indexer.model.items import MeasureItem
from search_app.query.model import QueryProblem
from search_app.sql.builder.breakdowns import INVESTIGATION, Way, dimensions
from search_app.sql.builder.choices import TOTAL, Choice, Choices, choice_of, settled
from search_app.sql.measures import measure_queries, split_measure
from search_app.sql.shape import TOP, head
from search_app.sql.source import ColumnsOf, Source, SqlQuery

OFFERED_DAYS = (7, 28, 90, 365)
MOST_ROWS = 10_000
_TABLE = r"`(?:mozdata\.)?([\w-]+(?:\.[\w-]+){1,2})`"
_PLAIN_TABLE = re.compile(_TABLE)
# A sub-query that passes all columns of one table on, some rows left out.
_SOME_ROWS = re.compile(
    rf"\(\s*SELECT\s+\*\s+FROM\s+{_TABLE}(?:\s+WHERE\b(?:(?!\bUNION\b|--|#)[^()])*)?\s*\)", re.IGNORECASE
)


def build_measure(
    item: MeasureItem, asked: Choices, columns_of: ColumnsOf
) -> tuple[SqlQuery, Choices, tuple[Choice, ...]]:
    """The query of a measure by what was chosen, what was settled, and what could have been chosen.

    Raises QueryProblem where a choice cannot be had, or there is no query of the measure.
    """
    for name in ("app", "ping", "process", "column", "channel", "sample"):
        if getattr(asked, name):
            raise QueryProblem(f"bad_{name}", f"Of a measure, no {name} can be chosen.", name)
    queries = {_slug(query.variant): query for query in measure_queries(item, asked.days)}
    if not queries:
        raise QueryProblem("no_query", item.no_query or f"There is no query of {item.name}.", "thing")
    name = settled("measure", asked.measure, list(queries), next(iter(queries)))
    ways = _ways(item, item.rows, columns_of) if name in ("over_time", "in_all") else {}
    by = tuple(settled("by", each, [*ways], "") for each in asked.by if each != TOTAL or ways)
    if INVESTIGATION in by:
        raise QueryProblem("bad_by", "A measure has no investigation.", "by")
    by = tuple(sorted(by, key=lambda each: each != "date")) or tuple(name for name in ways if name == "date")
    query = queries[name]
    if item.rows and by not in ((), ("date",)):
        query = _split(item, item.rows, query, [ways[each] for each in by], asked.days)
    timed = bool(item.rows and item.rows.day) or bool(item.operands)
    if asked.days and not timed:
        raise QueryProblem("bad_days", "The rows of the measure have no day.", "days")
    choices = (
        choice_of("measure", "What", {slug: each.variant for slug, each in queries.items()}, [name]),
        _days(asked.days, timed),
        choice_of(
            "by", "By", {way.name: way.words for way in ways.values()}, by,
            "Its rows are made by a query of metric-hub: what they can be split by is not known.", True,
        ),
    )  # fmt: skip
    return query, replace(asked, measure=name, by=by), choices


def _slug(variant: str) -> str:
    return re.sub(r"\W+", "_", variant)


def _days(asked: int, timed: bool) -> Choice:
    if not timed:
        return Choice("days", "Days", reason="The rows of the measure have no day.")
    offered = {str(each): f"last {each} days" for each in OFFERED_DAYS}
    if asked:
        offered.setdefault(str(asked), f"last {asked} days")
    return choice_of("days", "Days", {"": "as many as fit it", **offered}, [str(asked or "")])


def _ways(item: MeasureItem, rows: MeasureRows | None, columns_of: ColumnsOf) -> Mapping[str, Way]:
    """By what the rows of a plain table, or of some of its rows, can be split."""
    source = rows.source.strip() if rows else ""
    plain = _PLAIN_TABLE.fullmatch(source) or _SOME_ROWS.fullmatch(source)
    if rows is None or plain is None or item.type != "metric":
        return {}
    columns = {column.path: column for column in columns_of(plain[1])}
    read = Source(plain[1], columns, rows.alias)
    ways = [Way("date", "day", ((rows.day, "day"),))] if rows.day and columns else []
    return {way.name: way for way in (*ways, *dimensions(read))}


def _split(item: MeasureItem, rows: MeasureRows, query: SqlQuery, ways: list[Way], days: int) -> SqlQuery:
    words = f"by {' and '.join(way.words for way in ways)}"
    groups = [group for way in ways for group in way.groups]
    by_day = ways[0].name == "date"
    text = split_measure(item, rows, groups, days, MOST_ROWS if by_day else TOP)
    title = f"{item.name}, {words}"
    notes = query.notes if by_day else (*query.notes, f"The {TOP} largest are given.")
    return replace(query, title=title, variant=words, notes=notes, sql=head(title, notes) + text.rstrip("\n"))
