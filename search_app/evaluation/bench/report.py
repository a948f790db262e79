"""A run as JSON and as Markdown tables: figures first, ratios to each peer beside them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from search_app.evaluation.bench.figures import Engine, Report, Sized, Spread
from search_app.evaluation.bench.measuring import LONGEST_ROUND
from search_app.evaluation.bench.plot import growth_svg

OURS = "ours"


def write_report(report: Report, folder: Path) -> None:
    """bench.json, README.md and growth.svg."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bench.json").write_text(json.dumps(asdict(report), indent=1) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(markdown(report), encoding="utf-8")
    (folder / "growth.svg").write_text(growth_svg(report), encoding="utf-8")


def markdown(report: Report) -> str:
    """The whole report."""
    machine = ", ".join(f"{name} {value}" for name, value in report.machine.items())
    versions = ", ".join(f"{name} {value}" for name, value in report.versions.items())
    parts = [
        "# Bench\n",
        f"Made by `make bench` on {report.date}. {machine}. {versions}.\n",
        "Times are processor milliseconds (in brackets: by the clock), the median of each query's rounds; "
        "engines are asked in turns, class by class, in changing order. `first`: each query's first time "
        "in a new process. "
        "Every query gives twenty hits with highlights and nine facets, with the result cache off. "
        f"Of an engine that takes over {LONGEST_ROUND:.0f} s for all of them each n-th is asked.\n",
    ]
    for sized in report.sizes:
        parts += _size(sized)
    if report.served:
        parts.append("## Through gunicorn\n")
        parts.append(_served(report))
    if len(report.sizes) > 1:
        parts.append(
            "## Growth with the number of things\n\n![cost against size, both logarithmic](growth.svg)\n"
        )
    if report.notes:
        parts += ["## Notes\n", *(f"- {note}" for note in report.notes), ""]
    return "\n".join(parts)


def _size(sized: Sized) -> Iterable[str]:
    engines = sized.engines
    yield f"## {sized.label}: {sized.documents:,} things\n"
    yield _table(("", *(engine.name for engine in engines.values())), _rows(sized))
    ours = engines.get(OURS)
    if ours:
        for name, engine in engines.items():
            if name != OURS:
                yield f"Against {engine.name} ({engine.lacks}): {_ratios(ours, engine)}.\n"
        yield f"The slowest of our queries: {ours.asked.slowest}\n"


def _rows(sized: Sized) -> list[tuple[str, ...]]:
    engines = list(sized.engines.values())
    rows: list[tuple[str, Callable[[Engine], str]]] = [
        ("build, CPU s (wall)", lambda e: f"{e.built.cpu_seconds} ({e.built.wall_seconds})"),
        ("build, peak MB", lambda e: f"{e.built.peak_megabytes:.0f}"),
        ("on disk, MB", lambda e: f"{e.built.megabytes}"),
        ("opened, ms", lambda e: f"{e.asked.opened_ms}"),
        (
            "memory of a second worker, MB",
            lambda e: str(e.worker_megabytes[-1]) if e.worker_megabytes else "-",
        ),
        ("queries", lambda e: str(e.asked.queries)),
        ("first, p50 / p95 / p99 / max", lambda e: _spread(e.asked.first)),
        ("warm, p50 / p95 / p99 / max", lambda e: _spread(e.asked.warm)),
        ("by the clock", lambda e: f"({_spread(e.asked.wall)})"),
        ("suggestions", lambda e: _spread(e.asked.suggested) if e.asked.suggested else "-"),
        ("found, mean", lambda e: f"{e.asked.matched:,.0f}"),
    ]
    found = [(label, *(value(engine) for engine in engines)) for label, value in rows]
    kinds = dict.fromkeys(kind for engine in engines for kind in engine.asked.classes)
    for kind in kinds:
        spreads = (engine.asked.classes.get(kind) for engine in engines)
        found.append((f"warm: {kind}", *(_spread(spread) if spread else "-" for spread in spreads)))
    return found


def _served(report: Report) -> str:
    head = (
        "",
        "workers",
        "requests/s",
        "p50 ms",
        "p99 ms",
        "CPU ms a request",
        "MB of each worker",
        "failed",
    )
    rows = [
        (
            each.what,
            str(each.workers),
            f"{each.requests_per_second:,.0f}",
            str(each.p50_ms),
            str(each.p99_ms),
            str(each.cpu_ms_per_request),
            " / ".join(str(size) for size in each.worker_megabytes),
            str(each.failed),
        )
        for each in report.served
    ]
    return _table(head, rows)


def _ratios(ours: Engine, other: Engine) -> str:
    """How ours compares: below 1 is less than the other."""
    pairs = (
        ("p50", ours.asked.warm.p50, other.asked.warm.p50),
        ("p95", ours.asked.warm.p95, other.asked.warm.p95),
        ("first p50", ours.asked.first.p50, other.asked.first.p50),
        ("build CPU", ours.built.cpu_seconds, other.built.cpu_seconds),
        ("disk", ours.built.megabytes, other.built.megabytes),
    )
    return ", ".join(f"{label} {mine / theirs:.2f} x" for label, mine, theirs in pairs if theirs)


def _spread(spread: Spread) -> str:
    return f"{spread.p50} / {spread.p95} / {spread.p99} / {spread.max}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
