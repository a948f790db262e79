"""What the LookML of an explore adds: its description, its measures, the columns and metrics behind them."""

from __future__ import annotations

from pathlib import Path

from indexer.model.items import ExploreItem
from search_app.engine.engine import SearchEngine
from search_app.query.parser import parse_query
from search_app.web.app import create_app
from tests.support.upstream import LOOKER, LOOKER_HUB, Upstream, built, catalogue_of

NAMESPACES = """
fenix:
  glean_app: true
  explores:
    tabs: {type: glean_ping_explore, views: {base_view: metrics}}
    plain: {type: table_explore, views: {base_view: metrics}}
  views:
    metrics: {type: glean_ping_view, tables: [{table: mozdata.fenix.metrics}]}
"""
EXPLORE = """
explore: tabs {
  label: "Tabs of people"
  view_name: metrics
  join: extra { relationship: one_to_many }
}
"""
VIEW = """
view: metrics {
  sql_table_name: `mozdata.fenix.metrics` ;;
  dimension: opened { sql: ${TABLE}.metrics.counter.tabs_opened ;; }
  measure: opened_sum { type: sum  label: "Tabulations"  sql: ${opened} ;; description: "<b>All</b> of them" }
  measure: unknown { type: sum  sql: ${TABLE}.metrics.counter.gone ;; }
  measure: inner { type: count  hidden: yes }
}
view: extra {
  measure: keys { type: sum  sql: ${TABLE}.metrics.counter.tabs_opened ;; }
}
"""


def upstream() -> Upstream:
    upstream = Upstream()
    upstream.app("fenix", "org.mozilla.fenix", bq_dataset_family="fenix_release")
    upstream.ping("org-mozilla-fenix", "metrics")
    upstream.metric("org-mozilla-fenix", "tabs.opened", send_in_pings=["metrics"])
    columns = {"submission_timestamp": "TIMESTAMP", "metrics.counter.tabs_opened": "INTEGER"}
    upstream.table("fenix.metrics", columns)
    upstream.files[LOOKER] = NAMESPACES
    upstream.files[f"{LOOKER_HUB}/fenix/explores/tabs.explore.lkml"] = EXPLORE
    upstream.files[f"{LOOKER_HUB}/fenix/views/metrics.view.lkml"] = VIEW
    return upstream


def test_a_measures_column_is_told_only_where_its_view_names_a_table_that_has_it(tmp_path: Path) -> None:
    found = {each.id: each for each in catalogue_of(upstream(), tmp_path).items}
    explore = found["explore/fenix/tabs"]
    assert isinstance(explore, ExploreItem)
    assert {each.name: each.columns for each in explore.measures} == {
        "opened_sum": (("fenix.metrics", "metrics.counter.tabs_opened"),),
        "unknown": (),
        "keys": (),  # of a view without a table: a joined array, or a query of its own
    }
    assert explore.related["metric"] == ("metric/fenix/tabs.opened",)
    assert "explore/fenix/tabs" in found["metric/fenix/tabs.opened"].related["explore"]
    assert (explore.label, explore.joins) == ("Tabs of people", ("extra",))
    assert explore.description == "Shows Tabulations, Unknown, Keys."
    plain = found["explore/fenix/plain"]
    assert isinstance(plain, ExploreItem)
    assert (plain.description, plain.measures) == ("", ())


def test_an_explore_is_found_by_its_measures_and_its_pages_show_them(tmp_path: Path) -> None:
    config = built(upstream(), tmp_path)
    (hit, *_) = SearchEngine(config.data_dir).search(parse_query("tabulations")).hits
    assert hit.card.id == "explore/fenix/tabs"
    client = create_app(config).test_client()
    page = client.get("/explore/fenix/tabs").get_data(as_text=True)
    assert "Tabulations" in page
    assert "<b>All" not in page
    assert "column=metrics.counter.tabs_opened" in page
    twin = client.get("/explore/fenix/tabs.md").get_data(as_text=True)
    assert "opened_sum" in twin
    assert "Joined views" in twin
    record = client.get("/api/v1/item/explore/fenix/tabs").get_json()
    assert [each["name"] for each in record["measures"]] == ["opened_sum", "unknown", "keys"]
