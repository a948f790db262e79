"""One entry of a metric's, ping's or tag's history as a definition.

The fields are those that probe-scraper writes (glean_parser's own, serialised); their
rules stand in docs/domain.md and are named where they are kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from indexer.model.definitions import ExtraKey, MetricDefinition, PingDefinition
from indexer.sources._upstream import Entry, clean_text

# What probe-scraper writes; anything else is counted, so that a new or misspelt field is seen.
# fmt: off
METRIC_FIELDS = frozenset(
    {
        "allowed_extra_keys", "bucket_count", "bugs", "categories", "data_reviews", "data_sensitivity",
        "dates", "decimal", "denominator_metric", "description", "disabled", "dual_labels", "enums",
        "expires", "extra_keys", "gecko_datapoint", "git-commits", "histogram_type", "in_session",
        "keys", "labels", "lifetime", "memory_unit", "metadata", "no_lint", "notification_emails",
        "numerators", "ordered_categories", "ordered_keys", "ordered_labels",
        "permit_non_commutative_operations_over_ipc", "range_max", "range_min", "reflog-index",
        "send_in_pings", "source_url", "structure", "telemetry_mirror", "time_unit", "type", "unit",
        "version",
    }
)
PING_FIELDS = frozenset(
    {
        "bugs", "data_reviews", "dates", "description", "enabled", "follows_collection_enabled",
        "git-commits", "include_client_id", "include_info_sections", "metadata", "no_lint",
        "notification_emails", "precise_timestamps", "reasons", "reflog-index", "schedules_pings",
        "send_if_empty", "source_url", "uploader_capabilities",
    }
)
# fmt: on
# A structure deeper than this is no metric's; glean_parser itself has seen four levels.
DEEPEST = 12

Definition = TypeVar("Definition", MetricDefinition, PingDefinition)


def history(
    entry: Entry, to_definition: Callable[[Entry, Mapping[str, Any]], Definition | None]
) -> tuple[Definition, ...]:
    """All definitions of a metric or ping, the newest first (rule 2: upstream does not sort)."""
    found = [
        definition
        for past in entry.listed("history")
        if (definition := to_definition(past, entry.fields)) is not None
    ]
    found.sort(key=lambda definition: definition.reflog_last)
    found.sort(key=lambda definition: definition.last, reverse=True)  # stable: ties keep the smallest reflog
    return tuple(found)


def to_metric_definition(entry: Entry, metric: Mapping[str, Any]) -> MetricDefinition | None:
    """A metric's definition between two dates; None, counted, where even its type is missing."""
    entry.unknown(METRIC_FIELDS)
    dates = entry.entry("dates")
    metric_type = entry.text("type") or Entry(metric, entry.what, entry.report).text("type")
    if not metric_type:
        entry.report.skip("definition without a type", entry.what)
        return None
    structure = entry.fields.get("structure")
    return MetricDefinition(
        type=metric_type,
        description=entry.text("description"),
        first=dates.moment("first"),
        last=dates.moment("last"),
        reflog_last=entry.entry("reflog-index").number("last") or 0,
        expires=entry.text("expires").lower(),
        disabled=entry.flag("disabled"),
        lifetime=entry.text("lifetime"),
        send_in_pings=entry.texts("send_in_pings"),
        sensitivity=entry.texts("data_sensitivity"),
        bugs=entry.links("bugs"),
        data_reviews=entry.links("data_reviews"),
        emails=entry.emails("notification_emails"),
        labels=_labels(entry),
        keys=_dimension(entry, "keys", "key"),
        categories=_dimension(entry, "categories", "category"),
        extra_keys=tuple(_extra_keys(entry)) + tuple(_structure_keys(structure, entry)),
        tags=entry.entry("metadata").texts("tags"),
        unit=entry.text("time_unit") or entry.text("memory_unit") or entry.text("unit"),
        telemetry_mirror=entry.text("telemetry_mirror"),
        denominator=entry.text("denominator_metric"),
        structure=_structure_text(structure),
        buckets=_buckets(entry),
        source_url=entry.link("source_url"),
        version=entry.number("version") or 0,
        gecko_datapoint=entry.text("gecko_datapoint"),
    )


def to_ping_definition(entry: Entry, _ping: Mapping[str, Any]) -> PingDefinition:
    """A ping's definition between two dates."""
    entry.unknown(PING_FIELDS)
    dates = entry.entry("dates")
    metadata = entry.entry("metadata")
    return PingDefinition(
        description=entry.text("description"),
        first=dates.moment("first"),
        last=dates.moment("last"),
        reflog_last=entry.entry("reflog-index").number("last") or 0,
        reasons=entry.texts_by_name("reasons"),
        include_client_id=entry.flag("include_client_id"),
        # Entries from before these were fields of their own have them among the metadata.
        include_info_sections=entry.flag(
            "include_info_sections", metadata.flag("include_info_sections", True)
        ),
        send_if_empty=entry.flag("send_if_empty"),
        enabled=entry.flag("enabled", True),
        follows_collection_enabled=entry.flag(
            "follows_collection_enabled", metadata.flag("follows_collection_enabled", True)
        ),
        schedules_pings=entry.texts("schedules_pings"),
        ping_schedule=metadata.texts("ping_schedule"),
        uploader_capabilities=entry.texts("uploader_capabilities"),
        bugs=entry.links("bugs"),
        data_reviews=entry.links("data_reviews"),
        emails=entry.emails("notification_emails"),
        tags=metadata.texts("tags"),
        source_url=entry.link("source_url"),
    )


def _labels(entry: Entry) -> tuple[str, ...]:
    """The static labels; of a dual labeled counter the keys, then the categories."""
    dimensions = (*_dimension(entry, "keys", "key"), *_dimension(entry, "categories", "category"))
    return tuple(dict.fromkeys((*entry.texts("labels"), *dimensions)))


def _dimension(entry: Entry, serialised: str, declared: str) -> tuple[str, ...]:
    """The static labels of one dimension of a dual labeled counter: as glean_parser writes them
    (`keys`, `categories`), or as people declare them (`dual_labels: {key: {labels: …}}`)."""
    return entry.texts(serialised) or entry.entry("dual_labels").entry(declared).texts("labels")


def _extra_keys(entry: Entry) -> Iterator[ExtraKey]:
    """The extras of an event. Those of before 2021 have no type: all were strings then."""
    for name, extra in entry.entries("extra_keys"):
        values = extra.texts("enum")
        yield ExtraKey(name, extra.text("type"), extra.text("description"), extra.text("unit"), values)


def _structure_keys(structure: object, entry: Entry) -> Iterator[ExtraKey]:
    """The keys of an object metric's structure, the outer before the inner."""
    if structure is None:
        return
    root = Entry({"structure": structure}, entry.what, entry.report).entry("structure")
    level = [("", root)]
    for _ in range(DEEPEST):
        inner: list[tuple[str, Entry]] = []
        for path, node in level:
            for name, child in _properties(node):
                key = f"{path}.{name}" if path else name
                yield ExtraKey(key, _structure_type(child), child.text("description"))
                inner.append((key, child))
        level = inner
    if level:
        entry.report.skip("structure: too deep", entry.what)


def _structure_type(node: Entry) -> str:
    """`string`; "number or string" of one of several: `oneOf` as declared, `subtypes` as serialised."""
    several = node.texts("subtypes") or tuple(each.text("type") for each in node.listed("oneOf"))
    return " or ".join(dict.fromkeys(filter(None, several))) or node.text("type")


def _properties(node: Entry) -> Iterator[tuple[str, Entry]]:
    """The named members of an object, or of the objects in an array (of arrays)."""
    for _ in range(DEEPEST):
        if "items" not in node.fields:
            break
        node = node.entry("items")
    yield from node.entries("properties")


def _structure_text(structure: object) -> str:
    """The structure as JSON text, its keys in a fixed order."""
    if not isinstance(structure, dict):
        return ""
    return clean_text(json.dumps(structure, sort_keys=True, ensure_ascii=False, separators=(", ", ": ")))


def _buckets(entry: Entry) -> str:
    """The buckets of a custom distribution in words: "linear, 0 to 100, 50 buckets"."""
    low, high, count = (entry.number(key) for key in ("range_min", "range_max", "bucket_count"))
    parts = [entry.text("histogram_type")]
    if high is not None:
        parts.append(f"{low or 0} to {high}")
    if count is not None:
        parts.append(f"{count} buckets")
    return ", ".join(part for part in parts if part)
