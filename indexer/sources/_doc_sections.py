"""A Markdown page of an mdBook as its heading sections, with the anchors that mdBook gives them."""

from __future__ import annotations

import html
import posixpath
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from indexer.sources._html_table import as_markdown
from indexer.sources._upstream import clean_text

_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_CUSTOM_ID = re.compile(r"\{([^{}]*)\}\s*$")
_DIRECTIVE = re.compile(r"\{\{\s*+#\w++[^{}\n]*+\}\}")  # what mdBook does, not what a reader sees
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_UNSEEN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_FRAME = re.compile(r"<iframe\s[^<>]{1,2000}>(?:\s*</iframe>)?", re.IGNORECASE)
_SOURCE = re.compile(r"\ssrc=\"(https://[^\s\"()<>]{1,500})\"", re.IGNORECASE)
_TITLE = re.compile(r"\stitle=\"([^\"\[\]<>]{1,200})\"", re.IGNORECASE)


@dataclass(slots=True)
class Section:
    """One section while it is being read: from its heading to the next one."""

    slug: str
    heading: str
    level: int
    breadcrumb: tuple[str, ...] = ()
    text: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    links: dict[str, None] = field(default_factory=dict)
    begins: int = 0  # line of the page after its heading
    markdown: str = ""


def split_sections(markdown: str, path: str) -> list[Section]:
    """The sections of the page at `path`; the first has no heading where text stands before any."""
    sections = [Section("", "", 0)]
    above: list[tuple[int, str]] = []
    slugs: Counter[str] = Counter()
    cleaned, named = clean_text(markdown), dict[str, Any]()
    lines = cleaned.split("\n")
    tokens = _PARSER.parse(cleaned, named)
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            inline = tokens[at + 1]
            heading, slug = _heading(inline.children or (), slugs)
            level = int(token.tag[1:])
            begins, ends = token.map or (sections[-1].begins, sections[-1].begins)
            _write_out(sections[-1], lines[sections[-1].begins : begins], named)
            above = [entry for entry in above if entry[0] < level]
            sections.append(Section(slug, heading, level, tuple(title for _, title in above), begins=ends))
            above.append((level, heading))
            sections[-1].links.update(_links(inline.children or (), path))
        else:
            _add(sections[-1], token, path, of_heading=at > 0 and tokens[at - 1].type == "heading_open")
    _write_out(sections[-1], lines[sections[-1].begins :], named)
    return sections if sections[0].text or sections[0].code or len(sections) == 1 else sections[1:]


def _write_out(section: Section, lines: Sequence[str], named: Mapping[str, Any]) -> None:
    """Keep the lines of a section as they are written, with what `[text][name]` in them leads to.

    mdBook reads a page as one: the addresses of names mostly stand at its end, in another section.
    """
    framed = _FRAME.sub(_frame_as_link, _DIRECTIVE.sub("", "\n".join(lines)))
    written = "\n".join(_without_html(framed.split("\n"))).strip("\n")
    folded = written.casefold()
    leads = [
        f"[{name}]: {place['href']}"
        for name, place in named.get("references", {}).items()
        if f"[{name.casefold()}]" in folded and f"[{name.casefold()}]:" not in folded
    ]
    section.markdown = "\n\n".join(filter(None, (written, "\n".join(leads))))


def _without_html(lines: Sequence[str]) -> Iterator[str]:
    """The lines with each block of HTML as what a reader would see of it, a table as one of Markdown.

    Blocks of code stay as they are.
    """
    ends = [place for place, line in enumerate(lines) if "</table>" in line]
    at = 0
    for token in _PARSER.parse("\n".join(lines)):
        if token.type != "html_block" or token.map is None or token.map[0] < at:
            continue
        begin, end = token.map
        found = bisect_left(ends, begin) if "<table" in token.content else len(ends)
        if found < len(ends):
            closed = ends[found] + 1
            end = next((n for n in range(closed, len(lines)) if not lines[n].strip()), len(lines))
            rest = strip_html("\n".join(lines[closed:end])).strip()
            seen = as_markdown("\n".join(lines[begin:closed])) + (f"\n\n{rest}" if rest else "")
        else:
            seen = strip_html("\n".join(lines[begin:end])).strip()
        yield from (*lines[at:begin], "", *seen.split("\n"), "")
        at = end
    yield from lines[at:]


def _frame_as_link(match: re.Match[str]) -> str:
    """A video or a chart that the book shows in a frame, as a link to it."""
    source, title = _SOURCE.search(match[0]), _TITLE.search(match[0])
    return f"[{title[1] if title else 'frame'}]({source[1]})" if source else ""


def slug_of(heading: str) -> str:
    """mdBook's anchor: letters, digits, `_` and `-` stay, blanks become `-`, the rest goes."""
    kept = (
        "-" if char.isspace() else char.lower() if char.isascii() else char
        for char in heading.strip()
        if char.isalnum() or char.isspace() or char in "_-"
    )
    return "".join(kept)


def _heading(children: Sequence[Token], slugs: Counter[str]) -> tuple[str, str]:
    """Text and anchor of a heading; equal anchors are numbered, ids of one's own are taken as they stand."""
    text = _inline_text(children)
    given = _CUSTOM_ID.search(text)
    if given:
        own = [word[1:] for word in given[1].split() if word.startswith("#") and len(word) > 1]
        if own or any(word.startswith(".") for word in given[1].split()):
            text = text[: given.start()].rstrip()
        if own:
            return " ".join(text.split()), own[-1]
    slug = slug_of(text)
    slugs[slug] += 1
    number = slugs[slug] - 1
    return " ".join(text.split()), f"{slug}-{number}" if number else slug


def _add(section: Section, token: Token, path: str, of_heading: bool) -> None:
    if token.type in ("fence", "code_block"):
        section.code.append(token.content.rstrip())
    elif token.type == "html_block":
        _add_text(section, strip_html(token.content))
    elif token.type == "inline" and not of_heading:
        _add_text(section, _DIRECTIVE.sub(" ", _inline_text(token.children or ())))
        section.links.update(_links(token.children or (), path))


def _add_text(section: Section, text: str) -> None:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    kept = " ".join(line for line in lines if line)
    if kept:
        section.text.append(kept)


def strip_html(source: str) -> str:
    """The text that a reader would see of raw HTML."""
    seen = _TAG.sub(" ", _UNSEEN.sub(" ", _COMMENT.sub(" ", source)))
    return html.unescape(seen)


def _inline_text(children: Sequence[Token]) -> str:
    """Text of a line without its markup: link texts, code and alternative texts of images stay."""
    parts = []
    for child in children:
        if child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type == "image":
            parts.append(_inline_text(child.children or ()))
        elif child.type != "html_inline":
            parts.append(child.content)
    return "".join(parts)


def _links(children: Sequence[Token], path: str) -> Iterator[tuple[str, None]]:
    for child in children:
        if child.type == "link_open":
            target = resolve_link(str(child.attrs.get("href", "")), path)
            if target:
                yield target, None


def resolve_link(href: str, path: str) -> str:
    """Where a link on the page at `path` leads: an address, or `folder/page.md#anchor` of the same book.

    "" for what is neither (mailto:, an anchor of the same page, a broken address).
    """
    try:
        parts = urlsplit(href)
    except ValueError:
        return ""
    if parts.scheme in ("http", "https"):
        return href
    if parts.scheme or parts.netloc or not parts.path:
        return ""
    target = unquote(parts.path)
    folder = "" if target.startswith("/") else posixpath.dirname(path)
    target = posixpath.normpath(posixpath.join(folder, target.lstrip("/")))
    if target.startswith(".."):
        return ""
    if target.endswith(".html"):
        target = f"{target.removesuffix('.html')}.md"
    return f"{target}#{parts.fragment}" if parts.fragment else target
