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
    return [f"{mark}{table}.{path}" for table, path in told.origins]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_columns_reads_and_lineage_are_those_of_the_sql(case: Case) -> None:
    found = resolve(case.sql)

    assert sorted(found.reads) == sorted(case.reads.split(", ") if case.reads else [])
    if case.reason:
        assert not found.from_sql
        assert found.shape is None
        assert case.reason in found.reason
        return
    assert found.from_sql, found.reason
    assert columns_of(found) == case.columns
    for column, origins in case.lineage.items():
        assert sorted(origins_of(found, column)) == sorted(origins.split()), column


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
        WIDE + ", ".join(f"STRUCT(w AS a, w AS b) AS s{n}" for n in range(400)) + " FROM w",
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
