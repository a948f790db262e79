"""Which columns of other tables the columns of a table are made of, said once where it is plain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from indexer.sqlread.budget import BUDGET
from indexer.sqlread.relations import Relation
from indexer.sqlread.values import DOUBT, UNSURE, Made, Origin, Shape

MOST = 5_000  # columns of one table that are told apart
MOST_ORIGINS = 50  # of one column


@dataclass(frozen=True, slots=True)
class ColumnOrigins:
    """What one column is made of. `is_same`: it is one of those columns, unchanged."""

    column: str
    origins: tuple[Origin, ...]
    is_same: bool = False
    count: int = 0  # of all, where there are more than MOST_ORIGINS
    is_unsure: bool = False  # it is made of more, of which SQL does not tell the table


@dataclass(frozen=True, slots=True)
class Lineage:
    """Columns passed on under their own names, and all others.

    A column that is not in `made` is the column of the same path in each of `passed_on` that has it.
    """

    passed_on: tuple[str, ...] = ()
    made: tuple[ColumnOrigins, ...] = ()

    def of(self, column: str) -> ColumnOrigins | None:
        """What is told of this column itself."""
        return next((each for each in self.made if each.column == column), None)


class Origins:
    """Asks a lineage for one column after another."""

    def __init__(self, lineage: Lineage) -> None:
        self._passed_on = lineage.passed_on
        self._made = {each.column: each for each in lineage.made}

    def of(self, path: str) -> tuple[Origin, ...]:
        """What a column, or a field in it, is made of."""
        above = path
        while above:
            told = self._made.get(above)
            if told is not None:
                rest = path[len(above) :] if told.is_same else ""
                return tuple((table, origin + rest) for table, origin in told.origins)
            above = above.rpartition(".")[0]
        return tuple((table, path) for table in self._passed_on)


NO_LINEAGE = Lineage()


def lineage_of(relation: Relation, own: str, shape_of: Callable[[str], Shape | None]) -> Lineage:
    """The lineage of what a query gives; the table's own rows of before (`own`) are no origin."""
    found = list(_leaves(relation, own))
    columns = _Columns(shape_of)
    counted: set[str] = set()
    for path, origins, same in found if relation.known else ():
        if same:
            counted.update(table for table, other in origins if other == path and columns.has(table, path))
    passed = tuple(sorted(counted))
    made = [
        _origins(path, origins, same)
        for path, origins, same in found
        if not (same and origins and origins == {(each, path) for each in passed if columns.has(each, path)})
    ]
    return Lineage(passed, tuple(made[:MOST]))


class _Columns:
    """Which columns tables have, asked for one path after another."""

    def __init__(self, shape_of: Callable[[str], Shape | None]) -> None:
        self._shape_of = shape_of
        self._shapes: dict[str, Shape | None] = {}

    def has(self, table: str, path: str) -> bool:
        if table not in self._shapes:
            self._shapes[table] = self._shape_of(table)
        shape = self._shapes[table]
        for part in path.lower().split("."):
            shape = shape.fields.get(part) if shape is not None else None
        return shape is not None


def _origins(path: str, origins: frozenset[Origin], same: bool) -> ColumnOrigins:
    told = sorted(origins - DOUBT)
    return ColumnOrigins(
        column=path,
        origins=tuple(told[:MOST_ORIGINS]),
        is_same=same and bool(told),
        count=len(told) if len(told) > MOST_ORIGINS else 0,
        is_unsure=UNSURE in origins,
    )


def _leaves(relation: Relation, own: str) -> Iterator[tuple[str, frozenset[Origin], bool]]:
    """Each column as far down as the SQL takes structs apart."""
    stack: list[tuple[str, Made]] = [(name, made) for name, made in reversed(relation.columns.values())]
    while stack:
        path, made = stack.pop()
        BUDGET.spend(1 + len(made.origins))
        if made.children is not None:
            stack.extend((f"{path}.{name}", part) for name, part in reversed(made.children.values()))
            if made.rest is not None:
                yield path, frozenset(x for x in made.rest.all_origins() if x[0] != own), False
        else:
            yield path, frozenset(x for x in made.origins | made.besides if x[0] != own), made.same
