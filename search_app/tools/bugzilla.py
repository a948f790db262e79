"""Bugs and data reviews of an item: Bugzilla, GitHub or wherever they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.model.items import AnyItem, MetricItem, PingItem
from search_app.tools import Context, Link, NoLink

SHOW_BUG = "https://bugzilla.mozilla.org/show_bug.cgi?id="
BUG = re.compile(r"https?://(?:bugzilla\.mozilla\.org/show_bug\.cgi\?id=|bugzil\.la/)(\d+)")
ISSUE = re.compile(r"https?://github\.com/([\w.-]+)/([\w.-]+)/(?:issues|pull)/(\d+)")


def reference(text: str) -> tuple[str, str] | None:
    """Label and address of a bug as upstream wrote it; None for junk (rule 12)."""
    text = text.strip()
    if text.isdigit():
        return f"bugzil.la/{text}", SHOW_BUG + text
    if not re.match(r"https?://[\w.-]+/?\S*$", text):
        return None
    if bug := BUG.match(text):
        return f"bugzil.la/{bug[1]}", text
    if issue := ISSUE.match(text):
        return f"{issue[1]}/{issue[2]}#{issue[3]}", text
    return re.sub(r"^https?://", "", text), text


class Tool:
    """Links an item to its bugs, a metric or ping to its data reviews too."""

    name = "bugzilla"
    label = "Bug"
    order = 100
    bangs = ("bug", "bugzilla")

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """Each bug and data review that is an address or a number; what is neither is left out."""
        for bug in item.bugs:
            if found := reference(bug):
                yield Link(self.name, found[0], found[1], note="bug")
        if isinstance(item, MetricItem | PingItem) and item.definition:
            for review in item.definition.data_reviews:
                if found := reference(review):
                    yield Link(self.name, found[0], found[1], note="data review")
