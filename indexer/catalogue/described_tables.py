"""A table as each source describes it: metadata, ping schemas, BigQuery itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from indexer.catalogue.model import humanise
from indexer.model.column_names import underscored
from indexer.model.items import SHARED_PROJECT, USER_PROJECT, WAS_TO_BE_DELETED, TableItem
from indexer.model.literals import Layer, Status
from indexer.model.liveness import said_deprecated
from indexer.model.replace import replace
from indexer.model.table_records import DerivedTable, PingSchema, WarehouseTable

MAX_SHOWN_SQL = 100_000  # characters: nobody reads past this, and the store holds it all
_LAYER = re.compile(r"(.+)_(derived|stable|live)$")
_LAYERS: Mapping[str, Layer] = {"derived": "derived", "stable": "stable", "live": "live"}
_VERSION = re.compile(r"(.+)_v(\d+)$")


@dataclass(frozen=True, slots=True)
class TablePlace:
    """What the name alone says of a table."""

    stem: str  # dataset without its layer
    layer: Layer | None  # derived, stable, live; None for an unsuffixed dataset
    table: str  # without its version
    version: int


def place_of(dataset: str, table: str) -> TablePlace:
    """Stem, layer and version: ("telemetry_stable", "main_v5") -> telemetry, stable, main, 5."""
    layered = _LAYER.match(dataset)
    versioned = _VERSION.match(table)
    return TablePlace(
        stem=layered[1] if layered else dataset,
        layer=_LAYERS[layered[2]] if layered else None,
        table=versioned[1] if versioned else table,
        version=int(versioned[2]) if versioned else 0,
    )


def from_metadata(record: DerivedTable, today: date) -> TableItem:
    """A table of generated-sql."""
    place = place_of(record.dataset, record.table)
    layer: Layer = place.layer or ("view" if record.is_view else "other")
    deleted = bool(record.deletion_date) and record.deletion_date <= today.isoformat()
    status: Status = "active"
    reason = ""
    if deleted:
        # upstream's plan; whoever carried it out, or did not, says so nowhere
        status, reason = "removed", f"it {WAS_TO_BE_DELETED} {record.deletion_date}, as its metadata says"
    elif record.deprecated:
        status, reason = "deprecated", "deprecated in its metadata"
        if record.deletion_date:
            reason += f", to be deleted on {record.deletion_date}"
    elif said_deprecated(record.description):
        status, reason = "deprecated", "deprecated, as its description says"
    name = f"{record.dataset}.{record.table}"
    return TableItem(
        id=f"table/{record.project}.{name}",
        kind="table",
        name=name,
        title=record.friendly_name or humanise(place.table),
        description=record.description,
        type=layer,
        tables=(name,),
        datasets=(record.dataset,),
        status=status,
        status_reason=reason,
        owners=record.owners,
        expires=record.deletion_date,
        aliases=_aliases(record.project, name),
        project=record.project,
        dataset=record.dataset,
        table=record.table,
        layer=layer,
        base=f"{place.stem}.{place.table}",
        metadata_source="generated-sql",
        schema_digest=record.schema_digest,
        schema_source="schema.yaml" if record.schema_digest else "",
        partition_field=record.partition_field,
        partition_type=record.partition_type,
        partition_filter_required=record.partition_filter_required,
        expiration_days=record.expiration_days,
        clustering=record.clustering,
        dag=record.dag,
        schedule=record.schedule,
        legacy=record.labels.get("legacy", "").lower() == "true",
        level=record.labels.get("level", ""),
        monitored=record.monitored,
        labels=_marks(record),
        table_labels=record.labels,
        upstream=record.references,
        readme=record.readme,
        sql=_shown(record.sql),
        made_by=record.made_by,
        source_path=record.source_path,
        table_type="VIEW" if record.is_view else "",
    )


def _marks(record: DerivedTable) -> tuple[str, ...]:
    """What its marks are called, for who searches by them."""
    legacy = record.labels.get("legacy", "").lower() == "true"
    level = record.labels.get("level", "")
    return tuple(word for word in ("legacy" if legacy else "", f"level {level}" if level else "") if word)


def _shown(sql: str) -> str:
    """SQL as a page shows it."""
    if len(sql) <= MAX_SHOWN_SQL:
        return sql
    return f"{sql[:MAX_SHOWN_SQL]}\n-- cut off here: the whole file has {len(sql)} characters"


def from_ping_schema(schema: PingSchema, datasets: Mapping[str, str]) -> TableItem:
    """The stable table of a ping; `datasets`: namespace -> dataset, where app-listings names one."""
    stem = datasets.get(schema.namespace) or underscored(schema.namespace)  # rule 1: listed, not derived
    ping = underscored(schema.ping)
    name = f"{stem}_stable.{ping}_v{schema.version}"
    return TableItem(
        id=f"table/{SHARED_PROJECT}.{name}",
        kind="table",
        name=name,
        title=f"{humanise(schema.ping)} pings of {schema.namespace} as they came in",
        description=schema.description,
        type="stable",
        tables=(name,),
        datasets=(f"{stem}_stable",),
        aliases=(f"{SHARED_PROJECT}.{name}", f"{schema.namespace}/{schema.ping}"),
        project=SHARED_PROJECT,
        dataset=f"{stem}_stable",
        table=f"{ping}_v{schema.version}",
        layer="stable",
        base=f"{stem}.{ping}",
        metadata_source="generated-schemas",
        schema_digest=schema.schema_digest,
        schema_source=".bq" if schema.schema_digest else "",
        partition_field="submission_timestamp",  # so of every ping table (rule 6)
        partition_type="day",
        partition_filter_required=True,
        table_type="BASE TABLE",
    )


def _aliases(project: str, name: str) -> tuple[str, ...]:
    full = f"{project}.{name}"
    seen_by_users = project == SHARED_PROJECT and not place_of(*name.split(".", 1)).layer
    return (full, f"{USER_PROJECT}.{name}") if seen_by_users else (full,)


def merge_stable(described: TableItem, stable: TableItem) -> TableItem:
    """A stable table that has metadata of its own: that, with the columns of its .bq where it has none."""
    return replace(
        described,
        schema_digest=described.schema_digest or stable.schema_digest,
        schema_source=described.schema_source or stable.schema_source,
        partition_field=described.partition_field or stable.partition_field,
        partition_type=described.partition_type or stable.partition_type,
        partition_filter_required=described.partition_filter_required or stable.partition_filter_required,
        aliases=(*described.aliases, *(x for x in stable.aliases if x not in described.aliases)),
        table_type=described.table_type or stable.table_type,
    )


def merge_warehouse(items: dict[str, TableItem], live: WarehouseTable) -> None:
    """What BigQuery says of itself: figures for tables that we know, and those that nobody described."""
    project = SHARED_PROJECT if live.project == USER_PROJECT else live.project
    key = f"table/{project}.{live.dataset}.{live.table}"
    known = items.get(key)
    if known is None:
        metadata = DerivedTable(
            project=project,
            dataset=live.dataset,
            table=live.table,
            is_view="VIEW" in live.table_type.upper(),
        )
        known = replace(from_metadata(metadata, date.min), metadata_source="bigquery")
    items[key] = replace(
        known,
        description=known.description or live.description,
        table_labels={**live.labels, **known.table_labels},
        row_count=live.row_count,
        byte_count=live.byte_count,
        added=live.created[:10],
        changed=live.modified[:10],
        modified=live.modified,
        table_type=live.table_type or known.table_type,
        schema_digest=known.schema_digest or live.schema_digest,
        schema_source=known.schema_source or ("bigquery" if live.schema_digest else ""),
    )
