"""Upstream Markdown as plain text: what is searched and what a hit shows.

Not a renderer: pages render Markdown properly. Here it is enough that no markup,
no address and no control character is left; the text stays untrusted.
"""

from __future__ import annotations

import re

_LINK = re.compile(r"!?\[([^\]\[]{0,300})\]\([^()\s]{0,500}(?:\s[^()]{0,200})?\)")
_REFERENCE = re.compile(r"\[([^\]\[]{1,300})\]\[[^\]\[]{0,100}\]")
_ADDRESS = re.compile(r"<?\bhttps?://[^\s<>\"')\]]+>?")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,300}>|<!--.{0,2000}?-->", re.DOTALL)
_MARKS = re.compile(r"(?m)^\s{0,3}(?:#{1,6}\s+|>\s?|[-*+]\s+(?=\S)|```.*$)|[`*]+|(?<!\w)_{1,2}|_{1,2}(?!\w)")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f\u2028\u2029\ufeff]+")


def plain_text(markdown: str, limit: int | None = None) -> str:
    """The words of a Markdown text on one line, without addresses; cut at a word near `limit` characters."""
    if limit is not None:
        markdown = markdown[: limit * 3 + 1000]  # markup never makes up more, and patterns stay cheap
    text = _LINK.sub(r"\1", markdown) if "](" in markdown else markdown
    text = _REFERENCE.sub(r"\1", text) if "][" in text else text
    text = _ADDRESS.sub(" ", text) if "http" in text else text
    text = _TAG.sub(" ", text) if "<" in text else text
    text = _SPACE.sub(" ", _MARKS.sub("", text)).strip()
    if limit is None or len(text) <= limit:
        return text
    cut = text.rfind(" ", limit // 2, limit)
    return text[: cut if cut > 0 else limit - 1].rstrip() + "\u2026"
