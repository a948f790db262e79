"""Exclusions said in words: which words say "not", and what they leave out."""

from __future__ import annotations

import pytest

from search_app.query.parser import parse_query

SAID = (
    ("tab metrics but not the panel", ["panel"], ["tab", "metrics"]),
    ("search counts without ads in fenix", ["ads"], ["search", "counts", "in", "fenix"]),
    ("saved logins on mobile, not desktop", ["desktop"], ["saved", "logins", "on", "mobile,"]),
    ("crash pings except for events and tables", ["events", "tables"], ["crash", "pings"]),
    ("usage excluding start page", ["start page"], ["usage"]),
    ("gc pauses other than slices, per process", ["slices"], ["gc", "pauses", "per", "process"]),
)


@pytest.mark.parametrize(("text", "left_out", "wanted"), SAID)
def test_what_is_said_to_be_left_out_is(text: str, left_out: list[str], wanted: list[str]) -> None:
    terms = parse_query(text).terms
    assert [term.text for term in terms if term.said] == left_out
    assert all(term.exclude for term in terms if term.said)
    assert [term.text for term in terms if not term.exclude] == wanted


@pytest.mark.parametrize(
    "text",
    [
        "page is not responding",
        "do not track",
        "without",
        "excluding bots",
        "how many tabs but",
        'tabs "without" crashes',
        "search.without_ads",
        "non-main ping",
    ],
)
def test_words_that_only_look_so_stay_words(text: str) -> None:
    assert not any(term.said for term in parse_query(text).terms)
