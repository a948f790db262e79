"""What an exclusion in words means: apps, kinds and states become filters, all else stays out of names."""

from __future__ import annotations

import pytest

from search_app.engine.engine import SearchEngine, shipped_vocabulary
from search_app.engine.results import Results
from search_app.query.parser import parse_query
from search_app.understanding.analyze import AppName, Lexicon, Understanding, understand

LEXICON = Lexicon(
    apps=(AppName("fenix", "Firefox for Android"), AppName("firefox_desktop", "Firefox for Desktop")),
    pings=("baseline",),
    types=("event", "counter"),
    kinds=("app", "ping", "metric", "table"),
    statuses=("active", "expired"),
)
VOCABULARY = shipped_vocabulary()


def meant(text: str) -> Understanding:
    return understand(parse_query(text), LEXICON, VOCABULARY)


@pytest.mark.parametrize(
    "text", ["saved logins, not desktop", "saved logins without desktop", "non-desktop logins"]
)
def test_an_app_that_is_left_out_takes_what_is_its_alone(text: str) -> None:
    meaning = meant(text)
    assert meaning.without_apps == ("firefox_desktop",)
    assert not any(boost.field == "app" and boost.weight > 0 for boost in meaning.boosts)


def test_a_kind_that_is_left_out_is_a_filter() -> None:
    meaning = meant("baseline things but not tables")
    assert meaning.query.exclude_filters == {"kind": ("table",)}


def test_a_state_that_is_left_out_is_a_filter() -> None:
    assert meant("crash metrics excluding expired").query.exclude_filters == {"status": ("expired",)}


def test_a_word_that_is_left_out_is_told_and_can_be_taken_back() -> None:
    [chip] = [chip for chip in meant("tab metrics but not the panel").chips if chip.field == "without"]
    assert chip.label == "Without: panel"
    again = parse_query(chip.q_without)
    assert not any(term.exclude for term in again.terms)


def test_a_word_that_begins_with_non_is_a_word() -> None:
    assert not any(term.exclude for term in meant("non-fatal errors of the non-main process").terms)


def test_other_words_for_what_is_excluded_go_with_it() -> None:
    [unwanted] = [term for term in meant("newtab -urlbar").terms if term.exclude]
    assert {"awesomebar", "address bar"} <= {synonym.text for synonym in unwanted.synonyms}


def names(results: Results) -> list[str]:
    return [hit.card.name for hit in results.hits]


@pytest.mark.mirror
def test_left_out_words_stand_in_no_name_and_left_out_apps_have_no_hit(mirror_engine: SearchEngine) -> None:
    with_it = mirror_engine.search(parse_query("translations panel", {"size": "100"}))
    without = mirror_engine.search(parse_query("translations but not the panel", {"size": "100"}))
    assert any("panel" in name for name in names(with_it))
    assert without.hits
    assert not any("panel" in name for name in names(without))
    alone = mirror_engine.search(parse_query("saved logins, not desktop", {"size": "100"}))
    assert alone.hits
    assert not any(set(hit.card.app) == {"firefox_desktop"} for hit in alone.hits)
