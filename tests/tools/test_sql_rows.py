"""What is counted of tables whose rows are groups, or clients on their first days."""

from __future__ import annotations

from dataclasses import replace

import pytest

from indexer.model.table_records import Column
from search_app.query.model import QueryProblem
from search_app.sql import column_queries, queries_for, why_no_query
from search_app.sql.builder.build import build
from search_app.sql.builder.choices import Choices
from search_app.tools import build_context
from tests.support.sql_world import context, table

COLUMNS = [
    Column("submission_date", "DATE"),
    Column("country", "STRING"),
    Column("dau", "INTEGER"),
    Column("hours", "FLOAT"),
    Column("by_os", "INTEGER", "REPEATED"),
]
GROUPS = replace(
    table("fenix.users", "submission_date"), grouped=True, sums=("dau", "hours", "by_os", "gone"),
    column_count=len(COLUMNS),
)  # fmt: skip


def test_groups_are_summed_day_by_day_and_not_counted() -> None:
    made = {each.variant: each for each in queries_for(GROUPS, context(), lambda _: COLUMNS)}
    assert "SUM(t.dau) AS dau,\n  SUM(t.hours) AS hours\nFROM" in made["over time"].sql
    assert not any("COUNT(*)" in each.sql for each in made.values())
    assert made["over time"].title == "sums of fenix.users, over time"
    assert made["a look at rows"].title == "rows of fenix.users, a look at rows"
    said = "Its rows are groups: what they count is summed, and not how many there are."
    assert all(said in each.notes for each in made.values())
    # users of a day, summed over days, are no users
    assert "GROUP BY\n  country,\n  submission_date\n" in made["by country"].sql
    built = build(GROUPS, Choices(), context(), lambda _: COLUMNS)
    assert "SUM(t.dau) AS dau" in built.query.sql
    (offered,) = (each for each in built.choices if each.name == "measure")
    assert [each.value for each in offered.options] == ["summary"]


def test_groups_of_which_nothing_adds_up_are_looked_at_and_the_reason_is_told() -> None:
    for item in (replace(GROUPS, sums=()), replace(GROUPS, partition_field="")):
        columns = COLUMNS if item.partition_field else COLUMNS[1:]
        made = queries_for(item, context(), lambda _, columns=columns: columns)
        assert [each.variant for each in made] == ["a look at rows"]
        assert "Its rows are groups: how many there are says nothing." in made[0].notes
        with pytest.raises(QueryProblem) as problem:
            build(item, Choices(), context(), lambda _, columns=columns: columns)
        assert problem.value.code == "no_query"
        assert "What they hold cannot be added up" in problem.value.message
        by_column = build(item, Choices(column="dau", measure="sum"), context(), lambda _: COLUMNS)
        assert "SUM(t.dau) AS total" in by_column.query.sql


def test_a_view_that_is_to_be_used_tells_what_its_rows_are() -> None:
    beneath = replace(table("fenix_derived.users_v1", "submission_date"), user_view=GROUPS.id)
    shown = build_context([GROUPS], lambda key: GROUPS if key == GROUPS.id else None)
    first, *_ = queries_for(beneath, shown, lambda _: COLUMNS)
    assert (first.table, "SUM(t.dau)" in first.sql) == ("fenix.users", True)


def test_the_values_of_a_column_of_groups_say_that_rows_are_groups() -> None:
    made = column_queries(GROUPS, "country", context(), lambda _: COLUMNS)
    assert all("Its rows are groups: how many there are says nothing." in each.notes for each in made)


@pytest.mark.parametrize(
    ("name", "partition", "told"),
    [
        ("fenix.baseline_clients_first_seen", "submission_date", True),
        ("fenix.attribution_clients", "submission_date", True),
        ("fenix.new_profile_clients", "first_seen_date", True),
        ("fenix.baseline_clients_daily", "submission_date", False),
        ("fenix.events_first_seen", "submission_date", False),
    ],
)
def test_a_table_of_first_days_says_whose_rows_a_day_has(name: str, partition: str, told: bool) -> None:
    columns = [Column(partition, "DATE"), Column("client_id", "STRING")]
    made = queries_for(table(name, partition), context(), lambda _: columns)
    said = "A client has a row of its first day only: the clients of a day are those that were new on it."
    assert made
    assert all((said in each.notes) is told for each in made)


def test_a_table_of_another_project_is_read_by_its_own_columns() -> None:
    """A name without a project is one of the shared project, whose table of that name has other columns."""
    own = {"glam-dev.etl.users": COLUMNS, "etl.users": [Column("other", "STRING")]}
    item = replace(table("etl.users"), id="table/glam-dev.etl.users", project="glam-dev")
    made = queries_for(item, context(), lambda name: own.get(name, []))
    assert made
    assert all(each.table == "glam-dev.etl.users" for each in made)
    assert all("t.other" not in each.sql for each in made)
    assert "FROM\n  `glam-dev.etl.users` AS t\n" in made[0].sql


def test_groups_whose_columns_have_no_known_types_say_why_there_is_no_query() -> None:
    item = replace(GROUPS, sums=())
    columns = [Column("day", ""), Column("dau", "")]
    assert queries_for(item, context(), lambda _: columns) == []
    assert why_no_query(item, lambda _: columns) == "Its rows are groups: how many there are says nothing."
    assert why_no_query(replace(item, grouped=False), lambda _: columns) == ""
