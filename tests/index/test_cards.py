"""Cards laid down in pieces come out as they went in."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.index.arrays import Arrays, StringTable
from indexer.index.stored_fields import Cards, lay_out_cards
from indexer.model.card import Card

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
LISTS = ("app", "app_title", "ping", "table", "dataset", "tags", "sensitivity")


def card(item_id: str, name: str, **values: Any) -> Card:
    made = dict.fromkeys(Card._fields, "") | dict.fromkeys(LISTS, ()) | {"table_count": 0, "sampled": False}
    return Card(**(made | {"id": item_id, "name": name} | values))


def laid_out(cards: list[Card]) -> Arrays:
    ids = [str(each[0]) for each in cards]
    order = sorted(range(len(ids)), key=lambda place: ids[place].encode())
    return {
        **lay_out_cards(cards),
        **StringTable.build("ids", [ids[place] for place in order]),
        "doc_ids": np.argsort(np.array(order, np.int64)),
    }


FENIX = card(
    "metric/fenix/search.count", "search.count", kind="metric", title="Search count", app=("fenix",),
    description="How often", table=("fenix.metrics",), table_count=1, sampled=True,
)  # fmt: skip
KLAR = card("metric/klar/search.count", "search.count", kind="metric", app=("klar",), table_count=1)
TOOL = card("tool/glam", "GLAM", kind="tool", title="GLAM")  # its id does not end with its name


def test_a_card_comes_out_as_it_went_in_and_so_do_parts_of_it() -> None:
    cards = Cards(laid_out([TOOL, KLAR, FENIX]))
    assert [cards.values(place) for place in range(len(cards))] == [TOOL, KLAR, FENIX]
    assert Card._make(cards.values(2)).sampled is True
    assert cards.brief(2) == ("metric/fenix/search.count", "metric", "search.count", ("fenix",))
    assert cards.brief(0) == ("tool/glam", "tool", "GLAM", ())
    assert cards.called(2) == ("search.count", "Search count")


def test_what_cards_share_is_kept_once() -> None:
    arrays = laid_out([KLAR, FENIX])
    texts, values = (StringTable.open(arrays, f"card_{name}") for name in ("texts", "values"))
    assert sorted(texts) == ["", "How often", "Search count"]
    assert list(values).count('"metric"') == 1
    assert list(values).count('["fenix"]') == 1


def test_a_thing_with_as_many_tables_as_another_but_unsampled_is_not_taken_for_it() -> None:
    made = [card("doc/a", "a", table_count=1, sampled=True), card("doc/b", "b", table_count=0, sampled=False)]
    cards = Cards(laid_out(made))
    assert [repr(cards.values(place)) for place in range(2)] == [repr(tuple(each)) for each in made]


@given(
    st.lists(
        st.builds(
            lambda item_id, name, title, description, apps, count: card(
                item_id, name, title=title, description=description, app=tuple(apps), table_count=count
            ),
            TEXT, TEXT, TEXT, TEXT, st.lists(TEXT, max_size=2), st.integers(0, 99),
        ),
        max_size=6,
        unique_by=lambda made: made[0],
    )
)  # fmt: skip
def test_cards_of_any_text_come_out_as_they_went_in(made: list[Card]) -> None:
    cards = Cards(laid_out(made))
    assert [cards.values(place) for place in range(len(cards))] == made
