"""Whether what a query asks for has ended, on which day its data did (faults A12), and how long that is kept.

Rows are deleted in time. A stable table keeps what its ping's expiration policy says (`delete_after_days`
in probeinfo and the ping's schema), a derived table what its metadata says (`expiration_days` of its
partitions), a view what the tables beneath it keep.
"""

from __future__ import annotations

from collections.abc import Iterable

from indexer.model.items import SHARED_PROJECT, PingItem, TableItem
from indexer.model.parts import ChannelStatus, ColumnRef
from search_app.sql.source import Ended
from search_app.tools import Context
from search_app.tools.addressing.places import ended_states, is_day

MOST_BENEATH = 40  # tables that are looked at beneath one view
PINGS_OF_FIREFOX = "telemetry"  # the namespace of legacy pings: a probe's row names the ping alone


def ended_in(states: Iterable[ChannelStatus], row: ColumnRef, context: Context) -> Ended | None:
    """When what is sent to a row's table ended, by the states of the channels that the row covers.

    None while one of them may still send it. The day is that of the channel that sent it longest,
    "" where one of the days is not known.
    """
    covered = ended_states(states, row, context)
    if not covered:
        return None
    days = [state.last_day for state in covered]
    if not all(map(is_day, days)):
        return Ended("")
    return Ended(max(days), kept_days(row, context))


def kept_days(row: ColumnRef, context: Context) -> int:
    """For how many days the table of a row keeps what a ping sent; 0 where one of its tables does not say."""
    names = [row.table if row.table.count(".") == 2 else f"{SHARED_PROJECT}.{row.table}"]
    kept: list[int] = []
    for name in names:
        table = context.lookup(f"table/{name}")
        if not isinstance(table, TableItem) or len(names) > MOST_BENEATH:
            return 0
        if table.table_type == "VIEW":
            names += [each for each in table.upstream if each not in names]
        elif table.layer == "stable":
            kept.append(_of_ping(row, context))
        else:
            kept.append(round(table.expiration_days or 0))
    return max(kept) if kept and all(kept) else 0


def _of_ping(row: ColumnRef, context: Context) -> int:
    ping = context.lookup(f"ping/{row.app}/{row.ping}")
    if not isinstance(ping, PingItem):
        ping = context.lookup(f"ping/{PINGS_OF_FIREFOX}/{row.ping}")
    if not isinstance(ping, PingItem):
        return 0
    own = ping.retention.get(row.app_id)
    return own if own is not None else max(ping.retention.values(), default=0)
