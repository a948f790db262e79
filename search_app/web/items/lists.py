"""Short lists inside of pages: a search, its first hits, and the address of all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from search_app.engine.results import Results
from search_app.query.model import Filters, search_url
from search_app.query.parser import parse_query
from search_app.web.results.hit_view import HitView, present_hit
from search_app.web.state import Site


@dataclass(frozen=True, slots=True)
class Section:
    """A short list from a search, with the address of all of it."""

    title: str
    hits: tuple[HitView, ...]
    total: int
    url: str


def listed(site: Site, size: int, sort: str, text: str, filters: Mapping[str, str], page: int = 1) -> Results:
    """One page of a search with filters, without facets. Raises QueryProblem for a text that is none."""
    found = parse_query(text, {})
    wanted = Filters({**found.filters, **{name: (value,) for name, value in filters.items() if value}})
    return site.engine.search(replace(found, filters=wanted, page=page, size=size, sort=sort, facets=()))


def section(site: Site, title: str, size: int, sort: str, text: str = "", **filters: str) -> Section:
    """The first hits of a search under a title."""
    results = listed(site, size, sort, text, filters)
    url = search_url(text, {name: (value,) for name, value in filters.items()}, sort)
    return Section(title, tuple(present_hit(hit) for hit in results.hits), results.total, url)
