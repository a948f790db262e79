"""The Probe Dictionary: legacy Firefox telemetry, its ids in their original case."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.model.items import AnyItem, ProbeItem
from search_app.tools import Context, Link, NoLink
from search_app.tools.addressing.urls import with_params

BASE = "https://probes.telemetry.mozilla.org/"


def search(words: str) -> str:
    """Its search; parameters that have their default are left out."""
    return with_params(BASE, [("search", words)])


class Tool:
    """Links a legacy probe to its page."""

    name = "probe-dictionary"
    label = "Probe Dictionary"
    order = 15
    bangs = ("probes", "probe", "pd")

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """The page of a legacy probe."""
        if isinstance(item, ProbeItem):
            url = with_params(BASE, [("view", "detail"), ("probeId", item.name)])
            yield Link(self.name, "Probe in the Probe Dictionary", url)
