"""What an exclusion said in words leaves out: things of an app, of a kind, a type or a state, else names.

"Excluding mobile" leaves out what only mobile apps have: a metric of a shared library is on desktop, too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from search_app.query.model import Filters, Query, Term
from search_app.understanding.gazetteer import Gazetteer
from search_app.understanding.vocabulary import Meaning, normalise
from search_app.understanding.weights import CHIP_FROM

NON = "non-"
_OF_NON = ("app", "kind", "type", "status")  # "non-main" and "non-fatal" are words, "non-mobile" is not


@dataclass(frozen=True, slots=True)
class Exclusions:
    """A query with its exclusions read."""

    query: Query  # values left out as filters, "non-mobile" as an excluded word
    apps: tuple[str, ...] = ()  # what is of these apps alone is left out
    settled: tuple[int, ...] = ()  # terms that became filters: nothing of their words is looked for


def read_exclusions(query: Query, gazetteer: Gazetteer) -> Exclusions:
    """The exclusions that were said in words."""
    terms = tuple(_without_non(term, gazetteer) for term in query.terms)
    if not any(term.said for term in terms):
        return Exclusions(query)
    apps: dict[str, None] = {}
    left_out: dict[str, tuple[str, ...]] = dict(query.exclude_filters)
    settled = []
    for place, term in enumerate(terms):
        meanings = _meanings(term.text, gazetteer) if term.said else ()
        if meanings and meanings[0].field == "app":
            apps.update((meaning.value, None) for meaning in meanings)
        elif meanings:
            field = meanings[0].field
            values = (*left_out.get(field, ()), *(meaning.value for meaning in meanings))
            left_out[field] = tuple(dict.fromkeys(values))
            settled.append(place)
    query = replace(query, terms=terms, exclude_filters=Filters(left_out))
    return Exclusions(query, tuple(apps), tuple(settled))


def _without_non(term: Term, gazetteer: Gazetteer) -> Term:
    # A heading writes "Non-Desktop Data", and means it; who leaves something out writes it small.
    if term.kind != "word" or term.exclude or not term.text.startswith(NON):
        return term
    rest = term.text[len(NON) :]
    meanings = _meanings(rest, gazetteer)
    fits = bool(meanings) and meanings[0].field in _OF_NON
    return replace(term, text=rest, exclude=True, said=True) if fits else term


def _meanings(text: str, gazetteer: Gazetteer) -> tuple[Meaning, ...]:
    """The surest meanings of a run of words, those of one field; empty where it is words only."""
    found = [m for m in gazetteer.wordings.get(normalise(text), ()) if m.weight >= CHIP_FROM]
    if not found:
        return ()
    field = max(found, key=lambda meaning: meaning.weight).field
    return tuple(meaning for meaning in found if meaning.field == field)
