"""Typed text cut into tokens: words, quoted phrases, name:value pairs. Nothing is lost, nothing fails."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of what was typed."""

    text: str  # without minus, name, quotes and star
    name: str = ""  # a known prefix, lower case: app, type, …
    quoted: bool = False
    minus: bool = False
    star: bool = False
    raw: str = ""  # as typed


# A minus counts only before something that is not another minus: "--headless" is text.
# A name is followed by one colon only: "a::b_c" is text.
_TOKEN = re.compile(
    r"""(?P<minus>-(?=[^\s\-]))?
        (?:\(*(?P<name>[A-Za-z_]{1,20}):(?![:\s]))?
        (?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+)|(?P<open>"))""",
    re.VERBOSE,
)
_CURLY = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"'))


def scan(text: str, names: Collection[str]) -> tuple[Token, ...]:
    """The tokens of a text, in order; `names` are the known prefixes, lower case."""
    tokens = (_token(match, names) for match in _TOKEN.finditer(text.translate(_CURLY)))
    return tuple(token for token in tokens if token is not None)


def _token(match: re.Match[str], names: Collection[str]) -> Token | None:
    raw, minus = match[0], bool(match["minus"])
    if match["open"]:
        return Token('"', raw=raw) if not match["name"] else Token(match["name"] + ":", raw=raw)
    name = (match["name"] or "").lower()
    if name and name not in names:
        return _unnamed(raw, minus)
    if match["quoted"] is not None:
        value = " ".join(match["quoted"].split())
        return Token(value, name, quoted=True, minus=minus, raw=raw) if value else None
    value = _without_parentheses(match["bare"])
    if name:
        return Token(value, name, minus=minus, raw=raw)
    return _word(value, minus, raw)


def _unnamed(raw: str, minus: bool) -> Token:
    """`foo:bar` and `foo:"bar baz"` of a prefix that we do not know: text, quotes dropped."""
    return _word(raw[minus:].replace('"', " ").strip(), minus, raw)


def _word(value: str, minus: bool, raw: str) -> Token:
    star = len(value) > 1 and value.endswith("*") and value.strip("*") != ""
    return Token(value.rstrip("*") if star else value, minus=minus, star=star, raw=raw)


def _without_parentheses(value: str) -> str:
    """The value without brackets that were opened or closed elsewhere: "(app" and "b)", but not "f(1)"."""
    while value[:1] == "(" and value.count("(") > value.count(")") and len(value) > 1:
        value = value[1:]
    while value[-1:] == ")" and value.count(")") > value.count("(") and len(value) > 1:
        value = value[:-1]
    return value
