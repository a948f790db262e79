"""Posting lists of a real Whoosh index as numpy arrays.

The one place that knows Whoosh's private parts. They are the same in Whoosh 2.7.4,
Whoosh-Reloaded 2.7.5 and whoosh3 (tests/test_postings.py compares with the public
matcher). Blocks are pickles: only indexes that we built ourselves are opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh import index

from indexer.arrays import Array, Arrays, StringTable
from indexer.documents import GROUPS, Document
from indexer.schema import codec, damped, index_schema


@dataclass(frozen=True, slots=True)
class PostingList:
    """The documents that hold a term, ascending, and the term's weight in each."""

    ids: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float32]


def write_index(folder: Path, documents: Iterable[Document]) -> int:
    """A new Whoosh index of one segment in an empty folder; returns the number of documents."""
    folder.mkdir(parents=True)
    opened = index.create_in(str(folder), index_schema())
    writer = opened.writer(codec=codec())
    writer.pool = _Postings()
    number = 0
    for number, document in enumerate(documents, 1):  # noqa: B007
        groups = {group: damped(group, terms) for group, terms in document.groups.items() if terms}
        writer.add_document(id=document.id, **groups)
    writer.commit()
    opened.close()
    return number


class _Postings:
    """Stands for Whoosh's pool: postings kept by term, so that only terms need sorting."""

    def __init__(self) -> None:
        self._fields: dict[str, dict[bytes, tuple[list[int], list[float]]]] = {}

    def add(self, posting: tuple[str, bytes, int, float, bytes]) -> None:
        """Documents come in ascending order."""
        field, term, document, weight, _ = posting
        terms = self._fields.get(field)
        if terms is None:
            terms = self._fields[field] = {}
        found = terms.get(term)
        if found is None:
            found = terms[term] = ([], [])
        found[0].append(document)
        found[1].append(weight)

    def iter_postings(self) -> Iterator[tuple[str, bytes, int, float, bytes]]:
        """By field, term, document, as Whoosh lays them down."""
        for field in sorted(self._fields):
            terms = self._fields.pop(field)
            for term in sorted(terms):
                for document, weight in zip(*terms.pop(term), strict=True):
                    yield field, term, document, weight, b""

    def cleanup(self) -> None:
        self._fields.clear()


class IndexReader:
    """Reads one index; not for use by several threads at once."""

    def __init__(self, folder: Path) -> None:
        self._index = index.open_dir(str(folder))
        self._reader = self._index.reader()
        if not self._reader.is_atomic():
            raise ValueError(f"{folder} has more than one segment")

    def __len__(self) -> int:
        return int(self._reader.doc_count_all())

    def ids(self) -> list[str]:
        """The stored id of each document, in order."""
        return [self._reader.stored_fields(number)["id"] for number in range(len(self))]

    def terms(self, group: str) -> Iterator[bytes]:
        """All terms of a group, sorted by their bytes."""
        terms: Iterator[bytes] = self._reader.lexicon(group)
        return terms

    def postings(self, group: str, term: bytes) -> PostingList:
        """The posting list of a term. Raises whoosh's TermNotFound where there is none."""
        return _decode(self._reader.postings(group, term))

    def close(self) -> None:
        self._reader.close()
        self._index.close()


def _decode(matcher: Any) -> PostingList:
    """Whole blocks of a leaf matcher, without a call per posting."""
    if not hasattr(matcher, "_next_block"):  # a short list that stands in the term table
        return PostingList(np.array(matcher._ids, np.int32), np.array(matcher._weights, np.float32))
    ids: list[npt.NDArray[np.int32]] = []
    weights: list[npt.NDArray[np.float32]] = []
    while True:
        matcher._read_data()
        gaps, values = matcher._data[0], matcher._data[1]
        ids.append(np.cumsum(np.array(gaps, np.int32), dtype=np.int32))
        one = 1.0 if values is None else values
        weights.append(
            np.full(len(gaps), one, np.float32) if isinstance(one, float) else np.array(one, np.float32)
        )
        if matcher._lastblock:
            break
        matcher._next_block()
    return PostingList(np.concatenate(ids), np.concatenate(weights))


def lay_down(reader: IndexReader) -> Arrays:
    """The arrays `terms_*` and `post_*`: one list a term over all groups, a weight for each group beside it.

    A posting is a document number and four half-precision weights, so that ranking can
    weigh groups at query time by one multiplication.
    """
    by_term: dict[bytes, list[int]] = {}
    for number, group in enumerate(GROUPS):
        for term in reader.terms(group):
            by_term.setdefault(term, []).append(number)
    terms = sorted(by_term)
    merged = [_merge({n: reader.postings(GROUPS[n], term) for n in by_term[term]}) for term in terms]
    starts = np.zeros(len(terms) + 1, np.int64)
    np.cumsum([len(ids) for ids, _ in merged], out=starts[1:])
    return {
        **StringTable.build("terms", [term.decode() for term in terms]),
        "post_starts": starts,
        "post_ids": _joined([ids for ids, _ in merged], np.zeros(0, np.int32)),
        "post_weights": _joined([weights for _, weights in merged], np.zeros((0, len(GROUPS)), np.float16)),
    }


def _merge(lists: Mapping[int, PostingList]) -> tuple[Array, Array]:
    if len(lists) == 1:
        ((group, only),) = lists.items()
        weights = np.zeros((len(only.ids), len(GROUPS)), np.float16)
        weights[:, group] = only.weights
        return only.ids, weights
    ids = np.unique(np.concatenate([each.ids for each in lists.values()]))
    weights = np.zeros((len(ids), len(GROUPS)), np.float16)
    for group, each in lists.items():
        weights[np.searchsorted(ids, each.ids), group] = each.weights
    return ids, weights


def _joined(parts: Sequence[Array], empty: Array) -> Array:
    return np.concatenate(parts) if parts else empty
