"""metric-hub's published pages of metrics and data sources."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.model.items import AnyItem, MeasureItem
from search_app.tools import Context, Link, NoLink
from search_app.tools.addressing.urls import segment

BASE = "https://mozilla.github.io/metric-hub"
PAGES = {"metric": "metrics", "data_source": "data_sources"}


class Tool:
    """Links a metric or data source of metric-hub to its published page."""

    name = "metric-hub"
    label = "metric-hub"
    order = 25
    bangs = ("metrichub", "mh")

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """The published page of a measure that metric-hub's definitions hold."""
        if not isinstance(item, MeasureItem):
            return
        page = PAGES.get(item.type)
        if page is None:
            yield NoLink(self.name, f"metric-hub publishes no page of its {item.type}s.")
        elif item.layers and not any(layer.startswith("definitions") for layer in item.layers):
            yield NoLink(self.name, "metric-hub publishes pages only of what its definitions folder holds.")
        else:
            url = f"{BASE}/{page}/{segment(item.platform)}/#{segment(item.name.rpartition('/')[2])}"
            yield Link(self.name, "In metric-hub's pages", url)
