"""glean-annotations: where anyone can add commentary to an app, ping or metric."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.model.items import AnyItem, AppItem, MetricItem, PingItem
from search_app.tools import Context, Link, NoLink
from search_app.tools.addressing.urls import segment

BASE = "https://github.com/mozilla/glean-annotations"
TEMPLATE = "# Commentary\n\nWhat should a reader of this data know?\n"


class Tool:
    """Links a Glean app, metric or ping to the form for its commentary."""

    name = "glean-annotations"
    label = "Annotation"
    order = 115
    bangs = ("annotate",)

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """The form that writes or edits the commentary of a Glean app, metric or ping."""
        if isinstance(item, AppItem):
            path = f"{segment(item.name)}/README.md"
        elif isinstance(item, MetricItem):
            path = f"{segment(item.origin)}/metrics/{segment(item.name)}/README.md"
        elif isinstance(item, PingItem) and not item.legacy:
            path = f"{segment(item.origin)}/pings/{segment(item.name)}/README.md"
        else:
            return
        if item.commentary or item.warning:
            yield Link(self.name, "Edit the commentary", f"{BASE}/edit/main/annotations/{path}")
        else:
            new = f"{BASE}/new/main?filename=annotations/{path}&value={segment(TEMPLATE)}"
            yield Link(self.name, "Write a commentary", new)
