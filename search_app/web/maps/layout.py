"""Boxes before and after they have their places in a column, and the curves between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import sqrt

from search_app.web.maps.text_width import LINE, NAME_SIZE, NOTE_SIZE, Text, text_width, wrapped

TOP = 34.0  # room for the headings of the columns
GAP = 8.0  # between the boxes of a column, at least
WIDEST_GAP = 26.0
PADDING = 9.0
LEAD = 14.0  # wide curves that bend at once would run over the box
THINNEST = 0.9
PER_ROOT = 0.62  # width of a curve: this times the square root of its number of metrics
CORNERS = 14.0  # of a side, kept free of curves


@dataclass(frozen=True, slots=True)
class Column:
    """Where a column of boxes stands."""

    heading: str
    x: float
    width: float

    @property
    def right(self) -> float:
        """The x at which its boxes end."""
        return self.x + self.width


APP = Column("App", 1, 132)
PINGS = Column("Pings", 212, 208)
TYPES = Column("Metric types", 556, 200)
TABLES = Column("Tables", 890, 289)
COLUMNS = (APP, PINGS, TYPES, TABLES)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with a label in it, a link where it has an address."""

    x: float
    y: float
    width: float
    height: float
    texts: tuple[Text, ...]
    title: str
    url: str = ""
    hue: str = ""
    faint: bool = False
    key: str = ""  # what it is chosen by: the name of a ping or of a type


@dataclass(frozen=True, slots=True)
class Curve:
    """Metrics of one type on their way from a ping to a table, as an SVG path."""

    path: str
    width: float
    hue: str
    number: int  # of its type, counted from the top
    title: str
    types: tuple[str, ...] = ()
    weak: bool = False  # drawn only when its ping, table or type is pointed at


@dataclass(frozen=True, slots=True)
class Strand:
    """A ping with all that hangs on it; it is lit as a whole."""

    ping: Box
    tables: tuple[Box, ...]
    curves: tuple[Curve, ...]
    faint: bool


@dataclass(slots=True)
class Draft:
    """A box before its place in the column is known."""

    column: Column
    lines: tuple[str, ...]
    note: str
    title: str
    url: str
    hue: str = ""
    faint: bool = False
    load: float = 0.0  # room that its curves take at the busier side
    y: float = 0.0
    below: tuple[str, ...] = ()  # small lines under the label
    key: str = ""
    taken: dict[str, float] = field(default_factory=dict)  # side -> how far down curves are attached

    @property
    def middle(self) -> float:
        """The y of its middle; right only once it has its place."""
        return self.y + self.height / 2

    @property
    def height(self) -> float:
        """Its height: room for its lines, and for the curves at its busier side."""
        return max((len(self.lines) + len(self.below)) * LINE + 10, self.load + CORNERS)

    def attach(self, side: str, load: float, width: float) -> float:
        """The next free height at a side whose curves take `load` in all."""
        start = self.taken.setdefault(side, self.y + (self.height - load) / 2)
        self.taken[side] = start + width
        return start + width / 2

    def placed(self) -> Box:
        """The box at the place that it has got, its texts in it."""
        lines = [*((line, "") for line in self.lines), *((line, "note") for line in self.below)]
        first = self.y + (self.height - len(lines) * LINE) / 2 + LINE - 4
        texts = [
            Text(self.column.x + PADDING, first + number * LINE, line, css)
            for number, (line, css) in enumerate(lines)
        ]
        if self.note:
            width = text_width(self.note, NOTE_SIZE)
            texts.append(Text(self.column.right - PADDING - width, first, self.note, "note"))
        return Box(
            self.column.x, self.y, self.column.width, self.height,
            tuple(texts), self.title, self.url, self.hue, self.faint, self.key,
        )  # fmt: skip


def curve_width(count: int) -> float:
    """More metrics are never thinner; the root keeps one metric visible beside thousands."""
    return max(THINNEST, PER_ROOT * sqrt(count))


def labelled(column: Column, label: str, note: str, title: str, url: str) -> Draft:
    """A box whose label leaves room for a note at its right."""
    room = column.width - 2 * PADDING - (text_width(note, NOTE_SIZE) + 8 if note else 0)
    return Draft(column, wrapped(label, room, NAME_SIZE), note, title, url)


def curve_path(start: tuple[float, float], end: tuple[float, float], lead: float = 0.0) -> str:
    """From the right side of a box to the left side of another; `lead` goes straight on before it bends."""
    if lead:
        return f"M{start[0]:.0f} {start[1]:.1f}h{lead:.0f}" + curve_path(
            (start[0] + lead, start[1]), end
        ).replace("M", "L", 1)
    middle = (start[0] + end[0]) / 2
    return (
        f"M{start[0]:.0f} {start[1]:.1f}C{middle:.0f} {start[1]:.1f} {middle:.0f} {end[1]:.1f} "
        f"{end[0]:.0f} {end[1]:.1f}"
    )


def arrange(top: float, *columns: Sequence[Draft]) -> float:
    """Give every box its place in its column, each column spread over the tallest; returns the height."""
    lowest = [sum(box.height for box in boxes) + GAP * (len(boxes) - 1) for boxes in columns]
    tallest = max(lowest)
    for boxes, least in zip(columns, lowest, strict=True):
        gap = min(WIDEST_GAP, GAP + (tallest - least) / max(1, len(boxes) - 1))
        used = sum(box.height for box in boxes) + gap * (len(boxes) - 1)
        y = top + (tallest - used) / 2
        for box in boxes:
            box.y = y
            y += box.height + gap
    return top + tallest + 4
