"""A table's schema as a tree that opens one branch at a time, and as a list that can be searched.

The largest schema has 13,395 columns: a page shows the top level and the branch down to
one column, so that each place in it is an address and no page is heavy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indexer.model.table_records import Column

CHILDREN_SHOWN = 100  # of the deepest open column, a page
MATCHES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the tree."""

    column: Column
    name: str  # last segment of the path
    depth: int
    children: int
    open: bool
    target: bool


@dataclass(frozen=True, slots=True)
class SchemaView:
    """What the schema section shows; `matches` counts what a search in it found."""

    rows: tuple[Row, ...]
    target: Column | None
    total: int
    matches: int | None
    part: int
    parts: int
    flat: bool


class SchemaTree:
    """Children by parent path; columns keep upstream's order."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = tuple(columns)
        self.by_path = {column.path: column for column in self.columns}
        self.children: dict[str, list[Column]] = {}
        for column in self.by_path.values():
            self.children.setdefault(self._parent(column.path), []).append(column)

    def view(self, path: str = "", part: int = 1) -> SchemaView:
        """The top level with the branch down to `path` open; a path that is not there opens nothing."""
        target = self.by_path.get(path)
        ancestors = self._ancestors(path) if target else ()
        rows: list[Row] = []
        last = ancestors[-1] if ancestors and self.children.get(ancestors[-1]) else ""
        if target and not self.children.get(path):
            last = self._parent(path)
        parts = max(1, -(-len(self.children.get(last, ())) // CHILDREN_SHOWN))
        part = self._part_of(path, last, parts, part)
        self._grow(rows, "", 0, frozenset(ancestors), path, (last, part))
        return SchemaView(tuple(rows), target, len(self.columns), None, part, parts, flat=False)

    def find(self, words: str, part: int = 1) -> SchemaView:
        """Columns whose path or description holds all words, as a flat list."""
        wanted = words.lower().split()
        found = [
            column
            for column in self.columns
            if all(word in column.path.lower() or word in column.description.lower() for word in wanted)
        ]
        parts = max(1, -(-len(found) // MATCHES_SHOWN))
        part = min(part, parts)
        shown = found[(part - 1) * MATCHES_SHOWN : part * MATCHES_SHOWN]
        rows = tuple(Row(c, c.path, 0, len(self.children.get(c.path, ())), False, False) for c in shown)
        return SchemaView(rows, None, len(self.columns), len(found), part, parts, flat=True)

    def _parent(self, path: str) -> str:
        parent = path.rpartition(".")[0]
        while parent and parent not in self.by_path:
            parent = parent.rpartition(".")[0]
        return parent

    def _ancestors(self, path: str) -> tuple[str, ...]:
        found = []
        while path:
            found.append(path)
            path = self._parent(path)
        return tuple(reversed(found))

    def _part_of(self, path: str, last: str, parts: int, part: int) -> int:
        """The part that was asked for; a leaf asked for alone brings the part that it is in."""
        siblings = self.children.get(last, ())
        if parts > 1 and part == 1 and path in self.by_path and self._parent(path) == last and path != last:
            at = next((i for i, column in enumerate(siblings) if column.path == path), 0)
            return at // CHILDREN_SHOWN + 1
        return min(part, parts)

    def _grow(
        self,
        rows: list[Row],
        parent: str,
        depth: int,
        opened: frozenset[str],
        target: str,
        cut: tuple[str, int],
    ) -> None:
        children = self.children.get(parent, [])
        if parent == cut[0]:
            children = children[(cut[1] - 1) * CHILDREN_SHOWN : cut[1] * CHILDREN_SHOWN]
        elif len(children) > CHILDREN_SHOWN:
            children = [child for child in children if child.path in opened]
        for child in children:
            count = len(self.children.get(child.path, ()))
            name = child.path[len(parent) + 1 :] if parent else child.path
            is_open = child.path in opened and count > 0
            rows.append(Row(child, name, depth, count, is_open, child.path == target))
            if is_open:
                self._grow(rows, child.path, depth + 1, opened, target, cut)
