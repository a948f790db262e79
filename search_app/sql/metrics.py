"""Queries of a Glean metric in one table, by its type."""

from __future__ import annotations

import json
from dataclasses import replace

from indexer.model.items import MetricItem
from indexer.model.parts import ColumnRef
from search_app.sql.reading import Reading, queries_of
from search_app.sql.shape import Buckets, Shape
from search_app.sql.source import Source, SqlQuery, literal
from search_app.sql.units import Conversion, conversion
from search_app.sql.use_counters import glean_denominator, rate, rate_note
from search_app.tools.stmo import column_query

INTEGERS = ("INTEGER", "INT64")
MAX_FIELDS = 8
COMPOUND = ("array", "object")  # types of parts that have parts themselves
PINGS = "COUNT(*) AS pings"
PINGS_ORDER = "pings DESC"
RATE_ORDER = "denominator DESC"  # by the ratio itself, the rarest would stand first


def metric_queries(item: MetricItem, row: ColumnRef, source: Source) -> list[SqlQuery]:
    """The queries of a metric that has a column; empty where the table lacks it."""
    reading = metric_reading(item, row, source)
    return list(queries_of(reading)) if reading else []


def metric_reading(item: MetricItem, row: ColumnRef, source: Source) -> Reading | None:
    """How a metric that has a column is read; None where the table lacks it."""
    column = source.columns.get(row.column)
    if column is None:
        return None
    unit = conversion(item.type, item.definition.unit if item.definition else "")
    denominator = glean_denominator(item, source)
    notes = source.notes(
        reads(row), unit.sentence, rate_note(denominator.rpartition(".")[2]) if denominator else ""
    )
    base = SqlQuery(f"{item.name} in {row.table}", source.table, "", _stmo(item, row), notes=notes)
    if item.type.endswith("_distribution"):
        return _distribution(item, row.column, source, base, unit)
    if denominator:
        return Reading(source, base, _used(row.column, denominator, source))
    if column.mode == "REPEATED":
        shape, split = _repeated(row.column, source)
        return Reading(source, base, shape, split, counted="entries")
    if item.type == "object" and column.type == "RECORD":
        return Reading(source, base, _record(row.column, source))
    if item.type == "object" or column.type == "JSON":
        shape = _object(item, source.path(row.column), source)
        base = replace(base, notes=(*base.notes, *_parts_left_out(item)))
        return Reading(source, base, shape, counted="elements" if shape.joins else "pings")
    return Reading(source, base, *_single(item, row.column, source))


def _stmo(item: MetricItem, row: ColumnRef) -> str:
    return column_query(item.type, row.column, row.table)


def reads(row: ColumnRef) -> str:
    """Which ping of which app a query reads."""
    return f"It reads the {row.ping} ping of {row.app}."


def _used(path: str, denominator: str, source: Source) -> Shape:
    """A use counter over all pings that count what could have used it."""
    possible, value = source.path(denominator), source.path(path)
    selects = (*rate(value, possible, denominator), *source.clients())
    where, there = (f"{possible} IS NOT NULL",), f"{value} IS NOT NULL"
    return Shape(selects, where=where, order="rate DESC", value=value, form="number", there=there)


def _distribution(
    item: MetricItem, path: str, source: Source, base: SqlQuery, unit: Conversion
) -> Reading | None:
    labeled = item.type.startswith("labeled_")
    kind = item.type.removeprefix("labeled_")
    percentile = f"mozfun.glam.percentile({{percent}}, histogram, {literal(kind)})"
    if labeled:
        if f"{path}.value.values" not in source.columns:
            return None
        joins: tuple[str, ...] = (
            f"UNNEST({source.path(path)}) AS entry",
            "UNNEST(entry.value.values) AS bucket_entry",
        )
    elif f"{path}.values" in source.columns:
        joins = (f"UNNEST({source.path(f'{path}.values')}) AS bucket_entry",)
    else:
        return None
    buckets = Buckets(joins, "bucket_entry.key", "bucket_entry.value", percentile, conversion=unit)
    label = ("entry.key", source.free("label")) if labeled else None
    return bucket_reading(source, base, buckets, label)


def bucket_reading(
    source: Source, base: SqlQuery, buckets: Buckets, label: tuple[str, str] | None
) -> Reading:
    """A distribution, with the count of its samples as what is not asked for in percentiles."""
    selects = (f"SUM({buckets.value}) AS samples", *source.clients())
    return Reading(source, base, Shape(selects, buckets.joins, buckets.where), buckets=buckets, label=label)


def _repeated(path: str, source: Source) -> tuple[Shape, str]:
    """Lists and key/value arrays: labelled types, string lists, and legacy keyed ones alike."""
    value = source.columns.get(f"{path}.value")
    entries = f"UNNEST({source.path(path)}) AS entry"
    if value is None:
        if f"{path}.key" not in source.columns and source.columns[path].type != "RECORD":
            group = ("entry", source.free("entry_value"))
            return Shape(("COUNT(*) AS occurrences", *source.clients()), (entries,), (), (group,)), "by value"
        return Shape(("COUNT(*) AS entries", *source.clients()), (entries,)), ""
    label = ("entry.key", source.free("label"))
    if f"{path}.value.branch" in source.columns:  # experiments: a struct for each
        groups = (("entry.key", source.free("experiment")), ("entry.value.branch", source.free("branch")))
        return Shape(("COUNT(*) AS entries", *source.clients()), (entries,), (), groups), "by branch"
    if value.mode == "REPEATED":  # dual-labelled: key, then category
        joins = (entries, "UNNEST(entry.value) AS inner_entry")
        groups = (("entry.key", source.free("label")), ("inner_entry.key", source.free("inner_label")))
        selects = ("SUM(inner_entry.value) AS total", *source.clients())
        return Shape(selects, joins, (), groups, value="inner_entry.value", form="number"), "by label"
    if f"{path}.value.numerator" in source.columns:
        return Shape(_rate("entry.value"), (entries,), (), (label,), RATE_ORDER), "by label"
    if value.type in ("BOOLEAN", "BOOL"):
        selects = ("COUNTIF(entry.value) AS true_count", "COUNT(*) AS entries", *source.clients())
        return Shape(selects, (entries,), (), (label,), value="entry.value", form="boolean"), "by label"
    if value.type in INTEGERS and ".labeled_quantity." not in path:
        selects = ("SUM(entry.value) AS total", *source.clients())
        return Shape(selects, (entries,), (), (label,), value="entry.value", form="number"), "by label"
    if value.type in (*INTEGERS, "FLOAT", "FLOAT64", "NUMERIC"):
        selects = (*spread("entry.value"), "COUNT(*) AS entries", *source.clients())
        return Shape(
            selects, (entries,), (), (label,), "entries DESC", value="entry.value", form="number"
        ), "by label"
    if value.type == "STRING":
        groups = (label, ("entry.value", source.free("label_value")))
        return Shape(("COUNT(*) AS entries", *source.clients()), (entries,), (), groups), "by label"
    return Shape(("COUNT(*) AS entries", *source.clients()), (entries,), (), (label,)), "by label"


def _single(item: MetricItem, path: str, source: Source) -> tuple[Shape, str]:
    column = source.columns[path]
    value = source.path(path)
    there = (f"{value} IS NOT NULL",)
    clients = tuple(source.clients())
    if item.type == "rate" or f"{path}.numerator" in source.columns:
        return Shape(_rate(value), where=there, order=RATE_ORDER), ""
    if item.type == "timespan" and f"{path}.value" in source.columns:
        unit = (f"{value}.time_unit", source.free("time_unit"))
        groups = (unit,) if f"{path}.time_unit" in source.columns else ()
        selects = (*spread(f"{value}.value"), PINGS, *clients)
        return Shape(
            selects, where=there, groups=groups, order=PINGS_ORDER, value=f"{value}.value", form="number"
        ), ""
    if item.type == "counter":
        total = f"SUM({value}) AS total"
        return Shape((total, *clients), where=there, value=value, form="number"), ""
    if column.type in ("BOOLEAN", "BOOL"):
        selects = (
            f"COUNTIF({value}) AS true_count",
            f"COUNTIF(NOT {value}) AS false_count",
            f"SAFE_DIVIDE(COUNTIF({value}), COUNT(*)) AS true_share",
            PINGS,
            *clients,
        )
        return Shape(selects, where=there, order=PINGS_ORDER, value=value, form="boolean"), ""
    if column.type in (*INTEGERS, "FLOAT", "FLOAT64", "NUMERIC"):
        selects = (*spread(value), PINGS, *clients)
        return Shape(selects, where=there, order=PINGS_ORDER, value=value, form="number"), ""
    return _text(item.type, column.type, value, source), _text_split(item.type)


def _text(metric_type: str, column_type: str, value: str, source: Source) -> Shape:
    """Strings and what is sent as one: how many pings have which value."""
    there = (f"{value} IS NOT NULL",)
    counts = (PINGS, *source.clients())
    if column_type == "RECORD":
        return Shape(counts, where=there)
    if metric_type == "uuid":
        return Shape((f"COUNT(DISTINCT {value}) AS distinct_values", PINGS), where=there)
    if metric_type == "jwe":  # encrypted: only its presence can be counted
        return Shape(counts, where=there)
    if metric_type == "text":
        spread = f"APPROX_QUANTILES(LENGTH({value}), 100)[OFFSET(50)] AS median_length"
        return Shape((*counts, spread), where=there)
    expression, name = value, "metric_value"
    if metric_type == "datetime":
        # in a view it is parsed, in a raw table it is text such as 2026-01-31T10:00+01:00
        date = (
            f"DATE({value})" if column_type == "TIMESTAMP" else f"SAFE_CAST(SUBSTR({value}, 1, 10) AS DATE)"
        )
        expression, name = date, "metric_date"
    elif metric_type == "url":
        expression, name = f"NET.REG_DOMAIN({value})", "domain"
    group = (expression, source.free(name))
    newest_first = f"{group[1]} DESC" if metric_type == "datetime" else ""
    return Shape(counts, where=there, groups=(group,), split_order=newest_first)


def _text_split(metric_type: str) -> str:
    if metric_type in ("uuid", "jwe", "text"):
        return ""
    return {"datetime": "by date", "url": "by domain"}.get(metric_type, "by value")


def _record(path: str, source: Source) -> Shape:
    """An object that the schema spells out as a struct: its plain fields, the commonest values of each."""
    selects = [PINGS, *source.clients()]
    for name in [name.removeprefix(f"{path}.") for name in source.columns if name.startswith(f"{path}.")]:
        if "." not in name and source.first((f"{path}.{name}",)):
            selects.append(f"APPROX_TOP_COUNT({source.path(f'{path}.{name}')}, 5) AS top_{name}")
    return Shape(tuple(selects), where=(f"{source.path(path)} IS NOT NULL",))


def _object(item: MetricItem, value: str, source: Source) -> Shape:
    """JSON: how many pings have it, and for each key of its structure how often that is there."""
    selects = ["COUNT(*) AS pings", *source.clients()]
    is_array, keys = structure_keys(item.definition.structure if item.definition else "")
    joins: tuple[str, ...] = ()
    holder = value
    if is_array:
        joins = (f"UNNEST(JSON_QUERY_ARRAY({value})) AS element",)
        holder = "element"
        selects[0] = "COUNT(*) AS elements"
    for key in keys[:MAX_FIELDS]:
        name = "".join(c if c.isalnum() else "_" for c in key) if key else "values"
        selects.append(f"APPROX_TOP_COUNT(JSON_VALUE({holder}, {literal(json_path(key))}), 5) AS top_{name}")
    return Shape(tuple(selects), joins, (f"{value} IS NOT NULL",))


def _parts_left_out(item: MetricItem) -> tuple[str, ...]:
    """A sentence on what of an object a query does not tell."""
    is_array, properties = _structure(item.definition.structure if item.definition else "")
    plain = [key for key, kind in properties.items() if kind not in COMPOUND]
    left = []
    if len(plain) < len(properties):
        left.append("parts that are lists or objects")
    if len(plain) > MAX_FIELDS:
        left.append(f"all but the first {MAX_FIELDS} of {len(plain)} plain parts")
    what = "each element" if is_array else "the object"
    return (f"Of {what} it leaves out {' and '.join(left)}.",) if left else ()


def structure_keys(structure: str) -> tuple[bool, list[str]]:
    """Whether an object metric is an array, and the plain-valued keys of it or of its elements.

    The key of an element that is a plain value itself is "".
    """
    is_array, properties = _structure(structure)
    return is_array, [key for key, kind in properties.items() if kind not in COMPOUND]


def _structure(structure: str) -> tuple[bool, dict[str, str]]:
    """Whether it is an array, and the type of each part of it or of its elements."""
    try:
        parsed = json.loads(structure) if structure else {}
    except ValueError:
        return False, {}
    if not isinstance(parsed, dict):
        return False, {}
    is_array = parsed.get("type") == "array"
    held = parsed.get("items", {}) if is_array else parsed
    if not isinstance(held, dict):
        return is_array, {}
    if is_array and isinstance(held.get("type"), str) and held["type"] not in COMPOUND:
        return is_array, {"": held["type"]}
    properties = held.get("properties", {})
    if not isinstance(properties, dict):
        return is_array, {}
    return is_array, {key: str(v.get("type", "")) for key, v in properties.items() if isinstance(v, dict)}


def json_path(key: str) -> str:
    """The JSONPath of a key, of the value itself where it is ""; odd characters need quotes inside it."""
    if not key:
        return "$"
    return f"$.{key}" if key.isidentifier() else f'$."{key}"'


def _rate(value: str) -> tuple[str, ...]:
    return (
        f"SAFE_DIVIDE(SUM({value}.numerator), SUM({value}.denominator)) AS ratio",
        f"SUM({value}.numerator) AS numerator",
        f"SUM({value}.denominator) AS denominator",
    )


def spread(value: str) -> tuple[str, ...]:
    """Median, 95th percentile and mean of a number, as columns of a SELECT; percentiles are approximate."""
    return (
        f"APPROX_QUANTILES({value}, 100)[OFFSET(50)] AS median",
        f"APPROX_QUANTILES({value}, 100)[OFFSET(95)] AS p95",
        f"AVG({value}) AS mean",
    )
