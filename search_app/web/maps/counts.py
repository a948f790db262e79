"""What the map of an app is drawn from: its pings with the numbers of their metrics, and their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from indexer.model.ids import item_path
from search_app.web.labels import plural
from search_app.web.urls import with_parameters

DEAD = ("removed", "deprecated", "expired", "disabled")

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
    carried: int = 0  # metrics that come with every ping: not among its types
    bundled: int = 0  # how many pings this one stands for, where it is a bundle

    @property
    def total(self) -> int:
        """How many metrics it carries beside those of every ping."""
        return sum(self.types.values()) if self.metrics is None else self.metrics


@dataclass(frozen=True, slots=True)
class AppCounts:
    """What the flow needs to know of an app."""

    title: str
    url: str
    types: Mapping[str, int]  # metric type -> number of metrics, each counted once
    type_url: Callable[[str], str]  # unfolds a type; of all of them with an empty one
    list_url: str  # where all pings are listed
    alive: bool = True
    metrics: int | None = None  # where some are of two types: each counted once


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


def fold_pings(pings: list[PingCounts], list_url: str, most: int) -> list[PingCounts]:
    """The pings beyond the first `most` as one bundle that leads to the list."""
    if len(pings) <= most + 1:  # a bundle of one is no shorter
        return pings
    rest = pings[most:]
    types: dict[str, int] = {}
    for ping in rest:
        for name, count in ping.types.items():
            types[name] = types.get(name, 0) + count
    alive = any(ping.alive for ping in rest)
    tables = TableName("their tables", list_url)
    label = f"and {len(rest)} more pings"
    return [*pings[:most], PingCounts(label, list_url, types, tables, alive=alive, bundled=len(rest))]


def of_types(count: int, names: Iterable[str]) -> str:
    """In words: 12 metrics of type event."""
    kinds = " or ".join(name.replace("_", " ") for name in names)
    return f"{plural(count, 'metric')} of type {kinds}"


def in_ping(ping: PingCounts) -> str:
    """In words: in the ping crash."""
    return f"in {ping.bundled} more pings" if ping.bundled else f"in the ping {ping.name}"


def map_path(app: str) -> str:
    """The path of an app's map."""
    return item_path(f"app/{app}") + "/map"


def chosen_url(app: str, ping: str, type_name: str) -> str:
    """The map of an app with a ping or a type chosen, or the metrics of a type in a ping."""
    return with_parameters(map_path(app), {"ping": ping, "type": type_name}, "chosen")
