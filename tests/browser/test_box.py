"""The search box in a real browser: suggestions, keys, recent searches, and doing without."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.mirror]


def typed(page: Page, text: str) -> None:
    page.locator("#q").press_sequentially(text)


def test_typing_shows_suggestions_and_enter_opens_the_one_chosen_by_the_keyboard(open_page: OpenPage) -> None:
    page = open_page("/")
    typed(page, "javascript.gc.max_pa")
    first = page.get_by_role("option").first
    expect(first).to_contain_text("javascript.gc.max_pause")
    page.keyboard.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "true")
    box = page.get_by_role("combobox")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(box).to_have_attribute("aria-activedescendant", first.get_attribute("id") or "none")
    page.keyboard.press("Enter")
    page.wait_for_url("**/metric/gecko/javascript.gc.max_pause")
    expect(page.locator("h1")).to_contain_text("javascript.gc.max_pause")


def test_arrow_up_from_the_box_goes_to_the_last_suggestion_and_down_from_there_back(
    open_page: OpenPage,
) -> None:
    page = open_page("/")
    typed(page, "clients_d")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("option").last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[role=option][aria-selected=true]")).to_have_count(0)


def test_escape_closes_the_suggestions_and_keeps_what_was_typed(open_page: OpenPage) -> None:
    page = open_page("/")
    typed(page, "clients_d")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.locator("#q")).to_have_value("clients_d")


def test_a_filter_lists_its_values_and_taking_one_lets_the_reader_type_on(open_page: OpenPage) -> None:
    page = open_page("/")
    typed(page, "app:feni")
    option = page.get_by_role("option").first
    expect(option).to_contain_text("app:fenix")
    option.click()
    expect(page.locator("#q")).to_have_value("app:fenix ")
    expect(page.locator("#q")).to_be_focused()


def test_enter_without_a_choice_searches_for_what_was_typed(open_page: OpenPage) -> None:
    page = open_page("/")
    typed(page, "gc pause")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=gc+pause")
    expect(page.locator(".hit").first).to_be_visible()


def test_the_slash_key_goes_to_the_box_and_can_be_typed_in_it(open_page: OpenPage) -> None:
    page = open_page("/help")
    page.keyboard.press("/")
    box = page.locator("#q")
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    page.keyboard.press("/")
    expect(box).to_have_value("/")


def test_a_blocker_that_hides_the_suggestions_leaves_the_form(open_page: OpenPage) -> None:
    page = open_page("/")
    blocked: list[str] = []

    def refuse(route: Route) -> None:
        blocked.append(route.request.url)
        route.abort("blockedbyclient")

    page.route("**/api/v1/**", refuse)
    typed(page, "ad_impression")
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=ad_impression")
    assert blocked, "the script asked for suggestions"
    expect(page.locator(".hit").first).to_be_visible()


def test_recent_searches_are_offered_in_the_empty_box_and_are_nowhere_but_in_the_browser(
    open_page: OpenPage,
) -> None:
    page = open_page("/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    typed(page, "shutdown crash")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=shutdown+crash")
    asked.clear()
    page.goto("/")
    page.locator("#q").click()
    expect(page.get_by_role("option")).to_have_count(1)
    expect(page.get_by_role("option")).to_contain_text("shutdown crash")
    assert page.evaluate("localStorage.getItem('starchart.recent')") == '["shutdown crash"]'
    assert page.context.cookies() == []
    assert not [url for url in asked if "shutdown" in url]


def test_recent_searches_can_be_forgotten_one_by_one_and_all_at_once(open_page: OpenPage) -> None:
    page = open_page("/?q=one")
    for other in ("/?q=two", "/?q=three", "/"):
        page.goto(other)
    options = page.get_by_role("option")
    page.locator("#q").click()
    expect(options).to_have_count(3)
    expect(options.first).to_contain_text("three")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Delete")
    expect(options).to_have_count(2)
    options.last.locator(".forget").click()
    expect(options).to_have_count(1)
    expect(options).to_contain_text("two")
    page.get_by_role("button", name="Forget all").click()
    assert page.evaluate("localStorage.getItem('starchart.recent')") is None


def test_a_broken_store_of_recent_searches_breaks_nothing(open_page: OpenPage) -> None:
    page = open_page("/")
    page.evaluate("localStorage.setItem('starchart.recent', '{\"not\": [\"a list')")
    page.goto("/?q=gc+pause")
    assert page.evaluate("localStorage.getItem('starchart.recent')") == '["gc pause"]'


def test_every_typed_word_is_marked_in_a_suggestion(open_page: OpenPage) -> None:
    page = open_page("/")
    typed(page, "gc pau")
    first = page.get_by_role("option").first
    expect(first).to_contain_text("javascript.gc.max_pause")
    assert first.locator(".name b").all_inner_texts() == ["gc", "pau"]


def test_a_state_is_offered_as_a_filter_and_taken_as_one(open_page: OpenPage) -> None:
    page = open_page("/")
    typed(page, "gc expired")
    page.get_by_role("option", name="status:expired").click()
    expect(page.locator("#q")).to_have_value("gc status:expired ")
    page.keyboard.press("Enter")
    expect(page.locator(".facet-value.on")).to_contain_text("expired")


def test_moving_to_the_hits_uncovers_them(open_page: OpenPage) -> None:
    page = open_page("/?q=gc")
    page.mouse.move(600, 700)
    page.locator("#q").press("End")
    typed(page, " pause")
    expect(page.get_by_role("option").first).to_be_visible()
    expect(page).to_have_title("gc pause · Starchart")
    expect(page.get_by_role("option").first).to_be_visible()
    page.mouse.move(600, 650)
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.locator("#q")).to_be_focused()
