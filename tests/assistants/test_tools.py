"""What the tools of assistants answer, over a small world whose facts are known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from search_app.web.app import create_app
from tests.support.assistant import answered, asked, called
from tests.support.mirrors import settings

METRIC = "metric/fenix/browser.search.in_content"


def test_a_search_gives_few_short_hits_with_addresses(small_client: FlaskClient) -> None:
    found = answered(small_client, "search", query="search in content", limit=3)
    assert found["hits"][0]["id"] == METRIC
    assert found["hits"][0]["url"] == f"http://localhost/{METRIC}"
    assert found["hits"][0]["apps"] == ["fenix"]
    assert len(found["hits"]) <= 3 <= found["total"]
    assert found["url"] == "http://localhost/?q=search+in+content"


def test_a_search_can_be_narrowed_and_says_what_it_understood(small_client: FlaskClient) -> None:
    tables = answered(small_client, "search", query="fenix", kind=["table"])
    assert {hit["kind"] for hit in tables["hits"]} == {"table"}
    assert "fenix: app fenix" in answered(small_client, "search", query="search fenix")["read_as"]
    assert answered(small_client, "search", query="sarch.in_contnet")["did_you_mean"]


def test_a_thing_is_told_with_its_column_and_state(small_client: FlaskClient) -> None:
    thing = answered(small_client, "get", id=METRIC)
    places = [(each["table"], each["column"]) for each in thing["columns"] if each.get("exists")]
    assert ("fenix.baseline", "metrics.labeled_counter.browser_search_in_content") in places
    assert thing["status"] == "active"
    assert thing["columns_total"] == len(thing["columns"])
    assert any(link["tool"] == "glean-dictionary" for link in thing["links"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("table/telemetry.main", "table/moz-fx-data-shared-prod.telemetry.main"),
        ("/metric/fenix/javascript.gc.slice_time", "metric/gecko/javascript.gc.slice_time"),
        ("probe/GC_MS", "probe/histogram/GC_MS"),
    ],
)
def test_a_name_is_enough_where_it_means_one_thing(small_client: FlaskClient, typed: str, meant: str) -> None:
    thing = answered(small_client, "get", id=typed)
    assert (thing["id"], thing["moved_from"]) == (meant, typed)


def test_columns_of_a_table_are_chosen_by_a_part_of_their_path(small_client: FlaskClient) -> None:
    thing = answered(small_client, "get", id="table/telemetry.main", column="GC_MS")
    assert [each["column"] for each in thing["columns"]] == [
        "payload.histograms.gc_ms", "payload.processes.content.histograms.gc_ms"
    ]  # fmt: skip
    few = answered(small_client, "get", id="table/telemetry.main", most_columns=1)
    assert (len(few["columns"]), few["columns_total"]) == (1, 12)


def test_a_column_that_is_an_array_says_so(small_client: FlaskClient) -> None:
    name = "table/moz-fx-data-shared-prod.fenix.baseline"
    thing = answered(small_client, "get", id=name, column="browser_search_in_content")
    assert [each["type"] for each in thing["columns"]] == ["RECORD REPEATED", "STRING", "INTEGER"]
    page = small_client.get(f"/{name}.md").get_data(as_text=True)
    assert "`metrics.labeled_counter.browser_search_in_content` | RECORD REPEATED |" in page


def test_what_there_is_not_is_told_with_what_is_near(small_client: FlaskClient) -> None:
    result = called(small_client, "get", id="metric/fenix/search.in_contents")
    assert result["isError"] is True
    assert METRIC in result["content"][0]["text"]
    assert "structuredContent" not in result


def test_queries_are_those_of_the_page(small_client: FlaskClient) -> None:
    record = small_client.get(f"/api/v1/item/{METRIC}").json
    queries = answered(small_client, "sql", id=METRIC, limit=10)
    assert [each["sql"] for each in queries["queries"]] == [each["sql"] for each in record["queries"]][:10]
    assert queries["total"] == len(record["queries"]) > 0
    assert all(each["notes"] for each in queries["queries"])


def test_a_query_by_what_is_chosen_is_that_of_the_builder(small_client: FlaskClient) -> None:
    parameters = {"thing": METRIC, "by": "label", "days": "3"}
    built = small_client.get("/api/v1/sql", query_string=parameters).json
    made = answered(small_client, "sql", id=METRIC, by=["label"], days=3)
    assert [each["sql"] for each in made["queries"]] == [built["query"]["sql"]]
    assert made["url"] == f"http://localhost{built['url']}"
    offered = {each["name"]: each["values"] for each in made["choices"] if "values" in each}
    assert "label" in offered["by"]
    refused = called(small_client, "sql", id=METRIC, by=["nothing"])
    assert refused["isError"]
    assert "label" in refused["content"][0]["text"]


def test_an_answer_is_that_of_the_search_or_hits_where_none_is_sure(small_client: FlaskClient) -> None:
    question = "is GC_MS alive"
    card = small_client.get("/api/v1/search", query_string={"q": question}).json["answer"]
    told = answered(small_client, "answer", question=question)
    assert told["sure"] is True
    assert (told["sentence"], told["intent"]) == (card["sentence"], card["intent"])
    assert [each["id"] for each in told["recommended"]] == [each["id"] for each in card["recommended"]]
    unsure = answered(small_client, "answer", question="gc pause fenix")
    assert unsure["sure"] is False
    assert unsure["hits"]
    assert "sentence" not in unsure


def test_things_compared_are_those_of_the_json_interface(small_client: FlaskClient) -> None:
    ids = ["metric/gecko/javascript.gc.slice_time", "probe/histogram/GC_MS"]
    record = small_client.get("/api/v1/compare", query_string={"id": ids}).json
    told = answered(small_client, "compare", ids=ids, all_rows=True)
    assert [each["id"] for each in told["things"]] == ids
    rows = {
        (section["title"], row["words"]): row for section in record["sections"] for row in section["rows"]
    }
    assert told["rows_total"] == len(rows)
    for row in told["rows"]:
        wanted = rows[row["section"], row["name"]]
        assert row.get("differs", False) == wanted["differs"]
        assert row["values"] == [[each["text"] for each in values] for values in wanted["values"]]
    few = answered(small_client, "compare", ids=ids)
    assert 0 < few["rows_total"] < told["rows_total"]
    assert all(row["differs"] for row in few["rows"])
    assert called(small_client, "compare", ids=["app/fenix", "app/focus"])["isError"]


def test_no_query_is_made_up(small_client: FlaskClient) -> None:
    none = answered(small_client, "sql", id="app/fenix")
    assert "queries" not in none
    assert none["why_none"]


def test_dashboards_are_found_by_words_and_by_what_they_show(small_client: FlaskClient) -> None:
    by_words = answered(small_client, "dashboards", query="pings a day")
    assert by_words["dashboards"][0]["id"] == "dashboard/fenix/usage"
    assert by_words["dashboards"][0]["tiles"] == ["Pings a day"]
    assert by_words["dashboards"][0]["url"].endswith("/dashboards/fenix::usage")
    shown = small_client.get("/api/v1/item/dashboard/fenix/usage").json["related"]["table"][0]
    by_thing = answered(small_client, "dashboards", shows=shown)
    assert [each["id"] for each in by_thing["dashboards"]] == ["dashboard/fenix/usage"]
    assert called(small_client, "dashboards")["isError"]
    assert called(small_client, "dashboards", query="a", shows="b")["isError"]


def test_status_is_that_of_the_json_interface(small_client: FlaskClient) -> None:
    status, record = answered(small_client, "status"), small_client.get("/api/v1/status").json
    assert status["generation"] == record["serving"]["id"]
    assert status["counts"] == record["counts"]
    assert {each["name"] for each in status["sources"]} == {each["name"] for each in record["sources"]}


def test_the_text_of_an_answer_is_its_data(small_client: FlaskClient) -> None:
    result = called(small_client, "search", query="gc")
    assert json.loads(result["content"][0]["text"]) == result["structuredContent"]


def test_a_wrong_input_is_told_in_words(small_client: FlaskClient) -> None:
    for arguments, word in (
        ({"limit": 21, "query": "a"}, "limit"),
        ({"limit": "5", "query": "a"}, "limit"),
        ({"query": 5}, "query"),
        ({"qery": "a"}, "qery"),
        ({"query": "a", "kind": ["nothing"]}, "kind"),
        ({}, "query"),
    ):
        result = called(small_client, "search", **arguments)
        assert result["isError"] is True
        assert word in result["content"][0]["text"]
    assert not called(small_client, "search", query="gc", kind=None)["isError"]


def test_where_nothing_is_indexed_each_tool_says_so(tmp_path: Path) -> None:
    client = create_app(settings(tmp_path, tmp_path)).test_client()
    assert asked(client, "tools/list").status_code == 200
    for tool, arguments in (("search", {"query": "a"}), ("get", {"id": "app/a"}), ("status", {})):
        result = called(client, tool, **arguments)
        assert result["isError"] is True
        assert "Nothing is indexed yet" in result["content"][0]["text"]


def test_a_measure_says_which_projects_compute_it(small_client: FlaskClient) -> None:
    facts = answered(small_client, "get", id="measure/metric/fenix/searches_of_day")["facts"]
    assert facts == {"In outcomes": "tabs"}
