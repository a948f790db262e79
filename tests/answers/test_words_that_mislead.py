"""Words that say nothing of most questions and change others, and names that are near to what is asked."""

from __future__ import annotations

import pytest

from search_app.answers.answering import may_be_asked
from search_app.answers.catalogue import AVERAGES, Shelf, ShelvedMeasure, divided_by, is_divided
from search_app.answers.queries import can_tell
from search_app.answers.reading import Subject, read_amount, tell
from search_app.answers.rule_loader import shipped_rules
from search_app.answers.rules import words_of
from search_app.query.parser import parse_query
from tests.answers.test_named_things import found, metric
from tests.support.sql_world import metric as sent

RULES = shipped_rules()


def shelved(name: str, *words: str, per: str = "", said: str = "") -> ShelvedMeasure:
    wording = frozenset(words_of(" ".join(words), RULES.spellings))
    given = frozenset(words_of(said, RULES.spellings))
    return ShelvedMeasure(f"measure/metric/fenix/{name}", name, (wording,), given, frozenset(per.split()), ())


def of_fenix(text: str, *measures: ShelvedMeasure) -> list[Subject]:
    """What a text is about from which the product was taken out."""
    return read_amount(text, "fenix", RULES, Shelf({"fenix": measures}, ()))


@pytest.mark.parametrize(
    "text", ["how many people use", "how many users does | have", "number of users by country"]
)
def test_a_product_and_who_uses_it_is_a_question_of_its_users(text: str) -> None:
    assert [each.concept.name for each in of_fenix(text) if each.concept] == ["daily active users"]


@pytest.mark.parametrize(
    "text",
    [
        "how many apps do people use on",
        "how many users like",
        "how many people know",
        "how many people made",
        "how many profiles does each user have on",
        "how many people find",
        "how often do people use their phone on",
        "what do people use | for",
    ],
)
def test_a_product_and_anything_else_is_not(text: str) -> None:
    assert of_fenix(text) == []


@pytest.mark.parametrize("word", ["big", "laptops", "want", "one", "common"])
def test_a_word_that_narrows_what_is_counted_is_no_filler(word: str) -> None:
    searches = words_of("searches", ())
    assert tell(words_of(f"searches of {word} people", RULES.spellings), frozenset(searches), RULES) is None
    assert tell(words_of("searches of people", RULES.spellings), frozenset(searches), RULES) is not None


@pytest.mark.parametrize(
    "text", ["i want to know searches", "most people searches", "find out searches per day"]
)
def test_runs_of_such_words_say_nothing_all_the_same(text: str) -> None:
    words = words_of(text, RULES.spellings)
    assert tell(words, frozenset(words_of("searches", ())), RULES) is not None


def test_what_is_divided_is_only_asked_for_by_who_says_so() -> None:
    measure = shelved("revenue_per_ad", "revenue ad", per="ad", said="per")
    assert divided_by(("revenu", "per", "ad")) == {"ad"}
    assert of_fenix("ad revenue by country", measure) == []
    assert of_fenix("ad revenue per day", measure) == []
    for text in ("revenue per ad by country", "average ad revenue"):
        assert of_fenix(text, measure)[0].measures == (measure,), text
    assert all(is_divided(frozenset(("ad",)), (word,)) for word in AVERAGES)


def test_the_name_of_a_metric_that_is_divided_is_no_amount_of_the_whole() -> None:
    per, whole = metric("tabgroup.tabs_per_saved_group"), metric("tabgroup.saved_groups")
    assert found("how many saved tab groups", per) == []
    assert found("how many saved tab groups", per, whole)[0].named == (whole.card.id,)


def test_two_words_that_a_name_writes_as_one_are_that_word() -> None:
    made = metric("tabgroup.create_group")
    assert found("tab groups created per day", made)[0].named == (made.card.id,)


def test_the_word_itself_says_more_than_another_for_it() -> None:
    made, saved = metric("tabgroup.create_group"), metric("tabgroup.saved_groups")
    assert found("how many saved tab groups", made, saved)[0].named == (saved.card.id,)
    assert found("how many created tab groups", made, saved)[0].named == (made.card.id,)


def test_the_phrases_of_a_text_are_those_that_a_walk_through_all_finds() -> None:
    for text in ("how many people use it by country and version per day", "share of the last week", "zebra"):
        words = frozenset(words_of(text, RULES.spellings))
        assert RULES.phrases_of(words) == [each for each in RULES.phrases if words.issuperset(each.words)]


def test_of_a_number_not_those_who_have_it_are_asked() -> None:
    words = ("bookmarks",)
    for text, number in (
        ("how many bookmarks", True),
        ("number of bookmarks", True),
        ("how many people have bookmarks", False),
        ("share of bookmarks", False),
    ):
        told = tell(words_of(text, RULES.spellings), frozenset(words_of(*words, ())), RULES)
        assert told is not None, text
        assert told.number is number, text


@pytest.mark.parametrize("text", ["firefox_desktop.newtab_visits_daily", "a/b", "crash:daily"])
def test_one_word_with_a_sign_in_it_is_a_name_and_no_question(text: str) -> None:
    query = parse_query(text)
    assert len(query.terms) <= 1
    assert not may_be_asked(query, ())
    assert may_be_asked(parse_query("app:fenix DAU"), ())


@pytest.mark.parametrize(
    ("text", "is_trend"),
    [
        ("how many people changed their passwords", False),
        ("users are losing their passwords", False),
        ("people who drop passwords", False),
        ("how have passwords changed", True),
        ("are we losing passwords", True),
        ("growing passwords of users", True),
    ],
)
def test_what_people_do_to_something_is_no_trend_of_it(text: str, is_trend: bool) -> None:
    told = tell(words_of(text, RULES.spellings), frozenset(words_of("passwords", ())), RULES)
    assert (told is not None and told.trend) is is_trend


def test_how_long_asks_for_percentiles_of_what_takes_time() -> None:
    lookup = tell(words_of("how long is a lookup", RULES.spellings), frozenset(words_of("lookup", ())), RULES)
    assert lookup is not None
    assert (lookup.intent, lookup.long) == ("percentiles", True)
    given = sent("timing_distribution", "lookup_time"), sent("custom_distribution", "open_count")
    assert [can_tell(item, lookup) for item in given] == [True, False]
    assert of_fenix("how long do people use") == []
