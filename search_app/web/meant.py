"""What an address means that is nobody's id: a table without project, a metric of an app that collects it,
a page of the docs; and what is near to one that means nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.model.items import DocItem
from indexer.model.kinds import KINDS
from indexer.text.analysis import spelling_key
from search_app.engine.results import Hit
from search_app.query.model import Filters, Query, Term
from search_app.query.parser import parse_query
from search_app.web.results.hit_view import HitView
from search_app.web.results.view import present_results
from search_app.web.state import NothingIndexed, Site
from search_app.web.urls import MARKDOWN

OF_AN_APP = ("ping", "metric")  # kinds whose ids say whose: metric/fenix/search.counts
LOOKED_AT = 10
MOST_SECTIONS = 100  # of the docs that hold all words of a path, among which its page is looked for
NEAREST = 6
LONGEST = 300  # characters of an address that may mean something


def meant_by(site: Site, kind: str, rest: str) -> str:
    """The id of the one thing of a kind that `rest` names, "" where there is none or more than one.

    `telemetry.main` is a table of some project, `fenix/javascript.gc.slice_time` a metric that Fenix
    collects, `GC_MS` a probe without its type, `datasets/glam.md` the page that its first section begins.
    """
    if kind == "doc":
        return _first_section(site, rest) if len(rest) <= LONGEST else ""
    app, _, name = rest.partition("/") if kind in OF_AN_APP else ("", "", rest)
    if not name or len(rest) > LONGEST:
        return ""
    filters = {"kind": (kind,)} | ({"app": (app,)} if app else {})
    query = Query(name, (Term(name),), Filters(filters), size=LOOKED_AT, facets=())
    hits = [hit for hit in site.engine.search(query).hits if _is_called(hit, name)]
    return hits[0].card.id if len(hits) == 1 else ""


def _first_section(site: Site, page: str) -> str:
    path = re.sub(r"(?:\.md|\.html)?$", ".md", page, count=1)
    words = " ".join(re.findall(r"\w+", path.removesuffix(".md")))
    query = Query(
        words, tuple(map(Term, words.split())), Filters({"kind": ("doc",)}), size=MOST_SECTIONS, facets=()
    )
    for hit in site.engine.search(query).hits if words else ():
        found = site.engine.get(hit.card.id)
        if isinstance(found, DocItem) and found.section.path == path and found.place is not None:
            return found.place.page.id
    return ""


def _is_called(hit: Hit, name: str) -> bool:
    card, key = hit.card, spelling_key(name)
    names = [card.name]
    if card.kind == "probe":
        names.append(card.name.partition("/")[2])
    elif card.kind == "table":
        names += [f"mozdata.{card.name}", card.name.partition(".")[2]]
    return key in map(spelling_key, names)


@dataclass(frozen=True, slots=True)
class Near:
    """What an address names that leads nowhere, in words, and the hits for them."""

    words: str
    url: str  # all results
    hits: tuple[HitView, ...]


def near_address(site: Site, path: str) -> Near | None:
    """What comes nearest to an address at which nothing is, of the kind that it begins with where there is
    such a thing; None where nothing could be looked for."""
    first, _, rest = path.strip("/").partition("/")
    kind = next((each for each in (first, first.removesuffix("s")) if each in KINDS), "") if rest else ""
    words = " ".join((rest if kind else path).replace("/", " ").removesuffix(MARKDOWN).split())
    if not words or len(words) > LONGEST:
        return None
    try:
        apps = _apps_named(site, path)
        for only in (kind, "") if kind else ("",):
            query = parse_query(words, {"size": str(NEAREST), "facets": "", "kind": only})
            hits = present_results(site.engine.search(query), query).hits
            if hits or (apps and not only):
                return Near(words, query.url(), (apps + hits)[:NEAREST])
    except NothingIndexed:
        pass
    return None


def _apps_named(site: Site, path: str) -> tuple[HitView, ...]:
    """The apps whose names are parts of an address: who asks for /apps/fenix/x is after Fenix."""
    parts = [part for part in path.split("/") if part][:LOOKED_AT]
    known = site.engine.known(f"app/{part}" for part in parts)
    found: list[HitView] = []
    for part in dict.fromkeys(part for part in parts if f"app/{part}" in known):
        query = Query(part, (Term(part),), Filters({"kind": ("app",)}), size=LOOKED_AT, facets=())
        hits = present_results(site.engine.search(query), query).hits
        found += [hit for hit in hits if hit.card.id == f"app/{part}"]
    return tuple(found)
