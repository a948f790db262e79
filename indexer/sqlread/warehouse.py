"""All tables of a warehouse with their SQL: each resolved once, after those that it reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from indexer.sqlread.budget import STEPS, TooMuch, bounded
from indexer.sqlread.lineage import NO_LINEAGE, Lineage, lineage_of
from indexer.sqlread.model import Query, Reading, Routine, Rows
from indexer.sqlread.relations import Relation
from indexer.sqlread.resolve import EventUse, Resolver, routine_key
from indexer.sqlread.values import Origin, Shape, doubted, is_bounded, merged, named_by, to_shape

NO_QUERY = "its SQL holds no query that makes it"
ITSELF = "it reads itself"
TOO_MUCH = "it takes more steps to resolve than any real table"
MOST_COLUMNS = 100_000  # BigQuery's own limit is a tenth of it


@dataclass(frozen=True, slots=True)
class TableText:
    """What is known of a table: its SQL as read, and the columns that its schema gives."""

    name: str  # project.dataset.table
    reading: Reading | None = None
    schema: Shape | None = None
    is_view: bool = False


@dataclass(frozen=True, slots=True)
class Resolved:
    """What the SQL of a table says. `reason` is why its columns do not come from it; "" where they do."""

    shape: Shape | None  # of its columns, whatever they come from; None where they are not known
    from_sql: bool  # whether the names of the columns are those of the SQL
    reason: str = ""
    reads: tuple[str, ...] = ()
    complete: bool = False  # all of the SQL was read: it reads nothing else
    used: frozenset[Origin] = frozenset()
    events: tuple[EventUse, ...] = ()
    lineage: Lineage = NO_LINEAGE


class Warehouse:
    """Resolves tables when they are asked for."""

    def __init__(
        self,
        tables: Mapping[str, TableText],
        routines: Mapping[str, Routine],
        twin_of: Callable[[str], str] = lambda name: "",
    ) -> None:
        """`routines` by routine_key(); `twin_of` names a table that has the same columns, or ""."""
        self._tables = tables
        self._routines = routines
        self._twin_of = twin_of
        self._done: dict[str, Resolved] = {}
        self._busy: list[str] = []  # each is asked for by the one before it
        self.asked: dict[str, set[str]] = {}  # of each that was resolved: what it asked for, there or not
        self.unsettled: set[str] = set()  # what these are depends on who asked for them first

    def resolved(self, name: str) -> Resolved | None:
        """None for a table that is not there."""
        if self._busy and name != self._busy[-1]:
            self.asked[self._busy[-1]].add(name)
        table = self._tables.get(name)
        if table is None:
            return None
        if name not in self._done:
            if name in self._busy:
                circle = self._busy[self._busy.index(name) :]
                self.unsettled.update(circle if len(circle) > 1 else ())
                return Resolved(table.schema, False, ITSELF)
            self._busy.append(name)
            self.asked[name] = set()
            try:
                with bounded(STEPS):
                    self._done[name] = self._resolve(table)
            except TooMuch:
                self._done[name] = Resolved(table.schema, False, TOO_MUCH)
            finally:
                self._busy.pop()
        return self._done[name]

    def shape_of(self, name: str) -> Shape | None:
        """The columns of a table, None where they are not known."""
        found = self.resolved(name)
        if found is None or found.shape is None:
            twin = self._twin_of(name)
            return self.shape_of(twin) if twin and twin != name else None
        return found.shape

    def problems_of(self, name: str) -> tuple[str, ...]:
        """Why not all of a table's SQL was read."""
        table = self._tables.get(name)
        return table.reading.problems if table is not None and table.reading is not None else ()

    def rows_of(self, name: str) -> Rows | None:
        """What a row of a table is, by its own SQL."""
        table = self._tables.get(name)
        return table.reading.rows if table is not None and table.reading is not None else None

    def _lineage(self, whole: Relation, table: TableText) -> Lineage:
        return lineage_of(_with_rest(whole, table.schema), table.name, self.shape_of)

    def _resolve(self, table: TableText) -> Resolved:
        if table.reading is None:
            return Resolved(table.schema, False)
        reading = table.reading
        routines = {**self._routines, **{routine_key(each.name): each for each in reading.routines}}
        resolver = Resolver(table.name.split(".", 1)[0], self.shape_of, routines)
        relations: list[Relation] = []
        reason = ""
        for query in (*reading.outputs, *reading.others):
            try:
                found = resolver.query(query)
            except RecursionError:
                reason = "it nests too deeply"
                self.unsettled.add(table.name)
                continue
            relations += [found] if _is_output(query, reading) else []
        whole = _together(relations)
        reason = reason or (whole.reason if whole is not None else (reading.problems or (NO_QUERY,))[0])
        known = whole is not None and not reason
        shape = _columns(table, whole if known else None)
        if shape is not None and shape is not table.schema and not is_bounded(shape, MOST_COLUMNS):
            raise TooMuch
        return Resolved(
            shape=shape,
            from_sql=known and (table.is_view or table.schema is None),
            reason=reason,
            reads=tuple(name for name in resolver.reads if name != table.name),
            complete=bool(relations) and not reading.problems,
            used=frozenset(resolver.used),
            events=tuple(resolver.events),
            lineage=self._lineage(whole, table) if whole is not None else NO_LINEAGE,
        )


def _is_output(query: Query, reading: Reading) -> bool:
    return any(query is each for each in reading.outputs)


def _together(relations: list[Relation]) -> Relation | None:
    """The branches of a template: the columns of the ordinary run, made of what any run takes."""
    if not relations:
        return None
    first, *others = relations
    columns = dict(first.columns)
    for other in others:
        for key, (name, made) in columns.items():
            if key in other.columns:
                columns[key] = (name, merged(made, other.columns[key][1]))
            elif not other.known:
                columns[key] = (name, doubted(made))
    return replace(first, columns=columns)


def _with_rest(found: Relation, schema: Shape | None) -> Relation:
    """What stars over what is not known give, by the names that the own schema has: for lineage only."""
    if schema is None:
        return found
    return replace(found, columns=named_by(schema, found.columns, found.column, found.rest))


def _columns(table: TableText, found: Relation | None) -> Shape | None:
    """A view has the columns that its SQL gives, a table those of its schema; each helps the other out."""
    schema = table.schema
    if found is None or (schema is not None and not table.is_view):
        return schema
    if schema is not None and list(schema.fields) == list(found.columns):
        return schema
    root = Shape(fields={})
    for key, (name, made) in found.columns.items():
        known = schema.fields.get(key) if schema is not None else None
        root.fields[key] = known if known is not None and known.type else to_shape(name, made)
    return root
