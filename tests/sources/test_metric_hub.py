"""indexer/sources/metric_hub.py on a small golden archive, on junk, and counted against the mirror."""

from __future__ import annotations

import tarfile
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.model.definitions import MeasureJoin, MeasureStatistic, MeasureUse
from indexer.model.records import Measure, Record
from indexer.sources import Report
from indexer.sources._metric_hub_aggregations import described_expression
from indexer.sources._metric_hub_macros import write_out
from indexer.sources._metric_hub_measures import Defined, measure_of, tables_of
from indexer.sources.metric_hub import Source
from tests.support.fetching import GOLDEN, records_of
from tests.support.unpacked import archive_of, archive_with

TOP = "metric-hub-main"


@pytest.fixture(scope="module")
def golden() -> tuple[list[Record], Report]:
    return records_of(Source(), archive_of(Source(), GOLDEN / "metric_hub"))


def measures(records: list[Record]) -> dict[str, Measure]:
    return {f"{r.type}/{r.platform}/{r.name}": r for r in records if isinstance(r, Measure)}


def test_every_definition_in_scope_is_a_record(golden: tuple[list[Record], Report]) -> None:
    assert sorted(measures(golden[0])) == [
        "data_source/fenix/clients_of_segments",
        "data_source/fenix/events",
        "data_source/fenix/mobile_searches",
        "data_source/fenix/only_looker",
        "dimension/fenix/country",
        "metric/fenix/cards_seen",
        "metric/fenix/old",
        "metric/fenix/only_here",
        "metric/fenix/opened",
        "metric/fenix/searches",
        "segment/fenix/new_users",
    ]


def test_later_layers_override_single_fields(golden: tuple[list[Record], Report]) -> None:
    assert measures(golden[0])["metric/fenix/searches"] == Measure(
        type="metric",
        platform="fenix",
        name="searches",
        friendly_name="Searches (Looker)",
        description="How many searches, as Jetstream says.",
        select_expression="SUM(search_count)",
        data_source="mobile_searches",
        statistics=(
            MeasureStatistic("bootstrap_mean", "definitions"),
            MeasureStatistic("ratio", "looker", {"numerator": "searches.sum", "denominator": "opened.sum"}),
        ),
        category="search",
        owners=("data@example.org", "other@example.org"),
        layers=("definitions", "jetstream", "looker"),
        uses=(
            MeasureUse("outcome", "onboarding", "Onboarding", "jetstream/outcomes/fenix/onboarding.toml"),
            MeasureUse("monitoring", "watch", "Watching searches", "opmon/watch.toml", redefines=True),
            MeasureUse("default", "fenix", "", "jetstream/defaults/fenix.toml", ("daily", "weekly")),
            MeasureUse("experiment", "some-experiment", "", "jetstream/some-experiment.toml", ("overall",)),
        ),
        value_type="scalar",
        depends_on=("clients",),
    )


def test_misspelt_keys_and_states_are_understood(golden: tuple[list[Record], Report]) -> None:
    old = measures(golden[0])["metric/fenix/old"]
    assert (old.description, old.deprecated, old.owners) == ("Said with an s.", True, ("data@example.org",))


def test_data_sources_know_their_tables(golden: tuple[list[Record], Report]) -> None:
    found = measures(golden[0])
    searches = found["data_source/fenix/mobile_searches"]
    assert searches.tables == ("mozdata.search.mobile_search_clients_daily", "mozdata.fenix.baseline")
    assert searches.joins == (
        MeasureJoin("baseline", "definitions"),
        MeasureJoin("countries", "looker", "one_to_many", "a = b"),
    )
    assert found["data_source/fenix/events"].tables == ("mozdata.fenix.events_stream",)
    segments = found["data_source/fenix/clients_of_segments"]
    assert (segments.category, segments.tables) == ("segments", ("mozdata.fenix.clients",))


def test_what_is_passed_over_is_counted(golden: tuple[list[Record], Report]) -> None:
    assert golden[1].skipped == {
        "definition without fields": 1,
        "data source of segments, also a general one": 1,
        "unreadable TOML": 1,
        "metric of a project that nothing defines": 1,
    }


def test_a_setting_for_many_is_no_definition_and_changes_only_what_earlier_files_define(
    golden: tuple[list[Record], Report],
) -> None:
    found = measures(golden[0])
    assert not [key for key in found if "*" in key]
    assert golden[1].seen["setting for many"] == 1
    assert [join.data_source for join in found["data_source/fenix/events"].joins] == ["countries"]
    assert found["data_source/fenix/only_looker"].joins == ()


def test_a_metric_that_only_an_outcome_defines_is_a_measure_with_its_rows(
    golden: tuple[list[Record], Report],
) -> None:
    cards = measures(golden[0])["metric/fenix/cards_seen"]
    assert cards.defined_by is not None
    assert (cards.defined_by.kind, cards.defined_by.title) == ("outcome", "Onboarding")
    assert [use.kind for use in cards.uses] == ["outcome", "experiment"]
    assert (cards.from_expression, cards.client_id_column) == ("mozdata.fenix.cards", "who")
    assert cards.select_expression.split() == ["COALESCE(LOGICAL_OR(", "kind", "=", "'card'", "),", "FALSE)"]
    assert "metric/fenix/of_this_experiment_alone" not in measures(golden[0])


def test_what_is_computed_is_that_of_the_first_layer_and_the_others_are_told() -> None:
    top = f"{TOP}/{{}}/fenix.toml"
    files = {
        top.format("definitions"): '[data_sources.main]\nfrom_expression = "a.all"\n',
        top.format("opmon/definitions"): (
            '[data_sources.main]\nfrom_expression = "a.sample"\nsubmission_date_column = "d"\n'
            'friendly_name = "Main"\n'
        ),
    }
    records, _ = records_of(Source(), archive_with(files))
    (main,) = measures(records).values()
    assert (main.from_expression, main.submission_date_column, main.apart) == ("a.all", "", ("opmon",))
    assert main.friendly_name == "Main"


@pytest.mark.parametrize(
    ("written", "sql"),
    [
        ("{{agg_sum(\"a\")}} + {{ agg_sum('b') }}", "COALESCE(SUM(a), 0) + COALESCE(SUM(b), 0)"),
        ('{{agg_sum("""a\nb""")}}', "COALESCE(SUM(a\nb), 0)"),
        ("{{agg_sum('it\\'s')}}", "COALESCE(SUM(it's), 0)"),
        ("{{other('a')}}", "{{other('a')}}"),
        ("{{ parameters.a }}", "{{ parameters.a }}"),
        ("{{agg_sum(a)}}", "{{agg_sum(a)}}"),
        ("{{agg_sum('{select_expr}')}}", "COALESCE(SUM({select_expr}), 0)"),
    ],
)
def test_macros_are_written_out_and_nothing_else_is(written: str, sql: str) -> None:
    assert write_out(written, {"agg_sum": "COALESCE(SUM({select_expr}), 0)"}) == sql


@pytest.mark.parametrize(
    ("described", "sql"),
    [
        ({"aggregation": "sum", "column": "opens"}, "COALESCE(SUM(opens), 0)"),
        (
            {"aggregation": "sum", "column": "opens", "threshold": {"op": ">", "value": 3}},
            "COALESCE(SUM(opens), 0) > 3",
        ),
        ({"aggregation": "count", "column": "opens", "scale": 0.5}, "COUNT(opens) * 0.5"),
        (
            {
                "aggregation": "count_where",
                "where": [{"column": "a", "op": "=", "value": "it's"}, {"column": "b"}],
            },
            r"COUNTIF(a = 'it\'s' AND b)",
        ),
        (
            {"aggregation": "any", "column": "seen", "scale": 100},
            "CAST(COALESCE(LOGICAL_OR(seen), FALSE) AS INT64) * 100",
        ),
        (
            {"aggregation": "recency_within", "column": "days", "within_days": 7},
            "COALESCE(MIN(mozfun.bits28.days_since_seen(days)), 30) < 7",
        ),
        ({"aggregation": "recency_within", "column": "days", "within_days": 29}, ""),
        ({"aggregation": "sum", "column": "a) FROM x; --"}, ""),
        ({"aggregation": "sum", "column": "a", "scale": float("inf")}, ""),
        ({"aggregation": "any", "where": [{"column": "a", "op": "; DROP", "value": 1}]}, ""),
        ({"aggregation": "any", "where": []}, ""),
        ({"aggregation": ["sum"], "column": "a"}, ""),
        ({"aggregation": "any", "column": "seen", "where": [{"column": "a"}]}, ""),
        ({"aggregation": "sum", "column": "a", "within_days": 7}, ""),
        ({}, ""),
    ],
)
def test_a_described_metric_has_the_expression_that_metric_hub_writes(
    described: dict[str, Any], sql: str
) -> None:
    assert described_expression(described) == sql


def test_a_macro_that_grows_without_bound_is_left_as_it_is() -> None:
    written = "{{big('x')}}" * 100
    assert write_out(written, {"big": "{select_expr}" * 5000}) == written


@pytest.mark.parametrize(
    ("expression", "tables"),
    [
        ("mozdata.telemetry.main", ("mozdata.telemetry.main",)),
        ("`moz-fx-data-shared-prod.telemetry.main`", ("moz-fx-data-shared-prod.telemetry.main",)),
        ("(telemetry.main)", ("telemetry.main",)),
        ("(SELECT 1 FROM a.b JOIN c.d.e ON x)", ("a.b", "c.d.e")),
        ("(SELECT 1 FROM a.b AS t CROSS JOIN t.list)", ("a.b",)),
        ("(SELECT 1 /* FROM no.no */ FROM a.b -- JOIN no.no\n)", ("a.b",)),
        ("(SELECT * FROM UNNEST(x.y))", ()),
        ("", ()),
        ("not a table at all", ()),
    ],
)
def test_tables_of_an_expression(expression: str, tables: tuple[str, ...]) -> None:
    assert tables_of(expression) == tables


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
FIELDS = (
    *("friendly_name", "description", "select_expression", "data_source", "from_expression", "owner"),
    *("statistics", "category", "deprecated", "type", "depends_on", "joins", "default_dataset"),
)


@given(st.dictionaries(st.sampled_from(FIELDS), JUNK))
def test_no_definition_raises(fields: dict[str, Any]) -> None:
    given = Defined()
    given.add(fields, "definitions")
    found = measure_of(("data_source", "fenix", "x"), given, {})
    assert isinstance(found.description, str)
    assert all(isinstance(owner, str) for owner in found.owners)


@given(st.text(max_size=80))
def test_no_expression_raises(text: str) -> None:
    assert all("." in table for table in tables_of(text))


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"[", b"a = [" + b"[" * 3000, b"metrics = 7", b"[metrics]\na = 1"]
)
def test_rule_12_a_broken_file_costs_that_file_only(body: bytes) -> None:
    records, _ = records_of(
        Source(),
        archive_with(
            {
                f"{TOP}/definitions/bad.toml": body,
                f"{TOP}/definitions/good.toml": '[metrics.x]\nselect_expression = "1"',
            }
        ),
    )
    assert sorted(measures(records)) == ["metric/good/x"]


@pytest.mark.mirror
def test_every_scoped_definition_of_the_mirror_is_read(mirror: Path) -> None:
    (file,) = archive_of(Source(), mirror)
    found = measures(records_of(Source(), [file])[0])
    assert file.path is not None
    wanted: set[str] = set()
    with tarfile.open(file.path) as archive:
        for member in archive:
            folder, _, name = member.name.partition("/")[2].rpartition("/")
            scopes = ("definitions", "jetstream/definitions", "opmon/definitions", "looker/definitions")
            if folder in scopes and name.endswith(".toml") and name != "functions.toml":
                content = archive.extractfile(member)
                assert content is not None
                document = tomllib.loads(content.read().decode())
                platform = name.removesuffix(".toml")
                for section in ("metrics", "data_sources", "segments", "dimensions"):
                    given = dict(document.get(section, {}))
                    sources = given.pop("data_sources", {}) if section == "segments" else {}
                    wanted |= {f"{section[:-1]}/{platform}/{each}" for each in given}
                    wanted |= {f"data_source/{platform}/{each}" for each in sources}
    defined = {key for key, measure in found.items() if measure.defined_by is None}
    assert defined == {key for key in wanted if "*" not in key}
    assert len(found) - len(defined) > 200
    assert Counter(key.split("/")[0] for key in found)["metric"] > 400
