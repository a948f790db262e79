"""The JSON search endpoint as docs/contracts.md promises it, on a small made-up world."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from indexer.model.kinds import KINDS
from search_app.query.model import FACETS

HIT_TYPES: dict[str, type | tuple[type, ...]] = {
    "id": str, "kind": str, "name": str, "title": str, "description": str, "snippet": str, "app": list,
    "app_title": list, "ping": list, "type": (str, type(None)), "table": list, "table_count": int,
    "status": str, "status_reason": (str, type(None)), "url": str, "score": float, "variants": list,
    "links": list,
}  # fmt: skip


def search(client: FlaskClient, q: str = "", *more: tuple[str, str], **filters: Any) -> Any:
    pairs = [("q", q), *more]
    for name, values in filters.items():
        pairs += [(name, value) for value in (values if isinstance(values, list) else [str(values)])]
    response = client.get(f"/api/v1/search?{urlencode(pairs)}")
    assert response.status_code == 200, response.text
    return response.json


def ids(answer: Any) -> set[str]:
    """Every member that an answer shows: faces and variants."""
    return {each["id"] for hit in answer["hits"] for each in (hit, *hit["variants"])}


def problem(client: FlaskClient, address: str) -> tuple[int, Any]:
    response = client.get(address)
    return response.status_code, response.json


def test_an_answer_has_every_key_of_the_contract(small_client: FlaskClient) -> None:
    answer = search(small_client, "gc pause", kind="metric")
    assert answer["query"] == {"q": "gc pause", "filters": {"kind": ["metric"]}, "terms": ["gc", "pause"]}
    assert (answer["total"], answer["page"], answer["size"]) == (1, 1, 20)
    assert isinstance(answer["took_ms"], float)
    assert set(answer["generation"]) >= {"id", "built_at"}
    assert answer["did_you_mean"] is None
    assert set(answer["facets"]) == set(FACETS)
    assert all(
        isinstance(value["value"], str) and value["count"] >= 1
        for values in answer["facets"].values()
        for value in values
    )


def test_every_hit_has_every_key_of_the_contract_with_its_type(small_client: FlaskClient) -> None:
    answer = search(small_client, size=100)
    assert len(answer["hits"]) == answer["total"] > 50
    for hit in answer["hits"]:
        for key, wanted in HIT_TYPES.items():
            assert isinstance(hit[key], wanted), (hit["id"], key, hit[key])
        assert hit["id"].startswith(hit["kind"] + "/")
        assert len(hit["app"]) == len(hit["app_title"])
        assert len(hit["table"]) <= 5
        assert hit["table_count"] >= len(hit["table"])
        assert (hit["status"] == "active") == (hit["status_reason"] is None)
        for variant in hit["variants"]:
            assert set(variant) >= {"kind", "name", "app", "url"}
        for link in hit["links"]:
            assert set(link) >= {"tool", "label", "url", "access"}
            assert link["access"] in ("public", "staff")
            assert link["url"].startswith(("https://", "mailto:"))


@pytest.mark.parametrize(
    ("item", "wanted"),
    [
        (
            "metric/gecko/javascript.gc.slice_time",
            {
                "name": "javascript.gc.slice_time",
                "app": ["fenix", "firefox_desktop"],
                "app_title": ["Firefox for Android", "Firefox for Desktop"],
                "ping": ["metrics"],
                "type": "timing_distribution",
                "status": "active",
                "url": "/metric/gecko/javascript.gc.slice_time",
            },
        ),
        (
            "probe/event/pwmgr.open#login",
            {"name": "event/pwmgr.open#login", "url": "/probe/event/pwmgr.open%23login"},
        ),
        ("ping/fenix/first-session", {"name": "first-session", "app": ["fenix"], "type": "glean"}),
        (
            "table/moz-fx-data-shared-prod.fenix.active_users",
            {"name": "fenix.active_users", "project": "moz-fx-data-shared-prod", "type": "view"},
        ),
        (
            "doc/datasets/pings.md#baseline-ping",
            {"name": "datasets/pings.md#baseline-ping", "url": "/doc/datasets/pings.md%23baseline-ping"},
        ),
        (
            "metric/firefox_desktop/old.counter",
            {"status": "expired", "status_reason": "expired on 2021-07-01"},
        ),
        ("app/lockwise_android", {"status": "deprecated", "title": "Lockwise"}),
    ],
)
def test_a_hit_says_what_a_thing_is(small_client: FlaskClient, item: str, wanted: dict[str, Any]) -> None:
    name = item.split("/", 2)[-1] if item.startswith(("metric", "ping")) else item.split("/", 1)[1]
    hits = search(small_client, name, kind=item.split("/")[0])["hits"]
    (hit,) = [hit for hit in hits if hit["id"] == item]
    assert {key: hit[key] for key in wanted} == wanted
    assert hits[0]["id"] == item


def test_the_snippet_marks_what_matched_and_holds_no_other_markup(small_client: FlaskClient) -> None:
    (hit,) = search(small_client, "garbage collection", kind="metric")["hits"]
    assert hit["snippet"] == (
        "The time of one slice of <mark>garbage</mark> <mark>collection</mark>, a <mark>gc</mark> pause."
    )


def test_layers_twins_and_mirrors_are_variants_of_one_hit(small_client: FlaskClient) -> None:
    hits = {hit["id"]: hit for hit in search(small_client, size=100)["hits"]}
    variants = {
        item: [variant["url"] for variant in hits[item]["variants"]]
        for item in ("metric/gecko/javascript.gc.slice_time", "table/moz-fx-data-shared-prod.telemetry.main")
    }
    assert variants == {
        "metric/gecko/javascript.gc.slice_time": ["/probe/histogram/GC_MS"],
        "table/moz-fx-data-shared-prod.telemetry.main": [
            "/table/moz-fx-data-shared-prod.telemetry_stable.main_v5"
        ],
    }


def test_who_names_one_member_exactly_gets_it_as_the_face(small_client: FlaskClient) -> None:
    assert search(small_client, "GC_MS")["hits"][0]["id"] == "probe/histogram/GC_MS"
    stable = "moz-fx-data-shared-prod.telemetry_stable.main_v5"
    assert search(small_client, f"`{stable}`")["hits"][0]["id"] == f"table/{stable}"


# ---------------------------------------------------------------- filters


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("kind", "metric", "probe"),
        ("app", "fenix", "lockwise_android"),
        ("ping", "baseline", "events"),
        ("type", "labeled_counter", "event"),
        ("table", "fenix.metrics", "telemetry.main"),
        ("dataset", "fenix", "telemetry"),
        ("status", "expired", "deprecated"),
        ("tag", "Search", "nothing-has-this-tag"),
        ("sensitivity", "technical", "interaction"),
    ],
)
def test_values_of_one_filter_are_alternatives(
    small_client: FlaskClient, name: str, one: str, other: str
) -> None:
    first, second = (ids(search(small_client, size=100, **{name: value})) for value in (one, other))
    assert first
    assert ids(search(small_client, size=100, **{name: [one, other]})) == first | second


def test_different_filters_must_all_hold(small_client: FlaskClient) -> None:
    metrics = ids(search(small_client, size=100, kind="metric"))
    fenix = ids(search(small_client, size=100, app="fenix"))
    expired = ids(search(small_client, size=100, status="expired"))
    assert ids(search(small_client, size=100, kind="metric", app="fenix")) == metrics & fenix
    assert ids(search(small_client, kind="metric", status="expired")) == metrics & expired
    assert ids(search(small_client, kind="metric", status="expired")) == {
        "metric/firefox_desktop/old.counter"
    }
    assert search(small_client, kind="metric", app="fenix", status="expired")["total"] == 0


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        ({"column": "metrics.counter.ads_ad_impression"}, "metric/firefox_desktop/ads.ad_impression"),
        ({"column": "metrics.counter.ads_ad_impression"}, "table/moz-fx-data-shared-prod.fenix.metrics"),
        ({"bug": "1591564"}, "metric/fenix/browser.search.in_content"),
        ({"owner": "search@"}, "metric/fenix/browser.search.in_content"),
        ({"expires": "2026-12"}, "metric/firefox_desktop/ads.ad_impression"),
        ({"expires": "160"}, "metric/fenix/tabs.opened"),
        ({"expires": "expired"}, "metric/firefox_desktop/old.counter"),
        ({"added": "30d"}, "metric/fenix/browser.search.in_content"),
    ],
)
def test_the_filters_of_the_language_are_parameters_too(
    small_client: FlaskClient, filters: dict[str, str], wanted: str
) -> None:
    found = search(small_client, size=100, **filters)
    assert wanted in ids(found)
    assert found["total"] < 10


def test_a_filter_in_the_text_is_the_same_as_the_parameter(small_client: FlaskClient) -> None:
    typed = search(small_client, 'tag:Search app:"Firefox for Android"')
    given = search(small_client, tag="Search", app="fenix")
    assert ids(typed) == ids(given) == {"metric/fenix/browser.search.in_content"}
    assert typed["query"]["filters"] == {"tag": ["Search"], "app": ["Firefox for Android"]}


# ---------------------------------------------------------------- paging, order, facets, explain


def test_pages_follow_each_other_without_gap_or_repeat(small_client: FlaskClient) -> None:
    whole = [hit["id"] for hit in search(small_client, "fenix", size=100)["hits"]]
    pages = [search(small_client, "fenix", size=7, page=page) for page in range(1, 2 + len(whole) // 7)]
    assert [hit["id"] for page in pages for hit in page["hits"]] == whole
    assert {page["total"] for page in pages} == {len(whole)}
    assert search(small_client, "fenix", size=7, page=90)["hits"] == []


def test_order_by_name_and_by_newest(small_client: FlaskClient) -> None:
    by_name = [hit["name"] for hit in search(small_client, kind="metric", sort="name")["hits"]]
    assert by_name == sorted(by_name)
    assert (
        search(small_client, kind="metric", sort="newest")["hits"][0]["name"] == "browser.search.in_content"
    )


def test_an_empty_question_lists_and_so_does_each_kind(small_client: FlaskClient) -> None:
    everything = search(small_client, size=100)
    counted = {value["value"]: value["count"] for value in everything["facets"]["kind"]}
    assert set(counted) == set(KINDS)
    for kind, count in counted.items():
        listed = small_client.get(f"/api/v1/{kind}s?size=100").json
        assert listed["total"] == count
        assert all(hit["kind"] == kind for hit in listed["hits"])
        names = [hit["name"] for hit in listed["hits"]]
        assert sorted(names, key=str.lower) == sorted(names, key=lambda name: name.lower())
    assert counted["tool"] == 16


def test_a_list_takes_the_filters_of_a_search_and_keeps_its_kind(small_client: FlaskClient) -> None:
    answer = small_client.get("/api/v1/metrics?app=lockwise_android&kind=table").json
    assert ids(answer) == {"metric/lockwise_android/sync.done"}
    assert answer["query"]["filters"] == {"kind": ["metric"], "app": ["lockwise_android"]}
    assert (
        small_client.get("/api/v1/metrics?q=gc+pause").json["hits"][0]["name"] == "javascript.gc.slice_time"
    )


def test_facets_are_those_asked_for(small_client: FlaskClient) -> None:
    assert set(search(small_client, facets="kind,app")["facets"]) == {"kind", "app"}
    assert search(small_client, facets="")["facets"] == {}
    assert set(search(small_client, "", ("facets", "kind"), ("facets", "status"))["facets"]) == {
        "kind",
        "status",
    }


def test_facets_count_families(small_client: FlaskClient) -> None:
    answer = search(small_client, "browser.search.in_content", kind="metric")
    assert answer["total"] == 1
    assert {v["value"]: v["count"] for v in answer["facets"]["app"]} == {"fenix": 1, "firefox_desktop": 1}


def test_choosing_any_facet_value_gives_its_count(small_client: FlaskClient) -> None:
    for q in ("", "gc", "fenix baseline", "search content", "tabs nothing-has-this"):
        answer = search(small_client, q)
        for name, values in answer["facets"].items():
            for value in values:
                assert search(small_client, q, **{name: value["value"]})["total"] == value["count"], (q, name)


def test_explain_gives_the_parts_of_a_score(small_client: FlaskClient) -> None:
    (hit,) = search(small_client, "garbage collection", kind="metric", explain=1)["hits"]
    assert len(hit["explanation"]) > 1
    assert all(set(part) == {"label", "value"} for part in hit["explanation"])
    assert "explanation" not in search(small_client, "garbage collection", kind="metric")["hits"][0]


def test_a_slip_of_the_hand_is_mended_and_told(small_client: FlaskClient) -> None:
    answer = search(small_client, "javascrpt slice")
    assert answer["did_you_mean"] == "javascript slice"
    assert "metric/gecko/javascript.gc.slice_time" in ids(answer)


# ---------------------------------------------------------------- what is wrong is told


@pytest.mark.parametrize(
    ("parameters", "parameter"),
    [
        ("page=0", "page"),
        ("page=x", "page"),
        ("page=-1", "page"),
        ("page=99999999999999999999", "page"),
        ("page=501", "page"),
        ("size=0", "size"),
        ("size=101", "size"),
        ("size=1.5", "size"),
        ("sort=best", "sort"),
        ("facets=colour", "facets"),
        ("explain=perhaps", "explain"),
        ("kind=banana", "kind"),
        ("status=zombie", "status"),
        ("added=soon", "added"),
        ("expires=soon", "expires"),
        ("app=" + "x" * 501, "app"),
        ("app=a%00b", "app"),
    ],
)
@pytest.mark.parametrize(
    "path", ["/api/v1/search", "/api/v1/metrics", "/export.json", "/export.csv", "/feed.atom"]
)
def test_a_bad_parameter_is_a_400_that_names_it(
    small_client: FlaskClient, path: str, parameters: str, parameter: str
) -> None:
    if path == "/api/v1/metrics" and parameter == "kind":
        pytest.skip("a list has its kind from its address")
    if parameters == "page=501" and path != "/api/v1/search":
        parameters = "page=501&size=20"
    status, body = problem(small_client, f"{path}?{parameters}")
    assert status == 400
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "parameter"}
    assert body["error"]["parameter"] == parameter
    assert body["error"]["code"]
    assert body["error"]["message"]


def test_what_is_not_there_is_a_404_in_the_same_shape(small_client: FlaskClient) -> None:
    for path in (
        "/api/v1/item/metric/fenix/no.such",
        "/api/v1/nothing",
        "/api/",
        "/api/v1/item/",
        "/api/v2/search",
    ):
        status, body = problem(small_client, path)
        assert status == 404, path
        assert set(body["error"]) == {"code", "message", "parameter"}
        assert body["error"]["code"] == "not_found"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"])
@pytest.mark.parametrize("path", ["/api/v1/search", "/", "/go", "/metric/fenix/tabs.opened", "/nothing"])
def test_only_get_and_head_are_answered(small_client: FlaskClient, path: str, method: str) -> None:
    response = small_client.open(path, method=method, data=b"x" * 1000 if method == "POST" else None)
    assert response.status_code == (404 if path == "/nothing" else 405)
    if response.status_code == 405:
        assert {"GET", "HEAD"} <= set(response.headers["Allow"].replace(" ", "").split(","))
    if path.startswith("/api/"):
        assert response.json["error"]["code"] == "method_not_allowed"
