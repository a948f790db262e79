"""An installation as lines for a terminal: how a crawl ended, what is indexed, how fresh each source is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.crawl.crawled import Crawled
    from indexer.index.generation import Manifest
    from indexer.status import SourceStatus, Status


def status_lines(found: Status) -> list[str]:
    """What `starchart status` says: the generation, what runs now, each source, what needs looking after."""
    lines = [generation_line(found.generation) if found.generation else "nothing is indexed yet"]
    if found.progress.phase:
        lines.append(f"now: {found.progress.phase} {found.progress.done} of {found.progress.total}")
    lines += [_source_line(source) for source in found.sources]
    if found.next_run:
        lines.append(f"next crawl: {found.next_run}")
    return lines + [f"problem: {problem.code}: {problem.text}" for problem in found.problems]


def crawled_line(crawled: Crawled) -> str:
    """How the crawl of a source ended, with its records and its error."""
    state = crawled.state
    records = sum(state.counts.values())
    skipped = sum(state.skipped.values())
    line = f"{crawled.source:<16} {crawled.outcome:<10} {records:>8} records {skipped:>6} skipped"
    return f"{line}  {state.error}" if state.error else line


def generation_line(manifest: Manifest) -> str:
    """A generation with its date and how many of each kind it has."""
    counts = ", ".join(f"{count} {kind}s" for kind, count in sorted(manifest.counts.items()))
    return f"{manifest.id}  built {manifest.built_at}{'  (sample)' if manifest.sample else ''}  {counts}"


def _source_line(source: SourceStatus) -> str:
    state = source.state
    if state is None:
        return f"{source.name:<16} {source.word}"
    age = "never" if source.age_seconds is None else f"{source.age_seconds / 3600:.1f} h ago"
    line = (
        f"{source.name:<16} {source.word:<7} {age:>12} {sum(state.counts.values()):>8} records"
        f" {sum(state.skipped.values()):>6} skipped"
    )
    return f"{line}  {state.error}" if state.error else line
