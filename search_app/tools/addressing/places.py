"""Where an item's values are: the rows of its matrix, and which of them get links of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from indexer.model.items import AnyItem, MetricItem, PingItem, ProbeItem
from indexer.model.last_day import ENDED
from indexer.model.parts import ChannelStatus, ColumnRef
from search_app.tools import Context

FADES = timedelta(weeks=16)  # three or four versions after the last one that sent it
MAX_APPS = 16
MAX_PINGS_OF_AN_APP = 3


def places(item: MetricItem) -> list[ColumnRef]:
    """One row for each app and ping, the view over all channels before a single channel.

    A metric of every ping of every app has thousands of rows: at most MAX_APPS apps and
    MAX_PINGS_OF_AN_APP pings of each are kept, the `metrics` and `events` pings first;
    links_for_column serves the others.
    """
    order = {app: number for number, app in enumerate(item.apps)}
    best: dict[str, dict[str, ColumnRef]] = {}
    for row in item.columns:
        of_app = best.setdefault(row.app, {})
        held = of_app.get(row.ping)
        if held is None or (held.app_id and not row.app_id):
            of_app[row.ping] = row
    apps = sorted(best, key=lambda app: order.get(app, len(order)))[:MAX_APPS]
    return [
        row
        for app in apps
        for row in sorted(best[app].values(), key=lambda r: (r.ping not in ("metrics", "events"), r.ping))[
            :MAX_PINGS_OF_AN_APP
        ]
    ]


def ended_states(states: Iterable[ChannelStatus], row: ColumnRef, context: Context) -> list[ChannelStatus]:
    """The states of the channels that a row covers, where none of them may still send it; else none.

    What lives may be in a ping that has ended: then they are those of the ping, as where that ended first.
    """
    ping = context.lookup(f"ping/{row.app}/{row.ping}")
    of_ping = _all_ended(ping.channel_status, row) if isinstance(ping, PingItem) else []
    own = _all_ended(states, row)
    found = [each for each in (own, of_ping) if each]
    return min(found, key=lambda each: max(state.last_day for state in each), default=[])


def _all_ended(states: Iterable[ChannelStatus], row: ColumnRef) -> list[ChannelStatus]:
    covered = [
        state for state in states if state.app == row.app and row.app_id in ("", state.app_id or row.app_id)
    ]
    return covered if all(state.status in ENDED for state in covered) else []


def row_of(ping: PingItem, table: str) -> ColumnRef:
    """The whole of a ping in one of its tables (dataset.table) as a row of a matrix."""
    held = next((each for each in ping.ping_tables if each.name.partition(".")[2] == table), None)
    app_id, channel = (held.app_id, held.channel) if held else ("", "")
    return ColumnRef(ping.app, app_id, channel, ping.name, table, "", None)


def is_day(text: str) -> bool:
    """Whether it is a day as upstream should write it: 2025-01-31."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def ended_on(item: MetricItem | ProbeItem, app: str = "", app_id: str = "") -> str | None:
    """The last day on which the channels of an app (of all, where none is named) sent a thing.

    None while one of them may still send it, "" where one of the days is not known.
    """
    states = [
        state
        for state in item.channel_status
        if (not app or state.app == app) and app_id in ("", state.app_id or app_id)
    ]
    if not states or not all(state.status in ENDED for state in states):
        return None
    days = [state.last_day for state in states]
    return max(days) if all(map(is_day, days)) else ""


def hardly_comes_in(ended: str, today: date | None) -> bool:
    """Whether clients of old versions hardly send any more what ended on a day ("" where it is not known)."""
    if not ended or today is None:
        return True
    return date.fromisoformat(ended) + FADES < today


def app_ids(item: MetricItem, context: Context) -> list[tuple[str, str]]:
    """The (app, app id) pairs that send a metric, without doubles, in the order of its rows."""
    by_channel = {row.app for row in item.columns if row.app_id}
    pairs: dict[tuple[str, str], None] = {}
    for row in item.columns:
        if row.app_id:
            pairs[row.app, row.app_id] = None
        elif row.app not in by_channel:  # only the view over all channels is known: every channel counts
            pairs.update({(row.app, channel.app_id): None for channel in context.channels.get(row.app, ())})
    return list(pairs)


def apps_of(item: AnyItem) -> tuple[str, ...]:
    """The apps of an item that are linked: the first MAX_APPS."""
    return item.apps[:MAX_APPS]


def ping_has_client_id(app: str, ping: str, context: Context) -> bool:
    """Whether pings of that name carry a client id; True where we do not know the ping (most do)."""
    found = context.lookup(f"ping/{app}/{ping}")
    if isinstance(found, PingItem) and found.definition is not None:
        return found.definition.include_client_id
    return True


def each_app(item: AnyItem, context: Context) -> Iterator[tuple[str, str]]:
    """(app_name, name that people know) of an item's apps."""
    for app in apps_of(item):
        yield app, context.titles.get(app, app)
