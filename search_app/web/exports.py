"""Searches to take away: Atom feed, CSV, JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode, urljoin

from flask import Response, render_template
from pydantic_core import to_json

from indexer.model.ids import item_path
from search_app.engine.results import Hit
from search_app.query.model import Asked, Query
from search_app.web.guards.heavy import give_way
from search_app.web.guards.hosts import public_root
from search_app.web.items.owned import Owned
from search_app.web.labels import parse_day
from search_app.web.results.json import hit_text
from search_app.web.state import Site

# An entry of a feed must have a time. Docs and tables have none upstream: the build's would mark all of them
# as updated with each build.
UNDATED = "1970-01-01T00:00:00Z"
MOST_EXPORTED = 2_000  # hits; a whole catalogue is better taken from /api/v1/<kind>s
PIECE = 50  # hits written before other requests have their turn
FEED_LENGTH = 50
EXPORT_COLUMNS = (
    *("id", "kind", "name", "title", "type", "status", "status_reason", "app", "ping", "table"),
    *("sensitivity", "tags", "added", "expires", "description", "url"),
)


@dataclass(frozen=True, slots=True)
class Exported:
    """The hits of a query from its first, and how many there are in all."""

    hits: Sequence[Hit]
    total: int

    @property
    def left_out(self) -> int:
        """How many hits more there are than an export holds."""
        return max(0, self.total - len(self.hits))


def first_hits(site: Site, query: Query) -> Exported:
    """Up to MOST_EXPORTED hits, by one search: page by page, all would be scored for each page anew."""
    found = site.engine.search(replace(query, page=1, size=MOST_EXPORTED, facets=(), explain=False))
    return Exported(found.hits, found.total)


def csv_file(site: Site, query: Query) -> Response:
    """One line for each hit; a value that a spreadsheet would run as a formula is quoted.

    Where hits were left out, the last line says how many.
    """
    found = first_hits(site, query)
    root = public_root(site.config)
    return _attachment(_csv_lines(found, root), "text/csv", "starchart.csv", found)


def _csv_lines(found: Exported, root: str) -> Iterator[bytes]:
    yield _csv_line(EXPORT_COLUMNS)
    for number, hit in enumerate(found.hits, 1):
        card = hit.card
        row = [
            *(card.id, card.kind, card.name, card.title, card.type, card.status, card.status_reason),
            *("; ".join(values) for values in (card.app, card.ping, card.table, card.sensitivity, card.tags)),
            *(card.added, card.expires, card.description, urljoin(root, item_path(card.id))),
        ]
        yield _csv_line([_no_formula(value) for value in row])
        if number % PIECE == 0:
            give_way()
    if found.left_out:
        yield _csv_line([_left_out_words(found)])


def _csv_line(values: Sequence[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(values)
    return out.getvalue().encode()


def _left_out_words(found: Exported) -> str:
    return (
        f"(left out: {found.left_out} of {found.total} hits, since an export holds at most {MOST_EXPORTED}; "
        "narrow the search, or page through /api/v1/search)"
    )


def _no_formula(value: str) -> str:
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def json_file(site: Site, query: Query) -> Response:
    """The hits with the shape that they have in the search endpoint, after their `count`, the `total` of
    the search and how many were `left_out`.
    """
    found = first_hits(site, query)
    head = to_json(
        {"q": query.text, "count": len(found.hits), "total": found.total, "left_out": found.left_out}
    )
    asked = Asked(*(query.filters.get(name, ()) for name in ("app", "ping", "dataset")))
    pieces = _json_pieces(site, head, found.hits, asked)
    return _attachment(pieces, "application/json", "starchart.json", found)


def _json_pieces(site: Site, head: bytes, hits: Sequence[Hit], asked: Asked) -> Iterator[bytes]:
    """One JSON object in pieces: the head's members, then the hits."""
    yield head[:-1] + b',"hits":['
    for start in range(0, len(hits), PIECE):
        texts = [hit_text(site, hit, asked=asked) for hit in hits[start : start + PIECE]]
        yield (b"," if start else b"") + b",".join(texts)
        give_way()
    yield b"]}"


def _attachment(pieces: Iterator[bytes], mimetype: str, name: str, found: Exported) -> Response:
    response = Response(pieces, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Total-Count"] = str(found.total)
    return response


def atom(site: Site, query: Query) -> Response:
    """The newest hits of a search."""
    newest = replace(query, page=1, size=FEED_LENGTH, sort="newest", facets=())
    results = site.engine.search(newest)
    return _feed(site, query.text or "everything", query.url("/feed.atom"), query.url(), results.hits)


def ending_feed(site: Site, found: Owned) -> Response:
    """What of an owner ends soon, each with its end."""
    asked = f"?{urlencode({'owner': found.owner})}"
    title = f"what of {found.owner} ends soon"
    return _feed(
        site, title, f"/mine.atom{asked}", f"/mine{asked}", found.ending.hits[:FEED_LENGTH], ends=True
    )


def _feed(site: Site, title: str, own: str, page: str, hits: Sequence[Hit], ends: bool = False) -> Response:
    """Hits as Atom. `own`: the address of the feed, `page`: of what it follows, both from the root."""
    entries = [(hit, _moment(hit.card.changed or hit.card.added) or UNDATED) for hit in hits]
    body = render_template(
        "feed.xml",
        root=public_root(site.config),
        title=title,
        own=own,
        page=page,
        entries=entries,
        ends=ends,
        updated=site.engine.generation.built_at,
    )
    return Response(body, mimetype="application/atom+xml")


def _moment(text: str) -> str:
    day = parse_day(text)
    return f"{day.isoformat()}T00:00:00Z" if day else ""
