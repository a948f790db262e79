"""What names add to scores: exact ones, those a slip away, inflected and unfinished ones.

Understanding guesses what of a query may be somebody's name; here it is looked up whose. A column, an
extra key, a label or a bug number is nobody's own name, yet it is as exact as one: "active_hours_sum"
means the table with that column. What very many things hold says nothing about which one is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.index.arrays import run_starts
from indexer.index.documents.document import column_term
from indexer.index.reader import Bools, IndexReader, Ints
from indexer.index.weights import (
    HOLDERS,
    MOST_LITERAL,
    MOST_OTHERS,
    MOST_TABLES,
    MOST_UNFINISHED,
    SHORTEST_UNFINISHED,
    SURE,
    UNFINISHED_NAME,
    Floats,
)
from indexer.model.card import Card
from indexer.model.kinds import KINDS
from indexer.text.analysis import words
from search_app.understanding.analyze import Understanding
from search_app.understanding.model import NameGuess

SchemasWith = Callable[[str], Iterable[str]]  # a column path -> digests of the schemas that have it


class Holder(NamedTuple):
    """The things that hold one typed name."""

    field: str  # column, extra, label, bug
    value: str  # as they spell it
    ids: Ints  # documents, ascending
    worth: float  # 0..1 of what an own name would be worth
    whole: bool  # the query is nothing but that name


@dataclass(frozen=True, slots=True)
class NameMatches:
    """Documents that a query names, ascending."""

    ids: Ints
    bonus: npt.NDArray[np.float64]  # what being named adds to the score
    whole: Bools  # whether the query is nothing but that name


Part = tuple[Ints, npt.NDArray[np.float64], bool]  # documents, what each is worth, whether the name is whole


def match_names(
    reader: IndexReader, meaning: Understanding, near: dict[int, float], held: Sequence[Holder] = ()
) -> NameMatches:
    """The documents that exact, inflected and nearly exact names mean, with what that adds to each."""
    weights = reader.weights
    exact: list[Part] = []
    for guess in meaning.names:
        if guess.column:
            continue  # the table is not what was typed: see holders()
        documents, sure = called(reader, guess)
        if len(documents):
            worth = (weights.exact_whole if guess.whole else weights.exact_part) * guess.weight
            bonus = worth * sure.astype(np.float64)
            if guess.other_kind < 1.0:
                alike = np.isin(documents, reader.facets["kind"].documents(guess.kind))
                bonus *= np.where(alike, 1.0, guess.other_kind)
            exact.append((documents, bonus, guess.whole))
    exact = [*_apart(_as_written(reader, _best(exact), meaning.query.text.strip("` ")))]
    for holder in held:
        worth = (weights.exact_whole if holder.whole else weights.exact_part) * holder.worth
        best = reader.prior[holder.ids].max()  # of many tables with a column the one that people use
        for documents in (holder.ids, _views_of(reader, holder) if holder.field == "column" else _NONE):
            bonus = worth * (reader.prior[documents] / best) ** HOLDERS
            exact.append((documents, bonus.astype(np.float64), holder.whole))
    named = _best(exact)
    others = list(_inflected(reader, meaning))
    if near:
        nearness = weights.near_name * np.fromiter(near.values(), np.float64, len(near))
        others.append((np.fromiter(near, np.int32, len(near)), nearness, True))
    if not others:
        return named
    return _best([*_apart(named), *others])


def _as_written(reader: IndexReader, named: NameMatches, typed: str) -> NameMatches:
    """Of own names that differ in punctuation only, the one that was typed stands above the others."""
    if not 1 < len(named.ids) <= MOST_LITERAL:
        return named
    literal = [typed in _written(reader.card(document)) for document in named.ids.tolist()]
    return NameMatches(named.ids, named.bonus + reader.weights.literal * np.array(literal), named.whole)


def _views_of(reader: IndexReader, holder: Holder) -> Ints:
    """The views of the tables that hold a column, where their columns are not known: who asks for the
    column is led to what people query. It is not said of them that they have it.
    """
    groups = np.zeros(reader.groups, np.bool_)
    groups[reader.group[holder.ids]] = True
    views = reader.facets["layer"].documents("view")
    return views[groups[reader.group[views]] & (reader.schema[views] < 0)]


def called(reader: IndexReader, guess: NameGuess) -> tuple[Ints, Floats]:
    """The documents that a guess names, and how surely."""
    if guess.kind != "id":
        return reader.named(guess.key)
    document = reader.document(guess.key)
    found = [document] if document >= 0 else []
    return np.array(found, np.int32), np.ones(len(found), np.float32)


def _best(parts: Sequence[Part]) -> NameMatches:
    """Every document once, with the most that it is worth."""
    if not parts:
        return NameMatches(np.zeros(0, np.int32), np.zeros(0), np.zeros(0, np.bool_))
    ids = np.concatenate([documents for documents, _, _ in parts])
    order = ids.argsort(kind="stable")
    ids = ids[order]
    first = run_starts(ids)
    worth = np.concatenate([worth for _, worth, _ in parts])[order]
    whole = np.repeat([whole for _, _, whole in parts], [len(documents) for documents, _, _ in parts])[order]
    return NameMatches(ids[first], np.maximum.reduceat(worth, first), np.logical_or.reduceat(whole, first))


def _apart(named: NameMatches) -> Iterator[Part]:
    for whole in (True, False):
        of = named.whole == whole
        if of.any():
            yield named.ids[of], named.bonus[of], whole


def _written(card: Card) -> tuple[str, ...]:
    """A thing's name as people write it. Measures and explores are named after what they are made of."""
    if KINDS[card.kind].repeats_names:
        return ()
    return (card.name, card.name.partition("." if card.kind == "table" else "/")[2])


def _inflected(reader: IndexReader, meaning: Understanding) -> Iterator[Part]:
    """Things whose name is what was typed but for inflection, or goes on from it."""
    weights = reader.weights
    for stems, sure in _typed_stems(meaning):
        found = reader.stems.prefixed(stems)
        if not found:
            continue
        lengths = reader.stems.lengths(found)
        shortest = _smallest(lengths, MOST_UNFINISHED)
        share = len(stems.encode()) / lengths[shortest]
        worth = sure * np.where(share == 1.0, weights.inflected, weights.unfinished * np.sqrt(share))
        documents, many = reader.stem_docs.gather((shortest + found.start).astype(np.int32))
        yield documents, worth.repeat(many), True


def _smallest(numbers: Ints, count: int) -> npt.NDArray[np.int64]:
    """The places of the smallest numbers, smallest first; equal ones in their order."""
    places = np.arange(len(numbers))
    if count < len(numbers):
        places = (numbers <= np.partition(numbers, count - 1)[count - 1]).nonzero()[0]
    return places[numbers[places].argsort(kind="stable")][:count]


def _typed_stems(meaning: Understanding) -> Iterator[tuple[str, float]]:
    """The telling words of the query as stems joined by "_", all of them and those that are no facet's."""
    telling = [term for term in meaning.terms if not term.exclude and term.role != "stop"]
    if any(term.kind != "word" or term.group for term in telling):
        return
    plain = [term for term in telling if term.role in ("word", "identifier")]
    whole = (
        UNFINISHED_NAME if len(meaning.terms) == 1 and telling and telling[0].role == "identifier" else 1.0
    )
    runs = [(telling, whole)]
    if len(plain) < len(telling):
        runs.append((plain, 0.8 * len(plain) / len(telling)))
    for terms, sure in runs:
        stems = "_".join(word for term in terms for word in words(term.text))
        if len(stems) >= SHORTEST_UNFINISHED:
            yield stems, sure


def holders(reader: IndexReader, schemas_with: SchemasWith, meaning: Understanding) -> tuple[Holder, ...]:
    """Who holds what was typed, of each field the surest guess first."""
    found: dict[tuple[str, str], Holder] = {}
    for guess in meaning.names:
        if guess.held:
            for holder in _holders(reader, schemas_with, guess):
                known = found.get(holder[:2])
                if known is None or known.worth < holder.worth:
                    found[holder[:2]] = holder
    return tuple(found.values())


def _holders(reader: IndexReader, schemas_with: SchemasWith, guess: NameGuess) -> Iterator[Holder]:
    def holder(field: str, value: str, ids: Ints, sure: str, most: int) -> Iterator[Holder]:
        if 0 < len(ids) <= most:
            yield Holder(field, value, ids, SURE[sure] * guess.weight, guess.whole)

    if guess.column:
        ids = _with_own_column(reader, schemas_with, guess)
        yield from holder("column", guess.column, ids, "own column", MOST_TABLES)
        return
    if guess.kind == "bug":
        yield from holder("bug", guess.key, reader.facets["bug"].documents(guess.key), "bug", MOST_TABLES)
        return
    tables = with_column(reader, schemas_with, guess.key)
    if len(tables):
        yield from holder("column", guess.key, tables, "column", MOST_TABLES)
    else:
        leaf = np.asarray(reader.postings(column_term(guess.key)).ids, np.int32)
        leaf = leaf[reader.schema[leaf] >= 0]
        yield from holder("column", guess.key, leaf, "leaf", MOST_TABLES)
    for field in ("extra", "label"):
        facet = reader.facets.get(field)
        if facet is not None:
            value = facet.spelled(guess.key)
            yield from holder(field, value, facet.documents(value), field, MOST_OTHERS)


def _with_own_column(reader: IndexReader, schemas_with: SchemasWith, guess: NameGuess) -> Ints:
    """The tables of a name that have a column, else those of its layers: of views it may not be known."""
    named, _ = reader.named(guess.key)
    named = np.intersect1d(named, reader.facets["kind"].documents("table"))
    if not len(named):
        return _NONE
    tables = with_column(reader, schemas_with, guess.column)
    own = np.intersect1d(tables, named)
    return own if len(own) else tables[np.isin(reader.group[tables], reader.group[named])]


def with_column(reader: IndexReader, schemas_with: SchemasWith, path: str) -> Ints:
    """The tables with a column of this whole path, in any spelling."""
    numbers = [reader.schemas.find(digest) for digest in schemas_with(path)]
    numbers = [number for number in numbers if number >= 0]
    return np.flatnonzero(np.isin(reader.schema, numbers)).astype(np.int32) if numbers else _NONE


_NONE: Ints = np.zeros(0, np.int32)
