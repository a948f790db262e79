"""DataHub (the data catalogue): tables, their lineage, and Glean pings.

Lineage takes the dataset and table as BigQuery names them; the Glean Dictionary passes
the app id and the dashed ping name, which fail on iOS and on names with dashes.
"""

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

BASE = "https://mozilla.acryl.io/dataset"


def dataset(platform: str, name: str) -> str:
    """The page of a data set: `platform` is "bigquery" or "Glean", `name` as DataHub spells it."""
    return f"{BASE}/urn:li:dataset:(urn:li:dataPlatform:{platform},{name},PROD)"


def lineage(table: str, column: str) -> str:
    """Where a column of `dataset.table` goes to and comes from."""
    page = f"{dataset('bigquery', f'{SHARED_PROJECT}.{table}')}/Lineage"
    return with_params(page, [("column", column)])


class Tool:
    """Links tables and Glean pings to their data sets, metrics and probes to the lineage of their columns."""

    name = "datahub"
    label = "DataHub"
    order = 70
    bangs = ("datahub", "lineage", "catalog")

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """The data set of a table or Glean ping; of a metric or probe the lineage of its columns."""
        if isinstance(item, TableItem):
            seen_by_users = item.layer == "view" and item.project == SHARED_PROJECT
            project = USER_PROJECT if seen_by_users else item.project
            url = dataset("bigquery", f"{project}.{item.dataset}.{item.table}")
            yield Link(self.name, "Table in DataHub", url, STAFF)
        elif isinstance(item, PingItem):
            if not item.legacy:
                yield Link(self.name, "Ping in DataHub", dataset("Glean", f"{item.app}.{item.name}"), STAFF)
        elif isinstance(item, MetricItem | ProbeItem):
            rows = places(item) if isinstance(item, MetricItem) else list(item.columns)
            for row in rows:
                if row.column and row.exists is not False:
                    note = f"{row.table}: {row.column}"
                    yield Link(
                        self.name, "Column lineage in DataHub", lineage(row.table, row.column), STAFF, note
                    )
            for table in dict.fromkeys(row.table for row in rows):
                url = dataset("bigquery", f"{USER_PROJECT}.{table}")
                yield Link(self.name, "Table in DataHub", url, STAFF, table)
