"""From columns and events in SQL back to what is collected: which metric or probe fills a column."""

from __future__ import annotations

from collections.abc import Iterable

from indexer.catalogue.tables import Tables
from indexer.model.items import MetricItem, ProbeItem
from indexer.sqlread.resolve import EventUse

# Columns of every ping that tell clients apart: what counts clients is not about these metrics.
_OF_CLIENTS = frozenset({"client_info.client_id", "client_id"})


class ColumnOwners:
    """Metrics and probes by the columns that they fill and the events that they are."""

    def __init__(self, metrics: Iterable[MetricItem], probes: Iterable[ProbeItem], tables: Tables) -> None:
        self._tables = tables
        self._by_column: dict[tuple[str, str], dict[str, None]] = {}
        self._by_event: dict[str, list[MetricItem]] = {}
        self._legacy_events: dict[tuple[str, str], list[ProbeItem]] = {}
        for metric in metrics:
            self._add_columns(metric)
            if metric.type == "event":
                self._by_event.setdefault(metric.name, []).append(metric)
        for probe in probes:
            if probe.probe_type == "event":
                self._add_legacy_event(probe)
            else:
                self._add_columns(probe)

    def of_column(self, table: str, path: str) -> tuple[str, ...]:
        """Ids of what fills a column, or the column that it is a part of. `table` with or without project."""
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

    def of_events(self, use: EventUse) -> tuple[str, ...]:
        """Ids of the events that a condition on some tables asks for by its literals."""
        datasets = {self._dataset(name) for name in use.tables}
        categories = use.test.categories or tuple(sorted(use.categories))
        names = [f"{category}.{name}" for category in categories for name in use.test.names]
        names += [name for name in use.test.names if "." in name]
        found = [
            metric.id
            for name in names
            for metric in self._by_event.get(name, ())
            if datasets.intersection(metric.datasets)
        ]
        if "telemetry" in datasets:
            found += self._legacy(use, categories)
        return tuple(dict.fromkeys(found))

    def _legacy(self, use: EventUse, categories: Iterable[str]) -> list[str]:
        methods, objects = use.test.methods, use.test.objects
        return [
            probe.id
            for category in categories
            for method in methods
            for probe in self._legacy_events.get((category, method), ())
            if not objects or any(set(objects).intersection(each.objects) for each in probe.definitions)
        ]

    def _add_columns(self, item: MetricItem | ProbeItem) -> None:
        for row in item.columns:
            if row.column and row.exists is not False:
                self._by_column.setdefault((row.table, row.column), {})[item.id] = None

    def _add_legacy_event(self, probe: ProbeItem) -> None:
        category = probe.name.partition("/")[2].partition("#")[0].rpartition(".")[0]
        for method in {method for each in probe.definitions for method in each.methods}:
            self._legacy_events.setdefault((category, method), []).append(probe)

    def _names_of(self, table: str) -> tuple[str, ...]:
        """dataset.table of a table, and of the view over it that users take."""
        short = ".".join(table.split(".")[-2:])
        item = self._tables.get(table)
        view = self._tables.items.get(item.user_view) if item is not None and item.user_view else None
        return (short, view.name) if view is not None else (short,)

    def _dataset(self, table: str) -> str:
        dataset = table.split(".")[-2] if "." in table else ""
        for ending in ("_derived", "_stable", "_live"):
            dataset = dataset.removesuffix(ending)
        return dataset
