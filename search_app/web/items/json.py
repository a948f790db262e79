"""A whole item as JSON: the record, and what its page works out beside it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from indexer.model.ids import item_path
from indexer.model.items import AnyItem, AppItem, MeasureItem, MetricItem, PingItem, ProbeItem, TableItem
from search_app.web.actions import Actions
from search_app.web.items.app import app_detail
from search_app.web.items.column_uses import measures_by_column
from search_app.web.items.columns import column_sources, schema_tree
from search_app.web.items.detail import ping_metrics
from search_app.web.items.history import history_entries
from search_app.web.operation.judged import judged
from search_app.web.results.json import generation_json, link_json
from search_app.web.state import Site
from search_app.web.urls import api_path

COLUMNS_SIZE = 500
MOST_COLUMNS = 5_000
METRICS_SIZE = 100
MOST_METRICS = 1_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which page of an item's long lists is wanted."""

    columns_page: int = 1
    columns_size: int = COLUMNS_SIZE
    metrics_page: int = 1
    metrics_size: int = METRICS_SIZE


def item_json(site: Site, item: AnyItem, actions: Actions, wanted: Wanted) -> dict[str, Any]:
    """A whole record: all that its page shows. `columns` is a page of them, see `columns_total`."""
    page, size = wanted.columns_page, wanted.columns_size
    record = {
        name: value
        for name, value in dataclasses.asdict(item).items()
        if name not in ("columns", "family", "family_rank", "usage")
    }
    columns = columns_of(site, item)
    return {
        **record,
        "app": list(item.apps) if isinstance(record.get("app"), (tuple, list)) else record.get("app"),
        "app_title": list(item.app_titles),
        "url": item_path(item.id),
        "api_url": api_path(item.id),
        "generation": generation_json(site.engine.generation),
        "columns": _with_sources(site, item, columns[(page - 1) * size : page * size]),
        "columns_page": page,
        "columns_size": size,
        "columns_total": len(columns),
        "links": [link_json(link) for link in actions.links],
        "no_links": [{"tool": each.tool, "reason": each.reason} for each in actions.reasons],
        "queries": [
            {"title": q.title, "table": q.table, "sql": q.sql, "url": q.url or None, "notes": list(q.notes)}
            for q in actions.queries
        ],
        "no_query": actions.no_query or None,
        "related": {name: list(ids) for name, ids in item.related.items()},
        **_detail(site, item, wanted),
    }


def _detail(site: Site, item: AnyItem, wanted: Wanted) -> dict[str, Any]:
    """What the page of its kind works out."""
    if isinstance(item, AppItem):
        return _app(site, item)
    if isinstance(item, PingItem):
        return {"metrics": _metrics(site, item, wanted), "changes": _changes(item)}
    if isinstance(item, MetricItem):
        return {"changes": _changes(item), "judged_by": _judged_json(site)}
    if isinstance(item, ProbeItem):
        return {"judged_by": _judged_json(site)}
    return {}


def _judged_json(site: Site) -> dict[str, Any]:
    """The versions of Firefox by which expiry was judged; `old` warns that they may be out of date."""
    by = judged(site)
    return {"versions": dict(by.versions), "newest_release": by.newest_release or None, "old": by.old}


def _app(site: Site, item: AppItem) -> dict[str, Any]:
    detail = app_detail(site, item)
    return {
        "collection": dataclasses.asdict(detail.collection),
        "ping_items": [
            {
                "id": row.item.id,
                "status": row.item.status,
                "metric_count": row.item.metric_count,
                "metrics_active": row.item.metrics_active,
                "metrics_unknown": row.item.metrics_unknown,
                "client_id": row.client_id,
                "retention_days": list(row.days),
            }
            for row in detail.pings
        ],
        "sections": [
            {
                "title": each.title,
                "total": each.total,
                "url": each.url,
                "ids": [hit.card.id for hit in each.hits],
            }
            for each in detail.sections
        ],
    }


def _metrics(site: Site, item: PingItem, wanted: Wanted) -> dict[str, Any]:
    results = ping_metrics(site, item, "", "", wanted.metrics_page, wanted.metrics_size)
    return {
        "total": results.total,
        "page": wanted.metrics_page,
        "size": wanted.metrics_size,
        "items": [
            {
                "id": hit.card.id,
                "name": hit.card.name,
                "type": hit.card.type,
                "status": hit.card.status,
                "status_reason": hit.card.status_reason or None,
                "description": hit.card.description,
            }
            for hit in results.hits
        ],
    }


def _changes(item: MetricItem | PingItem) -> list[dict[str, Any]]:
    """The history as its differences, newest first: `<del>` and `<ins>` mark what went and what came."""
    return [
        {
            "first": entry.first,
            "last": entry.last,
            "changed": {change.label: str(change.text) for change in entry.changes},
        }
        for entry in history_entries(item.history)
    ]


def _with_sources(site: Site, item: AnyItem, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of a table's columns, also the metric or probe that fills each."""
    if not isinstance(item, TableItem):
        return rows
    by_path = schema_tree(site, item).by_path
    sources = column_sources(site, item, [by_path[row["column"]] for row in rows])
    measures = measures_by_column(site, item)
    return [
        {
            **row,
            "filled_by": sources.get(row["column"]),
            "measures": list(measures.get(row["column"], ())),
        }
        for row in rows
    ]


def columns_of(site: Site, item: AnyItem) -> list[dict[str, Any]]:
    """Where an item's values are; of a table, all of its columns."""
    if isinstance(item, MetricItem | ProbeItem):
        return [
            {
                "app": row.app,
                "app_id": row.app_id or None,
                "channel": row.channel or None,
                "ping": row.ping,
                "table": row.table,
                "column": row.column or None,
                "exists": row.exists,
                "type": row.type or None,
                "mode": row.mode or None,
                "note": row.note or None,
            }
            for row in item.columns
        ]
    if isinstance(item, MeasureItem):
        return _measure_columns(item)
    return _table_columns(site, item) if isinstance(item, TableItem) else []


def _measure_columns(item: MeasureItem) -> list[dict[str, Any]]:
    """The columns that a measure's value is made of."""
    app = item.apps[0] if item.apps else None
    place = {"app": app, "app_id": None, "channel": None, "ping": None}
    return [{**place, "table": each.table, "column": each.column, "exists": True} for each in item.columns]


def _table_columns(site: Site, item: TableItem) -> list[dict[str, Any]]:
    ping = item.ping.split("/", 2)[2] if item.ping.count("/") >= 2 else None
    return [
        {
            "app": item.apps[0] if item.apps else None,
            "app_id": None,
            "channel": None,
            "ping": ping,
            "table": item.name,
            "column": column.path,
            "exists": True,
            "type": column.type,
            "mode": column.mode,
            "description": column.description or None,
        }
        for column in schema_tree(site, item).columns
    ]
