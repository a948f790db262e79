"""What a row of a query is: a group of the rows that it reads, or a row of a table that it passes on.

How many groups a table has says nothing of people or things; what they hold can be added up where it is a sum
or a count, each row is in one group, and no group holds what others hold too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from indexer.sqlread.model import Rows

KEY, FIXED, SUM, AMOUNT, OTHER = "key", "fixed", "sum", "amount", "other"

_AMOUNTS = (exp.Count, exp.CountIf, exp.Sum, exp.Avg, exp.ApproxDistinct, exp.ApproxQuantiles)
_AS_THEY_ARE = (exp.Alias, exp.Paren, exp.Cast, exp.Coalesce)  # TryCast is a Cast
_TOTALS = (exp.Cube, exp.Rollup, exp.GroupingSets)

Ctes = Mapping[str, exp.Expr]


def rows_of(query: exp.Expr) -> Rows | None:
    """None where it is neither, or cannot be told."""
    try:
        return _rows(query, {})
    except RecursionError:
        return None


def _rows(node: exp.Expr, ctes: Ctes) -> Rows | None:
    with_ = node.args.get("with_") or node.args.get("with")
    if with_:
        ctes = {**ctes, **{each.alias: each.this for each in with_.expressions}}
    if isinstance(node, exp.Subquery):
        return None if node.args.get("pivots") else _rows(node.this, ctes)
    if isinstance(node, exp.SetOperation):
        return _together([_rows(each, ctes) for each in _branches(node)])
    if not isinstance(node, exp.Select):
        return None
    if any(True for each in node.expressions for _ in _aggregates(each)):
        return _groups(node)
    if node.args.get("group") or node.args.get("distinct") or node.args.get("kind"):
        return None
    return _passed_on(node, ctes)


def _branches(node: exp.SetOperation) -> list[exp.Expr]:
    """Unions of hundreds nest to the left: they are walked, not recursed into."""
    found: list[exp.Expr] = []
    left: exp.Expr = node
    while isinstance(left, exp.SetOperation):
        found.append(left.expression)
        left = left.this
    return [left, *reversed(found)]


def _together(parts: list[Rows | None]) -> Rows | None:
    """The rows of a union, whose columns stand in the same places: groups where all are, or several tables'.

    What one part writes out and another takes from a column is a total: `'*' AS os` beside `os`.
    """
    known = [each for each in parts if each is not None]
    first = known[0] if len(known) == len(parts) else None
    if first is None or any(bool(each.tables) != bool(first.tables) for each in known):
        return None
    tables = tuple(dict.fromkeys(table for each in known for table in each.tables))
    if any(len(each.columns) != len(first.columns) or each.star != first.star for each in known):
        return Rows((), tables, apart=True)
    columns: list[tuple[str, str]] = []
    apart = any(each.apart for each in known)
    for at, (name, said) in enumerate(first.columns):
        others = {each.columns[at][1] for each in known}
        apart = apart or (not tables and FIXED in others and len(others) > 1)
        columns.append((name, said if len(others) == 1 else ""))
    return Rows(tuple(columns), tables, first.star, apart)


def _groups(node: exp.Select) -> Rows:
    group = node.args.get("group")
    multiplied = any(isinstance(join.this, exp.Unnest) for join in node.args.get("joins") or ())
    columns = tuple((each.alias_or_name, _role(each, multiplied)) for each in node.expressions)
    return Rows(columns, apart=bool(group and group.find(*_TOTALS)))


def _role(node: exp.Expr, multiplied: bool) -> str:
    """What a column of groups holds. Where an array multiplies the rows, only counts are of its elements."""
    held = list(_aggregates(node))
    if held:
        if _adds_up(node) and not (multiplied and any(isinstance(each, exp.Sum) for each in held)):
            return SUM
        return AMOUNT if any(isinstance(each, _AMOUNTS) for each in held) else OTHER
    value = node.this if isinstance(node, exp.Alias) else node
    return FIXED if isinstance(value, exp.Literal | exp.Null | exp.Boolean) else KEY


def _aggregates(node: exp.Expr) -> Iterator[exp.Expr]:
    """The aggregates of this SELECT in an expression: none of a window, none of a query in it."""
    left = [node]
    while left:
        each = left.pop()
        if isinstance(each, exp.AggFunc):
            yield each
        elif not isinstance(each, exp.Window | exp.Query):
            left.extend(each.iter_expressions())


def _adds_up(node: exp.Expr) -> bool:
    """Whether the values of two groups together are their sum: sums and counts, not of what is distinct."""
    if isinstance(node, exp.Coalesce):
        return _adds_up(node.this) and all(isinstance(each, exp.Literal) for each in node.expressions)
    if isinstance(node, exp.Alias | exp.Paren | exp.Cast | exp.Round):
        return _adds_up(node.this)
    if isinstance(node, exp.Add | exp.Sub):
        return _adds_up(node.left) and _adds_up(node.right)
    if isinstance(node, exp.Mul | exp.Div):
        return _adds_up(node.left) and isinstance(node.right, exp.Literal)
    if isinstance(node, exp.CountIf | exp.Count | exp.Sum):
        return not isinstance(node.this, exp.Distinct)
    return False


def _passed_on(node: exp.Select, ctes: Ctes) -> Rows | None:
    """The rows of the first source. What is joined to it may multiply them: nothing adds up then."""
    from_ = node.args.get("from_") or node.args.get("from")
    source = from_.this if from_ is not None else None
    if source is None or source.args.get("pivots"):
        return None
    beneath: Rows | None
    if isinstance(source, exp.Table) and not isinstance(source.this, exp.Func):
        parts = tuple(part for each in source.parts for part in each.name.split("."))
        if len(parts) == 1 and parts[0] in ctes:
            held = {name: query for name, query in ctes.items() if name != parts[0]}
            beneath = _rows(ctes[parts[0]], held)
        else:
            beneath = Rows((), (parts,), star=True)
    else:
        beneath = _rows(source, ctes) if isinstance(source, exp.Subquery) else None
    return _renamed(node, beneath) if beneath is not None else None


def _renamed(node: exp.Select, beneath: Rows) -> Rows:
    """What a SELECT passes on of the columns beneath it, under the names that it gives them."""
    held = dict(beneath.columns)
    columns: dict[str, str] = {}
    star = False
    for each in node.expressions:
        if each.is_star:
            written = each if isinstance(each, exp.Star) else each.this
            excluded = written.args.get("except_") or written.args.get("except") or ()
            replaced = written.args.get("replace") or ()
            left_out = dict.fromkeys([*(x.name for x in excluded), *(x.alias for x in replaced)], "")
            columns |= {name: said for name, said in held.items() if name not in left_out}
            columns |= left_out if beneath.star else {}
            star = beneath.star
        else:
            columns[each.alias_or_name] = _said(each, beneath)
    joined = bool(node.args.get("joins") or node.args.get("laterals"))
    return Rows(tuple(columns.items()), beneath.tables, star, beneath.apart or joined)


def _said(node: exp.Expr, beneath: Rows) -> str:
    """Of groups what a column holds, of a table the name of its column; "" of what is made of several."""
    while isinstance(node, _AS_THEY_ARE):
        node = node.this
    if not isinstance(node, exp.Column):
        return ""
    held = dict(beneath.columns)
    return held.get(node.name, node.name if beneath.star else "")
