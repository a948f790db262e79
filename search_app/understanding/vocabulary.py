"""The field's abbreviations, synonyms, facet words and filler words, read from vocabulary.yaml and checked.

The file says why each entry is there. Words are compared normalised: lower case, cut at
punctuation, stemmed; "FxA" and "HTTP3" stay one word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from indexer.text.analysis import stem
from indexer.text.analysis import words as terms_of
from search_app.understanding.model import Synonym

Words = tuple[str, ...]
FIELDS = ("app", "kind", "type", "status", "ping")
_PIECES = re.compile(r"[^\W_]+")
_APOSTROPHE = re.compile(r"(?<=\w)['\u2019](?=\w)")


class VocabularyProblem(ValueError):
    """An entry of the file is not as it must be; the message names it."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A facet value that words stand for."""

    field: str
    value: str
    weight: float  # of the preference, 0..1
    text_weight: float  # what the words are still worth as words


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Wordings by the normalised words that they stand for. Compared by identity."""

    synonyms: dict[Words, tuple[Synonym, ...]] = field(default_factory=dict)
    meanings: dict[Words, tuple[Meaning, ...]] = field(default_factory=dict)
    stop_words: dict[str, float] = field(default_factory=dict)  # normalised word -> what it is still worth
    longest: int = 1  # words in the longest key


@lru_cache(maxsize=4096)  # asked several times of each word of a query
def normalise(text: str) -> Words:
    """The words of a text as the vocabulary's keys are written.

    >>> normalise("Pop-up windows"), normalise("FxA")
    (('pop', 'up', 'window'), ('fxa',))
    """
    return tuple([stem(piece) for piece in _PIECES.findall(_APOSTROPHE.sub("", text.lower()))])


def load_vocabulary(path: Path | None = None) -> Vocabulary:
    """The vocabulary that ships with the program, or that of `path`.

    Reads the file anew on each call: keep the result. Raises VocabularyProblem for an
    entry without reason, with a weight outside 0..1, or with an unknown key.
    """
    source = path or Path(__file__).with_name("vocabulary.yaml")
    content = yaml.load(source.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {}
    if not isinstance(content, dict) or set(content) - {"synonyms", "meanings", "stop_words"}:
        raise VocabularyProblem("the file has the keys synonyms, meanings and stop_words")
    synonyms: dict[Words, dict[str, Synonym]] = {}
    for entry in _entries(content, "synonyms", {"same", "words", "means"}):
        for left, right in _pairs(entry):
            weight, reason = _number(entry, "weight"), str(entry["reason"])
            found = Synonym(right, tuple(terms_of(right)), weight, reason=reason)
            known = synonyms.setdefault(normalise(left), {})
            if right not in known or known[right].weight < found.weight:
                known[right] = found
    meanings: dict[Words, tuple[Meaning, ...]] = {}
    for entry in _entries(content, "meanings", {"words", "text", *FIELDS}):
        for words in {normalise(text) for text in _texts(entry, "words")}:
            meanings[words] = (*meanings.get(words, ()), *_meanings(entry))
    stop_words = {
        word: _number(entry, "weight")
        for entry in _entries(content, "stop_words", {"words"})
        for text in _texts(entry, "words")
        for word in normalise(text)
    }
    return Vocabulary(
        {key: tuple(sorted(found.values(), key=_order)) for key, found in synonyms.items()},
        meanings,
        stop_words,
        max((len(key) for key in (*synonyms, *meanings)), default=1),
    )


def _order(synonym: Synonym) -> tuple[float, str]:
    return -synonym.weight, synonym.text


def _entries(content: dict[str, Any], section: str, keys: set[str]) -> Iterator[dict[str, Any]]:
    for entry in content.get(section) or ():
        if not isinstance(entry, dict) or not entry.get("reason"):
            raise VocabularyProblem(f"{section}: {entry!r} says no reason")
        unknown = set(entry) - keys - {"weight", "reason", "direction"}
        if unknown:
            raise VocabularyProblem(f"{section}: {entry!r} has unknown keys {sorted(unknown)}")
        yield entry


def _pairs(entry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each (wording, what may stand for it) of an entry: all of `same`, or `words` by `means`."""
    if "same" in entry:
        texts = _texts(entry, "same")
        yield from ((left, right) for left in texts for right in texts if normalise(left) != normalise(right))
        return
    direction = entry.get("direction", "both")
    if direction not in ("both", "one"):
        raise VocabularyProblem(f"{entry!r}: direction is both or one")
    for left in _texts(entry, "words"):
        for right in _texts(entry, "means"):
            if normalise(left) != normalise(right):
                yield left, right
                if direction == "both":
                    yield right, left


def _meanings(entry: dict[str, Any]) -> Iterator[Meaning]:
    """The facet values of an entry: `app: {fenix: 0.5}`, or `app: fenix` with the entry's weight."""
    text_weight = _number(entry, "text") if "text" in entry else 1.0
    for name in FIELDS:
        values = entry.get(name) or {}
        if isinstance(values, str):
            values = {values: _number(entry, "weight")}
        for value, weight in values.items():
            yield Meaning(name, str(value), _number({"weight": weight}, "weight"), text_weight)


def _texts(entry: dict[str, Any], key: str) -> list[str]:
    texts = entry.get(key)
    if (
        not isinstance(texts, list)
        or not texts
        or not all(isinstance(t, str) and normalise(t) for t in texts)
    ):
        raise VocabularyProblem(f"{entry!r}: {key} is a list of texts (quote yes, no, on and off)")
    return texts


def _number(entry: dict[str, Any], key: str) -> float:
    value = entry.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise VocabularyProblem(f"{entry!r}: {key} is a number from 0 to 1")
    return float(value)
