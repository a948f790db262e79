"""schema.yaml read several times faster than PyYAML reads it.

2,700 schema.yaml hold 72 MB, nearly all written by one program in one layout: a
nested list of `name`, `type`, `mode`, `description`, `fields`. `read_fields` reads
that layout line by line and hands every scalar that is not plainly a word (quotes,
blocks, folded lines with YAML's marks in them) to PyYAML itself; a file with any
line it does not expect goes to PyYAML whole. tests/sources/test_schema_yaml.py holds the two
equal, over made-up files and those of the mirror.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from indexer.sources._documents import Unreadable, parse_yaml

_LINE = re.compile(r"( *)(- )?(name|type|mode|description|fields):(?: +(.*))?$")
# A plain scalar that YAML reads as this very text: no mark, no comment, and not one of its words for
# null and booleans.
_PLAIN = re.compile(r"[A-Za-z](?:[^:#\t]|:(?=\S)|(?<=\S)#)*$")
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


class _Unexpected(Exception):
    """A line that the fast path does not know."""


# Characters that PyYAML refuses, or takes for line breaks or blanks: not for the fast path.
_ODD = re.compile("[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def read_fields(body: bytes) -> Any:
    """What stands under `fields` in a schema.yaml, as yaml.load gives it; None where there is none.

    Raises Unreadable for what is no YAML.
    """
    try:
        return _Reader().read(body.decode("utf-8"))
    except (_Unexpected, UnicodeDecodeError):
        document = parse_yaml(body)
        return document.get("fields") if isinstance(document, dict) else None


class _Reader:
    """The lists that are open while lines are read: the column of each one's dashes, and the list."""

    def __init__(self) -> None:
        self.root: list[dict[str, Any]] = []
        self.open: list[tuple[int, list[dict[str, Any]]]] = []
        self.awaited: list[dict[str, Any]] | None = None  # opened by the `fields:` of the line before
        self.awaited_from = 0  # the column of that `fields:`

    def read(self, text: str) -> list[dict[str, Any]]:
        lines = text.split("\n")
        if _ODD.search(text):
            raise _Unexpected
        at, end = self._start(lines), len(lines)
        while at < end:
            line = lines[at]
            at += 1
            if not line or line.startswith("#"):
                continue
            match = _LINE.match(line)
            if match is None:
                raise _Unexpected
            indent, dash, key, value = match.groups()
            entry, column = self._entry(len(indent), dash)
            if key in entry:
                raise _Unexpected
            if key == "fields":
                if value:
                    raise _Unexpected
                self.awaited, self.awaited_from = [], column
                entry[key] = self.awaited
                continue
            begin, deeper = at, " " * (column + 1)
            while at < end and (not lines[at] or lines[at].startswith(deeper)):
                at += 1
            entry[key] = _scalar(value or "", tuple(lines[begin:at]))
        if self.awaited is not None:
            raise _Unexpected
        return self.root

    def _start(self, lines: list[str]) -> int:
        """The line after the `fields:` that opens the file."""
        for at, line in enumerate(lines):
            if line == "fields:":
                self.awaited = self.root
                return at + 1
            if line and not line.startswith("#"):
                break
        raise _Unexpected

    def _entry(self, column: int, dash: str | None) -> tuple[dict[str, Any], int]:
        """The mapping that a line belongs to, and the column of its keys."""
        if dash:
            if self.awaited is not None:
                if column < self.awaited_from:
                    raise _Unexpected
                self.open.append((column, self.awaited))
                self.awaited = None
            dashes, column = column, column + 2
        else:
            dashes = column - 2
        while self.open and self.open[-1][0] > dashes:
            self.open.pop()
        if self.awaited is not None or not self.open or self.open[-1][0] != dashes:
            raise _Unexpected
        entries = self.open[-1][1]
        if dash:
            entries.append({})
        return entries[-1], column


@lru_cache(maxsize=50_000)  # the same description stands in each channel's copy of a table
def _scalar(first: str, more: tuple[str, ...]) -> Any:
    """The value of a scalar that begins with `first` and goes on in the lines of `more`."""
    while more and not more[-1]:
        more = more[:-1]
    text = " ".join(line.strip(" ") for line in (first, *more))
    if first and "" not in more and _PLAIN.match(text) and text.lower() not in _WORDS and text[-1] != ":":
        return text
    if first.startswith(("|+", ">+")):
        raise _Unexpected  # these keep the blank lines at their end
    # Quotes, blocks, blank lines inside: PyYAML knows how these fold.
    snippet = "\n".join((f"k: {first}", *more)) + "\n"
    try:
        loaded = parse_yaml(snippet.encode())
    except Unreadable as error:
        raise _Unexpected from error
    if not isinstance(loaded, dict) or list(loaded) != ["k"] or isinstance(loaded["k"], dict | list):
        raise _Unexpected
    return loaded["k"]
