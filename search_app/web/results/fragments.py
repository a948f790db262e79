"""Hits, their variants and values of facets as markup: what a results page repeats up to hundreds of times.

Written by a template they take longer than all else on the page together. Whatever
text goes in is escaped here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from markupsafe import Markup, escape

from search_app.web.results.filters import FacetValueView
from search_app.web.results.view import HitView, VariantView

MATCH_LABELS = {
    "column": "Has the column",
    "extra": "Has the extra key",
    "label": "Has the label",
    "sql": "Says in its SQL",
    "bug": "Names bug",
}


class HitDrawing(NamedTuple):
    """The pieces of one hit that its item alone decides, in their order; see drawing.py."""

    classes: str
    top: Markup  # kind, type and state
    project: Markup
    heading: Markup
    facts: Markup
    tools: Markup


def hit_article(number: int, hit: HitView, drawn: HitDrawing, why: Markup | None) -> Markup:
    """A hit: what was drawn of its item, with its marked name and snippet and its variants between.

    `why`: the parts of its score, where they were asked for.
    """
    snippet = f'<p class="snippet">{escape(hit.snippet)}</p>\n' if hit.snippet else ""
    variants = ""
    if hit.variants:
        more = f' <span class="quiet">and {hit.more_variants:,} more</span>' if hit.more_variants else ""
        also = '<span class="quiet">also in</span>'
        variants = f'<p class="variants">{also} {variant_links(hit.variants)}{more}</p>\n'
    if hit.match:
        label, value = MATCH_LABELS[hit.match.field], escape(hit.match.value)
        snippet = f'<p class="match"><span class="quiet">{label}</span> <code>{value}</code></p>\n{snippet}'
    return Markup(  # noqa: S704  the drawn pieces are markup, the rest is escaped
        f'<article class="{drawn.classes}" aria-labelledby="hit-{number}">\n{drawn.top}\n'
        f'<h2 id="hit-{number}"><a href="{escape(hit.url)}">'
        f'<span class="name">{drawn.project}{escape(hit.name)}</span></a>{drawn.heading}</h2>\n'
        f"{snippet}{drawn.facts}\n{variants}{drawn.tools}\n{why or ''}</article>\n"
    )


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
    return f'<span class="facet-label" title="{escape(value)}">{escape(label)}</span>'


def variant_links(variants: Iterable[VariantView]) -> Markup:
    """Links to the other members of a hit's family."""
    links = (f'<a href="{escape(each.url)}">{escape(each.label)}</a>' for each in variants)
    return Markup(", ".join(links))  # noqa: S704
