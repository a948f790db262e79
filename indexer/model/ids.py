"""Ids of items: how they are made, taken apart and written as a path.

An id is `kind/name`; for kinds whose names are unique within an app or namespace only it is
`kind/app/name` (DESIGN.md, section 2). The only place that encodes an id into a path.
"""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

from indexer.model.items import SHARED_PROJECT


@lru_cache(maxsize=20_000)
def item_path(item_id: str) -> str:
    """The path of an item's page: each segment of the id percent-encoded (`#` is `%23`)."""
    return "/" + "/".join(quote(segment, safe="") for segment in item_id.split("/"))


def table_id(name: str) -> str:
    """The id of a table by its name, with or without the project."""
    return f"table/{name}" if name.count(".") == 2 else f"table/{SHARED_PROJECT}.{name}"
