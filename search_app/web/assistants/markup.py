"""Markdown of text that is not ours: it is read, and becomes no heading, no link, no table and no markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from indexer.text.plain_text import ADDRESS, plain_text
from search_app.mcp.tool import seen

# what has a meaning wherever it stands; an underscore has none inside a word, an ampersand only in `&lt;`
_MEANING = re.compile(r"([\\`*\[\]<>|~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;))")
_AT_START = re.compile(r"^(\s*)(#{1,6}|[-+=:]|\d{1,9}[.)])(?=\s|$|-|=)")
_ADDRESS = re.compile(f"({ADDRESS})")
_FENCED = re.compile(r"^[ \t]*(```+|~~~+)[^\n]*\n(.*?)^[ \t]*\1[ \t]*$", re.MULTILINE | re.DOTALL)


def words(text: str) -> str:
    """Upstream's text in one line, in which no character has a meaning for Markdown."""
    line = _MEANING.sub(r"\\\1", " ".join(seen(text).split()))
    return _AT_START.sub(lambda match: f"{match[1]}{_harmless(match[2])}", line)


def _harmless(mark: str) -> str:
    """What begins a line there, without its meaning: `\\#`, `1\\.`."""
    return f"{mark[:-1]}\\{mark[-1]}" if mark[0].isdigit() else f"\\{mark}"


def code(text: str) -> str:
    """A name in one line of code, whatever stands in it."""
    line = " ".join(seen(text).split())
    if not line:
        return ""
    marks = "`" * (max((len(run) for run in re.findall(r"`+", line)), default=0) + 1)
    return f"{marks} {line} {marks}" if "`" in line else f"{marks}{line}{marks}"


def cell(text: str) -> str:
    """What stands in a cell of a table: there a bar ends it even in code."""
    return re.sub(r"(?<!\\)\|", r"\\|", text)


def block(text: str, language: str = "") -> str:
    """A block of code that its own text cannot end."""
    marks = "`" * max(3, max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    return f"{marks}{language}\n{seen(text).rstrip()}\n{marks}"


def prose(markdown: str) -> str:
    """Upstream's Markdown as paragraphs of plain words, its blocks of code kept as they are."""
    parts: list[str] = []
    end = 0
    for match in _FENCED.finditer(markdown):
        parts += _paragraphs(markdown[end : match.start()])
        parts.append(block(match[2]))
        end = match.end()
    return "\n\n".join([*parts, *_paragraphs(markdown[end:])])


def _paragraphs(text: str) -> list[str]:
    parts = re.split(r"\n\s*\n|\n(?=\s{0,3}(?:[-*+]|\d+\.)\s)", text)
    return [told(plain) for part in parts if (plain := plain_text(part, addresses=True))]


def told(plain: str) -> str:
    """A line of words, and its addresses as code: they are read, and are no links."""
    line = ""
    for place, part in enumerate(_ADDRESS.split(plain)):
        before, after = part[: len(part) - len(part.lstrip())], part[len(part.rstrip()) :]
        line += code(part) if place % 2 else f"{before}{words(part)}{after if part.strip() else ''}"
    return line


def link(label: str, url: str) -> str:
    """A link to an address that safe_href let through, or of ours."""
    return f"[{words(label)}](<{url}>)"


def page_of(title: str, *parts: str) -> str:
    """A page: its heading, and those of the parts that say something."""
    return "\n\n".join(part for part in (f"# {title}", *parts) if part) + "\n"


def section(title: str, *parts: str) -> str:
    """A part with a heading; "" where nothing stands below it."""
    body = "\n\n".join(part for part in parts if part)
    return f"## {title}\n\n{body}" if body else ""


def bullets(lines: Iterable[str]) -> str:
    """A list of lines that are Markdown already."""
    return "\n".join(f"- {line}" for line in lines if line)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already; "" without rows."""
    lines = ["| " + " | ".join(cell(each) for each in row) + " |" for row in rows]
    return "\n".join(["| " + " | ".join(head) + " |", "|" + " --- |" * len(head), *lines]) if lines else ""
