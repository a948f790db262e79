"""Cost against the number of things, both logarithmic, as one SVG with four small charts and a legend."""

from __future__ import annotations

import math
from collections.abc import Callable
from html import escape
from itertools import cycle

from search_app.evaluation.bench.figures import Engine, Report

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 360, 240, 56, 34, 30
LEGEND = 28  # its height, below the charts
COLOURS = ("#0060df", "#c45a00", "#3d8a2e", "#8a3ab9")

CHARTS: tuple[tuple[str, Callable[[Engine], float]], ...] = (
    ("warm query, p50, CPU ms", lambda e: e.asked.warm.p50),
    ("warm query, p95, CPU ms", lambda e: e.asked.warm.p95),
    ("build, CPU s", lambda e: e.built.cpu_seconds),
    ("on disk, MB", lambda e: e.built.megabytes),
)
Point = tuple[float, float]


def growth_svg(report: Report) -> str:
    """The charts, one line an engine, and below them the name of each."""
    names = dict.fromkeys(engine.name for sized in report.sizes for engine in sized.engines.values())
    colours = dict(zip(names, cycle(COLOURS), strict=False))
    charts = [
        f'<g transform="translate({(place % 2) * WIDTH} {(place // 2) * HEIGHT})">'
        f"{_chart(title, _lines(report, value), colours)}</g>"
        for place, (title, value) in enumerate(CHARTS)
    ]
    size = f"{2 * WIDTH} {2 * HEIGHT + LEGEND}"
    legend = "".join(
        f'<text x="{LEFT + 165 * number}" y="{2 * HEIGHT + 12}" style="fill:{colour}">{escape(name)}</text>'
        for number, (name, colour) in enumerate(colours.items())
    )
    style = "text{font:11px sans-serif;fill:#444}.t{font-weight:bold}.a{stroke:#bbb;fill:none}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" role="img" '
        f'aria-label="Cost against size"><style>{style}</style>'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(charts)}{legend}</svg>\n'
    )


def _lines(report: Report, value: Callable[[Engine], float]) -> dict[str, list[Point]]:
    lines: dict[str, list[Point]] = {}
    for sized in sorted(report.sizes, key=lambda sized: sized.documents):
        for engine in sized.engines.values():
            if value(engine) > 0 and sized.documents:
                point = (math.log10(sized.documents), math.log10(value(engine)))
                lines.setdefault(engine.name, []).append(point)
    return lines


def _chart(title: str, lines: dict[str, list[Point]], colours: dict[str, str]) -> str:
    points = [point for line in lines.values() for point in line]
    if not points:
        return ""
    low_x, high_x = math.floor(min(x for x, _ in points)), math.ceil(max(x for x, _ in points))
    low_y, high_y = math.floor(min(y for _, y in points)), math.ceil(max(y for _, y in points))

    def at(point: Point) -> str:
        x = LEFT + (point[0] - low_x) / max(1, high_x - low_x) * (WIDTH - LEFT - 16)
        y = HEIGHT - BOTTOM - (point[1] - low_y) / max(1, high_y - low_y) * (HEIGHT - BOTTOM - TOP)
        return f"{x:.1f},{y:.1f}"

    parts = [f'<text class="t" x="{LEFT}" y="16">{escape(title)}</text>']
    for exponent in range(low_x, high_x + 1):
        x = at((exponent, low_y)).partition(",")[0]
        anchor = "end" if exponent == high_x else "middle"  # the last one must not leave the chart
        parts.append(f'<text x="{x}" y="{HEIGHT - 14}" text-anchor="{anchor}">{10**exponent:,}</text>')
    for exponent in range(low_y, high_y + 1):
        y = at((low_x, exponent)).partition(",")[2]
        parts.append(
            f'<text x="{LEFT - 6}" y="{float(y) + 4:.1f}" text-anchor="end">{10.0**exponent:g}</text>'
        )
        parts.append(f'<path class="a" d="M{LEFT},{y}H{WIDTH - 16}"/>')
    for name, line in lines.items():
        colour = colours[name]
        path = " ".join(at(point) for point in line)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        dots = (at(point).split(",") for point in line)
        parts += [f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>' for x, y in dots]
    return "".join(parts)
