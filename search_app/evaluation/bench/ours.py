"""This engine as it ships: folding, near misses, corrections and families on, its result cache off."""

from __future__ import annotations

from pathlib import Path

from indexer.index.generation import FOLDER, FORMAT_VERSION, Manifest, switch_to, write_manifest
from search_app.engine.engine import SearchEngine
from search_app.evaluation.bench.corpus import Corpus
from search_app.evaluation.bench.peers import Page
from search_app.evaluation.bench.questions import Question
from search_app.query.parser import parse_query

NAME = "Starchart"
LACKS = ""
GENERATION = "bench"


def build(folder: Path, corpus: Corpus) -> None:
    """whoosh/ and arrays/, completions and spelling among them; an empty catalogue store."""
    # here, because a process that only answers must not carry what builds: its memory is measured
    from indexer.catalogue.model import Catalogue
    from indexer.index.search_files import write_search_files
    from indexer.store.writer import write_store

    path = folder / FOLDER / GENERATION
    write_search_files(path, corpus.documents, corpus.paths)
    write_store(path / "catalogue.sqlite", Catalogue((), {}, {}, {}))
    write_manifest(path, Manifest(GENERATION, "", FORMAT_VERSION, {}, "2026-01-01", {}, {}))
    switch_to(folder, GENERATION)


def open_peer(folder: Path) -> OurPeer:
    """The engine over what build() wrote."""
    return OurPeer(folder)


class OurPeer:
    """The engine behind the bench's questions."""

    def __init__(self, folder: Path) -> None:
        self._engine = SearchEngine(folder, results_kept=0)

    def ask(self, question: Question) -> Page:
        """The first page as the engine gives it, with snippets and facets."""
        found = self._engine.search(parse_query(question.text, question.filters))
        return Page(
            found.total,
            [{"id": hit.card.id, "name": hit.card.name, "snippet": hit.snippet} for hit in found.hits],
            {facet.name: [(v.value, v.count) for v in facet.values] for facet in found.facets},
        )

    def suggest(self, typed: str) -> int:
        """How many completions the engine gives."""
        return len(self._engine.suggest(typed))
