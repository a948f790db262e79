"""How pages look in a real browser: no sideways scrolling, readable in light and dark, quiet on the wire."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.mirror]

PAGES = (
    "/",
    "/?q=gc+pause+fenix",
    "/?q=&app=fenix&status=active&status=expired&type=event",
    "/?q=search+counts&explain=1",
    "/?q=DAU+of+desktop+by+country",
    "/?q=qqzzxx",
    "/?q=" + "unbroken" * 40,
    "/help",
    "/about",
    "/status",
    "/nothing-here",
    "/?page=0",
    "/app/fenix",
    "/ping/fenix/metrics",
    "/metric/gecko/javascript.gc.slice_time",
    "/metric/fenix/events.app_opened",
    "/probe/histogram/GC_MS",
    "/probe/event/activity_stream.event%23event",
    "/table/moz-fx-data-shared-prod.telemetry.clients_daily",
    "/measure/metric/firefox_desktop/days_of_use",
    "/explore/fenix/events_stream",
    "/doc/datasets/pings.md%23ping-metadata",
    "/tool/glam",
    "/sql?thing=metric/gecko/javascript.gc.slice_time&by=country&by=date&app=nowhere",
    "/sql?thing=metric/gecko/javascript.gc.slice_time&with=probe/histogram/GC_MS",
    "/compare?id=ping/fenix/baseline&id=ping/firefox_ios/baseline&id=ping/firefox_desktop/baseline",
    "/map",
    "/app/fenix/map?ping=crash&type=string",
)
LONG_WORDS = ("/ping/telemetry/main", "/dashboard/duet/kpi_tracker_all_combined", "/mine")

# axe leaves WCAG 2.5.8 (targets of 24 px) out unless it is asked
WITH_TARGETS = {"rules": {"target-size": {"enabled": True}}}
ERRORS = {"/nothing-here": "Nothing here", "/?page=0": "That did not work"}


@pytest.mark.parametrize("path", [*PAGES, *LONG_WORDS])
def test_no_page_scrolls_sideways(open_page: OpenPage, path: str) -> None:
    page = open_page(path)
    assert (page.locator("h1").inner_text() in ERRORS.values()) == (path in ERRORS)
    for width in (320, 390, 768, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        assert (width, page.evaluate("document.documentElement.scrollWidth")) == (width, width)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_meets_the_accessibility_rules_in_light_and_dark(open_page: OpenPage, path: str) -> None:
    page = open_page(path)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page, options=WITH_TARGETS).response["violations"]
        broken = [(each["id"], each["nodes"][0]["html"][:120]) for each in found]
        assert (scheme, broken) == (scheme, [])


@pytest.mark.parametrize("height", [900, 360])
def test_suggestions_meet_the_accessibility_rules(open_page: OpenPage, height: int) -> None:
    """In a low window the list of them scrolls, which its box then must not do in its place."""
    page = open_page("/")
    page.set_viewport_size({"width": 1280, "height": height})
    page.locator("#q").press_sequentially("clients_d")
    expect(page.get_by_role("option").first).to_be_visible()
    # the page of hits takes the start page's place as they are typed: a check in between reads what is gone
    expect(page).to_have_url(re.compile(r"q=clients_d$"))
    expect(page.locator(".facets")).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []


def test_dark_and_light_follow_the_reader(open_page: OpenPage) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    assert open_page("/help").evaluate(ground) == "rgb(251, 250, 246)"
    assert open_page("/help", dark=True).evaluate(ground) == "rgb(18, 18, 42)"


@pytest.mark.parametrize("path", ["/", "/?q=gc", "/metric/gecko/javascript.gc.slice_time", "/status"])
def test_a_page_asks_its_own_server_only_and_breaks_none_of_its_own_rules(
    open_page: OpenPage, path: str
) -> None:
    page = open_page("/about")
    hosts: set[str] = set()
    complaints: list[str] = []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path, wait_until="networkidle")
    assert hosts == {urlsplit(page.url).netloc}
    assert complaints == []


def test_the_browser_finds_the_search_engine_to_add(open_page: OpenPage) -> None:
    page = open_page("/")
    link = page.locator('link[rel="search"][type="application/opensearchdescription+xml"]')
    href = link.get_attribute("href")
    assert href == "/opensearch.xml"
    answer = page.request.get(href)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("application/opensearchdescription+xml")


def test_the_first_tab_stop_leads_past_the_header(open_page: OpenPage) -> None:
    page = open_page("/help")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
