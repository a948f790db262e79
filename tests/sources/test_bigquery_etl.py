"""indexer/sources/bigquery_etl.py on a small golden archive, on junk, and counted against the mirror."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from indexer.model.records import Record
from indexer.model.table_records import Column, Dataset, DerivedTable, Routine, TableSchema
from indexer.sources import Report, bigquery_etl
from indexer.sources._table_metadata import read_references, read_table
from tests.support.fetching import GOLDEN, records_of
from tests.support.unpacked import archive_of, archive_with

PROJECT = "moz-fx-data-shared-prod"
PLACE = (PROJECT, "telemetry_derived", "clients_daily_v6")
TOP = f"bigquery-etl-generated-sql/sql/{PROJECT}"


@pytest.fixture(scope="module")
def golden() -> tuple[list[Record], Report]:
    source = bigquery_etl.Source()
    return records_of(source, archive_of(source, GOLDEN / "bigquery_etl"))


def tables_of(records: list[Record]) -> dict[str, DerivedTable]:
    return {f"{r.dataset}.{r.table}": r for r in records if isinstance(r, DerivedTable)}


def read(files: dict[str, bytes | str]) -> tuple[list[Record], Report]:
    return records_of(bigquery_etl.Source(), archive_with(files))


def test_a_derived_table_comes_out_whole(golden: tuple[list[Record], Report]) -> None:
    table = tables_of(golden[0])["telemetry_derived.clients_daily_v6"]
    assert table == DerivedTable(
        project=PROJECT,
        dataset="telemetry_derived",
        table="clients_daily_v6",
        friendly_name="Clients Daily",
        description="One row for each client and day.\n\nRead it through `telemetry.clients_daily`.",
        owners=("someone@example.org",),
        labels={
            "application": "firefox",
            "incremental": "true",
            "change_controlled": "1640204, 1640205",
        },
        dag="bqetl_main_summary",
        schedule={"start_date": "2019-11-05", "task_name": "clients_daily", "depends_on_past": "false"},
        partition_field="submission_date",
        partition_type="day",
        partition_filter_required=True,
        expiration_days=775.0,
        clustering=("normalized_channel", "sample_id"),
        references=(
            f"{PROJECT}.telemetry_stable.main_v5",
            f"{PROJECT}.telemetry_derived.core_v1",
            f"{PROJECT}.static.country_codes_v1",
        ),
        is_view=False,
        deprecated=True,
        deletion_date="2030-01-31",
        schema_digest=table.schema_digest,
        readme="# Clients daily\n\nBackground of the table.",
        sql="SELECT client_id FROM main",
        made_by="query.sql",
        source_path=f"sql/{PROJECT}/telemetry_derived/clients_daily_v6",
    )


def test_columns_are_dotted_paths_in_upstreams_order(golden: tuple[list[Record], Report]) -> None:
    (schema,) = [r for r in golden[0] if isinstance(r, TableSchema) and len(r.columns) > 1]
    assert schema.columns == (
        Column("client_id", "STRING", "NULLABLE", "Identifies a client: it's random"),
        Column("scalars", "RECORD", "REPEATED"),
        Column("scalars.key", "STRING", "REQUIRED"),
        Column("scalars.value", "INTEGER", "NULLABLE"),
        Column("submission_date", "DATE", "NULLABLE", "Day on which the ping arrived"),
    )


def test_equal_schemas_are_one_record_that_comes_before_its_tables(
    golden: tuple[list[Record], Report],
) -> None:
    records, _ = golden
    tables = tables_of(records)
    digest = tables["telemetry.clients_daily"].schema_digest
    assert digest == tables["telemetry_derived.clients_daily_v6"].schema_digest
    known: set[str] = set()
    for record in records:
        if isinstance(record, TableSchema):
            assert record.digest not in known
            known.add(record.digest)
        elif isinstance(record, DerivedTable) and record.schema_digest:
            assert record.schema_digest in known


def test_datasets_are_records(golden: tuple[list[Record], Report]) -> None:
    assert [record for record in golden[0] if isinstance(record, Dataset)] == [
        Dataset(
            PROJECT,
            "telemetry",
            "Telemetry",
            "Views over the older telemetry of desktop Firefox.",
            user_facing=True,
            labels={"shared": "true"},
        )
    ]


def test_what_is_passed_over_is_counted(golden: tuple[list[Record], Report]) -> None:
    _, report = golden
    assert report.skipped == {
        "duplicate column": 1,
        "reference that names no table": 3,
        "reference to itself": 1,
        "no metadata.yaml: only its columns or its SQL are known": 1,
    }
    assert report.seen == {
        "metadata.yaml": 5,
        "schema.yaml": 3,
        "column": 11,
        "dataset": 1,
        "view": 1,
        "table": 3,
        "routine": 2,
        "udf.sql": 0,
    }


def test_rule_6_a_view_is_known_by_its_references_or_its_file() -> None:
    assert read_table(PLACE, {"references": {"view.sql": []}}, Report()).is_view
    assert read_table(PLACE, {}, Report(), sql={"view.sql": "CREATE VIEW"}).is_view
    assert not read_table(PLACE, {"references": {"query.sql": []}}, Report()).is_view
    assert not read_table(PLACE, {"references": {"materialized_view.sql": []}}, Report()).is_view


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("PARTITION BY DATE(submission_date)\nCLUSTER BY\n  channel,\n  `name`\nOPTIONS (a = 1)",
         ("submission_date", "day", ("channel", "name"))),
        ("PARTITION BY\n  TIMESTAMP_TRUNC(submission_timestamp, HOUR)", ("submission_timestamp", "hour", ())),
        ("PARTITION BY day -- CLUSTER BY old\nOPTIONS (a = 1)", ("day", "day", ())),
        ("OPTIONS (a = 1)", ("", "", ())),
    ],
)  # fmt: skip
def test_a_materialized_view_is_partitioned_as_its_sql_says(
    head: str, told: tuple[str, str, tuple[str, ...]]
) -> None:
    sql = f"CREATE MATERIALIZED VIEW IF NOT EXISTS `p.d.t`\n{head}\nAS\nSELECT 1 OVER (PARTITION BY x)"
    table = read_table(PLACE, {}, Report(), sql={"materialized_view.sql": sql})
    assert (table.partition_field, table.partition_type, table.clustering) == told
    by_metadata = {"bigquery": {"time_partitioning": {"type": "month", "field": "other"}}}
    table = read_table(PLACE, by_metadata, Report(), sql={"materialized_view.sql": sql})
    assert (table.partition_field, table.partition_type) == ("other", "month")


def test_functions_are_routines_wherever_they_stand(
    golden: tuple[list[Record], Report],
) -> None:
    assert not {"hist.mean", "udf.mode_last"} & set(tables_of(golden[0]))
    routines = [each for each in golden[0] if isinstance(each, Routine)]
    assert [(each.project, each.dataset, each.name) for each in routines] == [
        ("moz-fx-data-shared-prod", "udf", "mode_last"),
        ("mozfun", "hist", "mean"),
    ]


def test_metadata_with_other_types_than_expected_still_makes_a_table(
    golden: tuple[list[Record], Report],
) -> None:
    table = tables_of(golden[0])["fenix_derived.late_v1"]
    assert (table.owners, table.labels) == ((), {})
    assert (table.partition_field, table.partition_type) == ("sample_id", "range")


def test_a_table_partitioned_by_arrival_has_bigquerys_own_column() -> None:
    metadata = {"bigquery": {"time_partitioning": {"type": "DAY", "field": None}}}
    table = read_table(PLACE, metadata, Report())
    assert (table.partition_field, table.partition_type) == ("_PARTITIONTIME", "day")


@pytest.mark.parametrize(
    ("reference", "table"),
    [
        ("moz-fx-data-shared-prod.telemetry.main", "moz-fx-data-shared-prod.telemetry.main"),
        ("mozdata.telemetry.main", "mozdata.telemetry.main"),
        ("telemetry.main", "moz-fx-data-shared-prod.telemetry.main"),
        ("`dp2-prod.sumo.release_calendar`", "dp2-prod.sumo.release_calendar"),
        ("a-b.analytics_1.events_*", "a-b.analytics_1.events_*"),
        ("..", None),
        ("..clients_daily_v6", None),
        (".telemetry.new_profile", None),
        ("C", None),
        ("_current.os_used_month", None),
        ("{source_table}", None),
        ("a-b.region-us.INFORMATION_SCHEMA.JOBS_BY_PROJECT", None),
        ("SELECT 1 FROM a.b.c", None),
        (".".join(PLACE), None),
        (7, None),
    ],
)
def test_rule_12_junk_in_references_is_removed_and_counted(reference: Any, table: str | None) -> None:
    report = Report()
    found = read_references(PLACE, {"query.sql": [reference]}, report)
    assert found == ((table,) if table else ())
    assert sum(report.skipped.values()) == (0 if table else 1)


def test_references_of_all_files_are_merged_each_once() -> None:
    references = {"init.sql": ["a-b.c.d"], "query.sql": ["a-b.c.e", "a-b.c.d"], "broken.sql": None}
    assert read_references(PLACE, references, Report()) == ("a-b.c.d", "a-b.c.e")


def test_the_sql_that_makes_the_table_is_taken_whole_and_a_monstrous_one_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bigquery_etl, "MAX_SQL", 150_000)
    long = "SELECT 1 AS a -- " + "x" * 120_000
    records, report = read(
        {
            f"{TOP}/a/b/metadata.yaml": "friendly_name: b",
            f"{TOP}/a/b/query.sql": "SELECT 1",
            f"{TOP}/a/b/view.sql": "CREATE VIEW b AS SELECT 2",
            f"{TOP}/a/c/metadata.yaml": "friendly_name: c",
            f"{TOP}/a/c/query.sql": long,
            f"{TOP}/a/d/metadata.yaml": "friendly_name: d",
            f"{TOP}/a/d/query.sql": "x" * 150_001,
        }
    )
    tables = tables_of(records)
    assert (tables["a.b"].sql, tables["a.b"].made_by) == ("CREATE VIEW b AS SELECT 2", "view.sql")
    assert tables["a.c"].sql == long
    assert (tables["a.d"].sql, tables["a.d"].made_by) == ("", "")
    assert report.skipped == {"SQL past the limit": 1}


def test_a_table_made_by_python_is_told_apart() -> None:
    records, _ = read(
        {f"{TOP}/a/b/metadata.yaml": "friendly_name: b", f"{TOP}/a/b/query.py": "print('no SQL at all')"}
    )
    table = tables_of(records)["a.b"]
    assert (table.made_by, table.sql) == ("query.py", "")


def test_a_table_is_known_by_its_schema_or_its_sql_alone() -> None:
    records, report = read(
        {
            f"{TOP}/a/b/schema.yaml": "fields: [{name: c, type: STRING}]",
            f"{TOP}/a/v/view.sql": "CREATE VIEW v AS SELECT 2",
            f"{TOP}/a/n/README.md": "nothing",
        }
    )
    assert set(tables_of(records)) == {"a.b", "a.v"}
    assert tables_of(records)["a.v"].is_view
    assert report.skipped == {"no metadata.yaml: only its columns or its SQL are known": 2}


def test_a_routine_is_known_by_the_sql_that_creates_it() -> None:
    sql = "CREATE FUNCTION norm.os(os STRING) RETURNS STRING AS (os)"
    records, _ = read({f"{TOP.rpartition('/')[0]}/mozfun/norm/os/udf.sql": sql})
    assert records == [Routine("mozfun", "norm", "os", sql=sql, source_path="sql/mozfun/norm/os")]


def test_a_dataset_may_begin_with_a_digit_but_is_no_number() -> None:
    references = {"query.sql": ["a-b.1st_party.t_v1", "1.5", "a-b.2.c"]}
    assert read_references(PLACE, references, Report()) == ("a-b.1st_party.t_v1",)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00",
        b"[]",
        b"a: [",
        b"fields: 7",
        b"fields:\n- 7\n- name:\n- {name: ok, type: STRING}",
        b"fields: &f\n- name: a\n  fields: *f",
        b"deletion_date: 2024-13-45",
        b"? [a]\n: b",
        b"a: " + b"[" * 5000,
        b"a: !!python/object:os.system {}",
        b"labels: {1: {}, [2]: 3}",
        b"owners: &o [*o, x]",
    ],
)
def test_rule_12_a_broken_file_costs_that_file_only(body: bytes) -> None:
    files: dict[str, bytes | str] = {
        f"{TOP}/a/{table}/{name}": body
        for table in ("one", "two")
        for name in ("metadata.yaml", "schema.yaml", "README.md", "query.sql")
    }
    files[f"{TOP}/a/dataset_metadata.yaml"] = body
    files[f"{TOP}/a/good/metadata.yaml"] = "friendly_name: good"
    records, _ = read(files)
    assert tables_of(records)["a.good"].friendly_name == "good"


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.dates(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(
    [
        *("friendly_name", "description", "owners", "labels", "scheduling"),
        *("bigquery", "references", "deprecated", "deletion_date"),
    ]
)


@given(st.dictionaries(KEYS, JUNK))
def test_no_metadata_raises(metadata: dict[str, Any]) -> None:
    table = read_table(PLACE, metadata, Report())
    assert isinstance(table.description, str)
    assert all(isinstance(label, str) for label in table.labels.values())


@given(JUNK)
def test_no_partitioning_raises(value: Any) -> None:
    read_table(PLACE, {"bigquery": {"time_partitioning": value, "clustering": {"fields": value}}}, Report())
    read_table(
        PLACE, {"bigquery": {"range_partitioning": value}, "scheduling": {"dag_name": value}}, Report()
    )


@given(st.dictionaries(st.sampled_from(["metadata", "schema"]), JUNK, min_size=1))
def test_no_yaml_raises(files: dict[str, Any]) -> None:
    read({f"{TOP}/a/b/{name}.yaml": yaml.safe_dump(value) for name, value in files.items()})


@pytest.mark.mirror
def test_the_whole_mirror_is_read(mirror: Path) -> None:
    """Counted from the archive's own file names; the figures are those of the mirror's README."""
    source = bigquery_etl.Source()
    (file,) = archive_of(source, mirror)
    records, report = records_of(source, [file])
    tables = [record for record in records if isinstance(record, DerivedTable)]
    schemas = {record.digest: record for record in records if isinstance(record, TableSchema)}
    assert file.path is not None
    with tarfile.open(file.path) as archive:
        names = [name.split("/")[1:] for name in archive.getnames()]
    upstream = {tuple(name[1:4]) for name in names if name[-1:] == ["metadata.yaml"]}

    functions = {n for n in upstream if n[0] == "mozfun" or n[1] in bigquery_etl.ROUTINE_DATASETS}
    bare = {tuple(name[1:4]) for name in names if name[-1:] == ["schema.yaml"]} - upstream
    assert len(bare) == 4  # only their columns are known
    assert {(t.project, t.dataset, t.table) for t in tables} == (upstream | bare) - functions
    routines = {(r.project, r.dataset, r.name) for r in records if isinstance(r, Routine)}
    assert routines == functions
    assert sum(project == "mozfun" for project, _, _ in routines) == 162
    assert len(tables) == len({t.source_path for t in tables}) == 4_616 + 4 - (len(routines) - 162)
    assert sum(isinstance(record, Dataset) for record in records) == 355
    assert report.seen["schema.yaml"] == 2_726
    assert report.seen["column"] + report.skipped["duplicate column"] == 482_666
    with_schema = [name for name in names if name[-1:] == ["schema.yaml"]]
    empty = report.skipped["schema.yaml without columns"]
    assert sum(bool(table.schema_digest) for table in tables) == len(with_schema) - empty
    assert {table.schema_digest for table in tables} - {""} <= set(schemas)
    assert all(schema.columns for schema in schemas.values())
