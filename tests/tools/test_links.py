"""The links of links by hand: for each tool and condition the exact address, or the exact reason for none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from indexer.model.definitions import ExtraKey, MetricDefinition, PingDefinition, ProbeDefinition
from indexer.model.items import (
    AnyItem,
    AppItem,
    DocItem,
    ExploreItem,
    MeasureItem,
    MetricItem,
    PingItem,
    ProbeItem,
    TableItem,
)
from indexer.model.parts import AppChannel, ChannelStatus, ColumnRef, PingTable
from indexer.model.records import DocSection
from search_app import tools
from search_app.tools import Context, Link, NoLink

FENIX = "org.mozilla.fenix"
BETA = "org.mozilla.firefox_beta"
RELEASE = "org.mozilla.firefox"
SHA = "0123456789abcdef0123456789abcdef01234567"
GD = "https://dictionary.telemetry.mozilla.org"
GLAM = "https://glam.telemetry.mozilla.org"
LOOKER = "https://mozilla.cloud.looker.com"
STMO = "https://sql.telemetry.mozilla.org/queries"
HUB = "https://mozilla.acryl.io/dataset/urn:li:dataset:(urn:li:dataPlatform"
FOX = "https://searchfox.org"
BOOK = "https://mozilla.github.io/glean/book/reference/metrics"
NOTES = "https://github.com/mozilla/glean-annotations"
COMMENTARY = "%23%20Commentary%0A%0AWhat%20should%20a%20reader%20of%20this%20data%20know%3F%0A"
TMO = "https://telemetry.mozilla.org/new-pipeline/dist.html#!max_channel_version="
FXDOCS = "https://firefox-source-docs.mozilla.org/toolkit/components/telemetry/telemetry/collection"
BQ = "https://console.cloud.google.com/bigquery?project=mozdata"
ETL = "https://github.com/mozilla/bigquery-etl/tree/generated-sql/sql/moz-fx-data-shared-prod"
MPS = "https://github.com/mozilla-services/mozilla-pipeline-schemas/blob/generated-schemas/schemas"
SHARED = "moz-fx-data-shared-prod"


def _channel(app_id: str, channel: str = "", deprecated: bool = False) -> AppChannel:
    dataset = app_id.lower().replace(".", "_").replace("-", "_")
    name = app_id.lower().replace(".", "-").replace("_", "-")
    return AppChannel(app_id, channel, dataset, name, name, deprecated=deprecated)


CHANNELS = {
    "fenix": (_channel(RELEASE, "release"), _channel(BETA, "beta"), _channel(FENIX, "nightly")),
    "firefox_desktop": (_channel("firefox.desktop"),),
    "firefox_ios": (_channel("org.mozilla.ios.Firefox", "release"), _channel("org.mozilla.ios.Fennec",
        "nightly")),
    "lockwise_ios": (_channel("mozilla.lockbox", "", True),),
    "mozilla_vpn": (_channel("mozillavpn"),),
    "pine": (_channel("pinebuild"),),
}  # fmt: skip
TITLES = {
    "fenix": "Firefox for Android", "firefox_desktop": "Firefox for Desktop",
        "lockwise_ios": "Lockwise for iOS",
    "mozilla_vpn": "Mozilla VPN", "firefox_ios": "Firefox for iOS", "pine": "Pine",
}  # fmt: skip
EXPLORES = {
    "fenix": ("metrics", "baseline", "events_stream", "usage_reporting"),
    "firefox_desktop": ("metrics", "events", "glean_event_counts", "metric_definitions_clients_daily"),
    "mozilla_vpn": ("events", "metrics", "daemonsession"),
    "firefox_ios": ("funnel_analysis",),
    "lockwise_ios": ("metrics",),
}


def _base(kind: str, name: str, item_id: str = "") -> dict[str, Any]:
    return {"id": item_id or f"{kind}/{name}", "kind": kind, "name": name, "title": name}


def _row(
    app: str, ping: str, column: str, app_id: str = "", channel: str = "", exists: bool = True, kind: str = ""
) -> ColumnRef:
    dataset = app_id.replace(".", "_") if app_id else app
    table = "events_stream" if ping == "events" else ping.replace("-", "_")
    return ColumnRef(app, app_id, channel, ping, f"{dataset}.{table}", column, exists, kind)


def metric(
    name: str, kind: str, app: str = "fenix", ping: str = "metrics", *, column: str | None = None,
    app_id: str = "", channel: str = "", exists: bool = True, origin: str = "", source: str = "",
    extras: tuple[str, ...] = (), reviews: tuple[str, ...] = (), rows: tuple[ColumnRef, ...] = (),
        **given: Any,
) -> MetricItem:  # fmt: skip
    """A metric in one ping of one app."""
    leaf = name.replace(".", "_").replace("-", "_")
    path = ("" if kind == "event" else f"metrics.{kind}.{leaf}") if column is None else column
    held = rows or (_row(app, ping, path, app_id, channel, exists),)
    definition = MetricDefinition(
        kind, "", "", "", 0, "never", source_url=source, data_reviews=reviews,
        extra_keys=tuple(ExtraKey(extra) for extra in extras),
    )  # fmt: skip
    return MetricItem(
        **_base("metric", name, f"metric/{origin or app}/{name}"), type=kind, apps=(app,),
            origin=origin or app,
        pings=tuple(row.ping for row in held), columns=held, definition=definition, **given,
    )  # fmt: skip


def probe(
    name: str, kind: str = "", *, mirrors: tuple[str, ...] = (), channel: str = "nightly",
        optout: bool = False,
    keyed: bool = False, processes: tuple[str, ...] = ("main",), columns: tuple[ColumnRef, ...] = (),
) -> ProbeItem:  # fmt: skip
    """A legacy probe of versions 60 to 140."""
    definition = ProbeDefinition(
        channel, "60", "140", "", "never", optout, kind=kind, keyed=keyed, processes=processes
    )
    return ProbeItem(
        **_base("probe", name), probe_type=name.partition("/")[0], definitions=(definition,), mirrors=mirrors,
        columns=columns,
    )  # fmt: skip


def ping(
    name: str,
    app: str = "fenix",
    *,
    legacy: bool = False,
    client_id: bool = True,
    tables: tuple[PingTable, ...] = (),
    **given: Any,
) -> PingItem:
    definition = PingDefinition("", "", "", 0, include_client_id=client_id)
    return PingItem(
        **_base("ping", name, f"ping/{app}/{name}"), app=app, origin=app, legacy=legacy,
        definition=None if legacy else definition, ping_tables=tables, **given,
    )  # fmt: skip


def app(name: str, **given: Any) -> AppItem:
    return AppItem(**_base("app", name), channels=CHANNELS[name], apps=(name,), **given)


def table(name: str, layer: str = "view", project: str = SHARED, **given: Any) -> TableItem:
    dataset, leaf = name.split(".")
    return TableItem(
        **_base("table", name, f"table/{project}.{name}"), project=project, dataset=dataset, table=leaf,
        layer=layer, **given,
    )  # fmt: skip


def measure(name: str, kind: str = "metric", source: str = "", layers: tuple[str, ...] = ()) -> MeasureItem:
    platform = name.partition("/")[0]
    given = _base("measure", name, f"measure/{kind}/{name}")
    return MeasureItem(**given, type=kind, platform=platform, data_source=source, layers=layers)


GC = metric(
    "javascript.gc.slice_time",
    "timing_distribution",
    "firefox_desktop",
    app_id="firefox.desktop",
    origin="gecko",
)
KNOWN: dict[str, AnyItem] = {
    GC.id: GC,
    "ping/fenix/metrics": ping("metrics"),
    "ping/fenix/usage-reporting": ping("usage-reporting", client_id=False),
}
CONTEXT = Context(
    explores=frozenset((app, key) for app, keys in EXPLORES.items() for key in keys),
    channels=CHANNELS,
    titles=TITLES,
    undocumented=frozenset({"pine"}),
    datasets={
        **{name: (name, "") for name in CHANNELS},
        **{c.dataset: (name, c.app_id) for name, held in CHANNELS.items() for c in held},
    },
    lookup=KNOWN.get,
)

GONE = (ChannelStatus("fenix", "org.mozilla.fenix", "", "removed", "gone", "2024-03-02"),)
CLICK = metric("home.clicked", "event", ping="events", extras=("position",))
DERIVED = (
    "%5B%7B%22measure%22%3A%22{how}_of_{leaf}%22,%22label%22%3A%22{label}+of+{name}%22,"
    "%22based_on%22%3A%22metrics.metrics__{kind}__{leaf}__{value}%22,%22expression%22%3A%22%22,"
    "%22type%22%3A%22{how}%22%7D%5D"
)
FIELDS = f"{LOOKER}/explore/fenix/metrics?fields=metrics.submission_date,"

# (tool, item, the addresses that it gives, in order)
LINKS: tuple[tuple[str, AnyItem, tuple[str, ...]], ...] = (
    # --- the Glean Dictionary
    ("glean-dictionary", app("fenix"), (
        f"{GD}/apps/fenix",
        f"{GD}/apps/fenix?itemType=metrics&page=1&showUncollected=1&showSampled=1",
        f"{GD}/apps/fenix?itemType=pings&page=1&showUncollected=1&showSampled=1",
        f"{GD}/apps/fenix?itemType=tags&page=1&showUncollected=1&showSampled=1",
        f"{GD}/apps/fenix/app_ids/org_mozilla_firefox",
        f"{GD}/apps/fenix/app_ids/org_mozilla_firefox_beta",
        f"{GD}/apps/fenix/app_ids/org_mozilla_fenix",
    )),
    ("glean-dictionary", ping("usage-reporting", "firefox_desktop"), (
        f"{GD}/apps/firefox_desktop/pings/usage-reporting",
        f"{GD}/apps/firefox_desktop/app_ids/firefox_desktop/tables/usage-reporting",
    )),
    ("glean-dictionary", metric("media.audio.init_failure", "boolean", app_id=BETA, channel="beta"), (
        f"{GD}/apps/fenix/metrics/media_audio_init_failure?channel=org.mozilla.firefox_beta&ping=metrics",
        f"{GD}/apps/fenix/app_ids/org_mozilla_firefox_beta/tables/metrics"
        "?search=metrics.boolean.media_audio_init_failure",
    )),
    ("glean-dictionary", CLICK, (
        f"{GD}/apps/fenix/metrics/home_clicked",
        f"{GD}/apps/fenix/metrics/home_clicked#extra-keys",
        f"{GD}/apps/fenix/app_ids/org_mozilla_firefox/tables/events",
    )),
    ("glean-dictionary", metric("a.b", "boolean", sampled=True), (
        f"{GD}/apps/fenix/metrics/a_b",
        f"{GD}/apps/fenix/metrics/a_b#metric-sampling",
        f"{GD}/apps/fenix/app_ids/org_mozilla_firefox/tables/metrics?search=metrics.boolean.a_b",
    )),
    ("glean-dictionary", table("org_mozilla_fenix.baseline", ping="ping/fenix/baseline"), (
        f"{GD}/apps/fenix/app_ids/org_mozilla_fenix/tables/baseline",
    )),
    # --- its data
    ("glean-dictionary-data", app("fenix"), (f"{GD}/data/fenix/index.json",)),
    ("glean-dictionary-data", ping("usage-reporting"), (f"{GD}/data/fenix/pings/usage-reporting.json",)),
    ("glean-dictionary-data", metric("ads.ad_impression", "counter"), (
        f"{GD}/data/fenix/metrics/data_ads_advert_impression.json",
    )),
    ("glean-dictionary-data", probe("histogram/GC_MS"),
        (f"{GD}/data/firefox_legacy/metrics/data_gc_ms.json",)),
    # --- GLAM
    ("glam", GC, (
        f"{GLAM}/fog/probe/javascript_gc_slice_time/explore",
        f"{GLAM}/fog/probe/javascript_gc_slice_time/table",
    )),
    ("glam", metric("tabs.opened", "counter", app_id=FENIX), (
        f"{GLAM}/fenix/probe/tabs_opened/explore", f"{GLAM}/fenix/probe/tabs_opened/table",
    )),
    ("glam", metric("tabs.opened", "counter", app_id=BETA), (
        f"{GLAM}/fenix/probe/tabs_opened/explore?app_id=beta",
        f"{GLAM}/fenix/probe/tabs_opened/table?app_id=beta",
    )),
    ("glam", metric("tabs.opened", "labeled_counter", app_id=RELEASE), (
        f"{GLAM}/fenix/probe/tabs_opened/explore?app_id=release",
        f"{GLAM}/fenix/probe/tabs_opened/table?app_id=release",
    )),
    ("glam", metric("ssl.TLS13Handshake-time", "timespan", app_id=FENIX), (
        f"{GLAM}/fenix/probe/ssl_tls13_handshake_time/explore",
        f"{GLAM}/fenix/probe/ssl_tls13_handshake_time/table",
    )),
    ("glam", probe("histogram/GC_MS", "exponential", mirrors=(GC.id,)), (
        f"{GLAM}/fog/probe/javascript_gc_slice_time/explore",
        f"{GLAM}/firefox/probe/gc_ms/explore?channel=nightly&process=parent",
        f"{GLAM}/firefox/probe/gc_ms/table?channel=nightly&process=parent",
    )),
    ("glam", probe("scalar/tabs.max", "uint", channel="release", optout=True, processes=("content",)), (
        f"{GLAM}/firefox/probe/tabs_max/explore?channel=release&process=content",
        f"{GLAM}/firefox/probe/tabs_max/table?channel=release&process=content",
    )),
    # --- Looker
    ("looker", ping("baseline"), (f"{LOOKER}/explore/fenix/baseline",)),
    ("looker", ping("events"), (f"{LOOKER}/explore/fenix/events_stream",)),
    ("looker", ping("events", "firefox_desktop"), (f"{LOOKER}/explore/firefox_desktop/glean_event_counts",)),
    ("looker", ping("events", "mozilla_vpn"), (f"{LOOKER}/explore/mozilla_vpn/event_counts",)),
    ("looker", metric("tabs.opened", "counter"), (f"{FIELDS}metrics.tabs_opened&toggle=vis",)),
    ("looker", metric("tabs.opened", "counter", app_id=BETA, channel="beta"), (
        f"{LOOKER}/explore/fenix/metrics?f%5Bmetrics.channel%5D=beta"
        "&fields=metrics.submission_date,metrics.tabs_opened&toggle=vis",
    )),
    ("looker", metric("tabs.opened", "counter", "firefox_desktop", app_id="firefox.desktop",
        channel="release"), (
        f"{LOOKER}/explore/firefox_desktop/metrics?fields=metrics.submission_date,metrics.tabs_opened&toggle=vis",
    )),
    ("looker", metric("tabs.errors", "labeled_counter"), (
        f"{FIELDS}metrics__metrics__labeled_counter__tabs_errors.label,"
        "metrics__metrics__labeled_counter__tabs_errors.count"
        "&pivots=metrics__metrics__labeled_counter__tabs_errors.label&toggle=vis",
    )),
    ("looker", metric("start.up_time", "timespan"), (
        f"{FIELDS}median_of_start_up_time&dynamic_fields="
        + DERIVED.format(how="median", label="Median", leaf="start_up_time", name="start.up_time",
                         kind="timespan", value="value") + "&toggle=vis",
    )),
    ("looker", metric("tabs.size", "memory_distribution"), (
        f"{FIELDS}sum_of_tabs_size&dynamic_fields="
        + DERIVED.format(how="sum", label="Sum", leaf="tabs_size", name="tabs.size",
                         kind="memory_distribution", value="sum") + "&toggle=vis",
    )),
    ("looker", metric("tabs.on", "boolean"), (
        f"{FIELDS}metrics.metrics__boolean__tabs_on,metrics.clients&pivots=metrics.metrics__boolean__tabs_on"
        "&toggle=vis",
    )),
    ("looker", metric("tabs.used", "datetime"), (
        f"{FIELDS}metrics.metrics__datetime__tabs_used_date,metrics.clients"
        "&pivots=metrics.metrics__datetime__tabs_used_date&toggle=vis",
    )),
    ("looker", metric("usage.first_run_date", "datetime", rows=(
        _row("fenix", "metrics", "metrics.datetime.usage_first_run_date", kind="STRING"),
    )), (
        f"{FIELDS}metrics.metrics__datetime__usage_first_run_date,metrics.clients"
        "&pivots=metrics.metrics__datetime__usage_first_run_date&toggle=vis",
    )),
    ("looker", metric("page.address", "url"), (
        f"{FIELDS}metrics.metrics__url2__page_address,metrics.clients"
        "&pivots=metrics.metrics__url2__page_address&toggle=vis",
    )),
    ("looker", metric("seq", "counter", column="ping_info.seq"), (
        f"{FIELDS}metrics.ping_info__seq,metrics.clients&pivots=metrics.ping_info__seq&toggle=vis",
    )),
    ("looker", metric("end_time", "datetime", rows=(
        _row("fenix", "metrics", "ping_info.parsed_end_time", kind="TIMESTAMP"),
    )), (
        f"{FIELDS}metrics.ping_info__parsed_end_date,metrics.clients"
        "&pivots=metrics.ping_info__parsed_end_date&toggle=vis",
    )),
    ("looker", metric("sync.error_rate", "rate"), (
        f"{FIELDS}sum_of_sync_error_rate_numerator,sum_of_sync_error_rate_denominator&dynamic_fields="
        "%5B%7B%22measure%22%3A%22sum_of_sync_error_rate_numerator%22,%22label%22%3A%22Sum+of+sync.error_rate+numerator"
        "%22,%22based_on%22%3A%22metrics.metrics__rate__sync_error_rate__numerator%22,%22expression%22%3A%22%22,"
        "%22type%22%3A%22sum%22%7D,%7B%22measure%22%3A%22sum_of_sync_error_rate_denominator%22,%22label%22%3A%22"
        "Sum+of+sync.error_rate+denominator%22,%22based_on%22%3A%22metrics.metrics__rate__sync_error_rate__denominator"
        "%22,%22expression%22%3A%22%22,%22type%22%3A%22sum%22%7D%5D&toggle=vis",
    )),
    ("looker", metric("usage.os", "string", ping="usage-reporting"), (
        f"{LOOKER}/explore/fenix/usage_reporting?fields=usage_reporting.submission_date,"
        "usage_reporting.metrics__string__usage_os,usage_reporting.ping_count"
        "&pivots=usage_reporting.metrics__string__usage_os&toggle=vis",
    )),
    ("looker", CLICK, (
        f"{LOOKER}/explore/fenix/events_stream?fields=events_stream.submission_date,events_stream.event_count,"
        "events_stream.client_count&f%5Bevents_stream.event_category%5D=%22home%22"
        "&f%5Bevents_stream.event_name%5D=%22clicked%22&toggle=vis",
    )),
    ("looker", metric("a.b.clicked", "event", ping="events", app_id=BETA, channel="beta"), (
        f"{LOOKER}/explore/fenix/events_stream?fields=events_stream.submission_date,events_stream.event_count,"
        "events_stream.client_count&f%5Bevents_stream.normalized_channel%5D=beta"
        "&f%5Bevents_stream.event_category%5D=%22a.b%22&f%5Bevents_stream.event_name%5D=%22clicked%22&toggle=vis",
    )),
    ("looker", metric("main.opened", "event", "mozilla_vpn", "main"), (
        f"{LOOKER}/explore/mozilla_vpn/event_counts?fields=events.submission_date,events.event_count,"
        "events.client_count&f%5Bevents.event_name%5D=%22opened%22&f%5Bevents.event_category%5D=%22main%22"
        "&toggle=vis",
    )),
    ("looker", metric("main.opened", "event", "firefox_desktop", "events"), (
        f"{LOOKER}/explore/firefox_desktop/glean_event_counts?fields=glean_events.submission_date,"
        "glean_events.event_count,glean_events.client_count&f%5Bglean_events.event_name%5D=%22opened%22"
        "&f%5Bglean_events.event_category%5D=%22main%22&toggle=vis",
    )),
    ("looker", metric("main.opened", "event", "firefox_ios", "events"), (
        f"{LOOKER}/explore/firefox_ios/funnel_analysis?fields=funnel_analysis.count_completed_step_1"
        "&f%5Bstep_1.event%5D=%22opened%22&f%5Bstep_1.category%5D=%22main%22&toggle=vis",
    )),
    ("looker", metric("use.counter.page", "counter", "firefox_desktop", "use-counters"), (
        f"{LOOKER}/dashboards/1922?Platform=Firefox&Version+Major=&Metric=%22use.counter.page%22"
        "&Submission+Date=30+day&Country=United+States,Canada,Germany",
    )),
    ("looker", ExploreItem(**_base("explore", "events", "explore/mozilla_vpn/events"),
        namespace="mozilla_vpn"), (
        f"{LOOKER}/explore/mozilla_vpn/event_counts",
    )),
    ("looker", ExploreItem(**_base("explore", "events", "explore/firefox_desktop/events"),
        namespace="firefox_desktop"), (
        f"{LOOKER}/explore/firefox_desktop/event_counts",
    )),
    ("looker", measure("firefox_desktop/days_of_use", source="clients_daily"), (
        f"{LOOKER}/explore/firefox_desktop/metric_definitions_clients_daily",
    )),
    # --- event monitoring
    ("event-monitoring", CLICK, (
        f"{LOOKER}/dashboards/1452?App+Name=Firefox+for+Android&Event+Name=%22home.clicked%22",
    )),
    ("event-monitoring", metric("home.clicked", "event", ping="events", app_id=BETA, channel="beta"), (
        f"{LOOKER}/dashboards/1452?App+Name=Firefox+for+Android&Event+Name=%22home.clicked%22&Channel=beta",
    )),
    ("event-monitoring", metric("a.b", "event", "mozilla_vpn", "events", app_id="mozillavpn", channel="x"), (
        f"{LOOKER}/dashboards/1452?App+Name=Mozilla+VPN&Event+Name=%22a.b%22",
    )),
    # --- STMO
    ("stmo", metric("tabs.opened", "counter"), (
        f"{STMO}/110672/source?p_columnName=metrics.counter.tabs_opened&p_table=fenix.metrics",
    )),
    ("stmo", metric("tabs.errors", "labeled_counter"), (
        f"{STMO}/110677/source?p_columnName=metrics.labeled_counter.tabs_errors&p_table=fenix.metrics",
    )),
    ("stmo", metric("tabs.moves", "dual_labeled_counter"), (
        f"{STMO}/110678/source?p_columnName=metrics.dual_labeled_counter.tabs_moves&p_table=fenix.metrics",
    )),
    ("stmo", metric("a.b.c", "event", ping="home"), (
        f"{STMO}/110679/source?p_table=fenix.home&p_eventCategory=a.b&p_eventName=c",
    )),
    ("stmo", CLICK, (
        f"{STMO}/110680/source?p_table=fenix.events_stream&p_eventCategory=home&p_eventName=clicked",
    )),
    ("stmo", ping("usage-reporting", tables=(
        PingTable(f"{SHARED}.fenix.usage_reporting", "view", "", "", True),
    )), (f"{STMO}/110682/source?p_table=fenix.usage_reporting",)),
    # --- BigQuery and what documents it
    ("bigquery-console", table("telemetry.clients_daily"), (
        f"{BQ}&p=mozdata&d=telemetry&t=clients_daily&page=table",
        f"{BQ}&p=moz-fx-data-shared-prod&d=telemetry&t=clients_daily&page=table",
    )),
    ("bigquery-console", table("telemetry_stable.main_v5", "stable"), (
        f"{BQ}&p=moz-fx-data-shared-prod&d=telemetry_stable&t=main_v5&page=table",
    )),
    ("bigquery-etl-docs", table("telemetry.clients_daily", metadata_source="generated-sql"), (
        f"{ETL}/telemetry/clients_daily",
    )),
    ("schema-dictionary", ping("usage-reporting", tables=(
        PingTable(f"{SHARED}.org_mozilla_fenix_stable.usage_reporting_v1", "stable", FENIX, "nightly", True),
    )), (f"{MPS}/org-mozilla-fenix/usage-reporting/usage-reporting.1.bq",)),
    ("schema-dictionary", ping("main", "telemetry", legacy=True, tables=(
        PingTable(f"{SHARED}.telemetry_stable.main_v5", "stable", "", "", True),
    )), (f"{MPS}/telemetry/main/main.5.bq",)),
    ("airflow", table("telemetry.clients_daily", dag="bqetl_main_summary"), (
        "https://workflow.telemetry.mozilla.org/dags/bqetl_main_summary/grid",
    )),
    ("datahub", table("telemetry.clients_daily"), (
        f"{HUB}:bigquery,mozdata.telemetry.clients_daily,PROD)",
    )),
    ("datahub", ping("usage-reporting"), (f"{HUB}:Glean,fenix.usage-reporting,PROD)",)),
    ("datahub", metric("tabs.opened", "counter", app_id="org.mozilla.firefox_beta", ping="bookmarks-sync"), (
        f"{HUB}:bigquery,moz-fx-data-shared-prod.org_mozilla_firefox_beta.bookmarks_sync,PROD)/Lineage"
        "?column=metrics.counter.tabs_opened",
        f"{HUB}:bigquery,mozdata.org_mozilla_firefox_beta.bookmarks_sync,PROD)",
    )),
    ("public-data", table("telemetry_derived.ssl_ratios_v1", "derived",
        table_labels={"public_json": "true"}), (
        "https://public-data.telemetry.mozilla.org/api/v1/tables/telemetry_derived/ssl_ratios/v1/files",
    )),
    ("metric-hub", measure("firefox_desktop/days_of_use"), (
        "https://mozilla.github.io/metric-hub/metrics/firefox_desktop/#days_of_use",
    )),
    ("metric-hub", measure("firefox_desktop/clients_daily", "data_source"), (
        "https://mozilla.github.io/metric-hub/data_sources/firefox_desktop/#clients_daily",
    )),
    # --- source code
    ("searchfox", GC, (
        f"{FOX}/firefox-main/search?q=javascript%5C.gc%5C.slice_time%7CjavascriptGc%5C.sliceTime"
        "%7CJavascriptGc%5C.sliceTime%7Cjavascript_gc%5C.slice_time%7Cjavascript_gc%3A%3Aslice_time&regexp=true",
        f"{FOX}/firefox-main/search?q=symbol:Glean.javascriptGc%23sliceTime",
    )),
    ("searchfox", metric("tabs.opened", "counter"), (
        f"{FOX}/firefox-main/search?q=tabs%5C.opened%7CTabs%5C.opened%7Ctabs%3A%3Aopened"
        "&path=mobile%2Fandroid%2F&regexp=true",
    )),
    ("searchfox", metric("tabs.opened", "counter", "firefox_ios"), (
        f"{FOX}/mozilla-mobile/search?q=tabs%5C.opened%7CTabs%5C.opened%7Ctabs%3A%3Aopened"
        "&path=firefox-ios&regexp=true",
    )),
    ("searchfox", metric("logins.store", "counter", origin="logins-store", source=(
        f"https://github.com/mozilla/application-services/blob/{SHA}/components/metrics.yaml#L3"
    )), (
        f"{FOX}/mozilla-mobile/search?q=logins%5C.store%7CLogins%5C.store%7Clogins%3A%3Astore"
        "&path=application-services&regexp=true",
    )),
    ("searchfox", metric("gc.ms", "counter", origin="gecko", source=(
        f"https://github.com/mozilla-firefox/firefox/blob/{SHA}/js/xpconnect/metrics.yaml#L17"
    )), (
        f"{FOX}/firefox-main/rev/{SHA}/js/xpconnect/metrics.yaml#17",
        f"{FOX}/firefox-main/search?q=gc%5C.ms%7CGc%5C.ms%7Cgc%3A%3Ams&regexp=true",
        f"{FOX}/firefox-main/search?q=symbol:Glean.gc%23ms",
    )),
    ("searchfox", metric("mach.built", "counter", "mach", source=(
        f"https://github.com/mozilla-firefox/firefox/blob/{SHA}/python/mach/metrics.yaml#L17"
    )), (
        f"{FOX}/firefox-main/rev/{SHA}/python/mach/metrics.yaml#17",
        f"{FOX}/firefox-main/search?q=mach%5C.built%7CMach%5C.built%7Cmach%3A%3Abuilt&regexp=true",
    )),
    ("searchfox", probe("histogram/GC_MS"), (f"{FOX}/firefox-main/search?q=GC_MS",)),
    ("searchfox", probe("event/tools.main.close#close"), (f"{FOX}/firefox-main/search?q=tools.main",)),
    ("github", metric("a.b", "counter", "mozilla_vpn", source=(
        f"https://github.com/mozilla-mobile/mozilla-vpn-client/blob/{SHA}/telemetry/metrics.yaml#L9"
    )), (
        f"https://github.com/mozilla-mobile/mozilla-vpn-client/blob/{SHA}/telemetry/metrics.yaml#L9",
        "https://github.com/search?type=code&q=repo%3Amozilla-mobile%2Fmozilla-vpn-client+a.b",
    )),
    ("bugzilla", metric("a.b", "counter", bugs=("1234567", "https://bugzilla.mozilla.org/show_bug.cgi?id=7",
        "../junk"), reviews=(
        "https://github.com/mozilla-mobile/fenix/pull/12#issuecomment-3",
    )), (
        "https://bugzilla.mozilla.org/show_bug.cgi?id=1234567",
        "https://bugzilla.mozilla.org/show_bug.cgi?id=7",
        "https://github.com/mozilla-mobile/fenix/pull/12#issuecomment-3",
    )),
    ("mail", metric("a.b", "counter", owners=("some+one@mozilla.com", "not an address")), (
        "mailto:some+one@mozilla.com",
    )),
    # --- docs, annotations, experiments
    ("glean-docs", metric("a.b", "labeled_quantity"), (f"{BOOK}/labeled_quantity.html",)),
    ("glean-docs", metric("a.b", "dual_labeled_counter"), (f"{BOOK}/dual_labeled_counters.html",)),
    ("glean-docs", metric("a.b", "jwe"), (f"{BOOK}/index.html",)),
    ("glean-annotations", metric("gc.ms", "counter", origin="gecko", commentary="Beware."), (
        f"{NOTES}/edit/main/annotations/gecko/metrics/gc.ms/README.md",
    )),
    ("glean-annotations", ping("usage-reporting"), (
        f"{NOTES}/new/main?filename=annotations/fenix/pings/usage-reporting/README.md&value={COMMENTARY}",
    )),
    ("glean-annotations", app("fenix", warning="Old."), (f"{NOTES}/edit/main/annotations/fenix/README.md",)),
    ("experimenter", metric("a.b", "counter", experiments={"sample-gc": ""}), (
        "https://experimenter.services.mozilla.com/nimbus/sample-gc/summary",
    )),
    ("release-calendar", metric("a.b", "counter", expires="150"), ("https://whattrainisitnow.com/",)),
    ("data-docs", DocItem(**_base("doc", "datasets/pings.md#main"), section=DocSection(
        "datasets/pings.md", "main", "Main", "Pings", 2, ""
    )), ("https://docs.telemetry.mozilla.org/datasets/pings.html#main",)),
    ("data-docs", table("telemetry.clients_daily"), (
        "https://docs.telemetry.mozilla.org/?search=clients_daily",
    )),
    ("debug-ping-viewer", ping("baseline"), ("https://debug-ping-preview.firebaseapp.com/",)),
    # --- legacy telemetry
    ("probe-dictionary", probe("histogram/GC_MS"), (
        "https://probes.telemetry.mozilla.org/?view=detail&probeId=histogram%2FGC_MS",
    )),
    ("probe-dictionary", probe("event/tabs.click#button"), (
        "https://probes.telemetry.mozilla.org/?view=detail&probeId=event%2Ftabs.click%23button",
    )),
    ("measurement-dashboard", probe("histogram/GC_MS", "exponential"), (
        f"{TMO}nightly%252F140&min_channel_version=nightly%252F60&measure=GC_MS&product=Firefox",
    )),
    ("measurement-dashboard", probe("scalar/tabs.max", "uint", channel="release"), (
        f"{TMO}release%252F140&min_channel_version=release%252F60&measure=SCALARS_TABS.MAX&product=Firefox",
    )),
    ("use-counters", probe("histogram/USE_COUNTER2_FETCH_REQUEST_PAGE"), (
        "https://mozilla.github.io/usecounters/#group=FETCH&kind=page",
    )),
    ("use-counters", metric("use.counter.page.fetch", "counter", "firefox_desktop", "use-counters"), (
        "https://mozilla.github.io/use-counters/?counter=use.counter.page.fetch",
    )),
    ("firefox-docs", probe("histogram/GC_MS"), (f"{FXDOCS}/histograms.html",)),
    ("firefox-docs", probe("scalar/tabs.max", keyed=True), (f"{FXDOCS}/scalars.html#keyed-scalars",)),
    ("firefox-docs", probe("event/tabs.click#button"), (f"{FXDOCS}/events.html",)),
)  # fmt: skip

# (tool, item, why it shows nothing)
REASONS: tuple[tuple[str, AnyItem, str], ...] = (
    ("glean-dictionary", app("pine"), "The Glean Dictionary leaves this application out."),
    ("glean-dictionary", ping("baseline", "pine"), "The Glean Dictionary leaves this application out."),
    ("glam", metric("a.b", "string", app_id=FENIX), "GLAM has no data for string metrics."),
    ("glam", metric("a.b", "counter", ping="baseline", app_id=FENIX),
        "GLAM has data of the metrics ping only."),
    ("glam", metric("a.b", "counter", "mozilla_vpn", app_id="mozillavpn"),
     "GLAM has data of Firefox for desktop and Firefox for Android only."),
    ("glam", metric("a.b", "quantity", app_id=FENIX, column="ping_info.seq"),
     "GLAM has no data for Glean's own client and ping information."),
    ("glam", metric("browser.search.in_content", "labeled_counter", "firefox_desktop",
        app_id="firefox.desktop"),
     "GLAM does not show this metric for Firefox desktop: it is kept back."),
    ("glam", metric("shopping.product_page_visits", "counter", app_id=FENIX),
     "GLAM does not show this metric for Firefox for Android, Nightly: it is kept back."),
    ("glam", probe("event/tabs.click#button"), "GLAM has no data for legacy events."),
    ("glam", probe("histogram/SEARCH_COUNTS"), "GLAM does not show this probe: it is kept back."),
    ("glam", probe("scalar/browser.engagement.navigation.urlbar", "uint"),
     "GLAM does not show this probe: it is kept back."),
    ("glam", probe("histogram/VIDEO_DROPPED_FRAMES_PROPORTION"),
     "GLAM does not show this probe: it is kept back."),
    ("glam", probe("histogram/USE_COUNTER2_SVGSVGELEMENT_getElementById_PAGE"),
     "GLAM has no data for use counters: see the use counter pages."),
    ("glam", probe("scalar/a.locale", "string"), "GLAM has no data for scalars that hold text."),
    ("looker", metric("a.b", "counter", ping="home"), "Looker has no explore of fenix's home ping."),
    ("looker", metric("a.b", "object"), "Looker's explores have no field for object metrics."),
    ("looker", metric("a.b", "counter", ping="events", app="mozilla_vpn"),
     "Looker's explores of the events ping have its events only."),
    ("looker", metric("a.sent_timestamp", "datetime"),
     "Looker's explore of the metrics ping has no field of it."),
    ("looker", metric("a.b", "counter", rows=(
        _row("fenix", "metrics", "metrics.counter.a_b"),
        _row("fenix", "metrics", "metrics.counter.a_b", RELEASE, "release", exists=False),
        _row("fenix", "metrics", "metrics.counter.a_b", FENIX, "nightly"),
    )), "Looker's explore of the metrics ping has no field of it."),
    ("looker", metric("a.b", "counter", "lockwise_ios"),
        "The application is deprecated: Looker is not linked."),
    ("looker", ping("metrics", "lockwise_ios"), "The application is deprecated: Looker is not linked."),
    ("looker", ping("home"), "Looker has no explore of this ping."),
    ("looker", metric("a.b", "event", "pine", "events"), "Looker has no events explore of pine."),
    ("looker", measure("fenix/days_of_use", source="baseline"), "Looker has no explore of its data source."),
    ("event-monitoring", metric("a.b", "counter"), "Event monitoring is for events only."),
    ("event-monitoring", metric("a.b", "event", "lockwise_ios", "events"),
     "Lockwise for iOS is deprecated: no events are expected."),
    ("stmo", metric("a.b", "counter", exists=False),
     "The prepared query needs a column, and the table has none for it."),
    ("stmo", metric("a.b", "event", rows=(ColumnRef("fenix", "", "", "events", "fenix.events", "", None),)),
     "The prepared query needs an events_stream table."),
    ("airflow", table("telemetry.main"), "No DAG is named in its metadata."),
    ("bigquery-etl-docs", table("telemetry_stable.main_v5", "stable"),
     "bigquery-etl does not make this table: ingestion does."),
    ("schema-dictionary", ping("home"), "No schema of this ping is published."),
    ("metric-hub", measure("fenix/seg", "segment"), "metric-hub publishes no page of its segments."),
    ("metric-hub", measure("fenix/m", layers=("jetstream",)),
     "metric-hub publishes pages only of what its definitions folder holds."),
    ("searchfox", metric("a.b", "counter", "mozilla_vpn"), "Searchfox does not index its repository."),
    ("stmo", metric("a.b", "counter", channel_status=GONE),
     "The prepared query reads yesterday, and it is sent no more."),
    ("measurement-dashboard", probe("event/tabs.click#button"),
     "The Measurement Dashboard has histograms and numeric scalars only."),
    ("measurement-dashboard", probe("scalar/tabs.theme", "string"),
     "The Measurement Dashboard has histograms and numeric scalars only."),
)  # fmt: skip

# (tool, item): not a thing that the tool could be expected to show, so not a word of it
NOTHING: tuple[tuple[str, AnyItem], ...] = (
    ("glam", ping("baseline")),
    ("glean-dictionary", ping("main", "telemetry", legacy=True)),
    ("datahub", ping("main", "telemetry", legacy=True)),
    ("looker", table("telemetry.main")),
    ("stmo", ping("main", "telemetry", legacy=True)),
    ("probe-dictionary", metric("a.b", "counter")),
    ("public-data", table("telemetry_derived.clients_daily_v6", "derived")),
    ("release-calendar", metric("a.b", "counter", expires="2027-01-01")),
    ("release-calendar", metric("a.b", "counter", expires="never")),
    ("experimenter", metric("a.b", "counter")),
    ("use-counters", metric("a.b", "counter")),
    ("debug-ping-viewer", ping("baseline", status="removed")),
    ("github", metric("a.b", "counter")),
    ("data-docs", table("telemetry_stable.main_v5", "stable")),
    ("firefox-docs", probe("simpleMeasurements/uptime")),
)
STAFF = {"airflow", "bigquery-console", "datahub", "event-monitoring", "experimenter", "looker", "stmo"}


def views(tool: str, item: AnyItem) -> list[Link | NoLink]:
    return list(tools.find_tools()[tool].views(item, CONTEXT))


def _name(case: tuple[Any, ...]) -> str:
    return f"{case[0]} {case[1].name} {case[1].type or case[1].kind}"


@pytest.mark.parametrize("case", LINKS, ids=_name)
def test_the_addresses_are_exactly_these(case: tuple[str, AnyItem, tuple[str, ...]]) -> None:
    tool, item, urls = case
    assert tuple(view.url for view in views(tool, item) if isinstance(view, Link)) == urls


@pytest.mark.parametrize("case", REASONS, ids=_name)
def test_where_there_is_no_link_the_reason_is_given(case: tuple[str, AnyItem, str]) -> None:
    tool, item, reason = case
    assert views(tool, item) == [NoLink(tool, reason)]


def test_events_of_an_app_that_is_left_out_have_no_event_monitoring() -> None:
    """What is gathered is known by its table; where no table of it is known at all, the link stays."""
    gathered = {
        f"table/{SHARED}.monitoring.event_monitoring_live",
        f"table/{SHARED}.org_mozilla_firefox_derived.event_monitoring_live_v1",
    }
    context = replace(CONTEXT, lookup=lambda key: table("a.b") if key in gathered else KNOWN.get(key))
    tool = tools.find_tools()["event-monitoring"]
    (found,) = tool.views(CLICK, context)
    assert isinstance(found, Link)
    left_out = metric("a.b", "event", "mozilla_vpn", "events", app_id="mozillavpn")
    (reason,) = tool.views(left_out, context)
    assert reason == NoLink("event-monitoring", "Event monitoring does not gather the events of Mozilla VPN.")


def test_of_an_event_the_glean_dictionary_has_a_table_and_no_column() -> None:
    labels = [view.label for view in views("glean-dictionary", CLICK) if isinstance(view, Link)]
    assert labels[-1] == "Table in the Glean Dictionary"
    assert [view.label for view in views("glean-dictionary", GC) if isinstance(view, Link)][-1] == (
        "Column in the Glean Dictionary"
    )


@pytest.mark.parametrize("case", NOTHING, ids=_name)
def test_a_tool_is_silent_about_what_it_is_not_for(case: tuple[str, AnyItem]) -> None:
    assert views(*case) == []


@pytest.mark.parametrize("case", LINKS, ids=_name)
def test_staff_tools_are_marked_so_and_only_they(case: tuple[str, AnyItem, tuple[str, ...]]) -> None:
    access = {view.access for view in views(case[0], case[1]) if isinstance(view, Link)}
    assert access == {"staff" if case[0] in STAFF else "public"}


def test_every_tool_has_a_link_in_this_table() -> None:
    assert {case[0] for case in LINKS} == set(tools.find_tools())


def test_all_pages_name_the_same_page_on_how_to_gain_access() -> None:
    assert tools.GAINING_ACCESS == "https://docs.telemetry.mozilla.org/concepts/gaining_access.html"


@pytest.mark.parametrize("case", LINKS, ids=_name)
def test_labels_read_well(case: tuple[str, AnyItem, tuple[str, ...]]) -> None:
    for view in views(case[0], case[1]):
        if isinstance(view, NoLink):
            continue
        assert view.label == view.label.strip()
        assert 4 <= len(view.label) <= 45
        assert view.label[0].isupper() or case[0] in ("bugzilla", "mail")
        assert not view.label.endswith(".")


@pytest.mark.parametrize("case", REASONS, ids=_name)
def test_reasons_are_sentences(case: tuple[str, AnyItem, str]) -> None:
    assert case[2][0].isupper() or case[2].startswith("bigquery-etl") or case[2].startswith("metric-hub")
    assert case[2].endswith(".")
    assert len(case[2]) <= 90


# --- what a bang asks for


def test_a_bang_leads_to_the_best_view_of_its_tool() -> None:
    first = tools.tool_view(tools.bangs()["glam"], probe("histogram/GC_MS", mirrors=(GC.id,)), CONTEXT)
    assert isinstance(first, Link)
    assert first.url == f"{GLAM}/fog/probe/javascript_gc_slice_time/explore"


def test_a_bang_of_a_tool_that_cannot_show_the_item_gives_the_reason() -> None:
    assert tools.tool_view("glam", metric("a.b", "string", app_id=FENIX), CONTEXT) == NoLink(
        "glam", "GLAM has no data for string metrics."
    )


def test_a_bang_of_a_tool_that_is_not_for_the_item_gives_nothing() -> None:
    assert tools.tool_view("glam", ping("baseline"), CONTEXT) is None
    assert tools.tool_view("no-such-tool", GC, CONTEXT) is None


@pytest.mark.parametrize(
    ("bang", "tool"),
    [
        ("glam", "glam"), ("looker", "looker"), ("stmo", "stmo"), ("source", "searchfox"), ("bq",
            "bigquery-console"),
        ("gd", "glean-dictionary"), ("probes", "probe-dictionary"), ("bug", "bugzilla"), ("docs",
            "data-docs"),
    ],
)  # fmt: skip
def test_bangs_mean_their_tools(bang: str, tool: str) -> None:
    assert tools.bangs()[bang] == tool


def test_no_two_tools_share_a_bang() -> None:
    every = [bang for tool in tools.find_tools().values() for bang in tool.bangs]
    assert len(every) == len(set(every))


# --- the links of an item together


def test_a_hit_shows_the_best_link_of_the_first_tools_labelled_by_tool() -> None:
    shown = tools.hit_links(GC, CONTEXT)
    assert [(link.tool, link.label) for link in shown] == [
        ("glam", "GLAM"), ("glean-dictionary", "Glean Dictionary"), ("looker", "Looker"), ("stmo", "STMO"),
    ]  # fmt: skip


def test_no_address_is_given_twice() -> None:
    urls = [link.url for link in tools.links_for(GC, CONTEXT)]
    assert len(urls) == len(set(urls)) > 10


def test_reasons_are_given_for_tools_without_any_link_only() -> None:
    both = metric("tabs.opened", "counter", rows=(
        _row("fenix", "metrics", "metrics.counter.tabs_opened"), _row("fenix", "home",
            "metrics.counter.tabs_opened"),
    ))  # fmt: skip
    assert "looker" not in {reason.tool for reason in tools.links_and_reasons(both, CONTEXT)[1]}
    text = metric("a.b", "object", app_id=FENIX)
    assert [(r.tool, r.reason) for r in tools.links_and_reasons(text, CONTEXT)[1]] == [
        ("glam", "GLAM has no data for object metrics."),
        ("looker", "Looker's explores have no field for object metrics."),
        ("event-monitoring", "Event monitoring is for events only."),
    ]
