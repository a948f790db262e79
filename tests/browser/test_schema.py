"""The schema of a table in a real browser: opened and searched in place, with and without script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.mirror]

TABLE = "/table/moz-fx-data-shared-prod.telemetry_derived.clients_daily_v6"


@pytest.mark.parametrize("script", [True, False])
def test_a_record_opens_to_its_columns_at_an_address_of_its_own(open_page: OpenPage, script: bool) -> None:
    page = open_page(TABLE, script=script)
    expect(page.locator("#schema li", has_text="addon_id")).to_have_count(0)
    page.get_by_role("link", name="Open active_addons", exact=True).click()
    expect(page).to_have_url(re.compile(r"\?column=active_addons#branch$"))
    expect(page.locator("#schema li", has_text="addon_id").first).to_be_visible()


def test_opening_a_record_leaves_the_page_standing_and_back_closes_it(open_page: OpenPage) -> None:
    page = open_page(TABLE)
    page.evaluate("window.standing = true")
    page.get_by_role("link", name="Open active_addons", exact=True).click()
    inner = page.locator("#schema li", has_text="addon_id")
    expect(inner.first).to_be_visible()
    assert page.evaluate("window.standing") is True
    page.go_back()
    expect(inner).to_have_count(0)
    assert page.evaluate("window.standing") is True


def test_columns_are_found_without_leaving_the_page(open_page: OpenPage) -> None:
    page = open_page(TABLE)
    page.evaluate("window.standing = true")
    page.get_by_label("Find a column").fill("active_hours")
    page.keyboard.press("Enter")
    expect(page.locator("#schema .col-name").first).to_contain_text("active_hours")
    assert page.evaluate("window.standing") is True
    assert "find=active_hours" in page.url
