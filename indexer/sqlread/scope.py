"""What names mean inside of one SELECT: its sources in their order, and those around it."""

from __future__ import annotations

from dataclasses import dataclass, field

from indexer.sqlread.model import Query
from indexer.sqlread.relations import Gathering, Relation
from indexer.sqlread.values import DOUBT, Made, merged


@dataclass(slots=True)
class Cte:
    """A name of WITH, resolved when it is first asked for."""

    query: Query
    scope: Scope
    relation: Relation | None = None
    busy: bool = False


@dataclass(slots=True)
class Named:
    """A source with its alias. `row` is what the alias means as a value."""

    alias: str
    relation: Relation
    row: Made | None = None


@dataclass(slots=True)
class Scope:
    """The names that a SELECT can use: its own sources and WITH clauses, then those around it."""

    outer: Scope | None
    ctes: dict[str, Cte] = field(default_factory=dict)
    sources: list[Named] = field(default_factory=list)
    shared: dict[str, tuple[str, Made]] = field(default_factory=dict)  # columns of USING
    values: dict[str, Made] = field(default_factory=dict)  # parameters of a routine

    def find_cte(self, name: str) -> Cte | None:
        """The query that WITH gives a name, of the nearest scope; None where none does."""
        scope: Scope | None = self
        while scope is not None:
            if name.lower() in scope.ctes:
                return scope.ctes[name.lower()]
            scope = scope.outer
        return None

    def find(self, parts: tuple[str, ...]) -> Made | None:
        """The value that a path means; None where nothing has its first name, or its type lacks a field."""
        scope: Scope | None = self
        while scope is not None:
            found = scope._find_here(parts)
            if found is not None:
                return found
            scope = scope.outer
        return None

    def _find_here(self, parts: tuple[str, ...]) -> Made | None:
        first, rest = parts[0].lower(), parts[1:]
        if first in self.values:
            return _step(self.values[first], rest)
        if rest and (found := self._by_alias(parts)) is not None:
            return found
        if first in self.shared:
            return _step(self.shared[first][1], rest)
        unknown: list[Relation] = []
        for named in self.sources:
            if first in named.relation.columns:
                return _step(named.relation.columns[first][1], rest)
            if not named.relation.known:
                unknown.append(named.relation)
        for named in self.sources:
            if named.alias.lower() == first:
                return _step(named.row or named.relation.row(), rest)
        if len(unknown) == 1 and not self._may_be_of_outer(first):
            # it must be a column of the only source whose columns are not known
            made = unknown[0].column(parts[0])
            return _step(made, rest) if made is not None else None
        return Made(origins=DOUBT) if unknown else None

    def _may_be_of_outer(self, first: str) -> bool:
        """Whether a name that nothing here surely has can mean something of the queries around this one."""
        scope = self.outer
        while scope is not None:
            if first in scope.values or first in scope.shared:
                return True
            for named in scope.sources:
                rows = named.relation
                if first in rows.columns or not rows.known or named.alias.lower() == first:
                    return True
            scope = scope.outer
        return False

    def _by_alias(self, parts: tuple[str, ...]) -> Made | None:
        """alias.column…, or project.dataset.table.column written out."""
        for named in self.sources:
            if named.alias.lower() == parts[0].lower():
                if named.row is not None:
                    return _step(named.row, parts[1:])
                made = named.relation.column(parts[1])
                return _step(made, parts[2:]) if made is not None else None
        return None

    def without_sources(self) -> Scope:
        """What a query in FROM sees: not the sources beside it."""
        return Scope(self.outer, self.ctes, values=self.values)

    def of_alias(self, alias: str) -> Relation | None:
        """The rows of one source, None where none is called so."""
        found = (named.relation for named in self.sources if named.alias.lower() == alias.lower())
        return next(found, None)

    def all_columns(self) -> Relation:
        """The columns of `*`: those of USING once and first, then each source's."""
        found = Gathering()
        found.add(self.shared.values())
        for named in self.sources:
            found.add_rows(named.relation, self.shared)
        return found.relation()

    def share(self, name: str, right: Relation, side: str) -> None:
        """A column of USING: the one of the left, of the right, or of both, as the join goes."""
        mine = self.shared.get(name.lower())
        if mine is None:
            left = self._left_of(name)
            mine = (name, left) if left is not None else None
        other = right.column(name)
        if mine is None or other is None:
            return
        made = other if side == "RIGHT" else merged(mine[1], other) if side == "FULL" else mine[1]
        self.shared[name.lower()] = (mine[0], made)

    def _left_of(self, name: str) -> Made | None:
        """The column that USING names, in the sources before the last."""
        lefts = [x.relation for x in self.sources[:-1]]
        having = [rows for rows in lefts if name.lower() in rows.columns]
        unknown = [rows for rows in lefts if not rows.known]
        if having or len(unknown) == 1:
            return (having or unknown)[0].column(name)
        return Made(origins=DOUBT) if unknown else None

    def tables(self) -> frozenset[str]:
        """All tables that its sources read, those behind views and sub-queries too."""
        return frozenset().union(*(named.relation.tables for named in self.sources))

    def categories(self) -> frozenset[str]:
        """The categories of events to which its sources are narrowed."""
        return frozenset().union(*(named.relation.categories for named in self.sources))


def _step(made: Made, rest: tuple[str, ...]) -> Made | None:
    found: Made | None = made
    for name in rest:
        if found is None:
            return None
        found = found.child(name)
    return found
