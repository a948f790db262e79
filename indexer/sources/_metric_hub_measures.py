"""One definition of metric-hub as a record: the fields of its layers, its rows, its statistics."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from indexer.model.definitions import MeasureJoin, MeasureStatistic
from indexer.model.records import Measure
from indexer.sources._metric_hub_aggregations import described_expression
from indexer.sources._metric_hub_macros import write_out
from indexer.sources._upstream import clean_text, mapping, text, texts

# `segments.data_sources`: tables of segments, often named like a general data source.
SEGMENT_SOURCE = "segment_source"

_NAME = r"(?:[A-Za-z][A-Za-z0-9-]*\.)?[A-Za-z_]\w*\.[\w*$-]+"
_WHOLE = re.compile(rf"\(?\s*({_NAME})\s*\)?")
_NAMED = re.compile(rf"\b(?:FROM|JOIN)\s+({_NAME})(?![\w.(-])", re.IGNORECASE)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_ALIAS = re.compile(r"(?:FROM|JOIN)\s+[\w.*$-]+\s+(?:AS\s+)?(\w+)", re.IGNORECASE)

COMPUTED = frozenset(
    {
        "select_expression", "data_source", "from_expression", "client_id_column", "submission_date_column",
        "default_dataset", "aggregation", "column", "where", "within_days", "threshold", "scale",
    }
)  # fmt: skip

Key = tuple[str, str, str]  # type, platform, name


@dataclass(slots=True)
class Defined:
    """One definition as its layers give it."""

    fields: dict[str, Any] = field(default_factory=dict)
    layers: list[str] = field(default_factory=list)
    statistics: list[MeasureStatistic] = field(default_factory=list)
    joins: list[MeasureJoin] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)  # layers that compute it in another way

    def add(self, given: Mapping[str, Any], layer: str) -> None:
        """Fields of a later layer win where they say something, as metric-hub merges them.

        Not so what is computed of which rows: a layer changes that for its own users only. There
        the first layer that says it holds, and the others are kept as `apart`.
        """
        computed = {key: value for key, value in given.items() if key in COMPUTED and value}
        held = {key: value for key, value in self.fields.items() if key in COMPUTED}
        if held and any(held.get(key) != value for key, value in computed.items()):
            self.apart.append(layer)
        self.fields.update({key: value for key, value in given.items() if value or key not in self.fields})
        if held:
            self.fields = {key: value for key, value in self.fields.items() if key not in COMPUTED} | held
        self.layers.append(layer)
        self.statistics += statistics_of(given, layer)
        self.joins += [
            MeasureJoin(
                clean_text(name),
                layer,
                text(mapping(join).get("relationship")),
                text(mapping(join).get("on_expression")),
            )
            for name, join in mapping(given.get("joins")).items()
        ]


def measure_of(key: Key, given: Defined, macros: Mapping[str, str]) -> Measure:
    """The record of a definition. Takes whatever stands in the fields (rule 12)."""
    kind, platform, name = key
    fields, for_segments = given.fields, kind == SEGMENT_SOURCE
    found = Measure(
        type="data_source" if for_segments else kind,
        platform=platform,
        name=name,
        friendly_name=text(fields.get("friendly_name")),
        # Two files say `descriptions` and `descriptionn` (2026-08): rule 12.
        description=next((said for word in _DESCRIPTION if (said := text(fields.get(word)))), ""),
        select_expression=write_out(text(fields.get("select_expression")), macros)
        or described_expression(fields),
        data_source=text(fields.get("data_source")),
        statistics=tuple(given.statistics),
        category="segments" if for_segments else text(fields.get("category")),
        owners=texts(fields.get("owner")),
        deprecated=fields.get("deprecated") is True,
        layers=tuple(dict.fromkeys(given.layers)),
        apart=tuple(dict.fromkeys(given.apart)),
        value_type=text(fields.get("type")),
        level=text(fields.get("level")),
        depends_on=texts(fields.get("depends_on")),
        joins=tuple(given.joins),
    )
    return with_source(found, fields)


_DESCRIPTION = ("description", "descriptions", "descriptionn")


def with_source(measure: Measure, fields: Mapping[str, Any]) -> Measure:
    """A measure with what a data source says of its rows."""
    from_expression = text(fields.get("from_expression"))
    dataset = text(fields.get("default_dataset"))
    return replace(
        measure,
        from_expression=from_expression,
        client_id_column=text(fields.get("client_id_column")),
        submission_date_column=text(fields.get("submission_date_column")),
        default_dataset=dataset,
        window=_days(fields),
        tables=tables_of(from_expression, dataset),
    )


def _days(fields: Mapping[str, Any]) -> tuple[int, int] | None:
    """The days around enrolment that a segment looks at."""
    start, end = fields.get("window_start"), fields.get("window_end")
    return (start, end) if type(start) is int and type(end) is int else None


def statistics_of(fields: Mapping[str, Any], layer: str) -> list[MeasureStatistic]:
    """The statistics of a metric, with their parameters as text."""
    found = []
    for name, given in mapping(fields.get("statistics")).items():
        parameters = {str(key): shown for key, value in mapping(given).items() if (shown := _shown(value))}
        found.append(MeasureStatistic(clean_text(str(name)), layer, parameters))
    return found


def _shown(value: Any) -> str:
    """A parameter as text: a list joined by commas, nothing of what nests deeper."""
    if isinstance(value, list):
        return ", ".join(
            shown for each in value[:20] if not isinstance(each, list) and (shown := _shown(each))
        )
    if isinstance(value, bool | int | float):
        return str(value).lower()
    return text(value)[:200]


def tables_of(from_expression: str, default_dataset: str = "") -> tuple[str, ...]:
    """The tables that a data source reads, as written: the whole expression, or each FROM and JOIN in it.

    `{dataset}` stands for the data source's default dataset. Names of a sub-query's own
    (`FROM a.b AS t CROSS JOIN t.list`) are not tables.
    """
    sql = _COMMENT.sub(" ", from_expression).replace("`", "").strip()
    if default_dataset:
        sql = sql.replace("{dataset}", default_dataset)
    whole = _WHOLE.fullmatch(sql)
    if whole:
        return (whole[1],)
    aliases = {match[1].lower() for match in _ALIAS.finditer(sql)}
    names = (match[1] for match in _NAMED.finditer(sql))
    return tuple(dict.fromkeys(name for name in names if name.split(".")[0].lower() not in aliases))
