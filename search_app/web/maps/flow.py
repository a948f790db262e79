"""An app as a flow: its pings, the types of their metrics and the tables that hold them.

Pure: counts go in, boxes and curves with their places come out, the same for the same counts.
No two boxes overlap and every label fits into its box, by the widths that lettering.py reckons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from search_app.web.maps.layout import (
    APP,
    COLUMNS,
    LEAD,
    PADDING,
    PINGS,
    TABLES,
    TOP,
    TYPES,
    Box,
    Curve,
    Draft,
    Strand,
    arrange,
    curve_path,
    curve_width,
    labelled,
)
from search_app.web.maps.text_width import BOLD, LINE, NAME_SIZE, NOTE_SIZE, Text, wrapped

WIDTH = 1180.0
BUSY, WIDEST_SCALE = (
    44.0,
    3.0,
)  # curves of the busiest ping of a small app get this much, each this wide at most
MOST_PINGS = 18  # one by one; the rest is one bundle
MOST_TYPES = 15
MOST_AT_REST = 40  # curves through types, the widest; more cannot be told apart

# the pings that every Glean app has come first, whatever they count
FIRST_PINGS = ("metrics", "events", "baseline")


# what kinds of values a type holds: one hue each
HUES: Mapping[str, tuple[str, ...]] = {
    "numbers": ("counter", "boolean", "quantity", "rate", "numerator", "denominator"),
    "distributions": ("distribution", "timespan", "datetime"),
    "texts": ("string", "string_list", "text", "url", "uuid", "jwe"),
    "events": ("event", "object"),
}


@dataclass(frozen=True, slots=True)
class TableName:
    """A table with the page that shows it."""

    name: str  # dataset.table
    url: str


@dataclass(frozen=True, slots=True)
class PingCounts:
    """What the flow needs to know of a ping."""

    name: str
    url: str
    types: Mapping[str, int]  # metric type -> number of metrics
    table: TableName | None = None
    events_table: TableName | None = None  # where its events are rows of their own
    alive: bool = True
    certain: bool = True  # its definition is known, not its schema only
    state: str = "active"
    metrics: int | None = None  # where some are of two types: each counted once

    @property
    def total(self) -> int:
        """How many metrics it can carry."""
        return sum(self.types.values()) if self.metrics is None else self.metrics


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


def hue_of(type_name: str) -> str:
    """What kind of values a metric type holds, by the last word that says so."""
    bare = type_name.removeprefix("dual_").removeprefix("labeled_").rstrip("0123456789")  # schemas say text2
    for hue, names in HUES.items():
        if bare in names or bare.rsplit("_", 1)[-1] in names:
            return hue
    return "others"


def ping_order(pings: Iterable[PingCounts]) -> list[PingCounts]:
    """Living pings first; among them those that every app has, then by number of metrics."""

    def key(ping: PingCounts) -> tuple[bool, bool, int, int, str]:
        known = FIRST_PINGS.index(ping.name) if ping.name in FIRST_PINGS else len(FIRST_PINGS)
        return (not ping.alive, not ping.certain, known, -ping.total, ping.name)

    return sorted(pings, key=key)


@dataclass(frozen=True, slots=True)
class AppCounts:
    """What the flow needs to know of an app."""

    title: str
    url: str
    types: Mapping[str, int]  # metric type -> number of metrics, each counted once
    type_url: Callable[[str], str]  # of a type; of all of them with an empty one
    list_url: str  # where all pings are listed
    alive: bool = True
    metrics: int | None = None  # where some are of two types: each counted once


def flow(app: AppCounts, pings: Sequence[PingCounts], most: int = MOST_PINGS) -> Flow:
    """The map of an app; pings beyond the first `most` are bundled into one that links to the list."""
    shown, folded = _fold_pings(ping_order(pings), app.list_url, most)
    types, place_of = _type_drafts(app, shown)
    datasets = {ping.table.name.partition(".")[0] for ping in shown if ping.table and "." in ping.table.name}
    home = next(iter(datasets)) + "." if len(datasets) == 1 else ""
    scale = _scale(shown)
    rows = [
        _Row(ping, _ping_draft(ping), *_table_drafts(ping, home), place_of=place_of, scale=scale)
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
        strands=_weakened([row.strand(start, types) for row in rows]),
        types=tuple(each.placed() for each in types),
        headings=tuple(headings),
        folded=folded,
    )


def _weakened(strands: Sequence[Strand]) -> tuple[Strand, ...]:
    """The strands, all but their widest curves through types marked as weak."""
    widths = sorted((c.width for strand in strands for c in strand.curves if c.number >= 0), reverse=True)
    least = widths[MOST_AT_REST] if len(widths) > MOST_AT_REST else 0.0
    return tuple(
        replace(
            strand, curves=tuple(replace(c, weak=c.number >= 0 and c.width <= least) for c in strand.curves)
        )
        for strand in strands
    )


def _scale(pings: Sequence[PingCounts]) -> float:
    """How much wider than usual curves are drawn: small apps have room for it."""
    busiest = max((sum(map(curve_width, ping.types.values())) for ping in pings), default=0.0)
    return min(WIDEST_SCALE, max(1.0, BUSY / busiest)) if busiest else 1.0


def _app_draft(app: AppCounts, pings: int) -> Draft:
    total = sum(app.types.values()) if app.metrics is None else app.metrics
    words = (
        f"{total:,} {'metric' if total == 1 else 'metrics'} in {pings} {'ping' if pings == 1 else 'pings'}"
    )
    lines = wrapped(app.title, APP.width - 2 * PADDING, NAME_SIZE * BOLD)
    below = wrapped(words, APP.width - 2 * PADDING, NOTE_SIZE)
    return Draft(APP, lines, "", f"{app.title}: {words}", app.url, faint=not app.alive, below=below)


def _fold_pings(pings: list[PingCounts], list_url: str, most: int) -> tuple[list[PingCounts], int]:
    if len(pings) <= most + 1:  # a bundle of one is no shorter
        return pings, 0
    rest = pings[most:]
    types: dict[str, int] = {}
    for ping in rest:
        for name, count in ping.types.items():
            types[name] = types.get(name, 0) + count
    alive = any(ping.alive for ping in rest)
    tables = TableName("their tables", list_url)
    bundle = PingCounts(f"and {len(rest)} more pings", list_url, types, tables, alive=alive, state="")
    return [*pings[:most], bundle], len(rest)


def _type_drafts(app: AppCounts, pings: Sequence[PingCounts]) -> tuple[list[Draft], dict[str, int]]:
    """The types hue by hue, each from the most metrics down; rare ones share the last box."""
    totals = {name: app.types.get(name, 0) for ping in pings for name in ping.types}
    hues = [*HUES, "others"]
    ranked = sorted(totals, key=lambda name: (-totals[name], name))
    kept = ranked if len(ranked) <= MOST_TYPES + 1 else ranked[:MOST_TYPES]
    order = sorted(kept, key=lambda name: (hues.index(hue_of(name)), -totals[name], name))
    place_of = {name: place for place, name in enumerate(order)}
    drafts = [_type_draft(name.replace("_", " "), totals[name], app.type_url(name)) for name in order]
    for draft, name in zip(drafts, order, strict=True):
        draft.hue = hue_of(name)
    if rare := ranked[len(kept) :]:
        words = ", ".join(name.replace("_", " ") for name in rare)
        drafts.append(
            _type_draft(f"{len(rare)} rarer types", sum(totals[name] for name in rare), app.type_url(""))
        )
        drafts[-1].title += f": {words}"
        drafts[-1].hue = "others"
        place_of |= {name: len(order) for name in rare}
    return drafts, place_of


def _type_draft(label: str, count: int, url: str) -> Draft:
    note = f"{count:,}" if count else ""
    return labelled(
        TYPES, label, note, f"{note} {label} {'metric' if count == 1 else 'metrics'}".strip(), url
    )


def _ping_draft(ping: PingCounts) -> Draft:
    state = "" if ping.alive or not ping.state else f", {ping.state}"
    kind = " ping" if ping.state else ""
    title = f"{ping.name}{kind}: {ping.total:,} {'metric' if ping.total == 1 else 'metrics'}{state}"
    draft = labelled(PINGS, ping.name, f"{ping.total:,}", title, ping.url)
    draft.faint = not ping.alive
    return draft


def _table_drafts(ping: PingCounts, home: str) -> tuple[Draft, Draft | None]:
    """The box of a ping's table, and of the one that has its events as rows."""
    if ping.table is None:
        draft = labelled(TABLES, "no table is known", "", f"No table of {ping.name} is known", "")
        draft.faint = True
        return draft, None
    drafts = [
        labelled(TABLES, table.name.removeprefix(home), "", f"Table {table.name}", table.url)
        for table in (ping.table, ping.events_table)
        if table is not None
    ]
    for draft in drafts:
        draft.faint = not ping.alive
    return drafts[0], drafts[1] if len(drafts) > 1 else None


@dataclass(slots=True)
class _Row:
    """A ping on its way to a strand."""

    ping: PingCounts
    draft: Draft
    table: Draft
    events_table: Draft | None
    place_of: Mapping[str, int]
    scale: float
    counts: dict[int, dict[str, int]] = field(default_factory=dict)  # place of the type -> type -> metrics
    load: float = 0.0

    @property
    def trunk(self) -> float:
        """Width of the curve from the app."""
        return self._width(self.ping.total)

    def _width(self, count: int) -> float:
        return curve_width(count) * self.scale

    @property
    def tables(self) -> list[Draft]:
        return [self.table] + ([self.events_table] if self.events_table else [])

    def measure(self, types: Sequence[Draft]) -> None:
        """Count the curves, so that each box has room for its own."""
        for name, count in self.ping.types.items():
            self.counts.setdefault(self.place_of[name], {})[name] = count
        for place, counts in self.counts.items():
            width = self._width(sum(counts.values()))
            self.load += width
            types[place].load += width
            self._table_for(counts).load += width
        self.draft.load = max(self.load, self.trunk)

    def _table_for(self, counts: Mapping[str, int]) -> Draft:
        return self.events_table if self.events_table is not None and "event" in counts else self.table

    def strand(self, app: Draft, types: Sequence[Draft]) -> Strand:
        """The ping with its curves, attached in the order of their other ends."""
        start = (APP.right, app.attach("right", app.load, self.trunk))
        curves = [
            Curve(curve_path(start, (PINGS.x, self.draft.middle), LEAD), self.trunk, "", -1, self.draft.title)
        ]
        if not self.counts:  # a ping without metrics has a table all the same
            path = curve_path((PINGS.right, self.draft.middle), (TABLES.x, self.table.middle))
            curves.append(Curve(path, self.trunk, "", -1, self.draft.title))
        curves += [self._curve(place, types[place]) for place in sorted(self.counts)]
        tables = tuple(table.placed() for table in self.tables)
        return Strand(self.draft.placed(), tables, tuple(curves), not self.ping.alive)

    def _curve(self, place: int, kind: Draft) -> Curve:
        counts = self.counts[place]
        count = sum(counts.values())
        width = self._width(count)
        table = self._table_for(counts)
        start = (PINGS.right, self.draft.attach("right", self.load, width))
        left = (TYPES.x, kind.attach("left", kind.load, width))
        right = (TYPES.right, kind.attach("right", kind.load, width))
        end = (TABLES.x, table.attach("left", table.load, width))
        names = " and ".join(name.replace("_", " ") for name in counts)
        title = f"{count:,} {names} {'metric' if count == 1 else 'metrics'} in {self.ping.name}"
        return Curve(f"{curve_path(start, left)}{curve_path(right, end)}", width, kind.hue, place, title)
