"""While a question is typed those are offered that a card answers."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from search_app.answers.questions import MOST, begun_questions, shipped_questions


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("who owns", ["who owns clients_daily", "who owns the baseline ping"]),
        ("Who Owns b", ["who owns the baseline ping"]),
        ("what repl", ["what replaced GC_MS", "what replaced main_summary"]),
        ("how many ios", ["how many people use Firefox for iOS"]),
        ("who", []),
        ("how many zebras", []),
        ("ping who owns", []),
        ("", []),
    ],
)
def test_a_question_is_offered_by_its_first_word_and_the_beginnings_of_others(
    typed: str, offered: list[str]
) -> None:
    assert [each.text for each in begun_questions(typed)] == offered


def test_of_many_questions_only_some_are_offered() -> None:
    assert len(begun_questions("how ")) == MOST < sum(each.startswith("how ") for each in shipped_questions())


def test_questions_come_before_names_and_a_limit_holds(small_client: FlaskClient) -> None:
    found = small_client.get("/api/v1/suggest?q=what+is&limit=2").get_json()["suggestions"]
    assert [(each["kind"], each["url"]) for each in found] == [("question", None), ("question", None)]
    typed, texts, *_ = small_client.get("/suggest?q=who+owns").get_json(force=True)
    assert typed == "who owns"
    assert texts[:2] == ["who owns clients_daily", "who owns the baseline ping"]


@pytest.mark.mirror
@pytest.mark.parametrize("question", shipped_questions())
def test_each_question_that_is_offered_has_a_card(mirror_client: FlaskClient, question: str) -> None:
    answer = mirror_client.get("/api/v1/search", query_string={"q": question, "size": 1}).get_json()["answer"]
    assert answer is not None
