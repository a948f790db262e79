"""What a query may name or list, from its understood words: guesses only, which the engine looks up; and what
the page says of what was understood (chips), each to be taken off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from indexer.text.analysis import spelling_key
from search_app.query.model import Query
from search_app.understanding.exclusions import NON
from search_app.understanding.gazetteer import Entity
from search_app.understanding.identifiers import bare, is_identifier, is_joined, spellings
from search_app.understanding.model import Boost, NameGuess, Understood, UnderstoodTerm
from search_app.understanding.weights import (
    CAMEL_AMONG_WORDS,
    CHIP_FROM,
    JOINED_AMONG_WORDS,
    NAMED_APP,
    NAMED_PING,
    REST_OF_ANY,
    REST_OF_KIND,
)

_FIELD_LABELS = {"app": "App", "kind": "Kind", "type": "Type", "status": "Status", "ping": "Ping"}
MOST_OF_TABLE = 3  # project, dataset and table stand before a column


def names_meant(terms: tuple[UnderstoodTerm, ...], boosts: tuple[Boost, ...]) -> tuple[NameGuess, ...]:
    """What may be a name, best first; of two guesses with one key the surer one."""
    best: dict[tuple[str, str, str], NameGuess] = {}
    for guess in (*_typed(terms), *_meant(terms, boosts)):
        same = guess.key, guess.kind, guess.column
        known = best.get(same)
        if len(guess.key) > 1 and (known is None or known.weight < guess.weight):
            best[same] = guess
    return tuple(sorted(best.values(), key=lambda guess: -guess.weight))


def _typed(terms: tuple[UnderstoodTerm, ...]) -> Iterator[NameGuess]:
    """The whole text as one name, and each identifier in it."""
    if len(terms) == 1 and not terms[0].exclude:
        held = is_joined(terms[0].text)
        for key, kind, weight in spellings(terms[0].text):
            yield NameGuess(key, kind, True, (0,), weight, held=held)
        yield from _columns_of_tables(terms[0].text, NameGuess("", "table", True, (0,), held=True))
        return
    places = tuple(range(len(terms)))
    if not any(term.exclude or term.group for term in terms):
        yield NameGuess(spelling_key(" ".join(term.text for term in terms)), "", True, places, 1.0)
    for place, term in enumerate(terms):
        if not term.exclude and is_identifier(term.text):
            sure = JOINED_AMONG_WORDS if is_joined(term.text) else CAMEL_AMONG_WORDS
            for key, kind, weight in spellings(term.text):
                yield NameGuess(key, kind, False, (place,), weight * sure, held=is_joined(term.text))
            among = NameGuess("", "table", False, (place,), sure, held=True)
            yield from _columns_of_tables(term.text, among)


def _columns_of_tables(text: str, guess: NameGuess) -> Iterator[NameGuess]:
    """`table.column` cut at each dot, as project, dataset and struct leave it open which it is."""
    parts = bare(text).split(".")
    for cut in range(1, min(len(parts), MOST_OF_TABLE + 1)):
        table, column = ".".join(parts[:cut]), ".".join(parts[cut:])
        if column and all(parts):
            yield replace(guess, key=spelling_key(table), column=column)


def _meant(terms: tuple[UnderstoodTerm, ...], boosts: tuple[Boost, ...]) -> Iterator[NameGuess]:
    """The ping of "baseline ping", the app of "firefox for android", the rest of "fenix crash count"."""
    wanted = [place for place, term in enumerate(terms) if not term.exclude]
    kinds = [boost.value for boost in boosts if boost.field == "kind"]
    said = {place for place in wanted if terms[place].role != "stop"}
    for boost in boosts:
        if boost.field == "ping" and "ping" in kinds:
            yield NameGuess(spelling_key(boost.value), "ping", False, boost.terms, NAMED_PING)
        if boost.field == "app" and boost.weight >= CHIP_FROM and said <= set(boost.terms):
            yield NameGuess(spelling_key(boost.value), "app", True, boost.terms, NAMED_APP + boost.weight / 2)
    rest = tuple(place for place in wanted if terms[place].role in ("word", "identifier"))
    if rest and len(rest) < len(wanted):
        key = spelling_key(" ".join(bare(terms[place].text) for place in rest))
        for kind in kinds or [""]:
            yield NameGuess(key, kind, False, rest, REST_OF_KIND if kind else REST_OF_ANY)


def listed(terms: tuple[UnderstoodTerm, ...], boosts: tuple[Boost, ...]) -> dict[str, tuple[str, ...]]:
    """Facet values to list by, when nothing but facet words and filler was typed.

    An app alone, or a ping's name beside "ping", names that thing: no listing.
    """
    wanted = [term for term in terms if not term.exclude]
    if not wanted or any(term.role in ("word", "identifier") for term in wanted):
        return {}
    strong = [boost for boost in boosts if boost.weight >= CHIP_FROM]
    values: dict[str, tuple[str, ...]] = {}
    for boost in strong:
        values[boost.field] = (*values.get(boost.field, ()), boost.value)
    named_ping = "ping" in values and "type" not in values and values.get("kind", ("ping",)) == ("ping",)
    if named_ping or not set(values) - {"app"} or all(term.role == "stop" for term in wanted):
        return {}
    return values


def chips(
    query: Query, entities: Sequence[Entity], owners: Sequence[int], titles: Mapping[tuple[str, str], str]
) -> tuple[Understood, ...]:
    """A chip for each run of words with a strong meaning, and for each word that is said to be left out.

    `owners`: the term of each word; `titles`: what people call a value of a facet.
    """
    found = []
    positions = _positions(query)
    for entity in entities:
        strong = [meaning for meaning in entity.meanings if meaning.weight >= CHIP_FROM]
        if not strong:
            continue
        field = max(strong, key=lambda meaning: meaning.weight).field
        values = [meaning.value for meaning in strong if meaning.field == field]
        said = ", ".join(titles.get((field, value), value) for value in values)
        places = places_of_terms(entity, owners)
        typed = " ".join(query.terms[place].text for place in places)
        label = f"{_FIELD_LABELS[field]}: {said}"
        found.append(Understood(typed, field, ",".join(values), label, _quoted(query, places, positions)))
    for place, term in enumerate(query.terms):
        if term.said:
            without = _quoted(query, (place,), positions)
            found.append(Understood(term.text, "without", term.text, f"Without: {term.text}", without))
    return tuple(found)


def places_of_terms(entity: Entity, owners: Sequence[int]) -> tuple[int, ...]:
    """The terms that a run of words came from."""
    return tuple(dict.fromkeys(owners[entity.start : entity.end]))


def _positions(query: Query) -> list[tuple[int, int]]:
    """Where each term stands in the text."""
    positions, cursor = [], 0
    for term in query.terms:
        start = query.text.find(term.text, cursor)
        start = cursor if start < 0 else start
        if term.said and query.text[start - len(NON) : start].lower() == NON:
            start -= len(NON)
        end = query.text.find(term.text, start) + len(term.text)
        positions.append((start, max(end, start + len(term.text))))
        cursor = positions[-1][1]
    return positions


def _quoted(query: Query, places: tuple[int, ...], positions: list[tuple[int, int]]) -> str:
    """The text with these terms quoted: a quoted word is taken literally."""
    text = query.text
    for place in sorted(places, reverse=True):
        start, end = positions[place]
        text = f'{text[:start]}"{text[start:end]}"{text[end:]}'
    return text
