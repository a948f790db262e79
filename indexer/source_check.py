"""Whether the sources' shapes are still what we read: each is crawled afresh, apart from what is kept.

Nothing of the installation changes. What a source must give is what the shipped sample of it gives:
a kind of record that no longer comes, or much that is not as expected, is a change of shape.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from indexer.config import Config
from indexer.crawl.crawl import crawl
from indexer.crawl.snapshots import SnapshotState, SnapshotStore

MISFITS = 0.01  # of what was seen: more that is not as expected is a change of shape
UNKNOWN = "unknown field"
SHOWN = 3

Verdict = Literal["as read", "new fields", "changed", "not reached"]


@dataclass(frozen=True, slots=True)
class SourceShape:
    """What a source is like today."""

    source: str
    verdict: Verdict
    records: int = 0
    kept: int = 0  # records of it that the installation has; 0 where it has none
    findings: tuple[str, ...] = field(default=())  # in words, the worst first

    @property
    def is_good(self) -> bool:
        """Whether it can be crawled as it is: a new field is dropped, and harms nothing."""
        return self.verdict in ("as read", "new fields")


def check_sources(config: Config, names: Sequence[str] = (), mirror: str = "") -> list[SourceShape]:
    """The shape of each source named (of all that are enabled) at its live address, or in a mirror.

    Raises UnknownSource.
    """
    kept = SnapshotStore(config.data_dir).states()
    with tempfile.TemporaryDirectory(prefix="starchart-") as folder:
        expected = _states(config, names, Path(folder) / "sample", sample_only=True)
        found = _states(config.model_copy(update={"mirror": mirror}), names, Path(folder) / "live")
    return [shape_of(state, expected.get(name), kept.get(name)) for name, state in sorted(found.items())]


def _states(
    config: Config, names: Sequence[str], folder: Path, *, sample_only: bool = False
) -> dict[str, SnapshotState]:
    apart = config.model_copy(update={"data_dir": folder})
    return {done.source: done.state for done in crawl(apart, names, sample_only=sample_only)}


def shape_of(
    state: SnapshotState, expected: SnapshotState | None, kept: SnapshotState | None = None
) -> SourceShape:
    """What the crawl of a source says of its shape; `expected`: what the sample of it gives."""
    records = sum(state.counts.values())
    had = sum(kept.counts.values()) if kept is not None and not kept.from_sample else 0
    if state.error or state.from_sample:
        return SourceShape(state.source, "not reached", 0, had, (state.error or "nothing was fetched",))
    if not state.files and records:  # the tools of the settings: nothing to be fetched
        return SourceShape(state.source, "as read", records, had)
    lacking = [
        f"no {name} came" for name in (expected.counts if expected else {}) if not state.counts.get(name)
    ]
    misfits = {why: count for why, count in state.skipped.items() if "not as expected" in why}
    share = sum(misfits.values()) / max(1, sum(state.seen.values()))
    if lacking or share > MISFITS:
        return SourceShape(state.source, "changed", records, had, (*lacking, *_told(misfits, state.examples)))
    unknown = {why: count for why, count in state.skipped.items() if why == UNKNOWN}
    verdict: Verdict = "new fields" if unknown else "as read"
    return SourceShape(state.source, verdict, records, had, tuple(_told(unknown, state.examples)))


def _told(skipped: Mapping[str, int], examples: Mapping[str, str]) -> Iterator[str]:
    """The most frequent reasons with how often, and one example each."""
    for why in sorted(skipped, key=lambda why: -skipped[why])[:SHOWN]:
        example = examples.get(why, "")
        yield f"{why}, {skipped[why]:,} times" + (f": {example[:120]}" if example else "")
