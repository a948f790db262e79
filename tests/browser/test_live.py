"""Results as one types, in a real browser: in place, in order, to come back to, plain where that fails."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.mirror]

STANDING = "window.standing = true"  # lost where a page is loaded anew


def stood(page: Page) -> bool:
    """Whether the page is still the one that was opened."""
    return bool(page.evaluate("window.standing === true"))


def slow(page: Page, text: str, seconds: float) -> None:
    """Let the answer to one text take long."""

    def later(route: Route) -> None:
        time.sleep(seconds)
        route.continue_()

    page.route(re.compile(rf"/\?q={text}$"), later)


def test_hits_stand_under_the_box_while_one_types(open_page: OpenPage) -> None:
    page = open_page("/")
    page.evaluate(STANDING)
    page.locator("#q").press_sequentially("gc pause")
    expect(page).to_have_url(re.compile(r"/\?q=gc\+pause$"))
    expect(page.locator(".hit").first).to_be_visible()
    expect(page.locator("#q")).to_be_focused()
    expect(page.locator("#q")).to_have_value("gc pause")
    expect(page).to_have_title("gc pause · Starchart")
    assert stood(page)


@pytest.mark.parametrize("path", ["/", "/?q=clients_daily"])
def test_what_was_typed_ends_in_the_page_that_a_full_load_has(open_page: OpenPage, path: str) -> None:
    page = open_page(path)
    page.locator("#q").fill("gc pause")
    expect(page).to_have_title("gc pause · Starchart")
    full = open_page("/?q=gc+pause")
    for part in (".tabs", ".facets", ".found strong"):
        expect(page.locator(part)).to_have_text(full.locator(part).inner_text(), use_inner_text=True)
    assert page.locator(".hit h2").all_inner_texts() == full.locator(".hit h2").all_inner_texts()
    expect(page.locator("#results")).to_have_class("results")  # no part still waits for its frame
    assert page.locator(".tabs [tabindex='0']").count() == 1
    expect(page.locator("[data-do=save]")).to_be_visible()


def test_a_search_that_was_typed_is_one_step_of_the_history(open_page: OpenPage) -> None:
    page = open_page("/?q=clients_daily")
    page.evaluate(STANDING)
    before = page.evaluate("history.length")
    page.locator("#q").fill("")
    page.locator("#q").press_sequentially("gc pause fenix", delay=40)
    expect(page).to_have_url(re.compile(r"q=gc\+pause\+fenix$"))
    assert page.evaluate("history.length") == before + 1
    page.go_back()
    expect(page.locator("#q")).to_have_value("clients_daily")
    expect(page.locator(".hit h2").first).to_contain_text("clients_daily")
    page.go_forward()
    expect(page.locator("#q")).to_have_value("gc pause fenix")
    expect(page).to_have_title("gc pause fenix · Starchart")
    assert stood(page)


def test_an_answer_that_was_overtaken_does_not_end_the_search(open_page: OpenPage) -> None:
    page = open_page("/?q=clients_daily")
    before = page.evaluate("history.length")
    slow(page, "s", 0.5)
    page.locator("#q").fill("")
    page.locator("#q").press_sequentially("shutdown", delay=300)
    expect(page).to_have_title("shutdown · Starchart")
    assert page.evaluate("history.length") == before + 1


def test_only_what_is_let_stand_is_told_to_the_server_as_a_search(open_page: OpenPage) -> None:
    page = open_page("/")
    told: list[str] = []
    page.on("request", lambda request: told.append(request.headers.get("starchart-typed", "")))
    page.locator("#q").press_sequentially("gc pause", delay=120)
    with page.expect_request(lambda request: request.headers.get("starchart-typed") == "settled") as stood:
        pass
    assert stood.value.url.endswith("?q=gc+pause")
    assert told.count("settled") == 1
    assert told.count("partial") >= 2


def test_enter_ends_a_search_so_that_the_next_one_is_a_step_of_its_own(open_page: OpenPage) -> None:
    page = open_page("/")
    before = page.evaluate("history.length")
    for text in ("gc pause", "clients_daily"):
        page.locator("#q").fill(text)
        expect(page).to_have_title(f"{text} · Starchart")
        page.keyboard.press("Enter")
    assert page.evaluate("history.length") == before + 2
    page.go_back()
    expect(page.locator("#q")).to_have_value("gc pause")


def test_back_leads_to_the_start_page_and_its_examples(open_page: OpenPage) -> None:
    page = open_page("/")
    page.evaluate(STANDING)
    page.locator("#q").fill("gc")
    expect(page.locator(".hit").first).to_be_visible()
    page.go_back()
    expect(page.locator(".hero")).to_be_visible()
    expect(page.locator("#q")).to_have_value("")
    page.go_forward()
    expect(page.locator(".hit").first).to_be_visible()
    assert stood(page)


def test_back_scrolls_to_where_one_was(open_page: OpenPage) -> None:
    page = open_page("/?q=search")
    page.evaluate("scrollTo({top: 700, behavior: 'instant'})")
    scrolled = page.locator("html")
    expect(scrolled).to_have_js_property("scrollTop", 700)
    page.get_by_role("link", name="Next").evaluate("link => link.click()")
    expect(page).to_have_url(re.compile("page=2"))
    expect(scrolled).to_have_js_property("scrollTop", 0)
    page.go_back()
    expect(page).to_have_url(re.compile("q=search$"))
    # within a line: the browser keeps what one looked at in its place while the page takes shape
    page.wait_for_function("Math.abs(document.documentElement.scrollTop - 700) <= 20")


def test_an_answer_that_comes_late_never_replaces_a_newer_one(open_page: OpenPage) -> None:
    page = open_page("/?q=clients_daily")
    slow(page, "gc", 0.6)
    page.locator("#q").fill("gc")
    page.wait_for_timeout(150)
    page.locator("#q").fill("shutdown")
    expect(page).to_have_title("shutdown · Starchart")
    page.wait_for_timeout(800)
    expect(page).to_have_title("shutdown · Starchart")
    expect(page).to_have_url(re.compile("q=shutdown$"))


def test_a_slow_server_leaves_the_old_hits_and_says_that_it_works(open_page: OpenPage) -> None:
    page = open_page("/?q=clients_daily")
    slow(page, "gc", 1)
    page.locator("#q").fill("gc")
    expect(page.locator("#results")).to_have_attribute("aria-busy", "true")
    expect(page.locator(".hit").first).to_contain_text("clients_daily")
    expect(page).to_have_title("gc · Starchart")
    expect(page.locator("#results")).not_to_have_attribute("aria-busy", "true")


@pytest.mark.parametrize("how", ["blocked", "failing"])
def test_without_an_answer_enter_searches_as_a_plain_form_does(open_page: OpenPage, how: str) -> None:
    page = open_page("/")
    page.evaluate(STANDING)
    refused: list[str] = []

    def refuse(route: Route) -> None:
        if route.request.resource_type != "fetch":
            route.continue_()
            return
        refused.append(route.request.url)
        if how == "blocked":
            route.abort("blockedbyclient")
        else:
            route.fulfill(status=500, body="broken")

    page.route("**/*", refuse)
    page.locator("#q").press_sequentially("ad_impression")
    expect(page.locator(".live-note")).to_contain_text("press Enter", ignore_case=True)
    expect(page.locator("#q")).to_have_value("ad_impression")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=ad_impression")
    expect(page.locator(".hit").first).to_be_visible()
    assert refused
    assert not stood(page)


@pytest.mark.parametrize("how", ["blocked", "failing"])
def test_a_facet_that_cannot_be_fetched_is_followed_as_a_link(open_page: OpenPage, how: str) -> None:
    page = open_page("/?q=gc")
    page.evaluate(STANDING)

    def refuse(route: Route) -> None:
        if route.request.resource_type != "fetch":
            route.continue_()
        elif how == "blocked":
            route.abort("blockedbyclient")
        else:
            route.fulfill(status=503, body="busy")

    page.route("**/*", refuse)
    page.locator(".facet", has_text="Status").locator("a").first.click()
    page.wait_for_url("**/?q=gc&status=*")
    expect(page.locator(".chip").first).to_contain_text("Status")
    assert not stood(page)


def test_facets_are_ticked_in_place_one_after_another_with_the_focus_kept(open_page: OpenPage) -> None:
    page = open_page("/?q=gc")
    page.evaluate(STANDING)
    apps = page.locator("section[aria-labelledby=facet-app]")
    for name in ("Firefox for Android", "Firefox for Desktop"):
        apps.locator("a", has_text=name).first.focus()
        page.keyboard.press("Enter")
        expect(apps.locator("a.on", has_text=name)).to_be_focused()
    assert page.url.endswith("/?q=gc&app=fenix&app=firefox_desktop")
    expect(page.locator(".chip:not(.understood)")).to_have_count(2)
    page.go_back()
    expect(page.locator(".chip:not(.understood)")).to_have_count(1)
    assert stood(page)


def test_what_was_opened_and_typed_in_a_facet_stays_over_a_tick(open_page: OpenPage) -> None:
    page = open_page("/?q=gc")
    apps = page.locator("section[aria-labelledby=facet-app]")
    apps.locator("summary").click()
    page.get_by_label("Find a value of app").fill("thunderbird")
    page.locator("section[aria-labelledby=facet-status] a").first.click()
    expect(page).to_have_url(re.compile("status="))
    expect(page.get_by_label("Find a value of app")).to_have_value("thunderbird")
    expect(apps.locator(".folded li:visible").first).to_contain_text("Thunderbird")


def test_order_and_kind_change_in_place_with_the_focus_kept(open_page: OpenPage) -> None:
    page = open_page("/?q=gc")
    page.evaluate(STANDING)
    page.get_by_role("link", name="Newest").press("Enter")
    expect(page).to_have_url(re.compile("sort=newest"))
    expect(page.get_by_role("link", name="Newest")).to_be_focused()
    tab = page.locator(".tabs a", has_text="Probes")
    tab.press("Enter")
    expect(page).to_have_url(re.compile("kind=probe&sort=newest"))
    expect(tab).to_be_focused()
    expect(tab).to_have_attribute("aria-current", "true")
    assert stood(page)


def test_a_chip_is_taken_off_in_place_and_the_focus_stays_near(open_page: OpenPage) -> None:
    page = open_page("/?q=gc&app=fenix&app=firefox_desktop")
    page.evaluate(STANDING)
    page.get_by_role("link", name="Take off App: Firefox for Android").press("Enter")
    expect(page).to_have_url(re.compile(r"\?q=gc&app=firefox_desktop$"))
    expect(page.get_by_role("link", name="Take off App: Firefox for Desktop")).to_be_focused()
    assert stood(page)


def test_the_filters_are_kept_while_the_words_change(open_page: OpenPage) -> None:
    page = open_page("/?q=gc&app=fenix")
    page.locator("#q").fill("search")
    expect(page).to_have_url(re.compile(r"\?q=search&app=fenix$"))
    page.keyboard.press("Escape")
    page.locator(".chip .off").first.click()
    expect(page).to_have_url(re.compile(r"\?q=search$"))
    page.locator("#q").fill("shutdown")
    expect(page).to_have_url(re.compile(r"\?q=shutdown$"))


def test_a_link_opened_with_a_modifier_is_left_to_the_browser(open_page: OpenPage) -> None:
    page = open_page("/?q=gc")
    with page.context.expect_page() as opened:
        page.locator(".tabs a", has_text="Probes").click(modifiers=["Control"])
    assert "kind=probe" in opened.value.url
    assert page.url.endswith("?q=gc")


def test_what_is_shown_in_place_is_what_a_full_load_shows(open_page: OpenPage) -> None:
    page = open_page("/")
    page.locator("#q").fill("gc pause fenix")
    expect(page).to_have_title("gc pause fenix · Starchart")
    page.locator("section[aria-labelledby=facet-status] a").first.click()
    expect(page).to_have_url(re.compile("status="))
    timing = re.compile(r"in (under )?\d+ ms")
    in_place = timing.sub("", page.locator("main").inner_text())
    links = page.locator("main a").evaluate_all("all => all.map(each => each.getAttribute('href'))")
    page.reload()
    assert timing.sub("", page.locator("main").inner_text()) == in_place
    assert links == page.locator("main a").evaluate_all("all => all.map(each => each.getAttribute('href'))")


def test_text_that_is_being_composed_is_not_searched_for_before_it_is_done(open_page: OpenPage) -> None:
    page = open_page("/?q=gc")
    page.locator("#q").focus()
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "shut", "selectionStart": 4, "selectionEnd": 4})
    page.wait_for_timeout(250)
    assert page.url.endswith("?q=gc")
    session.send("Input.insertText", {"text": "shutdown"})
    expect(page).to_have_url(re.compile("shutdown"))


def test_a_page_of_a_newer_version_is_loaded_whole(open_page: OpenPage) -> None:
    page = open_page("/?q=gc")
    page.evaluate(STANDING)

    def upgraded(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("live.js?v=", "live.js?v=9"))

    page.route(re.compile(r"sort=newest"), upgraded, times=1)
    page.get_by_role("link", name="Newest").click()
    page.wait_for_url("**sort=newest")
    expect(page.get_by_role("link", name="Newest")).to_have_attribute("aria-current", "true")
    assert not stood(page)
