"""The page and the JSON twin of every kind of item, over the shipped sample."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from indexer.model.ids import item_path
from indexer.model.items import AnyItem
from indexer.model.kinds import KINDS
from search_app.web.urls import api_path
from tests.check_pages import Checker, Outcome
from tests.support.page_rules import read_page

MARKUP = '<b onclick="x()">bold</b> <script>x()</script> [a](javascript:x) ![p](x.png) " \' & </dd></table>'
STRUCTURE = {"id", "kind", "status", "schema_digest", "layer", "app_id"}  # what pages are found and made by
JAVASCRIPT = "javascript:alert(1)"
SOME = 10  # items of each kind: test_all_pages.py asks for those of the real data


@pytest.fixture(scope="module")
def checker(sample_data: Path) -> Checker:
    return Checker(sample_data)


def some_items(checker: Checker, most: int = SOME) -> list[AnyItem]:
    """An even share of each kind."""
    found: list[str] = []
    for kind in KINDS:
        ids = checker.store.ids(kind)
        found += ids[:: max(1, len(ids) // most)][:most]
    return checker.store.items(found)


def hostile(value: Any, text: str, name: str = "") -> Any:
    """The same value with hostile text in every place where upstream could have written some."""
    if name in STRUCTURE:
        return value
    if isinstance(value, str):
        return f"{value}{text}" if value else text
    if isinstance(value, tuple):
        return tuple(hostile(each, text) for each in value)
    if isinstance(value, dict):
        return {key: hostile(each, text) for key, each in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {f.name: hostile(getattr(value, f.name), text, f.name) for f in dataclasses.fields(value)}
        return dataclasses.replace(value, **changed)
    return value


@pytest.mark.slow
def test_pages_of_the_sample_are_good_and_lead_only_to_what_there_is(checker: Checker) -> None:
    outcome = Outcome()
    items = some_items(checker)
    for item in items:
        checker.check(item, outcome)
    assert outcome.faults == []
    assert {item.kind for item in items} == set(KINDS)
    assert sum(map(len, outcome.milliseconds.values())) == len(items)


@pytest.mark.parametrize("text", [MARKUP, JAVASCRIPT])
@pytest.mark.parametrize("kind", KINDS)
def test_hostile_text_of_upstream_makes_no_element_and_no_address(
    checker: Checker, kind: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = checker.store.items(checker.store.ids(kind)[:3])
    for item in items:
        asked = hostile(item, text)
        found = {item.id: asked}
        get = checker.engine.engine.get
        monkeypatch.setattr(
            checker.engine, "get", lambda key, found=found, get=get: found.get(key) or get(key)
        )
        response = checker.client.get(item_path(item.id))
        assert response.status_code == 200, item.id
        faults = read_page(response.text, item.id).faults
        # anchors and ids are made of keys that are hostile here; no element and no attribute may be
        assert [
            fault for fault in faults if not re.match(r"id |nothing has the id|its twins in", fault)
        ] == []


def test_the_json_twin_holds_every_field_of_the_item(checker: Checker) -> None:
    for item in some_items(checker):
        record = checker.client.get(api_path(item.id)).get_json()
        fields = {field.name for field in dataclasses.fields(item)} - {"family", "family_rank", "usage"}
        assert fields <= record.keys(), item.id
        assert (record["id"], record["url"], record["api_url"]) == (
            item.id, item_path(item.id), api_path(item.id),
        )  # fmt: skip
        assert record["related"] == {name: list(ids) for name, ids in item.related.items()}
        assert {"links", "no_links", "queries", "columns", "columns_total"} <= record.keys()


def test_an_app_tells_what_it_collects(sample_client: FlaskClient) -> None:
    record = sample_client.get("/api/v1/item/app/fenix").get_json()
    counted = sample_client.get("/api/v1/metrics?app=fenix&status=active&facets=sensitivity").get_json()
    assert record["collection"]["metrics"] == counted["total"] > 0
    by_category = {row["value"]: row["count"] for row in record["collection"]["sensitivity"]}
    assert by_category == {v["value"]: v["count"] for v in counted["facets"]["sensitivity"]}
    assert {row["id"] for row in record["ping_items"]} == {f"ping/fenix/{name}" for name in record["pings"]}


def test_a_ping_lists_its_metrics_a_page_at_a_time(sample_client: FlaskClient) -> None:
    whole = sample_client.get("/api/v1/item/ping/fenix/metrics").get_json()["metrics"]
    second = sample_client.get("/api/v1/item/ping/fenix/metrics?metrics_page=2&metrics_size=1").get_json()
    assert whole["total"] == len(whole["items"]) > 1
    assert [each["id"] for each in second["metrics"]["items"]] == [whole["items"][1]["id"]]


def test_a_column_of_a_ping_table_names_the_metric_that_fills_it(sample_client: FlaskClient) -> None:
    metrics = sample_client.get("/api/v1/item/ping/fenix/metrics").get_json()["metrics"]["items"]
    filled = set()
    for metric in metrics:
        for row in sample_client.get(api_path(metric["id"])).get_json()["columns"]:
            if row["exists"] and row["column"] and row["ping"] == "metrics":
                table = f"table/moz-fx-data-shared-prod.{row['table']}"
                answer = sample_client.get(f"{api_path(table)}?columns_size=5000")
                if answer.status_code == 404:  # the view of one channel, which has no page of its own
                    continue
                by_path = {each["column"]: each["filled_by"] for each in answer.get_json()["columns"]}
                assert by_path[row["column"]] == metric["id"]
                filled.add(metric["id"])
    assert filled


@pytest.mark.parametrize("path", ["part=0", "part=x", "part=1000000"])
def test_a_part_of_a_schema_that_is_no_number_is_refused(checker: Checker, path: str) -> None:
    table = checker.store.ids("table")[0]
    assert checker.client.get(f"{item_path(table)}?{path}").status_code == (
        200 if path == "part=999" else 400
    )


def test_a_column_that_is_not_there_is_said_to_be_absent(checker: Checker) -> None:
    items = [item for item in some_items(checker) if getattr(item, "schema_digest", "")]
    page = checker.client.get(f"{item_path(items[0].id)}?column=no.such.column").text
    assert "There is no column <code>no.such.column</code> in this table." in page


def test_a_column_is_a_place_one_can_link_to(checker: Checker) -> None:
    item = next(item for item in some_items(checker) if getattr(item, "schema_digest", ""))
    column = checker.store.columns(getattr(item, "schema_digest", ""))[0]
    page = checker.client.get(f"{item_path(item.id)}?column={column.path}").text
    assert f'id="column-path">{column.path}</code>' in page
    assert page.count('id="branch"') == 1


def test_queries_follow_the_app_and_the_ping_that_are_chosen(checker: Checker) -> None:
    chosen = 0
    for item in some_items(checker):
        if item.kind != "metric" or len({row.ping for row in getattr(item, "columns", ())}) < 2:
            continue
        row = next(row for row in reversed(getattr(item, "columns", ())) if row.exists is not False)
        address = f"{api_path(item.id)}?in_app={row.app}&in_ping={row.ping}"
        tables = {query["table"] for query in checker.client.get(address).get_json()["queries"]}
        rows = [each for each in getattr(item, "columns", ()) if (each.app, each.ping) == (row.app, row.ping)]
        assert tables <= {each.table for each in rows}
        chosen += bool(tables)
    assert chosen


def test_queries_of_a_column_read_that_column(checker: Checker) -> None:
    item = next(each for each in some_items(checker) if getattr(each, "schema_digest", ""))
    column = next(
        each for each in checker.store.columns(getattr(item, "schema_digest", "")) if each.type == "STRING"
    )
    address = f"{api_path(item.id)}?column={column.path}"
    queries = checker.client.get(address).get_json()["queries"]
    assert queries
    assert all(column.path.rpartition(".")[2] in query["sql"] for query in queries)


def test_metrics_without_a_category_are_counted_too(sample_client: FlaskClient) -> None:
    collection = sample_client.get("/api/v1/item/app/fenix").get_json()["collection"]
    names = "&".join(f"sensitivity={row['value']}" for row in collection["sensitivity"])
    with_one = sample_client.get(f"/api/v1/metrics?app=fenix&status=active&{names}").get_json()["total"]
    assert collection["unstated"] == collection["metrics"] - with_one


def test_a_name_of_upstream_is_never_taken_for_a_method(sample_client: FlaskClient) -> None:
    """A column is called `values`: a mapping without it has none, whatever methods mappings have."""
    env = sample_client.application.jinja_env
    template = env.from_string("{{ links[name] is defined }} {{ links[name]|default('-') }}")
    assert template.render(links={"a": "/a"}, name="values") == "False -"
    assert template.render(links={"values": "/v"}, name="values") == "True /v"


@pytest.mark.mirror
def test_what_is_no_longer_kept_up_is_not_said_to_be_collected_now(mirror_client: FlaskClient) -> None:
    """The metrics of a dead app or ping are active where others send them: that is not said here."""
    assert "Collected now, by type" in mirror_client.get("/app/fenix").text
    assert "collected now" in mirror_client.get("/ping/fenix/baseline").text
    for address in ("/app/burnham", "/ping/firefox_ios/temp-baseline"):
        assert "ollected now" not in mirror_client.get(address).text.partition('id="related"')[0], address
    rows = mirror_client.get("/map").text.split("<tr>")
    dead = next(row for row in rows if 'href="/app/burnham"' in row)
    assert re.findall(r'class="amount">([^<]*)</td>', dead)[0] == "\u2013"
