"""Completions as you type: names by any of their parts, popular words, filter values.

Reads the arrays that `entries.py` makes, mapped into memory; a keystroke is one binary search and a capped
scan. What is shown of a name is read from what it names.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from indexer.index import format as layout
from indexer.index.arrays import Array
from indexer.index.completion.entries import LONGEST_KEY
from indexer.index.completion.short_lists import ShortLists, ranked
from indexer.model.card import Optional
from indexer.text.analysis import identifier_words, spelling_key

LONGEST_TYPED = 120
MOST_SCANNED = 30_000  # names looked at for one keystroke: under a millisecond
NAMESAKES = 5  # things looked at for one that is shown: several may have one name
MOST_FOR_SEVERAL = 2_000  # names read as text when several words were typed
WORDS_SHOWN = 3
FILTERS_SHOWN = 2
SHORTEST_FILTER_VALUE = 3  # letters of a value typed without its filter


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line under the box."""

    text: str  # what the box will hold
    kind: str  # a kind, "filter", "word" or "question"
    label: str = ""
    detail: str = ""
    url: Optional = ""  # item page, "" for a query
    count: int | None = None


class Filter(Protocol):
    """A filter of the query language, as far as its completion needs it."""

    @property
    def name(self) -> str:
        """What is typed before the colon."""
        ...

    @property
    def meaning(self) -> str:
        """What it filters by, in words that are shown beside it."""
        ...

    @property
    def values(self) -> tuple[str, ...]:
        """All values there are; empty where the data decides."""


class Named(Protocol):
    """What names name, by the documents of their entries."""

    def called(self, document: int) -> tuple[str, str]:
        """Name and title."""

    def completion(self, document: int) -> Suggestion:
        """The line that completes what was typed to the name."""


class Suggester:
    """Opens what entries.build() made; safe for threads."""

    def __init__(self, arrays: Mapping[str, Array], named: Named, filters: Sequence[Filter]) -> None:
        self._filters = tuple(filters)
        self._named = named
        self._documents, self._worth = (
            layout.SUGGEST_DOCUMENTS.read(arrays),
            layout.SUGGEST_WORTH.read(arrays),
        )
        self._keys, self._places = layout.SUGGEST_KEYS.read(arrays), layout.SUGGEST_PLACES.read(arrays)
        self._starts = layout.SUGGEST_STARTS.read(arrays)
        self._words, self._word_counts = (
            layout.SUGGEST_WORDS.read(arrays),
            layout.SUGGEST_WORD_COUNTS.read(arrays),
        )
        self._values, self._labels = (
            layout.SUGGEST_VALUES.read(arrays),
            layout.SUGGEST_VALUE_LABELS.read(arrays),
        )
        self._value_keys = layout.SUGGEST_VALUE_KEYS.read(arrays)
        self._value_numbers = layout.SUGGEST_VALUE_NUMBERS.read(arrays)
        self._value_filters = layout.SUGGEST_VALUE_FILTERS.read(arrays)
        self._value_counts = layout.SUGGEST_VALUE_COUNTS.read(arrays)
        self._short = ShortLists(arrays)

    def suggest(self, text: str, limit: int = 10) -> list[Suggestion]:
        """Completions of what was typed, best first; each text holds the whole box.

        Empty for an empty text. Behind `app:` and other filters their values, else names,
        then words, then a filter where the last word begins one of its values.
        """
        typed = text[:LONGEST_TYPED].lstrip()
        before, last = _cut(typed)
        if not typed.strip() or limit < 1:
            return []
        minus = "-" if last.startswith("-") else ""
        name, colon, value = last.removeprefix("-").partition(":")
        if colon and any(form.name == name.lower() for form in self._filters):
            return self._of_filter(before + minus, name.lower(), value.strip('"'), limit)
        found = self._of_names(typed, limit)
        words = self._of_words(before, last)[:WORDS_SHOWN]
        filters = self._of_any_filter(before, last)[:FILTERS_SHOWN]
        kept = max(0, limit - len(words) - len(filters))
        return [*found[:kept], *words, *filters, *found[kept:]][:limit]

    def _of_names(self, typed: str, limit: int) -> list[Suggestion]:
        """Names with a part that the whole text begins, else with one part for each word of it."""
        key = spelling_key(typed)
        chosen: Iterable[int] = self._best(key, limit * NAMESAKES)
        parts = [spelling_key(part) for part in typed.split()]
        if not chosen and len(parts) > 1:
            rare = min((part for part in parts if part), key=self._spread, default="")
            listed = self._best(rare, MOST_FOR_SEVERAL)  # and read until enough are found
            chosen = (document for document in listed if self._holds(document, parts))
        found: dict[tuple[str, str], Suggestion] = {}
        for document in chosen:  # thirty apps have a ping of one name: it is completed once
            completion = self._named.completion(document)
            found.setdefault((completion.text, completion.kind), completion)
            if len(found) == limit:
                break
        return list(found.values())

    def _holds(self, document: int, parts: Sequence[str]) -> bool:
        whole = spelling_key("".join(self._named.called(document)))
        return all(part in whole for part in parts)

    def _spread(self, key: str) -> int:
        found = self._keys.prefixed(key[:LONGEST_KEY])
        return len(found)

    def _best(self, key: str, limit: int) -> list[int]:
        """The documents of the best names with a part that begins with `key`."""
        if not key:
            return []
        if len(key) <= 2:
            best = self._short.best(key)[:limit]
        else:
            found = self._keys.prefixed(key[:LONGEST_KEY])
            scan = slice(found.start, min(found.stop, found.start + MOST_SCANNED))
            whole = self._is_whole(found, key)
            best = ranked(self._places[scan], self._starts[scan], self._worth, limit, whole)
        documents: list[int] = self._documents[best].tolist() if best else []
        return documents

    def _is_whole(self, found: range, key: str) -> int:
        """How many of the keys found are nothing but `key`: they stand first."""
        looked_at = range(found.start, min(found.stop, found.start + MOST_FOR_SEVERAL))
        return bisect_left(looked_at, True, key=lambda place: self._keys[place] != key)

    def _of_words(self, before: str, last: str) -> list[Suggestion]:
        """Popular words that begin with the last one typed."""
        pieces = identifier_words(last)
        if len(pieces) != 1 or pieces[0] != last.lower():
            return []
        found = self._words.prefixed(pieces[0])
        counts = self._word_counts[found.start : found.stop]
        order = np.argsort(-counts.astype(np.int64), kind="stable")[: WORDS_SHOWN + 1]
        words = [self._words[found.start + int(place)] for place in order]
        return [Suggestion(f"{before}{word}", "word", word) for word in words if word != pieces[0]]

    def _of_filter(self, before: str, name: str, typed: str, limit: int) -> list[Suggestion]:
        """Values of one filter: those that begin so, the most frequent first."""
        form = next(form for form in self._filters if form.name == name)
        numbers = self._value_places(name, spelling_key(typed))
        if not numbers and form.values:
            examples = [value for value in form.values if value.startswith(typed.lower())]
            return [Suggestion(f"{before}{name}:{value} ", "filter", value) for value in examples[:limit]]
        return [self._value_suggestion(before, number) for number in numbers[:limit]]

    def _of_any_filter(self, before: str, last: str) -> list[Suggestion]:
        """`app:fenix` for "fen" and "firefox for a…", `status:expired` for "expi"; `app:` for "ap"."""
        key = spelling_key(last)
        if len(key) < 2 or not last.replace("_", "").isalnum():
            return []
        names = [form for form in self._filters if form.name.startswith(last.lower())]
        found = [
            Suggestion(f"{before}{form.name}:", "filter", f"{form.name}:", form.meaning) for form in names
        ]
        if len(key) >= SHORTEST_FILTER_VALUE:
            for name in ("status", "app", "ping", "type", "kind"):
                found += [self._value_suggestion(before, n) for n in self._value_places(name, key)[:1]]
        return found

    def _value_places(self, name: str, key: str) -> list[int]:
        found = self._value_keys.prefixed(f"{name}\n{key}")
        numbers = np.unique(self._value_numbers[found.start : min(found.stop, found.start + MOST_SCANNED)])
        order = np.argsort(-self._value_counts[numbers].astype(np.int64), kind="stable")
        return [int(number) for number in numbers[order]]

    def _value_suggestion(self, before: str, number: int) -> Suggestion:
        name, value = self._value_filters[number], self._values[number]
        label = self._labels[number] or value
        quoted = f'"{value}"' if " " in value or "," in value else value
        shown = label if label == value else f"{value}: {label}"
        return Suggestion(
            f"{before}{name}:{quoted} ", "filter", shown, name, count=int(self._value_counts[number])
        )


def _cut(typed: str) -> tuple[str, str]:
    """The text before the last word, and that word; a quoted value behind a filter is one word."""
    quote = typed.rfind('"')
    if quote > 0 and typed.count('"') % 2 and typed[quote - 1] == ":":
        start = typed.rfind(" ", 0, quote) + 1
    else:
        start = typed.rfind(" ") + 1
    return typed[:start], typed[start:]
