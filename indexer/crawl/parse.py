"""A source's files as records; what did not change since its last snapshot is not parsed again.

A source that says so (sources.InParts) is parsed part by part, and each part is kept under a key of
everything that decides what its records are. What comes out is the same as of a parse of everything.
"""

from __future__ import annotations

import time
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from indexer.crawl.guard import (
    Profile,
    Refusal,
    Thresholds,
    judge,
    judge_counts,
    profile_of,
    without_accepted,
)
from indexer.crawl.plan import Job, Part, parser_digest
from indexer.crawl.snapshots import (
    KnownFiles,
    PartState,
    SnapshotDamaged,
    SnapshotState,
    SnapshotStore,
)
from indexer.model.records import Record
from indexer.model.table_records import TableSchema
from indexer.runtime.disk import FolderUnusable
from indexer.runtime.limited import begin_step, current_step
from indexer.runtime.processes import without_collection
from indexer.sources import Fetched, FileColumns, Recalled, Report, SourceUnavailable


@dataclass(frozen=True, slots=True)
class Parsed:
    """What is kept now, and the parts whose files were not taken: what there was before stays of these."""

    state: SnapshotState
    not_taken: tuple[str, ...] = ()


class ReadFailed(Exception):
    """A parser met what it was not made for, while it read the file `step` ("": none)."""

    def __init__(self, step: str, why: str, trace: str) -> None:
        super().__init__(step, why, trace)
        self.step, self.why, self.trace = step, why, trace


def parse_limited(job: Job) -> Parsed:
    """parse(), in a limited process. Raises ReadFailed for what no parser was made for."""
    begin_step("", limited=False)
    try:
        return parse(job)
    except (SourceUnavailable, FolderUnusable, MemoryError):
        raise
    except Exception as error:
        why = f"{type(error).__name__}: {error}"[:300]
        raise ReadFailed(current_step(), why, traceback.format_exc(limit=-5)) from None


def parse(job: Job) -> Parsed:
    """Parse and keep. Raises what the source raises, and SourceUnavailable for what is not believed."""
    started = time.monotonic()
    store = SnapshotStore(job.data_dir)
    last = store.state(job.source.name)
    if job.judging is not None and last is not None and last.parser_version != job.state.parser_version:
        job = replace(job, judging=job.judging.for_other_program())
    with without_collection():
        before = _KnownParts(store, last)
        recalled = _recalled(store, last) if len(job.parts) == 1 else Recalled()
        taken = [_take(job, part, before, recalled) for part in job.parts]
    records = [record for part in taken for record in part.records]
    parts = [part.state for part in taken]
    report = _together(parts)
    for part in taken:
        if part.lost:
            report.skip("file that cannot be read", part.lost)
    profile = profile_of(records, report.skipped, f"{job.source.version} {parser_digest()}")
    if job.judging is not None:
        _judge_all(job, store, last, profile, report)
    refused = {part.state.name: part.refused for part in taken if part.refused}
    done = replace(
        job.state,
        seen=dict(report.seen),
        skipped=dict(report.skipped),
        examples=dict(report.examples),
        seconds=round(time.monotonic() - started, 2),
    )
    lost = [part.state.name for part in taken if part.lost]
    if refused:
        done = replace(done, error=_in_words(refused))
    if refused or lost:  # tried again by the next crawl, even where the files are the same
        done = replace(done, input_digest="")
    files = KnownFiles(parser_digest(), {key: row for part in taken for key, row in part.files.items()})
    kept = store.write(job.source.name, records, done, parts if len(parts) > 1 else (), profile, files)
    return Parsed(kept, (*refused, *lost))


def _recalled(store: SnapshotStore, last: SnapshotState | None) -> Recalled:
    """What the last crawl knew of files, where the same program made it."""
    known = store.files(last) if last is not None else KnownFiles()
    if last is None or known.made_by != parser_digest() or not known.files:
        return Recalled()
    try:
        read = store.read(last.source, (TableSchema.__name__,))
        schemas = {each.digest: each for each in read if isinstance(each, TableSchema)}
    except SnapshotDamaged:
        return Recalled()
    return Recalled(known.files, schemas)


class _KnownParts:
    """The parts of the last snapshot, with their records, by key and by name."""

    def __init__(self, store: SnapshotStore, last: SnapshotState | None) -> None:
        self.by_key: dict[str, tuple[PartState, list[Record]]] = {}
        self.by_name: dict[str, tuple[PartState, list[Record]]] = {}
        parts = store.parts(last) if last is not None and not last.from_sample else []
        by_type: dict[str, list[Record]] = {}
        if parts and last is not None:
            try:
                for record in store.read(last.source):
                    by_type.setdefault(type(record).__name__, []).append(record)
            except SnapshotDamaged:
                return
        if {kind: len(rows) for kind, rows in by_type.items()} != _counts(parts):
            return  # they are of other records
        begin = dict.fromkeys(by_type, 0)
        for part in parts:
            own: list[Record] = []
            for kind, count in part.counts.items():
                own += by_type[kind][begin[kind] : begin[kind] + count]
                begin[kind] += count
            self.by_key[part.key] = self.by_name[part.name] = part, own


@dataclass(frozen=True, slots=True)
class _Taken:
    """A part's records: parsed, or, where `refused` says why, those of before."""

    state: PartState
    records: list[Record]
    refused: str = ""
    lost: str = ""  # why there are none, and none of before
    files: Mapping[str, FileColumns] = field(default_factory=dict)


def _take(job: Job, part: Part, before: _KnownParts, recalled: Recalled) -> _Taken:
    known = before.by_key.get(part.key)
    if known is not None:
        return _Taken(*known)
    old = before.by_name.get(part.name)
    try:
        state, own, files = _parse_part(job, part, recalled)
    except SourceUnavailable as error:
        refusal = Refusal(_key(job, part), str(error))
        if part.names_others or len(job.parts) == 1:
            raise
        if old is None or (job.judging is not None and refusal.key in job.judging.accepted.keys):
            return _Taken(PartState(key="", name=part.name), [], lost=f"{part.name}: {error}")
        return _Taken(*old, refused=str(refusal))
    if job.judging is not None and old is not None:
        found = list(_judge_part(job, part, old[0], state, job.judging.allowed))
        left = without_accepted(found, job.judging.accepted)
        if left and part.names_others:
            raise SourceUnavailable(str(left[0]))
        if left:
            return _Taken(*old, refused=str(left[0]))
    return _Taken(state, own, files=files)


def _parse_part(
    job: Job, part: Part, recalled: Recalled
) -> tuple[PartState, list[Record], Mapping[str, FileColumns]]:
    for file in part.files:
        if file.request.url in job.unreadable:
            raise SourceUnavailable(f"{file.request.url}: {job.unreadable[file.request.url]}")
    report = Report(recalled=recalled)
    files = [_told(file, job.unreadable, report) for file in part.files]
    records = list(job.source.records(files, job.options, report))
    begin_step("", limited=False)
    if not records and (report.seen or report.skipped) and not getattr(job.source, "may_be_empty", False):
        raise SourceUnavailable(f"{part.name} holds nothing that is known: {_example(report)}")
    state = PartState(
        key=part.key,
        name=part.name,
        present=tuple(file.request.url for file in part.files if file.status == 200),
        counts=dict(Counter(type(record).__name__ for record in records)),
        seen=dict(report.seen),
        skipped=dict(report.skipped),
        examples=dict(report.examples),
    )
    return state, records, report.files


def _told(file: Fetched, unreadable: Mapping[str, str], report: Report) -> Fetched:
    """An archive that tells of each member before it comes out, and leaves out what cannot be read."""
    if file.members is None:
        return file
    whole = file.members

    def members() -> Iterator[tuple[str, bytes]]:
        for name, content in whole():
            if name in unreadable:
                report.skip("file that cannot be read", f"{name}: {unreadable[name]}")
                continue
            begin_step(name)
            yield name, content
        begin_step("", limited=False)

    return replace(file, members=members)


def _judge_part(
    job: Job, part: Part, before: PartState, after: PartState, allowed: Thresholds
) -> Iterator[Refusal]:
    """A part of which files are gone, or a kind of records, or much of one."""
    asked = {file.request.url for file in part.files}
    for url in before.present:
        if url in asked and url not in after.present:
            yield Refusal(_key(job, part), f"{url}: not found (404), it was there before")
    for kind, count in before.counts.items():
        left = after.counts.get(kind, 0)
        if count and not left:
            yield Refusal(_key(job, part), f"{part.name}: {kind}: 0 of {count} left")
        yield from judge_counts(_key(job, part), f"{part.name}: {kind}", count, left, allowed)


def _judge_all(
    job: Job, store: SnapshotStore, last: SnapshotState | None, profile: Profile, report: Report
) -> None:
    """Upstream that suddenly lacks much of what it had is taken for broken, not for news."""
    if job.judging is None or last is None or last.from_sample or not last.digest:
        return
    in_parts = len(store.parts(last)) > 1
    found = judge(job.source.name, store.profile(last), profile, job.judging.allowed, losses=not in_parts)
    left = without_accepted(found, job.judging.accepted)
    if left:
        more = f"; and {len(left) - 3} more" if len(left) > 3 else ""
        raise SourceUnavailable("; ".join(map(str, left[:3])) + more)


def _key(job: Job, part: Part) -> str:
    return f"{job.source.name}:{part.name}"


def _in_words(refused: Mapping[str, str]) -> str:
    shown = list(refused.values())[:5]
    more = f"; and {len(refused) - len(shown)} more" if len(refused) > len(shown) else ""
    return f"kept what was there of {len(refused)}: {'; '.join(shown)}{more}"


def _example(report: Report) -> str:
    reasons = report.skipped or report.seen
    return ", ".join(f"{count} {reason}" for reason, count in reasons.most_common(3))


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
