"""What is known of the best groups of a query, as numbers: what the learned order decides by.

One row a group, made of its representative, and one column a name of FEATURES. Every number can be
said in words; nothing of what was typed goes in but how much of it is held where.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np
import numpy.typing as npt

from indexer.index import format as layout
from indexer.index.arrays import Array
from indexer.index.documents.document import GROUPS
from indexer.index.reader import Bools, IndexReader, Ints
from indexer.index.weights import SAYING, Floats
from indexer.index.word_vectors import SCALE
from search_app.engine.matcher import places_of
from search_app.engine.planner import Clause
from search_app.engine.scorer import Scored, worth_of
from search_app.understanding.model import Understanding

KINDS = ("app", "metric", "table", "doc", "tool")
ASKED = ("kind", "app", "type")
FEATURES: Mapping[str, str] = {
    "score": "score beside the best one",
    "cover": "wanted words held",
    "typed": "words held as typed",
    "name": "words in the name",
    "meant": "words or synonyms in the name",
    "label": "words in labels only",
    "prose": "words in prose only",
    "column": "words in columns only",
    "title": "share of the name that was typed",
    "name_words": "words of the name",
    "first": "the first word in the name",
    "named": "named in the query",
    "near": "words near in meaning",
    "nearest": "words near in meaning, beside the nearest",
    "life": "no longer alive",
    "apps": "apps that share it",
    **{f"asked_{name}": f"{name} that was asked for" for name in ASKED},
    **{f"is_{kind}": f"kind {kind}" for kind in KINDS},
    "q_words": "how many words say something",
    "q_stop": "share of small words",
    "q_kind": "a kind was asked for",
    "q_complete": "things that hold all words",
}
FLAGS = {f"is_{kind}": number for number, kind in enumerate(KINDS)}
DISJUNCTS = 5  # of a clause, that are looked for in names
LEAST = 1e-3  # score of which a logarithm is taken


class WordVectors:
    """The vectors of one generation: how near the words of a query are to groups. Nothing is near nothing."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._terms = layout.VECTOR_TERMS.read(arrays)
        self._told = layout.VECTOR_TOLD.read(arrays)
        self._words = layout.WORD_VECTORS.read(arrays)
        self._groups = layout.GROUP_VECTORS.read(arrays)

    def nearness(self, terms: Sequence[int], worth: Sequence[float], groups: Ints) -> Floats:
        """The cosine of the sum of some terms (places in the term table) and of each group, -1 to 1; 0 where
        no term or nothing of a group has a vector.
        """
        wanted = np.array(terms, np.int64)
        places = self._terms.searchsorted(wanted)
        there = places < len(self._terms)
        there[there] = self._terms.take(places[there]) == wanted[there]
        places = places[there]
        weights = self._told.take(places) * np.array(worth, np.float32)[there]
        meant = (self._words.take(places, axis=0) * weights[:, None]).sum(axis=0)
        length = float(np.sqrt(np.square(meant).sum()))
        meant /= np.float32(max(length, 1e-9) * SCALE)
        near: Floats = (self._groups.take(groups, axis=0) * meant).sum(axis=1)
        return near


@dataclass(frozen=True, slots=True)
class Traits:
    """What is so of documents whatever is asked; made once for each generation."""

    kinds: Bools  # by document and KINDS
    fields: Bools  # by row of weights: in which fields a term stands
    vectors: WordVectors | None  # None where a generation is from before them

    @staticmethod
    def of(reader: IndexReader) -> Traits:
        """The traits of all documents of a generation."""
        kinds = np.zeros((reader.size, len(KINDS)), np.bool_)
        for kind, number in zip(KINDS, FLAGS.values(), strict=True):
            kinds[reader.facets["kind"].documents(kind), number] = True
        arrays = reader.opened.arrays
        vectors = WordVectors(arrays) if layout.GROUP_VECTORS.name in arrays else None
        return Traits(kinds, reader.row_fields, vectors)


def features(
    reader: IndexReader,
    traits: Traits,
    meaning: Understanding,
    clauses: Sequence[Clause],
    scored: Scored,
    places: npt.NDArray[np.int64],
    values: npt.NDArray[np.float64],
) -> Floats:
    """The features of groups, best first. `places`: of their representatives among the candidates; `values`:
    what the groups are sorted by.
    """
    documents = scored.ids[places]
    kinds = traits.kinds[documents]
    found: dict[str, Any] = {
        "score": np.log(np.maximum(values, LEAST) / max(float(values[0]), LEAST)),
        "cover": scored.cover[places],
        "named": np.log1p(bonuses(scored, documents)),
        "life": reader.life[documents],
        "apps": np.log2(1.0 + reader.app_count[documents]),
        "name_words": np.log2(np.maximum(reader.name_words[documents], 1)),
        **_near(reader, traits.vectors, clauses, documents),
        **_held(reader, traits, clauses, documents),
        **_asked(scored, places),
        **{flag: kinds[:, number] for flag, number in FLAGS.items()},
        **_of_query(meaning, clauses, scored),
    }
    matrix = np.empty((len(documents), len(FEATURES)), np.float32)
    for column, name in enumerate(FEATURES):
        matrix[:, column] = found[name]
    return matrix


def bonuses(scored: Scored, documents: Ints) -> Floats:
    """What the names of documents add to their scores."""
    added = np.zeros(len(documents), np.float32)
    if scored.named is not None and len(scored.named.ids):
        places = places_of(documents, scored.named.ids)
        there = places >= 0
        added[there] = scored.named.bonus[places[there]]
    return added


def _held(
    reader: IndexReader, traits: Traits, clauses: Sequence[Clause], documents: Ints
) -> dict[str, npt.NDArray[Any]]:
    """Shares of the wanted words, by their worth, that stand in each field; how much of a name was typed."""
    clauses = [clause for clause in clauses if clause.disjuncts]
    worth = np.array([worth_of(reader, clause) for clause in clauses], np.float32)
    worth /= max(float(worth.sum()), 1e-6)
    typed = np.zeros((len(clauses), len(GROUPS), len(documents)), np.bool_)
    meant = np.zeros((len(clauses), len(documents)), np.bool_)
    for number, clause in enumerate(clauses):
        typed[number] = _fields_of(reader, traits, clause.disjuncts[0].terms[0], documents)
        for other in clause.disjuncts[1:DISJUNCTS]:
            if len(other.terms) == 1:
                meant[number] |= _fields_of(reader, traits, other.terms[0], documents)[0]
    name = typed[:, 0]
    before = np.logical_or.accumulate(typed, axis=1)  # in this field or one that says more
    alone = typed[:, 1:] & ~before[:, :-1]
    label, prose, column = _weighed(worth, alone)
    first = next((n for n, clause in enumerate(clauses) if clause.weight >= SAYING), 0)
    return {
        "typed": _weighed(worth, before[:, -1]),
        "name": _weighed(worth, name),
        "meant": _weighed(worth, name | meant),
        "label": label,
        "prose": prose,
        "column": column,
        "title": np.minimum(name.sum(axis=0) / np.maximum(reader.name_words[documents], 1), 1.0),
        "first": name[first],
    }


def _near(
    reader: IndexReader, vectors: WordVectors | None, clauses: Sequence[Clause], documents: Ints
) -> dict[str, Floats]:
    """How near the groups are to what was typed, by words that stand among the same words."""
    near = np.zeros(len(documents), np.float32)
    if vectors is not None:
        said = [(term, c.weight) for c in clauses if c.disjuncts for term in c.disjuncts[0].terms]
        places = [reader.terms.find(term) for term, _ in said]
        near = vectors.nearness(places, [weight for _, weight in said], reader.group[documents])
    return {"near": near, "nearest": near - near.max()}


def _weighed(worth: Floats, held: Bools) -> Floats:
    """The worth of what is held, added up over the first axis. No matrix product: threads would cost more."""
    shape = (-1,) + (1,) * (held.ndim - 1)
    weighed: Floats = np.where(held, worth.reshape(shape), np.float32(0.0)).sum(axis=0)
    return weighed


def _fields_of(reader: IndexReader, traits: Traits, term: str, documents: Ints) -> Bools:
    """In which fields of each document a term stands; a row a field."""
    posting = reader.postings(term)
    fields = np.zeros((len(GROUPS), len(documents)), np.bool_)
    if posting.frequency:
        places = places_of(documents, posting.ids)
        there = (places >= 0).nonzero()[0]
        fields[:, there] = traits.fields.take(posting.weight_rows.take(places[there]), axis=0).T
    return fields


def _asked(scored: Scored, places: npt.NDArray[np.int64]) -> dict[str, Floats]:
    """What was asked for, as logarithms of what multiplied the score."""
    found = {f"asked_{name}": np.zeros(len(places), np.float32) for name in ASKED}
    for label, values in scored.factors:
        name = f"asked_{label.partition(':')[0]}"
        if name in found:
            found[name] += np.log(values[places])
    return found


def _of_query(meaning: Understanding, clauses: Sequence[Clause], scored: Scored) -> dict[str, float]:
    """What was typed, by its form only."""
    return {
        "q_words": float(sum(clause.weight >= SAYING for clause in clauses)),
        "q_stop": sum(term.role == "stop" for term in meaning.terms) / max(1, len(meaning.terms)),
        "q_kind": max((boost.weight for boost in meaning.boosts if boost.field == "kind"), default=0.0),
        "q_complete": log(1.0 + int(np.count_nonzero(scored.full))),
    }
