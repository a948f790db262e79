"""Public data sets: tables that anyone may download as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.model.items import AnyItem, TableItem
from search_app.tools import Context, Link, NoLink

BASE = "https://public-data.telemetry.mozilla.org/api/v1/tables"


class Tool:
    """Links a public table to its files."""

    name = "public-data"
    label = "Public data"
    order = 45
    bangs = ("public",)

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """The files of a table that its labels call public; its name must end in a version."""
        if isinstance(item, TableItem) and "public_json" in item.table_labels:
            versioned = re.fullmatch(r"(.+)_(v\d+)", item.table)
            if versioned:
                url = f"{BASE}/{item.dataset}/{versioned[1]}/{versioned[2]}/files"
                yield Link(self.name, "Download as JSON", url)
