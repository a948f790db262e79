"""The debug ping viewer: pings that a developer's own build sends under a debug tag."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.model.items import AnyItem, AppItem, MetricItem, PingItem
from search_app.tools import Context, Link, NoLink

BASE = "https://debug-ping-preview.firebaseapp.com/"


class Tool:
    """Links apps, and the metrics and pings that Glean sends, to the viewer's start page."""

    name = "debug-ping-viewer"
    label = "Debug ping viewer"
    order = 140
    bangs = ("debug", "debugview")

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """The start page, for what Glean sends and has not removed: it takes nothing along."""
        glean = isinstance(item, AppItem | MetricItem) or (isinstance(item, PingItem) and not item.legacy)
        if glean and item.status != "removed":
            yield Link(self.name, "See your own pings", BASE, note="needs a build with a debug tag set")
