"""What of an item is searched as text: what it is called, its short words, its prose.

Which of them counts how much is decided at query time (weights.py); here only how much one occurrence
of a name counts.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from indexer.model.items import (
    AnyItem,
    DashboardItem,
    DocItem,
    ExploreItem,
    MetricItem,
    PingItem,
    ProbeItem,
    RoutineItem,
    TableItem,
    ToolItem,
)
from indexer.text.analysis import compounds, identifier_words, stem
from indexer.text.plain_text import plain_text

DESCRIPTION_LIMIT = 2000  # characters of a card's description
PROSE_LIMIT = 20_000  # characters of one text: the longest README says nothing new behind that
ALIAS_LIMIT = 40  # aliases whose words are searched; all of them are exact names
LABEL_LIMIT = 400  # labels and extras whose words are searched
GIST_LIMIT = 400  # characters of a description that say what a thing is about
# What stands in any sentence; whatever else is small is searched.
SMALL_WORDS = frozenset(
    re.findall(
        r"\w+",
        """a about all an and any are as at be been by can could did do does for from had has have how i if in
        into is it its many me much my no not of on one or our per should than that the there this to was we
        were what when where which who why with would you your""",
    )
)
TEXTS_KEPT = 200_000  # texts whose words are remembered: two of three stand in more than one place


def texts_of(item: AnyItem) -> tuple[list[tuple[str, float]], list[str], list[str]]:
    """What an item is called, with how much one occurrence counts; its short words; its prose."""
    prose = [plain(text, PROSE_LIMIT) for text in _prose(item) if text]
    return [name for name in _names(item) if name[0]], [text for text in _labels(item) if text], prose


def _names(item: AnyItem) -> list[tuple[str, float]]:
    if isinstance(item, TableItem):
        return [(item.table, 1.0), (item.dataset, 0.4)]
    if isinstance(item, DocItem):  # a reader knows a section by its heading; the path says where it stands
        return [(item.title, 1.0), (item.section.page_title, 0.5)]
    if isinstance(item, ProbeItem):
        return [(short_name(item), 1.0)]
    if isinstance(item, ToolItem | RoutineItem):
        return [(item.name, 1.0), (item.title, 1.0)]
    return [(item.name, 1.0), (item.title, 0.5)]


def _labels(item: AnyItem) -> Iterable[str]:
    if item.title != item.name:
        yield item.title
    yield from item.labels[:LABEL_LIMIT]
    yield from item.asked
    yield from item.tags
    yield from item.aliases[:ALIAS_LIMIT]
    yield item.kind
    yield item.type.replace("_", " ")
    if len(item.apps) <= 3:  # a library's metric names no app in particular
        yield from item.apps
        yield from item.app_titles
    if isinstance(item, DocItem):
        yield item.name.partition("#")[0].removesuffix(".md")
        yield from item.section.breadcrumb


def _prose(item: AnyItem) -> Iterable[str]:
    yield item.description
    yield item.commentary
    yield item.warning
    if isinstance(item, DocItem):
        if item.section.text != item.description:
            yield item.section.text
    elif isinstance(item, TableItem | RoutineItem):
        yield item.readme
    elif isinstance(item, DashboardItem):
        yield from dict.fromkeys(tile.note for tile in item.tiles)
        yield from item.filters
    elif isinstance(item, ExploreItem):
        yield item.label
        for measure in item.measures:
            yield f"{measure.title} {measure.description}"
    elif isinstance(item, ToolItem):
        yield item.summary
        yield from item.use_when
    elif isinstance(item, MetricItem) and item.definition:
        yield from (extra.description for extra in item.definition.extra_keys)
    elif isinstance(item, PingItem):
        if item.definition:
            yield from item.definition.reasons.values()
        yield from (f"{f.name} {f.description}" for f in item.schema_fields)


def gist_of(item: AnyItem) -> tuple[str, ...]:
    """What an item is about: its title and name; what is said of it first; each way of asking for it."""
    name = item.section.page_title if isinstance(item, DocItem) else short_name(item)
    summary = item.summary if isinstance(item, ToolItem) else ""
    said = plain(item.description, PROSE_LIMIT)[:GIST_LIMIT]
    return (f"{item.title} {name}", f"{summary} {said}", *item.asked)


def plain(markdown: str, limit: int) -> str:
    """plain_text(), which of a text that fits any limit need be made only once."""
    return _plain_whole(markdown) if len(markdown) <= DESCRIPTION_LIMIT else plain_text(markdown, limit)


@lru_cache(maxsize=TEXTS_KEPT)
def _plain_whole(markdown: str) -> str:
    return plain_text(markdown)


def short_name(item: AnyItem) -> str:
    """The name without what its kind puts before it: GC_MS of histogram/GC_MS."""
    return item.name.partition("/")[2] if isinstance(item, ProbeItem) else item.name


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as words."""

    pieces: tuple[str, ...]  # as people write them; all are interned: few words stand in many texts
    terms: tuple[str, ...]  # each stemmed, in order
    compounds: tuple[str, ...]  # the terms of camelCase words taken whole


@lru_cache(maxsize=TEXTS_KEPT)
def read(text: str) -> Reading:
    """The words of a text; each text is taken apart once, in however many items it stands."""
    pieces = tuple(map(sys.intern, identifier_words(text)))
    return Reading(pieces, tuple(map(_stem, pieces)), tuple(map(sys.intern, compounds(text))))


@lru_cache(maxsize=TEXTS_KEPT)
def _stem(word: str) -> str:
    return sys.intern(stem(word))


def pieces_of(texts: Iterable[str]) -> tuple[str, ...]:
    """The words of texts as people write them, each once."""
    return tuple(dict.fromkeys(chain.from_iterable(read(text).pieces for text in texts)))


def told_terms(text: str) -> tuple[str, ...]:
    """The terms of a text without small words."""
    reading = read(text)
    pairs = zip(reading.pieces, reading.terms, strict=True)
    return tuple(term for piece, term in pairs if piece not in SMALL_WORDS)


def _found(text: str) -> tuple[str, ...]:
    reading = read(text)
    return reading.terms + reading.compounds


def counted(texts: Iterable[str]) -> Mapping[str, float]:
    """How often each word occurs."""
    return Counter(chain.from_iterable(map(_found, texts)))


def named(texts: Iterable[tuple[str, float]]) -> Mapping[str, float]:
    """How much each word of names counts. In one name a word counts once, however often it stands there:
    a name that says a word twice (bookmarks_toolbar_bookmark_added) is not more about it."""
    terms: dict[str, float] = {}
    for text, weight in texts:
        for word in dict.fromkeys(_found(text)):
            terms[word] = terms.get(word, 0.0) + weight
    return terms


def stream_of(texts: Iterable[str]) -> tuple[str, ...]:
    """The terms of texts in order, "" where one ends: no phrase may cross it."""
    stream: list[str] = []
    for text in texts:
        stream += read(text).terms
        stream.append("")
    return tuple(stream)
