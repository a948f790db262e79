"""What the start page tells of the data: what came lately, what ends soon, the apps that most is known of."""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from search_app.query.parser import parse_query
from search_app.web.labels import parse_day, plural
from search_app.web.results.hit_view import HitView, present_hit
from search_app.web.state import Site
from search_app.web.urls import with_parameters

SHOWN = 6
APPS = 8
SPANS = (7, 30, 90, 180, 365)  # days, the shortest that finds something: sources do not change every week
LOOKED_AT = 100  # of what ends soon, from which the soonest are taken


@dataclass(frozen=True, slots=True)
class News:
    """A few hits of a span of days, the search behind them, and how many it finds in all."""

    title: str
    hits: tuple[HitView, ...]
    total: int
    url: str
    feed: str


@dataclass(frozen=True, slots=True)
class Front:
    """What stands on the start page below the box."""

    new: News
    ending: News  # on a day
    by_version: News  # with a version of Firefox: on which day is not known
    apps: tuple[HitView, ...]


def front(site: Site) -> Front:
    """Worked out once for each generation and day."""
    return site.remembered(("front", site.today.isoformat()), lambda: _front(site))


def _front(site: Site) -> Front:
    # what is new in the files of an app that is over, or has ended since, is no news
    new = _first(site, "added", "active", "newest", ("New this week", "New in the last"))
    ending = _first(site, "expires", "active", "relevance", ("Ends this week", "Ends within"))
    return Front(new, ending, _by_version(site), _hits(site, {"kind": "app", "size": str(APPS)})[0])


def _first(site: Site, name: str, status: str, sort: str, titles: tuple[str, str]) -> News:
    """Of the spans of days the shortest in which something is found, else the longest."""
    this_week, within = titles
    for days in SPANS:
        parameters = {name: f"{days}d", "status": status, "sort": sort}
        hits, total = _hits(site, {**parameters, "size": str(LOOKED_AT)})
        if total or days == SPANS[-1]:
            break
    if name == "expires":
        hits = tuple(sorted(hits, key=lambda hit: _when(hit.card.expires)))
    title = this_week if days == SPANS[0] else f"{within} {plural(days, 'day')}"
    asked = {"q": "", **parameters}
    return News(title, hits[:SHOWN], total, with_parameters("/", asked), with_parameters("/feed.atom", asked))


def _by_version(site: Site) -> News:
    """What is collected now and ends with a version of Firefox."""
    asked = {"q": "", "expires": "1..999", "status": "active"}
    hits, total = _hits(site, {**asked, "size": str(SHOWN)})
    return News("", hits, total, with_parameters("/", asked), with_parameters("/feed.atom", asked))


def _when(expires: str) -> tuple[int, str]:
    """Days first, the soonest first; versions behind them, the lowest first."""
    return (0, expires) if parse_day(expires) else (1, expires.zfill(6))


def _hits(site: Site, parameters: dict[str, str]) -> tuple[tuple[HitView, ...], int]:
    results = site.engine.search(parse_query("", MultiDict(parameters)))
    return tuple(present_hit(hit) for hit in results.hits), results.total
