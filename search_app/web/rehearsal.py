"""What will be asked first, asked by ourselves: before the fork, and of a generation before it is taken up.

Templates, parsers and vocabulary are 25 MB that each worker would have for itself; what is worked out
of a generation once (the maps, the news, the answers' shelf) takes a second of a processor.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import copy_context

from flask import Flask

from indexer.model.ids import item_path
from indexer.model.kinds import KINDS
from search_app.query.model import Filters, Query
from search_app.web.state import EXTENSION, NothingIndexed, Site, ask_as_ourselves

WARMED = (
    "/?q=gc",
    "/?q=DAU+of+desktop",
    "/api/v1/search?q=gc",
    "/suggest?q=gc",
    "/tool/glam",
    "/api/v1/item/tool/glam",
)
DRAWN = ("/", "/map", "/status")  # each takes what is remembered of a whole generation
MAPS = 3  # of the best known applications


def rehearse(app: Flask) -> None:
    """Answer the usual requests once, uncounted."""
    copy_context().run(_ask, app)


def usual_addresses(app: Flask) -> list[str]:
    """What parsing and ranking need, then the dear pages and the best known thing of each kind."""
    try:
        return [*WARMED, *DRAWN, *_best_known(app.extensions[EXTENSION])]
    except NothingIndexed:
        return [*WARMED]


def _ask(app: Flask) -> None:
    ask_as_ourselves()
    client = app.test_client()
    for address in usual_addresses(app):
        client.get(address)


def _best_known(site: Site) -> Iterator[str]:
    for kind in KINDS:
        hits = site.engine.search(Query(filters=Filters({"kind": (kind,)}), facets=())).hits
        paths = [item_path(hit.card.id) for hit in hits[:MAPS]]
        yield from paths[:1]
        if kind == "app":
            yield from (f"{path}/map" for path in paths)
