"""Names, bangs and addresses of other tools lead to the thing that they clearly mean."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

TABLE = "/table/moz-fx-data-shared-prod"


@pytest.mark.mirror
@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("clients_daily", f"{TABLE}.telemetry.clients_daily"),
        ("mozdata.fenix.baseline", f"{TABLE}.fenix.baseline"),
        ("https://dictionary.telemetry.mozilla.org/apps/fenix/pings/baseline", "/ping/fenix/baseline"),
        ("https://probes.telemetry.mozilla.org/?probeId=histogram%2FGC_MS", "/probe/histogram/GC_MS"),
        (
            "https://glam.telemetry.mozilla.org/fog/probe/javascript_gc_slice_time/explore",
            "/metric/gecko/javascript.gc.slice_time",
        ),
        ("https://mozilla.acryl.io/dataset/urn:li:dataset:(urn:li:dataPlatform:bigquery,mozdata.fenix.baseline,PROD)",
         f"{TABLE}.fenix.baseline"),
        ("active_hours_sum", "/?q=active_hours_sum"),  # many tables have it
    ],
)  # fmt: skip
def test_go_leads_to_what_is_clear(mirror_client: FlaskClient, typed: str, address: str) -> None:
    assert mirror_client.get(f"/go?q={quote(typed)}").headers["Location"] == address


@pytest.mark.mirror
@pytest.mark.parametrize(
    ("typed", "host"),
    [("!stmo clients_daily", "sql.telemetry.mozilla.org"), ("!datahub clients_daily", "mozilla.acryl.io")],
)
def test_a_bang_leads_from_a_table_to_its_tool(mirror_client: FlaskClient, typed: str, host: str) -> None:
    assert mirror_client.get(f"/go?q={quote(typed)}").headers["Location"].startswith(f"https://{host}/")


@pytest.mark.mirror
def test_a_bang_in_the_page_s_own_box_leads_on_and_shows_the_hits(mirror_client: FlaskClient) -> None:
    page = mirror_client.get("/", query_string={"q": "!glam gc_ms"})
    assert page.headers["Refresh"].startswith("0; url=https://glam.telemetry.mozilla.org/")
    assert "GC_MS" in page.text
    assert 'value="!glam gc_ms"' in page.text


@pytest.mark.mirror
def test_a_tool_that_cannot_show_a_hit_says_why(mirror_client: FlaskClient) -> None:
    event = "!glam bookmarks_management.open_all_in_new_tabs"
    address = mirror_client.get(f"/go?q={quote(event)}").headers["Location"]
    page = mirror_client.get(address)
    assert "Refresh" not in page.headers
    assert "GLAM has no data for event metrics." in page.text


def test_words_with_an_unknown_bang_are_searched_as_they_are(sample_client: FlaskClient) -> None:
    page = sample_client.get("/", query_string={"q": "!nobodysbang gc"})
    assert page.status_code == 200
    assert "Refresh" not in page.headers


@pytest.mark.mirror
@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/table/telemetry.main", f"{TABLE}.telemetry.main"),
        ("/table/mozdata.fenix.baseline", f"{TABLE}.fenix.baseline"),
        ("/metric/firefox_desktop/javascript.gc.slice_time", "/metric/gecko/javascript.gc.slice_time"),
        ("/probe/GC_MS", "/probe/histogram/GC_MS"),
    ],
)
def test_an_address_that_names_one_thing_leads_to_it(
    mirror_client: FlaskClient, path: str, address: str
) -> None:
    answer = mirror_client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, address)


@pytest.mark.mirror
@pytest.mark.parametrize("path", ["/metric/fenix/no.such", "/table/no_such_table", "/metric/nobody/gc"])
def test_an_address_of_nothing_is_not_found(mirror_client: FlaskClient, path: str) -> None:
    assert mirror_client.get(path).status_code == 404


@pytest.mark.mirror
def test_a_tool_s_name_among_words_is_no_app(mirror_client: FlaskClient) -> None:
    answer = mirror_client.get("/api/v1/search", query_string={"q": "page load glam"}).get_json()
    assert not any(each["field"] == "app" for each in answer["understood"])
    assert not any(hit["app"] == ["glam"] for hit in answer["hits"][:5])
    [first, *_] = mirror_client.get("/api/v1/search", query_string={"q": "main/5"}).get_json()["hits"]
    assert first["name"] == "telemetry_stable.main_v5"


def test_a_page_of_the_docs_leads_to_its_first_section(sample_client: FlaskClient) -> None:
    docs = [hit["id"] for hit in sample_client.get("/api/v1/search?kind=doc&size=100").json["hits"]]
    pages = {each.partition("/")[2].partition("#")[0] for each in docs if "#" in each}
    assert pages
    for page in pages:
        for spelled in {page, page.removesuffix(".md"), page.replace(".md", ".html")}:
            led = sample_client.get(f"/doc/{spelled}")
            assert led.status_code == 302
            assert led.headers["Location"].startswith(f"/doc/{page}%23")
            assert sample_client.get(led.headers["Location"]).status_code == 200
    assert sample_client.get("/doc/no/such/page.md").status_code == 404


def test_the_map_of_an_app_is_found_where_that_of_all_is(sample_client: FlaskClient) -> None:
    assert sample_client.get("/map/fenix").headers["Location"] == "/app/fenix/map"
    assert sample_client.get("/map/no_such_app").status_code == 404


def test_a_lost_address_offers_the_app_that_it_names_first(sample_client: FlaskClient) -> None:
    lost = sample_client.get("/apps/fenix/zzz_no_such_thing")
    assert lost.status_code == 404
    near = lost.text.partition('id="near"')[2]
    assert near.index('href="/app/fenix"') == near.index('href="/')
