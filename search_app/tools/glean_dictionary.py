"""The Glean Dictionary: a page for each app, app id, ping, metric and table of Glean."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.model.items import AnyItem, AppItem, MetricItem, PingItem, TableItem
from search_app.tools import Context, Link, NoLink
from search_app.tools.addressing.places import each_app, places
from search_app.tools.addressing.urls import segment, with_params

BASE = "https://dictionary.telemetry.mozilla.org/apps"
LEFT_OUT = "The Glean Dictionary leaves this application out."


class Tool:
    """Links Glean's apps, pings, metrics and tables to their pages."""

    name = "glean-dictionary"
    label = "Glean Dictionary"
    order = 20
    bangs = ("gd", "glean", "dictionary")

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """The pages of a Glean app, ping, metric or table; none of apps that the dictionary leaves out."""
        if isinstance(item, AppItem):
            yield from self._app(item, context)
        elif isinstance(item, PingItem) and not item.legacy:
            yield from self._ping(item, context)
        elif isinstance(item, MetricItem):
            yield from self._metric(item, context)
        elif isinstance(item, TableItem):
            yield from self._table(item, context)

    def _app(self, item: AppItem, context: Context) -> Iterator[Link | NoLink]:
        if item.skip_documentation or item.name in context.undocumented:
            yield NoLink(self.name, LEFT_OUT)
            return
        base = f"{BASE}/{segment(item.name)}"
        yield Link(self.name, "App in the Glean Dictionary", base)
        for kind in ("metrics", "pings", "tags"):
            params = [("itemType", kind), ("page", "1"), ("showUncollected", "1"), ("showSampled", "1")]
            yield Link(self.name, f"Its {kind} in the Glean Dictionary", with_params(base, params))
        for channel in item.channels:
            url = f"{base}/app_ids/{_app_id(channel.app_id)}"
            yield Link(self.name, "App id in the Glean Dictionary", url, note=channel.app_id)

    def _ping(self, item: PingItem, context: Context) -> Iterator[Link | NoLink]:
        if item.app in context.undocumented:
            yield NoLink(self.name, LEFT_OUT)
            return
        base = f"{BASE}/{segment(item.app)}"
        page = f"{base}/pings/{segment(item.name)}"
        yield Link(self.name, "Ping in the Glean Dictionary", page)
        for channel in context.channels.get(item.app, ()):
            url = f"{base}/app_ids/{_app_id(channel.app_id)}/tables/{segment(item.name)}"
            yield Link(self.name, "Table in the Glean Dictionary", url, note=channel.app_id)

    def _metric(self, item: MetricItem, context: Context) -> Iterator[Link | NoLink]:
        # one page for names that differ only in dots and underscores; the one in source wins there
        page = re.sub(r"[.\[\]/]", "_", item.name)
        rows = places(item)
        single = item.columns[0] if len(item.columns) == 1 else None
        for app, title in each_app(item, context):
            if app in context.undocumented:
                yield NoLink(self.name, LEFT_OUT)
                continue
            url = f"{BASE}/{segment(app)}/metrics/{segment(page)}"
            shown = url
            if single and single.app_id:
                shown = with_params(url, [("channel", single.app_id), ("ping", single.ping)])
            yield Link(self.name, "Metric in the Glean Dictionary", shown, note=title)
            if item.type == "event" and item.definition and item.definition.extra_keys:
                yield Link(self.name, "Its extra keys", f"{url}#extra-keys", note=title)
            if item.sampled:
                yield Link(self.name, "How it is sampled", f"{url}#metric-sampling", note=title)
        for row in rows:
            app_id = row.app_id or next((c.app_id for c in context.channels.get(row.app, ())), "")
            if app_id and row.app not in context.undocumented:
                table = f"{BASE}/{segment(row.app)}/app_ids/{_app_id(app_id)}/tables/{segment(row.ping)}"
                # an event has no column to search for
                params = [("search", row.column)] if row.column and item.type != "event" else []
                label = f"{'Column' if params else 'Table'} in the Glean Dictionary"
                note = f"{app_id}, {row.ping} ping"
                yield Link(self.name, label, with_params(table, params), note=note)

    def _table(self, item: TableItem, context: Context) -> Iterator[Link | NoLink]:
        _, _, rest = item.ping.partition("/")
        app, _, ping = rest.partition("/")
        known, app_id = context.datasets.get(item.dataset, ("", ""))
        if app and known == app and app not in context.undocumented:
            app_id = app_id or next((c.app_id for c in context.channels.get(app, ())), "")
            url = f"{BASE}/{segment(app)}/app_ids/{_app_id(app_id)}/tables/{segment(ping)}"
            yield Link(self.name, "Table in the Glean Dictionary", url, note=app_id)


def _app_id(app_id: str) -> str:
    return segment(app_id.replace(".", "_"))
