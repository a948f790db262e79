"""Tables whose rows are groups: by upstream's label, by their SQL, and by what they pass on."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.model.items import TableItem
from tests.support.upstream import Upstream, catalogue_of

DAY = {"submission_date": "DATE"}
GROUPS = {**DAY, "country": "STRING", "clients": "INTEGER", "hours": "FLOAT"}
COUNTED = (
    "SELECT submission_date, country, COUNT(*) AS clients, COUNT(DISTINCT client_id) AS hours"
    " FROM `moz-fx-data-shared-prod.fenix_derived.clients_v1` GROUP BY submission_date, country"
)


def table(world: Upstream, name: str, sql: str, columns: dict[str, str], **metadata: object) -> None:
    world.table(name, columns, **metadata)
    world.sql(name, sql)


@pytest.fixture
def found(tmp_path: Path) -> dict[str, tuple[bool, tuple[str, ...]]]:
    world = Upstream()
    world.app("fenix")
    world.table("fenix_derived.clients_v1", {**DAY, "client_id": "STRING"})
    table(world, "fenix_derived.users_v1", COUNTED, GROUPS)
    by_id = COUNTED.replace("country", "subscription_id")
    table(world, "fenix_derived.by_id_v1", by_id, {**DAY, "subscription_id": "STRING", "clients": "INTEGER"})
    by_plan = COUNTED.replace("country", "plan_id")
    table(world, "fenix_derived.by_plan_v1", by_plan, {**DAY, "plan_id": "STRING", "clients": "INTEGER"})
    by_metric = COUNTED.replace("country", "metric")
    table(world, "fenix_derived.by_metric_v1", by_metric, {**DAY, "metric": "STRING", "clients": "INTEGER"})
    table(world, "fenix_derived.each_v1", COUNTED, {**GROUPS, "client_id": "STRING"})
    table(world, "fenix_derived.named_v1", COUNTED, GROUPS, labels={"table_type": "client_level"})
    label = {"labels": {"table_type": "aggregate"}}
    distinct = "SELECT DISTINCT submission_date FROM `moz-fx-data-shared-prod.fenix_derived.clients_v1`"
    table(world, "fenix_derived.told_v1", distinct, GROUPS, **label)
    table(world, "fenix_derived.copied_v1", "SELECT * FROM `x-y.z.external`", GROUPS, **label)
    table(world, "fenix_derived.calendar_v1", "SELECT * FROM UNNEST([1])", GROUPS, **label)
    users = "moz-fx-data-shared-prod.fenix_derived.users_v1"
    world.view("fenix.users", "fenix_derived.users_v1", sql=f"SELECT *, 'x' AS app FROM `{users}`")
    renamed = f"SELECT submission_date, clients AS people, hours FROM `{users}`"
    world.view("fenix.people", "fenix_derived.users_v1", sql=renamed)
    union = f"SELECT * FROM `{users}` UNION ALL SELECT * FROM `{users.replace('users', 'told')}`"
    world.view("fenix.both", "fenix_derived.users_v1", "fenix_derived.told_v1", sql=union)
    mixed = " UNION ALL ".join(
        f"SELECT submission_date FROM `{each}`" for each in (users, users.replace("users", "clients"))
    )
    world.view("fenix.mixed", "fenix_derived.users_v1", "fenix_derived.clients_v1", sql=mixed)
    world.view("fenix.itself", "fenix.itself", sql="SELECT * FROM `moz-fx-data-shared-prod.fenix.itself`")
    items = catalogue_of(world, tmp_path).items
    return {item.name: (item.grouped, item.sums) for item in items if isinstance(item, TableItem)}


def test_rows_are_groups_by_label_by_sql_and_by_what_is_passed_on(
    found: dict[str, tuple[bool, tuple[str, ...]]],
) -> None:
    assert found == {
        "fenix_derived.clients_v1": (False, ()),
        "fenix_derived.users_v1": (True, ("clients",)),
        "fenix_derived.by_id_v1": (False, ()),  # a row is a subscription
        "fenix_derived.by_plan_v1": (True, ("clients",)),  # which many share
        "fenix_derived.by_metric_v1": (True, ()),  # numbers of different sorts
        "fenix_derived.each_v1": (False, ()),
        "fenix_derived.named_v1": (False, ()),  # upstream says what its rows are
        "fenix_derived.told_v1": (True, ()),
        "fenix_derived.copied_v1": (False, ()),  # of what it copies, nothing is known
        "fenix_derived.calendar_v1": (False, ()),
        "fenix.users": (True, ("clients",)),
        "fenix.people": (True, ("people",)),
        "fenix.both": (True, ()),
        "fenix.mixed": (False, ()),
        "fenix.itself": (False, ()),
    }
