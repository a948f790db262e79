"""The page of a measure: its queries or why there are none, who computes it, what it is made of."""

from __future__ import annotations

from flask.testing import FlaskClient

MEASURE = "/measure/metric/fenix/searches_of_day"


def test_the_page_says_who_computes_a_measure_and_links_the_file(small_client: FlaskClient) -> None:
    page = small_client.get(MEASURE).text
    assert "Outcomes, which experiments can ask for" in page
    assert 'metric-hub/blob/main/jetstream/outcomes/fenix/tabs.toml"' in page
    assert "Tabs opened" in page


def test_the_page_has_the_queries_with_their_notes_and_the_columns(small_client: FlaskClient) -> None:
    page = small_client.get(MEASURE).text
    assert "searches_of_day" in page
    assert "Columns it is made of" in page
    assert "metrics.counter.tabs_opened" in page
    assert "Experiments compute it for each client: see the query for each client." in page
    assert "There is no query for it" not in page


def test_json_has_what_the_page_has(small_client: FlaskClient) -> None:
    record = small_client.get(f"/api/v1/item{MEASURE}").json
    assert [use["path"] for use in record["uses"]] == ["jetstream/outcomes/fenix/tabs.toml"]
    # its rows have no submission_date, which metric-hub takes for granted; their columns are of a ping
    assert record["rows"]["source"] == "`mozdata.fenix.metrics`"
    assert [query["title"] for query in record["queries"]][:2] == [
        "searches_of_day, over time",
        "searches_of_day, for each client",
    ]
    assert record["related"]["ping"] == ["ping/fenix/metrics"]
