"""Walks what the SQL builder offers of a thing: each option alone, and pairs of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from indexer.model.items import AnyItem
from search_app.query.model import QueryProblem
from search_app.sql import ColumnsOf
from search_app.sql.breakdowns import INVESTIGATION, MOMENTS
from search_app.sql.builder import Built, build
from search_app.sql.choices import TOTAL, Choice, Choices
from search_app.tools import Context

NUMBERS = ("days", "sample")
PLACES = ("app", "ping", "process", "column")


def combinations_of(
    item: AnyItem, context: Context, columns_of: ColumnsOf, pairs: int = 1
) -> Iterator[tuple[Choices, Built]]:
    """What was asked for and what came of it: of pairs each `pairs`-th, 0 for none.

    Yields nothing where there is no query of the thing. Raises QueryProblem where an option that is
    offered is refused.
    """
    try:
        first = build(item, Choices(), context, columns_of)
    except QueryProblem as problem:
        if problem.code == "no_query":
            return
        raise
    singles = [Choices(), *_singles(first.choices)]
    for asked in singles:
        yield asked, build(item, asked, context, columns_of)
    chosen = list(_pairs(first.choices))
    for asked in chosen[:: pairs or len(chosen) + 1][: None if pairs else 0]:
        yield asked, build(item, asked, context, columns_of)


def _singles(choices: Sequence[Choice]) -> Iterator[Choices]:
    for choice in choices:
        for option in choice.options:
            yield _with(Choices(), choice.name, option.value)


def _pairs(choices: Sequence[Choice]) -> Iterator[Choices]:
    """Options of two choices together, and two ways to split."""
    open_ones = [choice for choice in choices if choice.name not in PLACES]
    for one, other in combinations(open_ones, 2):
        for first in one.options:
            for second in other.options:
                # only a histogram cannot be investigated, and the builder says so
                if {first.value, second.value} != {"histogram", INVESTIGATION}:
                    yield _with(_with(Choices(), one.name, first.value), other.name, second.value)
    for choice in choices:
        if choice.name == "by":
            values = [option.value for option in choice.options]
            yield from (Choices(by=pair) for pair in combinations(values, 2) if _together(pair))


def _together(pair: tuple[str, str]) -> bool:
    """Whether two ways to split go together, by the builder's rules."""
    if TOTAL in pair or set(pair) <= set(MOMENTS):
        return False
    return INVESTIGATION not in pair or pair[0] in MOMENTS or pair[1] in MOMENTS


def _with(asked: Choices, name: str, value: str) -> Choices:
    if name == "by":
        return replace(asked, by=(value,))
    return replace(asked, **{name: int(value) if name in NUMBERS else value})
