"""What a row of a query is: a group with what it holds, or a row of the table whose rows are passed on."""

from __future__ import annotations

import pytest

from indexer.sqlread.model import Rows
from indexer.sqlread.statements import read_sql

GROUPED = "SELECT day, os, COUNT(*) AS clients FROM p.d.t GROUP BY day, os"


def rows(sql: str) -> Rows:
    found = read_sql(sql).rows
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("expression", "role"),
    [
        ("COUNT(*)", "sum"),
        ("COUNTIF(a > 0)", "sum"),
        ("COALESCE(SUM(a), 0)", "sum"),
        ("CAST(ROUND(SUM(a) / 1000, 2) AS INT64)", "sum"),
        ("SUM(a) + COUNT(b)", "sum"),
        ("COUNT(DISTINCT client_id)", "amount"),  # who is in two groups counts twice
        ("SUM(a) / COUNT(*)", "amount"),
        ("AVG(a)", "amount"),
        ("APPROX_QUANTILES(a, 100)", "amount"),
        ("MAX(a)", "other"),
        ("ANY_VALUE(a)", "other"),
        ("SUM(COUNT(*)) OVER ()", "key"),  # of all groups: it is no aggregate of this one
        ("'all'", "fixed"),
        ("LOWER(country)", "key"),
        ("(SELECT COUNT(*) FROM p.d.u)", "key"),
    ],
)
def test_a_column_of_groups_holds(expression: str, role: str) -> None:
    found = rows(f"SELECT os, SUM(b) AS total, {expression} AS x FROM p.d.t GROUP BY os")
    assert found == Rows((("os", "key"), ("total", "sum"), ("x", role)))


def test_an_array_that_multiplies_rows_multiplies_what_is_summed_of_them_but_not_its_elements() -> None:
    found = rows(
        "SELECT e.name, COUNT(*) AS n, SUM(hours) AS h FROM p.d.t CROSS JOIN UNNEST(events) e GROUP BY 1"
    )
    assert dict(found.columns) == {"name": "key", "n": "sum", "h": "amount"}


@pytest.mark.parametrize(
    "sql",
    [
        f"WITH a AS ({GROUPED}) SELECT * FROM a",
        f"WITH a AS ({GROUPED}), b AS (SELECT * FROM a WHERE os != 'x') SELECT day, os, clients FROM b",
        f"SELECT day, os, COALESCE(g.clients, 0) AS clients FROM ({GROUPED}) AS g ORDER BY day LIMIT 10",
        "{% if is_init() %} SELECT 1 AS day {% else %}" + GROUPED + "{% endif %}",
        f"{GROUPED} UNION ALL {GROUPED}",
    ],
)
def test_groups_are_seen_through_what_passes_them_on(sql: str) -> None:
    assert rows(sql) == Rows((("day", "key"), ("os", "key"), ("clients", "sum")))


def test_what_is_made_of_what_groups_hold_is_of_several() -> None:
    found = rows(f"WITH a AS ({GROUPED}) SELECT day, clients AS n, clients / 2 AS half FROM a")
    assert found == Rows((("day", "key"), ("n", "sum"), ("half", "")))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT os, COUNT(*) AS n FROM p.d.t GROUP BY ROLLUP(os)",
        f"{GROUPED} UNION ALL SELECT day, '*' AS os, COUNT(*) AS clients FROM p.d.t GROUP BY day",
        f"SELECT a.* FROM ({GROUPED}) AS a LEFT JOIN p.d.names USING (os)",
    ],
)
def test_nothing_adds_up_of_totals_beside_their_parts_and_of_what_a_join_may_multiply(sql: str) -> None:
    assert rows(sql).apart


def test_a_view_passes_on_the_rows_of_its_table() -> None:
    view = "CREATE OR REPLACE VIEW p.d.v AS SELECT * EXCEPT (a) REPLACE (b + 1 AS b), c AS d FROM `p.d.t`"
    assert rows(view) == Rows((("a", ""), ("b", ""), ("d", "c")), (("p", "d", "t"),), star=True)
    both = rows("SELECT *, 'x' AS app FROM p.d.t UNION ALL SELECT *, 'y' AS app FROM p.d.u")
    assert both == Rows((("app", ""),), (("p", "d", "t"), ("p", "d", "u")), star=True)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT DISTINCT os FROM p.d.t",
        "SELECT os FROM p.d.t GROUP BY os",
        f"SELECT 1 AS day, 'x' AS os, 2 AS clients FROM UNNEST([1]) UNION ALL {GROUPED}",
        f"SELECT * FROM p.d.t UNION ALL {GROUPED}",
        "SELECT * FROM p.d.t PIVOT (SUM(a) FOR os IN ('x', 'y'))",
        "SELECT 1 AS one",
        "DELETE FROM p.d.t WHERE TRUE",
    ],
)
def test_what_cannot_be_told_is_not(sql: str) -> None:
    assert read_sql(sql).rows is None
