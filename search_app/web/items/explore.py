"""The page of a Looker explore: the columns that it offers, the measures over its tables, its sisters."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.model.ids import table_id
from indexer.model.items import ExploreItem, TableItem
from indexer.model.table_records import Column
from search_app.web.items.lists import Section, section
from search_app.web.state import Site

COLUMNS = 40  # of one table that are named: its page has them all


@dataclass(frozen=True, slots=True)
class ExploreTable:
    """One table that an explore reads, with its first plain columns."""

    item: TableItem
    columns: tuple[Column, ...]
    more: int  # plain columns that are not named


@dataclass(frozen=True, slots=True)
class ExploreDetail:
    """What only the page of an explore has."""

    tables: tuple[ExploreTable, ...]
    sections: tuple[Section, ...]


def explore_detail(site: Site, item: ExploreItem) -> ExploreDetail:
    """The columns of the tables that are known, and what stands near the explore."""
    found = [site.engine.get(table_id(name)) for name in item.tables]
    tables = [table for table in found if isinstance(table, TableItem)]
    # of one ping each channel has a table with all but the same columns: the first is that over all channels
    first = {table.table: table for table in reversed(tables)}
    tables = [table for table in tables if first[table.table] is table]
    app = item.apps[0] if len(item.apps) == 1 else ""
    sections = [
        section(site, f"Measures over {table.name}", 8, "relevance", kind="measure", table=table.name)
        for table in tables
    ]
    if app:
        sections.append(section(site, "Explores of the app", 13, "name", kind="explore", app=app))
    return ExploreDetail(
        tables=tuple(_columns(site, table) for table in tables),
        sections=tuple(each for each in sections if each.hits),
    )


def _columns(site: Site, table: TableItem) -> ExploreTable:
    """Plain columns: a struct is not one, its fields are, and what is in an array is read by no dimension."""
    every = site.engine.columns(table.schema_digest) if table.schema_digest else ()
    arrays = tuple(f"{column.path}." for column in every if column.mode == "REPEATED")
    plain = [
        c for c in every if c.type != "RECORD" and c.mode != "REPEATED" and not c.path.startswith(arrays)
    ]
    return ExploreTable(table, tuple(plain[:COLUMNS]), max(0, len(plain) - COLUMNS))
