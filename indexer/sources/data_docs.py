"""The sections of docs.telemetry.mozilla.org.

Reads the Markdown pages of data-docs, one record a heading section. SUMMARY.md is the
book's table of contents: no page, but it knows the titles of pages without a heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from indexer.model.records import DocSection, Record
from indexer.sources import Fetched, Report, Request
from indexer.sources._doc_sections import resolve_link, split_sections

URL = "https://github.com/mozilla/data-docs/archive/refs/heads/main.tar.gz"

SUMMARY = "SUMMARY.md"
_PAGE = re.compile(r"[^/]+/src/(.+\.md)")
_ENTRY = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
# Pages that describe what is gone stand in a folder of their own, or say so in their title.
_OBSOLETE_PATH = re.compile(r"(?:^|/)obsolete(?:/|\.md$)")
_OBSOLETE_TITLE = re.compile(r"\((?:deprecated|obsolete)\)", re.IGNORECASE)


class Source:
    name = "data_docs"
    version = 1

    def requests(self, options: Mapping[str, Any]) -> Sequence[Request]:
        return (Request(str(options.get("url") or URL), kind="archive"),)

    def records(
        self, fetched: Sequence[Fetched], options: Mapping[str, Any], report: Report
    ) -> Iterator[Record]:
        pages: dict[str, str] = {}
        for path, body in (member for file in fetched if file.members for member in file.members()):
            match = _PAGE.fullmatch(path)
            if match is not None:
                pages[match[1]] = body.decode("utf-8", "replace")
        titles = _titles(pages.pop(SUMMARY, ""))
        for path, text in sorted(pages.items()):
            report.seen["page"] += 1
            for section in read_page(path, text, titles.get(path, "")):
                report.seen["section"] += 1
                yield section


def read_page(path: str, text: str, listed_as: str = "") -> Iterator[DocSection]:
    """The sections of one page; `listed_as` is its title in the table of contents."""
    sections = split_sections(text, path)
    first = next((section.heading for section in sections if section.level == 1), "")
    any_heading = next((section.heading for section in sections if section.heading), "")
    title = first or listed_as or any_heading or path.rpartition("/")[2].removesuffix(".md")
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
        )


def _titles(summary: str) -> dict[str, str]:
    return {
        resolve_link(target, SUMMARY): " ".join(title.split()) for title, target in _ENTRY.findall(summary)
    }
