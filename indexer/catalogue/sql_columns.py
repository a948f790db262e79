"""What the SQL of tables says: their columns, what they read, and of which columns theirs are made.

A view has the columns that its SQL gives; types and descriptions come from its schema.yaml where
it has one, else from the columns beneath. Any other table has the columns of its schema, and
those of its SQL where it has none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from indexer.catalogue.inputs import Inputs
from indexer.catalogue.schemas import Schemas
from indexer.model.items import TableItem
from indexer.model.parts import ROWS, ColumnLineage
from indexer.model.table_records import Column, DerivedTable
from indexer.sqlread.lineage import Lineage
from indexer.sqlread.model import Reading, Routine
from indexer.sqlread.resolve import routine_key
from indexer.sqlread.statements import without_tests
from indexer.sqlread.texts import ReadAll, digest_of, reading_of
from indexer.sqlread.values import Shape, flat, shape_of_columns
from indexer.sqlread.warehouse import Resolved, TableText, Warehouse

NO_SQL = "neither a schema nor SQL of it is published"
PYTHON_MAKES_IT = "it is made by a program in Python, and no schema of it is published"
UNRESOLVED = "its SQL could not be resolved"


def resolve_sql(
    inputs: Inputs, items: Mapping[str, TableItem], schemas: Schemas, read: ReadAll, problems: Counter[str]
) -> dict[str, Resolved]:
    """What the SQL of each table says, by the table's id."""
    derived = {f"{x.project}.{x.dataset}.{x.table}": x for x in inputs.derived}
    routines = [without_tests(x.sql) for x in inputs.routines if x.sql]
    texts = [record.sql for record in inputs.derived if record.sql]
    readings = read([*texts, *routines])
    shapes: dict[str, Shape] = {}

    def shape(digest: str) -> Shape | None:
        if digest and digest not in shapes:
            columns = schemas.columns.get(digest, ())
            shapes[digest] = shape_of_columns((c.path, c.type, c.mode, c.description) for c in columns)
        return shapes.get(digest)

    known = {
        key.removeprefix("table/"): shape(item.schema_digest)
        for key, item in items.items()
        if item.schema_digest
    }
    tables = {
        name: TableText(
            name, _reading(derived.get(name), readings), known.get(name), _is_view(derived.get(name))
        )
        for name in {*known, *derived}
    }
    warehouse = Warehouse(tables, _routines(routines, readings), _twin)
    found: dict[str, Resolved] = {}
    for name in sorted(derived):
        resolved = warehouse.resolved(name)
        if resolved is not None and tables[name].reading is not None:
            found[f"table/{name}"] = resolved
            _count(resolved, tables[name], problems)
    return found


def _count(resolved: Resolved, table: TableText, problems: Counter[str]) -> None:
    for problem in table.reading.problems if table.reading else ():
        problems[f"SQL: {problem}"] += 1
    if table.is_view and not resolved.from_sql:
        problems["view whose SQL could not be resolved"] += 1


def with_sql(item: TableItem, resolved: Resolved | None, schemas: Schemas) -> TableItem:
    """The table with what its SQL says of it."""
    if resolved is None:
        return item
    changes = replace(
        item,
        upstream=_upstream(item, resolved),
        passed_on=resolved.lineage.passed_on,
        made_of=tuple(_told(resolved.lineage)),
    )
    if not resolved.from_sql or resolved.shape is None:
        return changes
    digest = schemas.of_columns(Column(*each) for each in flat(resolved.shape))
    if digest == item.schema_digest or schemas.columns[digest] == schemas.columns.get(item.schema_digest):
        return changes
    return replace(changes, schema_digest=digest, schema_source="SQL")


def _told(lineage: Lineage) -> Iterator[ColumnLineage]:
    """What is said of columns; of a constant too, which else would be what is passed on under its name."""
    for each in lineage.made:
        if each.origins or lineage.passed_on:
            origins = tuple((table, column or ROWS) for table, column in each.origins)
            yield ColumnLineage(each.column, origins, each.is_same, each.count, each.is_unsure)


def why_unknown(item: TableItem, resolved: Resolved | None) -> str:
    """Why the columns of a table are not known."""
    if resolved is not None:
        return f"{UNRESOLVED}: {resolved.reason}" if resolved.reason else UNRESOLVED
    return PYTHON_MAKES_IT if item.made_by == "query.py" else NO_SQL


def _upstream(item: TableItem, resolved: Resolved) -> tuple[str, ...]:
    """What its SQL reads; besides, what upstream's metadata names where not all of the SQL was read."""
    if resolved.complete:
        return resolved.reads
    return tuple(dict.fromkeys((*resolved.reads, *item.upstream)))


def _reading(record: DerivedTable | None, readings: Mapping[str, str]) -> Reading | None:
    if record is None or not record.sql:
        return None
    text = readings.get(digest_of(record.sql))
    return reading_of(text) if text else None


def _is_view(record: DerivedTable | None) -> bool:
    return record is not None and record.made_by == "view.sql"


def _routines(texts: Iterable[str], readings: Mapping[str, str]) -> dict[str, Routine]:
    found: dict[str, Routine] = {}
    for text in texts:
        kept = readings.get(digest_of(text))
        for routine in reading_of(kept).routines if kept else ():
            found.setdefault(routine_key(routine.name), routine)
    return found


def _twin(name: str) -> str:
    """A live table is described nowhere; it has the columns of its stable twin."""
    return name.replace("_live.", "_stable.", 1) if "_live." in name else ""
