"""Arrays as they are laid down: as small as what they hold allows, and read as if they were not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.index.arrays import HeadedTable, PackedTable, Rows, StringTable, narrow, starts_of, wide

CARDS = [f'["metric/fenix/search.{n}", "metric", "a counter of searches", {n}]' for n in range(500)]


def test_texts_that_are_alike_are_packed_into_a_fraction_and_read_as_they_were() -> None:
    texts = [*CARDS, "", "ünder \ud800 the sea", "x" * 100_000]
    arrays = PackedTable.build("cards", texts)
    table = PackedTable.open(arrays, "cards")
    assert len(table) == len(texts)
    assert [table[n] for n in range(len(texts))] == texts
    assert table.raw(3) == CARDS[3].encode()
    assert len(arrays["cards_bytes"]) < sum(map(len, CARDS)) / 3


def test_a_packed_table_of_nothing_has_no_texts() -> None:
    assert len(PackedTable.open(PackedTable.build("cards", []), "cards")) == 0


@pytest.mark.parametrize(
    ("numbers", "kept"),
    [([0, 65_535], np.uint16), ([0, 65_536], np.int32), ([-1, 5], np.int32), ([], np.uint16)],
)
def test_numbers_take_two_bytes_where_all_fit(numbers: list[int], kept: type) -> None:
    laid = narrow(np.array(numbers, np.int32))
    assert laid.dtype == kept
    assert wide(laid).dtype == np.int32
    assert wide(laid).tolist() == numbers


@pytest.mark.parametrize("most", [7, 70_000])
def test_rows_are_read_alike_whatever_their_numbers_take(most: int) -> None:
    given: list[list[int]] = [[3, 1], [], [most, 3]]
    rows = Rows.open(Rows.build("of", given), "of")
    assert [rows.row(n).tolist() for n in range(3)] == given
    assert {rows.row(n).dtype for n in range(3)} == {np.dtype(np.int32)}
    values, lengths = rows.gather(np.array([2, 1, 0], np.int32))
    assert (values.tolist(), values.dtype, lengths.tolist()) == ([most, 3, 3, 1], np.int32, [2, 0, 2])
    turned = Rows.open(rows.turned("by", most + 1), "by")
    assert [turned.row(value).tolist() for value in (1, 3, most)] == [[0], [0, 2], [2]]


@pytest.mark.parametrize(
    ("lengths", "kept"),
    [([2, 3], np.uint16), ([65_535, 1], np.uint32), ([2**32 - 1, 1], np.int64)],
)
def test_places_take_as_few_bytes_as_the_last_one_needs(lengths: list[int], kept: type) -> None:
    starts = starts_of(lengths)
    assert (starts.dtype, starts.tolist()) == (kept, [0, lengths[0], sum(lengths)])


def test_strings_are_found_by_bisection_and_by_how_they_begin() -> None:
    words = sorted(["a", "ab", "abc", "b", "ü", ""], key=str.encode)
    table = StringTable.open(StringTable.build("words", words), "words")
    assert [table.find(word) for word in words] == list(range(len(words)))
    assert table.find("abd") == -1
    assert [table[n] for n in table.prefixed("ab")] == ["ab", "abc"]


@given(st.lists(st.text(max_size=6)), st.text(max_size=4))
def test_sorted_strings_are_kept_by_what_they_do_not_share_and_read_as_they_were(
    texts: list[str], prefix: str
) -> None:
    words = sorted([*texts, *(f"search.{text}" for text in texts), *("x" * n for n in (254, 255, 256, 300))])
    plain, headed = (
        StringTable.open(build("words", words), "words")
        for build in (StringTable.build, StringTable.build_sorted)
    )
    assert (type(plain), type(headed)) == (StringTable, HeadedTable)
    assert list(headed) == words
    assert headed.prefixed(prefix) == plain.prefixed(prefix)
    assert headed.find("search." + prefix) == plain.find("search." + prefix)
    every = range(len(words))
    assert headed.lengths(every).tolist() == plain.lengths(every).tolist()


def test_what_eight_sorted_strings_share_is_kept_once() -> None:
    words = [f"search.{n}" for n in range(8)] + ["see", "seen"]
    headed = StringTable.build_sorted("words", words)
    assert headed["words_rests"].tobytes() == b"search.01234567seen"
    assert headed["words_shared"].tolist() == [7, 3]
    with pytest.raises(KeyError):  # a damaged generation is not taken for another sort of table
        StringTable.open({name: array for name, array in headed.items() if name != "words_shared"}, "words")
