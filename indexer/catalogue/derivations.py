"""Which derived tables use a metric, a probe or an event.

Three kinds of evidence add up. A table's SQL names the column of a metric or probe, in the table of
a ping or through views over it; it asks for an event by the literals of its category and name; or a
column of its own bears the metric's whole name (or the probe's, with process and aggregate around
it, as in clients_daily).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from indexer.catalogue.model import Link
from indexer.catalogue.schemas import Schemas
from indexer.catalogue.tables import Tables
from indexer.model.column_names import probe_column, underscored
from indexer.model.items import MetricItem, ProbeItem, TableItem
from indexer.sqlread.lineage import Origins
from indexer.sqlread.resolve import EventUse
from indexer.sqlread.values import Origin

_AROUND_PROBE = re.compile(
    r"^(?:(?:histogram|scalar)s?_)?(?:(?:parent|content|gpu|dynamic|extension|socket|main)_)?"
    r"(?P<name>.+?)(?:_(?:sum|mean|max|min|count|total|histogram|map_sum))?$"
)
_PROBE_PINGS = frozenset({"ping/telemetry/main", "ping/telemetry/event", "ping/telemetry/first-shutdown"})
_PROBE_PATH = re.compile(r"^payload\.(?:processes\.\w+\.)?(?:keyed_)?(?:histograms|scalars)\.(\w+)")
_METRIC_PARTS = 3  # metrics.<type>.<name>
DEPTH = 12  # of views over views


class Evidence:
    """What is looked up for one table after another."""

    def __init__(
        self, tables: Tables, metrics: Iterable[MetricItem], probes: Iterable[ProbeItem], schemas: Schemas
    ) -> None:
        self._tables = tables
        self._schemas = schemas
        self._by_ping = _metrics_by_ping(metrics)
        probes = tuple(probes)
        self._by_leaf = {
            probe_column(probe.name.split("/", 1)[1]): probe.id
            for probe in probes
            if probe.probe_type != "event"
        }
        self._legacy_events = {
            probe.name.split("/", 1)[1]: probe.id for probe in probes if probe.probe_type == "event"
        }
        self._origins: dict[str, Origins] = {}
        self._pings: dict[str, frozenset[str]] = {}

    def metrics_of(self, table: TableItem, pings: Sequence[str]) -> dict[str, None]:
        """The metrics that a table uses, by their ids."""
        found: dict[str, None] = {}
        for ping, path in self._columns_of_pings(table):
            known = self._by_ping.get(ping, {})
            found.update(dict.fromkeys(known.get(_column(path), ())))
        for use in self._events(table):
            found.update(dict.fromkeys(self._events_asked_for(use)))
        names = [path.rpartition(".")[2] for path in self._schemas.by_path(table.schema_digest)]
        for ping in pings:
            known = self._by_ping.get(ping, {})
            found.update(dict.fromkeys(key for name in names for key in known.get(name, ())))
        return found

    def probes_of(self, table: TableItem, pings: Sequence[str]) -> dict[str, None]:
        """The legacy probes that a table uses, by their ids."""
        found: dict[str, None] = {}
        for ping, path in self._columns_of_pings(table):
            match = _PROBE_PATH.match(path) if ping in _PROBE_PINGS else None
            if match and match[1] in self._by_leaf:
                found[self._by_leaf[match[1]]] = None
        for use in self._events(table):
            if self._pings_beneath(use.tables) & _PROBE_PINGS:
                found.update(dict.fromkeys(self._legacy_events_asked_for(use)))
        if _PROBE_PINGS.intersection(pings):
            found.update(dict.fromkeys(self._probes_by_own_columns(table)))
        return found

    def pings_read(self, table: TableItem) -> list[str]:
        """The pings whose tables it reads directly; a live table is the twin of a stable one."""
        known = (self._table(name) for name in table.upstream)
        return list(dict.fromkeys(item.ping for item in known if item is not None and item.ping))

    def _table(self, name: str) -> TableItem | None:
        return self._tables.get(name) or self._tables.get(name.replace("_live.", "_stable.", 1))

    def _columns_of_pings(self, table: TableItem) -> Iterator[tuple[str, str]]:
        """(ping, column path) of all that its SQL names, through views over the tables of pings."""
        resolved = self._tables.resolved.get(table.id)
        if resolved is None:
            return
        seen: set[Origin] = set()
        level: set[Origin] = set(resolved.used)
        for _ in range(DEPTH):
            beneath: set[Origin] = set()
            for name, path in sorted(level - seen):  # the same links in the same order by every build
                item = self._table(name)
                if item is None:
                    continue
                if item.ping:
                    yield item.ping, path
                elif item.layer == "view" and item.id != table.id:
                    beneath.update(self._made_of(item, path))
            seen |= level
            level = beneath
            if not level:
                return

    def _made_of(self, item: TableItem, path: str) -> Sequence[Origin]:
        resolved = self._tables.resolved.get(item.id)
        if resolved is None:
            return ()
        if item.id not in self._origins:
            self._origins[item.id] = Origins(resolved.lineage)
        return self._origins[item.id].of(path)

    # -------------------------------------------------------------- events

    def events_of(self, use: EventUse) -> Iterator[str]:
        """Ids of the events, Glean's and legacy ones, that a condition on some tables asks for."""
        yield from self._events_asked_for(use)
        if self._pings_beneath(use.tables) & _PROBE_PINGS:
            yield from self._legacy_events_asked_for(use)

    def _events(self, table: TableItem) -> Sequence[EventUse]:
        resolved = self._tables.resolved.get(table.id)
        return resolved.events if resolved is not None else ()

    def _events_asked_for(self, use: EventUse) -> Iterator[str]:
        """Ids of Glean events. A name without a category counts where only one event is called so."""
        categories = use.test.categories or tuple(sorted(use.categories))
        for ping in sorted(self._pings_beneath(use.tables)):
            known = self._by_ping.get(ping, {})
            for name in use.test.names:
                if "." in name:
                    yield from known.get(f"event {name}", ())
                for category in categories:
                    yield from known.get(f"event {category}.{name}", ())
                if not categories and "." not in name:
                    alone = known.get(f"event name {name}", ())
                    yield from alone if len(alone) == 1 else ()

    def _legacy_events_asked_for(self, use: EventUse) -> Iterator[str]:
        objects = set(use.test.objects)
        categories, methods = set(use.test.categories or use.categories), set(use.test.methods)
        for name, key in self._legacy_events.items() if categories and methods else ():
            place, _, thing = name.partition("#")
            category, _, method = place.rpartition(".")
            if category in categories and method in methods and (not objects or thing in objects):
                yield key

    def _pings_beneath(self, names: Iterable[str]) -> frozenset[str]:
        """The pings whose rows some tables show: through views, and tables of streamed events."""
        return frozenset().union(*(self._pings_of(name, DEPTH) for name in names))

    def _pings_of(self, name: str, depth: int) -> frozenset[str]:
        item = self._table(name)
        if item is None or depth == 0:
            return frozenset()
        if item.id not in self._pings:
            self._pings[item.id] = frozenset()  # a view that reads itself ends here
            if item.ping:
                self._pings[item.id] = frozenset((item.ping,))
            elif item.layer == "view" or item.base.endswith(
                (".events_stream", ".events_unnested", ".events")
            ):
                beneath = (self._pings_of(each, depth - 1) for each in item.upstream)
                self._pings[item.id] = frozenset().union(*beneath)
        return self._pings[item.id]

    def _probes_by_own_columns(self, table: TableItem) -> Iterator[str]:
        for path in self._schemas.by_path(table.schema_digest):
            leaf = path.rpartition(".")[2]
            match = _AROUND_PROBE.match(leaf)
            for name in (leaf, match["name"] if match else leaf):
                if "_" in name and name in self._by_leaf:
                    yield self._by_leaf[name]


def derivation_links(tables: Tables, evidence: Evidence) -> list[Link]:
    """From each metric and probe to the tables made of it, the view over a table before the table itself."""
    links = []
    for table in tables.items.values():
        if table.ping or table.layer not in ("derived", "view", "other") or _passes_rows_on(table, tables):
            continue
        pings = evidence.pings_read(table)
        target = table.user_view or table.id
        used = evidence.metrics_of(table, pings)
        links += [Link(key, target, "derived_tables", "metric") for key in used]
        links += [Link(key, target, "derived_tables", "probe") for key in evidence.probes_of(table, pings)]
    return links


def _passes_rows_on(table: TableItem, tables: Tables) -> bool:
    """Whether it holds the events of a ping, all of them: it is made of none in particular."""
    return table.base.endswith((".events_stream", ".events_unnested")) and not (
        resolved.events if (resolved := tables.resolved.get(table.id)) is not None else ()
    )


def _metrics_by_ping(metrics: Iterable[MetricItem]) -> dict[str, dict[str, list[str]]]:
    """ping id -> column path, whole name as a column has it, or "event " and its name -> metric ids."""
    found: dict[str, dict[str, list[MetricItem]]] = {}
    for metric in metrics:
        names = {row.column for row in metric.columns if row.column}
        if "." in metric.name:  # one bare word is too little to tell
            names.add(underscored(metric.name))
        if metric.type == "event":
            names = {f"event {metric.name}", f"event name {metric.name.rpartition('.')[2]}"}
        for ping in {f"ping/{row.app}/{row.ping}" for row in metric.columns}:
            known = found.setdefault(ping, {})
            for name in names:
                known.setdefault(name, []).append(metric)
    return {
        ping: {name: [each.id for each in without_moved(filling)] for name, filling in known.items()}
        for ping, known in found.items()
    }


def without_moved(metrics: Sequence[MetricItem]) -> Sequence[MetricItem]:
    """Of metrics that fill one column: none that is gone while its namesake of another origin fills it."""
    if len(metrics) < 2:
        return metrics
    there = {metric.name for metric in metrics if metric.status != "removed"}
    return [metric for metric in metrics if metric.status != "removed" or metric.name not in there]


def _column(path: str) -> str:
    """The column of a metric that a path is in: `metrics.labeled_counter.a.key` is in that of `a`."""
    parts = path.split(".")
    if parts[0] != "metrics":
        return path
    kind = _RENAMED.get(parts[1], parts[1]) if len(parts) > 1 else ""
    return ".".join(("metrics", kind, *parts[2:_METRIC_PARTS])) if kind else path


# what stable tables call the types that views name plainly (rule 4)
_RENAMED = {"url2": "url", "text2": "text", "jwe2": "jwe", "labeled_rate2": "labeled_rate"}
