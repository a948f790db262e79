"""metric-hub's metrics, data sources, segments and dimensions, resolved to tables through data sources."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from indexer.catalogue.model import Estate, Link, humanise
from indexer.catalogue.tables import Tables
from indexer.model.items import MeasureItem, MetricItem
from indexer.model.records import Measure

_COLUMN = re.compile(r"\bmetrics\.([a-z_]+[0-9]?)\.([a-z0-9_]+)")
_EVENT = re.compile(r"'([a-z0-9_]+(?:\.[a-z0-9_]+)+)'")


def measure_items(
    records: Sequence[Measure],
    estate: Estate,
    tables: Tables,
    metrics: Iterable[MetricItem],
    problems: Counter[str],
) -> tuple[list[MeasureItem], list[Link]]:
    """One item for each definition, and what each reads."""
    sources = {(row.platform, row.name): row for row in records if row.type == "data_source"}
    by_column = _metrics_by_column(metrics)
    items, links = [], []
    for record in records:
        names = _tables(record, sources, problems)
        ids = list(dict.fromkeys(key for name in names if (key := tables.id_of(name))))
        unknown = sum(1 for name in names if not tables.id_of(name))
        problems["table that a measure names and nobody knows"] += unknown
        item = _item(record, estate, [_two_parts(name) for name in names])
        items.append(item)
        links += [Link(item.id, key, "table", "measure", record.type == "data_source") for key in ids]
        if record.type != "data_source" and record.data_source:
            source = _source(record, sources)
            if source is not None:
                target = f"measure/data_source/{source.platform}/{source.name}"
                links.append(Link(item.id, target, "data_source", "measure", True))
        for metric in _named_metrics(record, by_column, item.apps):
            links.append(Link(item.id, metric, "metric", "measure", True))
        links += [Link(item.id, f"app/{app}", "app", "measure", True) for app in item.apps]
    return items, links


def _two_parts(name: str) -> str:
    return ".".join(name.replace("`", "").split(".")[-2:])


def _source(record: Measure, sources: Mapping[tuple[str, str], Measure]) -> Measure | None:
    return sources.get((record.platform, record.data_source)) or sources.get(
        ("multi_product", record.data_source)
    )


def _tables(
    record: Measure, sources: Mapping[tuple[str, str], Measure], problems: Counter[str]
) -> tuple[str, ...]:
    """Tables of its own expression, else of its data source; `{dataset}` is the platform's own."""
    named = record.tables
    if not named and record.data_source:
        source = _source(record, sources)
        if source is None:
            problems["measure whose data source is not defined"] += 1
            return ()
        named = source.tables
    return tuple(dict.fromkeys(name.replace("{dataset}", record.platform) for name in named))


def _metrics_by_column(metrics: Iterable[MetricItem]) -> dict[tuple[str, str], list[MetricItem]]:
    """("column" or "event", name) -> metrics."""
    found: dict[tuple[str, str], list[MetricItem]] = {}
    for metric in metrics:
        if metric.type == "event":
            found.setdefault(("event", metric.name), []).append(metric)
        for path in {row.column for row in metric.columns if row.column}:
            found.setdefault(("column", path), []).append(metric)
    return found


def _named_metrics(
    record: Measure, by_column: Mapping[tuple[str, str], list[MetricItem]], apps: Sequence[str]
) -> list[str]:
    """Glean metrics whose columns or events its expression reads, of the apps that it is about."""
    text = record.select_expression
    keys = [("column", f"metrics.{kind}.{leaf}") for kind, leaf in _COLUMN.findall(text)]
    keys += [("event", name) for name in _EVENT.findall(text)]
    found = [metric for key in dict.fromkeys(keys) for metric in by_column.get(key, ())]
    return [metric.id for metric in found if not apps or set(apps).intersection(metric.apps)]


def _item(record: Measure, estate: Estate, names: Sequence[str]) -> MeasureItem:
    app = estate.apps.get(record.platform)
    return MeasureItem(
        id=f"measure/{record.type}/{record.platform}/{record.name}",
        kind="measure",
        name=record.name,
        title=record.friendly_name or humanise(record.name),
        description=record.description,
        apps=(app.name,) if app else (),
        app_titles=(app.title,) if app else (),
        type=record.type,
        tables=tuple(dict.fromkeys(names)),
        datasets=tuple(dict.fromkeys(name.split(".", 1)[0] for name in names)),
        status="deprecated" if record.deprecated else "active",
        status_reason="deprecated in metric-hub" if record.deprecated else "",
        tags=(record.category,) if record.category else (),
        owners=record.owners,
        aliases=(f"{record.platform}.{record.name}",),
        labels=(*record.statistics, record.platform),
        platform=record.platform,
        select_expression=record.select_expression,
        data_source=record.data_source,
        from_expression=record.from_expression,
        statistics=record.statistics,
        category=record.category,
        layers=record.layers,
        value_type=record.value_type,
    )
