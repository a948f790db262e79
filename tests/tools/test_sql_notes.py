"""What a query takes for granted, and that it is said: units, ends, parts that a table leaves out."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from indexer.model.items import AnyItem, MetricItem, ProbeItem
from indexer.model.parts import AppChannel, ChannelStatus
from indexer.model.table_records import Column
from search_app.query.model import QueryProblem
from search_app.sql import SqlQuery, column_queries, queries_for, why_no_query
from search_app.sql.builder.build import build
from search_app.sql.builder.choices import Choices
from search_app.sql.events_stream import left_out
from search_app.sql.source import look_days
from search_app.sql.units import conversion
from search_app.tools import build_context
from tests.support.sql_world import PINGS, columns_of, context, item, metric, probe, query, table


def ended(*days: str) -> tuple[ChannelStatus, ...]:
    return tuple(ChannelStatus("fenix", f"org.{day}", "", "removed", "gone", day) for day in days)


def over_time(thing: MetricItem | ProbeItem) -> SqlQuery:
    return query(thing, "over time")


def code(made: SqlQuery) -> str:
    return "\n".join(line for line in made.sql.splitlines() if not line.startswith("-- "))


def test_every_note_of_a_query_stands_in_its_sql() -> None:
    for thing in ("metric/fenix/tabs.load", "probe/histogram/GC_MS", "metric/fenix/tabs.switched"):
        made = over_time(item(thing))  # type: ignore[arg-type]
        above = [line.removeprefix("-- ") for line in made.sql.splitlines() if line.startswith("-- ")]
        beside = [note for note in made.notes if note not in above]
        assert above[1:]
        assert set(above[1:]) <= set(made.notes)
        assert [note for note in beside if "sample_id" not in note] == []
        assert ("sample_id = 0" in code(made)) == bool(beside)


@pytest.mark.parametrize(
    ("kind", "unit", "name"),
    [
        ("timing_distribution", "millisecond", "/ 1e6 AS p50_ms"),
        ("timing_distribution", "nanosecond", "'timing_distribution') AS p50_ns"),
        ("timing_distribution", "", "'timing_distribution') AS p50_ns"),
        ("memory_distribution", "kilobyte", "/ 1024 AS p50_kb"),
        ("memory_distribution", "byte", "'memory_distribution') AS p50_bytes"),
        ("custom_distribution", "millisecond", "'custom_distribution') AS p50,"),
    ],
)
def test_percentiles_are_given_in_the_declared_unit(kind: str, unit: str, name: str) -> None:
    path = f"fenix.{kind}"
    value = f"metrics.{kind}.tabs_load.values"
    rows = [
        Column("submission_timestamp", "TIMESTAMP"),
        Column(f"metrics.{kind}.tabs_load", "RECORD"),
        Column(value, "RECORD", "REPEATED"),
        Column(f"{value}.key", "STRING"),
        Column(f"{value}.value", "INTEGER"),
    ]
    found = metric(kind, "load", unit=unit, table=path)
    made = {q.variant: q for q in queries_for(found, context(), lambda table: rows if table == path else ())}
    assert name in made["over time"].sql
    assert any("stored in" in note or "stored and given" in note for note in made["histogram"].notes) == (
        kind != "custom_distribution"
    )
    if unit in ("millisecond", "kilobyte") and kind != "custom_distribution":
        divisor, short = (" / 1e6", "ms") if unit == "millisecond" else (" / 1024", "kb")
        assert f"CAST(bucket_entry.key AS INT64){divisor} AS bucket_{short}" in made["histogram"].sql
        assert f"GROUP BY\n  bucket_{short}\n" in made["histogram"].sql


def test_no_declared_unit_is_converted_by_two_factors() -> None:
    factors = {unit: conversion("timing_distribution", unit).divisor for unit in ("second", "minute", "day")}
    assert {unit: float(factor) for unit, factor in factors.items()} == {
        "second": 1e9,
        "minute": 60e9,
        "day": 86_400e9,
    }


def test_what_has_ended_is_asked_for_its_last_days() -> None:
    gone = replace(metric("counter", "opened"), channel_status=ended("2024-02-01", "2024-03-02"))
    made = over_time(gone)
    day = "DATE(m.submission_timestamp)"
    assert f"{day} >= DATE_SUB(DATE '2024-03-02', INTERVAL 7 DAY)  -- It ended on 2024-03-02" in made.sql
    assert f"AND {day} <= DATE '2024-03-02'" in made.sql
    assert "CURRENT_DATE" not in made.sql
    assert query(metric("counter", "opened"), "over time").url
    assert not made.url  # the prepared query reads yesterday
    assert "It ended on 2024-03-02: the query asks for the days before." in made.notes


def beneath(view: str, *tables: tuple[str, str, float | None]) -> dict[str, AnyItem]:
    """A view over tables, each as (name, layer, days that it is kept), and fenix' metrics ping."""
    project = "moz-fx-data-shared-prod"
    given = [
        replace(table(name), layer=layer, table_type="BASE TABLE", expiration_days=days)
        for name, layer, days in tables
    ]
    over = tuple(f"{project}.{each.name}" for each in given)
    above = replace(table(view), table_type="VIEW", upstream=over)
    ping = replace(PINGS["ping/fenix/metrics"], retention={"org.a": 30, "org.b": 100})
    return {each.id: each for each in (*given, above, ping)}


@pytest.mark.parametrize(
    ("tables", "until"),
    [
        ((("a_stable.metrics_v1", "stable", None),), "2024-06-10"),  # as long as the ping's policy says
        ((("a_derived.stream_v1", "derived", 10.0), ("b_derived.stream_v1", "derived", 20.0)), "2024-03-22"),
        ((("a_derived.stream_v1", "derived", 10.0), ("b_derived.stream_v1", "derived", None)), ""),
        ((), ""),
    ],
)
def test_a_query_of_what_has_ended_says_when_its_rows_are_deleted(
    tables: tuple[tuple[str, str, float | None], ...], until: str
) -> None:
    gone = replace(metric("counter", "opened"), channel_status=ended("2024-03-02"))
    known = build_context((), beneath("fenix.metrics", *tables).get)
    made = next(q for q in queries_for(gone, known, columns_of) if q.variant == "over time")
    said = [note for note in made.notes if note.startswith("Rows are deleted")]
    assert [f"those of that day on {until}: from then on the query finds nothing" in s for s in said] == [
        True for _ in (until,) if until
    ]
    assert all(note in made.sql for note in said)


def test_an_end_on_an_unknown_day_is_said_and_not_guessed() -> None:
    made = over_time(replace(metric("counter", "opened"), channel_status=ended("2024-02-01", "")))
    assert "CURRENT_DATE()" in made.sql
    assert "It has ended, on a day that is not known: set the days yourself." in made.notes


def test_what_one_channel_still_sends_has_not_ended() -> None:
    states = (*ended("2024-02-01"), ChannelStatus("fenix", "org.b", "", "active"))
    made = over_time(replace(metric("counter", "opened"), channel_status=states))
    assert "2024-02-01" not in made.sql
    assert "CURRENT_DATE()" in made.sql


def test_the_table_of_one_channel_is_asked_by_the_end_of_that_channel() -> None:
    states = (*ended("2024-02-01"), ChannelStatus("fenix", "org.b", "", "active"))
    found = metric("counter", "opened")
    row = replace(found.columns[0], app_id="org.2024-02-01")
    assert "DATE '2024-02-01'" in over_time(replace(found, columns=(row,), channel_status=states)).sql


def test_a_day_of_upstream_that_is_none_does_not_reach_the_sql() -> None:
    made = over_time(replace(metric("counter", "opened"), channel_status=ended("2024'; DROP")))
    assert "DROP" not in made.sql


def test_a_use_counter_is_a_rate_over_what_was_destroyed() -> None:
    said = (
        "Whether it is used. Compare against `use.counter.content_documents_destroyed` to calculate the rate."
    )
    rows = [
        Column("submission_timestamp", "TIMESTAMP"),
        Column("metrics.counter.tabs_opened", "INTEGER"),
        Column("metrics.counter.use_counter_content_documents_destroyed", "INTEGER"),
    ]
    counter = replace(metric("counter", "opened", table="fenix.use_counters"), description=said)
    first, *_ = queries_for(counter, context(), lambda table: rows)
    possible = "m.metrics.counter.use_counter_content_documents_destroyed"
    assert f"SAFE_DIVIDE(SUM(m.metrics.counter.tabs_opened), SUM({possible})) AS rate" in first.sql
    assert f"SUM({possible}) AS content_documents_destroyed" in first.sql
    assert f"AND {possible} IS NOT NULL" in first.sql
    assert "AND m.metrics.counter.tabs_opened IS NOT NULL" not in first.sql
    without, *_ = queries_for(counter, context(), lambda table: rows[:2])
    assert "rate" not in code(without)
    assert "AS total" in without.sql


def test_a_legacy_use_counter_is_a_rate_over_what_was_destroyed() -> None:
    name, path = "histogram/USE_COUNTER2_FETCH_PAGE", "payload.histograms.use_counter2_fetch_page"
    rows = [
        Column("submission_timestamp", "TIMESTAMP"),
        Column(path, "STRING"),
        Column("payload.histograms.top_level_content_documents_destroyed", "STRING"),
    ]
    made, *_ = queries_for(
        probe(name, "boolean", path, "telemetry.main_use_counter"), context(), lambda table: rows
    )
    possible = "mozfun.hist.extract(m.payload.histograms.top_level_content_documents_destroyed).sum"
    assert f"SAFE_DIVIDE(SUM(mozfun.hist.extract(m.{path}).sum), SUM({possible})) AS rate" in made.sql


def test_an_event_that_events_stream_keeps_in_part_says_so() -> None:
    name = "uptake.remotecontent.result.uptake_normandy"
    (said,) = left_out(name, "firefox_desktop", stream=True)
    assert "keeps 1 % of the clients only (sample_id = 0)" in said
    assert left_out(name, "firefox_desktop", stream=False) == left_out(name, "fenix", stream=True) == ()
    event = replace(
        metric("event", "x", "events", "", app="firefox_desktop", table="firefox_desktop.events_stream"),
        name=name,
    )
    made, *_ = queries_for(event, context(), columns_of)
    assert said in made.notes
    assert f"-- {said}" in made.sql


def test_the_days_of_an_app_that_is_over_may_be_empty() -> None:
    channels = (
        AppChannel("org.mozilla.tiny", "release", "org_tiny", "org_tiny.baseline", "tiny", deprecated=True),
    )
    over = replace(context(), channels={"tiny": channels})
    said = "Its app is deprecated: where these days are empty, ask for earlier ones."
    for known, expected in ((over, True), (context(), False)):
        made = queries_for(metric("counter", "opened", app="tiny"), known, columns_of)
        assert made
        assert all((said in query.notes and said in query.sql) == expected for query in made)


def test_a_table_with_a_row_a_month_is_asked_for_a_year_and_looked_at_in_two_months() -> None:
    columns = (Column("submission_month", "DATE"), Column("country", "STRING"), Column("sap", "INTEGER"))
    monthly = replace(table("search.monthly", "submission_month"), partition_type="month")
    made = {q.variant: q.sql for q in queries_for(monthly, context(), lambda _: columns)}
    assert "INTERVAL 365 DAY" in made["over time"]
    assert "INTERVAL 62 DAY" in made["a look at rows"]
    assert [look_days(day) for day in ("activity_date_week", "month_start_date", "submission_date")] == [
        14,
        62,
        1,
    ]


def test_a_table_that_is_filled_later_is_asked_for_its_newest_days() -> None:
    columns = (Column("metric_date", "DATE"), Column("country", "STRING"))
    retention = replace(table("fenix.retention", "metric_date"), days_behind=27)
    made = {q.variant: q for q in queries_for(retention, context(), lambda _: columns)}
    said = "Its newest rows are of 28 days ago, since it is filled later: days are counted from there."
    assert "INTERVAL 34 DAY)  -- Its newest rows are of 28 days ago" in made["over time"].sql
    assert "INTERVAL 28 DAY" in made["a look at rows"].sql  # the newest day and no other
    assert all(said in query.notes for query in made.values())
    chosen = build(retention, Choices(days=14), context(), lambda _: columns)
    assert "INTERVAL 41 DAY" in chosen.query.sql
    assert chosen.chosen.days == 14
    beneath = replace(retention, user_view="table/moz-fx-data-shared-prod.fenix.whole")
    whole = table("fenix.whole", "metric_date")
    shown = build_context([whole], lambda key: whole if key == whole.id else None)
    first = queries_for(beneath, shown, lambda _: columns)[0]
    assert (first.table, "INTERVAL 7 DAY)\n" in first.sql) == ("fenix.whole", True)


def test_a_table_of_last_seen_clients_says_who_was_there_on_the_day() -> None:
    columns = (
        Column("submission_date", "DATE"),
        Column("client_id", "STRING"),
        Column("days_since_seen", "INTEGER"),
    )
    made = queries_for(table("search.last_seen"), context(), lambda _: columns)
    said = "Not every client of a row was seen on its day: those have t.days_since_seen = 0."
    assert all(said in query.notes and said in query.sql for query in made)
    daily = queries_for(table("search.daily"), context(), lambda _: columns[:2])
    assert not any("Not every client" in query.sql for query in daily)
    profiles = (columns[0], Column("usage_profile_id", "STRING"), Column("days_seen_bits", "INTEGER"))
    said = "Not everyone of a row was seen on its day: those who were have t.days_seen_bits & 1 = 1."
    made = queries_for(table("fenix.last_seen"), context(), lambda _: profiles)
    assert all(said in query.notes and said in query.sql for query in made)


def of_structure(structure: str) -> SqlQuery:
    given = item("metric/fenix/tabs.list")
    assert isinstance(given, MetricItem)
    assert given.definition
    return over_time(replace(given, definition=replace(given.definition, structure=structure)))


def test_an_array_of_plain_values_tells_its_values() -> None:
    made = of_structure('{"type": "array", "items": {"type": "string"}}')
    assert "APPROX_TOP_COUNT(JSON_VALUE(element, '$'), 5) AS top_values" in made.sql
    assert not any("leaves out" in note for note in made.notes)


def test_what_a_query_of_an_object_leaves_out_is_said() -> None:
    parts = {f"part_{number}": {"type": "string"} for number in range(10)}
    nested = {"modules": {"type": "array", "items": {"type": "object"}}, "of": {"type": "object"}}
    notes = {
        json.dumps({"type": "object", "properties": parts}): (
            "Of the object it leaves out all but the first 8 of 10 plain parts."
        ),
        json.dumps({"type": "array", "items": {"properties": {**nested, "name": {"type": "string"}}}}): (
            "Of each element it leaves out parts that are lists or objects."
        ),
        json.dumps({"type": "object", "properties": {**parts, **nested}}): (
            "Of the object it leaves out parts that are lists or objects and all but the first 8 of 10 plain "
            "parts."
        ),
    }
    for structure, note in notes.items():
        assert note in of_structure(structure).notes


def test_a_table_that_is_made_from_a_sample_of_the_clients_says_so() -> None:
    columns = (Column("submission_date", "DATE"), Column("country", "STRING"))
    sampled = replace(table("fenix.ratios", "submission_date"), sample="sample_id = 42")
    said = (
        "It is made from a sample of the clients (sample_id = 42), wholly or in part: "
        "its SQL says whether counts are scaled up."
    )
    made = queries_for(sampled, context(), lambda _: columns)
    assert made
    assert all(said in each.notes for each in made)
    assert said in column_queries(sampled, "country", context(), lambda _: columns)[0].notes
    by_name = replace(table("fenix.ratios_1pct", "submission_date"), sample="sample_id = 0")
    notes = queries_for(by_name, context(), lambda _: columns)[0].notes
    assert [note for note in notes if "sample" in note] == [
        "Its table holds a sample of 1 %: what is counted and summed is of that."
    ]


@pytest.mark.parametrize(
    ("kind", "wants", "asked"), [("", True, False), ("", False, True), ("DATE", True, True)]
)
def test_no_query_is_offered_without_the_filter_that_its_table_wants(
    kind: str, wants: bool, asked: bool
) -> None:
    columns = (Column("cohort_date", kind), Column("country", "STRING"))
    cohorts = replace(table("fenix.cohorts", "cohort_date"), partition_filter_required=wants)
    made = [
        *queries_for(cohorts, context(), lambda _: columns),
        *column_queries(cohorts, "country", context(), lambda _: columns),
    ]
    assert bool(made) == asked
    reason = why_no_query(cohorts, lambda _: columns)
    assert reason == ("" if asked else "A query must filter by cohort_date, whose type is not known.")
    if not asked:
        for column in ("", "country"):
            with pytest.raises(QueryProblem, match="whose type is not known"):
                build(replace(cohorts, column_count=2), Choices(column=column), context(), lambda _: columns)


def test_the_day_of_a_table_of_another_project_is_looked_up_there() -> None:
    """A table of that name in the shared project may have a type for it, or none."""
    cohorts = replace(table("fenix.cohorts", "cohort_date"), project="glam-fenix-dev", layer="derived")
    cohorts = replace(cohorts, partition_filter_required=True)
    known = {"glam-fenix-dev.fenix.cohorts": (Column("cohort_date", "DATE"),)}
    shared = {"fenix.cohorts": (Column("cohort_date", ""),)}
    assert why_no_query(cohorts, lambda name: {**known, **shared}.get(name, ())) == ""
    assert queries_for(cohorts, context(), lambda name: {**known, **shared}.get(name, ()))
