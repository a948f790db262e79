"""What a rule of the answers is, and how a text is spelt to be compared with rules.

`rule_loader.py` makes them of intents.yaml and concepts.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter

from search_app.understanding.vocabulary import normalise

ORDER = (
    "people",
    "share",
    "percentiles",
    "average",
    "how_many",
    "trend",
)  # of two intents the first is meant


Spellings = tuple[tuple[str, str], ...]  # how it may be written, and as what it is read


class RulesProblem(ValueError):
    """A rule that cannot be used."""


@dataclass(frozen=True, slots=True)
class Template:
    """A question of one thing: how it is put, and what it asks for."""

    intent: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A run of words that says an intent, or by what is split."""

    words: tuple[str, ...]
    role: str  # intent, split, span, aside
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
    product: str = ""  # of a table with rows of several products: by what a query of one product is split
    rows: str = ""  # what a row is, of a table whose rows are what is counted
    by: tuple[str, ...] = ()  # by what its query is always split: the table holds several of what is named


NOTHING_SAID = Use("")  # of what no rule names


@dataclass(frozen=True, slots=True)
class Concept:
    """What can be counted: its wordings, and by what it is answered."""

    name: str
    wordings: tuple[frozenset[str], ...]
    use: tuple[Use, ...]
    reason: str
    apps: tuple[str, ...] | None = None
    product: str = ""
    needs: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    daily: bool = False  # people of one day: they cannot be added up
    stock: bool = False  # what there is at once: it does not happen so and so often


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that data is collected about, in words and in the things that hold it."""

    name: str
    wordings: tuple[frozenset[str], ...]
    things: tuple[str, ...]  # ids, the best first
    reason: str


@dataclass(frozen=True, slots=True)
class Product:
    """A product as people call it, and the id of the app or family that is meant."""

    names: frozenset[str]
    means: str
    title: str
    words: frozenset[str] = frozenset()  # that mean it in a question, though they mean much else


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
    """Every rule of the answers: what intents.yaml and concepts.yaml say."""

    templates: tuple[Template, ...]
    phrases: tuple[Phrase, ...]  # the longest first
    begun: Mapping[
        str, tuple[tuple[int, Phrase], ...]
    ]  # by their first words, each with its place in `phrases`
    nouns: tuple[Phrase, ...]  # phrases that begin with one of `begins`, without it; the longest first
    begins: frozenset[str]  # by, per
    joins: frozenset[str]  # and
    fillers: frozenset[str]
    plain: frozenset[str]  # of these the ones that may stand beside a product of which nothing else is said
    never: frozenset[str]
    advice: tuple[tuple[str, ...], ...]  # beginnings of texts that ask for no amount
    signals: frozenset[str]  # a query with none of them, and with no product, is no question
    spellings: Spellings
    synonyms: Mapping[
        str, frozenset[str]
    ]  # a word of a name -> those that are said for it, itself among them
    products: tuple[Product, ...]
    alone: Mapping[str, str]  # what stands for several products, typed alone -> the id that is meant
    platforms: Mapping[str, str]  # a word for a platform -> how the names of its apps end
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

    def phrases_of(self, words: frozenset[str]) -> list[Phrase]:
        """The phrases whose words are all among these, the longest first."""
        begun = (each for word in words for each in self.begun.get(word, ()))
        return [phrase for _, phrase in sorted(begun, key=_PLACE) if words.issuperset(phrase.words)]

    def alike(self, word: str) -> frozenset[str]:
        """The words that names have for one that was typed, itself among them."""
        return self.synonyms.get(word, frozenset((word,)))


_PLACE = itemgetter(0)


def spelt(text: str, spellings: Spellings) -> str:
    """A text in small letters, spelt in one way."""
    lowered = text.lower()
    for written, as_ in spellings:
        if written in lowered:
            lowered = re.sub(rf"(?<![a-z0-9]){re.escape(written)}", as_, lowered)
    return lowered


def words_of(text: str, spellings: Spellings) -> tuple[str, ...]:
    """The words of a text as rules are compared: spelt in one way, in small letters, stemmed."""
    return normalise(spelt(text, spellings))
