"""Legacy Firefox probes, where their values are (rule 8), and which Glean metrics mirror them (rule 10)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from indexer.catalogue.model import Estate, humanise
from indexer.catalogue.schemas import Schemas
from indexer.catalogue.tables import Tables
from indexer.model.column_names import probe_column
from indexer.model.definitions import ProbeDefinition
from indexer.model.items import SHARED_PROJECT, MetricItem, ProbeItem
from indexer.model.last_day import ENDED, day_of_version, last_day
from indexer.model.liveness import Clock, status_of, summary
from indexer.model.parts import ChannelStatus, ColumnRef
from indexer.model.records import LegacyProbe
from indexer.model.table_records import Column

APP = "firefox_desktop"
MAIN = "telemetry.main"
USE_COUNTERS = "telemetry.main_use_counter"
EVENTS = "telemetry.events"

# What stands for several processes; "main" is what payloads call parent.
CHILDREN = ("content", "extension", "gpu", "rdd", "socket", "utility", "dynamic")
_PROCESSES = {
    "all": ("parent", *CHILDREN),
    "all_childs": CHILDREN,
    "all_children": CHILDREN,
    "main": ("parent",),
}
_HISTOGRAM_TYPES = frozenset(
    {"timing_distribution", "custom_distribution", "memory_distribution"}
    | {"labeled_timing_distribution", "labeled_custom_distribution", "labeled_memory_distribution"}
)
_UNSPELLED = re.compile(r"[^a-z0-9]+")


def processes_of(declared: Iterable[str]) -> tuple[str, ...]:
    """The processes that record, with words for several of them expanded; parent where nothing is said."""
    found = dict.fromkeys(p for name in declared for p in _PROCESSES.get(name, (name,)))
    return tuple(found) or ("parent",)


def column_paths(probe_type: str, name: str, keyed: bool, processes: Iterable[str]) -> list[tuple[str, str]]:
    """(process, column path) of a histogram or a scalar."""
    leaf = probe_column(name)
    if probe_type == "scalar":
        group = "keyed_scalars" if keyed else "scalars"
        return [(process, f"payload.processes.{process}.{group}.{leaf}") for process in processes]
    group = "keyed_histograms" if keyed else "histograms"
    found = []
    for process in processes:
        above = "payload" if process == "parent" else f"payload.processes.{process}"
        found.append((process, f"{above}.{group}.{leaf}"))
    return found


def probe_items(
    records: Sequence[LegacyProbe], estate: Estate, tables: Tables, schemas: Schemas, now: Clock
) -> list[ProbeItem]:
    """One item for each legacy probe."""
    app = estate.apps.get(APP)
    title = app.title if app else "Firefox for Desktop"
    columns = {name: _columns(name, tables, schemas) for name in (MAIN, USE_COUNTERS)}
    versions: dict[str, int] = {}
    for record in records:
        for row in record.history:
            versions[row.channel] = max(versions.get(row.channel, 0), _major(row.last_version))
    known = [record for record in records if record.history]
    return [_probe_item(record, title, tables, columns, versions, now) for record in known]


def _columns(name: str, tables: Tables, schemas: Schemas) -> Mapping[str, Column] | None:
    """Columns of the stable tables beneath a view, newest version first (the .bq is the reference here)."""
    view = tables.get(f"{SHARED_PROJECT}.{name}")
    dataset, table = name.split(".")
    stable = [
        item
        for item in tables.items.values()
        if item.layer == "stable" and item.base == f"{dataset}.{table}" and item.schema_digest
    ]
    newest = max(stable, key=lambda item: item.name, default=view)
    return schemas.by_path(newest.schema_digest) if newest is not None and newest.schema_digest else None


def _probe_item(
    record: LegacyProbe,
    title: str,
    tables: Tables,
    columns: Mapping[str, Mapping[str, Column] | None],
    newest_version: Mapping[str, int],
    now: Clock,
) -> ProbeItem:
    newest = max(record.history, key=lambda row: (_major(row.last_version), row.channel == "release"))
    refs = _column_refs(record, newest, tables, columns)
    states = _states(record.history, newest_version, now)
    status, reason = summary(states)
    names = tuple(dict.fromkeys(ref.table for ref in refs if ref.exists is not False))
    ids = tuple(key for name in names if (key := tables.id_of(f"{SHARED_PROJECT}.{name}")))
    first_added = _first_added(record, now)
    return ProbeItem(
        id=f"probe/{record.type}/{record.name}",
        kind="probe",
        name=f"{record.type}/{record.name}",
        title=humanise(record.name.lower().replace("#", " ")),
        description=newest.description,
        apps=(APP,),
        app_titles=(title,),
        pings=_pings(record),
        type=record.type,
        tables=names,
        datasets=("telemetry",) if names else (),
        status=status,
        status_reason=reason,
        added=min((day[:10] for day in first_added.values()), default=""),
        expires=newest.expires,
        owners=newest.emails,
        bugs=newest.bugs,
        aliases=_aliases(record, newest, refs),
        labels=(*_kind(newest), *newest.labels, *newest.methods, *newest.objects, *newest.extra_keys),
        related={"table": ids} if ids else {},
        probe_type=record.type,
        definitions=record.history,
        first_added=first_added,
        columns=refs,
        channel_status=states,
    )


def _first_added(record: LegacyProbe, now: Clock) -> dict[str, str]:
    """The days on which channels got it, but none on which versions that have it were out for long.

    A branch that upstream starts to look at gives all that it holds the day of that look: of probes that
    Firefox 115 had in July 2023 it says August 2024. A day after the next version's release is no first one.
    """
    first = {row.channel: _major(row.first_version) for row in record.history}

    def is_late(channel: str, day: str) -> bool:
        next_release = now.releases.get(first.get(channel, 0) + 1, "")
        return bool(next_release) and day[:10] > next_release[:10]

    return {channel: day for channel, day in record.first_added.items() if day and not is_late(channel, day)}


def _major(version: str) -> int:
    digits = re.match(r"\d+", version)
    return int(digits[0]) if digits else 0


def _pings(record: LegacyProbe) -> tuple[str, ...]:
    if record.type == "event":
        return ("event",)
    return ("main-use-counter",) if record.name.startswith("USE_COUNTER2_") else ("main",)


def _kind(newest: ProbeDefinition) -> tuple[str, ...]:
    return tuple(word for word in ("keyed" if newest.keyed else "", newest.kind) if word)


def _column_refs(
    record: LegacyProbe,
    newest: ProbeDefinition,
    tables: Tables,
    columns: Mapping[str, Mapping[str, Column] | None],
) -> tuple[ColumnRef, ...]:
    if record.type == "event":
        exists = tables.get(f"{SHARED_PROJECT}.{EVENTS}") is not None or None
        return (ColumnRef(APP, "", "", "event", EVENTS, "", exists, note=_event_note(record.name, newest)),)
    table = USE_COUNTERS if record.name.startswith("USE_COUNTER2_") else MAIN
    ping = table.split(".")[1].replace("_", "-")
    known = columns[table]
    refs = []
    for process, path in column_paths(record.type, record.name, newest.keyed, processes_of(newest.processes)):
        found = known.get(path) if known is not None else None
        note = f"{process} process"
        if known is not None and found is None:
            note += ": not in the schema of this table"
        refs.append(
            ColumnRef(
                app=APP,
                app_id="",
                channel="",
                ping=ping,
                table=table,
                column=path,
                exists=None if known is None else found is not None,
                type=found.type if found else "",
                mode=found.mode if found else "",
                note=note,
            )
        )
    return tuple(refs)


def _event_note(name: str, newest: ProbeDefinition) -> str:
    category = name.split("#")[0].rsplit(".", 1)[0]
    methods = ", ".join(f"'{method}'" for method in newest.methods)
    return f"event_category = '{category}' AND event_method IN ({methods})"


def _states(
    history: Sequence[ProbeDefinition], newest_version: Mapping[str, int], now: Clock
) -> tuple[ChannelStatus, ...]:
    """Each channel by its newest entry; removed where later versions of the channel lack it (rules 2, 7)."""
    newest: dict[str, ProbeDefinition] = {}
    for row in history:
        newest.setdefault(row.channel, row)  # newest first within a channel
    found = []
    for channel, row in newest.items():
        status, reason = status_of(row.expires, now, channel=channel, description=row.description)
        removed: str | None = None
        if _major(row.last_version) < newest_version.get(channel, 0):
            status, reason = "removed", f"removed from the source after Firefox {row.last_version}"
            removed = day_of_version(_major(row.last_version) + 1, channel, now)
        ended = last_day(row.expires, now, channel=channel, removed=removed) if status in ENDED else ""
        found.append(ChannelStatus(APP, "", channel, status, reason, ended))
    return tuple(found)


def _aliases(record: LegacyProbe, newest: ProbeDefinition, refs: Sequence[ColumnRef]) -> tuple[str, ...]:
    names = [record.name]
    if record.type == "event":
        category = record.name.split("#")[0].rsplit(".", 1)[0]
        names += [f"{category}.{m}#{o}" for m in newest.methods for o in newest.objects][:30]
    return tuple(dict.fromkeys((*names, *(ref.column for ref in refs if ref.column))))


class Mirrors:
    """Finds the legacy probe that a Glean metric names in the C++ way (rule 10)."""

    def __init__(self, probes: Iterable[ProbeItem]) -> None:
        self._exact: dict[str, str] = {}
        self._histograms: dict[str, str] = {}
        self._scalars: dict[str, str] = {}
        self._events: dict[str, str] = {}
        for probe in probes:
            name = probe.name.split("/", 1)[1]
            if probe.probe_type == "histogram":
                self._exact[name] = probe.id
                self._histograms.setdefault(_spelling(name), probe.id)
            elif probe.probe_type == "scalar":
                self._scalars.setdefault(_spelling(name), probe.id)
            else:
                self._add_event(probe, name)

    def _add_event(self, probe: ProbeItem, name: str) -> None:
        category = name.split("#")[0].rsplit(".", 1)[0]
        for definition in probe.definitions:
            for method in definition.methods:
                for subject in definition.objects:
                    self._events.setdefault(_spelling(category + method + subject), probe.id)

    def find(self, mirror: str, metric_type: str) -> str:
        """The id of the probe, or "" where none has that name."""
        if mirror.startswith("h#"):
            name = mirror.removeprefix("h#")
            return self._exact.get(name) or self._histograms.get(_spelling(name), "")
        key = _spelling(mirror)
        if metric_type == "event":
            return self._events.get(key, "")
        if mirror in self._exact and metric_type in _HISTOGRAM_TYPES:
            return self._exact[mirror]
        return self._scalars.get(key) or self._exact.get(mirror) or self._histograms.get(key, "")


def _spelling(name: str) -> str:
    return _UNSPELLED.sub("", name.lower())


def find_mirrors(
    metrics: Iterable[MetricItem], probes: Sequence[ProbeItem], problems: Counter[str]
) -> dict[str, str]:
    """metric id -> probe id, of every mirror that is declared and exists."""
    mirrors = Mirrors(probes)
    found: dict[str, str] = {}
    for metric in metrics:
        if metric.definition is None or not metric.definition.telemetry_mirror:
            continue
        probe = mirrors.find(metric.definition.telemetry_mirror, metric.type)
        if probe:
            found[metric.id] = probe
        else:
            problems["telemetry_mirror that names no known probe"] += 1
    return found
