"""A source's files as records; what did not change since its last snapshot is not parsed again.

A source that says so (sources.InParts) is parsed part by part, and each part is kept under a key of
everything that decides what its records are. What comes out is the same as of a parse of everything.
"""

from __future__ import annotations

import functools
import hashlib
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic_core import to_json

from indexer import sources
from indexer.crawl.snapshots import (
    PartState,
    SnapshotDamaged,
    SnapshotState,
    SnapshotStore,
    record_shape,
)
from indexer.model import records as record_types
from indexer.model.records import Record
from indexer.runtime.processes import without_collection
from indexer.sources import Fetched, InParts, Report, Source, SourceUnavailable

LARGE = 20_000_000  # bytes of input, unpacked, from which a process of its own pays
UNPACKED = 10  # bytes in an archive for each of its own
FEW = 20  # records below which a loss says nothing


@dataclass(frozen=True, slots=True)
class Part:
    """Files to be parsed together."""

    key: str
    files: tuple[Fetched, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker needs to parse a source and keep its records; it is pickled."""

    source: Source
    options: Mapping[str, Any]
    parts: tuple[Part, ...]
    state: SnapshotState
    data_dir: Path
    max_loss: float | None  # None: any loss is accepted


def plan(
    source: Source,
    options: Mapping[str, Any],
    fetched: Sequence[Fetched],
    state: SnapshotState,
    data_dir: Path,
    max_loss: float | None,
) -> Job:
    """The job of parsing what was fetched."""
    split = source.parts(fetched) if isinstance(source, InParts) else [fetched]
    parts = tuple(Part(_part_key(source, options, files), tuple(files)) for files in split)
    return Job(source, options, parts, state, data_dir, max_loss)


def is_large(job: Job) -> bool:
    """Whether so much is to be parsed that a process of its own pays."""
    known = {key for key, _ in _known(job, with_records=False)}
    return sum(_size(file) for part in job.parts if part.key not in known for file in part.files) > LARGE


def parse(job: Job) -> SnapshotState:
    """Parse and keep; runs in a worker for what is large. Raises what the source raises."""
    started = time.monotonic()
    records: list[Record] = []
    parts: list[PartState] = []
    with without_collection():
        known = dict(_known(job))
        for part in job.parts:
            state, own = known.get(part.key) or _parse_part(job, part)
            records += own
            parts.append(state)
    store = SnapshotStore(job.data_dir)
    if job.max_loss is not None:
        _refuse_loss(store.state(job.source.name), records, job.max_loss)
    report = _together(parts)
    done = replace(
        job.state,
        seen=dict(report.seen),
        skipped=dict(report.skipped),
        examples=dict(report.examples),
        seconds=round(time.monotonic() - started, 2),
    )
    return store.write(job.source.name, records, done, parts if len(parts) > 1 else ())


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
    models = Path(record_types.__file__).with_name("definitions.py"), Path(record_types.__file__)
    modules = [*models, *sorted(Path(sources.__file__).parent.glob("*.py"))]
    return hashlib.sha256(b"\0".join(module.read_bytes() for module in modules)).hexdigest()


def _known(job: Job, *, with_records: bool = True) -> Iterator[tuple[str, tuple[PartState, list[Record]]]]:
    """The parts of the last snapshot by their keys."""
    store = SnapshotStore(job.data_dir)
    last = store.state(job.source.name)
    parts = store.parts(last) if last is not None else []
    if not {part.key for part in parts}.intersection(part.key for part in job.parts):
        return
    by_type: dict[str, list[Record]] = {}
    if with_records:
        try:
            for record in store.read(job.source.name):
                by_type.setdefault(type(record).__name__, []).append(record)
        except SnapshotDamaged:
            return
        if {kind: len(rows) for kind, rows in by_type.items()} != _counts(parts):
            return  # they are of other records
    begin = dict.fromkeys(by_type, 0)
    for part in parts:
        own: list[Record] = []
        for kind in part.counts if with_records else ():
            own += by_type[kind][begin[kind] : begin[kind] + part.counts[kind]]
            begin[kind] += part.counts[kind]
        yield part.key, (part, own)


def _parse_part(job: Job, part: Part) -> tuple[PartState, list[Record]]:
    report = Report()
    records = list(job.source.records(part.files, job.options, report))
    state = PartState(
        key=part.key,
        counts=dict(Counter(type(record).__name__ for record in records)),
        seen=dict(report.seen),
        skipped=dict(report.skipped),
        examples=dict(report.examples),
    )
    return state, records


def _counts(parts: Sequence[PartState]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for part in parts:
        counts.update(part.counts)
    return counts


def _together(parts: Sequence[PartState]) -> Report:
    report = Report()
    for part in parts:
        report.seen.update(part.seen)
        report.skipped.update(part.skipped)
        for reason, example in part.examples.items():
            report.examples.setdefault(reason, example)
    return report


def _refuse_loss(before: SnapshotState | None, records: Sequence[object], max_loss: float) -> None:
    """Upstream that suddenly lacks much of what it had is taken for broken, not for news."""
    if before is None or before.from_sample:
        return
    names = [type(record).__name__ for record in records]
    for kind, count in before.counts.items():
        left = names.count(kind)
        if count >= FEW and left < count * (1 - max_loss):
            raise SourceUnavailable(
                f"{kind}: {left} of {count} left, more than guard.max_loss allows to go"
                " (crawl --accept-loss takes it)"
            )


def _size(file: Fetched) -> int:
    if file.path is None:
        return 0
    if file.path.is_dir():  # an archive of a mirror that lies unpacked
        return LARGE + 1 if file.members is None else 0
    size = file.path.stat().st_size
    return size if file.members is None else size * UNPACKED
