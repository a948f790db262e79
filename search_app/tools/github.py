"""GitHub: the line that defines a metric or ping, and code search for repositories that Searchfox lacks.

The Glean Dictionary searches those by Sourcegraph, which now asks for a login.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.model.items import AnyItem, MetricItem, PingItem
from search_app.tools import Context, Link, NoLink
from search_app.tools.addressing.urls import with_params
from search_app.tools.searchfox import definition_line

REPOSITORY = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+)/")
SEARCHED_ELSEWHERE = ("mozilla-firefox/firefox", "mozilla/application-services")


class Tool:
    """Links a metric or ping to the line that defines it, and to a search of its repository."""

    name = "github"
    label = "GitHub"
    order = 95
    bangs = ("github", "gh")

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """Where a metric or ping is defined; a search of its repository where Searchfox has none."""
        if not isinstance(item, MetricItem | PingItem) or not item.definition:
            return
        source = item.definition.source_url
        found = REPOSITORY.match(source)
        if not found:
            return
        if not definition_line(source):
            yield Link(self.name, "Where it is defined", source)
        if found[1] not in SEARCHED_ELSEWHERE:
            words = f"repo:{found[1]} {item.name}"
            url = with_params("https://github.com/search", [("type", "code"), ("q", words)])
            yield Link(self.name, "Search the code", url, note=f"{found[1]}; GitHub asks for a login")
