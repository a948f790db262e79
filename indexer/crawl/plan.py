"""What is to be parsed: a source's files by part, each under a key of all that decides its records."""

from __future__ import annotations

import functools
import hashlib
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic_core import to_json

from indexer import sources
from indexer.crawl.guard import Accepted, Thresholds
from indexer.crawl.snapshots import SnapshotState, record_shape
from indexer.model import records as record_types
from indexer.sources import Fetched, InParts, Source


@dataclass(frozen=True, slots=True)
class Part:
    """Files to be parsed together."""

    key: str
    name: str
    files: tuple[Fetched, ...]
    names_others: bool  # a listing: without it, nobody knows what else there is


@dataclass(frozen=True, slots=True)
class Judging:
    """How much may change, and what somebody takes as true all the same."""

    allowed: Thresholds
    accepted: Accepted

    def for_other_program(self) -> Judging:
        """The same for records that another version of the program makes: fields may change at once."""
        return replace(self, allowed=self.allowed.for_other_program())


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker needs to parse a source and keep its records; it is pickled."""

    source: Source
    options: Mapping[str, Any]
    parts: tuple[Part, ...]
    state: SnapshotState
    data_dir: Path
    judging: Judging | None  # None: whatever comes is taken
    unreadable: Mapping[str, str] = field(default_factory=dict)  # file that is not to be read -> why


def plan(
    source: Source,
    options: Mapping[str, Any],
    fetched: Sequence[Fetched],
    state: SnapshotState,
    data_dir: Path,
    judging: Judging | None,
) -> Job:
    """The job of parsing what was fetched."""
    split = source.parts(fetched) if isinstance(source, InParts) else [fetched]
    first = set(source.requests(options))
    parts = tuple(
        Part(
            _part_key(source, options, files),
            _part_name(source, files),
            tuple(files),
            any(file.request in first for file in files),
        )
        for files in split
    )
    return Job(source, options, parts, state, data_dir, judging)


def input_digest(source: Source, options: Mapping[str, Any], fetched: Sequence[Fetched]) -> str:
    """Of everything that decides what the records are: files, options, parser, record types."""
    files = sorted((file.request.url, file.status, file.digest) for file in fetched)
    parts = (source.name, source.version, record_shape(), options, files)
    return hashlib.sha256(to_json(parts)).hexdigest()[:32]


def _part_key(source: Source, options: Mapping[str, Any], files: Sequence[Fetched]) -> str:
    """As input_digest(), and the parsers' own text: records of two programs never stand in one snapshot."""
    whole = f"{input_digest(source, options, files)} {parser_digest()}"
    return hashlib.sha256(whole.encode()).hexdigest()[:32]


@functools.cache
def parser_digest() -> str:
    """Of the program text of all sources and records."""
    folder = Path(record_types.__file__).parent
    models = [folder / name for name in ("definitions.py", "table_records.py", "records.py")]
    modules = [*models, *sorted(Path(sources.__file__).parent.glob("*.py"))]
    return hashlib.sha256(b"\0".join(module.read_bytes() for module in modules)).hexdigest()


def _part_name(source: Source, files: Sequence[Fetched]) -> str:
    """What the addresses of a part's files have in common, as its source knows them."""
    names = [file.request.tag or file.request.url.partition("://")[2] for file in files]
    return posixpath.commonpath(names) if names else source.name
