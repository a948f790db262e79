"""An app as a flow: its pings, the types of their metrics and the tables that hold them.

Pure: counts go in, boxes and curves with their places come out, the same for the same counts.
No two boxes overlap and every label fits into its box, by the widths that text_width.py reckons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from search_app.web.labels import plural
from search_app.web.maps.counts import (
    HUES,
    AppCounts,
    PingCounts,
    TableName,
    fold_pings,
    hue_of,
    of_types,
    ping_order,
)
from search_app.web.maps.layout import (
    APP,
    COLUMNS,
    PADDING,
    PINGS,
    TABLES,
    TOP,
    TYPES,
    Box,
    Column,
    Draft,
    Strand,
    arrange,
    labelled,
)
from search_app.web.maps.strands import Row, scale_of, weakened
from search_app.web.maps.text_width import BOLD, LINE, NAME_SIZE, NOTE_SIZE, Text, wrapped

WIDTH = 1180.0
MOST_PINGS = 18  # one by one; the rest is one bundle
MOST_TYPES = 15


@dataclass(frozen=True, slots=True)
class Flow:
    """The map of one app."""

    width: float
    height: float
    app: Box
    strands: tuple[Strand, ...]
    types: tuple[Box, ...]
    headings: tuple[Text, ...]
    folded: int  # pings in the bundle


def flow(app: AppCounts, pings: Sequence[PingCounts], most: int = MOST_PINGS) -> Flow:
    """The map of an app; pings beyond the first `most` are bundled into one that links to the list."""
    shown = fold_pings(ping_order(pings), app.list_url, most)
    types, place_of = _type_drafts(app, shown, pings)
    datasets = {ping.table.name.partition(".")[0] for ping in shown if ping.table and "." in ping.table.name}
    home = next(iter(datasets)) + "." if len(datasets) == 1 else ""
    scale = scale_of(shown)
    rows = [
        Row(ping, _ping_draft(ping), *_table_drafts(ping, home), place_of=place_of, scale=scale)
        for ping in shown
    ]
    start = _app_draft(app, len(pings))
    for row in rows:
        row.measure(types)
        start.load += row.trunk
    words = wrapped(f"Tables of {home[:-1]}" if home else "Tables", TABLES.width, NAME_SIZE * BOLD)
    head = TOP + LINE * (len(words) - 1)
    tables = [table for row in rows for table in row.tables]
    height = arrange(head, [start], [row.draft for row in rows], types, tables)
    headings = [Text(column.x, head - 20, column.heading) for column in COLUMNS[:-1]]
    headings += [Text(TABLES.x, 14 + LINE * number, line) for number, line in enumerate(words)]
    return Flow(
        width=WIDTH,
        height=height,
        app=start.placed(),
        strands=weakened([row.strand(start, types) for row in rows]),
        types=tuple(each.placed() for each in types),
        headings=tuple(headings),
        folded=shown[-1].bundled if shown else 0,
    )


def _app_draft(app: AppCounts, pings: int) -> Draft:
    total = sum(app.types.values()) if app.metrics is None else app.metrics
    words = f"{plural(total, 'metric')} in {plural(pings, 'ping')}"
    lines = wrapped(app.title, APP.width - 2 * PADDING, NAME_SIZE * BOLD)
    below = wrapped(words, APP.width - 2 * PADDING, NOTE_SIZE)
    return Draft(APP, lines, "", f"{app.title}: {words}", app.url, faint=not app.alive, below=below)


def _type_drafts(
    app: AppCounts, shown: Sequence[PingCounts], pings: Sequence[PingCounts]
) -> tuple[list[Draft], dict[str, int]]:
    """The types hue by hue, each from the most metrics down; rare ones share the last box."""
    totals = {name: app.types.get(name, 0) for ping in shown for name in ping.types}
    hues = [*HUES, "others"]
    ranked = sorted(totals, key=lambda name: (-totals[name], name))
    kept = ranked if len(ranked) <= MOST_TYPES + 1 else ranked[:MOST_TYPES]
    order = sorted(kept, key=lambda name: (hues.index(hue_of(name)), -totals[name], name))
    place_of = {name: place for place, name in enumerate(order)}
    drafts = [_type_draft(name, totals[name], app, pings) for name in order]
    if rare := ranked[len(kept) :]:
        count = sum(totals[name] for name in rare)
        words = ", ".join(name.replace("_", " ") for name in rare)
        title = f"{plural(count, 'metric')} of {len(rare)} rarer types: {words}"
        drafts.append(_counted(TYPES, f"{len(rare)} rarer types", count, title, app.type_url("")))
        drafts[-1].hue = "others"
        place_of |= {name: len(order) for name in rare}
    return drafts, place_of


def _type_draft(name: str, count: int, app: AppCounts, pings: Sequence[PingCounts]) -> Draft:
    carrying = sum(name in ping.types for ping in pings)
    title = f"{of_types(count, [name])} in {plural(carrying, 'ping')}"
    draft = _counted(TYPES, name.replace("_", " "), count, title, app.type_url(name))
    draft.hue, draft.key = hue_of(name), name
    return draft


def _counted(column: Column, label: str, count: int, title: str, url: str) -> Draft:
    return labelled(column, label, f"{count:,}" if count else "", title, url)


def _ping_draft(ping: PingCounts) -> Draft:
    title = f"{ping.bundled} more pings" if ping.bundled else f"The ping {ping.name}"
    title += f": {plural(ping.total, 'metric')}"
    if ping.carried:
        title += f", and {ping.carried:,} that come with every ping"
    if not ping.alive and ping.state:
        title += f"; {ping.state}"
    draft = labelled(PINGS, ping.name, f"{ping.total:,}", title, ping.url)
    draft.faint, draft.key = not ping.alive, "" if ping.bundled else ping.name
    return draft


def _table_drafts(ping: PingCounts, home: str) -> tuple[Draft, Draft | None]:
    """The box of a ping's table, and of the one that has its events as rows."""
    if ping.table is None:
        draft = labelled(TABLES, "no table is known", "", f"No table of the ping {ping.name} is known", "")
        draft.faint = True
        return draft, None
    drafts = [
        labelled(TABLES, table.name.removeprefix(home), "", _table_title(ping, table), table.url)
        for table in (ping.table, ping.events_table)
        if table is not None
    ]
    for draft in drafts:
        draft.faint = not ping.alive
    return drafts[0], drafts[1] if len(drafts) > 1 else None


def _table_title(ping: PingCounts, table: TableName) -> str:
    if ping.bundled:
        return f"The tables of {ping.bundled} more pings, in the list"
    held = "the events of the ping" if table is ping.events_table else "the ping"
    return f"The table {table.name} holds {held} {ping.name}"
