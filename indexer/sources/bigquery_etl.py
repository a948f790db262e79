"""Derived tables, views and datasets of the warehouse.

Reads the generated-sql branch of bigquery-etl: `sql/<project>/<dataset>/<table>/` holds
metadata.yaml and, where there are such, schema.yaml, README.md and the SQL (or the
program in Python) that makes it. A file that cannot be read costs its table that file
only, and is counted. SQL is handed on whole: it is read for its columns (sqlread), and
cut only where it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from indexer.model.records import Record
from indexer.sources import Fetched, Report, Request
from indexer.sources._columns import SchemaFiles
from indexer.sources._documents import Unreadable, parse_yaml
from indexer.sources._schema_yaml import read_fields
from indexer.sources._table_metadata import PYTHON, read_dataset, read_routine, read_table
from indexer.sources._upstream import clean_text

URL = "https://github.com/mozilla/bigquery-etl/archive/refs/heads/generated-sql.tar.gz"

# What makes the table, the telling one first: a folder can hold checks and backfills beside it.
SQL_FILES = ("view.sql", "query.sql", "materialized_view.sql", "script.sql")
# The largest generated query has a million characters (2026-08): what is past this is no query.
MAX_SQL = 5_000_000
# Where functions are: mozfun is the project of the public ones, those of the shared project stand among
# its tables. None of these folders is a table.
ROUTINE_PROJECT = "mozfun"
ROUTINE_FILE = "udf.sql"
ROUTINE_DATASETS = frozenset({"udf", "udf_js", "udf_legacy"})


@dataclass(slots=True)
class _Folder:
    """What the archive holds of one table, parsed as it streams by."""

    metadata: Mapping[str, Any] | None = None
    digest: str = ""
    readme: str = ""
    sql: dict[str, str] = field(default_factory=dict)
    by_python: bool = False
    routine_sql: str = ""


class Source:
    """Requests: the archive of the branch generated-sql."""

    name = "bigquery_etl"
    version = 6

    def requests(self, options: Mapping[str, Any]) -> Sequence[Request]:
        """The archive at `url`, or where upstream publishes it."""
        return (Request(str(options.get("url") or URL), kind="archive"),)

    def records(
        self, fetched: Sequence[Fetched], options: Mapping[str, Any], report: Report
    ) -> Iterator[Record]:
        """Datasets and schemas as they stream by, then the tables that name those schemas."""
        folders: dict[tuple[str, str, str], _Folder] = {}
        schemas = SchemaFiles(report, "schema.yaml", lambda body, path: _read_schema(body, path, report))
        for path, body in _members(fetched):
            parts = path.split("/")[1:]  # without the archive's own top folder
            if not parts or parts[0] != "sql":
                continue
            if len(parts) == 4 and parts[3] == "dataset_metadata.yaml":
                dataset = _read_yaml(body, path, report)
                if dataset is not None:
                    report.seen["dataset"] += 1
                    yield read_dataset(parts[1], parts[2], dataset)
            elif len(parts) == 5:
                folder = folders.setdefault((parts[1], parts[2], parts[3]), _Folder())
                if parts[4] == "schema.yaml":
                    folder.digest, new = schemas.add(body, path)
                    if new is not None:
                        yield new
                else:
                    _keep(folder, parts[4], body, path, report)
        for place, folder in sorted(folders.items()):
            yield from _records_of(place, folder, report)


def _records_of(place: tuple[str, str, str], folder: _Folder, report: Report) -> Iterator[Record]:
    """The table or the routine that a folder describes."""
    if place[0] == ROUTINE_PROJECT or place[1] in ROUTINE_DATASETS or folder.routine_sql:
        if folder.metadata is not None or folder.routine_sql:
            report.seen["routine"] += 1
            report.seen["udf.sql"] += bool(folder.routine_sql)
            yield read_routine(
                place, folder.metadata or {}, report, readme=folder.readme, sql=folder.routine_sql
            )
        return
    if folder.metadata is None:
        if not folder.digest and not folder.sql:
            return
        report.skip("no metadata.yaml: only its columns or its SQL are known", "/".join(place))
    table = read_table(
        place,
        folder.metadata or {},
        report,
        digest=folder.digest,
        readme=folder.readme,
        sql=folder.sql,
        by_python=folder.by_python,
    )
    report.seen["view" if table.is_view else "table"] += 1
    yield table


def _read_schema(body: bytes, path: str, report: Report) -> Any:
    try:
        return read_fields(body)
    except Unreadable as error:
        report.skip("unreadable schema.yaml", f"{path}: {error}")
        return None


def _members(fetched: Sequence[Fetched]) -> Iterator[tuple[str, bytes]]:
    for file in fetched:
        if file.members is not None:
            yield from file.members()


def _keep(folder: _Folder, name: str, body: bytes, path: str, report: Report) -> None:
    if name == "metadata.yaml":
        report.seen["metadata.yaml"] += 1
        folder.metadata = _read_yaml(body, path, report)
    elif name == "README.md":
        folder.readme = clean_text(body.decode("utf-8", "replace"))
    elif name in SQL_FILES or name == ROUTINE_FILE:
        if len(body) > MAX_SQL:
            report.skip("SQL past the limit", path)
            return
        text = clean_text(body.decode("utf-8", "replace"))
        if name == ROUTINE_FILE:
            folder.routine_sql = text
        else:
            folder.sql[name] = text
    elif name == PYTHON:
        report.seen[PYTHON] += 1
        folder.by_python = True


def _read_yaml(body: bytes, path: str, report: Report) -> dict[str, Any] | None:
    """The mapping that a YAML file holds; an empty file is an empty mapping."""
    try:
        document = parse_yaml(body)
    except Unreadable as error:
        report.skip("unreadable YAML", f"{path}: {error}")
        return None
    if document is None:
        return {}
    if not isinstance(document, dict):
        report.skip("YAML without keys", path)
        return None
    return document
