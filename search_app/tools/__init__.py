"""The contract of a tool, how tools are found, and the links of an item.

A tool is one module of this folder; what tools share is in the folder `addressing`. It has
one class named `Tool` with:

    name     the tool's name (`tool/<name>` where the tool dictionary describes it)
    label    what a reader sees
    order    smaller stands first on a page
    bangs    the words after `!` that mean it in the search box
    views(item, context) -> what the tool can show of the item, best first: Links, and
             where it could be expected to show something but cannot, NoLinks with the reason

Every address, its condition and whether it is for Mozilla staff comes from the tools'
own sources, read in 2026; a module says where today's published form was wrong.
Tools are pure: they read the item and the Context, nothing else. Where a search or an address
names an app, ping or channel (Asked), they are shown the item as it is there (narrowed).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Protocol

from indexer.model.card import Optional
from indexer.model.items import AnyItem, AppItem, ExploreItem, MetricItem, PingItem, ProbeItem
from indexer.model.literals import Access
from indexer.model.parts import AppChannel, ColumnRef
from search_app.query.model import ANY, Asked
from search_app.tools.addressing.hosts import is_at_a_tool as is_at_a_tool

PUBLIC: Access = "public"
STAFF: Access = "staff"
GAINING_ACCESS = "https://docs.telemetry.mozilla.org/concepts/gaining_access.html"
HIT_LINKS = 4
LAYERS = ("_stable", "_live")


@dataclass(frozen=True, slots=True)
class Link:
    """One address outside that shows the item."""

    tool: str
    label: str
    url: str
    access: Access = PUBLIC  # staff: Mozilla's people only
    note: Optional = ""  # which app, channel or ping it shows, or a warning


@dataclass(frozen=True, slots=True)
class NoLink:
    """Why a tool cannot show the item, in words for the reader."""

    tool: str
    reason: str


def _nothing(_item_id: str) -> AnyItem | None:
    return None


@dataclass(frozen=True, slots=True)
class Context:
    """What linking needs beyond the item; built once per generation."""

    explores: frozenset[tuple[str, str]] = frozenset()  # (namespace, explore)
    channels: Mapping[str, tuple[AppChannel, ...]] = field(default_factory=dict)  # app_name -> channels
    titles: Mapping[str, str] = field(default_factory=dict)  # app_name -> canonical name
    undocumented: frozenset[str] = frozenset()  # apps that the Glean Dictionary leaves out
    datasets: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # dataset -> (app, app id or "")
    lookup: Callable[[str], AnyItem | None] = _nothing  # an item by id
    today: date | None = None  # None: nothing is too long ago for a tool

    def deprecated(self, app: str, app_id: str = "") -> bool:
        """Whether a channel, or without app_id every channel of the app, is deprecated."""
        chosen = [c for c in self.channels.get(app, ()) if not app_id or c.app_id == app_id]
        return bool(chosen) and all(channel.deprecated for channel in chosen)

    def channel(self, app: str, app_id: str) -> AppChannel | None:
        """The channel of an app id, None where it is not listed."""
        return next((c for c in self.channels.get(app, ()) if c.app_id == app_id), None)


class Tool(Protocol):
    """One tool: its name in links and on pages, its place among them, what `!bang` calls it."""

    name: str
    label: str
    order: int
    bangs: tuple[str, ...]

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """Its links for an item; NoLink with a sentence where a reader would expect one and there is none."""
        ...


def build_context(
    items: Iterable[AnyItem],
    lookup: Callable[[str], AnyItem | None] = _nothing,
    today: date | None = None,
) -> Context:
    """The context out of the catalogue's items; only apps and explores are looked at."""
    explores: set[tuple[str, str]] = set()
    apps: dict[str, AppItem] = {}
    for item in items:
        if isinstance(item, AppItem):
            apps[item.name] = item
        elif isinstance(item, ExploreItem):
            explores.add((item.namespace, item.id.rpartition("/")[2]))
    datasets = {name: (name, "") for name in apps}
    datasets.update({c.dataset: (name, c.app_id) for name, app in apps.items() for c in app.channels})
    return Context(
        explores=frozenset(explores),
        channels={name: app.channels for name, app in apps.items()},
        titles={name: app.title for name, app in apps.items()},
        undocumented=frozenset(name for name, app in apps.items() if app.skip_documentation),
        datasets=datasets,
        lookup=lookup,
        today=today,
    )


@cache
def find_tools() -> dict[str, Tool]:
    """All tools by name, in the order of a page. Adding a file to this folder is the registration."""
    names = [m.name for m in pkgutil.iter_modules(__path__) if not m.ispkg]
    tools: list[Tool] = [importlib.import_module(f"{__name__}.{name}").Tool() for name in names]
    return {tool.name: tool for tool in sorted(tools, key=lambda tool: (tool.order, tool.name))}


@cache
def bangs() -> dict[str, str]:
    """The words after `!`, with the name of the tool that each means."""
    return {bang: tool.name for tool in find_tools().values() for bang in tool.bangs}


def links_and_reasons(item: AnyItem, context: Context) -> tuple[list[Link], list[NoLink]]:
    """Every link of an item, best tools first, no address twice; and why tools without any have none."""
    found: dict[str, Link] = {}
    reasons: list[NoLink] = []
    for tool in find_tools().values():
        views = list(tool.views(item, context))
        links = [view for view in views if isinstance(view, Link)]
        for link in links:
            found.setdefault(link.url, link)
        if not links:
            reasons += dict.fromkeys(view for view in views if isinstance(view, NoLink))
    return list(found.values()), reasons


def links_for(item: AnyItem, context: Context) -> list[Link]:
    """Every link of an item, best tools first, no address twice."""
    return links_and_reasons(item, context)[0]


def links_for_column(item: MetricItem | ProbeItem, column: ColumnRef, context: Context) -> list[Link]:
    """The links of one row of a metric's matrix: that app, channel, ping and table only."""
    only = replace(item, columns=(column,), apps=(column.app,), pings=(column.ping,))
    return links_for(only, context)


def tool_view(tool_name: str, item: AnyItem, context: Context, asked: Asked = ANY) -> Link | NoLink | None:
    """A tool's best view of an item in what was asked for, else its reason, else None: what `!bang` asks for.

    A tool that cannot show the very ping or channel shows the app that was asked for, never another one.
    """
    tool = find_tools().get(tool_name)
    reason: NoLink | None = None
    for each in narrowings(item, asked):
        for view in tool.views(each, context) if tool else ():
            if isinstance(view, Link):
                return view
            reason = reason or view
    return reason


def hit_links(item: AnyItem, context: Context, asked: Asked = ANY, limit: int = HIT_LINKS) -> list[Link]:
    """The best link of each of the first few tools that have one, labelled by tool: for a result."""
    found: list[Link] = []
    for tool in find_tools().values():
        view = tool_view(tool.name, item, context, asked)
        if isinstance(view, Link):
            found.append(replace(view, label=tool.label))
            if len(found) == limit:
                break
    return found


def narrowings(item: AnyItem, asked: Asked) -> Iterator[AnyItem]:
    """The item as it is in what was asked for, then with less and less of that; never in another app."""
    seen: list[AnyItem] = []
    for each in (asked, replace(asked, datasets=()), Asked(apps=asked.apps)):
        found = narrowed(item, each)
        if found not in seen:
            seen.append(found)
            yield found


def narrowed(item: AnyItem, asked: Asked) -> AnyItem:
    """The item with only those of its places that were asked for; whole where it has none of them."""
    if isinstance(item, PingItem):
        return _narrowed_ping(item, asked.datasets)
    if not isinstance(item, MetricItem | ProbeItem) or not asked:
        return item
    apps = tuple(app for app in item.apps if not asked.apps or app in asked.apps) or item.apps
    rows = tuple(row for row in item.columns if row.app in apps and _is_asked(row, asked))
    rows = rows or tuple(row for row in item.columns if row.app in apps)
    titles = dict(zip(item.apps, item.app_titles, strict=False))
    if asked.datasets or asked.pings:  # what was asked for may be in some of the apps only
        apps = tuple(app for app in apps if any(row.app == app for row in rows)) or apps
    return replace(
        item,
        columns=rows,
        apps=apps,
        app_titles=tuple(titles.get(app, app) for app in apps),
        pings=tuple(dict.fromkeys(row.ping for row in rows)) or item.pings,
        tables=tables_of(rows) or item.tables,
    )


def tables_of(rows: Sequence[ColumnRef]) -> tuple[str, ...]:
    """The tables of some rows of a matrix, views over all channels first; none that lacks the column."""
    held = sorted((row for row in rows if row.exists is not False), key=lambda row: row.app_id != "")
    return tuple(dict.fromkeys(row.table for row in held))


def _is_asked(row: ColumnRef, asked: Asked) -> bool:
    if asked.pings and row.ping not in asked.pings:
        return False
    return not asked.datasets or row.table.partition(".")[0] in asked.datasets


def _narrowed_ping(item: PingItem, datasets: tuple[str, ...]) -> PingItem:
    """The ping with the tables of the channels that were asked for."""

    def dataset(table: str) -> str:
        name = table.split(".")[-2]
        return next((name.removesuffix(layer) for layer in LAYERS if name.endswith(layer)), name)

    held = tuple(table for table in item.ping_tables if dataset(table.name) in datasets)
    return replace(item, ping_tables=held) if held else item
