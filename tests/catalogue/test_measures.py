"""Measures: where their rows come from, what their SQL reads, why some have no query."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.catalogue.column_owners import MOST_OWNERS, ColumnOwners
from indexer.catalogue.measure_reading import read_measure
from indexer.catalogue.measure_rows import (
    SUM_OF_MAXIMA,
    divided_tables,
    operands_of,
    rows_of,
    said_of_products,
    why_no_expression,
)
from indexer.catalogue.measures import MeasureMaker
from indexer.catalogue.model import App, Estate
from indexer.catalogue.schemas import Schemas
from indexer.catalogue.tables import Tables
from indexer.model.definitions import (
    GivenColumn,
    GivenColumns,
    MeasureJoin,
    MeasureRows,
    MeasureStatistic,
    MeasureUse,
    StarOf,
    SubQuery,
)
from indexer.model.items import MeasureItem
from indexer.model.records import Measure
from indexer.sqlread.lineage import ColumnOrigins, Lineage
from indexer.sqlread.model import Reading
from indexer.sqlread.texts import digest_of, read_here, reading_of
from indexer.sqlread.values import Shape, shape_of_columns
from indexer.sqlread.warehouse import Resolved
from indexer.store.reader import adapters
from tests.support.sql_world import metric, names, probe, table
from tests.support.upstream import Upstream, catalogue_of

TABLE = "moz-fx-data-shared-prod.fenix.daily"
COLUMNS = (
    ("submission_date", "DATE", "NULLABLE", ""),
    ("client_id", "STRING", "NULLABLE", ""),
    ("opens", "INTEGER", "NULLABLE", ""),
    ("is_dau", "BOOLEAN", "NULLABLE", ""),
    ("event", "STRING", "NULLABLE", ""),
)
ITS_OWN = MeasureUse("experiment", "trial-a", redefines=True)
ROWS = MeasureRows("daily_rows", f"`{TABLE}`", "client_id", "submission_date")


def shape_of(name: str) -> Shape | None:
    return shape_of_columns(COLUMNS) if name == TABLE else None


def read(text: str) -> Reading:
    return reading_of(read_here([text])[digest_of(text)])


def source(name: str = "daily", **given: object) -> Measure:
    fields = {"from_expression": "mozdata.fenix.daily", **given}
    return Measure("data_source", "fenix", name, **fields)  # type: ignore[arg-type]


def measure(expression: str = "SUM(opens)", **given: object) -> Measure:
    fields = {"data_source": "daily", **given}
    return Measure("metric", "fenix", "opened", select_expression=expression, **fields)  # type: ignore[arg-type]


def sources(*found: Measure) -> dict[tuple[str, str], Measure]:
    return {(each.platform, each.name): each for each in found}


# ------------------------------------------------------------------ rows


@pytest.mark.parametrize(
    ("written", "item"),
    [
        ("mozdata.fenix.daily", "`mozdata.fenix.daily`"),
        ("`moz-fx-data-shared-prod`.fenix.daily", "`moz-fx-data-shared-prod.fenix.daily`"),
        ("(SELECT 1 FROM a.b)", "(SELECT 1 FROM a.b)"),
        ("(SELECT ')' FROM a.b -- )\n)", "(SELECT ')' FROM a.b -- )\n)"),
        ("a.b AS t", "(\n  SELECT\n    *\n  FROM\n    a.b AS t\n)"),
        (
            "(SELECT 1) x JOIN (SELECT 2) y",
            "(\n  SELECT\n    *\n  FROM\n    (SELECT 1) x JOIN (SELECT 2) y\n)",
        ),
        ("mozdata.{dataset}.daily", "`mozdata.org_mozilla_fenix.daily`"),
        ("(SELECT '{{guid}}' FROM a.b)", "(SELECT '{guid}' FROM a.b)"),
    ],
)
def test_a_from_expression_is_an_item_of_from(written: str, item: str) -> None:
    data_source = source(from_expression=written, default_dataset="org_mozilla_fenix")
    rows = rows_of(measure(), sources(data_source)).rows
    assert rows is not None
    assert (rows.alias, rows.source) == ("daily_rows", item)


def test_client_and_day_are_those_of_the_data_source_and_null_means_none() -> None:
    plain = rows_of(measure(), sources(source())).rows
    told = rows_of(
        measure(), sources(source(client_id_column="NULL", submission_date_column="metric_date"))
    ).rows
    assert plain is not None
    assert told is not None
    assert (plain.client_id, plain.day) == ("client_id", "submission_date")
    assert (told.client_id, told.day) == ("", "metric_date")


def test_joins_are_as_metric_hub_makes_them_and_those_of_looker_are_left_out_and_said() -> None:
    joins = (
        MeasureJoin("other", "definitions", "one_to_many"),
        MeasureJoin("codes", "definitions", "", "daily.country = codes.code"),
        MeasureJoin("base_fields", "looker"),
    )
    found = rows_of(
        measure(),
        sources(
            source(joins=joins),
            source("other", client_id_column="who"),
            source("codes"),
            source("base_fields"),
        ),
    )
    assert found.rows is not None
    assert (
        found.rows.source
        == """(
  SELECT
    *
  FROM
    `mozdata.fenix.daily` AS daily
  LEFT JOIN
    `mozdata.fenix.daily` AS other
    ON daily.client_id = other.who AND daily.submission_date = other.submission_date
  JOIN
    `mozdata.fenix.daily` AS codes
    ON daily.country = codes.code
)"""
    )
    assert found.assumptions == (
        "Looker joins base_fields to it, for columns to filter by: they are left out here.",
    )


def test_a_sum_of_maxima_says_that_it_is_no_number_at_once() -> None:
    source = Measure("data_source", "desktop", "main", from_expression="mozdata.telemetry.main")
    for expression, said in (
        ("SUM(payload.processes.parent.scalars.tabs_max_open)", (SUM_OF_MAXIMA,)),
        ("MAX(payload.processes.parent.scalars.tabs_max_open)", ()),
        ("SUM(tabs_opened)", ()),
    ):
        record = Measure("metric", "desktop", "tabs", data_source="main", select_expression=expression)
        assert rows_of(record, {("desktop", "main"): source}).assumptions == said


SEARCHES = "mozdata.search.mobile_daily"


def searches(platform: str, text: str = SEARCHES) -> Measure:
    """A data source over a table of several products, by default without telling them apart."""
    return Measure("data_source", platform, "daily", from_expression=text, tables=(SEARCHES,))


def test_a_measure_of_all_rows_says_so_where_others_take_their_product_out_of_the_table() -> None:
    taken = f"(SELECT * FROM `{SEARCHES}` WHERE normalized_app_name_os = 'Focus iOS')"
    known = sources(searches("fenix"), searches("focus_ios", taken), searches("multi_product"))
    divided = divided_tables(known)
    assert divided == {SEARCHES: "normalized_app_name_os"}
    said = said_of_products(measure(), known, divided)
    assert said.startswith(
        "search.mobile_daily has the rows of several products, and metric-hub does not take"
    )
    assert "those of fenix out of them (others do, by normalized_app_name_os)" in said
    of_all = replace(measure(), platform="multi_product")
    chosen = replace(measure("COUNTIF(normalized_app_name_os = 'Fenix')"))
    assert said_of_products(replace(measure(), platform="focus_ios"), known, divided) == ""
    assert said_of_products(of_all, known, divided) == ""
    assert said_of_products(chosen, known, divided) == ""


def test_a_measure_of_mixed_rows_is_marked_and_its_query_says_it(tmp_path: Path) -> None:
    made = Upstream()
    for name in ("fenix", "focus_ios"):
        made.app(name)
    made.table("search_derived.mobile_daily_v1", {"submission_date": "DATE", "client_id": "STRING"})
    made.view("search.mobile_daily", "search_derived.mobile_daily_v1")
    for name, taken in (("fenix", ""), ("focus_ios", " WHERE app_name = 'Focus'")):
        made.measures(
            f"definitions/{name}.toml",
            "[metrics.searches]\nselect_expression = 'COUNT(*)'\ndata_source = 'daily'\n"
            f'[data_sources.daily]\nfrom_expression = """(SELECT * FROM `{SEARCHES}`{taken})"""\n',
        )
    items = catalogue_of(made, tmp_path).items
    found = {
        item.platform: item for item in items if isinstance(item, MeasureItem) and item.name == "searches"
    }
    assert (found["fenix"].mixed, found["focus_ios"].mixed) == (True, False)
    assert found["fenix"].assumptions[0].startswith("search.mobile_daily has the rows of several products")


def test_a_measure_that_is_the_numerator_of_its_own_ratio_does_not_depend_on_itself(tmp_path: Path) -> None:
    made = Upstream()
    made.app("fenix")
    made.table(
        "fenix.daily",
        {"submission_date": "DATE", "client_id": "STRING", **dict.fromkeys(("clicks", "shown"), "INTEGER")},
    )
    made.measures(
        "definitions/fenix.toml",
        "[metrics.clicks]\nselect_expression = 'SUM(clicks)'\ndata_source = 'daily'\n"
        "[metrics.shown]\nselect_expression = 'SUM(shown)'\ndata_source = 'daily'\n"
        "[data_sources.daily]\nfrom_expression = 'mozdata.fenix.daily'\n",
    )
    ratio = "[metrics.clicks.statistics.ratio]\nnumerator = 'clicks.sum'\ndenominator = 'shown.sum'\n"
    made.measures("looker/definitions/fenix.toml", ratio)
    found = {item.id: item for item in catalogue_of(made, tmp_path).items}
    clicks = found["measure/metric/fenix/clicks"]
    assert clicks.related["depends_on"] == ("measure/metric/fenix/shown",)
    assert "measure" not in clicks.related


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (
            measure("COUNTIF(id = '{{ parameters.id }}')"),
            "Its expression has a parameter that each experiment fills: id.",
        ),
        (measure(data_source="nowhere"), "Its data source nowhere is not defined."),
        (measure(data_source=""), "metric-hub names no data source"),
        (measure(from_expression="(SELECT '{{experiment.slug}}')"), "Its rows are those of one experiment"),
        (
            measure(data_source="a b; DROP", from_expression="a.b"),
            "Its data source has a name that SQL cannot use",
        ),
    ],
)
def test_a_measure_that_cannot_be_asked_says_why(record: Measure, reason: str) -> None:
    found = rows_of(record, sources(source()))
    assert found.rows is None
    assert found.reason.startswith(reason)


def test_a_measure_without_an_expression_is_the_ratio_of_what_it_depends_on() -> None:
    opened, seen = measure(), Measure("metric", "fenix", "seen", select_expression="1", data_source="daily")
    metrics = {("fenix", "opened"): opened, ("fenix", "seen"): seen}
    rate = Measure("metric", "fenix", "rate", depends_on=("opened", "seen"))
    assert [each.name for each in operands_of(rate, metrics, sources(source()))] == ["opened", "seen"]
    told = Measure(
        "metric",
        "fenix",
        "rate",
        statistics=(
            MeasureStatistic(
                "ratio", "looker", {"numerator": "seen.sum", "denominator": "opened.client_count"}
            ),
        ),
    )
    assert [(x.name, x.statistic) for x in operands_of(told, metrics, sources(source()))] == [
        ("seen", "sum"),
        ("opened", "client_count"),
    ]
    lone = Measure("metric", "fenix", "rate", depends_on=("opened", "unknown"))
    assert operands_of(lone, metrics, sources(source())) == ()


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"depends_on": ("opened", "gone")}, "only what it depends on: it does not define gone."),
        ({"depends_on": ("opened",)}, "only what it depends on: it says no ratio of opened."),
        ({"uses": (ITS_OWN,)}, "only the experiment trial-a gives it one."),
        ({"uses": (ITS_OWN, ITS_OWN)}, "only the experiment trial-a and 1 more give it one each."),
        ({"uses": (replace(ITS_OWN, redefines=False),)}, "metric-hub gives no expression for it."),
        ({"statistics": (MeasureStatistic("mean", "jetstream", {}),)}, "only its statistics: mean."),
        ({}, "metric-hub gives no expression for it."),
    ],
)
def test_a_metric_without_an_expression_says_what_metric_hub_gives_instead(told, reason: str) -> None:
    record = Measure("metric", "fenix", "bare", **told)
    assert why_no_expression(record, {("fenix", "opened"): measure()}).endswith(reason)


# ------------------------------------------------------------------ what is read


@pytest.mark.parametrize(
    ("expression", "columns", "value"),
    [
        ("SUM(opens)", ["opens"], "number"),
        ("COALESCE(LOGICAL_OR(is_dau), FALSE)", ["is_dau"], "boolean"),
        ("COUNT(DISTINCT IF(is_dau, client_id, NULL))", ["client_id", "is_dau"], "number"),
        ("ARRAY_AGG(event)", ["event"], "other"),
        ("COUNT(*)", [], "number"),
        ("SUM(opens) -- of a day", ["opens"], "number"),
    ],
)
def test_the_value_of_a_measure_is_made_of_columns(
    expression: str, columns: Sequence[str], value: str
) -> None:
    found = read_measure(expression, ROWS, read, shape_of, lambda name: True)
    assert found.reason == ""
    assert sorted(path for _, path in found.made_of) == columns
    assert {name for name, _ in found.made_of} <= {TABLE}
    assert found.value == value


def test_an_expression_that_names_what_its_table_lacks_cannot_be_asked() -> None:
    found = read_measure("SUM(closes)", ROWS, read, shape_of, lambda name: True)
    assert found.reason == "It names what its tables do not have: closes."
    unsure = read_measure("SUM(closes)", ROWS, read, shape_of, lambda name: False)
    assert unsure.reason == ""
    called = read_measure(
        "ARRAY_AGG(mozfun.hist.extract(event) IGNORE NULLS)", ROWS, read, shape_of, lambda name: True
    )
    assert called.reason == ""


@pytest.mark.parametrize("expression", ["SUM(", "1; DROP TABLE x", "1 FROM b", "", "(" * 3000 + ")" * 3000])
def test_what_is_no_expression_cannot_be_asked_and_raises_nothing(expression: str) -> None:
    assert read_measure(expression, ROWS, read, shape_of, lambda name: True).reason


def test_a_group_by_what_the_rows_give_is_no_missing_column() -> None:
    rows = replace(
        ROWS,
        source="(SELECT UPPER(client_id) AS client_id, ANY_VALUE(submission_date) AS submission_date,"
        f" UPPER(event) AS shout FROM `{TABLE}` GROUP BY client_id, shout)",
    )
    assert read_measure("COUNT(shout)", rows, read, shape_of, lambda name: True).reason == ""
    assert read_measure("COUNT(whisper)", rows, read, shape_of, lambda name: True).reason


def test_enrolments_belong_to_experiments_only() -> None:
    found = read_measure("MIN(e.enrollment_date)", ROWS, read, shape_of, lambda name: True)
    assert found.reason == "It compares with enrolments, which only an experiment has."


def test_columns_and_literals_lead_to_metrics_probes_and_events() -> None:
    held = Tables({})
    owners = ColumnOwners(
        [
            metric("timing_distribution", "load"),
            metric("event", "moved", "events", "", table="fenix.events_stream"),
        ],
        [probe("histogram/GC_MS", "exponential", "payload.histograms.gc_ms")],
        held,
    )
    assert owners.of_column("mozdata.fenix.metrics", "metrics.timing_distribution.tabs_load.sum") == (
        "metric/fenix/tabs.load",
    )
    assert owners.of_column("telemetry.main", "payload.histograms.gc_ms") == ("probe/histogram/GC_MS",)
    assert owners.of_column("fenix.metrics", "metrics") == ()
    assert owners.of_column("fenix.other", "metrics.timing_distribution.tabs_load") == ()
    assert held.get(table("static.codes").name) is None


def test_a_column_of_a_derived_table_leads_through_its_sql_to_the_probe_and_to_no_client_id() -> None:
    project = "moz-fx-data-shared-prod"
    daily, view, main = (table(f"telemetry.{name}") for name in ("daily_v1", "daily", "main"))
    hours = ColumnOrigins("hours", ((f"{project}.telemetry.main", "payload.histograms.gc_ms"),))
    clients = ColumnOrigins("client_id", ((f"{project}.telemetry.main", "client_id"),))
    resolved = {
        daily.id: Resolved(None, True, lineage=Lineage(made=(hours, clients))),
        view.id: Resolved(None, True, lineage=Lineage((f"{project}.telemetry.daily_v1",))),
    }
    gc_ms = probe("histogram/GC_MS", "exponential", "payload.histograms.gc_ms")
    owners = ColumnOwners([], [gc_ms], Tables({x.id: x for x in (daily, view, main)}, resolved))
    assert owners.of_column("telemetry.daily", "hours") == ("probe/histogram/GC_MS",)
    assert owners.of_column("mozdata.telemetry.daily_v1", "hours") == ("probe/histogram/GC_MS",)
    assert owners.of_column("telemetry.daily", "client_id") == ()
    assert owners.of_column("telemetry.daily", "other") == ()


def test_tables_that_are_made_of_each_other_end_the_search() -> None:
    project = "moz-fx-data-shared-prod"
    one, two = table("a.one"), table("a.two")
    resolved = {
        one.id: Resolved(None, True, lineage=Lineage((f"{project}.a.two",))),
        two.id: Resolved(None, True, lineage=Lineage((f"{project}.a.one",))),
    }
    owners = ColumnOwners([], [], Tables({one.id: one, two.id: two}, resolved))
    assert owners.of_column("a.one", "x") == ()


def test_a_column_that_is_made_of_very_many_is_about_no_one_of_them() -> None:
    project = "moz-fx-data-shared-prod"
    daily, main = table("telemetry.daily"), table("telemetry.main")
    probes = [
        probe(f"histogram/P{at}", "exponential", f"payload.histograms.p_{at}")
        for at in range(MOST_OWNERS + 1)
    ]

    def of(count: int) -> tuple[str, ...]:
        origins = tuple((f"{project}.telemetry.main", f"payload.histograms.p_{at}") for at in range(count))
        lineage = Lineage(made=(ColumnOrigins("all", origins),))
        held = Tables({x.id: x for x in (daily, main)}, {daily.id: Resolved(None, True, lineage=lineage)})
        return ColumnOwners([], probes, held).of_column("telemetry.daily", "all")

    assert len(of(MOST_OWNERS)) == MOST_OWNERS
    assert of(MOST_OWNERS + 1) == ()


def test_what_a_sub_query_gives_is_read_in_a_build_and_kept_with_the_measure(tmp_path: Path) -> None:
    world = Upstream()
    world.app("fenix", "org.mozilla.fenix")
    world.table("fenix_derived.daily_v1", dict.fromkeys(("client_id", "submission_date", "os"), "STRING"))
    world.measures(
        "definitions/fenix.toml",
        '[metrics.days]\nselect_expression = "COUNT(*)"\ndata_source = "cut"\n'
        '[data_sources.cut]\nfrom_expression = "(SELECT * EXCEPT (os), UPPER(os) AS system '
        'FROM `moz-fx-data-shared-prod.fenix_derived.daily_v1` AS d)"\n',
    )
    catalogue = catalogue_of(world, tmp_path)
    item = next(each for each in catalogue.items if each.id == "measure/metric/fenix/days")
    assert isinstance(item, MeasureItem)
    assert item.rows is not None
    whole = StarOf("fenix_derived.daily_v1")
    gives = GivenColumns((replace(whole, but=("os",)),), (GivenColumn("system", type="STRING"),))
    assert item.rows.sub_query == SubQuery(gives, GivenColumns((whole,)), "d", len("(SELECT"))
    assert adapters()["measure"].validate_json(adapters()["measure"].dump_json(item)) == item


@pytest.mark.parametrize(
    ("tables", "apps", "kept"),
    [
        (("search.mobile",), ("fenix",), ["metric/fenix/tabs.load"]),
        (("org_tiny.metrics",), ("fenix",), ["metric/fenix/tabs.load", "metric/tiny/tabs.load"]),
        (("search.mobile",), ("firefox_desktop",), ["probe/histogram/GC_MS"]),
        (
            ("search.mobile",),
            (),
            ["metric/fenix/tabs.load", "metric/tiny/tabs.load", "probe/histogram/GC_MS"],
        ),
    ],
)
def test_a_measure_of_an_app_leads_to_what_that_app_or_the_owner_of_its_tables_sends(
    tables: tuple[str, ...], apps: tuple[str, ...], kept: list[str]
) -> None:
    """A table of all mobile apps is made of metrics of each of them."""
    loads = [metric("counter", "load"), metric("counter", "load", app="tiny")]
    gc_ms = replace(probe("histogram/GC_MS", "exponential", "gc_ms"), apps=("firefox_desktop",))
    held = Tables({})
    there = {name: App(name, name, (), False, frozenset({f"org_{name}"})) for name in ("fenix", "tiny")}
    estate = Estate(there, {}, {}, {}, frozenset())
    owners = ColumnOwners(loads, [gc_ms], held)
    maker = MeasureMaker(estate, held, Schemas(()), owners, Counter())
    item = MeasureItem(**names("measure", "load"), platform="x", apps=apps, tables=tables)
    assert maker.of_its_apps(item, [each.id for each in (*loads, gc_ms)]) == kept
