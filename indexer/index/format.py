"""Every array of a generation by a typed name: what it holds, and from which file it can be made again.

An array is written and opened through its name here and nowhere else. A typed name says its shape (numbers,
strings, rows) and its origin:

* `Origin.WHOOSH`: decoded from the Whoosh index in whoosh/ (postings and facets); which documents are one
  group stands in catalogue.sqlite.
* `Origin.CATALOGUE`: made from the items and schemas in catalogue.sqlite by the build's own functions.

An ordinary build writes all of them from the documents in its memory, which is the same and faster.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from indexer.index.arrays import Array, Arrays, PackedTable, Rows, StringTable, narrow, smallest
from indexer.index.documents.document import FACETS, LOOKUPS


class Origin(StrEnum):
    """The part of a generation from which an array can be made again."""

    WHOOSH = "whoosh"
    CATALOGUE = "catalogue.sqlite"


@dataclass(frozen=True, slots=True)
class Held:
    """A thing that arrays/ holds, in one file or a few."""

    name: str
    origin: Origin
    holds: str  # what its numbers or strings are

    @property
    def files(self) -> tuple[str, ...]:
        """The names of its arrays, each a file of that name and `.npy`."""
        raise NotImplementedError


class Numbers(Held):
    """One array of numbers."""

    __slots__ = ()

    @property
    def files(self) -> tuple[str, ...]:
        """One array, of the name itself."""
        return (self.name,)

    def lay(self, numbers: Array) -> Arrays:
        """As it is to be written."""
        return {self.name: numbers}

    def read(self, arrays: Mapping[str, Array]) -> Array:
        """The numbers. Raises KeyError where they are not there."""
        return arrays[self.name]


class Strings(Held):
    """Strings in any order; sorted ones are found by bisection."""

    __slots__ = ()

    @property
    def files(self) -> tuple[str, ...]:
        """Two arrays: the bytes of all strings, and where each string begins."""
        return (f"{self.name}_bytes", f"{self.name}_starts")

    def lay(self, strings: Iterable[str]) -> Arrays:
        """As they are to be written."""
        return StringTable.build(self.name, strings)

    def read(self, arrays: Mapping[str, Array]) -> StringTable:
        """The table of strings. Raises KeyError where a part is not there."""
        return StringTable.open(arrays, self.name)


class SortedStrings(Strings):
    """Strings sorted by their bytes, which begin alike: what neighbours share is kept once."""

    __slots__ = ()

    @property
    def files(self) -> tuple[str, ...]:
        """Three arrays: the bytes that neighbours do not share, how many they share, where each begins."""
        return (f"{self.name}_rests", f"{self.name}_shared", f"{self.name}_starts")

    def lay(self, strings: Iterable[str]) -> Arrays:
        """As they are to be written."""
        return StringTable.build_sorted(self.name, strings)


class PackedTexts(Held):
    """Texts that are alike, each compressed by itself."""

    __slots__ = ()

    @property
    def files(self) -> tuple[str, ...]:
        """Three arrays: the compressed bytes, the dictionary for all of them, where each text begins."""
        return (f"{self.name}_bytes", f"{self.name}_dictionary", f"{self.name}_starts")

    def lay(self, texts: Iterable[str]) -> Arrays:
        """As they are to be written."""
        return PackedTable.build(self.name, texts)

    def read(self, arrays: Mapping[str, Array]) -> PackedTable:
        """The table of texts. Raises KeyError where a part is not there."""
        return PackedTable.open(arrays, self.name)


class NumberRows(Held):
    """Lists of numbers by row."""

    __slots__ = ()

    @property
    def files(self) -> tuple[str, ...]:
        """Two arrays: where each row begins, and the numbers of all rows."""
        return (f"{self.name}_rows", f"{self.name}_values")

    def lay(self, rows: Iterable[Sequence[int]]) -> Arrays:
        """As they are to be written."""
        return Rows.build(self.name, rows)

    def lay_together(self, starts: Array, values: Array) -> Arrays:
        """Rows that stand one after another already; `starts`: where each begins, one more at the end."""
        return {f"{self.name}_rows": smallest(starts), f"{self.name}_values": narrow(values)}

    def read(self, arrays: Mapping[str, Array]) -> Rows:
        """The rows. Raises KeyError where a part is not there."""
        return Rows.open(arrays, self.name)


_WHOOSH, _CATALOGUE = Origin.WHOOSH, Origin.CATALOGUE
_OF_FACETS = {**dict.fromkeys(FACETS, _WHOOSH), **dict.fromkeys(LOOKUPS, _CATALOGUE)}

# ------------------------------------------------------------------ postings: inverted.py, reader.py
TERMS = SortedStrings("terms", _WHOOSH, "the terms of all fields of text")
POST_STARTS = Numbers("post_starts", _WHOOSH, "by term: where its postings begin; one more at the end")
POST_IDS = Numbers("post_ids", _WHOOSH, "by posting: the document, ascending within a term")
POST_ROWS = Numbers("post_rows", _WHOOSH, "by posting: a row of `weights`")
WEIGHT_ROWS = Numbers("weights", _WHOOSH, "the different rows of damped weights, one number a field")

# ------------------------------------------------------------------ facets: columns.py, reader.py
FACET_VALUES = {
    name: SortedStrings(f"facet_{name}", origin, f"the values of {name}")
    for name, origin in _OF_FACETS.items()
}
HAVING = {
    name: NumberRows(f"having_{name}", origin, f"by value of {name}: its documents, ascending")
    for name, origin in _OF_FACETS.items()
}
FACET_SETS = NumberRows("facet_sets", _WHOOSH, "the different sets of facet values")
DOCUMENT_SET = Numbers("document_set", _WHOOSH, "by document: its row of `facet_sets`")
GROUP_SET = Numbers("group_set", _WHOOSH, "by group: its row, the values of all members")

# ------------------------------------------------------------------ documents: columns.py, reader.py
IDS = SortedStrings("ids", _CATALOGUE, "the ids of all items")
ID_DOCS = Numbers("id_docs", _CATALOGUE, "by place in `ids`: the document")
DOC_IDS = Numbers("doc_ids", _CATALOGUE, "by document: the place in `ids`")
GROUP = Numbers("group", _CATALOGUE, "by document: the number of its group, ascending")
GROUP_SIZE = Numbers("group_size", _CATALOGUE, "by group: how many documents it has")
NAME_RANK = Numbers("name_rank", _CATALOGUE, "by document: its place in the order of names")
NAMESAKE = Numbers("namesake", _CATALOGUE, "by document: a number that things of one kind and name share")
USAGE = Numbers("usage", _CATALOGUE, "by document: how many other things name it")
NAME_WORDS = Numbers("name_words", _CATALOGUE, "by document: how many words its shortest name has")
ADDED = Numbers("added", _CATALOGUE, "by document: the day it was added, days since the year 1, 0 unknown")
CHANGED = Numbers("changed", _CATALOGUE, "by document: the day it was last changed, 0 unknown")
REMOVED = Numbers("removed", _CATALOGUE, "by document: the last day that a removed thing was seen, else 0")
EXPIRES_DAY = Numbers("expires_day", _CATALOGUE, "by document: the day it expires, 0 for none")
EXPIRES_VERSION = Numbers("expires_version", _CATALOGUE, "by document: the version, -1 for never")
STREAM = NumberRows("stream", _CATALOGUE, "by document: its terms in order, from 1; 0: no phrase crosses")
SCHEMAS = Strings("schemas", _CATALOGUE, "the digests of schemas, sorted")
SCHEMA_PATHS = PackedTexts("schema_paths", _CATALOGUE, "by schema: its column paths, one a line")
SCHEMA = Numbers("schema", _CATALOGUE, "by document: its place in `schemas`, -1 for none")

# ------------------------------------------------------------------ names: columns.py, reader.py
KEYS = SortedStrings("keys", _CATALOGUE, "spelling keys of all exact names")
KEY_DOCS = NumberRows("key_docs", _CATALOGUE, "by key: the documents that it names")
KEY_SURE = Numbers("key_sure", _CATALOGUE, "by document of `key_docs`: the place of its certainty")
KEY_SURE_LEVELS = Numbers("key_sure_levels", _CATALOGUE, "the different certainties, up to 1")
STEMS = SortedStrings("stems", _CATALOGUE, "names as the stems of their words, joined by _")
STEM_DOCS = NumberRows("stem_docs", _CATALOGUE, "by stems: the documents named so")
SURFACE = Strings("surface", _CATALOGUE, "words as people write them, sorted")
SURFACE_TERMS = Strings("surface_terms", _CATALOGUE, "by word: the term that it becomes")
SURFACE_COUNTS = Numbers("surface_counts", _CATALOGUE, "by word: in how many texts it stands")
SURFACE_NAMED = Numbers("surface_named", _CATALOGUE, "by word: whether it stands in a name")

# ------------------------------------------------------------------ what a hit shows: stored_fields.py
CARD_NUMBERS = Numbers("card_numbers", _CATALOGUE, "by document: title, description, common values")
CARD_COMMON = Numbers("card_common", _CATALOGUE, "by row: the places in `card_values` of what cards share")
CARD_TEXTS = Strings("card_texts", _CATALOGUE, "titles and descriptions")
CARD_VALUES = Strings("card_values", _CATALOGUE, "the different other values, as JSON")

# ------------------------------------------------------------------ meaning: word_vectors.py
VECTOR_TERMS = Numbers("vector_terms", _CATALOGUE, "by word that has a vector: its term, ascending")
VECTOR_TOLD = Numbers("vector_told", _CATALOGUE, "by word that has a vector: how much it tells")
WORD_VECTORS = Numbers("word_vectors", _CATALOGUE, "by word that has one: its vector, in 127ths")
GROUP_VECTORS = Numbers("group_vectors", _CATALOGUE, "by group: the vector of its face, in 127ths")

# ------------------------------------------------------------------ spelling: spellchecker.py
SPELL_WORDS = Strings("spell_words", _CATALOGUE, "known words, sorted")
SPELL_COUNTS = Numbers("spell_counts", _CATALOGUE, "by word: how often it stands there")
SPELL_IN_NAMES = Numbers("spell_in_names", _CATALOGUE, "by word: whether it stands in a name")
SPELL_HASHES = Numbers("spell_hashes", _CATALOGUE, "hashes of words and of their deletions, ascending")
SPELL_HASHED = Numbers("spell_hashed", _CATALOGUE, "by hash: the word")
SPELL_NAMES = Strings("spell_names", _CATALOGUE, "spelling keys of whole names, sorted")
SPELL_NAMED = NumberRows("spell_named", _CATALOGUE, "by name: the documents called so")
SPELL_TAILED = Numbers("spell_tailed", _CATALOGUE, "names in the order of their ends")

# ------------------------------------------------------------------ completions: suggester.py
SUGGEST_DOCUMENTS = Numbers("suggest_documents", _CATALOGUE, "by name, best first: its document")
SUGGEST_WORTH = Numbers("suggest_worth", _CATALOGUE, "by name: how much it is wanted")
SUGGEST_KEYS = SortedStrings("suggest_keys", _CATALOGUE, "names from each of their words on")
SUGGEST_PLACES = Numbers("suggest_places", _CATALOGUE, "by key: the name")
SUGGEST_STARTS = Numbers("suggest_starts", _CATALOGUE, "by key: whether the name begins so")
SUGGEST_WORDS = Strings("suggest_words", _CATALOGUE, "popular words, sorted")
SUGGEST_WORD_COUNTS = Numbers("suggest_word_counts", _CATALOGUE, "by word: how often it stands there")
SUGGEST_VALUE_KEYS = SortedStrings("suggest_value_keys", _CATALOGUE, "filters with keys of their values")
SUGGEST_VALUE_NUMBERS = Numbers("suggest_value_numbers", _CATALOGUE, "by key: the value")
SUGGEST_VALUES = Strings("suggest_values", _CATALOGUE, "values of filters")
SUGGEST_VALUE_LABELS = Strings("suggest_value_labels", _CATALOGUE, "by value: its label, empty for itself")
SUGGEST_VALUE_FILTERS = Strings("suggest_value_filters", _CATALOGUE, "by value: its filter")
SUGGEST_VALUE_COUNTS = Numbers("suggest_value_counts", _CATALOGUE, "by value: how many items have it")
SUGGEST_SHORT = Strings("suggest_short", _CATALOGUE, "one and two letters with which names begin, sorted")
SUGGEST_SHORT_PLACES = Numbers("suggest_short_places", _CATALOGUE, "by these: the best names, -1 for none")


def _all() -> Iterator[Held]:
    for each in list(globals().values()):
        if isinstance(each, Held):
            yield each
    yield from FACET_VALUES.values()
    yield from HAVING.values()


ARRAYS: tuple[Held, ...] = tuple(_all())
FILES: Mapping[str, Held] = {file: each for each in ARRAYS for file in each.files}


VECTORS = (VECTOR_TERMS, VECTOR_TOLD, WORD_VECTORS, GROUP_VECTORS)


def missing_arrays(arrays: Mapping[str, Array], vectors: bool = True) -> list[str]:
    """The names of arrays that a generation should have and has not, sorted; vectors only where it should."""
    needed = FILES.keys() if vectors else FILES.keys() - {each.name for each in VECTORS}
    return sorted(needed - arrays.keys())
