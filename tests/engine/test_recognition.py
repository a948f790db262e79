"""An answer says what was recognised in pasted text, and what of a hit was typed."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from search_app.engine.engine import SearchEngine
from search_app.query.parser import parse_query


@pytest.mark.mirror
def test_an_answer_names_what_was_pasted(mirror_client: FlaskClient) -> None:
    line = "SELECT metrics.counter.events_total_uri_count FROM mozdata.fenix.metrics"
    answer = mirror_client.get("/api/v1/search", query_string={"q": line}).get_json()
    recognised = answer["query"]["recognised"]
    assert recognised["language"] == "SQL"
    named = {each["id"]: each["url"] for each in recognised["names"]}
    assert named["metric/fenix/events.total_uri_count"] == "/metric/fenix/events.total_uri_count"
    assert "table/moz-fx-data-shared-prod.fenix.metrics" in named
    page = mirror_client.get("/", query_string={"q": line}).get_data(as_text=True)
    assert "Read as SQL" in page


@pytest.mark.mirror
def test_pasted_text_that_names_nothing_says_so(mirror_client: FlaskClient) -> None:
    answer = mirror_client.get(
        "/api/v1/search", query_string={"q": "Glean.noSuch.thingAtAll.add(1);"}
    ).get_json()
    assert [each["id"] for each in answer["query"]["recognised"]["names"]] == [None]


@pytest.mark.mirror
def test_a_hit_shows_the_column_for_which_it_was_found(mirror_engine: SearchEngine) -> None:
    for text in ("environment.settings.is_default_browser", "environmentSettingsIsDefaultBrowser_"):
        hits = mirror_engine.search(parse_query(text)).hits
        assert any(hit.card.name == "telemetry.main" for hit in hits[:5]), text
        assert hits[0].match is not None
        assert tuple(hits[0].match) == ("column", "environment.settings.is_default_browser")


def test_words_are_recognised_as_nothing(sample_client: FlaskClient) -> None:
    answer = sample_client.get("/api/v1/search", query_string={"q": "tab count"}).get_json()
    assert "recognised" not in answer["query"]
    assert all("match" not in hit for hit in answer["hits"])
