"""How much room text takes in a drawing: widths reckoned with care, lines broken so that none is cut.

A server knows no fonts; the widths are those of wide ones, so that text is never longer than reckoned.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LINE = 17.0  # from one line to the next
NAME_SIZE = 12.5  # of labels
NOTE_SIZE = 11.5  # of counts
BALANCE_STEP = 3.0
BOLD = 1.15  # how much longer bold letters are
# widths in ems; letters and digits that are not named are MEDIUM
NARROW, SLIM, MEDIUM, CAPITAL, BROAD = 0.36, 0.43, 0.64, 0.73, 1.0
WIDTHS = dict.fromkeys("iljI.,:;'| ", NARROW) | dict.fromkeys("tfr!()[]-/", SLIM)
WIDTHS |= dict.fromkeys("mwMW@%", BROAD)


@dataclass(frozen=True, slots=True)
class Text:
    """One line of a label; `y` is its base line."""

    x: float
    y: float
    text: str
    css: str = ""


def text_width(text: str, size: float) -> float:
    """How long a line is at most, in the units of the drawing."""
    ems = sum(WIDTHS.get(char, CAPITAL if char.isupper() else MEDIUM) for char in text)
    return ems * size


def wrapped(text: str, room: float, size: float) -> tuple[str, ...]:
    """The text in lines no longer than `room`: broken at spaces, else after `_`, `-`, `.`, else anywhere."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        while text_width(line + piece.rstrip(), size) > room:
            if line.strip():
                lines.append(line.strip())
                line = ""
                continue
            fits = next((n for n in range(len(piece), 1, -1) if text_width(piece[:n], size) <= room), 1)
            lines.append(piece[:fits].strip())
            piece = piece[fits:].lstrip()
        line += piece
    if line.strip():
        lines.append(line.strip())
    return tuple(lines) or ("",)


def balanced(text: str, room: float, size: float) -> tuple[str, ...]:
    """As few lines as `wrapped` needs, of lengths as even as they can be without breaking a word."""
    lines = wrapped(text, room, size)
    longest = max((text_width(piece.rstrip(), size) for piece in _pieces(text)), default=room)
    while room - BALANCE_STEP >= longest:
        room -= BALANCE_STEP
        narrower = wrapped(text, room, size)
        if len(narrower) > len(lines):
            break
        lines = narrower
    return lines


def _pieces(text: str) -> list[str]:
    """What need not be broken: words with the space behind them, parts of names with their joint."""
    return re.findall(r"[^\s_.\-/]*[_.\-/]+|[^\s_.\-/]+\s*|\s+", " ".join(text.split()))
