"""A small estate for the tests of generated SQL: items of every type, and the columns of their tables.

The schemas are short forms of the real ones, made by hand: true names, true nesting.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from indexer.model.definitions import ExtraKey, MetricDefinition, PingDefinition, ProbeDefinition
from indexer.model.items import AnyItem, AppItem, MetricItem, PingItem, ProbeItem, TableItem
from indexer.model.parts import AppChannel, ColumnRef
from indexer.model.table_records import Column
from search_app.sql import SqlQuery, column_queries, queries_for
from search_app.sql.events_stream import EVENTS_STREAM
from search_app.tools import Context, build_context

GLEAN = """
submission_timestamp TIMESTAMP
document_id STRING
sample_id INTEGER
normalized_channel STRING
normalized_country_code STRING
additional_properties STRING
client_info RECORD
client_info.client_id STRING
client_info.app_display_version STRING
ping_info RECORD
ping_info.seq INTEGER
ping_info.experiments RECORD REPEATED
ping_info.experiments.key STRING
ping_info.experiments.value RECORD
ping_info.experiments.value.branch STRING
ping_info.server_knobs_config RECORD
ping_info.server_knobs_config.event_threshold INTEGER
ping_info.server_knobs_config.metrics_enabled RECORD REPEATED
events RECORD REPEATED
events.category STRING
events.name STRING
events.timestamp INTEGER
events.extra RECORD REPEATED
events.extra.key STRING
events.extra.value STRING
metrics RECORD
"""
METRICS = """
metrics.counter.tabs_opened INTEGER
metrics.boolean.tabs_restored BOOLEAN
metrics.quantity.tabs_open INTEGER
metrics.string.tabs_layout STRING
metrics.string_list.tabs_sites STRING REPEATED
metrics.text.tabs_note STRING
metrics.url.tabs_home STRING
metrics.uuid.tabs_group STRING
metrics.jwe.tabs_secret STRING
metrics.datetime.tabs_first_used TIMESTAMP
metrics.timespan.tabs_start_time RECORD
metrics.timespan.tabs_start_time.time_unit STRING
metrics.timespan.tabs_start_time.value INTEGER
metrics.rate.tabs_hits RECORD
metrics.rate.tabs_hits.numerator INTEGER
metrics.rate.tabs_hits.denominator INTEGER
metrics.object.tabs_state JSON
metrics.object.tabs_list JSON
metrics.timing_distribution.tabs_load RECORD
metrics.timing_distribution.tabs_load.sum INTEGER
metrics.timing_distribution.tabs_load.values RECORD REPEATED
metrics.timing_distribution.tabs_load.values.key STRING
metrics.timing_distribution.tabs_load.values.value INTEGER
metrics.labeled_memory_distribution.tabs_size RECORD REPEATED
metrics.labeled_memory_distribution.tabs_size.key STRING
metrics.labeled_memory_distribution.tabs_size.value RECORD
metrics.labeled_memory_distribution.tabs_size.value.values RECORD REPEATED
metrics.labeled_memory_distribution.tabs_size.value.values.key STRING
metrics.labeled_memory_distribution.tabs_size.value.values.value INTEGER
metrics.labeled_counter.tabs_errors RECORD REPEATED
metrics.labeled_counter.tabs_errors.key STRING
metrics.labeled_counter.tabs_errors.value INTEGER
metrics.labeled_boolean.tabs_flags RECORD REPEATED
metrics.labeled_boolean.tabs_flags.key STRING
metrics.labeled_boolean.tabs_flags.value BOOLEAN
metrics.labeled_string.tabs_words RECORD REPEATED
metrics.labeled_string.tabs_words.key STRING
metrics.labeled_string.tabs_words.value STRING
metrics.labeled_quantity.tabs_depth RECORD REPEATED
metrics.labeled_quantity.tabs_depth.key STRING
metrics.labeled_quantity.tabs_depth.value INTEGER
metrics.dual_labeled_counter.tabs_moves RECORD REPEATED
metrics.dual_labeled_counter.tabs_moves.key STRING
metrics.dual_labeled_counter.tabs_moves.value RECORD REPEATED
metrics.dual_labeled_counter.tabs_moves.value.key STRING
metrics.dual_labeled_counter.tabs_moves.value.value INTEGER
"""
MAIN = """
submission_timestamp TIMESTAMP
document_id STRING
client_id STRING
sample_id INTEGER
normalized_channel STRING
normalized_country_code STRING
metadata RECORD
metadata.uri RECORD
metadata.uri.app_version STRING
payload.histograms.gc_ms STRING
payload.histograms.tab_kinds STRING
payload.histograms.tab_count STRING
payload.keyed_histograms.load_ms RECORD REPEATED
payload.keyed_histograms.load_ms.key STRING
payload.keyed_histograms.load_ms.value STRING
payload.processes.parent.scalars.tabs_max INTEGER
payload.processes.parent.scalars.tabs_pinned BOOLEAN
payload.processes.parent.scalars.tabs_theme STRING
payload.processes.parent.keyed_scalars.tabs_by_source RECORD REPEATED
payload.processes.parent.keyed_scalars.tabs_by_source.key STRING
payload.processes.parent.keyed_scalars.tabs_by_source.value INTEGER
"""
USE_COUNTER = """
submission_timestamp TIMESTAMP
document_id STRING
client_id STRING
sample_id INTEGER
payload.histograms.use_counter2_fetch_page STRING
"""
LEGACY_EVENTS = """
submission_date DATE
client_id STRING
sample_id INTEGER
country STRING
event_category STRING
event_method STRING
event_object STRING
event_string_value STRING
event_map_values RECORD REPEATED
event_map_values.key STRING
event_map_values.value STRING
"""
DAILY = """
submission_date DATE
client_id STRING
sample_id INTEGER
country STRING
active_hours FLOAT
first_seen TIMESTAMP
addons RECORD REPEATED
addons.name STRING
addons.tags STRING REPEATED
addons.parts RECORD REPEATED
addons.parts.name STRING
"""


def _columns(text: str) -> list[Column]:
    rows = [line.split() for line in text.split("\n") if line]
    return [Column(path, kind, *(mode or ["NULLABLE"])) for path, kind, *mode in rows]


SCHEMAS = {
    "fenix.metrics": _columns(GLEAN + METRICS),
    "fenix.home": _columns(GLEAN),
    "fenix.pageload": _columns(GLEAN + "metrics.counter.tabs_opened INTEGER"),
    "tiny.metrics": _columns(GLEAN + "metrics.counter.tabs_opened INTEGER"),
    "telemetry.main": _columns(MAIN),
    "telemetry.main_use_counter": _columns(USE_COUNTER),
    "telemetry.events": _columns(LEGACY_EVENTS),
    "telemetry.clients_daily": _columns(DAILY),
    "static.codes": _columns("code STRING\nis_open BOOLEAN"),
}


def columns_of(table: str) -> Sequence[Column]:
    return SCHEMAS.get(table, ())


def known_columns(name: str) -> Sequence[Column]:
    """The columns of a table as a checker looks them up: with its project, those written by hand too."""
    short = name.removeprefix("moz-fx-data-shared-prod.")
    return EVENTS_STREAM if short == "fenix.events_stream" else columns_of(short)


def names(kind: str, name: str, item_id: str = "") -> dict[str, Any]:
    """What every item has."""
    return {"id": item_id or f"{kind}/{name}", "kind": kind, "name": name, "title": name}


def _app(name: str) -> AppItem:
    dataset = f"org_mozilla_{name}"
    channel = AppChannel(f"org.mozilla.{name}", "release", dataset, f"{dataset}.baseline", dataset)
    return AppItem(**names("app", name), channels=(channel,))


def _ping(name: str, client_id: bool) -> PingItem:
    definition = PingDefinition("", "", "", 0, include_client_id=client_id)
    given = names("ping", name, f"ping/fenix/{name}")
    return PingItem(**given, app="fenix", origin="fenix", definition=definition)


PINGS = {item.id: item for item in (_ping("metrics", True), _ping("home", True), _ping("pageload", False))}


def context() -> Context:
    return build_context([_app("fenix"), _app("tiny")], PINGS.get)


STATE = (
    '{"type": "object", "properties": {"window": {"type": "string"}, "odd key": {"type": "number"},'
    ' "tabs": {"type": "array"}}}'
)
LIST = '{"type": "array", "items": {"type": "object", "properties": {"site": {"type": "string"}}}}'


def metric(
    kind: str, leaf: str, ping: str = "metrics", column: str | None = None, app: str = "fenix",
    table: str = "", extras: Sequence[str] = (), structure: str = "", unit: str = "",
) -> MetricItem:  # fmt: skip
    """A metric `tabs.<leaf>` in one ping of one app."""
    path = f"metrics.{kind}.tabs_{leaf}" if column is None else column
    row = ColumnRef(app, "", "", ping, table or f"{app}.{ping.replace('-', '_')}", path, True)
    definition = MetricDefinition(
        kind,
        "",
        "",
        "",
        0,
        "never",
        structure=structure,
        unit=unit,
        extra_keys=tuple(ExtraKey(e) for e in extras),
    )
    return MetricItem(
        **names("metric", f"tabs.{leaf}", f"metric/{app}/tabs.{leaf}"), type=kind, apps=(app,),
        pings=(ping,), origin=app, definition=definition, columns=(row,),
    )  # fmt: skip


def probe(
    name: str, kind: str, column: str, table: str = "telemetry.main", *,
    labels: Sequence[str] = (), extras: Sequence[str] = (), objects: Sequence[str] = (),
    methods: Sequence[str] = (),
) -> ProbeItem:  # fmt: skip
    definition = ProbeDefinition(
        "release", "60", "140", "", "never", True, kind=kind, labels=tuple(labels),
        extra_keys=tuple(extras), objects=tuple(objects), methods=tuple(methods),
    )  # fmt: skip
    row = ColumnRef("firefox_desktop", "", "", "main", table, column, True)
    kind = name.partition("/")[0]
    return ProbeItem(**names("probe", name), probe_type=kind, definitions=(definition,), columns=(row,))


def table(name: str, partition: str = "") -> TableItem:
    dataset, leaf = name.split(".")
    project = "moz-fx-data-shared-prod"
    return TableItem(
        **names("table", name, f"table/{project}.{name}"), project=project, dataset=dataset, table=leaf,
        layer="view", partition_field=partition,
    )  # fmt: skip


ITEMS: tuple[AnyItem, ...] = (
    metric("counter", "opened"),
    metric("boolean", "restored"),
    metric("quantity", "open"),
    metric("string", "layout"),
    metric("string_list", "sites"),
    metric("text", "note"),
    metric("url", "home"),
    metric("uuid", "group"),
    metric("jwe", "secret"),
    metric("datetime", "first_used"),
    metric("timespan", "start_time"),
    metric("rate", "hits"),
    metric("object", "state", structure=STATE),
    metric("object", "list", structure=LIST),
    metric("object", "server_knobs", column="ping_info.server_knobs_config", structure=STATE),
    metric("string", "experiments", column="ping_info.experiments"),
    metric("timing_distribution", "load", unit="millisecond"),
    metric("labeled_memory_distribution", "size"),
    metric("labeled_counter", "errors"),
    metric("labeled_boolean", "flags"),
    metric("labeled_string", "words"),
    metric("labeled_quantity", "depth"),
    metric("dual_labeled_counter", "moves"),
    metric("event", "switched", "events", "", table="fenix.events_stream", extras=("source", "odd-key")),
    metric("event", "clicked", "home", "", extras=("position",)),
    probe("histogram/GC_MS", "exponential", "payload.histograms.gc_ms"),
    probe("histogram/TAB_KINDS", "categorical", "payload.histograms.tab_kinds", labels=("new", "it's")),
    probe("histogram/TAB_COUNT", "count", "payload.histograms.tab_count"),
    probe("histogram/LOAD_MS", "linear", "payload.keyed_histograms.load_ms"),
    probe("scalar/tabs.max", "uint", "payload.processes.parent.scalars.tabs_max"),
    probe("scalar/tabs.pinned", "boolean", "payload.processes.parent.scalars.tabs_pinned"),
    probe("scalar/tabs.theme", "string", "payload.processes.parent.scalars.tabs_theme"),
    probe("scalar/tabs.by_source", "uint", "payload.processes.parent.keyed_scalars.tabs_by_source"),
    probe(
        "histogram/USE_COUNTER2_FETCH_PAGE", "boolean", "payload.histograms.use_counter2_fetch_page",
        "telemetry.main_use_counter",
    ),
    probe(
        "event/tabs.click#button", "", "", "telemetry.events", extras=("where",), objects=("one", "two")
    ),
    probe(
        "event/tabs.open#strip", "", "", "telemetry.events", methods=("open", "reopen"), objects=("strip",)
    ),
    table("telemetry.clients_daily", "submission_date"),
    table("static.codes"),
)  # fmt: skip
COLUMNS = (
    "country", "active_hours", "first_seen", "submission_date", "addons", "addons.name", "addons.tags",
    "addons.parts.name",
)  # fmt: skip


def queries(item: AnyItem) -> list[tuple[SqlQuery, str]]:
    """All queries of an item with the column that each is about, for a table those of columns too."""
    about = item.columns[0].column if isinstance(item, MetricItem | ProbeItem) else ""
    made = [(query, about) for query in queries_for(item, context(), columns_of)]
    if isinstance(item, TableItem) and item.name == "telemetry.clients_daily":
        for path in COLUMNS:
            made += [(query, path) for query in column_queries(item, path, context(), columns_of)]
    return made


def query(item: AnyItem, variant: str) -> SqlQuery:
    """The one query of an item in a variant."""
    (found,) = [made for made, _ in queries(item) if made.variant == variant]
    return found


def item(item_id: str) -> AnyItem:
    (found,) = [each for each in ITEMS if each.id == item_id]
    return found


def sampled(items: Sequence[AnyItem], every: int = 5) -> list[Any]:
    """Items as parameters: the first of every five for the fast tests, the others for the slow ones."""
    return [
        pytest.param(each, id=each.id, marks=[pytest.mark.slow] if number % every else [])
        for number, each in enumerate(items)
    ]
