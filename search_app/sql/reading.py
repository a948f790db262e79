"""How a thing is read in one table: what every query of it is made of, before anything is chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from search_app.sql.shape import Buckets, Shape, bucket_queries, shape_queries
from search_app.sql.source import Source, SqlQuery


@dataclass(frozen=True, slots=True)
class Split:
    """A way to split that only this thing has: by label, by an extra, by its own values."""

    name: str  # as an address says it: label, value, extra:item
    words: str  # as a reader sees it
    groups: tuple[tuple[str, str], ...]  # (expression, name)


@dataclass(frozen=True, slots=True)
class Reading:
    """A thing in a table, read by its type.

    `shape` holds its aggregates and the groups that it is always split by. Where `variant` is given,
    these groups are only what that variant splits by. A distribution has `buckets`, and in `shape`
    the count of its samples.
    """

    source: Source
    base: SqlQuery  # title, table, notes, a prepared query
    shape: Shape
    variant: str = ""
    buckets: Buckets | None = None
    label: tuple[str, str] | None = None  # of buckets
    extras: tuple[Split, ...] = ()  # further ways to split
    counted: str = "pings"  # what one row is; "" where it is a group: how many there are says nothing
    of_measures: bool = False  # it sums what metric-hub's measures sum

    @property
    def splits(self) -> tuple[Split, ...]:
        """All ways to split that only this thing has."""
        own: dict[str, tuple[tuple[str, str], ...]] = {}
        if self.buckets is not None and self.label:
            own["label"] = (self.label,)
        elif self.variant:
            own = _own(self.shape.groups)
        return (*(Split(name, WORDS.get(name, name), groups) for name, groups in own.items()), *self.extras)

    @property
    def kept(self) -> tuple[tuple[str, str], ...]:
        """The groups that no choice takes away: values of two units are never summed."""
        return () if self.variant or self.buckets is not None else self.shape.groups


# name of an output -> the split that it belongs to
SPLIT_OF = {
    "label": "label", "inner_label": "category", "experiment": "experiment", "branch": "branch",
    "bucket": "bucket", "bucket_label": "bucket", "domain": "domain",
}  # fmt: skip
WORDS = {
    "label": "label", "category": "category", "experiment": "experiment", "branch": "branch",
    "bucket": "bucket", "domain": "domain", "value": "value", "object": "object",
}  # fmt: skip


def _own(groups: tuple[tuple[str, str], ...]) -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for group in groups:
        name = SPLIT_OF.get(group[1].rstrip("_"), "value")
        found[name] = (*found.get(name, ()), group)
    return found


def queries_of(reading: Reading) -> Iterator[SqlQuery]:
    """The queries of a thing as its page shows them: over time, by what it is split by, by dimension."""
    if reading.buckets is not None:
        yield from bucket_queries(reading.source, reading.buckets, reading.base, reading.label)
        return
    yield from shape_queries(reading.source, reading.shape, reading.base, reading.variant)
    for split in reading.extras:
        shape = replace(reading.shape, groups=split.groups)
        made = shape_queries(reading.source, shape, reading.base, f"by {split.words}")
        yield from (query for query in made if query.variant == f"by {split.words}")
