"""Histograms, scalars and events of Firefox from before Glean, as probeinfo publishes them.

One file holds all of them with the versions and channels in which they stood so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from indexer.model.definitions import ProbeDefinition
from indexer.model.literals import PROBE_TYPES, ProbeType
from indexer.model.records import LegacyProbe, Record
from indexer.sources import Fetched, Report, Request
from indexer.sources._upstream import Entry, clean_text, named_entries, read_json, to_moment

URL = "https://probeinfo.telemetry.mozilla.org/firefox/all/main/all_probes"
_PRODUCT = re.compile(r"\d{1,6}(?:\s*\*\s*\d{1,6}){1,2}", re.ASCII)
CHANNELS = ("nightly", "beta", "release")
_PROBE_TYPES: Mapping[str, ProbeType] = {name: name for name in PROBE_TYPES}


class Source:
    """Requests: the one file."""

    name = "legacy_probes"
    version = 2

    def requests(self, options: Mapping[str, Any]) -> Sequence[Request]:
        """The file at `url`, or where upstream publishes it."""
        return [Request(str(options.get("url") or URL))]

    def records(
        self, fetched: Sequence[Fetched], options: Mapping[str, Any], report: Report
    ) -> Iterator[Record]:
        """A LegacyProbe for each probe of a known type with a definition that can be read."""
        for key, entry in named_entries(read_json(fetched[0], dict), "", report, "probe"):
            report.seen["probes"] += 1
            probe_type = _PROBE_TYPES.get(entry.text("type") or key.partition("/")[0])
            name = entry.text("name") or key.partition("/")[2]
            history = tuple(_history(entry))
            if probe_type is None or not name:
                report.skip("probe of unknown type", key)
            elif not history:
                report.skip("probe without a readable definition", key)
            else:
                yield LegacyProbe(probe_type, name, history, _first_added(entry))


def _history(entry: Entry) -> Iterator[ProbeDefinition]:
    """All definitions by channel; within a channel as upstream has them, the newest first (rule 2)."""
    by_channel = entry.entry("history")
    known = [channel for channel in CHANNELS if channel in by_channel.fields]
    others = [channel for channel in by_channel.fields if channel not in CHANNELS]
    for channel in known + others:
        for past in by_channel.listed(channel):
            yield _definition(channel, past)


def _definition(channel: str, entry: Entry) -> ProbeDefinition:
    details, versions, revisions = (entry.entry(key) for key in ("details", "versions", "revisions"))
    return ProbeDefinition(
        channel=clean_text(channel),
        first_version=versions.text("first"),
        last_version=versions.text("last"),
        description=entry.text("description"),
        expires=entry.text("expiry_version").lower(),
        optout=entry.flag("optout"),
        kind=details.text("kind"),
        keyed=details.flag("keyed"),
        low=_bound(details, "low"),
        high=_bound(details, "high"),
        n_buckets=_bound(details, "n_buckets"),
        labels=details.texts("labels"),
        methods=details.texts("methods"),
        objects=details.texts("objects"),
        extra_keys=details.texts("extra_keys"),
        processes=details.texts("record_in_processes"),
        stores=details.texts("record_into_store"),
        bugs=entry.links("bug_numbers"),
        emails=entry.emails("notification_emails"),
        cpp_guard=entry.text("cpp_guard"),
        first_revision=revisions.text("first"),
        last_revision=revisions.text("last"),
    )


def _bound(details: Entry, key: str) -> int | None:
    """A bound of a histogram, also where Histograms.json writes it as a product: "32 * 1024"."""
    value = details.fields.get(key)
    if isinstance(value, str) and _PRODUCT.fullmatch(value):
        return math.prod(int(factor) for factor in value.split("*"))
    return details.number(key)


def _first_added(entry: Entry) -> dict[str, str]:
    """The day on which each channel first had the probe."""
    moments = {channel: to_moment(text) for channel, text in entry.texts_by_name("first_added").items()}
    return {channel: moment[:10] for channel, moment in moments.items() if moment}
