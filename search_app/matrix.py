"""Where a metric's values are: app x channel x ping -> table and column, in readable pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indexer.items import ChannelStatus, ColumnRef

ROWS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Choice:
    """A value by which the matrix can be narrowed, with its number of rows."""

    value: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class MatrixView:
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


def matrix_view(columns: Sequence[ColumnRef], app: str, ping: str, page: int) -> MatrixView:
    """The rows of one app and ping (or all), a page of them; the app-wide view stands before its channels."""
    rows = [row for row in columns if app in ("", row.app) and ping in ("", row.ping)]
    rows.sort(key=lambda row: (row.app, row.ping, row.app_id != "", row.app_id))
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
