"""How the crawl of each source ended, and how that is told."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from indexer.crawl.snapshots import SnapshotState

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Crawled:
    """How a source's crawl ended: parsed, unchanged, kept (its last good records) or sample."""

    source: str
    outcome: str
    state: SnapshotState
    reached: bool = True  # upstream answered, whatever became of it


def reached_nothing(crawled: Iterable[Crawled]) -> bool:
    """Whether each source that needs fetching failed: as a rule there is no network."""
    fetching = [each for each in crawled if each.state.files or each.state.error]
    return bool(fetching) and all(each.state.error and not each.reached for each in fetching)


def took_nothing(crawled: Iterable[Crawled]) -> bool:
    """Whether each source that needs fetching failed, or was not believed."""
    fetching = [each for each in crawled if each.state.files or each.state.error]
    return bool(fetching) and all(each.state.error for each in fetching)


def log_failures(crawled: Sequence[Crawled]) -> str:
    """Log the sources that failed, all of them in one line where none was reached; returns that line."""
    failed = [each for each in crawled if each.state.error]
    if not reached_nothing(crawled):
        for each in failed:
            log.warning("crawl %s error=%r", line_of(each), each.state.error)
        return ""
    line = f"no source was reached, of {len(failed)} that were tried"
    log.warning("%s. The first: %s: %.160s", line, failed[0].source, failed[0].state.error)
    return line


def line_of(done: Crawled) -> str:
    """The one line of a source's crawl."""
    counts, skipped = sum(done.state.counts.values()), sum(done.state.skipped.values())
    return f"source={done.source} outcome={done.outcome} records={counts} skipped={skipped}"
