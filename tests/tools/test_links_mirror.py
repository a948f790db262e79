"""Every address that the whole real catalogue gives: whole, encoded once, on its tool's host."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from indexer.index.generation import open_current
from indexer.model.items import AnyItem, PingItem
from indexer.store.reader import Store
from search_app import tools
from search_app.tools import PUBLIC, Context, Link, NoLink, build_context

HOSTS = {
    "airflow": {"workflow.telemetry.mozilla.org"},
    "bigquery-console": {"console.cloud.google.com"},
    "bigquery-etl-docs": {"github.com", "mozilla.github.io"},
    "data-docs": {"docs.telemetry.mozilla.org"},
    "datahub": {"mozilla.acryl.io"},
    "debug-ping-viewer": {"debug-ping-preview.firebaseapp.com"},
    "event-monitoring": {"mozilla.cloud.looker.com"},
    "experimenter": {"experimenter.services.mozilla.com"},
    "firefox-docs": {"firefox-source-docs.mozilla.org"},
    "github": {"github.com"},
    "glam": {"glam.telemetry.mozilla.org"},
    "glean-annotations": {"github.com"},
    "glean-dictionary": {"dictionary.telemetry.mozilla.org"},
    "glean-dictionary-data": {"dictionary.telemetry.mozilla.org"},
    "glean-docs": {"mozilla.github.io"},
    "looker": {"mozilla.cloud.looker.com"},
    "measurement-dashboard": {"telemetry.mozilla.org"},
    "metric-hub": {"mozilla.github.io"},
    "probe-dictionary": {"probes.telemetry.mozilla.org"},
    "public-data": {"public-data.telemetry.mozilla.org"},
    "release-calendar": {"whattrainisitnow.com"},
    "schema-dictionary": {"github.com"},
    "searchfox": {"searchfox.org"},
    "stmo": {"sql.telemetry.mozilla.org"},
    "use-counters": {"mozilla.github.io"},
}
ANYWHERE = {"bugzilla"}  # bugs and data reviews are where upstream says
STAFF = {"airflow", "bigquery-console", "datahub", "event-monitoring", "experimenter", "looker", "stmo"}
# tools whose parameters are all made by one encoder: read and written again, they stay the same
FORMS = {
    "bigquery-console",
    "event-monitoring",
    "glam",
    "glean-dictionary",
    "looker",
    "probe-dictionary",
    "stmo",
}


def wrong(link: Link) -> str:
    """What is wrong with an address, "" where nothing is."""
    if link.tool == "mail":
        return "" if re.fullmatch(r"mailto:[\w.+-]+@[\w.-]+\.\w+", link.url) else "no e-mail address"
    parts = urlsplit(link.url)
    if parts.scheme != "https" and not (link.tool in ANYWHERE and parts.scheme == "http"):
        return "not https"
    if link.tool not in ANYWHERE and parts.netloc not in HOSTS[link.tool]:
        return f"not on its host: {parts.netloc}"
    if re.search(r"[^\x21-\x7e]|[<>\"\\^`{|}]", link.url):
        return "a character that must be encoded"
    for text in (parts.path, parts.query, parts.fragment):
        if re.search(r"%(?![0-9A-F]{2})", text) and link.tool not in ANYWHERE:
            return "a % that encodes nothing"
    if link.tool not in ANYWHERE and any("%" in value for _, value in parse_qsl(parts.query)):
        return "encoded twice"
    if link.tool in FORMS and urlencode(parse_qsl(parts.query, True), safe="*,") != parts.query:
        return "does not come back the same"
    if (link.access == PUBLIC) != (link.tool not in STAFF):
        return f"wrong access: {link.access}"
    return ""


@pytest.mark.parametrize(
    ("tool", "url", "fault"),
    [
        ("glam", "https://glam.telemetry.mozilla.org/fog/probe/gc_ms/explore", ""),
        ("glam", "http://glam.telemetry.mozilla.org/", "not https"),
        ("glam", "/fog/probe/gc_ms", "not https"),
        ("glam", "https://glam.example/", "not on its host: glam.example"),
        ("glam", "https://glam.telemetry.mozilla.org/a b", "a character that must be encoded"),
        ("glam", "https://glam.telemetry.mozilla.org/é", "a character that must be encoded"),
        ("glam", "https://glam.telemetry.mozilla.org/a%2", "a % that encodes nothing"),
        ("glam", "https://glam.telemetry.mozilla.org/?a=%2522", "encoded twice"),
        ("glam", "https://glam.telemetry.mozilla.org/?a=x:y", "does not come back the same"),
        ("looker", "https://mozilla.cloud.looker.com/explore/a/b", "wrong access: public"),
        ("mail", "mailto:someone", "no e-mail address"),
    ],
)
def test_each_fault_of_an_address_is_seen(tool: str, url: str, fault: str) -> None:
    assert wrong(Link(tool, "label", url)) == fault


@pytest.fixture(scope="module")
def estate(mirror_data: Path) -> tuple[Store, Context]:
    opened = open_current(mirror_data)
    assert opened is not None
    store = Store(opened.path / "catalogue.sqlite")
    known = [item for kind in ("app", "explore") for item in store.items(store.ids(kind))]
    pings = {item.id: item for item in store.items(store.ids("ping")) if isinstance(item, PingItem)}
    wanted: dict[str, AnyItem | None] = {}

    def lookup(item_id: str) -> AnyItem | None:
        if item_id.startswith("ping/"):
            return pings.get(item_id)
        if item_id not in wanted:
            wanted[item_id] = next(iter(store.items([item_id])), None)
        return wanted[item_id]

    return store, build_context(known, lookup)


def _all(store: Store) -> Iterator[AnyItem]:
    for kind in ("app", "ping", "metric", "probe", "table", "measure", "explore", "doc", "tool"):
        ids = store.ids(kind)
        for start in range(0, len(ids), 500):
            yield from store.items(ids[start : start + 500])


@pytest.mark.mirror
@pytest.mark.slow
def test_every_address_of_the_catalogue_is_whole_and_on_its_tools_host(estate: tuple[Store, Context]) -> None:
    store, context = estate
    counts: Counter[str] = Counter()
    faults: dict[str, str] = {}
    for item in _all(store):
        for tool in tools.find_tools().values():
            for view in tool.views(item, context):
                if isinstance(view, NoLink):
                    continue
                counts[view.tool] += 1
                if fault := wrong(view):
                    faults.setdefault(f"{view.tool}: {fault}", f"{item.id} {view.url}")
    assert faults == {}
    assert set(counts) >= HOSTS.keys() - {"experimenter"}
    assert sum(counts.values()) > 200_000
