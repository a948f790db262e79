"""Documents and column texts of an earlier build, kept by the content of what they are made of.

A document is made of one item alone, a column text of one schema, and most are those of the build before.
Each is kept under the digest of its item's or schema's bytes in the store, and all of them under that of the
program, so that a build makes the same of them as without them. The file may be deleted at any time; one that
is damaged, or of another program, counts as none. It holds what one build used, and no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

from indexer.index.documents.document import ColumnText, Document, column_text, own_document
from indexer.model.card import Card
from indexer.model.items import AnyItem
from indexer.model.table_records import Column
from indexer.runtime.kept import ENOUGH, program_digest, read_kept, write_kept

FILE = "documents"
_PROGRAM = ("index", "model", "text")  # folders whose program text decides what a document is
_FIELDS = tuple(entry.name for entry in fields(Document))


class KeptDocuments:
    """Makes documents and column texts, or takes those that lie in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: Mapping[bytes, tuple[Any, ...]] = read_kept(path, _program()) or {}
        self._documents: dict[bytes, Document] = {}
        self._columns: dict[bytes, ColumnText] = {}

    def document(self, key: bytes, item: AnyItem) -> Document:
        """own_document(); `key` is the digest of the item."""
        found = self._known.get(key)
        made = _document(found) if found is not None else own_document(item)
        return self._documents.setdefault(key, made)

    def columns(self, key: bytes, columns: Sequence[Column]) -> ColumnText:
        """column_text(); `key` is the digest of the schema."""
        found = self._known.get(key)
        made = ColumnText(*found) if found is not None else column_text(columns)
        return self._columns.setdefault(key, made)

    def keep(self) -> None:
        """Write what was used, where enough of it is new; and let go of it."""
        used = self._documents.keys() | self._columns.keys()
        if len(used - self._known.keys()) > ENOUGH * len(used):
            kept: dict[bytes, tuple[Any, ...]] = {key: _plain(each) for key, each in self._documents.items()}
            kept |= {key: (each.terms, each.paths) for key, each in self._columns.items()}
            write_kept(self._path, _program(), kept)
        self._known, self._documents, self._columns = {}, {}, {}


def _plain(document: Document) -> tuple[Any, ...]:
    """A document in types that marshal knows: four times as fast as making one of JSON."""
    values = {name: getattr(document, name) for name in _FIELDS}
    values["groups"] = {group: dict(terms) for group, terms in document.groups.items()}
    values["card"] = tuple(document.card)
    return tuple(values.values())


def _document(plain: tuple[Any, ...]) -> Document:
    values = dict(zip(_FIELDS, plain, strict=True))
    return Document(**{**values, "card": Card(*values["card"])})


@cache
def _program() -> bytes:
    """All that decides what a document is, beside its item."""
    folder = Path(__file__).parents[2]
    modules = (module for name in _PROGRAM for module in (folder / name).rglob("*.py"))
    return program_digest(modules, "whoosh-reloaded")  # its stems
