"""Which derived tables use the column of a metric or a probe.

A derived table that reads a ping's table uses a column where its SQL names that column.
Where the archive has no SQL, a column of its own that bears the metric's whole name
(or the probe's, with process and aggregate around it, as in clients_daily) tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from indexer.catalogue.model import Link
from indexer.catalogue.schemas import Schemas
from indexer.catalogue.tables import Tables
from indexer.model.column_names import probe_column, underscored
from indexer.model.items import MetricItem, ProbeItem, TableItem

_COLUMN = re.compile(r"\bmetrics\.[a-z_]+[0-9]?\.[a-z0-9_]+")
_EVENT = re.compile(r"['\"]([a-z0-9_]+(?:\.[a-z0-9_]+)+)['\"]")
_AROUND_PROBE = re.compile(
    r"^(?:(?:histogram|scalar)s?_)?(?:(?:parent|content|gpu|dynamic|extension|socket|main)_)?"
    r"(?P<name>.+?)(?:_(?:sum|mean|max|min|count|total|histogram|map_sum))?$"
)
_PROBE_PINGS = frozenset({"ping/telemetry/main", "ping/telemetry/event", "ping/telemetry/first-shutdown"})


def derivation_links(
    tables: Tables, metrics: Iterable[MetricItem], probes: Iterable[ProbeItem], schemas: Schemas
) -> list[Link]:
    """From each metric and probe to the tables made of it, the view over a table before the table itself."""
    by_ping = _metrics_by_ping(metrics)
    by_leaf = {probe_column(probe.name.split("/", 1)[1]): probe.id for probe in probes}
    links = []
    for table in tables.items.values():
        if table.ping or table.layer not in ("derived", "view", "other"):
            continue
        pings = _pings_read(table, tables)
        if not pings:
            continue
        target = table.user_view or table.id
        found = dict.fromkeys(
            key for ping in pings for key in _metrics_used(table, by_ping.get(ping, {}), schemas)
        )
        links += [Link(key, target, "derived_tables", "metric") for key in found]
        if _PROBE_PINGS.intersection(pings):
            used = dict.fromkeys(_probes_used(table, by_leaf, schemas))
            links += [Link(key, target, "derived_tables", "probe") for key in used]
    return links


def _pings_read(table: TableItem, tables: Tables) -> list[str]:
    """The pings whose tables it reads directly."""
    known = [tables.get(name) for name in table.upstream]
    return list(dict.fromkeys(item.ping for item in known if item is not None and item.ping))


def _metrics_by_ping(metrics: Iterable[MetricItem]) -> dict[str, dict[str, list[str]]]:
    """ping id -> column path, event name or whole name as a column has it -> metric ids."""
    found: dict[str, dict[str, list[str]]] = {}
    for metric in metrics:
        names = {row.column for row in metric.columns if row.column} | {underscored(metric.name)}
        names |= {metric.name} if metric.type == "event" else set()
        for ping in {f"ping/{row.app}/{row.ping}" for row in metric.columns}:
            known = found.setdefault(ping, {})
            for name in names:
                if "." in metric.name:  # one bare word is too little to tell
                    known.setdefault(name, []).append(metric.id)
    return found


def _metrics_used(table: TableItem, known: Mapping[str, Sequence[str]], schemas: Schemas) -> list[str]:
    if table.sql:
        names = [*_COLUMN.findall(table.sql), *_EVENT.findall(table.sql)]
    else:
        names = [path.rpartition(".")[2] for path in schemas.by_path(table.schema_digest)]
    return [key for name in names for key in known.get(name, ())]


def _probes_used(table: TableItem, by_leaf: Mapping[str, str], schemas: Schemas) -> list[str]:
    if table.sql:
        words = re.findall(r"\.([a-z0-9_]+)", table.sql)
        return [by_leaf[word] for word in words if word in by_leaf and "_" in word]
    found = []
    for path in schemas.by_path(table.schema_digest):
        leaf = path.rpartition(".")[2]
        match = _AROUND_PROBE.match(leaf)
        for name in (leaf, match["name"] if match else leaf):
            if "_" in name and name in by_leaf:
                found.append(by_leaf[name])
    return found
