"""Words for people: what kinds, states, types and sensitivities are called and mean."""

from __future__ import annotations

from datetime import date

from indexer.model.items import TableItem
from indexer.model.kinds import KINDS

STATUS_MEANINGS = {
    "active": "Collected now in at least one channel.",
    "expired": "Its expiry date or version has passed: newer versions do not send it.",
    "removed": "No longer in the source code; old data may still be in the tables.",
    "disabled": "Defined, but switched off.",
    "deprecated": "It is no longer kept up: the thing itself, or its app.",
    "unknown": "Known from a table's schema only; its definition was not found.",
}

SENSITIVITY_LABELS = {
    "technical": ("Technical", "Category 1: about the machine and the software"),
    "interaction": ("Interaction", "Category 2: how people use the product"),
    "stored_content": ("Stored content", "Category 3: what people keep or visit on the web"),
    "web_activity": ("Web activity", "Category 3: what people keep or visit on the web"),
    "highly_sensitive": ("Highly sensitive", "Category 4: could identify a person"),
    "unspecified": ("Not stated", "No category is stated in the definition"),
}

MEASURE_TYPES = {
    "metric": "Metric-hub metric",
    "data_source": "Metric-hub data source",
    "segment": "Metric-hub segment",
    "dimension": "Metric-hub dimension",
}

LAYER_LABELS = {
    "view": "user-facing view",
    "derived": "derived data",  # tables, and some views
    "stable": "stable ping table",
    "live": "live ping table (last days, duplicates possible)",
    "other": "table",
}

# a source without an entry is called by its name
SOURCE_LABELS = {
    "glean": ("Glean", "apps, pings, metrics and tags of everything that uses Glean"),
    "legacy_probes": ("Legacy probes", "histograms, scalars and events of Firefox from before Glean"),
    "annotations": ("Annotations", "remarks and warnings that people wrote about apps, pings and metrics"),
    "product_details": ("Product details", "Firefox versions with their days of release"),
    "experimenter": ("Experimenter", "metrics whose collection a running experiment changes"),
    "bigquery_etl": ("bigquery-etl", "derived tables and views: metadata, schemas, owners, schedules"),
    "ping_schemas": ("Ping schemas", "the schema of every ping\u2019s table"),
    "data_docs": ("Data docs", "docs.telemetry.mozilla.org, section by section"),
    "metric_hub": ("metric-hub", "metrics, data sources, segments and dimensions of analyses"),
    "looker": ("Looker", "explores by namespace"),
    "looker_dashboards": ("Looker dashboards", "curated dashboards, and those of experiments and rollouts"),
    "bigquery": ("BigQuery", "what BigQuery itself says of its tables; needs a project"),
    "tools": ("Tools", "our own dictionary of data tools"),
}

RELATION_LABELS = {
    **{name: kind.many for name, kind in KINDS.items()},
    "doc": "Documentation that names it",
    "described_by": "Described in",
    "section": "Other sections of this page",
    "mirror": "Legacy mirror",
    "replaces": "Probably replaces",
    "replaced_by": "Probably replaced by",
    "same_name": "Same name elsewhere",
    "similar_metrics": "Related metrics",
    "upstream": "Made from",
    "downstream": "Used by",
    "derived_tables": "Derived tables",
    "data_source": "Data source",
    "denominator": "Denominator",
    "calls": "Calls",
    "called_by": "Called by",
}


def relation_label(name: str, kind: str = "") -> str:
    """What a relation is called on the page of a kind; one that nobody named yet reads as its own key."""
    if (kind, name) == ("probe", "mirror"):
        return "Glean successor"
    return RELATION_LABELS.get(name, name.replace("_", " ").capitalize())


def counted(kind: str, count: int) -> str:
    """`1 app`, `680 Looker explores`, `1,298 documentation sections`."""
    return plural(count, KINDS[kind].counted or kind_label(kind).lower())


def source_label(name: str) -> tuple[str, str]:
    """What a source is called, and what it gives."""
    return SOURCE_LABELS.get(name, (name.replace("_", " ").capitalize(), ""))


def expiry(text: str) -> str:
    """When collection ends, in words: `9 June 2026`, `in version 150`, `never`."""
    return f"in version {text}" if text.isdigit() else human_date(text)


def kind_label(kind: str, many: bool = False) -> str:
    """A kind in words."""
    label = KINDS.get(kind)
    if label is None:
        return kind
    return label.many if many else label.one


def type_label(kind: str, type_name: str) -> str:
    """A type in words: `timing_distribution` reads as `timing distribution`."""
    if kind == "measure":
        return MEASURE_TYPES.get(type_name, type_name.replace("_", " "))
    if kind == "table":
        return LAYER_LABELS.get(type_name, type_name)
    return type_name.replace("_", " ")


def table_label(item: TableItem) -> str:
    """The layer of a table in words; a view that lies among derived tables is called a view."""
    if item.layer == "derived":
        if item.made_by == "materialized_view.sql":
            return "materialized view among derived tables"
        return "view among derived tables" if item.table_type == "VIEW" else "derived table"
    return type_label("table", item.layer)


def facet_value_label(name: str, value: str, given: str) -> str:
    """A facet value in words, the engine's own label where it has a better one."""
    if name == "kind":
        return kind_label(value, many=True)
    if name == "sensitivity":
        return SENSITIVITY_LABELS.get(value, (given or value, ""))[0]
    if name == "type":
        return (given or value).replace("_", " ")
    return given or value


def number(value: int | float | None) -> str:
    """12345 as 12,345; nothing as an en dash."""
    return "\u2013" if value is None else f"{value:,.0f}"


def plural(count: int, one: str, many: str = "") -> str:
    """`1 metric`, `2,000 metrics`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def human_bytes(count: int | None) -> str:
    """Bytes in the largest fitting unit."""
    if count is None:
        return "\u2013"
    size = float(count)
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if size >= 10 or unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:,.1f} PB"


def human_date(text: str) -> str:
    """An ISO date or time as `9 June 2026`; text that is no date stays as it is."""
    day = parse_day(text)
    return f"{day.day} {day:%B %Y}" if day else text


def parse_day(text: str) -> date | None:
    """The day of an ISO date or time, None where the text is none."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def ago(text: str, today: date) -> str:
    """`today`, `yesterday`, `5 days ago`, `3 months ago`; empty where the text is no date."""
    day = parse_day(text)
    if day is None:
        return ""
    days = (today - day).days
    if days < 0:
        ahead = -days
        return "tomorrow" if ahead == 1 else f"in {_span(ahead)}"
    if days == 0:
        return "today"
    return "yesterday" if days == 1 else f"{_span(days)} ago"


def _span(days: int) -> str:
    if days < 45:
        return plural(days, "day")
    if days < 730:
        return plural(round(days / 30.4), "month")
    return plural(round(days / 365.25), "year")


def human_seconds(seconds: float) -> str:
    """A short age: `12 seconds`, `5 minutes`, `3 hours`, `2 days`."""
    for limit, size, unit in ((60, 1, "second"), (3600, 60, "minute"), (172800, 3600, "hour")):
        if seconds < limit:
            return plural(max(0, round(seconds / size)), unit)
    return plural(round(seconds / 86400), "day")
