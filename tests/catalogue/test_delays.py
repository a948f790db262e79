"""How far the newest day of a table lies back: by its schedule, of a view by what gives it its day."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.model.items import MeasureItem, TableItem
from tests.support.upstream import Upstream, catalogue_of

COLUMNS = {"metric_date": "DATE", "client_id": "STRING"}
BY_DAY = {"time_partitioning": {"type": "day", "field": "metric_date"}}
HUB = """
[data_sources.retention]
from_expression = "mozdata.fenix.retention"
submission_date_column = "metric_date"
[data_sources.sources]
from_expression = "mozdata.fenix.daily"
submission_date_column = "metric_date"
[metrics.kept]
data_source = "retention"
select_expression = "COUNT(DISTINCT client_id)"
[metrics.seen]
data_source = "sources"
select_expression = "COUNT(DISTINCT client_id)"
[metrics.kept_of_seen]
depends_on = ["kept", "seen"]
"""


def upstream(offset: object = -27) -> Upstream:
    found = Upstream()
    found.app("fenix", "org.mozilla.fenix")
    late = {"dag_name": "daily", "date_partition_offset": offset}
    found.table("fenix_derived.retention_v1", COLUMNS, bigquery=BY_DAY, scheduling=late)
    found.table("fenix_derived.daily_v1", COLUMNS, bigquery=BY_DAY)
    found.table("static.countries_v1", {"code": "STRING"})
    found.view(
        "fenix.retention",
        "fenix_derived.retention_v1",
        "static.countries_v1",
        sql="SELECT r.*, c.code FROM fenix_derived.retention_v1 AS r JOIN static.countries_v1 AS c ON TRUE",
    )
    found.view("fenix.daily", "fenix_derived.daily_v1", sql="SELECT * FROM fenix_derived.daily_v1")
    found.view(
        "fenix.whole",
        "fenix_derived.retention_v1",
        "fenix_derived.daily_v1",
        sql="SELECT * FROM fenix_derived.retention_v1 UNION ALL SELECT * FROM fenix_derived.daily_v1",
    )
    found.view("telemetry.kept", "fenix.retention", sql="SELECT metric_date FROM fenix.retention")
    late = "SELECT * FROM fenix_derived.daily_v1 WHERE metric_date < DATE_SUB(CURRENT_DATE, INTERVAL 1 DAY)"
    early = late.replace("metric_date <", "metric_date >=")
    found.view("telemetry.mobile", "fenix_derived.daily_v1", sql=f"{late} UNION ALL {late}")
    found.view("telemetry.both", "fenix_derived.daily_v1", sql=f"{late} UNION ALL {early}")
    found.view("telemetry.over", "telemetry.mobile", sql="SELECT * FROM telemetry.mobile")
    found.measures("definitions/fenix.toml", HUB)
    return found


def test_a_view_is_as_far_behind_as_the_least_of_what_gives_it_its_day(tmp_path: Path) -> None:
    items = catalogue_of(upstream(), tmp_path).items
    behind = {item.name: item.days_behind for item in items if isinstance(item, TableItem)}
    assert behind == {
        "fenix_derived.retention_v1": 27,
        "fenix_derived.daily_v1": 0,
        "static.countries_v1": 0,
        "fenix.retention": 27,  # the countries have no day
        "fenix.daily": 0,
        "fenix.whole": 0,  # a row of yesterday is there
        "telemetry.kept": 27,
        "telemetry.mobile": 1,  # leaves yesterday out
        "telemetry.both": 0,  # in one part only
        "telemetry.over": 1,
    }


def test_rows_of_measures_are_as_far_behind_as_their_tables(tmp_path: Path) -> None:
    found = {
        item.name: item for item in catalogue_of(upstream(), tmp_path).items if isinstance(item, MeasureItem)
    }
    days = {name: item.rows.days_behind for name, item in found.items() if item.rows}
    assert days == {"retention": 27, "sources": 0, "kept": 27, "seen": 0}
    assert [each.rows.days_behind for each in found["kept_of_seen"].operands] == [27, 0]


@pytest.mark.parametrize("offset", [3, 0, "-2 days", "", None, -9999, [1]])
def test_what_is_no_delay_delays_nothing(offset: object, tmp_path: Path) -> None:
    items = catalogue_of(upstream(offset), tmp_path).items
    late = {item.name for item in items if isinstance(item, TableItem) and item.days_behind}
    assert late == {"telemetry.mobile", "telemetry.over"}  # by their own SQL
