"""The queries of measures: what metric-hub computes, by day, for clients, over clients, as ratios."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import sqlglot

from indexer.catalogue.measure_reading import one_select, texts_of
from indexer.catalogue.sub_queries import read_sub_query
from indexer.model.definitions import (
    GivenColumn,
    GivenColumns,
    MeasureRows,
    MeasureStatistic,
    Operand,
    ReadColumn,
    StarOf,
)
from indexer.model.items import MeasureItem
from indexer.model.table_records import Column
from indexer.sqlread.budget import bounded
from indexer.sqlread.statements import read_sql
from indexer.sqlread.values import Shape, shape_of_columns
from search_app.query.model import QueryProblem
from search_app.sql import SqlQuery, queries_for
from search_app.sql.builder.choices import Choices
from search_app.sql.builder.measures import build_measure
from search_app.sql.builder.sub_query import columns_given, names_given
from search_app.sql.measures import measure_queries
from search_app.tools import Context
from tests.support.sql_world import columns_of, names, table

ROWS = MeasureRows("daily_rows", "`mozdata.fenix.daily`", "client_id", "submission_date")
AGGREGATE = replace(ROWS, client_id="")


def measure(
    expression: str = "SUM(opens)", kind: str = "metric", rows: MeasureRows | None = ROWS, **given: object
) -> MeasureItem:
    fields = {"value": "number", "tables": ("fenix.daily",), **given}
    return MeasureItem(
        **names("measure", "opened", "measure/metric/fenix/opened"), type=kind, platform="fenix",
        select_expression=expression, rows=rows, **fields,  # type: ignore[arg-type]
    )  # fmt: skip


def queries(item: MeasureItem) -> dict[str, SqlQuery]:
    found = {made.variant: made for made in measure_queries(item)}
    for made in found.values():
        (parsed,) = sqlglot.parse(made.sql, dialect="bigquery")
        assert isinstance(parsed, sqlglot.exp.Select), made.sql
    return found


def test_a_metric_over_time_is_its_expression_over_its_rows_by_day() -> None:
    made = queries(measure())["over time"]
    assert made.table == "fenix.daily"
    assert (
        made.sql
        == """-- opened, over time
SELECT
  submission_date,
  SUM(opens) AS opened,
  COUNT(DISTINCT client_id) AS clients
FROM
  `mozdata.fenix.daily` AS daily_rows
WHERE
  submission_date >= DATE_SUB(CURRENT_DATE(), INTERVAL 7 DAY)
GROUP BY
  1
ORDER BY
  1"""
    )


def test_what_experiments_compute_is_told_by_the_query_that_there_is_and_of_apps_only() -> None:
    def said(item: MeasureItem) -> list[str]:
        return [note for note in queries(item)["over time"].notes if "Experiments" in note]

    each = "Experiments compute it for each client: see the query for each client."
    over = "Experiments compute it for each client: see the queries over clients."
    of_app = measure(apps=("fenix",))
    assert said(of_app) == [each]
    assert said(replace(of_app, statistics=(MeasureStatistic("bootstrap_mean", "jetstream"),))) == [over]
    assert not said(measure())


def test_a_deprecated_measure_says_that_its_last_days_may_be_empty() -> None:
    said = "metric-hub calls it deprecated: where these days are empty, ask for earlier ones."
    made = queries(measure(status="deprecated"))
    assert [said in query.notes for query in made.values()] == [True, True]
    assert not any(said in query.notes for query in queries(measure()).values())


def test_rows_of_no_client_are_summed_over_four_weeks_and_count_nobody() -> None:
    made = queries(measure("SUM(dau)", rows=AGGREGATE))
    assert list(made) == ["over time"]
    assert "INTERVAL 28 DAY" in made["over time"].sql
    assert "client" not in made["over time"].sql


def test_what_is_counted_as_clients_is_told_where_it_is_something_else() -> None:
    made = queries(measure(rows=replace(ROWS, client_id="advertiser")))
    assert all("What it calls clients are values of advertiser" in query.sql for query in made.values())
    assert not any("What it calls clients" in query.sql for query in queries(measure()).values())


def test_rows_of_weeks_and_months_are_looked_at_where_there_are_some() -> None:
    looked = {
        day: queries(measure("", "data_source", rows=replace(ROWS, day=day)))["a look at rows"].sql
        for day in ("week", "submission_month", "submission_date")
    }
    assert [
        f"INTERVAL {days} DAY" in sql for days, sql in zip((14, 62, 1), looked.values(), strict=True)
    ] == [True] * 3


def test_a_day_that_is_an_expression_has_a_name_of_its_own() -> None:
    sql = queries(measure(rows=replace(ROWS, day="DATE(submission_timestamp)")))["over time"].sql
    assert "DATE(submission_timestamp) AS day," in sql
    assert "WHERE\n  DATE(submission_timestamp) >= " in sql


def test_a_comment_at_the_end_of_an_expression_does_not_swallow_its_name() -> None:
    assert "SUM(opens) -- all\n  AS opened," in queries(measure("SUM(opens) -- all"))["over time"].sql


def test_statistics_are_taken_over_the_values_of_clients() -> None:
    statistics = (
        MeasureStatistic("bootstrap_mean", "jetstream"),
        MeasureStatistic("deciles", "jetstream"),
        MeasureStatistic("percentile", "opmon", {"percentiles": "25, 95, 101, x"}),
        MeasureStatistic("client_count", "looker"),
        MeasureStatistic("kernel_density_estimate", "jetstream"),
    )
    made = queries(measure(statistics=statistics))["over clients"]
    for column in (
        "AVG(client_value) AS mean",
        "APPROX_QUANTILES(client_value, 10) AS deciles",
        "APPROX_QUANTILES(client_value, 100)[OFFSET(25)] AS p25",
        "APPROX_QUANTILES(client_value, 100)[OFFSET(95)] AS p95",
        "COUNTIF(client_value > 0) AS client_count",
    ):
        assert column in made.sql
    assert "101" not in made.sql
    assert "Not in this query: kernel_density_estimate." in made.notes


def test_yes_and_no_are_shares_of_clients() -> None:
    item = measure("LOGICAL_OR(x)", value="boolean", statistics=(MeasureStatistic("binomial", "jetstream"),))
    assert "AVG(CAST(client_value AS INT64)) AS share" in queries(item)["over clients"].sql


@pytest.mark.parametrize("value", ["other", ""])
def test_no_statistic_is_taken_of_values_that_are_no_numbers(value: str) -> None:
    item = measure(value=value, statistics=(MeasureStatistic("sum", "opmon"),))
    assert "over clients" not in queries(item)


def test_a_rolling_average_is_that_of_looker() -> None:
    item = measure(rows=AGGREGATE, statistics=(MeasureStatistic("rolling_average", "looker"),))
    sql = queries(item)["7-day average"].sql
    assert "AVG(opened) OVER (ORDER BY submission_date ROWS BETWEEN 6 PRECEDING AND CURRENT ROW)" in sql
    assert "INTERVAL 35 DAY" in sql


def test_a_ratio_divides_day_by_day() -> None:
    top = Operand("clicks", "sum", "SUM(clicks)", ROWS)
    bottom = Operand("seen", "client_count", "SUM(seen)", ROWS)
    item = measure("", rows=None, operands=(top, bottom), depends_on=("clicks", "seen"))
    made = queries(item)
    assert list(made) == ["ratio over time"]
    sql = made["ratio over time"].sql
    assert "SAFE_DIVIDE(numerator.operand, denominator.operand) AS opened" in sql
    assert "COUNTIF(client_value > 0) AS operand" in sql
    assert any("gives no expression: it is read as clicks over seen" in note for note in item_notes(made))


def item_notes(made: dict[str, SqlQuery]) -> list[str]:
    return [note for query in made.values() for note in query.notes]


def test_a_segment_counts_its_clients_and_says_which_days_experiments_take() -> None:
    made = queries(measure("LOGICAL_OR(is_new)", "segment", window=(-1, 0)))["clients over time"]
    assert "COUNTIF(client_value) AS clients_in_segment" in made.sql
    assert any("day -1 to day 0 around enrolment" in note for note in made.notes)


def test_a_dimension_splits_and_a_data_source_is_looked_at() -> None:
    by_value = queries(measure("UPPER(country)", "dimension"))["by value"].sql
    assert "UPPER(country) AS opened,\n  COUNT(*) AS row_count" in by_value
    assert "GROUP BY\n  1\nORDER BY\n  row_count DESC" in by_value
    rows = queries(measure("", "data_source"))
    assert list(rows) == ["rows over time", "a look at rows"]
    assert "INTERVAL 1 DAY" in rows["a look at rows"].sql


def test_a_measure_that_cannot_be_asked_has_no_query() -> None:
    assert queries(measure(rows=None, no_query="Its SQL could not be read.")) == {}


AGGREGATES = [
    Column("submission_date", "DATE"),
    Column("country", "STRING"),
    Column("dau", "INTEGER"),
    Column("wau", "INTEGER"),
    Column("label", "STRING"),
]


def of_aggregates(
    expression: str, *, of_table: str = "fenix.users", columns: list[Column]
) -> dict[str, SqlQuery]:
    """The queries of a table that one measure reads."""
    read = measure(expression, columns=(ReadColumn(of_table, "dau"), ReadColumn(of_table, "label")))
    users = replace(table("fenix.users", "submission_date"), related={"measure": (read.id,)})
    context = Context(lookup={read.id: read}.get)
    return {made.variant: made for made in queries_for(users, context, lambda name: columns)}


@pytest.mark.parametrize(
    "expression", ["SUM(dau) / SUM(wau)", "sum( COALESCE(dau, 0) )", "IF(SUM(dau) > 0, 1, 0)"]
)
def test_what_a_measure_sums_within_its_expression_is_summed(expression: str) -> None:
    assert "SUM(t.dau) AS dau" in of_aggregates(expression, columns=AGGREGATES)["over time"].sql


def test_a_table_of_aggregates_sums_what_its_measures_sum_day_by_day() -> None:
    made = of_aggregates("COALESCE(SUM(dau), 0)", columns=AGGREGATES)
    assert "SUM(t.dau) AS dau\nFROM" in made["over time"].sql
    assert "COUNT(*)" not in made["over time"].sql
    assert "It sums what metric-hub's measures sum." in made["over time"].notes
    # users of a day, summed over days, are no users
    assert "GROUP BY\n  country,\n  submission_date\n" in made["by country"].sql


@pytest.mark.parametrize(
    ("expression", "of_table", "further"),
    [
        ("SUM(wau)", "fenix.users", []),
        ("SUM(label)", "fenix.users", []),
        ("MAX(dau)", "fenix.users", []),
        ("SUM(dau * 2)", "fenix.users", []),
        ("SUM(dau)", "fenix.others", []),
        ("SUM(dau)", "fenix.users", [Column("client_id", "STRING")]),
        ("SUM(dau)", "fenix.users", [Column("document_id", "STRING")]),
    ],
)
def test_other_tables_count_their_rows(expression: str, of_table: str, further: list[Column]) -> None:
    made = of_aggregates(expression, of_table=of_table, columns=[*AGGREGATES, *further])
    assert "COUNT(*) AS row_count" in made["over time"].sql
    assert "SUM(" not in made["over time"].sql


def test_a_view_sums_what_measures_sum_of_the_table_beneath_it() -> None:
    read = measure("SUM(dau)", columns=(ReadColumn("fenix_derived.users_v1", "dau"),))
    users = replace(
        table("fenix.users", "submission_date"),
        related={"measure": (read.id,)},
        upstream=("moz-fx-data-shared-prod.fenix_derived.users_v1",),
    )
    context = Context(lookup={read.id: read}.get)
    over_time, *_ = queries_for(users, context, lambda name: AGGREGATES)
    assert "SUM(t.dau) AS dau" in over_time.sql


TABLE = "`mozdata.telemetry.clients_daily`"


def shape_of(name: str) -> Shape | None:
    columns = columns_of(name.split(".", 1)[1])
    return shape_of_columns((c.path, c.type, c.mode, "") for c in columns) if columns else None


def read_rows(source: str) -> MeasureRows:
    """Rows of a source with what its SQL was read to give, as a build does it."""
    rows = replace(AGGREGATE, source=source)
    select = one_select(read_sql(texts_of("COUNT(*)", rows)[1]))
    found = read_sub_query(source, select, shape_of) if select is not None else None
    return replace(rows, sub_query=found)


@pytest.mark.parametrize(
    ("source", "splits"),
    [
        (TABLE, True),
        (f"(SELECT * FROM {TABLE} WHERE normalized_channel = 'release')", True),
        (f"(\n  SELECT *\n  FROM {TABLE}\n)", True),
        (f"(SELECT client_id, submission_date FROM {TABLE})", True),
        (f"(SELECT * FROM {TABLE} WHERE active_hours > 0 UNION ALL SELECT * FROM {TABLE})", True),
        (f"(SELECT * FROM {TABLE} -- WHERE true\n)", True),
        (f"(SELECT c.* EXCEPT (client_id), DATE(submission_date) AS day FROM {TABLE} c)", True),
        (f"(SELECT c.* FROM {TABLE} AS c CROSS JOIN UNNEST(c.active_addons) AS addon)", True),
        (f"(SELECT * FROM (SELECT country, submission_date FROM {TABLE} GROUP BY 1, 2))", True),
        (f"(WITH t AS (SELECT * FROM {TABLE}) SELECT * FROM t)", True),
        (f"(SELECT submission_date, UPPER(country) AS country, 1 AS n FROM {TABLE} GROUP BY 1, 2)", True),
        (f"(SELECT submission_date, ANY_VALUE(country) AS country FROM {TABLE} GROUP BY 1)", True),
        (f"/* all */ (-- of (SELECT\nSELECT client_id, submission_date FROM {TABLE})", False),
        (f"(/* a * b */ -- SELECT\n SELECT client_id, submission_date FROM {TABLE})", True),
        (f"(SELECT submission_date, `made.up.thing`(country) AS country FROM {TABLE} GROUP BY 1, 2)", False),
        (f"(SELECT submission_date, `made.up.thing`(client_id) AS client_id FROM {TABLE})", False),
        (f"(SELECT submission_date, (SELECT 1) AS one FROM {TABLE} LIMIT 5)", False),
        (f"(SELECT * FROM {TABLE} JOIN {TABLE} USING (client_id))", False),
        (f"(SELECT a.client_id FROM {TABLE} a NATURAL JOIN {TABLE} b)", False),
        (f"(SELECT submission_date, COUNT(*) AS n FROM {TABLE} GROUP BY 1)", False),
        (f"(SELECT DISTINCT client_id, submission_date FROM {TABLE})", False),
        (f"(SELECT submission_date, MAX(client_id) AS client_id FROM {TABLE})", False),
        (f"(SELECT * FROM {TABLE} PIVOT (SUM(dau) FOR country IN ('DE')))", False),
        ("(SELECT * FROM `mozdata.telemetry.whose_columns_nobody_knows`)", False),
        (f"(SELECT * FROM {TABLE} WHERE client_id = 'unclosed)", False),
        (f"(SELECT * FROM {TABLE} WHERE client_id = '(')", True),
        (f"(SELECT * FROM {TABLE} WHERE client_id = 'x'; SELECT 1)", False),
    ],
)
def test_rows_can_be_split_by_what_their_sub_query_gives_or_can_pass_on(source: str, splits: bool) -> None:
    found = measure(rows=read_rows(source), tables=("telemetry.clients_daily",))
    asked = Choices(by=("date", "country"))
    if not splits:
        with pytest.raises(QueryProblem, match="by"):
            build_measure(found, asked, columns_of)
        return
    query, chosen, _ = build_measure(found, asked, columns_of)
    assert chosen.by == ("date", "country")
    assert "daily_rows.country" in query.sql
    assert sqlglot.parse_one(query.sql, dialect="bigquery")


def test_a_column_that_is_not_passed_on_is_taken_from_the_table_and_said() -> None:
    source = f"(\n  SELECT\n    client_id,\n    submission_date,\n  FROM {TABLE}\n)"
    found = measure(rows=read_rows(source), tables=("telemetry.clients_daily",))
    query, _, _ = build_measure(found, Choices(by=("date", "country")), columns_of)
    assert re.search(r"SELECT country,\s+client_id,\s+submission_date,\s+FROM", query.sql)
    assert sqlglot.parse_one(query.sql, dialect="bigquery")
    assert any("made to pass country on as well" in note for note in query.notes)


def test_a_name_that_a_sub_query_gives_twice_splits_nothing() -> None:
    read = read_rows(f"(SELECT *, UPPER(country) AS country FROM {TABLE})").sub_query
    assert read is not None
    columns = columns_given(read.gives, columns_of)
    assert "country" not in columns
    assert "country" in names_given(read.gives, columns_of)
    assert "submission_date" in columns


def test_what_a_sub_query_gives_is_kept_as_what_it_leaves_out_and_names() -> None:
    read = read_rows(f"(SELECT c.* EXCEPT (country), country AS land FROM {TABLE} c)").sub_query
    assert read is not None
    assert read.gives.stars == (StarOf("telemetry.clients_daily", ("country",)),)
    assert read.gives.columns == (GivenColumn("land", "telemetry.clients_daily", "country"),)
    assert (read.base, read.alias) == (GivenColumns((StarOf("telemetry.clients_daily"),)), "c")


@pytest.mark.parametrize(
    "star", ["(SELECT a.* FROM {0} a JOIN {0} b USING (client_id))", "(SELECT * FROM {0} LIMIT 9)"]
)
def test_a_sub_query_of_many_fields_keeps_them_where_they_stand(star: str) -> None:
    read = read_rows(star.format(TABLE)).sub_query
    assert read is not None
    assert columns_given(read.gives, columns_of).keys() == {
        c.path for c in columns_of("telemetry.clients_daily")
    }


def test_a_sub_query_that_grows_past_all_measure_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.catalogue.sub_queries.bounded", lambda: bounded(1))
    assert read_rows(f"(SELECT client_id, country FROM {TABLE})").sub_query is None


def test_reading_remarks_before_a_list_takes_no_longer_than_they_are() -> None:
    select = one_select(read_sql(f"SELECT 1 FROM (SELECT client_id FROM {TABLE}) AS x"))
    assert select is not None
    read = read_sub_query("(" + "/* " * 200_000, select, shape_of)
    assert read is not None
    assert read.base is None


def test_the_expression_that_stands_in_for_a_ratio_is_asked_for_nowhere() -> None:
    top = Operand("opens", "", "SUM(opens)", AGGREGATE)
    made = queries(measure("SUM(1)", operands=(top, replace(top, name="views", expression="SUM(views)"))))
    assert list(made) == ["ratio over time"]
    assert "SUM(1)" not in made["ratio over time"].sql


def test_yes_or_no_is_told_as_a_share_of_clients_and_lists_for_each_client() -> None:
    asked = queries(measure("LOGICAL_OR(is_new)", value="boolean"))
    assert list(asked) == ["over clients", "for each client"]
    assert "AVG(CAST(client_value AS INT64)) AS share" in asked["over clients"].sql
    assert list(queries(measure("ARRAY_AGG(load IGNORE NULLS)", value="other"))) == ["for each client"]
    one = measure("ARRAY_AGG(load ORDER BY day DESC LIMIT 1)[SAFE_OFFSET(0)]", value="other")
    assert list(queries(one)) == ["over time", "for each client"]


@pytest.mark.parametrize(
    "expression",
    [
        "CAST(COALESCE(LOGICAL_OR(metrics.boolean.sync_on), FALSE) AS INT)",
        "CAST(COALESCE(COUNTIF(name = 'done') > 0, FALSE) AS INT64)",
        "COALESCE(CAST(SUM(opens) > 0 AS int), 0)",
        "COALESCE(MAX(IF(page = 'shown', 1, 0)), 0)",
        "COALESCE(MAX(\n  CAST(\n    metrics.boolean.tiles AS int\n  )\n),0)",
        "COALESCE(CASE WHEN SUM(opens) > 4 THEN 1 ELSE 0 END, 0)",
        "CAST(COUNT(*) > 1 AS INT)",
    ],
)
def test_one_or_nought_of_a_client_is_yes_or_no_too(expression: str) -> None:
    asked = queries(measure(expression))
    assert list(asked) == ["over clients", "for each client"]
    assert "AVG(client_value) AS share" in asked["over clients"].sql


@pytest.mark.parametrize(
    "expression",
    [
        "SUM(IF(page = 'shown', 1, 0))",
        "MAX(CAST(age AS INT))",
        "MAX(IF(a, 1, 0)) + MAX(IF(b, 1, 0))",
        "COUNTIF(a)",
    ],
)
def test_a_sum_or_the_most_of_numbers_is_no_yes_or_no(expression: str) -> None:
    assert list(queries(measure(expression))) == ["over time", "for each client"]


def test_any_of_a_clients_values_is_told_over_clients_by_its_own_statistics() -> None:
    share = (MeasureStatistic("sum", "jetstream"),)
    asks = measure("IF(ANY_VALUE(os) = 'Win10', IF(LOGICAL_OR(done), 1, 0) * 100, NULL)", statistics=share)
    made = queries(asks)
    assert list(made) == ["over clients", "for each client"]
    assert "SUM(client_value) AS sum" in made["over clients"].sql


def test_a_table_that_is_a_sample_says_so() -> None:
    sample = queries(measure(tables=("fenix_derived.main_1pct_v1",)))
    assert all("Its table holds a sample of 1 %" in query.sql for query in sample.values())
    picked = queries(measure(rows=replace(ROWS, sample="sample_id = 52")))
    assert picked
    assert all("a sample of the clients (sample_id = 52)" in query.sql for query in picked.values())


def test_rows_that_are_filled_later_are_asked_for_their_newest_days() -> None:
    assert "INTERVAL 7 DAY" in queries(measure())["over time"].sql
    later = replace(ROWS, days_behind=27)
    said = "Its newest rows are of 28 days ago, since it is filled later: days are counted from there."
    made = queries(measure(rows=later))
    assert all("INTERVAL 34 DAY" in each.sql and said in each.notes for each in made.values())
    chosen, _, _ = build_measure(measure(rows=later), Choices(days=28), columns_of)
    assert "INTERVAL 55 DAY" in chosen.sql
    look = queries(measure(kind="data_source", rows=later))["a look at rows"].sql
    assert "INTERVAL 28 DAY" in look
    sides = tuple(Operand(name, "", "SUM(a)", rows) for name, rows in (("late", later), ("seen", ROWS)))
    ratio = queries(measure("", rows=None, operands=sides))["ratio over time"]
    assert ("INTERVAL 34 DAY" in ratio.sql, "INTERVAL 7 DAY" in ratio.sql) == (True, True)
    assert said in ratio.notes


def test_yes_or_no_is_split_as_the_share_of_clients_in_each_group() -> None:
    rows = replace(read_rows(TABLE), client_id="client_id")
    asks = measure("LOGICAL_OR(is_dau)", rows=rows, value="boolean", tables=("telemetry.clients_daily",))
    query, chosen, _ = build_measure(asks, Choices(by=("date", "country")), columns_of)
    assert (chosen.measure, chosen.by) == ("over_clients", ("date", "country"))
    parsed = sqlglot.parse_one(query.sql, dialect="bigquery")
    assert parsed.named_selects == ["day", "country", "clients", "share", "client_count"]
    (of_client,) = parsed.find_all(sqlglot.exp.CTE)
    assert of_client.this.named_selects == ["day", "country", "client_id", "client_value"]
    assert [each.name for each in of_client.this.args["group"].expressions] == ["1", "2", "3"]
    assert "A client counts in each group that it was in." in query.notes


def test_numbers_of_clients_are_split_as_they_are_over_time() -> None:
    rows = replace(read_rows(TABLE), client_id="client_id")
    adds = measure("SUM(dau)", rows=rows, value="number", statistics=(MeasureStatistic("mean", "opmon"),))
    with pytest.raises(QueryProblem, match="by"):
        build_measure(adds, Choices(measure="over_clients", by=("date", "country")), columns_of)
    assert build_measure(adds, Choices(by=("date", "country")), columns_of)[1].measure == "over_time"
