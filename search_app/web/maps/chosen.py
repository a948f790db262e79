"""What is chosen on the map of an app: a ping, a type or a type in a ping, with its metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from search_app.engine.protocol import every_hit
from search_app.query.model import Filters, Query, search_url
from search_app.web.labels import plural
from search_app.web.maps.counts import PingCounts, TableName, chosen_url, in_ping, of_types
from search_app.web.maps.flow_view import FlowView
from search_app.web.results.hit_view import HitView, present_hit
from search_app.web.state import Site

MOST_UNFOLDED = 100


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen next: a type of the chosen ping, a ping of the chosen type."""

    name: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """A choice in words, where it leads, and the first of its metrics."""

    ping: str
    type: str
    words: str  # 12 metrics of type event in the ping crash
    count: int
    carried: int  # metrics of every ping that the chosen ping has beside them
    ping_url: str
    tables: tuple[TableName, ...]
    choices: tuple[Choice, ...]
    metrics: tuple[HitView, ...]
    search_url: str


def chosen_of(site: Site, view: FlowView, parameters: Mapping[str, str]) -> Chosen | None:
    """What an address has chosen; None where it names nothing that is on the map."""
    ping = view.counts.get(parameters.get("ping", ""))
    type_name = parameters.get("type", "")
    types = ping.types if ping else view.types
    if type_name not in types:
        type_name = ""
    if ping is None and not type_name:
        return None
    filters = {"kind": "metric", "app": view.app.name, "ping": ping.name if ping else "", "type": type_name}
    wanted = Filters({name: (value,) for name, value in filters.items() if value})
    return Chosen(
        ping=ping.name if ping else "",
        type=type_name,
        words=_words(view, ping, type_name),
        count=types[type_name] if type_name else ping.total if ping else 0,
        carried=ping.carried if ping and not type_name else 0,
        ping_url=ping.url if ping else "",
        tables=_tables(ping, type_name) if ping else (),
        choices=tuple(_choices(view, ping, type_name)),
        metrics=_metrics(site, view, wanted),
        search_url=search_url("", wanted, "name"),
    )


def _words(view: FlowView, ping: PingCounts | None, type_name: str) -> str:
    if ping and type_name:
        return f"{of_types(ping.types[type_name], [type_name])} {in_ping(ping)}"
    if ping:
        return f"{plural(ping.total, 'metric')} of {plural(len(ping.types), 'type')} {in_ping(ping)}"
    carrying = sum(type_name in each.types for each in view.counts.values())
    return f"{of_types(view.types[type_name], [type_name])} in {plural(carrying, 'ping')}"


def _tables(ping: PingCounts, type_name: str) -> tuple[TableName, ...]:
    """Of a ping; of its events alone, where they are rows."""
    if ping.events_table and type_name:
        return (ping.events_table,) if type_name == "event" else (ping.table,) if ping.table else ()
    return tuple(table for table in (ping.table, ping.events_table) if table is not None)


def _choices(view: FlowView, ping: PingCounts | None, type_name: str) -> Iterator[Choice]:
    app = view.app.name
    if ping and not type_name:
        for name, count in sorted(ping.types.items(), key=lambda pair: (-pair[1], pair[0])):
            yield Choice(name.replace("_", " "), count, chosen_url(app, ping.name, name))
    elif not ping:
        carrying = (each for each in view.counts.values() if type_name in each.types)
        for each in sorted(carrying, key=lambda one: (-one.types[type_name], one.name)):
            yield Choice(each.name, each.types[type_name], chosen_url(app, each.name, type_name))


def _metrics(site: Site, view: FlowView, wanted: Filters) -> tuple[HitView, ...]:
    """The first metrics by name, without those that come with every ping."""
    left_out = {name for name, _ in view.carried}
    query = Query(text="", filters=wanted, size=MOST_UNFOLDED, sort="name", facets=())
    own = (hit for hit in every_hit(site.engine, query) if hit.card.name not in left_out)
    return tuple(present_hit(hit) for hit in islice(own, MOST_UNFOLDED))
