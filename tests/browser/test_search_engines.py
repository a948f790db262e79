"""Firefox and Chromium take our OpenSearch description as they find it, and ask what it says."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.firefox import firefox

SERVICE = """
const {SearchService: service} = ChromeUtils.importESModule(
  "moz-src:///toolkit/components/search/SearchService.sys.mjs");
await service.init();
"""
OFFERED = """
const {OpenSearchManager: manager} = ChromeUtils.importESModule(
  "moz-src:///browser/components/search/OpenSearchManager.sys.mjs");
const window = Services.wm.getMostRecentWindow("navigator:browser");
for (let tries = 0; tries < 50; tries++) {
  const found = manager.getEngines(window.gBrowser.selectedBrowser);
  if (found.length) return found.map(each => [each.title, each.uri]);
  await new Promise(later => window.setTimeout(later, 100));
}
return [];
"""
ADDRESSES = """
const suggested = engine.getSubmission("gc", "application/x-suggestions+json");
return {name: engine.name, search: engine.getSubmission("gc pause").uri.spec, suggest: suggested?.uri.spec};
"""


@pytest.fixture(scope="module")
def program() -> str:
    """Debian's Firefox. Skips where there is none: it is no part of what CI installs."""
    path = shutil.which("firefox-esr") or shutil.which("firefox")
    if path is None:
        pytest.skip("there is no Firefox")
    return path


def told(root: str) -> dict[str, str]:
    return {"name": "Starchart", "search": f"{root}/?q=gc+pause", "suggest": f"{root}/suggest?q=gc"}


@pytest.mark.full
def test_firefox_finds_the_engine_on_a_page_and_asks_what_it_says(
    program: str, sample_server: str, tmp_path: Path
) -> None:
    with firefox(program, tmp_path) as browser:
        browser.open(f"{sample_server}/app/fenix")
        offered = browser.run(OFFERED)
        assert offered == [["Starchart", f"{sample_server}/opensearch.xml"]]
        added = f"{SERVICE} const engine = await service.addOpenSearchEngine(given[0], ''); {ADDRESSES}"
        assert browser.run(added, offered[0][1]) == told(sample_server)
        browser.open(f"{sample_server}/?q=gc+pause")
        assert browser.run("return document.title;", context="content") == "gc pause · Starchart"


@pytest.mark.full
def test_firefox_takes_the_engine_of_an_enterprise(program: str, sample_server: str, tmp_path: Path) -> None:
    engine = {
        "Name": "Starchart",
        "URLTemplate": f"{sample_server}/?q={{searchTerms}}",
        "SuggestURLTemplate": f"{sample_server}/suggest?q={{searchTerms}}",
        "Alias": "star",
    }
    policies = {"SearchEngines": {"Add": [engine], "Default": "Starchart"}}
    with firefox(program, tmp_path, policies) as browser:
        asked = f"{SERVICE} const engine = await service.getDefault(); {ADDRESSES}"
        wanted = {**told(sample_server), "search": f"{sample_server}/?q=gc%20pause"}
        found = browser.run(asked)
        assert found in (wanted, told(sample_server))


@pytest.mark.browser
def test_chromium_takes_the_engine_from_the_pages(
    chromium: Browser, sample_server: str, tmp_path: Path
) -> None:
    context = chromium.browser_type.launch_persistent_context(
        tmp_path, executable_path=shutil.which("chromium"), args=["--no-sandbox", "--headless=new"],
        ignore_default_args=["--headless"],
    )  # fmt: skip
    page = context.new_page()
    page.goto(sample_server)
    page.goto(f"{sample_server}/?q=gc")
    page.wait_for_timeout(2_000)  # it fetches the description when a page of it has been seen
    context.close()
    assert engines(tmp_path / "Default" / "Web Data") == [
        (
            "Starchart",
            f"{sample_server}/?q={{searchTerms}}",
            f"{sample_server}/suggest?q={{searchTerms}}",
            f"{sample_server}/opensearch.xml",
        )
    ]


def engines(kept: Path) -> list[tuple[str, ...]]:
    """The engines that a profile has from us: name, search, suggestions, where they were found."""
    asked = "SELECT short_name, url, suggest_url, originating_url FROM keywords WHERE short_name = ?"
    with closing(sqlite3.connect(f"{kept.as_uri()}?mode=ro", uri=True)) as profile:
        return [tuple(row) for row in profile.execute(asked, ("Starchart",))]
