"""The SQL builder: what is offered of a thing, what is refused, and the SQL of what was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlglot.errors import SqlglotError

from indexer.model.items import AnyItem
from search_app.query.model import QueryProblem
from search_app.sql.builder.build import Built, build
from search_app.sql.builder.choices import Choice, Choices, read_choices
from search_app.sql.builder.pair import build_pair
from tests.check_sql import json_keys
from tests.support.builder_walk import combinations_of
from tests.support.mutations import mutations
from tests.support.sql_paths import Checker, UnknownPath
from tests.support.sql_world import ITEMS, columns_of, context, item, known_columns, metric, sampled


def built(thing: AnyItem | str, **asked: object) -> Built:
    found = item(thing) if isinstance(thing, str) else thing
    return build(found, Choices(**asked), context(), columns_of)  # type: ignore[arg-type]


def lines(made: Built) -> list[str]:
    return [line.strip() for line in made.query.sql.splitlines() if not line.startswith("-- ")]


def offered(made: Built, name: str) -> list[str]:
    return offered_of(made.choices, name)


def offered_of(choices: Sequence[Choice], name: str) -> list[str]:
    return [option.value for choice in choices if choice.name == name for option in choice.options]


@pytest.mark.parametrize("thing", sampled(ITEMS))
def test_all_that_is_offered_of_a_thing_names_only_what_its_table_has(thing: AnyItem) -> None:
    checker = Checker(known_columns)
    made = list(combinations_of(thing, context(), columns_of, pairs=5))
    assert len(made) > 8
    for asked, each in made:
        walked = checker.check(each.query.sql, json_keys(thing), each.about)
        assert walked or asked.by in ((), ("total",)), each.query.sql


def test_clients_with_a_value_over_zero_by_label_and_country_are_this_query() -> None:
    made = built("metric/fenix/tabs.errors", measure="over_zero", by=("label", "country"), days=28, sample=10)
    assert (
        made.query.sql
        == """\
-- tabs.errors in fenix.metrics, clients with a value > 0, by label and country
-- It reads the metrics ping of fenix.
-- Each client counts once; the share is of the clients that sent any value.
-- It reads the last 28 days.
-- The 100 largest are given.
SELECT
  entry.key AS label,
  m.normalized_country_code AS country,
  COUNT(DISTINCT IF(entry.value > 0, m.client_info.client_id, NULL)) AS clients_over_zero,
  COUNT(DISTINCT m.client_info.client_id) AS clients,
  SAFE_DIVIDE(
    COUNT(DISTINCT IF(entry.value > 0, m.client_info.client_id, NULL)),
    COUNT(DISTINCT m.client_info.client_id)
  ) AS share_of_clients
FROM
  `mozdata.fenix.metrics` AS m,
  UNNEST(m.metrics.labeled_counter.tabs_errors) AS entry
WHERE
  DATE(m.submission_timestamp) >= DATE_SUB(CURRENT_DATE(), INTERVAL 28 DAY)
  AND m.sample_id < 10  -- a 10 % sample: take the line out for everyone
GROUP BY
  label,
  country
ORDER BY
  clients_over_zero DESC
LIMIT
  100"""
    )
    assert (
        made.query.notes[-1]
        == "It reads 10 % of the clients (sample_id < 10): take that line out for everyone."
    )


def test_nothing_chosen_is_the_first_query_of_the_page() -> None:
    made = built("metric/fenix/tabs.opened")
    assert lines(made)[:5] == [
        "SELECT",
        "DATE(m.submission_timestamp) AS submission_date,",
        "SUM(m.metrics.counter.tabs_opened) AS total,",
        "COUNT(DISTINCT m.client_info.client_id) AS clients",
        "FROM",
    ]
    assert (made.chosen.app, made.chosen.days, made.chosen.sample) == ("fenix", 7, 1)
    assert (made.chosen.measure, made.chosen.by) == ("summary", ("date",))


def test_only_what_the_table_has_is_offered() -> None:
    assert offered(built("table/moz-fx-data-shared-prod.static.codes"), "by") == [
        "column:code", "column:is_open", "total",
    ]  # fmt: skip
    without_clients = built(metric("counter", "opened", "pageload"))
    assert offered(without_clients, "measure") == ["summary", "count", "sum", "mean", "percentiles"]
    assert offered(without_clients, "sample") == []
    assert [choice.reason for choice in without_clients.choices if choice.name == "sample"] == [
        "The table cannot be sampled: all rows are read."
    ]
    with_extras = built("metric/fenix/tabs.switched")
    assert [each for each in offered(with_extras, "by") if each.startswith("extra:")] == [
        "extra:source", "extra:odd-key",
    ]  # fmt: skip


def test_the_investigation_looks_along_each_dimension_in_one_query() -> None:
    made = built("metric/fenix/tabs.opened", by=("investigation",), measure="clients")
    text = lines(made)
    assert (
        "STRUCT('country' AS dimension, CAST(m.normalized_country_code AS STRING) AS dimension_value),"
        in text
    )
    assert any("'major version'" in line for line in text)
    assert "ROW_NUMBER() OVER (PARTITION BY dimension ORDER BY clients DESC) <= 10" in text
    assert "Of each dimension, the 10 largest values are given." in made.query.notes


def test_a_histogram_is_shared_out_within_each_group() -> None:
    made = built("metric/fenix/tabs.load", measure="histogram", by=("country",))
    assert "SAFE_DIVIDE(samples, SUM(samples) OVER (PARTITION BY country)) AS share" in lines(made)


def test_a_legacy_probe_is_read_in_the_channel_that_was_asked_for() -> None:
    made = built("probe/histogram/GC_MS", channel="nightly")
    assert "AND m.normalized_channel = 'nightly'" in lines(made)
    assert "Only the nightly channel is read (normalized_channel = 'nightly')." in made.query.notes
    assert offered(made, "channel") == ["", "release", "esr", "beta", "nightly"]


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ({"app": "focus"}, "app"),
        ({"ping": "baseline"}, "ping"),
        ({"channel": "aurora"}, "channel"),
        ({"measure": "histogram"}, "measure"),
        ({"by": ("label",)}, "by"),
        ({"by": ("total", "country")}, "by"),
        ({"by": ("date", "week")}, "by"),
        ({"by": ("investigation", "country")}, "by"),
        ({"column": "x"}, "column"),
    ],
)
def test_what_cannot_be_had_is_refused_by_the_name_of_its_parameter(
    asked: dict[str, object], parameter: str
) -> None:
    with pytest.raises(QueryProblem) as refused:
        built("metric/fenix/tabs.opened", **asked)
    assert refused.value.parameter == parameter


@pytest.mark.parametrize(
    ("parameters", "parameter"),
    [
        ({"days": ["0"]}, "days"),
        ({"days": ["401"]}, "days"),
        ({"days": ["\u0663"]}, "days"),
        ({"sample": ["50"]}, "sample"),
        ({"by": ["a,b,c,d,e"]}, "by"),
        ({"app": ["x" * 500]}, "app"),
    ],
)
def test_parameters_out_of_their_bounds_are_refused(parameters: dict[str, list[str]], parameter: str) -> None:
    with pytest.raises(QueryProblem) as refused:
        read_choices(lambda name: parameters.get(name, []))
    assert refused.value.parameter == parameter


def test_an_extra_with_a_comma_in_its_name_stays_one_way_to_split() -> None:
    asked = {"by": ["country,channel", "extra:a,b"]}
    assert read_choices(lambda name: asked.get(name, [])).by == ("country", "channel", "extra:a,b")


PAIRS = (
    ("metric/fenix/tabs.opened", "metric/fenix/tabs.open"),
    ("metric/fenix/tabs.load", "probe/histogram/GC_MS"),
    ("metric/fenix/tabs.errors", "metric/fenix/tabs.flags"),
    ("metric/fenix/tabs.switched", "metric/fenix/tabs.clicked"),
    ("metric/fenix/tabs.opened", "table/moz-fx-data-shared-prod.telemetry.clients_daily"),
    ("probe/scalar/tabs.max", "probe/scalar/tabs.by_source"),
)


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_all_that_is_offered_of_two_things_names_only_what_their_tables_have(one: str, other: str) -> None:
    checker = Checker(known_columns)
    things = (item(one), item(other))
    keys = json_keys(things[0]) | json_keys(things[1])
    first = build_pair(*things, Choices(), context(), columns_of)
    asked = [Choices(by=(way,)) for way in offered_of(first.choices, "by")]
    asked += [Choices(measure=name) for name in offered_of(first.choices, "measure")]
    asked += [Choices(channel=name) for name in offered_of(first.choices, "channel")]
    assert len(asked) > 4
    for each in asked:
        made = build_pair(*things, each, context(), columns_of)
        assert checker.check(made.query.sql, keys) > 0, made.query.sql


def test_two_counters_stand_side_by_side_day_by_day() -> None:
    made = build_pair(
        item("metric/fenix/tabs.opened"), item("metric/fenix/tabs.open"),
        Choices(measure="clients", by=("country", "date")), context(), columns_of,
    )  # fmt: skip
    assert (
        made.query.sql.partition(")\nSELECT\n")[2]
        == """\
  COALESCE(one.day, other.day) AS day,
  COALESCE(one.country, other.country) AS country,
  one.clients AS tabs_opened_clients,
  other.clients AS tabs_open_clients
FROM
  one
FULL OUTER JOIN
  other
  ON one.day = other.day
  AND one.country = other.country
ORDER BY
  day, country"""
    )


def test_a_pair_is_split_only_by_what_both_have() -> None:
    labelled = build_pair(
        item("metric/fenix/tabs.errors"), item("metric/fenix/tabs.opened"), Choices(), context(), columns_of
    )
    assert "label" not in offered_of(labelled.choices, "by")
    with pytest.raises(QueryProblem) as refused:
        build_pair(
            item("metric/fenix/tabs.errors"), item("metric/fenix/tabs.opened"), Choices(by=("label",)),
            context(), columns_of,
        )  # fmt: skip
    assert refused.value.parameter == "by"


def test_nothing_said_leads_to_the_first_ping_that_has_a_query() -> None:
    held = metric("counter", "opened")
    elsewhere = replace(held.columns[0], ping="unknown", table="fenix.unknown", exists=None)
    thing = replace(held, columns=(elsewhere, *held.columns), pings=("unknown", "metrics"))
    assert built(thing).chosen.ping == "metrics"
    with pytest.raises(QueryProblem) as refused:
        built(thing, ping="unknown")
    assert refused.value.code == "no_query"


@pytest.mark.parametrize(
    ("thing", "asked"),
    [
        ("metric/fenix/tabs.errors", Choices(by=("investigation", "date"), measure="over_zero")),
        ("metric/fenix/tabs.size", Choices(by=("label", "country"), measure="histogram")),
        ("metric/fenix/tabs.switched", Choices(by=("extra:source", "week"), measure="per_client")),
        pytest.param(
            "probe/histogram/GC_MS",
            Choices(by=("investigation",), channel="beta"),
            marks=pytest.mark.slow,
        ),
        (
            "table/moz-fx-data-shared-prod.telemetry.clients_daily",
            Choices(column="active_hours", by=("country",)),
        ),
    ],
)
def test_no_chosen_query_with_one_name_wrong_passes_the_check(thing: str, asked: Choices) -> None:
    checker = Checker(known_columns)
    made = build(item(thing), asked, context(), columns_of)
    spoilt = list(mutations(made.query.sql))
    assert len(spoilt) > 20
    for mutation in spoilt:
        with pytest.raises((UnknownPath, SqlglotError)):
            checker.check(mutation.sql, json_keys(item(thing)), made.about)
