"""Whether the sources' shapes are still what we read: each is crawled afresh, apart from what is kept.

Nothing of the installation changes. What a source must give is what the shipped sample of it gives:
a kind of record that no longer comes, a field that no record fills, much that is not as expected, or
files that cannot be read at all are a change of shape.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from indexer.config import Config
from indexer.crawl.crawl import crawl
from indexer.crawl.guard import TURNOVER, profile_of
from indexer.crawl.snapshots import SnapshotState, SnapshotStore
from indexer.model.records import Record

MISFITS = 0.01  # of what was seen: more that is not as expected is a change of shape
UNKNOWN = "unknown field"
USUAL = 0.5  # of the sample's records of a type fill a field: upstream has some that do
SHOWN = 3
# Fields that tell kinds of one record type apart, which upstream writes in places of their own.
KINDS = {"Annotation": "kind", "LegacyProbe": "type", "Measure": "type"}

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
        sample = config.model_copy(update={"data_dir": Path(folder) / "sample"})
        live = config.model_copy(update={"data_dir": Path(folder) / "live", "mirror": mirror})
        expected = {done.source: done.state for done in crawl(sample, names, sample_only=True)}
        found = sorted(crawl(live, names), key=lambda done: done.source)
        return [
            shape_of(
                done.state,
                expected.get(done.source),
                kept.get(done.source),
                reached=done.reached,
                lost=() if done.state.error else _lost(done.source, sample, live),
            )
            for done in found
        ]


def _lost(source: str, sample: Config, live: Config) -> list[str]:
    """What some records of the sample say and none of the live ones."""
    stores = [SnapshotStore(each.data_dir) for each in (sample, live)]
    if not all((state := store.state(source)) is not None and state.digest for store in stores):
        return []  # the sample has nothing of it
    wanted, given = _said(stores[0].read(source), USUAL), _said(stores[1].read(source))
    types = {name for name, _ in given}
    return [said for (name, said) in wanted if name in types and (name, said) not in given]


def _said(records: Sequence[Record], usual: float = 0.0) -> dict[tuple[str, str], None]:
    """Types of records, each with a kind of it that comes, or a field that at least such a share fills."""
    found: dict[tuple[str, str], None] = {}
    for record in records:
        name = type(record).__name__
        if kind := getattr(record, KINDS.get(name, ""), ""):
            found[name, f"no {name} of the kind {kind} came"] = None
    for name, profile in profile_of(records, {}, "").types.items():
        for place, each in profile.fields.items():
            if each.filled >= max(1, usual * profile.count) and name not in TURNOVER:
                found[name, f"no {name} says {place}"] = None
    return found


def shape_of(
    state: SnapshotState,
    expected: SnapshotState | None,
    kept: SnapshotState | None = None,
    *,
    reached: bool = False,
    lost: Sequence[str] = (),
) -> SourceShape:
    """What the crawl of a source says of its shape; `expected`: what the sample of it gives.

    `reached`: it answered, whatever that was worth. `lost`: what the sample's records say and no live one.
    """
    records = sum(state.counts.values())
    had = sum(kept.counts.values()) if kept is not None and not kept.from_sample else 0
    if state.error or state.from_sample:
        verdict: Verdict = "changed" if state.error and reached else "not reached"
        return SourceShape(state.source, verdict, 0, had, (state.error or "nothing was fetched",))
    if not state.files and records:  # the tools of the settings: nothing to be fetched
        return SourceShape(state.source, "as read", records, had)
    lacking = [
        f"no {name} came" for name in (expected.counts if expected else {}) if not state.counts.get(name)
    ]
    lacking += lost[:SHOWN]
    misfits = {
        why: n
        for why, n in state.skipped.items()
        if "not as expected" in why or not (records or why == UNKNOWN)
    }
    share = sum(misfits.values()) / max(1, sum(state.seen.values()))
    if lacking or share > MISFITS:
        return SourceShape(state.source, "changed", records, had, (*lacking, *_told(misfits, state.examples)))
    unknown = {why: count for why, count in state.skipped.items() if why == UNKNOWN}
    verdict = "new fields" if unknown else "as read"
    return SourceShape(state.source, verdict, records, had, tuple(_told(unknown, state.examples)))


def _told(skipped: Mapping[str, int], examples: Mapping[str, str]) -> Iterator[str]:
    """The most frequent reasons with how often, and one example each."""
    for why in sorted(skipped, key=lambda why: -skipped[why])[:SHOWN]:
        example = examples.get(why, "")
        yield f"{why}, {skipped[why]:,} times" + (f": {example[:120]}" if example else "")
