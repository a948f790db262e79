"""What each form of the query language finds, in a small made-up world (docs/contracts.md)."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from search_app.query.grammar import LANGUAGE
from search_app.web.pages.search import EXAMPLES

SLICE = "metric/gecko/javascript.gc.slice_time"
SEARCHES = "metric/fenix/browser.search.in_content"
OPENED = "metric/fenix/tabs.opened"
EVENT = "metric/fenix/events.app_opened"
AD = "metric/firefox_desktop/ads.ad_impression"
OLD = "metric/firefox_desktop/old.counter"
SYNC = "metric/lockwise_android/sync.done"
METRICS = {SLICE, SEARCHES, OPENED, EVENT, AD, OLD, SYNC}


def answer(client: FlaskClient, q: str) -> Any:
    return client.get("/api/v1/search", query_string={"q": q, "size": 100}).json


def faces(client: FlaskClient, q: str) -> set[str]:
    return {hit["id"] for hit in answer(client, q)["hits"]}


@pytest.mark.parametrize(
    ("q", "wanted"),
    [
        # filters alone
        ("kind:metric", METRICS),
        ("kind:metrics", METRICS),
        ("kind:metric app:lockwise_android", {SYNC}),
        ("kind:metric app:Lockwise", {SYNC}),
        ('kind:metric app:"Firefox for Android"', {SLICE, SEARCHES, OPENED, EVENT}),
        ("kind:metric app:org.mozilla.fenix", {SLICE, SEARCHES, OPENED, EVENT}),
        ("type:labeled_counter", {SEARCHES}),
        ("type:event kind:metric", {EVENT}),
        ("kind:metric ping:events", {EVENT}),
        ("kind:metric table:fenix.events", {EVENT}),
        ("kind:metric table:mozdata.fenix.events", {EVENT}),
        ("kind:metric table:`moz-fx-data-shared-prod.fenix.events`", {EVENT}),
        ("kind:measure dataset:fenix type:metric", {"measure/metric/fenix/searches_of_day"}),
        ("kind:metric column:metrics.counter.ads_ad_impression", {AD}),
        ("kind:metric column:metrics_counter_ads_ad_impression", {AD}),
        ("kind:metric status:expired", {OLD}),
        ("kind:metric status:inactive", {OLD, SYNC}),
        ("tag:Search", {SEARCHES}),
        ("tag:search", {SEARCHES}),
        ("type:Labeled-Counter", {SEARCHES}),
        ("kind:metric table:fenix_events dataset:FENIX", {EVENT}),
        ("kind:metric -tag:SEARCH -type:counter", {SLICE, EVENT}),
        ("bug:1591564", {SEARCHES}),
        ("bug:https://bugzilla.mozilla.org/show_bug.cgi?id=1591564", {SEARCHES}),
        ("owner:search@example.org", {SEARCHES}),
        ("owner:SEARCH@", {SEARCHES}),
        ("sensitivity:technical", {SLICE}),
        # OR within, AND across, not
        ("sensitivity:technical,interaction", {SLICE, SEARCHES}),
        ("sensitivity:technical sensitivity:interaction", {SLICE, SEARCHES}),
        ("kind:metric -status:active", {OLD, SYNC}),
        ("kind:metric -app:firefox_desktop -app:lockwise_android", {EVENT, OPENED, SEARCHES}),
        # ranges
        ("kind:metric expires:160", {OPENED}),
        ("kind:metric expires:150..170", {OPENED}),
        ("kind:metric expires:>=161", set()),
        ("kind:metric expires:<160", set()),
        ("kind:metric expires:2026-12", {AD}),
        ("kind:metric expires:2026-12-24", {AD}),
        ("kind:metric expires:<=2026", {AD, OLD}),
        ("kind:metric expires:365d", {AD}),
        ("kind:metric expires:90d", set()),
        ("kind:metric expires:expired", {OLD}),
        ("kind:metric expires:never", {SLICE, SEARCHES, EVENT, SYNC}),
        ("kind:metric added:30d", {SEARCHES}),
        ("kind:metric added:5d", set()),
        ("kind:metric added:2026-06", {SEARCHES}),
        ("kind:metric added:2026-06-20", {SEARCHES}),
        ("kind:metric added:2026-06-21..", set()),
        ("kind:metric added:2020", METRICS - {SEARCHES}),
        ("kind:metric -added:2020", {SEARCHES}),
        # phrases, exclusions, prefixes, alternatives
        ('kind:metric "garbage collection"', {SLICE}),
        ('kind:metric "collection garbage"', set()),
        ('kind:metric "an ad was"', {AD}),
        ("kind:metric opened -tab", {EVENT}),
        ('kind:metric passwords -"a sync"', set()),
        ("kind:metric garb*", {SLICE}),
        ("kind:metric -garb* slice", set()),
        ("kind:metric passwords OR garbage", {SYNC, SLICE}),
        ("kind:metric passwords | garbage", {SYNC, SLICE}),
        ("kind:metric (passwords OR garbage) sli*", {SLICE, SYNC}),  # the second is a near miss
    ],
)  # fmt: skip
def test_what_a_query_finds(small_client: FlaskClient, q: str, wanted: set[str]) -> None:
    found = answer(small_client, q)
    assert {hit["id"] for hit in found["hits"]} == wanted
    assert found["total"] == len(wanted)
    assert found["notes"] == []


@pytest.mark.parametrize(
    "q",
    [
        "javascript.gc.slice_time", "javascript_gc_slice_time", "javascript::gc::slice_time",
        "javascriptGc.sliceTime", "JAVASCRIPT_GC_SLICE_TIME", "javascript-gc-slice-time",
        "`javascript.gc.slice_time`",
        "metrics.timing_distribution.javascript_gc_slice_time",
    ],
)  # fmt: skip
def test_rule_9_every_spelling_of_a_metric_finds_it_first(small_client: FlaskClient, q: str) -> None:
    assert answer(small_client, f"{q} kind:metric")["hits"][0]["id"] == SLICE
    assert answer(small_client, q)["hits"][0]["id"] == SLICE


@pytest.mark.parametrize(
    "q",
    [
        "telemetry.main",
        "mozdata.telemetry.main",
        "`moz-fx-data-shared-prod.telemetry.main`",
        "`mozdata`.telemetry.main",
    ],
)
def test_rule_9_every_spelling_of_a_table_finds_it_first(small_client: FlaskClient, q: str) -> None:
    assert answer(small_client, q)["hits"][0]["id"] == "table/moz-fx-data-shared-prod.telemetry.main"


@pytest.mark.parametrize("q", ["first-session", "first_session", "firstSession", "first session"])
def test_rule_9_every_spelling_of_a_ping_finds_it_first(small_client: FlaskClient, q: str) -> None:
    assert answer(small_client, q)["hits"][0]["id"] == "ping/fenix/first-session"


def test_all_words_are_wanted_and_near_misses_come_where_nothing_has_them_all(
    small_client: FlaskClient,
) -> None:
    both = answer(small_client, "kind:metric pause passwords")
    assert both["relaxed"]
    assert {hit["id"] for hit in both["hits"]} == {SLICE, SYNC}


@pytest.mark.parametrize(
    "q", ["mozdata:telemetry.main", "12:30 tabs", "http://example.org/x", "a::b_c", "nothing:else"]
)
def test_an_unknown_prefix_is_plain_text(small_client: FlaskClient, q: str) -> None:
    found = answer(small_client, q)
    assert found["query"]["filters"] == {}
    assert found["query"]["terms"] != []


@pytest.mark.parametrize(
    ("q", "note"),
    [
        ("kind:banana tabs", "'banana' is not a value of kind"),
        ("expires:soon tabs", "'soon' is not a value of expires"),
        ("app: fenix", "app: wants a value"),
        ('"unfinished tabs', "without its partner"),
    ],
)
def test_bad_syntax_never_fails_it_explains(small_client: FlaskClient, q: str, note: str) -> None:
    found = answer(small_client, q)
    assert note in " ".join(found["notes"])
    page = small_client.get("/", query_string={"q": q})
    assert page.status_code == 200
    assert 'class="note"' in page.text


def test_the_help_page_is_made_of_the_parsers_own_table(small_client: FlaskClient) -> None:
    text = small_client.get("/help").text
    for form in LANGUAGE:
        assert form.meaning.replace('"', "&#34;") in text or form.meaning in text, form


def test_every_example_of_the_help_page_and_the_start_page_can_be_asked(small_client: FlaskClient) -> None:
    for q in (*(form.example for form in LANGUAGE), *(text for text, _ in EXAMPLES)):
        assert answer(small_client, q)["notes"] == [], q
