"""SQL reduced to what decides columns, reads and lineage: the result of parsing, kept as JSON.

A path such as `a.b.c` stays a list of names: whether `a` is an alias, a table or a column is
known only with the schemas (resolve.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class DataType:
    """A BigQuery type in its legacy name (INTEGER, RECORD, …); "" where it is not known."""

    name: str = ""
    repeated: bool = False
    fields: tuple[tuple[str, DataType], ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """A name with dots: of a column, a field in it, or a source."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """A value that is made of others. `type` as known; "" is unknown, LIKE_ARGUMENTS the arguments' own."""

    type: str = ""
    arguments: tuple[Expression, ...] = ()
    repeated: bool = False
    besides: tuple[Expression, ...] = ()  # what decides it but not its type: the conditions of a CASE


LIKE_ARGUMENTS = "~"


@dataclass(frozen=True, slots=True)
class Cast:
    """A value of a type that is written out: CAST, a typed constructor, a function with RETURNS."""

    type: DataType
    arguments: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a routine that is defined elsewhere: mozfun.norm.os, udf.safe_sample_id."""

    routine: str
    arguments: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Struct:
    """STRUCT(…): fields by name, "" for one without."""

    fields: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class Array:
    """An array of values like this one. `several`: it is written out, and `element` is like all of them."""

    element: Expression
    several: bool = False


@dataclass(frozen=True, slots=True)
class Element:
    """One element of an array: `a[OFFSET(0)]`."""

    array: Expression
    at: int = -1  # its place, counted from 0; -1 where it is not written out


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a value that is no plain path: `f(x).major`."""

    of: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Nested:
    """A query as a value: "scalar", "array" (ARRAY(SELECT …)) or "test" (EXISTS, IN)."""

    query: Query
    mode: str


Expression: TypeAlias = "Path | Value | Cast | Call | Struct | Array | Element | Field | Nested"


@dataclass(frozen=True, slots=True)
class Output:
    """A column of a SELECT; `name` is "" where it has none."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Star:
    """`*`, `t.*` or `value.*`, with EXCEPT and REPLACE."""

    of: Expression | None = None
    leave_out: tuple[str, ...] = ()
    replace: tuple[Output, ...] = ()


@dataclass(frozen=True, slots=True)
class TableSource:
    """A table, a view, a name of WITH or an array of a source before it: only resolving tells."""

    parts: tuple[str, ...]
    alias: str = ""


@dataclass(frozen=True, slots=True)
class QuerySource:
    """A query in FROM, with its alias."""

    query: Query
    alias: str = ""


@dataclass(frozen=True, slots=True)
class UnnestSource:
    """UNNEST of an array: a row for each of its elements."""

    array: Expression
    alias: str = ""
    offset: str = ""  # the column of WITH OFFSET


@dataclass(frozen=True, slots=True)
class UnknownSource:
    """A source whose columns SQL does not tell: a table function, EXTERNAL_QUERY, ML.PREDICT."""

    reason: str
    alias: str = ""
    reads: tuple[Query, ...] = ()


@dataclass(frozen=True, slots=True)
class Pivot:
    """PIVOT of a source: each aggregate for each value."""

    source: Source
    aggregates: tuple[Output, ...]
    column: Path
    names: tuple[str, ...]  # of the values
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Unpivot:
    """UNPIVOT of a source: columns become rows. `columns`: for each value column what it is made of."""

    source: Source
    values: tuple[str, ...]
    name_column: str
    columns: tuple[tuple[Path, ...], ...]
    alias: str = ""


Source: TypeAlias = "TableSource | QuerySource | UnnestSource | UnknownSource | Pivot | Unpivot"


@dataclass(frozen=True, slots=True)
class Join:
    """A source in FROM, and by which columns of both sides it is joined (USING)."""

    source: Source
    using: tuple[str, ...] = ()
    side: str = ""  # LEFT, RIGHT, FULL


@dataclass(frozen=True, slots=True)
class EventTest:
    """Events that a condition asks for by literals.

    `names` are names of events within one of `categories`; with no categories they are whole
    names (`category.name`), or names whose category is asked for elsewhere.
    """

    categories: tuple[str, ...]
    names: tuple[str, ...]
    methods: tuple[str, ...] = ()  # of legacy events
    objects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Select:
    """One SELECT: what it gives, what it reads, and what its conditions use."""

    outputs: tuple[Output | Star, ...]
    sources: tuple[Join, ...] = ()
    ctes: tuple[tuple[str, Query], ...] = ()
    used: tuple[Expression, ...] = ()  # in WHERE, ON, GROUP BY, HAVING, QUALIFY, ORDER BY
    row: str = ""  # "struct" or "value" for SELECT AS
    events: tuple[EventTest, ...] = ()
    row_by_row: bool = False  # each row that it gives is one row of what its sources give


@dataclass(frozen=True, slots=True)
class Union:
    """UNION, EXCEPT or INTERSECT: columns by place, or by name."""

    left: Query
    right: Query
    by_name: str = ""  # "", "left" (BY NAME), "full", "inner"
    ctes: tuple[tuple[str, Query], ...] = ()


Query: TypeAlias = "Select | Union"


@dataclass(frozen=True, slots=True)
class Routine:
    """A SQL function: what it gives is written out, or is what its body gives."""

    name: str
    parameters: tuple[str, ...] = ()
    returns: DataType | None = None
    body: Expression | None = None
    types: tuple[DataType, ...] = ()  # of its parameters


@dataclass(frozen=True, slots=True)
class Rows:
    """What a row of a query is (groups.py): a group, or a row that it passes on of one of `tables`.

    `columns` say of each name its role in groups, or the column of the tables; "" where it is of several.
    """

    columns: tuple[tuple[str, str], ...] = ()
    tables: tuple[tuple[str, ...], ...] = ()
    star: bool = False  # beside `columns`, all of the tables
    apart: bool = False  # nothing of it adds up


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file of SQL holds: the queries that make the table, and those that are only run."""

    outputs: tuple[Query, ...] = ()  # the last SELECT; one more for each other branch of its Jinja
    others: tuple[Query, ...] = ()  # further statements: what they read counts
    routines: tuple[Routine, ...] = ()  # that it defines itself
    problems: tuple[str, ...] = ()  # reasons for what was left
    rows: Rows | None = None  # what a row is, where that can be told


_TYPES: Mapping[str, type] = {
    each.__name__: each
    for each in (
        DataType, Path, Value, Cast, Call, Struct, Array, Element, Field, Nested, Output, Star, TableSource,
        QuerySource, UnnestSource, UnknownSource, Pivot, Unpivot, Join, EventTest, Select, Union, Routine,
        Rows, Reading,
    )
}  # fmt: skip
_FIELDS = {each: tuple(part.name for part in fields(each)) for each in _TYPES.values()}


def to_json(reading: Reading) -> str:
    """A reading as text."""
    return json.dumps(_encoded(reading), separators=(",", ":"), ensure_ascii=False)


def from_json(text: str) -> Reading:
    """The reading of such a text. Raises ValueError where it is none."""
    try:
        found = _decoded(json.loads(text))
    except (KeyError, TypeError, IndexError, RecursionError) as error:
        raise ValueError(f"not a reading: {error}") from error
    if not isinstance(found, Reading):
        raise ValueError("not a reading")
    return found


def _encoded(node: Any) -> Any:
    if isinstance(node, tuple):
        return [0, *map(_encoded, node)]
    if node is None or isinstance(node, str | bool | int):
        return node
    kind = type(node)
    return [kind.__name__, *(_encoded(getattr(node, name)) for name in _FIELDS[kind])]


def _decoded(node: list[Any]) -> Any:
    head = node[0]
    rest = [_decoded(each) if type(each) is list else each for each in node[1:]]
    return tuple(rest) if head == 0 else _TYPES[head](*rest)
