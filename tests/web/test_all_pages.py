"""The pages of the real data: an even share of each kind; `python -m tests.check_pages` asks for all."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from indexer.index.generation import open_current
from indexer.model.ids import item_path
from indexer.model.items import TableItem
from indexer.model.kinds import KINDS
from indexer.store.reader import Store
from search_app.engine.engine import SearchEngine
from tests.check_pages import check_all

pytestmark = [pytest.mark.slow, pytest.mark.mirror]
EVERY = 6  # all 24,000 take longer than all other tests together


def test_pages_are_good_and_say_of_each_column_what_the_bq_files_say(mirror_data: Path, mirror: Path) -> None:
    outcome = check_all(mirror_data, KINDS, processes=2, every=EVERY, mirror=mirror)
    assert outcome.faults == []
    assert outcome.columns.wrong == []
    assert outcome.columns.rows["there"] > 10_000
    assert set(outcome.milliseconds) == set(KINDS)


def test_the_largest_schema_opens_and_is_searched_in_pieces(
    mirror_engine: SearchEngine, mirror_client: FlaskClient, mirror_data: Path
) -> None:
    opened = open_current(mirror_data)
    assert opened is not None
    store = Store(opened.store_path)
    tables = [item for item in store.items(store.ids("table")) if isinstance(item, TableItem)]
    largest = max(tables, key=lambda table: table.column_count)
    assert largest.column_count > 13_000
    deepest = max(mirror_engine.columns(largest.schema_digest), key=lambda column: column.path.count("."))
    for query in ("", "?find=browser", f"?column={quote(deepest.path)}"):
        page = mirror_client.get(item_path(largest.id) + query)
        assert page.status_code == 200
        assert len(page.data) < 250_000, query
