"""What upstream says and a page shows: of tags, datasets, sampling experiments."""

from __future__ import annotations

import json
from pathlib import Path

from indexer.model.items import MetricItem
from search_app.web.app import create_app
from tests.support.upstream import EXPERIMENTS, SQL, Upstream, built, catalogue_of


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
