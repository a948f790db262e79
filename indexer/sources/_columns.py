"""Nested BigQuery fields to flat columns.

generated-sql's schema.yaml, the pipeline's .bq files and BigQuery's own answers
describe columns alike: a list of mappings with name, type, mode, description and
nested fields. Here they become dotted paths in upstream's order, under one digest
that is equal wherever the columns are equal, so that each list is kept only once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from indexer.model.table_records import Column, TableSchema
from indexer.sources import FileColumns, Report
from indexer.sources._upstream import clean_text

FlatColumn = tuple[str, str, str, str]  # path, type, mode, description

# Both dialects stand in upstream's files (INT64 in .bq, INTEGER in most schema.yaml).
LEGACY_TYPES = {"INT64": "INTEGER", "FLOAT64": "FLOAT", "BOOL": "BOOLEAN", "STRUCT": "RECORD"}
MODES = frozenset({"NULLABLE", "REQUIRED", "REPEATED"})
# BigQuery's own limits are 15 levels and 10,000 columns; the largest upstream has 13,395 (2026-08). YAML's
# aliases can make a small file nest without end: past these the rest of a file is left.
MAX_DEPTH = 60
MAX_COLUMNS = 100_000
MOST_KEPT = 50  # things skipped in a file, past which it is parsed again by each crawl


def flatten_fields(fields: Any, skip: Callable[[str, str], None]) -> tuple[FlatColumn, ...]:
    """Columns of `fields` in upstream's order, parents before children.

    What is not a column (no mapping, no name) and what repeats a path is passed to
    `skip` as (reason, example); the first of two equal paths is kept (rule 12).
    """
    columns: dict[str, FlatColumn] = {}
    # An explicit stack, filled from the end: order stays, and no nesting exhausts Python's own.
    stack = [("", entry, 0) for entry in _reversed(fields)]
    while stack:
        prefix, entry, depth = stack.pop()
        name = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(name, str) or not name.strip():
            skip("column without a name", f"below {prefix!r}")
            continue
        path = clean_text(f"{prefix}{name}")
        if path in columns:
            skip("duplicate column", path)
            continue
        if len(columns) >= MAX_COLUMNS or depth > MAX_DEPTH:
            skip("column past the limits", path)
            break
        columns[path] = (path, _type(entry.get("type")), _mode(entry.get("mode")), _text(entry))
        stack.extend((f"{path}.", child, depth + 1) for child in _reversed(entry.get("fields")))
    return tuple(columns.values())


def table_schema(columns: Iterable[FlatColumn]) -> TableSchema:
    """The schema of these columns; equal columns give an equal digest, whatever file they came from."""
    flat = tuple(columns)
    canonical = json.dumps(flat, ensure_ascii=False, separators=(",", ":")).encode()
    return TableSchema(hashlib.sha256(canonical).hexdigest(), tuple(Column(*column) for column in flat))


class SchemaPool:
    """Lists of columns, each handed out once, the first time that it is met."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._yielded: set[str] = set()

    def add(self, columns: Sequence[FlatColumn]) -> tuple[str, TableSchema | None]:
        """The digest of these columns ("" of none), and the schema itself the first time."""
        self._report.seen["column"] += len(columns)
        return self.first(table_schema(columns)) if columns else ("", None)

    def first(self, schema: TableSchema) -> tuple[str, TableSchema | None]:
        """The digest of a schema, and the schema itself the first time."""
        if schema.digest in self._yielded:
            return schema.digest, None
        self._yielded.add(schema.digest)
        return schema.digest, schema


class SchemaFiles:
    """Files with columns, each list of columns once.

    Many tables share a schema byte for byte (the channels of an app), so a file's bytes are
    looked up before they are parsed, also among those of the last crawl; others share the columns only.
    """

    def __init__(self, report: Report, kind: str, read: Callable[[bytes, str], Any]) -> None:
        """`kind` is how the files are counted; `read` gives a file's fields, None where it has none."""
        self._report = report
        self._kind = kind
        self._read = read
        self._pool = SchemaPool(report)
        self._known: dict[str, FileColumns] = {}

    def add(self, body: bytes, path: str) -> tuple[str, TableSchema | None]:
        """The digest of a file's schema ("" where it holds none), and the schema itself the first time."""
        self._report.seen[self._kind] += 1
        key = hashlib.sha256(body).hexdigest()
        known = self._known.get(key)
        if known is not None:
            self._report.seen["column"] += known.count
            if not known.count:
                self._report.skip(f"{self._kind} without columns", path)
            return known.schema, None
        recalled = self._recalled(key, path)
        return self._parsed(body, key, path) if recalled is None else recalled

    def _recalled(self, key: str, path: str) -> tuple[str, TableSchema | None] | None:
        """What add() gives, of a file that the last crawl parsed; None where it did not."""
        known = self._report.recalled.files.get(key)
        schema = self._report.recalled.schemas.get(known.schema) if known else None
        if known is None or schema is None:
            return None
        self._report.seen["column"] += known.count
        self._keep(key, known, path)
        return self._pool.first(schema)

    def _parsed(self, body: bytes, key: str, path: str) -> tuple[str, TableSchema | None]:
        """What add() gives, of a file that is new."""
        skipped: list[tuple[str, str]] = []
        reported = self._report.skipped.total()
        fields = self._read(body, path)
        whole = reported == self._report.skipped.total()
        columns = flatten_fields(fields, lambda reason, what: skipped.append((reason, what)))
        digest, schema = self._pool.add(columns)
        known = FileColumns(digest, len(columns), tuple(skipped))
        self._keep(key, known, path, for_next=whole and len(skipped) <= MOST_KEPT)
        if not columns:
            self._report.skip(f"{self._kind} without columns", path)
        return digest, schema

    def _keep(self, key: str, known: FileColumns, path: str, *, for_next: bool = True) -> None:
        for reason, what in known.skipped:
            self._report.skip(reason, f"{path}: {what}")
        self._known[key] = known
        if for_next and known.count:
            self._report.files[key] = known


def _reversed(fields: Any) -> list[Any]:
    return fields[::-1] if isinstance(fields, list) else []


def _type(value: Any) -> str:
    name = value.upper() if isinstance(value, str) else ""
    return LEGACY_TYPES.get(name, name)


def _mode(value: Any) -> str:
    name = value.upper() if isinstance(value, str) else ""
    return name if name in MODES else "NULLABLE"


def _text(entry: dict[str, Any]) -> str:
    """The description, also under the one misspelling that upstream has (`descrption`, 2026-08)."""
    value = entry.get("description") or entry.get("descrption")
    return clean_text(value) if isinstance(value, str) else ""
