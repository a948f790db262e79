"""Dashboards joined: explores, tables, columns, metrics, measures, both ways."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from indexer.model.items import DashboardItem
from search_app.engine.engine import SearchEngine
from search_app.query.model import Filters, Query
from search_app.query.parser import parse_query
from search_app.web.app import create_app
from tests.support.upstream import LOOKER, Upstream, built, catalogue_of

NAMESPACES = """
fenix:
  glean_app: true
  explores:
    metrics: {type: glean_ping_explore, views: {base_view: metrics}}
  views:
    metrics: {type: glean_ping_view, tables: [{table: mozdata.fenix.metrics}]}
"""


@pytest.fixture
def upstream() -> Upstream:
    upstream = Upstream()
    upstream.app("fenix", "org.mozilla.fenix", bq_dataset_family="fenix_release")
    upstream.ping("org-mozilla-fenix", "metrics")
    upstream.metric("org-mozilla-fenix", "tabs.opened", send_in_pings=["metrics"])
    columns = {"submission_timestamp": "TIMESTAMP", "metrics.counter.tabs_opened": "INTEGER"}
    upstream.table("fenix.metrics", columns)
    upstream.files[LOOKER] = NAMESPACES
    return upstream


def boards(upstream: Upstream, folder: Path) -> dict[str, Any]:
    catalogue = catalogue_of(upstream, folder)
    return {each.id: each for each in catalogue.items}


TABS = {
    "name": "tabs", "title": "Tabs opened", "explore": "metrics",
    "fields": ["metrics.submission_date", "metrics.metrics__counter__tabs_opened"],
}  # fmt: skip


def test_a_tile_is_joined_to_its_explore_its_table_and_the_columns_of_its_fields(
    upstream: Upstream, tmp_path: Path
) -> None:
    upstream.dashboard("fenix", "tabs", TABS, title="Tabs")
    found = boards(upstream, tmp_path)
    board = found["dashboard/fenix/tabs"]
    assert isinstance(board, DashboardItem)
    (tile,) = board.tiles
    assert tile.explore == "explore/fenix/metrics"
    assert tile.columns == (("fenix.metrics", "metrics.counter.tabs_opened"),)
    assert board.related["metric"] == ("metric/fenix/tabs.opened",)
    for shown in ("explore/fenix/metrics", "table/moz-fx-data-shared-prod.fenix.metrics", "app/fenix"):
        assert board.id in found[shown].related["dashboard"]
    assert board.id in found["metric/fenix/tabs.opened"].related["dashboard"]


def test_a_time_is_joined_by_its_column_whatever_span_it_is_grouped_by(
    upstream: Upstream, tmp_path: Path
) -> None:
    tile = {**TABS, "fields": ["metrics.submission_timestamp_week"]}
    upstream.dashboard("fenix", "tabs", tile)
    board = boards(upstream, tmp_path)["dashboard/fenix/tabs"]
    assert board.tiles[0].columns == (("fenix.metrics", "submission_timestamp"),)


HUB = """
[data_sources.daily]
from_expression = "mozdata.{app}.metrics"
[metrics.searches]
data_source = "daily"
select_expression = "SUM(searches)"
[metrics.{own}]
data_source = "daily"
select_expression = "SUM({own})"
"""


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (("searches", "opens"), ["measure/metric/fenix/searches", "measure/metric/fenix/opens"]),
        (("searches",), ["", ""]),  # of which platform nothing says
        (("opens", "hours"), ["", ""]),  # no platform has both
    ],
)
def test_tiles_of_a_project_show_the_measures_of_the_one_platform_that_has_them_all(
    upstream: Upstream, tmp_path: Path, shown: tuple[str, ...], expected: list[str]
) -> None:
    upstream.app("firefox_desktop", "firefox.desktop")
    upstream.measures("definitions/fenix.toml", HUB.format(app="fenix", own="opens"))
    upstream.measures("definitions/firefox_desktop.toml", HUB.format(app="firefox_desktop", own="hours"))
    tiles = [{"name": each, "title": each, "filters": {"trial.metric": f"'{each}'"}} for each in shown]
    upstream.dashboard("operational_monitoring", "trial", *tiles, made=True)
    board = boards(upstream, tmp_path)["dashboard/operational_monitoring/trial"]
    assert isinstance(board, DashboardItem)
    assert [tile.measure for tile in board.tiles] == expected[: len(shown)]


def test_an_explore_that_is_not_listed_is_told_and_nothing_is_joined(
    upstream: Upstream, tmp_path: Path
) -> None:
    upstream.dashboard(
        "duet", "kpi", {"name": "a", "title": "DAU", "explore": "kpi_dau", "fields": ["kpi_dau.dau"]}
    )
    board = boards(upstream, tmp_path)["dashboard/duet/kpi"]
    (tile,) = board.tiles
    assert (tile.explore, tile.columns) == ("", ())
    assert tile.unknown == "the explore kpi_dau of duet is not in the list of looker-hub"
    assert tile.fields == ("kpi_dau.dau",)


def test_what_a_dashboard_extends_is_filled_in_and_its_own_tiles_stand_instead(
    upstream: Upstream, tmp_path: Path
) -> None:
    upstream.dashboard("fenix", "base", TABS, {"name": "note", "title": "Old"}, description="Of all.")
    upstream.dashboard("fenix", "own", {"name": "note", "title": "New"}, extends=["base", "nowhere"])
    found = boards(upstream, tmp_path)
    own = found["dashboard/fenix/own"]
    assert [tile.title for tile in own.tiles] == ["Tabs opened", "New"]
    assert own.description == "Of all."
    assert own.related["metric"] == ("metric/fenix/tabs.opened",)


def test_dashboards_that_extend_each_other_end(upstream: Upstream, tmp_path: Path) -> None:
    upstream.dashboard("fenix", "a", {"name": "x", "title": "X"}, extends=["b"])
    upstream.dashboard("fenix", "b", {"name": "y", "title": "Y"}, extends=["a"])
    assert {tile.title for tile in boards(upstream, tmp_path)["dashboard/fenix/a"].tiles} == {"X", "Y"}


def test_a_title_that_says_so_makes_it_deprecated(upstream: Upstream, tmp_path: Path) -> None:
    upstream.dashboard("fenix", "old", title="[DEPRECATED] Churn", description="Use the SaaSboard.")
    board = boards(upstream, tmp_path)["dashboard/fenix/old"]
    assert (board.status, board.status_reason) == (
        "deprecated",
        "deprecated, as its title says; use the SaaSboard",
    )


def test_a_tile_title_finds_its_dashboard_and_curated_ones_stand_first(
    upstream: Upstream, tmp_path: Path
) -> None:
    masks = {"name": "m", "title": "Email masks created", "explore": "metrics"}
    upstream.dashboard("operational_monitoring", "rollout_masks", masks, title="Rollout masks", made=True)
    upstream.dashboard("fenix", "stats", masks, title="Product stats")
    config = built(upstream, tmp_path)
    hits = SearchEngine(config.data_dir).search(parse_query("email masks created dashboard")).hits
    assert [hit.card.id for hit in hits[:2]] == [
        "dashboard/fenix/stats",
        "dashboard/operational_monitoring/rollout_masks",
    ]
    page = create_app(config).test_client().get("/dashboard/fenix/stats").get_data(as_text=True)
    assert "https://mozilla.cloud.looker.com/dashboards/fenix::stats" in page
    assert "Email masks created" in page


@pytest.mark.mirror
def test_every_dashboard_whose_explore_is_listed_is_joined(mirror_engine: SearchEngine) -> None:
    all_boards = [each for each in mirror_engine.items("dashboard") if isinstance(each, DashboardItem)]
    assert len(all_boards) == 367
    listed = {(each.namespace, each.name) for each in mirror_engine.items("explore")}  # type: ignore[union-attr]
    tiles = [(board, tile) for board in all_boards for tile in board.tiles if tile.explore_name]
    joined = [tile for board, tile in tiles if tile.explore]
    assert len(joined) >= 2_567
    assert all(tile.unknown for board, tile in tiles if not tile.explore)
    assert not [
        tile for board, tile in tiles if not tile.explore and (board.model, tile.explore_name) in listed
    ]


@pytest.mark.mirror
def test_curated_dashboards_answer_before_made_ones(mirror_engine: SearchEngine) -> None:
    for text in ("crash dashboard", "what dashboard shows retention"):
        query = parse_query(text)
        hits = mirror_engine.search(query).hits
        kinds = [hit.card.type for hit in hits if hit.card.kind == "dashboard"]
        assert kinds == sorted(kinds), text  # "curated" before "monitoring"
    boards = mirror_engine.search(Query(filters=Filters({"kind": ("dashboard",)}), size=1, facets=())).total
    assert boards == 367
