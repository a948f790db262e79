"""The queries of the bench, made from the catalogue by rule: seven classes, none chosen by hand."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.index.documents.document import Document
from indexer.text.analysis import identifier_words

SHORTEST = 4  # letters of a word that is asked for by itself
PREFIX = 4
QUESTION_WORDS = 8


@dataclass(frozen=True, slots=True)
class Question:
    """One query of a class."""

    kind: str
    text: str
    filters: dict[str, tuple[str, ...]]
    prefix: str = ""  # where the text is nothing but the beginning of a word and a star


def questions(documents: Sequence[Document], each: int) -> list[Question]:
    """So many queries of each class; the same documents give the same queries."""
    chance = random.Random(f"{len(documents)} {each}")
    made = []
    for kind, rule in RULES.items():
        for _ in range(each):
            text, filters = rule(chance, documents)
            made.append(Question(kind, text, filters, text[:-1] if kind == "prefix" else ""))
    return made


Asked = tuple[str, dict[str, tuple[str, ...]]]
Rule = Callable[[random.Random, Sequence[Document]], Asked]


def _name(chance: random.Random, documents: Sequence[Document]) -> Asked:
    return chance.choice(documents).card.name, {}


def _fragment(chance: random.Random, documents: Sequence[Document]) -> Asked:
    """Two neighbouring words of a name, the second one not to its end."""
    pieces = _pieces(chance, documents, 2)
    at = chance.randrange(len(pieces) - 1)
    second = pieces[at + 1]
    return f"{pieces[at]}_{second[: max(3, len(second) - 2)]}", {}


def _app_and_word(chance: random.Random, documents: Sequence[Document]) -> Asked:
    with_app = _where(chance, documents, lambda d: bool(d.card.app_title))
    titles: Any = with_app.card.app_title or ("firefox",)
    return f"{titles[0]} {chance.choice(_long(identifier_words(with_app.card.name)))}".lower(), {}


def _words(chance: random.Random, documents: Sequence[Document]) -> Asked:
    """One to three words of a name, in any order."""
    pieces = _long(_pieces(chance, documents, 2))
    return " ".join(chance.sample(pieces, min(len(pieces), chance.randrange(1, 4)))), {}


def _question(chance: random.Random, documents: Sequence[Document]) -> Asked:
    """Neighbouring words of a description, put as a question."""
    document = _where(chance, documents, lambda d: d.card.description.count(" ") > 12)
    text = document.card.description.split()
    at = chance.randrange(max(1, len(text) - QUESTION_WORDS))
    said = " ".join(word.strip("\"'()`.,:;") for word in text[at : at + QUESTION_WORDS])
    return f"how many {said}".lower(), {}


def _typo(chance: random.Random, documents: Sequence[Document]) -> Asked:
    """Two words of a name, one of them with a slip."""
    pieces = _long(_pieces(chance, documents, 2))
    asked = chance.sample(pieces, min(2, len(pieces)))
    word, at = asked[0], chance.randrange(1, len(asked[0]) - 1)
    slips = (
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
    )
    return " ".join([chance.choice(slips), *asked[1:]]), {}


def _filtered(chance: random.Random, documents: Sequence[Document]) -> Asked:
    """A word of a name with one or two of that thing's facet values."""
    document = chance.choice(documents)
    names = [name for name in ("kind", "status", "app", "type", "dataset") if document.facets.get(name)]
    chosen = chance.sample(names, min(len(names), chance.randrange(1, 3)))
    pieces = _long(identifier_words(document.card.name))
    return chance.choice(pieces), {name: (document.facets[name][0],) for name in chosen}


def _prefix(chance: random.Random, documents: Sequence[Document]) -> Asked:
    pieces = [p for p in _long(_pieces(chance, documents, 1)) if len(p) > PREFIX] or ["search"]
    return chance.choice(pieces)[:PREFIX] + "*", {}


RULES: dict[str, Rule] = {
    "name": _name,
    "fragment": _fragment,
    "app + word": _app_and_word,
    "words": _words,
    "question": _question,
    "typo": _typo,
    "filter": _filtered,
    "prefix": _prefix,
}


def typed_ahead(documents: Sequence[Document], count: int) -> list[str]:
    """Beginnings of names and of words in names, as they stand in the box while somebody types."""
    chance = random.Random(count)
    typed = []
    for _ in range(count):
        name = chance.choice(documents).card.name
        pieces = identifier_words(name) or [name]
        whole = name if chance.random() < 0.5 else " ".join(pieces[chance.randrange(len(pieces)) :])
        typed.append(whole[: chance.randrange(1, max(2, min(len(whole), 16)))])
    return typed


def _pieces(chance: random.Random, documents: Sequence[Document], least: int) -> list[str]:
    document = _where(chance, documents, lambda d: len(identifier_words(d.card.name)) >= least)
    return identifier_words(document.card.name)


def _long(pieces: list[str]) -> list[str]:
    return [p for p in dict.fromkeys(pieces) if len(p) >= SHORTEST and p.isalpha()] or ["search"]


def _where(
    chance: random.Random, documents: Sequence[Document], fits: Callable[[Document], bool]
) -> Document:
    """A document of chance that fits; the last one tried where few do."""
    document = chance.choice(documents)
    for _ in range(200):
        if fits(document):
            break
        document = chance.choice(documents)
    return document
