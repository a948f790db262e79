"""Whoosh's own searcher over the index that ours writes: what the engine would cost without arrays.

It finds and ranks only: grouping by nine facets would multiply its time (speed is not why it is here).
"""

from __future__ import annotations

from pathlib import Path

from whoosh import index, query, scoring

from indexer.index.documents.document import GROUPS
from indexer.index.inverted import invert, invert_facets
from indexer.index.weights import WEIGHTS
from indexer.index.whoosh_index import shown, write_index
from search_app.evaluation.bench.corpus import Corpus
from search_app.evaluation.bench.peers import SIZE, Page, asked_terms
from search_app.evaluation.bench.questions import Question

NAME = "Whoosh's own searcher"
LACKS = "no facets, no highlights, no families, no corrections, no suggestions"


def build(folder: Path, corpus: Corpus) -> None:
    """The index alone."""
    kept = (shown(document) for document in corpus.documents)
    write_index(folder / "whoosh", kept, invert(corpus.documents) | invert_facets(corpus.documents))


def open_peer(folder: Path) -> WhooshPeer:
    """The index that build() wrote."""
    return WhooshPeer(folder)


class WhooshPeer:
    """Any of the words, as a near miss has it."""

    def __init__(self, folder: Path) -> None:
        self._searcher = index.open_dir(str(folder / "whoosh")).searcher(weighting=scoring.Frequency())

    def ask(self, question: Question) -> Page:
        """The ids of the first page; nothing for prefixes and filters, and neither snippets nor facets."""
        if question.prefix or question.filters:
            return Page(0, [], {})
        terms = [
            query.Term(group, term.encode(), boost=weight)
            for term in asked_terms(question)
            for group, weight in zip(GROUPS, WEIGHTS.fields, strict=True)
        ]
        found = self._searcher.search(query.Or(terms), limit=SIZE, optimize=False)
        return Page(len(found), [{"id": hit["id"]} for hit in found], {})

    def suggest(self, typed: str) -> int:
        """0: it completes nothing."""
        return 0
