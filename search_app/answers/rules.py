"""intents.yaml and concepts.yaml as typed values, each rule with its reason.

Raises RulesProblem for a rule without a reason, a key that is not known, or a pattern that is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from search_app.understanding.vocabulary import normalise

FOLDER = Path(__file__).parent
ORDER = (
    "people",
    "share",
    "percentiles",
    "average",
    "how_many",
    "trend",
)  # of two intents the first is meant


class RulesProblem(ValueError):
    """A rule that cannot be used."""


@dataclass(frozen=True, slots=True)
class Template:
    intent: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A run of words that says an intent, or by what is split."""

    words: tuple[str, ...]
    role: str  # intent, split, span
    value: str
    product: str = ""  # that is meant where none is named
    one: bool = False  # of a split: one value of it is named


@dataclass(frozen=True, slots=True)
class Use:
    """A candidate: an id or `measure:` and a pattern, for some products, for one split."""

    target: str
    apps: tuple[str, ...] | None = None  # None: all of its concept
    column: str = ""
    split: str | None = None  # None: for every split


@dataclass(frozen=True, slots=True)
class Concept:
    name: str
    wordings: tuple[frozenset[str], ...]
    use: tuple[Use, ...]
    reason: str
    apps: tuple[str, ...] | None = None
    product: str = ""
    needs: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    daily: bool = False  # people of one day: they cannot be added up


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that data is collected about, in words and in the things that hold it."""

    name: str
    wordings: tuple[frozenset[str], ...]
    things: tuple[str, ...]  # ids, the best first
    reason: str


@dataclass(frozen=True, slots=True)
class Product:
    names: frozenset[str]
    means: str
    title: str


@dataclass(frozen=True, slots=True)
class Gone:
    """A table that the catalogue has no more: what came after it, and where the docs say so."""

    name: str
    instead: tuple[str, ...]  # ids, the best first
    told: str  # id of a section of the docs
    reason: str


@dataclass(frozen=True, slots=True)
class Place:
    """Words for parts of a product, and what a measure of them says."""

    words: frozenset[str]
    of: frozenset[str]
    product: str = ""  # that is meant where none is named and several have the measure


@dataclass(frozen=True, slots=True)
class Trait:
    """A property of a measure: where to look, and what to find there."""

    where: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Rung:
    """How a table is told to stand on a rung of the recommended order, and what is said of it."""

    name: str
    pattern: re.Pattern[str]
    reason: str


@dataclass(frozen=True, slots=True)
class Rules:
    templates: tuple[Template, ...]
    phrases: tuple[Phrase, ...]  # the longest first
    nouns: tuple[
        Phrase, ...
    ]  # those of phrases that begin with one of `begins`, without it; the longest first
    begins: frozenset[str]  # by, per
    joins: frozenset[str]  # and
    fillers: frozenset[str]
    never: frozenset[str]
    advice: tuple[tuple[str, ...], ...]  # beginnings of texts that ask for no amount
    signals: frozenset[str]  # a query with none of them, and with no product, is no question
    spellings: tuple[tuple[str, str], ...]
    products: tuple[Product, ...]
    alone: Mapping[str, str]  # what stands for several products, typed alone -> the id that is meant
    platforms: tuple[str, ...]
    unusable: tuple[Trait, ...]
    preferred: tuple[Trait, ...]
    rungs: tuple[Rung, ...]
    ambiguous: frozenset[str]
    obsolete_docs: str
    followed: Mapping[str, str]
    gone: Mapping[str, Gone]  # by each of its names
    places: tuple[Place, ...]
    boards_only_for: Mapping[str, frozenset[str]]  # model -> words, one of which must be typed
    boards_beyond: frozenset[str]  # that the title of a made board may have beside the subject
    topics: tuple[Topic, ...]
    concepts: tuple[Concept, ...]


@lru_cache(maxsize=1)
def shipped_rules() -> Rules:
    """The rules of this folder, read once."""
    content = [
        yaml.load((FOLDER / name).read_text("utf-8"), Loader=yaml.CSafeLoader)
        for name in ("intents.yaml", "concepts.yaml")
    ]
    return made_of(*content)


def made_of(intents: Mapping[str, Any], concepts: Mapping[str, Any]) -> Rules:
    """Rules of the content of the two files."""
    spellings = tuple((str(each["write"]), str(each["as"])) for each in _entries(intents["spellings"]))
    phrases = [
        *_phrases(intents["numbers"], "intent", "intent"),
        *_phrases(intents["splits"], "split", "by"),
        *_phrases(intents["spans"], "span", ""),
    ]
    fillers = _words(intents["fillers"])
    never = frozenset(word for entry in _entries(intents["never"]) for word in _words(entry))
    said = {word for phrase in phrases for word in phrase.words} - fillers
    phrases.sort(key=lambda phrase: -len(phrase.words))
    lists = intents["lists"]
    if not lists.get("reason"):
        raise RulesProblem(f"{lists!r} says no reason")
    begins = frozenset(lists["begins"])
    return Rules(
        templates=tuple(
            Template(entry["intent"], _pattern(pattern))
            for entry in _entries(intents["templates"])
            for pattern in entry["patterns"]
        ),
        phrases=tuple(phrases),
        nouns=tuple(
            replace(each, words=each.words[1:])
            for each in phrases
            if each.words[0] in begins and len(each.words) > 1
        ),
        begins=begins,
        joins=frozenset(lists["joins"]),
        fillers=fillers,
        never=never,
        advice=tuple(normalise(text) for entry in _entries(intents["advice"]) for text in entry["begins"]),
        signals=frozenset(said | _words(intents["openers"])).union(
            *(_words(each) for each in _entries(concepts["places"]))
        ),
        spellings=spellings,
        products=tuple(
            Product(frozenset(each["names"]), each["means"], each.get("title", ""))
            for each in _entries(concepts["products"])
        ),
        alone={each["word"]: each["means"] for each in _entries(concepts["alone"])},
        platforms=tuple(word for each in _entries(concepts["platforms"]) for word in each["words"]),
        unusable=_traits(concepts["measures"]["unusable"]),
        preferred=_traits(concepts["measures"]["prefer"]),
        rungs=tuple(
            Rung(each["rung"], _pattern(each["pattern"]), each["reason"])
            for each in _entries(concepts["tables"])
        ),
        ambiguous=frozenset(word for each in _entries(concepts["ambiguous"]) for word in _words(each)),
        obsolete_docs=concepts["obsolete_docs"],
        followed={each["old"]: each["new"] for each in _entries(concepts["followed"])},
        gone=_gone(concepts["gone"]),
        places=tuple(
            Place(_words(each), _words({"words": each.get("of", each["words"])}), each.get("product", ""))
            for each in _entries(concepts["places"])
        ),
        boards_only_for={each["model"]: _words(each) for each in _entries(concepts["boards"]["only_for"])},
        boards_beyond=frozenset(
            word for each in _entries(concepts["boards"]["beyond"]) for word in _words(each)
        ),
        topics=tuple(
            Topic(
                each["topic"],
                tuple(frozenset(words_of(text, spellings)) for text in each["words"]),
                tuple(each["things"]),
                each["reason"],
            )
            for each in _entries(concepts["topics"])
        ),
        concepts=tuple(_concept(each, spellings) for each in _entries(concepts["concepts"])),
    )


def spelt(text: str, spellings: tuple[tuple[str, str], ...]) -> str:
    """A text in small letters, spelt in one way."""
    lowered = text.lower()
    for written, as_ in spellings:
        if written in lowered:
            lowered = lowered.replace(written, as_)
    return lowered


def words_of(text: str, spellings: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """The words of a text as rules are compared: spelt in one way, in small letters, stemmed."""
    return normalise(spelt(text, spellings))


def _concept(entry: Mapping[str, Any], spellings: tuple[tuple[str, str], ...]) -> Concept:
    return Concept(
        entry["name"],
        tuple(frozenset(words_of(text, spellings)) for text in entry["words"]),
        tuple(_use(each) for each in entry["use"]),
        entry["reason"],
        _names(entry.get("apps")),
        entry.get("product", ""),
        tuple(entry.get("needs", ())),
        tuple(entry.get("bare", ())),
        bool(entry.get("daily", False)),
    )


def _use(entry: Mapping[str, Any]) -> Use:
    if unknown := set(entry) - {"id", "apps", "column", "split"}:
        raise RulesProblem(f"{entry!r} has unknown keys {sorted(unknown)}")
    target = str(entry["id"])
    if target.startswith("measure:"):
        _pattern(target.removeprefix("measure:"))
    return Use(target, _names(entry.get("apps")), entry.get("column", ""), entry.get("split"))


def _gone(entries: list[dict[str, Any]]) -> dict[str, Gone]:
    return {
        name: Gone(
            each["names"][0],
            tuple(target.replace("table:", "table/moz-fx-data-shared-prod.") for target in each["instead"]),
            each["told"],
            each["reason"],
        )
        for each in _entries(entries)
        for name in each["names"]
    }


def _names(values: list[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)


def _entries(entries: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        if not entry.get("reason"):
            raise RulesProblem(f"{entry!r} says no reason")
        yield entry


def _phrases(entries: list[dict[str, Any]], role: str, key: str) -> Iterator[Phrase]:
    for entry in _entries(entries):
        for text in entry["phrases"]:
            yield Phrase(
                normalise(str(text)),
                role,
                entry.get(key, ""),
                entry.get("product", ""),
                entry.get("one", False),
            )


def _traits(entries: list[dict[str, Any]]) -> tuple[Trait, ...]:
    return tuple(Trait(each["where"], _pattern(each["pattern"])) for each in _entries(entries))


def _words(entry: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(word for text in entry["words"] for word in normalise(str(text)))


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error as problem:
        raise RulesProblem(f"{text!r} is no pattern: {problem}") from problem
