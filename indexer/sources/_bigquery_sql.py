"""The queries to BigQuery's INFORMATION_SCHEMA, and the SQL literals in its answers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.sources import SourceUnavailable
from indexer.sources._upstream import clean_text

_NAME = re.compile(r"[a-z][a-z0-9.:-]*")
_STRING = r'"((?:[^"\\]|\\.)*)"'
_TEXT = re.compile(_STRING, re.DOTALL)
_LABEL = re.compile(rf"STRUCT\({_STRING}, {_STRING}\)", re.DOTALL)
_ESCAPE = re.compile(
    r"\\(?:[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))", re.DOTALL
)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


# Named columns only: bytes are billed by the column read. {views} stands for a region's INFORMATION_SCHEMA.
TABLES = """
SELECT table_schema AS dataset, table_name AS `table`, table_type, creation_time AS created
FROM {views}.TABLES
"""
# One row a table, and of the type only its first word: the whole type of telemetry.main's payload is a text
# of half a megabyte.
COLUMNS = r"""
SELECT
  table_schema AS dataset,
  table_name AS `table`,
  ARRAY_AGG(
    STRUCT(
      field_path AS path,
      REGEXP_EXTRACT(data_type, r'^(?:ARRAY<)?(\w+)') AS type,
      STARTS_WITH(data_type, 'ARRAY<') AS repeated,
      description
    )
    ORDER BY field_path
  ) AS columns
FROM {views}.COLUMN_FIELD_PATHS
GROUP BY table_schema, table_name
"""
OPTIONS = """
SELECT table_schema AS dataset, table_name AS `table`, option_name AS option, option_value AS value
FROM {views}.TABLE_OPTIONS
WHERE option_name IN ('description', 'labels')
"""
STORAGE = """
SELECT
  table_schema AS dataset,
  table_name AS `table`,
  total_rows AS row_count,
  total_logical_bytes AS byte_count,
  storage_last_modified_time AS modified
FROM {views}.TABLE_STORAGE
WHERE NOT deleted
"""


@dataclass(frozen=True, slots=True)
class RegionQueries:
    """The queries that read one project in one region."""

    tables: str
    columns: str
    options: str
    storage: str


def region_queries(project: str, region: str) -> RegionQueries:
    """Raises SourceUnavailable where project or region is no name (parameters cannot stand for names)."""
    for name in (project, region):
        if not _NAME.fullmatch(name):
            raise SourceUnavailable(f"BigQuery: {name!r} is not the name of a project or region")
    views = f"`{project}`.`region-{region}`.INFORMATION_SCHEMA"
    tables, columns, options, storage = (
        query.replace("{views}", views).strip() for query in (TABLES, COLUMNS, OPTIONS, STORAGE)
    )
    return RegionQueries(tables, columns, options, storage)


def text_literal(literal: str) -> str:
    """The text of a string literal; what is none comes back as it is."""
    match = _TEXT.fullmatch(literal.strip())
    return _unescape(match[1]) if match else literal


def labels_literal(literal: str) -> dict[str, str]:
    """The labels of an array of STRUCT("key", "value")."""
    return {_unescape(key): _unescape(value) for key, value in _LABEL.findall(literal)}


def _unescape(text: str) -> str:
    return clean_text(_ESCAPE.sub(_character, text))


def _character(match: re.Match[str]) -> str:
    hexadecimal = match[1] or match[2] or match[3]
    if hexadecimal or match[4]:
        number = int(hexadecimal, 16) if hexadecimal else int(match[4], 8)
        return chr(number) if number <= 0x10FFFF else "\ufffd"
    return _LETTERS.get(match[5], match[5])
