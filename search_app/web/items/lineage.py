"""What a column is made of, down to the metrics and probes at its end."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from indexer.model.ids import table_id
from indexer.model.items import TableItem
from indexer.model.parts import ColumnLineage
from indexer.model.table_records import Column
from search_app.web.items.columns import column_sources, schema_tree
from search_app.web.state import Site

DEPTH = 8  # tables over tables
MOST = 60  # rows of one column's lineage, unless it is directly made of more


@dataclass(frozen=True, slots=True)
class LineageRow:
    """One column that another is made of; `depth` is how many steps below the column that was asked for."""

    depth: int
    table: str  # dataset.table
    item_id: str  # "" where we do not have the table
    column: str
    same: bool  # the column above is this one, unchanged
    source: str = ""  # id of the metric or probe that fills it


@dataclass(frozen=True, slots=True)
class ShownLineage:
    """What a column is made of, as far as a page shows it."""

    rows: tuple[LineageRow, ...] = ()
    cut: bool = False  # there is more, deeper
    constant: bool = False  # it is made of no column


@dataclass(slots=True)
class _Step:
    row: LineageRow
    table: TableItem | None
    beneath: list[_Step] = field(default_factory=list)


def column_lineage(site: Site, item: TableItem, path: str) -> ShownLineage:
    """The columns that a column is made of, each followed by what it is itself made of.

    The nearest count first: what it is made of directly is never left out for what lies deeper.
    """
    if _is_constant(item, path):
        return ShownLineage(constant=True)
    seen: set[tuple[str, str]] = {(item.id, path)}
    found = _steps(site, item, path, 1, seen)
    waiting, shown = deque(found), len(found)
    while waiting:
        step = waiting.popleft()
        if step.table is None or step.row.source or step.row.depth >= DEPTH:
            continue
        beneath = _steps(site, step.table, step.row.column, step.row.depth + 1, seen)
        step.beneath = beneath[: max(0, MOST - shown)]
        if len(step.beneath) < len(beneath):
            return ShownLineage(tuple(_in_order(found)), cut=True)
        shown += len(beneath)
        waiting.extend(beneath)
    return ShownLineage(tuple(_in_order(found)))


def _steps(site: Site, item: TableItem, path: str, depth: int, seen: set[tuple[str, str]]) -> list[_Step]:
    """What a column is directly made of, without what was met before."""
    steps = []
    for name, column, same in _made_of(site, item, path):
        beneath = site.engine.get(table_id(name))
        table = beneath if isinstance(beneath, TableItem) else None
        key = (table.id if table else name, column)
        if key not in seen:
            seen.add(key)
            source = column_sources(site, table, [Column(column, "")]).get(column, "") if table else ""
            short = ".".join(name.split(".")[-2:])
            row = LineageRow(depth, short, table.id if table else "", column, same, source)
            steps.append(_Step(row, table))
    return steps


def _in_order(steps: Sequence[_Step]) -> Iterator[LineageRow]:
    for step in steps:
        yield step.row
        yield from _in_order(step.beneath)


def _is_constant(item: TableItem, path: str) -> bool:
    return any(each.column == path and not each.made_of for each in item.made_of)


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
