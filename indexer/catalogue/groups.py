"""Tables whose rows are groups: how many there are says nothing of people or things.

bigquery-etl labels some of them (`table_type` in metadata.yaml); of others their own SQL tells. What passes
on the rows of such a table, as most views do, has groups too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from indexer.catalogue.schemas import Schemas
from indexer.model.items import TableItem
from indexer.model.replace import replace
from indexer.sqlread.groups import AMOUNT, OTHER, SUM
from indexer.sqlread.model import Rows

LABEL, LABELLED_GROUPS = "table_type", "aggregate"
# A row for each value of such a column is no group, but what the value names: a client, a subscription …
_NAMES_ONE = re.compile(r"(?:^|_)(?:id|uid|uuid|guid|sha256|email|identifier)$")
# … unless many share it.
_SHARED = re.compile(
    r"(?:^|_)(?:app|build|distribution|sample|plan|product|service|campaign|ad_group|experiment|partner|surface)"
    r"_id$"
)
# Rows with different values of such a column hold different sorts of numbers, or the same people again.
_SORTS = re.compile(
    r"(?:^|_)(?:metric|probe|histogram|statistic|measure|parameter|key|agg_type|bucket|unit|currency|quantile"
    r"|percentile|window|period|granularity|frequency|horizon|dimension|(?<!attribution_)experiment|branch|feature)(?:_|$)"
)
_OF_EACH = frozenset(("client_id", "client_info.client_id", "document_id"))  # a row is a client's, or a ping
_DAY = re.compile(r"_(?:date|day)$")


class Groups(NamedTuple):
    """Whether the rows of a table are groups, and which of their columns add up."""

    are: bool = False
    sums: tuple[str, ...] = ()


NO_GROUPS = Groups()


def with_groups(
    items: Mapping[str, TableItem], rows: Mapping[str, Rows], schemas: Schemas
) -> dict[str, TableItem]:
    """The tables, each with whether its rows are groups; `rows` by a table's id, where its SQL tells them."""
    done: dict[str, Groups] = {}

    def groups_of(item: TableItem, above: frozenset[str]) -> Groups:
        if item.id not in done and item.id not in above:
            own = rows.get(item.id)
            names = dict.fromkeys(".".join(parts) for parts in own.tables) if own else {}
            beneath = [items.get(f"table/{_whole(name, item.project)}") for name in names]
            read = [groups_of(each, above | {item.id}) for each in beneath if each and each.id != item.id]
            told = _labelled(item, own, _told(own, read if len(read) == len(beneath) else []))
            columns = schemas.by_path(item.schema_digest) if item.schema_digest else {}
            done[item.id] = told if _OF_EACH.isdisjoint(columns) else NO_GROUPS
        return done.get(item.id, NO_GROUPS)

    found = {key: groups_of(item, frozenset()) for key, item in items.items()}
    return {
        key: replace(item, grouped=True, sums=found[key].sums) if found[key].are else item
        for key, item in items.items()
    }


def _whole(name: str, project: str) -> str:
    return name if name.count(".") == 2 else f"{project}.{name}"


def _labelled(item: TableItem, rows: Rows | None, told: Groups) -> Groups:
    """What a label says counts more than what names of columns tell of the rows that its SQL makes of others.

    It stands on calendars, releases and single hits too, which programs fetch or SQL passes on.
    """
    label = item.table_labels.get(LABEL, "")
    if label != LABELLED_GROUPS:
        return NO_GROUPS if label else told
    makes = not rows.tables if rows is not None else item.made_by.endswith(".sql") and bool(item.upstream)
    return Groups(True, told.sums) if makes else told


def _told(rows: Rows | None, read: list[Groups]) -> Groups:
    """What the SQL of a table tells of its rows, and what is known of those that it passes on."""
    if rows is None:
        return NO_GROUPS
    if not rows.tables:
        return _of_its_own(rows)
    if not read or not all(each.are for each in read):
        return NO_GROUPS
    shared = [name for name in read[0].sums if all(name in each.sums for each in read)]
    named = [name for name, column in rows.columns if column in shared]
    written = {name for name, _ in rows.columns}
    starred = [name for name in shared if rows.star and name not in written]
    return Groups(True, () if rows.apart else (*named, *starred))


def _of_its_own(rows: Rows) -> Groups:
    """A row for each of some values with an amount beside; none where one of them names a single thing."""
    told = [name for name, role in rows.columns if role not in (SUM, AMOUNT, OTHER)]
    amounts = [name for name, role in rows.columns if role in (SUM, AMOUNT)]
    if not amounts or any(_NAMES_ONE.search(name) and not _SHARED.search(name) for name in told):
        return NO_GROUPS
    apart = rows.apart or any(_SORTS.search(name) and not _DAY.search(name) for name in told)
    return Groups(True, () if apart else tuple(name for name, role in rows.columns if role == SUM))
