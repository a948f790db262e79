"""Posting lists of a real Whoosh index as numpy arrays.

The one place that knows Whoosh's private parts. They are the same in Whoosh 2.7.4,
Whoosh-Reloaded 2.7.5 and whoosh3 (tests/index/test_postings.py compares with the public
matcher). Blocks are pickles: only indexes that we built ourselves are opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh import index

from indexer.index.arrays import Array
from indexer.index.inverted import Inverted
from indexer.index.schema import codec, index_schema


@dataclass(frozen=True, slots=True)
class PostingList:
    """The documents that hold a term, ascending, and the term's weight in each."""

    ids: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float32]


def write_index(folder: Path, ids: Iterable[str], inverted: Mapping[str, Inverted]) -> int:
    """A new Whoosh index of one segment in an empty folder; returns the number of documents."""
    folder.mkdir(parents=True)
    opened = index.create_in(str(folder), index_schema())
    writer = opened.writer(codec=codec())
    number = 0
    for number, document_id in enumerate(ids, 1):  # noqa: B007
        writer.add_document(id=document_id)
    for group in sorted(inverted):  # as Whoosh orders fields
        _write_group(writer.fieldwriter, group, writer.schema[group], inverted[group])
    writer.commit()
    opened.close()
    return number


def _write_group(fields: Any, group: str, field: Any, inverted: Inverted) -> None:
    """All posting lists of a group, each handed over whole: Whoosh itself takes a call a posting."""
    if not len(inverted):
        return
    fields.start_field(group, field)
    ids = inverted.ids.astype(np.uint32)
    starts = inverted.starts.tolist()
    for place, term in enumerate(inverted.terms):
        fields.start_term(term.encode())
        low, high = starts[place], starts[place + 1]
        _write_list(fields._postwriter, ids[low:high], inverted.weights[low:high])
        fields.finish_term()
    fields.finish_field()


def _write_list(writer: Any, ids: Array, weights: Array) -> None:
    """One posting list in blocks; the last one is written by whoever finishes the term."""
    for low in range(0, len(ids), writer._blocklimit):
        if low:
            writer._write_block()
        high = low + writer._blocklimit
        writer._ids.frombytes(ids[low:high].tobytes())
        writer._weights.frombytes(weights[low:high].tobytes())
        writer._maxweight = float(weights[low:high].max())


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
        return list(self._reader.column_reader("id")) if len(self) else []

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
