"""The maps in a real browser: labels measured in its own letters, paths lit by pointer and by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

pytestmark = [pytest.mark.browser, pytest.mark.mirror]

FENIX = "/app/fenix/map"
APPS = (
    "fenix",
    "firefox_desktop",
    "firefox_desktop_background_update",
    "syncstorage",
    "burnham",
    "relay_backend",
)
# labels that stick out of the rectangle drawn for them, in the browser's own measure
STICKING_OUT = """marks => marks.flatMap(mark => {
    const room = mark.querySelector('rect').getBBox();
    return [...mark.querySelectorAll('text')].filter(text => {
        const box = text.getBBox();
        return box.x < room.x - 1 || box.x + box.width > room.x + room.width + 1
            || box.y < room.y - 2 || box.y + box.height > room.y + room.height + 2;
    }).map(text => text.textContent);
})"""


def opened(browser: Browser, address: str, width: int = 1280) -> Page:
    """A page whose paths change at once, not little by little."""
    context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(address)
    return page


def strength(curves: Locator) -> set[str]:
    """How strongly curves are drawn."""
    found: list[str] = curves.evaluate_all("all => all.map(each => getComputedStyle(each).strokeOpacity)")
    return set(found)


def only_whole_pages(route: Route) -> None:
    """Stops what a script asks for, as a blocker does."""
    if route.request.resource_type == "fetch":
        route.abort()
    else:
        route.continue_()


@pytest.mark.parametrize("app", APPS)
def test_no_label_of_a_flow_leaves_its_box(chromium: Browser, mirror_server: str, app: str) -> None:
    page = opened(chromium, f"{mirror_server}/app/{app}/map")
    assert page.locator(".flow .box text").count() > 3
    assert page.locator(".flow .box").evaluate_all(STICKING_OUT) == []


@pytest.mark.parametrize(("width", "shown"), [(1280, "wide"), (390, "narrow")])
def test_one_galaxy_is_shown_and_no_label_of_it_meets_another(
    chromium: Browser, mirror_server: str, width: int, shown: str
) -> None:
    page = opened(chromium, f"{mirror_server}/map", width)
    assert page.locator("svg.galaxy:visible").count() == 1
    stars = page.locator(f".galaxy-{shown} .star-link")
    assert stars.count() == 57
    assert stars.evaluate_all(STICKING_OUT) == []


@pytest.mark.parametrize("width", [390, 1280, 1920])
@pytest.mark.parametrize("path", ["/map", "/app/firefox_desktop/map"])  # its tables have the longest names
def test_the_page_itself_never_scrolls_sideways(
    chromium: Browser, mirror_server: str, path: str, width: int
) -> None:
    page = opened(chromium, mirror_server + path, width)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_ping_lights_its_paths_when_it_is_pointed_at(chromium: Browser, mirror_server: str) -> None:
    page = opened(chromium, mirror_server + FENIX)
    strand = page.locator(".strand", has=page.locator('[href="/ping/fenix/baseline"]'))
    others = page.locator(".strand").filter(has_not=page.locator('[href="/ping/fenix/baseline"]'))
    assert strength(strand.locator(".curve.trunk")) == {"0.32"}
    assert strength(page.locator(".curve.weak")) == {"0"}
    strand.locator(".of-ping").hover()
    assert strength(strand.locator(".curve")) == {"0.85"}
    assert strength(others.locator(".curve:not(.weak)")) == {"0.07"}
    assert strength(others.locator(".curve.weak")) == {"0"}


def test_a_table_lights_its_paths_when_the_keyboard_comes_to_it(
    chromium: Browser, mirror_server: str
) -> None:
    page = opened(chromium, mirror_server + FENIX)
    strand = page.locator(".strand", has=page.locator('[href="/ping/fenix/baseline"]'))
    strand.locator(".of-ping").focus()
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.getAttribute('href')")
    assert focused == "/table/moz-fx-data-shared-prod.fenix.baseline"
    assert strength(strand.locator(".curve")) == {"0.85"}


def test_a_type_lights_its_paths_through_all_pings(chromium: Browser, mirror_server: str) -> None:
    page = opened(chromium, mirror_server + FENIX)
    page.locator(".of-type.type-0").hover()
    assert strength(page.locator(".of-type-0")) == {"0.85"}
    assert strength(page.locator(".of-type-1:not(.weak)")) == {"0.07"}


def test_what_is_pointed_at_is_told_in_words(chromium: Browser, mirror_server: str) -> None:
    page = opened(chromium, mirror_server + FENIX)
    told = page.locator(".chosen-now")
    resting = told.inner_text()
    page.locator('.of-ping[data-ping="crash"]').hover()
    expect(told).to_have_text(re.compile(r"The ping crash: \d+ metrics, and \d+ that come with every ping"))
    page.locator('.of-type[data-type="event"]').focus()
    expect(told).to_have_text(re.compile(r"[\d,]+ metrics of type event in \d+ pings"))
    page.locator("h1").hover()
    page.locator('.of-type[data-type="event"]').evaluate("each => each.blur()")
    expect(told).to_have_text(resting)


def test_a_click_keeps_a_ping_with_its_metrics_a_second_one_opens_it(
    chromium: Browser, mirror_server: str
) -> None:
    page = opened(chromium, mirror_server + FENIX)
    ping = page.locator('.of-ping[data-ping="crash"]')
    ping.click()
    expect(page.locator(".chosen-line")).to_contain_text("in the ping crash")
    expect(page.locator(".chosen .lines li").first).to_be_visible()
    assert page.url.endswith("/app/fenix/map?ping=crash")
    page.mouse.move(5, 5)
    crash = page.locator('.strand[data-ping="crash"]')
    assert strength(crash.locator(".curve")) == {"0.85"}
    ping.click()
    page.wait_for_url("**/ping/fenix/crash")


def test_escape_lets_go_and_the_keyboard_alone_unfolds_a_type(chromium: Browser, mirror_server: str) -> None:
    page = opened(chromium, mirror_server + FENIX)
    kind = page.locator('.of-type[data-type="string_list"]')
    kind.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".chosen-line")).to_contain_text("metrics of type string list in")
    page.locator(".chosen .inline-list a", has_text="metrics").first.click()
    expect(page.locator(".chosen-line")).to_contain_text("of type string list in the ping metrics")
    page.keyboard.press("Escape")
    expect(page.locator(".chosen-line")).to_have_count(0)
    assert page.url.endswith(FENIX)
    assert page.locator(".pinned").count() == 0
    assert page.evaluate("document.activeElement.closest('.flow-frame') !== null")


def test_where_metrics_cannot_be_fetched_the_page_itself_shows_them(
    chromium: Browser, mirror_server: str
) -> None:
    page = opened(chromium, mirror_server + FENIX)
    page.route(
        "**/map?*",
        lambda route: route.abort() if route.request.resource_type == "fetch" else route.continue_(),
    )
    page.locator('.of-type[data-type="event"]').click()
    page.wait_for_url("**/map?type=event#chosen")
    expect(page.locator(".chosen-line")).to_contain_text("metrics of type event in")


def test_a_phone_gets_steps_instead_of_a_drawing_that_is_cut(chromium: Browser, mirror_server: str) -> None:
    page = opened(chromium, mirror_server + FENIX, 390)
    assert page.locator("svg.flow").is_hidden()
    row = page.locator(".steps tr", has=page.locator('[href="/ping/fenix/crash"]'))
    lefts = [row.locator(part).bounding_box()["x"] for part in ("th", ".step >> nth=0", ".step.last")]
    assert lefts == sorted(set(lefts))  # each step further in than the one before
    inside = "all => all.every(each => each.getBoundingClientRect().right <= innerWidth)"
    assert page.locator(".steps a:visible").evaluate_all(inside)


@pytest.mark.parametrize("path", ["/map", FENIX])
def test_with_forced_colours_labels_have_the_colour_of_text(
    chromium: Browser, mirror_server: str, path: str
) -> None:
    context = chromium.new_context(forced_colors="active", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(mirror_server + path)
    fills = "all => [...new Set(all.map(each => getComputedStyle(each).fill))]"
    ink = page.evaluate("getComputedStyle(document.querySelector('h1')).color")
    assert page.locator("svg:is(.galaxy, .flow) text:visible").evaluate_all(fills) == [ink]


def test_a_star_leads_to_the_map_of_its_app(chromium: Browser, mirror_server: str) -> None:
    page = opened(chromium, f"{mirror_server}/map")
    page.locator('.galaxy-wide [href="/app/fenix/map"]').click()
    assert page.locator("h1").inner_text() == "Map of Firefox for Android"
