"""Airflow: the DAG that makes a table."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.model.items import AnyItem, TableItem
from search_app.tools import STAFF, Context, Link, NoLink
from search_app.tools.addressing.urls import segment


class Tool:
    """Links a table to the DAG that its metadata names."""

    name = "airflow"
    label = "Airflow"
    order = 75
    bangs = ("airflow", "dag")

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """The DAG that a table's metadata names."""
        if isinstance(item, TableItem):
            if item.dag:
                url = f"https://workflow.telemetry.mozilla.org/dags/{segment(item.dag)}/grid"
                yield Link(self.name, "Its DAG in Airflow", url, STAFF, item.dag)
            else:
                yield NoLink(self.name, "No DAG is named in its metadata.")
