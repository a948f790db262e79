"""How the installation stands, in words for people: freshness, sources, how far a running crawl is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from indexer.crawl.snapshots import SnapshotState
from indexer.index.generation import Generation
from indexer.status import SourceStatus, Status, read_status
from search_app.web.labels import human_seconds, plural, source_label
from search_app.web.operation.banner import progress_text
from search_app.web.state import Site

STATE_WORDS = {
    "good": "fresh",
    "old": "old",
    "absent": "its address has no such file",
    "stale": "failed, last good data kept",
    "sample": "sample",
    "new": "not yet",
    "off": "off",
}


@dataclass(frozen=True, slots=True)
class SourceStanding:
    """One source as /status shows it."""

    name: str
    label: str
    gives: str  # what comes from it
    state: str  # a key of STATE_WORDS
    word: str
    age: str  # "3 hours", "" where it was never fetched
    address: str  # where it is read from, "" where nowhere
    records: int
    detail: SnapshotState


@dataclass(frozen=True, slots=True)
class Standing:
    """What the start page and /status say."""

    status: Status
    generation: Generation
    sources: tuple[SourceStanding, ...]
    problems: dict[str, int]  # what the catalogue could not join
    summary: str
    progress: str  # what is under way, "" where nothing is


def standing(site: Site, at: datetime | None = None) -> Standing:
    """The whole picture at one moment."""
    moment = at or datetime.now(UTC)
    status = read_status(site.config, moment)
    generation = site.engine.generation
    sources = tuple(map(_source, status.sources))
    return Standing(
        status=status,
        generation=generation,
        sources=sources,
        problems=dict(status.generation.problems) if status.generation else {},
        summary=_summary(sources, generation, status, moment),
        progress=progress_text(status.progress),
    )


def _source(source: SourceStatus) -> SourceStanding:
    detail = source.state or SnapshotState(source=source.name)
    state = source.word
    if state == "good" and source.is_old:
        state = "old"
    label, gives = source_label(source.name)
    return SourceStanding(
        name=source.name,
        label=label,
        gives=gives,
        address=source.address,
        state=state,
        word=STATE_WORDS[state],
        age=human_seconds(source.age_seconds) if source.age_seconds is not None else "",
        records=sum(detail.counts.values()),
        detail=detail,
    )


def _summary(
    sources: tuple[SourceStanding, ...], generation: Generation, status: Status, at: datetime
) -> str:
    """A few sentences on freshness; "fresh" only where nothing needs looking after."""
    if generation.passed_over:
        since = _since(generation.built_at, at).strip()
        return f"Built {since}. The generation {generation.passed_over[0]} is damaged and passed over."
    if generation.sample:
        if any(source.state == "sample" and source.detail.error for source in sources):
            return "Served from the shipped sample, since the last crawl could not reach its sources."
        return "Served from the shipped sample until the first crawl is through."
    on = [source for source in sources if source.state not in ("off", "absent")]
    late = [source.label for source in on if source.state != "good"]
    sentences = [f"Built {_since(generation.built_at, at)}from {plural(len(on), 'source')}."]
    if late:
        sentences.append(f"Behind: {', '.join(late)}.")
    sentences += [each.text for each in status.problems if each.code not in ("source-stale", "source-old")]
    if len(sentences) == 1:
        sentences.append("All of them are fresh.")
    return " ".join(sentences)


def _since(text: str, at: datetime) -> str:
    try:
        then = datetime.fromisoformat(text)
    except ValueError:
        return ""
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return f"{human_seconds(max(0.0, (at - then).total_seconds()))} ago "
