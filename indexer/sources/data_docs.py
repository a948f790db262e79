"""The sections of docs.telemetry.mozilla.org.

Reads the Markdown pages of data-docs, one record a heading section. SUMMARY.md is the
book's table of contents: it decides which pages mdBook publishes, in which order and below which others, and
knows the titles of those without a heading. What a page includes of another file is part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.model.records import DocSection, Record
from indexer.runtime.limited import begin_step
from indexer.sources import Fetched, Report, Request
from indexer.sources._doc_sections import resolve_link, split_sections

URL = "https://github.com/mozilla/data-docs/archive/refs/heads/main.tar.gz"

SUMMARY = "SUMMARY.md"
DEEPEST = 3  # files that include files
MOST = 40  # files that one page includes; two are the most (2026-03)
LONGEST = 300_000  # characters of a page with all that it includes; the longest has 60,000 (2026-03)
DEEPEST_LISTED = 10  # pages above a page; mdBook's own sidebar has four (2026-11)
MOST_BRACKETS = 10_000  # of a page: markdown-it's time grows with their square; 179 are the most (2026-11)
_INCLUDE = re.compile(r"\{\{\s*+#include\s++([^\s{}]{1,300})\s*+\}\}")
_BULLETS = ("-", "*", "+")
_PAGE = re.compile(r"[^/]+/src/(.+\.md)")
_ENTRY = re.compile(r"\[([^\[\]]{1,500})\]\(([^)\s]{1,500})\)")  # bounded: 80 KB of `[` took half a minute
# Pages that describe what is gone stand in a folder of their own, or say so in their title.
_OBSOLETE_PATH = re.compile(r"(?:^|/)obsolete(?:/|\.md$)")
_OBSOLETE_TITLE = re.compile(r"\((?:deprecated|obsolete)\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Listed:
    """What a table of contents says of a page."""

    number: int = 0  # from 1; 0 where it says nothing
    title: str = ""
    above: tuple[str, ...] = ()  # paths of the pages above it, the outermost first


NOT_LISTED = Listed()


class Source:
    """Requests: the archive of the docs' Markdown."""

    name = "data_docs"
    version = 5

    def requests(self, options: Mapping[str, Any]) -> Sequence[Request]:
        """The archive at `url`, or where upstream publishes it."""
        return (Request(str(options.get("url") or URL), kind="archive"),)

    def records(
        self, fetched: Sequence[Fetched], options: Mapping[str, Any], report: Report
    ) -> Iterator[Record]:
        """The sections of each page that SUMMARY.md lists, with what the page includes."""
        pages: dict[str, str] = {}
        for path, body in (member for file in fetched if file.members for member in file.members()):
            match = _PAGE.fullmatch(path)
            if match is not None:
                pages[match[1]] = body.decode("utf-8", "replace")
        begin_step(SUMMARY)
        listed = read_contents(pages.pop(SUMMARY, ""))
        for path, text in sorted(pages.items()):
            if listed and path not in listed:  # a book without a table of contents publishes all it has
                report.skip("page that SUMMARY.md does not list: it is not published", path)
                continue
            begin_step(path)
            report.seen["page"] += 1
            whole = with_includes(path, text, pages, report)
            if whole.count("[") > MOST_BRACKETS:
                report.skip("page of brackets", path)
                continue
            for section in read_page(path, whole, listed.get(path, NOT_LISTED)):
                report.seen["section"] += 1
                yield section


def with_includes(path: str, text: str, pages: Mapping[str, str], report: Report) -> str:
    """A page with what it includes, as mdBook puts it together: at most MOST files, DEEPEST deep.

    What is not there, names a part of a file, or leads too deep is left out and counted.
    """
    followed = 0

    def put_together(path: str, text: str, depth: int) -> str:
        def included(match: re.Match[str]) -> str:
            nonlocal followed
            target = resolve_link(match[1], path)
            found = pages.get(target)
            if found is None or depth >= DEEPEST or followed >= MOST:
                report.skip("include that cannot be followed", f"{path}: {match[1]}")
                return ""
            followed += 1
            return put_together(target, found, depth + 1)

        return _INCLUDE.sub(included, text) if "#include" in text else text

    return put_together(path, text, 0)[:LONGEST]


def read_page(path: str, text: str, listed: Listed = NOT_LISTED) -> Iterator[DocSection]:
    """The sections of one page, which stands in the book as the table of contents says."""
    sections = split_sections(text, path)
    first = next((section.heading for section in sections if section.level == 1), "")
    any_heading = next((section.heading for section in sections if section.heading), "")
    title = first or listed.title or any_heading or path.rpartition("/")[2].removesuffix(".md")
    obsolete = bool(_OBSOLETE_PATH.search(path) or _OBSOLETE_TITLE.search(title))
    for section in sections:
        yield DocSection(
            path=path,
            slug=section.slug,
            heading=section.heading,
            page_title=title,
            level=section.level,
            text="\n".join(section.text),
            breadcrumb=section.breadcrumb,
            obsolete=obsolete,
            code="\n\n".join(section.code),
            links=tuple(section.links),
            number=listed.number,
            listed_as=listed.title,
            above=listed.above,
            markdown=section.markdown,
        )


def read_contents(summary: str) -> dict[str, Listed]:
    """Path -> what the table of contents says of that page, in its order; of two places the first counts.

    As mdBook reads SUMMARY.md, a list in a list is below the entry before it, a link outside of lists below
    nothing.
    """
    found: dict[str, Listed] = {}
    above: list[tuple[int, str]] = []  # indent and path of the entries that what follows may be below
    for line in summary.splitlines():
        text = line.expandtabs(4).lstrip()
        indent = len(line.expandtabs(4)) - len(text)
        for title, target in _ENTRY.findall(text):
            path = resolve_link(target, SUMMARY).partition("#")[0]
            in_list = text.startswith(_BULLETS)
            above = [entry for entry in above if in_list and entry[0] < indent]
            parents = tuple(parent for _, parent in above)
            if path and path not in found:
                found[path] = Listed(len(found) + 1, " ".join(title.split()), parents)
            if in_list and path and len(above) < DEEPEST_LISTED:
                above.append((indent, path))
    return found
