"""What understanding yields: preferences, synonyms and names found in a query. Plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from search_app.query.model import Query


@dataclass(frozen=True, slots=True)
class Understood:
    """A word that was taken as more than a word; the reader can take it off."""

    text: str  # as typed
    field: str  # app, type, kind, status, …
    value: str
    label: str
    q_without: str  # the query that takes the word literally


@dataclass(frozen=True, slots=True)
class AppName:
    """An application as people may name it."""

    name: str  # fenix
    title: str = ""  # Firefox for Android
    ids: tuple[str, ...] = ()  # org_mozilla_firefox, org.mozilla.firefox
    weight: int = 0  # how much is known of it: the bigger wins where two share a title


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The values that facets of one generation hold: what a word can be the name of.

    Compared by identity, so that what is derived from it can be kept per generation.
    """

    apps: tuple[AppName, ...] = ()
    pings: tuple[str, ...] = ()  # baseline, first-shutdown
    types: tuple[str, ...] = ()  # labeled_counter, event, histogram, …
    tools: tuple[tuple[str, str], ...] = ()  # (name, title)
    datasets: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()


class Synonym(NamedTuple):
    """Another wording that may stand for a term.

    `text` of several words counts only where all of them are found. A wording that
    stands for several typed words is given to each of them, with `share` = 1 / words,
    so that it satisfies all of them and is not counted twice.
    """

    text: str
    terms: tuple[str, ...]  # its words, as the index holds them
    weight: float  # 0..1 of what the typed word itself would score; the best synonym counts
    share: float = 1.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class UnderstoodTerm:
    """One typed term with what it is worth."""

    text: str
    kind: str = "word"  # word, phrase, prefix (query.Term)
    exclude: bool = False
    group: int = 0
    role: str = "word"  # word, stop, app, kind, type, status, ping, tool, identifier
    weight: float = 1.0  # multiplies whatever the term scores
    required: bool = True  # counts for "every word found": stop words and facet words do not
    synonyms: tuple[Synonym, ...] = ()
    in_names: bool = False  # of an excluded term: only names must not hold it


@dataclass(frozen=True, slots=True)
class Boost:
    """A soft preference: items with this facet value are lifted by `weight` (0..1), others stay."""

    field: str  # app, kind, type, status, ping
    value: str
    weight: float
    terms: tuple[int, ...] = ()  # the terms of the query that asked for it


@dataclass(frozen=True, slots=True)
class NameGuess:
    """A spelling key (analysis.spelling_key) that may be somebody's exact name or alias."""

    key: str
    kind: str = ""  # table, metric, probe, ping, column, …; "" = any
    whole: bool = False  # the query is this name and nothing else
    terms: tuple[int, ...] = ()  # the terms that it covers
    weight: float = 1.0  # below 1 for derived spellings (without version, without column prefix)
    other_kind: float = 1.0  # what that is worth for a thing of another kind
    held: bool = False  # it may also be a column, an extra key or a label: what holds it is meant
    column: str = ""  # typed behind the key, which is a table's then: its column is meant


@dataclass(frozen=True, slots=True)
class Understanding:
    """A query with its meaning; everything that ranking needs to know of the text."""

    query: Query  # with filter values in their canonical spelling
    terms: tuple[UnderstoodTerm, ...] = ()
    chips: tuple[Understood, ...] = ()
    boosts: tuple[Boost, ...] = ()
    names: tuple[NameGuess, ...] = ()  # best first
    without_apps: tuple[str, ...] = ()  # what is of these apps alone is left out
    listing: dict[str, tuple[str, ...]] = field(default_factory=dict)
    # Not empty when the query has only facet words ("pings of fenix"): field -> values to list by.
