"""What the SQL of tables says, kept from build to build in a file (told.py says when it is still true)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from indexer.runtime.kept import ENOUGH, program_digest, read_kept, write_kept
from indexer.sqlread.kept.told import Told, tell
from indexer.sqlread.lineage import ColumnOrigins, Lineage
from indexer.sqlread.model import EventTest, Rows
from indexer.sqlread.resolve import EventUse
from indexer.sqlread.warehouse import Resolved, Warehouse

FILE = "tables"


class KeptTables:
    """Tells what SQL says by what lies in a file, and keeps what the last build was told."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def tell(
        self, warehouse: Warehouse, own: Mapping[str, bytes], names: frozenset[str]
    ) -> Mapping[str, Told]:
        """The same as tell_anew()."""
        known = dict(_read(self._path))
        told = tell(warehouse, own, names, known)
        fresh = sum(known.get(name) is not each for name, each in told.items())
        if fresh > ENOUGH * len(told):
            write_kept(self._path, _program(), list(map(_plain, told.items())))
        return told


def _plain(named: tuple[str, Told]) -> tuple[object, ...]:
    name, told = named
    said = told.resolved
    made = [(x.column, x.origins, x.is_same, x.count, x.is_unsure) for x in said.lineage.made]
    events = [
        ((x.test.categories, x.test.names, x.test.methods, x.test.objects), x.tables, x.categories)
        for x in said.events
    ]
    rows = (x.columns, x.tables, x.star, x.apart) if (x := told.rows) else None
    own = (told.own, told.asked, told.whole, told.columns, told.problems, rows)
    kept = (said.from_sql, said.reason, said.reads, said.complete, said.used)
    return (name, own, kept, events, said.lineage.passed_on, made)


def _read(path: Path) -> Iterator[tuple[str, Told]]:
    for name, own, kept, events, passed_on, made in read_kept(path, _program()) or ():
        uses = tuple(EventUse(EventTest(*test), tables, categories) for test, tables, categories in events)
        lineage = Lineage(passed_on, tuple(ColumnOrigins(*each) for each in made))
        from_sql, reason, reads, complete, used = kept
        resolved = Resolved(None, from_sql, reason, reads, complete, used, uses, lineage)
        digest, asked, whole, columns, problems, rows = own
        yield name, Told(digest, asked, whole, resolved, columns, problems, Rows(*rows) if rows else None)


@cache
def _program() -> bytes:
    """All that decides what SQL says, beside the SQL."""
    here = Path(__file__).parents[1]
    asking = (here.parent / "catalogue" / name for name in ("schemas.py", "sql_columns.py"))
    return program_digest([*here.rglob("*.py"), *asking], "sqlglot")
