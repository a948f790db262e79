"""Each intent's card over a small world: its shape on the page and in JSON, and when there is none."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, cast

import html5lib
import pytest
from flask.testing import FlaskClient

from indexer.model.items import MeasureItem
from search_app.answers.catalogue import Catalogue, standing_of
from search_app.answers.facts import telling_when
from search_app.answers.reading import product_told
from search_app.answers.rule_loader import shipped_rules
from search_app.web.app import create_app
from tests.support.small_world import small_world
from tests.support.upstream import Upstream, built

FENIX = """
[metrics.daily_active_users_v1]
friendly_name = "DAU"
description = "Old. Deprecated."
deprecated = true
select_expression = "COUNT(*)"
data_source = "daily"
[metrics.daily_active_users_v2]
friendly_name = "Fenix DAU"
description = "It is the official way to count users of a day."
select_expression = "SUM(dau)"
data_source = "users"
[metrics.fenix_engagement_dau_v3]
friendly_name = "(non-official) DAU"
select_expression = "SUM(dau)"
data_source = "users"
[metrics.search_forecasting_bookmarks]
friendly_name = "Bookmarks"
select_expression = "SUM(metrics.counter.tabs_opened)"
data_source = "daily"
[metrics.mozilla_default_browser]
friendly_name = "Has a default browser"
select_expression = "COALESCE(LOGICAL_OR(dau > 0), FALSE)"
data_source = "clients"
[metrics.retention_rate_v1]
friendly_name = "Retention"
select_expression = "SUM(dau) / SUM(wau)"
data_source = "users"
[metrics.searches_of_day]
friendly_name = "Searches"
description = "All searches."
select_expression = "SUM(metrics.counter.tabs_opened)"
data_source = "daily"
[metrics.bookmarks_add_v1]
friendly_name = "Added Bookmarks"
select_expression = "SUM(wau)"
data_source = "users"
[metrics.bookmarks_add_users_v1]
friendly_name = "Added Bookmarks Users"
select_expression = "SUM(mau)"
data_source = "users"
[data_sources.daily]
from_expression = "mozdata.fenix.metrics"
[data_sources.clients]
from_expression = "mozdata.fenix.active_users"
client_id_column = "client_id"
submission_date_column = "submission_date"
[data_sources.users]
from_expression = "mozdata.fenix.active_users_aggregates"
client_id_column = "NULL"
submission_date_column = "submission_date"
"""
MEASURE, TABLE = "measure/metric/fenix/", "table/moz-fx-data-shared-prod."


def world() -> Upstream:
    """The small world with measures that compete, a table of aggregates, and views over what ended."""
    made = small_world()
    made.measures("definitions/fenix.toml", FENIX)
    made.ping("org-mozilla-firefox", "evil", description="<script>alert(1)</script> Sent at midnight.")
    made.table(
        "fenix_derived.active_users_aggregates_v1",
        {
            "submission_date": "DATE",
            "country": "STRING",
            "dau": "INTEGER",
            "wau": "INTEGER",
            "mau": "INTEGER",
        },
        description="Users of each day, added up.",
    )
    made.view(
        "fenix.active_users_aggregates",
        "fenix_derived.active_users_aggregates_v1",
        sql="SELECT * FROM `moz-fx-data-shared-prod.fenix_derived.active_users_aggregates_v1`",
    )
    made.probe("scalar", "tabs.open_now", kind="uint")
    made.metric("gecko", "tabs.open_now", telemetry_mirror="TABS_OPEN_NOW")
    made.probe("histogram", "Tabs_PREDICT_TIME", kind="linear")
    made.probe("event", "tabs.drag#tab", methods=["drag"], objects=["tab", "group"])
    for thing in ("Tab", "Group"):
        made.metric(
            "gecko", f"tabs.drag_{thing.lower()}", type="event", telemetry_mirror=f"Tabs_Drag_{thing}"
        )
    made.table("fenix_derived.gone_v1", {"submission_date": "DATE"}, deprecated=True)
    made.view("fenix.gone", "fenix_derived.gone_v1")
    made.table(
        "fenix_derived.old_users_v1",
        {"submission_date": "DATE"},
        description="DEPRECATED, please use `active_users` instead.",
    )
    made.view(
        "fenix.old_users",
        "fenix_derived.old_users_v1",
        description="DEPRECATED, please use `active_users` instead.",
    )
    made.table(
        "telemetry_derived.firefox_crashes_v1",
        {
            "submission_timestamp": "TIMESTAMP",
            "normalized_app_name": "STRING",
            "normalized_channel": "STRING",
        },
    )
    made.view(
        "telemetry.firefox_crashes",
        "telemetry_derived.firefox_crashes_v1",
        sql="SELECT * FROM `moz-fx-data-shared-prod.telemetry_derived.firefox_crashes_v1`",
    )
    made.table(
        "search_derived.mobile_search_aggregates_v1",
        {
            "submission_date": "DATE",
            "engine": "STRING",
            "normalized_engine": "STRING",
            "normalized_app_name_os": "STRING",
            "search_count": "INTEGER",
        },
    )
    made.view(
        "search.mobile_search_aggregates",
        "search_derived.mobile_search_aggregates_v1",
        sql="SELECT * FROM `moz-fx-data-shared-prod.search_derived.mobile_search_aggregates_v1`",
    )
    made.table("fenix_derived.counts_v1", {"submission_date": "DATE"}, description="Counts.")
    made.table(
        "fenix_derived.counts_v2",
        {"submission_date": "DATE"},
        description="Counts. Replaces `counts_v1` of old.",
    )
    made.table("fenix_derived.faults_v1", {"submission_date": "DATE"})
    made.view("fenix.faults", "fenix_derived.faults_v1")
    made.doc(
        "datasets/obsolete/faults/reference.md",
        "# Faults\n\nThe table `fenix.faults` ended. Use `fenix.active_users` now.\n",
    )
    made.dashboard(
        "fenix",
        "crashing",
        {
            "name": "a",
            "title": "Crashes a day",
            "explore": "baseline",
            "fields": ["baseline.submission_date"],
        },
        title="Stability of Fenix [DEPRECATED]",
    )
    made.dashboard(
        "experimentation",
        "branches",
        {"name": "a", "title": "Hangs a day", "explore": "baseline", "fields": ["baseline.submission_date"]},
        title="Experiments",
    )
    return made


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return create_app(built(world(), tmp_path_factory.mktemp("answers"))).test_client()


def asked(client: FlaskClient, text: str, **parameters: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = client.get("/api/v1/search", query_string={"q": text, **parameters}).json[
        "answer"
    ]  # type: ignore[index]
    return found


def card(client: FlaskClient, text: str) -> dict[str, Any]:
    found = asked(client, text)
    assert found is not None, f"no card for {text}"
    return found


def first(client: FlaskClient, text: str) -> str:
    return str(card(client, text)["recommended"][0]["id"])


def test_a_card_has_the_members_of_the_contract(client: FlaskClient) -> None:
    found = card(client, "DAU of Fenix")
    assert {"intent", "app", "concept", "recommended", "alternatives", "query", "dashboards"} <= set(found)
    assert found["app"] == "fenix"
    assert found["recommended"][0] == {
        "id": f"{MEASURE}daily_active_users_v2",
        "kind": "measure",
        "name": "daily_active_users_v2",
        "why": "The official measure, as its description says, over fenix.active_users_aggregates.",
        "url": f"/{MEASURE}daily_active_users_v2",
    }


def test_the_official_measure_comes_first_and_no_trap_is_named(client: FlaskClient) -> None:
    found = card(client, "how many people use Fenix every day")
    named = [each["id"] for each in (*found["recommended"], *found["alternatives"])]
    assert named == [f"{MEASURE}daily_active_users_v2", f"{TABLE}fenix.active_users_aggregates"]


def test_what_only_an_unusable_measure_counts_is_asked_of_the_table_of_aggregates(
    client: FlaskClient,
) -> None:
    found = card(client, "monthly active users of Fenix")
    assert found["recommended"][0]["id"] == f"{TABLE}fenix.active_users_aggregates"
    assert "SUM(t.mau)" in found["query"]["sql"]


def test_users_of_a_product_are_counted_by_day_where_nothing_else_is_said(client: FlaskClient) -> None:
    found = card(client, "how many users does Fenix have")
    assert (found["intent"], found["concept"]) == ("people", "daily active users")


def test_when_a_thing_expires_stands_in_its_state(client: FlaskClient) -> None:
    found = card(client, "when does tabs.opened expire on Fenix")
    assert found["sentence"] == "tabs.opened is active. It expires in Firefox 160."
    assert "160" in [each["text"] for each in found["facts"] if each["label"] == "Expires"]


def test_what_never_expires_says_so(client: FlaskClient) -> None:
    assert card(client, "when does GC_MS expire")["sentence"] == "GC_MS is active. It never expires."


def test_a_split_keeps_the_day(client: FlaskClient) -> None:
    sql = card(client, "DAU of Fenix by country")["query"]["sql"]
    assert "submission_date" in sql
    assert "country AS country" in sql


def test_a_split_that_the_rows_do_not_have_is_said_and_not_made(client: FlaskClient) -> None:
    query = card(client, "DAU of Fenix by channel")["query"]
    assert "channel" not in query["sql"]
    assert any("not split by channel" in each for each in query["assumptions"])


def test_rows_of_several_products_are_split_by_product_where_one_is_named(client: FlaskClient) -> None:
    query = card(client, "crash volume of Fenix by day")["query"]
    assert "t.normalized_app_name AS app_name" in query["sql"]
    assert "It is split by app name: what was named is one of its rows." in query["assumptions"]
    assert "app_name" not in card(client, "crash volume by day")["query"]["sql"]


def test_where_rows_of_several_products_are_stored_their_query_is_split_too(client: FlaskClient) -> None:
    found = card(client, "which table has crashes of Fenix")
    assert found["recommended"][0]["id"] == f"{TABLE}telemetry.firefox_crashes"
    assert "t.normalized_app_name AS app_name" in found["query"]["sql"]


def test_a_measure_of_mixed_rows_is_no_answer_of_one_product() -> None:
    item = MeasureItem(id="measure/metric/fenix/a", kind="measure", name="a", title="A", platform="fenix")
    nothing = cast(Catalogue, None)  # it reads no table
    standing = [standing_of(each, nothing, shipped_rules()) for each in (item, replace(item, mixed=True))]
    assert [each.usable for each in standing] == [True, False]


def test_searches_by_engine_are_sums_by_the_engine_of_many_names(client: FlaskClient) -> None:
    query = card(client, "searches by engine on Fenix")["query"]
    assert "t.normalized_engine" in query["sql"]
    assert "t.normalized_app_name_os" in query["sql"]
    assert "SUM(t.search_count) AS total" in query["sql"]
    assert not any("not split" in each for each in query["assumptions"])


def test_a_share_is_the_mean_of_yes_and_no_over_clients(client: FlaskClient) -> None:
    found = card(client, "what share of Fenix users has a default browser")
    assert found["intent"] == "share"
    assert "AS share" in found["query"]["sql"]


def test_a_ratio_tells_numerator_and_denominator(client: FlaskClient) -> None:
    facts = card(client, "retention of Fenix")["facts"]
    assert facts == [
        {"label": "Numerator", "text": "SUM(dau)"},
        {"label": "Denominator", "text": "SUM(wau)"},
    ]


def test_people_are_counted_by_the_measure_of_users_and_what_they_do_by_the_other(
    client: FlaskClient,
) -> None:
    assert first(client, "how many people add bookmarks on Fenix") == f"{MEASURE}bookmarks_add_users_v1"
    assert first(client, "how many bookmarks are added on Fenix") == f"{MEASURE}bookmarks_add_v1"


def test_a_sum_is_no_share_and_no_distribution(client: FlaskClient) -> None:
    assert asked(client, "what share of added bookmarks on Fenix") is None
    assert asked(client, "percentiles of added bookmarks on Fenix") is None


def test_a_measure_is_found_by_its_title_where_no_rule_names_it(client: FlaskClient) -> None:
    assert first(client, "how many searches on Fenix") == f"{MEASURE}searches_of_day"


def test_alive_tells_the_state_and_what_declares_to_replace_it(client: FlaskClient) -> None:
    found = card(client, "is GC_MS alive and what replaced it")
    assert found["recommended"][0]["id"] == "probe/histogram/GC_MS"
    assert found["alternatives"][0]["id"] == "metric/gecko/javascript.gc.slice_time"
    assert found["query"] is None


def test_a_view_is_as_dead_as_the_table_that_it_shows(client: FlaskClient) -> None:
    facts = {each["label"]: each["text"] for each in card(client, "is fenix.gone still alive")["facts"]}
    assert facts["State"].startswith("deprecated: it shows fenix_derived.gone_v1")


def test_a_page_among_obsolete_docs_tells_of_its_own_table_only(client: FlaskClient) -> None:
    assert "is deprecated" in card(client, "is fenix.faults deprecated")["sentence"]
    assert card(client, "is fenix.active_users deprecated")["sentence"] == "fenix.active_users is active."


def test_use_x_instead_is_followed(client: FlaskClient) -> None:
    assert first(client, "what replaced fenix.old_users") == f"{TABLE}fenix.active_users"


def test_what_says_that_it_replaces_another_is_found_from_the_other(client: FlaskClient) -> None:
    assert first(client, "what replaced fenix_derived.counts_v1") == f"{TABLE}fenix_derived.counts_v2"


def test_a_declared_successor_is_named_with_who_declares_it(client: FlaskClient) -> None:
    sentence = card(client, "what replaced GC_MS")["sentence"]
    assert sentence == "javascript.gc.slice_time replaces GC_MS: it declares that it mirrors the probe."


def test_of_a_probe_and_the_metric_of_its_name_the_probe_is_the_one_that_was_replaced(
    client: FlaskClient,
) -> None:
    found = card(client, "which metric replaced tabs.open_now")
    assert found["sentence"] == (
        "The Glean metric tabs.open_now replaces the legacy probe of that name: "
        "it declares that it mirrors the probe."
    )
    assert found["recommended"][0]["id"] == "metric/gecko/tabs.open_now"
    assert found["alternatives"][0]["id"] == "probe/scalar/tabs.open_now"


def test_all_metrics_that_a_probe_became_replace_it(client: FlaskClient) -> None:
    found = card(client, "which metric replaced tabs.drag#tab")
    assert found["sentence"] == (
        "tabs.drag_group and 1 other replace tabs.drag#tab: each declares that it mirrors the probe."
    )
    ids = [each["id"] for each in found["recommended"]]
    assert ids == ["metric/gecko/tabs.drag_group", "metric/gecko/tabs.drag_tab"]


def test_what_replaced_a_thing_is_answered_where_nothing_is_known_to_do_so(client: FlaskClient) -> None:
    found = card(client, "which metric replaced Tabs_PREDICT_TIME")  # a name with a word of no sure question
    assert found["intent"] == "replaced"
    assert found["sentence"] == (
        "No replacement of Tabs_PREDICT_TIME is known: nothing that is published names one."
    )
    assert [each["label"] for each in found["facts"]] == ["State", "Expires"]


def test_an_owner_is_people_and_no_query(client: FlaskClient) -> None:
    found = card(client, "who owns fenix_derived.active_users_v1")
    assert [each["text"] for each in found["facts"]] == ["data@example.org"]
    assert found["query"] is None


def test_without_a_known_owner_the_card_says_so(client: FlaskClient) -> None:
    assert "names an owner" in card(client, "who owns fenix.metrics")["sentence"]


def test_when_sent_is_the_text_of_the_ping(client: FlaskClient) -> None:
    found = card(client, "when is the baseline ping sent on Fenix")
    assert found["sentence"] == "Sent when the app is used."
    assert found["recommended"][0]["id"] == "ping/fenix/baseline"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("It holds counts. It is sent once a day. It has no id.", "It is sent once a day."),
        (
            "It holds counts.\n\nSubmitted at start. Also every hour. Daily too.",
            "Submitted at start. Also every hour.",
        ),
        ("Reports an answer. Nothing else.", "Reports an answer. Nothing else."),
        ("", ""),
    ],
)
def test_of_a_ping_the_sentences_that_tell_when_are_given(text: str, told: str) -> None:
    assert telling_when(text) == told


def test_where_stored_is_the_view_over_all_channels_and_the_column(client: FlaskClient) -> None:
    found = card(client, "where is tabs.opened stored on Fenix")
    assert found["recommended"][0]["id"] == f"{TABLE}fenix.metrics"
    assert "metrics.counter.tabs_opened" in found["sentence"]


def test_a_dashboard_is_found_by_the_title_of_a_tile(client: FlaskClient) -> None:
    found = card(client, "what dashboard shows pings a day")
    assert found["recommended"][0]["id"] == "dashboard/fenix/usage"
    assert found["dashboards"] == [{"id": "dashboard/fenix/usage"}]


def test_a_dashboard_of_experiments_is_for_who_asks_for_experiments(client: FlaskClient) -> None:
    assert asked(client, "what dashboard shows hangs a day") is None
    assert (
        first(client, "what dashboard shows hangs a day of experiments")
        == "dashboard/experimentation/branches"
    )


def test_a_table_is_named_for_a_concept_and_not_only_for_a_thing(client: FlaskClient) -> None:
    found = card(client, "which table has monthly active users of Fenix")
    assert (found["intent"], found["recommended"][0]["id"]) == (
        "where_stored",
        f"{TABLE}fenix.active_users_aggregates",
    )
    assert "SUM(t.mau)" in found["query"]["sql"]


@pytest.mark.parametrize("text", ["DAU of Fenix yesterday", "how many daily users had Fenix last week"])
def test_the_days_that_are_asked_for_are_the_readers_to_set(client: FlaskClient, text: str) -> None:
    assert first(client, text) == f"{MEASURE}daily_active_users_v2"


def test_one_country_is_a_row_of_the_query_by_country(client: FlaskClient) -> None:
    assert "country AS country" in card(client, "DAU of Fenix in Germany")["query"]["sql"]


def test_a_measure_that_only_one_product_has_needs_no_product_named(client: FlaskClient) -> None:
    found = card(client, "how many bookmarks are added per day")
    assert (found["app"], found["recommended"][0]["id"]) == ("fenix", f"{MEASURE}bookmarks_add_v1")
    assert "No product was named" in found["sentence"]


@pytest.mark.parametrize(
    "text", ["DAU of Fenix", "retention of Fenix", "is tabs.opened still collected on Fenix"]
)
def test_a_question_mark_after_the_product_changes_nothing(client: FlaskClient, text: str) -> None:
    assert first(client, f"{text}?") == first(client, text)


def test_a_share_of_people_by_value_is_their_number_by_value(client: FlaskClient) -> None:
    found = card(client, "what share of Fenix users are in Germany")
    assert found["query"]["assumptions"][:2] == [
        "It is split by country: what was named is one of its rows.",
        "It gives numbers by country: a share is one of them in the sum of the day.",
    ]
    assert asked(client, "what share of Fenix users are on beta") is None  # the rows have no channel


def test_a_number_in_a_table_is_no_share_of_people(client: FlaskClient) -> None:
    assert first(client, "how many weekly active users has Fenix") == f"{TABLE}fenix.active_users_aggregates"
    assert asked(client, "what share of Fenix clients are weekly active users") is None


def test_days_are_added_up_to_weeks_but_not_of_people(client: FlaskClient) -> None:
    assert first(client, "bookmarks added per week on Fenix") == f"{MEASURE}bookmarks_add_v1"
    assert asked(client, "how many people add bookmarks per week on Fenix") is None


def test_who_asks_how_to_do_it_gets_no_amount(client: FlaskClient) -> None:
    assert asked(client, "how to add bookmarks on Fenix per day") is None


def test_a_card_of_a_product_alone_lists_only_boards_of_its_concept(client: FlaskClient) -> None:
    assert card(client, "how many users does Fenix have")["dashboards"] == []


def test_an_operating_system_of_desktop_names_desktop() -> None:
    rules = shipped_rules()
    assert product_told("how many people use it on Windows", rules) == "firefox_desktop"
    assert product_told("how many people use it on Android", rules) == ""


def test_a_deprecated_dashboard_is_not_recommended(client: FlaskClient) -> None:
    assert asked(client, "what dashboard shows crashes") is None


def test_what_is_collected_is_a_group(client: FlaskClient) -> None:
    found = card(client, "what does the metrics ping of Fenix collect")
    assert found["recommended"][0]["id"] == "ping/fenix/metrics"
    assert "counter" in [each["label"] for each in found["facts"]]


def test_how_sensitive_a_metric_is_stands_in_its_card(client: FlaskClient) -> None:
    assert "interaction" in card(client, "how sensitive is browser.search.in_content on Fenix")["sentence"]


@pytest.mark.parametrize(
    "text",
    [
        "DAU", "gc pause", "fenix.metrics", "DAU of Fenix without tablets", "why did DAU drop on Fenix",
        "DAU of Fenix by phase of the moon", "who owns the moon", "how many ads on Fenix", '"DAU of Fenix"',
        "DAU -fenix", "kind:table DAU of Fenix", "what is DAU on Fenix like compared to iOS", "how many", "",
        "bookmarks on Fenix", "DAU of Fenix and Firefox for Desktop",
    ],
)  # fmt: skip
def test_where_it_is_not_sure_there_is_no_card(client: FlaskClient, text: str) -> None:
    assert asked(client, text) is None


def test_a_card_stands_on_the_first_page_of_the_best_match_only(client: FlaskClient) -> None:
    assert asked(client, "DAU of Fenix", page="2") is None
    assert asked(client, "DAU of Fenix", sort="name") is None
    assert asked(client, "DAU of Fenix", kind="table") is None
    assert asked(client, "DAU", app="fenix") is not None


def test_the_page_shows_the_card_above_the_hits(client: FlaskClient) -> None:
    text = client.get("/", query_string={"q": "DAU of Fenix"}).text
    assert text.index('aria-labelledby="answer-title"') < text.index('id="hit-1"')
    assert 'data-copy="answer-sql"' in text
    assert 'aria-labelledby="answer-title"' not in client.get("/?q=gc+pause").text


@pytest.mark.parametrize(
    "text",
    ["DAU of Fenix by country", "is GC_MS alive", "what dashboard shows pings a day", "retention of Fenix"],
)
def test_a_page_with_a_card_is_valid_and_has_nothing_inline(client: FlaskClient, text: str) -> None:
    page = client.get("/", query_string={"q": text}).text
    html5lib.HTMLParser(strict=True).parse(page)
    assert 'class="answer"' in page
    assert not re.search(r"<script(?! src=)| style=| on\w+=", page)


def test_the_query_of_a_card_can_be_changed_on_its_page(client: FlaskClient) -> None:
    address = card(client, "DAU of Fenix by country")["query"]["url"]
    assert client.get(address).status_code == 200
    assert "by=country" in address


def test_upstream_text_in_a_card_is_escaped(client: FlaskClient) -> None:
    text = client.get("/", query_string={"q": "when is the evil ping sent on Fenix"}).text
    assert "Sent at midnight" in text
    assert "<script>alert" not in text


def test_every_rule_that_ships_is_read() -> None:
    rules = shipped_rules()
    assert rules.templates
    assert all(concept.wordings and concept.use and concept.reason for concept in rules.concepts)
