"""What stands beside a metric or a section of the docs: category, namesakes, page, book."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from indexer.model.items import DocItem, MetricItem
from indexer.model.parts import BookPage, BookPlace
from indexer.model.replace import replace

NEAREST = 6  # metrics of a category before and after the one that is looked at: a category may have thousands
MOST_SECTIONS = 60
MOST_BELOW = 60


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


def with_places(docs: Sequence[DocItem]) -> list[DocItem]:
    """Sections that know where their page stands in the book: above, below, before and after it.

    A page that the table of contents names and of which there is no section is passed over.
    """
    first: dict[str, DocItem] = {}
    for doc in docs:
        if doc.section.number:
            first.setdefault(doc.section.path, doc)
    ordered = sorted(first.values(), key=lambda doc: doc.section.number)
    pages = {
        doc.section.path: BookPage(doc.id, doc.section.listed_as or doc.section.page_title) for doc in ordered
    }
    above = {doc.section.path: [path for path in doc.section.above if path in pages] for doc in ordered}
    below: dict[str, list[BookPage]] = {}
    for path, parents in above.items():
        if parents:
            below.setdefault(parents[-1], []).append(pages[path])
    row = list(pages)
    places = {
        path: BookPlace(
            page=pages[path],
            above=tuple(pages[each] for each in above[path]),
            below=tuple(below.get(path, ())[:MOST_BELOW]),
            previous=pages[row[at - 1]] if at else None,
            next=pages[row[at + 1]] if at + 1 < len(row) else None,
        )
        for at, path in enumerate(row)
    }
    return [
        replace(doc, place=places[doc.section.path]) if doc.section.path in places else doc for doc in docs
    ]


def _related(metric: MetricItem, more: Mapping[str, tuple[str, ...]]) -> MetricItem:
    found = {relation: ids for relation, ids in more.items() if ids}
    return replace(metric, related={**metric.related, **found}) if found else metric
