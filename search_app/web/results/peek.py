"""What is shown of one item beside a list of hits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indexer.model.ids import item_path, table_id
from indexer.model.items import AnyItem, MetricItem, ProbeItem
from indexer.model.parts import ColumnRef
from search_app.query.model import Asked
from search_app.web.actions import actions_for, best_links
from search_app.web.results.hit_view import app_names
from search_app.web.state import Site
from search_app.web.urls import with_parameters

MOST_TOOLS = 3


def peek_view(site: Site, item: AnyItem, parameters: Mapping[str, str]) -> dict[str, Any]:
    """What templates/search/peek.html shows; `in_app` and `in_ping` choose one of an item's places."""
    place = (parameters.get("in_app", ""), parameters.get("in_ping", ""))
    asked = Asked(*((value,) if value else () for value in place))
    query = next(iter(actions_for(site, item, place).queries), None)
    column = _column(item, place, query.table if query else "")
    table = column.table if column else next(iter(item.tables), "") if item.kind != "table" else ""
    chosen = {name: value for name, value in zip(("in_app", "in_ping"), place, strict=True) if value}
    return {
        "item": item,
        "url": with_parameters(item_path(item.id), chosen) if chosen else item_path(item.id),
        "apps": sorted(app_names(item.apps, item.app_titles), key=lambda app: app.name != place[0]),
        "table": table,
        "table_known": bool(table) and bool(site.engine.known((table_id(table),))),
        "column": column,
        "query": query,
        "links": best_links(site, item.id, asked)[:MOST_TOOLS],
    }


def _column(item: AnyItem, place: tuple[str, str], queried: str) -> ColumnRef | None:
    """The column that holds a metric or a probe in the place that was asked for: of the table that the query
    asks, else the first.
    """
    if not isinstance(item, MetricItem | ProbeItem):
        return None
    app, ping = place
    rows = [row for row in item.columns if app in ("", row.app) and ping in ("", row.ping)]
    rows = [row for row in rows or item.columns if row.exists is not False and row.column]
    # the view over all channels before those of one
    return min(rows, key=lambda row: (row.table != queried, row.app_id != ""), default=None)
