"""Cards, what a hit shows of each document, laid down in pieces that many cards share.

A hundred things of an app say the same of it: what cards have in common is kept once, as are titles
and descriptions, and a card is three numbers. Its id is read from the table of ids, and the name is
the id's end. A card of pieces is read faster than a ready-made one, from a quarter of the bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any

import numpy as np
from pydantic_core import from_json  # three times as fast as json, which a page of cards feels

from indexer.index.arrays import Array, Arrays, StringTable, smallest
from indexer.index.format import CARD_COMMON, CARD_NUMBERS, CARD_TEXTS, CARD_VALUES, DOC_IDS, IDS
from indexer.model.card import Card

_ID, _NAME = Card._fields.index("id"), Card._fields.index("name")
_TEXTS = (Card._fields.index("title"), Card._fields.index("description"))
_VALUES = tuple(place for place in range(len(Card._fields)) if place not in (_ID, _NAME, *_TEXTS))
_COMMON = itemgetter(*_VALUES)
COMMON_KEPT = 10_000  # rows of what cards have in common that a reader remembers
VALUES_KEPT = 20_000  # and values


def lay_out_cards(cards: Iterable[tuple[Any, ...]]) -> Arrays:
    """The arrays `card_*` of cards in the order of their documents."""
    texts: dict[str, int] = {}
    common: dict[tuple[Any, ...], int] = {}
    rows = []
    for card in cards:
        title, description = (texts.setdefault(card[place], len(texts)) for place in _TEXTS)
        shared = (_named(card[_ID], card[_NAME]), *_COMMON(card))
        rows.append((title, description, common.setdefault(shared, len(common))))
    values: list[str] = []
    known: dict[tuple[int, Any], int] = {}  # by place too: False is not 0

    def number(place: int, value: Any) -> int:
        found = known.get((place, value))
        if found is None:
            found = known[place, value] = len(values)
            values.append(json.dumps(value, ensure_ascii=False))
        return found

    numbers = [[number(place, value) for place, value in enumerate(shared)] for shared in common]
    return {
        **CARD_NUMBERS.lay(smallest(np.array(rows, np.int64).reshape(-1, 3))),
        **CARD_COMMON.lay(smallest(np.array(numbers, np.int64).reshape(-1, 1 + len(_VALUES)))),
        **CARD_TEXTS.lay(texts),
        **CARD_VALUES.lay(values),
    }


def _named(item_id: str, name: str) -> int | str:
    """How much of an id stands before the name; the name where it is not the id's end."""
    return len(item_id) - len(name) if item_id.endswith(name) else name


class Cards:
    """Reads what lay_out_cards() made, beside the ids; safe for threads."""

    __slots__ = ("_common", "_documents", "_ids", "_numbers", "_texts")

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._ids = IDS.read(arrays)
        self._documents = np.ascontiguousarray(DOC_IDS.read(arrays)).data  # much quicker for one number
        self._numbers: Array = CARD_NUMBERS.read(arrays)
        self._texts = CARD_TEXTS.read(arrays)
        self._common = _Common(CARD_COMMON.read(arrays), CARD_VALUES.read(arrays))

    def __len__(self) -> int:
        return len(self._numbers)

    def values(self, document: int) -> tuple[Any, ...]:
        """The values of one document's Card."""
        title, description, common = self._numbers[document].tolist()
        cut, kind, others = self._common[common]
        item_id: str = self._ids[self._documents[document]]
        texts = self._texts
        return (item_id, kind, _name(item_id, cut), texts[title], texts[description], *others)

    def brief(self, document: int) -> tuple[str, str, str, tuple[str, ...]]:
        """No more than id, kind, name and apps."""
        cut, kind, others = self._common[int(self._numbers[document, 2])]
        item_id: str = self._ids[self._documents[document]]
        return item_id, kind, _name(item_id, cut), others[0]

    def called(self, document: int) -> tuple[str, str]:
        """No more than name and title."""
        title, _, common = self._numbers[document].tolist()
        return _name(self._ids[self._documents[document]], self._common[common][0]), self._texts[title]


def _name(item_id: str, cut: int | str) -> str:
    return item_id[cut:] if isinstance(cut, int) else cut


class _Common(dict[int, tuple[int | str, str, tuple[Any, ...]]]):
    """What cards have in common by its number, put together when first asked for: cut, kind, all else."""

    def __init__(self, numbers: Array, values: StringTable) -> None:
        super().__init__()
        self._numbers = numbers
        self._values = _Values(values)

    def __missing__(self, number: int) -> tuple[int | str, str, tuple[Any, ...]]:
        cut, kind, *others = map(self._values.__getitem__, self._numbers[number].tolist())
        if len(self) >= COMMON_KEPT:
            self.clear()
        found = self[number] = (cut, kind, tuple(others))
        return found


class _Values(dict[int, Any]):
    """Values by their number, each parsed when first asked for; lists as tuples."""

    def __init__(self, table: StringTable) -> None:
        super().__init__()
        self._table = table

    def __missing__(self, number: int) -> Any:
        value = from_json(self._table.raw(number))
        if len(self) >= VALUES_KEPT:
            self.clear()
        found = self[number] = tuple(value) if isinstance(value, list) else value
        return found
