"""What somebody owns: what of it ends soon, what has ended, what nobody described.

`owner:` finds a part of an address, so that a team's list, a name or a whole address can be asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from search_app.engine.results import Hit
from search_app.query.model import Filters, Query, Range, search_url
from search_app.web.operation.judged import judged
from search_app.web.state import Site

KINDS_OWNED = ("metric", "probe", "ping")
RELEASES = 2  # ahead: time enough to renew a metric before it ends on release
DAYS = 56  # ahead, for what ends on a day: as long as two releases take
MOST = 20_000  # things of one owner that are looked at: all that there are
SHOWN = 200  # lines of one list
SHORTEST = 3  # letters: less is in nearly every address


class FirstHits(NamedTuple):
    """The first of some hits, and how many there are."""

    hits: tuple[Hit, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Owned:
    """What the page and the feed of an owner say."""

    owner: str
    total: int
    url: str  # the search for all of it
    ending: FirstHits  # alive, the next to end first
    expired: FirstHits  # ended by their date or version, and still in the source
    undescribed: FirstHits  # alive, without a description
    by: str  # the versions that it was judged by; "" where none is known
    warning: str  # why not to trust it; "" where there is no reason
    last_version: int  # what ends before or in this version is listed; 0 where none is known


def owned(site: Site, owner: str) -> Owned:
    """What an owner has. `owner` is part of an address, at least SHORTEST letters of it."""
    by = judged(site)
    release = by.versions.get("release", "").partition(".")[0]
    last = int(release) + RELEASES if release.isdigit() else 0
    spans = [Range("expires", "today", f"today+{DAYS}d")]
    if last:
        spans.append(Range("expires", str(int(release) + 1), str(last)))
    ending = {hit.card.id: hit for span in spans for hit in _hits(site, owner, ("active",), (span,))}
    living = _hits(site, owner, ("active",))
    return Owned(
        owner=owner,
        total=site.engine.search(Query("", filters=_of(owner), size=1, facets=())).total,
        url=search_url("", _of(owner)),
        ending=_first(sorted(ending.values(), key=_end)),
        expired=_first(_hits(site, owner, ("expired",))),
        undescribed=_first([hit for hit in living if not hit.card.description]),
        by=by.text,
        warning=by.warning,
        last_version=last,
    )


def _hits(site: Site, owner: str, statuses: tuple[str, ...], ranges: tuple[Range, ...] = ()) -> Sequence[Hit]:
    filters = _of(owner).with_values("status", statuses)
    query = Query("", filters=filters, ranges=ranges, size=MOST, sort="name", facets=())
    return site.engine.search(query).hits


def _first(hits: Sequence[Hit]) -> FirstHits:
    return FirstHits(tuple(hits[:SHOWN]), len(hits))


def _of(owner: str) -> Filters:
    return Filters({"kind": KINDS_OWNED, "owner": (owner,)})


def _end(hit: Hit) -> tuple[int, str, str]:
    """Days before versions: which day a version's end is depends on the channel."""
    expires = hit.card.expires
    if expires.isdigit():
        return 1, expires.zfill(4), hit.card.name
    return 0, expires, hit.card.name
