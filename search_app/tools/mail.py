"""The people who answer for an item."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from indexer.model.items import AnyItem
from search_app.tools import Context, Link, NoLink


class Tool:
    """Links an item to its owners by e-mail; no bang leads there."""

    name = "mail"
    label = "E-mail"
    order = 150
    bangs = ()

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """Each owner that is an e-mail address."""
        for owner in item.owners:
            if re.fullmatch(r"[\w.+-]+@[\w.-]+\.\w+", owner):
                yield Link(self.name, owner, f"mailto:{quote(owner, safe='@+')}", note="owner")
