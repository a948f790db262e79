"""STMO (Redash): prepared queries that take a table and a column as parameters.

They are those of the Glean Dictionary (src/data/gleanSql.js): ten rows of yesterday, or two days of events.
"""

from __future__ import annotations

from collections.abc import Iterator

from indexer.model.items import AnyItem, MetricItem, PingItem, TableItem
from search_app.tools import STAFF, Context, Link, NoLink
from search_app.tools.addressing.names import split_event
from search_app.tools.addressing.places import ended_states, places, row_of
from search_app.tools.addressing.urls import with_params

BASE = "https://sql.telemetry.mozilla.org/queries"
HOME = "https://sql.telemetry.mozilla.org/"

# what the prepared query counts -> its number
GENERIC, LABELED, DUAL_LABELED = 110672, 110677, 110678
EVENT_IN_PING, EVENTS_STREAM, WHOLE_PING = 110679, 110680, 110682


SENT_NO_MORE = "The prepared query reads yesterday, and it is sent no more."


def prepared(number: int, params: list[tuple[str, str]]) -> str:
    """The address of a prepared query with its parameters filled in."""
    return with_params(f"{BASE}/{number}/source", params)


def column_query(metric_type: str, column: str, table: str) -> str:
    """The prepared query of a metric's column in a table (`dataset.table`), by the metric's type."""
    number = {"labeled_counter": LABELED, "dual_labeled_counter": DUAL_LABELED}.get(metric_type, GENERIC)
    return prepared(number, [("p_columnName", column), ("p_table", table)])


def event_query(metric: str, ping: str, table: str) -> str:
    """For an event of the events ping `table` is its events_stream, else the table of its ping."""
    category, name = split_event(metric)
    number = EVENTS_STREAM if ping == "events" else EVENT_IN_PING
    return prepared(number, [("p_table", table), ("p_eventCategory", category), ("p_eventName", name)])


def ping_query(table: str) -> str:
    """The prepared query of a whole ping, of a view (`dataset.table`)."""
    return prepared(WHOLE_PING, [("p_table", table)])


class Tool:
    """Links pings, their views and metrics to prepared queries, other tables to the empty editor."""

    name = "stmo"
    label = "STMO"
    order = 40
    bangs = ("stmo", "redash", "sql")

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """A prepared query of a ping, or of a metric in each table; of other tables the empty editor."""
        if isinstance(item, PingItem):
            view = next((t for t in item.ping_tables if t.layer == "view" and t.exists), None)
            if view and not item.legacy:
                table = view.name.partition(".")[2]
                if ended_states((), row_of(item, table), context):
                    yield NoLink(self.name, SENT_NO_MORE)
                    return
                yield Link(self.name, "Query the ping in STMO", ping_query(table), STAFF, table)
        elif isinstance(item, TableItem):
            if (
                item.layer == "view"
                and item.ping.startswith("ping/")
                and item.partition_field != "submission_date"
            ):
                table = f"{item.dataset}.{item.table}"
                ping = context.lookup(item.ping)
                if isinstance(ping, PingItem) and ended_states((), row_of(ping, table), context):
                    yield NoLink(self.name, SENT_NO_MORE)
                    return
                yield Link(self.name, "Query the ping in STMO", ping_query(table), STAFF, table)
            else:
                note = "takes no table along: paste a query of this page there"
                yield Link(self.name, "New query in STMO", f"{BASE}/new", STAFF, note)
        elif isinstance(item, MetricItem):
            for row in places(item):
                note = f"{row.table}, {row.ping} ping"
                if ended_states(item.channel_status, row, context):
                    yield NoLink(self.name, SENT_NO_MORE)
                    continue
                if item.type == "event":
                    if row.ping == "events" and not row.table.endswith(".events_stream"):
                        yield NoLink(self.name, "The prepared query needs an events_stream table.")
                        continue
                    url = event_query(item.name, row.ping, row.table)
                elif row.exists is not False and row.column:
                    url = column_query(item.type, row.column, row.table)
                else:
                    yield NoLink(
                        self.name, "The prepared query needs a column, and the table has none for it."
                    )
                    continue
                yield Link(self.name, "Ten recent rows in STMO", url, STAFF, note)
