"""What can be suggested, as arrays: names under each of their parts, popular words, values of filters.

Made once for a generation. Every name is listed under its rest from each of its words on ("tab_open.count"
under "openc…" too), punctuation left out; `suggester.py` reads the arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.index import format as layout
from indexer.index.arrays import Arrays, narrow
from indexer.index.completion.short_lists import short_lists
from indexer.text.analysis import identifier_words, spelling_key

LONGEST_KEY = 40  # letters of a part under which a name is listed
MOST_PARTS = 12  # words of a name from which it can be found
_DEAD, _LENGTH = -8.0, -0.04  # an inactive thing is seldom wanted, however much it was used
_PRIOR = 10.0  # a measure is named after the table or metric that people mean


@dataclass(frozen=True, slots=True)
class Entry:
    """A name to suggest: one per family is enough."""

    name: str
    kind: str
    title: str = ""
    weight: float = 0.0  # how much it is used; any scale
    prior: float = 1.0  # what its kind and layer are worth (weights.py)
    alive: bool = True
    document: int = 0  # by which Named knows what it names


@dataclass(frozen=True, slots=True)
class FilterValue:
    """A value of a filter with its label and number of items."""

    value: str
    label: str
    count: int


def build(
    entries: Iterable[Entry],
    words: Mapping[str, int],
    filters: Mapping[str, Sequence[FilterValue]],
) -> Arrays:
    """The arrays of completions (format.py): names, popular words and filter values."""
    listed = sorted(entries, key=_worth, reverse=True)  # so that a smaller number is a better name
    keys = sorted(
        (key, place, start, first)
        for place, entry in enumerate(listed)
        for key, (start, first) in _keys(entry)
        if key
    )
    known = sorted(words)
    values = sorted(
        (f"{name}\n{key}", number)
        for number, (name, value) in enumerate(_all_values(filters))
        for key in dict.fromkeys((spelling_key(value.value), spelling_key(value.label)))
    )
    plain = [value for _, value in _all_values(filters)]
    arrays: Arrays = {
        **layout.SUGGEST_DOCUMENTS.lay(narrow(np.array([entry.document for entry in listed], np.int32))),
        **layout.SUGGEST_KEYS.lay(key for key, *_ in keys),
        **layout.SUGGEST_PLACES.lay(narrow(np.array([place for _, place, *_ in keys], np.int32))),
        **layout.SUGGEST_STARTS.lay(np.array([start for _, _, start, _ in keys], np.bool_)),
        **layout.SUGGEST_WORTH.lay(np.array([_worth(entry) for entry in listed], np.float32)),
        **layout.SUGGEST_WORDS.lay(known),
        **layout.SUGGEST_WORD_COUNTS.lay(np.array([words[word] for word in known], np.int32)),
        **layout.SUGGEST_VALUE_KEYS.lay(key for key, _ in values),
        **layout.SUGGEST_VALUE_NUMBERS.lay(np.array([number for _, number in values], np.int32)),
        **layout.SUGGEST_VALUES.lay(value.value for value in plain),
        **layout.SUGGEST_VALUE_LABELS.lay(_labels(plain)),
        **layout.SUGGEST_VALUE_FILTERS.lay(name for name, _ in _all_values(filters)),
        **layout.SUGGEST_VALUE_COUNTS.lay(np.array([value.count for value in plain], np.int32)),
    }
    firsts = np.array([first for *_, first in keys], np.int32)
    return arrays | short_lists(arrays, [key for key, *_ in keys], firsts)


def _worth(entry: Entry) -> float:
    """How much a name is wanted by itself: use counts by its doublings, shorter names first."""
    used = float(np.log2(1.0 + max(0.0, entry.weight))) + _PRIOR * float(np.log2(entry.prior))
    return used + (0.0 if entry.alive else _DEAD) + _LENGTH * min(len(entry.name), 80)


def _keys(entry: Entry) -> Iterator[tuple[str, tuple[bool, int]]]:
    """The rest of the name and of the title from each word on; whether a name starts so, and how many
    letters the first of these words has.

    A probe starts behind its type as well, a table behind its dataset: GC_MS, clients_daily.
    """
    bare = entry.name.partition({"probe": "/", "table": "."}.get(entry.kind, "\0"))[2]
    keys: dict[str, tuple[bool, int]] = {}
    for text in (entry.name, bare, entry.title):
        words = identifier_words(text)
        for start in range(min(len(words), MOST_PARTS)):
            key = "".join(words[start:])[:LONGEST_KEY]
            known, first = keys.get(key, (False, len(words[start])))
            keys[key] = (known or start == 0, first)
    yield from keys.items()


def _labels(values: Iterable[FilterValue]) -> Iterator[str]:
    """Labels, "" where a value says all."""
    return (value.label if value.label != value.value else "" for value in values)


def _all_values(filters: Mapping[str, Sequence[FilterValue]]) -> Iterator[tuple[str, FilterValue]]:
    return ((name, value) for name in sorted(filters) for value in filters[name])
