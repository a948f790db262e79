"""The things that one would put a thing beside: its mirror, its successor, its like in another app."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.model.items import AnyItem, MetricItem, PingItem, ProbeItem, TableItem
from search_app.web.state import Site

# apps whose pings are compared most, the largest first
LARGEST_APPS = (
    "firefox_desktop",
    "fenix",
    "firefox_ios",
    "focus_android",
    "focus_ios",
    "thunderbird_desktop",
)
MOST_SISTERS = 5


def sisters_of(site: Site, item: AnyItem) -> tuple[str, ...]:
    """Ids of things that are worth comparing with this one, the nearest first; none twice, all known."""
    wanted = dict.fromkeys(each for each in _candidates(item) if each and each != item.id)
    known = site.engine.known(tuple(wanted))
    return tuple(each for each in wanted if each in known)[:MOST_SISTERS]


def _candidates(item: AnyItem) -> Iterator[str]:
    if isinstance(item, MetricItem):
        yield from item.mirrors
        yield from (other for other, _ in item.replaces)
        yield from item.related.get("denominator", ())
    elif isinstance(item, ProbeItem):
        yield from item.mirrors
        yield item.replaced_by
    elif isinstance(item, PingItem):
        yield from (f"ping/{app}/{item.name}" for app in LARGEST_APPS)
    elif isinstance(item, TableItem):
        yield item.glean_twin
        yield item.user_view
        yield from (
            f"table/{item.project}.{app}.{item.table}" for app in LARGEST_APPS if item.layer == "view"
        )
