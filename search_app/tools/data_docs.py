"""docs.telemetry.mozilla.org: its own sections, and its search for everything that has a table."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.model.items import AnyItem, DocItem, TableItem
from search_app.tools import Context, Link, NoLink
from search_app.tools.addressing.urls import segment

BASE = "https://docs.telemetry.mozilla.org"


def search(words: str) -> str:
    """Its full-text search: the page reads the parameter with %20, not +, as a space."""
    return f"{BASE}/?search={segment(words)}"


class Tool:
    """Links a section of the docs to its page, a user-facing view to a search of the docs."""

    name = "data-docs"
    label = "Data docs"
    order = 65
    bangs = ("docs", "dtmo")

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """A section of the docs itself; of a user-facing view a search of the docs for its name."""
        if isinstance(item, DocItem):
            section = item.section
            page = f"{BASE}/{section.path.removesuffix('.md')}.html"
            yield Link(self.name, "Read the page", f"{page}#{section.slug}" if section.slug else page)
        elif isinstance(item, TableItem) and item.layer == "view":
            yield Link(self.name, "Search the docs for it", search(item.table))
