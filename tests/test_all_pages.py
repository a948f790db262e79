"""The pages of the real data: an even share of each kind; `python -m tests.check_pages` asks for all."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer.items import KINDS
from tests.check_pages import check_all

pytestmark = [pytest.mark.slow, pytest.mark.mirror]
EVERY = 6  # all 24,000 take longer than all other tests together


def test_pages_are_good_and_say_of_each_column_what_the_bq_files_say(mirror_data: Path, mirror: Path) -> None:
    outcome = check_all(mirror_data, KINDS, processes=2, every=EVERY, mirror=mirror)
    assert outcome.faults == []
    assert outcome.columns.wrong == []
    assert outcome.columns.rows["there"] > 10_000
    assert set(outcome.milliseconds) == set(KINDS)


def test_the_largest_schema_opens_and_is_searched_in_pieces(mirror_client: FlaskClient) -> None:
    largest = max(
        mirror_client.get("/api/v1/tables?q=metrics&size=100").get_json()["hits"],
        key=lambda hit: mirror_client.get(f"/api/v1/item{hit['url']}").get_json()["column_count"],
    )
    for query in ("", "?find=browser", "?column=metrics.counter"):
        page = mirror_client.get(largest["url"] + query)
        assert page.status_code == 200
        assert len(page.data) < 200_000
