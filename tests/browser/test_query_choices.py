"""From an item's page to another query of it, in a real browser without script, and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.mirror]


@pytest.mark.parametrize("width", [1280, 390])
def test_without_script_the_controls_of_a_page_lead_to_the_changed_query(
    open_page: OpenPage, width: int
) -> None:
    page = open_page("/metric/gecko/javascript.gc.slice_time", width=width, script=False)
    form = page.get_by_role("form", name="Change the query")
    form.locator("[name=app]").select_option("fenix")
    form.locator("[name=days]").select_option("28")
    form.locator("[name=by]").select_option("country")
    form.get_by_role("button").click()
    code = page.locator("#sql-text")
    expect(code).to_contain_text("`mozdata.fenix.metrics` AS m")
    expect(code).to_contain_text("INTERVAL 28 DAY")
    assert "app=fenix" in page.url
    choices = page.get_by_role("form", name="Choices of this query")
    expect(choices.locator("[name=days]")).to_have_value("28")
    expect(choices.get_by_role("checkbox", name="country", exact=True)).to_be_checked()
    choices.get_by_role("checkbox", name="country", exact=True).uncheck()
    choices.get_by_role("checkbox", name="major version").check()
    choices.locator("[name=measure]").select_option("clients")
    choices.get_by_role("button", name="Make the query").click()
    expect(page.locator("#sql-text")).to_contain_text("AS major_version")
    page.go_back()
    expect(page.locator("#sql-text")).to_contain_text("AS country")


def test_a_query_is_copied_as_it_stands(open_page: OpenPage) -> None:
    page = open_page("/sql?thing=probe/histogram/GC_MS&channel=nightly")
    page.get_by_role("button", name="Copy SQL").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#sql-text").inner_text()


def test_what_differs_is_told_by_more_than_colour(open_page: OpenPage) -> None:
    page = open_page("/compare?id=ping/fenix/baseline&id=ping/firefox_ios/baseline", width=390)
    row = page.locator("tr.differs").first
    expect(row.get_by_role("rowheader")).to_contain_text("(differs)")
    page.get_by_role("link", name="Show only what differs").click()
    assert page.locator(".compared tr.differs").count() == page.locator('.compared th[scope="row"]').count()
