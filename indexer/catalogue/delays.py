"""How far the newest day of a table lies back: some are filled days or weeks after what they tell of.

bigquery-etl's scheduling says it as `date_partition_offset`: a run of one day fills the partition that lies
so many days before. A view is as far behind as the least of what gives it its day, or as its own SQL leaves
out of the last days.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from indexer.catalogue.schemas import Schemas
from indexer.model.items import TableItem
from indexer.model.replace import replace

OFFSET = "date_partition_offset"
_CUT = re.compile(
    r"\b(\w+) ?<\s{1,9}DATE_SUB\(CURRENT_DATE(?:\(\))?, ?INTERVAL (\d{1,3}) DAY\)", re.IGNORECASE
)
_UNION = re.compile(r"\bUNION ALL\b", re.IGNORECASE)
MOST_DAYS = 400  # a table that is behind by more than a year is not filled day by day


def with_days_behind(items: Mapping[str, TableItem], schemas: Schemas) -> dict[str, TableItem]:
    """The tables, each with how many days its newest day lies before the newest of others."""
    done: dict[str, int] = {}

    def behind(item: TableItem, above: frozenset[str]) -> int:
        if item.id not in done and item.id not in above:
            if item.layer == "view" or item.table_type == "VIEW":
                beneath = _given_its_day(item, items, schemas)
                found = [behind(each, above | {item.id}) for each in beneath]
                done[item.id] = max(min(found, default=0), _left_out(item))
            else:
                done[item.id] = _offset(item)
        return done.get(item.id, 0)

    lagging = {key: days for key, item in items.items() if (days := behind(item, frozenset()))}
    return {
        key: replace(item, days_behind=lagging[key]) if key in lagging else item
        for key, item in items.items()
    }


def _left_out(view: TableItem) -> int:
    """How many of the last days a view leaves out in each part of its union, as those that wait for a KPI."""
    if "current_date" not in view.sql.casefold():  # of most, and the pattern is slow
        return 0
    days = [int(found[2]) for found in _CUT.finditer(view.sql) if found[1] == view.partition_field]
    parts = 1 + len(_UNION.findall(view.sql))
    return min(days) if len(days) >= parts else 0


def _offset(item: TableItem) -> int:
    written = item.schedule.get(OFFSET, "")
    if not item.partition_field or not re.fullmatch(r"-\d{1,3}", written):
        return 0
    days = -int(written)
    return days if days <= MOST_DAYS else 0


def _given_its_day(view: TableItem, items: Mapping[str, TableItem], schemas: Schemas) -> list[TableItem]:
    """Of what a view reads, what has a column of the name of its day, or may have one."""
    if not view.partition_field:
        return []
    read = [found for name in view.upstream if (found := items.get(f"table/{name}")) and found.id != view.id]
    return [
        each
        for each in read
        if not each.schema_digest or view.partition_field in schemas.by_path(each.schema_digest)
    ]
