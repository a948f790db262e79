"""What the generated SQL says, type by type: whole queries, and the rules that all of them keep."""

from __future__ import annotations

import re

import pytest

from indexer.model.items import AnyItem, MetricItem
from search_app.sql import SqlQuery, queries_for, why_no_query
from search_app.sql.source import comment, literal, quoted
from tests.support.sql_world import ITEMS, columns_of, context, item, metric, probe, queries, query

SAMPLE = "sample_id = 0"


def every() -> list[tuple[AnyItem, SqlQuery]]:
    return [(each, made) for each in ITEMS for made, _ in queries(each)]


def body(made: SqlQuery) -> list[str]:
    """The lines of a query without its title, without the spaces before them."""
    return [line.strip() for line in made.sql.splitlines() if not line.startswith("-- ")]


def test_a_counter_over_time_is_this_query() -> None:
    made = query(item("metric/fenix/tabs.opened"), "over time")
    assert made.title == "tabs.opened in fenix.metrics, over time"
    assert made.table == "fenix.metrics"
    assert (
        made.sql
        == """-- tabs.opened in fenix.metrics, over time
-- It reads the metrics ping of fenix.
SELECT
  DATE(m.submission_timestamp) AS submission_date,
  SUM(m.metrics.counter.tabs_opened) AS total,
  COUNT(DISTINCT m.client_info.client_id) AS clients
FROM
  `mozdata.fenix.metrics` AS m
WHERE
  DATE(m.submission_timestamp) >= DATE_SUB(CURRENT_DATE(), INTERVAL 7 DAY)
  AND m.sample_id = 0  -- a 1 % sample: take the line out for everyone
  AND m.metrics.counter.tabs_opened IS NOT NULL
GROUP BY
  submission_date
ORDER BY
  submission_date"""
    )


def test_a_labelled_counter_by_label_unnests_its_labels() -> None:
    made = query(item("metric/fenix/tabs.errors"), "by label")
    assert body(made)[:9] == [
        "SELECT",
        "entry.key AS label,",
        "SUM(entry.value) AS total,",
        "COUNT(DISTINCT m.client_info.client_id) AS clients",
        "FROM",
        "`mozdata.fenix.metrics` AS m,",
        "UNNEST(m.metrics.labeled_counter.tabs_errors) AS entry",
        "WHERE",
        "DATE(m.submission_timestamp) >= DATE_SUB(CURRENT_DATE(), INTERVAL 7 DAY)",
    ]
    assert body(made)[-6:] == ["GROUP BY", "label", "ORDER BY", "total DESC", "LIMIT", "100"]


@pytest.mark.parametrize(
    ("item_id", "variant", "lines"),
    [
        ("metric/fenix/tabs.moves", "by label", [
            "UNNEST(m.metrics.dual_labeled_counter.tabs_moves) AS entry,",
            "UNNEST(entry.value) AS inner_entry",
            "inner_entry.key AS inner_label,",
        ]),
        ("metric/fenix/tabs.load", "over time", [
            "UNNEST(m.metrics.timing_distribution.tabs_load.values) AS bucket_entry",
            "SUM(bucket_entry.value) AS samples",
            "mozfun.glam.percentile(50, histogram, 'timing_distribution') / 1e6 AS p50_ms,",
        ]),
        ("metric/fenix/tabs.size", "by label", [
            "UNNEST(m.metrics.labeled_memory_distribution.tabs_size) AS entry,",
            "UNNEST(entry.value.values) AS bucket_entry",
            "entry.key AS label,",
        ]),
        ("metric/fenix/tabs.hits", "by country", [
            "SUM(m.metrics.rate.tabs_hits.numerator) AS numerator,",
            "denominator DESC",
        ]),
        ("metric/fenix/tabs.start_time", "by country", [
            "m.metrics.timespan.tabs_start_time.time_unit,", "time_unit", "pings DESC",
        ]),
        ("metric/fenix/tabs.state", "over time", [
            "APPROX_TOP_COUNT(JSON_VALUE(m.metrics.object.tabs_state, '$.window'), 5) AS top_window,",
            "APPROX_TOP_COUNT(JSON_VALUE(m.metrics.object.tabs_state, '$.\"odd key\"'), 5) AS top_odd_key",
        ]),
        ("metric/fenix/tabs.list", "over time", [
            "UNNEST(JSON_QUERY_ARRAY(m.metrics.object.tabs_list)) AS element",
            "APPROX_TOP_COUNT(JSON_VALUE(element, '$.site'), 5) AS top_site",
        ]),
        ("metric/fenix/tabs.server_knobs", "over time", [
            "APPROX_TOP_COUNT(m.ping_info.server_knobs_config.event_threshold, 5) AS top_event_threshold",
        ]),
        ("metric/fenix/tabs.experiments", "by branch", [
            "entry.key AS experiment,", "entry.value.branch,",
        ]),
        ("metric/fenix/tabs.home", "by domain", ["NET.REG_DOMAIN(m.metrics.url.tabs_home) AS domain,"]),
        ("metric/fenix/tabs.first_used", "by date", [
            "DATE(m.metrics.datetime.tabs_first_used) AS metric_date,", "metric_date DESC",
        ]),
        ("metric/fenix/tabs.switched", "by extra source", [
            "AND m.event = 'tabs.switched'", "JSON_VALUE(m.event_extra.source) AS extra_source,",
        ]),
        ("metric/fenix/tabs.switched", "by extra odd-key", [
            "JSON_VALUE(m.event_extra, '$.\"odd-key\"') AS extra_odd_key,",
        ]),
        ("metric/fenix/tabs.clicked", "by extra position", [
            "UNNEST(m.events) AS event", "AND event.category = 'tabs'", "AND event.name = 'clicked'",
            "mozfun.map.get_key(event.extra, 'position') AS extra_position,",
        ]),
        ("probe/histogram/GC_MS", "over time", [
            "UNNEST(mozfun.hist.extract(m.payload.histograms.gc_ms).values) AS bucket_entry",
        ]),
        ("probe/histogram/TAB_KINDS", "by bucket", [
            "['new', 'it\\'s'][SAFE_OFFSET(bucket_entry.key)] AS bucket_label,",
        ]),
        ("probe/histogram/TAB_COUNT", "over time", [
            "SUM(mozfun.hist.extract(m.payload.histograms.tab_count).sum) AS total,",
        ]),
        ("probe/histogram/LOAD_MS", "by label", [
            "UNNEST(m.payload.keyed_histograms.load_ms) AS entry,",
            "UNNEST(mozfun.hist.extract(entry.value).values) AS bucket_entry",
        ]),
        ("probe/scalar/tabs.by_source", "by key", [
            "UNNEST(m.payload.processes.parent.keyed_scalars.tabs_by_source) AS entry", "entry.key AS label,",
        ]),
        ("probe/histogram/USE_COUNTER2_FETCH_PAGE", "over time", [
            "`mozdata.telemetry.main_use_counter` AS m,",
        ]),
        ("probe/event/tabs.click#button", "by object", [
            "AND m.event_category = 'tabs'", "AND m.event_method = 'click'",
            "AND m.event_object IN ('one', 'two')",
        ]),
        ("probe/event/tabs.open#strip", "over time", [  # an entry is named by the first of its methods
            "AND m.event_method IN ('open', 'reopen')", "AND m.event_object = 'strip'",
        ]),
    ],
)  # fmt: skip
def test_each_type_is_read_in_its_way(item_id: str, variant: str, lines: list[str]) -> None:
    assert [line for line in lines if line not in body(query(item(item_id), variant))] == []


def test_a_thing_in_a_table_of_unknown_columns_has_no_query_and_says_why() -> None:
    event = probe("event/tabs.click#lost", "", "", "telemetry.nobody_knows", methods=("click",))
    assert queries_for(event, context(), columns_of) == []
    assert why_no_query(event, columns_of) == "The columns of telemetry.nobody_knows are not known here."
    assert why_no_query(item("probe/event/tabs.click#button"), columns_of) == ""


def test_a_ping_without_client_id_is_neither_sampled_nor_counted_by_clients() -> None:
    with_id = metric("counter", "opened", "metrics")
    without = metric("counter", "opened", "pageload")
    assert SAMPLE in query(with_id, "over time").sql
    assert "AS clients" in query(with_id, "over time").sql
    assert SAMPLE not in query(without, "over time").sql
    assert "client" not in query(without, "over time").sql


def test_a_small_app_is_read_whole() -> None:
    assert SAMPLE not in query(metric("counter", "opened", app="tiny"), "over time").sql
    assert "AS clients" in query(metric("counter", "opened", app="tiny"), "over time").sql


def test_a_table_by_day_is_filtered_by_its_day() -> None:
    made, _ = queries(item("table/moz-fx-data-shared-prod.telemetry.clients_daily"))[0]
    assert "t.submission_date >= DATE_SUB(CURRENT_DATE(), INTERVAL 7 DAY)" in body(made)


def test_a_table_without_a_date_is_counted_in_all() -> None:
    made = query(item("table/moz-fx-data-shared-prod.static.codes"), "in all")
    assert body(made) == ["SELECT", "COUNT(*) AS row_count", "FROM", "`mozdata.static.codes` AS t"]


def test_an_events_stream_without_published_columns_says_so() -> None:
    made = query(item("metric/fenix/tabs.switched"), "over time")
    assert made.notes[:2] == (
        "It reads the events ping of fenix.",
        "The columns of this events_stream are not published: they are written by hand.",
    )


def test_a_metric_without_its_column_has_no_query() -> None:
    absent = metric("counter", "closed")
    assert queries_for(absent, context(), columns_of) == []


def test_every_query_reads_the_view_for_users_under_an_alias() -> None:
    for _, made in every():
        assert re.search(rf"FROM\n\s+`mozdata\.{made.table}` AS [mt]\b", made.sql)


def test_every_query_of_a_table_with_a_date_filters_by_it() -> None:
    for each, made in every():
        if each.name != "static.codes":
            assert re.search(
                r"WHERE\n\s+(DATE\([mt]\.submission_timestamp\)|[mt]\.submission_date) >= ", made.sql
            )


def test_every_query_tells_that_access_is_for_mozillas_people() -> None:
    for _, made in every():
        assert made.access == "BigQuery is open to Mozilla's people only."


@pytest.mark.parametrize("each", [i for i in ITEMS if isinstance(i, MetricItem)], ids=lambda i: i.id)
def test_every_metric_is_offered_over_time_and_split_three_ways(each: MetricItem) -> None:
    variants = [made.variant for made, _ in queries(each)]
    assert {"over time", "by country", "by channel", "by version"} <= set(variants)
    assert len(variants) == len(set(variants))


def test_upstream_text_cannot_leave_its_comment_or_its_literal() -> None:
    hostile = metric("event", "a\n; DROP TABLE x; --", "home", "", extras=("it's",))
    for made, _ in queries(hostile):
        lines = made.sql.splitlines()
        assert next(line for line in lines if not line.startswith("-- ")) == "SELECT"
        assert not any(line.startswith(";") for line in lines)
        assert "it's" not in made.sql.split("\n", 1)[1]


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("metrics.counter.a_b", "metrics.counter.a_b"),
        ("metrics.group.a-b", "metrics.`group`.`a-b`"),
        ("a` FROM secrets.b", "`a FROM secrets`.b"),
        ("a\\", "`a`"),
        ("a\n; DROP TABLE b", "`a; DROP TABLE b`"),
    ],
)
def test_no_name_of_upstream_ends_the_backticks_around_it(path: str, written: str) -> None:
    assert quoted(path) == written


def test_no_text_of_upstream_ends_the_quotes_or_the_comment_around_it() -> None:
    assert literal("a' OR '1'='1\\") == r"'a\' OR \'1\'=\'1\\'"
    assert literal("a\nb\r") == r"'a\nb\r'"
    assert comment("a\n; DROP TABLE b\u2028c") == "a ; DROP TABLE b c"
