"""What changed in an app of late: metrics that are new, defined anew, gone, or about to expire."""

from __future__ import annotations

from collections.abc import Iterable

from indexer.model.items import AppItem, MetricItem
from indexer.model.liveness import LIFE
from indexer.model.parts import Novelty
from indexer.model.replace import replace

SHOWN = 12


def with_news(apps: Iterable[AppItem], metrics: Iterable[MetricItem]) -> list[AppItem]:
    """Apps with the newest of each sort, newest first; what expires first, first.

    Of an app that is over, what its libraries add and drop is no news: none of it was ever sent.
    """
    found: dict[str, dict[str, list[Novelty]]] = {}
    for metric in metrics:
        rows = list(_novelties(metric))
        for app in metric.apps:
            for sort, novelty in rows:
                found.setdefault(app, {}).setdefault(sort, []).append(novelty)
    return [
        app if app.status == "deprecated" else replace(app, news=_newest(found.get(app.name, {})))
        for app in apps
    ]


def _novelties(metric: MetricItem) -> Iterable[tuple[str, Novelty]]:
    definition = metric.definition
    if definition is None:
        return
    if LIFE.index(metric.status) > LIFE.index("active"):
        if metric.status == "removed":
            yield "removed", Novelty(metric.id, definition.last[:10])
        return
    if metric.added:
        yield "added", Novelty(metric.id, metric.added)
    if metric.changed > metric.added:
        yield "changed", Novelty(metric.id, metric.changed)
    if metric.expires[:1].isdigit():
        yield "expiring", Novelty(metric.id, metric.expires)


def _newest(rows: dict[str, list[Novelty]]) -> dict[str, tuple[Novelty, ...]]:
    news = {}
    for sort in ("added", "changed", "removed", "expiring"):
        newest = sorted(rows.get(sort, ()), key=lambda x: (x.date, x.metric), reverse=sort != "expiring")
        if sort == "expiring":  # versions have fewer digits than dates: they come by number, then the dates
            newest.sort(key=lambda x: (len(x.date), x.date, x.metric))
        if newest:
            news[sort] = tuple(newest[:SHOWN])
    return news
