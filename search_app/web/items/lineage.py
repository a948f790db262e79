"""What a column is made of, down to the metrics and probes at its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from indexer.model.ids import table_id
from indexer.model.items import TableItem
from indexer.model.parts import ColumnLineage
from indexer.model.table_records import Column
from search_app.web.items.columns import column_sources, schema_tree
from search_app.web.state import Site

DEPTH = 8  # tables over tables
MOST = 60  # rows of one column's lineage


@dataclass(frozen=True, slots=True)
class LineageRow:
    """One column that another is made of; `depth` is how many steps below the column that was asked for."""

    depth: int
    table: str  # dataset.table
    item_id: str  # "" where we do not have the table
    column: str
    same: bool  # the column above is this one, unchanged
    source: str = ""  # id of the metric or probe that fills it


def column_lineage(site: Site, item: TableItem, path: str) -> tuple[LineageRow, ...]:
    """The columns that a column is made of, each followed by what it is itself made of."""
    rows: list[LineageRow] = []
    seen: set[tuple[str, str]] = {(item.id, path)}
    stack = [(1, *each) for each in reversed(list(_made_of(site, item, path)))]
    while stack and len(rows) < MOST:
        depth, name, column, same = stack.pop()
        beneath = site.engine.get(table_id(name))
        table = beneath if isinstance(beneath, TableItem) else None
        key = (table.id if table else name, column)
        if key in seen:
            continue
        seen.add(key)
        source = ""
        if table is not None:
            source = column_sources(site, table, [Column(column, "")]).get(column, "")
            if not source and depth < DEPTH:
                stack.extend((depth + 1, *each) for each in reversed(list(_made_of(site, table, column))))
        rows.append(
            LineageRow(depth, ".".join(name.split(".")[-2:]), table.id if table else "", column, same, source)
        )
    return tuple(rows)


def _made_of(site: Site, item: TableItem, path: str) -> Iterator[tuple[str, str, bool]]:
    """(project.dataset.table, column, unchanged) of what a column, or a field in one, is made of."""
    told = {each.column: each for each in item.made_of}
    above = path
    while above:
        found = told.get(above)
        if found is not None:
            yield from _origins(found, path[len(above) :])
            return
        above = above.rpartition(".")[0]
    for name in item.passed_on:
        beneath = site.engine.get(table_id(name))
        if isinstance(beneath, TableItem) and path in schema_tree(site, beneath).by_path:
            yield name, path, True


def _origins(found: ColumnLineage, rest: str) -> Iterator[tuple[str, str, bool]]:
    for name, origin in found.made_of:
        yield name, origin + rest if found.same else origin, found.same
