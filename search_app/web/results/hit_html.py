"""What a hit shows of its item whatever was searched for, as markup.

Most of a hit is the same in every search that finds it: it is drawn from
templates/search/hit.html once, and kept as long as its generation answers.
"""

from __future__ import annotations

from typing import Any

from flask import current_app

from search_app.web.actions import asked_tables, best_links
from search_app.web.results.fragments import HitDrawing
from search_app.web.results.view import HitView
from search_app.web.state import Site


def hit_drawing(site: Site, hit: HitView) -> HitDrawing:
    """The pieces of a hit; what was asked for changes which of its apps, tables and links it names first."""
    return site.remembered(("hit drawing", hit.card.id, hit.asked), lambda: _drawn(site, hit))


def _drawn(site: Site, hit: HitView) -> HitDrawing:
    if tables := asked_tables(site, hit.card.id, hit.asked):
        hit = hit._replace(card=hit.card._replace(table=tables[:5]))
    card = hit.card
    draw, draw_kind = _macros("search/hit.html"), _macros(f"search/hit_{card.kind}.html")
    return HitDrawing(
        classes=f"hit edge-{card.kind}" + ("" if card.status in ("active", "unknown") else " faded"),
        top=draw.top(hit),
        project=draw.project(hit),
        heading=draw.heading(hit),
        facts=draw_kind.facts(hit),
        tools=draw.tools(best_links(site, card.id, hit.asked)),
    )


def _macros(template: str) -> Any:
    """The macros of a template, which answer with markup since it autoescapes."""
    return current_app.jinja_env.get_template(template).module
