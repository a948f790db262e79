"""From a query to the groups that answer it, before any of them is shown.

The one path of every search, count and export: understand, score, filter, decide how
near a miss may be, collapse.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from indexer.index.completion.spellchecker import Speller
from indexer.index.completion.suggester import Suggester
from indexer.index.reader import Bools, IndexReader, Ints, Mapped
from indexer.index.weights import ENOUGH, NEAR_NAMES, SEVERAL, SHORTEST_NEAR_NAME, Floats
from indexer.store.reader import Store
from indexer.text.analysis import identifier_words, spelling_key, stem
from search_app.engine.collapse import Collapsed, collapse, collapse_in_order, demote_namesakes
from search_app.engine.features import Traits
from search_app.engine.filters import masks, respelled, together
from search_app.engine.learned_order import Learned, LearnedOrder, best_groups, put_in_order
from search_app.engine.name_match import Holder, holders
from search_app.engine.planner import Plan, plan
from search_app.engine.scorer import Scored, score
from search_app.query.model import Query
from search_app.understanding.model import Lexicon, Understanding
from search_app.understanding.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Searchable:
    """A generation with all that searching it needs."""

    reader: IndexReader
    mapped: Mapped
    store: Store
    speller: Speller
    suggester: Suggester
    lexicon: Lexicon
    vocabulary: Vocabulary
    titles: dict[str, str]  # of apps
    today: date
    traits: Traits
    order: LearnedOrder | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a query matches."""

    meaning: Understanding
    plan: Plan
    scored: Scored  # before filters
    masks: dict[str, Bools]  # by filter, over all documents
    chosen: Bools  # by candidate: near enough to be a hit
    usual: Bools  # the same as it would be without filters; differs only where these leave none of them
    places: npt.NDArray[np.int64]  # of what matches, among the candidates
    values: npt.NDArray[np.float64]  # by matching document: what it is sorted by, the largest first
    collapsed: Collapsed
    relaxed: bool  # nothing holds every word: near misses are shown
    held: tuple[Holder, ...] = ()  # who holds a column, an extra key or a label that was typed
    learned: Learned | None = None  # what the learned order did

    @property
    def total(self) -> int:
        """Groups that match, all pages together: what `total` is in JSON."""
        return len(self.collapsed)

    def complete(self, reader: IndexReader) -> int:
        """How many groups have a matching member that holds every wanted word."""
        return count_groups(reader, self.collapsed.ids[self.scored.full[self.places]])

    @property
    def corrected_text(self) -> str:
        """What was typed with its unknown words replaced, in case and place; "" if there are none."""
        text = changed = self.meaning.query.text
        for wrong, right in self.plan.corrected.items():
            at = _plain(changed).find(wrong)
            if at >= 0:
                changed = changed[:at] + right + changed[at + len(wrong) :]
        return changed if changed != text else ""


def _plain(text: str) -> str:
    """A text in lower case without accents, every letter in its place: the slip in "caf\u00e9" is "cafe"."""
    return "".join((unicodedata.normalize("NFKD", letter)[:1] or letter).lower()[:1] for letter in text)


def search(on: Searchable, query: Query) -> Found:
    """All that a query matches."""
    reader = on.reader
    meaning, planned = plan(query, on.lexicon, on.vocabulary, reader, on.speller)
    if meaning.query.filters or meaning.query.exclude_filters:
        meaning = replace(meaning, query=respelled(meaning.query, reader))
    query = meaning.query
    held = holders(reader, on.store.schema_digests_with, meaning)
    scored = score(reader, meaning, planned, near_names(on, query), held)
    filtered = query.filters or query.exclude_filters or query.ranges
    found = masks(reader, query, on.store.schema_digests_with, on.today) if filtered else {}
    allowed = together(found) if found else None
    if query.snippet is not None and scored.full.any():
        usual, relaxed = scored.full, False  # code holds words that are nobody's: what it names is meant
    else:
        usual, relaxed = _near_enough(reader, scored, planned)
    chosen, inside = usual, usual
    if allowed is not None:
        inside = usual & allowed[scored.ids]
        if not inside.any():
            chosen = scored.cover >= planned.near
            inside = chosen & allowed[scored.ids]
            relaxed = bool(inside.any())
    places = inside.nonzero()[0]
    values = sort_values(reader, query.sort, scored.ids[places], scored.scores[places])
    if query.sort == "relevance":
        collapsed = demote_namesakes(reader, collapse(reader, scored.ids[places], values), values)
    else:
        collapsed = collapse_in_order(reader, scored.ids[places], values)
    learned = None
    if query.sort == "relevance" and on.order is not None:
        best = best_groups(reader, on.traits, meaning, planned, scored, places, values, collapsed)
        if best is not None:
            collapsed, learned = put_in_order(on.order, best, collapsed)
    return Found(
        meaning, planned, scored, found, chosen, usual, places, values, collapsed, relaxed, held, learned
    )


def near_names(on: Searchable, query: Query) -> dict[int, float]:
    """Documents whose whole name is a slip away from what was typed, with how near."""
    typed = [term.text for term in query.terms if term.kind == "word" and not term.exclude]
    if not 1 <= len(typed) <= 4 or len(typed) != len(query.terms):
        return {}
    key = spelling_key("".join(typed))
    if len(key) < SHORTEST_NEAR_NAME or len(on.reader.named(key)[0]):
        return {}
    unknown = [
        piece for text in typed for piece in identifier_words(text) if not on.reader.frequency(stem(piece))
    ]
    if not unknown and len(typed) > 1:
        return {}
    return {name.index: 1.0 / name.distance for name in on.speller.near_names(key, NEAR_NAMES)}


def _near_enough(reader: IndexReader, scored: Scored, planned: Plan) -> tuple[Bools, bool]:
    """Which candidates count as hits: those with every word; near misses where these fill no page.

    Decided before any filter, so that a facet's count is what choosing its value gives. See SEVERAL.
    """
    full = scored.full
    complete = count_groups(reader, scored.ids[full])
    near = scored.cover >= planned.near
    if complete >= ENOUGH and planned.telling < SEVERAL:
        least = np.partition(scored.scores[full], -ENOUGH)[-ENOUGH]
        return full | (near & (scored.scores >= least)), False
    if not near.any():
        near = np.ones(len(near), np.bool_)
    return near, not complete and bool(len(near))


def count_groups(reader: IndexReader, ids: Ints) -> int:
    """How many groups have a member among ascending documents."""
    group = reader.group[ids]
    return int(np.count_nonzero(group[1:] != group[:-1])) + 1 if len(group) else 0


def sort_values(reader: IndexReader, sort: str, ids: Ints, scores: Floats) -> npt.NDArray[np.float64]:
    """What documents are sorted by, the largest first."""
    if sort == "name":
        return -reader.name_rank[ids].astype(np.float64)
    if sort == "newest":  # of one day in order of names
        return reader.added[ids].astype(np.float64) - reader.name_rank[ids] / (reader.size + 1.0)
    return scores.astype(np.float64)
