"""Experimenter: the experiments that sample a metric."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.model.items import AnyItem, MetricItem
from search_app.tools import STAFF, Context, Link, NoLink
from search_app.tools.addressing.urls import segment

BASE = "https://experimenter.services.mozilla.com/nimbus"


class Tool:
    """Links a metric to each experiment that samples it."""

    name = "experimenter"
    label = "Experimenter"
    order = 120
    bangs = ("experimenter", "nimbus")

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """Each experiment that samples a metric."""
        if isinstance(item, MetricItem):
            for slug in item.experiments:
                url = f"{BASE}/{segment(slug)}/summary"
                yield Link(self.name, "The experiment that samples it", url, STAFF, slug)
