"""A question of an amount, read: what is asked of which concept of which product, split by what.

Every word must be told: the concept's, a product's, an intent's or split's, or a filler. A word that is left
is one that no template understands, and then there is no answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from search_app.answers.catalogue import UNTOLD, Shelf, ShelvedMeasure
from search_app.answers.rules import ORDER, Concept, Phrase, Rules, words_of

# who is counted: a title says one of them, a question another
COUNTED = frozenset(words_of("people users clients", ()))


@dataclass(frozen=True, slots=True)
class Told:
    """What the words beside the concept ask."""

    intent: str  # of rules.ORDER; "" where none is said
    by: str = ""  # country, version, channel
    trend: bool = False
    one: bool = False  # one value of the split was named, not the split


@dataclass(frozen=True, slots=True)
class Subject:
    """A concept of the rules, or the measures whose title is what was typed."""

    told: Told
    words: frozenset[str]
    concept: Concept | None = None
    measures: tuple[ShelvedMeasure, ...] = ()
    product: str = ""  # of the measures, where none was named and only one has them


def read_amount(text: str, app: str, rules: Rules, shelf: Shelf) -> list[Subject]:
    """What a text from which the product was taken out can be about; none where a word is left over.

    What takes up most words stands first, a concept of the rules before a title of as many.
    """
    words = words_of(text, rules.spellings)
    typed = frozenset(words)
    if not typed or typed & rules.never or any(words[: len(begin)] == begin for begin in rules.advice):
        return []
    found = []
    for taken, concept in _concepts(typed, app, rules):
        told = tell(words, taken, rules)
        if told is not None and _is_asked(concept, told, app):
            found.append(Subject(told, taken, concept))
    if not found and (told := tell(words, frozenset(), rules)):
        bare = [
            concept
            for concept in rules.concepts
            if app
            and app in (concept.apps or ())
            and told.intent in concept.bare
            and (told.by or told.intent != "share")
        ]
        return [Subject(told, frozenset(), concept) for concept in bare]
    titled = _titled(words, typed, app, rules, shelf) if app else _of_one_product(words, typed, rules, shelf)
    return sorted([*found, *titled], key=lambda subject: -len(subject.words))


def read_concept(text: str, app: str, rules: Rules) -> list[Subject]:
    """The concepts that a text names, however little is asked of them; the one of most words first."""
    words = words_of(text, rules.spellings)
    typed = frozenset(words)
    found = [
        Subject(told, taken, concept)
        for taken, concept in _concepts(typed, app, rules)
        if (told := tell(words, taken, rules)) and (app or concept.product or _for_no_product(concept))
    ]
    return sorted(found, key=lambda subject: -len(subject.words))


def _concepts(typed: frozenset[str], app: str, rules: Rules) -> Iterable[tuple[frozenset[str], Concept]]:
    for concept in rules.concepts:
        named = app or concept.product
        if concept.apps is not None and named not in concept.apps:
            continue
        for wording in concept.wordings:
            if wording <= typed:
                yield wording, concept


def _is_asked(concept: Concept, told: Told, app: str) -> bool:
    """Whether enough was said: a bare concept without product or intent is a fragment, not a question."""
    if not app and not concept.product and not _for_no_product(concept):
        return False
    said = {
        told.intent,
        "trend" if told.trend else "",
        "split" if told.by and not told.one else "",
        "app" if app else "",
    }
    return bool(said & set(concept.needs) if concept.needs else said - {""})


def _for_no_product(concept: Concept) -> bool:
    return any(use.apps is not None and "" in use.apps for use in concept.use)


def _titled(
    words: Sequence[str], typed: frozenset[str], app: str, rules: Rules, shelf: Shelf
) -> list[Subject]:
    """The measures of a product whose title is all that was typed of the concept."""
    found: dict[frozenset[str], list[ShelvedMeasure]] = {}
    for measure in shelf.measures.get(app, ()):
        for wording in measure.wordings:
            if _is_typed(wording, typed) and not wording <= rules.ambiguous and wording - rules.fillers:
                found.setdefault(wording, []).append(measure)
    subjects = []
    for wording, measures in found.items():
        told = tell(words, wording | (measures[0].said & UNTOLD & typed), rules) or tell(
            words, wording, rules
        )
        if told is not None and (len(wording) > 1 or told.intent):
            subjects.append(Subject(told, wording & typed, measures=tuple(measures)))
    return subjects


def _of_one_product(words: Sequence[str], typed: frozenset[str], rules: Rules, shelf: Shelf) -> list[Subject]:
    """Without a product: the measures whose title of several words was typed, where one product has them.

    A concept of that wording is of other products too: then it is not sure which is meant.
    """
    if not any(_place(words, phrase) is not None for phrase in rules.phrases):
        return []
    found = [
        replace(subject, product=app)
        for app in shelf.measures
        for subject in _titled(words, typed, app, rules, shelf)
        if len(subject.words) > 1
        and (subject.told.intent or subject.told.trend or (subject.told.by and not subject.told.one))
    ]
    longest = max((len(subject.words) for subject in found), default=0)
    named = (wording for concept in rules.concepts for wording in concept.wordings if wording <= typed)
    if any(len(wording) >= longest for wording in named):
        return []
    return found if len({subject.product for subject in found}) == 1 else []


def _is_typed(wording: frozenset[str], typed: frozenset[str]) -> bool:
    """Whether all words of a title were typed: who asks how many people need not say users once more."""
    return wording <= typed or (
        wording - typed <= COUNTED and bool(typed & COUNTED) and bool(wording & typed)
    )


def tell(words: Sequence[str], taken: frozenset[str], rules: Rules) -> Told | None:
    """What the words beside the concept say; None where one of them says nothing that is known."""
    left = ["" if word in taken else word for word in words]
    intents: set[str] = set()
    by, one = "", False
    for phrase in rules.phrases:
        at = _place(left, phrase)
        if at is None:
            continue
        left[at : at + len(phrase.words)] = [""] * len(phrase.words)
        if phrase.role == "intent":
            intents.add(phrase.value)
        elif phrase.role == "split" and by and by != phrase.value:
            return None  # no query of a card is split twice
        elif phrase.role == "split":
            by, one = phrase.value, phrase.one
    if any(word and word not in rules.fillers for word in left):
        return None
    if {"added", "people"} <= intents:
        return None  # people of days are not added up
    first = next((intent for intent in ORDER if intent in intents), "")
    return Told(first, by, bool(intents & {"trend", "added"}), one)


def product_told(text: str, rules: Rules) -> str:
    """The product that a phrase means where none is named: "on Windows" is said of desktop."""
    words = words_of(text, rules.spellings)
    found = {
        phrase.product for phrase in rules.phrases if phrase.product and _place(words, phrase) is not None
    }
    return found.pop() if len(found) == 1 else ""


def _place(left: Sequence[str], phrase: Phrase) -> int | None:
    if phrase.words[0] not in left:  # most of some hundred phrases
        return None
    run = phrase.words
    for at in range(len(left) - len(run) + 1):
        if tuple(left[at : at + len(run)]) == run:
            return at
    return None
