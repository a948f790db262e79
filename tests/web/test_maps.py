"""The pages of the maps: complete without looking, valid, and all their links lead somewhere."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

HTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"


def page(client: FlaskClient, path: str) -> tuple[TestResponse, Element]:
    """A page that is there, read by a parser that accepts no mistake."""
    response = client.get(path)
    assert response.status_code == 200, path
    return response, html5lib.HTMLParser(strict=True).parse(response.get_data(as_text=True))


def drawn_links(root: Element) -> dict[str, str]:
    """Address -> title of the links inside of drawings."""
    return {
        link.get("href", ""): link.findtext(f"{SVG}title", "")
        for svg in root.iter(f"{SVG}svg")
        for link in svg.iter(f"{SVG}a")
    }


def listed_links(root: Element) -> set[str]:
    return {link.get("href", "") for table in root.iter(f"{HTML}table") for link in table.iter(f"{HTML}a")}


def apps_listed(root: Element) -> list[str]:
    return sorted({url.split("/")[2] for url in listed_links(root) if re.fullmatch(r"/app/[^/]+", url)})


def test_every_star_has_a_title_and_stands_in_the_list_too(sample_client: FlaskClient) -> None:
    _, root = page(sample_client, "/map")
    stars, listed = drawn_links(root), listed_links(root)
    assert stars
    assert all(stars.values())
    assert set(stars) <= listed
    assert {url.removesuffix("/map") for url in stars} <= listed


def test_the_map_of_an_app_lists_every_ping_it_draws(sample_client: FlaskClient) -> None:
    for app in apps_listed(page(sample_client, "/map")[1]):
        _, root = page(sample_client, f"/app/{app}/map")
        drawn, listed = drawn_links(root), listed_links(root)
        assert all(drawn.values())
        assert {url for url in drawn if url.startswith(("/ping/", "/table/"))} <= listed


def test_everything_a_map_draws_leads_to_a_page(sample_client: FlaskClient) -> None:
    for path in ("/map", *(f"/app/{app}/map" for app in apps_listed(page(sample_client, "/map")[1]))):
        for url in drawn_links(page(sample_client, path)[1]):
            assert sample_client.get(url.partition("#")[0]).status_code == 200, (path, url)


def test_a_map_styles_nothing_by_itself(sample_client: FlaskClient) -> None:
    app = apps_listed(page(sample_client, "/map")[1])[0]
    for path in ("/map", f"/app/{app}/map"):
        _, root = page(sample_client, path)
        assert [each.tag for each in root.iter() if each.get("style") or each.tag == f"{HTML}style"] == []


def test_an_app_that_is_not_there_has_no_map(sample_client: FlaskClient) -> None:
    assert sample_client.get("/app/nobody/map").status_code == 404


def test_pages_lead_to_the_maps(sample_client: FlaskClient) -> None:
    start = " ".join(sample_client.get("/").text.split())
    assert '<a href="/map">See all apps on a map</a>' in start
    app = apps_listed(page(sample_client, "/map")[1])[0]
    assert f'href="/app/{app}/map"' in sample_client.get(f"/app/{app}").get_data(as_text=True)
    assert 'href="/map"' in sample_client.get(f"/app/{app}/map").get_data(as_text=True)


@pytest.mark.mirror
def test_every_app_of_the_real_data_has_a_sound_map(mirror_client: FlaskClient) -> None:
    apps = apps_listed(page(mirror_client, "/map")[1])
    assert len(apps) == 57
    for app in apps:
        _, root = page(mirror_client, f"/app/{app}/map")
        drawn, listed = drawn_links(root), listed_links(root)
        assert all(drawn.values()), app
        places = {url for url in drawn if url.startswith(("/ping/", "/table/"))}
        assert places <= listed, app
        for url in listed:
            if url.startswith(("/ping/", "/table/")):
                head = mirror_client.get("/api/v1/item" + url)
                assert head.status_code == 200, (app, url)


@pytest.mark.mirror
def test_a_reader_who_has_a_map_already_gets_no_second_one(mirror_client: FlaskClient) -> None:
    for path in ("/map", "/app/fenix/map"):
        etag = mirror_client.get(path).headers["ETag"]
        assert mirror_client.get(path, headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.mirror
def test_the_map_of_fenix_shows_what_was_drawn_by_hand(mirror_client: FlaskClient) -> None:
    """app -> pings -> metric types -> tables, as the founding document has it."""
    _, root = page(mirror_client, "/app/fenix/map")
    drawn = drawn_links(root)
    assert {"/app/fenix", "/ping/fenix/metrics", "/ping/fenix/baseline", "/ping/fenix/events"} <= drawn.keys()
    assert "/?kind=metric&app=fenix&type=labeled_counter" in drawn
    table = "/table/moz-fx-data-shared-prod.fenix."
    assert {f"{table}metrics", f"{table}baseline", f"{table}events_stream"} <= drawn.keys()
