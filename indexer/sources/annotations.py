"""Commentary, warnings and tags that people wrote about apps, pings and metrics (glean-annotations).

The file is keyed by origin: an app_name or a library's name, as its writers spelled it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from indexer.model.records import Annotation, Record
from indexer.sources import Fetched, Report, Request
from indexer.sources._upstream import Entry, named_entries, read_json

URL = "https://mozilla.github.io/glean-annotations/api.json"
KINDS = {"metrics": "metric", "pings": "ping"}


class Source:
    """Requests: the one file."""

    name = "annotations"
    version = 2

    def requests(self, options: Mapping[str, Any]) -> Sequence[Request]:
        """The file at `url`, or where upstream publishes it."""
        return [Request(str(options.get("url") or URL))]

    def records(
        self, fetched: Sequence[Fetched], options: Mapping[str, Any], report: Report
    ) -> Iterator[Record]:
        """An Annotation for each app, metric, ping and tag that somebody commented on."""
        for origin, entry in named_entries(read_json(fetched[0], dict), "", report, "origin"):
            report.seen["origins"] += 1
            if "app" in entry.fields:
                yield _annotation(origin, "app", "", entry.entry("app"))
            for key, kind in KINDS.items():
                for name, annotated in entry.entries(key):
                    report.seen[key] += 1
                    yield _annotation(origin, kind, name, annotated)


def _annotation(origin: str, kind: str, name: str, entry: Entry) -> Annotation:
    return Annotation(
        origin=origin,
        kind=kind,
        name=name,
        commentary=entry.text("commentary"),
        warning=entry.text("warning"),
        tags=entry.texts("tags"),
        features=entry.texts("features"),
    )
