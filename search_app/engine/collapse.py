"""Families folded: one hit for the members that match, its face the best of them.

A living member stands for the dead ones of its name (docs/domain.md rule 7): which origin
still defines a metric decides no score, yet the hit must not say that the metric is gone.
Documents are numbered family by family, so the members of one family are neighbours
in any ascending list of documents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from indexer.index.arrays import run_starts
from indexer.index.reader import Corpus, Ints

VARIANTS = 50  # members that a hit lists beside its face; the others are counted


NAMESAKES_AMONG = 200  # best families that are looked at for sharing a name
MOST_DEMOTED = 4  # from here on a further namesake is demoted no more


@dataclass(frozen=True, slots=True)
class Folded:
    """Families in their order on the page; all arrays by family."""

    ids: Ints  # every matching document, ascending
    starts: npt.NDArray[np.int64]  # where each family begins in `ids`; one more at the end
    best: npt.NDArray[np.float64]  # the sort value of its face, the larger the better
    faces: npt.NDArray[np.int64] | None = None  # places in `ids`; None: the best member, found for a page

    def __len__(self) -> int:
        return len(self.best)


def fold(corpus: Corpus, ids: Ints, values: npt.NDArray[np.float64]) -> Folded:
    """The families of matching documents; `values` sort the documents, the largest first."""
    starts = family_starts(corpus, ids)
    best = np.maximum.reduceat(values, starts[:-1]) if len(ids) else np.zeros(0)
    return Folded(ids, starts, best)


def fold_in_order(corpus: Corpus, ids: Ints, values: npt.NDArray[np.float64]) -> Folded:
    """The families in an order that is not of how well they match: the most alive member stands for each."""
    starts = family_starts(corpus, ids)
    if not len(ids):
        return Folded(ids, starts, np.zeros(0))
    # of the equally alive the usual face, which stands first in its family
    choice = corpus.life[ids].astype(np.int64) * len(ids) + np.arange(len(ids))
    faces = np.minimum.reduceat(choice, starts[:-1]) % len(ids)
    return Folded(ids, starts, values[faces], faces)


def family_starts(corpus: Corpus, ids: Ints) -> npt.NDArray[np.int64]:
    """Where each family begins in ascending documents; one more at the end."""
    family = corpus.family[ids]
    return np.concatenate((run_starts(family), [len(ids)]))


def demote_namesakes(corpus: Corpus, folded: Folded, values: npt.NDArray[np.float64]) -> Folded:
    """The families again, each further one of a name that stands above it already worth less.

    Thirty apps send a ping of one name: the first is likely meant, and the table of that
    name must not stand behind them all.
    """
    if len(folded) < 2:
        return folded
    places = largest(folded.best, min(len(folded), NAMESAKES_AMONG))
    name = corpus.namesake[folded.ids[_faces(folded, values, places)]]
    by_name = name.argsort(kind="stable")  # within a name still best first
    ordered = name[by_name]
    first = run_starts(ordered)
    if len(first) == len(name):
        return folded
    begins = np.zeros(len(name), np.int64)
    begins[first] = first
    before = np.arange(len(name)) - np.maximum.accumulate(begins)
    best = folded.best.copy()
    best[places[by_name]] *= corpus.weights.namesake ** np.minimum(before, MOST_DEMOTED)
    return Folded(folded.ids, folded.starts, best)


def _faces(
    folded: Folded, values: npt.NDArray[np.float64], families: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """The place in `ids` of the best member of some families, the first of equal ones."""
    first = folded.starts[families]
    members = folded.starts[families + 1] - first
    ends = members.cumsum()
    every = np.arange(ends[-1]) + (first - (ends - members)).repeat(members)
    tops = (values[every] == folded.best[families].repeat(members)).nonzero()[0]
    faces: npt.NDArray[np.int64] = every[tops[tops.searchsorted(ends - members)]]
    return faces


def page(
    corpus: Corpus, folded: Folded, values: npt.NDArray[np.float64], first: int, size: int
) -> list[list[int]]:
    """The families of one page; each as places in `ids`, its face first, then its variants best first."""
    wanted = min(len(folded), first + size)
    if wanted <= first:
        return []
    order = largest(folded.best, wanted)[first:wanted]
    pages = []
    for family, low, high in zip(
        order.tolist(),
        folded.starts.take(order).tolist(),
        folded.starts.take(order + 1).tolist(),
        strict=True,
    ):
        if high - low == 1:
            pages.append([low])
            continue
        members = (-values[low:high]).argsort(kind="stable") + low
        face = int(folded.faces[family]) if folded.faces is not None else _living(corpus, folded.ids, members)
        pages.append([face, *(member for member in members.tolist() if member != face)])
    return pages


def _living(corpus: Corpus, ids: Ints, members: npt.NDArray[np.int64]) -> int:
    """Of the members that bear the name of the best one, the most alive; of these the best."""
    documents = ids[members]
    same = members[corpus.namesake[documents] == corpus.namesake[documents[0]]]
    return int(same[corpus.life[ids[same]].argmin()])


def largest(values: npt.NDArray[Any], count: int) -> npt.NDArray[np.int64]:
    """The places of the largest values, largest first; equal ones in their order."""
    if count < len(values):
        least = np.partition(values, len(values) - count)[len(values) - count]
        places = (values >= least).nonzero()[0]  # all that equal the least, so that ties keep their order
    else:
        places = np.arange(len(values))
    ordered: npt.NDArray[np.int64] = places[(-values[places]).argsort(kind="stable")][:count]
    return ordered
