"""Queries of sqlglot reduced to ours: outputs, sources, what conditions use."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from indexer.sqlread.events import event_tests
from indexer.sqlread.expressions import field_name, reduce_expression, used_in
from indexer.sqlread.model import (
    Expression,
    Join,
    Output,
    Path,
    Pivot,
    Query,
    QuerySource,
    Select,
    Source,
    Star,
    TableSource,
    Union,
    UnknownSource,
    UnnestSource,
    Unpivot,
)
from indexer.sqlread.types import OF_ONE_ROW


class NotRead(ValueError):
    """SQL that is parsed but means something that we do not read; the message says what."""


def reduce_query(node: exp.Expr) -> Query:
    """A SELECT, a set operation, or one of these in parentheses. Raises NotRead."""
    if isinstance(node, exp.Subquery):
        inner = reduce_query(node.this)
        if node.args.get("pivots"):
            return Select((Star(),), (Join(_pivoted(QuerySource(inner), node)),))
        own = _ctes(node)
        return Select((Star(),), (Join(QuerySource(inner)),), own) if own else inner
    if isinstance(node, exp.SetOperation):
        by_name = ""
        if node.args.get("by_name"):
            side = str(node.args.get("side") or "").upper()
            kind = str(node.args.get("kind") or "").upper()
            by_name = "full" if side == "FULL" else "inner" if kind == "INNER" else "left"
        return _set_operation(node, by_name)
    if isinstance(node, exp.Select):
        return _select(node)
    if isinstance(node, exp.Table):
        return Select((Star(),), (Join(_source(node)),))
    raise NotRead(f"a {type(node).__name__} where a query is expected")


def _set_operation(node: exp.SetOperation, by_name: str) -> Query:
    """Unions of hundreds nest to the left: they are walked, not recursed into."""
    rights: list[exp.SetOperation] = []
    left: exp.Expr = node
    while isinstance(left, exp.SetOperation) and (left is node or not _ctes_of(left)):
        rights.append(left)
        left = left.this
        while isinstance(left, exp.Subquery) and isinstance(left.this, exp.SetOperation) and not left.alias:
            left = left.this
    found = reduce_query(left)
    for each in reversed(rights):
        found = Union(found, reduce_query(each.expression), by_name)
    ctes = _ctes(node)
    return Union(found.left, found.right, found.by_name, ctes) if ctes and isinstance(found, Union) else found


def _ctes_of(node: exp.Expr) -> list[exp.Expr]:
    with_ = node.args.get("with_") or node.args.get("with")
    return list(with_.expressions) if with_ else []


def _ctes(node: exp.Expr) -> tuple[tuple[str, Query], ...]:
    return tuple((cte.alias, reduce_query(cte.this)) for cte in _ctes_of(node))


def _select(node: exp.Select) -> Query:
    sources: list[Join] = []
    from_ = node.args.get("from_") or node.args.get("from")
    conditions: list[exp.Expr] = []
    if from_ is not None:
        sources += _joined(from_.this)
    for lateral in node.args.get("laterals") or ():
        sources.append(Join(UnknownSource("LATERAL", lateral.alias)))
    for join in node.args.get("joins") or ():
        sources += _join(join)
        conditions += [join.args["on"]] if join.args.get("on") else []
    for part in ("where", "group", "having", "qualify", "order", "windows"):
        held = node.args.get(part)
        conditions += held if isinstance(held, list) else [held] if held else []
    outputs = tuple(_output(each) for each in node.expressions)
    return Select(
        outputs=outputs,
        sources=tuple(sources),
        ctes=_ctes(node),
        used=used_in(conditions, reduce_query),
        row={"STRUCT": "struct", "VALUE": "value"}.get(str(node.args.get("kind") or "").upper(), ""),
        events=event_tests([*node.expressions, *conditions]),
        row_by_row=_is_row_by_row(node),
    )


_OF_MANY_ROWS = (
    "kind",
    "distinct",
    "group",
    "having",
    "qualify",
    "windows",
    "order",
    "limit",
    "offset",
    "laterals",
)


def _is_row_by_row(node: exp.Select) -> bool:
    """Whether each row is one of the sources' and nothing in the list is made of several, or not surely."""
    if any(node.args.get(part) for part in _OF_MANY_ROWS):
        return False
    if any(str(join.args.get("method") or "").upper() == "NATURAL" for join in node.args.get("joins") or ()):
        return False
    held = (each for listed in node.expressions for each in listed.walk())
    return not any(
        isinstance(each, exp.Window | exp.Query | exp.UDTF)
        or (isinstance(each, exp.Func) and not isinstance(each, OF_ONE_ROW))
        for each in held
    )


def _output(node: exp.Expr) -> Output | Star:
    star = _star(node)
    if star is not None:
        return star
    return Output(field_name(node), reduce_expression(node, reduce_query))


def _star(node: exp.Expr) -> Star | None:
    of: Expression | None = None
    star: exp.Expr | None = None
    if isinstance(node, exp.Star):
        star = node
    elif isinstance(node, exp.Column) and isinstance(node.this, exp.Star):
        star, of = node.this, Path(tuple(part.name for part in node.parts[:-1]))
    elif isinstance(node, exp.Dot) and isinstance(node.expression, exp.Star):
        star, of = node.expression, reduce_expression(node.this, reduce_query)
    if star is None:
        return None
    left_out = star.args.get("except_") or star.args.get("except") or ()
    replaced = star.args.get("replace") or ()
    return Star(
        of,
        tuple(each.name for each in left_out),
        tuple(Output(each.alias, reduce_expression(each, reduce_query)) for each in replaced),
    )


def _join(join: exp.Join) -> list[Join]:
    using = tuple(each.name for each in join.args.get("using") or ())
    first, *others = _joined(join.this)
    side = str(join.args.get("side") or "").upper()
    return [Join(first.source, using, side), *others]


def _joined(node: exp.Expr) -> list[Join]:
    """A source, and those that are joined to it in parentheses."""
    found = [Join(_source(node))]
    for join in node.args.get("joins") or ():
        found += _join(join)
    return found


def _source(node: exp.Expr) -> Source:
    if isinstance(node, exp.Subquery):
        if isinstance(node.this, exp.Table):  # (a JOIN b)
            return QuerySource(Select((Star(),), tuple(_joined(node.this))), node.alias)
        return _pivoted(QuerySource(reduce_query(node.this), node.alias), node)
    if isinstance(node, exp.Unnest):
        return _unnest(node)
    if isinstance(node, exp.Table):
        return _pivoted(_table(node), node)
    if isinstance(node, exp.Lateral):
        return UnknownSource("LATERAL", node.alias)
    raise NotRead(f"a {type(node).__name__} in FROM")


def _table(node: exp.Table) -> Source:
    if isinstance(node.this, exp.Func | exp.Anonymous):
        queries = [each for each in node.this.find_all(exp.Subquery, exp.Select) if _topmost(each, node)]
        name = node.this.name if isinstance(node.this, exp.Anonymous) else node.this.sql_name()
        return UnknownSource(
            f"the table function {name.upper()}", node.alias, tuple(reduce_query(each) for each in queries)
        )
    return TableSource(tuple(part for each in node.parts for part in each.name.split(".")), node.alias)


def _topmost(query: exp.Expr, within: exp.Expr) -> bool:
    above = query.parent
    while above is not None and above is not within:
        if isinstance(above, exp.Subquery | exp.Select):
            return False
        above = above.parent
    return True


def _unnest(node: exp.Unnest) -> Source:
    alias = node.args.get("alias")
    name = ""
    if alias is not None:
        name = alias.columns[0].name if alias.columns else alias.name
    offset = node.args.get("offset")
    array = node.expressions[0] if node.expressions else None
    if array is None:
        raise NotRead("UNNEST of nothing")
    return UnnestSource(
        reduce_expression(array, reduce_query),
        name,
        offset.name if isinstance(offset, exp.Identifier) else "offset" if offset else "",
    )


def _pivoted(source: Source, node: exp.Expr) -> Source:
    for pivot in node.args.get("pivots") or ():
        source = _unpivot(source, pivot) if pivot.args.get("unpivot") else _pivot(source, pivot)
    return source


def _pivot(source: Source, pivot: exp.Pivot) -> Source:
    fields: list[exp.Expr] = list(pivot.args.get("fields") or ())
    if len(fields) != 1 or not isinstance(fields[0], exp.In):
        raise NotRead("PIVOT of another shape")
    column = reduce_expression(fields[0].this, reduce_query)
    names = tuple(name for each in fields[0].expressions for name in _pivot_name(each))
    aggregates = tuple(
        Output(each.alias if isinstance(each, exp.Alias) else "", reduce_expression(each, reduce_query))
        for each in pivot.expressions
    )
    if not isinstance(column, Path) or not names:
        raise NotRead("PIVOT of another shape")
    return Pivot(source, aggregates, column, names, pivot.alias)


def _pivot_name(node: exp.Expr) -> Iterator[str]:
    """What a value of PIVOT is called in its columns; a value whose name we cannot tell stops the reading."""
    if isinstance(node, exp.PivotAlias | exp.Alias):
        yield node.alias
    elif isinstance(node, exp.Literal):
        yield node.this if node.is_string else f"_{node.this}"
    elif isinstance(node, exp.Boolean):
        yield "true" if node.this else "false"
    elif isinstance(node, exp.Null):
        yield "NULL"
    else:
        raise NotRead("PIVOT of values without names")


def _unpivot(source: Source, pivot: exp.Pivot) -> Source:
    fields: list[exp.Expr] = list(pivot.args.get("fields") or ())
    if len(fields) != 1 or not isinstance(fields[0], exp.In):
        raise NotRead("UNPIVOT of another shape")
    groups = []
    for each in fields[0].expressions:
        held = each.this if isinstance(each, exp.PivotAlias) else each
        parts = held.expressions if isinstance(held, exp.Tuple) else [held]
        paths = tuple(
            Path(tuple(x.name for x in part.parts)) for part in parts if isinstance(part, exp.Column)
        )
        groups.append(paths)
    values = [x.name for each in pivot.expressions for x in (each.expressions or [each])]
    columns = tuple(tuple(group[at] for group in groups if at < len(group)) for at in range(len(values)))
    return Unpivot(source, tuple(values), fields[0].this.name, columns, pivot.alias)
