"""Cards, what a hit shows of each document, laid down in pieces that many cards share.

A hundred things of an app say the same of it: each of these values is kept once, as are titles and
descriptions, and a card is a row of their numbers. The id is read from the table of ids, and the
name is its end. A card of pieces is read as fast as a ready-made one, from a third of the bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from pydantic_core import from_json  # three times as fast as json, which a page of cards feels

from indexer.arrays import Array, Arrays, StringTable, smallest
from indexer.documents import CARD_FIELDS

TEXTS = ("title", "description")
_ID, _NAME = CARD_FIELDS.index("id"), CARD_FIELDS.index("name")
_TEXTS = tuple(CARD_FIELDS.index(name) for name in TEXTS)
_VALUES = tuple(place for place in range(len(CARD_FIELDS)) if place not in (_ID, _NAME, *_TEXTS))
VALUES_KEPT = 20_000  # values that a reader remembers


def lay_out_cards(cards: Iterable[tuple[Any, ...]]) -> Arrays:
    """The arrays `card_*` of cards in the order of their documents (values of CARD_FIELDS)."""
    texts: dict[str, int] = {}
    values: list[str] = []
    known: dict[int, dict[Any, int]] = {place: {} for place in (_NAME, *_VALUES)}

    def number(place: int, value: Any) -> int:
        found = known[place].get(value)
        if found is None:
            found = known[place][value] = len(values)
            values.append(json.dumps(value, ensure_ascii=False))
        return found

    rows = [
        [texts.setdefault(card[place], len(texts)) for place in _TEXTS]
        + [number(_NAME, _named(card[_ID], card[_NAME]))]
        + [number(place, card[place]) for place in _VALUES]
        for card in cards
    ]
    numbers = np.array(rows, np.int64).reshape(len(rows), len(TEXTS) + 1 + len(_VALUES))
    return {
        "card_numbers": smallest(numbers),
        **StringTable.build("card_texts", texts),
        **StringTable.build("card_values", values),
    }


def _named(item_id: str, name: str) -> int | str:
    """How much of an id stands before the name; the name where it is not the id's end."""
    return len(item_id) - len(name) if item_id.endswith(name) else name


class Cards:
    """Reads what lay_out_cards() made, beside the ids; safe for threads."""

    __slots__ = ("_documents", "_ids", "_numbers", "_texts", "_values")

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._ids = StringTable.open(arrays, "ids")
        self._documents = np.ascontiguousarray(arrays["doc_ids"]).data  # much quicker for one number
        self._numbers: Array = arrays["card_numbers"]
        self._texts = StringTable.open(arrays, "card_texts")
        self._values = _Values(StringTable.open(arrays, "card_values"))

    def __len__(self) -> int:
        return len(self._numbers)

    def values(self, document: int) -> tuple[Any, ...]:
        """The values of CARD_FIELDS of one document."""
        title, description, cut, kind, *others = self._numbers[document].tolist()
        item_id: str = self._ids[self._documents[document]]
        values, texts = self._values, self._texts
        name = _name(item_id, values[cut])
        known = map(values.__getitem__, others)
        return (item_id, values[kind], name, texts[title], texts[description], *known)

    def brief(self, document: int) -> tuple[str, str, str, tuple[str, ...]]:
        """No more than id, kind, name and apps."""
        _, _, cut, kind, app = self._numbers[document, :5].tolist()
        item_id: str = self._ids[self._documents[document]]
        values = self._values
        return item_id, values[kind], _name(item_id, values[cut]), values[app]

    def called(self, document: int) -> tuple[str, str]:
        """No more than name and title."""
        title, _, cut = self._numbers[document, :3].tolist()
        return _name(self._ids[self._documents[document]], self._values[cut]), self._texts[title]


def _name(item_id: str, cut: int | str) -> str:
    return item_id[cut:] if isinstance(cut, int) else cut


class _Values(dict[int, Any]):
    """Values by their number, each parsed when first asked for; lists as tuples."""

    def __init__(self, table: StringTable) -> None:
        super().__init__()
        self._table = table

    def __missing__(self, number: int) -> Any:
        value = from_json(self._table.raw(number))
        if isinstance(value, list):
            value = tuple(value)
        if len(self) >= VALUES_KEPT:
            self.clear()
        self[number] = value
        return value
