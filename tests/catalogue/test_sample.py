"""The shipped sample: every source reads it without a fault, and what the start page shows off is in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer.crawl.snapshots import SnapshotStore
from indexer.index.generation import current_manifest
from indexer.model.kinds import KINDS
from search_app.web.pages.search import EXAMPLES

NOTHING_TO_SAMPLE = {"experimenter"}  # no experiment runs in it


def facet(client: FlaskClient, name: str, **filters: str) -> dict[str, int]:
    answer = client.get("/api/v1/search", query_string={"facets": name, **filters})
    return {entry["value"]: entry["count"] for entry in answer.json["facets"][name]}


def test_each_source_reads_the_sample_and_skips_nothing(sample_data: Path) -> None:
    states = SnapshotStore(sample_data).states()
    assert len(states) == 12
    for name, state in states.items():
        assert state.from_sample, name
        assert (state.error, dict(state.skipped)) == ("", {}), name
        assert bool(state.counts) != (name in NOTHING_TO_SAMPLE), name


def test_the_generation_says_that_it_is_the_sample_and_is_judged_by_the_sample_s_own_day(
    sample_data: Path,
) -> None:
    manifest = current_manifest(sample_data)
    assert manifest is not None
    assert manifest.sample
    assert manifest.today == "2026-06-01"


@pytest.mark.parametrize("query", [query for query, _ in EXAMPLES])
def test_each_example_of_the_start_page_finds_something(sample_client: FlaskClient, query: str) -> None:
    assert sample_client.get("/api/v1/search", query_string={"q": query}).json["total"] > 0


def test_every_kind_and_every_state_is_in_it(sample_client: FlaskClient) -> None:
    assert set(facet(sample_client, "kind")) == set(KINDS)
    assert set(facet(sample_client, "status")) == {
        "active", "expired", "removed", "disabled", "deprecated", "unknown",
    }  # fmt: skip


def test_a_page_of_every_kind_opens(sample_client: FlaskClient) -> None:
    for kind in KINDS:
        hits = sample_client.get("/api/v1/search", query_string={"kind": kind, "size": "100"}).json["hits"]
        assert hits, kind
        for hit in hits:
            assert sample_client.get(hit["url"]).status_code == 200, hit["id"]


def test_its_parts_are_joined_as_the_real_ones_are(sample_client: FlaskClient) -> None:
    metric = sample_client.get("/api/v1/item/metric/fenix/browser.search.in_content").json
    found = {(column["table"], column["column"], column["exists"]) for column in metric["columns"]}
    assert ("fenix.metrics", "metrics.labeled_counter.browser_search_in_content", True) in found
    probe = sample_client.get("/api/v1/item/probe/histogram/DNS_LOOKUP_TIME").json
    assert "metric/gecko/networking.dns_lookup_time" in probe["mirrors"]
    view = sample_client.get("/api/v1/item/table/moz-fx-data-shared-prod.telemetry.clients_daily").json
    assert {"doc", "explore", "measure", "upstream"} <= set(view["related"])


def test_the_offer_to_reload_leads_to_this_server_whatever_the_address(sample_client: FlaskClient) -> None:
    for path, offered in (("//elsewhere.example/a", "/elsewhere.example/a"), ("/map", "/map"), ("/", "/")):
        page = sample_client.get("/", environ_overrides={"PATH_INFO": path}).get_data(as_text=True)
        assert re.findall(r'id="reload-real" href="([^"]*)"', page) == [offered]
