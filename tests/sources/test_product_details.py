"""indexer/sources/product_details.py: current versions, their override, and days of release."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from indexer.model.records import FirefoxVersion, Record
from indexer.sources import Report, product_details
from tests.support.fetching import GOLDEN, fetch_all, fetched, records_of

SOURCE = product_details.Source()


def golden(options: dict[str, Any]) -> tuple[list[Record], Report]:
    folder = GOLDEN / "product_details"
    files = [fetched(request, folder / request.tag) for request in SOURCE.requests(options)]
    return records_of(SOURCE, files, options)


def test_channels_come_with_their_version_and_its_day_then_the_days_of_major_releases() -> None:
    records, report = golden({})
    assert records == [
        FirefoxVersion("nightly", 138, "138.0a1", "2025-03-03"),
        FirefoxVersion("beta", 137, "137.0b9", "2025-03-21"),
        FirefoxVersion("release", 136, "136.0.2", "2025-03-04"),
        FirefoxVersion("esr", 128, "128.8.0esr", "2024-07-09"),
        FirefoxVersion("", 14, "14.0.1", "2012-07-17"),
        FirefoxVersion("", 128, "128.0", "2024-07-09"),
        FirefoxVersion("", 136, "136.0", "2025-03-04"),
    ]
    assert report.skipped == Counter({"release without a day": 2})
    assert report.examples["release without a day"] == "firefox_history_major_releases.json soon"


def test_versions_of_the_configuration_take_the_place_of_upstreams() -> None:
    records, _ = golden({"versions": {"nightly": 150, "beta": 149, "release": 148}})
    assert records[:4] == [
        FirefoxVersion("nightly", 150, "150"),
        FirefoxVersion("beta", 149, "149"),
        FirefoxVersion("release", 148, "148"),
        FirefoxVersion("esr", 128, "128.8.0esr", "2024-07-09"),
    ]


def test_an_unreadable_version_is_counted_and_leaves_the_other_channels() -> None:
    records, report = golden({"versions": {"beta": "soon"}})
    channels = [r.channel for r in records if isinstance(r, FirefoxVersion) and r.channel]
    assert channels == ["nightly", "release", "esr"]
    assert report.examples["channel without a version"] == "beta soon"


@pytest.mark.mirror
def test_the_mirrors_versions_are_read(mirror: Path) -> None:
    records, report = records_of(SOURCE, fetch_all(SOURCE, mirror, {}))
    current = {r.channel: r.version for r in records if isinstance(r, FirefoxVersion) and r.channel}
    assert current == {"nightly": "138.0a1", "beta": "137.0b9", "release": "136.0.2", "esr": "128.8.0esr"}
    majors = {r.major: r.released for r in records if isinstance(r, FirefoxVersion) and not r.channel}
    assert majors[136] == "2025-03-04"
    assert report.skipped == Counter()
