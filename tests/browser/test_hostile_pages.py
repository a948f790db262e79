"""What means harm, in a real browser: nothing runs, nothing is loaded from elsewhere, nobody is led away.

Every page of the hostile world is opened with script. A word that ran would open a dialog, write to the
console or ask for something; what the policy of the page (CSP) had to stop counts as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from search_app.tools.addressing.hosts import is_at_a_tool
from search_app.web.app import create_app
from tests.support.hostile import TYPED, every_hit, jumps, pages
from tests.support.servers import served
from tests.support.upstream import config_of

pytestmark = pytest.mark.browser
SHARE = 25  # one page in so many is opened in CI, and the first of each sort


@dataclass
class Watched:
    """A page of a browser, and what it did that no page of ours does."""

    page: Page
    base: str
    wrong: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on(
            "dialog", lambda dialog: (self.wrong.append(f"dialog {dialog.message}"), dialog.dismiss())
        )
        self.page.on("pageerror", lambda error: self.wrong.append(f"error {error}"))
        self.page.on("popup", lambda popup: self.wrong.append(f"popup {popup.url}"))
        self.page.on("console", lambda said: self._heard(said.text))
        self.page.on("request", lambda request: self._asked(request.url))

    def _heard(self, text: str) -> None:
        if "Failed to load resource" not in text:  # a page that is not there says so in the console
            self.wrong.append(f"console {text}")

    def _asked(self, url: str) -> None:
        if not url.startswith((f"{self.base}/", "data:image/")):
            self.wrong.append(f"asked {url}")

    def opened(self, path: str) -> None:
        """Open a page; what it does wrong is told with its path."""
        before = len(self.wrong)
        response = self.page.goto(path)
        assert response is not None
        assert response.status < 500, path
        assert (
            self.page.evaluate("document.querySelectorAll('iframe, object, embed, base, style').length") == 0
        )
        self.wrong[before:] = [f"{path}: {each}" for each in self.wrong[before:]]


@pytest.fixture(scope="module")
def hostile_server(hostile_data: Path) -> Iterator[str]:
    with served(hostile_data) as base:
        yield base


@pytest.fixture
def watched(chromium: Browser, hostile_server: str) -> Iterator[Watched]:
    context = chromium.new_context(base_url=hostile_server, service_workers="block")
    page = context.new_page()
    page.set_default_timeout(10_000)
    found = Watched(page, hostile_server)
    found.watch()
    yield found
    context.close()


@pytest.fixture(scope="module")
def paths(hostile_data: Path) -> list[str]:
    """All pages, feeds, Markdown twins and JSON answers, as a reader may open them."""
    client = create_app(config_of(hostile_data.parent / "mirror", hostile_data)).test_client()
    html = pages(client)
    things = [each["url"] for each in every_hit(client)]
    others = [f"{each}.md" for each in things] + [f"/api/v1/item{each}" for each in things]
    others += ["/index.md?q=nasty", "/feed.atom?q=nasty", "/mine.atom?owner=example", "/llms.txt", "/mcp"]
    return [*html, *others, "/api/v1/search?q=nasty", "/api/v1/suggest?q=na"]  # the rest is downloaded


def sort_of(path: str) -> str:
    """/metric/…, /sql?…, /….md: pages of one template."""
    return f"{path.lstrip('/').partition('/')[0].partition('?')[0]} {path.endswith('.md')}"


def share(paths: list[str]) -> list[str]:
    """The first of each sort, and one in SHARE of all."""
    first = {sort_of(path): path for path in reversed(paths)}
    return list(dict.fromkeys([*first.values(), *paths[::SHARE]]))


def test_no_page_runs_or_loads_anything(watched: Watched, paths: list[str]) -> None:
    chosen = share(paths)
    assert len(chosen) > 30
    for path in chosen:
        watched.opened(path)
    assert watched.wrong == []


@pytest.mark.full
def test_no_page_at_all_runs_or_loads_anything(watched: Watched, paths: list[str]) -> None:
    for path in paths:
        watched.opened(path)
    print(f"{len(paths)} pages")
    assert watched.wrong == []


def test_what_is_typed_is_shown_as_it_is_and_runs_nothing(watched: Watched) -> None:
    watched.opened("/")
    box = watched.page.get_by_role("combobox").first
    for text in (*TYPED[:2], "nasty", "alert"):
        box.fill(text[:200])
        watched.page.wait_for_timeout(400)
    box.press("Enter")
    watched.page.wait_for_load_state()
    assert watched.wrong == []


def test_nobody_is_led_to_a_host_that_upstream_named(watched: Watched, hostile_data: Path) -> None:
    """A browser reads addresses in its own way: where one leads is asked of it, not of our parser."""
    client = create_app(config_of(hostile_data.parent / "mirror", hostile_data)).test_client()
    watched.opened("/help")
    found = jumps(client)
    left = 0
    for address in [*found[::40], *(each for each in found if each.startswith(("//", "/\\")))]:
        if location := client.get(address).headers.get("Location"):
            goes = watched.page.evaluate("where => new URL(where, location.href).href", location)
            own = urlsplit(goes).netloc in (urlsplit(watched.base).netloc, "localhost")
            assert own or is_at_a_tool(goes), (address, goes)
            left += not own
    print(f"{left} lead to tools")
    assert watched.wrong == []
