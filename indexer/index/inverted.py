"""Documents turned into posting lists: by field and term, which documents hold it and what it weighs in each.

Columns of numbers instead of a call for each posting: a build takes a fifth of the time. The
same columns become the Whoosh index (whoosh_index.py) and the arrays that are mapped.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.index.arrays import Array, Arrays, narrow, smallest
from indexer.index.documents.document import FACETS, GROUPS, Document
from indexer.index.format import POST_IDS, POST_ROWS, POST_STARTS, TERMS, WEIGHT_ROWS
from indexer.index.weights import damping

MANTISSA = 10  # bits of a half-precision number behind its first
MOST_ROWS = 1 << 16  # of weights that two bytes number


@dataclass(frozen=True, slots=True)
class Inverted:
    """The posting lists of one field, a group of text or a facet, one after another."""

    terms: Sequence[str]  # sorted by their bytes
    starts: Array  # where each term's list begins; one more at the end
    ids: Array  # documents, ascending within a term
    weights: Array  # how often, damped by the length of the document's text

    def __len__(self) -> int:
        return len(self.terms)


def invert(documents: Iterable[Document]) -> dict[str, Inverted]:
    """The posting lists of every group; documents are numbered in their order."""
    columns = {group: _Columns(group) for group in GROUPS}
    for document in documents:
        for group, column in columns.items():
            column.add(document.groups[group])
    return {group: column.inverted() for group, column in columns.items()}


def invert_facets(documents: Sequence[Document], names: Iterable[str] = FACETS) -> dict[str, Inverted]:
    """The posting lists of facets: by value, the documents that have it, each with the weight 1."""
    return {name: _facet([document.facets.get(name, ()) for document in documents]) for name in names}


def _facet(values: Sequence[Sequence[str]]) -> Inverted:
    terms = sorted({value for some in values for value in some}, key=str.encode)
    number = {term: place for place, term in enumerate(terms)}
    codes = np.fromiter((number[value] for some in values for value in some), np.int32)
    ids = np.repeat(np.arange(len(values), dtype=np.int32), [len(some) for some in values])
    order = np.argsort(codes, kind="stable")  # documents stay in their order
    starts = np.zeros(len(terms) + 1, np.int64)
    np.cumsum(np.bincount(codes, minlength=len(terms)), out=starts[1:])
    return Inverted(terms, starts, ids[order], np.ones(len(ids), np.float32))


class _Columns:
    """The postings of one group as they come: document after document."""

    def __init__(self, group: str) -> None:
        self._group = group
        self._number: defaultdict[str, int] = defaultdict(lambda: len(self._number))
        self._terms, self._counts = array("i"), array("d")
        self._lengths, self._factors = array("i"), array("d")

    def add(self, terms: Mapping[str, float]) -> None:
        self._terms.extend([self._number[term] for term in terms])
        self._counts.extend(terms.values())
        self._lengths.append(len(terms))
        self._factors.append(damping(self._group, sum(terms.values())))

    def inverted(self) -> Inverted:
        lengths = np.frombuffer(self._lengths, np.int32)
        numbers = np.frombuffer(self._terms, np.int32)
        counts = np.frombuffer(self._counts, np.float64)
        exact = counts * np.repeat(np.frombuffer(self._factors, np.float64), lengths)
        weights = exact.astype(np.float16).astype(np.float32)  # readers have no more; the rest packs badly
        ids = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        terms = sorted(self._number, key=str.encode)
        rank = np.zeros(len(terms), np.int32)
        rank[[self._number[term] for term in terms]] = np.arange(len(terms), dtype=np.int32)
        ranks = rank[numbers]
        order = np.argsort(ranks, kind="stable")  # documents stay in their order
        starts = np.zeros(len(terms) + 1, np.int64)
        np.cumsum(np.bincount(ranks, minlength=len(terms)), out=starts[1:])
        return Inverted(terms, starts, ids[order], weights[order])


def lay_down(inverted: Mapping[str, Inverted]) -> Arrays:
    """The arrays of postings (format.py): one list a term over all groups.

    A posting is a document number and a row of `weights`, which has a weight for each group: ranking weighs
    groups at query time in that small table, and a posting's score is looked up in it.
    """
    terms = sorted({term for each in inverted.values() for term in each.terms}, key=str.encode)
    number = {term: place for place, term in enumerate(terms)}
    keys = []  # term and document in one number
    for each in inverted.values():
        places = np.array([number[term] for term in each.terms], np.int64)
        keys.append(np.repeat(places, np.diff(each.starts)) << 32 | each.ids)
    postings = np.sort(np.concatenate(keys))
    if len(postings):
        postings = postings[np.concatenate(([True], postings[1:] != postings[:-1]))]
    weights = np.zeros((len(postings), len(inverted)), np.float16)
    for group, (each, key) in enumerate(zip(inverted.values(), keys, strict=True)):
        weights[np.searchsorted(postings, key), group] = each.weights
    kinds, rows = _rows(weights)
    starts = np.searchsorted(postings, np.arange(len(terms) + 1, dtype=np.int64) << 32)
    return {
        **TERMS.lay(terms),
        **POST_STARTS.lay(smallest(starts)),
        **POST_IDS.lay(narrow((postings & 0xFFFFFFFF).astype(np.int32))),
        **POST_ROWS.lay(kinds),
        **WEIGHT_ROWS.lay(rows),
    }


def _rows(weights: Array) -> tuple[Array, Array]:
    """The different rows of weights, and of each posting the number of its row, in two bytes.

    The real catalogue has 44,000. Where there are more than two bytes can number, weights lose as many of
    their last bits as it takes: at a million things they keep an eighth of their size.
    """
    bits = weights.view(np.uint16)
    for lost in range(MANTISSA + 1):
        half = 1 << lost >> 1
        keys = ((bits + half) >> lost << lost).view(np.uint64).ravel()
        known = np.unique(keys)
        if len(known) <= MOST_ROWS:
            break
    kinds = np.searchsorted(known, keys).astype(np.uint16)
    return kinds, known.view(np.float16).reshape(-1, weights.shape[1])
