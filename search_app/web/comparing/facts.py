"""What is told of a thing beside another one, row by row; the same rows for every kind, where it has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from indexer.model.ids import table_id
from indexer.model.items import AnyItem, MeasureItem, MetricItem, PingItem, ProbeItem, TableItem
from search_app.web.items.matrix import status_groups
from search_app.web.labels import SENSITIVITY_LABELS, expiry, human_date, kind_label, plural, type_label
from search_app.web.markdown import plain

PYTHON = "query.py"  # what makes a table where no SQL does
USED_BY = {
    "outcome": "In outcomes",
    "monitoring": "Watched by OpMon in",
    "default": "Computed for all of a platform by",
    "experiment": "In experiments",
}
MOST_SHOWN = 12  # values of one row
LONGEST_TEXT = 400


@dataclass(frozen=True, slots=True)
class Shown:
    """One value: text, and the id of what it names where that may have a page."""

    text: str
    id: str = ""
    code: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One row of one thing."""

    name: str  # as JSON says it
    words: str  # as a reader sees it
    values: tuple[Shown, ...]


def told(name: str, words: str, *values: Shown | str) -> Iterator[Told]:
    """A row, unless there is nothing to tell; what is more than a reader takes in is counted."""
    given = [each if isinstance(each, Shown) else Shown(each) for each in values]
    kept = [each for each in given if each.text]
    if len(kept) > MOST_SHOWN:
        kept = [*kept[:MOST_SHOWN], Shown(f"and {len(kept) - MOST_SHOWN:,} more")]
    if kept:
        yield Told(name, words, tuple(kept))


def facts_of(item: AnyItem) -> Iterator[Told]:
    """What it is."""
    yield from told("kind", "Kind", kind_label(item.kind))
    yield from told("type", "Type", type_label(item.kind, item.type))
    text = plain(item.description)
    cut = text[:LONGEST_TEXT] + ("…" if len(text) > LONGEST_TEXT else "")
    yield from told("description", "Description", cut or "It has no description upstream.")
    yield from told("warning", "Warning", plain(item.warning)[:LONGEST_TEXT])
    yield from told("apps", "Apps", *_apps(item))
    yield from told("pings", "Pings", *(Shown(each, code=True) for each in item.pings))
    if isinstance(item, MetricItem):
        yield from _metric(item)
    elif isinstance(item, ProbeItem):
        yield from _probe(item)
    elif isinstance(item, PingItem):
        yield from _ping(item)
    elif isinstance(item, TableItem):
        yield from _table(item)
    elif isinstance(item, MeasureItem):
        yield from _measure(item)
    sensitivity = (SENSITIVITY_LABELS.get(each, (each, ""))[0] for each in item.sensitivity)
    yield from told("sensitivity", "Sensitivity", *sensitivity)
    yield from told("tags", "Tags", *item.tags)
    yield from told("owners", "Owners", *item.owners)
    yield from told("added", "First seen", human_date(item.added))
    yield from told("changed", "Last changed", human_date(item.changed))


def _apps(item: AnyItem) -> Iterator[Shown]:
    for app, title in zip(item.apps, item.app_titles or item.apps, strict=False):
        yield Shown(title or app, f"app/{app}")


def _metric(item: MetricItem) -> Iterator[Told]:
    definition = item.definition
    yield from told("origin", "Defined by", Shown(item.origin, code=True))
    if definition is None:
        return
    yield from told("expires", "Expires", expiry(definition.expires))
    yield from told("lifetime", "Lifetime", definition.lifetime)
    yield from told("unit", "Unit", definition.unit)
    yield from told("buckets", "Buckets", definition.buckets)
    yield from told("labels", "Labels", *(Shown(each, code=True) for each in definition.labels))
    parts = "Structure" if definition.type == "object" else "Extras"
    yield from told("extras", parts, *(Shown(each.name, code=True) for each in definition.extra_keys))


def _probe(item: ProbeItem) -> Iterator[Told]:
    newest = item.definitions[0] if item.definitions else None
    if newest is None:
        return
    yield from told("expires", "Expires", expiry(newest.expires))
    yield from told("keyed", "Keyed", "yes" if newest.keyed else "no")
    if newest.high is not None:
        low = newest.low if newest.low is not None else 0
        yield from told(
            "buckets", "Buckets", f"{low:,} to {newest.high:,}, {newest.n_buckets or 0:,} buckets"
        )
    yield from told("labels", "Labels", *(Shown(each, code=True) for each in newest.labels))
    yield from told("extras", "Extras", *(Shown(each, code=True) for each in newest.extra_keys))
    yield from told("processes", "Processes", *newest.processes)
    spans = (
        f"{each.channel} {each.first_version} to {each.last_version}{'' if each.optout else ', opt-in'}"
        for each in item.definitions
    )
    yield from told("versions", "Versions", *spans)


def _ping(item: PingItem) -> Iterator[Told]:
    yield from told("origin", "Defined by", Shown(item.origin, code=True))
    definition = item.definition
    if definition is not None:
        yield from told("client_id", "Client id", "yes" if definition.include_client_id else "no")
        yield from told("reasons", "Reasons", *(Shown(each, code=True) for each in definition.reasons))
    days = sorted({each for each in item.retention.values() if each})
    yield from told("retention", "Kept for", *(plural(each, "day") for each in days))
    yield from told("metrics", "Metrics", plural(item.metric_count, "metric"))
    unknown = f", of {item.metrics_unknown:,} it is not known" if item.metrics_unknown else ""
    yield from told("metrics_active", "Collected now", plural(item.metrics_active, "metric") + unknown)
    counts = sorted(item.metric_types.items(), key=lambda pair: -pair[1])
    yield from told(
        "metric_types", "Types", *(f"{count:,} {name.replace('_', ' ')}" for name, count in counts)
    )


def _measure(item: MeasureItem) -> Iterator[Told]:
    """Which projects of metric-hub compute it, by their kinds, and which one alone defines it."""
    if item.defined_by:
        yield from told("defined_by", "Defined only by", f"the {item.defined_by.kind} {item.defined_by.name}")
    for kind, words in USED_BY.items():
        uses = (each for each in item.uses if each.kind == kind)
        names = (f"{each.name} (its own expression)" if each.redefines else each.name for each in uses)
        yield from told(f"used_by_{kind}", words, *names)


def _table(item: TableItem) -> Iterator[Told]:
    yield from told("project", "Project", Shown(item.project, code=True))
    yield from told("columns", "Columns", f"{item.column_count:,}" if item.column_count else "not known")
    partition = (
        f"{item.partition_field} by {item.partition_type}" if item.partition_type else item.partition_field
    )
    yield from told("partition", "Partitioned by", Shown(partition, code=True))
    if item.partition_filter_required:
        yield from told("partition_filter", "Filter", "a query must filter on its partition")
    yield from told("clustering", "Clustered by", *(Shown(each, code=True) for each in item.clustering))
    if item.expiration_days:
        yield from told("retention", "Kept for", plural(round(item.expiration_days), "day"))
    if item.made_by == PYTHON:
        yield from told("made_by", "Made by", f"a program in Python ({PYTHON})")
    yield from told("dag", "Scheduled in", item.dag)
    yield from told("level", "Level", item.level)
    # upstream labels clients_last_seen but not clients_daily, both made of main: no label says nothing
    yield from told(
        "legacy", "Labelled legacy", "made of the telemetry from before Glean" if item.legacy else ""
    )
    yield from told("use_instead", "Use instead", *_ids([item.user_view]))
    yield from told("ping", "Holds ping", *_ids([item.ping]))
    if item.row_count is not None:
        yield from told("rows", "Rows", f"{item.row_count:,}")


def states_of(item: AnyItem) -> Iterator[Told]:
    """Whether it is alive, and why not."""
    yield from told("status", "State", item.status + (", sampled" if item.sampled else ""))
    yield from told("status_reason", "Why", item.status_reason)
    if isinstance(item, MetricItem | ProbeItem | PingItem):
        lines = (
            ": ".join(
                part for part in (", ".join((group.app, *group.channels)), group.status, group.reason) if part
            )
            for group in status_groups(item.channel_status)
        )
        yield from told("channels", "Channels", *lines)


def places_of_values(item: AnyItem) -> Iterator[Told]:
    """Tables, and the columns that hold its values."""
    if isinstance(item, MetricItem | ProbeItem):
        rows = dict.fromkeys((row.table, row.column, row.exists) for row in item.columns)
        shown = [
            Shown(f"{table} {column}".strip() + (" (not in the schema)" if exists is False else ""),
                  table_id(table), code=True)
            for table, column, exists in rows
        ]  # fmt: skip
        yield from told("columns", "Columns", *shown)
    elif isinstance(item, PingItem):
        held = [each for each in item.ping_tables if each.layer == "view" and each.exists]
        yield from told(
            "tables", "Views", *(Shown(_short(each.name), table_id(each.name), True) for each in held)
        )


def lineage_of(item: AnyItem) -> Iterator[Told]:
    """What it is made of, and what is made of it."""
    if isinstance(item, TableItem):
        for name, words, names in (
            ("upstream", "Made from", item.upstream), ("downstream", "Used by", item.downstream)
        ):  # fmt: skip
            yield from told(name, words, *(Shown(_short(each), f"table/{each}", True) for each in names))
    elif isinstance(item, MetricItem):
        yield from told("mirrors", "Legacy mirror", *_ids(item.mirrors))
        yield from told("replaces", "Probably replaces", *_ids(each for each, _ in item.replaces))
    elif isinstance(item, ProbeItem):
        yield from told("mirrors", "Mirrored by", *_ids(item.mirrors))
        yield from told("replaced_by", "Probably replaced by", *_ids([item.replaced_by]))
    for name, words in (
        ("derived_tables", "Derived tables"), ("measure", "Measures"), ("explore", "Explores"),
        ("dashboard", "Dashboards"), ("doc", "Documentation"),
    ):  # fmt: skip
        yield from told(name, words, *_ids(item.related.get(name, ())))


def _ids(ids: Iterable[str]) -> Iterator[Shown]:
    for each in ids:
        if each:
            yield Shown(each.partition("/")[2], each, True)


def _short(table: str) -> str:
    return table.removeprefix("moz-fx-data-shared-prod.")
