"""Things side by side: the rows of each, which of them differ, the columns of tables, their queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from indexer.model.items import AnyItem, TableItem
from search_app.query.model import QueryProblem
from search_app.sql.builder.build import build
from search_app.sql.builder.choices import Choices
from search_app.sql.builder.pair import build_pair
from search_app.sql.source import SqlQuery
from search_app.tools.addressing.urls import with_params
from search_app.web.actions import columns_of, link_context
from search_app.web.comparing.facts import (
    Shown,
    Told,
    facts_of,
    lineage_of,
    places_of_values,
    states_of,
)
from search_app.web.state import Site

COMPARED = ("metric", "probe", "ping", "table")
FEWEST, MOST = 2, 4
MOST_COLUMNS = 300  # that differ
LONGEST_ID = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One fact of all things; a thing without it has no values."""

    name: str
    words: str
    values: tuple[tuple[Shown, ...], ...]

    @property
    def differs(self) -> bool:
        """Whether the things do not say the same."""
        return len({tuple(each.text for each in values) for values in self.values}) > 1


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one matter."""

    name: str
    title: str
    rows: tuple[Row, ...]
    note: str = ""

    @property
    def differing(self) -> int:
        """How many rows differ between the things compared."""
        return sum(row.differs for row in self.rows)


@dataclass(frozen=True, slots=True)
class Compared:
    """Things side by side."""

    items: tuple[AnyItem, ...]
    sections: tuple[Section, ...]
    queries: tuple[SqlQuery | None, ...]
    no_queries: tuple[str, ...]  # why there is none, "" where there is one
    together: str = ""  # the address of one query over both, where there is one
    known: frozenset[str] = frozenset()  # ids that have a page

    @property
    def labels(self) -> tuple[str, ...]:
        """What each is called here: its name, with whose it is where two have the same."""
        names = [item.name for item in self.items]
        return tuple(
            item.name if names.count(item.name) == 1 else item.id.partition("/")[2] for item in self.items
        )

    def address(self, path: str, without: str = "") -> str:
        """A path with the ids of these things, one of them left out."""
        return with_params(path, [("id", item.id) for item in self.items if item.id != without])


def things_compared(site: Site, ids: Sequence[str]) -> tuple[AnyItem, ...]:
    """The things of some ids, none twice.

    Raises QueryProblem where one is not known or of a kind that is not compared, or there are too many.
    """
    wanted = list(dict.fromkeys(text for each in ids if (text := each.strip().lstrip("/"))))
    if len(wanted) > MOST:
        raise QueryProblem("bad_id", f"At most {MOST} things stand side by side.", "id")
    items = []
    for each in wanted:
        item = site.engine.get(each) if len(each) <= LONGEST_ID else None
        if item is None:
            raise QueryProblem("bad_id", f"There is no item {each[:200]}.", "id")
        if item.kind not in COMPARED:
            kinds = ", ".join(f"{kind}s" for kind in COMPARED)
            raise QueryProblem("bad_id", f"Compared are {kinds}; not {each[:200]}.", "id")
        items.append(item)
    return tuple(items)


def compare(site: Site, ids: Sequence[str]) -> Compared:
    """Two to four metrics, probes, pings or tables side by side. Raises QueryProblem for other ids."""
    items = things_compared(site, ids)
    if len(items) < FEWEST:
        raise QueryProblem("bad_id", f"Name {FEWEST} to {MOST} things by their ids, each as id.", "id")
    sections = [
        _section("facts", "Facts", items, facts_of),
        _section("state", "Alive or not", items, states_of),
        _section("columns", "Where its values are", items, places_of_values),
        *_schemas(site, items),
        _section("lineage", "Lineage and use", items, lineage_of),
    ]
    queries, reasons = zip(*(_query(site, item) for item in items), strict=True)
    kept = tuple(section for section in sections if section.rows or section.note)
    return Compared(items, kept, queries, reasons, _together(site, items), _known(site, kept))


def _section(
    name: str, title: str, items: Sequence[AnyItem], of: Callable[[AnyItem], Iterator[Told]]
) -> Section:
    """The rows that any of the things has, in the order of the first that has each."""
    each = [{row.name: row for row in of(item)} for item in items]
    names = dict.fromkeys(name for rows in each for name in rows)
    rows = []
    for found in names:
        words = next(rows[found].words for rows in each if found in rows)
        values = tuple(rows[found].values if found in rows else () for rows in each)
        rows.append(Row(found, words, values))
    return Section(name, title, tuple(rows))


def _schemas(site: Site, items: Sequence[AnyItem]) -> list[Section]:
    """The columns by which tables differ, of those whose columns are known."""
    tables = [item for item in items if isinstance(item, TableItem)]
    if len(tables) < FEWEST:
        return []
    schemas = [_schema(site, item) for item in items]
    known = [schema for schema in schemas if schema]
    if len(known) < FEWEST:
        return [Section("schema", "Schema", (), "Of these tables, too few have known columns to compare.")]
    every = dict.fromkeys(path for schema in known for path in schema)
    rows = []
    for path in every:
        if len({schema.get(path) for schema in known}) > 1:
            values = ((Shown(schema[path], code=True),) if path in schema else () for schema in schemas)
            rows.append(Row(path, path, tuple(values)))
    same = len(every) - len(rows)
    note = f"{same:,} columns are the same in all whose columns are known; {len(rows):,} are not."
    if len(rows) > MOST_COLUMNS:
        note += f" The first {MOST_COLUMNS} are shown."
    return [Section("schema", "Columns that differ", tuple(rows[:MOST_COLUMNS]), note)]


def _schema(site: Site, item: AnyItem) -> dict[str, str]:
    """Path -> type of a table's columns; empty where they are not known, and for other kinds."""
    if not isinstance(item, TableItem) or not item.schema_digest:
        return {}
    found = site.engine.columns(item.schema_digest)
    return {
        each.path: f"{each.type} {each.mode if each.mode == 'REPEATED' else ''}".strip() for each in found
    }


def _query(site: Site, item: AnyItem) -> tuple[SqlQuery | None, str]:
    try:
        return build(item, Choices(), link_context(site), columns_of(site)).query, ""
    except QueryProblem as problem:
        return None, problem.message


def _together(site: Site, items: Sequence[AnyItem]) -> str:
    """The address of one query over two things; "" where they have none."""
    if len(items) != 2:
        return ""
    try:
        build_pair(items[0], items[1], Choices(), link_context(site), columns_of(site))
    except QueryProblem:
        return ""
    return with_params("/sql", [("thing", items[0].id), ("with", items[1].id)])


def _known(site: Site, sections: Sequence[Section]) -> frozenset[str]:
    named = {
        shown.id for section in sections for row in section.rows for values in row.values for shown in values
    }
    return site.engine.known(tuple(each for each in named if each))


def differing(compared: Compared) -> Compared:
    """The same, with only the rows that differ."""
    sections = (
        replace(section, rows=tuple(row for row in section.rows if row.differs))
        for section in compared.sections
    )
    return replace(compared, sections=tuple(each for each in sections if each.rows or each.note))
