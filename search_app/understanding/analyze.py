"""What the words of a query are taken to mean: apps, kinds, types, states, names, synonyms.

understand(query, lexicon, vocabulary) is pure: it adds preferences and synonyms to a
Query and takes nothing away. No word is dropped: a word of a question only weighs little.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

from indexer.text.analysis import spelling_key
from search_app.query.model import Filters, Query, Term
from search_app.understanding.exclusions import NON, Exclusions, read_exclusions
from search_app.understanding.gazetteer import Entity, Gazetteer, build_gazetteer, find_entities
from search_app.understanding.guesses import chips, listed, names_meant, places_of_terms
from search_app.understanding.identifiers import is_identifier, is_joined
from search_app.understanding.mentions import apps_mentioned, names_mentioned
from search_app.understanding.model import (
    AppName,
    Boost,
    Lexicon,
    NameGuess,
    Synonym,
    Understanding,
    UnderstoodTerm,
)
from search_app.understanding.vocabulary import Meaning, Vocabulary, normalise
from search_app.understanding.weights import (
    CHIP_FROM,
    IDENTIFIED_APP,
    LISTED_KIND,
    NUMBER,
    OBJECT_OF_TASK,
    PING,
    PING_WORD,
    REQUIRED_FROM,
    SAME,
    STOP_BELOW,
    UNWANTED_APP,
)

__all__ = (
    "AppName",
    "Boost",
    "Lexicon",
    "NameGuess",
    "Synonym",
    "Understanding",
    "UnderstoodTerm",
    "gazetteer_of",
    "resolve_filters",
    "understand",
)

MOST_SYNONYMS = 6  # of one term: more synonyms find more of what was not meant
OBJECTS = ("ping", "metric", "probe", "table", "explore")  # kinds of which docs tell how they are made
OF_A_LIST = frozenset(("about", "around", "concerning", "for", "of", "on", "with"))
NOTHING: Mapping[str, str] = MappingProxyType({})


def understand(
    query: Query, lexicon: Lexicon, vocabulary: Vocabulary, corrected: Mapping[str, str] = NOTHING
) -> Understanding:
    """What the query means in this generation. `lexicon` and `vocabulary` are kept by identity.

    `corrected`: typed words that are read as other ones, "androd" as android.
    """
    gazetteer = gazetteer_of(lexicon, vocabulary)
    may_exclude = any(term.said or term.text.startswith(NON) for term in query.terms)
    read = read_exclusions(query, gazetteer) if may_exclude else Exclusions(query)
    return _Reading(read, gazetteer, vocabulary, corrected).understanding()


@lru_cache(maxsize=8)
def gazetteer_of(lexicon: Lexicon, vocabulary: Vocabulary) -> Gazetteer:
    """The wordings of a generation, made once for each pair."""
    return build_gazetteer(lexicon, vocabulary)


def resolve_filters(filters: Filters, gazetteer: Gazetteer) -> Filters:
    """Filter values as the index knows them: app titles and ids as app names, pings with dashes.

    Unknown values stay as they are: they match nothing, and the page can say so.
    """
    resolved = filters
    for name, known in (("app", gazetteer.app_keys), ("ping", gazetteer.ping_keys)):
        if name in filters:
            values = [each for value in filters[name] for each in _resolved(name, value, known, gazetteer)]
            resolved = resolved.with_values(name, tuple(dict.fromkeys(values)))
    return resolved


def _resolved(name: str, value: str, known: Mapping[str, str], gazetteer: Gazetteer) -> list[str]:
    """A value as the index has it; else all that have its words in name or title: `app:focus`."""
    if (key := spelling_key(value)) in known:
        return [known[key]]
    words = set(normalise(value))
    alike = [
        each
        for each in dict.fromkeys(known.values())
        if words and words <= {*normalise(each), *normalise(gazetteer.titles.get((name, each), ""))}
    ]
    return alike or [value]


class _Reading:
    """One query being read: its plain words in a row, each with the term that it came from."""

    def __init__(
        self, read: Exclusions, gazetteer: Gazetteer, vocabulary: Vocabulary, corrected: Mapping[str, str]
    ) -> None:
        self.read = read
        self.query = query = read.query
        self.gazetteer = gazetteer
        self.vocabulary = vocabulary
        self.words: list[str] = []  # normalised
        self.owners: list[int] = []  # the term of each word
        literal = {word for text in query.literal for word in normalise(text)}
        for place, term in enumerate(query.terms if query.snippet is None else ()):
            if term.kind == "word" and not term.exclude and not is_joined(term.text):
                # A word that is taken literally still separates its neighbours.
                text = corrected.get(term.text.lower(), term.text)
                normalised = ("",) if literal.intersection(normalise(term.text)) else normalise(text)
                self.words.extend(normalised)
                self.owners.extend([place] * len(normalised))
        found = [entity for entity in find_entities(self.words, gazetteer) if self._is_whole(entity)]
        self.entities = sorted([*found, *self._pings_by_name(found)], key=lambda entity: entity.start)

    def _is_whole(self, entity: Entity) -> bool:
        """Does a run of words hold whole terms? The "main" of "non-main ping" names no ping."""
        first, last = self.owners[entity.start], self.owners[entity.end - 1]
        before = entity.start > 0 and self.owners[entity.start - 1] == first
        behind = entity.end < len(self.owners) and self.owners[entity.end] == last
        return not (before or behind)

    def _pings_by_name(self, found: Sequence[Entity]) -> Iterator[Entity]:
        """The "usage-reporting" of "uuid metrics usage-reporting": a ping's name beside a kind or type."""
        if not any(_says_what(meaning) for entity in found for meaning in entity.meanings):
            return
        taken = {place for entity in found for place in range(entity.start, entity.end)}
        for place in dict.fromkeys(self.owners):
            text = self.query.terms[place].text
            ping = self.gazetteer.ping_keys.get(spelling_key(text)) if "-" in text else None
            start, words = self.owners.index(place), self.owners.count(place)
            if ping and taken.isdisjoint(range(start, start + words)):
                yield Entity(start, start + words, (Meaning("ping", ping, PING, PING_WORD),))

    def understanding(self) -> Understanding:
        terms = self._terms()
        boosts = self._boosts()
        query = self.query
        if query.filters or query.exclude_filters:
            query = replace(
                query,
                filters=resolve_filters(query.filters, self.gazetteer),
                exclude_filters=resolve_filters(query.exclude_filters, self.gazetteer),
            )
        return Understanding(
            query,
            terms,
            chips(self.query, self.entities, self.owners, self.gazetteer.titles),
            boosts,
            names_meant(terms, boosts) if query.snippet is None else names_mentioned(query.snippet),
            self.read.apps,
            listed(terms, boosts),
        )

    def _terms(self) -> tuple[UnderstoodTerm, ...]:
        roles, weights = self._roles()
        synonyms = self._synonyms(weights)
        terms = []
        for place, term in enumerate(self.query.terms):
            role = roles.get(place, "identifier" if is_joined(term.text) else "word")
            if term.exclude:
                terms.append(self._unwanted(place, term))
                continue
            terms.append(
                UnderstoodTerm(
                    term.text,
                    term.kind,
                    term.exclude,
                    term.group,
                    role,
                    weights.get(place, 1.0),
                    role in ("word", "identifier") and weights.get(place, 1.0) >= REQUIRED_FROM,
                    # "Active metrics" are none that turn something on.
                    () if role == "status" else synonyms.get(place, ()),
                )
            )
        wanted = [term for term in terms if not term.exclude]
        if wanted and all(term.role == "stop" for term in wanted):
            # "how many": when nothing else was typed, the words of the question are the query.
            return tuple(replace(term, weight=1.0, role="word", required=True) for term in terms)
        return tuple(terms)

    def _unwanted(self, place: int, term: Term) -> UnderstoodTerm:
        """An excluded term. What is but another word for it goes with it; what became a filter is no word."""
        others = self.vocabulary.synonyms.get(normalise(term.text), ()) if term.kind == "word" else ()
        return UnderstoodTerm(
            term.text,
            term.kind,
            True,
            role="filter" if place in self.read.settled else "word",
            synonyms=tuple(other for other in others if other.weight >= SAME),
            in_names=term.said,
        )

    def _roles(self) -> tuple[dict[int, str], dict[int, float]]:
        """Role and weight of the terms that are stop words or stand for facet values."""
        roles: dict[int, str] = {}
        weights: dict[int, float] = {}
        for place in set(self.owners):
            worth = [
                self.vocabulary.stop_words.get(word, 1.0) for word, owner in self._owned() if owner == place
            ]
            if self.query.terms[place].text.isdigit() and len(self.query.terms) > 1:
                worth = [NUMBER]
            if max(worth) < 1.0:
                weights[place] = max(worth)
                if max(worth) < STOP_BELOW:
                    roles[place] = "stop"
        for entity in self.entities:
            for place in self._places(entity):
                strongest = max(entity.meanings, key=lambda meaning: meaning.weight)
                if roles.get(place) == "stop" and entity.end - entity.start > 1:
                    continue  # the "for" of "firefox for android" stays a stop word
                weak = "stop" if strongest.text_weight < STOP_BELOW else "word"
                roles[place] = strongest.field if strongest.weight >= CHIP_FROM else weak
                weights[place] = min(weights.get(place, 1.0), strongest.text_weight)
        return roles, weights

    def _owned(self) -> list[tuple[str, int]]:
        return list(zip(self.words, self.owners, strict=True))

    def _places(self, entity: Entity) -> tuple[int, ...]:
        return places_of_terms(entity, self.owners)

    def _synonyms(self, weights: Mapping[int, float]) -> dict[int, tuple[Synonym, ...]]:
        """What else may be found for each term. What stands for several words is shared among them as they
        weigh, so that "turn off telemetry" is worth no less for its small words.
        """
        found: dict[int, dict[str, Synonym]] = {}
        for start in range(len(self.words)):
            for end in range(start + 1, min(start + self.vocabulary.longest, len(self.words)) + 1):
                others = self.vocabulary.synonyms.get(tuple(self.words[start:end]))
                if not others:
                    continue
                places = tuple(dict.fromkeys(self.owners[start:end]))
                share = min(1.0, 1 / sum(weights.get(place, 1.0) for place in places))
                for other in others:
                    synonym = other._replace(share=share)
                    for place in places:
                        known = found.setdefault(place, {})
                        if other.text not in known or known[other.text].weight < other.weight:
                            known[other.text] = synonym
        return {
            place: tuple(sorted(known.values(), key=lambda e: (-e.weight, e.text))[:MOST_SYNONYMS])
            for place, known in found.items()
        }

    def _asks_for_list(self, boost: Boost) -> bool:
        """Is it a kind in the plural, and what it is to be about comes next: "looker explores about"?"""
        if boost.field != "kind" or boost.weight < CHIP_FROM or not boost.terms:
            return False
        last, *behind = self.query.terms[boost.terms[-1] :]
        return last.text.lower().endswith("s") and bool(behind) and behind[0].text.lower() in OF_A_LIST

    def _boosts(self) -> tuple[Boost, ...]:
        found: dict[tuple[str, str], Boost] = {}
        for entity in self.entities:
            for meaning in entity.meanings:
                key = (meaning.field, meaning.value)
                if key not in found or found[key].weight < meaning.weight:
                    found[key] = Boost(*key, meaning.weight, self._places(entity))
        if self.query.snippet is not None:
            return apps_mentioned(self.query.snippet, self.gazetteer.app_keys)
        for place, term in enumerate(self.query.terms):
            app = self.gazetteer.app_keys.get(spelling_key(term.text))
            if app and term.kind == "word" and not term.exclude and is_identifier(term.text):
                found.setdefault(("app", app), Boost("app", app, IDENTIFIED_APP, (place,)))
        found.update({("app", app): Boost("app", app, UNWANTED_APP) for app in self.read.apps})
        pinned = found.get(("kind", "ping"))
        if (
            pinned
            and any(name == "ping" for name, _ in found)
            and any(
                _says_what(other) and other.value != "ping" and set(other.terms).isdisjoint(pinned.terms)
                for other in found.values()
            )
        ):  # "metrics of the baseline ping", "booleans in it" want metrics: the ping's name only says which
            del found[("kind", "ping")]
        task = found.get(("kind", "doc"))
        if task is None:
            found.update(
                (key, replace(boost, weight=boost.weight * LISTED_KIND))
                for key, boost in found.items()
                if self._asks_for_list(boost)
            )
        boosts = _objects_lowered(found.values(), task)
        return tuple(sorted(boosts, key=lambda b: (-b.weight, b.field, b.value)))


def _says_what(said: Meaning | Boost) -> bool:
    """Does a word say of which kind or type what is wanted is?"""
    return said.field in ("kind", "type") and said.weight >= CHIP_FROM


def _objects_lowered(boosts: Iterable[Boost], task: Boost | None) -> Iterator[Boost]:
    """The boosts; "how to add a ping" is a task for which there are docs: the ping is what it is done to."""
    for boost in boosts:
        known = boost.field == "kind" and boost.value in OBJECTS
        if known and task and task.weight >= CHIP_FROM and min(boost.terms) > max(task.terms):
            yield replace(boost, weight=boost.weight * OBJECT_OF_TASK)
        else:
            yield boost
