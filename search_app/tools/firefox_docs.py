"""Firefox Source Docs: how a kind of legacy probe works."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.model.items import AnyItem, ProbeItem
from search_app.tools import Context, Link, NoLink

BASE = "https://firefox-source-docs.mozilla.org/toolkit/components/telemetry/telemetry/collection"
PAGES = {"histogram": "histograms", "scalar": "scalars", "event": "events"}


class Tool:
    """Links a legacy probe to the chapter on its sort."""

    name = "firefox-docs"
    label = "Firefox Source Docs"
    order = 112
    bangs = ("fxdocs",)

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """The chapter on a legacy probe's sort."""
        if isinstance(item, ProbeItem) and (page := PAGES.get(item.probe_type)):
            keyed = any(d.keyed for d in item.definitions[:1]) and item.probe_type != "event"
            url = f"{BASE}/{page}.html" + (f"#keyed-{page}" if keyed else "")
            yield Link(self.name, f"About legacy {page}", url)
