"""The event monitoring dashboard in Looker: volumes of one event, near real time.

It shows what `monitoring.event_monitoring_live` gathers, from a table in the dataset of each channel
(bigquery-etl's glean_usage generator, which leaves some apps out). The Glean Dictionary links it for
these too, and for deprecated apps, which no longer send; we do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.model.column_names import underscored
from indexer.model.items import SHARED_PROJECT, AnyItem, MetricItem, TableItem
from search_app.tools import STAFF, Context, Link, NoLink
from search_app.tools.addressing.places import each_app, ended_on, hardly_comes_in
from search_app.tools.addressing.urls import with_params

GATHERED = "monitoring.event_monitoring_live"
OF_CHANNEL = "event_monitoring_live_v1"
_LIVE = re.compile(r"_live\.(\w+)_v\d+$")  # the ping of a live table
DASHBOARD = "https://mozilla.cloud.looker.com/dashboards/1452"


class Tool:
    """Links a Glean event to the dashboard of its volume in each app."""

    name = "event-monitoring"
    label = "Event monitoring"
    order = 60
    bangs = ("events", "eventmonitoring")

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """The volume of a Glean event, for each app whose events the warehouse gathers."""
        if not isinstance(item, MetricItem):
            return
        if item.type != "event":
            yield NoLink(self.name, "Event monitoring is for events only.")
            return
        single = item.columns[0] if len(item.columns) == 1 else None
        for app, title in each_app(item, context):
            if context.deprecated(app):
                yield NoLink(self.name, f"{title} is deprecated: no events are expected.")
                continue
            if not _monitored(app, context):
                yield NoLink(self.name, f"Event monitoring does not gather the events of {title}.")
                continue
            ended = ended_on(item, app)
            if ended is not None and hardly_comes_in(ended, context.today):
                on = f" on {ended}" if ended else ""
                yield NoLink(self.name, f"Event monitoring shows what comes in now: of {title} it ended{on}.")
                continue
            if unread := _unread(item, app, context):
                said = f"Event monitoring does not read its ping ({unread}) of {title}."
                yield NoLink(self.name, said)
                continue
            params = [("App Name", title), ("Event Name", f'"{item.name}"')]
            channel = single.channel if single else ""
            if channel and len(context.channels.get(app, ())) > 1:
                params.append(("Channel", channel))
            yield Link(self.name, "Event volume", with_params(DASHBOARD, params), STAFF, title)


def _unread(item: MetricItem, app: str, context: Context) -> str:
    """The pings that bring an event of an app, where none of them is gathered; "" where nobody tells.

    Of an app, some pings with events are gathered and others are not.
    """
    read: set[str] = set()
    for channel in context.channels.get(app, ()):
        table = context.lookup(f"table/{SHARED_PROJECT}.{channel.dataset}_derived.{OF_CHANNEL}")
        if isinstance(table, TableItem):
            read |= {found[1] for name in table.upstream if (found := _LIVE.search(name))}
    pings = sorted({row.ping for row in item.columns if row.app == app})
    return "" if not read or any(underscored(ping) in read for ping in pings) else ", ".join(pings)


def _monitored(app: str, context: Context) -> bool:
    """Whether a channel's events are gathered; so it is taken to be where the warehouse is not known."""
    datasets = [channel.dataset for channel in context.channels.get(app, ()) if channel.dataset]
    if not datasets or context.lookup(f"table/{SHARED_PROJECT}.{GATHERED}") is None:
        return True
    tables = (f"table/{SHARED_PROJECT}.{dataset}_derived.{OF_CHANNEL}" for dataset in datasets)
    return any(context.lookup(table) is not None for table in tables)
