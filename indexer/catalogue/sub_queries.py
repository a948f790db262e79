"""What a sub-query of metric-hub gives as the rows of a measure, and what it could be made to pass on.

A query of a measure can be split by what its rows have. Which columns these are is read from the SQL once,
when a generation is made, so that for a reader queries are only written. Names that two columns have, and
columns of an unknown type, are of no use and only named.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from indexer.model.definitions import GivenColumn, GivenColumns, StarOf, SubQuery
from indexer.model.items import SHARED_PROJECT, USER_PROJECT
from indexer.sqlread.budget import TooMuch, bounded
from indexer.sqlread.model import Join, Query, QuerySource, Select, Star, TableSource
from indexer.sqlread.relations import Relation
from indexer.sqlread.resolve import Resolver
from indexer.sqlread.values import UNSURE, Made, Shape

ShapeOf = Callable[[str], Shape | None]  # project.dataset.table -> its columns, None where not known

# Where a list begins: after the SELECT that a bracket, and at most remarks, stand before.
_LIST = re.compile(
    r"\((?:\s|--[^\n]*\n|#[^\n]*\n|/\*(?:[^*]|\*(?!/))*\*/)*+SELECT\b(?!\s+(?:ALL|DISTINCT|AS)\b)",
    re.IGNORECASE,
)
_OWN = tuple(f"{project}." for project in (SHARED_PROJECT, USER_PROJECT))


def read_sub_query(source: str, rows: Select, shape_of: ShapeOf) -> SubQuery | None:
    """What the source of some rows gives, by the SELECT that has it in FROM.

    None where it is a table, where not all that it gives is known, or where that takes too long to find out.
    """
    inner = rows.sources[0].source if len(rows.sources) == 1 else None
    if not isinstance(inner, QuerySource):
        return None
    try:
        with bounded():
            found = _given(inner.query, shape_of)
            if found is None:
                return None
            begin = _LIST.match(source)
            base = _base(inner.query, shape_of) if begin is not None else None
    except (TooMuch, RecursionError):
        return None
    if base is None or begin is None:
        return SubQuery(found)
    columns, alias = base
    return SubQuery(found, columns, alias, begin.end())


def _base(query: Query, shape_of: ShapeOf) -> tuple[GivenColumns, str] | None:
    """What the first thing gives that a query reads, and what stands before a column of it."""
    if not isinstance(query, Select) or not query.row_by_row or query.ctes or not query.sources:
        return None
    first = query.sources[0].source
    if not isinstance(first, TableSource | QuerySource):
        return None
    names = [_name_of(join) for join in query.sources]
    if len(names) > 1 and (not names[0] or names[0] in names[1:]):
        return None
    alias = names[0] if len(names) > 1 else first.alias
    given = _given(Select((Star(),), (Join(first),)), shape_of)
    return (given, alias) if given is not None else None


def _name_of(join: Join) -> str:
    """What a source is called in its SELECT; "" where it has no name."""
    source = join.source
    return source.alias or (source.parts[-1] if isinstance(source, TableSource) else "")


def _given(query: Query, shape_of: ShapeOf) -> GivenColumns | None:
    relation = Resolver(SHARED_PROJECT, shape_of, {}).query(query)
    return _columns_of(relation, shape_of) if relation.known and relation.columns else None


def _columns_of(relation: Relation, shape_of: ShapeOf) -> GivenColumns:
    named = [
        GivenColumn(name) if key in relation.twice else _column(name, made)
        for key, (name, made) in relation.columns.items()
    ]
    stars = tuple(_stars(named, shape_of))
    starred = {star.table for star in stars}
    left = [each for each in named if not (each.table in starred and each.path == each.name)]
    return GivenColumns(tuple(_short_star(star) for star in stars), tuple(map(_short_column, left)))


def _column(name: str, made: Made) -> GivenColumn:
    """One of a table where it surely is one, unchanged; of several branches the first by name tells it."""
    if made.same and made.type and made.origins and UNSURE not in made.origins:
        table, path = min(made.origins)
        return GivenColumn(name, table, path)
    is_plain = made.type and made.type != "RECORD" and made.children is None
    return GivenColumn(name, type=made.type, is_repeated=made.repeated) if is_plain else GivenColumn(name)


def _stars(named: list[GivenColumn], shape_of: ShapeOf) -> list[StarOf]:
    """The tables of which more columns are given under their own names than are not."""
    own: dict[str, set[str]] = {}
    for each in named:
        if each.table and each.path == each.name:
            own.setdefault(each.table, set()).add(each.name.lower())
    found = []
    for table, names in own.items():
        shape = shape_of(table)
        but = sorted(shape.fields.keys() - names) if shape is not None else None
        if but is not None and len(but) < len(names):
            found.append(StarOf(table, tuple(but)))
    return found


def _short_star(star: StarOf) -> StarOf:
    return StarOf(_short(star.table), star.but)


def _short_column(column: GivenColumn) -> GivenColumn:
    return GivenColumn(column.name, _short(column.table), column.path, column.type, column.is_repeated)


def _short(name: str) -> str:
    """dataset.table, as schemas are asked for: users' project shows the views of the shared one."""
    return next((name.removeprefix(own) for own in _OWN if name.startswith(own)), name)
