"""How an installation is: its generation, its sources, what runs now.

The same for `starchart status`, /status and /api/v1/status; read from files, so that no
process has to ask another.
"""

from __future__ import annotations

import datetime
from dataclasses import asdict, dataclass
from typing import Any

from indexer.config import Config
from indexer.crawl.snapshots import SnapshotState, SnapshotStore
from indexer.index.generation import Manifest, current_manifest
from indexer.runtime.progress import ProgressState, read_progress


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """A configured source; `state` is None before its first crawl."""

    name: str
    enabled: bool
    state: SnapshotState | None
    age_seconds: float | None  # since its last success

    @property
    def word(self) -> str:
        """off, new (never crawled), sample, stale (the last crawl failed) or good."""
        if not self.enabled:
            return "off"
        if self.state is None:
            return "new"
        if self.state.from_sample:
            return "sample"
        return "stale" if self.state.error else "good"


@dataclass(frozen=True, slots=True)
class Status:
    generation: Manifest | None
    sources: tuple[SourceStatus, ...]
    progress: ProgressState


def read_status(config: Config, at: datetime.datetime | None = None) -> Status:
    """The installation's status; ages are counted to `at` (now)."""
    at = at or datetime.datetime.now(datetime.UTC)
    states = SnapshotStore(config.data_dir).states()
    sources = tuple(
        SourceStatus(name, entry.enabled, states.get(name), _age(states.get(name), at))
        for name, entry in config.sources.items()
    )
    return Status(current_manifest(config.data_dir), sources, read_progress(config.data_dir))


def status_json(status: Status) -> dict[str, Any]:
    """The status as plain values; of the generation all but the digests of its files."""
    generation = asdict(status.generation) if status.generation else None
    if generation is not None:
        del generation["files"]
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
    }


def _age(state: SnapshotState | None, at: datetime.datetime) -> float | None:
    if state is None or not state.last_success:
        return None
    return max(0.0, (at - datetime.datetime.fromisoformat(state.last_success)).total_seconds())
