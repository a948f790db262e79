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


@dataclass(frozen=True, slots=True)
class Shown:
    """The values of one facet that are shown, as places in the facet, with their counts."""

    codes: list[int]
    counts: list[int]
    total: int  # values that there are


def all_counts(corpus: Corpus, matching: Matching) -> dict[str, Shown]:
    """Every facet's most frequent values, by how many families have them: counted and sorted in one go."""
    found = _counted(corpus.all_facets, len(corpus.facet_numbers), matching)
    present = np.flatnonzero(found)
    counts = found[present]
    # by facet, then by count, then by value: the largest number of families fits in 40 bits
    order = np.argsort((corpus.facet_numbers[present] << 40) - counts, kind="stable")
    places, counts = present[order], counts[order]
    ends = np.searchsorted(corpus.facet_numbers[places], range(len(FACETS) + 1)).tolist()
    shown = {}
    for number, name in enumerate(FACETS):
        low, high = ends[number], min(ends[number + 1], ends[number] + SHOWN)
        below = corpus.facet_spans[name][0]
        codes = (places[low:high] - below).tolist()
        shown[name] = Shown(codes, counts[low:high].tolist(), ends[number + 1] - low)
    return shown


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


def chosen_counts(corpus: Corpus, name: str, found: Counts, chosen: Sequence[str]) -> Shown:
    """A facet that filters: its most frequent values, the chosen ones always among them."""
    present = np.flatnonzero(found)
    codes = present[np.argsort(-found[present], kind="stable")][:SHOWN].tolist()
    for value in chosen:
        code = corpus.facets[name].values.find(value)
        if code >= 0 and code not in codes:
            codes.append(code)
    return Shown(codes, found[codes].tolist(), len(present))


def facet_of(corpus: Corpus, name: str, shown: Shown, chosen: Sequence[str], titles: dict[str, str]) -> Facet:
    """A facet as it is shown: most frequent values first."""
    texts = corpus.facets[name].texts
    values = []
    for code, count in zip(shown.codes, shown.counts, strict=True):
        known = texts.get(code)
        if known is None:
            value = corpus.facets[name].values[code]
            known = texts[code] = (value, _label(name, value, titles))
        values.append(FacetCount(*known, count, bool(chosen) and known[0] in chosen))
    return Facet(name, FACET_LABELS.get(name, name.title()), tuple(values), shown.total)


def _label(name: str, value: str, titles: dict[str, str]) -> str:
    if name == "app":
        return titles.get(value, value)
    if name == "kind" and value in KIND_LABELS:
        return KIND_LABELS[value].many
    return value.replace("_", " ") if name in ("type", "status", "sensitivity") else value
