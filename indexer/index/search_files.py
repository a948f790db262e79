"""Documents as the files that are searched: the Whoosh index and the arrays beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path

from indexer.index.array_files import open_arrays, write_arrays
from indexer.index.arrays import Arrays
from indexer.index.columns import lay_out, lay_out_facets, lay_out_streams
from indexer.index.completion.completions import completion_arrays
from indexer.index.documents.document import Document
from indexer.index.format import GROUP, TERMS
from indexer.index.inverted import Inverted, invert, invert_facets, lay_down
from indexer.index.whoosh_index import Shown, shown, write_index
from indexer.index.word_vectors import gists_of, lay_out_vectors
from indexer.runtime.processes import Here, without_collection


def write_search_files(
    folder: Path,
    documents: Sequence[Document],
    paths: Mapping[str, str],
) -> None:
    """whoosh/ and arrays/ of documents that are in_order(); `paths`: schema digest -> its column paths."""
    with without_collection():
        finish_search_files(folder, start_search_files(folder, documents, paths, Here()))


@dataclass(frozen=True, slots=True)
class Begun:
    """What workers are at, while search files are written."""

    index: Future[None]
    vectors: Future[Arrays]


def start_search_files(
    folder: Path,
    documents: Sequence[Document],
    paths: Mapping[str, str],
    workers: Executor,
    progress: Callable[[str], None] = lambda step: None,
) -> Begun:
    """The larger part of write_search_files(); finish_search_files() does the rest."""
    progress(f"indexing {len(documents)} documents")
    inverted, facets = invert(documents), invert_facets(documents)
    kept = [shown(document) for document in documents]
    index = workers.submit(_write_index, folder / "whoosh", kept, {**inverted, **facets})
    del kept
    progress("laying down arrays")
    arrays = lay_down(inverted)
    del inverted
    arrays |= lay_out_streams(documents, TERMS.read(arrays))
    vectors = workers.submit(lay_out_vectors, gists_of(documents, TERMS.read(arrays)))
    arrays |= lay_out(documents, paths)
    arrays |= lay_out_facets(facets, GROUP.read(arrays))
    write_arrays(folder / "arrays", arrays)
    return Begun(index, vectors)


def finish_search_files(folder: Path, begun: Begun) -> None:
    """Completions, made here of the arrays that lie there, and what workers are done with meanwhile."""
    arrays = folder / "arrays"
    write_arrays(arrays, completion_arrays(open_arrays(arrays)))
    write_arrays(arrays, begun.vectors.result())
    begun.index.result()


def _write_index(folder: Path, documents: Sequence[Shown], inverted: Mapping[str, Inverted]) -> None:
    write_index(folder, documents, inverted)
