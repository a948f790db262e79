"""What people wrote about apps, pings and metrics besides their definitions, and what experiments sample."""

from __future__ import annotations

from collections.abc import Iterable

from indexer.model.records import Annotation, SampledMetric

NOTHING = Annotation(origin="", kind="", name="")


class Annotations:
    """Annotations by what they are about; an empty one where there is none."""

    def __init__(self, records: Iterable[Annotation], sampled: Iterable[SampledMetric]) -> None:
        self._by_key = {(row.kind, row.origin, row.name): row for row in records}
        self.unused = set(self._by_key)
        self._sampled: dict[str, list[SampledMetric]] = {}
        for row in sampled:
            self._sampled.setdefault(row.metric, []).append(row)

    def of(self, kind: str, origin: str, name: str = "") -> Annotation:
        """The annotation of an app, a ping or a metric as one origin defines it."""
        self.unused.discard((kind, origin, name))
        return self._by_key.get((kind, origin, name), NOTHING)

    def experiments(self, metric: str, apps: Iterable[str]) -> dict[str, str]:
        """The running experiments that change how often one of these apps collects a metric.

        Their slugs, each with the share of clients that it may enrol; "" where that is not told.
        """
        names = set(apps)
        rows = self._sampled.get(metric, ())
        return {row.slug: row.sampling for row in rows if row.app_name in names}
