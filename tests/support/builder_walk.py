"""Walks what the SQL builder offers of a thing: each option alone, and pairs of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from indexer.model.items import AnyItem
from search_app.query.model import QueryProblem
from search_app.sql import ColumnsOf
from search_app.sql.builder.breakdowns import INVESTIGATION, MOMENTS
from search_app.sql.builder.build import Built, build
from search_app.sql.builder.choices import TOTAL, Choice, Choices
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
    yield Choices(), first
    number = 0
    for asked in _singles(first.choices):
        built = build(item, asked, context, columns_of)
        yield asked, built
        for pair in _pairs(asked, built.choices) if pairs else ():
            number += 1
            if number % pairs == 0:
                yield pair, build(item, pair, context, columns_of)


def _singles(choices: Sequence[Choice]) -> Iterator[Choices]:
    for choice in choices:
        for option in choice.options:
            yield _with(Choices(), choice.name, option.value)


def _pairs(asked: Choices, choices: Sequence[Choice]) -> Iterator[Choices]:
    """What can be chosen beside one option: of what is offered with it, and only once each."""
    chosen = [name for name, _ in asked.parameters()]
    if not chosen or chosen[0] in PLACES:
        return
    names = [choice.name for choice in choices]
    for choice in choices:
        for option in choice.options if choice.name not in PLACES else ():
            if choice.name == "by" == chosen[0]:
                pair = (asked.by[0], option.value)
                if option.value > asked.by[0] and _together(pair):
                    yield replace(asked, by=pair)
            elif names.index(choice.name) > names.index(chosen[0]):
                yield _with(asked, choice.name, option.value)


def _together(pair: tuple[str, str]) -> bool:
    """Whether two ways to split go together, by the builder's rules."""
    if TOTAL in pair or set(pair) <= set(MOMENTS):
        return False
    return INVESTIGATION not in pair or pair[0] in MOMENTS or pair[1] in MOMENTS


def _with(asked: Choices, name: str, value: str) -> Choices:
    if name == "by":
        return replace(asked, by=(value,))
    return replace(asked, **{name: int(value or 0) if name in NUMBERS else value})
