"""How an installation is: its generation, its sources, what runs now.

The same for `starchart status`, /status and /api/v1/status; read from files, so that no
process has to ask another.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from indexer.config import Config
from indexer.crawl.snapshots import SnapshotState, SnapshotStore
from indexer.index.generation import Manifest
from indexer.index.integrity import Damage, NothingIntact, choose, damaged_generations
from indexer.runtime.locking import SCHEDULER, is_held
from indexer.runtime.outcomes import NEVER, Outcome, read_next_run, read_outcome
from indexer.runtime.progress import ProgressState, read_progress

OLD_SECONDS = 3 * 86_400  # since its last success; a source that is older is pointed out
OLD_RELEASE_DAYS = 56  # a version of Firefox comes out every four weeks: then two are missing
Code = Literal[
    "nothing-indexed", "generation-damaged", "sample", "scheduler-gone", "crawl-failed", "crawl-killed",
    "build-refused", "build-failed", "build-killed", "source-stale", "source-old", "versions-old",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """A configured source; `state` is None before its first crawl."""

    name: str
    enabled: bool
    state: SnapshotState | None
    age_seconds: float | None  # since its last success
    address: str = ""  # where it is read from, "" where it comes with the program

    @property
    def word(self) -> str:
        """off, new (never crawled), sample, stale (its last crawl failed), absent (no file there), good."""
        if not self.enabled:
            return "off"
        if self.state is None:
            return "new"
        if self.state.from_sample:
            return "sample"
        if self.state.error:
            return "stale"
        return "absent" if self.address and not self.state.files else "good"  # what answered was a 404

    @property
    def is_old(self) -> bool:
        """Whether its last success is so long ago that it is pointed out."""
        return self.age_seconds is not None and self.age_seconds > OLD_SECONDS


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that somebody should look after. `code` is for programs, `text` one sentence for people."""

    code: Code
    text: str


@dataclass(frozen=True, slots=True)
class Status:
    """An installation at one moment."""

    generation: Manifest | None
    sources: tuple[SourceStatus, ...]
    progress: ProgressState
    crawl: Outcome = NEVER
    build: Outcome = NEVER
    scheduler: bool | None = None  # whether one runs; None where none ever did
    next_run: str = ""  # ISO time, UTC, by the scheduler that runs; "" where none does
    damaged: tuple[Damage, ...] = ()  # generations that were passed over for the one that answers
    today: datetime.date = datetime.date.min  # by the installation's clock

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is not as it should be, the worst first; empty where all is well."""
        return tuple(_problems(self))


def read_status(config: Config, at: datetime.datetime | None = None) -> Status:
    """The installation's status; ages are counted to `at` (now)."""
    at = at or datetime.datetime.now(datetime.UTC)
    states = SnapshotStore(config.data_dir).states()
    sources = tuple(
        SourceStatus(
            name, entry.enabled, states.get(name), _age(states.get(name), at), _address(entry.options)
        )
        for name, entry in config.sources.items()
    )
    scheduler = is_held(config.data_dir, SCHEDULER)
    generation, damaged = _answering(config.data_dir)
    return Status(
        generation,
        sources,
        read_progress(config.data_dir),
        crawl=read_outcome(config.data_dir, "crawl"),
        build=read_outcome(config.data_dir, "build"),
        scheduler=scheduler,
        next_run=read_next_run(config.data_dir) if scheduler else "",
        damaged=damaged,
        today=config.today(),
    )


def _answering(data_dir: Path) -> tuple[Manifest | None, tuple[Damage, ...]]:
    """The generation that answers, None where none can, and those that were passed over for it."""
    try:
        choice = choose(data_dir)
    except NothingIntact:
        return None, damaged_generations(data_dir)
    return choice.manifest, choice.passed_over


def _problems(status: Status) -> Iterator[Problem]:
    for damage in status.damaged:
        files = ", ".join(damage.files[:3])
        yield Problem("generation-damaged", f"The generation {damage.generation} is damaged: {files}.")
    if status.generation is None:
        yield Problem("nothing-indexed", "Nothing is indexed yet.")
    elif status.generation.sample:
        yield Problem("sample", "The shipped sample is served, not the real data.")
    if status.scheduler is False:
        yield Problem("scheduler-gone", "The scheduler has ended: nothing new will come in.")
    for job, outcome in (("crawl", status.crawl), ("build", status.build)):
        if outcome.bad:
            words = {"refused": "was refused", "failed": "failed", "killed": "was killed"}[outcome.state]
            why = f": {outcome.message}" if outcome.message else ""
            yield Problem(f"{job}-{outcome.state}", f"The last {job} {words}{why}.")  # type: ignore[arg-type]
    stale = [source.name for source in status.sources if source.word == "stale"]
    if stale:
        yield Problem("source-stale", f"The last crawl of these sources failed: {', '.join(stale)}.")
    old = [source.name for source in status.sources if source.word == "good" and source.is_old]
    if old:
        yield Problem("source-old", f"These sources were not read for over three days: {', '.join(old)}.")
    newest = status.generation.newest_release if status.generation else ""
    if release_is_old(newest, status.today):
        yield Problem(
            "versions-old",
            f"The newest Firefox release that is known is of {newest}: what expires by version may be over.",
        )


def release_is_old(newest: str, today: datetime.date) -> bool:
    """Whether the newest release that is known is so old that expiry by version may be judged wrongly."""
    return bool(newest) and (today - datetime.date.fromisoformat(newest)).days > OLD_RELEASE_DAYS


def status_json(status: Status) -> dict[str, Any]:
    """The status as plain values; of the generation all but the digests of its files."""
    generation = asdict(status.generation) if status.generation else None
    if generation is not None:
        del generation["files"]
        generation["passed_over"] = [each.generation for each in status.damaged]
    return {
        "generation": generation,
        "sources": [
            {
                "name": source.name,
                "status": source.word,
                "age_seconds": source.age_seconds,
                **(asdict(source.state) if source.state else {}),
            }
            for source in status.sources
        ],
        "progress": asdict(status.progress),
        "crawl": _outcome_json(status.crawl),
        "build": _outcome_json(status.build),
        "scheduler": {"running": status.scheduler, "next_run": status.next_run or None},
        "problems": [asdict(problem) for problem in status.problems],
        "damaged": [{"generation": each.generation, "files": list(each.files)} for each in status.damaged],
    }


def _outcome_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "state": outcome.state,
        "started": outcome.started or None,
        "ended": outcome.ended or None,
        "succeeded": outcome.succeeded or None,
        "message": outcome.message or None,
    }


def _address(options: Mapping[str, Any]) -> str:
    return str(options.get("url") or options.get("base_url") or "")


def _age(state: SnapshotState | None, at: datetime.datetime) -> float | None:
    if state is None or not state.last_success:
        return None
    return max(0.0, (at - datetime.datetime.fromisoformat(state.last_success)).total_seconds())
