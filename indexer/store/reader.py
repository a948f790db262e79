"""catalogue.sqlite, read: whole items by id, and columns once for each schema.

Items are JSON, compressed with zlib where that makes them smaller; a connection per
thread keeps readers apart. store_writing.py makes the file.
"""

from __future__ import annotations

import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter

from indexer.model.items import AnyItem
from indexer.model.kinds import KINDS
from indexer.model.table_records import Column
from indexer.text.analysis import spelling_key

_CACHED = 256  # KB of a connection, for the tree above the rows; the kernel keeps the file for all of them
WIDTH = 4  # bytes of a schema's number
_AT_ONCE = 500  # ids in one statement: SQLite bounds the number of its parameters


@lru_cache(maxsize=1)
def adapters() -> dict[str, TypeAdapter[AnyItem]]:
    """What reads and writes an item, by kind."""
    return {kind: TypeAdapter(each.item) for kind, each in KINDS.items()}


@lru_cache(maxsize=1)
def columns_adapter() -> TypeAdapter[tuple[Column, ...]]:
    """What reads and writes the columns of a schema."""
    return TypeAdapter(tuple[Column, ...])


def _unpack(body: bytes) -> bytes:
    # JSON starts with a bracket; a zlib stream never does.
    return body if body[:1] in b"{[" else zlib.decompress(body)


class Store:
    """Reads a catalogue.sqlite. All methods may be called from any thread.

    Raises sqlite3.OperationalError where the file is not there.
    """

    def __init__(self, path: Path) -> None:
        self._address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self._threads = threading.local()
        self._columns = lru_cache(maxsize=64)(self._read_columns)
        rows = self._connection().execute("SELECT digest FROM schema ORDER BY number")
        self._digests = [row[0] for row in rows]

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._threads, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._address, uri=True, check_same_thread=False)
            connection.execute(f"PRAGMA cache_size = -{_CACHED}")
            self._threads.connection = connection
        return connection

    def close(self) -> None:
        """Close this thread's connection: one that is open must not go into a fork."""
        self._connection().close()
        del self._threads.connection

    def item(self, item_id: str) -> AnyItem | None:
        """The whole item, or None where there is none of that id."""
        row = self._connection().execute("SELECT kind, body FROM item WHERE id = ?", (item_id,)).fetchone()
        return adapters()[row[0]].validate_json(_unpack(row[1])) if row else None

    def items(self, ids: Iterable[str]) -> list[AnyItem]:
        """The items in the order of their ids; those that are not there are left out."""
        wanted = list(dict.fromkeys(ids))
        found: dict[str, AnyItem] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            query = f"SELECT id, kind, body FROM item WHERE id IN ({marks})"  # noqa: S608 - marks only
            for item_id, kind, body in self._connection().execute(query, some):
                found[item_id] = adapters()[kind].validate_json(_unpack(body))
        return [found[item_id] for item_id in wanted if item_id in found]

    def known(self, ids: Iterable[str]) -> frozenset[str]:
        """Those of the ids that there is an item of."""
        wanted = list(dict.fromkeys(ids))
        found: set[str] = set()
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            query = f"SELECT id FROM item WHERE id IN ({','.join('?' * len(some))})"  # noqa: S608 - marks only
            found.update(row[0] for row in self._connection().execute(query, some))
        return frozenset(found)

    def ids(self, kind: str) -> list[str]:
        """All ids of a kind, in order."""
        rows = self._connection().execute("SELECT id FROM item WHERE kind = ? ORDER BY id", (kind,))
        return [row[0] for row in rows]

    def of_kind(self, kind: str) -> Iterator[AnyItem]:
        """All items of a kind, in the order of their ids, read a few hundred at a time."""
        wanted = self.ids(kind)
        for start in range(0, len(wanted), _AT_ONCE):
            yield from self.items(wanted[start : start + _AT_ONCE])

    def every_id(self) -> list[str]:
        """The ids of all items."""
        return [row[0] for row in self._connection().execute("SELECT id FROM item")]

    def every_item(self) -> Iterator[AnyItem]:
        """All items, by id."""
        for kind, body in self._connection().execute("SELECT kind, body FROM item ORDER BY id"):
            yield adapters()[kind].validate_json(_unpack(body))

    def every_schema(self) -> Iterator[tuple[str, tuple[Column, ...]]]:
        """All schemas: digest and columns."""
        for digest, body in self._connection().execute("SELECT digest, body FROM schema ORDER BY number"):
            yield digest, columns_adapter().validate_json(_unpack(body))

    def columns(self, digest: str) -> Sequence[Column]:
        """The columns of one schema; empty where it is not known."""
        return self._columns(digest)

    def _read_columns(self, digest: str) -> tuple[Column, ...]:
        row = self._connection().execute("SELECT body FROM schema WHERE digest = ?", (digest,)).fetchone()
        return columns_adapter().validate_json(_unpack(row[0])) if row else ()

    def schema_digests_with(self, column_path: str) -> list[str]:
        """Digests of the schemas with a column of this whole path, in any spelling of it (rule 9)."""
        key = spelling_key(column_path)
        row = self._connection().execute("SELECT schemas FROM path WHERE folded = ?", (key,)).fetchone()
        if row is None:
            return []
        starts = range(0, len(row[0]), WIDTH)
        return [self._digests[int.from_bytes(row[0][at : at + WIDTH], "big")] for at in starts]

    def count(self) -> dict[str, int]:
        """How many items there are of each kind."""
        rows = self._connection().execute("SELECT kind, count(*) FROM item GROUP BY kind ORDER BY kind")
        return dict(rows.fetchall())
