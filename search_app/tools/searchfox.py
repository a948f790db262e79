"""Searchfox: where Firefox's code uses a metric or probe, and the line that defines it.

The Glean Dictionary still names the trees mozilla-central and mozilla-mobile for code
that has lived in firefox-main since March 2024, and leaves dots and bars raw.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.model.items import AnyItem, MetricItem, ProbeItem
from search_app.tools import Context, Link, NoLink
from search_app.tools.addressing.names import camel, code_pattern, split_event
from search_app.tools.addressing.urls import with_params

BASE = "https://searchfox.org"
TREE = "firefox-main"
DEFINED_IN_FIREFOX = re.compile(
    r"https://github\.com/mozilla-firefox/firefox/blob/([0-9a-f]{40})/([^#]+)#L(\d+)"
)
# app or library -> tree, path inside it
TREES = {
    "firefox_desktop": (TREE, ""),
    "gecko": (TREE, ""),
    "pine": (TREE, ""),
    "firefox_desktop_background_update": (TREE, ""),
    "firefox_desktop_background_defaultagent": (TREE, ""),
    "firefox_desktop_background_tasks": (TREE, ""),
    "fenix": (TREE, "mobile/android/"),
    "focus_android": (TREE, "mobile/android/"),
    "klar_android": (TREE, "mobile/android/"),
    "firefox_ios": ("mozilla-mobile", "firefox-ios"),
    "focus_ios": ("mozilla-mobile", "focus-ios"),
    "klar_ios": ("mozilla-mobile", "focus-ios"),
}


def symbol(metric: str) -> str:
    """Every use of a metric's generated JavaScript and C++ name; only for what Firefox itself defines."""
    category, name = split_event(metric)
    return f"{BASE}/{TREE}/search?q=symbol:Glean.{camel(category)}%23{camel(name)}"


def definition_line(source_url: str) -> str:
    """The line that defines it at a revision, "" where the address names no revision of Firefox."""
    found = DEFINED_IN_FIREFOX.fullmatch(source_url)
    return f"{BASE}/{TREE}/rev/{found[1]}/{found[2]}#{found[3]}" if found else ""


class Tool:
    """Links a metric or probe to its uses in the code, a metric to its definition too."""

    name = "searchfox"
    label = "Searchfox"
    order = 90
    bangs = ("source", "searchfox", "code", "sf")

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """A search of the code, for a metric only of an indexed repository; the line that defines it."""
        if isinstance(item, ProbeItem):
            name = item.name.partition("/")[2]
            if item.probe_type == "event":  # category.method#object: code names the category whole
                name = name.partition("#")[0].rpartition(".")[0]
            yield Link(
                self.name, "Search Firefox's code", with_params(f"{BASE}/{TREE}/search", [("q", name)])
            )
        elif isinstance(item, MetricItem):
            tree, path = _tree(item)
            source = item.definition.source_url if item.definition else ""
            if line := definition_line(source):
                yield Link(self.name, "Where it is defined", line)
            if not tree:
                yield NoLink(self.name, "Searchfox does not index its repository.")
                return
            params = [("q", code_pattern(item.name)), *([("path", path)] if path else []), ("regexp", "true")]
            yield Link(self.name, "Search the code", with_params(f"{BASE}/{tree}/search", params))
            # mach's are read by Python, whose symbols are not indexed
            if TREES.get(item.origin) == (TREE, ""):
                yield Link(self.name, "Every use of the symbol", symbol(item.name))


def _tree(item: MetricItem) -> tuple[str, str]:
    """The tree to search: by the repository of its definition where that tells more than its origin."""
    source = item.definition.source_url if item.definition else ""
    if "/mozilla/application-services/" in source:
        return "mozilla-mobile", "application-services"
    if item.origin in TREES:
        return TREES[item.origin]
    if "/mozilla-firefox/firefox/" in source:
        return TREE, "mobile/android/" if "/mobile/android/" in source else ""
    return "", ""
