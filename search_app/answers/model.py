"""What an answer is made of. Plain values; names as in the JSON of a search."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.model.items import AnyItem
from search_app.sql.source import SqlQuery


@dataclass(frozen=True, slots=True)
class Recommended:
    """One way to an answer, with the reason why it stands where it does."""

    item: AnyItem
    why: str


@dataclass(frozen=True, slots=True)
class AnswerQuery:
    """A query that answers it, and what it takes for granted, one sentence each."""

    query: SqlQuery
    assumptions: tuple[str, ...]
    choices: tuple[tuple[str, str], ...]  # where the builder has it, or comes nearest to it


@dataclass(frozen=True, slots=True)
class Answer:
    """A card: what was asked, the recommended ways (the best first), and what shows it already."""

    intent: str  # how_many, people, trend, share, average, percentiles, alive, replaced, owner, …
    concept: str  # what it is about, in words
    sentence: str  # the answer in one sentence
    app: str = ""  # app_name, multi_product for all mobile products; "" where no product is meant
    recommended: tuple[Recommended, ...] = ()
    alternatives: tuple[Recommended, ...] = ()  # at most two
    query: AnswerQuery | None = None
    dashboards: tuple[AnyItem, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()  # (label, text) of owners, states, groups


def short_name(item: AnyItem) -> str:
    """The name by which people call a thing: without its type, product or platform before it."""
    return item.name.rpartition("/")[2] if item.kind in ("probe", "measure") else item.name


def stated(status: str, reason: str) -> str:
    """A state with its reason, which may begin with it."""
    if reason.startswith(status) or not reason:
        return reason or status
    return f"{status}: {reason}"
