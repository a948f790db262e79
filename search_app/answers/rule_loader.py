"""intents.yaml and concepts.yaml read as rules (`rules.py`), each with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import yaml

from search_app.answers.rules import (
    Concept,
    Gone,
    Phrase,
    Place,
    Product,
    Rules,
    RulesProblem,
    Rung,
    Spellings,
    Template,
    Topic,
    Trait,
    Use,
    words_of,
)
from search_app.understanding.vocabulary import normalise

FOLDER = Path(__file__).parent
ASIDE = "aside"  # a role of phrases


@lru_cache(maxsize=1)
def shipped_rules() -> Rules:
    """The rules of this folder, read once."""
    content = [
        yaml.load((FOLDER / name).read_text("utf-8"), Loader=yaml.CSafeLoader)
        for name in ("intents.yaml", "concepts.yaml")
    ]
    return made_of(*content)


def made_of(intents: Mapping[str, Any], concepts: Mapping[str, Any]) -> Rules:
    """Rules of the content of the two files.

    Raises RulesProblem for a rule without a reason, a key that is not known, or a pattern that is none.
    """
    spellings = tuple((str(each["write"]), str(each["as"])) for each in _entries(intents["spellings"]))
    phrases = _all_phrases(intents)
    fillers = _words(intents["fillers"])
    lists = intents["lists"]
    if not lists.get("reason"):
        raise RulesProblem(f"{lists!r} says no reason")
    begins = frozenset(lists["begins"])
    places = tuple(_entries(concepts["places"]))
    # what an aside says begins no question, wherever else it is said
    asides = {word for phrase in phrases if phrase.role == ASIDE for word in phrase.words}
    said = {word for phrase in phrases for word in phrase.words} - fillers - asides
    boards = concepts["boards"]
    return Rules(
        templates=tuple(_templates(intents["templates"], _classes(intents["classes"]))),
        phrases=phrases,
        begun=_begun(phrases),
        nouns=_nouns(phrases, begins),
        begins=begins,
        joins=frozenset(lists["joins"]),
        fillers=fillers,
        plain=_words(intents["plain"]),
        never=_all_words(intents["never"]),
        advice=tuple(normalise(text) for entry in _entries(intents["advice"]) for text in entry["begins"]),
        signals=frozenset(said | _words(intents["openers"])).union(*map(_words, places)),
        spellings=spellings,
        synonyms={word: _words(each) for each in _entries(intents["synonyms"]) for word in _words(each)},
        products=tuple(map(_product, _entries(concepts["products"]))),
        alone={each["word"]: each["means"] for each in _entries(concepts["alone"])},
        platforms={word: each["means"] for each in _entries(concepts["platforms"]) for word in each["words"]},
        unusable=_traits(concepts["measures"]["unusable"]),
        preferred=_traits(concepts["measures"]["prefer"]),
        rungs=tuple(map(_rung, _entries(concepts["tables"]))),
        ambiguous=_all_words(concepts["ambiguous"]),
        obsolete_docs=concepts["obsolete_docs"],
        followed={each["old"]: each["new"] for each in _entries(concepts["followed"])},
        gone=_gone(concepts["gone"]),
        places=tuple(map(_place, places)),
        boards_only_for={each["model"]: _words(each) for each in _entries(boards["only_for"])},
        boards_beyond=_all_words(boards["beyond"]),
        topics=tuple(_topic(each, spellings) for each in _entries(concepts["topics"])),
        concepts=tuple(_concept(each, spellings) for each in _entries(concepts["concepts"])),
    )


def _classes(entries: list[dict[str, Any]]) -> dict[str, str]:
    """Each class of words as a part of a pattern; longer words first: one may begin with another."""
    return {
        each["name"]: f"(?:{'|'.join(sorted(each['words'], key=len, reverse=True))})"
        for each in _entries(entries)
    }


def _templates(entries: list[dict[str, Any]], classes: Mapping[str, str]) -> Iterator[Template]:
    for entry in _entries(entries):
        for pattern in entry["patterns"]:
            yield Template(entry["intent"], _pattern(_NAMED.sub(partial(_of_class, classes), pattern)))


_NAMED = re.compile(r"\{([a-z_]+)\}")


def _of_class(classes: Mapping[str, str], found: re.Match[str]) -> str:
    if found[1] not in classes:
        raise RulesProblem(f"no class of words is called {found[1]!r}")
    return classes[found[1]]


def _all_phrases(intents: Mapping[str, Any]) -> tuple[Phrase, ...]:
    """Of all roles, the longest first."""
    phrases = (
        *_phrases(intents["numbers"], "intent", "intent"),
        *_phrases(intents["splits"], "split", "by"),
        *_phrases(intents["spans"], "span", ""),
        *_phrases(intents["asides"], ASIDE, ""),
    )
    return tuple(sorted(phrases, key=lambda phrase: -len(phrase.words)))


def _begun(phrases: Sequence[Phrase]) -> dict[str, tuple[tuple[int, Phrase], ...]]:
    found: dict[str, list[tuple[int, Phrase]]] = {}
    for place, phrase in enumerate(phrases):
        found.setdefault(phrase.words[0], []).append((place, phrase))
    return {word: tuple(begun) for word, begun in found.items()}


def _nouns(phrases: Iterable[Phrase], begins: frozenset[str]) -> tuple[Phrase, ...]:
    found = (each for each in phrases if each.words[0] in begins and len(each.words) > 1)
    return tuple(replace(each, words=each.words[1:]) for each in found)


def _product(entry: Mapping[str, Any]) -> Product:
    words = frozenset(entry.get("words", ()))
    return Product(frozenset(entry["names"]), entry["means"], entry.get("title", ""), words)


def _place(entry: Mapping[str, Any]) -> Place:
    of = {"words": entry.get("of", entry["words"])}
    return Place(_words(entry), _words(of), entry.get("product", ""))


def _rung(entry: Mapping[str, Any]) -> Rung:
    return Rung(entry["rung"], _pattern(entry["pattern"]), entry["reason"])


def _wordings(entry: Mapping[str, Any], spellings: Spellings) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(words_of(text, spellings)) for text in entry["words"])


def _topic(entry: Mapping[str, Any], spellings: Spellings) -> Topic:
    return Topic(entry["topic"], _wordings(entry, spellings), tuple(entry["things"]), entry["reason"])


def _concept(entry: Mapping[str, Any], spellings: Spellings) -> Concept:
    return Concept(
        entry["name"],
        _wordings(entry, spellings),
        tuple(_use(each) for each in entry["use"]),
        entry["reason"],
        _names(entry.get("apps")),
        entry.get("product", ""),
        tuple(entry.get("needs", ())),
        tuple(entry.get("bare", ())),
        bool(entry.get("daily", False)),
        bool(entry.get("stock", False)),
    )


def _use(entry: Mapping[str, Any]) -> Use:
    if unknown := set(entry) - {"id", "apps", "column", "split", "product", "rows", "by"}:
        raise RulesProblem(f"{entry!r} has unknown keys {sorted(unknown)}")
    target = str(entry["id"])
    if target.startswith("measure:"):
        _pattern(target.removeprefix("measure:"))
    apps, column = _names(entry.get("apps")), entry.get("column", "")
    rows, by = entry.get("rows", ""), tuple(entry.get("by", ()))
    return Use(target, apps, column, entry.get("split"), entry.get("product", ""), rows, by)


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


def _all_words(entries: list[dict[str, Any]]) -> frozenset[str]:
    return frozenset(word for entry in _entries(entries) for word in _words(entry))


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error as problem:
        raise RulesProblem(f"{text!r} is no pattern: {problem}") from problem
