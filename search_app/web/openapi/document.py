"""The JSON interface in OpenAPI 3.1: its addresses with their parameters."""

from __future__ import annotations

from functools import cache
from typing import Any

from indexer.model.kinds import KINDS
from indexer.model.literals import STATUSES
from search_app.query.grammar import FACETS
from search_app.query.model import NARROWING, SORTS
from search_app.sql.builder.choices import MOST_DAYS, SHARES
from search_app.web.openapi.schemas import STRING, answer_schemas


@cache
def openapi_document() -> dict[str, Any]:
    """The whole document, made once: it is of the program, not of the data."""
    search = [_query("q", STRING, "What is searched; empty lists."), *_search_parameters()]
    paths: dict[str, Any] = {
        "/api/v1/search": _get("Search everything", search, "Results"),
        "/api/v1/item/{id}": _get("A whole record", _item_parameters(), "Item", missing=True),
        "/api/v1/suggest": _get(
            "Completions",
            [
                _query("q", STRING, "What was typed so far."),
                _query("limit", _number(1, 50, 10), "At most so many."),
            ],
            "Suggestions",
        ),
        "/api/v1/status": _get("Generation, sources, crawl", [], "Status"),
        "/api/v1/compare": _get(
            "Two to four metrics, probes, pings or tables side by side",
            [_query("id", {"type": "array", "items": STRING}, "The ids, two to four.")],
            "Compared",
        ),
        "/api/v1/sql": _get("A query with choices", _choices(), "ChosenQuery"),
    }
    for kind in KINDS:
        parameters = [each for each in search if each["name"] != "kind"]
        paths[f"/api/v1/{kind}s"] = _get(f"List the items of kind {kind}", parameters, "Results")
    paths |= _taken_away(
        [each for each in search if each["name"] not in ("page", "size", "facets", "explain")]
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Starchart",
            "version": "1",
            "description": "Search over everything that Mozilla publishes about its telemetry.",
        },
        "paths": paths,
        "components": {"schemas": answer_schemas()},
    }


def _taken_away(parameters: list[dict[str, Any]]) -> dict[str, Any]:
    """Feed and exports: all hits of a search, or its newest."""
    found = {}
    for path, summary, media_type in (
        ("/feed.atom", "The newest hits of a search as a feed", "application/atom+xml"),
        ("/export.csv", "The hits of a search as a spreadsheet", "text/csv"),
        ("/export.json", "The hits of a search, all in one", "application/json"),
    ):
        found[path] = _get(summary, parameters, "Export")
        if path.startswith("/export."):
            busy = {"description": "Too many exports are being made; Retry-After says when to come again"}
            found[path]["get"]["responses"]["429"] = busy
        if media_type != "application/json":
            found[path]["get"]["responses"]["200"]["content"] = {media_type: {"schema": STRING}}
    return found


def _number(low: int, high: int, default: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": low, "maximum": high, "default": default}


def _query(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def _search_parameters() -> list[dict[str, Any]]:
    values: dict[str, dict[str, Any]] = {
        "kind": {"type": "string", "enum": list(KINDS)},
        "status": {"type": "string", "enum": list(STATUSES)},
    }
    filters = [
        _query(
            name,
            {"type": "array", "items": values.get(name, STRING)},
            f"Only hits of this {name}. Repeatable: OR within a name, AND across names.",
        )
        for name in NARROWING
    ]
    return [
        *filters,
        _query("page", _number(1, 10_000, 1), "From 1."),
        _query("size", _number(1, 100, 20), "Hits a page."),
        _query("sort", {"type": "string", "enum": list(SORTS), "default": "relevance"}, "Order of the hits."),
        _query("facets", STRING, f"Comma-separated names of {', '.join(FACETS)}; empty for none."),
        _query("explain", {"type": "boolean", "default": False}, "With the parts of each score."),
        _query("literal", {"type": "array", "items": STRING}, "Words of `q` that shall be words only."),
    ]


def _item_parameters() -> list[dict[str, Any]]:
    return [
        {
            "name": "id",
            "in": "path",
            "required": True,
            "description": "The id, each segment percent-encoded (`#` is `%23`).",
            "schema": STRING,
        },
        _query("columns_page", _number(1, 100_000, 1), "Which page of `columns`."),
        _query("columns_size", _number(1, 5_000, 500), "Columns a page."),
        _query("metrics_page", _number(1, 100_000, 1), "Of a ping: which page of `metrics`."),
        _query("metrics_size", _number(1, 1_000, 100), "Of a ping: metrics a page."),
        _query("in_app", STRING, "Of a metric or probe: `queries` of this app only."),
        _query("in_ping", STRING, "Of a metric or probe: `queries` of this ping only."),
        _query("column", STRING, "Of a table: `queries` of this column."),
    ]


def _choices() -> list[dict[str, Any]]:
    """What can be chosen of a query; which values a thing has, the answer says."""
    strings = {"type": "array", "items": STRING}
    return [
        _query("thing", STRING, "The id of what is queried; must be given."),
        _query("with", STRING, "The id of another thing, to be put beside it."),
        _query("app", STRING, "In which app."),
        _query("ping", STRING, "In which ping."),
        _query("process", STRING, "Of a legacy probe: in which process."),
        _query("column", STRING, "Of a table: which column."),
        _query("channel", STRING, "Of one channel only."),
        _query("days", {"type": "integer", "minimum": 1, "maximum": MOST_DAYS}, "How many days."),
        _query("sample", {"type": "integer", "enum": list(SHARES)}, "Per cent of the clients."),
        _query("measure", STRING, "What is computed: clients, over_zero, sum, percentiles, …"),
        _query("by", strings, "What it is split by; repeatable, or separated by commas."),
    ]


def _get(
    summary: str, parameters: list[dict[str, Any]], schema: str, missing: bool = False
) -> dict[str, Any]:
    def answer(description: str, name: str) -> dict[str, Any]:
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
        return {"description": description, "content": content}

    responses = {
        "200": answer("Found", schema),
        "400": answer("A parameter is wrong", "Error"),
        "503": answer("Nothing is indexed yet", "Error"),
    }
    if missing:
        responses["301"] = {"description": "It is another item now, at Location"}
        responses["404"] = answer("No such item", "Error")
        responses["410"] = answer("No source names it any more", "Gone")
    return {"get": {"summary": summary, "parameters": parameters, "responses": responses}}
