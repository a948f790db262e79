"""SQL of upstream's cut into tokens with their places in the text, and walked by its brackets.

sqlglot's tokenizer of BigQuery cuts it: what is a text, a remark or a name in backticks is its matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

_WORD = re.compile(r"[A-Za-z_]")
_OPEN, _CLOSE = ("(", "["), (")", "]")


class NotUnderstoodError(ValueError):
    """The text reads otherwise than is understood here."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a name, a text or a sign, and from where to where in the text it stands."""

    text: str  # of a name without its backticks
    start: int
    end: int
    is_name: bool = False  # between backticks
    is_word: bool = False

    @property
    def word(self) -> str:
        """The word in capitals, of GROUP BY the first; empty where it is none that can be a keyword."""
        return self.text.upper().partition(" ")[0] if self.is_word else ""


def tokens_of(text: str) -> list[Token]:
    """The tokens of one statement without its remarks. Raises NotUnderstoodError where it is none."""
    # Imported here: workers start without it, and of all queries only those of some measures need it.
    from sqlglot.dialects.bigquery import BigQuery
    from sqlglot.errors import TokenError

    try:
        cut = BigQuery().tokenize(text)
    except TokenError as problem:
        raise NotUnderstoodError("a text that does not end") from problem
    if any(each.token_type.name == "SEMICOLON" for each in cut):
        raise NotUnderstoodError("more than one statement")
    return [_token(each, text) for each in cut]


def _token(cut: Any, text: str) -> Token:
    start, end, kind = cut.start, cut.end + 1, cut.token_type.name
    if kind.endswith("STRING"):  # with its quotes: what is in it is no bracket and no name
        return Token(text[start:end], start, end)
    return Token(cut.text, start, end, kind == "IDENTIFIER", bool(_WORD.match(text, start)))


def closing(tokens: Sequence[Token], at: int) -> int:
    """Where the bracket at a place is closed. Raises NotUnderstoodError where it is not."""
    depth = 0
    for place in range(at, len(tokens)):
        depth += (tokens[place].text in _OPEN) - (tokens[place].text in _CLOSE)
        if depth == 0:
            return place
    raise NotUnderstoodError("a bracket that does not close")


def flat(tokens: Sequence[Token]) -> Iterator[int]:
    """The places of the tokens that stand in no brackets; of brackets the opening one."""
    at = 0
    while at < len(tokens):
        yield at
        at = closing(tokens, at) + 1 if tokens[at].text in _OPEN else at + 1


def parted(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """What stands between the commas that stand in no brackets."""
    start = 0
    for at in flat(tokens):
        if tokens[at].text == ",":
            yield tokens[start:at]
            start = at + 1
    if start < len(tokens):
        yield tokens[start:]
