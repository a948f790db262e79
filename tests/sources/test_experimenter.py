"""indexer/sources/experimenter.py: which metrics a running experiment samples."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from indexer.config import load_config
from indexer.crawl.fetch import Fetcher
from indexer.model.records import SampledMetric
from indexer.sources import Fetched, experimenter
from tests.support.fetching import GOLDEN, fetch_all, fetched, records_of

SOURCE = experimenter.Source()
FILE = GOLDEN / "experimenter" / "experiments.json"


def test_only_running_experiments_sample_metrics_and_repeated_branches_count_once() -> None:
    records, report = records_of(SOURCE, [fetched(SOURCE.requests({})[0], FILE)])
    assert records == [
        SampledMetric(
            "firefox_desktop",
            "urlbar.exposure",
            "urlbar-sampling",
            channel="release",
            enabled=True,
            start="2026-01-15",
            sampling="10 % of clients",
        ),
        SampledMetric(
            "firefox_desktop",
            "nimbus.old",
            "urlbar-sampling",
            channel="release",
            enabled=False,
            start="2026-01-15",
            sampling="10 % of clients",
        ),
        SampledMetric("fenix", "events.app_opened", "not-begun-but-open", enabled=False),
    ]
    assert report.skipped == Counter(
        {
            "metric neither on nor off": 1,
            "experiment without slug or appName": 1,
            "experiments: not as expected": 1,
        }
    )
    assert report.seen == Counter(experiments=5, running=2)


def test_a_service_without_experiments_yields_no_records() -> None:
    records, report = records_of(SOURCE, [Fetched(SOURCE.requests({})[0], 404, None, "")])
    assert records == []
    assert not report.skipped


def test_experiments_are_read_through_the_real_fetcher_from_a_server(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    httpserver.expect_request("/api/v6/experiments/", query_string="feature_config=glean").respond_with_data(
        FILE.read_bytes(), content_type="application/json"
    )
    options = {"url": httpserver.url_for("/api/v6/experiments/") + "?feature_config=glean"}
    with Fetcher(load_config(None, {}), tmp_path) as fetcher:
        files = fetcher.fetch(SOURCE.requests(options))
    records, _ = records_of(SOURCE, files, options)
    assert [record.slug for record in records if isinstance(record, SampledMetric)] == [
        "urlbar-sampling",
        "urlbar-sampling",
        "not-begun-but-open",
    ]


@pytest.mark.mirror
def test_the_mirror_has_no_experiments_and_that_is_no_failure(mirror: Path) -> None:
    records, _ = records_of(SOURCE, fetch_all(SOURCE, mirror, {}))
    assert records == []
