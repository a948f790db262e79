"""The page of an app: what it collects of its users, what is new, and where its data is.

Counts are of metrics that are collected now, by the same search that each of them links
to, so that a number and the list behind it agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from indexer.model.items import AppItem, PingItem
from indexer.model.parts import Novelty
from search_app.query.model import Filters, Query
from search_app.web.items.lists import Section, section
from search_app.web.labels import SENSITIVITY_LABELS
from search_app.web.state import Site

NEWS = (
    ("added", "New metrics"),
    ("changed", "Changed metrics"),
    ("expiring", "Next to expire"),
    ("removed", "No longer collected"),
)


@dataclass(frozen=True, slots=True)
class AppPing:
    """One line of the table of pings."""

    item: PingItem
    client_id: bool | None  # None where no definition says
    days: tuple[int, ...]  # how long it is kept; several where channels differ


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How many live metrics are of one category of data."""

    value: str
    label: str
    meaning: str
    count: int


@dataclass(frozen=True, slots=True)
class Collection:
    """What an app collects now, for a reader who worries about their data."""

    metrics: int
    unknown: int  # metrics of which no definition is published: whether they are collected now is not known
    unstated: int  # without a category
    sensitivity: tuple[Sensitivity, ...]
    types: Mapping[str, int]
    pings: Mapping[str, int]
    with_client_id: int  # live pings
    without_client_id: int
    longest_days: int | None


@dataclass(frozen=True, slots=True)
class AppDetail:
    """What only the page of an app has."""

    pings: tuple[AppPing, ...]
    collection: Collection
    news: tuple[tuple[str, tuple[Novelty, ...]], ...]
    sections: tuple[Section, ...]


def app_detail(site: Site, item: AppItem) -> AppDetail:
    """What the template of an app shows beside the item."""
    return AppDetail(
        pings=app_pings(site, item),
        collection=collection(site, item),
        news=tuple((title, item.news[sort]) for sort, title in NEWS if item.news.get(sort)),
        sections=tuple(each for each in _sections(site, item) if each.hits),
    )


def app_pings(site: Site, item: AppItem) -> tuple[AppPing, ...]:
    """The pings of an app, those in use first; worked out once for a generation."""
    return site.remembered(("pings of", item.name), lambda: _pings(site, item))


def collection(site: Site, item: AppItem) -> Collection:
    """What an app collects now, in numbers; worked out once for a generation."""
    return site.remembered(("collection", item.name), lambda: _collection(site, item, app_pings(site, item)))


def _pings(site: Site, item: AppItem) -> tuple[AppPing, ...]:
    found = (site.engine.get(f"ping/{item.name}/{name}") for name in item.pings)
    pings = [each for each in found if isinstance(each, PingItem)]
    pings.sort(key=lambda ping: (ping.status != "active", -ping.metric_count, ping.name))
    return tuple(
        AppPing(
            ping,
            ping.definition.include_client_id if ping.definition else None,
            tuple(sorted(set(ping.retention.values()))),
        )
        for ping in pings
    )


def _collection(site: Site, item: AppItem, pings: tuple[AppPing, ...]) -> Collection:
    filters: dict[str, tuple[str, ...]] = {"kind": ("metric",), "app": (item.name,), "status": ("active",)}
    results = site.engine.search(
        Query("", filters=Filters(filters), size=1, facets=("sensitivity", "type", "ping"))
    )
    facets = {facet.name: {v.value: v.count for v in facet.values} for facet in results.facets}
    counts = facets.get("sensitivity", {})
    stated = {**filters, "sensitivity": tuple(counts)}
    with_category = (
        site.engine.search(Query("", filters=Filters(stated), size=1, facets=())).total if counts else 0
    )
    of_unknown = Filters({**filters, "status": ("unknown",)})
    live = [ping for ping in pings if ping.item.status == "active"]
    days = [day for ping in live for day in ping.days]
    return Collection(
        metrics=results.total,
        unknown=site.engine.search(Query("", filters=of_unknown, size=1, facets=())).total,
        unstated=results.total - with_category,
        sensitivity=tuple(
            Sensitivity(value, *SENSITIVITY_LABELS[value], counts[value])
            for value in SENSITIVITY_LABELS
            if counts.get(value)
        ),
        types=facets.get("type", {}),
        pings=facets.get("ping", {}),
        with_client_id=sum(ping.client_id is True for ping in live),
        without_client_id=sum(ping.client_id is False for ping in live),
        longest_days=max(days) if days else None,
    )


def _sections(site: Site, item: AppItem) -> tuple[Section, ...]:
    app = item.name
    return (
        section(site, "Views for analysis", 12, "relevance", kind="table", type="view", app=app),
        section(site, "Derived tables", 10, "relevance", kind="table", type="derived", app=app),
        section(site, "Looker dashboards", 8, "relevance", kind="dashboard", app=app),
        section(site, "Looker explores", 12, "name", kind="explore", app=app),
        section(site, "Measures of metric-hub", 10, "relevance", kind="measure", app=app),
        section(site, "Documentation that mentions it", 8, "relevance", kind="doc", app=app),
    )
