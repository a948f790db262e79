"""Records of the warehouse: tables, routines, datasets and schemas (see records.py)."""

from __future__ import annotations

from dataclasses import dataclass, field

from indexer.model.definitions import ExtraKey


@dataclass(frozen=True, slots=True)
class Column:
    """One (nested) column: its whole dotted path."""

    path: str
    type: str  # BigQuery's legacy names, upper case: STRING, INTEGER, RECORD, …
    mode: str = "NULLABLE"  # NULLABLE, REQUIRED, REPEATED
    description: str = ""


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A list of columns that several tables may share, keyed by its digest."""

    digest: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class DerivedTable:
    """A table or view of bigquery-etl's generated-sql (metadata.yaml and beside it)."""

    project: str
    dataset: str
    table: str
    friendly_name: str = ""
    description: str = ""
    owners: tuple[str, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)
    dag: str = ""
    schedule: dict[str, str] = field(default_factory=dict)  # other scheduling values worth showing
    partition_field: str = ""
    partition_type: str = ""  # day, hour, month
    partition_filter_required: bool = False
    expiration_days: float | None = None
    clustering: tuple[str, ...] = ()
    references: tuple[str, ...] = ()  # project.dataset.table, junk removed and counted
    is_view: bool = False  # references come from view.sql, or view.sql is there
    deprecated: bool = False
    deletion_date: str = ""
    schema_digest: str = ""  # of its TableSchema, "" where it has no schema.yaml
    readme: str = ""
    sql: str = ""  # whole: what shows it cuts it
    made_by: str = ""  # the file that makes it: view.sql, query.sql, query.py, …; "" where none is there
    source_path: str = ""  # sql/project/dataset/table
    monitored: bool | None = None  # monitoring.enabled, None where the metadata does not speak of it


@dataclass(frozen=True, slots=True)
class Routine:
    """A SQL function (a folder with metadata.yaml, README.md and udf.sql); the SQL may not be published."""

    project: str
    dataset: str
    name: str
    title: str = ""
    description: str = ""
    owners: tuple[str, ...] = ()
    deprecated: bool = False
    readme: str = ""
    sql: str = ""  # of udf.sql, whole
    source_path: str = ""  # sql/project/dataset/name


@dataclass(frozen=True, slots=True)
class Dataset:
    """A BigQuery dataset (dataset_metadata.yaml)."""

    project: str
    name: str
    friendly_name: str = ""
    description: str = ""
    user_facing: bool = False
    labels: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PingSchema:
    """A stable table's schema: schemas/<namespace>/<ping>/<ping>.<version>.bq."""

    namespace: str
    ping: str
    version: int
    schema_digest: str
    description: str = ""  # of the JSON schema of this version or, where that has none, of an older one
    fields: tuple[ExtraKey, ...] = ()  # of the newest *.schema.json: path, type, description
    retention_days: int | None = None  # its schema's expiration_policy
    collected_until: str = ""  # ISO date after which the pipeline drops it (the same)
    placeholder: bool = False  # a schema that stands for one that nobody wrote


@dataclass(frozen=True, slots=True)
class WarehouseTable:
    """What BigQuery itself says of a table (TABLES, TABLE_OPTIONS, COLUMN_FIELD_PATHS)."""

    project: str
    dataset: str
    table: str
    table_type: str  # BASE TABLE, VIEW, …
    description: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    row_count: int | None = None
    byte_count: int | None = None
    created: str = ""
    modified: str = ""
    schema_digest: str = ""
