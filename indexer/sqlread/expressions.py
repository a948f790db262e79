"""Expressions of sqlglot reduced to ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sqlglot import exp

from indexer.sqlread.model import (
    LIKE_ARGUMENTS,
    Array,
    Call,
    Cast,
    Element,
    Expression,
    Field,
    Nested,
    Path,
    Query,
    Struct,
    Value,
)
from indexer.sqlread.types import ARRAYS, FIXED, LIKE_ALL, LIKE_FIRST, data_type

ToQuery = Callable[[exp.Expr], Query]
_QUERIES = (exp.Select, exp.SetOperation, exp.Subquery)
# bigquery-etl hands a query the day that it is for as a DATE: date_partition_parameter and parameters in
# metadata.yaml (`submission_date:DATE:{{ds}}`), of which each with such a name is declared so.
_DAY = re.compile(r"(?:\w+_)?date")
_SORTING = (exp.Order, exp.ArgMax, exp.ArgMin)  # ARRAY_AGG(x ORDER BY y), MAX_BY(x, y)


def reduce_expression(node: exp.Expr, to_query: ToQuery) -> Expression:
    """What decides the type and the origin of a value. `to_query` reduces the queries in it."""
    if isinstance(node, exp.Alias | exp.Paren | exp.PropertyEQ):
        return reduce_expression(node.expression if isinstance(node, exp.PropertyEQ) else node.this, to_query)
    if isinstance(node, exp.SafeFunc):
        return reduce_expression(node.this, to_query)
    if isinstance(node, exp.Tuple):
        return _tuple(node, to_query)
    if isinstance(node, exp.Column) and isinstance(node.this, exp.Func):
        return _routine(node, node.this, to_query)
    if isinstance(node, exp.Column):
        return Path(tuple(part.name for part in node.parts))
    if isinstance(node, exp.Dot):
        return _dot(node, to_query)
    if isinstance(node, _QUERIES):
        return Nested(to_query(node), "scalar")
    if isinstance(node, exp.Literal):
        return Value("STRING" if node.is_string else "INTEGER" if node.this.isdigit() else "FLOAT")
    if isinstance(node, exp.Parameter) and _DAY.fullmatch(node.name):
        return Value("DATE")
    if isinstance(node, exp.Cast):
        return _cast(node, to_query)
    if isinstance(node, exp.Struct):
        return Struct(
            tuple((field_name(each), reduce_expression(each, to_query)) for each in node.expressions)
        )
    if isinstance(node, exp.Anonymous):
        return Call(_function_name(node), _each(node.expressions, to_query))
    return _function(node, to_query)


def _tuple(node: exp.Tuple, to_query: ToQuery) -> Expression:
    """(a, b) is a struct without names; a query in doubled parentheses comes as a tuple of one."""
    if len(node.expressions) == 1:
        return reduce_expression(node.expressions[0], to_query)
    return Struct(tuple(("", each) for each in _each(node.expressions, to_query)))


def _each(nodes: list[exp.Expr], to_query: ToQuery) -> tuple[Expression, ...]:
    return tuple(reduce_expression(node, to_query) for node in nodes)


def used_in(nodes: Iterator[exp.Expr] | list[exp.Expr], to_query: ToQuery) -> tuple[Expression, ...]:
    """The paths and queries in conditions, each once."""
    return _leaves(list(nodes), to_query)


def field_name(node: exp.Expr) -> str:
    """The name that an output or a field has: its alias, else that of the column that it is."""
    if isinstance(node, exp.Alias | exp.PropertyEQ):
        return node.alias if isinstance(node, exp.Alias) else node.this.name
    if isinstance(node, exp.Column):
        return node.name
    if isinstance(node, exp.Dot) and isinstance(node.expression, exp.Identifier):
        return node.expression.name
    return ""


def _dot(node: exp.Dot, to_query: ToQuery) -> Expression:
    last = node.expression
    if isinstance(last, exp.Func):
        name = ".".join((*_identifiers(node.this), _function_name(last)))
        return Call(name, _each(_arguments(last), to_query))
    of = reduce_expression(node.this, to_query)
    if isinstance(of, Path):
        return Path((*of.parts, last.name))
    return Field(of, last.name)


def _routine(node: exp.Column, called: exp.Func, to_query: ToQuery) -> Expression:
    """A call that sqlglot takes for a column: a routine of a project before IGNORE NULLS."""
    name = ".".join((*(part.name for part in node.parts[:-1]), _function_name(called)))
    return Call(name, _each(_arguments(called), to_query))


def _identifiers(node: exp.Expr) -> list[str]:
    if isinstance(node, exp.Dot):
        return [*_identifiers(node.this), node.expression.name]
    return [part.name for part in node.parts] if isinstance(node, exp.Column) else [node.name]


def _function_name(node: exp.Func) -> str:
    name = node.name if isinstance(node, exp.Anonymous) else node.sql_name().lower()
    return name.removeprefix("SAFE.").removeprefix("safe.")


def _arguments(node: exp.Expr) -> list[exp.Expr]:
    skipped = (exp.Identifier, exp.DataType, exp.Var, exp.TableAlias)
    return [child for child in node.iter_expressions() if not isinstance(child, skipped)]


def _leaves(nodes: list[exp.Expr], to_query: ToQuery) -> tuple[Expression, ...]:
    """The paths and queries anywhere in these, each once: all that a value of a known type is made of."""
    found: dict[Expression, None] = {}
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        if isinstance(node, exp.Column) and isinstance(node.this, exp.Func):
            stack.extend(reversed(_arguments(node.this)))
        elif isinstance(node, exp.Column) and not isinstance(node.this, exp.Star):
            found[Path(tuple(part.name for part in node.parts))] = None
        elif isinstance(node, exp.Column):
            if len(node.parts) > 1:  # COUNT(t.*)
                found[Path(tuple(part.name for part in node.parts[:-1]))] = None
        elif isinstance(node, exp.Dot) and isinstance(reduced := _plain_dot(node), Path):
            found[reduced] = None
        elif isinstance(node, _QUERIES):
            test = isinstance(node.parent, exp.In | exp.Exists)
            found[Nested(to_query(node), "test" if test else "scalar")] = None
        else:
            stack.extend(reversed(_arguments(node)))
    return tuple(found)


def _plain_dot(node: exp.Expr) -> Path | None:
    if isinstance(node, exp.Column):
        return Path(tuple(part.name for part in node.parts)) if not isinstance(node.this, exp.Star) else None
    if isinstance(node, exp.Dot) and isinstance(node.expression, exp.Identifier):
        of = _plain_dot(node.this)
        return Path((*of.parts, node.expression.name)) if of else None
    return None


def _cast(node: exp.Cast, to_query: ToQuery) -> Expression:
    arguments = _leaves([node.this], to_query)
    wanted = data_type(node.to)
    inner = node.this
    if wanted.name == "RECORD" and isinstance(inner, exp.Struct) and not wanted.repeated:  # STRUCT<a T>(x)
        values = [reduce_expression(each, to_query) for each in inner.expressions]
        if len(values) == len(wanted.fields):
            typed = [
                Cast(kind, (value,)) if kind.name != "RECORD" else value
                for (_, kind), value in zip(wanted.fields, values, strict=True)
            ]
            return Struct(tuple(zip((name for name, _ in wanted.fields), typed, strict=True)))
    return Cast(wanted, arguments)


def _function(node: exp.Expr, to_query: ToQuery) -> Expression:
    kind = type(node)
    if isinstance(node, exp.Array):
        return _array(node, to_query)
    if isinstance(node, exp.ArrayAgg):
        return Array(reduce_expression(node.this, to_query))
    if isinstance(node, exp.Bracket):
        element = Element(reduce_expression(node.this, to_query), _place(node))
        index = _leaves(node.expressions, to_query)
        return Value(LIKE_ARGUMENTS, (element,), besides=index) if index else element
    if isinstance(node, exp.Case | exp.If):
        return _choice(node, to_query)
    if isinstance(node, exp.Exists) and isinstance(node.this, _QUERIES):
        return Nested(to_query(node.this), "test")
    if isinstance(node, exp.Extract):
        part = node.this.name.upper()
        return Value(
            {"DATE": "DATE", "TIME": "TIME"}.get(part, "INTEGER"), _leaves([node.expression], to_query)
        )
    if kind in ARRAYS:
        return Value(ARRAYS[kind], _leaves(_arguments(node), to_query), repeated=True)
    if kind in LIKE_FIRST and isinstance(node.this, exp.Expr):
        first = reduce_expression(node.this, to_query)
        besides = _leaves(_deciding(node), to_query)
        return (
            Value(LIKE_ARGUMENTS, (first,), besides=besides)
            if besides or kind is exp.Nullif
            else _like(first)
        )
    if kind in LIKE_ALL or (kind is exp.DPipe and any(isinstance(e, exp.Array) for e in _arguments(node))):
        return _alike(node, to_query)
    return Value(FIXED.get(kind, ""), _leaves(_arguments(node), to_query))


def _place(node: exp.Bracket) -> int:
    """Which element of an array is asked for by its number: `[OFFSET(0)]`, `[SAFE_ORDINAL(1)]`."""
    index = node.expressions[0] if len(node.expressions) == 1 else None
    if not isinstance(index, exp.Literal) or not index.is_int:
        return -1
    return int(index.this) - (node.args.get("offset") or 0)


def _deciding(node: exp.Expr) -> list[exp.Expr]:
    """What decides a value beside its first argument. What sorts or parts rows does not: from which row a
    value is taken is no part of it; but a window's function that has nothing else, as RANK, is made of that.
    """
    if isinstance(node, _SORTING):
        return []
    if isinstance(node, exp.Window) and next(node.this.find_all(exp.Column), None) is not None:
        return []
    return [child for child in _arguments(node) if child is not node.this]


def _like(first: Expression) -> Expression:
    """The same type and origin, but no longer the column itself."""
    return Value(LIKE_ARGUMENTS, (first,))


def _alike(node: exp.Expr, to_query: ToQuery) -> Expression:
    parts: list[exp.Expr] = []
    stack = [node]
    while stack:  # a + b + c + … nests as deep as it is long
        each = stack.pop()
        if type(each) is type(node) or (isinstance(each, exp.Paren) and type(each.this) is type(node)):
            stack.extend(reversed(_arguments(each)))
        else:
            parts.append(each)
    if any(isinstance(part, exp.Interval) for part in parts):
        return Value("", _leaves(parts, to_query))
    return Value(LIKE_ARGUMENTS, tuple(reduce_expression(part, to_query) for part in parts))


def _array(node: exp.Array, to_query: ToQuery) -> Expression:
    if len(node.expressions) == 1 and isinstance(node.expressions[0], _QUERIES):
        return Nested(to_query(node.expressions[0]), "array")
    elements = tuple(reduce_expression(each, to_query) for each in node.expressions[:500])
    if len(elements) == 1:
        return Array(elements[0])
    return Array(Value(LIKE_ARGUMENTS, elements), several=0 < len(node.expressions) == len(elements))


def _choice(node: exp.Case | exp.If, to_query: ToQuery) -> Expression:
    """CASE and IF: the results make the type, the conditions decide."""
    results: list[exp.Expr] = []
    conditions: list[exp.Expr] = [node.this] if node.this is not None else []
    if isinstance(node, exp.Case):
        for branch in node.args.get("ifs") or ():
            conditions.append(branch.this)
            results.append(branch.args["true"])
        other = node.args.get("default")
    else:
        results.append(node.args["true"])
        other = node.args.get("false")
    results += [other] if other is not None else []
    results = [each for each in results if not isinstance(each, exp.Null)]
    return Value(
        LIKE_ARGUMENTS,
        tuple(dict.fromkeys(reduce_expression(each, to_query) for each in results)),
        besides=_leaves(conditions, to_query),
    )
