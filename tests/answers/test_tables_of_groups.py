"""Cards over tables whose rows are groups: what they count is in a column, and their number tells nothing."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from search_app.web.app import create_app
from tests.answers.test_answer_cards import card, world
from tests.support.upstream import Upstream, built

DAY = {"submission_date": "DATE"}
TABLES: dict[str, dict[str, str]] = {
    "telemetry.uninstalls_by_day": {**DAY, "nbr_unique_clients_uninstalling": "INTEGER"},
    "telemetry.uninstalls_by_isp": {**DAY, "isp_name": "STRING", "nbr_clients_uninstalling": "INTEGER"},
    "telemetry.crash_shares_by_driver": {**DAY, "driver": "STRING", "crash_share_total": "FLOAT"},
    "telemetry.hangs_by_part": {**DAY, "part": "STRING", "key": "STRING", "hang_count": "INTEGER"},
    "telemetry.active_users_aggregates": {**DAY, "app_name": "STRING", "dau": "INTEGER"},
    "fenix.new_profiles": {"first_seen_date": "DATE", "country": "STRING", "new_profiles": "INTEGER"},
    "google_play_store.vitals_anr_rate": {**DAY, "version_code": "STRING", "anr_rate": "FLOAT"},
    "subscription_platform.daily_active_service_subscriptions": {"date": "DATE", "service_id": "STRING"},
}


def groups() -> Upstream:
    made = world()
    made.app("mozilla_vpn", canonical_app_name="Mozilla VPN")
    for name, columns in TABLES.items():
        title = name.partition(".")[2].replace("_", " ").title()
        day = next(iter(columns))
        by_day = {"time_partitioning": {"type": "day", "field": day}}
        dataset, _, table = name.partition(".")
        made.table(f"{dataset}_derived.{table}_v1", columns, bigquery=by_day)
        rows = f"SELECT * FROM `moz-fx-data-shared-prod.{dataset}_derived.{table}_v1`"
        made.view(name, f"{dataset}_derived.{table}_v1", sql=rows, friendly_name=title)
    return made


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return create_app(built(groups(), tmp_path_factory.mktemp("groups"))).test_client()


@pytest.mark.parametrize(
    ("question", "table", "total"),
    [
        ("daily uninstalls of Firefox", "uninstalls_by_day", "SUM(t.nbr_unique_clients_uninstalling)"),
        ("how many uninstalls by isp are there", "uninstalls_by_isp", "SUM(t.nbr_clients_uninstalling)"),
        ("number of new profiles of Fenix", "new_profiles", "SUM(t.new_profiles)"),
    ],
)
def test_what_a_table_of_groups_counts_is_summed(
    question: str, table: str, total: str, client: FlaskClient
) -> None:
    found = card(client, question)
    assert found["recommended"][0]["id"].endswith(table)
    assert total in found["query"]["sql"]
    assert "COUNT(*)" not in found["query"]["sql"]


@pytest.mark.parametrize(
    "question",
    [
        "ANR rate of Fenix each day",
        "how many crash shares by driver are there",
        "how many hangs by part are there",  # of each part for several keys, which may overlap
    ],
)
def test_what_cannot_be_added_up_is_not_summed_and_its_rows_are_not_counted(
    question: str, client: FlaskClient
) -> None:
    found = card(client, question)
    assert found["query"] is None
    said = {each["label"]: each["text"] for each in found["facts"]}
    assert said["Query"] == "None: which of its columns tells it is not known here."


def test_a_table_of_several_products_is_split_by_them(client: FlaskClient) -> None:
    found = card(client, "how many people have an active subscription of Mozilla VPN")
    sql, notes = found["query"]["sql"], found["query"]["assumptions"]
    assert "service_id,\n  COUNT(*)" in sql
    assert "A row is a subscription to a service on one day." in notes
    assert "It is split by service id: what was named is one of its rows." in notes
    assert "app_name,\n  SUM(t.dau)" in card(client, "how many daily active users are there")["query"]["sql"]


def test_a_named_table_with_one_number_is_told_row_by_row(client: FlaskClient) -> None:
    found = card(client, "how many uninstalls by isp are there")["query"]
    assert "GROUP BY\n  submission_date,\n  isp\n" in found["sql"]
    assert (
        "It is split by isp: the table holds several, and what is meant may be one of them."
        in found["assumptions"]
    )
