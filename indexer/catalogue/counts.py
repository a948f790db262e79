"""How many metrics an app or a ping has: one number for one thing, on every page and in every list.

What counts is what a search by app and ping finds: each group of metrics once, however many
origins define its name, ended ones too. A group counts under a type or a status where any of
its members that the app sends (in that ping) has it, as a facet counts: behind each number
stands a search that gives it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from indexer.model.items import AppItem, MetricItem, PingItem
from indexer.model.replace import replace

LIVING = frozenset({"active", "unknown"})  # states of a ping that may bring something in


@dataclass(slots=True)
class _Groups:
    """Groups of metrics in one place, and those of each type and status."""

    all: set[str] = field(default_factory=set)
    types: dict[str, set[str]] = field(default_factory=dict)
    statuses: dict[str, set[str]] = field(default_factory=dict)

    def add(self, metric: MetricItem, group: str) -> None:
        self.all.add(group)
        self.types.setdefault(metric.type, set()).add(group)
        self.statuses.setdefault(metric.status, set()).add(group)


class MetricCounts:
    """The metrics of each app and each ping; `groups`: metric id -> what it is one hit with."""

    def __init__(self, metrics: Iterable[MetricItem], groups: Mapping[str, str]) -> None:
        self._apps: dict[str, _Groups] = {}
        self._pings: dict[tuple[str, str], _Groups] = {}
        for metric in metrics:
            group = groups[metric.id]
            for app in metric.apps:
                self._apps.setdefault(app, _Groups()).add(metric, group)
            for place in dict.fromkeys((row.app, row.ping) for row in metric.columns):
                self._pings.setdefault(place, _Groups()).add(metric, group)

    def of_app(self, app: AppItem) -> AppItem:
        """The app with the numbers of its metrics."""
        found = self._apps.get(app.name, _Groups())
        return replace(
            app,
            metric_count=len(found.all),
            metric_types=_sizes(found.types),
            metric_statuses=_sizes(found.statuses),
        )

    def of_ping(self, ping: PingItem) -> PingItem:
        """The ping with the numbers of its metrics."""
        found = self._pings.get((ping.app, ping.name), _Groups())
        # what has ended, or whose app has, brings nothing in, though its metrics live on in other pings
        statuses = found.statuses if ping.status in LIVING else {}
        active = statuses.get("active", set())
        return replace(
            ping,
            metric_count=len(found.all),
            metrics_active=len(active),
            metrics_unknown=len(statuses.get("unknown", set()) - active),
            metric_types=_sizes(found.types),
        )


def _sizes(groups: Mapping[str, set[str]]) -> dict[str, int]:
    """How many are of each value, the most frequent first."""
    return dict(sorted(((name, len(found)) for name, found in groups.items()), key=lambda x: (-x[1], x[0])))
