"""A question of an amount, read: what is asked of which concept of which product, split by what.

Every word must be told: the concept's, a product's, an intent's or split's, or a filler. A word that is left
is one that no template understands, and then there is no answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace

from search_app.answers.catalogue import Shelf, ShelvedMeasure, is_divided
from search_app.answers.rules import ORDER, Concept, Phrase, Rules, words_of

# who is counted: a title says one of them, a question another
COUNTED = frozenset(words_of("people users clients", ()))
MOST_SPLITS = 3  # in one query: rows of more are too few to say something
PARTS = frozenset(words_of("rate ratio share percentage average", ()))  # a title of these is an amount itself
NUMBER = frozenset(words_of("number total", ()))  # a title may say that it is one, and not who did it
CHANGES = frozenset(
    words_of("changed losing lose dropping drop growing grew grown declining falling rising", ())
)
CHANGES |= frozenset(words_of("shrinking increasing decreasing developing evolve", ()))
CHANGED = ("changed",)
ASKING = frozenset(words_of("how has have did does is are was what", ()))
THEIRS = frozenset(words_of("their the a his her", ()))
WHICH = frozenset(("which", "what"))
RANKED = COUNTED | {"most"}  # of what "which countries" is asked
OF_COUNTED = ("how_many", "split", "trend")  # of people: "how many Mac users", "which countries have users"
WHETHER = "whether"  # an intent that is one of who does it, where a text begins with it
FIREFOX = "firefox"  # names a product of a concept that has one
# words of a quantity ("tab switch time") that are a question where the product is named, and where none is
ENOUGH, ENOUGH_ALONE = 2, 3


@dataclass(frozen=True, slots=True)
class Told:
    """What the words beside the concept ask."""

    intent: str  # of rules.ORDER; "" where none is said
    by: tuple[str, ...] = ()  # country, version, channel, in the order in which they are said
    trend: bool = False
    one: tuple[str, ...] = ()  # of the splits those of which one value was named, not the split
    added: bool = False  # weeks, months or years of what days have
    often: bool = False  # how often it happens, not how much there is
    number: bool = False  # the number of things, not of those who have them
    long: bool = False  # how long it takes

    @property
    def is_split(self) -> bool:
        """Whether a split was asked for, not only a value of one."""
        return bool(set(self.by) - set(self.one))


@dataclass(frozen=True, slots=True)
class Subject:
    """A concept of the rules, the measures whose title is what was typed, or a thing of that name."""

    told: Told
    words: frozenset[str]
    concept: Concept | None = None
    measures: tuple[ShelvedMeasure, ...] = ()
    named: tuple[str, ...] = ()  # ids
    product: str = ""  # of the measures, where none was named and only one has them


def read_amount(text: str, app: str, rules: Rules, shelf: Shelf) -> list[Subject]:
    """What a text from which the product was taken out can be about; none where a word is left over.

    What takes up most words stands first, a concept of the rules before a title of as many.
    """
    words = words_of(text, rules.spellings)
    typed = frozenset(words)
    if not typed or typed & rules.never or any(words[: len(begin)] == begin for begin in rules.advice):
        return []
    wider = typed.union(*map(rules.alike, typed))
    found = _asked(words, typed, app, rules) or _asked(words, wider, app, rules)
    if not found and (told := tell(words, frozenset(), rules, rules.plain)):
        return [Subject(told, frozenset(), concept) for concept in _bare(told, typed, app, rules)]
    find = _titled if app else _of_one_product
    titled = find(words, typed, app, rules, shelf)
    if not found and not titled:  # in other words than the title's
        titled = find(words, wider, app, rules, shelf)
    return sorted([*found, *titled], key=lambda subject: -len(subject.words))


def _bare(told: Told, typed: frozenset[str], app: str, rules: Rules) -> Iterator[Concept]:
    """The concepts that are meant where nothing but a product, an intent and a split is said."""
    intent = told.intent or ("split" if told.is_split else "trend" if told.trend else "")
    if told.often:
        return
    if intent in OF_COUNTED:
        intent = "people" if typed & COUNTED else ""
    for concept in rules.concepts:
        if app and app in (concept.apps or ()) and intent in concept.bare and (told.by or intent != "share"):
            yield concept


def _asked(words: Sequence[str], typed: frozenset[str], app: str, rules: Rules) -> list[Subject]:
    """The concepts whose words are in `typed`, those of a text or more, where enough is asked of them."""
    found = []
    for wording, concept in _concepts(typed, app, rules):
        taken = wording.intersection(words)
        if len(taken) < len(wording):  # in other words
            taken = frozenset(word for word in words if not wording.isdisjoint(rules.alike(word)))
        told = tell(words, taken, rules)
        of_product = bool(app) or FIREFOX in words
        if told and (app or _is_placed(concept)) and _is_asked(concept, taken, told, of_product):
            found.append(Subject(told, taken, concept))
    return found


def read_concept(text: str, app: str, rules: Rules) -> list[Subject]:
    """The concepts that a text names, however little is asked of them; the one of most words first."""
    words = words_of(text, rules.spellings)
    typed = frozenset(words)
    found = [
        Subject(told, taken, concept)
        for taken, concept in _concepts(typed, app, rules)
        if (told := tell(words, taken, rules)) and (app or _is_placed(concept))
    ]
    return sorted(found, key=lambda subject: -len(subject.words))


def _concepts(typed: frozenset[str], app: str, rules: Rules) -> Iterable[tuple[frozenset[str], Concept]]:
    within = _within(typed)
    for concept in rules.concepts:
        named = app or concept.product
        if concept.apps is not None and named not in concept.apps:
            continue
        for wording in concept.wordings:
            if wording <= within and not wording.isdisjoint(typed):
                yield wording & typed, concept


def _is_placed(concept: Concept) -> bool:
    """Whether it is of a product where none is named."""
    return bool(concept.product) or any(use.apps is not None and "" in use.apps for use in concept.use)


def _is_asked(concept: Concept, taken: frozenset[str], told: Told, is_of_product: bool) -> bool:
    """Whether enough was said: a word of a concept without an intent is a fragment, not a question."""
    if (concept.daily and told.added) or (concept.stock and told.often):
        return False
    said = {
        told.intent,
        "trend" if told.trend else "",
        "split" if told.is_split else "",
        "app" if is_of_product else "",
        "measured" if len(taken) >= (ENOUGH if is_of_product else ENOUGH_ALONE) else "",
    }
    return bool(said & set(concept.needs) if concept.needs else said - {""})


def _titled(
    words: Sequence[str], typed: frozenset[str], app: str, rules: Rules, shelf: Shelf
) -> list[Subject]:
    """The measures of a product whose title is all that was typed of the concept."""
    found: dict[frozenset[str], list[ShelvedMeasure]] = {}
    within = _within(typed)
    for measure in shelf.measures.get(app, ()):
        if measure.per and not is_divided(measure.per, words):
            continue
        for wording in measure.wordings:
            if not wording <= within or wording.isdisjoint(typed):
                continue
            if not wording <= rules.ambiguous and wording - rules.fillers:
                found.setdefault(wording, []).append(measure)
    subjects = []
    for wording, measures in found.items():
        meaning = frozenset(word for word in words if not wording.isdisjoint(rules.alike(word)))
        told = {
            measure.id: tell(words, meaning | (measure.said & typed), rules) or tell(words, meaning, rules)
            for measure in measures
        }
        meant = [measure for measure in measures if told[measure.id]]
        first = told[meant[0].id] if meant else None
        if first is not None and (len(wording) > 1 or first.intent):
            subjects.append(Subject(first, meaning, measures=tuple(meant)))
    return subjects


def _of_one_product(
    words: Sequence[str], typed: frozenset[str], _: str, rules: Rules, shelf: Shelf
) -> list[Subject]:
    """Without a product: the measures whose title of several words was typed, where one product has them.

    A concept of that wording is of other products too: then it is not sure which is meant.
    """
    places = [place for place in rules.places if typed & place.words]
    if not places and not any(_place(words, phrase) is not None for phrase in rules.phrases_of(typed)):
        return []
    found = [
        replace(subject, product=app)
        for app in shelf.measures
        for subject in _titled(words, typed, app, rules, shelf)
        if len(subject.words) > 1
        and (
            places
            or subject.told.intent
            or subject.told.trend
            or subject.told.is_split
            or subject.words & PARTS
        )
    ]
    usual = {place.product for place in places}  # of several products that of the place
    found = [each for each in found if each.product in usual] or found
    longest = max((len(subject.words) for subject in found), default=0)
    named = (wording for concept in rules.concepts for wording in concept.wordings if wording <= typed)
    if any(len(wording) >= longest and tell(words, wording, rules) for wording in named):
        return []
    return found if len({subject.product for subject in found}) == 1 else []


def _within(typed: frozenset[str]) -> frozenset[str]:
    """Of what a title may be: of what was typed; who asks how many people need not say users once more."""
    return typed if COUNTED.isdisjoint(typed) else typed | COUNTED


def tell(
    words: Sequence[str], taken: frozenset[str], rules: Rules, fillers: frozenset[str] | None = None
) -> Told | None:
    """What the words beside the concept say; None where one of them says nothing that is known.

    `fillers`: the words that may stand beside it; None for those of the rules.
    """
    fillers = rules.fillers if fillers is None else fillers
    left = ["" if word in taken else word for word in words]
    intents: set[str] = set()
    is_which = False
    splits: dict[str, bool] = {}  # each with whether only one value of it was named
    places: dict[str, int] = {}
    for phrase in rules.phrases_of(frozenset(left)):
        at = _place(left, phrase)
        if at is None or (phrase.value == WHETHER and at):  # within a text it asks for nothing
            continue
        for each in (phrase, *_said_on(left, at, phrase, rules)):
            if each.role == "intent":
                intents.add(each.value)
            elif each.role == "split":
                is_which = is_which or not WHICH.isdisjoint(each.words)
                splits[each.value] = each.one and splits.get(each.value, True)
                places.setdefault(each.value, at)
        if _is_done_by_people(phrase, at, words, taken) or _is_an_event(phrase, at, words):
            return None
        left[at : at + len(phrase.words)] = [""] * len(phrase.words)
    if any(word and word not in fillers for word in left) or len(splits) > MOST_SPLITS:
        return None
    if not _goes_together(intents, is_which, words, rules.fillers):
        return None
    if intents & {"how_often", "size"}:
        intents.add("how_many")
    if "how_long" in intents:
        if not taken:
            return None  # "how long do people use Fenix"
        intents.add("percentiles")
    if WHETHER in intents and intents.isdisjoint(ORDER):
        intents.add("people")
    first = next((intent for intent in ORDER if intent in intents), "")
    one = tuple(by for by, is_one in splits.items() if is_one)
    return Told(
        first,
        tuple(sorted(splits, key=places.__getitem__)),
        bool(intents & {"trend", "added"}),
        one,
        "added" in intents,
        "how_often" in intents,
        COUNTED.isdisjoint(words) and ("how_many" in intents or not NUMBER.isdisjoint(words)),
        "how_long" in intents,
    )


def _is_done_by_people(phrase: Phrase, at: int, words: Sequence[str], taken: frozenset[str]) -> bool:
    """Whether people do it to something: who "changed their password" is no trend of passwords."""
    if phrase.value != "trend" or phrase.words[0] not in CHANGES or COUNTED.isdisjoint(words[:at]):
        return False
    after = words[at + len(phrase.words) : at + len(phrase.words) + 1]
    return bool(after) and after[0] in taken | THEIRS


def _is_an_event(phrase: Phrase, at: int, words: Sequence[str]) -> bool:
    """Whether something happens: "default engine changed" names an event, "how has it changed" asks."""
    return phrase.words == CHANGED and ASKING.isdisjoint(words[:at])


def _goes_together(intents: Set[str], is_which: bool, words: Sequence[str], fillers: Set[str]) -> bool:
    """Whether the intents of a text are of what can be asked together, and of what it asks."""
    if is_which and not intents and RANKED.isdisjoint(words):
        return False  # "which search engines pay"
    if words[0] == "which" and not (is_which or intents) and fillers >= set(words[1:2]):
        return False  # "which browser is the default"
    if "size" in intents and COUNTED.isdisjoint(words):
        return False  # "how large is the baseline ping"
    return not {"added", "people"} <= intents  # people of days are not added up


def _said_on(left: list[str], at: int, phrase: Phrase, rules: Rules) -> list[Phrase]:
    """What goes on after "by": of "by country and version" the version. Takes its words out of `left`."""
    found: list[Phrase] = []
    if phrase.words[0] not in rules.begins:
        return found
    place = at + len(phrase.words)
    while place < len(left):
        start = place + (left[place] in rules.joins)
        noun = next((each for each in rules.nouns if _begins(left[start:], each.words)), None)
        if noun is None:
            break
        found.append(noun)
        place = start + len(noun.words)
        left[start:place] = [""] * len(noun.words)
    return found


def _begins(words: Sequence[str], run: Sequence[str]) -> bool:
    return list(words[: len(run)]) == list(run)


def product_told(text: str, rules: Rules) -> str:
    """The product that a phrase means where none is named: "on Windows" is said of desktop."""
    words = words_of(text, rules.spellings)
    found = {
        phrase.product
        for phrase in rules.phrases_of(frozenset(words))
        if phrase.product and _place(words, phrase) is not None
    }
    return found.pop() if len(found) == 1 else ""


def _place(left: Sequence[str], phrase: Phrase) -> int | None:
    if phrase.words[0] not in left:
        return None
    run = phrase.words
    for at in range(len(left) - len(run) + 1):
        if tuple(left[at : at + len(run)]) == run:
            return at
    return None
