"""A checker of generated SQL: every path in it, down to its leaf, against the columns of its tables.

sqlglot parses the text in BigQuery's dialect, but does not look into structs. Here each
FROM item gets a shape (a table, a common table expression, or the element of an UNNEST),
and each dotted path is walked segment by segment through it, to a plain value of a fitting
type. What is not known is refused: a table without columns, a segment that is not there, a
routine of mozfun that we did not read, a key of a JSON column that upstream does not define;
and a GROUP BY that leaves out an output, or whose name means a column of the table instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp

from indexer.model.table_records import Column
from search_app.sql.builder.breakdowns import BREAKDOWNS
from search_app.sql.source import CLIENT_COLUMNS


class UnknownPath(ValueError):
    """The query names something that the schema does not have."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a path stands for."""

    fields: dict[str, Shape] = field(default_factory=dict)  # of a struct, folded to lower case
    repeated: bool = False
    json: bool = False
    type: str = ""  # of a plain value, where it is known

    def element(self) -> Shape:
        return Shape(self.fields, False, self.json, self.type)

    @property
    def plain(self) -> bool:
        """Whether it is one value: no struct, no array, no JSON."""
        return not (self.fields or self.repeated or self.json)


LEAF = "leaf_of_the_column"
STATEMENTS_KEPT = 5_000  # parsed queries, some 50 KB each: of the whole catalogue they took gigabytes
VALUE = Shape()
NUMBERS = frozenset({"INTEGER", "INT64", "FLOAT", "FLOAT64", "NUMERIC", "BIGNUMERIC"})
BOOLEANS = frozenset({"BOOLEAN", "BOOL"})
STRINGS = frozenset({"STRING"})
DATES = frozenset({"TIMESTAMP", "DATETIME", "DATE"})
# columns that any query may split or count by
SPLITS = frozenset(
    {*CLIENT_COLUMNS, "normalized_channel", *(column for each in BREAKDOWNS for column in each.columns)}
)
ARGUMENTS = {  # function -> types that its first argument may have
    exp.Sum: NUMBERS, exp.Avg: NUMBERS, exp.ApproxQuantiles: NUMBERS, exp.CountIf: BOOLEANS,
    exp.Length: STRINGS, exp.Substring: STRINGS, exp.Date: DATES, exp.TsOrDsToDate: DATES,
}  # fmt: skip
KEY_VALUE = Shape({"key": VALUE, "value": VALUE}, repeated=True)
# mozfun routines, read in bigquery-etl (sql/mozfun/*/udf.sql): what they give back
ROUTINES = {
    "mozfun.glam.percentile": VALUE,
    "mozfun.map.get_key": VALUE,
    "mozfun.hist.percentiles": Shape({"percentile": VALUE, "value": VALUE}, repeated=True),
    "mozfun.hist.extract": Shape(
        {
            "bucket_count": VALUE,
            "histogram_type": VALUE,
            "sum": VALUE,
            "range": Shape(repeated=True),
            "values": KEY_VALUE,
        }
    ),
}


def table_shape(columns: Sequence[Column]) -> Shape:
    """The columns of a table as a tree."""
    root = Shape()
    for column in sorted(columns, key=lambda c: c.path.count(".")):
        *parents, leaf = column.path.lower().split(".")
        holder = root
        for parent in parents:  # a schema that leaves a parent out means a plain struct
            holder = holder.fields.setdefault(parent, Shape())
        holder.fields[leaf] = Shape({}, column.mode == "REPEATED", column.type == "JSON", column.type)
    return root


class Checker:
    """Checks queries over one catalogue; a table's tree is made once."""

    def __init__(self, columns_of: Callable[[str], Sequence[Column]]) -> None:
        self._columns_of = columns_of
        self._shapes: dict[str, Shape] = {}
        self._statements: dict[str, exp.Expression] = {}

    def check(self, sql: str, json_keys: Collection[str] = (), about: str = "") -> int:
        """How many paths were walked. Raises UnknownPath, or sqlglot's ParseError.

        `about` is the column that the query must read: a path to its neighbours is refused.
        """
        leaf = about.rpartition(".")[2]
        statement = self._parsed(_skeleton(sql, leaf))
        if not isinstance(statement, exp.Select):
            raise UnknownPath(f"not a SELECT: {sql[:80]}")
        walk = _Walk(self._table, frozenset(json_keys), about.lower().split(".") if about else [])
        walk.leaf = leaf
        walk.select(statement, {})
        if not walk.reads_what_is_asked:
            raise UnknownPath(f"{about} is not read at all")
        return walk.walked

    def _parsed(self, sql: str) -> exp.Expression:
        if sql not in self._statements:
            if len(self._statements) >= STATEMENTS_KEPT:
                self._statements.clear()
            self._statements[sql] = sqlglot.parse_one(sql, dialect="bigquery")
        return self._statements[sql]

    def _table(self, name: str) -> Shape:
        if name not in self._shapes:
            short = name.removeprefix("mozdata.")
            columns = self._columns_of(short)
            if not columns:
                raise UnknownPath(f"no columns are known of {short}")
            self._shapes[name] = table_shape(columns)
        return self._shapes[name]


class _Walk:
    """One query."""

    def __init__(self, table: Callable[[str], Shape], json_keys: frozenset[str], about: list[str]) -> None:
        self._table = table
        self._json_keys = json_keys
        self._about = about
        self.reads_what_is_asked = not about
        self._origins: dict[str, list[str]] = {}  # alias of a table or of an array in it -> path of that
        self._unnesting = False
        self.walked = 0
        self.leaf = ""  # what LEAF stands for

    def select(self, query: exp.Select, outer: dict[str, Shape]) -> Shape:
        """The output columns of a SELECT as a shape, everything in it checked."""
        tables = dict(outer)
        with_ = query.args.get("with_") or query.args.get("with")
        for cte in with_.expressions if with_ else ():
            tables[cte.alias.lower()] = self.select(cte.this, tables)
        names: dict[str, Shape] = {}
        bare: dict[str, Shape] = {}
        from_ = query.args.get("from_") or query.args["from"]
        joins = query.args.get("joins") or ()
        for item in [from_.this, *(join.this for join in joins)]:
            self._from_item(item, tables, names, bare)
            if joins and isinstance(item, exp.Table) and not item.alias:
                names[item.name.lower()] = tables[item.name.lower()]
        for on in (join.args["on"] for join in joins if join.args.get("on")):
            self._value(on, names, bare)
        outputs: dict[str, Shape] = {}
        for expression in query.expressions:
            value = self._value(expression.unalias(), names, bare)
            _plain_path(expression.unalias(), value)
            outputs[expression.alias_or_name.lower()] = value
        _grouping(query, names)
        if where := query.args.get("where"):
            self._value(where.this, names, bare)
        if qualify := query.args.get("qualify"):
            self._value(qualify.this, names, {**bare, **outputs})
        for part in ("group", "order"):
            for expression in query.args[part].expressions if query.args.get(part) else ():
                self._value(expression, names, {**bare, **outputs})
        return Shape(outputs)

    def _from_item(
        self, item: exp.Expression, tables: dict[str, Shape], names: dict[str, Shape], bare: dict[str, Shape]
    ) -> None:
        if isinstance(item, exp.Unnest):
            self._unnesting = True
            source = self._value(item.expressions[0], names, bare)
            self._unnesting = False
            origin = self._origin(item.expressions[0])
            if not source.repeated:
                raise UnknownPath(f"UNNEST of what is no array: {item.sql('bigquery')}")
            alias = item.args["alias"].columns[0].name.lower()
            names[alias] = source.element()
            if origin is not None:
                self._origins[alias] = origin
            return
        if not isinstance(item, exp.Table):
            raise UnknownPath(f"what is this in FROM: {item.sql('bigquery')}")
        full = ".".join(part.name for part in item.parts)
        shape = tables[full.lower()] if full.lower() in tables else self._table(full)
        if item.alias and full.lower() not in tables:
            self._origins[item.alias.lower()] = []
        if item.alias:
            names[item.alias.lower()] = shape
        else:
            bare.update(shape.fields)

    def _value(self, node: exp.Expression, names: dict[str, Shape], bare: dict[str, Shape]) -> Shape:
        """The shape of an expression, and all that is in it checked."""
        routine = _routine(node)
        if routine:
            name, arguments = routine
            if name not in ROUTINES:
                raise UnknownPath(f"unknown routine {name}")
            shapes = [self._value(argument, names, bare) for argument in arguments]
            if name == "mozfun.map.get_key":
                self._key_of_map(shapes[0], arguments[1])
            elif name == "mozfun.hist.extract":
                _plain_path(arguments[0], shapes[0])
            elif name == "mozfun.glam.percentile" and not {"key", "value"} <= shapes[1].fields.keys():
                raise UnknownPath("a percentile is asked of what is no histogram")
            return ROUTINES[name]
        if isinstance(node, exp.Column):
            return self._path([part.name for part in node.parts], names, bare)
        if isinstance(node, exp.Dot):
            if segments := _segments(node):
                return self._path(segments, names, bare)
            return self._step(self._value(node.this, names, bare), node.expression.name)
        if isinstance(node, exp.Bracket):
            for index in node.expressions:
                _plain_path(index, self._value(index, names, bare))
            inner = self._value(node.this, names, bare)
            return inner.element() if inner.repeated else VALUE
        if isinstance(node, exp.JSONExtractScalar | exp.JSONExtractArray | exp.JSONExtract):
            return self._json(node, names, bare)
        return self._computed(node, names, bare)

    def _computed(self, node: exp.Expression, names: dict[str, Shape], bare: dict[str, Shape]) -> Shape:
        if isinstance(node, exp.PropertyEQ):
            return self._value(node.expression, names, bare)
        children = list(_children(node))
        shapes = [self._value(child, names, bare) for child in children]
        if isinstance(node, exp.Is) and shapes[0].repeated:
            raise UnknownPath(f"an array is never NULL: {node.sql('bigquery')}")
        if not isinstance(node, MAY_HOLD_STRUCTS):
            for child, shape in zip(children, shapes, strict=True):
                _plain_path(child, shape)
        wanted = ARGUMENTS.get(type(node))
        if wanted and shapes and shapes[0].type and shapes[0].type not in wanted:
            raise UnknownPath(f"{node.sql('bigquery')} is asked of {shapes[0].type}")
        if isinstance(node, exp.Struct):
            named = [e.this.name.lower() for e in node.expressions if isinstance(e, exp.PropertyEQ)]
            return Shape(dict(zip(named, shapes, strict=False)))
        if (
            isinstance(node, exp.Array) and shapes and shapes[0].fields
        ):  # the first struct names the fields of all
            if any(len(list(_children(each))) != len(shapes[0].fields) for each in children):
                raise UnknownPath(f"structs of one array differ: {node.sql('bigquery')[:200]}")
            return Shape(shapes[0].fields, repeated=True)
        if isinstance(node, exp.ArrayAgg | exp.Array):
            return Shape(KEY_VALUE.fields, repeated=True)
        return shapes[0] if isinstance(node, exp.Paren | exp.Alias | exp.Ordered) else VALUE

    def _path(self, segments: list[str], names: dict[str, Shape], bare: dict[str, Shape]) -> Shape:
        self.walked += 1
        segments = [self.leaf if segment == LEAF else segment for segment in segments]
        first, *rest = [segment.lower() for segment in segments]
        if first in names:
            shape = names[first]
            if first in self._origins:
                self._of_table([*self._origins[first], *rest])
        elif first in bare:
            shape = bare[first]
        else:
            raise UnknownPath(f"{first} in {'.'.join(segments)} is neither alias nor column")
        for segment, written in zip(rest, segments[1:], strict=True):
            shape = self._step(shape, written if shape.json else segment)
        return shape

    def _origin(self, node: exp.Expression) -> list[str] | None:
        """The path in its table that an UNNEST walks; None where a function made the array."""
        segments = _segments(node) if isinstance(node, exp.Dot) else []
        if isinstance(node, exp.Column):
            segments = [part.name for part in node.parts]
        if not segments or segments[0].lower() not in self._origins:
            return None
        inside = [self.leaf if segment == LEAF else segment.lower() for segment in segments[1:]]
        return [*self._origins[segments[0].lower()], *inside]

    def _of_table(self, path: list[str]) -> None:
        """A path into a table is never the whole row, nor a neighbour of the column that is asked for."""
        about = self._about
        if not path:
            raise UnknownPath("a whole row is no value")
        reached = path[: len(about)] == about or (self._unnesting and path == about[: len(path)])
        self.reads_what_is_asked |= path[: len(about)] == about
        split = ".".join(path) in SPLITS or _is_denominator(path, about)
        if about and path[0] == about[0] and not reached and not split:
            raise UnknownPath(f"{'.'.join(path)} is not what is asked for: {'.'.join(about)}")

    def _step(self, shape: Shape, segment: str) -> Shape:
        if shape.json:
            self._json_key(segment)
            return Shape(json=True)
        if shape.repeated:
            raise UnknownPath(f"{segment} is asked of an array")
        found = shape.fields.get(segment.lower())
        if found is None:
            raise UnknownPath(f"there is no {segment} here")
        return found

    def _json(self, node: exp.Expression, names: dict[str, Shape], bare: dict[str, Shape]) -> Shape:
        held = self._value(node.this, names, bare)
        if not held.json or held.repeated:
            raise UnknownPath(f"JSON is asked of another type: {node.sql('bigquery')}")
        keys = list(node.expression.find_all(exp.JSONPathKey)) if node.expression else []
        for part in keys:
            self._json_key(str(part.this))
        if isinstance(node, exp.JSONExtractScalar) and not keys and held.type == "JSON":
            raise UnknownPath(f"a whole JSON column has no value: {node.sql('bigquery')}")
        return Shape(repeated=isinstance(node, exp.JSONExtractArray), json=True)

    def _json_key(self, key: str) -> None:
        if key not in self._json_keys:
            raise UnknownPath(f"{key} is no key of this JSON")

    def _key_of_map(self, shape: Shape, key: exp.Expression) -> None:
        # telemetry.events' view replaces a column of events_v1 by the array key_value in it: data-docs
        # and the view's SQL say so, the schema that we read through its references does not
        shape = shape.fields.get("key_value", shape)
        if not shape.repeated or not {"key", "value"} <= shape.fields.keys():
            raise UnknownPath("get_key is asked of what is no map")
        if isinstance(key, exp.Literal):
            self._json_key(key.name)


def _is_denominator(path: list[str], about: list[str]) -> bool:
    """Whether a use counter is divided by its neighbour that counts what was destroyed."""
    counted = bool(about) and "use_counter" in about[-1]
    return counted and path[:-1] == about[:-1] and path[-1].endswith("_destroyed")


def _skeleton(sql: str, leaf: str) -> str:
    """The query without its title, and with LEAF for the last name of the column that it is about.

    Queries that differ in that name alone are parsed once: most of the time would go into it.
    A name that stands without a dot before it, or could be a word of SQL, stays as it is.
    """
    title, _, rest = sql.partition("\n")
    text = rest if title.startswith("-- ") else sql
    if f".{leaf}`" in text:  # a table may be called like its column
        return text
    if not re.fullmatch(r"[a-z]+(?:_[a-z0-9]+)+", leaf) or re.search(rf"(?<![.\w]){leaf}(?!\w)", text):
        return text
    return re.sub(rf"(?<=\.){leaf}(?!\w)", LEAF, text)


MAY_HOLD_STRUCTS = (exp.Is, exp.Struct, exp.PropertyEQ, exp.Paren, exp.Alias, exp.ArrayAgg)


def _plain_path(node: exp.Expression, shape: Shape) -> None:
    """A path that is used as a value must lead to one: not to a struct, an array or whole JSON."""
    if not shape.plain and isinstance(node, exp.Column | exp.Dot):
        raise UnknownPath(f"{node.sql('bigquery')} is no plain value")


def _grouping(query: exp.Select, names: dict[str, Shape]) -> None:
    """Outputs that aggregate nothing are grouped by, and a group's name means that output."""
    group = query.args.get("group")
    grouped = {expression.name.lower() for expression in group.expressions} if group else set()
    plain = {e.alias_or_name.lower(): e.unalias() for e in query.expressions if not _aggregates(e)}
    if len(plain) == len(query.expressions) and not grouped:
        return
    if grouped != plain.keys():
        raise UnknownPath(f"grouped by {sorted(grouped)}, but these are not aggregated: {sorted(plain)}")
    for name, expression in plain.items():
        holders = [alias for alias, shape in names.items() if name in shape.fields]
        path = [part.name.lower() for part in expression.parts] if isinstance(expression, exp.Column) else []
        if holders and path != [holders[0], name]:
            raise UnknownPath(f"GROUP BY {name} would take the column of {holders[0]}")


def _aggregates(expression: exp.Expression) -> bool:
    """Whether an expression sums rows up; a window over rows does not."""
    return any(not isinstance(each.parent, exp.Window) for each in expression.find_all(exp.AggFunc))


def _children(node: exp.Expression) -> Iterator[exp.Expression]:
    for child in node.iter_expressions():
        if isinstance(child, exp.DataType | exp.Identifier | exp.TableAlias | exp.Var | exp.Star):
            continue
        if isinstance(child, exp.Select | exp.Subquery):
            raise UnknownPath(f"not checked: {child.sql('bigquery')}")
        yield child


def _segments(node: exp.Dot) -> list[str]:
    """The segments of a long path; empty where it starts with a function's result."""
    parts: list[str] = []
    held: exp.Expression = node
    while isinstance(held, exp.Dot):
        parts.insert(0, held.expression.name)
        held = held.this
    return [*(part.name for part in held.parts), *parts] if isinstance(held, exp.Column) else []


def _routine(node: exp.Expression) -> tuple[str, list[exp.Expression]] | None:
    """project.dataset.name and arguments where the node calls a routine with a path."""
    if not (isinstance(node, exp.Dot) and isinstance(node.expression, exp.Func)):
        return None
    name = f"{node.this.sql('bigquery')}.{_routine_name(node.expression)}".lower()
    return name, list(_children(node.expression))


def _routine_name(function: exp.Func) -> str:
    return function.name if isinstance(function, exp.Anonymous) else function.sql_name()
