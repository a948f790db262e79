"""The query of a card: one that search_app/sql makes, by what is asked, with what it takes for granted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from indexer.model.definitions import MeasureStatistic
from indexer.model.items import AnyItem, MeasureItem, MetricItem, ProbeItem, TableItem
from search_app.answers.catalogue import Catalogue
from search_app.answers.model import AnswerQuery
from search_app.answers.reading import Told
from search_app.query.model import QueryProblem
from search_app.sql import queries_for
from search_app.sql.builder import build
from search_app.sql.choices import Choices
from search_app.sql.source import SqlQuery

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
ALL_CLIENTS = "Its clients are all that have a row, not only those with a value above 0."
# of a metric or probe: each of its samples is one of many
DISTRIBUTIONS = ("timing_distribution", "memory_distribution", "custom_distribution", "histogram")


def query_of(item: AnyItem, told: Told, app: str, column: str, catalogue: Catalogue) -> AnswerQuery | None:
    """The query of a recommended thing that comes nearest to what is asked; None where it has none."""
    if isinstance(item, MeasureItem):
        return _of_measure(item, told, catalogue)
    computed = ("sum",) if column else (*COMPUTED.get(told.intent, ()), "")
    if isinstance(item, TableItem) and not column:
        computed = ("",)
    place = "" if isinstance(item, TableItem) else app
    return _first_built(
        item, [Choices(app=place, column=column, measure=each) for each in computed], told, catalogue
    )


def gives_distribution(item: AnyItem) -> bool:
    """Whether its queries give percentiles."""
    if isinstance(item, MeasureItem):
        return item.value == "number" and item.rows is not None and bool(item.rows.client_id)
    return isinstance(item, MetricItem | ProbeItem) and item.type in DISTRIBUTIONS


def _first_built(
    item: AnyItem, asked: Iterable[Choices], told: Told, catalogue: Catalogue
) -> AnswerQuery | None:
    """The first query that can be had, split as is asked; else one that is not, which it says."""
    ways: tuple[tuple[str, ...], ...] = (("date",), ())
    for by in (("date", told.by), *ways) if told.by else ways:
        for choices in asked:
            if query := _built(item, replace(choices, by=by), catalogue):
                unsplit = (UNSPLIT.format(told.by),) if told.by and told.by not in by else ()
                return _made(item, query, unsplit, replace(choices, by=by))
    return None


def _built(item: AnyItem, choices: Choices, catalogue: Catalogue) -> SqlQuery | None:
    try:
        return build(item, choices, catalogue.context, catalogue.columns_of).query
    except QueryProblem:
        return None


def _of_measure(item: MeasureItem, told: Told, catalogue: Catalogue) -> AnswerQuery | None:
    both = Choices(by=("date", told.by))
    if told.by and (split := _built(item, both, catalogue)):
        return _made(item, split, (), both)
    wanted = _statistics(item, told)
    item = replace(item, statistics=wanted) if wanted else item
    queries = queries_for(item, catalogue.context, catalogue.columns_of)
    order: tuple[str, ...] = ("over time", "in all", "ratio over time")
    if wanted:
        order = ("over clients", *order)
    if not item.select_expression or (told.intent == "share" and item.operands):
        order = ("ratio over time", *order)
    query = _first(queries, order)
    notes = [UNSPLIT.format(told.by)] if told.by else []
    if told.intent == "people" and not wanted and item.rows and item.rows.client_id:
        notes.append(ALL_CLIENTS)
    return _made(item, query, notes) if query else None


def _statistics(item: MeasureItem, told: Told) -> tuple[MeasureStatistic, ...]:
    """The statistics over clients that answer it: none where its rows are of no client.

    Yes and no are never summed: of them it is the share of clients, and their number.
    """
    if item.rows is None or not item.rows.client_id:
        return ()
    if item.value == "boolean":
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
