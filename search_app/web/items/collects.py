"""What an app collects, for a reader who worries about their data: by category, in plain words.

The categories are those of Mozilla's data collection policy (https://wiki.mozilla.org/Data_Collection);
a definition states them as `data_sensitivity`, and links the reviews that allowed it. Legacy probes
state none.
"""

from __future__ import annotations

from dataclasses import dataclass

from indexer.model.items import AppItem, DocItem, MetricItem, PingItem
from search_app.engine.results import Results
from search_app.query.model import Filters, Query, search_url
from search_app.web.items.app import app_pings, collection
from search_app.web.labels import SENSITIVITY_LABELS
from search_app.web.state import Site

# Most sensitive first, with what a category means to somebody who has not read the policy.
CATEGORIES = {
    "highly_sensitive": "Data that could tell who somebody is, or harm them if others had it.",
    "stored_content": "What people keep, write or send: content, messages, names of their own.",
    "web_activity": "What people do on the web: sites, pages, searches.",
    "interaction": "How the app is used: which features, how often, with which settings.",
    "technical": "About the app and the machine: versions, speed, crashes, errors.",
}
IDS = ("uuid", "jwe")  # types of metrics that hold an id, or what is encrypted for one receiver
SHOWN = 12  # of each list; the search behind it has them all
# Sections of the docs on switching collection off, and on what is sent then.
ON_SWITCHING_OFF = (
    "doc/concepts/profile/profile_creation.md#telemetry-opt-out",
    "doc/concepts/analysis_gotchas.md#opt-in-versus-opt-out",
    "doc/datasets/pings.md#deletion-request-ping",
)
SWITCHES = {  # app -> (words, address) of Mozilla's own help for users
    "firefox_desktop": (
        "Share data with Mozilla to help improve Firefox",
        "https://support.mozilla.org/en-US/kb/share-data-mozilla-help-improve-firefox",
    ),
}


@dataclass(frozen=True, slots=True)
class Collected:
    """One metric that is collected now."""

    item: MetricItem
    reviews: tuple[str, ...]  # addresses of the data reviews that its definition links


@dataclass(frozen=True, slots=True)
class Listed:
    """The first metrics of one sort, with how many there are and where all are."""

    name: str  # of a category, or ""
    label: str
    words: str
    things: tuple[Collected, ...]
    total: int
    url: str


@dataclass(frozen=True, slots=True)
class Collects:
    """All that the page says."""

    categories: tuple[Listed, ...]
    unstated: int  # metrics without a category
    total: int  # metrics that are collected now
    unknown: int  # and those of which nobody knows, since no definition of them is published
    unknown_url: str
    ids: tuple[Listed, ...]  # what tells one installation from others
    pings_with_id: tuple[PingItem, ...]  # in use, with a client id
    probes: int  # legacy probes that are collected now
    probes_url: str
    deletion: PingItem | None  # what is sent when collection is switched off
    switch: tuple[str, str] | None
    docs: tuple[DocItem, ...]


def collects(site: Site, app: AppItem) -> Collects:
    """What an app collects now, worked out once for a generation."""
    return site.remembered(("collects", app.name), lambda: _collects(site, app))


def _collects(site: Site, app: AppItem) -> Collects:
    categories = [
        _listed(site, app, name, SENSITIVITY_LABELS[name][0], words, sensitivity=(name,))
        for name, words in CATEGORIES.items()
    ]
    known = collection(site, app)
    stated = _search(site, app, 1, sensitivity=tuple(CATEGORIES))
    probes = Filters({"kind": ("probe",), "app": (app.name,), "status": ("active",)})
    live = [each for each in app_pings(site, app) if each.item.status == "active"]
    docs = [site.engine.get(item_id) for item_id in ON_SWITCHING_OFF]
    return Collects(
        categories=tuple(found for found in categories if found.total),
        unstated=known.metrics - stated.total,
        total=known.metrics,
        unknown=known.unknown if app.status == "active" else 0,
        unknown_url=search_url("", {**_of(app), "status": ("unknown",)}),
        ids=tuple(found for name in IDS if (found := _listed(site, app, "", name, "", type=(name,))).total),
        pings_with_id=tuple(each.item for each in live if each.client_id),
        probes=site.engine.search(Query("", filters=probes, size=1, facets=())).total,
        probes_url=search_url("", probes),
        deletion=next((each.item for each in live if each.item.name == "deletion-request"), None),
        switch=SWITCHES.get(app.name),
        docs=tuple(doc for doc in docs if isinstance(doc, DocItem)),
    )


def _listed(
    site: Site, app: AppItem, name: str, label: str, words: str, **filters: tuple[str, ...]
) -> Listed:
    """The first live metrics of an app that pass filters: what is used most stands first."""
    results = _search(site, app, SHOWN, **filters)
    found = (site.engine.get(hit.card.id) for hit in results.hits)
    things = tuple(
        Collected(item, tuple(dict.fromkeys(item.definition.data_reviews)) if item.definition else ())
        for item in found
        if isinstance(item, MetricItem)
    )
    url = search_url("", {**_of(app), **filters})
    return Listed(name, label, words, things, results.total, url)


def _search(site: Site, app: AppItem, size: int, **filters: tuple[str, ...]) -> Results:
    return site.engine.search(Query("", filters=Filters({**_of(app), **filters}), size=size, facets=()))


def _of(app: AppItem) -> dict[str, tuple[str, ...]]:
    return {"kind": ("metric",), "app": (app.name,), "status": ("active",)}
