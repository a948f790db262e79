"""The pages around search, of the shipped sample: start, results, help, status, errors."""

from __future__ import annotations

import html
import re
from pathlib import Path

import html5lib
import pytest
from flask.testing import FlaskClient

from indexer.index.generation import Generation
from search_app.engine.results import Results
from search_app.query.grammar import LANGUAGE
from search_app.query.model import DEEPEST_HIT, Query
from search_app.query.parser import parse_query
from search_app.web.app import create_app
from search_app.web.labels import STATUS_MEANINGS
from search_app.web.pages.about import KEYS
from search_app.web.pages.search import EXAMPLES
from search_app.web.results.view import present_results
from search_app.web.templating import STATIC
from tests.support.small_world import small_world
from tests.support.upstream import built

PAGES = ("/", "/?q=clients_daily", "/?q=qqzzxx", "/?q=gc&explain=1", "/?q=", "/help", "/about", "/status")


def text_of(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return html.unescape(answer.text)


@pytest.mark.parametrize("path", [*PAGES, "/nothing-here", "/?page=0"])
def test_a_page_is_valid_html_without_style_or_script_of_its_own(
    sample_client: FlaskClient, path: str
) -> None:
    page = sample_client.get(path).text
    html5lib.HTMLParser(strict=True).parse(page)
    assert "<style" not in page
    assert not re.search(r"<script(?! src=)| style=| on\w+=", page)


@pytest.mark.parametrize("q", [q for q, _ in EXAMPLES])
def test_every_example_of_the_start_page_is_a_search_without_complaints(
    sample_client: FlaskClient, q: str
) -> None:
    assert q in text_of(sample_client, "/")
    assert sample_client.get("/", query_string={"q": q}).status_code == 200
    assert parse_query(q).notes == ()


def test_help_has_every_form_of_the_parser_with_an_example_to_click(sample_client: FlaskClient) -> None:
    page = text_of(sample_client, "/help")
    for form in LANGUAGE:
        assert f"<code>{form.form}</code>" in page
        assert form.meaning in page
        assert f"<code>{form.example}</code></a>" in page


def test_help_and_the_sheet_of_keys_tell_the_same_keys(sample_client: FlaskClient) -> None:
    page, script = text_of(sample_client, "/help"), (STATIC / "keys.js").read_text()
    for names, what in KEYS:
        assert f"<td>{what}</td>" in page
        assert f'["{" or ".join(names)}", "{what}"],' in script
    assert script.count('", "') >= len(KEYS)


def test_help_and_results_explain_every_state(sample_client: FlaskClient) -> None:
    for path in ("/help", "/?q=gc"):
        page = text_of(sample_client, path)
        assert [meaning for meaning in STATUS_MEANINGS.values() if meaning not in page] == []


def test_results_can_be_taken_along_as_csv_json_and_feed(sample_client: FlaskClient) -> None:
    page = text_of(sample_client, "/?q=clients_daily&kind=table")
    for path in ("/export.csv", "/export.json", "/feed.atom"):
        assert f'href="{path}?q=clients_daily&kind=table"' in page


def test_the_words_keep_their_filters_when_they_are_changed(sample_client: FlaskClient) -> None:
    page = text_of(sample_client, "/?q=gc&kind=metric&sort=name")
    assert '<input type="hidden" name="kind" value="metric">' in page
    assert '<input type="hidden" name="sort" value="name">' in page


def test_no_page_is_linked_that_would_be_refused() -> None:
    results = Results(25_000, (), (), Generation("g", ""), 1.0)
    links = present_results(results, Query("")).paging.links
    assert links[-1].label == str(DEEPEST_HIT // 20)


def test_the_sample_says_that_it_is_one_on_every_page(sample_client: FlaskClient) -> None:
    for path in PAGES:
        assert "This is the small sample that comes with Starchart." in text_of(sample_client, path)


def test_status_has_every_source_with_what_it_gives(sample_client: FlaskClient) -> None:
    page = text_of(sample_client, "/status")
    for label in (
        "Glean",
        "Legacy probes",
        "bigquery-etl",
        "Ping schemas",
        "Data docs",
        "metric-hub",
        "Looker",
    ):
        assert re.search(rf'<th scope="row">(<a [^>]*>)?{label}<', page), label


def test_an_error_says_what_was_wrong_and_leads_on(sample_client: FlaskClient) -> None:
    page = text_of(sample_client, "/?page=0", 400)
    assert "page is a whole number from 1 to 10,000." in page
    assert '<a href="/help">' in page


def test_an_app_is_completed_by_the_title_that_people_know(sample_client: FlaskClient) -> None:
    answer = sample_client.get("/api/v1/suggest", query_string={"q": "app:firefoxfora"})
    assert [(each["text"], each["label"]) for each in answer.json["suggestions"]] == [
        ("app:fenix ", "fenix: Firefox for Android")
    ]


def test_a_hit_tells_addresses_of_its_description_and_no_expiry_of_what_was_removed(tmp_path: Path) -> None:
    made = small_world()
    gone = {"expires": "2021-08-01", "in_source": False}
    made.metric("gecko", "searchbox.keyed", description="See https://example.org/format. Then more.", **gone)
    client = create_app(built(made, tmp_path)).test_client()
    (hit,) = client.get("/api/v1/search?q=searchbox.keyed&facets=&size=1").json["hits"]
    assert hit["description"] == "See https://example.org/format. Then more."
    others = client.get('/api/v1/search?q="example org format"&facets=').json["hits"]
    assert "searchbox.keyed" not in {each["name"] for each in others}  # it is read, not searched
    text = re.sub(r"<[^>]+>", "", client.get("/?q=searchbox.keyed").text)
    assert "See https://example.org/format. Then more." in text
    assert "expires" not in re.sub(r"(?s)Filters.*", "", text)
