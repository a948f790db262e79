"""BigQuery read through Google's client: by region where that is allowed, else table by table.

By region is three or four queries for a whole project (at least 10 MB billed for each);
table by table is free of query charges, but one request for each table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests
from google.api_core.client_options import ClientOptions
from google.api_core.exceptions import Forbidden, GoogleAPIError, NotFound
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import GoogleAuthError
from google.cloud.bigquery import Client, QueryJobConfig, Table
from google.cloud.bigquery.retry import DEFAULT_JOB_RETRY, DEFAULT_RETRY

from indexer.model.records import Record
from indexer.model.table_records import WarehouseTable
from indexer.sources import Report, SourceUnavailable
from indexer.sources._bigquery_sql import labels_literal, region_queries, text_literal
from indexer.sources._columns import FlatColumn, SchemaPool, flatten_fields
from indexer.sources._upstream import clean_text

DEFAULT_MAXIMUM_BYTES = 1_000_000_000
MAX_LISTED = 5_000  # tables of a project that are asked for one by one: an hour, at some four a second
RETRY_SECONDS = 60.0

# get_table's words for what INFORMATION_SCHEMA.TABLES says.
_TABLE_TYPES = {"TABLE": "BASE TABLE", "MATERIALIZED_VIEW": "MATERIALIZED VIEW"}
_SHARD = re.compile(r"(.+_)(\d{8})")

_Place = tuple[str, str, str]  # project, dataset, table


@dataclass(slots=True)
class _Known:
    """What is known of one table so far."""

    table_type: str = ""
    description: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    row_count: int | None = None
    byte_count: int | None = None
    created: str = ""
    modified: str = ""
    columns: tuple[FlatColumn, ...] = ()


class Warehouse:
    """The tables of the configured projects."""

    def __init__(self, options: Mapping[str, Any], report: Report) -> None:
        self._report = report
        self._projects = _names(options.get("projects"))
        self._regions = tuple(region.lower() for region in _names(options.get("regions") or ["us"]))
        self._maximum_bytes = int(options.get("maximum_bytes_billed") or DEFAULT_MAXIMUM_BYTES)
        self._schemas = SchemaPool(report)
        try:
            self._client = _connect(str(options["billing_project"]), str(options.get("api_endpoint") or ""))
        except GoogleAuthError as error:
            raise SourceUnavailable(f"BigQuery: no credentials ({error})") from error

    def records(self) -> Iterator[Record]:
        """What is live of each project's tables. Raises SourceUnavailable where BigQuery fails."""
        try:
            for project in self._projects:
                yield from self._project(project)
        except (GoogleAPIError, GoogleAuthError, requests.RequestException) as error:
            raise SourceUnavailable(f"BigQuery: {error}") from error

    def _project(self, project: str) -> Iterator[Record]:
        try:
            tables = self._by_region(project)
        except Forbidden as error:
            if not _is_denied(error):
                raise
            self._report.skip("project not allowed by region, read table by table", project)
            tables = self._one_by_one(project)
        for place, known in sorted(_newest_shards(tables, self._report).items()):
            digest, schema = self._schemas.add(known.columns)
            if schema is not None:
                yield schema
            self._report.seen["table"] += 1
            yield _record(place, known, digest)

    # ------------------------------------------------------------------ by region

    def _by_region(self, project: str) -> dict[_Place, _Known]:
        tables: dict[_Place, _Known] = {}
        for region in self._regions:
            queries = region_queries(project, region)
            for row in self._rows(queries.tables, region):
                tables[project, row["dataset"], row["table"]] = _Known(
                    table_type=row["table_type"], created=_moment(row["created"])
                )
            for row in self._rows(queries.columns, region):
                known = tables.get((project, row["dataset"], row["table"]))
                if known is not None:
                    known.columns = flatten_fields(_fields(row["columns"]), self._report.skip)
            for row in self._rows(queries.options, region):
                known = tables.get((project, row["dataset"], row["table"]))
                if known is not None:
                    _add_option(known, row["option"], row["value"])
            self._add_storage(queries.storage, project, region, tables)
        return tables

    def _add_storage(self, query: str, project: str, region: str, tables: dict[_Place, _Known]) -> None:
        """Rows and bytes; a right of its own, which many lack: without it these stay unknown."""
        try:
            for row in self._rows(query, region):
                known = tables.get((project, row["dataset"], row["table"]))
                if known is not None:
                    known.row_count, known.byte_count = row["row_count"], row["byte_count"]
                    known.modified = _moment(row["modified"])
        except Forbidden as error:
            if not _is_denied(error):
                raise
            self._report.skip("rows and bytes not allowed", f"{project} {region}")

    def _rows(self, query: str, region: str) -> Iterable[Any]:
        return self._client.query_and_wait(
            query,
            location=region,
            job_config=QueryJobConfig(maximum_bytes_billed=self._maximum_bytes),
            retry=DEFAULT_RETRY.with_timeout(RETRY_SECONDS),
            job_retry=DEFAULT_JOB_RETRY.with_timeout(RETRY_SECONDS),
        )

    # ------------------------------------------------------------------ table by table

    def _one_by_one(self, project: str) -> dict[_Place, _Known]:
        tables: dict[_Place, _Known] = {}
        retry = DEFAULT_RETRY.with_timeout(RETRY_SECONDS)
        for dataset in self._client.list_datasets(project, retry=retry):
            name = dataset.dataset_id
            try:
                listed = list(self._client.list_tables(dataset.reference, retry=retry))
            except (Forbidden, NotFound):
                self._report.skip("dataset not allowed", f"{project}.{name}")
                continue
            for entry in listed:
                if len(tables) >= MAX_LISTED:
                    self._report.skip("table past the limit of one-by-one reading", entry.full_table_id)
                    continue
                try:
                    table = self._client.get_table(entry.reference, retry=retry)
                except (Forbidden, NotFound):
                    self._report.skip("table not allowed", f"{project}.{name}.{entry.table_id}")
                    continue
                tables[project, name, entry.table_id] = self._known(table)
        return tables

    def _known(self, table: Table) -> _Known:
        return _Known(
            table_type=_TABLE_TYPES.get(table.table_type or "", table.table_type or ""),
            description=clean_text(table.description or ""),
            labels={str(key): str(value) for key, value in (table.labels or {}).items()},
            row_count=table.num_rows,
            byte_count=table.num_bytes,
            created=_moment(table.created),
            modified=_moment(table.modified),
            columns=flatten_fields([column.to_api_repr() for column in table.schema], self._report.skip),
        )


def _connect(billing_project: str, api_endpoint: str) -> Client:
    """A client; another endpoint (an emulator, a test) is spoken to without signing in."""
    if api_endpoint:
        return Client(
            project=billing_project,
            credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
            client_options=ClientOptions(api_endpoint=api_endpoint),
        )
    return Client(project=billing_project)


def _is_denied(error: Forbidden) -> bool:
    """Whether a right is missing. A used-up quota is a 403, too, and must not start thousands of requests."""
    reasons = {entry.get("reason") for entry in error.errors if isinstance(entry, dict)}
    return not reasons or "accessDenied" in reasons


def _newest_shards(tables: Mapping[_Place, _Known], report: Report) -> dict[_Place, _Known]:
    """Tables of one day each (events_20240131) as one, with the newest day's columns: `events_*`."""
    shards: dict[_Place, list[_Place]] = {}
    for place in sorted(tables):
        match = _SHARD.fullmatch(place[2])
        if match:
            shards.setdefault((place[0], place[1], f"{match[1]}*"), []).append(place)
    kept = dict(tables)
    for together, places in shards.items():
        if len(places) > 1:
            kept[together] = tables[places[-1]]
            for place in places:
                del kept[place]
                report.skip("day of a date-sharded table", ".".join(place))
    return kept


def _record(place: _Place, known: _Known, digest: str) -> WarehouseTable:
    return WarehouseTable(
        project=place[0],
        dataset=place[1],
        table=place[2],
        table_type=known.table_type,
        description=known.description,
        labels=known.labels,
        row_count=known.row_count,
        byte_count=known.byte_count,
        created=known.created,
        modified=known.modified,
        schema_digest=digest,
    )


def _fields(columns: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """COLUMN_FIELD_PATHS in the shape of a schema; paths are whole already."""
    return [
        {
            "name": column["path"],
            "type": column["type"],
            "mode": "REPEATED" if column["repeated"] else "NULLABLE",
            "description": column["description"],
        }
        for column in columns
    ]


def _add_option(known: _Known, option: str, value: str) -> None:
    if option == "description":
        known.description = clean_text(text_literal(value))
    elif option == "labels":
        known.labels = labels_literal(value)


def _moment(value: Any) -> str:
    """A time as "YYYY-MM-DD HH:MM:SS" (UTC), "" where it is unknown."""
    return value.strftime("%Y-%m-%d %H:%M:%S") if value is not None else ""


def _names(value: Any) -> tuple[str, ...]:
    return tuple(str(name) for name in (value if isinstance(value, list | tuple) else [value]))
