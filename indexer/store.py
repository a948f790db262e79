"""catalogue.sqlite: whole items by id, and columns once for each schema.

Written once with a generation, then only read. Items are JSON, compressed with
zlib where that makes them smaller; a connection per thread keeps readers apart.
"""

from __future__ import annotations

import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

from pydantic import TypeAdapter

from indexer.analysis import spelling_key
from indexer.catalogue.model import Catalogue
from indexer.items import (
    AnyItem,
    AppItem,
    DocItem,
    ExploreItem,
    MeasureItem,
    MetricItem,
    PingItem,
    ProbeItem,
    TableItem,
    ToolItem,
)
from indexer.processes import Here
from indexer.records import Column

# Rows are of a kilobyte or two: in pages of the usual 4 KB most would spill over into half-empty ones.
_LAYOUT = """
PRAGMA page_size = 16384;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE item (id TEXT PRIMARY KEY, kind TEXT NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE schema (number INTEGER PRIMARY KEY, digest TEXT UNIQUE NOT NULL, body BLOB NOT NULL);
CREATE TABLE path (folded TEXT PRIMARY KEY, schemas BLOB NOT NULL) WITHOUT ROWID;
"""
_WIDTH = 4  # bytes of a schema's number
_AT_ONCE = 500  # ids in one statement: SQLite bounds the number of its parameters
_KINDS: dict[str, type] = {
    "app": AppItem,
    "ping": PingItem,
    "metric": MetricItem,
    "probe": ProbeItem,
    "table": TableItem,
    "measure": MeasureItem,
    "explore": ExploreItem,
    "doc": DocItem,
    "tool": ToolItem,
}


@lru_cache(maxsize=1)
def _adapters() -> dict[str, TypeAdapter[AnyItem]]:
    return {kind: TypeAdapter(item_type) for kind, item_type in _KINDS.items()}


@lru_cache(maxsize=1)
def _columns_adapter() -> TypeAdapter[tuple[Column, ...]]:
    return TypeAdapter(tuple[Column, ...])


def _pack(text: bytes) -> bytes:
    packed = zlib.compress(text, 6)
    return packed if len(packed) < len(text) else text


def _pack_all(texts: Sequence[bytes]) -> list[bytes]:
    return [_pack(text) for text in texts]


def _unpack(body: bytes) -> bytes:
    # JSON starts with a bracket; a zlib stream never does.
    return body if body[:1] in b"{[" else zlib.decompress(body)


@dataclass(frozen=True, slots=True)
class Packing:
    """The bodies of a catalogue's rows, being packed: in another process this costs no time here."""

    items: Sequence[Future[list[bytes]]]  # of some rows each, in order
    schemas: Sequence[Future[list[bytes]]]
    paths: Future[list[tuple[str, bytes]]]


def start_packing(catalogue: Catalogue, workers: Executor) -> Packing:
    """Lets workers pack what write_store() is to write."""
    adapters, columns = _adapters(), _columns_adapter()
    schemas = [schema for _, schema in sorted(catalogue.schemas.items())]  # in the order of their numbers
    texts = (adapters[item.kind].dump_json(item, exclude_defaults=True) for item in catalogue.items)
    return Packing(
        _packed_by(workers, texts),
        _packed_by(workers, (columns.dump_json(schema, exclude_defaults=True) for schema in schemas)),
        workers.submit(_path_rows, [[column.path for column in schema] for schema in schemas]),
    )


def _packed_by(workers: Executor, texts: Iterator[bytes]) -> list[Future[list[bytes]]]:
    return [workers.submit(_pack_all, some) for some in iter(lambda: list(islice(texts, _AT_ONCE)), [])]


def write_store(path: Path, catalogue: Catalogue, packing: Packing | None = None) -> None:
    """Writes the whole catalogue to a new file. Raises FileExistsError where there is one."""
    if path.exists():
        raise FileExistsError(path)
    packing = packing or start_packing(catalogue, Here())
    connection = sqlite3.connect(path)
    try:
        connection.executescript(_LAYOUT)
        with connection:
            connection.executemany("INSERT INTO item VALUES (?, ?, ?)", _item_rows(catalogue, packing))
            connection.executemany("INSERT INTO schema VALUES (?, ?, ?)", _schema_rows(catalogue, packing))
            connection.executemany("INSERT INTO path VALUES (?, ?)", packing.paths.result())
    finally:
        connection.close()


def _item_rows(catalogue: Catalogue, packing: Packing) -> Iterator[tuple[str, str, bytes]]:
    for item, body in zip(catalogue.items, _bodies(packing.items), strict=True):
        yield item.id, item.kind, body


def _schema_rows(catalogue: Catalogue, packing: Packing) -> Iterator[tuple[int, str, bytes]]:
    rows = zip(sorted(catalogue.schemas), _bodies(packing.schemas), strict=True)
    for number, (digest, body) in enumerate(rows):
        yield number, digest, body


def _bodies(packed: Iterable[Future[list[bytes]]]) -> Iterator[bytes]:
    return (body for some in packed for body in some.result())


def _path_rows(schemas: Sequence[Sequence[str]]) -> list[tuple[str, bytes]]:
    """Folded path -> the numbers of the schemas that have it; given are the paths of each schema."""
    folded: dict[str, str] = {}
    numbers: dict[str, list[bytes]] = {}
    for position, paths in enumerate(schemas):
        number = position.to_bytes(_WIDTH, "big")
        for path in paths:
            key = folded.get(path)
            if key is None:
                key = folded[path] = spelling_key(path)
            known = numbers.setdefault(key, [])
            if not known or known[-1] != number:
                known.append(number)
    return [(key, b"".join(numbers[key])) for key in sorted(numbers)]


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
            self._threads.connection = connection
        return connection

    def close(self) -> None:
        """Close this thread's connection: one that is open must not go into a fork."""
        self._connection().close()
        del self._threads.connection

    def item(self, item_id: str) -> AnyItem | None:
        """The whole item, or None where there is none of that id."""
        row = self._connection().execute("SELECT kind, body FROM item WHERE id = ?", (item_id,)).fetchone()
        return _adapters()[row[0]].validate_json(_unpack(row[1])) if row else None

    def items(self, ids: Iterable[str]) -> list[AnyItem]:
        """The items in the order of their ids; those that are not there are left out."""
        wanted = list(dict.fromkeys(ids))
        found: dict[str, AnyItem] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            query = f"SELECT id, kind, body FROM item WHERE id IN ({marks})"  # noqa: S608 - marks only
            for item_id, kind, body in self._connection().execute(query, some):
                found[item_id] = _adapters()[kind].validate_json(_unpack(body))
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

    def columns(self, digest: str) -> Sequence[Column]:
        """The columns of one schema; empty where it is not known."""
        return self._columns(digest)

    def _read_columns(self, digest: str) -> tuple[Column, ...]:
        row = self._connection().execute("SELECT body FROM schema WHERE digest = ?", (digest,)).fetchone()
        return _columns_adapter().validate_json(_unpack(row[0])) if row else ()

    def schema_digests_with(self, column_path: str) -> list[str]:
        """Digests of the schemas with a column of this whole path, in any spelling of it (rule 9)."""
        key = spelling_key(column_path)
        row = self._connection().execute("SELECT schemas FROM path WHERE folded = ?", (key,)).fetchone()
        if row is None:
            return []
        starts = range(0, len(row[0]), _WIDTH)
        return [self._digests[int.from_bytes(row[0][at : at + _WIDTH], "big")] for at in starts]

    def count(self) -> dict[str, int]:
        """How many items there are of each kind."""
        rows = self._connection().execute("SELECT kind, count(*) FROM item GROUP BY kind ORDER BY kind")
        return dict(rows.fetchall())
