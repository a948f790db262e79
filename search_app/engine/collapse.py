"""Groups collapsed: one hit for the members that match, its representative the best of them.

A living member stands for the dead ones of its name (docs/domain.md rule 7): which origin
still defines a metric decides no score, yet the hit must not say that the metric is gone.
Documents are numbered group by group, so the members of one group are neighbours
in any ascending list of documents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from indexer.index.arrays import run_starts
from indexer.index.reader import IndexReader, Ints
from indexer.index.weights import MOST_DEMOTED, NAMESAKES_AMONG

VARIANTS = 50  # members that a hit lists beside its representative; the others are counted


@dataclass(frozen=True, slots=True)
class Collapsed:
    """Groups in their order on the page; all arrays by group."""

    ids: Ints  # every matching document, ascending
    starts: npt.NDArray[np.int64]  # where each group begins in `ids`; one more at the end
    best: npt.NDArray[np.float64]  # the sort value of its representative, the larger the better
    representatives: npt.NDArray[np.int64] | None = None  # in `ids`; None: found for a page

    def __len__(self) -> int:
        return len(self.best)


def collapse(reader: IndexReader, ids: Ints, values: npt.NDArray[np.float64]) -> Collapsed:
    """The groups of matching documents; `values` sort the documents, the largest first."""
    starts = group_starts(reader, ids)
    best = np.maximum.reduceat(values, starts[:-1]) if len(ids) else np.zeros(0)
    return Collapsed(ids, starts, best)


def collapse_in_order(reader: IndexReader, ids: Ints, values: npt.NDArray[np.float64]) -> Collapsed:
    """The groups in an order that is not of how well they match: the most alive member stands for each."""
    starts = group_starts(reader, ids)
    if not len(ids):
        return Collapsed(ids, starts, np.zeros(0))
    # of the equally alive the usual representative, which stands first in its group
    choice = reader.life[ids].astype(np.int64) * len(ids) + np.arange(len(ids))
    representatives = np.minimum.reduceat(choice, starts[:-1]) % len(ids)
    return Collapsed(ids, starts, values[representatives], representatives)


def group_starts(reader: IndexReader, ids: Ints) -> npt.NDArray[np.int64]:
    """Where each group begins in ascending documents; one more at the end."""
    group = reader.group[ids]
    return np.concatenate((run_starts(group), [len(ids)]))


def demote_namesakes(reader: IndexReader, collapsed: Collapsed, values: npt.NDArray[np.float64]) -> Collapsed:
    """The groups again, each further one of a name that stands above it already worth less.

    Thirty apps send a ping of one name: the first is likely meant, and the table of that
    name must not stand behind them all.
    """
    if len(collapsed) < 2:
        return collapsed
    places = largest(collapsed.best, min(len(collapsed), NAMESAKES_AMONG))
    name = reader.namesake[collapsed.ids[representatives_of(collapsed, values, places)]]
    by_name = name.argsort(kind="stable")  # within a name still best first
    ordered = name[by_name]
    first = run_starts(ordered)
    if len(first) == len(name):
        return collapsed
    begins = np.zeros(len(name), np.int64)
    begins[first] = first
    before = np.arange(len(name)) - np.maximum.accumulate(begins)
    best = collapsed.best.copy()
    best[places[by_name]] *= reader.weights.namesake ** np.minimum(before, MOST_DEMOTED)
    return Collapsed(collapsed.ids, collapsed.starts, best)


def representatives_of(
    collapsed: Collapsed, values: npt.NDArray[np.float64], groups: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """The place in `ids` of the best member of some groups, the first of equal ones."""
    first = collapsed.starts[groups]
    members = collapsed.starts[groups + 1] - first
    ends = members.cumsum()
    every = np.arange(ends[-1]) + (first - (ends - members)).repeat(members)
    best = np.maximum.reduceat(values[every], ends - members)
    tops = (values[every] == best.repeat(members)).nonzero()[0]
    representatives: npt.NDArray[np.int64] = every[tops[tops.searchsorted(ends - members)]]
    return representatives


def page(
    reader: IndexReader, collapsed: Collapsed, values: npt.NDArray[np.float64], first: int, size: int
) -> list[list[int]]:
    """The groups of one page; each as places in `ids`: its representative, then its variants best first."""
    wanted = min(len(collapsed), first + size)
    if wanted <= first:
        return []
    order = largest(collapsed.best, wanted)[first:wanted]
    pages = []
    for group, low, high in zip(
        order.tolist(),
        collapsed.starts.take(order).tolist(),
        collapsed.starts.take(order + 1).tolist(),
        strict=True,
    ):
        if high - low == 1:
            pages.append([low])
            continue
        members = (-values[low:high]).argsort(kind="stable") + low
        representative = (
            int(collapsed.representatives[group])
            if collapsed.representatives is not None
            else _living(reader, collapsed.ids, members)
        )
        pages.append([representative, *(member for member in members.tolist() if member != representative)])
    return pages


def _living(reader: IndexReader, ids: Ints, members: npt.NDArray[np.int64]) -> int:
    """Of the members that bear the name of the best one, the most alive; of these the best."""
    documents = ids[members]
    same = members[reader.namesake[documents] == reader.namesake[documents[0]]]
    return int(same[reader.life[ids[same]].argmin()])


def largest(values: npt.NDArray[Any], count: int) -> npt.NDArray[np.int64]:
    """The places of the largest values, largest first; equal ones in their order."""
    if count < len(values):
        least = np.partition(values, len(values) - count)[len(values) - count]
        places = (values >= least).nonzero()[0]  # all that equal the least, so that ties keep their order
    else:
        places = np.arange(len(values))
    ordered: npt.NDArray[np.int64] = places[(-values[places]).argsort(kind="stable")][:count]
    return ordered
