"""What the SQL of tables says, kept by the content of all that it depends on.

What a table is resolved to depends on its own text and columns, and on what those tables are resolved to that
it asks for on the way. So what it asked for is kept with it, and one digest over its own content and those of
what it asked for: where that is what it was, the table says what it said. Any other is resolved anew with all
that it reads, from the texts. Nothing that was kept takes part in that: what is told of a struct hangs on
whether two tables share the very same type.

Tables that ask for one another in a circle, and what stands on them, are never kept: what they are resolved
to depends on which of them is asked for first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from indexer.sqlread.model import Rows
from indexer.sqlread.values import flat
from indexer.sqlread.warehouse import Resolved, Warehouse

_ABSENT = b"absent"
_DIGEST = 32  # bytes

FlatColumn = tuple[str, str, str, str]  # path, type, mode, description


@dataclass(frozen=True, slots=True)
class Told:
    """What the SQL of a table says, without the tree of its columns."""

    own: bytes  # the digest of its own content
    asked: tuple[str, ...]  # the tables that it asked for
    whole: bytes  # the digest of all that it depends on; b"" where that is not to be told
    resolved: Resolved  # its shape is None
    columns: tuple[FlatColumn, ...]  # where they come from the SQL
    problems: tuple[str, ...]  # why not all of the SQL was read
    rows: Rows | None = None  # what a row is, where that can be told


# a warehouse, the digest of each table's own content, the names of those with SQL -> what their SQL says
Tell = Callable[[Warehouse, Mapping[str, bytes], frozenset[str]], Mapping[str, Told]]


def digest(*parts: bytes) -> bytes:
    """The digest of these parts in this order."""
    sizes = b",".join(str(len(part)).encode() for part in parts)
    return hashlib.blake2b(b"\0".join((sizes, *parts)), digest_size=_DIGEST).digest()


def tell_anew(warehouse: Warehouse, own: Mapping[str, bytes], names: frozenset[str]) -> dict[str, Told]:
    """What the SQL of the tables of these names says; `own`: the digest of each table's own content."""
    return tell(warehouse, own, names, {})


def tell(
    warehouse: Warehouse, own: Mapping[str, bytes], names: frozenset[str], known: Mapping[str, Told]
) -> dict[str, Told]:
    """The same as tell_anew(); what is still true of what is known is not resolved again."""
    digests = _Digests(own, names, known)
    found = {
        name: each
        for name, each in known.items()
        if name in names and each.whole and digests.of(name) == each.whole
    }
    for name in sorted(_with_beneath(names - found.keys(), known)):  # the usual order, whatever is known
        warehouse.resolved(name)
    fresh = {name: each for name in names - found.keys() if (each := _told(warehouse, name, own))}
    digests = _Digests(own, names, {**found, **fresh}, warehouse.unsettled)
    return found | {name: replace(each, whole=digests.of(name) or b"") for name, each in fresh.items()}


def _with_beneath(names: frozenset[str], known: Mapping[str, Told]) -> set[str]:
    """These and what they were known to ask for, however deep."""
    found: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += known[name].asked if name in known else ()
    return found


class _Digests:
    """Over all that a table depends on."""

    def __init__(
        self,
        own: Mapping[str, bytes],
        with_sql: frozenset[str],
        told: Mapping[str, Told],
        unsettled: set[str] | None = None,
    ) -> None:
        self._own = own
        self._with_sql = with_sql
        self._told = told
        self._done: dict[str, bytes | None] = dict.fromkeys(unsettled or ())

    def of(self, name: str) -> bytes | None:
        """None where it is not to be told: of a circle, or of what is not known."""
        if name not in self._done:
            self._done[name] = None  # until it is known: who comes back to it goes in a circle
            self._done[name] = self._made(name)
        return self._done[name]

    def _made(self, name: str) -> bytes | None:
        own = self._own.get(name, _ABSENT)
        if name not in self._with_sql:
            return own
        told = self._told.get(name)
        if told is None or told.own != own:
            return None
        beneath = [self.of(each) for each in told.asked]
        known = [each for each in beneath if each is not None]
        return digest(own, *known) if len(known) == len(beneath) else None


def _told(warehouse: Warehouse, name: str, own: Mapping[str, bytes]) -> Told | None:
    resolved = warehouse.resolved(name)
    if resolved is None:
        return None
    columns = tuple(flat(resolved.shape)) if resolved.from_sql and resolved.shape is not None else ()
    asked = tuple(sorted(warehouse.asked.get(name, ())))
    problems, rows = warehouse.problems_of(name), warehouse.rows_of(name)
    return Told(own[name], asked, b"", replace(resolved, shape=None), columns, problems, rows)
