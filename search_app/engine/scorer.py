"""Scores of all documents that a query may mean, before filters and collapsing.

Works on ascending arrays of document numbers. A document is a candidate when it holds
at least one wanted word, is named exactly, or is of what the query lists.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import log

import numpy as np

from indexer.index.reader import Bools, IndexReader, Ints
from indexer.index.weights import NEAR, Floats
from search_app.engine.matcher import Candidates, Matches, matching, places_of, positive, side_by_side
from search_app.engine.name_match import NameMatches, match_names
from search_app.engine.planner import Clause, Disjunct, Plan, are_neighbours
from search_app.understanding.analyze import Boost, Understanding

PROXIMITY_FOR = 150  # best candidates whose words are looked at for being neighbours: more than a page
TIES = 0.02  # what importance adds to an exact name: less than a step of how sure a name is
UNKNOWN = 1000  # documents that an unknown word is taken to stand in: it is likely a slip or filler
RAREST = 2.0  # a word in three documents must not outweigh all other words of a query
FACET_FROM = 0.15  # weight of a meaning from which what has the facet value holds the word
LONG = 1_000  # documents from which a list is not gone through where it need not be
FULL = 0.999  # share of the wanted words from which a document holds "all" of them, for rounding


@dataclass(slots=True)
class Scored:
    """Candidates, ascending, with score and the share of the wanted words that each holds."""

    ids: Ints
    scores: Floats
    cover: Floats
    parts: list[tuple[str, Ints, Floats]] = field(default_factory=list)  # clause -> its documents and scores
    named: NameMatches | None = None  # those that the query names
    factors: list[tuple[str, Floats]] = field(default_factory=list)  # by candidate, what multiplied the score

    @property
    def full(self) -> Bools:
        """Which candidates hold every wanted word."""
        return self.cover >= FULL


def score(
    reader: IndexReader, meaning: Understanding, plan: Plan, near: dict[int, float], thorough: bool = False
) -> Scored:
    """The candidates of a query; `near`: documents whose whole name is a slip away, with their nearness.

    What holds nothing but words that together are too little for a near miss is left out, unless
    there is nothing else: "how", "the" and "of" are not gone through. `thorough`: nothing is left out.
    """
    if not plan.wanted and not near and not meaning.names:
        ids = np.arange(reader.size, dtype=np.int32)
        scored = Scored(ids, reader.prior.copy(), np.ones(reader.size, np.float32))
        return _prefer(reader, _without(reader, scored, plan.unwanted), meaning.boosts)
    facets = _facet_holders(reader, meaning)
    wanted = _worth(reader, plan.wanted, facets)
    named = match_names(reader, meaning, near)
    accumulator = accumulate(reader, plan.wanted, wanted, facets, named, thorough or bool(meaning.listing))
    text, held, total = accumulator.text, accumulator.held, np.float32(sum(wanted) or 1.0)
    known = named.ids[held[named.ids] > 0]
    text[known] = np.maximum(text[known], np.float32(0.01))
    listed = _list(reader, meaning, text, held, total)
    ids = positive(text)
    # where nothing is required, what holds any of the words holds enough
    cover = np.minimum(held[ids] / total, 1.0) if sum(wanted) > 0 else np.ones(len(ids), np.float32)
    parts = [(clause.text, *accumulator.found[number]) for number, clause in enumerate(plan.wanted)]
    scored = Scored(ids, text[ids], cover, parts, named)
    scored = _hard(reader, scored, plan.wanted)
    scored = _without(reader, scored, plan.unwanted)
    enough = scored.cover >= NEAR
    if enough.any():  # then nothing else is ever shown
        scored = scored if enough.all() else _kept(scored, enough)
    elif accumulator.narrowed:
        return score(reader, meaning, plan, near, thorough=True)
    _neighbours(reader, scored, plan.wanted)
    scored.factors.append(("words missing", scored.cover**reader.weights.coordination))
    scored.factors.append(("importance", reader.prior[scored.ids]))
    if listed is not None:
        scored.factors.append(("asked to list", listed[scored.ids]))
    for _, factor in scored.factors:
        scored.scores = scored.scores * factor
    scored = _prefer(reader, scored, meaning.boosts)
    _name(reader, scored, named)
    return scored


def _name(reader: IndexReader, scored: Scored, named: NameMatches) -> None:
    """Add what names are worth: how surely a thing is named goes first; of equally sure ones the more
    important one is meant.
    """
    places = places_of(named.ids, scored.ids)
    there = places >= 0
    sure = 1.0 + TIES * np.log(reader.prior[named.ids[there]])
    scored.scores[places[there]] += (named.bonus[there] * sure).astype(np.float32)


@dataclass(slots=True)
class Accumulator:
    """By document: the scores of its words added up, and what the words that it holds are worth."""

    text: Floats
    held: Floats
    found: dict[int, Matches] = field(default_factory=dict)  # by clause, its documents that were looked at
    narrowed: bool = False  # what cannot be a near miss was left out


def accumulate(
    reader: IndexReader,
    clauses: Sequence[Clause],
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
    left = sum(worth)
    least = NEAR * left * FULL
    accumulator.held[named.ids[named.whole]] = left or 1.0
    sizes = [_length(reader, clause, facets) for clause in clauses]
    candidates: Ints | None = None
    for number in sorted(range(len(clauses)), key=lambda n: sizes[n]):
        clause, among = clauses[number], None
        if left < least and sizes[number] >= LONG and not thorough:
            candidates = _reaching(accumulator.held, np.float32(least - left), candidates)
            among = Candidates.of(reader, candidates)
            accumulator.narrowed = True
        ids, scores = accumulator.found[number] = matching(reader, clause, among)
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
        clause.weight * (1.0 + _rarity(reader, clause.disjuncts[0]))
        if clause.disjuncts and (clause.required or clause.term in facets)
        else 0.0
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


def _prefer(reader: IndexReader, scored: Scored, boosts: Sequence[Boost]) -> Scored:
    """Lift what has the facet values that words of the query asked for."""
    for boost in boosts:
        facet = reader.facets.get(boost.field)
        if facet is None:
            continue
        mask = np.zeros(reader.size, np.bool_)
        mask[facet.documents(boost.value)] = True
        lift = np.float32(reader.weights.preference * boost.weight)
        factor = np.where(mask[scored.ids], np.float32(1.0) + lift, np.float32(1.0))
        scored.factors.append((f"{boost.field}: {boost.value}", factor))
        scored.scores = scored.scores * factor
    return scored


def _hard(reader: IndexReader, scored: Scored, clauses: Sequence[Clause]) -> Scored:
    """Keep only what holds every phrase."""
    for clause in clauses:
        if clause.hard:
            ids, _ = matching(reader, clause, Candidates.of(reader, scored.ids))
            scored = _kept(scored, places_of(scored.ids, ids) >= 0)
    return scored


def _without(reader: IndexReader, scored: Scored, clauses: Sequence[Clause]) -> Scored:
    """Drop what holds an excluded word."""
    for clause in clauses:
        ids, _ = matching(reader, clause, Candidates.of(reader, scored.ids))
        scored = _kept(scored, places_of(scored.ids, ids) < 0)
    return scored


def _kept(scored: Scored, mask: Bools) -> Scored:
    scored.ids, scored.scores, scored.cover = scored.ids[mask], scored.scores[mask], scored.cover[mask]
    return scored


def _neighbours(reader: IndexReader, scored: Scored, clauses: Sequence[Clause]) -> None:
    """Raise the best candidates that have two typed words side by side."""
    pairs = [
        (a, b)
        for a, b in pairwise(clauses)
        if are_neighbours(a, b) and a.disjuncts and b.disjuncts and min(a.weight, b.weight) >= 0.5
    ]
    if not pairs or not len(scored.ids):
        return
    best = np.ones(len(scored.ids), np.bool_)
    if len(best) > PROXIMITY_FOR:
        best = scored.scores >= np.partition(scored.scores, -PROXIMITY_FOR)[-PROXIMITY_FOR]
    places = best.nonzero()[0]
    ids = scored.ids[places]
    bonus = np.ones(len(ids), np.float32)
    phrases = [(*a.disjuncts[0].terms, *b.disjuncts[0].terms) for a, b in pairs]
    for beside in side_by_side(reader, ids, phrases):
        bonus += np.float32(reader.weights.neighbours / len(pairs)) * beside
    factor = np.ones(len(scored.ids), np.float32)
    factor[places] = bonus
    scored.factors.append(("words side by side", factor))
