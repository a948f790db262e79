"""Counts of facet values: how many families have a matching member with the value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.arrays import Rows
from indexer.documents import FACETS
from search_app.corpus import Corpus, FacetIndex, Ints
from search_app.labels import FACET_LABELS, KIND_LABELS
from search_app.results import Facet, FacetCount

Counts = npt.NDArray[np.int64]

SHOWN = 30  # values of a facet that are given; chosen ones always


@dataclass(frozen=True, slots=True)
class Matching:
    """Matching documents with what counting needs of their families."""

    ids: Ints
    family: Ints  # a number for each document's family, ascending from 0
    alone: npt.NDArray[np.bool_]  # the only matching member of its family

    @staticmethod
    def of(corpus: Corpus, ids: Ints) -> Matching:
        family = corpus.family[ids]
        first = np.concatenate(([True], family[1:] != family[:-1])) if len(ids) else np.zeros(0, np.bool_)
        last = np.append(first[1:], True) if len(ids) else first
        return Matching(ids, (np.cumsum(first) - 1).astype(np.int32), first & last)


def all_counts(corpus: Corpus, matching: Matching) -> dict[str, Counts]:
    """Families by value code, of every facet."""
    last = corpus.facet_spans[FACETS[-1]][1]
    found = _counted(corpus.all_facets, last, matching)
    return {name: found[low:high] for name, (low, high) in corpus.facet_spans.items()}


def counts(facet: FacetIndex, matching: Matching) -> Counts:
    """Families by value code, of one facet."""
    return _counted(facet.by_doc, len(facet.values), matching)


def _counted(values: Rows, size: int, matching: Matching) -> Counts:
    codes, owner = values.gather(matching.ids)
    if matching.alone.all():
        return np.bincount(codes, minlength=size)
    alone = matching.alone[owner]
    found = np.bincount(codes[alone], minlength=size)
    shared = ~alone  # a family that has a value in two members has it once
    pairs = matching.family[owner[shared]].astype(np.int64) * size + codes[shared]
    pairs.sort()  # many times faster than np.unique, which hashes
    first = np.concatenate(([True], pairs[1:] != pairs[:-1])) if len(pairs) else np.zeros(0, np.bool_)
    return found + np.bincount(pairs[first] % size, minlength=size)


def facet_of(
    corpus: Corpus, name: str, found: Counts, chosen: Sequence[str], titles: dict[str, str]
) -> Facet:
    """A facet as shown: most frequent values first, chosen ones always among them."""
    index = corpus.facets[name]
    present = np.flatnonzero(found)
    order = present[np.argsort(-found[present], kind="stable")]
    shown = order[:SHOWN].tolist()
    for value in chosen:
        code = index.values.find(value)
        if code >= 0 and code not in shown:
            shown.append(code)
    values = []
    for code, count in zip(shown, found[shown].tolist(), strict=True):
        value = index.text(code)
        values.append(FacetCount(value, _label(name, value, titles), count, value in chosen))
    return Facet(name, FACET_LABELS.get(name, name.title()), tuple(values), len(present))


def _label(name: str, value: str, titles: dict[str, str]) -> str:
    if name == "app":
        return titles.get(value, value)
    if name == "kind" and value in KIND_LABELS:
        return KIND_LABELS[value].many
    return value.replace("_", " ") if name in ("type", "status", "sensitivity") else value
