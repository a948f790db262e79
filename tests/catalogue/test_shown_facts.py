"""What upstream says and a page shows: of tags, datasets, sampling experiments."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indexer.model.items import MetricItem, ProbeItem
from search_app.web.app import create_app
from tests.support.upstream import EXPERIMENTS, PRODUCT_DETAILS, SQL, Upstream, built, catalogue_of


def test_a_tag_says_what_upstream_says_of_it(tmp_path: Path) -> None:
    upstream = Upstream()
    upstream.app("fenix")
    upstream.tag("fenix", "Search", "All about searching.")
    upstream.metric("fenix", "a.b", metadata={"tags": ["Search", "Unsaid"]})
    (metric,) = (each for each in catalogue_of(upstream, tmp_path).items if isinstance(each, MetricItem))
    assert metric.tags == ("Search", "Unsaid")
    assert metric.tag_meanings == {"Search": "All about searching."}


def test_a_table_says_what_its_dataset_is(tmp_path: Path) -> None:
    upstream = Upstream()
    upstream.table("search.clients_daily", {"client_id": "STRING"})
    path = f"{SQL}/moz-fx-data-shared-prod/search/dataset_metadata.yaml"
    upstream.files[path] = json.dumps({"friendly_name": "Search data", "description": "Searches, by engine."})
    client = create_app(built(upstream, tmp_path)).test_client()
    page = client.get("/table/moz-fx-data-shared-prod.search.clients_daily").get_data(as_text=True)
    assert "Search data" in page
    assert "Searches, by engine." in page


@pytest.mark.parametrize(("for_users", "where"), [(True, "mozdata"), (False, "moz-fx-data-shared-prod")])
def test_a_view_is_asked_where_it_is_shown(for_users: bool, where: str, tmp_path: Path) -> None:
    upstream = Upstream()
    upstream.table("github_external.github_prs", {"number": "INTEGER"}, references={"view.sql": []})
    path = f"{SQL}/moz-fx-data-shared-prod/github_external/dataset_metadata.yaml"
    upstream.files[path] = json.dumps({"friendly_name": "Pull requests", "user_facing": for_users})
    client = create_app(built(upstream, tmp_path)).test_client()
    address = "/table/moz-fx-data-shared-prod.github_external.github_prs"
    told = client.get(f"/api/v1/item{address}").get_json()
    assert told["queries"]
    assert all(f"{where}.github_external.github_prs" in each["sql"] for each in told["queries"])
    assert ("mozdata.github_external" in client.get(address).get_data(as_text=True)) == for_users


def test_a_sampled_metric_says_which_share_of_clients_may_be_enrolled(tmp_path: Path) -> None:
    upstream = Upstream()
    upstream.app("fenix")
    upstream.metric("fenix", "a.b")
    upstream.experiment("throttle", "fenix", {"a.b": True})
    (experiment,) = json.loads(upstream.files[EXPERIMENTS])
    bucket = {"bucketConfig": {"count": 1000, "total": 10000}}
    upstream.files[EXPERIMENTS] = json.dumps([{**experiment, **bucket}])
    (metric,) = (each for each in catalogue_of(upstream, tmp_path).items if isinstance(each, MetricItem))
    assert metric.experiments == {"throttle": "10 % of clients"}


@pytest.mark.parametrize(
    ("first_added", "shown"),
    [
        ({"release": "2023-06-02 10:00:00"}, "2023-06-02"),
        ({"release": "2023-07-20 10:00:00"}, "2023-07-20"),  # within the life of its first version
        ({"release": "2024-08-26 10:00:00"}, ""),  # the day on which upstream first looked at a branch
        ({"release": "2024-08-26 10:00:00", "nightly": "2023-05-01 10:00:00"}, "2023-05-01"),
    ],
)
def test_a_probe_was_not_first_seen_after_the_version_that_had_it_was_followed_by_the_next(
    first_added: dict[str, str], shown: str, tmp_path: Path
) -> None:
    upstream = Upstream()
    upstream.files[f"{PRODUCT_DETAILS}/firefox_history_major_releases.json"] = json.dumps(
        {"115.0": "2023-07-04", "116.0": "2023-08-01"}
    )
    versions = [
        {"channel": channel, "versions": {"first": first, "last": last}}
        for channel in ("release", "nightly")
        for first, last in (("118", "140"), ("115", "117"))  # the newest first
    ]
    upstream.probe("scalar", "a.b", *versions, added=first_added)
    (probe,) = (each for each in catalogue_of(upstream, tmp_path).items if isinstance(each, ProbeItem))
    assert probe.added == shown
    assert probe.first_added == {
        channel: day[:10] for channel, day in first_added.items() if day[:4] == "2023"
    }
