"""Filters and preferences in a real browser: several values, turned into each other, a sheet on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.mirror]


def test_a_preference_becomes_a_filter_by_one_click_and_back_by_another(open_page: OpenPage) -> None:
    page = open_page("/?q=gc+fenix")
    preferred = page.locator(".chip.understood")
    expect(preferred).to_contain_text("fenix as App: Firefox for Android, first")
    preferred.get_by_role("link", name="Only App: Firefox for Android").click()
    expect(page).to_have_url(re.compile(r"\?q=gc&app=fenix$"))
    only = page.locator(".chip:not(.understood)")
    expect(only).to_contain_text("only App: Firefox for Android")
    border = "chip => getComputedStyle(chip).borderStyle"
    assert only.evaluate(border) == "solid"
    only.get_by_role("link", name="Prefer App: Firefox for Android").click()
    expect(page).to_have_url(re.compile(r"\?q=gc\+firefox\+for\+android$"))
    expect(preferred).to_contain_text("as App: Firefox for Android, first")
    assert preferred.evaluate(border) == "dashed"


def test_a_value_is_found_among_shown_and_folded_ones(open_page: OpenPage) -> None:
    page = open_page("/?q=gc")
    types = page.locator("section[aria-labelledby=facet-type]")
    types.get_by_role("searchbox").fill("timing")
    shown = types.locator("li:visible")
    expect(types.locator("details")).to_have_attribute("open", "")
    assert shown.count() > 0
    assert all("timing" in line for line in shown.all_inner_texts())


def test_the_values_of_a_facet_stand_by_how_many_things_have_them(open_page: OpenPage) -> None:
    page = open_page("/?q=search")
    for name in ("app", "type", "ping"):
        counts = page.locator(f"section[aria-labelledby=facet-{name}] .count").all_text_contents()
        numbers = [int(count.replace(",", "")) for count in counts]
        assert len(numbers) > 5
        assert numbers == sorted(numbers, reverse=True)


def test_on_a_phone_the_sheet_stays_while_values_are_ticked_until_it_is_closed(open_page: OpenPage) -> None:
    page = open_page("/?q=gc", width=390)
    page.get_by_role("link", name="Filters").click()
    done = page.get_by_role("link", name="Done")
    expect(done).to_be_focused()
    for name in ("Firefox for Android", "Firefox for Desktop"):
        page.locator(".facet-value", has_text=name).first.click()
        expect(page.locator(".facet-value.on", has_text=name)).to_be_visible()
    assert page.url.endswith("?q=gc&app=fenix&app=firefox_desktop")
    before = page.locator(".found strong").text_content()
    expect(done).to_have_text(f"Done: {before}")
    assert page.evaluate("document.elementFromPoint(195, 500).closest('#facets') !== null"), (
        "it covers the hits"
    )
    done.click()
    expect(page.locator("#facets")).to_be_hidden()
    expect(page.locator(".facets-open")).to_be_focused()
    expect(page.locator(".facets-open")).to_have_text("Filters (2)")


def test_escape_closes_the_sheet(open_page: OpenPage) -> None:
    page = open_page("/?q=gc", width=390)
    page.get_by_role("link", name="Filters").click()
    page.keyboard.press("Escape")
    expect(page.locator("#facets")).to_be_hidden()


def test_nothing_behind_the_sheet_takes_the_focus(open_page: OpenPage) -> None:
    page = open_page("/?q=gc", width=390)
    page.get_by_role("link", name="Filters").click()
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('#facets') !== null")


@pytest.mark.parametrize("path", ["/?q=gc+fenix&app=klar_android", "/?q=qqzzxx"])
def test_what_is_to_be_hit_is_at_least_24_pixels_large(open_page: OpenPage, path: str) -> None:
    page = open_page(path)
    small = """all => all.filter(each => each.offsetParent)
        .map(each => [each.getBoundingClientRect(), each.outerHTML.slice(0, 90)])
        .filter(([box]) => box.height < 23.5 || box.width < 23.5).map(([, text]) => text)"""
    targets = (
        ".tabs a, .facet-value, .spans a, .sorts a, .chip a, .do, .facet summary, .pages a, .take a, .go"
    )
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert (width, page.locator(targets).evaluate_all(small)) == (width, [])


def test_where_nothing_is_found_names_that_look_like_it_are_offered(open_page: OpenPage) -> None:
    page = open_page("/?q=javascript.gc.max_pause+-pause")
    expect(page.locator(".found")).not_to_have_text("")
    page.goto("/?q=%22zzqq+max%22+javascript.gc.max_pausse&kind=ping&app=burnham")
    expect(page.locator(".found")).to_have_text("No hits")
    near = page.locator(".nearest a")
    expect(near.first).to_have_text("javascript.gc.max_pause")
    near.first.click()
    expect(page.locator("h1")).to_contain_text("javascript.gc.max_pause")
