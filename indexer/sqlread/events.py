"""Which events the conditions of a SELECT ask for, by literals of category and name.

`event = 'category.name'` on events_stream, `event_category = …` with `event_name = …` on
events_unnested, `category` and `name` of an unnested array, and category, method and object of
legacy events. What is excluded (NOT, <>) is no use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlglot import exp

from indexer.sqlread.model import EventTest

_ROLES = {
    "event_category": "categories", "category": "categories", "event_name": "names", "name": "names",
    "event": "names", "event_method": "methods", "event_object": "objects",
}  # fmt: skip
_STOP = (exp.Select, exp.SetOperation, exp.Subquery, exp.Not, exp.NEQ)
MOST = 2_000  # literals of one test


@dataclass(slots=True)
class _Group:
    """What must hold together."""

    roles: dict[str, dict[str, None]] = field(default_factory=dict)

    def add(self, role: str, values: Iterable[str]) -> None:
        self.roles.setdefault(role, {}).update(dict.fromkeys(values))

    def of(self, role: str) -> tuple[str, ...]:
        return tuple(self.roles.get(role, ()))[:MOST]

    @property
    def names_events(self) -> bool:
        return "names" in self.roles or "methods" in self.roles


def event_tests(nodes: Iterable[exp.Expr]) -> tuple[EventTest, ...]:
    """The tests in the expressions of one SELECT, without those of queries within it."""
    found: dict[EventTest, None] = {}
    stack = list(nodes)
    while stack:
        node = stack.pop()
        if isinstance(node, _STOP):
            continue
        groups = _groups(node)
        for group in groups:
            if group.roles:
                test = EventTest(*(group.of(role) for role in ("categories", "names", "methods", "objects")))
                found[test] = None
        if not groups:
            stack.extend(node.iter_expressions())
        else:
            stack.extend(_beneath(node))
    return tuple(found)


def _beneath(node: exp.Expr) -> Iterator[exp.Expr]:
    """Conditions within a condition that were not looked through: a CASE inside of an AND."""
    if isinstance(node, exp.And | exp.Or | exp.Paren):
        for child in node.iter_expressions():
            yield from _beneath(child)
    elif not _leaf(node):
        yield from node.iter_expressions()


def _groups(node: exp.Expr) -> list[_Group]:
    """Alternatives, each of what holds together; empty where nothing is about events."""
    if isinstance(node, exp.Paren):
        return _groups(node.this)
    if isinstance(node, exp.And):
        return _all_of([group for part in node.flatten() for group in _groups(part)])
    if isinstance(node, exp.Or):
        return [group for part in node.flatten() for group in _groups(part)]
    leaf = _leaf(node)
    return leaf or []


def _all_of(groups: list[_Group]) -> list[_Group]:
    """AND: what only limits (a category, an object) limits each of those that name events."""
    named = [group for group in groups if group.names_events]
    limits = _Group()
    for group in groups:
        if not group.names_events:
            for role, values in group.roles.items():
                limits.add(role, values)
    if not named:
        return [limits] if limits.roles else []
    for group in named:
        for role, values in limits.roles.items():
            if role not in group.roles:
                group.add(role, values)
    plain = [group for group in named if "categories" in group.roles]
    if "methods" in {role for group in named for role in group.roles} and len(named) > 1:
        merged = _Group()  # names and methods of one row in separate conditions
        for group in named:
            for role, values in group.roles.items():
                merged.add(role, values)
        return [merged]
    return plain or named


def _leaf(node: exp.Expr) -> list[_Group]:
    if isinstance(node, exp.EQ):
        for side, other in ((node.this, node.expression), (node.expression, node.this)):
            if values := _texts([other]):
                return _group(_role(side), values)
    elif isinstance(node, exp.In):
        values = _texts(node.expressions)
        if isinstance(node.this, exp.Tuple):
            return _pairs(node)
        if isinstance(unnest := node.args.get("unnest"), exp.Unnest) and unnest.expressions:
            values = _texts(unnest.expressions[0].expressions)
        return _group(_role(node.this), values)
    elif isinstance(node, exp.Case) and node.this is not None:
        branches = node.args.get("ifs") or ()
        return _group(_role(node.this), _texts([branch.this for branch in branches]))
    return []


def _group(role: str, values: list[str]) -> list[_Group]:
    if not role or not values:
        return []
    group = _Group()
    group.add(role, values)
    return [group]


def _pairs(node: exp.In) -> list[_Group]:
    """(event_category, event_name) IN (('a', 'b'), …)."""
    roles = [_role(part) for part in node.this.expressions]
    found = []
    for row in node.expressions[:MOST]:
        values = _texts(row.expressions) if isinstance(row, exp.Tuple) else []
        if len(values) == len(roles) and all(roles):
            group = _Group()
            for role, value in zip(roles, values, strict=True):
                group.add(role, [value])
            found.append(group)
    return found


def _role(node: exp.Expr) -> str:
    if isinstance(node, exp.Paren):
        return _role(node.this)
    if isinstance(node, exp.Column):
        return _ROLES.get(node.name.lower(), "")
    if isinstance(node, exp.Dot) and isinstance(node.expression, exp.Identifier):
        return _ROLES.get(node.expression.name.lower(), "")
    if isinstance(node, exp.Concat | exp.DPipe):  # CONCAT(event_category, '.', event_name)
        roles = [_ROLES.get(column.name.lower()) for column in node.find_all(exp.Column)]
        return "names" if "categories" in roles and "names" in roles else ""
    return ""


def _texts(nodes: Iterable[exp.Expr]) -> list[str]:
    return [node.this for node in nodes if isinstance(node, exp.Literal) and node.is_string]
