"""The use counter pages: how often pages use a feature of the web."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from indexer.model.items import AnyItem, MetricItem, ProbeItem
from search_app.tools import Context, Link, NoLink
from search_app.tools.addressing.urls import with_params

LEGACY = "https://mozilla.github.io/usecounters/"
GLEAN = "https://mozilla.github.io/use-counters/"


class Tool:
    """Links a use counter to its use over time."""

    name = "use-counters"
    label = "Use counters"
    order = 35
    bangs = ("usecounters",)

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """How a use counter was used over time, of Glean or legacy."""
        if isinstance(item, MetricItem):
            if "use-counters" in item.pings:
                yield Link(self.name, "Use over time", with_params(GLEAN, [("counter", item.name)]))
        elif isinstance(item, ProbeItem):
            parts = item.name.partition("/")[2].split("_")
            if parts[:2] == ["USE", "COUNTER2"] and len(parts) > 3 and parts[-1] in ("PAGE", "DOCUMENT"):
                group = quote(parts[2], safe="")
                url = f"{LEGACY}#group={group}&kind={parts[-1].lower()}"
                yield Link(self.name, "Use over time", url, note="legacy data")
