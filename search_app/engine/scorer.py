"""Scores of all documents that a query may mean, before filters and collapsing.

Works on ascending arrays of document numbers. A document is a candidate when it holds
at least one wanted word, is named exactly, or is of what the query lists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import log
from typing import NamedTuple

import numpy as np

from indexer.index.reader import Bools, IndexReader, Ints
from indexer.index.weights import (
    FACET_FROM,
    PROXIMITY_FOR,
    RAREST,
    SHARED_FROM,
    TIES,
    UNKNOWN,
    WHOLE,
    Floats,
)
from search_app.engine.matcher import Candidates, Matches, matching, places_of, positive, side_by_side
from search_app.engine.name_match import Holder, NameMatches, match_names
from search_app.engine.planner import Clause, Disjunct, Plan, are_neighbours
from search_app.understanding.analyze import Boost, Understanding

LONG = 1_000  # documents from which a list is not gone through where it need not be
FULL = 0.999  # share of the wanted words from which a document holds "all" of them, for rounding


class Factor(NamedTuple):
    """One thing that multiplies the scores of candidates."""

    label: str  # in words, as explanations say it
    values: Floats  # by candidate, 1 where it says nothing


@dataclass(frozen=True, slots=True)
class Scored:
    """Candidates, ascending; all arrays are by candidate."""

    ids: Ints
    text: Floats  # the scores of the words that each holds, added up
    cover: Floats  # the share of the wanted words that it holds
    scores: Floats  # text times all factors, and what its name adds
    factors: tuple[Factor, ...] = ()
    parts: tuple[tuple[str, Ints, Floats], ...] = ()  # by clause: its documents with their scores
    named: NameMatches | None = None  # those that the query names

    @property
    def full(self) -> Bools:
        """Which candidates hold every wanted word."""
        return self.cover >= FULL


def score(
    reader: IndexReader,
    meaning: Understanding,
    plan: Plan,
    near: dict[int, float],
    holding: Sequence[Holder] = (),
    thorough: bool = False,
) -> Scored:
    """The candidates of a query; `near`: documents whose whole name is a slip away, with their nearness;
    `holding`: who holds a column or the like that was typed.

    What holds nothing but words that together are too little for a near miss is left out, unless
    there is nothing else: "how", "the" and "of" are not gone through. `thorough`: nothing is left out.
    """
    if not plan.wanted and not near and not meaning.names:
        ids = _held_by_all(reader, np.arange(reader.size, dtype=np.int32), plan)
        ones = np.ones(len(ids), np.float32)
        factors = (Factor("importance", reader.prior[ids]), *_preferences(reader, ids, ones, meaning.boosts))
        return Scored(ids, ones, ones, _product(ones, factors), factors)
    facets = _facet_holders(reader, meaning)
    worth = _worth(reader, plan.wanted, facets)
    named = match_names(reader, meaning, near, holding)
    found = accumulate(reader, plan, worth, facets, named, thorough or bool(meaning.listing))
    total = np.float32(sum(worth) or 1.0)
    known = named.ids[found.held[named.ids] > 0]
    found.text[known] = np.maximum(found.text[known], np.float32(0.01))
    listed = _list(reader, meaning, found.text, found.held, total)
    ids = _held_by_all(reader, positive(found.text), plan)
    # where nothing is required, what holds any of the words holds enough
    cover = np.minimum(found.held[ids] / total, 1.0) if sum(worth) > 0 else np.ones(len(ids), np.float32)
    enough = cover >= plan.near
    if enough.any():  # then nothing else is ever shown
        ids, cover = (ids, cover) if enough.all() else (ids[enough], cover[enough])
    elif found.narrowed:
        return score(reader, meaning, plan, near, holding, thorough=True)
    text = found.text[ids]
    factors = (
        *_neighbours(reader, ids, text, plan.wanted),
        Factor("words missing", cover**reader.weights.coordination),
        Factor("importance", reader.prior[ids]),
        *((Factor("asked to list", listed[ids]),) if listed is not None else ()),
        *_preferences(reader, ids, cover, meaning.boosts),
    )
    scores = _product(text, factors) + _of_names(reader, ids, named)
    parts = tuple((clause.text, *found.matches[number]) for number, clause in enumerate(plan.wanted))
    return Scored(ids, text, cover, scores, factors, parts, named)


def _product(text: Floats, factors: Sequence[Factor]) -> Floats:
    """The one place where factors are multiplied."""
    scores = text
    for factor in factors:
        scores = scores * factor.values
    return scores


def _of_names(reader: IndexReader, ids: Ints, named: NameMatches) -> Floats:
    """What names add: how surely a thing is named goes first; of equally sure ones the more important one
    is meant.
    """
    added = np.zeros(len(ids), np.float32)
    places = places_of(named.ids, ids)
    there = places >= 0
    sure = 1.0 + TIES * np.log(reader.prior[named.ids[there]])
    added[places[there]] = (named.bonus[there] * sure).astype(np.float32)
    return added


@dataclass(slots=True)
class Accumulator:
    """By document: the scores of its words added up, and what the words that it holds are worth."""

    text: Floats
    held: Floats
    matches: dict[int, Matches] = field(default_factory=dict)  # by clause, its documents that were looked at
    narrowed: bool = False  # what cannot be a near miss was left out


def accumulate(
    reader: IndexReader,
    plan: Plan,
    worth: Sequence[float],
    facets: Mapping[int, Ints],
    named: NameMatches,
    thorough: bool,
) -> Accumulator:
    """Go through the clauses, the shortest lists first. As soon as the words that are left are too little for
    a near miss, their lists are gone through only for what can still become one (MaxScore of Turtle and
    Flood, 1995).
    """
    accumulator = Accumulator(np.zeros(reader.size, np.float32), np.zeros(reader.size, np.float32))
    clauses, left = plan.wanted, sum(worth)
    least = plan.near * left * FULL
    accumulator.held[named.ids[named.whole]] = left or 1.0
    sizes = [_length(reader, clause, facets) for clause in clauses]
    candidates: Ints | None = None
    for number in sorted(range(len(clauses)), key=lambda n: sizes[n]):
        clause, among = clauses[number], None
        if left < least and sizes[number] >= LONG and not thorough:
            candidates = _reaching(accumulator.held, np.float32(least - left), candidates)
            among = Candidates.of(reader, candidates)
            accumulator.narrowed = True
        ids, scores = accumulator.matches[number] = matching(reader, clause, among)
        accumulator.text[ids] += scores
        accumulator.held[ids] += np.float32(worth[number])
        if clause.term in facets:
            others = np.zeros(reader.size, np.bool_)
            others[facets[clause.term]] = True
            others[ids] = False
            accumulator.held += np.float32(worth[number]) * others
        left -= worth[number]
    return accumulator


def _length(reader: IndexReader, clause: Clause, facets: Mapping[int, Ints]) -> int:
    """How many documents a clause has at most. What must be held is read first, and whole."""
    if clause.hard or any(disjunct.phrase for disjunct in clause.disjuncts):
        return 0
    held = sum(min(map(reader.frequency, disjunct.terms)) for disjunct in clause.disjuncts)
    return held + len(facets.get(clause.term, ()))


def _reaching(held: Floats, least: np.float32, among: Ints | None) -> Ints:
    """The documents, or those of some, whose words are worth as much."""
    if among is None:
        return (held >= least).nonzero()[0].astype(np.int32)
    return among[held[among] >= least]


def _worth(reader: IndexReader, clauses: Sequence[Clause], facets: Mapping[int, Ints]) -> list[float]:
    """What each wanted word counts towards "all words": rare words more, words that need not be 0."""
    return [
        worth_of(reader, clause) if clause.disjuncts and (clause.required or clause.term in facets) else 0.0
        for clause in clauses
    ]


def _facet_holders(reader: IndexReader, meaning: Understanding) -> dict[int, Ints]:
    """Term of the query -> the documents with a facet value that it stands for: probes hold "probes"."""
    held: dict[int, list[Ints]] = {}
    for boost in meaning.boosts:
        facet = reader.facets.get(boost.field)
        for place in boost.terms if facet and boost.weight >= FACET_FROM else ():
            if facet and meaning.terms[place].role != "stop":
                held.setdefault(place, []).append(facet.documents(boost.value))
    return {place: _united(reader, found) for place, found in held.items()}


def _united(reader: IndexReader, lists: Sequence[Ints]) -> Ints:
    """All documents of ascending lists, once each."""
    if len(lists) == 1:
        return lists[0]
    mask = np.zeros(reader.size, np.bool_)
    for documents in lists:
        mask[documents] = True
    return mask.nonzero()[0].astype(np.int32)


def worth_of(reader: IndexReader, clause: Clause) -> float:
    """What a word counts towards "all words": rare ones more."""
    return clause.weight * (1.0 + _rarity(reader, clause.disjuncts[0]))


def _rarity(reader: IndexReader, disjunct: Disjunct) -> float:
    """How much a disjunct tells when it is missing: like idf; an unknown word is no more than a rare one."""
    documents = min(reader.frequency(term) or UNKNOWN for term in disjunct.terms)
    return min(RAREST, log(1.0 + reader.size / (1.0 + documents)) / 2)


def _list(
    reader: IndexReader, meaning: Understanding, text: Floats, held: Floats, total: np.float32
) -> Floats | None:
    """Make what the query lists candidates; returns by document what that multiplies."""
    if not meaning.listing:
        return None
    chosen = np.ones(reader.size, np.bool_)
    for name, values in meaning.listing.items():
        if name in reader.facets:
            chosen &= _holding(reader, name, values)
    text[chosen] += 1.0
    held[chosen] = total
    return np.where(chosen, np.float32(reader.weights.listed), np.float32(1.0))


def _holding(reader: IndexReader, name: str, values: Sequence[str]) -> Bools:
    mask = np.zeros(reader.size, np.bool_)
    for value in values:
        mask[reader.facets[name].documents(value)] = True
    return mask


def _preferences(reader: IndexReader, ids: Ints, cover: Floats, boosts: Sequence[Boost]) -> Iterator[Factor]:
    """Lift what has the facet values that words of the query asked for."""
    for boost in boosts:
        facet = reader.facets.get(boost.field)
        if facet is None:
            continue
        mask = np.zeros(reader.size, np.bool_)
        mask[facet.documents(boost.value)] = True
        lift = reader.weights.preference * boost.weight
        lifts = np.full(len(ids), lift, np.float32)
        if boost.field == "app":
            lifts[reader.app_count[ids] > SHARED_FROM] *= np.float32(reader.weights.shared)
        if boost.field == "kind":
            lifts[cover >= WHOLE] *= np.float32(reader.weights.wanted_kinds.get(boost.value, 1.0))
        values = np.where(mask[ids], np.float32(1.0) + lifts, np.float32(1.0))
        yield Factor(f"{boost.field}: {boost.value}", values)


def _held_by_all(reader: IndexReader, ids: Ints, plan: Plan) -> Ints:
    """Of some documents those that hold every phrase and no excluded word."""
    for clause in (each for each in plan.wanted if each.hard):
        found, _ = matching(reader, clause, Candidates.of(reader, ids))
        ids = ids[places_of(ids, found) >= 0]
    for clause in plan.unwanted:
        if clause.in_names:
            found = called(reader, clause)
        else:
            found, _ = matching(reader, clause, Candidates.of(reader, ids))
        ids = ids[places_of(ids, found) < 0]
    if plan.without_apps:
        ids = ids[~of_apps_alone(reader, plan.without_apps)[ids]]
    return ids


def called(reader: IndexReader, clause: Clause) -> Ints:
    """The documents in whose names all words of one of a clause's disjuncts stand."""
    mask = np.zeros(reader.size, np.bool_)
    for disjunct in clause.disjuncts:
        both = np.ones(reader.size, np.bool_)
        for term in dict.fromkeys(disjunct.terms):
            named = np.zeros(reader.size, np.bool_)
            named[reader.named_with(term)] = True
            both &= named
        mask |= both
    return mask.nonzero()[0].astype(np.int32)


def of_apps_alone(reader: IndexReader, apps: Sequence[str]) -> Bools:
    """Which documents are of some of these apps and of no other."""
    often = np.zeros(reader.size, np.int32)
    for app in dict.fromkeys(apps):
        often[reader.facets["app"].documents(app)] += 1
    alone: Bools = (often > 0) & (often == reader.app_count)
    return alone


def _neighbours(reader: IndexReader, ids: Ints, text: Floats, clauses: Sequence[Clause]) -> Iterator[Factor]:
    """Raise the best candidates that have two typed words side by side."""
    pairs = [
        (a, b)
        for a, b in pairwise(clauses)
        if are_neighbours(a, b) and a.disjuncts and b.disjuncts and min(a.weight, b.weight) >= 0.5
    ]
    if not pairs or not len(ids):
        return
    best = np.ones(len(ids), np.bool_)
    if len(best) > PROXIMITY_FOR:
        best = text >= np.partition(text, -PROXIMITY_FOR)[-PROXIMITY_FOR]
    places = best.nonzero()[0]
    bonus = np.ones(len(places), np.float32)
    phrases = [(*a.disjuncts[0].terms, *b.disjuncts[0].terms) for a, b in pairs]
    for beside in side_by_side(reader, ids[places], phrases):
        bonus += np.float32(reader.weights.neighbours / len(pairs)) * beside
    values = np.ones(len(ids), np.float32)
    values[places] = bonus
    yield Factor("words side by side", values)
