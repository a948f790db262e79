"""The twelve rules of the domain, each through real parsers and the catalogue on a small upstream.

What the same rule means over the real data stands in test_domain_rules_mirror.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from indexer.catalogue import Catalogue
from indexer.model.items import AppItem, DocItem, MetricItem, ProbeItem
from indexer.model.records import DocSection
from indexer.text.analysis import spelling_key
from indexer.text.names import name_keys, name_stems
from tests.support.upstream import SQL, Upstream, catalogue_of, names

CLIENT_INFO = {"client_info.client_id": "STRING", "client_info.app_build": "STRING"}


@dataclass(frozen=True)
class World:
    """A catalogue with its items by id."""

    catalogue: Catalogue

    def __getitem__(self, item_id: str) -> Any:
        return next(item for item in self.catalogue.items if item.id == item_id)

    def __contains__(self, item_id: str) -> bool:
        return any(item.id == item_id for item in self.catalogue.items)

    def of(self, kind: str) -> list[str]:
        return names([item for item in self.catalogue.items if item.kind == kind])


@pytest.fixture
def upstream() -> Upstream:
    return Upstream()


@pytest.fixture
def world(tmp_path: Path, upstream: Upstream) -> Any:
    """Makes the catalogue of what was published so far."""
    return lambda: World(catalogue_of(upstream, tmp_path))


def columns(item: MetricItem | ProbeItem) -> list[tuple[str, str, bool | None]]:
    return [(row.table, row.column, row.exists) for row in item.columns]


# ---------------------------------------------------------------- 1: apps, app ids, datasets, dependencies


def test_rule_1_an_app_has_several_app_ids_and_the_dataset_that_the_listing_says(upstream, world):
    upstream.app(
        "fenix", "org.mozilla.firefox", app_channel="release", bq_dataset_family="org_mozilla_firefox"
    )
    upstream.app("fenix", "org.mozilla.fenix", app_channel="nightly", bq_dataset_family="told_by_the_listing")
    app = world()["app/fenix"]
    assert isinstance(app, AppItem)
    assert [(c.app_id, c.channel, c.dataset) for c in app.channels] == [
        ("org.mozilla.firefox", "release", "org_mozilla_firefox"),
        ("org.mozilla.fenix", "nightly", "told_by_the_listing"),
    ]
    assert app.datasets == ("fenix", "org_mozilla_firefox", "told_by_the_listing")


def test_rule_1_a_stable_table_lies_in_the_listed_dataset_not_in_one_made_of_its_namespace(upstream, world):
    upstream.app("one", bq_dataset_family="two", document_namespace="three-four")
    upstream.stable("three-four", "baseline", CLIENT_INFO)
    found = world()
    assert found.of("table") == ["table/moz-fx-data-shared-prod.two_stable.baseline_v1"]
    assert found["ping/one/baseline"].datasets == ()


def test_rule_1_dependencies_are_mapped_to_libraries_by_their_variants(upstream, world):
    upstream.app("fenix", dependencies=["org.mozilla.components:service-glean", "nobody-knows"])
    upstream.library("glean", "org.mozilla.components:service-glean", "glean-android")
    upstream.library("glean", "glean-js", "glean-js")
    upstream.metric("glean-android", "glean.validation.pings", send_in_pings=["baseline"])
    upstream.metric("glean-js", "glean.web.only", send_in_pings=["baseline"])
    upstream.ping("glean-android", "baseline")
    found = world()
    assert found["app/fenix"].libraries == ("glean",)
    assert found["metric/glean/glean.validation.pings"].apps == ("fenix",)
    assert found["metric/glean/glean.web.only"].apps == ()
    assert found["ping/fenix/baseline"].origin == "glean"
    assert found.catalogue.problems["dependency that is no known library"] == 1


# ---------------------------------------------------------------- 2: which definition is the newest


def test_rule_2_the_definition_with_the_newest_date_speaks_and_of_ties_the_smallest_reflog_index(
    upstream, world
):
    upstream.app("fenix")
    upstream.metric(
        "fenix",
        "tabs.open",
        {"type": "counter", "description": "third", "last": "2023-01-01 00:00:00", "reflog": 0},
        {"type": "quantity", "description": "second", "last": "2024-01-01 00:00:00", "reflog": 9},
        {"type": "boolean", "description": "first", "last": "2024-01-01 00:00:00", "reflog": 3},
    )
    metric = world()["metric/fenix/tabs.open"]
    assert (metric.type, metric.description) == ("boolean", "first")
    assert [entry.description for entry in metric.history] == ["first", "second", "third"]


def test_rule_2_of_a_legacy_probe_the_first_entry_of_a_channel_is_the_newest(upstream, world):
    upstream.probe(
        "histogram",
        "GC_MS",
        {"description": "new", "versions": {"first": "120", "last": "140"}, "expiry_version": "200"},
        {"description": "old", "versions": {"first": "100", "last": "119"}, "expiry_version": "never"},
    )
    upstream.versions(nightly=150, beta=149, release=148)
    probe = world()["probe/histogram/GC_MS"]
    assert (probe.description, probe.expires, probe.status) == ("new", "200", "active")


# ---------------------------------------------------------------- 3: send_in_pings


@pytest.fixture
def four_pings(upstream: Upstream) -> Upstream:
    """fenix with pings of its own and of a library: with and without client id, without info sections."""
    upstream.app("fenix", dependencies=["glean"])
    upstream.library("glean")
    upstream.ping("glean", "baseline", include_client_id=True)
    upstream.ping("fenix", "activation", include_client_id=False)
    upstream.ping("fenix", "fx-suggest", include_client_id=False, include_info_sections=False)
    upstream.ping("fenix", "metrics", include_client_id=True)
    return upstream


@pytest.mark.parametrize("spelling", ["all-pings", "all_pings"])
def test_rule_3_all_pings_are_every_ping_of_the_app_the_libraries_too(four_pings, world, spelling):
    four_pings.metric("fenix", "everywhere.it_is", send_in_pings=[spelling])
    metric = world()["metric/fenix/everywhere.it_is"]
    assert sorted(metric.pings) == ["activation", "baseline", "fx-suggest", "metrics"]


def test_rule_3_info_metrics_are_columns_of_every_ping_with_info_sections(four_pings, world):
    four_pings.metric("glean", "architecture", type="string", send_in_pings=["glean_client_info"])
    four_pings.metric("glean", "seq", type="quantity", send_in_pings=["glean_internal_info"])
    found = world()
    assert sorted(found["metric/glean/architecture"].pings) == ["activation", "baseline", "metrics"]
    assert {row.column for row in found["metric/glean/architecture"].columns} == {"client_info.architecture"}
    assert {row.column for row in found["metric/glean/seq"].columns} == {"ping_info.seq"}


def test_rule_3_client_id_is_only_where_the_ping_includes_it(four_pings, world):
    four_pings.metric("glean", "client_id", type="uuid", send_in_pings=["glean_client_info"])
    assert sorted(world()["metric/glean/client_id"].pings) == ["baseline", "metrics"]


# ---------------------------------------------------------------- 4: columns of metrics


@pytest.mark.parametrize(
    ("name", "metric_type", "pings", "column"),
    [
        ("search.in_content", "labeled_counter", ["metrics"], "metrics.labeled_counter.search_in_content"),
        ("nimbus_events.is-ready", "boolean", ["metrics"], "metrics.boolean.nimbus_events_is_ready"),
        ("a.b.c_d", "timing_distribution", ["metrics"], "metrics.timing_distribution.a_b_c_d"),
        ("client.annotation.url", "url", ["metrics"], "metrics.url.client_annotation_url"),
        ("attribution.source", "string", ["glean_client_info"], "client_info.attribution.source"),
        ("glean.internal.metrics.os", "string", ["glean_client_info"], "client_info.os"),
        ("glean.internal.metrics.seq", "quantity", ["glean_internal_info"], "ping_info.seq"),
    ],
)  # fmt: skip
def test_rule_4_the_column_of_a_metric(upstream, world, name, metric_type, pings, column):
    upstream.app("fenix")
    upstream.ping("fenix", "metrics", include_client_id=True)
    upstream.metric("fenix", name, type=metric_type, send_in_pings=pings)
    upstream.stable("fenix", "metrics", {**CLIENT_INFO, column: "STRING"})
    assert columns(world()[f"metric/fenix/{name}"]) == [("fenix.metrics", column, True)]


def test_rule_4_the_type_of_an_info_column_comes_from_the_schema(upstream, world):
    upstream.app("fenix")
    upstream.ping("fenix", "metrics")
    upstream.metric(
        "fenix", "glean.internal.metrics.seq", type="quantity", send_in_pings=["glean_internal_info"]
    )
    upstream.stable("fenix", "metrics", {"client_info.os": "STRING", "ping_info.seq": "NUMERIC"})
    (row,) = world()["metric/fenix/glean.internal.metrics.seq"].columns
    assert (row.column, row.type) == ("ping_info.seq", "NUMERIC")


@pytest.mark.parametrize(
    ("metric_type", "stable"),
    [("url", "url2"), ("text", "text2"), ("jwe", "jwe2"), ("labeled_rate", "labeled_rate2")],
)
def test_rule_4_stable_tables_say_url2_where_the_views_say_url(upstream, world, metric_type, stable):
    upstream.app("fenix")
    upstream.ping("fenix", "metrics")
    upstream.metric("fenix", "a.b", type=metric_type)
    upstream.stable("fenix", "metrics", {**CLIENT_INFO, f"metrics.{stable}.a_b": "STRING"})
    upstream.view("fenix.metrics", "fenix_stable.metrics_v1")
    found = world()
    assert columns(found["metric/fenix/a.b"]) == [("fenix.metrics", f"metrics.{metric_type}.a_b", True)]
    table = found["table/moz-fx-data-shared-prod.fenix_stable.metrics_v1"]
    paths = [column.path for column in found.catalogue.schemas[table.schema_digest]]
    assert f"metrics.{stable}.a_b" in paths
    assert f"metrics.{metric_type}.a_b" not in paths


def test_rule_4_where_the_schema_lacks_the_column_it_is_said(upstream, world):
    upstream.app("fenix")
    upstream.ping("fenix", "metrics")
    upstream.metric("fenix", "late.comer")
    upstream.stable("fenix", "metrics", {**CLIENT_INFO, "metrics.counter.other": "INTEGER"})
    metric = world()["metric/fenix/late.comer"]
    (row,) = metric.columns
    assert (row.column, row.exists, row.note) == (
        "metrics.counter.late_comer",
        False,
        "not in the schema of this table",
    )
    assert metric.tables == ()


def test_rule_4_without_any_schema_nothing_is_claimed(upstream, world):
    upstream.app("fenix")
    upstream.ping("fenix", "metrics")
    upstream.metric("fenix", "a.b")
    (row,) = world()["metric/fenix/a.b"].columns
    assert (row.exists, row.note) == (None, "no schema of this table is known")


def test_rule_4_a_metric_known_from_a_schema_only_has_the_type_that_its_column_stands_for(upstream, world):
    upstream.app("bedrock")  # listed, but probeinfo has no metrics of it
    upstream.stable("bedrock", "page", {**CLIENT_INFO, "metrics.text2.page_title": "STRING"})
    found = world()["metric/bedrock/page_title"]
    assert (found.type, found.status, found.known_from) == ("text", "unknown", "schema")
    assert all(exists for _, _, exists in columns(found))


def test_rule_1_pings_of_other_apps_that_share_a_library_are_not_counted(upstream, world):
    upstream.library("core")
    upstream.app("one", dependencies=["core"])
    upstream.app("two", dependencies=["core"])
    upstream.metric("core", "a.b", send_in_pings=["all-pings"])
    upstream.ping("one", "here")
    upstream.ping("two", "there")
    made = world()
    assert made["app/one"].metric_count == made["ping/one/here"].metric_count == 1
    assert "ping/one/there" not in made


def test_rule_3_a_library_s_metric_is_of_the_apps_that_have_its_ping_or_had_one(upstream, world):
    for app in ("fenix", "updater", "elder"):
        upstream.app(app, f"org.{app}", dependencies=["glean"])
        upstream.ping(f"org-{app}", "old-ping" if app == "elder" else "metrics")
    upstream.library("glean")
    upstream.ping("org-updater", "update")
    upstream.stable("org-elder", "old-ping", {"metrics.counter.update_moved": "INTEGER"})
    upstream.metric("glean", "update.tried", send_in_pings=["update"])
    upstream.metric(
        "glean", "update.moved",
        {"type": "counter", "send_in_pings": ["update"], "last": "2026-05-01"},
        {"type": "counter", "send_in_pings": ["old-ping"], "last": "2025-05-01"},
    )  # fmt: skip
    upstream.metric("glean", "update.lost", send_in_pings=["of-nobody"])
    made = world()
    assert made["metric/glean/update.tried"].apps == ("updater",)
    assert [state.app for state in made["metric/glean/update.tried"].channel_status] == ["updater"]
    assert made["metric/glean/update.moved"].apps == ("updater", "elder")
    assert made["metric/glean/update.lost"].apps == ("fenix", "updater", "elder")


def test_rule_4_metrics_that_share_a_column_stay_two(upstream, world):
    upstream.app("fenix")
    upstream.ping("fenix", "metrics")
    upstream.metric("fenix", "browser.search.ad_clicks", description="Dotted.", type="labeled_counter")
    upstream.metric("fenix", "browser_search.ad_clicks", description="Snaked.", type="labeled_counter")
    upstream.stable(
        "fenix", "metrics", {**CLIENT_INFO, "metrics.labeled_counter.browser_search_ad_clicks*": "RECORD"}
    )
    found = world()
    dotted, snaked = (
        found["metric/fenix/browser.search.ad_clicks"],
        found["metric/fenix/browser_search.ad_clicks"],
    )
    assert columns(dotted) == columns(snaked)
    assert (dotted.description, snaked.description) == ("Dotted.", "Snaked.")
    assert dotted.family != snaked.family


# ---------------------------------------------------------------- 5: events


@pytest.fixture
def with_event(upstream: Upstream) -> Upstream:
    upstream.app("fenix")
    upstream.ping("fenix", "events")
    upstream.ping("fenix", "fx-accounts")
    upstream.metric("fenix", "a.b.app_opened", type="event", send_in_pings=["events", "fx-accounts"])
    schema = {**CLIENT_INFO, "events*": "RECORD", "events.category": "STRING", "events.name": "STRING"}
    upstream.stable("fenix", "events", schema)
    upstream.stable("fenix", "fx-accounts", schema)
    return upstream


def test_rule_5_events_of_the_events_ping_are_rows_of_events_stream_where_it_exists(with_event, world):
    with_event.table("fenix.events_stream", {"event": "STRING", "event_extra": "JSON"})
    assert [(row.table, row.column, row.note) for row in world()["metric/fenix/a.b.app_opened"].columns] == [
        ("fenix.events_stream", "", "event = 'a.b.app_opened'"),
        ("fenix.fx_accounts", "", "UNNEST(events): category = 'a.b' AND name = 'app_opened'"),
    ]


def test_rule_5_without_a_stream_events_are_unnested_and_split_at_their_last_dot(with_event, world):
    rows = world()["metric/fenix/a.b.app_opened"].columns
    assert {row.column for row in rows} == {""}
    assert [(row.table, row.exists) for row in rows] == [("fenix.events", True), ("fenix.fx_accounts", True)]
    assert {row.note for row in rows} == {"UNNEST(events): category = 'a.b' AND name = 'app_opened'"}


# ---------------------------------------------------------------- 6: tables in layers


def test_rule_6_layers_of_a_table_are_one_family_whose_face_is_the_view(upstream, world):
    upstream.app("fenix")
    upstream.ping("fenix", "metrics")
    upstream.stable("fenix", "metrics", CLIENT_INFO)
    upstream.view("fenix.metrics", "fenix_stable.metrics_v1")
    found = world()
    view = found["table/moz-fx-data-shared-prod.fenix.metrics"]
    stable = found["table/moz-fx-data-shared-prod.fenix_stable.metrics_v1"]
    assert (view.layer, stable.layer) == ("view", "stable")
    assert stable.family == view.family == view.id
    assert stable.user_view == view.id
    assert "mozdata.fenix.metrics" in view.aliases


def test_rule_6_a_view_that_passed_on_to_the_next_version_is_no_view_of_the_one_before(upstream, world):
    for version in ("v1", "v2"):
        upstream.table(f"firefoxdotcom_derived.ga_sessions_{version}", {"session_date": "DATE"})
    upstream.view("firefoxdotcom.ga_sessions", "firefoxdotcom_derived.ga_sessions_v2")
    upstream.view("firefoxdotcom.old_sessions", "firefoxdotcom_derived.ga_sessions_v1")
    upstream.table("firefoxdotcom_derived.deep_v1", {"session_date": "DATE"})
    upstream.view("firefoxdotcom.deeper", "firefoxdotcom_derived.deep_v1", "firefoxdotcom.ga_sessions")
    upstream.view("firefoxdotcom.deep", "firefoxdotcom.deeper")
    found = world()
    for table, view in {
        "ga_sessions_v1": "old_sessions",
        "ga_sessions_v2": "ga_sessions",
        "deep_v1": "deep",
    }.items():
        item = found[f"table/moz-fx-data-shared-prod.firefoxdotcom_derived.{table}"]
        assert item.user_view == f"table/moz-fx-data-shared-prod.firefoxdotcom.{view}", table
    older = found["table/moz-fx-data-shared-prod.firefoxdotcom_derived.ga_sessions_v1"]
    assert older.tables == ("firefoxdotcom.old_sessions", "firefoxdotcom_derived.ga_sessions_v1")


def test_rule_6_a_view_without_schema_has_the_columns_that_its_sql_gives_however_deep(upstream, world):
    upstream.table("telemetry_derived.clients_daily_v6", {"client_id": "STRING", "a.b": "INTEGER"})
    upstream.view(
        "telemetry_derived.clients_daily",
        "telemetry_derived.clients_daily_v6",
        sql="SELECT *, a.b AS c FROM `moz-fx-data-shared-prod.telemetry_derived.clients_daily_v6`",
    )
    upstream.view(
        "telemetry.clients_daily",
        "telemetry_derived.clients_daily",
        sql="SELECT * EXCEPT (client_id) FROM telemetry_derived.clients_daily",
    )
    found = world()
    view = found["table/moz-fx-data-shared-prod.telemetry.clients_daily"]
    assert (view.schema_source, view.column_count) == ("SQL", 3)
    assert [c.path for c in found.catalogue.schemas[view.schema_digest]] == ["a", "a.b", "c"]


def test_rule_6_a_view_without_schema_and_without_sql_has_no_columns_and_says_why(upstream, world):
    partitioning = {"time_partitioning": {"field": "day", "type": "day"}}
    upstream.table("telemetry_derived.clients_daily_v6", {"day": "DATE"}, bigquery=partitioning)
    upstream.view("telemetry.clients_daily", "telemetry_derived.clients_daily_v6")
    view = world()["table/moz-fx-data-shared-prod.telemetry.clients_daily"]
    assert (view.schema_digest, view.column_count, view.partition_field) == ("", 0, "")
    assert view.columns_unknown == "neither a schema nor SQL of it is published"


def test_rule_6_a_view_over_several_channels_has_the_columns_of_all(upstream, world):
    upstream.table("one_stable.main_v1", {"client_id": "STRING", "only_one": "STRING"})
    upstream.table("two_stable.main_v1", {"client_id": "STRING", "only_two": "STRING"})
    upstream.view("both.main", "one_stable.main_v1", "two_stable.main_v1")
    found = world()
    view = found["table/moz-fx-data-shared-prod.both.main"]
    paths = [column.path for column in found.catalogue.schemas[view.schema_digest]]
    assert paths == ["client_id", "only_one", "only_two"]


def test_rule_6_a_view_over_a_live_table_has_the_columns_of_its_stable_twin(upstream, world):
    upstream.app("fenix")
    upstream.stable("fenix", "newtab", CLIENT_INFO)
    upstream.view("fenix.newtab_live", "fenix_live.newtab_v1", sql="SELECT * FROM fenix_live.newtab_v1")
    view = world()["table/moz-fx-data-shared-prod.fenix.newtab_live"]
    assert (view.schema_source, view.column_count) == ("SQL", 3)


def test_rule_6_views_that_reference_each_other_end(upstream, world):
    upstream.view("a.one", "a.two")
    upstream.view("a.two", "a.one")
    found = world()
    assert found["table/moz-fx-data-shared-prod.a.one"].column_count == 0
    assert found.catalogue.problems["view that references itself"] >= 1


def test_rule_6_ping_tables_partition_on_the_timestamp_derived_ones_as_they_say(upstream, world):
    upstream.app("fenix")
    upstream.stable("fenix", "metrics", {**CLIENT_INFO, "submission_timestamp": "TIMESTAMP"})
    upstream.view("fenix.metrics", "fenix_stable.metrics_v1")
    partitioning = {"time_partitioning": {"field": "submission_date", "type": "day"}}
    upstream.table("fenix_derived.daily_v1", {"submission_date": "DATE"}, bigquery=partitioning)
    upstream.view("fenix.daily", "fenix_derived.daily_v1", sql="SELECT * FROM fenix_derived.daily_v1")
    found = world()
    fields = {
        name: found[f"table/moz-fx-data-shared-prod.fenix.{name}"].partition_field
        for name in ("metrics", "daily")
    }
    assert fields == {"metrics": "submission_timestamp", "daily": "submission_date"}


# ---------------------------------------------------------------- 7: alive or not


def test_rule_7_channels_differ_and_the_most_alive_speaks_for_the_metric(upstream, world):
    upstream.versions(nightly=150, beta=149, release=148)
    upstream.app("fenix", "org.mozilla.fenix", v1_name="nightly", app_channel="nightly")
    upstream.app("fenix", "org.mozilla.firefox", v1_name="release", app_channel="release")
    upstream.metric("nightly", "a.b", expires=150)
    upstream.metric("release", "a.b", expires=150)
    metric = world()["metric/fenix/a.b"]
    assert (metric.status, metric.status_reason) == ("active", "")
    assert {(row.channel, row.status, row.reason) for row in metric.channel_status} == {
        ("release", "active", ""),
        ("nightly", "expired", "expired in Firefox 150 (Nightly is 150)"),
    }


def test_rule_7_one_app_id_of_all_channels_is_judged_in_each_of_them(upstream, world):
    upstream.versions(nightly=150, beta=149, release=148)
    upstream.app("firefox_desktop", v1_name="firefox-desktop")
    upstream.metric("firefox-desktop", "a.b", expires="149")
    rows = world()["metric/firefox_desktop/a.b"].channel_status
    assert [(row.channel, row.status) for row in rows] == [
        ("nightly", "expired"),
        ("beta", "expired"),
        ("release", "active"),
    ]


def test_rule_7_what_is_dead_stays_in_the_catalogue_with_its_reason(upstream, world):
    upstream.app("fenix")
    upstream.app("old_app", deprecated=True)
    upstream.metric("fenix", "gone.away", in_source=False, last="2024-12-02 00:00:00")
    upstream.metric("fenix", "turned.off", disabled=True)
    upstream.metric("fenix", "ran.out", expires="2026-01-31")
    upstream.metric("old-app", "of.old", expires="never")
    found = world()
    assert {key: (found[key].status, found[key].status_reason) for key in found.of("metric")} == {
        "metric/fenix/gone.away": ("removed", "removed from the source, last seen 2024-12-02"),
        "metric/fenix/turned.off": ("disabled", "disabled in its definition"),
        "metric/fenix/ran.out": ("expired", "expired on 2026-01-31"),
        "metric/old_app/of.old": ("deprecated", "Old_App is deprecated"),
    }
    assert found["app/old_app"].status == "deprecated"


def test_rule_7_sampled_is_a_flag_beside_the_status(upstream, world):
    upstream.app("fenix")
    upstream.metric("fenix", "a.b")
    upstream.metric("fenix", "c.d")
    upstream.experiment("throttle", "fenix", {"a.b": True})
    found = world()
    assert [(found[key].status, found[key].sampled) for key in found.of("metric")] == [
        ("active", True),
        ("active", False),
    ]
    assert found["metric/fenix/a.b"].experiments == {"throttle": ""}


# ---------------------------------------------------------------- 8: columns of legacy probes


@pytest.mark.parametrize(
    ("probe_type", "name", "details", "paths"),
    [
        ("histogram", "GC_MS", {"record_in_processes": ["main"]}, ["payload.histograms.gc_ms"]),
        ("histogram", "GC_MS", {}, ["payload.histograms.gc_ms"]),
        (
            "histogram",
            "GC_MS",
            {"record_in_processes": ["main", "content"]},
            ["payload.histograms.gc_ms", "payload.processes.content.histograms.gc_ms"],
        ),
        ("histogram", "K", {"keyed": True}, ["payload.keyed_histograms.k"]),
        (
            "histogram",
            "FX_fooBar-X.y",
            {"record_in_processes": ["gpu"]},
            ["payload.processes.gpu.histograms.fx_foo_bar_x_y"],
        ),
        (
            "scalar",
            "browser.engagement.activeTicks",
            {"record_in_processes": ["main"]},
            ["payload.processes.parent.scalars.browser_engagement_active_ticks"],
        ),
        (
            "scalar",
            "a.b",
            {"keyed": True, "record_in_processes": ["content"]},
            ["payload.processes.content.keyed_scalars.a_b"],
        ),
    ],
)  # fmt: skip
def test_rule_8_the_columns_of_a_probe(upstream, world, probe_type, name, details, paths):
    upstream.probe(probe_type, name, **details)
    upstream.stable("telemetry", "main", {"client_id": "STRING", **dict.fromkeys(paths, "STRING")}, version=5)
    found = columns(world()[f"probe/{probe_type}/{name}"])
    assert found == [("telemetry.main", path, True) for path in paths]


@pytest.mark.parametrize(
    ("word", "processes"),
    [
        ("main", ["parent"]),
        ("all_childs", ["content", "extension", "gpu", "rdd", "socket", "utility", "dynamic"]),
        ("all_children", ["content", "extension", "gpu", "rdd", "socket", "utility", "dynamic"]),
        ("all", ["parent", "content", "extension", "gpu", "rdd", "socket", "utility", "dynamic"]),
    ],
)
def test_rule_8_words_for_several_processes_are_expanded(upstream, world, word, processes):
    upstream.probe("scalar", "a.b", record_in_processes=[word])
    rows = columns(world()["probe/scalar/a.b"])
    assert rows == [("telemetry.main", f"payload.processes.{p}.scalars.a_b", None) for p in processes]


def test_rule_8_use_counters_live_in_their_own_table_only(upstream, world):
    upstream.probe("histogram", "USE_COUNTER2_CSS_PROPERTY_All_PAGE")
    path = "payload.histograms.use_counter2_css_property_all_page"
    upstream.stable("telemetry", "main", {"client_id": "STRING", path: "STRING"}, version=5)
    upstream.stable("telemetry", "main-use-counter", {"client_id": "STRING", path: "STRING"}, version=4)
    assert columns(world()["probe/histogram/USE_COUNTER2_CSS_PROPERTY_All_PAGE"]) == [
        ("telemetry.main_use_counter", path, True)
    ]


def test_rule_8_a_column_that_the_schema_lacks_is_said_to_be_absent(upstream, world):
    upstream.probe("histogram", "NEVER_SHIPPED")
    upstream.stable(
        "telemetry", "main", {"client_id": "STRING", "payload.histograms.gc_ms": "STRING"}, version=5
    )
    probe = world()["probe/histogram/NEVER_SHIPPED"]
    (row,) = probe.columns
    assert (row.exists, row.note) == (False, "parent process: not in the schema of this table")
    assert probe.tables == ()


# ---------------------------------------------------------------- 9: one identifier, many spellings


@pytest.mark.parametrize(
    "spelling",
    ["a.b_c", "a_b_c", "a::b_c", "aB.c", "A_B_C", "a-b-c", "`a.b_c`", "metrics.counter.a_b_c"],
)
def test_rule_9_all_spellings_of_a_metric_are_its_exact_name(upstream, world, spelling):
    upstream.app("fenix")
    upstream.ping("fenix", "metrics")
    upstream.metric("fenix", "a.b_c")
    assert spelling_key(spelling) in name_keys(world()["metric/fenix/a.b_c"])


@pytest.mark.parametrize(
    "spelling",
    [
        "fenix.metrics",
        "`fenix.metrics`",
        "mozdata.fenix.metrics",
        "`moz-fx-data-shared-prod.fenix.metrics`",
        "`moz-fx-data-shared-prod`.fenix.metrics",
        "moz-fx-data-shared-prod:fenix.metrics",
    ],
)
def test_rule_9_a_table_is_named_with_and_without_project_and_backticks(upstream, world, spelling):
    upstream.view("fenix.metrics", "fenix_stable.metrics_v1")
    assert spelling_key(spelling) in name_keys(world()["table/moz-fx-data-shared-prod.fenix.metrics"])


@pytest.mark.parametrize("spelling", ["fx-suggest", "fx_suggest", "fxSuggest"])
def test_rule_9_a_ping_is_named_with_dashes_or_underscores(upstream, world, spelling):
    upstream.app("fenix")
    upstream.ping("fenix", "fx-suggest")
    assert spelling_key(spelling) in name_keys(world()["ping/fenix/fx-suggest"])


def test_a_heading_of_the_obsolete_docs_names_its_section_only_with_the_title_of_its_page():
    def doc(obsolete: bool) -> DocItem:
        section = DocSection("a.md", "churn", "Churn", "Cohorts", 2, "", obsolete=obsolete)
        return DocItem(id="doc/a.md#churn", kind="doc", name="a.md#churn", title="Churn", section=section)

    assert {"churn", "churncohorts"} <= name_keys(doc(obsolete=False)).keys()
    assert "churn" not in name_keys(doc(obsolete=True))
    assert "churncohorts" in name_keys(doc(obsolete=True))
    assert name_stems(doc(obsolete=False)) == ("churn",)
    assert name_stems(doc(obsolete=True)) == ()


# ---------------------------------------------------------------- 10: mirrors


@pytest.mark.parametrize(
    ("mirror", "metric_type", "probe"),
    [
        ("GC_MS", "timing_distribution", "probe/histogram/GC_MS"),
        ("h#GC_MS", "timing_distribution", "probe/histogram/GC_MS"),
        ("BROWSER_ENGAGEMENT_ACTIVE_TICKS", "counter", "probe/scalar/browser.engagement.active_ticks"),
        ("Pwmgr_Open_Login", "event", "probe/event/pwmgr.open#login"),
        ("Security_Show_ProtectionReport", "event", "probe/event/security.show#protection_report"),
        ("NobodyKnows", "event", ""),
        ("NO_SUCH", "counter", ""),
    ],
)  # fmt: skip
def test_rule_10_a_mirror_in_the_cpp_way_finds_its_probe_and_both_are_one_hit(
    upstream, world, mirror, metric_type, probe
):
    upstream.app("firefox_desktop", v1_name="firefox-desktop")
    upstream.metric("firefox-desktop", "a.b", type=metric_type, telemetry_mirror=mirror)
    upstream.probe("histogram", "GC_MS")
    upstream.probe("scalar", "browser.engagement.active_ticks")
    upstream.probe("event", "pwmgr.open#login", methods=["open"], objects=["login"])
    upstream.probe(
        "event",
        "security.show#protection_report",
        methods=["show"],
        objects=["protection_report"],
    )
    found = world()
    metric = found["metric/firefox_desktop/a.b"]
    assert metric.mirrors == ((probe,) if probe else ())
    assert found.catalogue.problems.get("telemetry_mirror that names no known probe", 0) == (
        0 if probe else 1
    )
    if probe:
        assert found[probe].mirrors == (metric.id,)
        assert found[probe].family == metric.family == metric.id


def test_rule_10_an_event_probe_is_mirrored_by_any_of_its_methods_and_objects(upstream, world):
    upstream.app("firefox_desktop", v1_name="firefox-desktop")
    upstream.metric("firefox-desktop", "a.b", type="event", telemetry_mirror="Pwmgr_Close_Form")
    upstream.probe("event", "pwmgr.open#login", methods=["open", "close"], objects=["login", "form"])
    assert world()["metric/firefox_desktop/a.b"].mirrors == ("probe/event/pwmgr.open#login",)


# ---------------------------------------------------------------- 11: content blockers

# The page's own part of this rule stands in test_contracts.py: everything is in the HTML.


# ---------------------------------------------------------------- 12: upstream text is untrusted


def test_rule_12_junk_references_bugs_labels_and_keys_cost_nothing_else(upstream, world):
    upstream.app("fenix", url="javascript:alert(1)", notification_emails="nobody")
    upstream.ping("fenix", "metrics")
    upstream.metric(
        "fenix",
        "a.b",
        type="labeled_counter",
        descripton="misspelt",
        labels=None,
        bugs=["javascript:alert(1)", "TBD", 1234567, "https://example.org/1", None],
        data_reviews="none needed",
        notification_emails=["not an address", "a@example.org"],
    )
    upstream.table(
        "fenix_derived.daily_v1",
        {"client_id": "STRING"},
        references={
            "query.sql": ["..", "SELECT 1 FROM a.b.c", None, 7, "moz-fx-data-shared-prod.fenix.metrics"]
        },
        labels={"x": None},
        owners=[None, {"a": 1}],
    )
    found = world()
    metric = found["metric/fenix/a.b"]
    assert metric.labels == ()
    assert metric.bugs == ("https://bugzilla.mozilla.org/show_bug.cgi?id=1234567", "https://example.org/1")
    assert metric.owners == ("a@example.org",)
    assert found["app/fenix"].source_url == ""
    table = found["table/moz-fx-data-shared-prod.fenix_derived.daily_v1"]
    assert table.upstream == ("moz-fx-data-shared-prod.fenix.metrics",)
    assert table.owners == ()


def test_rule_12_of_duplicate_columns_the_first_stands(upstream, world):
    upstream.files[f"{SQL}/moz-fx-data-shared-prod/a/b/metadata.yaml"] = "friendly_name: b"
    upstream.files[f"{SQL}/moz-fx-data-shared-prod/a/b/schema.yaml"] = (
        "fields: [{name: x, type: STRING}, {name: x, type: INTEGER}, {name: null}, 7]"
    )
    found = world()
    table = found["table/moz-fx-data-shared-prod.a.b"]
    assert [(c.path, c.type) for c in found.catalogue.schemas[table.schema_digest]] == [("x", "STRING")]


def test_rule_12_a_metric_or_ping_without_a_name_or_a_definition_is_passed_over(upstream, world):
    upstream.app("fenix")
    upstream.metric("fenix", "")
    upstream.metric("fenix", "without.type", {"type": None})
    upstream.metric("fenix", "good.one")
    upstream.ping("fenix", "")
    assert world().of("metric") == ["metric/fenix/good.one"]
