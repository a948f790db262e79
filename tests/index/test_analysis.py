"""Text and query meet in the same terms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.text.analysis import compounds, identifier_words, spelling_key, stem, words


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("browser.engagement.active_ticks", ["browser", "engagement", "active", "ticks"]),
        ("aB.c-d::e", ["a", "b", "c", "d", "e"]),
        ("GCMs", ["gc", "ms"]),
        ("HTTPServer2", ["http", "server", "2"]),
        ("clients_last_seen_v1", ["clients", "last", "seen", "v", "1"]),
        ("Firefox's tabs don\u2019t close", ["firefox", "tabs", "dont", "close"]),
        ("détection_été", ["detection", "ete"]),
        ("日本語 text", ["日本", "本語", "text"]),
        ("", []),
    ],
)
def test_identifiers_are_split_at_punctuation_camel_case_and_digits(text: str, pieces: list[str]) -> None:
    assert identifier_words(text) == pieces


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("crashes", "crash"),
        ("queries", "query"),
        ("bookmarked", "bookmarks"),
        ("tabs", "tab"),
        ("analyses", "analysis"),
        ("hung", "hangs"),
        ("cpus", "cpu"),
        ("indices", "indexes"),
        ("localized", "locales"),
        ("accessible", "accessibility"),
    ],
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("locale", "local"),
        ("settings", "set"),
        ("accessibility", "accessed"),
        ("nightly", "night"),
        ("ratings", "rates"),
        ("containers", "contains"),
        ("importance", "imports"),
        ("personalized", "person"),
        ("profiler", "profile"),
    ],
)
def test_words_that_mean_something_else_share_no_stem(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@pytest.mark.parametrize("word", ["ms", "gas", "dns", "日本"])
def test_short_words_and_other_scripts_are_not_stemmed(word: str) -> None:
    assert stem(word) == word


def test_camel_case_words_are_terms_as_a_whole_too() -> None:
    assert compounds("Ask BigQuery or FxA, not mysql") == [stem("bigquery"), "fxa"]


@pytest.mark.parametrize("spelling", ["a.b_c", "a_b_c", "a::b_c", "aB.c", "A_B_C", "`a.b-c`", "a b c"])
def test_rule_9_all_spellings_of_an_identifier_have_one_key(spelling: str) -> None:
    assert spelling_key(spelling) == "abc"


@given(st.text(max_size=200))
def test_any_text_can_be_folded_and_a_key_folds_to_itself(text: str) -> None:
    assert len(words(text)) == len(identifier_words(text))
    key = spelling_key(text)
    assert spelling_key(key) == key
