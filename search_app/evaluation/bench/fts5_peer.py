"""SQLite FTS5: one column a group weighted in bm25(), facets by joining a table of their values."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from indexer.index.documents.document import FACETS, GROUPS, Document
from indexer.index.weights import WEIGHTS
from indexer.model.card import Card
from search_app.evaluation.bench.corpus import Corpus
from search_app.evaluation.bench.peers import SHOWN, SIZE, Page, asked_terms, group_texts
from search_app.evaluation.bench.questions import Question

NAME = f"SQLite {sqlite3.sqlite_version} FTS5"
LACKS = "no families, no corrections, no exact names; suggestions are its own prefix query"
_LAYOUT = f"""
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE VIRTUAL TABLE text USING fts5({", ".join(f'"{g}"' for g in GROUPS)},
    tokenize = "unicode61 remove_diacritics 0 tokenchars '='", prefix = '2 3 4');
CREATE TABLE card (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE value (number INTEGER PRIMARY KEY, facet INTEGER NOT NULL, value TEXT NOT NULL);
CREATE TABLE facet_value (id INTEGER, number INTEGER, PRIMARY KEY (id, number)) WITHOUT ROWID;
"""
_BM25 = f"bm25(text, {', '.join(str(weight) for weight in WEIGHTS.fields)})"


def build(folder: Path, corpus: Corpus) -> None:
    """One file, its index merged into one piece."""
    folder.mkdir(parents=True)
    connection = sqlite3.connect(folder / "fts5.sqlite")
    connection.executescript(_LAYOUT)
    numbers: dict[tuple[int, str], int] = {}
    with connection:
        marks = ", ".join("?" * (1 + len(GROUPS)))
        connection.executemany(
            f"INSERT INTO text (rowid, {', '.join(GROUPS)}) VALUES ({marks})", _texts(corpus)
        )
        cards = ((n, json.dumps(d.card, ensure_ascii=False)) for n, d in enumerate(corpus.documents, 1))
        connection.executemany("INSERT INTO card VALUES (?, ?)", cards)
        having = ((n, v) for n, d in enumerate(corpus.documents, 1) for v in _values(d, numbers))
        connection.executemany("INSERT OR IGNORE INTO facet_value VALUES (?, ?)", having)
        values = ((number, facet, value) for (facet, value), number in numbers.items())
        connection.executemany("INSERT INTO value VALUES (?, ?, ?)", values)
    connection.execute("INSERT INTO text (text) VALUES ('optimize')")
    connection.commit()
    connection.close()


def _texts(corpus: Corpus) -> Iterator[tuple[object, ...]]:
    return ((number, *group_texts(document)) for number, document in enumerate(corpus.documents, 1))


def _values(document: Document, numbers: dict[tuple[int, str], int]) -> Iterator[int]:
    for facet, name in enumerate(FACETS):
        for value in document.facets.get(name, ()):
            yield numbers.setdefault((facet, value), len(numbers))


def open_peer(folder: Path) -> Fts5Peer:
    """The file that build() wrote."""
    return Fts5Peer(folder)


class Fts5Peer:
    """Any of the words, as a near miss has it, best first by bm25."""

    def __init__(self, folder: Path) -> None:
        address = f"{(folder / 'fts5.sqlite').as_uri()}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        self._connection.execute("PRAGMA temp_store = MEMORY")
        self._connection.execute("CREATE TEMP TABLE found (id INTEGER PRIMARY KEY)")
        rows = self._connection.execute("SELECT number, facet, value FROM value")
        self._values = {number: (FACETS[facet], value) for number, facet, value in rows}
        self._numbers = {known: number for number, known in self._values.items()}

    def ask(self, question: Question) -> Page:
        """The first page by bm25 with snippets, and the counts of all facets."""
        match = (
            f'"{question.prefix}"*'
            if question.prefix
            else " OR ".join(f'"{t}"' for t in asked_terms(question))
        )
        run = self._connection.execute
        where = "".join(self._having(name, values) for name, values in question.filters.items())
        run("DELETE FROM found")
        run(f"INSERT INTO found SELECT rowid FROM text WHERE text MATCH ?{where}", (match,))
        hits = []
        sql = (
            f"SELECT card.body, snippet(text, 2, '<mark>', '</mark>', '…', 30) FROM text "
            f"JOIN card ON card.id = text.rowid WHERE text MATCH ?{where} ORDER BY {_BM25} LIMIT {SIZE}"
        )
        for body, snippet in run(sql, (match,)):
            card = dict(zip(Card._fields, json.loads(body), strict=True))
            hits.append({"id": card["id"], "name": card["name"], "snippet": snippet})
        facets: dict[str, list[tuple[str, int]]] = {name: [] for name in FACETS}
        counts = (
            "SELECT number, count(*) AS n FROM found JOIN facet_value USING (id) "
            "GROUP BY number ORDER BY n DESC"
        )
        for number, count in run(counts):
            name, value = self._values[number]
            if len(facets[name]) < SHOWN:
                facets[name].append((value, count))
        return Page(run("SELECT count(*) FROM found").fetchone()[0], hits, facets)

    def suggest(self, typed: str) -> int:
        """How many names, ten at most, hold the typed pieces, the last one as a prefix."""
        pieces = [
            f'"{piece}"' for piece in typed.replace('"', " ").replace("_", " ").replace(".", " ").split()
        ]
        if not pieces:
            return 0
        sql = (
            "SELECT card.body FROM text JOIN card ON card.id = text.rowid "
            f"WHERE text MATCH ? ORDER BY {_BM25} LIMIT 10"
        )
        rows: list[Any] = self._connection.execute(sql, ("name : " + " ".join(pieces) + "*",)).fetchall()
        return len(rows)

    def _having(self, name: str, values: tuple[str, ...]) -> str:
        numbers = ", ".join(str(self._numbers.get((name, value), -1)) for value in values)
        return f" AND EXISTS (SELECT 1 FROM facet_value WHERE id = text.rowid AND number IN ({numbers}))"
