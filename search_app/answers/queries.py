"""The query of a card: one that search_app/sql makes, by what is asked, with what it takes for granted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from indexer.model.definitions import MeasureStatistic
from indexer.model.items import AnyItem, MeasureItem, MetricItem, ProbeItem, TableItem
from search_app.answers.catalogue import Catalogue
from search_app.answers.model import AnswerQuery
from search_app.answers.reading import Told
from search_app.answers.rules import Use
from search_app.query.model import QueryProblem
from search_app.sql import queries_for
from search_app.sql.builder.build import build, ways_of
from search_app.sql.builder.choices import Choices
from search_app.sql.measures import is_yes_or_no as is_one_or_none
from search_app.sql.rows import NUMBERS
from search_app.sql.source import SqlQuery
from search_app.sql.tables import table_reading

NOTHING_CHOSEN = Choices()
# what is computed over the values of clients of a measure
STATISTICS = {"people": "client_count", "average": "mean", "percentiles": "percentile"}
PERCENTS = "5, 25, 50, 75, 95"
# what the builder computes of a metric, probe or table; the first that the thing has
COMPUTED = {
    "people": ("over_zero", "clients"),
    "share": ("over_zero", "share"),
    "average": ("mean", "per_client"),
    "percentiles": ("percentiles",),
}
UNSPLIT = "It is not split by {}: no column of it is known."
# what people call a split, and the column of tables that has it: one value for all the names of an engine
OF_TABLES = {"engine": "column:normalized_engine"}
NO_MEAN = (
    "It is no mean: it gives the whole of each day, beside how many clients there are where rows have them."
)
A_ROW = "A row is {}."
SEVERAL = "It is split by {}: the table holds several, and what is meant may be one of them."
ALL_CLIENTS = "Its clients are all that have a row, not only those with a value above 0."
# types of metrics and probes: a distribution has many samples, of a number there is one in each ping
WITH_PERCENTILES = frozenset(
    ("timing_distribution", "memory_distribution", "custom_distribution", "histogram", "quantity", "counter")
)


def asked_of(told: Told, item: AnyItem, product: str) -> Told:
    """What is asked of a thing, by its own splits: one of several products is one value of `product`."""
    by, one = told.by, told.one
    if isinstance(item, TableItem):
        by, one = (tuple(OF_TABLES.get(each, each) for each in some) for some in (by, one))
    if product:
        by, one = (product, *by), (product, *one)
    return replace(told, by=by, one=one)


def query_of(item: AnyItem, told: Told, app: str, use: Use, catalogue: Catalogue) -> AnswerQuery | None:
    """The query of a recommended thing that comes nearest to what is asked; None where it has none."""
    if isinstance(item, MeasureItem):
        return _of_measure(item, told, catalogue)
    if isinstance(item, TableItem):
        return _of_table(item, told, use, catalogue)
    computed = (*COMPUTED.get(told.intent, ()), "")
    return _first_built(item, [Choices(app=app, measure=each) for each in computed], told, catalogue)


def _of_table(item: TableItem, told: Told, use: Use, catalogue: Catalogue) -> AnswerQuery | None:
    """The sum of the column that tells it, or how many rows there are where these are what is counted.

    How many groups a table of groups has is no answer to anything: then there is no query.
    """
    column, by = use.column, use.by
    if not column and not use.rows and not _counts_things(item, catalogue):
        column, by = _only_number(item, catalogue)
        if not column:
            return None
    asked = [Choices(column=column, measure="sum" if column else "")]
    found = _first_built(item, asked, told, catalogue, by)
    if found is None:
        return None
    notes = [SEVERAL.format(all_of(by))] if by else []
    notes += [A_ROW.format(use.rows)] if use.rows else []
    return replace(found, assumptions=(*notes, *found.assumptions))


def _counts_things(item: TableItem, catalogue: Catalogue) -> bool:
    """Whether its query counts clients or pings, or sums what measures sum; else its rows are groups."""
    reading = table_reading(item, catalogue.context, catalogue.columns_of)
    if reading is None:
        return False
    source = reading.source
    return reading.of_measures or bool(source.clients()) or "document_id" in source.columns


def _only_number(item: TableItem, catalogue: Catalogue) -> tuple[str, tuple[str, ...]]:
    """The one number of a table that has nothing beside it but a day and what it is told by; "" of others.

    Each value that its query gives is one row then: nothing is added up that was counted twice.
    """
    reading = table_reading(item, catalogue.context, catalogue.columns_of)
    day = reading.source.date() if reading else None
    if reading is None or day is None:
        return "", ()
    source = reading.source
    plain = [each for each in source.columns.values() if "." not in each.path and each.mode != "REPEATED"]
    numbers = [each.path for each in plain if each.type in NUMBERS]
    told_by = [
        path
        for path in source.columns
        if path not in numbers and day[0] not in (source.path(path), f"DATE({source.path(path)})")
    ]
    ways = ways_of(item, reading).values()
    by = tuple(way.name for way in ways if told_by and way.groups[0][0] == source.path(told_by[0]))
    alone = numbers[0] if len(numbers) == 1 and len(told_by) == len(by) <= 1 else ""
    is_count = _COUNTS.search(alone) and not _PART_TABLE.search(alone)
    return (alone, by) if is_count else ("", ())


def gives_distribution(item: AnyItem) -> bool:
    """Whether its queries give percentiles."""
    if isinstance(item, MeasureItem):
        return item.value == "number" and _of_clients(item)
    return isinstance(item, MetricItem | ProbeItem) and item.type in WITH_PERCENTILES


def can_tell(item: AnyItem, told: Told) -> bool:
    """Whether a thing can give what is asked: a sum is no share, and what is done is not how many do it."""
    if told.long and not _TIMED.search(f"{item.name} {item.title} {item.description[:200]}"):
        return False
    if told.intent == "percentiles":
        return gives_distribution(item)
    if isinstance(item, TableItem) and told.intent == "share":
        return bool(_PART_TABLE.search(item.table)) or shared_out(item, told)
    if not isinstance(item, MeasureItem):
        return True
    if told.intent == "share":
        said = bool(_PART.search(f"{item.title} {item.select_expression}"))
        return said or len(item.operands) == 2 or is_yes_or_no(item) or shared_out(item, told)
    if told.intent == "people":
        return _of_clients(item) or bool(_PEOPLE.search(f"{item.title} {item.description[:200]}"))
    return told.intent != "average" or _of_clients(item) or bool(_PART.search(item.title))


def shared_out(item: AnyItem, told: Told) -> bool:
    """Whether it is a number that is asked for by value: each is a share of their sum.

    Of a measure a number of people, of a table of aggregates whatever it counts.
    """
    if not told.by or told.intent != "share":
        return False
    if isinstance(item, TableItem):
        return bool(_SUMS.search(item.table)) and not _PART_TABLE.search(item.table)
    if not isinstance(item, MeasureItem):
        return False
    return bool(_PEOPLE.search(item.title)) and not _PART.search(f"{item.title} {item.select_expression}")


def is_part_of_doings(item: AnyItem) -> bool:
    """Whether a measure is a share or a mean of what clients do, of which no number of clients comes."""
    if not isinstance(item, MeasureItem) or not _PART.search(item.title):
        return False
    return not (_PEOPLE.search(f"{item.title} {item.description[:200]}") or is_yes_or_no(item))


_PART = re.compile(
    r"\b(?:rate|ratio|share|percentage|proportion|fraction|average|avg|per)\b|/|SAFE_DIVIDE|\bAVG\(",
    re.IGNORECASE,
)
_TIMED = re.compile(
    r"(?:\b|_)(?:time|ms)(?:\b|_)|duration|latency|delay|speed|second|hour|length|lag|load|paint"
    r"|throughput|how long",
    re.IGNORECASE,
)
_PART_TABLE = re.compile(r"(?:^|_)(?:rates?|ratios?|shares?|retention)(?:_|$)")
_COUNTS = re.compile(r"(?:^|_)(?:nbr|num|counts?|total|clients|users|dau)(?:_|$)")
_SUMS = re.compile(r"aggregates?(?:_|$)")
_PEOPLE = re.compile(r"\b(?:users?|clients?|people|profiles?|DAU|WAU|MAU|subscribers?)\b", re.IGNORECASE)


def is_yes_or_no(item: AnyItem) -> bool:
    """Whether its values are yes or no for each client."""
    return isinstance(item, MeasureItem) and is_one_or_none(item)


def _of_clients(item: MeasureItem) -> bool:
    return item.rows is not None and bool(item.rows.client_id)


def _first_built(
    item: AnyItem, asked: Iterable[Choices], told: Told, catalogue: Catalogue, always: tuple[str, ...] = ()
) -> AnswerQuery | None:
    """The first query that can be had, split as is asked; else one that is not, which it says.

    What it is `always` split by, it is.
    """
    undated = (by[1:] for by in _ways_to_split(told.by))  # of a table that has no day
    ways = (*_ways_to_split(told.by), *undated, ("date",), ())
    for by in [(*way, *(each for each in always if each not in way)) for way in ways]:
        for choices in asked:
            if query := _built(item, replace(choices, by=by), catalogue):
                return _made(item, query, _unsplit(told.by, by), replace(choices, by=by))
    return None


def _ways_to_split(by: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """By day and all that is asked for, then by as much of it as goes."""
    for many in range(len(by), 0, -1):
        for some in combinations(by, many):
            yield ("date", *some)


def _unsplit(asked: tuple[str, ...], by: tuple[str, ...]) -> list[str]:
    left = [each for each in asked if each not in by]
    return [UNSPLIT.format(all_of(left))] if left else []


def all_of(splits: Sequence[str]) -> str:
    """Splits as a reader says them: "country and os version"."""
    return " and ".join(each.removeprefix("column:").replace("_", " ") for each in splits)


def _built(item: AnyItem, choices: Choices, catalogue: Catalogue) -> SqlQuery | None:
    try:
        return build(item, choices, catalogue.context, catalogue.columns_of).query
    except QueryProblem:
        return None


def _of_measure(item: MeasureItem, told: Told, catalogue: Catalogue) -> AnswerQuery | None:
    for by in _ways_to_split(told.by):
        both = Choices(by=by)
        if split := _built(item, both, catalogue):
            return _made(item, split, _unsplit(told.by, by), both)
    wanted = _statistics(item, told)
    item = replace(item, statistics=wanted) if wanted else item
    queries = queries_for(item, catalogue.context, catalogue.columns_of)
    order: tuple[str, ...] = ("over time", "in all", "ratio over time")
    if wanted:
        order = ("over clients", *order)
    if not item.select_expression or (told.intent == "share" and item.operands):
        order = ("ratio over time", *order)
    query = _first(queries, order)
    notes = _unsplit(told.by, ())
    if told.intent == "people" and not wanted and _of_clients(item):
        notes.append(ALL_CLIENTS)
    if told.intent == "average" and not wanted and not item.operands:
        notes.append(NO_MEAN)
    return _made(item, query, notes) if query else None


def _statistics(item: MeasureItem, told: Told) -> tuple[MeasureStatistic, ...]:
    """The statistics over clients that answer it: none where its rows are of no client.

    Yes and no are never summed: of them it is the share of clients, and their number.
    """
    if not _of_clients(item):
        return ()
    if item.value == "boolean" or (told.intent in ("share", "people") and is_yes_or_no(item)):
        return (_statistic("binomial"), _statistic("client_count"))
    wanted = STATISTICS.get(told.intent, "") if item.value == "number" else ""
    return (_statistic(wanted, PERCENTS if told.intent == "percentiles" else ""),) if wanted else ()


def _statistic(name: str, percentiles: str = "") -> MeasureStatistic:
    return MeasureStatistic(name, "answer", {"percentiles": percentiles} if percentiles else {})


def _first(queries: Iterable[SqlQuery], variants: Iterable[str]) -> SqlQuery | None:
    known: dict[str, SqlQuery] = {}
    for query in queries:
        known.setdefault(query.variant, query)
    return next((known[variant] for variant in variants if variant in known), None)


def _made(
    item: AnyItem, query: SqlQuery, notes: Iterable[str], choices: Choices = NOTHING_CHOSEN
) -> AnswerQuery:
    sentences = (f"It reads {query.table}.", *query.notes, *notes)
    where = (("thing", item.id), *choices.parameters())
    return AnswerQuery(query, tuple(dict.fromkeys(sentences)), where)
