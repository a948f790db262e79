"""The part of a page that shows one item beside the hits."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient

from indexer.model.ids import item_path
from indexer.model.kinds import KINDS
from tests.support.page_rules import read_page


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_can_be_peeked_at_and_the_part_is_sound(sample_client: FlaskClient, kind: str) -> None:
    hit = sample_client.get("/api/v1/search", query_string={"kind": kind, "size": 1}).json["hits"][0]
    answer = sample_client.get("/peek" + item_path(hit["id"]))
    assert answer.status_code == 200
    text = html.unescape(answer.text)
    assert text.lstrip().startswith('<aside id="peek"')
    assert item_path(hit["id"]) in answer.text
    assert hit["status"] in text
    page = f"<!doctype html><html><head><title>a</title></head><body>{answer.text}</body></html>"
    assert [fault for fault in read_page(page, hit["id"]).faults if "not valid" in fault] == []


def test_a_peek_says_the_place_that_was_asked_for(small_client: FlaskClient) -> None:
    hits = small_client.get("/api/v1/search?kind=metric&size=50").json["hits"]
    hit = next(hit for hit in hits if hit["table"] and hit["app"] and hit["type"] != "event")
    whole = small_client.get("/api/v1/item/" + hit["id"]).json
    row = next(row for row in whole["columns"] if row["exists"] and not row["app_id"])
    text = small_client.get("/peek" + item_path(hit["id"]), query_string={"in_app": row["app"]}).text
    assert re.search(r'<dt>App</dt><dd><a href="/app/([^"]+)"', text)[1] == row["app"]  # type: ignore[index]
    assert f"<code>{row['table']}</code>" in text
    assert f"<code>{row['column']}</code>" in text


def test_what_is_not_there_cannot_be_peeked_at(small_client: FlaskClient) -> None:
    assert small_client.get("/peek/metric/nowhere/nothing").status_code == 404
    assert small_client.get("/peek/").status_code == 404


def test_table_column_and_query_of_a_peek_are_of_one_place(sample_client: FlaskClient) -> None:
    hits = sample_client.get("/api/v1/search?kind=metric&size=100").json["hits"]
    several = [hit for hit in hits if len(hit["app"]) > 1 and hit["type"] != "event"]
    assert several
    for hit in several:
        text = html.unescape(sample_client.get("/peek" + item_path(hit["id"])).text)
        table = re.search(r"<dt>Table</dt><dd>(?:<a [^>]*>)?<code>([^<]+)", text)
        if table and "sql-peek" in text:
            assert table[1] in text.partition('id="peek-sql"')[2], hit["id"]
