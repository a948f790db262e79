"""A heading that says "Without" means it: only what is written small leaves something out."""

from __future__ import annotations

from search_app.query.parser import parse_query


def excluded(text: str) -> list[str]:
    return [term.text for term in parse_query(text).terms if term.exclude]


def test_a_cue_with_a_capital_inside_of_a_text_is_a_word() -> None:
    assert excluded("Password Reset Funnel Without Recovery Key") == []


def test_the_same_in_small_letters_leaves_out() -> None:
    assert excluded("password reset funnel without recovery key") != []
