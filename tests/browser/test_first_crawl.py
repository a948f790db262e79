"""The sample's banner in a real browser: how far the crawl is, and the offer to reload."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.mirror]


def test_the_sample_says_so_and_offers_a_reload_when_other_data_is_in(
    open_page: OpenPage, sample_server: str
) -> None:
    page = open_page("/?q=gc", server=sample_server)
    banner = page.locator("#sample-banner")
    expect(banner).to_contain_text("This is the small sample")
    reload = page.get_by_role("link", name="The real data is in: reload")
    expect(reload).to_be_hidden()
    now: dict[str, Any] = page.request.get("/api/v1/status").json()

    def crawling(route: Route) -> None:
        route.fulfill(json={**now, "progress_text": "Crawling: 3 of 9 (Glean)"})

    page.route("**/api/v1/status", crawling)
    expect(page.locator("#crawl-progress")).to_have_text("Crawling: 3 of 9 (Glean)")

    def built(route: Route) -> None:
        route.fulfill(json={**now, "serving": {**now["serving"], "id": "another", "sample": False}})

    page.unroute("**/api/v1/status")
    page.route("**/api/v1/status", built)
    expect(reload).to_be_visible()
    expect(page.locator("#crawl-progress")).to_be_hidden()
    assert reload.get_attribute("href") == "/?q=gc"


def test_pages_of_the_real_data_do_not_ask_how_the_crawl_goes(open_page: OpenPage) -> None:
    page = open_page("/?q=gc")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(1500)
    assert [url for url in asked if "/api/" in url] == []
