"""catalogue.sqlite, written: once with a generation; then it is only read, see store.py."""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from indexer.catalogue.model import Catalogue, SharedColumns
from indexer.runtime.processes import Here
from indexer.store.reader import WIDTH, adapters, columns_adapter
from indexer.text.analysis import spelling_key

# Rows are of a kilobyte or two: in pages of the usual 4 KB most would spill over into half-empty ones.
_LAYOUT = """
PRAGMA page_size = 16384;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE item (id TEXT PRIMARY KEY, kind TEXT NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE schema (number INTEGER PRIMARY KEY, digest TEXT UNIQUE NOT NULL, body BLOB NOT NULL);
CREATE TABLE path (folded TEXT PRIMARY KEY, schemas BLOB NOT NULL) WITHOUT ROWID;
"""
_AT_ONCE = 500  # rows packed at a time
_DIGEST = 16  # bytes


@dataclass(frozen=True, slots=True)
class SchemaPacking:
    """The rows of schemas, being packed: in another process this costs no time here."""

    bodies: Sequence[Future[list[bytes]]]  # of some rows each, in order
    paths: Future[list[tuple[str, bytes]]]
    digests: Mapping[str, bytes]  # by the schema's own digest, which is of how it came about


@dataclass(frozen=True, slots=True)
class Packing:
    """The rows of a whole catalogue, being packed."""

    items: Sequence[Future[list[bytes]]]  # of some rows each, in order
    item_digests: Mapping[str, bytes]  # by id: of all that the item says
    schemas: SchemaPacking


def pack_schemas(schemas: SharedColumns, workers: Executor) -> SchemaPacking:
    """Lets workers pack what write_store() is to write of schemas; they may begin before there are items."""
    columns, digests = columns_adapter(), dict[str, bytes]()
    ordered = sorted(schemas.items())  # in the order of their numbers
    texts = ((key, columns.dump_json(each, exclude_defaults=True)) for key, each in ordered)
    return SchemaPacking(
        _packed_by(workers, texts, digests),
        workers.submit(_path_rows, [[column.path for column in schema] for _, schema in ordered]),
        digests,
    )


def start_packing(catalogue: Catalogue, workers: Executor, schemas: SchemaPacking | None = None) -> Packing:
    """Lets workers pack what write_store() is to write; `schemas`: where they are at those already."""
    by_kind, digests = adapters(), dict[str, bytes]()
    texts = ((x.id, by_kind[x.kind].dump_json(x, exclude_defaults=True)) for x in catalogue.items)
    items = _packed_by(workers, texts, digests)
    return Packing(items, digests, schemas or pack_schemas(catalogue.schemas, workers))


def _packed_by(
    workers: Executor, texts: Iterable[tuple[str, bytes]], digests: dict[str, bytes]
) -> list[Future[list[bytes]]]:
    """The texts packed; notes the digest of each."""

    def noted() -> Iterator[bytes]:
        for key, text in texts:
            digests[key] = hashlib.blake2b(text, digest_size=_DIGEST).digest()
            yield text

    each = noted()
    return [workers.submit(_pack_all, some) for some in iter(lambda: list(islice(each, _AT_ONCE)), [])]


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
            connection.executemany("INSERT INTO path VALUES (?, ?)", packing.schemas.paths.result())
    finally:
        connection.close()


def _item_rows(catalogue: Catalogue, packing: Packing) -> Iterator[tuple[str, str, bytes]]:
    for item, body in zip(catalogue.items, _bodies(packing.items), strict=True):
        yield item.id, item.kind, body


def _schema_rows(catalogue: Catalogue, packing: Packing) -> Iterator[tuple[int, str, bytes]]:
    rows = zip(sorted(catalogue.schemas), _bodies(packing.schemas.bodies), strict=True)
    for number, (digest, body) in enumerate(rows):
        yield number, digest, body


def _bodies(packed: Iterable[Future[list[bytes]]]) -> Iterator[bytes]:
    return (body for some in packed for body in some.result())


def _path_rows(schemas: Sequence[Sequence[str]]) -> list[tuple[str, bytes]]:
    """Folded path -> the numbers of the schemas that have it; given are the paths of each schema."""
    folded: dict[str, str] = {}
    numbers: dict[str, list[bytes]] = {}
    for position, paths in enumerate(schemas):
        number = position.to_bytes(WIDTH, "big")
        for path in paths:
            key = folded.get(path)
            if key is None:
                key = folded[path] = spelling_key(path)
            known = numbers.setdefault(key, [])
            if not known or known[-1] != number:
                known.append(number)
    return [(key, b"".join(numbers[key])) for key in sorted(numbers)]


def _pack(text: bytes) -> bytes:
    packed = zlib.compress(text, 6)
    return packed if len(packed) < len(text) else text


def _pack_all(texts: Sequence[bytes]) -> list[bytes]:
    return [_pack(text) for text in texts]
