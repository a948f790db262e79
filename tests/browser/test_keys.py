"""The keyboard in a real browser: every key, no trap, nothing lost, and letters that can be switched off."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.mirror]

SEARCH = "/?q=gc+pause"


def hit(page: Page, number: int) -> str:
    """The selector of the name of a hit, counted from 0."""
    return f".hit >> nth={number} >> h2 a"


def clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def pressed(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


@pytest.mark.parametrize("path", [SEARCH, "/help", "/metric/gecko/javascript.gc.max_pause"])
def test_the_box_is_one_key_away_on_every_page(open_page: OpenPage, path: str) -> None:
    page = open_page(path)
    box = page.locator("#q")
    for key in ("/", "Control+k"):
        page.keyboard.press(key)
        expect(box).to_be_focused()
        box.blur()


@pytest.mark.parametrize(("down", "up"), [("j", "k"), ("ArrowDown", "ArrowUp")])
def test_hits_are_walked_through_and_the_box_is_above_the_first(
    open_page: OpenPage, down: str, up: str
) -> None:
    page = open_page(SEARCH)
    page.locator("#q").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(hit(page, 0))).to_be_focused()
    pressed(page, down, down)
    expect(page.locator(hit(page, 2))).to_be_focused()
    pressed(page, up, up)
    expect(page.locator(hit(page, 0))).to_be_focused()
    page.keyboard.press(up)
    expect(page.locator("#q")).to_be_focused()


def test_the_chosen_hit_is_in_view_and_shows_its_focus(open_page: OpenPage) -> None:
    page = open_page(SEARCH)
    pressed(page, *"jjjjjjjjjjjjjj")
    expect(page.locator(hit(page, 13))).to_be_in_viewport()
    outline = page.locator(hit(page, 13)).evaluate("link => getComputedStyle(link).outlineStyle")
    assert outline == "solid"


def test_enter_opens_a_hit_and_with_control_in_a_tab_of_its_own(open_page: OpenPage) -> None:
    page = open_page(SEARCH)
    page.keyboard.press("j")
    name = page.locator(hit(page, 0)).inner_text()
    with page.context.expect_page() as opened:
        page.keyboard.press("Control+Enter")
    expect(opened.value.locator("h1")).to_contain_text(name)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(name)


def test_o_opens_the_first_tool_of_the_chosen_hit(open_page: OpenPage) -> None:
    page = open_page(SEARCH)
    asked: list[str] = []
    page.context.route(
        re.compile(r"^https://"), lambda route: (asked.append(route.request.url), route.abort())
    )
    page.keyboard.press("j")
    first = page.locator(".hit").first.locator(".tool-link").first.get_attribute("href")
    page.keyboard.press("o")
    page.wait_for_timeout(200)
    assert asked[:1] == [first]


def test_c_copies_the_name_and_s_the_query(open_page: OpenPage) -> None:
    page = open_page(SEARCH)
    pressed(page, "j", "c")
    expect(page.locator(".live-note")).to_contain_text("Copied")
    assert clipboard(page) == page.locator(hit(page, 0)).inner_text()
    page.keyboard.press("s")
    expect(page.locator(".live-note")).to_have_text("Copied its query")
    assert "SELECT" in clipboard(page)


def test_s_says_so_where_there_is_no_query(open_page: OpenPage) -> None:
    page = open_page("/?q=kind:tool+glam")
    pressed(page, "j", "s")
    expect(page.locator(".live-note")).to_have_text("There is no query for it.")


def test_p_peeks_at_the_chosen_hit_and_the_peek_follows_the_choice(open_page: OpenPage) -> None:
    page = open_page(SEARCH, width=1440)
    pressed(page, "j", "p")
    peek = page.locator("#peek")
    expect(peek.locator("h2")).to_have_text(page.locator(hit(page, 0)).inner_text())
    expect(peek.locator("code[id=sql-peek]")).to_contain_text("SELECT")
    assert peek.locator(".peek-tools a").count() in (1, 2, 3)
    page.keyboard.press("j")
    expect(peek.locator("h2")).to_have_text(page.locator(hit(page, 1)).inner_text())
    expect(page.locator(hit(page, 1))).to_be_focused()
    page.keyboard.press("Escape")
    expect(peek).to_have_count(0)
    expect(page.locator(hit(page, 1))).to_be_focused()


def test_the_peek_stays_and_follows_while_the_words_change(open_page: OpenPage) -> None:
    page = open_page(SEARCH, width=1440)
    pressed(page, "j", "p")
    expect(page.locator("#peek")).to_be_visible()
    page.locator("#q").fill("clients_daily")
    expect(page.locator("#peek h2")).to_have_text("telemetry.clients_daily")


def test_a_peek_says_table_and_column_and_copies_its_query(open_page: OpenPage) -> None:
    page = open_page("/?q=javascript.gc.max_pause&kind=metric&app=fenix", width=1440)
    pressed(page, "j", "p")
    facts = page.locator(".peek-facts")
    expect(facts).to_contain_text("fenix.metrics")
    expect(facts).to_contain_text("metrics.timing_distribution.javascript_gc_max_pause")
    page.locator("#peek").get_by_role("button", name="Copy SQL").click()
    expect(page.locator("#peek .copy.done")).to_be_visible()
    assert "mozdata.fenix.metrics" in clipboard(page)


def test_a_peek_that_is_blocked_says_where_to_look(open_page: OpenPage) -> None:
    page = open_page(SEARCH, width=1440)
    page.route("**/peek/**", lambda route: route.abort("blockedbyclient"))
    pressed(page, "j", "p")
    expect(page.locator(".live-note")).to_contain_text("open its page")


def test_the_keys_are_told_and_closed_again_without_a_trap(open_page: OpenPage) -> None:
    page = open_page(SEARCH)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator(".hit:focus-within")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("j")
    expect(page.locator(hit(page, 0))).to_be_focused()


def test_letters_can_be_switched_off_and_stay_off(open_page: OpenPage) -> None:
    page = open_page(SEARCH)
    page.keyboard.press("?")
    page.get_by_label("Single letters and signs act as keys").uncheck()
    page.get_by_role("button", name="Close").click()
    for path in (SEARCH, "/help"):
        page.goto(path)
        pressed(page, "j", "/", "?")
        expect(page.locator(".hit:focus-within, #q:focus, dialog[open]")).to_have_count(0)
    page.keyboard.press("Control+k")
    expect(page.locator("#q")).to_be_focused()


def test_letters_are_letters_in_every_field(open_page: OpenPage) -> None:
    page = open_page("/?q=gc")
    page.locator("#q").fill("")
    page.locator("#q").press_sequentially("jkocsp?/")
    expect(page.locator("#q")).to_have_value("jkocsp?/")
    page.goto("/?q=gc")
    find = page.get_by_label("Find a value of app")
    find.press_sequentially("jk?/")
    expect(find).to_have_value("jk?/")
    expect(page.locator("#peek, dialog[open]")).to_have_count(0)


def test_escape_leaves_the_box_and_never_loses_what_was_typed(open_page: OpenPage) -> None:
    page = open_page(SEARCH)
    page.locator("#q").press_sequentially("s")
    expect(page.get_by_role("option").first).to_be_visible()
    pressed(page, "Escape", "Escape", "Escape")
    expect(page.locator("#q")).not_to_be_focused()
    assert page.locator("#q").input_value() in ("gc pauses", "sgc pause")


def test_a_few_tabs_lead_from_the_box_to_the_first_hit(open_page: OpenPage) -> None:
    page = open_page(SEARCH)
    page.locator("#q").focus()
    tabs = 0
    while not page.locator(".hit:focus-within").count() and tabs < 10:
        page.keyboard.press("Tab")
        tabs += 1
    assert tabs <= 4


def test_the_arrows_go_through_the_kinds_which_are_one_stop_of_the_tab_key(open_page: OpenPage) -> None:
    page = open_page(SEARCH)
    tabs = page.locator(".tabs a")
    tabs.first.focus()
    pressed(page, "ArrowRight", "ArrowRight")
    expect(tabs.nth(2)).to_be_focused()
    page.keyboard.press("Home")
    expect(tabs.first).to_be_focused()
    assert page.locator(".tabs a[tabindex='0']").count() == 1


@pytest.mark.parametrize("script", [True, False])
def test_the_skip_link_leads_to_the_first_hit(open_page: OpenPage, script: bool) -> None:
    page = open_page(SEARCH, script=script)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the first hit")).to_be_focused()
    page.keyboard.press("Enter")
    if not script:
        page.keyboard.press("Tab")  # the place is at the hit, the next stop is its name
    expect(page.locator(hit(page, 0))).to_be_focused()
