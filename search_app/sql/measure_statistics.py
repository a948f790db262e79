"""The statistics that metric-hub's users take over the values of clients, as SQL.

Means are means: the intervals that Jetstream puts around them by bootstrapping or by a linear
model need more than a query. What cannot be said in SQL is named in a note.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indexer.model.definitions import MeasureStatistic
from indexer.model.literals import ValueKind

MEANS = frozenset({"mean", "average", "bootstrap_mean", "linear_model_mean"})
RATIOS = frozenset({"ratio", "population_ratio", "total_ratio"})  # queries of their own
ELSEWHERE = frozenset({*RATIOS, "rolling_average"})
MOST_PERCENTILES = 12


@dataclass(frozen=True, slots=True)
class OverClients:
    """Select expressions over client_value, and what a reader must know of them."""

    columns: tuple[str, ...]
    notes: tuple[str, ...] = ()


def statistics_over_clients(statistics: Sequence[MeasureStatistic], value: ValueKind) -> OverClients:
    """The statistics of a measure whose values are numbers or yes and no; none for others."""
    if value not in ("number", "boolean"):
        return OverClients(())
    number = "CAST(client_value AS INT64)" if value == "boolean" else "client_value"
    columns: dict[str, None] = {}
    left: dict[str, None] = {}
    for each in statistics:
        found = _columns(each, number)
        columns |= dict.fromkeys(found)
        if not found and each.name not in ELSEWHERE:
            left[each.name] = None
    notes = []
    if any(each.name in MEANS - {"mean", "average"} for each in statistics):
        notes.append("The mean is given without the interval that Jetstream computes around it.")
    if left and columns:
        notes.append(f"Not in this query: {', '.join(left)}.")
    return OverClients(tuple(columns), tuple(notes))


def _columns(statistic: MeasureStatistic, number: str) -> list[str]:
    name = statistic.name
    if name in MEANS:
        return [f"AVG({number}) AS mean"]
    if name == "percentile":
        wanted = _percentiles(statistic.parameters.get("percentiles", ""))
        return [f"APPROX_QUANTILES({number}, 100)[OFFSET({each})] AS p{each}" for each in wanted]
    return {
        "sum": [f"SUM({number}) AS sum"],
        "binomial": [f"AVG({number}) AS share"],
        "count": ["COUNT(client_value) AS values_count"],
        "client_count": [f"COUNTIF({number} > 0) AS client_count"],
        "deciles": [f"APPROX_QUANTILES({number}, 10) AS deciles"],
        "empirical_cdf": [f"APPROX_QUANTILES({number}, 100) AS percentiles"],
    }.get(name, [])


def _percentiles(written: str) -> list[int]:
    found = [
        int(each)
        for each in written.split(", ")
        if each.isascii() and each.isdecimal() and int(each[:4]) <= 100
    ]
    return found[:MOST_PERCENTILES] or [50]
