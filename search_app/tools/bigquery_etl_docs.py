"""bigquery-etl: the source of a table or view, metadata and all, on its generated branch.

The pages that bigquery-etl once published for each dataset are gone (its pull request
4657), so the source is where a table is documented.
"""

from __future__ import annotations

from collections.abc import Iterator

from indexer.model.items import SHARED_PROJECT, USER_PROJECT, AnyItem, PingItem, RoutineItem, TableItem
from search_app.tools import Context, Link, NoLink
from search_app.tools.addressing.urls import segment

TREE = "https://github.com/mozilla/bigquery-etl/tree"


def source_folder(project: str, dataset: str, table: str) -> str:
    """The folder of a table; views in mozdata mirror those of the shared project."""
    held_in = SHARED_PROJECT if project == USER_PROJECT else project
    return f"{TREE}/generated-sql/sql/{held_in}/{dataset}/{table}"


class Tool:
    """Links tables, routines and the views of pings to their source, mozfun's routines to their pages."""

    name = "bigquery-etl-docs"
    label = "bigquery-etl"
    order = 55
    bangs = ("etl", "bqetl")

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """The folder of a table or routine on the generated branch; of a ping that of its view."""
        if isinstance(item, TableItem):
            if item.source_path or item.metadata_source == "generated-sql":
                url = source_folder(item.project, item.dataset, item.table)
                yield Link(self.name, "Its SQL and metadata", url)
            else:
                yield NoLink(self.name, "bigquery-etl does not make this table: ingestion does.")
        elif isinstance(item, RoutineItem):
            if item.project == "mozfun":
                url = f"https://mozilla.github.io/bigquery-etl/mozfun/{segment(item.dataset)}/"
                yield Link(self.name, "Routines of this dataset", url)
            url = source_folder(item.project, item.dataset, item.routine)
            yield Link(self.name, "Its SQL and metadata", url)
        elif isinstance(item, PingItem):
            view = next((t for t in item.ping_tables if t.layer == "view" and t.exists), None)
            if view and view.name.count(".") == 2:
                project, dataset, table = view.name.split(".")
                yield Link(self.name, "SQL of its view", source_folder(project, dataset, table))
