"""A reduced query and the columns beneath it to its own columns, with the columns they are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from indexer.sqlread.budget import BUDGET
from indexer.sqlread.elements import each_of, elements_of
from indexer.sqlread.model import (
    LIKE_ARGUMENTS,
    Array,
    Call,
    Cast,
    Element,
    EventTest,
    Expression,
    Field,
    Nested,
    Path,
    Query,
    Routine,
    Select,
    Star,
    Struct,
    Union,
    Value,
)
from indexer.sqlread.relations import Gathering, Relation, united
from indexer.sqlread.scope import Cte, Scope
from indexer.sqlread.sources import add_source
from indexer.sqlread.types import common_type
from indexer.sqlread.values import (
    DOUBT,
    NOWHERE,
    Made,
    Origin,
    Shape,
    fields_of,
    given_to,
    merged,
    of_type,
    struct_of,
)

DEPTH = 25  # of routines that call routines


@dataclass(frozen=True, slots=True)
class EventUse:
    """Events that some tables' rows are asked for."""

    test: EventTest
    tables: frozenset[str]
    categories: frozenset[str]  # that a condition beneath lets through


@dataclass(slots=True)
class Resolver:
    """Resolves the queries of one file. What it meets is gathered in the last three fields."""

    project: str
    shape_of: Callable[[str], Shape | None]  # of project.dataset.table, None where not known
    routines: Mapping[str, Routine]
    reads: dict[str, None] = field(default_factory=dict)
    used: set[Origin] = field(default_factory=set)  # columns that are named, wherever
    events: list[EventUse] = field(default_factory=list)
    _depth: int = 0

    def query(self, query: Query, outer: Scope | None = None) -> Relation:
        """The rows that a query gives."""
        if isinstance(query, Union):
            return self._union(query, outer)
        scope = Scope(outer)
        self._add_ctes(query.ctes, scope)
        for join in query.sources:
            add_source(self, scope, join)
        found = self._outputs(query, scope)
        for expression in query.used:
            self.expression(expression, scope)
        scope.ctes.clear()  # they hold the scope: without a collector of cycles they would stay for good
        return self._with_events(query, scope, found)

    def _add_ctes(self, ctes: tuple[tuple[str, Query], ...], scope: Scope) -> None:
        for name, query in ctes:
            scope.ctes[name.lower()] = Cte(query, scope)
        for name, _ in ctes:
            self.cte(scope.ctes[name.lower()])

    def cte(self, cte: Cte) -> Relation:
        """The rows of a name of WITH; one that names itself has the columns of its first part."""
        if cte.relation is None:
            if cte.busy:
                first: Query = cte.query
                while isinstance(first, Union):
                    first = first.left
                return (
                    self.query(first, cte.scope)
                    if cte.query is not first
                    else Relation({}, "it names itself")
                )
            cte.busy = True
            cte.relation = self.query(cte.query, cte.scope)
            cte.busy = False
        return cte.relation

    def _with_events(self, query: Select, scope: Scope, found: Relation) -> Relation:
        tables, categories = scope.tables(), scope.categories()
        limits = frozenset(x for test in query.events if not test.names for x in test.categories)
        for test in query.events:
            if test.names or test.methods:
                self.events.append(EventUse(test, tables, categories))
        return replace(found, tables=tables, categories=categories | limits)

    # -------------------------------------------------------------- outputs

    def _outputs(self, query: Select, scope: Scope) -> Relation:
        found = Gathering()
        nameless = 0
        for output in query.outputs:
            if isinstance(output, Star):
                found.add_rows(self._star(output, scope))
            else:
                made = self.expression(output.value, scope)
                name = output.name
                if not name:
                    name = f"f{nameless}_"
                    nameless += 1
                found.add([(name, made)])
        if query.row == "value" and found.known and len(found.named) == 1:
            fields = fields_of(found.named[0][1])
            if fields is not None:
                return Relation(dict(fields))
        return found.relation()

    def _star(self, star: Star, scope: Scope) -> Relation:
        """The columns of a star, as far as they are known."""
        if star.of is None:
            rows = scope.all_columns()
        elif (
            isinstance(star.of, Path)
            and len(star.of.parts) == 1
            and (own := scope.of_alias(star.of.parts[0]))
        ):
            rows = own
        else:
            made = self.expression(star.of, scope)
            fields = fields_of(made)
            rows = Relation(dict(fields)) if fields is not None else _rows_of(made)
        replaced = {
            each.name.lower(): (each.name, self.expression(each.value, scope)) for each in star.replace
        }
        found = Gathering()
        found.add_rows(replace(rows, columns={**rows.columns, **replaced}), map(str.lower, star.leave_out))
        return found.relation()

    def _union(self, query: Union, outer: Scope | None) -> Relation:
        scope = Scope(outer)
        self._add_ctes(query.ctes, scope)
        chain: list[Union] = []
        first: Query = query
        while isinstance(first, Union) and (first is query or not first.ctes):
            chain.append(first)
            first = first.left
        found = self.query(first, scope)
        for each in reversed(chain):
            found = united(found, self.query(each.right, scope), each.by_name)
        scope.ctes.clear()
        return found

    # -------------------------------------------------------------- values

    def expression(self, node: Expression, scope: Scope) -> Made:
        """A value with its type and origins."""
        BUDGET.spend()
        if isinstance(node, Path):
            return self._path(node, scope)
        if isinstance(node, Value):
            return self._value(node, scope)
        if isinstance(node, Cast):
            return of_type(node.type, self._origins(node.arguments, scope))
        if isinstance(node, Call):
            return self._call(node, scope)
        if isinstance(node, Struct):
            return struct_of((name, self.expression(value, scope)) for name, value in node.fields)
        if isinstance(node, Array):
            made = self.expression(node.element, scope).array()
            made.items = tuple(self.expression(each, scope) for each in elements_of(node))
            return made
        if isinstance(node, Element):
            made = self.expression(node.array, scope)
            if 0 <= node.at < len(made.items):
                return made.items[node.at].changed()
            return (made.element() if made.repeated or not made.type else made).changed()
        if isinstance(node, Field):
            found = self.expression(node.of, scope).child(node.name)
            return found or Made(origins=DOUBT)
        return self._nested(node, scope)

    def _path(self, path: Path, scope: Scope) -> Made:
        found = scope.find(path.parts)
        if found is None:  # nothing that we know of is called so: it is not told to be made of nothing
            return Made(origins=DOUBT)
        if found.extends:
            self.used |= found.origins - DOUBT
        return found

    def _origins(self, nodes: tuple[Expression, ...], scope: Scope) -> frozenset[Origin]:
        found = [self.expression(node, scope).all_origins() for node in nodes]
        return NOWHERE.union(*found) if found else NOWHERE

    def _value(self, node: Value, scope: Scope) -> Made:
        besides = self._origins(node.besides, scope)
        if node.type != LIKE_ARGUMENTS:
            return Made(node.type, node.repeated, None, self._origins(node.arguments, scope) | besides)
        values = [self.expression(each, scope) for each in node.arguments]
        if not values:
            return Made(origins=besides)
        if len(values) == 1:
            return values[0].changed(besides)
        found = values[0]
        for value in values[1:]:
            found = merged(found, value)
        if not any(value.names() for value in values):
            found.type = common_type([value.type for value in values])
        return found.changed(besides)

    def _call(self, node: Call, scope: Scope) -> Made:
        arguments = [self.expression(each, scope) for each in node.arguments]
        origins = NOWHERE.union(*(each.all_origins() for each in arguments)) if arguments else NOWHERE
        routine = self.routines.get(routine_key(node.routine))
        if routine is None:
            return Made(origins=origins)
        if routine.returns is not None:
            return of_type(routine.returns, origins)
        if routine.body is None or self._depth >= DEPTH:
            return Made(origins=origins)
        inner = Scope(None)
        given = [*map(given_to, arguments, routine.types), *arguments[len(routine.types) :]]
        inner.values = dict(zip((name.lower() for name in routine.parameters), given, strict=False))
        self._depth += 1
        try:
            made = self.expression(routine.body, inner)
        finally:
            self._depth -= 1
        return made if made.all_origins() or not origins else made.changed(origins)

    def _nested(self, node: Nested, scope: Scope) -> Made:
        found = self.query(node.query, scope)
        if node.mode == "test":
            return Made("BOOLEAN", origins=found.all_origins())
        select = node.query
        while isinstance(select, Union):
            select = select.left
        if select.row == "struct" or not found.known:
            made = found.row() if select.row == "struct" else Made(origins=DOUBT)
        else:
            made = next((value for _, value in found.columns.values()), Made())
            if select.row == "value" and len(found.columns) > 1:
                made = found.row()
        if node.mode == "array":
            made = made.array()
            made.items = tuple(self._nested(each, scope).element() for each in each_of(node))
            return made
        return made.changed()


def _rows_of(made: Made) -> Relation:
    """The fields of a value that are known, where not all are."""
    known, rest = (dict(made.children), made.rest) if made.children is not None else ({}, made)
    return Relation(known, "a star of a value of unknown type", rest=rest)


def routine_key(name: str) -> str:
    """A routine's name as it is looked up: `mozfun.norm.os`, and `norm.os` of the same project, are one."""
    parts = name.replace("`", "").lower().split(".")
    return ".".join(parts[-2:])
