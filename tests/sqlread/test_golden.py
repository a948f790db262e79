"""Small SQL of our own, and what is read out of it: every shape that upstream's files have."""

from __future__ import annotations

import pytest

from indexer.sqlread.model import from_json, to_json
from indexer.sqlread.resolve import routine_key
from indexer.sqlread.statements import read_routines, read_sql
from indexer.sqlread.values import Shape, flat, shape_of_columns
from indexer.sqlread.warehouse import Resolved, TableText, Warehouse
from tests.sqlread.cases import CASES, TABLES, Case

ROUTINES = """
CREATE OR REPLACE FUNCTION norm.parts(text STRING) RETURNS STRUCT<major INT64, minor INT64> AS (
  STRUCT(1 AS major, 2 AS minor)
);
CREATE OR REPLACE FUNCTION norm.row(given ANY TYPE) AS (
  (SELECT AS STRUCT given.*, 'x' AS kind)
);
CREATE OR REPLACE FUNCTION norm.of_bits(pairs ARRAY<STRUCT<created INT64, active INT64>>) AS (
  (SELECT AS STRUCT COUNTIF(active > 0) AS users, COUNTIF(created = 6) AS newcomers FROM UNNEST(pairs))
);
-- Tests
SELECT assert.equals(1, norm.parts('1').major);
"""
OWN = "p.x.own"


def _shape(text: str) -> Shape:
    columns = []
    for part in text.split(", "):
        path, kind = part.split(" ")
        repeated = kind.endswith("[]")
        columns.append((path, kind.removesuffix("[]"), "REPEATED" if repeated else "NULLABLE", ""))
    return shape_of_columns(columns)


def resolve(sql: str, **further: str) -> Resolved:
    """The table p.x.own of this SQL over TABLES; `further`: names in p.x with their SQL."""
    tables = {name: TableText(name, None, _shape(text)) for name, text in TABLES.items()}
    for name, text in {"own": sql, **further}.items():
        tables[f"p.x.{name}"] = TableText(f"p.x.{name}", from_json(to_json(read_sql(text))), None, True)
    routines = {routine_key(each.name): each for each in read_routines(ROUTINES)}
    found = Warehouse(tables, routines).resolved(OWN)
    assert found is not None
    return found


def columns_of(found: Resolved) -> str:
    assert found.shape is not None, found.reason
    return ", ".join(
        f"{path} {kind or '?'}{'[]' if mode == 'REPEATED' else ''}"
        for path, kind, mode, _ in flat(found.shape)
    )


def origins_of(found: Resolved, column: str) -> list[str]:
    """As the cases write them."""
    told = found.lineage.of(column)
    if told is None:
        passed = [name for name in found.lineage.passed_on if f"{column} " in f"{TABLES[name]}"]
        return [f"={table}.{column}" for table in passed]
    mark = "=" if told.is_same else ""
    return [f"{mark}{table}.{path}" for table, path in told.origins] + ["?"] * told.is_unsure


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_columns_reads_and_lineage_are_those_of_the_sql(case: Case) -> None:
    found = resolve(case.sql)

    assert sorted(found.reads) == sorted(case.reads.split(", ") if case.reads else [])
    if case.reason:
        assert not found.from_sql
        assert found.shape is None
        assert case.reason in found.reason
    else:
        assert found.from_sql, found.reason
        assert columns_of(found) == case.columns
    for column, origins in case.lineage.items():
        assert sorted(origins_of(found, column)) == sorted(origins.split()), column


def over_unknown(sql: str, schema: str) -> Resolved:
    """The lineage of a table that has a schema of its own."""
    tables = {name: TableText(name, None, _shape(text)) for name, text in TABLES.items()}
    tables[OWN] = TableText(OWN, from_json(to_json(read_sql(sql))), _shape(schema))
    found = Warehouse(tables, {}).resolved(OWN)
    assert found is not None
    return found


def test_the_columns_of_a_schema_that_are_not_named_are_those_of_the_one_unknown_star() -> None:
    schema = "a STRING, b STRING, s RECORD, s.x STRING, s.y STRING, hours FLOAT"
    sql = (
        "SELECT t.* REPLACE (LOWER(a) AS a, (SELECT AS STRUCT s.* REPLACE (b AS y)) AS s), k.hours "
        "FROM p.gone.table AS t JOIN p.d.clients AS k ON TRUE"
    )
    found = over_unknown(sql, schema)
    assert found.reason == "the columns of p.gone.table are not known"
    assert found.lineage.passed_on == ()
    origins = {name: origins_of(found, name) for name in ("a", "b", "s.x", "s.y", "hours")}
    assert origins["b"] == ["=p.gone.table.b"]
    assert origins["a"] == ["p.gone.table.a"]
    assert origins["hours"] == ["=p.d.clients.hours"]
    assert origins["s.x"] == ["=p.gone.table.s.x"]
    assert origins["s.y"] == ["=p.gone.table.b"]


def test_a_column_of_a_schema_that_two_unknown_stars_may_give_is_made_of_nothing_that_is_known() -> None:
    found = over_unknown("SELECT t.*, u.* FROM p.gone.table AS t, p.gone.other AS u", "a STRING, b STRING")
    assert found.lineage.made == ()
    named = over_unknown("SELECT t.*, u.*, u.c AS b FROM p.gone.table AS t, p.gone.other AS u", "b STRING")
    assert origins_of(named, "b") == ["=p.gone.other.c"]


def test_of_very_many_origins_the_first_are_told_and_how_many_there_are() -> None:
    names = [f"c{n:03}" for n in range(120)]
    found = resolve(f"SELECT {' + '.join(names)} AS s, c001 AS one FROM p.gone.table")
    (told,) = [each for each in found.lineage.made if each.column == "s"]
    assert [path for _, path in told.origins] == names[:50]
    assert told.count == 120
    assert [each.count for each in found.lineage.made if each.column == "one"] == [0]


def test_the_table_holds_at_least_sixty_pairs() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)


DOUBLING = "WITH a0 AS (SELECT STRUCT(1 AS x, 2 AS y) AS s)" + "".join(
    f", a{n} AS (SELECT STRUCT(s AS l, s AS r) AS s FROM a{n - 1})" for n in range(1, 60)
)
WIDE = "WITH w AS (SELECT " + ", ".join(f"{n} AS c{n}" for n in range(400)) + ") SELECT "


@pytest.mark.parametrize(
    "sql",
    [
        f"{DOUBLING} SELECT s FROM a59",
        pytest.param(
            WIDE + ", ".join(f"STRUCT(w AS a, w AS b) AS s{n}" for n in range(400)) + " FROM w",
            marks=pytest.mark.slow,
        ),
    ],
    ids=["structs that double", "wide structs"],
)
def test_sql_that_would_take_for_ever_is_left_with_the_reason(
    sql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.sqlread.warehouse.STEPS", 200_000)
    found = resolve(sql)
    assert (found.shape, found.from_sql) == (None, False)
    assert found.reason == "it takes more steps to resolve than any real table"


def test_views_over_views_without_end_end() -> None:
    chain = {f"v{n}": f"SELECT * FROM p.x.v{n + 1}" for n in range(300)}
    found = resolve("SELECT * FROM p.x.v0", **chain, v300="SELECT * FROM p.x.v0")
    assert not found.from_sql
    assert found.reason
