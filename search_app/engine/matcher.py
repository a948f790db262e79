"""Which documents hold a clause, and the score of its best disjunct in each.

All lists of documents are ascending; what is given as `ids, scores` belongs together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

import numpy as np
import numpy.typing as npt

from indexer.index.arrays import run_starts, wide
from indexer.index.reader import Bools, IndexReader, Ints
from indexer.index.weights import Floats
from search_app.engine.planner import Clause, Disjunct

Matches = tuple[Ints, Floats]  # documents, and a score for each

NOTHING: Matches = (np.zeros(0, np.int32), np.zeros(0, np.float32))
SPARSE = 50  # as many times fewer postings than documents are sorted; a table of all documents costs more
SEARCHED = 32  # as many documents are put in a table in the time that one takes to be searched for
READ_WHOLE = 16  # as many times longer a list may be and is still gone through; else it is searched


@dataclass(frozen=True, slots=True)
class Candidates:
    """Documents that alone are of interest: ascending, and as a mask over all."""

    ids: Ints
    mask: Bools

    @staticmethod
    def of(reader: IndexReader, ids: Ints) -> Candidates:
        """Candidates of sorted document numbers, with the mask over all documents that they make."""
        mask = np.zeros(reader.size, np.bool_)
        mask[ids] = True
        return Candidates(ids, mask)


def matching(reader: IndexReader, clause: Clause, among: Candidates | None = None) -> Matches:
    """The documents of a clause, or those among some, with the score of its best disjunct in each."""
    found = [_disjunct(reader, disjunct, among) for disjunct in clause.disjuncts]
    found = [held for held in found if len(held[0])]
    if not found:
        return NOTHING
    ids, scores = found[0] if len(found) == 1 else _best(reader, found)
    return ids, scores if clause.weight == 1.0 else scores * np.float32(clause.weight)


def _best(reader: IndexReader, found: Sequence[Matches]) -> Matches:
    """All documents of several lists once, with the best of their scores."""
    ids = np.concatenate([held[0] for held in found])
    scores = np.concatenate([held[1] for held in found])
    if len(ids) * SPARSE < reader.size:
        order = ids.argsort(kind="stable")
        ids = ids[order]
        first = run_starts(ids)
        return ids[first], np.maximum.reduceat(scores[order], first)
    best = np.zeros(reader.size, np.float32)
    np.maximum.at(best, ids, scores)
    ids = positive(best)
    return ids, best[ids]


def positive(scores: Floats) -> Ints:
    """The documents with a score; among booleans the places are found five times faster."""
    return (scores > 0).nonzero()[0].astype(np.int32)


def _disjunct(reader: IndexReader, disjunct: Disjunct, among: Candidates | None) -> Matches:
    terms = disjunct.terms if len(disjunct.terms) == 1 else tuple(dict.fromkeys(disjunct.terms))
    lists = [_term(reader, term, among) for term in terms]
    if len(lists) > 1:
        lists.sort(key=lambda held: len(held[0]))
    ids, scores = lists[0]
    for other, more in lists[1:]:
        places = places_of(ids, other)
        both = places >= 0
        ids, scores = ids[both], scores[both] + more[places[both]]
    if disjunct.phrase and len(ids):
        side_by_side = holds_phrase(reader, ids, disjunct.terms)
        ids, scores = ids[side_by_side], scores[side_by_side]
    if disjunct.flat:
        return ids, np.full(len(ids), disjunct.flat, np.float32)
    return ids, scores if disjunct.weight == 1.0 else scores * np.float32(disjunct.weight)


def _term(reader: IndexReader, term: str, among: Candidates | None) -> Matches:
    posting = reader.postings(term)
    if among is None:
        return wide(posting.ids), reader.scores(posting)
    if posting.frequency <= READ_WHOLE * len(among.ids):
        places = among.mask.take(posting.ids).nonzero()[0]
    else:
        places = places_of(among.ids, posting.ids)
        places = places[places >= 0]
    return wide(posting.ids.take(places)), reader.scores(posting, places)


def places_of(wanted: Ints, known: Ints) -> npt.NDArray[np.int64]:
    """Where each wanted document stands among the known ones, -1 where it does not."""
    if not len(known):
        return np.full(len(wanted), -1)
    if len(wanted) * SEARCHED > known[-1]:
        place = np.zeros(int(known[-1]) + 1, np.int32)
        place[known] = np.arange(len(known), dtype=np.int32)
        places = place.take(wanted, mode="clip")
    else:
        places = np.minimum(known.searchsorted(wanted), len(known) - 1)
    return np.where(known[places] == wanted, places, -1)


def holds(reader: IndexReader, ids: Ints, term: str) -> Bools:
    """Which of some documents hold a term."""
    known = reader.postings(term).ids
    if len(known) > READ_WHOLE * len(ids):
        return places_of(ids, known) >= 0
    mask = np.zeros(reader.size, np.bool_)
    mask[known] = True
    return mask[ids]


def holds_phrase(reader: IndexReader, ids: Ints, terms: Sequence[str]) -> Bools:
    """Which documents have the terms side by side in their text (columns hold no phrases)."""
    return next(side_by_side(reader, ids, [terms]))


def side_by_side(reader: IndexReader, ids: Ints, phrases: Sequence[Sequence[str]]) -> Iterator[Bools]:
    """For each phrase, which documents have its terms side by side in their text."""
    held = {term: holds(reader, ids, term) for phrase in phrases for term in phrase}
    together = [reduce(and_, [held[term] for term in phrase]) for phrase in phrases]
    places = (reduce(or_, together)).nonzero()[0]  # reading the text of every one would take longest
    values, lengths = reader.stream.gather(ids[places])
    ends = lengths.cumsum()
    where = {term: values == reader.terms.find(term) + 1 for term in held}
    for phrase, both in zip(phrases, together, strict=True):
        span = max(0, len(values) - len(phrase) + 1)
        here = reduce(and_, [where[term][at : span + at] for at, term in enumerate(phrase)])
        beside = np.zeros(len(ids), np.bool_)
        # a document's stream ends with a break: no phrase crosses into the next
        beside[places[ends.searchsorted(here.nonzero()[0], "right")]] = True
        yield beside & both  # an unknown term is found wherever a text is broken off
