"""The JSON interface in OpenAPI 3.1, made from the same tables that the endpoints use."""

from __future__ import annotations

from typing import Any, get_type_hints

from pydantic import TypeAdapter

from indexer.index.completion.suggester import Suggestion
from indexer.index.generation import Generation
from indexer.model.card import EMPTY_IS_NULL, ONLY_WHERE_GIVEN, Card, Variant, marked_fields
from indexer.model.kinds import KINDS
from indexer.model.literals import STATUSES
from indexer.store.departed import Departed
from search_app.engine.results import FacetCount, Match, Part
from search_app.query.grammar import FACETS
from search_app.query.model import NARROWING, SORTS
from search_app.sql.builder.choices import MOST_DAYS, SHARES, Option
from search_app.tools import Link

_STRING = {"type": "string"}
_STRINGS = {"type": "array", "items": _STRING}
_COUNT = {"type": "integer", "minimum": 0}


def openapi_document() -> dict[str, Any]:
    """The whole document."""
    search = [_query("q", _STRING, "What is searched; empty lists."), *_search_parameters()]
    paths: dict[str, Any] = {
        "/api/v1/search": _get("Search everything", search, "Results"),
        "/api/v1/item/{id}": _get("A whole record", _item_parameters(), "Item", missing=True),
        "/api/v1/suggest": _get(
            "Completions",
            [
                _query("q", _STRING, "What was typed so far."),
                _query("limit", _number(1, 50, 10), "At most so many."),
            ],
            "Suggestions",
        ),
        "/api/v1/status": _get("Generation, sources, crawl", [], "Status"),
        "/api/v1/compare": _get(
            "Two to four metrics, probes, pings or tables side by side",
            [_query("id", {"type": "array", "items": _STRING}, "The ids, two to four.")],
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
        "components": {"schemas": _schemas()},
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
            found[path]["get"]["responses"]["200"]["content"] = {media_type: {"schema": _STRING}}
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
            {"type": "array", "items": values.get(name, _STRING)},
            f"Only hits of this {name}. Repeatable: OR within a name, AND across names.",
        )
        for name in NARROWING
    ]
    return [
        *filters,
        _query("page", _number(1, 10_000, 1), "From 1."),
        _query("size", _number(1, 100, 20), "Hits a page."),
        _query("sort", {"type": "string", "enum": list(SORTS), "default": "relevance"}, "Order of the hits."),
        _query("facets", _STRING, f"Comma-separated names of {', '.join(FACETS)}; empty for none."),
        _query("explain", {"type": "boolean", "default": False}, "With the parts of each score."),
        _query("literal", {"type": "array", "items": _STRING}, "Words of `q` that shall be words only."),
    ]


def _item_parameters() -> list[dict[str, Any]]:
    return [
        {
            "name": "id",
            "in": "path",
            "required": True,
            "description": "The id, each segment percent-encoded (`#` is `%23`).",
            "schema": _STRING,
        },
        _query("columns_page", _number(1, 100_000, 1), "Which page of `columns`."),
        _query("columns_size", _number(1, 5_000, 500), "Columns a page."),
        _query("metrics_page", _number(1, 100_000, 1), "Of a ping: which page of `metrics`."),
        _query("metrics_size", _number(1, 1_000, 100), "Of a ping: metrics a page."),
        _query("in_app", _STRING, "Of a metric or probe: `queries` of this app only."),
        _query("in_ping", _STRING, "Of a metric or probe: `queries` of this ping only."),
        _query("column", _STRING, "Of a table: `queries` of this column."),
    ]


def _choices() -> list[dict[str, Any]]:
    """What can be chosen of a query; which values a thing has, the answer says."""
    strings = {"type": "array", "items": _STRING}
    return [
        _query("thing", _STRING, "The id of what is queried; must be given."),
        _query("with", _STRING, "The id of another thing, to be put beside it."),
        _query("app", _STRING, "In which app."),
        _query("ping", _STRING, "In which ping."),
        _query("process", _STRING, "Of a legacy probe: in which process."),
        _query("column", _STRING, "Of a table: which column."),
        _query("channel", _STRING, "Of one channel only."),
        _query("days", {"type": "integer", "minimum": 1, "maximum": MOST_DAYS}, "How many days."),
        _query("sample", {"type": "integer", "enum": list(SHARES)}, "Per cent of the clients."),
        _query("measure", _STRING, "What is computed: clients, over_zero, sum, percentiles, …"),
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


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _sometimes(always: dict[str, Any], **properties: dict[str, Any]) -> dict[str, Any]:
    """An object with further members that need not be there."""
    return {**always, "properties": {**always["properties"], **properties}}


def _fields(of: type) -> dict[str, dict[str, Any]]:
    """The fields of a class that an answer is made of, each with its schema, as pydantic derives it."""
    hints = get_type_hints(of, include_extras=True)
    return {name: _schema(hint) for name, hint in hints.items()}


def _schema(hint: Any) -> dict[str, Any]:
    schema: dict[str, Any] = TypeAdapter(hint).json_schema()
    return {**schema, "type": [schema["type"], "null"]} if _is_nullable(hint) else schema


def _is_nullable(hint: Any) -> bool:
    return EMPTY_IS_NULL in getattr(hint, "__metadata__", ())


def _hit() -> dict[str, Any]:
    """A hit: the fields of its card, and what the search adds."""
    fields = _fields(Card)
    left_out = {name: fields.pop(name) for name in marked_fields(Card, ONLY_WHERE_GIVEN)}
    always = _object(
        **fields,
        snippet={"type": "string", "description": "HTML-escaped, with <mark> around what matched"},
        url=_STRING,
        score={"type": "number"},
        variants=_list(_object(**_fields(Variant), url=_STRING)),
        variant_count=_COUNT,
        links=_list(_object(**_fields(Link))),
    )
    return _sometimes(
        always, **left_out, match=_object(**_fields(Match)), explanation=_list(_object(**_fields(Part)))
    )


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _item() -> dict[str, Any]:
    """A whole record, as far as it is the same for every kind."""
    nothing_or_string = {"type": ["string", "null"]}
    column = _object(
        app=nothing_or_string,
        app_id=nothing_or_string,
        channel=nothing_or_string,
        ping=nothing_or_string,
        table=_STRING,
        column=nothing_or_string,
        exists={"type": ["boolean", "null"]},
    )
    return _object(
        id=_STRING,
        kind=_STRING,
        name=_STRING,
        url=_STRING,
        columns=_list(column),
        columns_total=_COUNT,
        links=_list(_object(**_fields(Link))),
        queries=_list(
            _object(title=_STRING, table=_STRING, sql=_STRING, url=nothing_or_string, notes=_STRINGS)
        ),
        no_query=nothing_or_string,
        related={"type": "object", "additionalProperties": _STRINGS},
    )


def _compared(generation: dict[str, Any]) -> dict[str, Any]:
    nothing_or_string = {"type": ["string", "null"]}
    value = _object(text=_STRING, id=nothing_or_string)
    row = _object(
        name=_STRING,
        words=_STRING,
        differs={"type": "boolean"},
        values=_list({"type": "array", "items": value}),
    )
    return _object(
        things=_list(
            _object(id=_STRING, kind=_STRING, name=_STRING, title=_STRING, status=_STRING, url=_STRING)
        ),
        sections=_list(_object(name=_STRING, title=_STRING, note=nothing_or_string, rows=_list(row))),
        queries=_list(_object(sql=nothing_or_string, assumptions=_STRINGS, reason=nothing_or_string)),
        together=nothing_or_string,
        url=_STRING,
        generation=generation,
    )


def _chosen_query(generation: dict[str, Any]) -> dict[str, Any]:
    nothing_or_string = {"type": ["string", "null"]}
    thing = _object(id=_STRING, kind=_STRING, name=_STRING, url=_STRING)
    choice = _object(
        name=_STRING,
        words=_STRING,
        several={"type": "boolean"},
        options=_list(_object(**_fields(Option))),
        reason=nothing_or_string,
    )
    return _object(
        thing=thing,
        **{"with": {"anyOf": [thing, {"type": "null"}]}},
        query=_object(title=_STRING, table=_STRING, sql=_STRING, assumptions=_STRINGS),
        chosen={"type": "object"},
        choices=_list(choice),
        url=_STRING,
        downloads=_object(sql=_STRING, notebook=_STRING),
        generation=generation,
    )


def _answer() -> dict[str, Any]:
    """The card of a question; null for most searches."""
    way = _object(id=_STRING, kind=_STRING, name=_STRING, why=_STRING, url=_STRING)
    query = _object(sql=_STRING, assumptions=_STRINGS, url=_STRING)
    card = _object(
        intent=_STRING,
        app={"type": ["string", "null"]},
        concept=_STRING,
        sentence=_STRING,
        recommended=_list(way),
        alternatives=_list(way),
        query={**query, "type": ["object", "null"]},
        dashboards=_list(_object(id=_STRING)),
        facts=_list(_object(label=_STRING, text=_STRING)),
    )
    return {**card, "type": ["object", "null"]}


def _schemas() -> dict[str, Any]:
    nothing_or_string = {"type": ["string", "null"]}
    generation = _object(**_fields(Generation))
    hit = _hit()
    facet_value = _object(**_fields(FacetCount))
    return {
        "Error": _object(error=_object(code=_STRING, message=_STRING, parameter=nothing_or_string)),
        "Export": _object(q=_STRING, count=_COUNT, total=_COUNT, left_out=_COUNT, hits=_list(hit)),
        "Results": _object(
            query=_sometimes(
                _object(q=_STRING, filters={"type": "object"}, terms=_STRINGS),
                recognised={"type": "object", "description": "Language and names of pasted text"},
            ),
            total=_COUNT,
            page=_COUNT,
            size=_COUNT,
            took_ms={"type": "number"},
            generation=generation,
            hits=_list(hit),
            facets={"type": "object", "additionalProperties": _list(facet_value)},
            did_you_mean=nothing_or_string,
            complete=_COUNT,
            answer=_answer(),
        ),
        "Item": _item(),
        "Compared": _compared(generation),
        "ChosenQuery": _chosen_query(generation),
        "Suggestions": _object(
            q=_STRING,
            suggestions=_list(_object(**_fields(Suggestion))),
        ),
        "Gone": {
            "allOf": [
                {"$ref": "#/components/schemas/Error"},
                _object(last_known=_object(**_fields(Departed))),
            ]
        },
        "Status": _object(
            generation=generation,
            sources={"type": "array"},
            counts={"type": "object"},
            problems=_list(_object(code=_STRING, text=_STRING)),
        ),
    }
