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


def words_of(root: Element, name: str) -> str:
    """The text of the element of a class, in one line; empty where there is none."""
    found = [e for e in root.iter() if name in (e.get("class") or "").split()]
    return " ".join("".join(found[0].itertext()).split()) if found else ""


def chosen_metrics(root: Element) -> list[str]:
    """Addresses of the metrics that are unfolded below the drawing."""
    (panel,) = (e for e in root.iter() if e.get("id") == "chosen")
    return [url for e in panel.iter(f"{HTML}a") if (url := e.get("href", "")).startswith("/metric/")]


def test_a_type_unfolds_into_its_metrics_without_script(sample_client: FlaskClient) -> None:
    _, root = page(sample_client, "/app/fenix/map")
    assert words_of(root, "chosen-line") == ""
    types = {url: title for url, title in drawn_links(root).items() if "map?type=" in url}
    assert types
    for url, title in types.items():
        _, unfolded = page(sample_client, url.partition("#")[0])
        assert words_of(unfolded, "chosen-line") == title
        assert len(chosen_metrics(unfolded)) == int(title.split()[0])
        assert sum("pinned" in (e.get("class") or "") for e in unfolded.iter(f"{SVG}path")) > 0


def test_a_type_in_a_ping_is_told_with_its_table(sample_client: FlaskClient) -> None:
    _, root = page(sample_client, "/app/fenix/map")
    for row in root.iter(f"{HTML}tr"):
        for link in row.iter(f"{HTML}a"):
            if "ping=" in (url := link.get("href", "")) and "#chosen" in url:
                _, chosen = page(sample_client, url.partition("#")[0])
                ping = re.search(r"ping=([^&#]+)", url)
                assert ping
                words = words_of(chosen, "chosen-line")
                assert re.fullmatch(rf"\d+ metrics? of type .+ in the ping {ping[1]}", words)
                assert int(words.split()[0]) == len(chosen_metrics(chosen))


@pytest.mark.parametrize("asked", ["ping=nobody", "type=nothing", "ping=&type=", "ping=" + "x" * 900])
def test_what_is_not_on_the_map_is_not_chosen(sample_client: FlaskClient, asked: str) -> None:
    _, root = page(sample_client, f"/app/fenix/map?{asked}")
    assert words_of(root, "chosen-line") == ""
    assert not any("pinned" in (e.get("class") or "") for e in root.iter())


@pytest.mark.mirror
def test_what_comes_with_every_ping_is_left_out_and_nothing_else_is(mirror_client: FlaskClient) -> None:
    """Told anew, from the definitions: those sent with all pings, or with all that have client_info."""
    everywhere = {"all-pings", "all_pings", "glean_client_info", "glean_internal_info"}
    _, root = page(mirror_client, "/app/fenix/map")
    left_out = [e for e in root.iter(f"{HTML}details") if e.get("class") == "left-out"]
    addresses = {a.get("href", "") for a in left_out[0].iter(f"{HTML}a")}
    own = {
        url: int(title.split()[3].replace(",", ""))
        for url, title in drawn_links(root).items()
        if url.startswith("/ping/")
    }
    for ping in ("addresses-sync", "baseline", "crash"):
        found = mirror_client.get(f"/api/v1/metrics?app=fenix&ping={ping}&size=100&sort=name").json
        with_all = set()
        for hit in found["hits"]:
            if "/metric/glean" in hit["url"] or hit["url"] in addresses:  # libraries of Glean define them
                item = mirror_client.get("/api/v1/item" + hit["url"]).json
                sent = set(((item["definition"] or {}).get("send_in_pings")) or ())
                assert (hit["url"] in addresses) <= bool(sent & everywhere), hit["name"]
                with_all |= {hit["name"]} if sent & everywhere else set()
        assert own[f"/ping/fenix/{ping}"] == found["total"] - len(with_all), ping
    assert f"{len(addresses)} metrics that come with every ping are left out" in words_of(root, "left-out")


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
    assert "/app/fenix/map?type=labeled_counter#chosen" in drawn
    table = "/table/moz-fx-data-shared-prod.fenix."
    assert {f"{table}metrics", f"{table}baseline", f"{table}events_stream"} <= drawn.keys()
