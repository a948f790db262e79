"""What a hit shows of its item whatever was searched for, as markup.

Most of a hit is the same in every search that finds it: it is drawn from
templates/search/hit.html once, and kept as long as its generation answers.
"""

from __future__ import annotations

from typing import Any

from flask import current_app

from search_app.web.actions import best_links
from search_app.web.results.fragments import HitDrawing
from search_app.web.results.view import HitView
from search_app.web.state import Site


def hit_drawing(site: Site, hit: HitView) -> HitDrawing:
    """The pieces of a hit; the apps that were asked for change the order in which it names its own."""
    return site.remembered(("hit drawing", hit.card.id, hit.apps_first), lambda: _drawn(site, hit))


def _drawn(site: Site, hit: HitView) -> HitDrawing:
    card = hit.card
    draw, draw_kind = _macros("search/hit.html"), _macros(f"search/hit_{card.kind}.html")
    return HitDrawing(
        classes=f"hit edge-{card.kind}" + ("" if card.status in ("active", "unknown") else " faded"),
        top=draw.top(hit),
        project=draw.project(hit),
        heading=draw.heading(hit),
        facts=draw_kind.facts(hit),
        tools=draw.tools(best_links(site, card.id)),
    )


def _macros(template: str) -> Any:
    """The macros of a template, which answer with markup since it autoescapes."""
    return current_app.jinja_env.get_template(template).module
