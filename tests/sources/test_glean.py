"""indexer/sources/glean.py on a small golden folder, and counted against the mirror's own files."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from indexer.model.definitions import ExtraKey, MetricDefinition, PingDefinition
from indexer.model.records import (
    AppListing,
    LibraryVariant,
    Record,
    RepositoryMetric,
    RepositoryPing,
    RepositoryState,
    RepositoryTag,
)
from indexer.sources import Report, Request, SourceUnavailable, glean
from indexer.sources._glean_entries import history, to_metric_definition
from indexer.sources._upstream import Entry
from tests.support.fetching import GOLDEN, fetch_all, records_of

FOLDER = GOLDEN / "glean"
NOW = "2026-06-09 18:34:05"


@pytest.fixture(scope="module")
def golden() -> tuple[list[Record], Report]:
    source = glean.Source()
    return records_of(source, fetch_all(source, FOLDER, {}))


def of_type(records: list[Record], kind: type) -> list[Record]:
    return [record for record in records if isinstance(record, kind)]


def test_the_listings_are_asked_for_first() -> None:
    assert glean.Source().requests({"base_url": "https://example.org/"}) == [
        Request("https://example.org/v2/glean/app-listings", tag="v2/glean/app-listings"),
        Request("https://example.org/v2/glean/library-variants", tag="v2/glean/library-variants"),
    ]


def test_the_files_of_each_listed_repository_are_asked_for_next_and_may_be_absent() -> None:
    source = glean.Source()
    asked = [file.request for file in fetch_all(source, FOLDER, {})[2:]]
    base = "https://probeinfo.telemetry.mozilla.org/glean"
    assert [request.url for request in asked] == [
        f"{base}/{v1_name}/{file}"
        for v1_name in ("fenix", "firefox-android-release", "gecko")
        for file in ("metrics", "pings", "tags", "dependencies")
    ]
    assert all(request.optional for request in asked)


def test_rule_1_app_listings_keep_upstreams_dataset_and_dependency_names(
    golden: tuple[list[Record], Report],
) -> None:
    assert of_type(golden[0], AppListing) == [
        AppListing(
            app_name="fenix",
            app_id="org.mozilla.fenix",
            v1_name="fenix",
            canonical_app_name="Firefox for Android",
            app_description="The browser for Android phones.",
            description="What is built each night.",
            channel="nightly",
            dataset="org_mozilla_fenix",
            namespace="org-mozilla-fenix",
            url="https://github.com/mozilla-firefox/firefox",
            emails=("owner@example.org",),
            dependencies=("gecko",),
            retention={"fx-suggest": 30},
            default_retention=775,
        ),
        AppListing(
            app_name="fenix",
            app_id="org.mozilla.firefox",
            v1_name="firefox-android-release",
            canonical_app_name="fenix",
            app_description="The browser for Android phones.",
            description="",
            channel="",
            dataset="org_mozilla_firefox",
            namespace="org-mozilla-firefox",
            url="",
            emails=("owner@example.org", "second@example.org"),
            dependencies=("gecko",),
            deprecated=True,
            skip_documentation=True,
        ),
    ]


def test_library_variants_map_dependency_names_to_repositories(golden: tuple[list[Record], Report]) -> None:
    assert of_type(golden[0], LibraryVariant) == [
        LibraryVariant(
            library_name="gecko",
            v1_name="gecko",
            dependency_name="gecko",
            description="The engine of the browser.",
            url="https://github.com/mozilla-firefox/firefox",
            emails=("engine@example.org",),
        )
    ]


def test_a_repository_without_files_is_told_by_its_state(golden: tuple[list[Record], Report]) -> None:
    assert of_type(golden[0], RepositoryState) == [
        RepositoryState("fenix", has_metrics=True, dependencies=("gecko",)),
        RepositoryState("firefox-android-release", has_metrics=False),
        RepositoryState("gecko", has_metrics=True),
    ]


def test_a_metric_keeps_its_whole_history_newest_first(golden: tuple[list[Record], Report]) -> None:
    assert of_type(golden[0], RepositoryMetric)[0] == RepositoryMetric(
        v1_name="fenix",
        name="browser.search.in_content",
        in_source=True,
        history=(
            MetricDefinition(
                type="labeled_counter",
                description="Counted on pages of results.",
                first=NOW,
                last=NOW,
                reflog_last=0,
                expires="never",
                lifetime="ping",
                send_in_pings=("baseline", "metrics"),
                sensitivity=("interaction",),
                bugs=("https://github.com/mozilla-mobile/fenix/issues/6558",),
                data_reviews=("https://bugzilla.mozilla.org/show_bug.cgi?id=1750000",),
                emails=("owner@example.org",),
                labels=("organic", "tagged"),
                tags=("Search",),
                telemetry_mirror="BROWSER_SEARCH_CONTENT",
                source_url="https://github.com/mozilla-firefox/firefox/blob/2/metrics.yaml#L2",
                version=2,
            ),
            MetricDefinition(
                type="counter",
                description="Counted on pages of results, old words.",
                first="2020-04-24 22:47:48",
                last="2024-03-11 14:03:56",
                reflog_last=1,
                expires="2020-09-01",
                disabled=True,
                lifetime="ping",
                send_in_pings=("metrics",),
                bugs=(
                    "https://github.com/mozilla-mobile/fenix/issues/6558",
                    "https://bugzilla.mozilla.org/show_bug.cgi?id=1650000",
                ),
                emails=("owner@example.org",),
                source_url="https://github.com/mozilla-mobile/fenix/blob/1/app/metrics.yaml#L1",
            ),
        ),
    )


def test_an_event_has_extras_with_type_unit_and_description(golden: tuple[list[Record], Report]) -> None:
    event = of_type(golden[0], RepositoryMetric)[1]
    assert isinstance(event, RepositoryMetric)
    assert not event.in_source
    assert event.history == (
        MetricDefinition(
            type="event",
            description="The app came to the front.",
            first="2019-06-04 00:00:00",
            last="2022-01-14 07:37:19",
            reflog_last=202,
            expires="112",
            lifetime="ping",
            send_in_pings=("events",),
            extra_keys=(
                ExtraKey("source", "string", "How it came there."),
                ExtraKey("load_time", "quantity", "How long it took.", "ms"),
                ExtraKey("old", "", "Without a type."),
            ),
        ),
    )


def test_structures_buckets_denominators_and_units_are_kept(golden: tuple[list[Record], Report]) -> None:
    metrics = {r.name: r.history[0] for r in golden[0] if isinstance(r, RepositoryMetric)}
    adapters = metrics["gfx.adapters"]
    assert adapters.extra_keys == (
        ExtraKey("vendorID", "string", "Who made it."),
        ExtraKey("modes", "array", ""),
        ExtraKey("modes.width", "number", ""),
    )
    assert json.loads(adapters.structure)["items"]["properties"]["vendorID"]["type"] == "string"
    lookup = metrics["networking.dns_lookup"]
    assert (lookup.buckets, lookup.unit, lookup.expires) == ("linear, 1 to 100, 50 buckets", "lookups", "150")
    rate = metrics["httpsfirst.downgraded_on_timer"]
    assert (rate.denominator, rate.unit) == ("httpsfirst.downgraded", "millisecond")


def test_pings_and_tags_are_read_whole(golden: tuple[list[Record], Report]) -> None:
    assert of_type(golden[0], RepositoryPing) == [
        RepositoryPing(
            v1_name="fenix",
            name="activation",
            in_source=True,
            history=(
                PingDefinition(
                    description="Tells of a first run.",
                    first="2019-07-26 19:16:53",
                    last=NOW,
                    reflog_last=0,
                    reasons={"first_run": "The app ran for the first time.", "bare": ""},
                    include_client_id=False,
                    include_info_sections=True,
                    send_if_empty=True,
                    follows_collection_enabled=False,
                    ping_schedule=("baseline",),
                    uploader_capabilities=("ohttp",),
                    bugs=("https://bugzilla.mozilla.org/show_bug.cgi?id=1538011",),
                    emails=("owner@example.org",),
                    tags=("Growth",),
                    source_url="https://github.com/mozilla-firefox/firefox/blob/2/pings.yaml#L2",
                ),
            ),
            retention_days=400,
        )
    ]
    assert of_type(golden[0], RepositoryTag) == [RepositoryTag("fenix", "Search", "All about searching.")]


def test_rule_12_what_is_junk_is_counted_with_its_reason(golden: tuple[list[Record], Report]) -> None:
    assert golden[1].skipped == Counter(
        {
            "app listing without app_name, app_id or v1_name": 1,
            "app listing twice": 1,
            "app-listings: not as expected": 1,
            "dependencies: not as expected": 1,
            "url: not as expected": 1,
            "library variant without a name": 1,
            "labels: not as expected": 1,
            "data_reviews: not an address": 1,
            "notification_emails: not an address": 1,
            "unknown field": 1,
            "extra_keys: not as expected": 1,
            "metric without a readable definition": 1,
        }
    )
    assert golden[1].examples["unknown field"] == "fenix events.app_opened: descripton"
    assert golden[1].seen["metrics"] == 6


def test_rule_2_the_newest_entry_is_that_of_the_latest_date_and_of_ties_the_smallest_reflog_index() -> None:
    def past(last: str, reflog: int, words: str) -> dict[str, object]:
        return {
            "dates": {"first": last, "last": last},
            "reflog-index": {"first": reflog, "last": reflog},
            "description": words,
            "type": "counter",
        }

    entries = [
        past("2023-01-02 00:00:00", 5, "third"),
        past("2024-01-01 00:00:00", 9, "second"),
        past("2024-01-01 00:00:00", 3, "first"),
        past("2020-12-31 23:59:59", 0, "last"),
    ]
    found = history(Entry({"history": entries}, "a.b", Report()), to_metric_definition)
    assert [definition.description for definition in found] == ["first", "second", "third", "last"]


def test_a_dual_labeled_counter_has_the_keys_and_categories_that_glean_parser_writes() -> None:
    definition = to_metric_definition(
        Entry(
            {
                "type": "dual_labeled_counter",
                "keys": ["get", "put"],
                "ordered_keys": ["get", "put"],
                "categories": ["ok", "get"],
                "labels": None,
            },
            "a.b",
            Report(),
        ),
        {},
    )
    assert definition is not None
    assert (definition.keys, definition.categories) == (("get", "put"), ("ok", "get"))
    assert definition.labels == ("get", "put", "ok")


def test_an_extra_has_the_only_values_that_it_may_have() -> None:
    extras = {"how": {"type": "string", "description": "How.", "enum": ["mouse", "keys"]}}
    definition = to_metric_definition(Entry({"type": "event", "extra_keys": extras}, "a.b", Report()), {})
    assert definition is not None
    assert definition.extra_keys == (ExtraKey("how", "string", "How.", values=("mouse", "keys")),)


@pytest.mark.parametrize(
    "several", [{"type": "oneof", "subtypes": ["number", "string"]},
                {"oneOf": [{"type": "number"}, {"type": "string"}]}],
)  # fmt: skip
def test_a_key_of_a_structure_that_is_of_one_of_several_types_says_which(several: dict[str, Any]) -> None:
    structure = {"type": "object", "properties": {"value": several}}
    definition = to_metric_definition(Entry({"type": "object", "structure": structure}, "a.b", Report()), {})
    assert definition is not None
    assert definition.extra_keys == (ExtraKey("value", "number or string"),)


def test_a_dual_labeled_counter_has_the_labels_of_both_dimensions() -> None:
    entry = Entry(
        {
            "type": "dual_labeled_counter",
            "dual_labels": {"key": {"labels": ["get", "put"]}, "category": {"labels": ["ok", "get"]}},
        },
        "a.b",
        Report(),
    )
    definition = to_metric_definition(entry, {})
    assert definition is not None
    assert definition.labels == ("get", "put", "ok")


@pytest.mark.parametrize("content", [b'{"a": ', b"[]", b"", b"[" * 100_000, b"\xff\xfe"])
def test_a_file_that_is_not_readable_fails_the_source_instead_of_losing_records(
    tmp_path: Path, content: bytes
) -> None:
    source = glean.Source()
    files = fetch_all(source, FOLDER, {})
    broken = tmp_path / "metrics"
    broken.write_bytes(content)
    files = [
        type(file)(file.request, 200, broken, "") if file.request.tag == "fenix/metrics" else file
        for file in files
    ]
    with pytest.raises(SourceUnavailable, match="glean/fenix/metrics"):
        records_of(source, files)


@pytest.mark.mirror
def test_the_whole_mirror_is_read(mirror: Path) -> None:
    """Figures of the mirror's README, and the same counted from its files."""
    source = glean.Source()
    records, report = records_of(source, fetch_all(source, mirror, {}))
    metrics = [record for record in records if isinstance(record, RepositoryMetric)]
    listings = [record for record in records if isinstance(record, AppListing)]
    base = mirror / "probeinfo.telemetry.mozilla.org" / "glean"
    upstream = {path.parent.name: json.loads(path.read_bytes()) for path in base.glob("*/metrics")}

    assert (len(listings), len({listing.app_name for listing in listings})) == (70, 57)
    assert len(of_type(records, LibraryVariant)) == 22
    assert {(metric.v1_name, metric.name) for metric in metrics} == {
        (v1_name, name) for v1_name, content in upstream.items() for name in content
    }
    assert len(metrics) == 13_871
    assert sum(metric.in_source for metric in metrics) == 11_476
    assert sum(len(metric.history) for metric in metrics) == 44_216
    assert len({metric.v1_name for metric in metrics}) == 62
    assert len(of_type(records, RepositoryPing)) == 220
    assert len(of_type(records, RepositoryTag)) == 2_105
    assert len(of_type(records, RepositoryState)) == 92
    assert set(report.skipped) == {
        "bugs: not an address",
        "data_reviews: not an address",
        "notification_emails: not an address",
    }
    for metric in metrics:
        dates = [past["dates"]["last"] for past in upstream[metric.v1_name][metric.name]["history"]]
        assert metric.history[0].last == max(dates)
