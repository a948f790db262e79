"""SQL functions: their signature out of udf.sql, who calls them, and their old addresses as tables."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from indexer.catalogue.routines import SOURCES, signature_of
from indexer.config import Config
from indexer.model.items import RoutineItem
from indexer.sqlread.statements import without_tests
from search_app.engine.engine import SearchEngine
from search_app.query.parser import parse_query
from search_app.sql.routines import USED_FOR
from search_app.web.app import create_app
from tests.support.upstream import SQL, Upstream, built, catalogue_of

EXTRACT = "routine/mozfun.hist.extract"
INNER = "routine/moz-fx-data-shared-prod.udf.mode_last"


@pytest.fixture(scope="module")
def upstream() -> Upstream:
    """A routine that all may use, one that is ours alone, and a table that calls both. Not to be changed."""
    upstream = Upstream()
    upstream.routine(
        "mozfun.hist.extract",
        "-- FUNCTION no(\nCREATE FUNCTION hist.extract(input STRING) RETURNS STRUCT<sum INT64> AS (NULL);",
        "How **histograms** are read.\n\n@sql(../examples/read.sql)",
        friendly_name="Extract Histogram",
        description="A struct out of a histogram's text.",
    )
    upstream.routine("moz-fx-data-shared-prod.udf.mode_last", description="The newest of the most frequent.")
    upstream.table("telemetry_derived.sums_v1", {"total": "INTEGER"})
    upstream.files[f"{SQL}/moz-fx-data-shared-prod/telemetry_derived/sums_v1/query.sql"] = (
        "SELECT SUM(mozfun.hist.extract(h).sum) AS total, -- udf.other(x)\n"
        "`moz-fx-data-shared-prod`.udf.mode_last([1]) AS m FROM telemetry.main"
    )
    return upstream


@pytest.fixture(scope="module")
def config(upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Config:
    """That world, crawled and built."""
    return built(upstream, tmp_path_factory.mktemp("routines"))


@pytest.mark.parametrize(
    ("sql", "signature"),
    [
        ("CREATE OR REPLACE FUNCTION a.b() AS (1)", ("()", "")),
        ("create function `p.d`.c(x ANY TYPE, y ARRAY<STRUCT<k STRING, v FLOAT64>>) as (x)",
         ("(x ANY TYPE, y ARRAY<STRUCT<k STRING, v FLOAT64>>)", "")),
        (
            "CREATE FUNCTION a.b(\n  x INT64, -- (the first\n  y INT64\n)\n"
            "RETURNS ARRAY<STRUCT<a INT64, b STRING>>\nLANGUAGE js AS 'return 1'",
            ("(x INT64, y INT64)", "ARRAY<STRUCT<a INT64, b STRING>>"),
        ),
        ("CREATE FUNCTION a.b(x NUMERIC(10, 2)) RETURNS NUMERIC DETERMINISTIC LANGUAGE js AS 'x'",
         ("(x NUMERIC(10, 2))", "NUMERIC")),
        ("CREATE FUNCTION a.b(x INT64", ("", "")),
        ("SELECT 1", ("", "")),
        ("", ("", "")),
    ],
)  # fmt: skip
def test_a_signature_is_read_whole_or_not_at_all(sql: str, signature: tuple[str, str]) -> None:
    assert signature_of(sql) == signature


def by_id(upstream: Upstream, folder: Path) -> dict[str, Any]:
    return {each.id: each for each in catalogue_of(upstream, folder).items}


@pytest.mark.parametrize(
    ("sql", "kept"),
    [
        ("CREATE FUNCTION a.f() AS (b.g(1));\n-- Tests\nSELECT\n  c.same(1, a.f())", "b.g"),
        (
            "CREATE FUNCTION a.f() AS (b.g(1));\n/* both; ways */ WITH x AS (SELECT c.same(1)) SELECT 1;",
            "b.g",
        ),
        ('CREATE FUNCTION a.f() LANGUAGE js AS """let s = b.g(1);\nSELECT""";\nSELECT c.same(1)', "b.g"),
        ("CREATE FUNCTION a.h() AS ('; SELECT'); CREATE FUNCTION a.f() AS (b.g(1)); SELECT c.same()", "b.g"),
        ("CREATE PROCEDURE a.f() BEGIN\nSET x = 1;\nSELECT b.g(1);\nEND;\nSELECT c.same(1);", "b.g"),
    ],
)
def test_what_only_the_tests_behind_a_routine_call_is_not_called_by_it(sql: str, kept: str) -> None:
    assert kept in without_tests(sql)
    assert "c.same" not in without_tests(sql)


def test_a_routine_knows_how_it_is_called_and_which_tables_call_it(
    upstream: Upstream, tmp_path: Path
) -> None:
    found = by_id(upstream, tmp_path)
    extract, inner = found[EXTRACT], found[INNER]
    assert isinstance(extract, RoutineItem)
    assert (extract.name, extract.signature) == ("mozfun.hist.extract", "mozfun.hist.extract(input STRING)")
    assert (extract.returns, extract.language, extract.type) == ("STRUCT<sum INT64>", "sql", "public")
    assert (inner.name, inner.signature, inner.type) == ("udf.mode_last", "", "internal")
    table = found["table/moz-fx-data-shared-prod.telemetry_derived.sums_v1"]
    assert set(table.related["routine"]) == {EXTRACT, INNER}
    assert extract.related["table"] == (table.id,)


def test_no_function_is_a_table_any_more(upstream: Upstream, tmp_path: Path) -> None:
    assert not [key for key in by_id(upstream, tmp_path) if key.startswith("table/") and ".udf." in key]


@pytest.mark.parametrize(
    "text", ["mozfun.hist.extract", "hist.extract", "hist_extract", "mozfun.hist.extract("]
)
def test_a_routine_is_found_by_any_spelling_of_its_name(config: Config, text: str) -> None:
    engine = SearchEngine(config.data_dir)
    assert engine.search(parse_query(text)).hits[0].card.id == EXTRACT


def test_its_page_says_what_is_not_published(config: Config) -> None:
    client = create_app(config).test_client()
    page = client.get("/routine/mozfun.hist.extract").get_data(as_text=True)
    assert "mozfun.hist.extract(input STRING)" in page
    assert "<strong>histograms</strong>" in page
    assert f'href="{SOURCES}/sql/mozfun/hist/examples/read.sql"' in page
    assert USED_FOR["mozfun.hist.extract"] in page
    assert "https://mozilla.github.io/bigquery-etl/mozfun/hist/" in page
    inner = client.get("/routine/moz-fx-data-shared-prod.udf.mode_last").get_data(as_text=True)
    assert "Its parameters are not published here." in inner
    assert "https://mozilla.github.io/bigquery-etl/mozfun/" not in inner


def test_the_routines_of_our_own_queries_are_all_told() -> None:
    root = Path(__file__).parents[2] / "search_app" / "sql"
    called = {
        name
        for module in root.glob("*.py")
        for name in re.findall(r"mozfun\.\w+\.\w+(?=\()", module.read_text())
    }
    assert called == set(USED_FOR)


@pytest.mark.mirror
def test_every_function_of_the_mirror_is_a_routine(mirror_engine: SearchEngine) -> None:
    routines = [each for each in mirror_engine.items("routine") if isinstance(each, RoutineItem)]
    assert sum(each.type == "public" for each in routines) == 162
    # upstream has a README beside 135 of them, and most are empty files
    assert sum(bool(each.readme) for each in routines if each.type == "public") == 46
    assert {each.name for each in routines} >= set(USED_FOR)
