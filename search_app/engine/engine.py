"""The engine over postings and facets of a Whoosh index, read as arrays: the implementation of protocol.py.

Every array is read-only and shared by threads; answers are kept under a lock. An engine stands on one
generation for good: whoever holds it opens another beside it (search_app/web/state.py).
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, partial
from pathlib import Path

import numpy as np

from indexer.index.arrays import Arrays
from indexer.index.completion.spellchecker import Speller
from indexer.index.completion.suggester import Suggester, Suggestion
from indexer.index.generation import FORMAT_VERSION, Generation, current_name, open_generation
from indexer.index.integrity import Choice, check_rest, choose, is_checked
from indexer.index.reader import Bools, IndexReader, Mapped
from indexer.index.weights import WEIGHTS, Weights
from indexer.model.card import Variant
from indexer.model.items import AnyItem
from indexer.model.kinds import KINDS
from indexer.model.table_records import Column
from indexer.store.reader import Store
from search_app.engine.collapse import group_starts
from search_app.engine.completion import complete
from search_app.engine.facets import (
    Counts,
    all_counts,
    chosen_counts,
    counts,
    facet_of,
    without_strangers,
)
from search_app.engine.features import Traits
from search_app.engine.filters import PAIRED, masks, near_values, together
from search_app.engine.hits import hits, recognised
from search_app.engine.learned_order import shipped_order
from search_app.engine.lexicon import CompletedCards, app_titles, lexicon_of
from search_app.engine.protocol import Standing
from search_app.engine.relaxation import ways_out
from search_app.engine.results import Facet, Results
from search_app.engine.searcher import Found, Searchable, search
from search_app.query.grammar import FILTER_FORMS
from search_app.query.model import Filters, Query
from search_app.query.parser import parse_query
from search_app.understanding.vocabulary import Vocabulary, load_vocabulary

MOST_HITS_KEPT = 100  # of an answer that is kept: an export's would take the room of twenty
RESULTS_KEPT = 512  # answers kept: people, pages and feeds ask the same again
FEW = 1  # with fewer hits than this, ways out are looked for

shipped_vocabulary = cache(load_vocabulary)  # once a process: an engine is opened for each new generation


class SearchEngine:
    """Answers from one generation: the current one of a data folder as it was made. Safe for threads."""

    def __init__(
        self,
        data_dir: Path,
        *,
        vocabulary: Vocabulary | None = None,
        weights: Weights = WEIGHTS,
        results_kept: int = RESULTS_KEPT,
        learned: bool = True,
    ) -> None:
        """Raises NothingIntact where no generation can answer, ValueError for one of another format."""
        choice = choose(data_dir)  # first: a server with nothing indexed asks for it at every request
        self._data_dir = data_dir
        self._name = choice.folder.name
        self._weights = weights
        self._order = shipped_order() if learned else None
        self._vocabulary = vocabulary or shipped_vocabulary()
        self._kept: OrderedDict[Query, Results] = OrderedDict()
        self._keep = results_kept
        self._lock = threading.Lock()
        self._reading: threading.Thread | None = None
        self._on = self._open(choice)

    @property
    def generation(self) -> Generation:
        """The generation that answers."""
        return self._on.reader.generation

    @property
    def searchable(self) -> Searchable:
        """The generation in use with all that searching it needs: for who measures the engine from within."""
        return self._on

    def search(self, query: Query) -> Results:
        """Hits, facets and help for a query; never raises for anything a user typed."""
        began = time.perf_counter()
        on = self._on
        with self._lock:
            results = self._kept.get(query)
            if results is not None:
                self._kept.move_to_end(query)
        if results is None:
            results = _answer(on, query)
            on.mapped.bound()
            if len(results.hits) > MOST_HITS_KEPT:
                return results
            with self._lock:
                self._kept[query] = results
                while len(self._kept) > self._keep:
                    self._kept.popitem(last=False)
        return replace(results, took_ms=round((time.perf_counter() - began) * 1000, 3))

    def suggest(self, text: str, limit: int = 10) -> list[Suggestion]:
        """Completions of the last word, best first."""
        on = self._on
        return complete(on.reader, on.suggester, on.speller, text, limit)

    def items(self, kind: str) -> Iterator[AnyItem]:
        """Every item of a kind, in the order of their ids: a list, not a search."""
        return self._on.store.of_kind(kind)

    def passing(self, filters: Filters) -> Iterator[Variant]:
        """What passes filters, each thing by itself: neither ranked nor grouped."""
        on = self._on
        found = together(masks(on.reader, Query(filters=filters), on.store.schema_digests_with, on.today))
        ids = range(on.reader.size) if found is None else np.flatnonzero(found).tolist()
        return (Variant._make(on.reader.cards.brief(document)) for document in ids)

    def get(self, item_id: str) -> AnyItem | None:
        """The whole item, None where there is none of that id."""
        return self._on.store.item(item_id)

    def known(self, ids: Iterable[str]) -> frozenset[str]:
        """Those of the ids that there is an item of."""
        return self._on.store.known(ids)

    def columns(self, schema_digest: str) -> Sequence[Column]:
        """All columns of a table's schema, in upstream's order; empty where unknown."""
        return self._on.store.columns(schema_digest) if schema_digest else ()

    def disconnect(self) -> None:
        """Close this thread's connection to the store; the next look into it opens another."""
        self._on.store.close()

    def standing(self) -> Standing:
        """Whether this is still the generation to answer from. Raises NothingIntact where none is intact.

        Whether a newer one is intact is found out when it is opened: it takes 0.1 s to read.
        """
        if not self.generation.passed_over and current_name(self._data_dir) not in ("", self._name):
            return "superseded"
        choice = choose(self._data_dir)
        if choice.generation == self.generation:
            self._read_rest(choice)
            return "current"
        return "damaged" if choice.passed_over else "superseded"

    def _read_rest(self, choice: Choice) -> None:
        """Compare what was too large at the opening, beside the requests."""
        if self._reading is None and not is_checked(choice.folder):
            self._reading = threading.Thread(target=check_rest, args=(choice.folder,), daemon=True)
            self._reading.start()
        elif self._reading is not None and not self._reading.is_alive():
            self._reading = None

    def _open(self, choice: Choice) -> Searchable:
        opened = open_generation(choice.folder, choice.generation.passed_over)
        store = Store(opened.store_path)
        if opened.manifest.format_version < FORMAT_VERSION:
            _try_items(store)
        reader = IndexReader(opened, self._weights)
        arrays: Arrays = opened.arrays
        return Searchable(
            reader=reader,
            mapped=Mapped(opened.arrays),
            store=store,
            speller=Speller(arrays),
            suggester=Suggester(arrays, CompletedCards(reader), FILTER_FORMS),
            lexicon=lexicon_of(reader),
            vocabulary=self._vocabulary,
            titles=app_titles(reader),
            today=date.fromisoformat(opened.manifest.today),
            traits=Traits.of(reader),
            order=self._order,
        )


def _try_items(store: Store) -> None:
    """Raises ValueError where the items of an older format are not what this program reads."""
    for kind in KINDS:
        next(store.of_kind(kind), None)


def _answer(on: Searchable, query: Query) -> Results:
    found = search(on, query)
    meant = found.meaning.query
    near = partial(near_values, on.reader)
    help_ = (
        ways_out(meant, found, lambda q: search(on, q).total, parse_query, near) if found.total < FEW else ()
    )
    return Results(
        total=found.total,
        hits=hits(on.reader, found, meant),
        facets=_facets(on, found, meant),
        generation=on.reader.generation,
        took_ms=0.0,
        terms=tuple(clause.text for clause in found.plan.wanted),
        understood=found.meaning.chips,
        did_you_mean=found.corrected_text or None,
        help=help_,
        relaxed=found.relaxed,
        complete=found.complete(on.reader),
        recognised=recognised(on.reader, query.snippet),
    )


def _facets(on: Searchable, found: Found, query: Query) -> tuple[Facet, ...]:
    """Each wanted facet, counted without its own filter so that other values can be chosen."""
    reader = on.reader
    facets = []
    counts_of = all_counts(reader, found.collapsed.ids, found.collapsed.starts) if query.facets else {}
    for name in query.facets:
        chosen = query.filters.get(name, ())
        others = query.filters.get(PAIRED.get(name, ""), ())
        shown = counts_of[name]
        if others or name in found.masks:
            shown = chosen_counts(reader, name, _without(on, found, name, others), chosen)
        facets.append(facet_of(reader, name, shown, chosen, on.titles))
    return tuple(facets)


def _without(on: Searchable, found: Found, name: str, others: Sequence[str]) -> Counts:
    """Groups by value of every facet, as if one filter were not there; `others`: values that filter the
    facet that this one is paired with."""
    reader, ids = on.reader, found.scored.ids
    mask = together(found.masks, without=name)

    def counted(chosen: Bools) -> Counts:
        matching = ids[chosen if mask is None else chosen & mask[ids]]
        every = counts(reader, matching, group_starts(reader, matching))
        return without_strangers(reader, name, others, matching, every) if others else every

    usual = counted(found.usual)
    return usual if found.chosen is found.usual else np.where(usual > 0, usual, counted(found.chosen))
