"""Stars and saved searches in a real browser: kept there only, taken along as a file, with a feed each."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.mirror]


def starred(page: Page, number: int) -> str:
    """Star a hit; returns its name."""
    hit = page.locator(".hit").nth(number)
    hit.hover()
    hit.get_by_role("button", name="Star it").click()
    return str(hit.locator("h2 a").inner_text())


def test_a_star_is_kept_over_pages_and_taken_off_again(open_page: OpenPage) -> None:
    page = open_page("/?q=gc+pause")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    name = starred(page, 0)
    star = page.locator(".hit [data-do=star]").first
    expect(star).to_have_attribute("aria-pressed", "true")
    assert [url for url in asked if "/static/" not in url] == [], "nothing is sent anywhere"
    page.goto("/")
    kept = page.locator("#kept")
    expect(kept).to_contain_text(name)
    kept.get_by_role("button", name=f"Take off {name}").click()
    expect(kept).to_be_hidden()
    assert page.evaluate("localStorage.getItem('starchart.kept')") is None


def test_the_star_stays_on_its_hit_while_the_words_change(open_page: OpenPage) -> None:
    page = open_page("/?q=gc+pause")
    name = starred(page, 1)
    page.locator("#q").fill("clients_daily")
    expect(page).to_have_title("clients_daily · Starchart")
    expect(page.locator("[data-do=star][aria-pressed=true]")).to_have_count(0)
    page.go_back()
    expect(page.locator(".hit:has([data-do=star][aria-pressed=true]) h2 a")).to_have_text(name)


def test_a_saved_search_stands_on_the_start_page_with_its_feed(open_page: OpenPage) -> None:
    page = open_page("/?q=gc&app=fenix&page=2")
    page.get_by_role("button", name="Save search").click()
    expect(page.get_by_role("button", name="Saved")).to_have_attribute("aria-pressed", "true")
    page.goto("/")
    line = page.locator("#kept li", has_text="gc")
    feed = page.request.get(str(line.get_by_role("link", name="feed").get_attribute("href")))
    assert feed.headers["content-type"].startswith("application/atom+xml")
    line.get_by_role("link", name="gc").click()
    expect(page).to_have_url(re.compile(r"/\?q=gc&app=fenix$"))


def test_what_is_kept_can_be_taken_along_and_added_elsewhere(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/?q=gc+pause")
    name = starred(page, 0)
    page.get_by_role("button", name="Save search").click()
    page.goto("/")
    with page.expect_download() as download:
        page.get_by_role("button", name="Take them along as a file").click()
    file = tmp_path / "kept.json"
    download.value.save_as(file)
    assert {key: len(value) for key, value in json.loads(file.read_text()).items() if key != "starchart"} == {
        "stars": 1, "searches": 1,
    }  # fmt: skip
    other = open_page("/?q=clients_daily")
    starred(other, 0)
    other.goto("/")
    other.locator("#kept-file").set_input_files(file)
    expect(other.locator("#kept li")).to_have_count(3)
    expect(other.locator("#kept")).to_contain_text(name)


HARMFUL = [{"url": "javascript:alert(1)", "words": "x"}, {"url": "//evil.example/", "words": "y"}, None]


@pytest.mark.parametrize("found", ["not json", '{"stars": 7}', json.dumps({"stars": HARMFUL})])
def test_a_file_or_a_store_that_holds_something_else_harms_nothing(
    open_page: OpenPage, tmp_path: Path, found: str
) -> None:
    page = open_page("/?q=gc+pause")
    starred(page, 0)
    page.goto("/")
    file = tmp_path / "other.json"
    file.write_text(found)
    page.locator("#kept-file").set_input_files(file)
    expect(page.locator("#kept li")).to_have_count(1)
    page.evaluate("text => localStorage.setItem('starchart.kept', text)", found)
    page.reload()
    expect(page.locator("#kept")).to_be_hidden()


def test_the_start_page_gives_the_address_for_a_keyword_to_copy(open_page: OpenPage) -> None:
    page = open_page("/")
    page.locator(".keyword").get_by_role("button", name="Copy").click()
    expect(page.locator(".keyword .done")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.url + "?q=%s"
    page.goto(copied.replace("%s", "gc+pause"))
    expect(page.locator(".hit").first).to_be_visible()


def test_news_apps_and_examples_of_the_start_page_lead_to_something(open_page: OpenPage) -> None:
    page = open_page("/")
    links = page.locator(".front a, .examples a").evaluate_all(
        "all => all.map(each => each.getAttribute('href'))"
    )
    assert len(links) > 20
    for link in dict.fromkeys(links):
        assert page.request.get(link).status == 200, link
