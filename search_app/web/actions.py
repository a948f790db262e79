"""What a reader can do with an item: tools that show it, why others do not, queries that run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from indexer.model.ids import table_id
from indexer.model.items import AnyItem, MetricItem, ProbeItem, TableItem
from indexer.model.table_records import Column
from search_app import tools
from search_app.query.model import ANY, Asked, QueryProblem
from search_app.sql import (
    PLACES,
    ColumnsOf,
    SqlQuery,
    column_queries,
    queries_for,
    queries_for_column,
    why_no_query,
)
from search_app.sql.builder.build import build
from search_app.sql.builder.choices import Choice, Choices
from search_app.tools import Context, Link, NoLink
from search_app.web.markdown import safe_href
from search_app.web.state import Site


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """Links with one label: the same view of one tool, each with the app, channel or table that it shows."""

    label: str
    links: tuple[tuple[str, Link], ...]


@dataclass(frozen=True, slots=True)
class QueryGroup:
    """Queries of one table, each with what it asks."""

    table: str
    queries: tuple[tuple[str, SqlQuery], ...]


@dataclass(frozen=True, slots=True)
class Actions:
    """Links and queries of one item."""

    links: tuple[Link, ...]
    reasons: tuple[NoLink, ...]
    queries: tuple[SqlQuery, ...]
    no_query: str  # why there is no query, a sentence; "" where there is one, or nothing more is known

    @property
    def public(self) -> tuple[Link, ...]:
        """Links that everybody can open."""
        return tuple(link for link in self.links if link.access == tools.PUBLIC)

    @property
    def staff(self) -> tuple[Link, ...]:
        """Links for Mozilla's people only."""
        return tuple(link for link in self.links if link.access != tools.PUBLIC)


def link_groups(links: Iterable[Link]) -> tuple[LinkGroup, ...]:
    """Links by their label, in their order."""
    found: dict[str, list[Link]] = {}
    for link in links:
        found.setdefault(link.label, []).append(link)
    return tuple(
        LinkGroup(label, tuple(zip(_told_apart(rows), rows, strict=True))) for label, rows in found.items()
    )


def _told_apart(links: Sequence[Link]) -> list[str]:
    """Words for links of one label: the short note, the whole one, or with it where addresses differ most."""
    for words in (
        [link.note.split(": ")[0] or link.label for link in links],
        [link.note or link.label for link in links],
    ):
        if len(set(words)) == len(words):
            return words
    paths = zip_longest(*(link.url.partition("?")[0].split("/")[3:] for link in links), fillvalue="")
    parts = max(paths, key=lambda row: len(set(row)), default=("",) * len(links))
    return [f"{link.note or link.label}, {part}" for link, part in zip(links, parts, strict=True)]


def query_groups(queries: Iterable[SqlQuery], name: str) -> tuple[QueryGroup, ...]:
    """Queries by their table, in their order; a title leaves out what stands above it."""
    found: dict[str, list[tuple[str, SqlQuery]]] = {}
    for query in queries:
        asked = query.title.replace(f" in {query.table}", "").replace(f" of {query.table}", "")
        asked = asked.removeprefix(name).removeprefix(name.rpartition("/")[2]).lstrip(", ")
        found.setdefault(query.table, []).append((asked[:1].upper() + asked[1:] or query.title, query))
    return tuple(QueryGroup(table, tuple(rows)) for table, rows in found.items())


def link_context(site: Site) -> Context:
    """What linking needs to know of all apps and explores, gathered once per generation."""
    return site.remembered(("link context", site.today.isoformat()), lambda: _gather(site))


def actions_for(site: Site, item: AnyItem, place: tuple[str, str] = ("", ""), column: str = "") -> Actions:
    """All links, reasons and queries of an item; queries of one (app, ping) or of one column where asked.

    Links to what was asked for stand before the others.
    """
    context = link_context(site)
    links, reasons = tools.links_and_reasons(item, context)
    if asked := Asked(*((value,) if value else () for value in place)):
        first = tools.links_for(tools.narrowed(item, asked), context)
        links = list({link.url: link for link in (*first, *links)}.values())
    queries = _queries(site, item, place, column)
    return Actions(
        links=tuple(link for link in links if safe_href(link.url)),
        reasons=tuple(reasons),
        queries=tuple(queries),
        no_query="" if queries else why_no_query(item, columns_of(site)),
    )


def _queries(site: Site, item: AnyItem, place: tuple[str, str], column: str) -> list[SqlQuery]:
    context, columns = link_context(site), columns_of(site)
    app, ping = place
    if isinstance(item, TableItem) and column and (found := column_queries(item, column, context, columns)):
        return found
    if isinstance(item, MetricItem | ProbeItem) and (app or ping):
        rows = [row for row in item.columns if app in ("", row.app) and ping in ("", row.ping)]
        rows.sort(key=lambda row: row.app_id != "")  # the view over all channels first
        places = {(row.app, row.ping): row for row in reversed(rows) if row.exists is not False}
        chosen = list(places.values())[:PLACES]
        return [query for row in chosen for query in queries_for_column(item, row, context, columns)]
    return queries_for(item, context, columns)


def choices_for(
    site: Site, item: AnyItem, place: tuple[str, str] = ("", ""), column: str = ""
) -> tuple[Choice, ...]:
    """What can be chosen of the query of an item; nothing where it has none, or none there."""
    asked = Choices(app=place[0], ping=place[1], column=column if isinstance(item, TableItem) else "")

    def choices() -> tuple[Choice, ...]:
        try:
            return build(item, asked, link_context(site), columns_of(site)).choices
        except QueryProblem:
            return ()

    return site.remembered(("choices", item.id, asked), choices)


def columns_of(site: Site) -> ColumnsOf:
    """A table's columns by its name, with or without project; empty where they are not known."""

    def columns(name: str) -> Sequence[Column]:
        table = site.engine.get(table_id(name))
        if not isinstance(table, TableItem) or not table.schema_digest:
            return ()
        return site.remembered(
            ("columns", table.schema_digest), lambda: site.engine.columns(table.schema_digest)
        )

    return columns


def best_links(site: Site, item_id: str, asked: Asked = ANY) -> tuple[Link, ...]:
    """The few best links of an item in what was asked for, one a tool."""
    item = site.engine.get(item_id)
    return tuple(tools.hit_links(item, link_context(site), asked)) if item is not None else ()


def asked_tables(site: Site, item_id: str, asked: Asked) -> tuple[str, ...]:
    """The tables that hold an item in what was asked for; empty where nothing narrows them."""
    item = site.engine.get(item_id) if asked else None
    return tools.narrowed(item, asked).tables if isinstance(item, MetricItem | ProbeItem) else ()


def _gather(site: Site) -> Context:
    items = (item for kind in ("app", "explore") for item in site.engine.items(kind))
    return tools.build_context(items, site.engine.get, site.today)
