"""Posting lists of a real Whoosh index as numpy arrays.

The one place that knows Whoosh's private parts. They are the same in Whoosh 2.7.4,
Whoosh-Reloaded 2.7.5 and whoosh3 (tests/index/test_postings.py compares with the public
matcher). Blocks are pickles: only indexes that we built ourselves are opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from whoosh import index

from indexer.index.arrays import Array
from indexer.index.documents.document import Document
from indexer.index.inverted import Inverted
from indexer.index.schema import SINGLE, codec, plain_schema
from indexer.model.ids import item_path

STORED = ("description", "id", "name", "title", "url")
COLUMNS = ("kind", "name", "status", "type")


@dataclass(frozen=True, slots=True)
class PostingList:
    """The documents that hold a term, ascending, and the term's weight in each."""

    ids: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float32]


class Shown(NamedTuple):
    """What the index keeps of a document beside its postings: to show a hit, and to sort by."""

    id: str
    name: str
    title: str
    description: str
    url: str  # the path of its page
    kind: str
    type: str
    status: str


def shown(document: Document) -> Shown:
    """What the index keeps of a document."""
    card = document.card
    kind, type_, status = ((*document.facets.get(field, ()), "")[0] for field in SINGLE)
    url = item_path(document.id)
    return Shown(document.id, card.name, card.title, card.description, url, kind, type_, status)


def write_index(folder: Path, documents: Iterable[Shown], inverted: Mapping[str, Inverted]) -> int:
    """A new Whoosh index of one segment in an empty folder; returns the number of documents.

    `inverted`: the posting lists of each field, groups of text and facets.
    """
    folder.mkdir(parents=True)
    opened = index.create_in(str(folder), plain_schema())
    writer = opened.writer(codec=codec())
    ids = [_write_document(writer, number, each) for number, each in enumerate(documents)]
    fields = {**inverted, "id": _each_its_own(ids)}
    for name in sorted(fields):  # as Whoosh orders them
        _write_field(writer.fieldwriter, name, writer.schema[name], fields[name])
    writer.commit()
    opened.close()
    for lock in folder.glob("*LOCK"):  # says who writes; nobody ever will
        lock.unlink()
    return len(ids)


def _write_document(writer: Any, number: int, document: Shown) -> str:
    """What add_document() does, without a call for each field that has neither text nor column."""
    schema, kept = writer.schema, writer.perdocwriter
    kept.start_doc(number)
    for name in STORED:
        kept.add_field(name, schema[name], getattr(document, name), 0)
    for name in COLUMNS:
        value = getattr(document, name).encode("utf-8", "surrogatepass")
        kept.add_column_value(name, schema[name].column_type, value)
    kept.finish_doc()
    writer._added = True
    writer.docnum = number + 1
    return document.id


def _each_its_own(ids: Sequence[str]) -> Inverted:
    """The posting lists of ids: one document each."""
    encoded = [each.encode("utf-8", "surrogatepass") for each in ids]
    order = sorted(range(len(ids)), key=encoded.__getitem__)
    return Inverted(
        [ids[place] for place in order],
        np.arange(len(ids) + 1),
        np.array(order, np.int32),
        np.ones(len(ids), np.float32),
    )


def _write_field(fields: Any, name: str, field: Any, inverted: Inverted) -> None:
    """All posting lists of a field, each handed over whole: Whoosh itself takes a call a posting."""
    if not len(inverted):
        return
    fields.start_field(name, field)
    ids = inverted.ids.astype(np.uint32)
    starts = inverted.starts.tolist()
    for place, term in enumerate(inverted.terms):
        fields.start_term(term.encode("utf-8", "surrogatepass"))
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


class WhooshReader:
    """Reads one index; not for use by several threads at once.

    Raises ValueError for one of several segments.
    """

    def __init__(self, folder: Path) -> None:
        self._index = index.open_dir(str(folder))
        self._reader = self._index.reader()
        if not self._reader.is_atomic():
            raise ValueError(f"{folder} has more than one segment")

    def __len__(self) -> int:
        return int(self._reader.doc_count_all())

    def ids(self) -> list[str]:
        """The stored id of each document, in order."""
        return [stored["id"] for _, stored in self._reader.iter_docs()]

    def kept(self) -> Iterator[Shown]:
        """What is kept of each document, in order."""
        columns = [self._reader.column_reader(name) for name in SINGLE] if len(self) else []
        for number, stored in self._reader.iter_docs():
            yield Shown(
                stored["id"], stored["name"], stored["title"], stored["description"], stored["url"],
                *(column[number] for column in columns),
            )  # fmt: skip

    def terms(self, field: str) -> Iterator[bytes]:
        """All terms of a field, sorted by their bytes."""
        terms: Iterator[bytes] = self._reader.lexicon(field)
        return terms

    def postings(self, field: str, term: bytes) -> PostingList:
        """The posting list of a term. Raises whoosh's TermNotFound where there is none."""
        return _decode(self._reader.postings(field, term))

    def inverted(self, field: str) -> Inverted:
        """All posting lists of a field, as they were given to write_index()."""
        terms = list(self.terms(field)) if field in self._reader.indexed_field_names() else []
        lists = [self.postings(field, term) for term in terms]
        starts = np.zeros(len(lists) + 1, np.int64)
        np.cumsum([len(each.ids) for each in lists], out=starts[1:])
        nothing = PostingList(np.zeros(0, np.int32), np.zeros(0, np.float32))
        return Inverted(
            [term.decode("utf-8", "surrogatepass") for term in terms],
            starts,
            np.concatenate([each.ids for each in (nothing, *lists)]),
            np.concatenate([each.weights for each in (nothing, *lists)]),
        )

    def close(self) -> None:
        """Close the reader and the index; nothing can be read afterwards."""
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
