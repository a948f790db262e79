"""What a measure's SQL reads: parsed, and its names looked up in the columns of its tables.

The value of a measure is made of columns; these belong to metrics and probes. A measure whose
expression names a column that its table does not have gets no query.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from indexer.model.definitions import MeasureRows
from indexer.model.literals import ValueKind
from indexer.model.replace import replace
from indexer.sqlread.model import Path, Reading, Select
from indexer.sqlread.resolve import EventUse, Resolver
from indexer.sqlread.scope import Scope
from indexer.sqlread.values import DOUBT, Made, Origin, Shape

ShapeOf = Callable[[str], Shape | None]  # project.dataset.table -> its columns, None where not known

ENROLLED = "e."  # the alias under which an experiment joins its enrolments (mozanalysis)
VALUE = "starchart_value"  # names of outputs that no expression of upstream uses
_OTHERS = ("starchart_day", "starchart_client")
_PROJECT = "moz-fx-data-shared-prod"
_NUMBERS = frozenset({"INTEGER", "FLOAT", "NUMERIC", "BIGNUMERIC"})
_OTHER = frozenset({"STRING", "DATE", "TIMESTAMP", "DATETIME", "TIME", "BYTES", "JSON", "RECORD", "INTERVAL"})


@dataclass(frozen=True, slots=True)
class MeasureReading:
    """What the SQL of a measure says."""

    reason: str = ""  # why it cannot be asked
    value: ValueKind = ""
    made_of: frozenset[Origin] = frozenset()  # columns of its value
    used: frozenset[Origin] = frozenset()  # all columns that its SQL names
    events: tuple[EventUse, ...] = ()
    reads: tuple[str, ...] = ()  # tables


@dataclass(slots=True)
class _Strict(Resolver):
    """Keeps the names that nothing has."""

    missing: list[str] = field(default_factory=list)

    def _path(self, path: Path, scope: Scope) -> Made:
        if scope.find(path.parts) is None:
            self.missing.append(".".join(path.parts))
        # Not super(): a slotted dataclass is made anew, and super() would mean the class before.
        return Resolver._path(self, path, scope)


def texts_of(expression: str, rows: MeasureRows) -> tuple[str, str]:
    """The SQL of a measure in two parts: what its queries select, and its rows, which many share."""
    selects = [f"{expression}\nAS {VALUE}"]  # a comment may end it
    selects += [
        f"{given} AS {name}" for given, name in zip((rows.day, rows.client_id), _OTHERS, strict=True) if given
    ]
    return "SELECT\n" + ",\n".join(selects), "\n".join(("SELECT 1", f"FROM {rows.source} AS {rows.alias}"))


def one_select(reading: Reading) -> Select | None:
    """The SELECT that a text is, None where it is anything else."""
    if len(reading.outputs) != 1 or reading.others or reading.problems:
        return None
    (query,) = reading.outputs
    return query if isinstance(query, Select) else None


def read_measure(
    expression: str,
    rows: MeasureRows,
    read: Callable[[str], Reading],
    shape_of: ShapeOf,
    is_sure: Callable[[str], bool],
) -> MeasureReading:
    """What a measure reads, and why it cannot be asked where that is so.

    `read` gives the reading of each of texts_of(). `is_sure` tells whether the columns of a table
    are those that it has, and not put together: over others, a name that is not among them is no
    fault.
    """
    selected, from_rows = (one_select(read(text)) for text in texts_of(expression, rows))
    if selected is None or selected.sources or from_rows is None:
        return MeasureReading(reason="Its SQL could not be read.")
    resolver = _Strict(_PROJECT, shape_of, {})
    try:
        found = resolver.query(replace(selected, sources=from_rows.sources))
    except RecursionError:
        return MeasureReading(reason="Its SQL nests too deeply.")
    value = found.column(VALUE) or Made()
    surely = all(is_sure(name) for name in resolver.reads)
    return MeasureReading(
        _why_not(_columns(resolver.missing, f"{expression} {rows.source}"), surely),
        _kind(value),
        value.all_origins() - DOUBT,
        frozenset(resolver.used),
        tuple(resolver.events),
        tuple(resolver.reads),
    )


def _columns(names: Iterable[str], sql: str) -> list[str]:
    """The names that are to be columns: no routine, which its arguments follow, and no name given here.

    GROUP BY, HAVING and ORDER BY can name what a SELECT gives.
    """
    return [
        name
        for name in dict.fromkeys(names)
        if not re.search(rf"{re.escape(name)}`?\s*\(|\bAS\s+`?{re.escape(name)}\b", sql, re.IGNORECASE)
    ]


def _why_not(missing: Iterable[str], surely: bool) -> str:
    names = list(missing)
    if any(name.startswith(ENROLLED) for name in names):
        return "It compares with enrolments, which only an experiment has."
    if not names or not surely:
        return ""
    return f"It names what its tables do not have: {', '.join(names)[:300]}."


def _kind(value: Made) -> ValueKind:
    if value.repeated or value.type in _OTHER:
        return "other"
    if value.type in ("BOOLEAN", "BOOL"):
        return "boolean"
    return "number" if value.type in _NUMBERS else ""


def short_names(origins: Iterable[Origin]) -> list[tuple[str, str]]:
    """(dataset.table, column) of columns, without their project."""
    return sorted(
        {
            (table.split(".", 1)[-1] if table.count(".") == 2 else table, path)
            for table, path in origins
            if path
        }
    )
