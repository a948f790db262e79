"""Rows while they are being resolved: the columns that are known, and where further ones come from.

A star over a table whose columns nobody published leaves the columns of a query unknown. Those that
the query names beside it are known all the same, and are made of what its SQL says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from indexer.sqlread.values import DOUBT, Made, Origin, Shape, column_of, doubted, merged, unknown_row


@dataclass(slots=True, eq=False)
class Relation:
    """Rows with columns.

    `reason` says why not all columns are known; `columns` are then those that are named. A further
    one is a field of `rest`; where that is None, nothing tells of what table it is a column.
    """

    columns: dict[str, tuple[str, Made]] = field(default_factory=dict)  # by name in lower case
    reason: str = ""
    tables: frozenset[str] = frozenset()  # read beneath it
    categories: frozenset[str] = frozenset()  # of events, that a condition beneath it lets through
    rest: Made | None = None
    first: int = 0  # so many columns stand before the first unknown one: their place is known too
    twice: frozenset[str] = frozenset()  # names that two columns have, in lower case: the first stands

    @property
    def known(self) -> bool:
        """Whether all columns are known; where not, `reason` says why."""
        return not self.reason

    @property
    def placed(self) -> int:
        """How many columns, from the first on, stand where they stand in `columns`."""
        return len(self.columns) if self.known else self.first

    def column(self, name: str) -> Made | None:
        """The column of a name; None where there surely is none."""
        found = self.columns.get(name.lower())
        if found:
            return found[1]
        if self.known:
            return None
        further = self.rest.child(name) if self.rest is not None else None
        return further if further is not None else Made(origins=DOUBT)

    def row(self) -> Made:
        """A whole row as a struct."""
        if self.known:
            return Made("RECORD", children=dict(self.columns))
        if self.rest is None:
            return Made(origins=DOUBT)
        if not self.columns:
            return replace(self.rest, same=False)
        return Made(children=dict(self.columns), rest=self.rest)

    def all_origins(self) -> frozenset[Origin]:
        """Of all columns."""
        found = [made.all_origins() for _, made in self.columns.values()]
        return frozenset().union(*found, () if self.known else self.row().all_origins())


class Gathering:
    """The columns of a SELECT in their order, with stars among them whose columns are not known."""

    def __init__(self) -> None:
        self.named: list[tuple[str, Made]] = []
        self._reason = ""
        self._first = 0
        self._rests: list[Made | None] = []
        self._twice: frozenset[str] = frozenset()

    @property
    def known(self) -> bool:
        """Whether all columns are known so far; after a star that is not, only some are."""
        return not self._reason

    def add(self, columns: Iterable[tuple[str, Made]]) -> None:
        """Columns that are written out, as (name as spelt, value), behind those that are there."""
        self.named += columns

    def add_rows(self, rows: Relation, besides: Iterable[str] = ()) -> None:
        """The columns of other rows, without those of some names (in lower case)."""
        taken = frozenset(besides)
        if not rows.known:
            if self.known:
                before = sum(key not in taken for key in list(rows.columns)[: rows.placed])
                self._reason, self._first = rows.reason, len(self.named) + before
            self._rests.append(rows.rest)
        self.add(value for key, value in rows.columns.items() if key not in taken)
        if rows.twice:
            self._twice |= rows.twice - taken

    def relation(self) -> Relation:
        """The rows that were gathered, with the reason where not all of their columns are known."""
        found = relation_of(self.named)
        if self._twice:
            found.twice |= self._twice
        if self.known:
            return found
        rest = self._rests[0] if len(self._rests) == 1 else None
        return Relation(found.columns, self._reason, rest=rest, first=self._first)


def relation_of(named: Iterable[tuple[str, Made]], tables: frozenset[str] = frozenset()) -> Relation:
    """Rows of these columns; of two of one name the first stands."""
    columns: dict[str, tuple[str, Made]] = {}
    twice: set[str] = set()
    for name, made in named:
        key = name.lower()
        if key in columns:
            twice.add(key)
        else:
            columns[key] = (name, made)
    return Relation(columns, "", tables, twice=frozenset(twice))


def table_relation(table: str, shape: Shape | None, reason: str) -> Relation:
    """The rows of a table."""
    if shape is None or not shape.fields:
        return Relation({}, reason, frozenset((table,)), rest=unknown_row(table))
    found = relation_of((each.name, column_of(table, each)) for each in shape.fields.values())
    return Relation(found.columns, "", frozenset((table,)))


def united(left: Relation, right: Relation, by_name: str) -> Relation:
    """The rows of both: columns by place and named by the left, or by name."""
    tables, categories = left.tables | right.tables, left.categories | right.categories
    if by_name:
        columns = dict(_by_name(left, right, by_name))
        return Relation(columns, left.reason or right.reason, tables, categories)
    rights = list(right.columns.values())
    placed = min(left.placed, right.placed)
    columns = {}
    for at, (key, (name, made)) in enumerate(left.columns.items()):
        if at < placed:
            made = merged(made, rights[at][1])
        elif not (left.known and right.known):
            made = doubted(made)
        columns[key] = (name, made)
    # The left branch names the columns: an unknown right branch takes nothing from it but origins.
    rest = doubted(left.rest) if left.rest is not None else None
    return Relation(columns, left.reason, tables, categories, rest, left.first)


def _by_name(left: Relation, right: Relation, mode: str) -> Iterator[tuple[str, tuple[str, Made]]]:
    for key, (name, made) in left.columns.items():
        other = right.columns.get(key)
        if other is not None:
            yield key, (name, merged(made, other[1]))
        elif mode != "inner":
            yield key, (name, made if right.known else doubted(made))
    if mode == "full":
        for key, (name, made) in right.columns.items():
            if key not in left.columns:
                yield key, (name, made if left.known else doubted(made))
