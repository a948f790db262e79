"""Ten product questions, each from the start page to a runnable query or the right tool in two page loads."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.mirror]


def ask(open_page: OpenPage, text: str) -> Page:
    """The first load: what was typed into the box of the start page, and sent."""
    page = open_page("/")
    page.locator("#q").fill(text)
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=*")
    expect(page.locator(".answer, .hit").first).to_be_visible()
    return page


def follow(page: Page, link: Locator) -> Page:
    """The second load."""
    link.click()
    page.wait_for_url(lambda url: "?q=" not in url)
    expect(page.locator("h1")).to_be_visible()
    return page


def hit(page: Page, name: str) -> Locator:
    """The link of a hit among the first ten."""
    return page.locator(f'.hit a[href^="{name}"]').first


def sql(page: Page) -> str:
    """The text of the first query of a page, which may be folded."""
    return page.locator("pre.code code").first.text_content() or ""


def test_how_many_people_use_private_browsing_on_android(open_page: OpenPage) -> None:
    page = ask(open_page, "how many people use private browsing on Firefox for Android")
    assert "`mozdata.fenix.metrics`" in sql(page)
    assert "private_tabs" in sql(page)
    assert "COUNT(DISTINCT" in sql(page)


def test_what_followed_an_old_histogram_of_garbage_collection(open_page: OpenPage) -> None:
    page = ask(open_page, "what replaced GC_MAX_PAUSE_MS_2")
    successor = page.locator('.answer a[href="/metric/gecko/javascript.gc.max_pause"]').first
    page = follow(page, successor)
    assert "javascript_gc_max_pause" in sql(page)


def test_which_events_have_an_extra_named_item(open_page: OpenPage) -> None:
    page = ask(open_page, "extra:item app:fenix")
    page = follow(page, hit(page, "/metric/fenix/events.browser_menu_action"))
    expect(page.locator("#extras")).to_be_visible()
    assert "event_extra.item" in (page.locator("#sql >> xpath=..").text_content() or "")


def test_what_focus_collects_that_is_sensitive(open_page: OpenPage) -> None:
    page = ask(open_page, "what does Firefox Focus for Android collect")
    page = follow(page, page.get_by_role("link", name="in plain words"))
    expect(page.locator("h1")).to_contain_text("Focus")
    expect(page.get_by_role("heading", level=2).first).to_contain_text("Highly sensitive")


def test_daily_active_users_of_desktop_with_measure_table_and_query(open_page: OpenPage) -> None:
    page = ask(open_page, "DAU of desktop")
    assert "active_users_aggregates" in sql(page)
    page = follow(page, page.locator('.answer a[href$="/daily_active_users_v2"]').first)
    expect(page.get_by_role("link", name="telemetry.active_users_aggregates").first).to_be_visible()


def test_a_column_of_clients_daily_leads_to_its_table_which_says_where_its_columns_are_not_known(
    open_page: OpenPage,
) -> None:
    page = ask(open_page, "clients_daily.active_hours_sum")
    first = page.locator(".hit").first
    expect(first).to_contain_text("telemetry.clients_daily")
    page = follow(page, first.get_by_role("link", name="telemetry.clients_daily", exact=False).first)
    expect(page.locator("h1")).to_contain_text("telemetry.clients_daily")
    # the mirror has no SQL of views: no query names a column of it, its tools are there
    expect(page.locator("#schema")).to_contain_text("Its columns are not known")
    expect(page.locator(".glance-tools a").first).to_be_visible()


def test_percentiles_of_page_load_in_milliseconds_with_their_view_in_glam(open_page: OpenPage) -> None:
    page = ask(open_page, "page load percentiles on desktop")
    assert "the query gives milliseconds" in sql(page)
    expect(page.locator('.answer a[href^="https://glam.telemetry.mozilla.org/"]').first).to_be_visible()


def test_expired_or_not_and_on_which_channel(open_page: OpenPage) -> None:
    page = ask(open_page, "is GC_MS alive")
    expect(page.locator(".answer")).to_contain_text("active")
    page = follow(page, page.locator('.answer a[href="/probe/histogram/GC_MS"]').first)
    alive = page.locator("#alive >> xpath=..")
    for channel in ("nightly", "beta", "release"):
        expect(alive).to_contain_text(channel)


def test_the_pings_of_fenix_and_when_they_are_sent(open_page: OpenPage) -> None:
    page = ask(open_page, "pings of fenix")
    page = follow(page, hit(page, "/ping/fenix/metrics"))
    expect(page.get_by_role("heading", name="When it is sent")).to_be_visible()


def test_an_event_in_events_stream_with_its_extra(open_page: OpenPage) -> None:
    page = ask(open_page, "events.browser_toolbar_action")
    page = follow(page, hit(page, "/metric/fenix/events.browser_toolbar_action"))
    text = page.locator("#sql >> xpath=..").text_content() or ""
    assert "`mozdata.fenix.events_stream`" in text
    assert "JSON_VALUE(" in text
