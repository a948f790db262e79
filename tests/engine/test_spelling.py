"""Near misses of words and of whole names."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.index.completion.spellchecker import NearName, Speller, build

WORDS = {
    "bookmark": 40, "bookmarks": 90, "search": 500, "seared": 2, "page": 80, "load": 70, "password": 30,
    "engagement": 60, "accessibility": 12, "gc": 20, "form": 50, "from": 400, "tab": 300, "wallpaper": 9,
}  # fmt: skip
NAMES = [
    "browserengagementactiveticks",
    "browserengagementtabcount",
    "",
    "gcms",
    "javascriptgcbudget",
    "gcms2",
]


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller(build(WORDS, NAMES, {"page", "load", "password", "bookmark", "form", "tab"}))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bokmarks", "bookmarks"),  # a letter is missing
        ("bookmmarks", "bookmarks"),  # one too many
        ("bookmerks", "bookmarks"),  # another one
        ("bookmakrs", "bookmarks"),  # two swapped
        ("serach", "search"),
        ("acesibility", "accessibility"),  # two slips in a long word
        ("Bokmarks", "bookmarks"),
    ],
)
def test_a_mistyped_word_finds_the_word(speller: Speller, typed: str, meant: str) -> None:
    assert speller.correct(typed)[0].text == meant


@pytest.mark.parametrize("typed", ["search", "seared", "gc", "gcc", "xyzzyx", "", "2024", "tabs1", "x" * 200])
def test_known_short_and_odd_words_are_left_alone(speller: Speller, typed: str) -> None:
    assert speller.correct(typed) == []


def test_nearer_words_come_before_frequent_ones_and_these_before_rare_ones(speller: Speller) -> None:
    assert [c.text for c in speller.correct("fomr")] == ["form"]
    assert [c.text for c in speller.correct("bookmarkss")] == ["bookmarks"]
    assert [c.text for c in speller.correct("searce")] == ["search"]


def test_words_of_names_are_split_and_joined(speller: Speller) -> None:
    assert speller.split("pageload") == ("page", "load")
    assert speller.split("fromload") == ()  # "from" stands in no name
    assert speller.split("password") == ()  # known
    assert speller.join("pass", "word") == "password"
    assert speller.join("page", "load") == ""
    assert speller.join("sea", "rch") == ""  # in no name


@pytest.mark.parametrize(
    ("typed", "index"),
    [
        ("browserengagmentactiveticks", 0),
        ("browserengagementactivetikcs", 0),
        ("browzerengagementtabcount", 1),
        ("rbowserengagementtabcount", 1),
        ("javascritpgcbudget", 4),
        ("javascritpgcbudgte", 4),  # two slips in a long name
        ("gcmss2", 5),
    ],
)
def test_a_mistyped_name_finds_the_name(speller: Speller, typed: str, index: int) -> None:
    assert speller.near_names(typed)[0].index == index


def test_short_names_and_names_far_away_are_not_near(speller: Speller) -> None:
    assert speller.near_names("gcm") == []
    assert speller.near_names("completelydifferentname") == []


def test_items_that_share_a_name_are_all_near() -> None:
    speller = Speller(build({}, ["searchcontent", "other", "searchcontent"]))
    assert speller.near_names("searchcontnet") == [NearName(0, 1), NearName(2, 1)]


def test_nine_in_ten_names_are_found_despite_a_random_slip() -> None:
    chance = random.Random(7)
    syllables = ["tab", "page", "load", "search", "engine", "count", "time", "click", "history", "cache"]
    names = sorted({"".join(chance.sample(syllables, 3)) for _ in range(500)})
    speller = Speller(build({}, names))
    found = 0
    for place, name in enumerate(names):
        at, letter = chance.randrange(len(name) - 1), chance.choice(string.ascii_lowercase)
        typed = chance.choice(
            [
                name[:at] + letter + name[at:],
                name[:at] + name[at + 1 :],
                name[:at] + name[at + 1] + name[at] + name[at + 2 :],
                name[:at] + letter + name[at + 1 :],
            ]
        )
        found += place in [near.index for near in speller.near_names(typed)[:3]]
    assert found / len(names) >= 0.9


@given(st.text(max_size=80))
def test_no_text_fails(text: str) -> None:
    speller = Speller(build(WORDS, NAMES))
    speller.correct(text)
    speller.split(text)
    speller.join(text, text)
    speller.near_names(text)


def test_of_words_equally_near_a_letter_left_out_is_likelier_than_a_wrong_one() -> None:
    speller = Speller(build({"with": 30, "which": 10, "wish": 20}))
    assert [c.text for c in speller.correct("wich")] == ["which", "with", "wish"]
