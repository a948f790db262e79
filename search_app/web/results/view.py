"""Results as view values: hits, tabs, facets, chips, paging, legend.

Pure: an answer of the engine and its query go in, values for templates and for JSON come out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from search_app.engine.results import Results
from search_app.query.model import DEEPEST_HIT, Asked, Query
from search_app.web.labels import STATUS_MEANINGS
from search_app.web.results.filters import (
    Chip,
    FacetValueView,
    FacetView,
    SpanGroup,
    WayOut,
    chips,
    facet_views,
    kind_tabs,
    span_groups,
    ways_out,
)
from search_app.web.results.hit_view import HitView, present_hit, with_namesakes


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link to another page, order or wording of the same search."""

    label: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Paging:
    """Which hits of how many are shown, and the ways to the others; previous and next are empty at
    the ends.
    """

    first: int  # number of the first hit shown
    last: int
    total: int
    links: tuple[PageLink, ...]
    previous: str
    next: str


@dataclass(frozen=True, slots=True)
class ResultsView:
    """Everything that a page of results shows, ready for its template."""

    query: Query
    results: Results
    hits: tuple[HitView, ...]
    kinds: tuple[FacetValueView, ...]  # tabs above the hits
    all_kinds: FacetValueView
    facets: tuple[FacetView, ...]
    spans: tuple[SpanGroup, ...]
    chips: tuple[Chip, ...]
    sorts: tuple[PageLink, ...]
    near_from: str  # the id of the first hit from which on all of this page lack a word; "" where none do
    paging: Paging
    did_you_mean: PageLink | None
    help: tuple[WayOut, ...]
    explain_url: str
    filters_on: int
    clear_url: str


def asked_of(results: Results, query: Query) -> Asked:
    """The apps, pings and datasets that a search names: as its filters, or in words that were understood."""
    facets = {facet.name: facet for facet in results.facets}

    def values(name: str) -> tuple[str, ...]:
        found = [value.value for value in facets[name].values if value.selected] if name in facets else []
        found += query.filters.get(name, ())
        found += [each.value for each in results.understood if each.field == name]
        return tuple(dict.fromkeys(found))

    tables = (table.strip("`").split(".") for table in values("table"))
    datasets = (parts[-2] for parts in tables if len(parts) > 1)
    return Asked(values("app"), values("ping"), tuple(dict.fromkeys((*values("dataset"), *datasets))))


def present_results(results: Results, query: Query) -> ResultsView:
    """Everything that the results page shows."""
    facets = {facet.name: facet for facet in results.facets}
    asked = asked_of(results, query)
    suggestion = results.did_you_mean
    shown = tuple(present_hit(hit, asked, results.complete > 0) for hit in results.hits)
    faces = shown if query.explain else with_namesakes(shown)
    return ResultsView(
        query=query,
        results=results,
        hits=faces,
        near_from=_near_from(faces, results, query),
        kinds=kind_tabs(facets.get("kind"), query),
        all_kinds=FacetValueView(
            "All", "", results.total, not query.parameters.get("kind"), query.with_url("kind", ())
        ),
        facets=facet_views(facets, query),
        spans=span_groups(query),
        chips=chips(results, query),
        sorts=tuple(
            PageLink(label, query.sorted_url(sort), query.sort == sort)
            for sort, label in (("relevance", "Best match"), ("name", "Name"), ("newest", "Newest"))
        ),
        paging=_paging(results, query),
        did_you_mean=PageLink(suggestion, query.asking_url(suggestion)) if suggestion else None,
        help=ways_out(results, query),
        explain_url=query.explained_url(),
        filters_on=sum(len(values) for name, values in query.parameters.items() if name != "kind"),
        clear_url=query.narrowed_url({}),
    )


def _near_from(faces: Sequence[HitView], results: Results, query: Query) -> str:
    """The first of the hits at the end of a page all of which lack a word; "" where it has none or no others.

    Near misses are not put behind all others: then the wanted hit stands first far less often.
    """
    if not 0 < results.complete < results.total or query.sort != "relevance":
        return ""
    behind = list(takewhile(lambda hit: not hit.complete, reversed(faces)))
    return behind[-1].card.id if 0 < len(behind) < len(faces) else ""


def _paging(results: Results, query: Query) -> Paging:
    pages = min(max(1, -(-results.total // query.size)), DEEPEST_HIT // query.size)
    page = min(query.page, pages)
    first = (page - 1) * query.size + 1 if results.total else 0
    numbers = sorted({1, pages, *range(max(1, page - 2), min(pages, page + 2) + 1)})
    return Paging(
        first=first,
        last=min(results.total, first + len(results.hits) - 1) if results.hits else 0,
        total=results.total,
        links=tuple(PageLink(str(n), query.page_url(n), n == page) for n in numbers) if pages > 1 else (),
        previous=query.page_url(page - 1) if page > 1 else "",
        next=query.page_url(page + 1) if page < pages else "",
    )


def status_legend() -> tuple[tuple[str, str], ...]:
    """Every state with its meaning."""
    return tuple(STATUS_MEANINGS.items())
