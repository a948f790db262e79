"""From columns and events in SQL back to what is collected: which metric or probe fills a column.

A column of a ping's table is filled by a metric or a probe. A column of another table is made of
columns of the tables that its SQL reads (indexer/sqlread); so it leads, however many tables lie
between, to the columns of pings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from indexer.catalogue.derivations import Evidence, without_moved
from indexer.catalogue.tables import Tables
from indexer.model.items import MetricItem, ProbeItem
from indexer.sqlread.lineage import Origins
from indexer.sqlread.resolve import EventUse
from indexer.sqlread.values import Origin

Filling = TypeVar("Filling", MetricItem, ProbeItem)

# Columns of every ping that tell clients apart: what counts clients is not about these metrics.
_OF_CLIENTS = frozenset({"client_info.client_id", "client_id"})
DEPTH = 20  # of tables made of tables
MOST_COLUMNS = 2_000  # that are looked at for one
MOST_OWNERS = 10  # of one column: one that is made of more is about none in particular


class ColumnOwners:
    """Metrics and probes by the columns that they fill and the events that they are."""

    def __init__(
        self,
        metrics: Iterable[MetricItem],
        probes: Iterable[ProbeItem],
        tables: Tables,
        evidence: Evidence | None = None,
    ) -> None:
        """`evidence` knows which events a condition asks for; without it none is found."""
        self._tables = tables
        self._evidence = evidence
        metrics, probes = tuple(metrics), tuple(probes)
        self._apps = {each.id: each.apps for each in (*metrics, *probes)}
        self._by_column: dict[Origin, dict[str, None]] = {}
        self._origins: dict[str, Origins] = {}
        self._found: dict[Origin, tuple[str, ...]] = {}
        for origin, filling in _by_column(metrics).items():
            self._by_column[origin] = {metric.id: None for metric in without_moved(filling)}
        for origin, probes_there in _by_column(probes).items():
            self._by_column.setdefault(origin, {}).update((probe.id, None) for probe in probes_there)

    def of_column(self, table: str, path: str) -> tuple[str, ...]:
        """Ids of what fills a column, or what it is made of. `table` with or without project.

        None where that is much: a column that sums up arrays of many probes is about no one of them.
        """
        key = (table, path)
        if key not in self._found:
            owners = self._of_column(key)
            self._found[key] = tuple(owners) if len(owners) <= MOST_OWNERS else ()
        return self._found[key]

    def apps_of(self, item_id: str) -> tuple[str, ...]:
        """The apps that send a metric or probe."""
        return self._apps.get(item_id, ())

    def of_events(self, use: EventUse) -> tuple[str, ...]:
        """Ids of the events that a condition on some tables asks for by its literals."""
        return tuple(dict.fromkeys(self._evidence.events_of(use))) if self._evidence is not None else ()

    def _of_column(self, asked: Origin) -> dict[str, None]:
        found: dict[str, None] = {}
        seen: set[Origin] = {asked}
        level: list[Origin] = [asked]
        for _ in range(DEPTH):
            beneath: list[Origin] = []
            for table, path in level:
                owners = self._filled_by(table, path)
                found.update(dict.fromkeys(owners))
                if not owners and path not in _OF_CLIENTS:
                    beneath += self._made_of(table, path)
            level = [each for each in dict.fromkeys(beneath) if each not in seen]
            seen.update(level)
            if not level or len(seen) > MOST_COLUMNS:
                break
        return found

    def _filled_by(self, table: str, path: str) -> tuple[str, ...]:
        """What fills the column, or the column that it is a part of."""
        if path in _OF_CLIENTS:
            return ()
        names = self._names_of(table)
        parts = path.split(".")
        for length in range(len(parts), 0, -1):
            above = ".".join(parts[:length])
            found = dict.fromkeys(key for name in names for key in self._by_column.get((name, above), ()))
            if found:
                return tuple(found)
        return ()

    def _made_of(self, table: str, path: str) -> Sequence[Origin]:
        item = self._tables.get(table)
        resolved = self._tables.resolved.get(item.id) if item is not None else None
        if item is None or resolved is None:
            return ()
        if item.id not in self._origins:
            self._origins[item.id] = Origins(resolved.lineage)
        return self._origins[item.id].of(path)

    def _names_of(self, table: str) -> tuple[str, ...]:
        """dataset.table of a table, and of the view over it that users take."""
        short = ".".join(table.split(".")[-2:])
        item = self._tables.get(table)
        view = self._tables.items.get(item.user_view) if item is not None and item.user_view else None
        return (short, view.name) if view is not None else (short,)


def _by_column(items: Iterable[Filling]) -> dict[Origin, list[Filling]]:
    """What fills a column, by (dataset.table, path)."""
    found: dict[Origin, list[Filling]] = {}
    for item in items:
        for row in item.columns:
            if row.column and row.exists is not False:
                known = found.setdefault((row.table, row.column), [])
                if not known or known[-1] is not item:
                    known.append(item)
    return found
