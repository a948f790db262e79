"""What stands beside a metric or a section of the docs: its category, its name elsewhere, its page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from indexer.model.items import DocItem, MetricItem

NEAREST = 6  # metrics of a category before and after the one that is looked at: a category may have thousands
MOST_SECTIONS = 60


def with_neighbours(metrics: Sequence[MetricItem]) -> list[MetricItem]:
    """Metrics that know the nearest ones of their category, and who else defines their name."""
    by_category: dict[tuple[str, str], list[MetricItem]] = {}
    by_name: dict[str, list[str]] = {}
    for metric in metrics:
        by_name.setdefault(metric.name, []).append(metric.id)
        category = metric.name.rpartition(".")[0]
        if category:
            by_category.setdefault((metric.origin, category), []).append(metric)
    similar: dict[str, tuple[str, ...]] = {}
    for members in by_category.values():
        similar.update(_nearest(members))
    return [
        _related(
            metric,
            {
                "same_name": tuple(x for x in by_name[metric.name] if x != metric.id),
                "similar_metrics": similar.get(metric.id, ()),
            },
        )
        for metric in metrics
    ]


def _nearest(members: Iterable[MetricItem]) -> Mapping[str, tuple[str, ...]]:
    """Neighbours by name; of a metric that is still collected, others that are."""
    ordered = sorted(members, key=lambda metric: metric.name)
    alive = [metric for metric in ordered if metric.in_source]
    found = {}
    for row in (alive, ordered):
        for at, metric in enumerate(row):
            if metric.id not in found:
                near = row[max(0, at - NEAREST) : at] + row[at + 1 : at + 1 + NEAREST]
                found[metric.id] = tuple(each.id for each in near)
    return found


def with_sections(docs: Sequence[DocItem]) -> list[DocItem]:
    """Sections that know the other sections of their page, in its order."""
    pages: dict[str, list[str]] = {}
    for doc in docs:
        pages.setdefault(doc.section.path, []).append(doc.id)
    return [
        replace(
            doc,
            related={
                **doc.related,
                "section": tuple(x for x in pages[doc.section.path] if x != doc.id)[:MOST_SECTIONS],
            },
        )
        if len(pages[doc.section.path]) > 1
        else doc
        for doc in docs
    ]


def _related(metric: MetricItem, more: Mapping[str, tuple[str, ...]]) -> MetricItem:
    found = {relation: ids for relation, ids in more.items() if ids}
    return replace(metric, related={**metric.related, **found}) if found else metric
