"""The old Measurement Dashboard of telemetry.mozilla.org: legacy histograms and scalars, deprecated."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.model.definitions import ProbeDefinition
from indexer.model.items import AnyItem, ProbeItem
from search_app.tools import Context, Link, NoLink

BASE = "https://telemetry.mozilla.org/new-pipeline/dist.html"
NOTE = "deprecated: a page of the past, its data ends with legacy telemetry"


class Tool:
    """Links a legacy histogram or numeric scalar to its last distribution."""

    name = "measurement-dashboard"
    label = "Measurement Dashboard"
    order = 130
    bangs = ("tmo", "measurement")

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """The distribution of a legacy histogram or numeric scalar in the newest version that had it."""
        if not isinstance(item, ProbeItem):
            return
        measure = _measure(item)
        newest = _newest(item)
        if not measure:
            yield NoLink(self.name, "The Measurement Dashboard has histograms and numeric scalars only.")
        elif newest is None:
            yield NoLink(self.name, "No version of this probe is known.")
        else:
            # the slash inside a value is encoded twice: the page decodes its fragment twice
            top = f"{newest.channel}%252F{newest.last_version}"
            bottom = f"{newest.channel}%252F{newest.first_version}"
            url = (
                f"{BASE}#!max_channel_version={top}&min_channel_version={bottom}"
                f"&measure={measure}&product=Firefox"
            )
            yield Link(self.name, "Distribution in the Measurement Dashboard", url, note=NOTE)


def _measure(item: ProbeItem) -> str:
    name = item.name.partition("/")[2]
    kind = item.definitions[0].kind if item.definitions else ""
    if item.probe_type == "histogram":
        return name
    if item.probe_type == "scalar" and kind in ("uint", "boolean"):
        return f"SCALARS_{name.upper()}"
    return ""


def _newest(item: ProbeItem) -> ProbeDefinition | None:
    """The newest definition of the channel with most data: Nightly has every probe."""
    order = {"nightly": 0, "beta": 1, "release": 2}
    dated = [d for d in item.definitions if d.first_version and d.last_version]
    return min(dated, key=lambda d: order.get(d.channel, len(order)), default=None)
