"""The arrays of completions and spelling, made from those of the documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from indexer.index.arrays import Array, Arrays
from indexer.index.completion import entries, spellchecker
from indexer.index.documents.document import FACETS
from indexer.index.format import (
    FACET_VALUES,
    GROUP,
    HAVING,
    SURFACE,
    SURFACE_COUNTS,
    SURFACE_NAMED,
    USAGE,
)
from indexer.index.stored_fields import Cards
from indexer.index.weights import WEIGHTS
from indexer.model.card import Card
from indexer.text.analysis import spelling_key

SEEN = 4  # texts in which a word stands before it is taken for known
ALIVE = ("active", "unknown")


def completion_arrays(arrays: Mapping[str, Array]) -> Arrays:
    """The arrays of completions and of spelling, from those of the documents."""
    surface = SURFACE.read(arrays)
    counts: npt.NDArray[np.int32] = SURFACE_COUNTS.read(arrays)
    named: npt.NDArray[np.bool_] = SURFACE_NAMED.read(arrays)
    # A slip of upstream's own ("telemtry", once) is not a word that people mean.
    kept = np.flatnonzero(named | (counts >= SEEN)).tolist()
    words = {surface[i]: int(counts[i]) for i in kept}
    popular = {surface[i]: int(counts[i]) for i in np.flatnonzero(named).tolist()}
    made: Arrays = dict(spellchecker.build(words, _name_keys(Cards(arrays)), popular))
    made |= entries.build(_entries(arrays), popular, {name: _filter_values(arrays, name) for name in FACETS})
    return made


def _name_keys(cards: Cards) -> list[str]:
    """The spelling key of every document's name, without the type of a probe."""
    briefs = (cards.brief(document) for document in range(len(cards)))
    short = (name.partition("/")[2] or name if kind == "probe" else name for _, kind, name, _ in briefs)
    return [spelling_key(name) for name in short]


def _entries(arrays: Mapping[str, Array]) -> Iterator[entries.Entry]:
    """One entry a family: its usual face stands first."""
    cards = Cards(arrays)
    family: npt.NDArray[np.int32] = GROUP.read(arrays)
    usage: npt.NDArray[np.int32] = USAGE.read(arrays)
    for document in np.flatnonzero(np.diff(family, prepend=-1)).tolist():
        card = Card._make(cards.values(document))
        yield entries.Entry(
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


def _filter_values(arrays: Mapping[str, Array], name: str) -> list[entries.FilterValue]:
    values = FACET_VALUES[name].read(arrays)
    sizes = np.diff(HAVING[name].read(arrays).starts)
    titles = _app_titles(arrays) if name == "app" else {}
    return [
        entries.FilterValue(values[i], titles.get(values[i], values[i]), int(size))
        for i, size in enumerate(sizes)
    ]


def _app_titles(arrays: Mapping[str, Array]) -> dict[str, str]:
    """Apps as people know them, so that `app:firefox…` is completed too."""
    cards = Cards(arrays)
    kinds = FACET_VALUES["kind"].read(arrays)
    apps = HAVING["kind"].read(arrays).row(kinds.find("app"))
    return dict(cards.called(app) for app in apps.tolist())
