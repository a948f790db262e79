"""Many files of SQL read: in processes with limits, each text once and then kept.

A reading depends on the text and on the parser alone, so it is kept by both. SQL comes from
strangers: each file has so much time and memory and no more, and one that exceeds them costs
itself only.
"""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from indexer.runtime.disk import replace_file
from indexer.runtime.limited import LimitedPool, LimitExceeded, Limits, begin_step
from indexer.sqlread.model import Reading, to_json
from indexer.sqlread.statements import PARSER_VERSION, read_sql
from indexer.sqlread.texts import digest_of

LIMITS = Limits(seconds=5.0, memory_bytes=512_000_000)  # for one file
MOST = 5_000_000  # characters of a file that is read
DEEPEST = 8_000  # calls within calls, in a process of its own
BATCH = 200_000  # characters that go to a process at a time: a call costs more than a small file
FILE = "readings"


class Readings:
    """Reads texts by limited processes, and keeps the readings in a folder."""

    def __init__(self, folder: Path, processes: int, limits: Limits = LIMITS) -> None:
        self._folder = folder
        self._processes = processes
        self._limits = limits
        self._asked: dict[str, str] = {}  # in this build: tables ask, and then measures
        self._last: dict[str, str] | None = None  # in the build before, and what it still had of others
        self._older: dict[str, str] = {}

    def read(self, texts: Iterable[str]) -> dict[str, str]:
        """The readings of these texts as JSON by digest_of(). Texts of two builds ago are forgotten."""
        if self._last is None:
            self._last, self._older = self._kept()
        known = {**self._older, **self._last, **self._asked}
        wanted = {digest_of(text): text for text in texts}
        found = {digest: known[digest] for digest in wanted if digest in known}
        missing = {digest: text for digest, text in wanted.items() if digest not in found}
        found.update(self._read_new(missing) if missing else {})
        self._asked.update(found)
        if missing:
            self._keep()
        return found

    def _read_new(self, texts: Mapping[str, str]) -> dict[str, str]:
        batches = _batches(texts)
        processes = min(self._processes, len(batches))
        with (
            LimitedPool(processes, self._limits) as pool,
            ThreadPoolExecutor(processes, "sql") as threads,
        ):
            parts = threads.map(lambda batch: _by(pool, batch), batches)
            return {digest: reading for part in parts for digest, reading in part.items()}

    def _kept(self) -> tuple[dict[str, str], dict[str, str]]:
        """What lies there of this parser; nothing of another one, or of a damaged file."""
        try:
            packed = (self._folder / FILE).read_bytes()
            version, last, older = json.loads(zlib.decompress(packed))
        except (OSError, ValueError, TypeError, zlib.error):
            return {}, {}
        usable = version == PARSER_VERSION and isinstance(last, dict) and isinstance(older, dict)
        return (last, older) if usable else ({}, {})

    def _keep(self) -> None:
        older = {digest: text for digest, text in (self._last or {}).items() if digest not in self._asked}
        content = json.dumps([PARSER_VERSION, self._asked, older]).encode()
        replace_file(self._folder / FILE, zlib.compress(content, 1))


def _batches(texts: Mapping[str, str]) -> list[list[tuple[str, str]]]:
    """Texts in batches of about one size, the long ones first: no process waits for another at the end."""
    batches: list[list[tuple[str, str]]] = []
    size = BATCH
    for digest, text in sorted(texts.items(), key=lambda each: (-len(each[1]), each[0])):
        if size >= BATCH:
            batches.append([])
            size = 0
        batches[-1].append((digest, text))
        size += len(text) + 200
    return batches


def _by(pool: LimitedPool, batch: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The readings of a batch. One that exceeds the limits says so; the others are read again without it."""
    found: dict[str, str] = {}
    left = list(batch)
    while left:
        try:
            found.update(pool.call(read_batch, left))
            return found
        except LimitExceeded as limit:
            at_fault = [each for each in left if each[0] == limit.step] or left
            reason = {"time": "it takes too long to read", "memory": "it takes too much memory to read"}
            for digest, _ in at_fault:
                found[digest] = _left(reason.get(limit.reason, "it ended the process that read it"))
            left = [each for each in left if each not in at_fault]
    return found


def read_batch(batch: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The readings of some texts; runs in a limited process, which it tells at which text it is."""
    sys.setrecursionlimit(DEEPEST)
    found = {}
    for digest, text in batch:
        begin_step(digest)
        found[digest] = _read(text)
    return found


def _read(text: str) -> str:
    if len(text) > MOST:
        return _left("it is too long to be read")
    try:
        return to_json(read_sql(text))
    except RecursionError:
        return _left("it nests too deeply to be read")
    except MemoryError:
        return _left("it takes too much memory to read")
    except Exception as error:
        return _left(f"it cannot be read ({type(error).__name__})")


def _left(reason: str) -> str:
    return to_json(Reading(problems=(reason,)))
