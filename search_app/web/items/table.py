"""The page of a table: its schema a branch at a time, and what fills each column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from indexer.model.ids import item_path
from indexer.model.items import TableItem
from search_app.query.model import Filters, Query
from search_app.web.items.column_uses import measures_by_column
from search_app.web.items.columns import column_sources, schema_tree
from search_app.web.items.lineage import NamedColumn, ShownLineage, column_lineage, named_columns
from search_app.web.items.schema_tree import SchemaView
from search_app.web.results.hit_view import HitView, present_hit
from search_app.web.state import Site


@dataclass(frozen=True, slots=True)
class TableDetail:
    """What only the page of a table has."""

    schema: SchemaView
    described: TableItem | None  # whose description it shows, where it has none of its own
    find: str  # words that columns are looked for by
    column_missing: bool
    asked_column: str
    column_hits: tuple[HitView, ...]
    column_links: Mapping[str, str]  # path of a shown column -> page of what fills it
    column_measures: tuple[str, ...]  # ids of the measures that read the column that was asked for
    lineage: ShownLineage  # what the column that was asked for is made of
    named: tuple[NamedColumn, ...]  # where the columns are not known: those that its SQL names


def table_detail(site: Site, item: TableItem, words: str, path: str, part: int) -> TableDetail:
    """What the template of a table shows beside the item."""
    tree = schema_tree(site, item)
    view = tree.find(words, part) if words.strip() else tree.view(path, part)
    return TableDetail(
        schema=view,
        described=_described_beneath(site, item),
        find=words,
        column_missing=bool(path) and view.target is None and not words.strip(),
        asked_column=path,
        column_hits=_column_hits(site, item, view),
        column_links={
            path: item_path(found)
            for path, found in column_sources(site, item, [row.column for row in view.rows]).items()
        },
        column_measures=measures_by_column(site, item).get(view.target.path, ()) if view.target else (),
        lineage=column_lineage(site, item, view.target.path) if view.target is not None else ShownLineage(),
        named=named_columns(site, item),
    )


def _described_beneath(site: Site, item: TableItem) -> TableItem | None:
    """The table of the same name beneath a view that has no description, where that one has one."""
    if item.description or item.layer != "view" or len(item.upstream) != 1:
        return None
    beneath = site.engine.get(f"table/{item.upstream[0]}")
    if not isinstance(beneath, TableItem) or not beneath.description:
        return None
    return beneath if beneath.base.partition(".")[2] == item.base.partition(".")[2] else None


def _column_hits(site: Site, item: TableItem, view: SchemaView) -> tuple[HitView, ...]:
    """Of a table that holds a ping, the metrics and probes that fill the column that the address names."""
    if view.target is None or not item.ping:
        return ()
    query = Query(
        "", filters=Filters({"column": (view.target.path,), "kind": ("metric", "probe")}), size=8, facets=()
    )
    hits = site.engine.search(query).hits
    ping = site.engine.get(item.ping) if item.ping else None
    apps = set(ping.apps) if ping is not None else set()
    here = [hit for hit in hits if not apps or apps & set(hit.card.app)]
    return tuple(present_hit(hit) for hit in here)
