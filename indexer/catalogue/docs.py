"""Sections of the data docs, and which things each of them names.

Exact on purpose: a section names a table by dataset.table, a metric by its dotted id,
a probe by its capitals, a ping as "`main` ping". A word that only might be a name is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from posixpath import dirname, join, normpath
from urllib.parse import urlsplit

from indexer.catalogue.model import Link
from indexer.catalogue.tables import Tables
from indexer.model.items import AnyItem, DocItem, MetricItem, ToolItem
from indexer.model.records import DocSection

SITE = "docs.telemetry.mozilla.org"
PUBLISHED = f"https://{SITE}/"

_DOTTED = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
_CAPITALS = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
_SNAKED = re.compile(r"(?<!\.)\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")
_PING = re.compile(r"[`\"“]?\b([a-z][a-z0-9]*(?:-[a-z0-9]+)*)[`\"”]?\s+pings?\b")
_DICTIONARY = re.compile(r"dictionary\.telemetry\.mozilla\.org/apps/([\w-]+)(?:/(metrics|pings)/([\w.-]+))?")
_KINDS = ("table", "metric", "probe", "ping", "app", "tool")
_MOST = 60  # of one kind in one section: a page that names more is a list, not an explanation


@dataclass(frozen=True, slots=True)
class Names:
    """What can be named, by its exact spelling."""

    tables: Tables
    metrics: Mapping[str, Sequence[str]]  # dotted name or column path -> ids
    metric_slugs: Mapping[tuple[str, str], str]  # (app, name with dots as underscores) -> id
    probes: Mapping[str, str]  # NAME, or a scalar's dotted name -> id
    pings: Mapping[str, Sequence[str]]  # name -> ids of legacy pings of the telemetry namespace
    tools: Mapping[str, str]  # title -> id
    tool_places: Mapping[tuple[str, str], str]  # (host, path that its addresses begin with) -> id
    ids: frozenset[str]


def names_of(items: Iterable[AnyItem], tables: Tables) -> Names:
    """The names of all items that a section can point to."""
    metrics: dict[str, list[str]] = {}
    slugs: dict[tuple[str, str], str] = {}
    probes: dict[str, str] = {}
    pings: dict[str, list[str]] = {}
    tools: dict[str, str] = {}
    places: dict[tuple[str, str], str] = {}
    ids = set()
    for item in items:
        ids.add(item.id)
        if isinstance(item, ToolItem):
            tools[item.title] = item.id
            places[_place(item.url)] = item.id
        if isinstance(item, MetricItem):
            if "." in item.name:
                metrics.setdefault(item.name, []).append(item.id)
            for path in {row.column for row in item.columns if row.column}:
                metrics.setdefault(path, []).append(item.id)
            for app in item.apps:
                slugs.setdefault((app, re.sub(r"[.\[\]/]", "_", item.name)), item.id)
        elif item.kind == "probe":
            name = item.name.split("/", 1)[1]
            if "_" in name or "." in name:
                probes[name] = item.id
        elif item.id.startswith("ping/telemetry/"):
            pings.setdefault(item.name, []).append(item.id)
    places = {place: key for place, key in places.items() if place[0] != SITE}
    return Names(tables, metrics, slugs, probes, pings, tools, places, frozenset(ids))


def _place(url: str) -> tuple[str, str]:
    """Where a tool is: its host, and the path that all its pages begin with (of a page, its folder)."""
    address = urlsplit(url)
    path = dirname(address.path) if address.path.endswith(".html") else address.path
    return address.netloc, path.rstrip("/")


def _tool_at(link: str, names: Names) -> str:
    """The id of the tool that an address lies in, "" where in none. Hosts are shared: metric-hub and the docs
    of bigquery-etl are two folders of mozilla.github.io, where much else lies that is no tool."""
    host, path = _place(link)
    while (host, path) not in names.tool_places and path:
        path = path.rpartition("/")[0]
    return names.tool_places.get((host, path), "")


def doc_items(records: Sequence[DocSection], names: Names) -> tuple[list[DocItem], list[Link]]:
    """One item for each section, and what each names."""
    items, links = [], []
    seen: set[str] = set()
    for record in records:
        item = _item(record)
        if item.id in seen:
            continue
        seen.add(item.id)
        items.append(item)
        links += [Link(item.id, key, kind, "doc", True) for kind, key in named(record, names)]
    known = frozenset(seen)
    for item in items:
        links += [Link(item.id, key, "doc", "doc", True) for key in _linked_docs(item, known)]
    return items, links


def _linked_docs(item: DocItem, known: frozenset[str]) -> list[str]:
    """Other sections that this one links to; a link to a page means its first section."""
    found: dict[str, None] = {}
    for link in item.section.links:
        address = urlsplit(link)
        if address.netloc not in ("", SITE) or not address.path:
            continue
        here = dirname(item.section.path) if not address.netloc else ""
        page = normpath(join(here, address.path.lstrip("/") if address.netloc else address.path))
        page = page.removesuffix(".html").removesuffix(".md") + ".md"
        for key in (f"doc/{page}#{address.fragment}", f"doc/{page}"):
            if key in known and key != item.id:
                found[key] = None
                break
    return list(found)


def named(section: DocSection, names: Names) -> list[tuple[str, str]]:
    """(kind, id) of the tables, metrics, probes, pings and apps that a section names."""
    text = " ".join((section.heading, section.text, section.code))
    found: dict[str, dict[str, None]] = {kind: {} for kind in _KINDS}
    for token in dict.fromkeys(_DOTTED.findall(text)):
        token = token.strip("-")
        if key := names.tables.id_of(token):
            found["table"][key] = None
        elif token in names.metrics:
            found["metric"].update(dict.fromkeys(names.metrics[token]))
        elif token in names.probes:
            found["probe"][names.probes[token]] = None
    for token in dict.fromkeys(_CAPITALS.findall(text)):
        if token in names.probes:
            found["probe"][names.probes[token]] = None
    for token in dict.fromkeys(_SNAKED.findall(text)):
        # The one dataset that docs leave unsaid.
        if key := names.tables.id_of(f"telemetry.{token}"):
            found["table"][key] = None
    for token in dict.fromkeys(_PING.findall(text)):
        found["ping"].update(dict.fromkeys(names.pings.get(token, ())))
    for title, key in names.tools.items():
        if title in text and re.search(rf"(?<![\w.-]){re.escape(title)}(?![\w-])", text):
            found["tool"][key] = None
    for link in section.links:
        _follow(link, names, found)
    return [(kind, key) for kind, keys in found.items() for key in list(keys)[:_MOST]]


def _follow(link: str, names: Names, found: Mapping[str, dict[str, None]]) -> None:
    try:
        tool = _tool_at(link, names)
    except ValueError:  # junk in a link is no name (rule 12)
        return
    if tool:
        found["tool"][tool] = None
    match = _DICTIONARY.search(link)
    if match is None:
        return
    app, kind, name = match[1], match[2], match[3]
    if kind == "pings":
        key = f"ping/{app}/{name}"
        if key in names.ids:
            found["ping"][key] = None
    elif kind == "metrics":
        if key := names.metric_slugs.get((app, name), ""):
            found["metric"][key] = None
    elif f"app/{app}" in names.ids:
        found["app"][f"app/{app}"] = None


def _item(section: DocSection) -> DocItem:
    name = f"{section.path}#{section.slug}" if section.slug else section.path
    page = section.path.removesuffix(".md")
    if page.endswith("/README") or page == "README":
        page = page.removesuffix("README") + "index"
    heading = section.heading or section.page_title
    return DocItem(
        id=f"doc/{name}",
        kind="doc",
        name=name,
        title=heading,
        description=section.text,
        type="obsolete" if section.obsolete else "section",
        status="deprecated" if section.obsolete else "active",
        status_reason="kept for the record in the obsolete part of the docs" if section.obsolete else "",
        labels=tuple(dict.fromkeys(section.breadcrumb)),
        section=section,
        url=f"{PUBLISHED}{page}.html" + (f"#{section.slug}" if section.slug else ""),
    )
