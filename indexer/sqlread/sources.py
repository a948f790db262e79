"""Sources of a SELECT: tables, names of WITH, queries, arrays, pivots."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from indexer.sqlread.model import (
    Expression,
    Join,
    Path,
    Pivot,
    QuerySource,
    Source,
    TableSource,
    UnknownSource,
    UnnestSource,
    Unpivot,
)
from indexer.sqlread.relations import Relation, relation_of, table_relation
from indexer.sqlread.scope import Named, Scope
from indexer.sqlread.values import Made, fields_of, merged

if TYPE_CHECKING:
    from indexer.sqlread.resolve import Resolver

NOT_KNOWN = "the columns of {} are not known"


def add_source(resolver: Resolver, scope: Scope, join: Join) -> None:
    """Puts a source into the scope, after those that it may refer to."""
    named = _named(resolver, scope, join.source)
    scope.sources.append(named)
    for column in join.using:
        scope.share(column, named.relation, join.side)


def _named(resolver: Resolver, scope: Scope, source: Source) -> Named:
    if isinstance(source, TableSource):
        return _table(resolver, scope, source)
    if isinstance(source, QuerySource):
        return Named(source.alias, resolver.query(source.query, scope.without_sources()))
    if isinstance(source, UnnestSource):
        return _array(source, resolver.expression(source.array, scope))
    if isinstance(source, UnknownSource):
        relations = [resolver.query(query, scope.without_sources()) for query in source.reads]
        tables = frozenset().union(*(each.tables for each in relations))
        return Named(source.alias, Relation({}, f"{source.reason} does not tell its columns", tables))
    inner = _named(resolver, scope, source.source)
    own = Scope(scope)
    own.sources.append(inner)
    if isinstance(source, Pivot):
        found = _pivoted(resolver, own, inner.relation, source)
    else:
        found = _unpivoted(resolver, own, inner.relation, source)
    return Named(source.alias or inner.alias, found)


def _table(resolver: Resolver, scope: Scope, source: TableSource) -> Named:
    parts = source.parts
    alias = source.alias or parts[-1]
    if len(parts) == 1:
        cte = scope.find_cte(parts[0])
        if cte is not None:
            return Named(alias, resolver.cte(cte))
        return Named(alias, Relation({}, NOT_KNOWN.format(f"{parts[0]}, a table made on the way,")))
    if len(parts) < 3 or parts[0] in {x.alias for x in scope.sources}:
        array = scope.find(parts)
        if array is not None and (array.repeated or not array.type) and _names_source(scope, parts[0]):
            return _array(UnnestSource(Path(parts), alias), resolver.expression(Path(parts), scope))
    if "information_schema" in {part.lower() for part in parts}:
        return Named(alias, Relation({}, NOT_KNOWN.format("INFORMATION_SCHEMA")))
    name = ".".join(parts if len(parts) > 2 else (resolver.project, *parts))
    resolver.reads[name] = None
    return Named(alias, table_relation(name, resolver.shape_of(name), NOT_KNOWN.format(name)))


def _names_source(scope: Scope, name: str) -> bool:
    held: Scope | None = scope
    while held is not None:
        if any(each.alias.lower() == name.lower() for each in held.sources):
            return True
        held = held.outer
    return False


def _array(source: UnnestSource, array: Made) -> Named:
    element = array.element()
    path = source.array.parts if isinstance(source.array, Path) else ()
    alias = source.alias or (path[-1] if path else "")
    fields = fields_of(element)
    if fields is not None:
        relation = Relation(dict(fields))
    elif not element.type:
        relation = Relation({}, "an array of unknown type", rest=element)
    else:
        relation = relation_of([(alias or "f0_", element)])
    if source.offset:
        relation.columns.setdefault(source.offset.lower(), (source.offset, Made("INTEGER")))
    return Named(alias, relation, element)


def _pivoted(resolver: Resolver, scope: Scope, inner: Relation, source: Pivot) -> Relation:
    taken = {source.column.parts[-1].lower()}
    resolver.expression(source.column, scope)
    for aggregate in source.aggregates:
        taken |= {path.parts[-1 if len(path.parts) == 2 else 0].lower() for path in _paths(aggregate.value)}
    columns = [value for key, value in inner.columns.items() if key not in taken]
    for name in source.names:
        for aggregate in source.aggregates:
            made = resolver.expression(aggregate.value, scope)
            columns.append((f"{aggregate.name}_{name}" if aggregate.name else name, made))
    return replace(inner, columns=relation_of(columns).columns, first=0)


def _paths(node: Expression) -> list[Path]:
    if isinstance(node, Path):
        return [node]
    parts = (*getattr(node, "arguments", ()), *getattr(node, "besides", ()))
    nested = [getattr(node, name) for name in ("element", "array", "of") if hasattr(node, name)]
    return [path for part in (*parts, *nested) for path in _paths(part)]


def _unpivoted(resolver: Resolver, scope: Scope, inner: Relation, source: Unpivot) -> Relation:
    if not inner.known:
        return Relation({}, inner.reason, inner.tables)
    taken = {path.parts[-1].lower() for paths in source.columns for path in paths}
    columns = [value for key, value in inner.columns.items() if key not in taken]
    for name, paths in zip(source.values, source.columns, strict=False):
        values = [resolver.expression(path, scope) for path in paths]
        made = values[0] if values else Made()
        for value in values[1:]:
            made = merged(made, value)
        columns.append((name, made.changed()))
    columns.append((source.name_column, Made("STRING")))
    return replace(inner, columns=relation_of(columns).columns, first=0)
