"""Every source crawled in isolation: fetched, parsed where something changed, kept.

A source that fails keeps its last good snapshot, or, where it never had one, gets the
records of the shipped sample; its state says so. Fetching runs in threads. Parsing runs in
processes of limited time and memory, which write the snapshot themselves so that no million
of records travels between processes; a file that takes one down is left out, and the rest
read again. Each file, each source and the whole crawl have a deadline: the lock is let go.
"""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from indexer.config import Config
from indexer.crawl.crawled import Crawled, line_of, log_failures
from indexer.crawl.fetch import Fetcher
from indexer.crawl.guard import Accepted, Refusal, Thresholds
from indexer.crawl.http_cache import HttpCache
from indexer.crawl.parse import Parsed, ReadFailed, parse, parse_limited
from indexer.crawl.plan import Job, Judging, input_digest, plan
from indexer.crawl.snapshots import SnapshotState, SnapshotStore
from indexer.runtime.disk import FolderUnusable
from indexer.runtime.limited import LimitedPool, LimitExceeded, Limits
from indexer.runtime.locking import WORK, exclusive
from indexer.runtime.outcomes import Note, noted
from indexer.runtime.progress import Progress, now
from indexer.sources import Fetched, InParts, NamingMore, Request, Source, SourceUnavailable, find_sources

SAMPLE_DAY = date(2026, 6, 1)  # the day by which the sample alone is judged: it ages for nobody

MAX_UNREADABLE = 10  # files that may take their process down before the source is given up
NOTHING = Accepted()

log = logging.getLogger(__name__)


class _NotTaken(SourceUnavailable):
    """Upstream answered, with what cannot be read or is not believed."""


class UnknownSource(Exception):
    """A name that no source has, or whose source is not enabled."""


def sample_path() -> Path:
    """The folder of the shipped sample: a small mirror."""
    return Path(__file__).parents[1] / "sample"


def choose_sources(config: Config, names: Sequence[str]) -> dict[str, Source]:
    """The sources to crawl: those named, else all that are enabled. Raises UnknownSource."""
    found = find_sources()
    usable = [name for name in config.enabled_sources() if name in found]
    for name in names:
        if name not in usable:
            raise UnknownSource(f"{name}: no enabled source of that name (there are: {', '.join(usable)})")
    return {name: found[name] for name in (names or usable)}


def crawl(
    config: Config,
    names: Sequence[str] = (),
    progress: Progress | None = None,
    *,
    accept: Accepted = NOTHING,
    sample_only: bool = False,
) -> list[Crawled]:
    """Crawl the sources (all enabled ones by default) and keep their records.

    `accept` is taken as true this once, whatever the guard says. With `sample_only` nothing is fetched:
    every source without a snapshot gets the sample's records. Raises UnknownSource, FolderUnusable, and
    locking.Busy where another crawl or build runs.
    """
    sources = choose_sources(config, names)
    progress = progress or Progress(config.data_dir)
    noting = contextlib.nullcontext(Note()) if sample_only else noted(config.data_dir, "crawl")
    with exclusive(config.data_dir, WORK), noting as note:
        progress.start("crawl", len(sources))
        try:
            SnapshotStore(config.data_dir).sweep()
            with parsers(config) as pool:
                crawler = _Crawler(config, progress, pool, accept)
                if sample_only:
                    return [crawler.take_sample(source) for source in sources.values()]
                crawled = crawler.crawl_all(sources.values())
                note.failure = log_failures(crawled)
                return crawled
        finally:
            progress.finish()


def parsers(config: Config) -> LimitedPool:
    """The processes that parse, started only when needed."""
    limits = Limits(config.crawl.parse_seconds, config.crawl.parse_bytes)
    return LimitedPool(config.crawl.processes or os.cpu_count() or 1, limits)


class _Crawler:
    def __init__(self, config: Config, progress: Progress, pool: LimitedPool, accept: Accepted) -> None:
        self._config = config
        self._store = SnapshotStore(config.data_dir)
        self._cache = config.data_dir / "cache"
        self._progress = progress
        self._pool = pool
        guard = config.guard
        self._accept = accept
        self._judging = Judging(Thresholds(guard.max_loss, guard.max_growth, guard.max_change), accept)
        self._until = time.monotonic() + config.crawl.run_seconds

    def crawl_all(self, sources: Iterable[Source]) -> list[Crawled]:
        sources = list(sources)
        with (
            Fetcher(self._config, self._cache, self._until) as fetcher,
            ThreadPoolExecutor(max(1, len(sources)), "crawl") as threads,
        ):
            crawled = list(threads.map(lambda source: self._crawl_one(source, fetcher), sources))
        HttpCache(self._cache).prune()  # each crawl would leave the bodies that it replaced
        return crawled

    def take_sample(self, source: Source) -> Crawled:
        """The sample's records for a source that has none of its own."""
        state = self._store.state(source.name)
        if state is not None and self._store.is_whole(state):
            return Crawled(source.name, "kept", state)
        sample = self._config.model_copy(update={"mirror": str(sample_path())})
        began = SnapshotState(
            source=source.name,
            last_attempt=state.last_attempt if state else "",
            error=state.error if state else "",
            from_sample=True,
        )
        try:
            with Fetcher(sample, self._cache) as fetcher:
                fetched = self._fetch_all(source, fetcher, self._until, limited=False)
            return Crawled(source.name, "sample", parse(self._job(source, fetched, began, None)).state)
        except FolderUnusable:
            raise
        except Exception as error:  # the sample must never be what stops a crawl
            log.exception("sample source=%s", source.name)
            failed = replace(began, from_sample=False, error=began.error or _in_words(error))
            self._store.write_state(failed)
            return Crawled(source.name, "nothing", failed)

    def _crawl_one(self, source: Source, fetcher: Fetcher) -> Crawled:
        started, at = time.monotonic(), now()
        try:
            done = self._refresh(source, fetcher, at, started)
        except FolderUnusable:  # nothing can be kept of any source, nor be noted
            raise
        except Exception as error:  # the wall between sources: one that fails leaves the others alone
            if not isinstance(error, SourceUnavailable):
                log.exception("source=%s", source.name)
            self._store.note_failure(source.name, _in_words(error), at, time.monotonic() - started)
            done = replace(self.take_sample(source), reached=isinstance(error, _NotTaken))
        self._progress.step(source.name)
        if not done.state.error:
            log.info("crawl %s seconds=%.1f", line_of(done), time.monotonic() - started)
        return done

    def _refresh(self, source: Source, fetcher: Fetcher, at: str, started: float) -> Crawled:
        until = min(self._until, started + self._config.crawl.source_seconds)
        options = self._config.options_of(source.name)
        fetched = self._fetch_all(source, fetcher, until)
        before = self._store.state(source.name)
        digest = input_digest(source, options, fetched)
        if before is not None and before.input_digest == digest and self._store.is_whole(before) and fetched:
            same = replace(
                before, last_success=at, last_attempt=at, error="", seconds=time.monotonic() - started
            )
            self._store.write_state(same)
            return Crawled(source.name, "unchanged", same)
        began = SnapshotState(
            source=source.name,
            last_success=at,
            last_attempt=at,
            files=sum(file.status == 200 for file in fetched),
            input_digest=digest,
            parser_version=str(source.version),
        )
        try:
            if not isinstance(source, InParts):
                self._check_files(before, began)
            job = self._job(source, fetched, began, self._judging)
            parsed = self._parse(job, until)
        except SourceUnavailable as error:
            fetcher.forget(fetched)
            raise _NotTaken(str(error)) from error
        again = [file for part in job.parts if part.name in parsed.not_taken for file in part.files]
        fetcher.forget(again)
        return Crawled(source.name, "parsed", parsed.state)

    def _check_files(self, before: SnapshotState | None, now: SnapshotState) -> None:
        """Files that may be absent, and were there: gone for a moment, as a rule."""
        if before is not None and now.files < before.files and not before.from_sample:
            why = f"{now.files} of its {before.files} files are there, the others are not found (404)"
            gone = Refusal(f"{now.source}:files", why)
            if not self._accept.covers(gone):
                raise SourceUnavailable(str(gone))

    def _parse(self, job: Job, until: float) -> Parsed:
        """Parse in a limited process, without the files that took one down before."""
        unreadable: dict[str, str] = {}
        while True:
            try:
                return self._pool.call(parse_limited, replace(job, unreadable=dict(unreadable)), until=until)
            except LimitExceeded as error:
                step, why = error.step, error.said
            except ReadFailed as error:
                step, why = error.step, error.why
                log.warning("source=%s file=%s\n%s", job.source.name, step, error.trace)
            if not step or step in unreadable or len(unreadable) >= MAX_UNREADABLE:
                raise SourceUnavailable(f"{step or 'its files'}: {why}")
            log.warning("source=%s file=%s left out: %s", job.source.name, step, why)
            unreadable[step] = why

    def _job(
        self, source: Source, fetched: Sequence[Fetched], state: SnapshotState, judging: Judging | None
    ) -> Job:
        options = self._config.options_of(source.name)
        return plan(source, options, fetched, state, self._config.data_dir, judging)

    def _fetch_all(
        self, source: Source, fetcher: Fetcher, until: float, *, limited: bool = True
    ) -> list[Fetched]:
        """All files of a source: what it asks for first, and what it asks for on seeing those."""
        options = self._config.options_of(source.name)
        fetched: list[Fetched] = []
        asked: set[Request] = set()
        wanted = list(dict.fromkeys(source.requests(options)))
        while wanted:
            self._progress.expect(len(wanted))
            fetched += fetcher.fetch(wanted, lambda steps: self._progress.step(source.name, steps), until)
            asked.update(wanted)
            try:
                further = self._more(source, fetched, until if limited else None)
            except SourceUnavailable as error:
                fetcher.forget(fetched)
                raise _NotTaken(str(error)) from error
            wanted = [request for request in dict.fromkeys(further) if request not in asked]
        return fetched

    def _more(self, source: Source, fetched: Sequence[Fetched], until: float | None) -> Sequence[Request]:
        """What files name besides; they are read in a limited process, unless there is no `until`."""
        if not isinstance(source, NamingMore):
            return ()
        options = self._config.options_of(source.name)
        if until is None:
            return source.more_requests(fetched, options)
        try:
            return self._pool.call(_more_requests, source, list(fetched), options, until=until)
        except LimitExceeded as error:
            raise SourceUnavailable(str(error)) from error


def _more_requests(
    source: NamingMore, fetched: Sequence[Fetched], options: Mapping[str, Any]
) -> Sequence[Request]:
    return source.more_requests(fetched, options)


def _in_words(error: BaseException) -> str:
    text = " ".join(str(error).split())[:500]
    return text if isinstance(error, SourceUnavailable) else f"{type(error).__name__}: {text}"
