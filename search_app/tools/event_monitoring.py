"""The event monitoring dashboard in Looker: volumes of one event, near real time.

The Glean Dictionary links it for deprecated apps too, which no longer send; we do not.
"""

from __future__ import annotations

from collections.abc import Iterator

from indexer.model.items import AnyItem, MetricItem
from search_app.tools import STAFF, Context, Link, NoLink
from search_app.tools._places import each_app
from search_app.tools._urls import with_params

DASHBOARD = "https://mozilla.cloud.looker.com/dashboards/1452"


class Tool:
    name = "event-monitoring"
    label = "Event monitoring"
    order = 60
    bangs = ("events", "eventmonitoring")

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
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
            params = [("App Name", title), ("Event Name", f'"{item.name}"')]
            channel = single.channel if single else ""
            if channel and len(context.channels.get(app, ())) > 1:
                params.append(("Channel", channel))
            yield Link(self.name, "Event volume", with_params(DASHBOARD, params), STAFF, title)
