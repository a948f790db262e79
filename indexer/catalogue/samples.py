"""Which tables are made from a sample of the clients, as the SQL that makes them says.

Each client falls on one sample_id from 0 to 99. To be cheap, SQL reads some of them (`sample_id = 42`),
wholly or in part, and then counts these or scales them up: that one has to see in it. What reads nothing but
such tables is of a sample too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from indexer.model.items import TableItem
from indexer.model.replace import replace

COLUMN = "sample_id"
IDS = 100  # that there are
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_KEPT = re.compile(
    r"\bsample_id\s{0,9}(?:(=|<=?)\s{0,9}(\d{1,3})|BETWEEN\s{1,9}(\d{1,3})\s{1,9}AND\s{1,9}(\d{1,3}))\b",
    re.IGNORECASE,
)


def sample_kept(sql: str) -> str:
    """The first condition by which SQL reads some of the clients only (`sample_id < 10`); "" where all."""
    if COLUMN not in sql:  # of most: to look through all comments takes a third of a second
        return ""
    for found in _KEPT.finditer(_COMMENT.sub(" ", sql)):
        sign, last, first, end = found.groups()
        kept = int(end) - int(first) + 1 if first else {"=": 1, "<": int(last), "<=": int(last) + 1}[sign]
        if 0 < kept < IDS:
            return f"sample_id BETWEEN {first} AND {end}" if first else f"sample_id {sign} {last}"
    return ""


def with_samples(items: Mapping[str, TableItem]) -> dict[str, TableItem]:
    """The tables, each with the condition of the sample that it is made from."""
    done: dict[str, str] = {}

    def kept(item: TableItem, above: frozenset[str]) -> str:
        if item.id not in done and item.id not in above:
            done[item.id] = sample_kept(item.sql) or _of_all_read(item, above | {item.id})
        return done.get(item.id, "")

    def _of_all_read(item: TableItem, above: frozenset[str]) -> str:
        read = [items.get(f"table/{name}") for name in item.upstream if f"table/{name}" != item.id]
        found = [kept(each, above) if each else "" for each in read]
        return found[0] if found and all(found) else ""

    return {
        key: replace(item, sample=condition) if (condition := kept(item, frozenset())) else item
        for key, item in items.items()
    }
