"""Things side by side: every pair of kinds, what differs, columns of tables, and what cannot be compared."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations_with_replacement
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from indexer.model.items import TableItem
from search_app.web.comparing.facts import facts_of

THINGS = {
    "metric": ("metric/fenix/tabs.opened", "metric/fenix/browser.search.in_content"),
    "probe": ("probe/histogram/GC_MS", "probe/scalar/browser.engagement.active_ticks"),
    "ping": ("ping/fenix/metrics", "ping/fenix/baseline"),
    "table": (
        "table/moz-fx-data-shared-prod.fenix.metrics", "table/moz-fx-data-shared-prod.fenix.baseline",
    ),
}  # fmt: skip
PAIRS = [
    (THINGS[one][0], THINGS[other][one == other]) for one, other in combinations_with_replacement(THINGS, 2)
]


def address(path: str, *ids: str, **more: str) -> str:
    return f"{path}?{urlencode([*(('id', each) for each in ids), *more.items()])}"


def compared(client: FlaskClient, *ids: str) -> Any:
    response = client.get(address("/api/v1/compare", *ids))
    assert response.status_code == 200, response.text
    return response.json


def rows(answer: Any, section: str) -> dict[str, Any]:
    return {
        row["name"]: row for each in answer["sections"] if each["name"] == section for row in each["rows"]
    }


def texts(row: Any) -> list[list[str]]:
    return [[value["text"] for value in values] for values in row["values"]]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_things_of_any_two_kinds_stand_side_by_side(small_client: FlaskClient, one: str, other: str) -> None:
    answer = compared(small_client, one, other)
    assert [thing["id"] for thing in answer["things"]] == [one, other]
    own = [small_client.get("/api/v1/item/" + each).json for each in (one, other)]
    state = rows(answer, "state")["status"]
    assert texts(state) == [[each["status"]] for each in own]
    assert {"facts", "state"} <= {section["name"] for section in answer["sections"]}
    for row in (row for section in answer["sections"] for row in section["rows"]):
        assert len(row["values"]) == 2
        assert row["differs"] == (texts(row)[0] != texts(row)[1])
    for item, query in zip(own, answer["queries"], strict=True):
        assert bool(query["sql"]) != bool(query["reason"])
        assert bool(query["sql"]) == bool(item["queries"])
    page = small_client.get(answer["url"])
    assert page.status_code == 200
    for item in own:
        assert f'href="{item["url"]}"' in page.text
    marked = len(re.findall(r'<tr class="differs">', page.text))
    assert marked == sum(row["differs"] for section in answer["sections"] for row in section["rows"])


def test_only_what_differs_is_shown_where_that_is_asked_for(small_client: FlaskClient) -> None:
    ids = THINGS["ping"]
    every = small_client.get(address("/compare", *ids)).text
    some = small_client.get(address("/compare", *ids, only="differing")).text
    assert every.count('<th scope="row">') > some.count('<th scope="row">') > 0
    assert every.count('<tr class="differs">') == some.count('<tr class="differs">')
    assert some.count('<th scope="row">') == some.count('<tr class="differs">')


def test_two_tables_show_the_columns_by_which_they_differ(small_client: FlaskClient) -> None:
    answer = compared(small_client, *THINGS["table"])
    schema = rows(answer, "schema")
    assert texts(schema["metrics.counter.tabs_opened"]) == [["INTEGER"], []]
    assert "client_info.client_id" not in schema
    own = [small_client.get("/api/v1/item/" + each).json["columns"] for each in THINGS["table"]]
    first, second = ({row["column"] for row in columns} for columns in own)
    assert set(schema) == first ^ second
    note = next(each["note"] for each in answer["sections"] if each["name"] == "schema")
    assert note.startswith(f"{len(first & second)} columns are the same")


def test_two_things_that_can_be_put_in_one_query_lead_there(small_client: FlaskClient) -> None:
    answer = compared(small_client, "metric/fenix/tabs.opened", "ping/fenix/baseline")
    assert "FULL OUTER JOIN" in small_client.get("/api/v1" + answer["together"]).json["query"]["sql"]
    assert small_client.get(answer["together"]).status_code == 200


def test_four_stand_side_by_side_and_each_can_be_taken_away(small_client: FlaskClient) -> None:
    ids = [found[0] for found in THINGS.values()]
    page = small_client.get(address("/compare", *ids)).text
    assert page.count(">take away") == 4
    assert "Add another thing" not in page
    assert address("/compare", *ids[1:]).replace("&", "&amp;") in page
    assert [thing["id"] for thing in compared(small_client, *ids)["things"]] == ids


@pytest.mark.parametrize(
    "ids",
    [
        (),
        ("ping/fenix/baseline",),
        ("ping/fenix/baseline", "ping/fenix/baseline"),
        ("ping/fenix/baseline", "ping/fenix/never"),
        ("ping/fenix/baseline", "tool/glam"),
        ("ping/fenix/baseline", "x" * 3_000),
        tuple(each for found in THINGS.values() for each in found),
    ],
)
def test_what_cannot_be_compared_is_a_400_that_names_id(
    small_client: FlaskClient, ids: tuple[str, ...]
) -> None:
    response = small_client.get(address("/api/v1/compare", *ids))
    assert response.status_code == 400
    assert response.json["error"]["parameter"] == "id"


def test_the_page_asks_for_what_is_missing(small_client: FlaskClient) -> None:
    for ids in ((), ("ping/fenix/baseline",)):
        page = small_client.get(address("/compare", *ids))
        assert page.status_code == 200
        assert page.text.count('name="id"') == 2
    assert 'value="ping/fenix/baseline"' in page.text
    assert small_client.get(address("/compare", "ping/fenix/never")).status_code == 400


def test_things_of_one_name_are_told_apart(sample_client: FlaskClient) -> None:
    page = sample_client.get(address("/compare", "ping/fenix/baseline", "ping/firefox_ios/baseline")).text
    assert 'data-thing="fenix/baseline"' in page
    assert 'data-thing="firefox_ios/baseline"' in page


def test_a_table_without_the_label_legacy_is_not_said_to_be_none() -> None:
    """Upstream labels some tables that are made of legacy pings, and not others."""
    one = TableItem(
        id="table/p.d.one", kind="table", name="d.one", title="one", project="p", dataset="d", table="one",
        layer="derived",
    )  # fmt: skip
    told, labelled = ({row.name for row in facts_of(replace(one, legacy=each))} for each in (False, True))
    assert labelled - told == {"legacy"}
