"""What crawlers of search engines read, what a page calls its own address, and where a wrong one leads."""

from __future__ import annotations

import re
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from indexer.config import load_config
from search_app.web import crawlers
from search_app.web.app import create_app

PLACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


def places(client: FlaskClient, path: str) -> list[str]:
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (200, "application/xml"), path
    found = [each.text or "" for each in ElementTree.fromstring(response.data).iter(PLACE)]
    assert all(each.startswith("http://localhost/") for each in found)
    return [each.removeprefix("http://localhost") for each in found]


def test_the_sitemap_lists_every_thing_once_and_each_place_answers(small_client: FlaskClient) -> None:
    listed = [place for part in places(small_client, "/sitemap.xml") for place in places(small_client, part)]
    assert len(listed) == len(set(listed))
    counts = small_client.get("/api/v1/status").json["generation"]["counts"]
    things = [place for place in listed if place.count("/") > 1 and not place.endswith(("/map", "/collects"))]
    assert len(things) == sum(counts.values())
    for place in listed:
        page = small_client.get(place)
        assert page.status_code == 200, place
        assert 'content="noindex"' not in page.text


def test_a_long_list_comes_in_parts(small_client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = places(small_client, "/sitemap/metric-1.xml")
    monkeypatch.setattr(crawlers, "LARGEST_PART", 2)
    parts = [part for part in places(small_client, "/sitemap.xml") if part.startswith("/sitemap/metric-")]
    assert len(parts) == -(-len(whole) // 2) > 1
    assert [place for part in parts for place in places(small_client, part)] == whole
    assert all(len(places(small_client, part)) <= 2 for part in parts)


@pytest.mark.parametrize(
    "part", ["metric-0", "metric-99999999", "nothing-1", "places-2", "metric--1", "metric-x"]
)
def test_a_part_that_there_is_not_is_not_found(small_client: FlaskClient, part: str) -> None:
    assert small_client.get(f"/sitemap/{part}.xml").status_code == 404


def test_sitemaps_are_zipped(small_client: FlaskClient) -> None:
    zipped = small_client.get("/sitemap/metric-1.xml", headers={"Accept-Encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"


def test_crawlers_may_read_pages_but_not_endless_results(small_client: FlaskClient) -> None:
    response = small_client.get("/robots.txt")
    assert response.mimetype == "text/plain"
    assert "Sitemap: http://localhost/sitemap.xml\n" in response.text
    robots = RobotFileParser()
    robots.parse(response.text.splitlines())
    for allowed in ("/", "/app/fenix", "/metric/gecko/a.b", "/map", "/static/starchart.css?v=1", "/llms.txt"):
        assert robots.can_fetch("*", f"http://localhost{allowed}"), allowed
    for refused in ("/api/v1/search?q=a", "/export.csv?q=a", "/go?q=a", "/suggest?q=a", "/mcp", "/feed.atom"):
        assert not robots.can_fetch("*", f"http://localhost{refused}"), refused
    assert "\nDisallow: /*?\n" in response.text  # Python's own reader knows no asterisks


@pytest.mark.parametrize("page", ["/app/fenix", "/probe/event/pwmgr.open%23login", "/map", "/app/fenix/map"])
def test_a_page_names_its_address_in_full(small_client: FlaskClient, page: str) -> None:
    told = re.findall(r'<link rel="canonical" href="([^"]*)"', small_client.get(f"{page}?in_app=fenix").text)
    assert told == [f"http://localhost{page}"]


def test_the_address_that_readers_use_stands_in_pages_robots_and_sitemap(small_client: FlaskClient) -> None:
    server = load_config(None).server.model_copy(update={"public_url": "https://search.example/"})
    site = small_client.application.extensions["starchart"]
    config = site.config.model_copy(update={"server": server})
    client = create_app(config, site.engine).test_client()
    for path in ("/app/fenix", "/robots.txt", "/sitemap.xml", "/sitemap/app-1.xml"):
        text = client.get(path, headers={"Host": "evil.example"}).text
        assert "https://search.example/" in text
        assert "evil.example" not in text


# ---------------------------------------------------------------- lost addresses


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/table/telemetry.mainn", "/table/moz-fx-data-shared-prod.telemetry.main"),
        ("/metrics/fenix/browser.search.in_content", "/metric/fenix/browser.search.in_content"),
        ("/probe/GC_MSS", "/probe/histogram/GC_MS"),
        ("/fenix", "/app/fenix"),
        ("/telemetry.main", "/table/moz-fx-data-shared-prod.telemetry.main"),
        ("/metric/gecko/javascript/gc/slice_time", "/metric/gecko/javascript.gc.slice_time"),
    ],
)
def test_a_page_that_there_is_not_shows_what_its_address_names(
    small_client: FlaskClient, address: str, found: str
) -> None:
    response = small_client.get(address)
    assert response.status_code == 404
    assert f'href="{found}"' in response.text.partition('id="near"')[2]
    assert 'type="search" value=""' not in response.text  # the box holds what was looked for


def test_an_address_that_means_one_thing_leads_there(small_client: FlaskClient) -> None:
    led = small_client.get("/table/telemetry.main")
    assert led.headers["Location"] == "/table/moz-fx-data-shared-prod.telemetry.main"


@pytest.mark.parametrize(
    "address",
    ["/.%2e/", "/%00", "/<script>alert(1)</script>", f"/{'x' * 900}", "/%22%22", "/-", "/app/%E2%80%AE"],
)
def test_what_cannot_be_looked_for_is_merely_not_found(small_client: FlaskClient, address: str) -> None:
    response = small_client.get(address)
    assert response.status_code == 404
    assert "<script>alert" not in response.text
