"""Ids that went: what each became, or the last that was known of it. An address once published leads on.

One small SQLite file beside the generations, `<data>/departed.sqlite`, put in place whole by each build
before its generation answers. An id that returns is taken out again.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from indexer.model.items import AnyItem
from indexer.runtime.disk import replace_file
from indexer.store.reader import Store
from indexer.text.plain_text import plain_text

if TYPE_CHECKING:  # servers read this, and would carry all that builds a catalogue with it
    from indexer.catalogue.model import Catalogue

FILE = "departed.sqlite"
_LAYOUT = """
CREATE TABLE IF NOT EXISTS departed (
  id TEXT PRIMARY KEY, successor TEXT NOT NULL, last_seen TEXT NOT NULL, facts TEXT NOT NULL
) WITHOUT ROWID
"""
_DESCRIPTION = 2_000  # characters

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Facts:
    """The last that was known of a thing."""

    kind: str
    name: str
    title: str
    description: str  # plain text
    apps: tuple[str, ...]
    app_titles: tuple[str, ...]
    pings: tuple[str, ...]
    type: str
    tables: tuple[str, ...]
    status: str
    status_reason: str
    added: str
    expires: str


@dataclass(frozen=True, slots=True)
class Departed:
    """A thing that is in no generation any more."""

    id: str
    successor: str  # the id of what it became, "" where that is not known
    last_seen: str  # ISO time at which the last generation that had it was built
    facts: Facts


_FACTS = TypeAdapter(Facts)


def read_departed(data_dir: Path, item_id: str) -> Departed | None:
    """What is known of an id that went; None for one that was never there. Never fails."""
    query = "SELECT successor, last_seen, facts FROM departed WHERE id = ?"
    try:
        with _opened(data_dir / FILE) as table:
            row = table.execute(query, (item_id,)).fetchone()
        return Departed(item_id, row[0], row[1], _FACTS.validate_json(row[2])) if row else None
    except (sqlite3.Error, ValueError):
        return None


def departed_ids(data_dir: Path) -> list[str]:
    """All ids that went, sorted. Raises sqlite3.Error where the file cannot be read."""
    with _opened(data_dir / FILE) as table:
        return [row[0] for row in table.execute("SELECT id FROM departed ORDER BY id")]


def note_departed(data_dir: Path, before: Path, last_seen: str, catalogue: Catalogue) -> int:
    """Note what the store of the generation before had and the catalogue has not; returns how many ids went.

    Raises FolderUnusable where the disk does not take it.
    """
    living = {item.id for item in catalogue.items}
    store = Store(before)
    gone = store.items(sorted(set(store.every_id()) - living))
    store.close()
    kept = _read(data_dir / FILE)
    rows = {row[0]: row for row in kept if row[0] not in living}
    if not gone and len(rows) == len(kept):
        return 0
    from indexer.catalogue.successors import Successors  # not at the top, where servers would load it

    successors = Successors(catalogue.items)
    for item in gone:
        rows[item.id] = (item.id, successors.of(item), last_seen, _FACTS.dump_json(_facts(item)).decode())
    _write(data_dir / FILE, rows.values())
    log.info("departed ids=%d", len(gone))
    return len(gone)


def _facts(item: AnyItem) -> Facts:
    return Facts(
        kind=item.kind,
        name=item.name,
        title=item.title,
        description=plain_text(item.description, _DESCRIPTION),
        apps=item.apps,
        app_titles=item.app_titles,
        pings=item.pings,
        type=item.type,
        tables=item.tables[:5],
        status=item.status,
        status_reason=item.status_reason,
        added=item.added,
        expires=item.expires,
    )


def _read(path: Path) -> list[tuple[str, ...]]:
    """All rows; a file that cannot be read is put aside, since what it held cannot be made again."""
    if not path.exists():
        return []
    try:
        with _opened(path) as table:
            return table.execute("SELECT id, successor, last_seen, facts FROM departed").fetchall()
    except sqlite3.Error as error:
        aside = path.with_suffix(".damaged")
        os.replace(path, aside)
        log.error("%s is damaged and put aside as %s: %s", path.name, aside.name, error)
        return []


def _write(path: Path, rows: Iterable[tuple[str, ...]]) -> None:
    table = sqlite3.connect(":memory:")
    with contextlib.closing(table):
        table.execute(_LAYOUT)
        with table:
            table.executemany("INSERT INTO departed VALUES (?, ?, ?, ?)", sorted(rows))
        content = table.serialize()
    replace_file(path, content)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    table = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    with contextlib.closing(table):
        yield table
