"""What the Glean Dictionary knows of an item, as JSON that any program may read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.model.items import AnyItem, AppItem, MetricItem, PingItem, ProbeItem
from search_app.tools import Context, Link, NoLink
from search_app.tools.addressing.names import snake_case
from search_app.tools.addressing.places import apps_of
from search_app.tools.addressing.urls import segment

BASE = "https://dictionary.telemetry.mozilla.org/data"


class Tool:
    """Links Glean's apps, pings and metrics to the JSON behind their pages."""

    name = "glean-dictionary-data"
    label = "Glean Dictionary JSON"
    order = 135
    bangs = ("gdjson",)

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """The JSON from which the Glean Dictionary makes the thing's page."""
        for path in _paths(item, context):
            yield Link(self.name, "Its data as JSON", f"{BASE}/{path}.json", note="Glean Dictionary")


def _paths(item: AnyItem, context: Context) -> Iterator[str]:
    if isinstance(item, AppItem) and not item.skip_documentation and item.name not in context.undocumented:
        yield f"{segment(item.name)}/index"
    elif isinstance(item, PingItem) and not item.legacy and item.app not in context.undocumented:
        yield f"{segment(item.app)}/pings/{segment(item.name)}"
    elif isinstance(item, MetricItem):
        # it renames what content blockers would stop: its own work-around
        page = re.sub(r"[.\[\]/-]", "_", item.name).replace("ad_impression", "advert_impression")
        for app in apps_of(item):
            if app not in context.undocumented:
                yield f"{segment(app)}/metrics/data_{segment(page)}"
    elif isinstance(item, ProbeItem) and item.probe_type in ("histogram", "scalar", "event"):
        yield f"firefox_legacy/metrics/data_{segment(snake_case(item.name.partition('/')[2]))}"
