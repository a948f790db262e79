"""How labels of drawings are measured and broken into lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_app.web.maps.text_width import balanced, text_width, wrapped

NAMES = st.text(alphabet="ab mW_-.,(é", max_size=80)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("mach", ("mach",)),
        ("Firefox for Fire TV", ("Firefox for Fire", "TV")),
        ("bounce_tracking_protection_daily", ("bounce_tracking_", "protection_daily")),
        ("play-store-attribution-first", ("play-store-", "attribution-first")),
        ("w" * 25, ("w" * 9, "w" * 9, "w" * 7)),
        ("", ("",)),
    ],
)
def test_lines_break_at_spaces_then_at_joints_then_anywhere(text: str, lines: tuple[str, ...]) -> None:
    assert wrapped(text, 122, 12.5) == lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Firefox for Fire TV", ("Firefox for", "Fire TV")),
        ("Experimenter (Cirrus)", ("Experimenter", "(Cirrus)")),
        ("Subscription Platform", ("Subscription", "Platform")),
        ("mach", ("mach",)),
    ],
)
def test_balanced_lines_are_even_and_break_no_word(text: str, lines: tuple[str, ...]) -> None:
    assert balanced(text, 122, 12.5) == lines


@given(NAMES, st.integers(20, 300))
def test_no_line_is_longer_than_its_room_and_no_letter_is_lost(text: str, room: int) -> None:
    for lines in (wrapped(text, room, 12.5), balanced(text, room, 12.5)):
        assert all(text_width(line, 12.5) <= room for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(NAMES, st.integers(20, 300))
def test_balance_costs_no_line(text: str, room: int) -> None:
    assert len(balanced(text, room, 12.5)) == len(wrapped(text, room, 12.5))
