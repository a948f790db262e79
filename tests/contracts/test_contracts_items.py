"""Items, lists, suggestions, status and the description of the JSON interface (docs/contracts.md)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from flask.testing import FlaskClient

from indexer.model.kinds import KINDS
from search_app.query.grammar import FACETS

COLUMN_KEYS = {"app", "app_id", "channel", "ping", "table", "column", "exists"}


def item(client: FlaskClient, item_id: str, query: str = "") -> Any:
    address = "/api/v1/item/" + "/".join(quote(part, safe="") for part in item_id.split("/"))
    response = client.get(address + query)
    assert response.status_code == 200, response.text
    return response.json


def all_ids(client: FlaskClient) -> list[str]:
    hits = client.get("/api/v1/search?size=100&facets=").json["hits"]
    return [each["id"] for hit in hits for each in (hit, *hit["variants"])]


def test_every_item_has_the_keys_of_the_contract(small_client: FlaskClient) -> None:
    ids = all_ids(small_client)
    assert {each.split("/")[0] for each in ids} == set(KINDS)
    known = set(ids)
    for item_id in ids:
        found = item(small_client, item_id)
        assert found["id"] == item_id
        assert found["kind"] == item_id.split("/")[0]
        assert all(set(row) >= COLUMN_KEYS for row in found["columns"]), item_id
        assert found["columns_total"] == len(found["columns"])
        for link in found["links"]:
            assert {"tool", "label", "url", "access"} <= set(link)
            assert urlsplit(link["url"]).scheme in ("https", "mailto")
        for query in found["queries"]:
            assert set(query) == {"title", "table", "sql", "url", "notes"}
            assert query["sql"].strip()
        for related in found["related"].values():
            assert all(each in known for each in related), (item_id, related)


def test_every_item_answers_at_its_url_and_at_its_json_twin(small_client: FlaskClient) -> None:
    for item_id in all_ids(small_client):
        found = item(small_client, item_id)
        page = small_client.get(found["url"])
        assert page.status_code == 200, item_id
        assert f'href="{found["api_url"]}"' in page.text, item_id
        assert small_client.get(found["api_url"]).json["id"] == item_id


@pytest.mark.parametrize("item_id", ["probe/event/pwmgr.open#login", "doc/datasets/pings.md#baseline-ping"])
def test_the_hash_of_an_id_is_percent_encoded_in_its_address(small_client: FlaskClient, item_id: str) -> None:
    found = item(small_client, item_id)
    assert found["id"] == item_id
    assert found["url"] == "/" + item_id.replace("#", "%23")
    cut = small_client.get("/" + item_id)  # a client drops what stands behind a bare #
    assert cut.status_code == 404


def test_a_metric_says_where_its_values_are_in_each_channel_and_over_all(small_client: FlaskClient) -> None:
    rows = item(small_client, "metric/fenix/browser.search.in_content")["columns"]
    assert [(r["app_id"], r["channel"], r["ping"], r["table"], r["column"], r["exists"]) for r in rows] == [
        (app_id, channel, ping, table, "metrics.labeled_counter.browser_search_in_content", True)
        for app_id, channel, ping, table in (
            (None, None, "baseline", "fenix.baseline"),
            ("org.mozilla.firefox", "release", "baseline", "org_mozilla_firefox.baseline"),
            (None, None, "metrics", "fenix.metrics"),
            ("org.mozilla.firefox", "release", "metrics", "org_mozilla_firefox.metrics"),
            ("org.mozilla.fenix", "nightly", "baseline", "org_mozilla_fenix.baseline"),
            ("org.mozilla.fenix", "nightly", "metrics", "org_mozilla_fenix.metrics"),
        )
    ]


def test_an_event_has_a_table_and_no_column(small_client: FlaskClient) -> None:
    rows = item(small_client, "metric/fenix/events.app_opened")["columns"]
    assert {(row["table"], row["column"], row["exists"]) for row in rows} == {
        ("fenix.events", None, True),
        ("org_mozilla_firefox.events", None, True),
    }


def test_a_table_has_all_its_columns_in_pages(small_client: FlaskClient) -> None:
    whole = item(small_client, "table/moz-fx-data-shared-prod.telemetry.main")
    paths = [row["column"] for row in whole["columns"]]
    assert "payload.processes.content.histograms.gc_ms" in paths
    assert whole["columns_total"] == len(paths) == 12
    paged = []
    for page in range(1, 4):
        part = item(small_client, whole["id"], f"?columns_size=4&columns_page={page}")
        assert (part["columns_size"], part["columns_page"], part["columns_total"]) == (4, page, 12)
        paged += [row["column"] for row in part["columns"]]
    assert paged == paths
    assert item(small_client, whole["id"], "?columns_page=99")["columns"] == []


@pytest.mark.parametrize("query", ["columns_page=0", "columns_size=0", "columns_size=5001", "columns_page=x"])
def test_a_bad_page_of_columns_is_a_400(small_client: FlaskClient, query: str) -> None:
    response = small_client.get(f"/api/v1/item/app/fenix?{query}")
    assert response.status_code == 400
    assert response.json["error"]["parameter"] == query.partition("=")[0]


def test_things_are_joined(small_client: FlaskClient) -> None:
    metric = item(small_client, "metric/gecko/javascript.gc.slice_time")
    assert metric["related"]["mirror"] == ["probe/histogram/GC_MS"]
    assert metric["mirrors"] == ["probe/histogram/GC_MS"]
    table = item(small_client, "table/moz-fx-data-shared-prod.fenix_derived.active_users_v1")
    assert table["related"]["upstream"] == ["table/moz-fx-data-shared-prod.fenix.baseline"]
    assert table["user_view"] == "table/moz-fx-data-shared-prod.fenix.active_users"
    doc = item(small_client, "doc/datasets/pings.md#baseline-ping")
    assert doc["related"]["table"] == ["table/moz-fx-data-shared-prod.fenix.baseline"]
    measure = item(small_client, "measure/metric/fenix/searches_of_day")
    assert measure["related"]["table"] == ["table/moz-fx-data-shared-prod.fenix.metrics"]
    assert measure["related"]["metric"] == ["metric/fenix/tabs.opened"]
    assert measure["queries"][0]["notes"] == [
        "Experiments compute it for each client: see the query for each client."
    ]
    assert [(row["table"], row["column"]) for row in measure["columns"]] == [
        ("fenix.metrics", "metrics.counter.tabs_opened")
    ]
    metric = item(small_client, "metric/fenix/tabs.opened")
    assert metric["related"]["measure"] == ["measure/metric/fenix/searches_of_day"]
    columns = item(small_client, "table/moz-fx-data-shared-prod.fenix.metrics")["columns"]
    assert {row["column"]: row["measures"] for row in columns if row["measures"]} == {
        path: ["measure/metric/fenix/searches_of_day"]
        for path in ("metrics.counter.tabs_opened", "metrics.counter", "metrics")
        if path in {row["column"] for row in columns}
    }
    page = small_client.get("/table/moz-fx-data-shared-prod.fenix.metrics?column=metrics.counter.tabs_opened")
    assert "Measures that read it" in page.text
    explore = item(small_client, "explore/fenix/baseline")
    assert explore["related"]["table"] == ["table/moz-fx-data-shared-prod.fenix.baseline"]


# ---------------------------------------------------------------- suggestions, status


def test_suggestions_complete_what_was_typed(small_client: FlaskClient) -> None:
    answer = small_client.get("/api/v1/suggest?q=javascr").json
    assert answer["q"] == "javascr"
    assert answer["suggestions"]
    for each in answer["suggestions"]:
        assert set(each) >= {"text", "kind", "url"}
        assert each["url"] is None or each["url"].startswith("/")
    assert any("javascript" in each["text"] for each in answer["suggestions"])
    assert small_client.get("/api/v1/suggest?q=").json["suggestions"] == []
    assert len(small_client.get("/api/v1/suggest?q=f&limit=1").json["suggestions"]) == 1


def test_suggestions_of_a_filter_are_its_values(small_client: FlaskClient) -> None:
    texts = [each["text"] for each in small_client.get("/api/v1/suggest?q=app:").json["suggestions"]]
    assert {"app:fenix", "app:firefox_desktop"} <= {text.strip() for text in texts}


@pytest.mark.parametrize("path", ["/api/v1/suggest", "/suggest"])
def test_too_much_typed_is_a_400(small_client: FlaskClient, path: str) -> None:
    response = small_client.get(f"{path}?q={'x' * 501}")
    assert response.status_code == 400
    assert response.json["error"]["parameter"] == "q"


def test_the_status_tells_of_generation_sources_and_counts(small_client: FlaskClient) -> None:
    status = small_client.get("/api/v1/status").json
    assert status["generation"]["id"] == status["serving"]["id"]
    assert status["serving"]["sample"] is False
    assert status["counts"]["app"] == 3
    sources = {source["name"]: source for source in status["sources"]}
    assert {"glean", "legacy_probes", "bigquery_etl", "ping_schemas", "data_docs", "metric_hub"} <= set(
        sources
    )
    assert json.dumps(status)


# ---------------------------------------------------------------- the interface described


def test_the_description_names_every_endpoint_and_parameter(small_client: FlaskClient) -> None:
    document = small_client.get("/api/openapi.json").json
    assert document["openapi"].startswith("3.1")
    paths = document["paths"]
    wanted = {"/api/v1/search", "/api/v1/item/{id}", "/api/v1/suggest", "/api/v1/status"}
    wanted |= {"/api/v1/sql", "/api/v1/compare"}
    wanted |= {f"/api/v1/{kind}s" for kind in KINDS} | {"/feed.atom", "/export.csv", "/export.json"}
    assert wanted <= set(paths)
    named = {each["name"] for each in paths["/api/v1/search"]["get"]["parameters"]}
    assert named >= {"q", *FACETS, "page", "size", "sort", "facets", "explain", "expires", "added", "column"}
    for path, methods in paths.items():
        for operation in methods.values():
            assert operation["summary"]
            assert "200" in operation["responses"], path
            for parameter in operation["parameters"]:
                assert parameter["in"] in ("query", "path")
                assert "schema" in parameter
                assert (parameter["in"] == "path") == bool(parameter.get("required"))
            placed = [each for each in operation["parameters"] if each["in"] == "path"]
            assert [f"{{{each['name']}}}" for each in placed] == [p for p in path.split("/") if p[:1] == "{"]


def test_every_reference_of_the_description_leads_somewhere(small_client: FlaskClient) -> None:
    document = small_client.get("/api/openapi.json").json

    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if "$ref" in node else []
            return own + [found for value in node.values() for found in references(value)]
        return [found for value in node for found in references(value)] if isinstance(node, list) else []

    for reference in references(document):
        assert reference.rpartition("/")[2] in document["components"]["schemas"]


def test_answers_have_the_shape_that_the_description_gives(small_client: FlaskClient) -> None:
    schemas = small_client.get("/api/openapi.json").json["components"]["schemas"]
    check(small_client.get("/api/v1/search?size=100").json, schemas["Results"], "results")
    check(small_client.get("/api/v1/search?q=gc&explain=1").json, schemas["Results"], "explained")
    check(small_client.get("/export.json").json, schemas["Export"], "export")
    check(small_client.get("/api/v1/search?page=0").json, schemas["Error"], "error")
    check(small_client.get("/api/v1/suggest?q=f").json, schemas["Suggestions"], "suggestions")
    check(small_client.get("/api/v1/status").json, schemas["Status"], "status")
    chosen = small_client.get("/api/v1/sql?thing=metric/fenix/tabs.opened&with=ping/fenix/metrics").json
    check(chosen, schemas["ChosenQuery"], "sql")
    compared = small_client.get("/api/v1/compare?id=metric/fenix/tabs.opened&id=probe/histogram/GC_MS").json
    check(compared, schemas["Compared"], "compare")
    for item_id in all_ids(small_client):
        check(item(small_client, item_id), schemas["Item"], item_id)


TYPES = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict,
    "null": type(None),
}  # fmt: skip


def check(value: Any, schema: Any, where: str) -> None:
    """As much of JSON Schema as our description uses."""
    if "anyOf" in schema:
        schema = {"type": [each["type"] for each in schema["anyOf"]]}
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    assert any(isinstance(value, TYPES[name]) for name in types), (where, value, types)
    assert "enum" not in schema or value in schema["enum"], (where, value)
    if isinstance(value, dict):
        assert set(schema.get("required", ())) <= set(value), (where, set(value))
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                check(value[name], inner, f"{where}.{name}")
        for name, each in value.items():
            if "additionalProperties" in schema and name not in schema.get("properties", {}):
                check(each, schema["additionalProperties"], f"{where}.{name}")
    elif isinstance(value, list) and "items" in schema:
        for place, each in enumerate(value):
            check(each, schema["items"], f"{where}[{place}]")
