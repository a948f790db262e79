"""What a generation's values are called: what a query may mean, what is completed, what is corrected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from indexer.index.completion.suggester import Suggestion
from indexer.index.reader import FacetIndex, IndexReader, values_of
from indexer.model.card import Card
from indexer.model.ids import item_path
from search_app.understanding.model import AppName, Lexicon


def lexicon_of(reader: IndexReader) -> Lexicon:
    """The facet values of a generation, with apps and tools as people name them."""
    facets = reader.facets
    return Lexicon(
        apps=tuple(_apps(reader)),
        pings=tuple(values_of(facets["ping"])),
        types=tuple(values_of(facets["type"])),
        tools=tuple((card.name, card.title) for card in _cards(reader, "tool")),
        datasets=tuple(values_of(facets["dataset"])),
        tags=tuple(values_of(facets["tag"])),
        kinds=tuple(values_of(facets["kind"])),
        statuses=tuple(values_of(facets["status"])),
    )


def app_titles(reader: IndexReader) -> dict[str, str]:
    """The names that people know apps by."""
    return {card.name: card.title for card in _cards(reader, "app")}


def _apps(reader: IndexReader) -> Iterator[AppName]:
    weights = _sizes(reader.facets["app"])
    known = {card.name: card for card in _cards(reader, "app")}
    for app in values_of(reader.facets["app"]):
        card = known.get(app)
        ids = (*card.dataset,) if card else ()
        yield AppName(app, card.title if card else app, ids, weights.get(app, 0))


def _cards(reader: IndexReader, kind: str) -> Iterator[Card]:
    return (reader.card(int(document)) for document in reader.facets["kind"].documents(kind))


def _sizes(facet: FacetIndex) -> dict[str, int]:
    sizes = np.diff(facet.by_value.starts)
    return {facet.values[i]: int(size) for i, size in enumerate(sizes)}


TITLED = ("doc", "dashboard", "tool")


class CompletedCards:
    """What a completion shows, read from the cards."""

    def __init__(self, reader: IndexReader) -> None:
        self._reader = reader

    def called(self, document: int) -> tuple[str, str]:
        """Name and title."""
        return self._reader.cards.called(document)

    def completion(self, document: int) -> Suggestion:
        """The line that leads to the item's page."""
        card = self._reader.card(document)
        detail = _detail(card.type, card.app_title)
        # a reader knows a section or a dashboard by its title, not by its path
        text = card.title if card.kind in TITLED and card.title else card.name
        return Suggestion(text, card.kind, card.title or card.name, detail, item_path(card.id))


def _detail(type_: str, apps: Sequence[str]) -> str:
    """What stands small beside a completion: "labeled counter, 3 apps"."""
    shown = apps[0] if len(apps) == 1 else f"{len(apps)} apps" if apps else ""
    return ", ".join(part for part in (type_.replace("_", " "), shown) if part)
