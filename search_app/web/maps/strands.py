"""A ping on its way to a strand: its curves through the types of its metrics to its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from search_app.web.maps.counts import PingCounts, in_ping, of_types
from search_app.web.maps.layout import (
    APP,
    LEAD,
    PINGS,
    TABLES,
    TYPES,
    Curve,
    Draft,
    Strand,
    curve_path,
    curve_width,
)

BUSY = 44.0  # curves of the busiest ping of a small app get this much
WIDEST_SCALE = 3.0  # each this wide at most
MOST_AT_REST = 40  # curves through types, the widest; more cannot be told apart


@dataclass(slots=True)
class Row:
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
        """The boxes of its tables: that of the ping, and that of its events where there is one."""
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
        title = f"{of_types(count, counts)} {in_ping(self.ping)}"
        path = f"{curve_path(start, left)}{curve_path(right, end)}"
        return Curve(path, width, kind.hue, place, title, tuple(counts))


def weakened(strands: Sequence[Strand]) -> tuple[Strand, ...]:
    """The strands, all but their widest curves through types marked as weak."""
    widths = sorted((c.width for strand in strands for c in strand.curves if c.number >= 0), reverse=True)
    least = widths[MOST_AT_REST] if len(widths) > MOST_AT_REST else 0.0
    return tuple(
        replace(
            strand, curves=tuple(replace(c, weak=c.number >= 0 and c.width <= least) for c in strand.curves)
        )
        for strand in strands
    )


def scale_of(pings: Sequence[PingCounts]) -> float:
    """How much wider than usual curves are drawn: small apps have room for it."""
    busiest = max((sum(map(curve_width, ping.types.values())) for ping in pings), default=0.0)
    return min(WIDEST_SCALE, max(1.0, BUSY / busiest)) if busiest else 1.0
