"""Questions that cards answer, offered while one of them is typed: questions.yaml."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from indexer.index.completion.suggester import Suggestion

MOST = 4  # under one box: names are completed too
FOLDER = Path(__file__).parent


@lru_cache(maxsize=1)
def shipped_questions() -> tuple[str, ...]:
    """All of them, what is asked most first."""
    text = (FOLDER / "questions.yaml").read_text("utf-8")
    found: list[str] = yaml.load(text, Loader=yaml.CSafeLoader)["questions"]
    return tuple(found)


def begun_questions(typed: str) -> list[Suggestion]:
    """The questions that what was typed begins: its first word whole, each other one the beginning of a word
    further on. A single word without a space behind it may be the beginning of a name: it begins none.

    >>> [each.text for each in begun_questions("who owns the base")]
    ['who owns the baseline ping']
    """
    words = typed.lower().split()
    if not words or not (len(words) > 1 or typed[-1].isspace()):
        return []
    found = (question for question in shipped_questions() if _begins(words, question.lower().split()))
    return [Suggestion(question, "question") for question, _ in zip(found, range(MOST), strict=False)]


def _begins(words: list[str], question: list[str]) -> bool:
    if words[0] != question[0]:
        return False
    rest = iter(question[1:])
    return all(any(other.startswith(word) for other in rest) for word in words[1:])
