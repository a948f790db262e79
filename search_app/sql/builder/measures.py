"""Choices for the query of a metric-hub measure: days, what is computed over clients, by what it is split.

Its rows may come from a sub-query of upstream's: then they can be split by what it passes on, and where each
of its rows is one of a table, by what that table has, which the query then passes on as well.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from indexer.model.definitions import MeasureRows
from indexer.model.items import MeasureItem
from indexer.model.table_records import Column
from search_app.query.model import QueryProblem
from search_app.sql.builder.breakdowns import BREAKDOWNS, INVESTIGATION, MAJOR, Way, dimensions
from search_app.sql.builder.choices import TOTAL, Choice, Choices, choice_of, settled
from search_app.sql.builder.sub_query import base_columns, columns_given, names_given, with_columns
from search_app.sql.measures import is_of_one_client, measure_queries, split_measure
from search_app.sql.shape import TOP, head
from search_app.sql.source import ColumnsOf, Source, SqlQuery

OFFERED_DAYS = (7, 28, 90, 365)
MOST_ROWS = 10_000
OVER_CLIENTS = "over_clients"
IN_EACH = "A client counts in each group that it was in."
PASSED_ON = "The sub-query of metric-hub is made to pass {} on as well."
_PLAIN_TABLE = re.compile(r"`(?:mozdata\.)?([\w-]+(?:\.[\w-]+){1,2})`")


@dataclass(frozen=True, slots=True)
class Splits:
    """By what the rows of a measure can be split, and what their sub-query must pass on for it."""

    ways: Mapping[str, Way] = field(default_factory=dict)
    passed: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # way -> (name, path in its table)

    def rows(self, rows: MeasureRows, by: Sequence[str]) -> MeasureRows:
        """The rows with what is passed on for some ways."""
        wanted = dict(self.passed[each] for each in by if each in self.passed)
        return with_columns(rows, wanted) if wanted else rows


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
    can_be_split = name in ("over_time", "in_all") or (name == OVER_CLIENTS and is_of_one_client(item))
    splits = _splits(item, item.rows, columns_of) if can_be_split else Splits()
    ways = splits.ways
    by = tuple(settled("by", each, [*ways], "") for each in asked.by if each != TOTAL or ways)
    if INVESTIGATION in by:
        raise QueryProblem("bad_by", "A measure has no investigation.", "by")
    by = tuple(sorted(by, key=lambda each: each != "date")) or tuple(name for name in ways if name == "date")
    query = queries[name]
    if item.rows and by not in ((), ("date",)):
        if passed := dict.fromkeys(splits.passed[each][1] for each in by if each in splits.passed):
            query = replace(query, notes=(*query.notes, PASSED_ON.format(" and ".join(passed))))
        if name == OVER_CLIENTS:
            query = replace(query, notes=(*query.notes, IN_EACH))
        query = _split(item, splits.rows(item.rows, by), query, [ways[each] for each in by], asked.days)
    timed = bool(item.rows and item.rows.day) or bool(item.operands)
    if asked.days and not timed:
        raise QueryProblem("bad_days", "The rows of the measure have no day.", "days")
    choices = (
        choice_of("measure", "What", {slug: each.variant for slug, each in queries.items()}, [name]),
        _days(asked.days, timed),
        choice_of(
            "by", "By", {way.name: way.words for way in ways.values()}, by,
            "Its rows are made by a query of metric-hub: it is not known what they can be split by.", True,
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


def _splits(item: MeasureItem, rows: MeasureRows | None, columns_of: ColumnsOf) -> Splits:
    """By what the rows of a table, or of a sub-query whose columns are known, can be split."""
    if rows is None or item.type != "metric":
        return Splits()
    columns: dict[str, Column] = {}
    base: dict[str, Column] = {}
    passed: dict[str, tuple[str, str]] = {}
    if plain := _PLAIN_TABLE.fullmatch(rows.source.strip()):
        columns = {column.path: column for column in columns_of(plain[1])}
    elif rows.sub_query is not None:
        gives = rows.sub_query.gives
        columns, base = columns_given(gives, columns_of), base_columns(rows.sub_query, columns_of)
        passed = _passed(columns, base, names_given(gives, columns_of), rows.alias)
    known = columns | {name: replace(base[path], path=name) for name, path in passed.values()}
    ways = [Way("date", "day", ((rows.day, "day"),))] if rows.day and known else []
    found = {way.name: way for way in (*ways, *dimensions(Source("", known, rows.alias)))}
    if MAJOR in found and "version" in passed:
        passed[MAJOR] = passed["version"]
    return Splits(found, passed)


def _passed(
    given: dict[str, Column], base: dict[str, Column], taken: Collection[str], alias: str
) -> dict[str, tuple[str, str]]:
    """The dimensions that a sub-query does not give and its table has: way -> (name, path)."""
    read, beneath = Source("", given, alias), Source("", base, alias)
    found: dict[str, tuple[str, str]] = {}
    for each in BREAKDOWNS:
        path = "" if read.first(each.columns) else beneath.first(each.columns)
        names = (n for n in (path, *each.columns) if n and "." not in n and n.lower() not in taken)
        name = next(names, "")
        if path and name and all(path != other for _, other in found.values()):
            found[each.name] = (name, path)
    return found


def _split(item: MeasureItem, rows: MeasureRows, query: SqlQuery, ways: list[Way], days: int) -> SqlQuery:
    words = f"by {' and '.join(way.words for way in ways)}"
    groups = [group for way in ways for group in way.groups]
    by_day = ways[0].name == "date"
    text = split_measure(item, rows, groups, days, MOST_ROWS if by_day else TOP)
    title = f"{item.name}, {words}"
    notes = query.notes if by_day else (*query.notes, f"The {TOP} largest are given.")
    return replace(query, title=title, variant=words, notes=notes, sql=head(title, notes) + text.rstrip("\n"))
