"""The arrays of a generation made again from its whoosh/ and catalogue.sqlite, as format.py says.

An ordinary build writes them from the documents in its memory. That this is the same, byte for byte, is what
`starchart verify --deep` and a test over the whole catalogue look at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexer.catalogue.model import Catalogue
from indexer.index.array_files import open_arrays
from indexer.index.arrays import Array, Arrays
from indexer.index.build import make_documents
from indexer.index.columns import lay_out, lay_out_facets, lay_out_streams
from indexer.index.completion.completions import completion_arrays
from indexer.index.documents.document import FACETS, GROUPS, Document, column_text
from indexer.index.format import GROUP, TERMS
from indexer.index.inverted import Inverted, invert, invert_facets, lay_down
from indexer.index.whoosh_index import WhooshReader, shown
from indexer.index.word_vectors import gists_of, lay_out_vectors
from indexer.runtime.processes import without_collection
from indexer.store.reader import Store


@dataclass(frozen=True, slots=True)
class Source:
    """What catalogue.sqlite says: the documents in their order, and each schema's column paths."""

    documents: list[Document]
    paths: dict[str, str]


def read_source(generation: Path) -> Source:
    """The documents of a generation's catalogue.sqlite, as its build made them."""
    store = Store(generation / "catalogue.sqlite")
    schemas = dict(store.every_schema())
    columns = {digest: column_text(schema) for digest, schema in schemas.items()}
    catalogue = Catalogue(tuple(store.every_item()), schemas, {}, {})
    documents = make_documents(catalogue, columns)
    return Source(documents, {digest: text.paths for digest, text in columns.items()})


def read_postings(generation: Path) -> dict[str, Inverted]:
    """All posting lists of a generation's Whoosh index: groups of text, then facets."""
    reader = WhooshReader(generation / "whoosh")
    try:
        return {field: reader.inverted(field) for field in (*GROUPS, *FACETS)}
    finally:
        reader.close()


def remake_arrays(postings: dict[str, Inverted], source: Source) -> Arrays:
    """Every array: postings and facets from the Whoosh index, all others from the catalogue."""
    arrays = lay_down({group: postings[group] for group in GROUPS})
    arrays |= lay_out_streams(source.documents, TERMS.read(arrays))
    arrays |= lay_out_vectors(gists_of(source.documents, TERMS.read(arrays)))
    arrays |= lay_out(source.documents, source.paths)
    arrays |= lay_out_facets({facet: postings[facet] for facet in FACETS}, GROUP.read(arrays))
    return arrays | completion_arrays(arrays)


def differences(generation: Path) -> list[str]:
    """What of a generation is not what its parts make: names of arrays and fields of the index, sorted."""
    with without_collection():
        source, postings = read_source(generation), read_postings(generation)
        made = remake_arrays(postings, source)
        return sorted(
            {*_arrays_that_differ(generation, made), *_fields_that_differ(generation, postings, source)}
        )


def _arrays_that_differ(generation: Path, made: Arrays) -> Iterator[str]:
    kept = open_arrays(generation / "arrays")
    for name in kept.keys() | made.keys():
        if name not in kept or name not in made or not _same(kept[name], made[name]):
            yield f"arrays/{name}.npy"


def _fields_that_differ(generation: Path, postings: dict[str, Inverted], source: Source) -> Iterator[str]:
    """Fields of the Whoosh index that are not what the catalogue's documents make."""
    for field, due in (invert(source.documents) | invert_facets(source.documents)).items():
        found = postings[field]
        pairs = ((found.starts, due.starts), (found.ids, due.ids), (found.weights, due.weights))
        if list(found.terms) != list(due.terms) or not all(np.array_equal(a, b) for a, b in pairs):
            yield f"whoosh: {field}"
    reader = WhooshReader(generation / "whoosh")
    if list(reader.kept()) != [shown(document) for document in source.documents]:
        yield "whoosh: stored fields"
    reader.close()


def _same(one: Array, other: Array) -> bool:
    return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
