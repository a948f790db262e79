"""What an address means that is nobody's id: a table without project, a metric of an app that collects it;
and what is near to one that means nothing."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.model.kinds import KINDS
from indexer.text.analysis import spelling_key
from search_app.engine.results import Hit
from search_app.query.model import Filters, Query, Term
from search_app.query.parser import parse_query
from search_app.web.results.view import HitView, present_results
from search_app.web.state import NothingIndexed, Site
from search_app.web.urls import MARKDOWN

OF_AN_APP = ("ping", "metric")  # kinds whose ids say whose: metric/fenix/search.counts
LOOKED_AT = 10
NEAREST = 6
LONGEST = 300  # characters of an address that may mean something


def meant_by(site: Site, kind: str, rest: str) -> str:
    """The id of the one thing of a kind that `rest` names, "" where there is none or more than one.

    `telemetry.main` is a table of some project, `fenix/javascript.gc.slice_time` a metric that Fenix
    collects, `GC_MS` a probe without its type.
    """
    app, _, name = rest.partition("/") if kind in OF_AN_APP else ("", "", rest)
    if not name or len(rest) > LONGEST:
        return ""
    filters = {"kind": (kind,)} | ({"app": (app,)} if app else {})
    query = Query(name, (Term(name),), Filters(filters), size=LOOKED_AT, facets=())
    hits = [hit for hit in site.engine.search(query).hits if _is_called(hit, name)]
    return hits[0].card.id if len(hits) == 1 else ""


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
    for only in (kind, "") if kind else ("",):
        query = parse_query(words, {"size": str(NEAREST), "facets": "", "kind": only})
        try:
            hits = present_results(site.engine.search(query), query).hits
        except NothingIndexed:
            return None
        if hits:
            return Near(words, query.url(), hits)
    return None
