"""The SQL that we write, in colours: keywords, functions, texts, numbers and notes.

A metric's page has a dozen queries, and pygments takes half a millisecond for each. It stays
for code of others, whose languages it knows (see markdown.py).
"""

from __future__ import annotations

import re
from html import escape

from markupsafe import Markup

# our keywords and functions are in capitals; what has no group is passed over: columns, tables, escaped signs
_PIECES = re.compile(
    r"""(?P<c1>--[^\n]*)
    |(?P<s1>'(?:[^'\\]|\\.)*')
    |`[^`]*`
    |(?P<nb>(?<!\.)\b[A-Z][A-Z0-9_]*(?=\())
    |(?P<k>(?<!\.)\b[A-Z][A-Z0-9]*\b)
    |(?P<mi>\b\d+(?:\.\d+)?\b)
    |&?\w+;?""",
    re.VERBOSE,
)


def coloured_sql(sql: str) -> Markup:
    """A query with a class for each piece that has a colour; the rest stays as it is, escaped."""
    return Markup(_PIECES.sub(_coloured, escape(sql, quote=False)))  # noqa: S704


def _coloured(piece: re.Match[str]) -> str:
    return f'<span class="{piece.lastgroup}">{piece[0]}</span>' if piece.lastgroup else piece[0]
