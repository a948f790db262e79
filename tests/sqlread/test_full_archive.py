"""Over the whole archives, SQL included: columns, reads and queries, judged (`make check-full`).

STARCHART_FULL_MIRROR names a mirror whose generated-sql archive is whole (GitHub's own layout); without it
these are skipped. STARCHART_FULL_DATA may name a data folder that was crawled and built of it.
STARCHART_FULL_TRUTH may name a file of lines {"view", "reads", "columns"} that somebody else made of the
same SQL; `columns` null is unknown.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections import Counter
from pathlib import Path

import pytest

from indexer.crawl.snapshots import SnapshotStore
from indexer.index.generation import open_current
from indexer.model.items import TableItem
from indexer.model.table_records import DerivedTable, TableSchema
from indexer.store.reader import Store
from tests import check_analyzer, check_measures
from tests.check_sql import KINDS, check_all
from tests.support.installations import starchart

pytestmark = pytest.mark.full

SECONDS = 100  # crawl and build from nothing, on two cores


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    mirror = os.environ.get("STARCHART_FULL_MIRROR")
    if not mirror:
        pytest.skip("STARCHART_FULL_MIRROR names no mirror with whole archives")
    if ready := os.environ.get("STARCHART_FULL_DATA"):
        return Path(ready)
    folder = tmp_path_factory.mktemp("full")
    started = time.monotonic()
    for command in ("crawl", "build"):
        starchart(command, data=folder, mirror=Path(mirror))
    if (seconds := time.monotonic() - started) > SECONDS:
        pytest.fail(f"crawl and build took {seconds:.0f} s, more than {SECONDS}")
    return folder


@pytest.fixture(scope="module")
def store(data: Path) -> Store:
    opened = open_current(data)
    assert opened is not None
    return Store(opened.path / "catalogue.sqlite")


def table_of(store: Store, name: str) -> TableItem:
    found = store.item(f"table/{name}")
    assert isinstance(found, TableItem), name
    return found


def top_columns(store: Store, item: TableItem) -> list[str]:
    return [column.path.lower() for column in store.columns(item.schema_digest) if "." not in column.path]


def test_views_have_the_columns_and_the_reads_that_another_reader_found(store: Store) -> None:
    truth = os.environ.get("STARCHART_FULL_TRUTH")
    if not truth:
        pytest.skip("STARCHART_FULL_TRUTH names no file")
    rows = [json.loads(line) for line in Path(truth).read_text().splitlines()]
    judged: Counter[str] = Counter()
    for row in rows:
        item = table_of(store, row["view"])
        judged["reads"] += set(item.upstream) == set(row["reads"])
        if row["columns"] is not None:
            mine = top_columns(store, item)
            same = mine == [name.lower() for name in row["columns"]]
            judged["same" if same else "wrong" if mine else "unknown"] += 1
    columns = judged["same"] + judged["wrong"] + judged["unknown"]
    assert judged["same"] >= 0.97 * columns, judged
    assert judged["unknown"] <= 0.02 * columns, judged
    assert judged["wrong"] <= 0.01 * columns, judged
    assert judged["reads"] >= 0.98 * len(rows), judged


def test_what_sql_gives_agrees_with_the_schema_that_is_published_beside_it(data: Path, store: Store) -> None:
    records = SnapshotStore(data).read("bigquery_etl")
    schemas = {record.digest: record.columns for record in records if isinstance(record, TableSchema)}
    judged: Counter[str] = Counter()
    for record in records:
        if not isinstance(record, DerivedTable) or record.made_by != "view.sql" or not record.schema_digest:
            continue
        item = table_of(store, f"{record.project}.{record.dataset}.{record.table}")
        published = {c.path.lower() for c in schemas[record.schema_digest] if "." not in c.path}
        judged["same" if set(top_columns(store, item)) == published else "other"] += 1
    assert judged["same"] >= 0.99 * judged.total() > 1_000, judged


def test_no_query_of_the_whole_catalogue_names_a_column_that_is_not_there(store: Store, data: Path) -> None:
    opened = open_current(data)
    assert opened is not None
    outcome = check_all(opened.path / "catalogue.sqlite", KINDS, os.cpu_count() or 1)
    assert outcome.refused == []


def test_every_measure_has_a_query_of_names_that_are_there_or_says_why_not(store: Store) -> None:
    outcome = check_measures.check(store)
    assert outcome.refused == []
    assert outcome.counts["queries whose every name was looked up"] >= 0.5 * outcome.counts["queries"] > 2_000


def test_googles_own_analyzer_refuses_no_query(store: Store) -> None:
    if check_analyzer.Analyzer is None:
        pytest.skip(f"Google's analyzer is not installed: {check_analyzer.INSTALL}")
    asked, refused = check_analyzer.check(store, 60)
    assert {cause: found[:2] for cause, found in refused.items()} == {}
    assert asked >= 150


def test_every_view_has_columns_or_the_reason_why_not(store: Store) -> None:
    views = [
        item
        for item in store.items(store.ids("table"))
        if isinstance(item, TableItem) and item.layer == "view"
    ]
    for item in views:
        assert bool(item.column_count) != bool(item.columns_unknown), item.id
    unknown = [item for item in views if item.columns_unknown]
    assert len(unknown) < 0.06 * len(views)
    # each stands on a table that the archives do not describe
    why = re.compile(
        r"the columns of [^ ]+ are not known|a star of|table function|EXTERNAL_QUERY|Jinja|parsed"
    )
    assert [item.id for item in unknown if not why.search(item.columns_unknown)] == []


def test_streams_of_events_have_columns(store: Store) -> None:
    streams = [table_of(store, key[6:]) for key in store.ids("table") if key.endswith(".events_stream")]
    assert len(streams) >= 68
    for item in streams:
        columns = top_columns(store, item)
        assert {"event", "event_category", "event_name", "event_extra", "submission_timestamp"} <= set(
            columns
        ), item.id


def test_metrics_probes_and_events_lead_to_the_tables_that_use_them(store: Store) -> None:
    used: Counter[str] = Counter()
    for kind in ("metric", "probe"):
        for item in store.items(store.ids(kind)):
            if tables := item.related.get("derived_tables"):
                used["event" if item.type == "event" else kind] += len(tables)
    assert used["event"] >= 300, used
    assert used["metric"] >= 8_000, used
    assert used["probe"] >= 5_000, used
