"""What the SQL of tables says: their columns, what they read, and of which columns theirs are made.

A view has the columns that its SQL gives; types and descriptions come from its schema.yaml where
it has one, else from the columns beneath. Any other table has the columns of its schema, and
those of its SQL where it has none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from indexer.catalogue.inputs import Inputs
from indexer.catalogue.schemas import Schemas
from indexer.model.items import TableItem
from indexer.model.parts import ROWS, ColumnLineage
from indexer.model.replace import replace
from indexer.model.table_records import DerivedTable
from indexer.sqlread.kept.told import Tell, Told, digest
from indexer.sqlread.lineage import Lineage
from indexer.sqlread.model import Reading, Routine
from indexer.sqlread.resolve import routine_key
from indexer.sqlread.statements import without_tests
from indexer.sqlread.texts import ReadAll, digest_of, reading_of
from indexer.sqlread.values import Shape, shape_of_columns
from indexer.sqlread.warehouse import Resolved, TableText, Warehouse

NO_SQL = "neither a schema nor SQL of it is published"
PYTHON_MAKES_IT = "it is made by a program in Python, and no schema of it is published"
UNRESOLVED = "its SQL could not be resolved"


def resolve_sql(
    inputs: Inputs,
    items: Mapping[str, TableItem],
    schemas: Schemas,
    read: ReadAll,
    problems: Counter[str],
    tell: Tell,
) -> dict[str, Told]:
    """What the SQL of each table says, by the table's id."""
    derived = {f"{x.project}.{x.dataset}.{x.table}": x for x in inputs.derived}
    routines = [without_tests(x.sql) for x in inputs.routines if x.sql]
    texts = [record.sql for record in inputs.derived if record.sql]
    readings = read([*texts, *routines])
    digests = {
        key.removeprefix("table/"): item.schema_digest for key, item in items.items() if item.schema_digest
    }
    tables = _Texts(derived, digests, readings, schemas)
    own = tables.digests(digest(*(readings.get(digest_of(text), "").encode() for text in routines)))
    names = frozenset(name for name, record in derived.items() if _told_in(record, readings))
    told = tell(Warehouse(tables, _routines(routines, readings), _twin), own, names)
    for name in sorted(told):
        _count(told[name], derived[name], problems)
    return {f"table/{name}": each for name, each in sorted(told.items())}


class _Texts(Mapping[str, TableText]):
    """What is known of tables, made when it is asked for."""

    def __init__(
        self,
        derived: Mapping[str, DerivedTable],
        digests: Mapping[str, str],
        readings: Mapping[str, str],
        schemas: Schemas,
    ) -> None:
        """`digests`: those of tables' schemas."""
        self._derived = derived
        self._digests = digests
        self._readings = readings
        self._schemas = schemas
        self._names = {*derived, *digests}
        self._shapes: dict[str, Shape] = {}
        self._made: dict[str, TableText] = {}

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __getitem__(self, name: str) -> TableText:
        if name not in self._made:
            if name not in self._names:
                raise KeyError(name)
            record, schema = self._derived.get(name), self._digests.get(name, "")
            shape = self._shape(schema) if schema else None
            self._made[name] = TableText(name, _reading(record, self._readings), shape, _is_view(record))
        return self._made[name]

    def _shape(self, schema: str) -> Shape:
        """One for all tables of a schema: they are of the same type."""
        if schema not in self._shapes:
            columns = self._schemas.columns.get(schema, ())
            told = ((c.path, c.type, c.mode, c.description) for c in columns)
            self._shapes[schema] = shape_of_columns(told)
        return self._shapes[schema]

    def digests(self, common: bytes) -> dict[str, bytes]:
        """Of what each table is resolved from, but for other tables; `common` is of what all share."""
        found = {}
        for name in self._names:
            record = self._derived.get(name)
            reading = _told_in(record, self._readings)
            parts = (name, self._digests.get(name, ""), "view" if _is_view(record) else "", reading)
            found[name] = digest(common, *map(str.encode, parts))
        return found


def _count(told: Told, record: DerivedTable, problems: Counter[str]) -> None:
    for problem in told.problems:
        problems[f"SQL: {problem}"] += 1
    if _is_view(record) and not told.resolved.from_sql:
        problems["view whose SQL could not be resolved"] += 1


def with_sql(item: TableItem, told: Told | None, schemas: Schemas) -> TableItem:
    """The table with what its SQL says of it."""
    if told is None:
        return item
    resolved = told.resolved
    changes = replace(
        item,
        upstream=_upstream(item, resolved),
        passed_on=resolved.lineage.passed_on,
        made_of=tuple(_told(resolved.lineage)),
    )
    if not told.columns:
        return changes
    schema = schemas.of_columns(told.columns)
    if schema == item.schema_digest or schemas.columns[schema] == schemas.columns.get(item.schema_digest):
        return changes
    return replace(changes, schema_digest=schema, schema_source="SQL")


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


def _told_in(record: DerivedTable | None, readings: Mapping[str, str]) -> str:
    """The reading of a table's SQL as JSON; "" where there is none."""
    return readings.get(digest_of(record.sql), "") if record is not None and record.sql else ""


def _reading(record: DerivedTable | None, readings: Mapping[str, str]) -> Reading | None:
    text = _told_in(record, readings)
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
