"""Fixtures: one Chromium for all browser tests, and pages of it by width, colours and script."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

OpenPage = Callable[..., Page]
QUIET = (  # nothing but our own server is asked for anything
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium. Skips where there is none; in CI that is a failure."""
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("there is no Chromium, and CI must have it")
        pytest.skip("there is no Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, mirror_server: str) -> Iterator[OpenPage]:
    """Opens a path of the server of the real data; `width`, `dark`, `script` and `server` may be told."""
    with ExitStack() as contexts:

        def opened(
            path: str, *, width: int = 1280, dark: bool = False, script: bool = True, server: str = ""
        ) -> Page:
            context = chromium.new_context(
                base_url=server or mirror_server,
                viewport={"width": width, "height": 900},
                color_scheme="dark" if dark else "light",
                java_script_enabled=script,
                permissions=["clipboard-read", "clipboard-write"],
            )
            contexts.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(10_000)
            page.goto(path)
            return page

        yield opened
