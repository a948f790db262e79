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
MOST_NAMED = 300  # columns of a table whose columns are not known


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
    first: int = 0  # it is directly made of more columns than are kept: of so many the first,
    count: int = 0  # and of so many in all; 0 where all are kept
    unsure: bool = False  # it is made of something more, of which the SQL does not tell the table


@dataclass(frozen=True, slots=True)
class NamedColumn:
    """A column that the SQL of a table names whose columns are not all known."""

    name: str
    lineage: ShownLineage


@dataclass(slots=True)
class _Step:
    row: LineageRow
    table: TableItem | None
    beneath: list[_Step] = field(default_factory=list)


def column_lineage(site: Site, item: TableItem, path: str) -> ShownLineage:
    """The columns that a column is made of, each followed by what it is itself made of.

    The nearest count first: what it is made of directly is never left out for what lies deeper.
    """
    told = _told(item, path)
    if told is not None and told.column == path and not told.made_of and not told.unsure:
        return ShownLineage(constant=True)
    rows, cut = _rows(site, item, path)
    if told is None:
        return ShownLineage(rows, cut)
    return ShownLineage(rows, cut, False, len(told.made_of) if told.count else 0, told.count, told.unsure)


def named_columns(site: Site, item: TableItem) -> tuple[NamedColumn, ...]:
    """Where the columns of a table are not known: those that its SQL names, and what they are made of."""
    found = []
    for each in item.made_of[:MOST_NAMED] if not item.column_count else ():
        rows = tuple(_in_order(_steps(site, item, each.column, 1, set())))
        first = len(each.made_of) if each.count else 0
        found.append(
            NamedColumn(each.column, ShownLineage(rows, False, False, first, each.count, each.unsure))
        )
    return tuple(found)


def _rows(site: Site, item: TableItem, path: str) -> tuple[tuple[LineageRow, ...], bool]:
    """The rows in their order, and whether there is more, deeper."""
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
            return tuple(_in_order(found)), True
        shown += len(beneath)
        waiting.extend(beneath)
    return tuple(_in_order(found)), False


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


def _told(item: TableItem, path: str) -> ColumnLineage | None:
    """What is told of a column, or of the one that it is a field of."""
    told = {each.column: each for each in item.made_of}
    while path:
        if path in told:
            return told[path]
        path = path.rpartition(".")[0]
    return None


def _made_of(site: Site, item: TableItem, path: str) -> Iterator[tuple[str, str, bool]]:
    """(project.dataset.table, column, unchanged) of what a column, or a field in one, is made of."""
    found = _told(item, path)
    if found is not None:
        yield from _origins(found, path[len(found.column) :])
        return
    for name in item.passed_on:
        beneath = site.engine.get(table_id(name))
        if isinstance(beneath, TableItem) and path in schema_tree(site, beneath).by_path:
            yield name, path, True


def _origins(found: ColumnLineage, rest: str) -> Iterator[tuple[str, str, bool]]:
    for name, origin in found.made_of:
        yield name, origin + rest if found.same else origin, found.same
