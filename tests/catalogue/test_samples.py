"""What is made from a sample of the clients, by the SQL of tables and of metric-hub's sub-queries."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.catalogue.samples import sample_kept
from indexer.model.items import MeasureItem, TableItem
from tests.support.upstream import Upstream, catalogue_of

COLUMNS = {"submission_date": "DATE", "client_id": "STRING", "sample_id": "INTEGER"}
HUB = """
[data_sources.picked]
from_expression = "(SELECT * FROM mozdata.fenix.every WHERE sample_id = 52)"
[data_sources.ratios]
from_expression = "mozdata.fenix.ratios"
[data_sources.every]
from_expression = "mozdata.fenix.every"
"""


@pytest.mark.parametrize(
    ("sql", "condition"),
    [
        ("SELECT 1 FROM t WHERE sample_id = 42", "sample_id = 42"),
        ("SELECT 1 FROM t WHERE m.sample_id<10 AND TRUE", "sample_id < 10"),
        ("SELECT 1 FROM t WHERE sample_id <= 4", "sample_id <= 4"),
        ("SELECT 1 FROM t WHERE sample_id BETWEEN 30 AND 80", "sample_id BETWEEN 30 AND 80"),
        ("SELECT 1 FROM t WHERE sample_id <= 99", ""),  # all of them
        ("SELECT 1 FROM t WHERE sample_id BETWEEN 0 AND 99", ""),
        ("SELECT 1 FROM t -- WHERE sample_id = 42\nWHERE TRUE", ""),
        ("SELECT 1 FROM t /* sample_id = 1 */ JOIN u ON t.sample_id = u.sample_id", ""),
        ("SELECT subsample_id = 1 AS kept, sample_id FROM t", ""),
        ("SELECT 1 FROM t WHERE sample_id <= 99 AND sample_id = 7", "sample_id = 7"),
        ("", ""),
    ],
)
def test_the_sample_is_the_first_condition_that_leaves_clients_out(sql: str, condition: str) -> None:
    assert sample_kept(sql) == condition


@pytest.fixture
def upstream() -> Upstream:
    found = Upstream()
    found.app("fenix", "org.mozilla.fenix")
    found.table("fenix_derived.every_v1", COLUMNS)
    beneath = {"query.sql": ["moz-fx-data-shared-prod.fenix_derived.every_v1"]}
    found.table("fenix_derived.ratios_v1", COLUMNS, references=beneath)
    found.sql("fenix_derived.ratios_v1", "SELECT * FROM fenix_derived.every_v1 WHERE sample_id = 42")
    found.view("fenix.every", "fenix_derived.every_v1", sql="SELECT * FROM fenix_derived.every_v1")
    found.view("fenix.ratios", "fenix_derived.ratios_v1", sql="SELECT * FROM fenix_derived.ratios_v1")
    found.view(
        "fenix.both",
        "fenix_derived.ratios_v1",
        "fenix_derived.every_v1",
        sql="SELECT * FROM fenix_derived.ratios_v1 UNION ALL SELECT * FROM fenix_derived.every_v1",
    )
    found.measures("definitions/fenix.toml", HUB)
    return found


def test_what_reads_nothing_but_a_sample_is_of_a_sample(upstream: Upstream, tmp_path: Path) -> None:
    items = catalogue_of(upstream, tmp_path).items
    of = {item.name: item.sample for item in items if isinstance(item, TableItem)}
    assert of == {
        "fenix_derived.every_v1": "",
        "fenix_derived.ratios_v1": "sample_id = 42",
        "fenix.every": "",
        "fenix.ratios": "sample_id = 42",
        "fenix.both": "",  # the other half is of all
    }


def test_rows_of_measures_are_of_the_sample_of_their_own_or_of_their_tables(
    upstream: Upstream, tmp_path: Path
) -> None:
    items = catalogue_of(upstream, tmp_path).items
    of = {item.name: item.rows.sample for item in items if isinstance(item, MeasureItem) and item.rows}
    assert of == {"picked": "sample_id = 52", "ratios": "sample_id = 42", "every": ""}
