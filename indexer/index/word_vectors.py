"""Words as vectors, learned from the catalogue's own texts: what stands among the same words is near.

So "night theme" is near "dark mode" though no word is shared. Counted is which words stand near each other in
titles, names, descriptions and phrasings. How much more often than by chance they do (positive pointwise
mutual information) is what a word is, and the strongest directions of that matrix are its vector (Levy and
Goldberg, 2014; Halko and others, 2011). A group's vector is the sum of those of its face's words, each by how
much it tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from indexer.index import format as layout
from indexer.index.arrays import Array, Arrays, StringTable
from indexer.index.documents.document import Document

DIMENSIONS = 64
WINDOW = 5  # words to each side that a word is learned from
FEWEST = 3  # texts that a word must stand in
DAMPED = 0.75  # power of counts: what is said in a thousand texts is not a thousand times as sure
SPARE = 10  # directions more than are kept, and how often they are bettered: as Halko and others advise
ROUNDS = 3
BLOCK = 512  # rows of the matrix that are laid out at a time
SCALE = 127  # a vector's numbers are kept as bytes

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]  # so exact that the bytes are the same on any machine


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts as numbers of words, one after another."""

    words: Ints
    text: Ints  # of each word: the text that it stands in
    size: int  # different words

    def frequencies(self) -> Ints:
        """In how many texts each word stands."""
        pairs = np.sort(self.text * self.size + self.words)
        first = np.ones(len(pairs), np.bool_)
        first[1:] = pairs[1:] != pairs[:-1]
        return np.bincount(pairs[first] % max(1, self.size), minlength=self.size)


@dataclass(frozen=True, slots=True)
class Gists:
    """What the face of each group is about, in numbers of words: all that vectors are made of."""

    learned: Texts  # each text by itself, and what is asked for one thing in a row
    whole: Texts  # all of a group as one text
    found: Ints  # of each word: its place in the term table, -1 where it is not there
    faces: int


def gists_of(documents: Sequence[Document], terms: StringTable) -> Gists:
    """The gists of documents that are in_order(); `terms` is the term table."""
    faces = [d for n, d in enumerate(documents) if n == 0 or documents[n - 1].family != d.family]
    number: dict[str, int] = {}
    gists = [[[number.setdefault(term, len(number)) for term in text] for text in d.gist] for d in faces]
    return Gists(
        learned=_texts([text for gist in gists for text in [*gist, _together(gist)]], len(number)),
        whole=_texts([list(chain.from_iterable(gist)) for gist in gists], len(number)),
        found=np.array([terms.find(term) for term in number], np.int64),
        faces=len(faces),
    )


def lay_out_vectors(gists: Gists) -> Arrays:
    """The vectors of words and of groups."""
    learned, whole, found = gists.learned, gists.whole, gists.found
    known = np.flatnonzero((learned.frequencies() >= FEWEST) & (found >= 0))
    known = known[found[known].argsort()]
    place = np.full(len(found), -1, np.int64)
    place[known] = np.arange(len(known))
    vectors = _learn(learned, place, len(known))
    told = np.log((gists.faces + 1) / (whole.frequencies()[known] + 1))
    return {
        **layout.VECTOR_TERMS.lay(found[known].astype(np.int32)),
        **layout.VECTOR_TOLD.lay(told.astype(np.float32)),
        **layout.WORD_VECTORS.lay(_bytes(vectors)),
        **layout.GROUP_VECTORS.lay(_bytes(_sums(whole, place, vectors * told[:, None], gists.faces))),
    }


def _together(gist: Sequence[list[int]]) -> list[int]:
    """What is asked for one thing, in a row behind its title: words of different phrasings mean the same."""
    title, _, *asked = gist
    return [*title, *chain.from_iterable(asked)] if asked else []


def _texts(texts: Sequence[Sequence[int]], size: int) -> Texts:
    lengths = [len(text) for text in texts]
    words = np.fromiter(chain.from_iterable(texts), np.int64, sum(lengths))
    return Texts(words, np.repeat(np.arange(len(texts)), lengths), size)


def _learn(texts: Texts, place: Ints, size: int) -> Floats:
    """The vector of each word that has a place, of length 1."""
    places = place[texts.words]
    kept = places >= 0
    return _unit(_Surprise.of(places[kept], texts.text[kept], size).strongest(DIMENSIONS))


@dataclass(frozen=True, slots=True)
class _Surprise:
    """How much more often than by chance two words stand near each other: a symmetric matrix, by rows."""

    starts: Ints
    columns: Ints
    values: Floats

    @staticmethod
    def of(words: Ints, text: Ints, size: int) -> _Surprise:
        narrow = np.int32 if size * size < 1 << 31 else np.int64  # of two words: half of the memory
        words = words.astype(narrow)
        pairs = [np.zeros(0, narrow)]
        for far in range(1, WINDOW + 1):
            one, other = words[far:], words[:-far]
            beside = (text[far:] == text[:-far]) & (one != other)
            pairs += [one[beside] * size + other[beside], other[beside] * size + one[beside]]
        codes, counts = np.unique(np.concatenate(pairs), return_counts=True)
        damped = counts**DAMPED
        rows, columns = codes // max(1, size), codes % max(1, size)
        totals = np.bincount(rows, damped, size)
        values = np.log(damped * damped.sum() / (totals[rows] * totals[columns]))
        more = values > 0
        starts = np.searchsorted(rows[more], np.arange(size + 1))
        return _Surprise(starts, columns[more], values[more])

    def strongest(self, dimensions: int) -> Floats:
        """The rows along the strongest directions, each weighed by the root of its strength."""
        size = len(self.starts) - 1
        wanted = min(dimensions + SPARE, size)
        found = np.zeros((size, dimensions))
        if not wanted:
            return found
        start = np.random.default_rng(0).standard_normal((size, wanted))
        base = np.linalg.qr(self.times(start))[0]
        for _ in range(ROUNDS):
            base = np.linalg.qr(self.times(base))[0]
        strength, turned = np.linalg.eigh(base.T @ self.times(base))
        best = np.abs(strength).argsort(kind="stable")[::-1][:dimensions]
        directions = base @ turned[:, best]
        largest = np.abs(directions).argmax(axis=0)
        signs = np.sign(directions[largest, np.arange(len(best))])  # either sign would do: always the same
        found[:, : len(best)] = directions * signs * np.sqrt(np.abs(strength[best]))
        return found

    def times(self, other: Floats) -> Floats:
        """The matrix product. A block of rows is laid out at a time: the whole would take 160 MB."""
        size = len(self.starts) - 1
        product = np.empty((size, other.shape[1]))
        rows = np.repeat(np.arange(size), np.diff(self.starts))
        for first in range(0, size, BLOCK):
            last = min(first + BLOCK, size)
            low, high = self.starts[first], self.starts[last]
            block = np.zeros((last - first, size))
            block[rows[low:high] - first, self.columns[low:high]] = self.values[low:high]
            product[first:last] = block @ other
        return product


def _sums(texts: Texts, place: Ints, vectors: Floats, size: int) -> Floats:
    """By text: the sum of its words' vectors, of length 1; zeros where no word is known."""
    places = place[texts.words]
    words, owners = places[places >= 0], texts.text[places >= 0]
    sums = np.zeros((size, vectors.shape[1]))
    for first in range(0, size, BLOCK):
        low, high = np.searchsorted(owners, (first, first + BLOCK))
        if low < high:
            there = np.flatnonzero(np.diff(owners[low:high], prepend=-1))  # where each text begins
            sums[owners[low + there]] = np.add.reduceat(vectors[words[low:high]], there, axis=0)
    return _unit(sums)


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Floats = vectors / np.maximum(lengths, 1e-9)
    return unit


def _bytes(vectors: Floats) -> Array:
    return np.rint(vectors * SCALE).astype(np.int8)
