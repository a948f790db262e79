"""Alive or not, as the catalogue says it: what disables, what deprecates, who stands for a group (rule 7)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from indexer.catalogue import Catalogue
from indexer.model.liveness import said_deprecated
from search_app.engine.engine import SearchEngine
from search_app.query.model import Filters, Query
from search_app.web.app import create_app
from tests.support.upstream import Upstream, built, catalogue_of


@pytest.fixture
def upstream() -> Upstream:
    upstream = Upstream()
    upstream.app("fenix", "org.mozilla.fenix", dependencies=["glean"])
    upstream.library("glean")
    upstream.versions(nightly=150, beta=149, release=148)
    upstream.ping("glean", "baseline", include_client_id=True)
    return upstream


def item(catalogue: Catalogue, item_id: str) -> Any:
    return next(each for each in catalogue.items if each.id == item_id)


def test_a_ping_that_its_app_switches_on_is_not_disabled(upstream: Upstream, tmp_path: Path) -> None:
    upstream.ping("org-mozilla-fenix", "usage", enabled=False, follows_collection_enabled=False)
    upstream.ping("org-mozilla-fenix", "prototype", enabled=False, follows_collection_enabled=True)
    catalogue = catalogue_of(upstream, tmp_path)
    assert item(catalogue, "ping/fenix/usage").status == "active"
    assert item(catalogue, "ping/fenix/prototype").status == "disabled"


def test_what_its_description_calls_deprecated_is_deprecated(upstream: Upstream, tmp_path: Path) -> None:
    upstream.ping(
        "org-mozilla-fenix", "dau", description="Users of a day.\n\n**NOTE**: This ping is deprecated."
    )
    upstream.metric("org-mozilla-fenix", "tabs.old", description="Deprecated in favor of `tabs.opened`.")
    upstream.probe("scalar", "a.old", {"description": "The count. This probe is deprecated, use b.new."})
    upstream.table("fenix_derived.old_v1", {"a": "STRING"}, description="DEPRECATED, please use `new_v1`.")
    catalogue = catalogue_of(upstream, tmp_path)
    for key in ("ping/fenix/dau", "metric/fenix/tabs.old", "probe/scalar/a.old"):
        assert item(catalogue, key).status == "deprecated", key
    table = item(catalogue, "table/moz-fx-data-shared-prod.fenix_derived.old_v1")
    assert (table.status, table.status_reason) == ("deprecated", "deprecated, as its description says")


@pytest.mark.parametrize(
    "text",
    [
        "Counts crashes. Deprecated: `native_code_crash`, use `fatal`.",
        "An extension that says so (Deprecated)",
        "Whether a document used MathML_DeprecatedMathVariant.",
        "How often a deprecated method was called.",
        "This table may change without a deprecation period.",
    ],
)
def test_a_deprecated_label_or_feature_does_not_deprecate_what_counts_it(text: str) -> None:
    assert not said_deprecated(text)


def test_a_view_does_not_bear_the_description_of_what_it_reads(upstream: Upstream, tmp_path: Path) -> None:
    upstream.table("static.country_codes_v1", {"code": "STRING"}, description="Codes of countries.")
    upstream.view("telemetry.users", "static.country_codes_v1")
    catalogue = catalogue_of(upstream, tmp_path)
    assert item(catalogue, "table/moz-fx-data-shared-prod.telemetry.users").description == ""


@pytest.mark.parametrize("sort", ["relevance", "name", "newest"])
def test_the_living_metric_stands_for_its_namesakes_in_every_order(
    upstream: Upstream, tmp_path: Path, sort: str
) -> None:
    """The app's own definition is gone since the library has it; it comes first by id, and is newer."""
    upstream.metric("glean", "client_id", send_in_pings=["baseline"], first="2020-01-01 00:00:00")
    upstream.metric(
        "org-mozilla-fenix",
        "client_id",
        in_source=False,
        send_in_pings=["baseline"],
        first="2021-01-01 00:00:00",
    )
    engine = SearchEngine(built(upstream, tmp_path).data_dir)
    text = "client_id" if sort == "relevance" else ""
    hits = engine.search(Query(text, filters=Filters({"kind": ("metric",)}), sort=sort)).hits
    assert [(hit.card.id, hit.card.status) for hit in hits] == [("metric/glean/client_id", "active")]
    assert [variant.id for variant in hits[0].variants] == ["metric/fenix/client_id"]


def test_an_app_and_a_ping_have_one_number_of_metrics_each_name_once(
    upstream: Upstream, tmp_path: Path
) -> None:
    upstream.ping("glean", "crash")  # without a client id
    upstream.metric("glean", "client_id", send_in_pings=["glean_client_info"], type="uuid")
    upstream.metric(
        "org-mozilla-fenix", "client_id", in_source=False, send_in_pings=["baseline"], type="uuid"
    )
    upstream.metric("org-mozilla-fenix", "tabs.opened", send_in_pings=["baseline", "crash"])
    config = built(upstream, tmp_path)
    engine = SearchEngine(config.data_dir)
    app, baseline, crash = (
        engine.get(f"{key}") for key in ("app/fenix", "ping/fenix/baseline", "ping/fenix/crash")
    )
    assert (app.metric_count, baseline.metric_count, crash.metric_count) == (2, 2, 1)  # type: ignore[union-attr]

    def found(**filters: str) -> int:
        chosen = {"kind": ("metric",), **{name: (value,) for name, value in filters.items()}}
        return engine.search(Query("", filters=Filters(chosen))).total

    assert found(app="fenix") == 2
    assert found(app="fenix", ping="baseline") == 2
    assert found(app="fenix", ping="crash") == 1  # client_id is in its app's pings, not in this one
    client = create_app(config).test_client()
    assert client.get("/api/v1/item/ping/fenix/crash").json["metrics"]["total"] == 1  # type: ignore[index]
    listed = {
        row["id"]: row["metric_count"] for row in client.get("/api/v1/item/app/fenix").json["ping_items"]
    }  # type: ignore[index]
    assert listed == {"ping/fenix/baseline": 2, "ping/fenix/crash": 1}


def test_a_metric_shows_the_ping_that_it_was_sent_in_before_while_its_column_is_there(
    upstream: Upstream, tmp_path: Path
) -> None:
    before = {"type": "counter", "send_in_pings": ["metrics"], "last": "2024-05-01 00:00:00"}
    upstream.ping("org-mozilla-fenix", "metrics")
    upstream.metric(
        "org-mozilla-fenix", "tabs.opened", {"type": "counter", "send_in_pings": ["baseline"]}, before
    )
    upstream.metric(
        "org-mozilla-fenix", "tabs.gone", {"type": "counter", "send_in_pings": ["baseline"]}, before
    )
    upstream.stable("org-mozilla-fenix", "metrics", {"metrics.counter.tabs_opened": "INTEGER"})
    upstream.stable("org-mozilla-fenix", "baseline", {"metrics.counter.tabs_opened": "INTEGER"})
    catalogue = catalogue_of(upstream, tmp_path)
    metric = item(catalogue, "metric/fenix/tabs.opened")
    assert [(row.ping, row.table, row.column, row.note) for row in metric.former] == [
        (
            "metrics",
            "org_mozilla_fenix.metrics",
            "metrics.counter.tabs_opened",
            "sent in this ping until 2024-05-01",
        )
    ]
    assert metric.pings == ("baseline",)  # where it is sent now
    assert item(catalogue, "metric/fenix/tabs.gone").former == ()  # no column, no data
    assert item(catalogue, "ping/fenix/metrics").metric_count == 0


def test_tables_bear_their_marks_and_a_legacy_one_its_namesake_in_glean(
    upstream: Upstream, tmp_path: Path
) -> None:
    legacy = {"legacy": True}
    upstream.view("telemetry.crash_rates", "telemetry_derived.crash_rates_v1", labels=legacy)
    upstream.table("telemetry_derived.crash_rates_v1", labels={"legacy": "true", "level": "gold"})
    upstream.view("firefox_desktop.crash_rates", "firefox_desktop_derived.crash_rates_v1")
    upstream.table("firefox_desktop_derived.crash_rates_v1", monitoring={"enabled": True, "collection": "x"})
    upstream.view("telemetry.old", "telemetry_derived.old_v1", labels=legacy, monitoring={"enabled": False})
    upstream.view("firefox_desktop.old", "telemetry_derived.old_v1")  # made of the same legacy table
    upstream.table("telemetry_derived.old_v1", labels={**legacy, "deprecated": True}, monitoring=["junk"])
    catalogue = catalogue_of(upstream, tmp_path)

    def table(name: str) -> Any:
        return item(catalogue, f"table/moz-fx-data-shared-prod.{name}")

    assert table("telemetry.crash_rates").legacy
    assert table("telemetry.crash_rates").glean_twin == table("firefox_desktop.crash_rates").id
    assert table("telemetry_derived.crash_rates_v1").level == "gold"
    assert "level gold" in table("telemetry_derived.crash_rates_v1").labels
    assert table("firefox_desktop_derived.crash_rates_v1").monitored is True
    assert table("telemetry.old").monitored is False
    assert table("telemetry.old").glean_twin == ""
    old = table("telemetry_derived.old_v1")
    assert (old.status, old.monitored) == ("deprecated", None)
