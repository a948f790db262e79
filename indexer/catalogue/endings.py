"""Views of what has ended: they stay in bigquery-etl when the tables beneath them are given up.

A view reads all of its tables each time: where one of them is gone, it cannot be asked at all. Where all of
them are only deprecated, it shows nothing new.
"""

from __future__ import annotations

from collections.abc import Mapping

from indexer.model.items import WAS_TO_BE_DELETED, TableItem
from indexer.model.literals import Status
from indexer.model.replace import replace


def with_ended_views(items: Mapping[str, TableItem]) -> dict[str, TableItem]:
    """The tables, with each view whose tables have ended as dead as they are, and why."""
    done: dict[str, TableItem] = {}

    def told(item: TableItem, above: frozenset[str]) -> TableItem:
        if item.id not in done and item.id not in above:
            done[item.id] = item
            if item.status == "active" and (item.layer == "view" or item.table_type == "VIEW"):
                names = [name for name in item.upstream if f"table/{name}" != item.id]
                found = [items.get(f"table/{name}") for name in names]
                beneath = [told(each, above | {item.id}) for each in found if each]
                status, reason = _end(beneath, len(names))
                done[item.id] = replace(item, status=status, status_reason=reason)
        return done.get(item.id, item)

    return {key: told(item, frozenset()) for key, item in items.items()}


def _end(beneath: list[TableItem], count: int) -> tuple[Status, str]:
    """State and reason of a view of so many tables, of which some are known."""
    for each in beneath:
        if each.status == "removed" and each.layer == "view":
            return each.status, each.status_reason
        if each.status == "removed":
            return each.status, f"it reads {each.name}, which {WAS_TO_BE_DELETED} {each.expires}"
    over = bool(beneath) and len(beneath) == count and all(each.status == "deprecated" for each in beneath)
    if not over:
        return "active", ""
    one = f"it shows {beneath[0].name}, which is deprecated"
    return "deprecated", one if count == 1 else "all that it reads is deprecated"
