"""Runs of words that mean something: names of apps and pings, kinds, types, states.

A gazetteer of all such wordings is made once per generation out of its facet values
and the vocabulary; a query is then matched against it, the longest wording first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from indexer.text.analysis import spelling_key
from search_app.understanding.model import Lexicon
from search_app.understanding.vocabulary import Meaning, Vocabulary, Words, normalise
from search_app.understanding.weights import (
    APP_WORD,
    KIND_SAID,
    METRIC_OF_TYPE,
    PING,
    PING_OF_TABLE,
    PING_WORD,
    SAID_OF,
    SPACE,
    TITLE_APP,
    TOOL_WORD,
    TYPE,
    TYPE_WORD,
    WORD_APP,
)

# App names that are words of the field as well: their items are lifted gently and the word stays a word.
_COMMON = frozenset(("focus", "monitor", "relay", "pine", "mach", "glam", "bedrock", "klar", "mdn", "sync"))
_STATE_REACH = 3  # words between "expired" and the "probes" that it is said of


@dataclass(frozen=True, slots=True)
class Entity:
    """A run of words with its meanings: places in the list of words, end exclusive."""

    start: int
    end: int
    meanings: tuple[Meaning, ...]


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """All wordings of facet values in one generation."""

    wordings: Mapping[Words, tuple[Meaning, ...]] = field(default_factory=dict)
    longest: int = 1
    titles: Mapping[tuple[str, str], str] = field(default_factory=dict)  # (field, value) -> what chips say
    app_keys: Mapping[str, str] = field(default_factory=dict)  # spelling key of name, title or id -> app name
    ping_keys: Mapping[str, str] = field(default_factory=dict)


def build_gazetteer(lexicon: Lexicon, vocabulary: Vocabulary) -> Gazetteer:
    """The wordings of a generation; values that it does not have are left out."""
    wordings: dict[Words, tuple[Meaning, ...]] = {}
    for words, meanings in (*_of_lexicon(lexicon), *vocabulary.meanings.items()):
        present = tuple(meaning for meaning in meanings if _is_present(meaning, lexicon))
        if present:
            wordings[words] = present
    app_keys: dict[str, str] = {}
    for app in sorted(lexicon.apps, key=lambda app: -app.weight):
        for text in (app.name, app.title, *app.ids):
            app_keys.setdefault(spelling_key(text), app.name)
    return Gazetteer(
        wordings,
        max((len(words) for words in wordings), default=1),
        {("app", app.name): app.title for app in lexicon.apps if app.title},
        app_keys,
        {spelling_key(ping): ping for ping in lexicon.pings},
    )


def find_entities(words: list[str], gazetteer: Gazetteer) -> list[Entity]:
    """The meaningful runs of normalised words, left to right, none overlapping, longest first."""
    entities: list[Entity] = []
    place = 0
    while place < len(words):
        for length in range(min(gazetteer.longest, len(words) - place), 0, -1):
            meanings = gazetteer.wordings.get(tuple(words[place : place + length]))
            if meanings:
                entities.append(Entity(place, place + length, meanings))
                place += length
                break
        else:
            place += 1
    return [entity for entity in entities if not _is_state(entity) or _says_state(entity, entities)]


def _of_lexicon(lexicon: Lexicon) -> Iterator[tuple[Words, tuple[Meaning, ...]]]:
    """Wordings that the values of the generation have by themselves; the vocabulary's own win over them."""
    for ping in lexicon.pings:
        yield (
            (*normalise(ping), "ping"),
            (Meaning("ping", ping, PING, PING_WORD), Meaning("kind", "ping", KIND_SAID, PING_WORD)),
        )
        yield (
            (*normalise(ping), "ping", "tabl"),
            (Meaning("ping", ping, PING_OF_TABLE, PING_WORD), Meaning("kind", "table", KIND_SAID, PING_WORD)),
        )
    for kind in lexicon.types:
        words = normalise(kind)
        if len(words) > 1:
            yield words, (Meaning("type", kind, TYPE, TYPE_WORD),)
        # alone, "uuid" and "rate" are ordinary words
        yield (
            (*words, "metric"),
            (Meaning("type", kind, TYPE, TYPE_WORD), Meaning("kind", "metric", METRIC_OF_TYPE, TYPE_WORD)),
        )
    by_words: dict[Words, list[tuple[int, str]]] = {}
    tools = {normalise(text) for names in lexicon.tools for text in names}
    spaces = {app.name for app in lexicon.apps if not app.ids}
    for app in lexicon.apps:
        texts = [app.name, app.title, re.sub(r"(?i)\bfor\b", " ", app.title)]
        for words in dict.fromkeys(normalise(text) for text in texts if normalise(text)):
            by_words.setdefault(words, []).append((app.weight, app.name))
    for words, named in by_words.items():
        app_name = max(named)[1]
        weight = WORD_APP if " ".join(words) in _COMMON_NORMALISED else TITLE_APP
        if words in tools:  # "page load glam" is about page loads, shown by a tool
            yield words, (Meaning("app", app_name, SPACE, TOOL_WORD),)
        elif app_name in spaces:
            yield words, (Meaning("app", app_name, SPACE, 1.0),)
        else:
            yield words, (Meaning("app", app_name, weight, APP_WORD),)


_COMMON_NORMALISED = frozenset(" ".join(normalise(word)) for word in _COMMON)


def _is_present(meaning: Meaning, lexicon: Lexicon) -> bool:
    known: Iterable[str] = {
        "app": {app.name for app in lexicon.apps},
        "kind": lexicon.kinds,
        "type": lexicon.types,
        "status": lexicon.statuses,
        "ping": lexicon.pings,
    }[meaning.field]
    return not known or meaning.value in known


def _is_state(entity: Entity) -> bool:
    return all(meaning.field == "status" for meaning in entity.meanings)


def _says_state(entity: Entity, entities: list[Entity]) -> bool:
    """Is a state said of a kind of thing ("expired probes")? "Active users" is no state of ours."""
    return any(
        meaning.field in ("kind", "type")
        and meaning.weight >= SAID_OF
        and (0 <= other.start - entity.end < _STATE_REACH or 0 <= entity.start - other.end < _STATE_REACH)
        for other in entities
        for meaning in other.meanings
    )
