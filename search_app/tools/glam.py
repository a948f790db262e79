"""GLAM: distributions of Glean metrics (and, frozen, of legacy probes) over builds and versions.

Conditions as the Glean Dictionary and GLAM's own sources give them: four app ids, the
metrics ping, and the types that GLAM aggregates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from indexer.model.items import AnyItem, MetricItem, ProbeItem
from search_app.tools import Context, Link, NoLink
from search_app.tools.addressing.names import snake_case
from search_app.tools.addressing.places import app_ids, ended_on
from search_app.tools.addressing.urls import with_params

BASE = "https://glam.telemetry.mozilla.org"

# app id -> product, value of app_id ("" is GLAM's default, Nightly), note for the reader
PRODUCTS = {
    "firefox.desktop": ("fog", "", "Firefox desktop"),
    "org.mozilla.fenix": ("fenix", "", "Firefox for Android, Nightly"),
    "org.mozilla.firefox_beta": ("fenix", "beta", "Firefox for Android, Beta"),
    "org.mozilla.firefox": ("fenix", "release", "Firefox for Android, Release"),
}
TYPES = frozenset(
    {
        "boolean", "counter", "custom_distribution", "dual_labeled_counter", "labeled_boolean",
        "labeled_counter", "labeled_custom_distribution", "labeled_memory_distribution",
        "labeled_timing_distribution", "memory_distribution", "quantity", "timespan",
        "timing_distribution",
    }
)  # fmt: skip
# What GLAM's views leave out, legacy probes and Glean metrics alike: bigquery-etl,
# sql/moz-fx-data-shared-prod/telemetry/glam_*/view.sql ("metric NOT LIKE"), as python_mozaggregator had it.
SUPPRESSED = re.compile(
    "search_counts|browser_search|event_counts|browser_engagement_navigation|"
    "manager_message_size|dropped_frames_proportion"
)
# Confidential: GLAM refuses to show them. Product -> category -> names (published by the Glean Dictionary).
CONFIDENTIAL = {
    "fenix": {
        "characteristics": (
            "color_depth color_gamut color_scheme inverted_colors max_touch_points missing_fonts "
            "prefers_contrast prefers_reduced_motion prefers_reduced_transparency "
            "prefs_media_eme_enabled prefs_zoom_text_only processor_count screen_height screen_width "
            "submission_schema target_frame_rate video_dynamic_range"
        ),
        "pocket": "shim",
        "shopping": "product_page_visits",
    },
    "fog": {
        "browser.search": "ad_clicks in_content with_ads",
        "fx_suggest": "block_id",
        "metrics": "search_count",
        "nimbus_health": "fetch_experiments_time",
        "shopping": "product_page_visits",
        "shopping.settings": ("component_opted_out disabled_ads nimbus_disabled_shopping user_has_onboarded"),
        "top_sites": "contile_tile_id",
    },
}
KEPT_BACK = "GLAM does not show this probe: it is kept back."
# GLAM itself refuses them, by name: glam's src/utils/data-validation.js (noUseCounters).
USE_COUNTER = re.compile(r"use[._]?counter", re.IGNORECASE)
NO_USE_COUNTERS = "GLAM has no data for use counters: see the use counter pages."
# GLAM keeps "the last three versions" (data docs, cookbooks/glam.md; bigquery-etl, telemetry_derived/
# clients_histogram_aggregates_v2): of four weeks each, and some weeks until the last of them is the third.
SHOWN_FOR = timedelta(weeks=16)
GONE = "GLAM keeps the last three versions, and it ended on {day}."
FROZEN_ON = date(2026, 1, 26)
FROZEN = "frozen: no new aggregates of legacy telemetry since 2026-01-26"


class Tool:
    """Links a metric or legacy probe to its distributions."""

    name = "glam"
    label = "GLAM"
    order = 10
    bangs = ("glam",)

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """Distribution and table of a metric in each product that GLAM has, of a probe by its mirror too."""
        if isinstance(item, MetricItem):
            yield from self._metric(item, context)
        elif isinstance(item, ProbeItem):
            yield from self._probe(item, context)

    def _metric(self, item: MetricItem, context: Context) -> Iterator[Link | NoLink]:
        pairs = {app_id: app for app, app_id in app_ids(item, context) if app_id in PRODUCTS}
        reason = _why_not(item, bool(pairs))
        if reason:
            yield NoLink(self.name, reason)
            return
        for app_id, (product, channel, note) in PRODUCTS.items():
            if app_id in pairs and _in_metrics_ping(item, app_id):
                if suppressed(item.name, product):
                    yield NoLink(self.name, f"GLAM does not show this metric for {note}: it is kept back.")
                    continue
                if gone := _gone(ended_on(item, pairs[app_id], app_id), context.today):
                    yield NoLink(self.name, gone)
                    continue
                params = [("app_id", channel)] if channel else []
                path = f"{BASE}/{product}/probe/{snake_case(item.name)}"
                yield Link(
                    self.name, "Distribution in GLAM", with_params(f"{path}/explore", params), note=note
                )
                yield Link(self.name, "Table in GLAM", with_params(f"{path}/table", params), note=note)

    def _probe(self, item: ProbeItem, context: Context) -> Iterator[Link | NoLink]:
        for mirror_id in item.mirrors:
            mirror = context.lookup(mirror_id)
            if isinstance(mirror, MetricItem) and _is_shown(mirror, context):
                url = f"{BASE}/fog/probe/{snake_case(mirror.name)}/explore"
                yield Link(self.name, "Its Glean mirror in GLAM", url, note=mirror.name)
        if item.probe_type not in ("histogram", "scalar"):
            yield NoLink(self.name, f"GLAM has no data for legacy {item.probe_type}s.")
            return
        name = item.name.partition("/")[2]
        if reason := _why_no_probe(name, item) or _gone(ended_on(item), FROZEN_ON):
            yield NoLink(self.name, reason)
            return
        released = any(d.optout and d.channel == "release" for d in item.definitions)
        processes = {process for d in item.definitions for process in d.processes}
        params = [
            ("channel", "release" if released else "nightly"),
            ("process", _glam_process(processes)),
        ]
        base = f"{BASE}/firefox/probe/{snake_case(name)}"
        yield Link(self.name, "Distribution in GLAM", with_params(f"{base}/explore", params), note=FROZEN)
        yield Link(self.name, "Table in GLAM", with_params(f"{base}/table", params), note=FROZEN)


def _is_shown(mirror: MetricItem, context: Context) -> bool:
    """Whether GLAM shows the metric of desktop that mirrors a probe."""
    if mirror.type not in TYPES or suppressed(mirror.name, "fog"):
        return False
    return not _gone(ended_on(mirror, "firefox_desktop"), context.today)


def _gone(day: str | None, asked: date | None) -> str:
    """Why GLAM has no data on the day `asked` of what ended on another; "" where it has, or may have."""
    if not day or asked is None or date.fromisoformat(day) + SHOWN_FOR >= asked:
        return ""
    return GONE.format(day=day)


def _why_no_probe(name: str, item: ProbeItem) -> str:
    """Why GLAM has no page with data for a histogram or scalar; "" where it has one."""
    if USE_COUNTER.match(name):
        return NO_USE_COUNTERS
    if item.probe_type == "scalar" and item.definitions and item.definitions[0].kind == "string":
        return "GLAM has no data for scalars that hold text."
    return KEPT_BACK if SUPPRESSED.search(snake_case(name)) else ""


def _why_not(item: MetricItem, in_product: bool) -> str:
    if item.type not in TYPES:
        return f"GLAM has no data for {item.type or 'unknown'} metrics."
    if any(row.column.startswith(("client_info.", "ping_info.")) for row in item.columns):
        return "GLAM has no data for Glean's own client and ping information."
    if USE_COUNTER.match(item.name):
        return NO_USE_COUNTERS
    if not in_product:
        return "GLAM has data of Firefox for desktop and Firefox for Android only."
    if not any(row.ping == "metrics" for row in item.columns):
        return "GLAM has data of the metrics ping only."
    return ""


def _in_metrics_ping(item: MetricItem, app_id: str) -> bool:
    return any(row.ping == "metrics" and row.app_id in (app_id, "") for row in item.columns)


def suppressed(metric: str, product: str) -> bool:
    """Whether GLAM keeps the metric back: its own pattern, or a list of confidential names."""
    category, _, leaf = metric.rpartition(".")
    confidential = CONFIDENTIAL.get(product, {}).get(category, "").split()
    return bool(SUPPRESSED.search(snake_case(metric))) or leaf in confidential


def _glam_process(processes: set[str]) -> str:
    if not processes or processes & {"main", "all"}:
        return "parent"
    if processes & {"content", "all_childs", "all_children", "all_child"}:
        return "content"
    return "gpu" if "gpu" in processes else "parent"
