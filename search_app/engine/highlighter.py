"""The piece of a text around the words that were found, and where in it they stand.

A regular expression over what is stored: no positions are kept in the index for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

WIDTH = 220  # characters of a snippet
LEAD = 50  # characters shown before the first word found
MARKS = 32  # spans that are marked at most, in a name and its text together
COLUMNS_LOOKED_AT = 200  # matches in them
COLUMNS_SHOWN = 4

Spans = tuple[tuple[int, int], ...]


class Snippet(NamedTuple):
    """A piece of a text, and where in it the found words stand: (start, end) in characters."""

    text: str
    marks: Spans


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words that begin with one of some stems."""

    begins: tuple[str, ...]  # what every match begins with, in lower case
    whole: re.Pattern[str]

    def spans(self, texts: Sequence[str], limit: int) -> list[list[tuple[int, int]]]:
        """Where in each text the first matches stand, in order, none overlapping.

        A plain search for how they begin leaves few places to look at: ten times faster than
        the pattern by itself, which tries every stem at every letter. All texts are searched as one.
        """
        joined = "\n".join(texts)  # no word goes across
        lower = joined.lower()
        if len(lower) != len(joined):  # a letter became two, as a capital I with a dot does
            return [[match.span() for match in islice(self.whole.finditer(text), limit)] for text in texts]
        found: list[list[tuple[int, int]]] = [[] for _ in texts]
        number, base, end, marks, behind = -1, 0, 0, found[0] if found else [], 0
        for place in self._candidates(lower):
            while place >= end:
                number += 1
                base, marks = end, found[number]
                end += len(texts[number]) + 1
            if place >= behind and len(marks) < limit and (match := self.whole.match(joined, place)):
                behind = match.end()
                marks.append((place - base, behind - base))
        return found

    def _candidates(self, lower: str) -> list[int]:
        places: list[int] = []
        for begin in self.begins:
            place = lower.find(begin)
            while place >= 0:
                places.append(place)
                place = lower.find(begin, place + 1)
        if len(self.begins) > 1:
            places.sort()  # no two of them begin alike: each place is there once
        return places


@lru_cache(maxsize=2048)
def pattern(terms: tuple[str, ...]) -> Pattern | None:
    """A pattern for words that begin with one of the stems, also inside camelCase; None for no terms."""
    stems = {_begin(term): _stem(term) for term in terms if term and term[0] != "="}
    if not stems:
        return None
    longest_first = sorted(set(stems.values()), key=len, reverse=True)
    whole = re.compile(
        r"(?:(?<![A-Za-z0-9])|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z]))(?i:"
        + "|".join(longest_first)
        + ")"
    )
    begins = sorted(stems, key=len)  # what begins with a shorter one is found by that
    return Pattern(tuple(b for n, b in enumerate(begins) if not b.startswith(tuple(begins[:n]))), whole)


def _begin(term: str) -> str:
    """What a word of this stem begins with: "queri" is query, too."""
    return term[:-1] if len(term) > 3 and term.endswith("i") else term


def _stem(term: str) -> str:
    """A stem as pattern; short words stand only for themselves."""
    return re.escape(_begin(term)) + (r"s?(?![a-z])" if len(term) <= 3 else "[a-z]*")


def names_and_snippets(
    found: Pattern | None, texts: Sequence[tuple[str, str]]
) -> list[tuple[Spans, Snippet]]:
    """Of things' names and texts: where the pattern occurs in a name, and the snippet of its text."""
    if found is None:
        return [((), _snippet(text, ())) for _, text in texts]
    marked = []
    every = found.spans([f"{name}\n{text}" for name, text in texts], MARKS)
    for (name, text), marks in zip(texts, every, strict=True):
        behind = len(name) + 1
        in_name = [span for span in marks if span[0] < behind]
        in_text = [(a - behind, b - behind) for a, b in marks[len(in_name) :]]
        marked.append((tuple(in_name), _snippet(text, tuple(in_text))))
    return marked


def _snippet(text: str, marks: Spans) -> Snippet:
    """The window with the most found words, cut at words, with dots where text is left out."""
    if len(text) <= WIDTH:
        return Snippet(text, marks)
    first = _window(marks)
    low = _word_start(text, max(0, first - LEAD))
    high = low + WIDTH
    if high < len(text):
        cut = text.rfind(" ", low + WIDTH // 2, high)
        high = cut if cut > 0 else high
    before, after = "\u2026" if low else "", "\u2026" if high < len(text) else ""
    inside = tuple((a - low + len(before), b - low + len(before)) for a, b in marks if a >= low and b <= high)
    return Snippet(before + text[low:high] + after, inside)


def columns_snippet(found: Pattern | None, paths: str) -> Snippet | None:
    """The first columns that hold a found word, None where none does; `paths` are one a line."""
    if found is None:
        return None
    columns: dict[str, None] = {}
    for start, end in found.spans((paths,), COLUMNS_LOOKED_AT)[0]:
        low = paths.rfind("\n", 0, start) + 1
        high = paths.find("\n", end)
        columns[paths[low : high if high >= 0 else len(paths)]] = None
        if len(columns) == COLUMNS_SHOWN:
            break
    if not columns:
        return None
    heading = "columns: "
    text = heading + ", ".join(columns)
    return Snippet(text, tuple([span for span in found.spans((text,), MARKS)[0] if span[0] >= len(heading)]))


def _window(marks: Iterable[tuple[int, int]]) -> int:
    """Where the window with the most marks begins."""
    starts = [a for a, _ in marks]
    best, best_at, left = 0, 0, 0
    for right, start in enumerate(starts):
        while start - starts[left] > WIDTH - LEAD - 30:
            left += 1
        if right - left + 1 > best:
            best, best_at = right - left + 1, starts[left]
    return best_at


def _word_start(text: str, low: int) -> int:
    """The beginning of the word at `low`, or of the next one."""
    if low == 0:
        return 0
    space = text.find(" ", low, low + 40)
    return space + 1 if space >= 0 else low
