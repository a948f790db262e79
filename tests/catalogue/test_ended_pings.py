"""A ping that its app sends no more: its tables, queries, links and numbers say so, and since when."""

from __future__ import annotations

import pytest

from indexer.model.items import AnyItem, MetricItem, PingItem, TableItem
from indexer.model.table_records import Column
from search_app import tools
from search_app.sql import queries_for, queries_for_column
from search_app.tools import Context, Link, NoLink, build_context
from tests.support.upstream import Upstream, catalogue_of

SHARED = "moz-fx-data-shared-prod"
COLUMNS = {
    "submission_timestamp": "TIMESTAMP",
    "client_info.client_id": "STRING",
    "metrics.counter.migration_done": "INTEGER",
    "metrics.counter.glean_restarts": "INTEGER",
}
LAST_DAYS = "DATE_SUB(DATE '2021-04-29', INTERVAL 7 DAY)"


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> dict[str, AnyItem]:
    upstream = Upstream()
    upstream.app("fenix", "org.mozilla.firefox", app_channel="release", dependencies=["glean"])
    upstream.library("glean")
    upstream.ping("org-mozilla-firefox", "migration", in_source=False, last="2021-03-29 10:00:00")
    upstream.ping("org-mozilla-firefox", "baseline")
    upstream.metric(
        "org-mozilla-firefox", "migration.done", in_source=False, last="2021-04-29 10:00:00",
        send_in_pings=["migration"],
    )  # fmt: skip
    upstream.metric("glean", "glean.restarts", send_in_pings=["all-pings"])
    for ping in ("migration", "baseline"):
        upstream.stable("org-mozilla-firefox", ping, COLUMNS)
        beneath = f"{SHARED}.org_mozilla_firefox_stable.{ping}_v1"
        upstream.view(f"org_mozilla_firefox.{ping}", beneath, sql=f"SELECT * FROM `{beneath}`")
        upstream.view(f"fenix.{ping}", beneath, sql=f"SELECT * FROM `{beneath}`")
    upstream.view("fenix.of_migration", "fenix.migration", sql=f"SELECT * FROM `{SHARED}.fenix.migration`")
    found = catalogue_of(upstream, tmp_path_factory.mktemp("pings")).items
    return {item.id: item for item in found}


def context_of(items: dict[str, AnyItem]) -> Context:
    return build_context(items.values(), items.get)


def columns_of(_table: str) -> list[Column]:
    return [Column(path, kind) for path, kind in COLUMNS.items()]


def test_the_last_day_of_a_ping_is_that_of_the_last_metric_that_names_it(items: dict[str, AnyItem]) -> None:
    ping = items["ping/fenix/migration"]
    assert isinstance(ping, PingItem)
    assert ping.status_reason == "removed from the source, last seen 2021-03-29"
    assert [state.last_day for state in ping.channel_status] == ["2021-04-29"]


def test_nothing_of_it_is_collected_now(items: dict[str, AnyItem]) -> None:
    numbers = {
        ping.name: (ping.metric_count, ping.metrics_active)
        for ping in items.values()
        if isinstance(ping, PingItem)
    }
    assert numbers == {"migration": (2, 0), "baseline": (1, 1)}


def test_its_tables_and_what_shows_them_have_ended(items: dict[str, AnyItem]) -> None:
    found = {item.name: item.status_reason for item in items.values() if isinstance(item, TableItem)}
    why = "its ping was removed from the source, last seen 2021-03-29"
    assert {name: reason for name, reason in found.items() if "migration" in name} == {
        "fenix.migration": why,
        "org_mozilla_firefox.migration": why,
        "org_mozilla_firefox_stable.migration_v1": why,
        "fenix.of_migration": "it shows fenix.migration, which is deprecated",
    }
    assert {reason for name, reason in found.items() if "baseline" in name} == {""}


@pytest.mark.parametrize(
    "thing", ["ping/fenix/migration", f"table/{SHARED}.fenix.migration", "metric/fenix/migration.done"]
)
def test_queries_ask_for_its_last_days(items: dict[str, AnyItem], thing: str) -> None:
    queries = queries_for(items[thing], context_of(items), columns_of)
    assert queries
    assert all(LAST_DAYS in made.sql for made in queries if made.variant == "over time")
    assert not any("CURRENT_DATE" in made.sql or made.url for made in queries)


def test_what_lives_on_in_other_pings_ended_in_this_one(items: dict[str, AnyItem]) -> None:
    metric = items["metric/glean/glean.restarts"]
    assert isinstance(metric, MetricItem)
    asked = {
        row.ping: queries_for_column(metric, row, context_of(items), columns_of)[0].sql
        for row in metric.columns
    }
    assert LAST_DAYS in asked["migration"]
    assert "CURRENT_DATE()" in asked["baseline"]


@pytest.mark.parametrize("thing", ["ping/fenix/{}", f"table/{SHARED}.fenix.{{}}"])
def test_no_prepared_query_of_yesterday_is_offered(items: dict[str, AnyItem], thing: str) -> None:
    stmo, context = tools.find_tools()["stmo"], context_of(items)
    (living,) = stmo.views(items[thing.format("baseline")], context)
    assert isinstance(living, Link)
    (ended,) = stmo.views(items[thing.format("migration")], context)
    assert ended == NoLink("stmo", "The prepared query reads yesterday, and it is sent no more.")
