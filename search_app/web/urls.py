"""Addresses of our own pages: item ids as paths, searches as query strings.

The only place that encodes an id or a search into a URL, so that every page, feed and
redirect writes the same address for the same thing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from urllib.parse import quote, quote_plus, urlencode

from indexer.model.ids import item_path
from search_app.query.model import FILTERS

# every parameter that narrows a search; the first nine are facets too
NARROWING = (*FILTERS, "column", "bug", "owner", "expires", "added")


def api_path(item_id: str) -> str:
    """The path of an item's JSON twin."""
    return "/api/v1/item" + item_path(item_id)


def with_parameters(path: str, parameters: Mapping[str, str | int], fragment: str = "") -> str:
    """A path with a query string; empty values are left out."""
    kept = {name: str(value) for name, value in parameters.items() if value not in ("", None)}
    return path + (f"?{urlencode(kept)}" if kept else "") + (f"#{quote(fragment)}" if fragment else "")


@lru_cache(maxsize=1_000)
def _encoded(q: str) -> str:
    return quote_plus(q)  # thirty addresses of a page hold the same words


@lru_cache(maxsize=10_000)
def addition(name: str, value: str) -> str:
    """What one more value of a filter adds to an address."""
    return f"&{name}={quote_plus(value)}"


@dataclass(frozen=True, slots=True)
class SearchState:
    """What the address of a results page holds; every change of it is another address."""

    q: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    page: int = 1
    size: int = 20
    sort: str = "relevance"
    explain: bool = False
    literal: tuple[str, ...] = ()

    def url(self, path: str = "/") -> str:
        """The address of this state, defaults left out."""
        return f"{path}?q={_encoded(self.q)}{self._narrowing(NARROWING)}{self._rest()}"

    def around(self, name: str) -> tuple[str, str]:
        """The address of this search from its first page, cut where one more value of a filter goes."""
        place = NARROWING.index(name) + 1
        before, after = self._narrowing(NARROWING[:place]), self._narrowing(NARROWING[place:])
        return f"/?q={_encoded(self.q)}{before}", after + self.at_page(1)._rest()

    def _narrowing(self, names: Sequence[str]) -> str:
        return "".join(
            addition(name, value) for name in names if name in self.filters for value in self.filters[name]
        )

    def _rest(self) -> str:
        pairs = [("literal", word) for word in self.literal]
        if self.sort != "relevance":
            pairs.append(("sort", self.sort))
        if self.size != 20:
            pairs.append(("size", str(self.size)))
        if self.page > 1:
            pairs.append(("page", str(self.page)))
        if self.explain:
            pairs.append(("explain", "1"))
        return f"&{urlencode(pairs)}" if pairs else ""

    def at_page(self, page: int) -> SearchState:
        """The same search, another page of it."""
        return replace(self, page=page)

    def sorted_by(self, sort: str) -> SearchState:
        """The same search in another order, from its first page."""
        return replace(self, sort=sort, page=1)

    def asking(self, q: str) -> SearchState:
        """Other words with the same filters, from the first page."""
        return replace(self, q=q, page=1)

    def explained(self, explain: bool) -> SearchState:
        """The same page with or without the parts of each score."""
        return replace(self, explain=explain)

    def only(self, filters: Mapping[str, Sequence[str]]) -> SearchState:
        """The same words with exactly these filters."""
        kept = {name: tuple(values) for name, values in filters.items() if values}
        return replace(self, filters=kept, page=1)

    def toggled(self, name: str, value: str) -> SearchState:
        """This value of a filter added, or taken off where it is on: in the words too."""
        values = self.filters.get(name, ())
        if value in values:
            return self.without(name, value)
        q = without_prefix(self.q, name, value)
        if q != self.q:
            return replace(self, q=q, page=1)
        return replace(self, filters={**self.filters, name: (*values, value)}, page=1)

    def without(self, name: str, value: str | None = None) -> SearchState:
        """This filter taken off, or one value of it."""
        rest = tuple(each for each in self.filters.get(name, ()) if value is not None and each != value)
        filters = {key: values for key, values in self.filters.items() if key != name}
        return replace(self, filters={**filters, name: rest} if rest else filters, page=1)

    def as_parameters(self) -> list[tuple[str, str]]:
        """Hidden form inputs that keep the filters while the words change."""
        pairs = [(name, value) for name in NARROWING for value in self.filters.get(name, ())]
        return pairs + ([("sort", self.sort)] if self.sort != "relevance" else [])


def names_filter(text: str, name: str) -> bool:
    """Whether a query text may hold `name:value`: asked for every facet, so it is quick and never misses."""
    return f"{name.lower()}:" in text.lower()


def without_prefix(text: str, name: str, value: str) -> str:
    """A query text without the word `name:value` (or `name:"value"`), where it has one."""
    if not names_filter(text, name):
        return text
    pattern = rf'(?:^|(?<=\s)){re.escape(name)}:(?:"{re.escape(value)}"|{re.escape(value)})(?=\s|$)'
    return (
        " ".join(re.sub(pattern, "", text, flags=re.IGNORECASE).split())
        if re.search(pattern, text, re.IGNORECASE)
        else text
    )


def parse_state(parameters: Mapping[str, Sequence[str]], page: int, size: int, sort: str) -> SearchState:
    """The state of a request whose parameters were already found to be good."""
    filters = {name: tuple(dict.fromkeys(v for v in parameters.get(name, ()) if v)) for name in NARROWING}
    return SearchState(
        q=" ".join("".join(parameters.get("q", ())[:1]).split()),
        filters={name: values for name, values in filters.items() if values},
        page=page,
        size=size,
        sort=sort,
        explain="".join(parameters.get("explain", ())[:1]) in ("1", "true"),
        literal=tuple(parameters.get("literal", ())),
    )
