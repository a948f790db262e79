"""The kinds of things that are found: how each is called."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KindLabel:
    """How a kind is called: one of it, many of it, and in one line what it is."""

    one: str
    many: str
    meaning: str


KIND_LABELS: dict[str, KindLabel] = {
    "app": KindLabel("App", "Apps", "a product, with its channels and datasets"),
    "ping": KindLabel("Ping", "Pings", "a bundle of data that an app sends"),
    "metric": KindLabel("Metric", "Metrics", "one thing that Glean measures"),
    "probe": KindLabel("Legacy probe", "Legacy probes", "what Firefox desktop measured before Glean"),
    "table": KindLabel("Table", "Tables", "a BigQuery table or view"),
    "measure": KindLabel("Measure", "Measures", "a metric-hub definition used by experiments and dashboards"),
    "explore": KindLabel("Looker explore", "Looker explores", "where a dashboard about a product starts"),
    "doc": KindLabel("Documentation", "Documentation", "a section of docs.telemetry.mozilla.org"),
    "tool": KindLabel("Tool", "Tools", "a data tool: what for, and who can open it"),
}
