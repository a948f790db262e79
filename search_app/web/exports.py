"""Searches to take away: Atom feed, CSV, JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from urllib.parse import urljoin

from flask import Response, render_template, request
from pydantic_core import to_json

from indexer.model.ids import item_path
from search_app.engine.protocol import every_hit
from search_app.engine.results import Hit
from search_app.query.model import Asked, Query
from search_app.web.labels import parse_day
from search_app.web.results.json import hits_text, together
from search_app.web.state import Site

# An entry of a feed must have a time. Docs and tables have none upstream: the build's would mark all of them
# as updated with each build.
UNDATED = "1970-01-01T00:00:00Z"
MOST_EXPORTED = 2_000  # hits; a whole catalogue is better taken from /api/v1/<kind>s
FEED_LENGTH = 50
EXPORT_COLUMNS = (
    *("id", "kind", "name", "title", "type", "status", "status_reason", "app", "ping", "table"),
    *("sensitivity", "tags", "added", "expires", "description", "url"),
)


def public_root(site: Site) -> str:
    """The address of this server as readers know it, ending in a slash."""
    return (site.config.server.public_url or request.url_root).rstrip("/") + "/"


def all_hits(site: Site, query: Query) -> Iterator[Hit]:
    """The hits of a query from its first, up to MOST_EXPORTED."""
    return islice(every_hit(site.engine, replace(query, size=100, facets=(), explain=False)), MOST_EXPORTED)


def csv_file(site: Site, query: Query) -> Response:
    """One line for each hit; a value that a spreadsheet would run as a formula is quoted."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(EXPORT_COLUMNS)
    root = public_root(site)
    for hit in all_hits(site, query):
        card = hit.card
        row = [
            *(card.id, card.kind, card.name, card.title, card.type, card.status, card.status_reason),
            *("; ".join(values) for values in (card.app, card.ping, card.table, card.sensitivity, card.tags)),
            *(card.added, card.expires, card.description, urljoin(root, item_path(card.id))),
        ]
        writer.writerow([_no_formula(value) for value in row])
    response = Response(out.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="starchart.csv"'
    return response


def _no_formula(value: str) -> str:
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def json_file(site: Site, query: Query) -> Response:
    """All hits with the shape that they have in the search endpoint."""
    hits = list(all_hits(site, query))
    asked = Asked(*(query.filters.get(name, ()) for name in ("app", "ping", "dataset")))
    body = together(to_json({"q": query.text, "count": len(hits)}), hits_text(site, hits, asked=asked))
    response = Response(body, mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="starchart.json"'
    return response


def atom(site: Site, query: Query) -> Response:
    """The newest hits of a search."""
    newest = replace(query, page=1, size=FEED_LENGTH, sort="newest", facets=())
    results = site.engine.search(newest)
    entries = [(hit, _moment(hit.card.changed or hit.card.added) or UNDATED) for hit in results.hits]
    body = render_template(
        "feed.xml",
        root=public_root(site),
        query=query,
        entries=entries,
        updated=results.generation.built_at,
    )
    return Response(body, mimetype="application/atom+xml")


def _moment(text: str) -> str:
    day = parse_day(text)
    return f"{day.isoformat()}T00:00:00Z" if day else ""
