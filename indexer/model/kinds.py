"""The kinds of things that are found: one record a kind, with all that is the same of its items.

A new kind is an item class in items.py, an entry here and its templates; CONTRIBUTING.md says how.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from indexer.model.items import (
    AnyItem,
    AppItem,
    DashboardItem,
    DocItem,
    ExploreItem,
    MeasureItem,
    MetricItem,
    PingItem,
    ProbeItem,
    RoutineItem,
    TableItem,
    ToolItem,
)
from indexer.model.literals import KindName


@dataclass(frozen=True, slots=True)
class Kind:
    """What is the same of all items of a kind."""

    item: type[AnyItem]
    one: str  # what people call one of it
    many: str
    meaning: str  # in one line what it is
    id_format: str  # how the id of one is put together; `kind/` stands before it
    spellings: tuple[str, ...] = ()  # how else `kind:` may name it, beside its name and its plural
    titled: bool = False  # people know one by its title: the name stands beside it
    mostly_active: bool = False  # seldom anything else: a hit says so of the others only
    counted: str = ""  # the word behind a number, where it is not `one` in small letters
    repeats_names: bool = False  # named after the tables and metrics that it is made of


KINDS: Mapping[str, Kind] = {
    "app": Kind(
        AppItem, "App", "Apps", "a product, with its channels and datasets",
        "app_name", ("application", "applications", "product"), titled=True,
    ),
    "ping": Kind(
        PingItem, "Ping", "Pings", "a bundle of data that an app sends", "app_or_namespace/ping-name",
    ),
    "metric": Kind(
        MetricItem, "Metric", "Metrics", "one thing that Glean measures", "app_or_library/dotted.name",
    ),
    "probe": Kind(
        ProbeItem, "Legacy probe", "Legacy probes", "what Firefox desktop measured before Glean",
        "histogram|scalar|event/NAME",
    ),
    "table": Kind(
        TableItem, "Table", "Tables", "a BigQuery table or view", "project.dataset.table", ("view", "views"),
    ),
    "measure": Kind(
        MeasureItem, "Measure", "Measures", "a metric-hub definition used by experiments and dashboards",
        "metric|data_source|segment|dimension/platform/name", mostly_active=True, repeats_names=True,
    ),
    "explore": Kind(
        ExploreItem, "Looker explore", "Looker explores", "where a dashboard about a product starts",
        "namespace/name", mostly_active=True, repeats_names=True,
        counted="Looker explore",
    ),
    "dashboard": Kind(
        DashboardItem, "Dashboard", "Dashboards", "a Looker dashboard: what already answers a question",
        "model/name", ("board", "boards"), titled=True, mostly_active=True,
    ),
    "routine": Kind(
        RoutineItem, "Routine", "Routines", "a SQL function that queries call",
        "project.dataset.name", ("function", "functions", "udf", "udfs"), mostly_active=True,
    ),
    "doc": Kind(
        DocItem, "Documentation", "Documentation", "a section of docs.telemetry.mozilla.org",
        "path.md#slug", ("documentation",), titled=True, mostly_active=True, counted="documentation section",
    ),
    "tool": Kind(
        ToolItem, "Tool", "Tools", "a data tool: what for, and who can open it", "name",
        titled=True, mostly_active=True,
    ),
}  # fmt: skip

assert set(KINDS) == set(get_args(KindName))  # noqa: S101 - a kind without its record is a mistake of ours
