"""Which measures read a column of a table."""

from __future__ import annotations

from collections.abc import Mapping

from indexer.model.items import MeasureItem, TableItem
from search_app.web.state import Site


def measures_by_column(site: Site, item: TableItem) -> Mapping[str, tuple[str, ...]]:
    """Column path -> ids of the measures whose value is made of it, in the order of the table's relations.

    A measure that reads a part of a column (a key of an array) reads the column too.
    """
    ids = item.related.get("measure", ())
    return site.remembered(("measures of columns", item.id), lambda: _gather(site, item.name, ids))


def _gather(site: Site, table: str, ids: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for key in ids:
        measure = site.engine.get(key)
        if not isinstance(measure, MeasureItem):
            continue
        for each in measure.columns:
            path = each.column if each.table == table else ""
            while path:
                found.setdefault(path, {})[key] = None
                path = path.rpartition(".")[0]
    return {path: tuple(keys) for path, keys in found.items()}
