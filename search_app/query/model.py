"""What a search means, before any engine is asked: a Query of words, filters and ranges.

A Query is hashable, so that answers can be kept by it, and it writes its own address, so that every
page, feed and redirect writes the same address for the same search.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import quote_plus, urlencode

from search_app.query.grammar import FACETS, FILTER_FORMS
from search_app.query.mention import Snippet

# every parameter that narrows a search, in the order of an address; facets stand first
NARROWING = (*FACETS, *(form.name for form in FILTER_FORMS if form.name not in FACETS))
SORTS = ("relevance", "name", "newest")
DEFAULT_SIZE = 20
LONGEST_TEXT = 500  # characters
MOST_TERMS = 32
LARGEST_PAGE = 100
DEEPEST_HIT = 10_000  # page * size: nobody reads on from there, and sorting that far is not free

TermKind = Literal["word", "phrase", "prefix"]


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that was typed."""

    text: str  # as typed
    kind: TermKind = "word"
    exclude: bool = False
    group: int = 0  # terms of one OR group share a number above 0
    said: bool = False  # excluded in words ("but not …"): it must not stand in a name


@dataclass(frozen=True, slots=True)
class Range:
    """A span of versions or days, both ends inclusive, either may be empty; ranges.py has their values."""

    field: str
    low: str = ""
    high: str = ""
    exclude: bool = False


class Filters(Mapping[str, tuple[str, ...]]):
    """Values by the name of their filter. Never changes, and can be hashed; no name is without a value."""

    __slots__ = ("_hash", "_values")

    def __init__(self, values: Mapping[str, Sequence[str]] | None = None) -> None:
        self._values = {name: tuple(found) for name, found in (values or {}).items() if found}
        self._hash = hash(frozenset(self._values.items()))

    def __getitem__(self, name: str) -> tuple[str, ...]:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"Filters({self._values!r})"

    def with_values(self, name: str, values: Sequence[str]) -> Filters:
        """The same with other values of one filter; without it where there are none."""
        return Filters({**self._values, name: tuple(values)})


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Query:
    """A search: what was typed, what was set beside it, and which page of the answer is wanted."""

    text: str = ""
    terms: tuple[Term, ...] = ()
    filters: Filters = NO_FILTERS  # of text and parameters together, spans left out
    exclude_filters: Filters = NO_FILTERS
    ranges: tuple[Range, ...] = ()
    page: int = 1
    size: int = DEFAULT_SIZE
    sort: str = SORTS[0]
    facets: tuple[str, ...] = FACETS
    explain: bool = False
    literal: tuple[str, ...] = ()  # words whose understanding the reader took off
    notes: tuple[str, ...] = ()  # what was odd in the text, in words for the reader
    parameters: Filters = NO_FILTERS  # filters and spans beside the text, as they stand in the address
    snippet: Snippet | None = None  # what pasted code or a pasted address names

    def url(self, path: str = "/") -> str:
        """The address of this search, defaults left out."""
        return _address(path, self.text, self.parameters, self._rest(self.page, self.sort, self.explain))

    def page_url(self, page: int, path: str = "/") -> str:
        """Another page of it."""
        return _address(path, self.text, self.parameters, self._rest(page, self.sort, self.explain))

    def sorted_url(self, sort: str) -> str:
        """The same hits in another order, from the first page."""
        return _address("/", self.text, self.parameters, self._rest(1, sort, self.explain))

    def explained_url(self) -> str:
        """The same page with the parts of each score, or without them where they are shown."""
        return _address("/", self.text, self.parameters, self._rest(self.page, self.sort, not self.explain))

    def asking_url(self, text: str, parameters: Mapping[str, Sequence[str]] | None = None) -> str:
        """Other words, with the same filters or with those given, from the first page."""
        kept = self.parameters if parameters is None else parameters
        return _address("/", text, kept, self._rest(1, self.sort, self.explain))

    def narrowed_url(self, parameters: Mapping[str, Sequence[str]]) -> str:
        """The same words with exactly these filters, from the first page."""
        return self.asking_url(self.text, parameters)

    def with_url(self, name: str, values: Sequence[str]) -> str:
        """Other values of one filter, from the first page."""
        return self.narrowed_url(self.parameters.with_values(name, values))

    def without_url(self, name: str, value: str) -> str:
        """One value of a filter taken off."""
        return self.with_url(name, [each for each in self.parameters.get(name, ()) if each != value])

    def toggled_url(self, name: str, value: str) -> str:
        """This value of a filter added, or taken off where it is on: in the words too."""
        values = self.parameters.get(name, ())
        if value in values:
            return self.without_url(name, value)
        text = without_prefix(self.text, name, value)
        return self.asking_url(text) if text != self.text else self.with_url(name, (*values, value))

    def around(self, name: str) -> tuple[str, str]:
        """The address of the first page, cut where one more value of a filter goes (see addition())."""
        place = NARROWING.index(name) + 1
        before, after = (_narrowing(self.parameters, part) for part in (NARROWING[:place], NARROWING[place:]))
        return f"/?q={_encoded(self.text)}{before}", after + self._rest(1, self.sort, self.explain)

    def kept_inputs(self) -> list[tuple[str, str]]:
        """Hidden form inputs that keep the filters while the words change."""
        pairs = [(name, value) for name in NARROWING for value in self.parameters.get(name, ())]
        return pairs + ([("sort", self.sort)] if self.sort != SORTS[0] else [])

    def _rest(self, page: int, sort: str, explain: bool) -> str:
        pairs = [("literal", word) for word in self.literal]
        if sort != SORTS[0]:
            pairs.append(("sort", sort))
        if self.size != DEFAULT_SIZE:
            pairs.append(("size", str(self.size)))
        if page > 1:
            pairs.append(("page", str(page)))
        if explain:
            pairs.append(("explain", "1"))
        return f"&{urlencode(pairs)}" if pairs else ""


@dataclass(frozen=True, slots=True)
class Asked:
    """The apps, pings and datasets (one for each channel) that a search or an address names; none: any."""

    apps: tuple[str, ...] = ()
    pings: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.apps or self.pings or self.datasets)

    def of(self, apps: Sequence[str], pings: Sequence[str], datasets: Sequence[str]) -> Asked:
        """What of it says something of a thing with these apps, pings and datasets: one of several."""

        def telling(asked: tuple[str, ...], has: Sequence[str]) -> tuple[str, ...]:
            found = tuple(value for value in asked if value in has)
            return found if len(found) < len(has) else ()

        return Asked(telling(self.apps, apps), telling(self.pings, pings), telling(self.datasets, datasets))


ANY = Asked()


class QueryProblem(ValueError):
    """A parameter the user can mend; becomes a 400."""

    def __init__(self, code: str, message: str, parameter: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.parameter = parameter


def search_url(text: str, parameters: Mapping[str, Sequence[str]] = NO_FILTERS, sort: str = SORTS[0]) -> str:
    """The address of a search by its words and filters."""
    return _address("/", text, parameters, f"&sort={sort}" if sort != SORTS[0] else "")


@lru_cache(maxsize=10_000)
def addition(name: str, value: str) -> str:
    """What one more value of a filter adds to an address."""
    return f"&{name}={quote_plus(value)}"


def names_filter(text: str, name: str) -> bool:
    """Whether a query text may hold `name:value`: asked for every facet, so it is quick and never misses."""
    return f"{name.lower()}:" in text.lower()


def without_prefix(text: str, name: str, value: str) -> str:
    """A query text without the word `name:value` (or `name:"value"`), where it has one."""
    if not names_filter(text, name):
        return text
    pattern = rf'(?:^|(?<=\s)){re.escape(name)}:(?:"{re.escape(value)}"|{re.escape(value)})(?=\s|$)'
    if not re.search(pattern, text, re.IGNORECASE):
        return text
    return " ".join(re.sub(pattern, "", text, flags=re.IGNORECASE).split())


def _address(path: str, text: str, parameters: Mapping[str, Sequence[str]], rest: str) -> str:
    return f"{path}?q={_encoded(text)}{_narrowing(parameters, NARROWING)}{rest}"


def _narrowing(parameters: Mapping[str, Sequence[str]], names: Iterable[str]) -> str:
    return "".join(
        [addition(name, value) for name in names if name in parameters for value in parameters[name]]
    )


@lru_cache(maxsize=1_000)
def _encoded(text: str) -> str:
    return quote_plus(" ".join(text.split()))  # thirty addresses of a page hold the same words
