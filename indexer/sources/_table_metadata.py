"""metadata.yaml and dataset_metadata.yaml of bigquery-etl as records."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from indexer.model.table_records import Dataset, DerivedTable, Routine
from indexer.sources import Report
from indexer.sources._upstream import clean_text, mapping

# The order in which files of SQL make a table: view.sql also says that it is a view.
MATERIALIZED = "materialized_view.sql"
SQL_ORDER = ("view.sql", "query.sql", MATERIALIZED, "script.sql")
PYTHON = "query.py"
# Of `scheduling`, what tells a reader when and how the table is filled.
SCHEDULE_KEYS = (
    "start_date",
    "task_name",
    "task_group",
    "date_partition_parameter",
    "date_partition_offset",
    "destination_table",
    "depends_on_past",
    "query_file_path",
)

# What stands for a description until somebody writes one (bigquery-etl's templates).
PLACEHOLDERS = frozenset(("Please provide a description for the query", "[DESCRIPTION_MISSING]"))

# How a materialized view is partitioned and clustered stands in its SQL only, before the query that it is of.
_HEAD = re.compile(
    r"\bCREATE\s+MATERIALIZED\s+VIEW\b(.*?)\bAS\s+(?:SELECT|WITH|\()", re.DOTALL | re.IGNORECASE
)
_LONGEST_HEAD = 20_000  # characters in which it is looked for
_REMARK = re.compile(r"--[^\n]*")
_PARTITION = re.compile(
    r"\bPARTITION\s+BY\s+(?:(?:DATE|(?:TIMESTAMP|DATETIME|DATE)_TRUNC)\s*\(\s*)?`?(\w+)`?(?:\s*,\s*(\w+))?\s*\)?",
    re.IGNORECASE,
)
_CLUSTER = re.compile(r"\bCLUSTER\s+BY\s+([\w`]+(?:\s*,\s*[\w`]+)*)", re.IGNORECASE)

# A dataset may begin with a digit, but no dataset is a number.
_REFERENCE = re.compile(r"(?:([a-z][a-z0-9-]*)\.)?(\d*[A-Za-z]\w*)\.([\w$*-]+)")


def read_dataset(project: str, name: str, metadata: Mapping[str, Any]) -> Dataset:
    """A dataset by its dataset_metadata.yaml; what is no text is left empty."""
    return Dataset(
        project=project,
        name=name,
        friendly_name=_text(metadata.get("friendly_name")),
        description=_text(metadata.get("description")),
        user_facing=metadata.get("user_facing") is True,
        labels=_labels(metadata.get("labels")),
    )


def _description(value: Any, report: Report, what: str) -> str:
    """A description that somebody wrote; what upstream's templates put for a missing one is none."""
    text = _text(value)
    if text.strip() in PLACEHOLDERS:
        report.skip("description that is a placeholder", what)
        return ""
    return text


def read_table(
    place: tuple[str, str, str],
    metadata: Mapping[str, Any],
    report: Report,
    *,
    digest: str = "",
    readme: str = "",
    sql: Mapping[str, str] | None = None,
    by_python: bool = False,
) -> DerivedTable:
    """A table or view at (project, dataset, table); `sql` is the text of its SQL files by name."""
    project, dataset, table = place
    bigquery = mapping(metadata.get("bigquery"))
    scheduling = mapping(metadata.get("scheduling"))
    partition_field, partition_type = _partition(bigquery)
    time_partitioning = mapping(bigquery.get("time_partitioning"))
    files = sql or {}
    labels = _labels(metadata.get("labels"))
    made_by = next((name for name in SQL_ORDER if name in files), PYTHON if by_python else "")
    clustering = _texts(mapping(bigquery.get("clustering")).get("fields"))
    if made_by == MATERIALIZED and not partition_field:
        (partition_field, partition_type), clustering = _written(files[made_by])
    return DerivedTable(
        project=project,
        dataset=dataset,
        table=table,
        friendly_name=_text(metadata.get("friendly_name")),
        description=_description(metadata.get("description"), report, ".".join(place)),
        owners=_texts(metadata.get("owners")),
        labels=_labels(metadata.get("labels")),
        dag=_text(scheduling.get("dag_name")),
        schedule={key: text for key in SCHEDULE_KEYS if (text := _text(scheduling.get(key)))},
        partition_field=partition_field,
        partition_type=partition_type,
        partition_filter_required=time_partitioning.get("require_partition_filter") is True,
        expiration_days=_days(time_partitioning.get("expiration_days")),
        clustering=clustering,
        references=read_references(place, metadata.get("references"), report),
        is_view="view.sql" in mapping(metadata.get("references")) or "view.sql" in files,
        deprecated=metadata.get("deprecated") is True or labels.get("deprecated") == "true",
        monitored=_flag(mapping(metadata.get("monitoring")).get("enabled")),
        deletion_date=_text(metadata.get("deletion_date")),
        schema_digest=digest,
        readme=readme,
        sql=files.get(made_by, ""),
        made_by=made_by,
        source_path="/".join(("sql", *place)),
    )


def read_routine(
    place: tuple[str, str, str], metadata: Mapping[str, Any], report: Report, *, readme: str, sql: str
) -> Routine:
    """A SQL function at (project, dataset, name)."""
    return Routine(
        *place,
        title=_text(metadata.get("friendly_name")),
        description=_description(metadata.get("description"), report, ".".join(place)),
        owners=_texts(metadata.get("owners")),
        deprecated=metadata.get("deprecated") is True,
        readme=readme,
        sql=sql,
        source_path="/".join(("sql", *place)),
    )


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def read_references(place: tuple[str, str, str], references: Any, report: Report) -> tuple[str, ...]:
    """The tables that a table is made of, as project.dataset.table, over all of its SQL files.

    Upstream's list is made by a parser that also yields `..`, whole SQL texts, names of
    sub-queries, and the table itself (in its checks.sql): each is counted (rule 12).
    """
    own = ".".join(place)
    found: dict[str, None] = {}
    for reference in _reference_texts(references):
        name = reference.replace("`", "").removesuffix("FOR SYSTEM_TIME").strip()
        match = _REFERENCE.fullmatch(name)
        if match is None:
            report.skip("reference that names no table", f"{own}: {reference}")
            continue
        full = ".".join((match[1] or place[0], match[2], match[3]))
        if full == own:
            report.skip("reference to itself", own)
        else:
            found[full] = None
    return tuple(found)


def _reference_texts(references: Any) -> Iterator[str]:
    for listed in mapping(references).values():
        yield from _texts(listed)


def _partition(bigquery: Mapping[str, Any]) -> tuple[str, str]:
    """Field and type; a table partitioned by arrival has BigQuery's own pseudo column."""
    by_time = mapping(bigquery.get("time_partitioning"))
    if by_time:
        return _text(by_time.get("field")) or "_PARTITIONTIME", _text(by_time.get("type")).lower() or "day"
    by_range = mapping(bigquery.get("range_partitioning"))
    return (_text(by_range.get("field")), "range") if by_range else ("", "")


def _written(sql: str) -> tuple[tuple[str, str], tuple[str, ...]]:
    """Partition field and type, and the columns of clustering, of the SQL of a materialized view.

    >>> _written("CREATE MATERIALIZED VIEW a.b PARTITION BY DATE(day) CLUSTER BY x, `y` AS SELECT 1")
    (('day', 'day'), ('x', 'y'))
    """
    head = _HEAD.search(_REMARK.sub("", sql[:_LONGEST_HEAD]))
    by = _PARTITION.search(head[1]) if head else None
    cluster = _CLUSTER.search(head[1]) if head else None
    fields = tuple(each.strip(" \n\t`") for each in cluster[1].split(",")) if cluster else ()
    return ((by[1], (by[2] or "day").lower()) if by else ("", "")), fields


def _days(value: Any) -> float | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number and math.isfinite(value) and 0 < value < 1e6 else None


def _labels(value: Any) -> dict[str, str]:
    """Labels as text: YAML gives booleans, and lists for the numbers of change control."""
    return {str(key): _text(entry) for key, entry in mapping(value).items()}


def _texts(value: Any) -> tuple[str, ...]:
    entries = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(text for entry in entries if (text := _text(entry))))


def _text(value: Any) -> str:
    """A scalar as text, dates as ISO dates, lists joined by commas; "" for all else."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(_text(entry) for entry in value if not isinstance(entry, list | tuple))
    return str(value) if isinstance(value, int | float | datetime.date) else ""
