"""Near misses: words one or two slips away, joined and split words, mistyped whole names.

Words are found by a deletion index: each word under the hashes of itself and of all that
arises from it by deleting one letter, so that a slip (insert, delete, replace, swap) meets
it at some deletion. Whole names are long and many: of a name with one slip either the
first or the last half is intact, so names are sorted by both ends. Built once per
generation, read from arrays.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from indexer.index.arrays import Arrays, narrow
from indexer.index.format import (
    SPELL_COUNTS,
    SPELL_HASHED,
    SPELL_HASHES,
    SPELL_IN_NAMES,
    SPELL_NAMED,
    SPELL_NAMES,
    SPELL_TAILED,
    SPELL_WORDS,
)

SHORTEST_WORD = 4  # three letters have too many neighbours
LONGEST_WORD = 24
TWO_SLIPS_FROM = 7  # letters of a word in which two slips are forgiven
OTHER_SLIPS = 4  # of letters left out, doubled or swapped for one wrong letter
SHORTEST_NAME = 6
TWO_SLIPS_IN_NAME_FROM = 12
SHORTEST_PART = 3  # of a word that is split in two
MOST_CANDIDATES = 20_000  # names compared for one query: a hundredth of a second


@dataclass(frozen=True, slots=True)
class Correction:
    """A known word near a typed one."""

    text: str
    distance: int
    count: int


@dataclass(frozen=True, slots=True)
class NearName:
    """A name near a typed one: `index` is its place in the names given to build()."""

    index: int
    distance: int


def build(words: Mapping[str, int], names: Sequence[str] = (), name_words: Collection[str] = ()) -> Arrays:
    """The arrays of spelling (format.py): the known words with their counts, and of whole names.

    `words`: folded surface words (not stems) of names and prose; names' words should count more.
    `names`: one spelling_key per item, in the engine's order of documents ("" = not to be found).
    `name_words`: those of `words` that stand in names; only they are joined and split (all where empty).
    """
    known = sorted(words)
    hashes = [
        (_hash(key), place)
        for place, word in enumerate(known)
        if SHORTEST_WORD - 1 <= len(word) <= LONGEST_WORD
        for key in {word, *_deletions(word)}
    ]
    hashes.sort()
    by_name: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        if len(name) >= SHORTEST_NAME - 1:
            by_name.setdefault(name, []).append(place)
    unique = sorted(by_name)
    backwards = sorted(range(len(unique)), key=lambda place: unique[place][::-1])
    in_names = set(name_words)
    return {
        **SPELL_WORDS.lay(known),
        **SPELL_COUNTS.lay(np.array([words[word] for word in known], np.int32)),
        **SPELL_IN_NAMES.lay(np.array([not in_names or word in in_names for word in known], np.bool_)),
        **SPELL_HASHES.lay(np.array([found for found, _ in hashes], np.uint32)),
        **SPELL_HASHED.lay(narrow(np.array([place for _, place in hashes], np.int32))),
        **SPELL_NAMES.lay(unique),
        **SPELL_NAMED.lay(by_name[name] for name in unique),
        **SPELL_TAILED.lay(narrow(np.array(backwards, np.int32))),
    }


class Speller:
    """Opens what build() made; safe for threads."""

    def __init__(self, arrays: Mapping[str, npt.NDArray[np.generic]]) -> None:
        self._words = SPELL_WORDS.read(arrays)
        self._counts = SPELL_COUNTS.read(arrays)
        self._in_names = SPELL_IN_NAMES.read(arrays)
        self._hashes = SPELL_HASHES.read(arrays)
        self._hashed = SPELL_HASHED.read(arrays)
        self._names = SPELL_NAMES.read(arrays)
        self._name_lengths = self._names.lengths(range(len(self._names)))
        self._named = SPELL_NAMED.read(arrays)
        self._tailed = SPELL_TAILED.read(arrays).astype(np.int64)

    def knows(self, word: str) -> bool:
        """Is this word, in lower case, in the corpus?"""
        return self._words.find(word) >= 0

    def correct(self, word: str, limit: int = 5) -> list[Correction]:
        """Known words near an unknown one, best first; empty for known, short and odd words.

        Nearest first; among equals those that begin alike, then the most frequent, a letter left out,
        doubled or swapped being likelier than a wrong one.
        """
        word = word.lower()
        if not SHORTEST_WORD <= len(word) <= LONGEST_WORD or not word.isalpha() or self.knows(word):
            return []
        found = self._within(word, self._by_deletion(word), 1)
        if not found and len(word) >= TWO_SLIPS_FROM:
            found = self._within(word, self._by_start(word), 2)
        found.sort(
            key=lambda c: (c.distance, c.text[0] != word[0], -c.count * likelihood(word, c.text), c.text)
        )
        return found[:limit]

    def split(self, word: str) -> tuple[str, ...]:
        """An unknown word as two known words of names, () where it is not one.

        >>> Speller(build({"page": 9, "load": 5})).split("pageload")
        ('page', 'load')
        """
        best: tuple[int, tuple[str, ...]] = (0, ())
        for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
            parts = (word[:cut], word[cut:])
            best = max(best, (min(self._name_count(part) for part in parts), parts))
        return best[1] if best[0] and not self.knows(word) else ()

    def join(self, left: str, right: str) -> str:
        """Two neighbours as one known word of names, "" where they are not one."""
        return left + right if self._name_count(left + right) else ""

    def near_names(self, key: str, limit: int = 10) -> list[NearName]:
        """Names at most two slips from a spelling key of six letters or more, nearest first.

        `limit` counts different names; a name that several items share yields them all.
        """
        if len(key) < SHORTEST_NAME:
            return []
        slips = 2 if len(key) >= TWO_SLIPS_IN_NAME_FROM else 1
        near: dict[int, int] = {}
        for place, distance in self._compared(key, self._name_candidates(key, slips), slips):
            near[place] = distance
        ordered = sorted(near, key=lambda place: (near[place], self._names[place][0] != key[0], place))
        return [
            NearName(int(index), near[place]) for place in ordered[:limit] for index in self._named.row(place)
        ]

    def _name_count(self, word: str) -> int:
        place = self._words.find(word)
        return int(self._counts[place]) if place >= 0 and self._in_names[place] else 0

    def _by_deletion(self, word: str) -> set[int]:
        """Places of the words that share a deletion with this one."""
        wanted = np.array([_hash(key) for key in {word, *_deletions(word)}], np.uint32)
        lows, highs = self._hashes.searchsorted(wanted), self._hashes.searchsorted(wanted, "right")
        found: set[int] = set()
        for low, high in zip(lows.tolist(), highs.tolist(), strict=True):
            if low < high:
                found.update(self._hashed[low:high].tolist())
        return found

    def _by_start(self, word: str) -> range:
        """Places of the words with the same first letter: slips there are rare, two slips rarer."""
        return self._words.prefixed(word[0])

    def _within(self, word: str, places: Iterable[int], slips: int) -> list[Correction]:
        known = {place: self._words[place] for place in places}
        near = process.extract(word, known, scorer=OSA.distance, score_cutoff=slips, limit=None)
        return [Correction(text, int(distance), int(self._counts[place])) for text, distance, place in near]

    def _name_candidates(self, key: str, slips: int) -> Iterator[int]:
        """Places of the names that share the first or the last half, and about the length."""
        half = max(3, len(key) // 2 - 1)  # a swap in the very middle touches neither half
        heads = self._names.prefixed(key[:half])
        tails = self._tailing(key[: -half - 1 : -1])
        for places in (np.arange(heads.start, heads.stop), self._tailed[tails.start : tails.stop]):
            lengths = self._name_lengths[places]
            fitting = places[np.abs(lengths - len(key.encode())) <= slips]
            yield from fitting[:MOST_CANDIDATES].tolist()

    def _tailing(self, tail: str) -> range:
        """The places in `_tailed` of all names that read backwards begin with `tail`."""

        def begin(place: int) -> str:
            backwards: str = self._names[self._tailed[place]][::-1]
            return backwards[: len(tail)]

        every = range(len(self._tailed))
        return range(bisect_left(every, tail, key=begin), bisect_right(every, tail, key=begin))

    def _compared(self, key: str, places: Iterator[int], slips: int) -> list[tuple[int, int]]:
        names = {place: self._names[place] for place in places}
        near = process.extract(key, names, scorer=OSA.distance, score_cutoff=slips, limit=None)
        return [(place, int(distance)) for _, distance, place in near]


def likelihood(typed: str, meant: str) -> int:
    """How much likelier a slip is than to type a wrong letter: "wich" is which, not with."""
    wrong_letter = len(typed) == len(meant) and sorted(typed) != sorted(meant)
    return 1 if wrong_letter else OTHER_SLIPS


def _deletions(word: str) -> Iterator[str]:
    return (word[:cut] + word[cut + 1 :] for cut in range(len(word)))


def _hash(text: str) -> int:
    """A number that is the same in every process; what collides is sorted out by comparing."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "big")
