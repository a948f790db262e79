"""The protocol of a search engine: what pages, API and command line may ask of one.

engine.py is the implementation; a cluster engine would be a second one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal, Protocol

from indexer.index.completion.suggester import Suggestion
from indexer.index.generation import Generation
from indexer.model.card import Variant
from indexer.model.items import AnyItem
from indexer.model.table_records import Column
from search_app.engine.results import Hit, Results
from search_app.query.model import Filters, Query

# of the generation that an engine stands on: another one is to answer because it is newer (or was gone back
# to), or at once, because this one or the newest is damaged
Standing = Literal["current", "superseded", "damaged"]


class Engine(Protocol):
    """One generation that answers. Safe for threads."""

    @property
    def generation(self) -> Generation:
        """The generation that answers."""
        ...

    def search(self, query: Query) -> Results:
        """Hits, facets and help for a query; never raises for anything a user typed."""
        ...

    def suggest(self, text: str, limit: int = 10) -> list[Suggestion]:
        """Completions of the last word, best first."""
        ...

    def items(self, kind: str) -> Iterator[AnyItem]:
        """Every item of a kind, in the order of their ids: a list, not a search."""
        ...

    def passing(self, filters: Filters) -> Iterator[Variant]:
        """What passes filters, each thing by itself: neither ranked nor grouped."""
        ...

    def get(self, item_id: str) -> AnyItem | None:
        """The whole item, None where there is none of that id."""
        ...

    def known(self, ids: Iterable[str]) -> frozenset[str]:
        """Those of the ids that there is an item of: a page links to no other."""
        ...

    def columns(self, schema_digest: str) -> Sequence[Column]:
        """All columns of a table's schema, in upstream's order; empty where unknown."""
        ...

    def standing(self) -> Standing:
        """Whether this is still the generation to answer from. Raises NothingIntact where there is none."""
        ...

    def disconnect(self) -> None:
        """Close what only this thread has open and no forked process may share; it is opened when needed."""
        ...


def every_hit(engine: Engine, query: Query) -> Iterator[Hit]:
    """All hits of a query through its pages, from the first on."""
    page, seen = 1, 0
    while True:
        results = engine.search(replace(query, page=page))
        yield from results.hits
        seen, page = seen + len(results.hits), page + 1
        if not results.hits or seen >= results.total:
            return
