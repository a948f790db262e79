"""What every engine of the bench must do, and which engines there are.

Equal work: find what holds any of the words (near misses), best first; give the first
twenty with what a hit shows and a marked snippet; count nine facets over all that was
found. Terms, weights of the groups and facet values are the same for all. What an engine
does not do is said in `lacks`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from indexer.index.documents.document import GROUPS, Document
from indexer.text.analysis import words
from search_app.evaluation.bench.corpus import Corpus
from search_app.evaluation.bench.questions import Question

SIZE = 20  # hits of a page
SHOWN = 30  # values of a facet


@dataclass(frozen=True, slots=True)
class Page:
    """What came back; kept small, but counted so that nothing is left out."""

    total: int
    hits: Sequence[Mapping[str, Any]]
    facets: Mapping[str, Sequence[tuple[str, int]]]


class Peer(Protocol):
    """An opened index."""

    def ask(self, question: Question) -> Page:
        """The page of hits of a question."""
        ...

    def suggest(self, typed: str) -> int:
        """How many completions it gives of what is typed."""
        ...


class PeerModule(Protocol):
    """A module of the bench that knows one engine."""

    NAME: str
    LACKS: str

    def build(self, folder: Path, corpus: Corpus) -> None:
        """Write its index of all documents into the folder."""
        ...

    def open_peer(self, folder: Path) -> Peer:
        """Its index in the folder, ready to be asked."""
        ...


MODULES = ("ours", "tantivy_peer", "fts5_peer", "whoosh_peer")


def peer_modules() -> dict[str, PeerModule]:
    """The engines that are installed here, by module name."""
    found: dict[str, Any] = {}
    for name in MODULES:
        try:
            found[name] = import_module(f"search_app.evaluation.bench.{name}")
        except ImportError as problem:
            if problem.name is None or problem.name.startswith("search_app"):
                raise
    return found


def missing_modules() -> list[str]:
    """The engines that are not."""
    return [name for name in MODULES if name not in peer_modules()]


def group_texts(document: Document) -> Iterator[str]:
    """The terms of each group as text, each as often as it counts; all engines get it analysed."""
    for group in GROUPS:
        yield " ".join(
            term for term, count in document.groups[group].items() for _ in range(max(1, round(count)))
        )


def asked_terms(question: Question) -> list[str]:
    """The terms of a query."""
    return list(dict.fromkeys(words(question.text)))
