"""Looker: explores of pings and events, with the metric already chosen.

Every explore is checked against looker-hub's list of namespaces; an app that is
deprecated gets none. Fields are named as lookml-generator names them (views/glean_ping_view.py,
views/lookml_utils.py): from the columns of the release channel's table, a time without the
suffix that its timeframes bring.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

from indexer.model.column_names import underscored
from indexer.model.items import (
    AnyItem,
    AppItem,
    DashboardItem,
    ExploreItem,
    MeasureItem,
    MetricItem,
    PingItem,
)
from indexer.model.parts import ColumnRef
from search_app.tools import STAFF, Context, Link, NoLink
from search_app.tools.addressing.names import split_event
from search_app.tools.addressing.places import ended_on, ping_has_client_id, places
from search_app.tools.addressing.urls import segment, with_params

HOME = "https://mozilla.cloud.looker.com"
BASE = f"{HOME}/explore"
USE_COUNTERS = f"{HOME}/dashboards/1922"
USE_COUNTER_PLATFORMS = {"fenix": "Fenix", "firefox_desktop": "Firefox"}
DISTRIBUTIONS = frozenset({"timing_distribution", "memory_distribution", "custom_distribution"})
DIMENSIONS = frozenset({"boolean", "datetime", "jwe", "quantity", "string", "text", "url", "uuid"})
TYPES = DISTRIBUTIONS | DIMENSIONS | {"counter", "labeled_counter", "rate", "timespan", "event"}
RENAMED_TYPES = frozenset({"jwe", "text", "url"})  # fields have the stable table's name: text2
TIMES = frozenset({"TIMESTAMP", "DATETIME", "DATE", "TIME"})
TIME_SUFFIX = re.compile("_(date|time(stamp)?)$")

SPAN = timedelta(days=28)  # before the last day of what ended

Params = list[tuple[str, str]]


class Tool:
    """Links metrics, pings, measures and apps to their explores, an explore or dashboard to itself."""

    name = "looker"
    label = "Looker"
    order = 30
    bangs = ("looker", "explore")

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """Explores with a ping or metric chosen; an explore or dashboard itself; the explore of a measure."""
        if isinstance(item, MetricItem):
            yield from self._metric(item, context)
        elif isinstance(item, PingItem) and not item.legacy:
            yield from self._ping(item, context)
        elif isinstance(item, ExploreItem):
            key = item.id.rpartition("/")[2]
            yield Link(self.name, "Open the explore", explore_url(item.namespace, key, []), STAFF)
        elif isinstance(item, DashboardItem):
            board = f"{segment(item.model)}::{segment(item.name)}"
            yield Link(self.name, "Open the dashboard", f"{HOME}/dashboards/{board}", STAFF)
        elif isinstance(item, AppItem):
            for key in ("baseline", "metrics", "events_stream"):
                if (item.name, key) in context.explores and not context.deprecated(item.name):
                    yield Link(self.name, f"Explore {key} in Looker", explore_url(item.name, key, []), STAFF)
        elif isinstance(item, MeasureItem) and item.type == "metric":
            key = f"metric_definitions_{item.data_source}"
            if (item.platform, key) in context.explores:
                yield Link(self.name, "Explore in Looker", explore_url(item.platform, key, []), STAFF, key)
            else:
                yield NoLink(self.name, "Looker has no explore of its data source.")

    def _ping(self, item: PingItem, context: Context) -> Iterator[Link | NoLink]:
        key = underscored(item.name)
        if context.deprecated(item.app):
            yield NoLink(self.name, "The application is deprecated: Looker is not linked.")
        elif item.name == "events" and (event := _event_explore(item.app, context)):
            yield Link(self.name, "Explore in Looker", explore_url(item.app, event, []), STAFF)
        elif (item.app, key) in context.explores and item.name != "events":
            yield Link(self.name, "Explore in Looker", explore_url(item.app, key, []), STAFF)
        else:
            yield NoLink(self.name, "Looker has no explore of this ping.")

    def _metric(self, item: MetricItem, context: Context) -> Iterator[Link | NoLink]:
        for row in places(item):
            if context.deprecated(row.app, row.app_id):
                yield NoLink(self.name, "The application is deprecated: Looker is not linked.")
                continue
            if item.type == "event":
                yield from self._event(item, row, context)
                continue
            key = underscored(row.ping)
            if row.ping == "events":
                yield NoLink(self.name, "Looker's explores of the events ping have its events only.")
                continue
            if (row.app, key) not in context.explores:
                yield NoLink(self.name, f"Looker has no explore of {row.app}'s {row.ping} ping.")
                continue
            if item.type not in TYPES:
                yield NoLink(self.name, f"Looker's explores have no field for {item.type} metrics.")
                continue
            column = _column_shown(item, row, context)
            fields = _fields(item, column, key, context) if column else None
            if fields is None:
                yield NoLink(self.name, f"Looker's explore of the {row.ping} ping has no field of it.")
                continue
            ended = ended_in(item, row)
            params = [*_channel_filter(row, f"f[{key}.channel]", context), *fields]
            params += [*_last_days(f"f[{key}.submission_date]", ended), ("toggle", "vis")]
            note = f"{row.app}, {row.ping} ping{_said(ended)}"
            yield Link(self.name, "Explore in Looker", explore_url(row.app, key, params), STAFF, note)
        for app, platform in USE_COUNTER_PLATFORMS.items():
            if any(row.app == app and row.ping == "use-counters" for row in item.columns):
                ended = ended_on(item, app)
                url = _use_counters(item.name, platform, ended)
                yield Link(self.name, "Use counter dashboard", url, STAFF, f"{platform}{_said(ended)}")

    def _event(self, item: MetricItem, row: ColumnRef, context: Context) -> Iterator[Link | NoLink]:
        found = False
        ended = ended_in(item, row)
        for url in _event_urls(item, row, context, ended):
            found = True
            yield Link(self.name, "Explore the event in Looker", url, STAFF, f"{row.app}{_said(ended)}")
        if not found:
            yield NoLink(self.name, f"Looker has no events explore of {row.app}.")


def explore_url(namespace: str, key: str, params: Params) -> str:
    """An explore's address: what namespaces.yaml calls `events` is event_counts in Looker."""
    name = "event_counts" if key == "events" else key
    return with_params(f"{BASE}/{segment(namespace)}/{segment(name)}", params)


def _event_explore(app: str, context: Context) -> str:
    keys = ["events_stream", "glean_event_counts", "events", "funnel_analysis"]
    if app == "firefox_desktop":
        keys.remove("events")
    return next((key for key in keys if (app, key) in context.explores), "")


def _channel_filter(row: ColumnRef, name: str, context: Context) -> Params:
    several = len(context.channels.get(row.app, ())) > 1
    return [(name, row.channel)] if row.app_id and row.channel and several else []


def _column_shown(item: MetricItem, row: ColumnRef, context: Context) -> ColumnRef | None:
    """The column that an explore shows: of the release channel, else the first; None where that lacks it."""
    order = {channel.app_id: n for n, channel in enumerate(context.channels.get(row.app, ()))}
    rows = [r for r in item.columns if (r.app, r.ping) == (row.app, row.ping) and r.app_id in order]
    # where no channel's own table is known, the view over all of them tells
    shown = min(rows, key=lambda r: (r.channel != "release", order[r.app_id]), default=row)
    if not shown.column or shown.exists is False:
        return None
    return replace(row, column=shown.column, type=shown.type)


def _fields(item: MetricItem, row: ColumnRef, key: str, context: Context) -> Params | None:
    """The fields parameter and its company for a type; None where Looker has no such field."""
    date = f"{key}.submission_date"
    leaf = row.column.rpartition(".")[2]
    dimension = f"{key}.{row.column.replace('.', '__')}"
    if not row.column.startswith("metrics."):  # of client_info or ping_info: a dimension, whatever its type
        return _by_value(_time(row, dimension), date, key, row, context)
    if item.type == "counter":
        return [("fields", f"{date},{key}.{leaf}")]
    if item.type == "labeled_counter":
        base = f"{key}__metrics__labeled_counter__{leaf}"
        return [("fields", f"{date},{base}.label,{base}.count"), ("pivots", f"{base}.label")]
    if item.type == "timespan":
        return _derived(item, date, "median", {f"median_of_{leaf}": f"{dimension}__value"})
    if item.type in DISTRIBUTIONS:
        return _derived(item, date, "sum", {f"sum_of_{leaf}": f"{dimension}__sum"})
    if item.type == "rate":
        parts = ("numerator", "denominator")
        return _derived(
            item, date, "sum", {f"sum_of_{leaf}_{part}": f"{dimension}__{part}" for part in parts}
        )
    if item.type in RENAMED_TYPES:
        dimension = f"{key}.metrics__{item.type}2__{leaf}"
    if item.type == "datetime":
        # named by the metric, whose name the column's dimension has only where no suffix was taken off
        taken_off = row.type != "STRING" and TIME_SUFFIX.search(leaf)
        dimension = "" if taken_off else _time(row, dimension, "TIMESTAMP")
    return _by_value(dimension, date, key, row, context) if item.type in DIMENSIONS else None


def _time(row: ColumnRef, dimension: str, unknown: str = "STRING") -> str:
    """The dimension of a column; of a time that of its day, whose name has no second suffix."""
    return f"{TIME_SUFFIX.sub('', dimension)}_date" if (row.type or unknown) in TIMES else dimension


def _by_value(dimension: str, date: str, key: str, row: ColumnRef, context: Context) -> Params | None:
    """Clients (pings where these have no client id) by day and value; None without a dimension."""
    count = "clients" if ping_has_client_id(row.app, row.ping, context) else "ping_count"
    return [("fields", f"{date},{dimension},{key}.{count}"), ("pivots", dimension)] if dimension else None


def _derived(item: MetricItem, date: str, how: str, measures: Mapping[str, str]) -> Params:
    """Measures made by Looker itself: name -> the dimension that each is based on."""
    dynamic = [
        {
            "measure": name,
            "label": f"{how.capitalize()} of {item.name}{part}",
            "based_on": based_on,
            "expression": "",
            "type": how,
        }
        for name, based_on in measures.items()
        for part in (f" {name.rpartition('_')[2]}" if len(measures) > 1 else "",)
    ]
    return [
        ("fields", ",".join((date, *measures))),
        ("dynamic_fields", json.dumps(dynamic, separators=(",", ":"))),
    ]


def ended_in(item: MetricItem, row: ColumnRef) -> str | None:
    """The last day on which it was sent to a row's table; None while it may be, "" where it is not known."""
    return ended_on(item, row.app, row.app_id)


def _last_days(name: str, ended: str | None) -> Params:
    """A filter on the last days of what ended: by itself an explore shows the last 7 or 28 of today."""
    if not ended:
        return []
    last = date.fromisoformat(ended)
    span = (last - SPAN, last + timedelta(days=1))  # the second day is the first that is left out
    return [(name, " to ".join(f"{day:%Y/%m/%d}" for day in span))]


def _said(ended: str | None) -> str:
    if ended is None:
        return ""
    return f"; it ended on {ended}" if ended else "; it has ended: choose earlier days there"


def _event_urls(item: MetricItem, row: ColumnRef, context: Context, ended: str | None) -> Iterator[str]:
    category, name = (f'"{part}"' for part in split_event(item.name))
    app = row.app
    if row.ping == "events" and (app, "events_stream") in context.explores:
        params = [
            ("fields", "events_stream.submission_date,events_stream.event_count,events_stream.client_count"),
            *_channel_filter(row, "f[events_stream.normalized_channel]", context),
            ("f[events_stream.event_category]", category),
            ("f[events_stream.event_name]", name),
            *_last_days("f[events_stream.submission_date]", ended),
            ("toggle", "vis"),
        ]
        yield explore_url(app, "events_stream", params)
    if app != "firefox_desktop" and (app, "events") in context.explores:
        yield explore_url(app, "events", _counts("events", category, name, row, context, ended))
    elif (app, "glean_event_counts") in context.explores:
        params = _counts("glean_events", category, name, row, context, ended)
        yield explore_url(app, "glean_event_counts", params)
    elif (app, "funnel_analysis") in context.explores and (app, "events_stream") not in context.explores:
        params = [
            ("fields", "funnel_analysis.count_completed_step_1"),
            ("f[step_1.event]", name),
            ("f[step_1.category]", category),
            *_channel_filter(row, "f[funnel_analysis.app_channel]", context),
            *_last_days("f[funnel_analysis.submission_date]", ended),
            ("toggle", "vis"),
        ]
        yield explore_url(app, "funnel_analysis", params)


def _counts(
    view: str, category: str, name: str, row: ColumnRef, context: Context, ended: str | None
) -> Params:
    return [
        ("fields", f"{view}.submission_date,{view}.event_count,{view}.client_count"),
        *_channel_filter(row, f"f[{view}.normalized_channel]", context),
        (f"f[{view}.event_name]", name),
        (f"f[{view}.event_category]", category),
        *_last_days(f"f[{view}.submission_date]", ended),
        ("toggle", "vis"),
    ]


def _use_counters(metric: str, platform: str, ended: str | None) -> str:
    days = _last_days("Submission Date", ended) or [("Submission Date", "30 day")]
    params = [
        ("Platform", platform),
        ("Version Major", ""),
        ("Metric", f'"{metric}"'),
        *days,
        ("Country", "United States,Canada,Germany"),
    ]
    return with_params(USE_COUNTERS, params)
