"""Hits, their variants and values of facets as markup: what a results page repeats up to hundreds of times.

Written by a template these take longer than all else on the page together. Whatever text goes in is escaped
here. Most of a hit is the same in every search that finds it: that is drawn from templates/search/hit.html
once, and kept as long as its generation answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from flask import current_app
from markupsafe import Markup, escape

from search_app.web.actions import asked_tables, best_links
from search_app.web.results.filters import FacetValueView
from search_app.web.results.hit_view import HitView, VariantView
from search_app.web.state import Site

FACET_WIDTH = 24  # letters of a value that are shown for certain
MATCH_LABELS = {
    "column": "has the column",
    "extra": "has the extra key",
    "label": "has the label",
    "sql": "says in its SQL",
    "bug": "names bug",
}
# what a script can do with a hit; it shows them
_DO = "".join(
    f'<button class="do" type="button" data-do="{do}"{state} aria-label="{label}" title="{title}" hidden>'
    f"{words}</button>"
    for do, words, label, title, state in (
        ("copy", "Copy", "Copy the name", "Copy the name (c)", ""),
        ("peek", "Peek", "Peek at it", "Peek at it (p)", ""),
        ("star", "Star", "Star it", "Keep it in this browser", ' aria-pressed="false"'),
    )
)


class HitDrawing(NamedTuple):
    """The pieces of one hit that its item alone decides, in their order."""

    classes: str
    top: Markup  # kind, type and state
    project: Markup
    heading: Markup
    facts: Markup
    tools: Markup


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


def hit_article(
    number: int, hit: HitView, drawn: HitDrawing, why: Markup | None, unfolded: bool = False
) -> Markup:
    """A hit: what was drawn of its item, with its marked name and snippet and its variants between.

    `why`: the parts of its score, where they were asked for. `unfolded`: what is beneath it is shown at once.
    """
    snippet = f'<p class="snippet">{escape(hit.snippet)}</p>\n' if hit.snippet else ""
    near = "" if hit.complete else '<span class="near">not all words</span>'
    return Markup(  # noqa: S704  the drawn pieces are markup, the rest is escaped
        f'<article class="{drawn.classes}" aria-labelledby="hit-{number}">\n'
        f'<h2 id="hit-{number}"><a href="{escape(hit.url)}">'
        f'<span class="name">{drawn.project}{escape(hit.name)}</span></a>{drawn.heading}</h2>\n'
        f'<div class="gist">{drawn.top}{_match(hit)}{near}{drawn.facts}</div>\n'
        f"{snippet}{_others(hit, unfolded)}"
        f'<p class="tools">{drawn.tools}{_DO}</p>\n{why or ""}</article>\n'
    )


def _match(hit: HitView) -> str:
    """What of it was typed, leading to where it stands on the item's page."""
    if not hit.match:
        return ""
    value = f"<code>{escape(hit.match.value)}</code>"
    if hit.match_url:
        value = f'<a href="{escape(hit.match_url)}">{value}</a>'
    return f'<span class="match"><span class="quiet">{MATCH_LABELS[hit.match.field]}</span> {value}</span>'


def _others(hit: HitView, unfolded: bool) -> str:
    """The other members of its group and the hits of its name, folded."""
    if not hit.variants and not hit.namesakes:
        return ""
    words, lists = [], []
    if hit.namesakes:
        words.append(f"{len(hit.namesakes)} more named so")
        lines = "".join(f"<li>{_namesake(each)}</li>" for each in hit.namesakes)
        lists.append(f'<ul class="namesakes">{lines}</ul>')
    if hit.variants:
        count = len(hit.variants) + hit.more_variants
        words.append(f"{count} more {'place' if count == 1 else 'places'}")
        more = f' <span class="quiet">and {hit.more_variants:,} more</span>' if hit.more_variants else ""
        lists.append(
            f'<p class="variants"><span class="quiet">also</span> {variant_links(hit.variants)}{more}</p>'
        )
    state = " open" if unfolded else ""
    return f'<details class="others"{state}><summary>{", ".join(words)}</summary>{"".join(lists)}</details>\n'


def _namesake(hit: HitView) -> str:
    card = hit.card
    whose = ", ".join(app.title for app in hit.apps) or card.project or card.name
    more = f' <span class="quiet">and {hit.more_apps} more</span>' if hit.more_apps else ""
    state = ""
    if hit.shows_status:
        dot = '<span class="dot" aria-hidden="true"></span>'
        state = f' <span class="status status-{card.status}">{dot}{card.status}</span>'
    table = f' <code class="quiet">{escape(card.table[0])}</code>' if card.table else ""
    return f'<a href="{escape(hit.url)}">{escape(whose)}</a>{more}{state}{table}'


def facet_items(name: str, values: Sequence[FacetValueView]) -> Markup:
    """Entries of a facet's list: each a link that switches its value, with its count."""
    # escaped together, since a call for each takes longer than its work; no address holds a line break
    urls = str(escape("\n".join([each.url for each in values]))).splitlines()
    return Markup("".join([_item(name, each, url) for each, url in zip(values, urls, strict=True)]))  # noqa: S704


def _item(name: str, each: FacetValueView, url: str) -> str:
    label, value, count, selected, _ = each
    on, current = (" on", ' aria-current="true"') if selected else ("", "")
    return (
        f'<li><a class="facet-value{on}" href="{url}" rel="nofollow"{current}>'
        f'<span class="tick" aria-hidden="true"></span>{_label(name, value, label)}'
        f'<span class="count">{count:,}</span></a></li>'
    )


@lru_cache(maxsize=5_000)  # a value is called the same in every search
def _label(name: str, value: str, label: str) -> str:
    if name == "status":
        dot = '<span class="dot" aria-hidden="true"></span>'
        return f'<span class="facet-label status-{escape(value)} status">{dot}{escape(label)}</span>'
    said = len(label) <= FACET_WIDTH and label in (value, value.replace("_", " "))  # all of it is shown
    title = "" if said else f' title="{escape(value)}"'
    return f'<span class="facet-label"{title}>{escape(label)}</span>'


def variant_links(variants: Iterable[VariantView]) -> Markup:
    """Links to the other members of a hit's family."""
    links = (f'<a href="{escape(each.url)}">{escape(each.label)}</a>' for each in variants)
    return Markup(", ".join(links))  # noqa: S704
