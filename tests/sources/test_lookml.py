"""indexer/sources/_lookml.py: explores and views of our own words, and what is no LookML."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.model.lookml_records import LookmlExplore, LookmlMeasure, LookmlView
from indexer.sources._documents import Unreadable
from indexer.sources._lookml import MAX_DEPTH, read_explores, read_views
from indexer.sources.looker_dashboards import Source
from tests.support.fetching import records_of
from tests.support.unpacked import archives_of
from tests.support.upstream import LOOKER_HUB

EXPLORE = b"""
include: "/hub/fenix/views/visits.view.lkml"
explore: visits {
  label: "All visits"
  description: "Visits {of} pages."
  view_name: visit
  hidden: yes
  join: visit__extras { relationship: one_to_many  sql: LEFT JOIN UNNEST(${visit.extras}) ;; }
}
"""
VIEW = b"""
view: visit {
  sql_table_name: `mozdata.fenix.visits` ;;
  # dimension: none { of these
  dimension: client_id { sql: ${TABLE}.client_info.client_id ;; hidden: yes }
  dimension: odd { sql: IF(a, "{", ${TABLE}.b) ;; label: "{ in a label" }
  dimension_group: submission { type: time  sql: ${TABLE}.submission_timestamp ;; timeframes: [date, week] }
  measure: clients { type: count_distinct  sql: ${client_id} ;; description: "Who visits" }
  measure: rate { type: number  label: "A rate"
    sql: SAFE_DIVIDE(${clients}, SUM(${TABLE}.n)) ;; hidden: yes }
  measure: elsewhere { type: sum  sql: ${other.client_id} + ${odd} ;; }
}
"""


def test_an_explore_tells_its_label_description_and_joined_views() -> None:
    assert list(read_explores("fenix", EXPLORE)) == [
        LookmlExplore(
            namespace="fenix",
            name="visits",
            view="visit",
            label="All visits",
            description="Visits {of} pages.",
            joins=("visit__extras",),
            hidden=True,
        )
    ]


def test_a_measure_names_the_columns_that_it_reads_through_dimensions_and_measures_of_its_view() -> None:
    assert list(read_views("fenix", VIEW)) == [
        LookmlView(
            namespace="fenix",
            name="visit",
            tables=("mozdata.fenix.visits",),
            measures=(
                LookmlMeasure(
                    name="clients",
                    type="count_distinct",
                    description="Who visits",
                    sql="${client_id}",
                    fields=("client_info.client_id",),
                ),
                LookmlMeasure(
                    name="rate",
                    type="number",
                    label="A rate",
                    sql="SAFE_DIVIDE(${clients}, SUM(${TABLE}.n))",
                    fields=("n", "client_info.client_id"),
                    hidden=True,
                ),
                LookmlMeasure(name="elsewhere", type="sum", sql="${other.client_id} + ${odd}"),
            ),
            times=("submission",),
        )
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"view: a {" * (MAX_DEPTH + 1) + b"}" * (MAX_DEPTH + 1),
        b"view: a { set: b { fields: " + b"[" * 5000 + b"]" * 5000 + b"}}",
        b"view: a { dimension: b { sql: x ;; }",
        b"view: a { measure: }",
        b"} view: a {",
        b"view: a { ; }",
        b"\xff\xfe",
        b'view: a { label: "without end }',
    ],
    ids=[
        "deep",
        "deep list",
        "no end",
        "no name",
        "closed first",
        "lone semicolon",
        "no text",
        "open string",
    ],
)
def test_what_is_no_lookml_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(Unreadable):
        list(read_views("fenix", body))


def test_a_bad_file_costs_that_file_only_and_is_counted(tmp_path: Path) -> None:
    for path, body in (
        ("fenix/explores/visits.explore.lkml", EXPLORE),
        ("fenix/views/visit.view.lkml", VIEW),
        ("fenix/views/bad.view.lkml", b"view: {"),
    ):
        target = tmp_path / LOOKER_HUB / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
    records, report = records_of(Source(), archives_of(Source(), tmp_path))
    assert [type(record) for record in records] == [LookmlExplore, LookmlView]
    assert report.skipped == {"unreadable LookML": 1}
