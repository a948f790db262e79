"""What an owner's things need: ends soon, expired, without a description; as page and feed."""

from __future__ import annotations

import html
import re
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient

from search_app.web.app import create_app
from tests.support.upstream import Upstream, built

ATOM = "{http://www.w3.org/2005/Atom}"


def section(page: str, name: str) -> str:
    return page[page.find(f'<h2 id="{name}"') :].partition("</section>")[0]


def count(part: str) -> int:
    found = re.search(r'class="count">(\d+)', part)
    assert found
    return int(found[1])


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """An app whose metrics end in all ways, on 1 July 2026 with Firefox 148 released."""
    world = Upstream()
    world.versions(nightly=150, beta=149, release=148)
    world.app("fenix", "org.mozilla.fenix")
    for name, expires in {
        "ends.today_plus_ten": "2026-07-11",
        "ends.in_149": 149,
        "ends.in_150": 150,
        "ends.in_151": 151,
        "ends.next_year": "2027-07-11",
        "ended.long_ago": "2021-07-01",
        "goes.on": "never",
    }.items():
        world.metric("org-mozilla-fenix", name, expires=expires, notification_emails=["ends@example.org"])
    world.metric(
        "org-mozilla-fenix", "has.no_words", description="", notification_emails=["ends@example.org"]
    )
    world.metric("org-mozilla-fenix", "of.another", expires=149, notification_emails=["other@example.org"])
    world.app("gone", "org.mozilla.gone", deprecated=True)
    dates = {"first": "2026-06-25 10:00:00", "last": "2026-06-30 10:00:00"}
    world.metric("org-mozilla-gone", "gone.and_over", dates=dates)
    world.metric("org-mozilla-fenix", "came.of_late", dates=dates)
    return create_app(built(world, tmp_path_factory.mktemp("ends"))).test_client()


def names_in(part: str) -> list[str]:
    return re.findall(r'<a class="name"[^>]*>([^<]*)</a>', part)


def test_what_ends_within_two_releases_or_eight_weeks_is_listed_the_first_to_end_first(
    client: FlaskClient,
) -> None:
    ending = section(client.get("/mine?owner=ends@example.org").text, "ending")
    assert "By Firefox 150, or within eight weeks" in ending
    assert names_in(ending) == ["ends.today_plus_ten", "ends.in_149", "ends.in_150"]
    assert count(ending) == 3


def test_what_has_ended_and_what_nobody_described_is_listed(client: FlaskClient) -> None:
    page = client.get("/mine?owner=ENDS@").text
    assert names_in(section(page, "expired")) == ["ended.long_ago"]
    assert names_in(section(page, "undescribed")) == ["has.no_words"]


def test_the_feed_tells_what_ends_with_its_end(client: FlaskClient) -> None:
    feed = ET.fromstring(client.get("/mine.atom?owner=ends@example.org").data)
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")]
    assert titles == [
        "ends.today_plus_ten (Metric, active, expires 2026-07-11)",
        "ends.in_149 (Metric, active, expires 149)",
        "ends.in_150 (Metric, active, expires 150)",
    ]


def test_all_things_of_an_owner_are_counted_as_the_search_behind_the_number_counts(
    sample_client: FlaskClient,
) -> None:
    owner = next(
        each["owners"][0]
        for hit in sample_client.get("/api/v1/search?kind=metric&size=100").json["hits"]
        if (each := sample_client.get(f"/api/v1/item{hit['url']}").json)["owners"]
    )
    page = sample_client.get("/mine", query_string={"owner": owner}).text
    leads = re.search(r'<a href="(/\?[^"]*owner=[^"]*)">(\d+) thing', page)
    assert leads
    query = leads[1].replace("&amp;", "&").removeprefix("/")
    assert sample_client.get(f"/api/v1/search{query}").json["total"] == int(leads[2]) > 0
    assert 'type="application/atom+xml"' in page


def test_too_short_an_owner_is_asked_for_more_and_a_feed_of_it_is_refused(sample_client: FlaskClient) -> None:
    assert "At least 3 letters are needed" in sample_client.get("/mine?owner=a").text
    assert "At least" not in sample_client.get("/mine").text
    refused = sample_client.get("/mine.atom?owner=a")
    assert refused.status_code == 400
    assert sample_client.get("/mine.atom").status_code == 400


def test_an_owner_who_has_nothing_is_told_so_and_their_name_is_only_text(sample_client: FlaskClient) -> None:
    page = sample_client.get("/mine", query_string={"owner": "<b>nobody</b>"}).text
    assert "names this owner" in page
    assert "<b>nobody" not in page


def test_the_start_page_says_how_many_end_with_a_version_beside_what_ends_on_a_day(
    client: FlaskClient,
) -> None:
    page = client.get("/").text
    ending = page[page.find('<h2 id="ending-title"') :].partition("</section>")[0]
    assert "ends.today_plus_ten" in ending
    found = re.search(r'<a href="([^"]*)">(\d+)\s+that are collected now', ending)
    assert found
    listed = client.get(html.unescape(found[1]).replace("/?", "/api/v1/search?")).get_json()
    assert listed["total"] == int(found[2])
    assert {hit["name"] for hit in listed["hits"]} == {
        "ends.in_149",
        "ends.in_150",
        "ends.in_151",
        "of.another",
    }


def test_what_an_app_that_is_over_has_anew_is_no_news(client: FlaskClient) -> None:
    page = client.get("/").text
    new = page[page.find('<h2 id="new-title"') :].partition("</section>")[0]
    assert "came.of_late" in new
    assert "gone.and_over" not in new
