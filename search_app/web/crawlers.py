"""For crawlers of search engines: what they may read, and a list of all pages that stand for a thing."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from flask import Blueprint, Response, abort

from indexer.model.ids import item_path
from indexer.model.kinds import KINDS
from search_app.query.model import Filters
from search_app.web.guards.hosts import public_root
from search_app.web.state import Site, current_site

blueprint = Blueprint("crawlers", __name__)
LARGEST_PART = 10_000  # addresses of one file; sitemaps.org allows 50,000 and 50 MB
PLACES = ("/", "/map", "/help", "/about", "/status")  # pages that are of no thing
# results and forms are endless, and each thing has a page; what pages are drawn with must be read
ROBOTS = """\
User-agent: *
Allow: /static/
Disallow: /*?
Disallow: /api/
Disallow: /export.
Disallow: /feed.atom
Disallow: /go
Disallow: /mcp
Disallow: /suggest
Sitemap: {root}sitemap.xml
"""
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@blueprint.get("/robots.txt")
def robots() -> Response:
    """What crawlers may read (RFC 9309)."""
    return Response(ROBOTS.format(root=public_root(current_site().config)), mimetype="text/plain")


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """The parts of the list, each with the day on which its generation was built (sitemaps.org)."""
    site = current_site()
    root, built = public_root(site.config), site.engine.generation.built_at
    parts = (
        f"{kind}-{number}"
        for kind in KINDS
        for number in range(1, -(-len(_ids(site, kind)) // LARGEST_PART) + 1)
    )
    rows = (
        f"<sitemap><loc>{root}sitemap/{part}.xml</loc><lastmod>{escape(built)}</lastmod></sitemap>"
        for part in ("places-1", *parts)
    )
    return _xml(f"<sitemapindex {_SPACE}>", rows, "</sitemapindex>")


@blueprint.get("/sitemap/<kind>-<int:number>.xml")
def part(kind: str, number: int) -> Response:
    """The addresses of one part: of things of a kind, or of the pages that are of no thing."""
    site = current_site()
    if kind == "places" and number == 1:
        of_apps = (f"{item_path(app)}/{page}" for app in _ids(site, "app") for page in ("map", "collects"))
        paths: Iterable[str] = (*PLACES, *of_apps)
    elif kind in KINDS:
        paths = map(item_path, _ids(site, kind)[(number - 1) * LARGEST_PART : number * LARGEST_PART])
    else:
        paths = ()
    root = public_root(site.config).rstrip("/")
    rows = [f"<url><loc>{root}{escape(path)}</loc></url>" for path in paths]
    return _xml(f"<urlset {_SPACE}>", rows, "</urlset>") if rows else abort(404)


def _ids(site: Site, kind: str) -> tuple[str, ...]:
    """The ids of a kind, in order."""
    return tuple(sorted(each.id for each in site.engine.passing(Filters({"kind": (kind,)}))))


def _xml(opening: str, rows: Iterable[str], closing: str) -> Response:
    return Response("\n".join((_HEAD + opening, *rows, closing)) + "\n", mimetype="application/xml")
