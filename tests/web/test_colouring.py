"""Our own SQL in colours: every piece in its class, nothing changed, nothing unescaped."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from markupsafe import Markup

from search_app.web.sql_html import coloured_sql


@pytest.mark.parametrize(
    ("sql", "pieces"),
    [
        ("SELECT m.day", [("k", "SELECT")]),
        ("COUNT(DISTINCT client_id)", [("nb", "COUNT"), ("k", "DISTINCT")]),
        ("CAST(m.value AS INT64)", [("nb", "CAST"), ("k", "AS"), ("k", "INT64")]),
        ("sample_id = 0 -- a 1 % 'SAMPLE'\nLIMIT 10", [
            ("mi", "0"), ("c1", "-- a 1 % 'SAMPLE'"), ("k", "LIMIT"), ("mi", "10"),
        ]),
        (r"event = 'it\'s -- NOT 1 note' AND x", [("s1", r"'it\'s -- NOT 1 note'"), ("k", "AND")]),
        ("FROM `mozdata.FX.t1` AS m", [("k", "FROM"), ("k", "AS")]),
        ("m.payload.GC_MS, m.values[OFFSET(0)], p95", [("nb", "OFFSET"), ("mi", "0")]),
        ("a < 2.5 AND b > c", [("mi", "2.5"), ("k", "AND")]),
    ],
)  # fmt: skip
def test_a_piece_of_a_query_has_the_class_of_what_it_is(sql: str, pieces: list[tuple[str, str]]) -> None:
    html = coloured_sql(sql)
    assert re.findall(r'<span class="(\w+)">(.*?)</span>', html) == pieces
    assert Markup(html).striptags() == " ".join(sql.split())
    assert Markup(re.sub(r"</?span[^>]*>", "", html)).unescape() == sql


def test_markup_in_a_query_is_text() -> None:
    assert coloured_sql("x = '<b>&amp;' < y") == "x = <span class=\"s1\">'&lt;b&gt;&amp;amp;'</span> &lt; y"


def test_the_queries_of_a_page_are_in_colours(sample_client: FlaskClient) -> None:
    found = sample_client.get("/api/v1/search?kind=metric&type=counter").json
    page = sample_client.get(found["hits"][0]["url"]).text
    assert '<span class="k">SELECT</span>' in page
    assert '<span class="k">GROUP</span> <span class="k">BY</span>' in page
