"""A thing as an assistant reads it: the facts of its page, short, with the whole length of what is cut."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from indexer.model.ids import item_path
from indexer.model.items import (
    AnyItem,
    DashboardItem,
    DocItem,
    ExploreItem,
    MeasureItem,
    MetricItem,
    PingItem,
    ProbeItem,
    TableItem,
)
from indexer.store.departed import read_departed
from indexer.text.plain_text import plain_text
from search_app.mcp.tool import ToolProblem, seen
from search_app.query.parser import parse_query
from search_app.tools import Link
from search_app.web.actions import Actions, actions_for
from search_app.web.assistants.gives import BookPage, OpenIn, Part, Place, Thing
from search_app.web.comparing.facts import USED_BY, facts_of
from search_app.web.guards.hosts import public_root
from search_app.web.items.json import columns_of
from search_app.web.markdown import safe_href
from search_app.web.meant import meant_by
from search_app.web.operation.judged import judged
from search_app.web.state import current_site
from search_app.web.urls import api_path

LONGEST_TEXT = 1_500  # characters of a description
LONGEST_NOTE = 240  # of what is said of one part
MOST_RELATED, MOST_NAMES, MOST_LINKS, MOST_PARTS = 8, 20, 8, 30
MOST_OF = {
    **dict.fromkeys(("apps", "pings", "tables", "reads_besides", "joins"), MOST_NAMES),
    **dict.fromkeys(("owners", "bugs", "data_reviews", "links"), MOST_LINKS),
    **dict.fromkeys(("extras", "tiles", "measures", "book"), MOST_PARTS),
    "labels": 40,
}
FACTS = frozenset(
    {
        "origin", "lifetime", "unit", "buckets", "processes", "versions", "client_id", "retention", "metrics",
        "metrics_active", "clustering", "partition_filter", "made_by", "dag", "level",
        "defined_by", *(f"used_by_{kind}" for kind in USED_BY),
    }
)  # fmt: skip
NEAREST = 3
REPEATED = "REPEATED"


def root() -> str:
    """The address of this server as readers know it, without a slash at its end."""
    return public_root(current_site().config).rstrip("/")


def page(item_id: str) -> str:
    """The address of a thing's page."""
    return root() + item_path(item_id)


def cut(text: str, most: int) -> str:
    """Upstream's text without characters that nobody sees, cut at a word."""
    text = seen(text).strip()
    if len(text) <= most:
        return text
    return text[:most].rpartition(" ")[0].rstrip(" ,.;:") + "…"


def found_item(asked_id: str) -> AnyItem:
    """The thing of an id, of one that it became, or the one thing of a kind that is called so.

    Raises ToolProblem where there is none, with ids that are near.
    """
    site = current_site()
    asked_id = asked_id.strip().strip("/")
    if (item := site.engine.get(asked_id)) is not None:
        return item
    departed = read_departed(site.config.data_dir, asked_id)
    if departed and departed.successor and (item := site.engine.get(departed.successor)) is not None:
        return item
    kind, _, rest = asked_id.partition("/")
    if (
        not departed
        and (meant := meant_by(site, kind, rest))
        and (item := site.engine.get(meant)) is not None
    ):
        return item
    if departed:
        facts = departed.facts
        raise ToolProblem(
            f"No source names {asked_id} any more. Last seen {departed.last_seen[:10]}: "
            f"{cut(facts.title or facts.name, 100)}, {facts.status} {cut(facts.status_reason, 200)}".strip()
        )
    near = _near(re.sub(r"[/#]", " ", rest or kind))
    raise ToolProblem(f"There is no {cut(asked_id, 200)}." + (f" Near: {', '.join(near)}" if near else ""))


def _near(words: str) -> list[str]:
    query = parse_query(words[:200], {"size": str(NEAREST), "facets": ""})
    return [hit.card.id for hit in current_site().engine.search(query).hits]


def _open_in(links: Iterable[Link]) -> list[OpenIn]:
    shown = [link for link in links if safe_href(link.url)]
    return [OpenIn(link.tool, link.label, link.url, link.access, link.note) for link in shown]


def thing_of(
    item: AnyItem,
    asked_id: str,
    column: str,
    most_columns: int,
    *,
    actions: Actions | None = None,
    longest: int = LONGEST_TEXT,
) -> Thing:
    """All that is told of a thing, long lists cut; of its columns those whose path holds `column`."""
    rows = columns_of(current_site(), item)
    rows = [row for row in rows if column.lower() in (row["column"] or "").lower()]
    related = {name: ids for name, ids in item.related.items() if ids}
    whole = Thing(
        id=item.id,
        kind=item.kind,
        name=item.name,
        status=item.status,
        url=page(item.id),
        json_url=root() + api_path(item.id),
        title=cut(item.title, 200),
        description=cut(item.description, longest),
        warning=cut(plain_text(item.warning, addresses=True), LONGEST_TEXT),
        status_reason=item.status_reason,
        sampled=item.sampled,
        type=item.type,
        recorded_as=_recorded_as(item),
        apps=list(item.apps),
        pings=list(item.pings),
        tables=list(item.tables),
        sensitivity=list(item.sensitivity),
        expires=item.expires,
        judged_by=_judged_by(item),
        added=item.added,
        changed=item.changed,
        owners=[cut(owner, 200) for owner in item.owners],
        bugs=_bugs(item),
        data_reviews=_reviews(item),
        facts=_facts(item),
        expression=item.select_expression if isinstance(item, MeasureItem) else "",
        partition=item.partition_field if isinstance(item, TableItem) else "",
        use_instead=item.user_view if isinstance(item, TableItem) else "",
        reads_besides=_reads_besides(item),
        no_query=item.no_query if isinstance(item, MeasureItem) else "",
        columns=[_place(row) for row in rows[:most_columns]],
        columns_total=len(rows),
        columns_unknown=item.columns_unknown if isinstance(item, TableItem) else "",
        extras=_extras(item),
        tiles=_tiles(item),
        measures=_measures(item),
        joins=list(item.joins) if isinstance(item, ExploreItem) else [],
        labels=[cut(label, 100) for label in _labels(item)],
        book=_book(item),
        links=_open_in((actions or actions_for(current_site(), item)).links),
        related={name: list(ids[:MOST_RELATED]) for name, ids in related.items()},
        related_totals={name: len(ids) for name, ids in related.items() if len(ids) > MOST_RELATED},
        moved_from=asked_id if asked_id != item.id else "",
    )
    return _shortened(whole)


def _bugs(item: AnyItem) -> list[str]:
    """The bugs of its definition. Those of the item are searched, with its data reviews among them."""
    defined = item.definition if isinstance(item, MetricItem | PingItem) else None
    return [cut(bug, 200) for bug in (defined.bugs if defined else item.bugs)]


def _reviews(item: AnyItem) -> list[str]:
    defined = item.definition if isinstance(item, MetricItem | PingItem) else None
    return [cut(review, 200) for review in defined.data_reviews] if defined else []


def _facts(item: AnyItem) -> dict[str, str]:
    """What a page tells of it beside the facts that have a name of their own here, by the page's words."""
    rows = (row for row in facts_of(item) if row.name in FACTS)
    return {row.words: cut("; ".join(each.text for each in row.values), LONGEST_NOTE) for row in rows}


def _recorded_as(item: AnyItem) -> str:
    """Of a legacy probe: `keyed, exponential`."""
    if not isinstance(item, ProbeItem) or not item.definitions:
        return ""
    newest = item.definitions[0]
    return ", ".join(word for word in ("keyed" if newest.keyed else "", newest.kind) if word)


def _judged_by(item: AnyItem) -> str:
    """Of an expiry by version, as its page says it."""
    by = judged(current_site())
    if not item.expires.isdigit() or not by.text:
        return ""
    return f"{by.text}; {by.warning}" if by.warning else by.text


def _labels(item: AnyItem) -> Iterable[str]:
    """What is listed of a thing by name; not extras, which have a list of their own, nor a probe's kind."""
    if isinstance(item, ProbeItem) and item.definitions:
        newest = item.definitions[0]
        return (*newest.labels, *newest.methods, *newest.objects, *newest.extra_keys)
    if isinstance(item, MetricItem) and item.definition:
        return item.definition.labels
    return () if isinstance(item, DashboardItem) else item.labels


def _shortened(thing: Thing) -> Thing:
    """A thing with its lists cut as MOST_OF says, and of each that is how many there are in all."""
    lists = {name: getattr(thing, name) for name in MOST_OF}
    totals = {name: len(lists[name]) for name, most in MOST_OF.items() if len(lists[name]) > most}
    return replace(thing, totals=totals, **{name: lists[name][: MOST_OF[name]] for name in totals})


def _place(row: dict[str, Any]) -> Place:
    """A row of an item's columns (items/json.py); what is null there is left out here."""
    told = {name: value for name, value in row.items() if value is not None and name in _OF_A_PLACE}
    if "description" in told:
        told["description"] = _note(str(told["description"]))
    if row.get("mode") == REPEATED:  # an array: who takes it for one value writes SQL that fails
        told["type"] = f"{told.get('type', '')} {REPEATED}".lstrip()
    return Place(**told)


def _note(description: str) -> str:
    """The words of a part, with the addresses in them: "deprecated, see" says nothing without."""
    return cut(plain_text(description, addresses=True), LONGEST_NOTE)


_OF_A_PLACE = frozenset(each.name for each in fields(Place))


def _reads_besides(item: AnyItem) -> list[str]:
    """What the SQL of a table reads beside the tables that have a page: without it, "made from" is a half."""
    if not isinstance(item, TableItem):
        return []
    told = {key.partition("/")[2] for key in item.related.get("upstream", ())}
    return [cut(name, 200) for name in item.upstream if name not in told]


def _extras(item: AnyItem) -> list[Part]:
    if not isinstance(item, MetricItem) or item.definition is None:
        return []
    return [
        Part(cut(key.name, 200), cut(key.type, 100), _note(key.description))
        for key in item.definition.extra_keys
    ]


def _tiles(item: AnyItem) -> list[Part]:
    if not isinstance(item, DashboardItem):
        return []
    return [
        Part(cut(tile.title, 200), tile.type, ", ".join(tile.fields)[:LONGEST_NOTE])
        for tile in item.tiles
        if tile.title and tile.type != "text"
    ]


def _measures(item: AnyItem) -> list[Part]:
    if not isinstance(item, ExploreItem):
        return []
    return [Part(cut(each.name, 200), cut(each.type, 100), _note(each.description)) for each in item.measures]


def _book(item: AnyItem) -> list[BookPage]:
    """The pages around the one that a section of the docs is on."""
    if not isinstance(item, DocItem) or item.place is None:
        return []
    place = item.place
    around = [
        *(("above", each) for each in place.above),
        ("previous", place.previous),
        ("next", place.next),
        *(("below", each) for each in place.below),
    ]
    return [BookPage(where, each.id, cut(each.title, 200)) for where, each in around if each]
