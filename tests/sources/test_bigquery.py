"""indexer/sources/bigquery.py through Google's real client, against a local server of its REST API."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from indexer.model.records import Record
from indexer.model.table_records import Column, TableSchema, WarehouseTable
from indexer.sources import Report, SourceUnavailable, bigquery
from indexer.sources._bigquery_sql import labels_literal, region_queries, text_literal

PROJECT = "mozdata"
ANSWERS = {
    "TABLES": {
        "schema": [
            ("dataset", "STRING"),
            ("table", "STRING"),
            ("table_type", "STRING"),
            ("created", "TIMESTAMP"),
        ],
        "rows": [
            ("fenix", "metrics", "VIEW", "1700000000000000"),
            ("telemetry", "clients_daily", "BASE TABLE", "1600000000000000"),
            ("logs", "events_20240130", "BASE TABLE", "1700000000000000"),
            ("logs", "events_20240131", "BASE TABLE", "1700000000000000"),
        ],
    },
    "TABLE_OPTIONS": {
        "schema": [("dataset", "STRING"), ("table", "STRING"), ("option", "STRING"), ("value", "STRING")],
        "rows": [
            ("fenix", "metrics", "description", r'"Metrics of \"Fenix\"\nfrom each day"'),
            ("fenix", "metrics", "labels", '[STRUCT("owner1", "someone"), STRUCT("schedule", "daily")]'),
            ("gone", "table", "description", '"listed in the meantime only"'),
        ],
    },
    "TABLE_STORAGE": {
        "schema": [
            ("dataset", "STRING"),
            ("table", "STRING"),
            ("row_count", "INTEGER"),
            ("byte_count", "INTEGER"),
            ("modified", "TIMESTAMP"),
        ],
        "rows": [("telemetry", "clients_daily", "12000", "34000000", "1700000001000000")],
    },
}
COLUMN_PATHS = [
    ("client_info", "STRUCT", "false", "About the client"),
    ("client_info.os", "STRING", "false", None),
    ("events", "STRUCT", "true", None),
]


class Rest:
    """The part of BigQuery's REST API that the client calls here."""

    def __init__(self, server: HTTPServer) -> None:
        self.server = server
        self.queries: list[dict[str, Any]] = []
        self.refused: dict[str, tuple[int, str]] = {}  # view of INFORMATION_SCHEMA -> status and reason
        route = server.expect_request("/bigquery/v2/projects/payer/queries", method="POST")
        route.respond_with_handler(self.query)

    def options(self, **more: Any) -> dict[str, Any]:
        endpoint = self.server.url_for("").rstrip("/")
        return {"billing_project": "payer", "projects": [PROJECT], "api_endpoint": endpoint, **more}

    def query(self, request: Request) -> Response:
        body = json.loads(request.data)
        self.queries.append(body)
        match = re.search(r"INFORMATION_SCHEMA\.(\w+)", body["query"])
        assert match is not None
        if match[1] in self.refused:
            return error(*self.refused[match[1]])
        return answer(columns_answer() if match[1] == "COLUMN_FIELD_PATHS" else ANSWERS[match[1]])

    def serve(self, path: str, body: Any, status: int = 200) -> None:
        self.server.expect_request(f"/bigquery/v2/projects/{path}", method="GET").respond_with_json(
            body, status=status
        )


def columns_answer() -> dict[str, Any]:
    parts = [("path", "STRING"), ("type", "STRING"), ("repeated", "BOOLEAN"), ("description", "STRING")]
    columns = [{"v": {"f": [{"v": value} for value in column]}} for column in COLUMN_PATHS]
    return {
        "schema": [("dataset", "STRING"), ("table", "STRING"), ("columns", parts)],
        "rows": [("fenix", "metrics", columns)],
    }


def answer(content: dict[str, Any]) -> Response:
    fields = []
    for name, kind in content["schema"]:
        nested = isinstance(kind, list)
        fields.append(
            {
                "name": name,
                "type": "RECORD" if nested else kind,
                "mode": "REPEATED" if nested else "NULLABLE",
                **({"fields": [{"name": n, "type": t} for n, t in kind]} if nested else {}),
            }
        )
    body = {
        "kind": "bigquery#queryResponse",
        "schema": {"fields": fields},
        "jobReference": {"projectId": "payer", "jobId": "job", "location": "us"},
        "totalRows": str(len(content["rows"])),
        "rows": [{"f": [{"v": value} for value in row]} for row in content["rows"]],
        "jobComplete": True,
    }
    return Response(json.dumps(body), mimetype="application/json")


def error(status: int, reason: str) -> Response:
    body = {"error": {"code": status, "message": reason, "errors": [{"reason": reason, "message": reason}]}}
    return Response(json.dumps(body), status=status, mimetype="application/json")


@pytest.fixture
def rest(httpserver: HTTPServer) -> Rest:
    return Rest(httpserver)


def read(options: dict[str, Any]) -> tuple[dict[str, WarehouseTable], dict[str, TableSchema], Report]:
    report = Report()
    records: list[Record] = list(bigquery.Source().records((), options, report))
    tables = {f"{r.dataset}.{r.table}": r for r in records if isinstance(r, WarehouseTable)}
    return tables, {r.digest: r for r in records if isinstance(r, TableSchema)}, report


def test_nothing_is_asked_before_a_project_is_configured() -> None:
    tables, _, report = read({"billing_project": "", "projects": [PROJECT]})
    assert tables == {}
    assert report.skipped == {"no billing_project or no projects configured": 1}


def test_a_table_has_what_the_views_of_its_region_say(rest: Rest) -> None:
    tables, schemas, _ = read(rest.options())
    metrics = tables["fenix.metrics"]
    assert metrics == WarehouseTable(
        project=PROJECT,
        dataset="fenix",
        table="metrics",
        table_type="VIEW",
        description='Metrics of "Fenix"\nfrom each day',
        labels={"owner1": "someone", "schedule": "daily"},
        created="2023-11-14 22:13:20",
        schema_digest=metrics.schema_digest,
    )
    assert schemas[metrics.schema_digest].columns == (
        Column("client_info", "RECORD", "NULLABLE", "About the client"),
        Column("client_info.os", "STRING"),
        Column("events", "RECORD", "REPEATED"),
    )
    daily = tables["telemetry.clients_daily"]
    assert (daily.row_count, daily.byte_count, daily.modified) == (12000, 34000000, "2023-11-14 22:13:21")
    assert daily.schema_digest == ""


def test_each_query_is_bounded_named_by_region_and_asks_for_named_columns(rest: Rest) -> None:
    read(rest.options(regions=["EU"], maximum_bytes_billed=5_000_000))
    assert len(rest.queries) == 4
    for query in rest.queries:
        assert query["maximumBytesBilled"] == "5000000"
        assert query["location"] == "eu"
        assert "`mozdata`.`region-eu`.INFORMATION_SCHEMA" in query["query"]
        assert "*" not in query["query"].replace("(?:ARRAY<)?", "")


def test_tables_of_one_day_each_become_one(rest: Rest) -> None:
    tables, _, report = read(rest.options())
    assert [name for name in tables if name.startswith("logs.")] == ["logs.events_*"]
    assert report.skipped["day of a date-sharded table"] == 2


def test_rows_and_bytes_stay_unknown_where_that_right_is_missing(rest: Rest) -> None:
    rest.refused["TABLE_STORAGE"] = (403, "accessDenied")
    tables, _, report = read(rest.options())
    assert tables["telemetry.clients_daily"].row_count is None
    assert report.skipped["rows and bytes not allowed"] == 1


@pytest.mark.parametrize("view", ["TABLES", "COLUMN_FIELD_PATHS"])
def test_without_the_right_by_region_each_table_is_asked_for(rest: Rest, view: str) -> None:
    rest.refused[view] = (403, "accessDenied")
    place = {"projectId": PROJECT, "datasetId": "fenix"}
    closed = {"projectId": PROJECT, "datasetId": "closed"}
    rest.serve(f"{PROJECT}/datasets", {"datasets": [{"datasetReference": d} for d in (place, closed)]})
    denied = json.loads(error(403, "accessDenied").get_data())
    rest.serve(f"{PROJECT}/datasets/closed/tables", denied, 403)
    references = [{**place, "tableId": name} for name in ("metrics_v1", "secret")]
    rest.serve(
        f"{PROJECT}/datasets/fenix/tables",
        {"tables": [{"tableReference": r, "type": "TABLE"} for r in references], "totalItems": 2},
    )
    rest.serve(f"{PROJECT}/datasets/fenix/tables/secret", denied, 403)
    rest.serve(
        f"{PROJECT}/datasets/fenix/tables/metrics_v1",
        {
            "tableReference": references[0],
            "type": "TABLE",
            "description": "One row a ping",
            "labels": {"schedule": "daily"},
            "numRows": "7",
            "numBytes": "700",
            "creationTime": "1700000000000",
            "lastModifiedTime": "1700000001000",
            "schema": {
                "fields": [
                    {
                        "name": "events",
                        "type": "RECORD",
                        "mode": "REPEATED",
                        "fields": [{"name": "timestamp", "type": "INTEGER", "mode": "REQUIRED"}],
                    }
                ]
            },
        },
    )
    tables, schemas, report = read(rest.options())
    metrics = tables["fenix.metrics_v1"]
    assert (metrics.table_type, metrics.description, metrics.row_count) == ("BASE TABLE", "One row a ping", 7)
    assert (metrics.byte_count, metrics.modified) == (700, "2023-11-14 22:13:21")
    assert schemas[metrics.schema_digest].columns == (
        Column("events", "RECORD", "REPEATED"),
        Column("events.timestamp", "INTEGER", "REQUIRED"),
    )
    assert report.skipped == {
        "project not allowed by region, read table by table": 1,
        "dataset not allowed": 1,
        "table not allowed": 1,
    }


@pytest.mark.parametrize(
    ("status", "reason"), [(403, "quotaExceeded"), (400, "bytesBilledLimitExceeded"), (404, "notFound")]
)
def test_other_refusals_keep_the_last_snapshot(rest: Rest, status: int, reason: str) -> None:
    rest.refused["TABLES"] = (status, reason)
    with pytest.raises(SourceUnavailable, match=reason):
        read(rest.options())


def test_a_server_that_is_not_there_keeps_the_last_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.sources._bigquery_reader.RETRY_SECONDS", 0.1)
    with pytest.raises(SourceUnavailable, match="BigQuery"):
        read({"billing_project": "payer", "projects": [PROJECT], "api_endpoint": "http://127.0.0.1:9"})


@pytest.mark.parametrize("name", ["moz`data", "a b", "", "x; DROP", "Mozdata"])
def test_what_is_no_name_reaches_no_query(name: str) -> None:
    with pytest.raises(SourceUnavailable, match="name"):
        region_queries(name, "us")


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        (r'"plain"', "plain"),
        (r'"tab\tand \"quotes\" and \\ and caf\u00e9 \x41 \101"', 'tab\tand "quotes" and \\ and café A A'),
        (r'"\U0001F98A fox"', "🦊 fox"),
        ("no literal", "no literal"),
    ],
)
def test_string_literals_are_read(literal: str, text: str) -> None:
    assert text_literal(literal) == text


@given(st.text())
def test_no_option_value_raises(value: str) -> None:
    for function in (text_literal, labels_literal):
        assert function(value) is not None
        assert function(f'"{value}"') is not None


def test_finding_the_sources_does_not_import_googles_client() -> None:
    script = (
        "import sys, indexer.sources as s; s.find_sources(); sys.exit('google.cloud.bigquery' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
