"""Google's BigQuery console, opened at a table."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.model.items import (
    SHARED_PROJECT,
    USER_PROJECT,
    AnyItem,
    MetricItem,
    PingItem,
    ProbeItem,
    TableItem,
)
from search_app.tools import STAFF, Context, Link, NoLink
from search_app.tools.addressing.places import places
from search_app.tools.addressing.urls import with_params

BASE = "https://console.cloud.google.com/bigquery"


def console(project: str, dataset: str, table: str) -> str:
    """The console, billed to mozdata, at a table of any project."""
    return with_params(
        BASE, [("project", USER_PROJECT), ("p", project), ("d", dataset), ("t", table), ("page", "table")]
    )


class Tool:
    """Links tables, and the tables of pings, metrics and probes, to Google's console."""

    name = "bigquery-console"
    label = "BigQuery console"
    order = 50
    bangs = ("bq", "bigquery", "console")

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """The tables of whatever has some; user-facing views in the project in which people have rights."""
        for project, dataset, table in _tables(item):
            yield Link(
                self.name, "Open in the BigQuery console", console(project, dataset, table), STAFF,
                f"{project}.{dataset}.{table}",
            )  # fmt: skip


def _tables(item: AnyItem) -> Iterator[tuple[str, str, str]]:
    if isinstance(item, TableItem):
        # user-facing views are the same in mozdata, where people have rights
        if item.layer == "view" and item.project == SHARED_PROJECT:
            yield USER_PROJECT, item.dataset, item.table
        yield item.project, item.dataset, item.table
    elif isinstance(item, PingItem):
        for held in item.ping_tables:
            if held.exists and held.name.count(".") == 2:
                project, dataset, table = held.name.split(".")
                user = held.layer == "view" and project == SHARED_PROJECT
                yield USER_PROJECT if user else project, dataset, table
    elif isinstance(item, MetricItem | ProbeItem):
        rows = places(item) if isinstance(item, MetricItem) else item.columns
        for name in dict.fromkeys(row.table for row in rows if row.table.count(".") == 1):
            dataset, table = name.split(".")
            yield USER_PROJECT, dataset, table
