"""What a search means, before any engine is asked: a Query of words, filters and ranges."""

from __future__ import annotations

from dataclasses import dataclass, field

FILTERS = ("kind", "app", "ping", "type", "table", "dataset", "status", "tag", "sensitivity")
FACETS = FILTERS
SORTS = ("relevance", "name", "newest")
LONGEST_TEXT = 500  # characters
MOST_TERMS = 32
LARGEST_PAGE = 100
DEEPEST_HIT = 10_000  # page * size: nobody reads on from there, and sorting that far is not free


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that was typed."""

    text: str  # as typed
    kind: str = "word"  # word, phrase, prefix
    exclude: bool = False
    group: int = 0  # terms of one OR group share a number above 0


@dataclass(frozen=True, slots=True)
class Range:
    """added: or expires: as bounds, both inclusive, either may be empty; see bounds.py for their values."""

    field: str
    low: str = ""
    high: str = ""
    exclude: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    text: str
    terms: tuple[Term, ...] = ()
    filters: dict[str, tuple[str, ...]] = field(default_factory=dict)  # of FILTERS, and column, bug, owner
    exclude_filters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ranges: tuple[Range, ...] = ()
    page: int = 1
    size: int = 20
    sort: str = "relevance"
    facets: tuple[str, ...] = FACETS
    explain: bool = False
    literal: tuple[str, ...] = ()  # words whose understanding the reader took off
    notes: tuple[str, ...] = ()  # what was odd in the text, in words for the reader


class QueryProblem(ValueError):
    """A parameter the user can mend; becomes a 400."""

    def __init__(self, code: str, message: str, parameter: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.parameter = parameter
