"""Views of what has ended: they stay in bigquery-etl when the tables beneath them are given up.

A view reads all of its tables each time: where one of them is gone, it cannot be asked at all. Where all of
them are only deprecated, it shows nothing new.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from indexer.model.items import WAS_TO_BE_DELETED, TableItem


def with_ended_views(items: Mapping[str, TableItem]) -> dict[str, TableItem]:
    """The tables, with the views called deprecated whose tables have ended, and why."""
    done: dict[str, TableItem] = {}

    def told(item: TableItem, above: frozenset[str]) -> TableItem:
        if item.id not in done and item.id not in above:
            reason = ""
            if item.status == "active" and (item.layer == "view" or item.table_type == "VIEW"):
                names = [name for name in item.upstream if f"table/{name}" != item.id]
                found = [items.get(f"table/{name}") for name in names]
                reason = _reason([told(each, above | {item.id}) for each in found if each], len(names))
            done[item.id] = replace(item, status="deprecated", status_reason=reason) if reason else item
        return done.get(item.id, item)

    return {key: told(item, frozenset()) for key, item in items.items()}


def _reason(beneath: list[TableItem], count: int) -> str:
    """Why a view of so many tables, of which some are known, has ended; "" where it has not."""
    for each in beneath:
        if each.status == "removed":
            return f"it reads {each.name}, which {WAS_TO_BE_DELETED} {each.expires}"
        if WAS_TO_BE_DELETED in each.status_reason:
            return each.status_reason
    over = bool(beneath) and len(beneath) == count and all(each.status == "deprecated" for each in beneath)
    if not over:
        return ""
    return (
        f"it shows {beneath[0].name}, which is deprecated"
        if count == 1
        else "all that it reads is deprecated"
    )
