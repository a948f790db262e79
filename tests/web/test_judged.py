"""Expiry by version says against which versions it was judged, and warns where these are old."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer.status import read_status
from search_app.web.app import create_app
from tests.support.upstream import PRODUCT_DETAILS, Upstream, built

RELEASED = "2026-06-16"


def client_on(folder: Path, today: date) -> FlaskClient:
    upstream = Upstream()
    upstream.app("fenix", "org.mozilla.fenix", app_channel="nightly")
    upstream.ping("org-mozilla-fenix", "metrics")
    upstream.metric("org-mozilla-fenix", "tabs.opened", expires=160)
    upstream.metric("org-mozilla-fenix", "tabs.closed", expires="never")
    upstream.probe("scalar", "a.b", {"expiry_version": "160"})
    upstream.versions(nightly=152, beta=151, release=150)
    releases = f"{PRODUCT_DETAILS}/firefox_history_major_releases.json"
    upstream.files[releases] = json.dumps({"150.0": RELEASED, "151.0": "2099-01-01"})
    return create_app(built(upstream, folder, today)).test_client()


def test_a_page_names_the_versions_that_its_expiry_was_judged_against(tmp_path: Path) -> None:
    client = client_on(tmp_path, date(2026, 7, 1))
    for address in ("/metric/fenix/tabs.opened", "/probe/scalar/a.b"):
        page = client.get(address).text
        assert "judged against Nightly 152, Beta 151, Release 150" in page
        assert "it may be over by now" not in page
    assert "judged against" not in client.get("/metric/fenix/tabs.closed").text
    record = client.get("/api/v1/item/metric/fenix/tabs.opened").json
    assert record is not None
    assert record["judged_by"] == {
        "versions": {"nightly": "152.0a1", "beta": "151.0b3", "release": "150.0"},
        "newest_release": RELEASED,
        "old": False,
    }


@pytest.mark.parametrize(("today", "old"), [(date(2026, 8, 11), False), (date(2026, 8, 12), True)])
def test_versions_whose_newest_release_is_over_eight_weeks_old_are_warned_of(
    tmp_path: Path, today: date, old: bool
) -> None:
    client = client_on(tmp_path, today)
    page = client.get("/metric/fenix/tabs.opened").text
    assert ("the newest release known here is of 16 June 2026: it may be over by now" in page) is old
    codes = {problem["code"] for problem in client.get("/api/v1/status").json["problems"]}  # type: ignore[index]
    assert ("versions-old" in codes) is old


def test_without_a_known_release_nothing_is_warned_of(tmp_path: Path) -> None:
    upstream = Upstream()
    upstream.app("fenix", "org.mozilla.fenix")
    upstream.versions(nightly=152, beta=151, release=150)
    config = built(upstream, tmp_path)
    assert "versions-old" not in {problem.code for problem in read_status(config).problems}
