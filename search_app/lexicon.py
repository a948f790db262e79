"""What a generation's values are called: what a query may mean, what is completed, what is mended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from indexer.analysis import spelling_key
from indexer.arrays import Array, Arrays, Rows, StringTable
from indexer.cards import Cards
from indexer.documents import FACETS
from search_app import spelling, suggest
from search_app.addresses import item_path
from search_app.corpus import Corpus, FacetIndex, values_of
from search_app.meaning import AppName, Lexicon
from search_app.ranking import WEIGHTS
from search_app.results import Card, Suggestion

SEEN = 4  # texts in which a word stands before it is taken for known
ALIVE = ("active", "unknown")


def lexicon_of(corpus: Corpus) -> Lexicon:
    """The facet values of a generation, with apps and tools as people name them."""
    facets = corpus.facets
    return Lexicon(
        apps=tuple(_apps(corpus)),
        pings=tuple(values_of(facets["ping"])),
        types=tuple(values_of(facets["type"])),
        tools=tuple((card.name, card.title) for card in _cards(corpus, "tool")),
        datasets=tuple(values_of(facets["dataset"])),
        tags=tuple(values_of(facets["tag"])),
        kinds=tuple(values_of(facets["kind"])),
        statuses=tuple(values_of(facets["status"])),
    )


def app_titles(corpus: Corpus) -> dict[str, str]:
    """The names that people know apps by."""
    return {card.name: card.title for card in _cards(corpus, "app")}


def _apps(corpus: Corpus) -> Iterator[AppName]:
    weights = _sizes(corpus.facets["app"])
    known = {card.name: card for card in _cards(corpus, "app")}
    for app in values_of(corpus.facets["app"]):
        card = known.get(app)
        ids = (*card.dataset,) if card else ()
        yield AppName(app, card.title if card else app, ids, weights.get(app, 0))


def _cards(corpus: Corpus, kind: str) -> Iterator[Card]:
    return (corpus.card(int(document)) for document in corpus.facets["kind"].documents(kind))


def _sizes(facet: FacetIndex) -> dict[str, int]:
    sizes = np.diff(facet.by_value.starts)
    return {facet.values[i]: int(size) for i, size in enumerate(sizes)}


def completion_arrays(arrays: Mapping[str, Array]) -> Arrays:
    """The arrays of completions and of spelling, from those of the documents; laid down with a generation."""
    surface = StringTable.open(arrays, "surface")
    counts: npt.NDArray[np.int32] = arrays["surface_counts"]
    named: npt.NDArray[np.bool_] = arrays["surface_named"]
    # A slip of upstream's own ("telemtry", once) is not a word that people mean.
    kept = np.flatnonzero(named | (counts >= SEEN)).tolist()
    words = {surface[i]: int(counts[i]) for i in kept}
    popular = {surface[i]: int(counts[i]) for i in np.flatnonzero(named).tolist()}
    made: Arrays = dict(spelling.build(words, _name_keys(Cards(arrays)), popular))
    made |= suggest.build(_entries(arrays), popular, {name: _filter_values(arrays, name) for name in FACETS})
    return made | {"completions_ready": np.ones(1, np.int8)}


def _name_keys(cards: Cards) -> list[str]:
    """The spelling key of every document's name, without the type of a probe."""
    briefs = (cards.brief(document) for document in range(len(cards)))
    short = (name.partition("/")[2] or name if kind == "probe" else name for _, kind, name, _ in briefs)
    return [spelling_key(name) for name in short]


class NamedCards:
    """What a completion shows, read from the cards."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def called(self, document: int) -> tuple[str, str]:
        """Name and title."""
        return self._corpus.cards.called(document)

    def completion(self, document: int) -> Suggestion:
        """The line that leads to the item's page."""
        card = self._corpus.card(document)
        detail = _detail(card.type, card.app_title)
        return Suggestion(card.name, card.kind, card.title or card.name, detail, item_path(card.id))


def _entries(arrays: Mapping[str, Array]) -> Iterator[suggest.Entry]:
    """One entry a family: its usual face stands first."""
    cards = Cards(arrays)
    family: npt.NDArray[np.int32] = arrays["family"]
    usage: npt.NDArray[np.int32] = arrays["usage"]
    for document in np.flatnonzero(np.diff(family, prepend=-1)).tolist():
        card = Card._make(cards.values(document))
        yield suggest.Entry(
            card.name,
            card.kind,
            card.title if card.title != card.name else "",
            float(usage[document]),
            _prior(card.kind, card.type),
            card.status in ALIVE,
            document,
        )


def _prior(kind: str, type_: str) -> float:
    """What a thing's kind and, of a table, its layer is worth."""
    return WEIGHTS.kinds.get(kind, 1.0) * (WEIGHTS.layers.get(type_, 1.0) if kind == "table" else 1.0)


def _detail(type_: str, apps: Sequence[str]) -> str:
    """What stands small beside a completion: "labeled counter, 3 apps"."""
    shown = apps[0] if len(apps) == 1 else f"{len(apps)} apps" if apps else ""
    return ", ".join(part for part in (type_.replace("_", " "), shown) if part)


def _filter_values(arrays: Mapping[str, Array], name: str) -> list[suggest.FilterValue]:
    values = StringTable.open(arrays, f"facet_{name}")
    sizes = np.diff(Rows.open(arrays, f"having_{name}").starts)
    titles = _app_titles(arrays) if name == "app" else {}
    return [
        suggest.FilterValue(values[i], titles.get(values[i], values[i]), int(size))
        for i, size in enumerate(sizes)
    ]


def _app_titles(arrays: Mapping[str, Array]) -> dict[str, str]:
    """Apps as people know them, so that `app:firefox…` is completed too."""
    cards = Cards(arrays)
    kinds = StringTable.open(arrays, "facet_kind")
    apps = Rows.open(arrays, "having_kind").row(kinds.find("app"))
    return dict(cards.called(app) for app in apps.tolist())
