"""What a page of ours may hold: a strict HTML parser, a list of elements and attributes, links that lead on.

Upstream text is untrusted, so a page is judged by what a browser would make of it, not by
how it was written: an element or attribute that no template and no Markdown renders is a leak.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree.ElementTree import Element

from html5lib import HTMLParser
from html5lib.html5parser import ParseError

from indexer.model.kinds import KINDS

SVG = "{http://www.w3.org/2000/svg}"
EVERYWHERE = {"class", "id", "hidden"}
# all that templates and the Markdown renderer make: anything else came through from upstream
ALLOWED: dict[str, set[str]] = {
    **{name: set() for name in ("html", "head", "title", "body", "header", "footer", "main", "article")},
    **{name: set() for name in ("p", "br", "hr", "em", "strong", "s", "code", "blockquote", "small", "kbd")},
    **{name: set() for name in ("h1", "h2", "h3", "h4", "h5", "h6", "ul", "li", "dl", "dt", "dd")},
    **{name: set() for name in ("table", "thead", "tbody", "tr", "td", "del", "ins", "mark", "summary")},
    "html": {"lang"}, "meta": {"charset", "name", "content"}, "body": set(), "main": {"tabindex"},
    "link": {"rel", "type", "href", "title"}, "script": {"src", "defer"}, "ol": {"start"},
    "a": {"href", "rel", "title", "aria-label", "aria-current", "data-swap-link"}, "pre": {"tabindex"},
    "nav": {"aria-label"}, "aside": {"data-generation", "aria-live", "aria-label"},
    "span": {"aria-hidden", "title"},
    "kbd": {"aria-hidden"}, "section": {"aria-labelledby", "data-swap"}, "details": {"open"},
    "div": {"role", "tabindex", "aria-labelledby", "aria-label"}, "th": {"scope"},
    "option": {"value", "selected"},
    "form": {"role", "action", "method", "autocomplete", "aria-label"}, "label": {"for"},
    "select": {"name", "aria-label"},
    "input": {
        "name", "type", "value", "maxlength", "placeholder", "spellcheck", "autocapitalize", "autocorrect",
        "enterkeyhint", "aria-label", "data-filter", "data-swap-input",
    },
    "td": {"data-label"},
    "button": {"type", "data-copy"}, "time": {"datetime"},
    "svg": {"viewBox", "aria-hidden", "focusable", "role", "aria-label", "preserveAspectRatio"},
    "circle": {"cx", "cy", "r"}, "path": {"d"}, "rect": {"x", "y", "width", "height", "rx"},
}  # fmt: skip
OF_AN_APP = ("/map", "/collects")  # pages below that of an app
_ADDRESS = re.compile(r"(https?://|mailto:|/|#|\?)")


@dataclass
class Page:
    """What was found in one page."""

    faults: list[str] = field(default_factory=list)
    items: set[str] = field(default_factory=set)  # ids that it links to
    places: set[str] = field(default_factory=set)  # paths of our other pages that it links to
    columns: set[tuple[str, str]] = field(default_factory=set)  # (id of a table, column) that it links to
    elements: Counter[str] = field(default_factory=Counter)


def read_page(text: str, item_id: str) -> Page:
    """One page taken apart; `faults` is empty for a good one."""
    page = Page()
    try:
        tree = HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    except ParseError as problem:
        page.faults.append(f"not valid HTML: {problem}")
        return page
    ids: Counter[str] = Counter()
    named: set[str] = set()
    for element in _elements(tree):
        tag = element.tag.removeprefix(SVG)
        page.elements[tag] += 1
        _check_element(element, tag, page)
        if own := element.get("id"):
            ids[own] += 1
        named.update((element.get("aria-labelledby") or "").split(), (element.get("for") or "").split())
        if target := element.get("data-copy"):
            named.add(target)
        if tag == "a" or (tag == "link" and element.get("rel") in ("alternate", "canonical")):
            address = element.get("href") or ""
            if element.get("type") == "text/markdown":  # of an item's page: its twin
                address = address.removesuffix(".md")
            _check_address(address, page, named)
    page.faults += [f"id {own!r} stands twice" for own, count in ids.items() if count > 1]
    page.faults += [f"nothing has the id {name!r}" for name in sorted(named - ids.keys())]
    page.faults += _frame(tree, item_id)
    return page


def _elements(tree: Any) -> Iterator[Element]:
    return (element for element in tree.iter() if isinstance(element.tag, str))


def _check_element(element: Element, tag: str, page: Page) -> None:
    if tag not in ALLOWED:
        page.faults.append(f"element {tag!r} comes from no template")
        return
    for name in element.attrib.keys() - EVERYWHERE - ALLOWED[tag]:
        page.faults.append(f"attribute {name!r} of {tag!r} comes from no template")
    if tag == "script" and (element.text or "").strip():
        page.faults.append("script inside of the page")


def _check_address(address: str, page: Page, named: set[str]) -> None:
    if not _ADDRESS.match(address):
        page.faults.append(f"address {address[:80]!r} leads nowhere")
        return
    if address.startswith("#"):
        named.add(unquote(address[1:]))
    if not address.startswith("/"):
        return
    parts = urlsplit(address)
    path = parts.path.removeprefix("/api/v1/item")
    if path.split("/")[1] not in KINDS or path.count("/") < 2 or path.endswith(OF_AN_APP):
        page.places.add(unquote(path))
    if path.split("/")[1] not in KINDS or path.count("/") < 2:
        return
    target = unquote(path[1:])
    for page_of_it in OF_AN_APP if target.startswith("app/") else ():
        target = target.removesuffix(page_of_it)
    page.items.add(target)
    if column := parse_qs(parts.query).get("column"):
        page.columns.add((target, column[0]))


def _frame(tree: Any, item_id: str) -> Iterator[str]:
    """One heading, a title, and the twins in JSON and Markdown by name."""
    headings = [element for element in _elements(tree) if element.tag == "h1"]
    if len(headings) != 1 or not "".join(headings[0].itertext()).strip():
        yield "not one h1 with words"
    twins = [e.get("href") or "" for e in _elements(tree) if e.tag == "link" and e.get("rel") == "alternate"]
    if [unquote(twin) for twin in twins] != [f"/api/v1/item/{item_id}", f"/{item_id}.md"]:
        yield f"its twins in JSON and Markdown are not named: {twins}"
