"""Questions that name two splits, a product of several apps, or what has ended and is in no catalogue."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from search_app.answers.answering import _is_within, _left, _told_in_question
from search_app.answers.catalogue import Shelf
from search_app.answers.reading import Subject, Told, read_amount, tell
from search_app.answers.rule_loader import shipped_rules
from search_app.answers.rules import words_of
from search_app.understanding.model import Understood
from search_app.web.app import create_app
from tests.answers.test_answer_cards import TABLE, asked, card, first, world
from tests.support.upstream import Upstream, built

USERS = {
    "submission_date": "DATE",
    "country": "STRING",
    "app_version": "STRING",
    "os_version": "STRING",
    "dau": "INTEGER",
}


def wider_world() -> Upstream:
    """The world of the cards with Klar on both platforms, and an app for iOS."""
    made = world()
    for app in ("klar_android", "klar_ios", "firefox_ios"):
        made.app(app, canonical_app_name=app.replace("_", " ").title())
        made.table(f"{app}_derived.active_users_aggregates_v1", USERS)
        made.view(
            f"{app}.active_users_aggregates",
            f"{app}_derived.active_users_aggregates_v1",
            sql=f"SELECT * FROM `moz-fx-data-shared-prod.{app}_derived.active_users_aggregates_v1`",
        )
    made.metric("firefox-ios", "reader_mode.open", description="Reader mode opened.", expires="2022-01-01")
    made.table("telemetry.clients_last_seen", {"submission_date": "DATE", "client_id": "STRING"})
    return made


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return create_app(built(wider_world(), tmp_path_factory.mktemp("wider"))).test_client()


def told(text: str, *concept: str) -> Told | None:
    rules = shipped_rules()
    return tell(words_of(text, rules.spellings), frozenset(words_of(" ".join(concept), ())), rules)


def test_by_is_said_once_for_all_that_follows() -> None:
    for text in (
        "DAU by country and version",
        "DAU by country, version",
        "DAU by country and by version",
        "DAU by country per version",
    ):
        found = told(text, "DAU")
        assert found is not None, text
        assert found.by == ("country", "version"), text


def test_what_follows_by_may_be_the_day() -> None:
    found = told("crashes by version and day", "crashes")
    assert found is not None
    assert (found.by, found.trend) == (("version",), True)


def test_a_word_of_a_split_without_by_is_no_split() -> None:
    assert told("DAU of countries and version", "DAU") is None


def test_more_splits_than_a_reader_can_read_are_no_card() -> None:
    assert told("DAU by country, version, channel and os", "DAU") is None


def test_one_value_and_another_split_are_both_told() -> None:
    found = told("DAU in Germany by version", "DAU")
    assert found is not None
    assert (found.by, found.one, found.is_split) == (("country", "version"), ("country",), True)


def test_a_query_is_split_by_both(client: FlaskClient) -> None:
    found = card(client, "DAU of Klar for Android by country and version")
    assert found["sentence"].count("by country and version") == 1
    assert "country" in found["query"]["sql"]
    assert "app_version" in found["query"]["sql"]
    assert not [each for each in found["query"]["assumptions"] if "not split" in each]


def test_of_two_splits_the_one_that_can_be_had_is_made_and_the_other_named(client: FlaskClient) -> None:
    found = card(client, "DAU of Klar for Android by country and architecture")
    assert "country" in found["query"]["sql"]
    assert "It is not split by architecture: no column of it is known." in found["query"]["assumptions"]


def test_the_version_of_android_is_not_that_of_the_app(client: FlaskClient) -> None:
    sql = card(client, "DAU of Klar for Android by Android version")["query"]["sql"]
    assert "os_version" in sql
    assert "app_version" not in sql


def test_a_product_of_two_apps_gets_both_and_says_which_is_first(client: FlaskClient) -> None:
    found = card(client, "how many people use Klar")
    assert found["recommended"][0]["id"] == f"{TABLE}klar_android.active_users_aggregates"
    assert found["alternatives"][0]["id"] == f"{TABLE}klar_ios.active_users_aggregates"
    assert "No platform was named" in found["sentence"]


def test_two_products_that_are_no_twins_get_no_card(client: FlaskClient) -> None:
    assert asked(client, "DAU of Fenix and Klar for Android") is None


def test_what_only_told_it_and_has_ended_is_named_with_its_end(client: FlaskClient) -> None:
    found = card(client, "how often is reader mode opened on Firefox for iOS")
    assert found["intent"] == "alive"
    assert found["recommended"][0]["id"] == "metric/firefox_ios/reader_mode.open"
    assert "nothing that is alive tells it" in found["sentence"]
    assert "expired" in found["sentence"]
    assert "It " not in found["sentence"]  # when it was to expire is no news of what has ended
    assert found["query"] is None


def test_a_table_that_is_in_no_catalogue_is_told_with_what_came_after(client: FlaskClient) -> None:
    for text in ("what replaced telemetry.client_count_daily", "is client_count_daily still used"):
        assert first(client, text) == f"{TABLE}telemetry.clients_last_seen", text
    assert asked(client, "what replaced telemetry.nothing_at_all") is None


def test_a_comparison_is_none_where_between_means_devices() -> None:
    rules = shipped_rules()
    assert not rules.never & set(words_of("bookmarks synced between devices", rules.spellings))
    assert rules.never & set(words_of("DAU between two versions", rules.spellings))


def test_a_card_is_the_same_whatever_the_size_of_the_page(client: FlaskClient) -> None:
    text = "who owns fenix.active_users_aggregates"
    assert asked(client, text, size="1") == asked(client, text, size="100") == asked(client, text)
    assert asked(client, text) is not None


def test_users_of_a_day_are_not_added_up_to_weeks(client: FlaskClient) -> None:
    """ "Number of weekly users" has the words of "user numbers", which are of a day."""
    assert (
        first(client, "number of weekly users of Klar for iOS") == f"{TABLE}klar_ios.active_users_aggregates"
    )
    assert card(client, "number of weekly users of Klar for iOS")["concept"] == "weekly active users"


def test_a_quantity_of_a_product_is_a_question_and_a_bare_thing_of_it_is_none() -> None:
    asked_of = {subject.concept.name for subject in _read("tab switch time") if subject.concept}
    assert "time to switch tabs" in asked_of
    assert not _read("saved passwords")


def _read(text: str) -> list[Subject]:
    return read_amount(text, "firefox_desktop", shipped_rules(), Shelf({}, ()))


def test_how_often_is_no_question_of_what_there_is_at_once() -> None:
    for text, concepts in (("how many tabs are open", {"open tabs"}), ("how often are tabs open", set())):
        found = read_amount(text, "firefox_desktop", shipped_rules(), Shelf({}, ()))
        assert {subject.concept.name for subject in found if subject.concept} == concepts, text


def test_whether_people_do_something_is_asked_only_where_a_text_begins_so() -> None:
    for text, intent in (
        ("do people use reader mode", "people"),
        ("do people print", "people"),
        ("which pages do people print", ""),
    ):
        found = told(text, "reader mode print pages")
        assert found is not None, text
        assert found.intent == intent, text


def test_another_word_of_the_same_meaning_finds_a_concept() -> None:
    found = read_amount("typing lag p95", "firefox_desktop", shipped_rules(), Shelf({}, ()))
    assert next(subject.concept.name for subject in found if subject.concept) == "keypress latency"


def test_two_words_for_a_product_are_what_both_of_them_mean(client: FlaskClient) -> None:
    assert first(client, "DAU of Firefox on Android phones") == first(client, "DAU of Fenix")


def test_a_word_that_means_much_else_is_a_product_where_it_stands_as_one() -> None:
    rules = shipped_rules()
    assert _told_in_question("page views of monitor per day", rules) == (
        ("monitor_frontend",),
        ("monitor",),
        "Mozilla Monitor",
    )
    assert _told_in_question("who has Monitor subscriptions", rules) is not None
    assert _told_in_question("Monitor subscriptions", rules) is None
    assert _told_in_question("how big is the monitor", rules) is None


def test_a_version_of_the_system_is_no_second_product() -> None:
    both = [
        Understood("Focus for Android", "app", "focus_android", "", ""),
        Understood("Android", "app", "fenix", "", ""),
    ]
    assert _left(both, "crashes of focus for android by os version") == both[:1]
    assert _left(both, "crashes of focus for android and of android") == both


@pytest.mark.parametrize(
    "text",
    [
        "how large is the ping",  # bytes, not people
        "how many pings did I send",  # one's own
        "which search engines pay for pings",  # who, not how many
        "how many people at Mozilla send the ping",  # employees
        "how many pings can be sent",  # a limit
        "which users send the ping",  # their names
    ],
)
def test_what_only_sounds_like_an_amount_of_a_product_is_none(text: str) -> None:
    assert told(text, "ping", "send", "pay") is None


def test_when_and_where_ask_for_no_amount() -> None:
    for text, found in (
        ("people print per day", True),
        ("when do people print per day", False),
        ("where do people print per day", False),
    ):
        assert bool(read_amount(text, "firefox_desktop", shipped_rules(), Shelf({}, ()))) is found, text


def test_users_of_one_system_or_by_value_are_those_of_the_day(client: FlaskClient) -> None:
    of_a_day = first(client, "DAU of Klar on Android")
    for text in (
        "how big is our audience on Klar on Android",
        "which countries have most users of Klar on Android",
        "people on Klar on Android per day",
    ):
        assert first(client, text) == of_a_day, text


def test_what_is_in_something_is_no_topic() -> None:
    assert _is_within("cookie", "what is in a cookie")
    assert _is_within("cookies", "what is stored in cookies")
    assert not _is_within("cookies", "what do you know about cookies")


def test_what_a_product_is_called_by_its_platform_alone_is_no_thing_to_own(client: FlaskClient) -> None:
    assert asked(client, "who is the owner of the iPhone") is None
    assert card(client, "who owns Firefox iOS")["recommended"][0]["id"] == "app/firefox_ios"
