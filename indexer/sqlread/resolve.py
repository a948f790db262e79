"""A reduced query and the columns beneath it to its own columns, with the columns they are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

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
    Output,
    Path,
    Query,
    Routine,
    Select,
    Star,
    Struct,
    Union,
    Value,
)
from indexer.sqlread.scope import Cte, Scope
from indexer.sqlread.sources import add_source
from indexer.sqlread.types import common_type
from indexer.sqlread.values import (
    BUDGET,
    NOWHERE,
    Made,
    Origin,
    Relation,
    Shape,
    fields_of,
    merged,
    of_type,
    relation_of,
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
        return Relation(found.columns, found.reason, tables, categories | limits)

    # -------------------------------------------------------------- outputs

    def _outputs(self, query: Select, scope: Scope) -> Relation:
        named: list[tuple[str, Made]] = []
        nameless = 0
        for output in query.outputs:
            if isinstance(output, Star):
                columns = self._star(output, scope)
                if isinstance(columns, str):
                    for rest in query.outputs:  # what they read still counts
                        if isinstance(rest, Output):
                            named.append((rest.name, self.expression(rest.value, scope)))
                    return Relation({}, columns, guess=scope.only_guess())
                named += columns
            else:
                made = self.expression(output.value, scope)
                if not output.name:
                    name = f"f{nameless}_"
                    nameless += 1
                named.append((output.name or name, made))
        if query.row == "value" and len(named) == 1:
            fields = fields_of(named[0][1])
            if fields is not None:
                return Relation(dict(fields))
        return relation_of(named)

    def _star(self, star: Star, scope: Scope) -> list[tuple[str, Made]] | str:
        """The columns of a star, or the reason why they are not known."""
        if star.of is None:
            columns = scope.all_columns()
        elif (
            isinstance(star.of, Path)
            and len(star.of.parts) == 1
            and (own := scope.of_alias(star.of.parts[0]))
        ):
            columns = own
        else:
            made = self.expression(star.of, scope)
            fields = fields_of(made)
            columns = list(fields.values()) if fields is not None else "a star of a value of unknown type"
        if isinstance(columns, str):
            for replaced in star.replace:
                self.expression(replaced.value, scope)
            return columns
        left_out = {name.lower() for name in star.leave_out}
        replaced_by = {each.name.lower(): self.expression(each.value, scope) for each in star.replace}
        return [
            (name, replaced_by.get(name.lower(), made))
            for name, made in columns
            if name.lower() not in left_out
        ]

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
            found = _united(found, self.query(each.right, scope), each.by_name)
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
            return self.expression(node.element, scope).array()
        if isinstance(node, Element):
            made = self.expression(node.array, scope)
            return (made.element() if made.repeated or not made.type else made).changed()
        if isinstance(node, Field):
            found = self.expression(node.of, scope).child(node.name)
            return found or Made()
        return self._nested(node, scope)

    def _path(self, path: Path, scope: Scope) -> Made:
        found = scope.find(path.parts)
        if found is None:
            return Made()
        if found.extends:
            self.used |= found.origins
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
        inner.values = dict(zip((name.lower() for name in routine.parameters), arguments, strict=False))
        self._depth += 1
        try:
            made = self.expression(routine.body, inner)
        finally:
            self._depth -= 1
        return made if made.all_origins() or not origins else made.changed(origins)

    def _nested(self, node: Nested, scope: Scope) -> Made:
        found = self.query(node.query, scope)
        if node.mode == "test":
            return Made("BOOLEAN", origins=_of_all(found))
        select = node.query
        while isinstance(select, Union):
            select = select.left
        if select.row == "struct":
            made = found.row()
        else:
            made = next((value for _, value in found.columns.values()), Made())
            if select.row == "value" and len(found.columns) > 1:
                made = found.row()
        if node.mode == "array":
            return made.array()
        return made.changed()


def _of_all(relation: Relation) -> frozenset[Origin]:
    return NOWHERE.union(*(made.all_origins() for _, made in relation.columns.values()))


def routine_key(name: str) -> str:
    """A routine's name as it is looked up: `mozfun.norm.os`, and `norm.os` of the same project, are one."""
    parts = name.replace("`", "").lower().split(".")
    return ".".join(parts[-2:])


def _united(left: Relation, right: Relation, by_name: str) -> Relation:
    tables, categories = left.tables | right.tables, left.categories | right.categories
    if not left.known or not right.known:
        # The left branch names the columns; an unknown right branch takes nothing from it but origins.
        reason = left.reason or (right.reason if by_name else "")
        return Relation(dict(left.columns), reason, tables, categories)
    if by_name:
        columns = dict(_by_name(left, right, by_name))
    else:
        rights = list(right.columns.values())
        columns = {
            key: (name, merged(made, rights[at][1]) if at < len(rights) else made)
            for at, (key, (name, made)) in enumerate(left.columns.items())
        }
    return Relation(columns, "", tables, categories)


def _by_name(left: Relation, right: Relation, mode: str) -> Iterator[tuple[str, tuple[str, Made]]]:
    for key, (name, made) in left.columns.items():
        other = right.columns.get(key)
        if other is not None:
            yield key, (name, merged(made, other[1]))
        elif mode != "inner":
            yield key, (name, made)
    if mode == "full":
        for key, (name, made) in right.columns.items():
            if key not in left.columns:
                yield key, (name, made)
