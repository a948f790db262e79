"""Rules are data with reasons: what cannot be used is refused when it is read."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml

from search_app.answers.rule_loader import FOLDER, made_of
from search_app.answers.rules import RulesProblem

Content = dict[str, Any]


@pytest.fixture(scope="module")
def shipped() -> tuple[Content, Content]:
    intents, concepts = (
        yaml.load((FOLDER / name).read_text("utf-8"), Loader=yaml.CSafeLoader)
        for name in ("intents.yaml", "concepts.yaml")
    )
    return intents, concepts


@pytest.fixture
def content(shipped: tuple[Content, Content]) -> tuple[Content, Content]:
    return copy.deepcopy(shipped)


def test_a_rule_without_a_reason_is_refused(content: tuple[Content, Content]) -> None:
    intents, concepts = content
    del concepts["concepts"][0]["reason"]
    with pytest.raises(RulesProblem, match="says no reason"):
        made_of(intents, concepts)


def test_a_pattern_that_is_none_is_refused(content: tuple[Content, Content]) -> None:
    intents, concepts = content
    intents["templates"][0]["patterns"] = ["(unclosed"]
    with pytest.raises(RulesProblem, match="is no pattern"):
        made_of(intents, concepts)


def test_a_class_of_words_that_is_none_is_refused(content: tuple[Content, Content]) -> None:
    intents, concepts = content
    intents["templates"][0]["patterns"] = ["^is (?P<subject>.+) {endet}$"]
    with pytest.raises(RulesProblem, match="no class of words is called 'endet'"):
        made_of(intents, concepts)


def test_a_class_of_words_stands_for_each_of_them(content: tuple[Content, Content]) -> None:
    intents, concepts = content
    intents["classes"] = [{"name": "ended", "words": ["off", "switched off"], "reason": "Its end"}]
    intents["templates"] = [
        {"intent": "alive", "patterns": ["^is (?P<subject>.+?) {ended}$"], "reason": "A state"}
    ]
    pattern = made_of(intents, concepts).templates[0].pattern
    subjects = [pattern.match(f"is X {word}") for word in ("off", "switched off")]
    assert [each and each["subject"] for each in subjects] == ["X", "X"]
    assert pattern.match("is X on") is None


def test_a_key_of_a_candidate_that_is_not_known_is_refused(content: tuple[Content, Content]) -> None:
    intents, concepts = content
    concepts["concepts"][0]["use"][0]["coloumn"] = "dau"
    with pytest.raises(RulesProblem, match="unknown keys"):
        made_of(intents, concepts)
