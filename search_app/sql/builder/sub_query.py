"""The columns of a sub-query of metric-hub, and its text with more of them passed on.

What it gives was read from its SQL when the generation was made (indexer/catalogue/sub_queries.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from indexer.model.definitions import GivenColumns, MeasureRows, SubQuery
from indexer.model.table_records import Column
from search_app.sql.source import ColumnsOf, quoted


def columns_given(given: GivenColumns, columns_of: ColumnsOf) -> dict[str, Column]:
    """The columns whose types are known, by their path in what is given."""
    found = {
        column.path: column
        for star in given.stars
        for column in columns_of(star.table)
        if column.path.partition(".")[0].lower() not in star.but
    }
    for each in given.columns:
        if each.table:
            for column in columns_of(each.table):
                if column.path == each.path or column.path.startswith(f"{each.path}."):
                    path = each.name + column.path[len(each.path) :]
                    found[path] = replace(column, path=path)
        elif each.type:
            found[each.name] = Column(each.name, each.type, "REPEATED" if each.is_repeated else "NULLABLE")
    return found


def base_columns(sub_query: SubQuery, columns_of: ColumnsOf) -> dict[str, Column]:
    """The columns that it can be made to pass on; none where not all that it gives already can be told."""
    if sub_query.base is None or not all(columns_of(star.table) for star in sub_query.gives.stars):
        return {}
    return columns_given(sub_query.base, columns_of)


def names_given(given: GivenColumns, columns_of: ColumnsOf) -> frozenset[str]:
    """The names of all that is given, in lower case."""
    tops = (path.partition(".")[0].lower() for path in columns_given(given, columns_of))
    return frozenset((*tops, *(each.name.lower() for each in given.columns)))


def with_columns(rows: MeasureRows, paths: Mapping[str, str]) -> MeasureRows:
    """The rows with columns of the base (name -> path) passed on beside the others."""
    if rows.sub_query is None or rows.sub_query.base is None:
        raise ValueError("nothing can be passed on")
    at, alias = rows.sub_query.at, rows.sub_query.alias
    before = f"{quoted(alias)}." if alias else ""
    added = ", ".join(
        f"{before}{quoted(path)}{'' if name == path else f' AS {name}'}" for name, path in paths.items()
    )
    return replace(rows, source=f"{rows.source[:at]} {added},{rows.source[at:]}")
