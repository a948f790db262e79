"""What an engine answers: hits, facets, suggestions. Plain values, no markup.

What an answer has many of is a named tuple: one is made in a fifth of the time of a frozen dataclass.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from indexer.index.generation import Generation
from indexer.model.card import Card, Variant
from search_app.understanding.model import Understood


class Match(NamedTuple):
    """What of a thing is what was typed, where it is not its name."""

    field: str  # column, extra, label, sql, bug
    value: str


class Hit(NamedTuple):
    """One group's best matching member."""

    card: Card
    score: float
    variants: tuple[Variant, ...] = ()
    variant_count: int = 0
    snippet: str = ""  # plain text; the marked spans are in `marks`
    marks: tuple[tuple[int, int], ...] = ()  # character spans of `snippet`
    name_marks: tuple[tuple[int, int], ...] = ()
    explanation: tuple[Part, ...] = ()  # with explain=1
    match: Match | None = None  # what of it was typed, where that is no name
    complete: bool = True  # whether a member of the group holds every word that was typed, or is named so


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score."""

    label: str
    value: float


class FacetCount(NamedTuple):
    """A value of a facet."""

    value: str
    label: str
    count: int  # type: ignore[assignment]  # tuple's method of that name is not wanted
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one facet among all hits, each counted without the facet's own filter."""

    name: str
    label: str
    values: tuple[FacetCount, ...]
    total: int  # distinct values, of which `values` may be the first


@dataclass(frozen=True, slots=True)
class Help:
    """A way out of a query with few or no hits: a new query, what it changes, how many it would find."""

    kind: str  # spelling, drop-filter, any-word, include-inactive
    text: str
    q: str
    filters: dict[str, tuple[str, ...]]
    total: int


@dataclass(frozen=True, slots=True)
class RecognisedName:
    """A name in pasted text, with the thing that is called so; without id where there is none."""

    text: str
    role: str
    id: str = ""
    kind: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Recognised:
    """Pasted code or a pasted address, as it was read."""

    language: str  # or the tool whose address it is
    names: tuple[RecognisedName, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """What the engine answers to a query: one page of hits, and all that is said of the whole."""

    total: int
    hits: tuple[Hit, ...]
    facets: tuple[Facet, ...]
    generation: Generation
    took_ms: float
    terms: tuple[str, ...] = ()  # the words as searched
    understood: tuple[Understood, ...] = ()  # chips: what the words were taken to mean
    did_you_mean: str | None = None
    help: tuple[Help, ...] = ()
    relaxed: bool = False  # not every word was found: near misses shown
    complete: int = 0  # of `total`: those that hold every word that was typed, or are named so
    recognised: Recognised | None = None  # what was pasted, where it was code or an address
