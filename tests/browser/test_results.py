"""The results in a real browser: facets narrow, copies are taken, and all of it without script too."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.mirror]


def total(page: Page) -> int:
    """The number of hits that the page tells."""
    found = re.match(r"([\d,]+) hits?", page.locator(".found strong").inner_text())
    assert found is not None
    return int(found[1].replace(",", ""))


@pytest.mark.parametrize("script", [True, False])
def test_a_facet_narrows_to_its_own_count_and_its_chip_takes_it_off(
    open_page: OpenPage, script: bool
) -> None:
    page = open_page("/?q=gc", script=script)
    before = total(page)
    fenix = page.locator(".facet", has_text="App").locator("a", has_text="Firefox for Android").first
    count = int(fenix.locator(".count").inner_text().replace(",", ""))
    assert 0 < count < before
    fenix.click()
    page.wait_for_url("**/?q=gc&app=fenix")
    assert total(page) == count
    page.get_by_role("link", name="Take off App: Firefox for Android").click()
    page.wait_for_url("**/?q=gc")
    assert total(page) == before


def test_without_script_one_gets_from_the_box_over_the_second_page_to_an_item(open_page: OpenPage) -> None:
    page = open_page("/", script=False)
    page.fill("#q", "search")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=search")
    first = page.locator(".hit h2").first.inner_text()
    page.get_by_role("link", name="Next").click()
    page.wait_for_url("**/?q=search&page=2")
    assert page.locator(".hit h2").first.inner_text() != first
    name = page.locator(".hit h2 a").first.inner_text()
    page.locator(".hit h2 a").first.click()
    assert name in page.locator("h1").inner_text()
    assert page.locator("[data-copy]:visible").count() == 0, "a button that needs script shows without it"


def test_a_long_facet_is_searched_in_place(open_page: OpenPage) -> None:
    page = open_page("/?q=gc")
    app = page.locator(".facet", has_text="App").first
    app.locator("summary").click()
    folded = app.locator(".folded li")
    before = folded.count()
    assert before > 3
    page.get_by_label("Find a value of app").fill("thunderbird")
    shown = [line for line in folded.all() if line.is_visible()]
    assert 0 < len(shown) < before
    assert all("Thunderbird" in line.inner_text() for line in shown)
    page.get_by_label("Find a value of app").fill("no app is called so")
    expect(page.locator("#facets").get_by_text("None of these holds it.")).to_be_visible()
    page.get_by_label("Find a value of app").fill("")
    expect(page.locator("#facets").get_by_text("None of these holds it.")).to_have_count(0)


def test_a_span_of_time_is_switched_on_and_off(open_page: OpenPage) -> None:
    page = open_page("/?q=search")
    before = total(page)
    page.locator(".spans", has_text="Added in the last").get_by_role("link", name="1 year").click()
    page.wait_for_url("**/?q=search&added=365d")
    assert total(page) < before
    expect(page.locator(".chip")).to_contain_text("Added in the last 365 days")
    page.locator(".spans .on").click()
    page.wait_for_url("**/?q=search")
    assert total(page) == before


def test_the_reasons_of_a_rank_are_shown_and_hidden(open_page: OpenPage) -> None:
    page = open_page("/?q=search+counts")
    expect(page.locator(".why")).to_have_count(0)
    page.get_by_role("link", name="Why this rank?").click()
    page.wait_for_url("**/?q=search+counts&explain=1")
    expect(page.locator(".hit").first.locator(".why")).to_contain_text("word “search”")
    page.get_by_role("link", name="Hide the reasons").click()
    page.wait_for_url("**/?q=search+counts")


def test_the_app_that_was_asked_for_stands_first_in_a_hit(open_page: OpenPage) -> None:
    page = open_page("/?q=javascript.gc.max_pause&kind=metric&app=focus_android")
    apps = page.locator(".hit").first.locator(".meta a")
    expect(apps.first).to_have_text("Firefox Focus for Android")


def test_a_query_with_nothing_offers_searches_that_find_something(open_page: OpenPage) -> None:
    page = open_page("/?q=qqzzxx+vwvwqq")
    expect(page.locator(".found")).to_have_text("No hits")
    page.locator(".tries a").first.click()
    expect(page.locator(".found")).not_to_have_text("No hits")
    assert total(page) > 0


def test_a_copy_button_copies_the_text_beside_it(open_page: OpenPage) -> None:
    page = open_page("/metric/fenix/events.app_opened")
    button = page.get_by_role("button", name="Copy SQL").first
    button.click()
    expect(page.locator(".copy.done")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator(f"#{button.get_attribute('data-copy')}").inner_text().strip()
    assert copied.startswith("-- ")


def test_on_a_phone_the_filters_open_over_the_hits_and_close_again(open_page: OpenPage) -> None:
    page = open_page("/?q=gc", width=390)
    status = page.locator(".facet", has_text="Status").first
    expect(status).to_be_hidden()
    page.get_by_role("link", name="Filters").click()
    expect(status).to_be_visible()
    page.get_by_role("link", name="Done").click()
    expect(status).to_be_hidden()
