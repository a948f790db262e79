"""Start page and results for every reader: no script, phone, dark, zoomed, forced colours, no motion."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.mirror]

RESULTS = "/?q=gc+pause+fenix"


def violations(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page).response["violations"]
    return [(each["id"], each["nodes"][0]["html"][:120]) for each in found]


@pytest.mark.parametrize("dark", [False, True])
def test_every_state_of_results_meets_the_accessibility_rules(open_page: OpenPage, dark: bool) -> None:
    page = open_page("/?q=gc+fenix&app=klar_android", width=1440, dark=dark)
    page.keyboard.press("j")
    page.keyboard.press("p")
    expect(page.locator("#peek")).to_be_visible()
    page.wait_for_timeout(200)
    assert violations(page) == []
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("dark", [False, True])
def test_the_sheet_and_the_start_page_with_what_is_kept_meet_them_too(
    open_page: OpenPage, dark: bool
) -> None:
    page = open_page("/?q=gc+fenix", width=390, dark=dark)
    page.get_by_role("link", name="Filters").click()
    assert violations(page) == []
    page.get_by_role("link", name="Done").click()
    page.get_by_role("button", name="Star it").first.click()
    page.get_by_role("button", name="Save search").click()
    page.goto("/")
    expect(page.locator("#kept")).to_be_visible()
    assert violations(page) == []


def test_without_script_everything_is_a_link_or_a_form_and_nothing_is_dead(open_page: OpenPage) -> None:
    page = open_page("/", script=False)
    page.fill("#q", "gc pause fenix")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=gc+pause+fenix")
    assert page.locator("button:visible:not(.go)").count() == 0
    page.locator(".chip.understood .turn").click()
    page.wait_for_url("**/?q=gc+pause&app=fenix")
    page.locator("section[aria-labelledby=facet-status] a").first.click()
    page.wait_for_url("**&status=*")
    page.get_by_role("link", name="Newest").click()
    page.wait_for_url("**sort=newest*")
    page.locator(".off").first.click()
    page.wait_for_url("**/?q=gc+pause&status=*")
    page.goto("/?q=startup+time+fenix")  # the same things in many apps are folded there
    fold = page.locator(".others summary").first
    fold.click()
    expect(page.locator(".others[open] a").first).to_be_visible()


def test_without_script_the_filters_of_a_phone_open_and_close(open_page: OpenPage) -> None:
    page = open_page("/?q=gc", width=390, script=False)
    page.get_by_role("link", name="Filters").click()
    expect(page.locator("#facets")).to_be_visible()
    page.get_by_role("link", name="Done").click()
    expect(page.locator("#facets")).to_be_hidden()


@pytest.mark.parametrize("path", ["/", RESULTS])
def test_zoomed_to_twice_the_size_nothing_is_cut_or_scrolls_sideways(open_page: OpenPage, path: str) -> None:
    page = open_page(path, width=640)  # what 1280 pixels hold at 200 %
    assert page.evaluate("document.documentElement.scrollWidth") == 640
    expect(page.locator("#q")).to_be_in_viewport()
    cut = "all => all.filter(each => each.getBoundingClientRect().right > innerWidth).length"
    assert page.locator("main a:visible:not(.tabs a), main button:visible").evaluate_all(cut) == 0


@pytest.fixture
def special(chromium: Browser, mirror_server: str) -> Iterator[Page]:
    """A page for a reader with forced colours and without motion."""
    context = chromium.new_context(
        base_url=mirror_server,
        viewport={"width": 1280, "height": 900},
        forced_colors="active",
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


def test_in_forced_colours_what_is_on_is_told_apart(special: Page) -> None:
    special.goto("/?q=gc&app=fenix&kind=metric")
    look = "each => [getComputedStyle(each).borderBottomColor, getComputedStyle(each).fontWeight].join()"
    on, off = (
        special.locator(f".tabs a{which}").first for which in ("[aria-current]", ":not([aria-current])")
    )
    assert on.evaluate(look) != off.evaluate(look)
    tick = "each => getComputedStyle(each.querySelector('.tick')).backgroundColor"
    facets = special.locator("section[aria-labelledby=facet-app] a")
    assert facets.first.evaluate(tick) != facets.nth(1).evaluate(tick)
    special.keyboard.press("j")
    assert (
        special.locator(".hit:focus-within").evaluate("hit => getComputedStyle(hit).outlineStyle") == "solid"
    )


def test_without_motion_nothing_moves_and_everything_is_there(special: Page) -> None:
    special.goto(RESULTS)
    special.locator(".hit").nth(1).hover()
    tools = special.locator(".hit .tools").nth(1)
    assert tools.evaluate("each => getComputedStyle(each).transitionDuration") == "0s"
    assert special.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    expect(tools).to_have_css("opacity", "1")


@pytest.mark.parametrize("path", ["/", RESULTS])
def test_nothing_shifts_while_a_page_opens_whatever_is_kept(open_page: OpenPage, path: str) -> None:
    page = open_page(RESULTS)
    page.get_by_role("button", name="Save search").click()
    page.goto(path)
    page.wait_for_timeout(300)
    shifts = """() => new Promise(done => { let sum = 0; new PerformanceObserver(list => {
        for (const each of list.getEntries()) sum += each.value; done(sum);
    }).observe({type: 'layout-shift', buffered: true}); setTimeout(() => done(sum), 200); })"""
    assert page.evaluate(shifts) == 0


@pytest.mark.parametrize("path", ["/", RESULTS, "/?q=qqzzxx+vwvwqq"])
def test_scripts_and_rules_of_a_page_have_no_complaints(open_page: OpenPage, path: str) -> None:
    page = open_page("/about")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path)
    page.locator("#q").fill("gc pause")
    expect(page).to_have_title("gc pause · Starchart")
    for key in ("Escape", "Escape", "j", "p", "k", "?", "Escape", "Escape"):
        page.keyboard.press(key)
    page.wait_for_timeout(150)
    assert complaints == []
