"""Upstream text as safe HTML or as plain text.

Upstream text is untrusted (docs/domain.md rule 12): raw HTML is never let through
(markdown-it with html off), and what comes out passes a second wall (nh3).
Pictures become links: a page of ours fetches nothing from elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from urllib.parse import unquote, urljoin

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name

from indexer.text.plain_text import TARGET, plain_text, without_tags

ALLOWED_TAGS = {
    *("p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"),
    *("h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "div", "span"),
}
ALLOWED_ATTRIBUTES = {"a": {"href", "title"}, "span": {"class"}, "div": {"class"}}
_TARGET = re.compile(TARGET, re.IGNORECASE)
_HAS_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
MAX_MARKDOWN = 60_000  # characters; the longest README and commentary of upstream stay below
# what upstream's code is written in; a lexer of another language is not trusted with untrusted text
LANGUAGES = {
    *("sql", "json", "yaml", "toml", "python", "py", "javascript", "js", "typescript", "ts", "bash", "sh"),
    *("kotlin", "swift", "rust", "cpp", "java"),
}
MAX_COLOURED = 40_000  # characters of code; colouring more would hold a page up for longer than it is read


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "highlight": _highlighted})
    return parser.enable("table").enable("strikethrough")


def _highlighted(code: str, language: str, _attributes: str) -> str:
    return str(highlighted(code, language)) if language else ""


@lru_cache(maxsize=512)
def markdown(text: str, page: str = "") -> Markup:
    """Markdown as safe HTML.

    Headings start at h3, pictures are links, `<br>` breaks a line, long text is cut. `page` is the address
    at which a text of a book is published: its links start from there.
    """
    parser = _parser()
    tokens = parser.parse(without_tags(text[:MAX_MARKDOWN], "", "\\\n"))
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
        for child in token.children or ():
            if child.type == "image":
                child.type, child.tag = "html_inline", ""
                child.content = _picture_link(published(page, str(child.attrs.get("src", ""))), child.content)
        if token.children:
            token.children = _without_loose_links(token.children, page)
    html = parser.renderer.render(tokens, parser.options, {})
    return Markup(  # noqa: S704 - the one place where upstream Markdown becomes markup: nh3 has cleaned it
        nh3.clean(
            html,
            tags=ALLOWED_TAGS,
            attributes=ALLOWED_ATTRIBUTES,
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener noreferrer nofollow",
        )
    )


def published(page: str, target: str) -> str:
    """Where a link of the book leads that stands on the published page: `../a.md#b` is `…/a.html#b`.

    mdBook makes the same of a link. "" for what leads nowhere.
    """
    if not page or _HAS_SCHEME.match(target):
        return safe_href(target)
    path, mark, anchor = target.partition("#")
    return safe_href(urljoin(page, re.sub(r"\.md$", ".html", path) + mark + anchor))


def _without_loose_links(tokens: Sequence[Token], page: str) -> list[Token]:
    """Tokens without links to a place beside the text upstream, which is not here: their words stay.

    What leads nowhere at all was never meant as a link: it stands as it was written, but in a book.
    """
    kept: list[Token] = []
    open_links: list[str] = []  # what closes each: "" for a true link
    for token in tokens:
        if token.type == "link_open":
            href = str(token.attrs.get("href", ""))
            token.attrs["href"] = published(page, href)
            loose = not token.attrs["href"]
            stays = loose and not page and not _TARGET.match(href)
            open_links.append(f"]({unquote(href)})" if stays else "]" if loose else "")
            if open_links[-1].startswith("]("):
                kept.append(_text("["))
            elif not loose:
                kept.append(token)
        elif token.type == "link_close":
            written = open_links.pop() if open_links else ""
            if written.startswith("]("):
                kept.append(_text(written))
            elif not written:
                kept.append(token)
        else:
            kept.append(token)
    return kept


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _picture_link(source: str, words: str) -> str:
    if not re.match(r"https?://", source):
        return escape(words)
    return f'<a href="{escape(source)}">picture: {escape(words) or "open"}</a>'


@lru_cache(maxsize=2048)
def plain(text: str) -> str:
    """Markdown as one paragraph of words, with the addresses that stand in it: for titles and twins."""
    return plain_text(text, addresses=True)


@lru_cache(maxsize=256)
def highlighted(code: str, language: str = "sql") -> Markup:
    """Code with classes for colours (no inline style), escaped by pygments."""
    lexer = _lexer(language.split()[0].lower() if language.split() else "text")
    if lexer is None or len(code) > MAX_COLOURED:
        return Markup("{}").format(code)
    return Markup(highlight(code, lexer, _formatter()).rstrip("\n"))  # noqa: S704 - escaped


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer | None:
    return get_lexer_by_name(language) if language in LANGUAGES else None


@lru_cache(maxsize=1)
def _formatter() -> HtmlFormatter[str]:
    return HtmlFormatter(nowrap=True)


def safe_href(address: str) -> str:
    """An address that may stand in a link, empty for everything that is not http(s) or mail."""
    address = address.strip()
    if re.match(r"(?i)(https?://[^\s<>\"]+|mailto:[^\s<>\"]+)$", address):
        return address
    return ""
