"""indexer/sources/ping_schemas.py on small files, on junk, and counted against the mirror's own archive."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.model.definitions import ExtraKey
from indexer.model.records import Record
from indexer.model.table_records import Column, PingSchema, TableSchema
from indexer.sources import Report
from indexer.sources.ping_schemas import Source
from tests.support.fetching import GOLDEN, records_of
from tests.support.unpacked import archive_of, archive_with

TOP = "mozilla-pipeline-schemas-generated-schemas/schemas"


@pytest.fixture(scope="module")
def golden() -> tuple[list[Record], Report]:
    return records_of(Source(), archive_of(Source(), GOLDEN / "ping_schemas"))


def read(files: dict[str, bytes | str]) -> tuple[list[Record], Report]:
    return records_of(Source(), archive_with(files))


def test_each_version_of_a_ping_is_a_record_and_the_newest_is_described(
    golden: tuple[list[Record], Report],
) -> None:
    records, _ = golden
    schemas = {record.digest: record.columns for record in records if isinstance(record, TableSchema)}
    pings = [record for record in records if isinstance(record, PingSchema)]
    assert [(p.namespace, p.ping, p.version, p.description) for p in pings] == [
        ("org-mozilla-fenix", "fx-suggest", 1, ""),
        ("telemetry", "main", 4, ""),
        ("telemetry", "main", 5, "What desktop sends of a part of a session."),
    ]
    assert schemas[pings[0].schema_digest] == (
        Column("client_info", "RECORD", "NULLABLE", "About the client."),
        Column("client_info.client_id", "STRING", "NULLABLE"),
        Column("events", "RECORD", "REPEATED"),
        Column("events.timestamp", "INTEGER", "REQUIRED", "Milliseconds."),
        Column("submission_timestamp", "TIMESTAMP", "NULLABLE"),
    )
    assert pings[1].fields == ()
    assert pings[2].fields == (
        ExtraKey("environment", "object", ""),
        ExtraKey("environment.build", "string", "Which build."),
        ExtraKey("environment.settings", "object", ""),
        ExtraKey("environment.settings.*", "string or boolean", "Any setting."),
        ExtraKey("payload", "array", "Parts."),
        ExtraKey("payload.reason", "string", ""),
    )


def test_equal_columns_are_one_schema(golden: tuple[list[Record], Report]) -> None:
    records, report = golden
    assert sum(isinstance(record, TableSchema) for record in records) == 2
    assert report.seen == {"bq": 3, "column": 9, "schema.json": 2}
    assert report.skipped == {"schema.json without .bq": 1}
    assert report.examples["schema.json without .bq"] == "telemetry/orphan"


def test_other_files_of_the_archive_are_not_read() -> None:
    records, report = read(
        {
            f"{TOP}/metadata/x.bq": "[",
            "top/tests/telemetry/main/main.4.bq": "[",
            f"{TOP}/org-mozilla-fenix/baseline/baseline.1.schema.json": "[",
            f"{TOP}/org-mozilla-fenix/baseline/baseline.1.parquetmr.txt": "[",
        }
    )
    assert (records, report.skipped) == ([], {})


@pytest.mark.parametrize(
    "body", [b"", b"[", b"{}", b"7", b"null", b"\xff\xfe", b"[" * 10_000, b'[{"name": ""}]']
)
def test_rule_12_a_broken_schema_costs_that_ping_only(body: bytes) -> None:
    records, report = read(
        {
            f"{TOP}/a/bad/bad.1.bq": body,
            f"{TOP}/a/good/good.1.bq": '[{"name": "x", "type": "STRING"}]',
            f"{TOP}/telemetry/good/good.1.bq": '[{"name": "x", "type": "STRING"}]',
            f"{TOP}/telemetry/good/good.1.schema.json": body,
        }
    )
    pings = [(record.namespace, record.ping) for record in records if isinstance(record, PingSchema)]
    assert pings == [("a", "good"), ("telemetry", "good")]
    assert sum(report.skipped.values()) >= 1


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["name", "type", "mode", "fields", "description", "properties", "items", "anyOf", "x"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(JUNK)
def test_no_junk_raises(value: Any) -> None:
    body = json.dumps(value)
    records, _ = read({f"{TOP}/telemetry/p/p.1.bq": body, f"{TOP}/telemetry/p/p.1.schema.json": body})
    for record in records:
        if isinstance(record, TableSchema):
            assert all(column.path for column in record.columns)


@pytest.mark.mirror
def test_every_schema_of_the_mirror_is_read_with_every_column_path(mirror: Path) -> None:
    """The figures are those of the mirror's README, and the paths are read here once more."""
    (file,) = archive_of(Source(), mirror)
    records, report = records_of(Source(), [file])
    schemas = {record.digest: record.columns for record in records if isinstance(record, TableSchema)}
    pings = {
        f"{record.namespace}/{record.ping}.{record.version}": record
        for record in records
        if isinstance(record, PingSchema)
    }
    assert len(pings) == report.seen["bq"] == 1_042
    assert report.seen["column"] == 368_494
    assert len({record.namespace for record in pings.values()}) == 83
    assert sum(bool(record.description) for record in pings.values()) >= 2  # few have one (2026-07)
    assert sum(bool(record.fields) for record in pings.values()) > 30
    assert file.path is not None
    with tarfile.open(file.path) as archive:
        for member in archive:
            if member.name.endswith(".bq"):
                _, _, namespace, _, name = member.name.split("/")
                content = archive.extractfile(member)
                assert content is not None
                found = schemas[pings[f"{namespace}/{name.removesuffix('.bq')}"].schema_digest]
                assert [column.path for column in found] == list(paths(json.load(content), ""))


def paths(fields: list[dict[str, Any]], above: str) -> list[str]:
    found = []
    for field in fields:
        found += [above + field["name"], *paths(field.get("fields", []), f"{above}{field['name']}.")]
    return found
