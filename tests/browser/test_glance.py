"""Hits at a glance, in a real browser: how many fit, what is quiet, what is folded, what leads on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.mirror]


@pytest.mark.parametrize("q", ["gc pause", "search counts", "private browsing", "clients_daily"])
def test_seven_hits_fit_on_a_screen(open_page: OpenPage, q: str) -> None:
    page = open_page(f"/?q={q}", width=1440)
    whole = "all => all.filter(hit => hit.getBoundingClientRect().bottom <= 900).length"
    assert page.locator(".hit").evaluate_all(whole) >= 7


def test_tools_and_copy_are_quiet_until_a_hit_is_pointed_at_or_focused(open_page: OpenPage) -> None:
    page = open_page("/?q=gc+pause", width=1440)
    tools = page.locator(".hit .tools")
    expect(tools.nth(1)).to_have_css("opacity", "0")
    page.locator(".hit").nth(1).hover()
    expect(tools.nth(1)).to_have_css("opacity", "1")
    expect(tools.nth(2)).to_have_css("opacity", "0")
    page.locator(".hit h2 a").nth(2).focus()
    expect(tools.nth(2)).to_have_css("opacity", "1")
    page.locator(".hit").nth(1).get_by_role("button", name="Copy the name").click()
    expect(page.locator(".live-note")).to_contain_text("Copied")


def test_on_a_phone_tools_are_there_without_pointing(open_page: OpenPage) -> None:
    page = open_page("/?q=gc+pause", width=390)
    expect(page.locator(".hit .tools").first).to_have_css("opacity", "1")


def test_hits_of_one_name_are_folded_and_open_in_place(open_page: OpenPage) -> None:
    page = open_page("/?q=days_of_use&kind=measure", width=1440)
    fold = page.locator(".hit").first.locator(".others")
    names = page.locator(".hit h2 .name").all_inner_texts()
    assert len(names) == len(set(names)) > 3
    told = re.match(r"(\d+) more named so", fold.locator("summary").inner_text())
    assert told is not None
    expect(fold.locator("li").first).to_be_hidden()
    fold.locator("summary").click()
    expect(fold.locator(".namesakes li")).to_have_count(int(told[1]))
    expect(fold.locator("li").first).to_be_visible()
    folded = page.locator(".namesakes li").count()
    assert len(names) + folded == 20


def test_what_is_folded_is_shown_at_once_where_little_else_is(open_page: OpenPage) -> None:
    page = open_page("/?q=baseline&kind=ping", width=1440)
    assert page.locator(".hit").count() < 4
    expect(page.locator(".namesakes li").first).to_be_visible()
    expect(page.locator(".found")).to_contain_text("52 hits")


def test_a_line_stands_before_the_hits_that_lack_a_word(open_page: OpenPage) -> None:
    page = open_page("/?q=cookie+banner+shown+fenix")
    expect(page.locator(".found")).to_contain_text("with all words")
    expect(page.get_by_text("The hits below lack a word of the search.")).to_be_visible()
    near = "all => all.map(hit => hit.querySelector('.near') !== null)"
    assert set(page.locator(".behind ~ .hit").evaluate_all(near)) == {True}
    above = page.locator(".hit:has(~ .behind)")
    assert above.evaluate_all(near)[-1] is False
    expect(page.locator(".hit .near:visible")).to_have_count(above.locator(".near").count())


def test_an_order_by_name_or_age_has_no_line(open_page: OpenPage) -> None:
    page = open_page("/?q=gc+pause+fenix&sort=newest")
    expect(page.locator(".behind")).to_have_count(0)


def test_the_column_that_was_found_leads_to_its_place(open_page: OpenPage) -> None:
    page = open_page("/?q=active_hours_sum")
    match = page.locator(".hit .match a").first
    expect(match).to_have_text("active_hours_sum")
    match.click()
    expect(page).to_have_url(re.compile(r"\?column=active_hours_sum#schema$"))
    expect(page.locator("#schema")).to_be_visible()


def test_an_app_is_named_once_in_a_hit(open_page: OpenPage) -> None:
    page = open_page("/?q=media_state.pause&kind=metric")
    facts = page.locator(".hit").first.locator(".meta li").first
    expect(facts).to_have_text("Firefox for Android")
