"""What names add to scores: exact ones, those a slip away, inflected and unfinished ones.

Understanding guesses what of a query may be somebody's name; here it is looked up whose.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from indexer.analysis import words
from search_app.corpus import Corpus
from search_app.results import Card
from search_app.understanding import Understanding

MOST_LITERAL = 60  # things named alike whose names are looked at letter by letter
SHORTEST_UNFINISHED = 4  # letters from which the names that go on from them are looked at
MOST_UNFINISHED = 200  # of those names, the shortest
UNFINISHED_NAME = 1.5  # "pwmgr_or" alone is a name that goes on, more surely than words are


def names_added(
    corpus: Corpus, meaning: Understanding, near: dict[int, float]
) -> tuple[dict[int, float], set[int]]:
    """What exact and nearly exact names add, by document, and the documents whose whole name it is."""
    weights = corpus.weights
    added: dict[int, float] = {}
    whole: set[int] = set()
    for guess in meaning.names:
        documents, sure = corpus.named(guess.key)
        for document, how_sure in zip(documents.tolist(), sure.tolist(), strict=True):
            bonus = (weights.exact_whole if guess.whole else weights.exact_part) * guess.weight * how_sure
            if bonus > added.get(document, 0.0):
                added[document] = bonus
            if guess.whole:
                whole.add(document)
    if 1 < len(added) <= MOST_LITERAL:
        typed = meaning.query.text.strip("` ")
        for document in added:  # of names that differ in punctuation only, the one that was typed
            added[document] += weights.literal * (typed in _written(corpus.card(document)))
    for document, bonus in _inflected(corpus, meaning).items():
        added[document] = max(added.get(document, 0.0), bonus)
        whole.add(document)
    for document, nearness in near.items():
        added[document] = max(added.get(document, 0.0), weights.near_name * nearness)
        whole.add(document)
    return added, whole


def _written(card: Card) -> tuple[str, ...]:
    """A thing's name as people write it. Measures and explores are named after what they are made of."""
    if card.kind in ("measure", "explore"):
        return ()
    return (card.name, card.name.partition("." if card.kind == "table" else "/")[2])


def _inflected(corpus: Corpus, meaning: Understanding) -> dict[int, float]:
    """What is added to things whose name is what was typed but for inflection, or goes on from it."""
    weights = corpus.weights
    added: dict[int, float] = {}
    for stems, sure in _typed_stems(meaning):
        found = corpus.stems.prefixed(stems)
        lengths = corpus.stems.lengths(found)
        shortest = np.argsort(lengths, kind="stable")[:MOST_UNFINISHED]
        for place, length in zip((shortest + found.start).tolist(), lengths[shortest].tolist(), strict=True):
            share = len(stems.encode()) / length
            bonus = sure * (weights.inflected if share == 1.0 else weights.unfinished * share**0.5)
            for document in corpus.stem_docs.row(place).tolist():
                added[document] = max(added.get(document, 0.0), bonus)
    return added


def _typed_stems(meaning: Understanding) -> Iterator[tuple[str, float]]:
    """The telling words of the query as stems joined by "_", all of them and those that are no facet's."""
    telling = [term for term in meaning.terms if not term.exclude and term.role != "noise"]
    if any(term.kind != "word" or term.group for term in telling):
        return
    plain = [term for term in telling if term.role in ("word", "identifier")]
    whole = (
        UNFINISHED_NAME if len(meaning.terms) == 1 and telling and telling[0].role == "identifier" else 1.0
    )
    for terms, sure in ((telling, whole), (plain, 0.8 * len(plain) / max(1, len(telling)))):
        stems = "_".join(word for term in terms for word in words(term.text))
        if len(stems) >= SHORTEST_UNFINISHED:
            yield stems, sure
