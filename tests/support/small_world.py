"""A small made-up world with true names and something of every kind, for tests of the server."""

from __future__ import annotations

from tests.support.upstream import LOOKER, Upstream

BASELINE = {
    "client_info.client_id": "STRING",
    "client_info.app_build": "STRING",
    "metrics.labeled_counter.browser_search_in_content*": "RECORD",
    "metrics.labeled_counter.browser_search_in_content.key": "STRING",
    "metrics.labeled_counter.browser_search_in_content.value": "INTEGER",
    "submission_timestamp": "TIMESTAMP",
}
METRICS = {
    **BASELINE,
    "metrics.timing_distribution.javascript_gc_slice_time": "RECORD",
    "metrics.timing_distribution.javascript_gc_slice_time.sum": "INTEGER",
    "metrics.counter.ads_ad_impression": "INTEGER",
    "metrics.counter.tabs_opened": "INTEGER",
}
EVENTS = {
    "client_info.client_id": "STRING",
    "events*": "RECORD",
    "events.category": "STRING",
    "events.name": "STRING",
    "submission_timestamp": "TIMESTAMP",
}
MAIN = {
    "client_id": "STRING",
    "submission_timestamp": "TIMESTAMP",
    "payload.histograms.gc_ms": "STRING",
    "payload.processes.content.histograms.gc_ms": "STRING",
    "payload.processes.parent.scalars.browser_engagement_active_ticks": "INTEGER",
}


def small_world() -> Upstream:
    """Two apps and an old one, their metrics, probes, tables, docs, measures and explores."""
    world = Upstream()
    world.versions(nightly=150, beta=149, release=148)
    _apps(world)
    _metrics(world)
    _probes(world)
    _tables(world)
    world.doc(
        "datasets/pings.md",
        "# Pings\n\nWhat a ping is.\n\n## Baseline ping\n\nThe `baseline` ping of `fenix.baseline`.\n",
    )
    world.measures(
        "definitions/fenix.toml",
        '[metrics.searches_of_day]\nfriendly_name = "Searches"\ndescription = "All searches."\n'
        'select_expression = "SUM(metrics.counter.tabs_opened)"\ndata_source = "daily"\n'
        '[data_sources.daily]\nfrom_expression = "mozdata.fenix.metrics"\n',
    )
    world.routine("mozfun.map.get_key", friendly_name="Get key", description="One value of a map.")
    world.dashboard(
        "fenix",
        "usage",
        {"name": "a", "title": "Pings a day", "explore": "baseline", "fields": ["baseline.submission_date"]},
        title="Use of Fenix",
        description="How many pings come in.",
    )
    world.measures(
        "jetstream/outcomes/fenix/tabs.toml",
        'friendly_name = "Tabs opened"\ndescription = "What tabs do."\n'
        "[metrics.searches_of_day.statistics.deciles]\n",
    )
    world.files[LOOKER] = (
        "fenix:\n  glean_app: true\n  pretty_name: Firefox for Android\n"
        "  explores:\n    baseline:\n      type: ping_explore\n      views: {base_view: baseline}\n"
        "  views:\n    baseline:\n      type: ping_view\n      tables: [{table: mozdata.fenix.baseline}]\n"
    )
    return world


def _apps(world: Upstream) -> None:
    fenix = {"canonical_app_name": "Firefox for Android", "dependencies": ["glean", "gecko"]}
    world.app("fenix", "org.mozilla.firefox", app_channel="release", **fenix)
    world.app("fenix", "org.mozilla.fenix", app_channel="nightly", **fenix)
    world.app(
        "firefox_desktop",
        "firefox.desktop",
        v1_name="firefox-desktop",
        canonical_app_name="Firefox for Desktop",
        dependencies=["glean", "gecko"],
    )
    world.app("lockwise_android", "mozilla.lockbox", canonical_app_name="Lockwise", deprecated=True)
    world.library("glean")
    world.library("gecko")
    world.ping("glean", "baseline", include_client_id=True, description="Sent when the app is used.")
    world.ping("glean", "metrics", include_client_id=True, description="Sent once a day.")
    world.ping("glean", "events", include_client_id=True, description="Sent with what happened.")
    world.ping("org-mozilla-firefox", "first-session", description="Sent once.")


def _metrics(world: Upstream) -> None:
    search = {
        "type": "labeled_counter",
        "description": "Searches in *content*, by engine.",
        "labels": ["organic", "tagged"],
        "send_in_pings": ["baseline", "metrics"],
        "data_sensitivity": ["interaction"],
        "metadata": {"tags": ["Search"]},
        "notification_emails": ["search@example.org"],
        "bugs": ["https://bugzilla.mozilla.org/show_bug.cgi?id=1591564"],
        "first": "2026-06-20 00:00:00",
    }
    for v1_name in ("org-mozilla-firefox", "org-mozilla-fenix", "firefox-desktop"):
        world.metric(v1_name, "browser.search.in_content", **search)
        world.metric(v1_name, "tabs.opened", description="How often a tab was opened.", expires=160)
    world.metric(
        "gecko",
        "javascript.gc.slice_time",
        type="timing_distribution",
        description="The time of one slice of garbage collection, a gc pause.",
        telemetry_mirror="GC_MS",
        data_sensitivity=["technical"],
    )
    world.metric("firefox-desktop", "ads.ad_impression", description="An ad was shown.", expires="2026-12-24")
    world.metric(
        "org-mozilla-firefox",
        "events.app_opened",
        type="event",
        description="The app came to the front.",
        send_in_pings=["events"],
        extra_keys={"source": {"type": "string", "description": "How."}},
    )
    world.metric("firefox-desktop", "old.counter", description="No more.", expires="2021-07-01")
    world.metric("mozilla-lockbox", "sync.done", description="A sync of passwords ended.")


def _probes(world: Upstream) -> None:
    world.probe("histogram", "GC_MS", record_in_processes=["main", "content"], kind="exponential")
    world.probe("scalar", "browser.engagement.active_ticks", record_in_processes=["main"], kind="uint")
    world.probe("event", "pwmgr.open#login", methods=["open"], objects=["login"])


def _tables(world: Upstream) -> None:
    for namespace in ("org-mozilla-firefox", "org-mozilla-fenix", "firefox-desktop"):
        world.stable(namespace, "baseline", BASELINE)
        world.stable(namespace, "metrics", METRICS)
        world.stable(namespace, "events", EVENTS)
    world.stable("telemetry", "main", MAIN, version=5)
    world.stable(
        "telemetry", "first-shutdown", {"client_id": "STRING", "submission_timestamp": "TIMESTAMP"}, 4
    )
    world.view("telemetry.main", "telemetry_stable.main_v5")
    for ping in ("baseline", "metrics", "events"):
        world.view(
            f"fenix.{ping}", f"org_mozilla_firefox_stable.{ping}_v1", f"org_mozilla_fenix_stable.{ping}_v1"
        )
        world.view(f"firefox_desktop.{ping}", f"firefox_desktop_stable.{ping}_v1")
    world.table(
        "fenix_derived.active_users_v1",
        {"submission_date": "DATE", "client_id": "STRING", "dau": "INTEGER"},
        description="Users of each day.",
        owners=["data@example.org"],
        bigquery={"time_partitioning": {"field": "submission_date", "type": "day"}},
        references={"query.sql": ["moz-fx-data-shared-prod.fenix.baseline"]},
    )
    world.view("fenix.active_users", "fenix_derived.active_users_v1", description="Users of each day.")
