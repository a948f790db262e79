"""Figures of judged queries in words: tables, how far chance reaches, one state beside another."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from search_app.evaluation.relevance import MEASURES, Judged, Report

DRAWS = 2_000  # of queries, to tell how far chance reaches
SEED = 20261128


def format_report(report: Report, misses: int = 0) -> str:
    """The figures as a table, how far chance reaches, and the worst queries with what stood above the wanted
    hit.
    """
    lines = ["class    n " + " ".join(f"{name:>10}" for name in MEASURES)]
    for name, rows in report.groups().items():
        figures = " ".join(f"{value:>10.3f}" for value in report.means(name).values())
        lines.append(f"{name:<5} {len(rows):>4} {figures}")
    if len(report.rows) > 1:
        spans = intervals([row.figures() for row in report.rows])
        lines.append("95 %       " + " ".join(f"{f'{low:.3f}-{high:.3f}':>10}" for low, high in spans))
    worst = sorted(report.rows, key=lambda row: (row.ndcg10, row.recall20))[:misses]
    for row in worst:
        lines.append(f"{row.id} [{row.group}] ndcg={row.ndcg10:.2f} rank={row.rank} {row.text!r}")
        lines.append(f"    above: {', '.join(row.above) or '-'}")
        lines.append(f"    wanted: {', '.join(row.wanted)}")
    return "\n".join(lines)


def intervals(figures: Sequence[tuple[float, ...]]) -> list[tuple[float, float]]:
    """By measure, between which means 95 of 100 draws of as many queries fall (bootstrap, fixed seed)."""
    values = np.array(figures, np.float64)
    drawn = np.random.default_rng(SEED).integers(0, len(values), (DRAWS, len(values)))
    means = np.array([values[draw].mean(axis=0) for draw in drawn])
    low, high = np.percentile(means, (2.5, 97.5), axis=0)
    return list(zip(low.tolist(), high.tolist(), strict=True))


def format_comparison(before: Report, after: Report) -> str:
    """Differences of two reports by class, over the queries that both have; what chance does not explain is
    marked. Raises ValueError where they share no query.
    """
    known = {(row.id, row.text): row for row in before.rows}
    pairs = [(known[row.id, row.text], row) for row in after.rows if (row.id, row.text) in known]
    if not pairs:
        raise ValueError("the two have no query in common")
    lines = ["class    n " + " ".join(f"{name:>10}" for name in MEASURES)]
    for name in (*sorted({row.group for _, row in pairs}), "all"):
        found = [
            tuple(y - x for x, y in zip(a.figures(), b.figures(), strict=True))
            for a, b in pairs
            if name in (b.group, "all")
        ]
        means = [sum(column) / len(found) for column in zip(*found, strict=True)]
        spans = intervals(found)
        told = [low > 0 or high < 0 for low, high in spans]
        cells = (
            f"{f'{mean:+.3f}' + ('*' if sure else ' '):>10}" for mean, sure in zip(means, told, strict=True)
        )
        lines.append(f"{name:<5} {len(found):>4} " + " ".join(cells))
    lines.append("* more than chance: 95 of 100 draws of as many queries differ the same way")
    return "\n".join(lines)


def report_json(report: Report) -> str:
    """The figures of each query, to be compared later."""
    rows = [
        {"id": r.id, "class": r.group, "q": r.text, "figures": r.figures(), "rank": r.rank}
        for r in report.rows
    ]
    return json.dumps({"measures": MEASURES, "queries": rows}, indent=1)


def read_report(path: Path) -> Report:
    """A report that report_json() wrote. Raises ValueError where it is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Report(tuple([_judged(query) for query in content["queries"]]))
    except (KeyError, TypeError, ValueError) as problem:
        raise ValueError(f"{path.name} is no report of --json ({problem})") from None


def _judged(query: dict[str, Any]) -> Judged:
    first, third, reciprocal, gain, recall = (float(figure) for figure in query["figures"])
    rank = int(query["rank"])
    name, group, text = str(query["id"]), str(query["class"]), str(query["q"])
    return Judged(name, group, text, rank, first, third, reciprocal, gain, recall, (), ())
