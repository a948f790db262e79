"""Where a metric's values are: app x channel x ping -> table and column, in readable pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from indexer.model.items import PingItem
from indexer.model.parts import ChannelStatus, ColumnRef, PingTable

ROWS_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Choice:
    """A value by which the matrix can be narrowed, with its number of rows."""

    value: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class Place:
    """One column of one ping of an app, with the rows of all tables that it stands in."""

    row: ColumnRef  # the first of them
    tables: tuple[ColumnRef, ...]


@dataclass(frozen=True, slots=True)
class MatrixView:
    """The columns that hold a metric, a page of them, narrowed to an app and a ping where these are
    chosen.
    """

    rows: tuple[ColumnRef, ...]
    total: int
    apps: tuple[Choice, ...]
    pings: tuple[Choice, ...]
    app: str
    ping: str
    page: int
    pages: int
    absent: int  # rows whose column is not in the schema
    unknown: int  # rows whose table has no known schema

    @property
    def places(self) -> tuple[Place, ...]:
        """The rows of this page, those of one column together: a column is the same in each channel."""
        found: dict[ColumnRef, list[ColumnRef]] = {}
        for row in self.rows:
            found.setdefault(replace(row, app_id="", channel="", table=""), []).append(row)
        return tuple(Place(rows[0], tuple(rows)) for rows in found.values())


def matrix_view(columns: Sequence[ColumnRef], app: str, ping: str, page: int) -> MatrixView:
    """The rows of one app and ping (or all), a page of them; the app-wide view stands before its channels."""
    rows = [row for row in columns if app in ("", row.app) and ping in ("", row.ping)]
    order = {name: at for at, name in enumerate(dict.fromkeys(row.app for row in columns))}
    rows.sort(key=lambda row: (order[row.app], row.ping, row.app_id != ""))
    pages = max(1, -(-len(rows) // ROWS_SHOWN))
    page = min(page, pages)
    return MatrixView(
        rows=tuple(rows[(page - 1) * ROWS_SHOWN : page * ROWS_SHOWN]),
        total=len(rows),
        apps=_choices([row.app for row in columns], app),
        pings=_choices([row.ping for row in columns if app in ("", row.app)], ping),
        app=app,
        ping=ping,
        page=page,
        pages=pages,
        absent=sum(row.exists is False for row in rows),
        unknown=sum(row.exists is None for row in rows),
    )


def _choices(values: Sequence[str], chosen: str) -> tuple[Choice, ...]:
    counts: dict[str, int] = {}
    for value in values:
        if value:
            counts[value] = counts.get(value, 0) + 1
    return tuple(Choice(value, count, value == chosen) for value, count in sorted(counts.items()))


@dataclass(frozen=True, slots=True)
class StatusGroup:
    """Channels of one app that share a state and its reason."""

    app: str
    status: str
    reason: str
    channels: tuple[str, ...]


def status_groups(statuses: Sequence[ChannelStatus]) -> tuple[StatusGroup, ...]:
    """Alive or not by channel (rule 7), channels of the same state and reason on one line."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for each in statuses:
        groups.setdefault((each.app, each.status, each.reason), []).append(each.channel or each.app_id)
    return tuple(
        StatusGroup(app, status, reason, tuple(dict.fromkeys(name for name in names if name)))
        for (app, status, reason), names in groups.items()
    )


@dataclass(frozen=True, slots=True)
class PingChannel:
    """A ping as one channel sends it (app_id "" is the view over all): its state and its tables by layer."""

    app_id: str
    channel: str
    status: str
    reason: str
    days: int | None
    tables: tuple[PingTable, ...]

    def of_layer(self, layer: str) -> tuple[PingTable, ...]:
        """The tables of one layer; a ping that has several versions has several."""
        return tuple(table for table in self.tables if table.layer == layer)


def ping_channels(ping: PingItem) -> tuple[PingChannel, ...]:
    """The variants of a ping, the view over all channels first."""
    states = {each.app_id: each for each in ping.channel_status}
    tables: dict[str, list[PingTable]] = {}
    for table in ping.ping_tables:
        tables.setdefault(table.app_id, []).append(table)
    found = []
    for app_id in dict.fromkeys((*tables, *states)):
        state, own = states.get(app_id), tuple(tables.get(app_id, ()))
        found.append(
            PingChannel(
                app_id=app_id,
                channel=state.channel if state else own[0].channel,
                status=state.status if state else "",
                reason=state.reason if state else "",
                days=ping.retention.get(app_id),
                tables=own,
            )
        )
    return tuple(found)
