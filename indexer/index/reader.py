"""An opened generation as the engine reads it: terms, facets, names, families, cards.

Everything is mapped read-only and shared by threads and workers; what is computed at
the opening is one number a document (the prior) and small tables.
"""

from __future__ import annotations

import itertools
import mmap
import resource
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.index import format as layout
from indexer.index.arrays import Array, wide
from indexer.index.documents.document import FACETS, GROUPS, LOOKUPS
from indexer.index.generation import Opened
from indexer.index.stored_fields import Cards
from indexer.index.weights import WEIGHTS, Floats, Weights, inverse_frequency, saturated, usage_factor
from indexer.model.card import Card, Variant
from indexer.model.liveness import LIFE
from indexer.text.analysis import spelling_key

Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

NAME = GROUPS.index("name")  # the column of a row of weights that is of names
POSTINGS_KEPT = 5_000  # views of some 500 bytes
COMPLETED_KEPT = 2_000
CARDS_KEPT = 1_000
VARIANTS_KEPT = 5_000
MOST_MAPPED = 100_000_000  # bytes: above what all files of the real catalogue take
LOOKED_EACH = 10  # searches after which it is looked again: a look takes 15 us
_STATM = Path("/proc/self/statm")


class FacetIndex:
    """The values of one facet, and the documents of each."""

    __slots__ = ("_spellings", "by_value", "texts", "values")

    def __init__(self, arrays: dict[str, Array], name: str) -> None:
        self.values = layout.FACET_VALUES[name].read(arrays)
        self.by_value = layout.HAVING[name].read(arrays)
        self._spellings: dict[str, str] = {}  # made when first needed
        self.texts: dict[int, tuple[str, str]] = {}  # values that were shown, with their labels

    def spelled(self, value: str) -> str:
        """A value in the spelling that it has here; as given where none is like it."""
        if self.values.find(value) >= 0:
            return value
        if not self._spellings:
            self._spellings = {spelling_key(self.values[i]): self.values[i] for i in range(len(self.values))}
        return self._spellings.get(spelling_key(value), value)

    def documents(self, value: str) -> Ints:
        """The documents with a value, ascending."""
        code = self.values.find(value)
        return self.by_value.row(code) if code >= 0 else np.zeros(0, np.int32)


class PostingList(NamedTuple):
    """Where a term stands. Both arrays are views of the mapped files; see wide()."""

    ids: Array  # documents, ascending
    weight_rows: Array  # for each, the number of how often it stands in which fields
    frequency: int  # documents
    idf: float  # how much it tells


class IndexReader:
    """One generation, ready to be searched."""

    def __init__(self, opened: Opened, weights: Weights = WEIGHTS) -> None:
        arrays = opened.arrays
        self.opened = opened
        self.weights = weights
        self.generation = opened.generation
        self.terms = layout.TERMS.read(arrays)
        self._starts: Array = layout.POST_STARTS.read(arrays)
        self._ids: Array = layout.POST_IDS.read(arrays)
        self._weight_rows: Array = layout.POST_ROWS.read(arrays)
        rows = layout.WEIGHT_ROWS.read(arrays)
        self.row_fields: Bools = rows > 0  # by row of weights and field: whether a term stands there
        self._row_in_name: Bools = np.ascontiguousarray(self.row_fields[:, NAME])
        counts = rows.astype(np.float32) @ np.array(weights.fields, np.float32)
        self._saturated = saturated(counts, weights)  # by row of weights
        self.group: Ints = layout.GROUP.read(arrays)
        self.size = len(self.group)
        self.groups = int(self.group[-1]) + 1 if self.size else 0
        self.facets = {name: FacetIndex(arrays, name) for name in (*FACETS, *LOOKUPS)}
        self.group_size: Ints = layout.GROUP_SIZE.read(arrays)
        self.facet_sets = layout.FACET_SETS.read(arrays)
        self.document_set: Ints = layout.DOCUMENT_SET.read(arrays)
        self.group_set: Ints = layout.GROUP_SET.read(arrays)
        sizes = [len(self.facets[name].values) for name in FACETS]
        # where the values of each facet begin among those of all; one more at the end
        self.facet_starts: list[int] = [0, *np.cumsum(sizes).tolist()]
        self.ids = layout.IDS.read(arrays)
        self.id_docs: Ints = layout.ID_DOCS.read(arrays)
        self.keys = layout.KEYS.read(arrays)
        self.stems = layout.STEMS.read(arrays)
        self.stem_docs = layout.STEM_DOCS.read(arrays)
        self.key_docs = layout.KEY_DOCS.read(arrays)
        self._sure: Array = layout.KEY_SURE.read(arrays)
        self._sure_levels: Floats = layout.KEY_SURE_LEVELS.read(arrays)
        self.stream = layout.STREAM.read(arrays)
        self.surface = layout.SURFACE.read(arrays)
        self.surface_terms = layout.SURFACE_TERMS.read(arrays)
        self.surface_counts: Ints = layout.SURFACE_COUNTS.read(arrays)
        self.surface_named: Bools = layout.SURFACE_NAMED.read(arrays)
        self.name_rank: Ints = layout.NAME_RANK.read(arrays)
        self.added: Ints = layout.ADDED.read(arrays)
        self.changed: Ints = layout.CHANGED.read(arrays)
        self.removed: Ints = layout.REMOVED.read(arrays)
        self.expires_day: Ints = layout.EXPIRES_DAY.read(arrays)
        self.expires_version: Ints = layout.EXPIRES_VERSION.read(arrays)
        self.schemas = layout.SCHEMAS.read(arrays)
        self.schema: Ints = layout.SCHEMA.read(arrays)
        self.schema_paths = layout.SCHEMA_PATHS.read(arrays)
        self.cards = Cards(arrays)
        self.namesake: Ints = layout.NAMESAKE.read(arrays)
        self.name_words: Ints = layout.NAME_WORDS.read(arrays)
        self.life = self._life()
        self.app_count = self._apps_by_document()
        self.prior = self._prior(arrays)
        self._postings: dict[str, PostingList] = {}
        self._named_terms: dict[str, bool] = {}
        self._completed: dict[tuple[str, int, bool], tuple[str, ...]] = {}  # beginnings that were typed
        self._cards: dict[int, Card] = {}
        self._variants: dict[int, Variant] = {}

    def _apps_by_document(self) -> Ints:
        apps = self.facets["app"].by_value
        return np.bincount(wide(apps.values), minlength=self.size).astype(np.int32)

    @cached_property
    def carrying(self) -> tuple[tuple[str, str], ...]:
        """By value of the facet `carried`: the app and the ping."""
        values = self.facets["carried"].values
        pairs = (values[code].partition("/") for code in range(len(values)))
        return tuple((app, ping) for app, _, ping in pairs)

    # -------------------------------------------------------------- words

    def postings(self, term: str) -> PostingList:
        """Where a term stands; nowhere for an unknown one. Kept once looked up, up to a bound."""
        found = self._postings.get(term)
        if found is None:
            if len(self._postings) >= POSTINGS_KEPT:
                self._postings.clear()
            found = self._postings[term] = self._posting(self.terms.find(term))
        return found

    def _posting(self, place: int) -> PostingList:
        low, high = (int(self._starts[place]), int(self._starts[place + 1])) if place >= 0 else (0, 0)
        idf = inverse_frequency(self.size, high - low)
        return PostingList(self._ids[low:high], self._weight_rows[low:high], high - low, idf)

    def scores(self, posting: PostingList, places: npt.NDArray[np.int64] | None = None) -> Floats:
        """The scores of a term in its documents, or in those at some places."""
        rows = posting.weight_rows if places is None else posting.weight_rows.take(places)
        return self._saturated.take(rows) * np.float32(posting.idf)

    def in_names(self, term: str) -> bool:
        """Does a term stand in the name of anything? Kept once looked up, up to a bound."""
        found = self._named_terms.get(term)
        if found is None:
            if len(self._named_terms) >= POSTINGS_KEPT:
                self._named_terms.clear()
            rows = self.postings(term).weight_rows
            found = self._named_terms[term] = bool(self._row_in_name.take(rows).any())
        return found

    def named_with(self, term: str) -> Ints:
        """The documents in whose names a term stands, ascending."""
        posting = self.postings(term)
        return wide(posting.ids[self._row_in_name.take(posting.weight_rows)])

    def frequency(self, term: str) -> int:
        """In how many documents a term stands."""
        return self.postings(term).frequency

    def rarity(self, term: str) -> float:
        """How much a term tells (idf)."""
        return self.postings(term).idf

    def completed(self, prefix: str, limit: int, named: bool = False) -> tuple[str, ...]:
        """The terms of the most frequent words that begin with `prefix`; `named`: words of names only."""
        key = (prefix, limit, named)
        found = self._completed.get(key)
        if found is None:
            if len(self._completed) >= COMPLETED_KEPT:
                self._completed.clear()
            found = self._completed[key] = self._completions(prefix, limit, named)
        return found

    def _completions(self, prefix: str, limit: int, named: bool) -> tuple[str, ...]:
        found = self.surface.prefixed(prefix)
        places = np.arange(found.start, min(found.stop, found.start + 20_000))
        if named:
            places = places[self.surface_named[places]]
        if len(places) > limit:
            places = places[np.argsort(-self.surface_counts[places], kind="stable")[:limit]]
        return tuple(dict.fromkeys([self.surface_terms[place] for place in places.tolist()]))

    # -------------------------------------------------------------- names

    def named(self, key: str) -> tuple[Ints, Floats]:
        """The documents that a spelling key names, and how surely."""
        place = self.keys.find(key)
        if place < 0:
            return np.zeros(0, np.int32), np.zeros(0, np.float32)
        low, high = int(self.key_docs.starts[place]), int(self.key_docs.starts[place + 1])
        return self.key_docs.row(place), self._sure_levels.take(self._sure[low:high])

    def document(self, item_id: str) -> int:
        """The number of an item's document, -1 where there is none."""
        place = self.ids.find(item_id)
        return int(self.id_docs[place]) if place >= 0 else -1

    # -------------------------------------------------------------- what is shown

    def card(self, document: int) -> Card:
        """What a hit shows of a document; kept once read, up to a bound."""
        card = self._cards.get(document)
        if card is None:
            card = Card._make(self.cards.values(document))
            if len(self._cards) >= CARDS_KEPT:
                self._cards.clear()
            self._cards[document] = card
        return card

    def variant(self, document: int) -> Variant:
        """A document as a member of another one's hit."""
        variant = self._variants.get(document)
        if variant is None:
            variant = Variant._make(self.cards.brief(document))
            if len(self._variants) >= VARIANTS_KEPT:
                self._variants.clear()
            self._variants[document] = variant
        return variant

    def column_paths(self, document: int) -> str:
        """The column paths of a table, one a line, cut where they are very many."""
        place = int(self.schema[document])
        return self.schema_paths[place] if place >= 0 else ""

    # -------------------------------------------------------------- numbers

    def _life(self) -> npt.NDArray[np.int8]:
        """How alive each document's thing is: its place in LIFE, 0 for the most alive."""
        life = np.full(self.size, len(LIFE), np.int8)
        status = self.facets["status"]
        for code in range(len(status.values)):
            if status.values[code] in LIFE:
                life[status.by_value.row(code)] = LIFE.index(status.values[code])
        return life

    def _prior(self, arrays: dict[str, Array]) -> Floats:
        weights = self.weights
        prior = usage_factor(layout.USAGE.read(arrays), weights)
        tables = (("kind", weights.kinds), ("layer", weights.layers), ("status", weights.statuses))
        for name, table in tables:
            facet = self.facets[name]
            for code in range(len(facet.values)):
                prior[facet.by_value.row(code)] *= np.float32(table.get(facet.values[code], 1.0))
        prior[1:][self.group[1:] == self.group[:-1]] *= np.float32(weights.beside)
        return prior


def values_of(facet: FacetIndex) -> Sequence[str]:
    """All values of a facet, sorted."""
    return [facet.values[i] for i in range(len(facet.values))]


class Mapped:
    """How much a process has mapped of its generation's files, bounded. Safe for threads.

    The kernel keeps the files' pages for all processes. Those that one has touched count as its
    memory until it lets go of them; touched again they are mapped again, which costs little.
    """

    def __init__(self, arrays: Mapping[str, Array], most: int = MOST_MAPPED) -> None:
        self._maps = list(_maps(arrays))
        self._most = most
        self._asked = itertools.count(1)

    def bound(self) -> None:
        """To be called after each search: lets go of all pages where this process has mapped too many."""
        if next(self._asked) % LOOKED_EACH == 0 and mapped_bytes() > self._most:
            for each in self._maps:
                each.madvise(mmap.MADV_DONTNEED)


def mapped_bytes() -> int:
    """What this process has in memory of files, 0 where the system does not tell (it bounds that itself)."""
    try:
        return int(_STATM.read_bytes().split()[2]) * resource.getpagesize()
    except OSError:
        return 0


def _maps(arrays: Mapping[str, Array]) -> Iterator[mmap.mmap]:
    for array in arrays.values():
        base: object = array
        while base is not None and not isinstance(base, mmap.mmap):
            base = getattr(base, "base", None)
        if base is not None:
            yield base
