"""Values of facets and variants as markup: what a results page repeats more than a hundred times.

Written by a template they take longer than all else on the page together. Whatever
text goes in is escaped here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from markupsafe import Markup, escape

from search_app.narrowing import FacetValueView
from search_app.present import VariantView


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
