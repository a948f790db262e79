"""Columns, reads, lineage and uses of tables from their SQL, through sources and catalogue."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer.catalogue import Catalogue
from indexer.model.items import AnyItem, TableItem
from search_app.web.app import create_app
from tests.support.upstream import Upstream, built, catalogue_of

PROJECT = "moz-fx-data-shared-prod"
TICKS = "payload.processes.parent.scalars.browser_engagement_active_ticks"


def published() -> Upstream:
    """One app with events, and desktop's main ping under a daily table."""
    world = Upstream()
    world.versions(nightly=150, beta=149, release=148)
    world.app("fenix", "org.mozilla.firefox", app_channel="release")
    world.ping("org-mozilla-firefox", "metrics")
    world.ping("org-mozilla-firefox", "events")
    world.metric("org-mozilla-firefox", "tabs.opened", description="Tabs.")
    for name in ("search.typed", "search.tapped", "menu.opened"):
        world.metric("org-mozilla-firefox", name, type="event", send_in_pings=["events"])
    world.probe("scalar", "browser.engagement.active_ticks", record_in_processes=["main"], kind="uint")
    world.probe("event", "pwmgr.open#login", methods=["open"], objects=["login"])
    world.stable(
        "org-mozilla-firefox",
        "metrics",
        {"metrics.counter.tabs_opened": "INTEGER", "submission_timestamp": "TIMESTAMP"},
    )
    events = {"events*": "RECORD", "events.category": "STRING", "events.name": "STRING"}
    world.stable("org-mozilla-firefox", "events", {**events, "submission_timestamp": "TIMESTAMP"})
    world.stable("telemetry", "main", {"client_id": "STRING", TICKS: "INTEGER"}, version=5)
    for ping in ("metrics", "events"):
        world.view(
            f"fenix.{ping}",
            f"org_mozilla_firefox_stable.{ping}_v1",
            sql=f"SELECT *, 'x' AS normalized_app_id FROM `{PROJECT}.org_mozilla_firefox_stable.{ping}_v1`",
        )
    world.view("telemetry.main", "telemetry_stable.main_v5", sql="SELECT * FROM telemetry_stable.main_v5")
    world.table("telemetry_derived.clients_daily_v6", {"client_id": "STRING", "active_hours_sum": "FLOAT"})
    world.sql(
        "telemetry_derived.clients_daily_v6",
        f"SELECT client_id, SUM({TICKS}) / 720 AS active_hours_sum FROM telemetry.main GROUP BY client_id",
    )
    world.view(
        "telemetry.clients_daily",
        sql="SELECT *, active_hours_sum > 1 AS is_active FROM telemetry_derived.clients_daily_v6",
    )
    _further(world)
    return world


def _further(world: Upstream) -> None:
    world.table("fenix_derived.funnel_v1")
    world.sql(
        "fenix_derived.funnel_v1",
        "WITH picked AS (SELECT event.category, event.name FROM fenix.events, UNNEST(events) AS event "
        "WHERE event.category = 'search' AND event.name IN ('typed', 'never_heard_of')) "
        "SELECT COUNT(*) AS searches FROM picked WHERE NOT name = 'tapped'",
    )
    world.table("fenix_derived.live_v1")
    world.sql(
        "fenix_derived.live_v1",
        "SELECT metrics.counter.tabs_opened AS t FROM org_mozilla_firefox_live.metrics_v1",
    )
    world.view("other.lost", sql="SELECT * FROM `another-project.gone.table`")
    world.table("other_derived.by_python_v1", {"a": "STRING"})
    world.sql("other_derived.by_python_v1", "print('made')", "query.py")
    world.table("other_derived.first_v1")
    world.sql(
        "other_derived.first_v1",
        "{% if is_init() %} SELECT client_id FROM telemetry.main {% else %} "
        "SELECT client_id FROM telemetry_derived.clients_daily_v6 {% endif %}",
    )
    world.table("fenix_derived.wide_v1")
    world.sql(
        "fenix_derived.wide_v1",
        f"SELECT /* {'x' * 110_000} */ metrics.counter.tabs_opened AS last FROM fenix.metrics",
    )

    _made_of_much(world)


MANY = 40


def _made_of_much(world: Upstream) -> None:
    """A column that is made of more than a page shows, one that is constant, and one of whole rows."""
    columns = [f"c{number}" for number in range(2 * MANY)]
    world.table("other_derived.wide_v1", dict.fromkeys(columns, "INTEGER"))
    world.view("other.constant", sql="SELECT * REPLACE (1 AS c0) FROM other_derived.wide_v1")
    world.view("other.as_text", sql="SELECT TO_JSON_STRING(g) AS row FROM `another-project.gone.table` AS g")
    for name, some in (("left", columns[:MANY]), ("right", columns[MANY:])):
        world.view(f"other.{name}", sql=f"SELECT {' + '.join(some)} AS s FROM other_derived.wide_v1")
    every = " + ".join(columns)
    world.view("other.sum", sql=f"SELECT {every} AS s FROM other_derived.wide_v1")
    world.view(
        "other.half", sql=f"SELECT *, c1 AS named, {every} AS s FROM other_derived.wide_v1, gone.table"
    )
    world.view(
        "other.union", sql="SELECT c1 AS u FROM other_derived.wide_v1 UNION ALL SELECT * FROM gone.table"
    )
    world.view("other.both", sql="SELECT a.s + b.s AS s FROM other.left AS a CROSS JOIN other.right AS b")


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return catalogue_of(published(), tmp_path_factory.mktemp("sql"))


@pytest.fixture(scope="module")
def item(catalogue: Catalogue) -> Callable[[str], AnyItem]:
    by_id = {each.id: each for each in catalogue.items}
    return lambda key: by_id[key]


@pytest.fixture(scope="module")
def table(item: Callable[[str], AnyItem]) -> Callable[[str], TableItem]:
    def of(name: str) -> TableItem:
        found = item(f"table/{PROJECT}.{name}")
        assert isinstance(found, TableItem)
        return found

    return of


def derived(item: AnyItem) -> set[str]:
    return {key.removeprefix(f"table/{PROJECT}.") for key in item.related.get("derived_tables", ())}


def test_a_view_has_the_columns_of_its_sql_and_reads_what_that_reads(table, catalogue):
    view = table("telemetry.clients_daily")
    columns = [(column.path, column.type) for column in catalogue.schemas[view.schema_digest]]
    assert columns == [("client_id", "STRING"), ("active_hours_sum", "FLOAT"), ("is_active", "BOOLEAN")]
    assert view.upstream == (f"{PROJECT}.telemetry_derived.clients_daily_v6",)
    assert table("telemetry_derived.clients_daily_v6").downstream == (
        f"{PROJECT}.other_derived.first_v1",
        f"{PROJECT}.telemetry.clients_daily",
    )


def test_a_column_says_what_it_is_made_of(table):
    view = table("telemetry.clients_daily")
    assert view.passed_on == (f"{PROJECT}.telemetry_derived.clients_daily_v6",)
    assert [(x.column, x.made_of) for x in view.made_of] == [
        ("is_active", ((f"{PROJECT}.telemetry_derived.clients_daily_v6", "active_hours_sum"),))
    ]


def test_a_constant_is_not_said_to_be_the_column_of_its_name(table):
    view = table("other.constant")
    assert view.passed_on == (f"{PROJECT}.other_derived.wide_v1",)
    assert [(x.column, x.made_of) for x in view.made_of] == [("c0", ())]


def test_a_column_of_whole_rows_says_so(table):
    (row,) = table("other.as_text").made_of
    assert (row.column, row.made_of) == ("row", (("another-project.gone.table", "*"),))


def test_the_sql_of_a_table_leads_to_the_probe_in_it(item):
    assert "telemetry.clients_daily" in derived(item("probe/scalar/browser.engagement.active_ticks"))


def test_an_event_leads_to_the_tables_that_ask_for_it_and_to_no_others(item):
    assert derived(item("metric/fenix/search.typed")) == {"fenix_derived.funnel_v1"}
    assert derived(item("metric/fenix/search.tapped")) == set()
    assert derived(item("metric/fenix/menu.opened")) == set()


def test_a_live_table_is_taken_for_its_stable_twin_and_no_sql_is_cut_before_it_is_read(item, table):
    assert {"fenix_derived.live_v1", "fenix_derived.wide_v1"} <= derived(item("metric/fenix/tabs.opened"))
    assert table("fenix_derived.wide_v1").column_count == 1
    assert "cut off here" in table("fenix_derived.wide_v1").sql


def test_a_table_reads_what_any_branch_of_its_template_reads(table):
    assert set(table("other_derived.first_v1").upstream) == {
        f"{PROJECT}.telemetry.main",
        f"{PROJECT}.telemetry_derived.clients_daily_v6",
    }


def test_a_view_that_cannot_be_resolved_says_why(table, catalogue):
    lost = table("other.lost")
    assert (lost.column_count, lost.schema_digest) == (0, "")
    assert lost.columns_unknown == (
        "its SQL could not be resolved: the columns of another-project.gone.table are not known"
    )
    assert lost.upstream == ("another-project.gone.table",)
    assert catalogue.problems["view whose SQL could not be resolved"] == 2  # and other.half


# ---------------------------------------------------------------- crawled, built and shown


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return create_app(built(published(), tmp_path_factory.mktemp("built"))).test_client()


def page(client: FlaskClient, name: str, query: str = "") -> str:
    answer = client.get(f"/table/{PROJECT}.{name}{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_page_of_a_column_leads_to_its_probe_through_the_tables_between(client: FlaskClient) -> None:
    shown = page(client, "telemetry.clients_daily", "?column=active_hours_sum")
    made_of = shown[shown.index('id="made-of"') :]
    between = ("telemetry_derived.clients_daily_v6 · active_hours_sum", f"telemetry.main · {TICKS}")
    assert [made_of.index(each) for each in between] == sorted(made_of.index(each) for each in between)
    assert 'href="/probe/scalar/browser.engagement.active_ticks"' in made_of


def test_the_page_of_a_constant_says_that_it_is_made_of_no_column(client: FlaskClient) -> None:
    shown = page(client, "other.constant", "?column=c0")
    assert "Made of no column" in shown
    assert 'class="lines lineage"' not in shown


def test_what_a_column_is_directly_made_of_is_shown_before_what_lies_deeper(client: FlaskClient) -> None:
    shown = page(client, "other.both", "?column=s")
    lineage = shown[shown.index('id="made-of"') : shown.index("Everything with this column")]
    assert lineage.index("other.left · s") < lineage.index("other.right · s")
    assert lineage.count('<li class="line') == 60
    assert "… and more that lie deeper." in lineage
    whole = page(client, "other.left", "?column=s")
    assert whole.count('<li class="line depth-') == MANY
    assert "more that lie deeper" not in whole


def test_where_a_column_is_made_of_more_than_is_kept_page_and_json_say_of_how_many(
    client: FlaskClient,
) -> None:
    shown = page(client, "other.sum", "?column=s")
    assert shown.count('<li class="line depth-') == 50
    assert "These are the first 50 of\n80 columns that it is directly made of." in shown
    (told,) = client.get(f"/api/v1/item/table/{PROJECT}.other.sum").json["made_of"]
    assert (len(told["made_of"]), told["count"]) == (50, 80)
    assert "These are the first" not in page(client, "other.left", "?column=s")


def test_a_star_over_an_unknown_table_leaves_the_lineage_of_what_is_named(client: FlaskClient) -> None:
    shown = page(client, "other.half")
    assert "Its columns are not known: its SQL could not be resolved" in shown
    schema = shown[shown.index("These of them its SQL names") : shown.index("</section>")]
    assert "<dt><code>named</code></dt>" in schema
    assert f'href="/table/{PROJECT}.other_derived.wide_v1?column=c1#schema"' in schema
    assert "These are the first 50 of\n80 columns" in schema
    whole = client.get(f"/api/v1/item/table/{PROJECT}.other.half").json
    assert [x["made_of"] for x in whole["made_of"] if x["column"] == "named"] == [
        [[f"{PROJECT}.other_derived.wide_v1", "c1"]]
    ]
    assert (whole["column_count"], whole["queries"]) == (0, [])


def test_what_the_sql_does_not_tell_of_a_column_is_said_beside_what_it_tells(client: FlaskClient) -> None:
    shown = page(client, "other.union", "?column=u")
    assert "wide_v1 · c1" in shown
    assert "It is made of more, but its SQL does not tell of which table" in shown
    (told,) = client.get(f"/api/v1/item/table/{PROJECT}.other.union").json["made_of"]
    assert (told["same"], told["unsure"]) == (True, True)


def test_a_page_says_that_columns_are_not_known_and_offers_no_query(client: FlaskClient) -> None:
    shown = page(client, "other.lost")
    assert "Its columns are not known: its SQL could not be resolved" in shown
    assert client.get(f"/api/v1/item/table/{PROJECT}.other.lost").json["queries"] == []


def test_a_page_says_that_a_table_is_made_by_python_and_where(client: FlaskClient) -> None:
    shown = page(client, "other_derived.by_python_v1")
    assert "a program in Python" in shown
    assert f"/blob/generated-sql/sql/{PROJECT}/other_derived/by_python_v1/query.py" in shown


def test_a_changed_base_changes_what_stands_on_it(tmp_path: Path) -> None:
    before = {each.id: each for each in catalogue_of(published(), tmp_path / "before").items}
    world = published()
    world.table(
        "telemetry_derived.clients_daily_v6",
        {"client_id": "STRING", "new": "DATE", "active_hours_sum": "FLOAT"},
    )
    after = catalogue_of(world, tmp_path / "after")
    view = next(each for each in after.items if each.id == f"table/{PROJECT}.telemetry.clients_daily")
    assert isinstance(view, TableItem)
    assert [column.path for column in after.schemas[view.schema_digest]] == [
        "client_id",
        "new",
        "active_hours_sum",
        "is_active",
    ]
    assert view.schema_digest != before[view.id].schema_digest


def test_a_metric_that_moved_to_another_origin_is_not_said_to_be_in_the_tables_that_it_left(tmp_path: Path):
    upstream = Upstream()
    upstream.library("old", "old-library")
    upstream.library("new", "new-library")
    upstream.app("fenix", dependencies=["old-library", "new-library"])
    upstream.ping("fenix", "metrics")
    for name in ("a.b", "a.only_old"):
        upstream.metric("old", name, in_source=False)
    upstream.metric("new", "a.b")
    columns = {"metrics.counter.a_b": "INTEGER", "metrics.counter.a_only_old": "INTEGER"}
    upstream.stable("fenix", "metrics", {"submission_timestamp": "TIMESTAMP", **columns})
    upstream.view("fenix.metrics", "fenix_stable.metrics_v1", sql="SELECT * FROM fenix_stable.metrics_v1")
    upstream.table("fenix_derived.daily_v1")
    both = "metrics.counter.a_b AS x, metrics.counter.a_only_old AS y"
    upstream.sql("fenix_derived.daily_v1", f"SELECT {both} FROM fenix.metrics")
    by_id = {each.id: each for each in catalogue_of(upstream, tmp_path).items}
    assert derived(by_id["metric/new/a.b"]) == {"fenix_derived.daily_v1"}
    assert derived(by_id["metric/old/a.b"]) == set()
    assert derived(by_id["metric/old/a.only_old"]) == {"fenix_derived.daily_v1"}


def test_what_a_table_is_made_of_stands_in_one_order_whatever_the_hashes_of_a_process(tmp_path: Path) -> None:
    names = [f"many.count_{letter}" for letter in "hbfdagce"]
    world = Upstream()
    world.app("fenix", "org.mozilla.firefox", app_channel="release")
    world.ping("org-mozilla-firefox", "metrics")
    columns = [f"metrics.counter.{name.replace('.', '_')}" for name in names]
    world.stable("org-mozilla-firefox", "metrics", dict.fromkeys(columns, "INTEGER"))
    for name in names:
        world.metric("org-mozilla-firefox", name)
    world.table("fenix_derived.all_v1", {"total": "INTEGER"})
    stable = f"{PROJECT}.org_mozilla_firefox_stable.metrics_v1"
    world.sql("fenix_derived.all_v1", f"SELECT {' + '.join(columns)} AS total FROM `{stable}`")
    found = {each.id: each for each in catalogue_of(world, tmp_path).items}
    of_table = found[f"table/{PROJECT}.fenix_derived.all_v1"].related["metric"]
    assert of_table == tuple(f"metric/fenix/{name}" for name in sorted(names))
