"""What the JSON interface answers, as schemas made from the classes that its answers are made of."""

from __future__ import annotations

from typing import Any, get_type_hints

from pydantic import TypeAdapter

from indexer.index.completion.suggester import Suggestion
from indexer.index.generation import Generation
from indexer.model.card import EMPTY_IS_NULL, ONLY_WHERE_GIVEN, Card, Variant, marked_fields
from indexer.store.departed import Departed
from search_app.engine.results import FacetCount, Match, Part
from search_app.sql.builder.choices import Option
from search_app.tools import Link

STRING = {"type": "string"}
STRINGS = {"type": "array", "items": STRING}
COUNT = {"type": "integer", "minimum": 0}


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
        url=STRING,
        score={"type": "number"},
        variants=_list(_object(**_fields(Variant), url=STRING)),
        variant_count=COUNT,
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
        table=STRING,
        column=nothing_or_string,
        exists={"type": ["boolean", "null"]},
    )
    return _object(
        id=STRING,
        kind=STRING,
        name=STRING,
        url=STRING,
        columns=_list(column),
        columns_total=COUNT,
        links=_list(_object(**_fields(Link))),
        queries=_list(_object(title=STRING, table=STRING, sql=STRING, url=nothing_or_string, notes=STRINGS)),
        no_query=nothing_or_string,
        related={"type": "object", "additionalProperties": STRINGS},
    )


def _compared(generation: dict[str, Any]) -> dict[str, Any]:
    nothing_or_string = {"type": ["string", "null"]}
    value = _object(text=STRING, id=nothing_or_string)
    row = _object(
        name=STRING,
        words=STRING,
        differs={"type": "boolean"},
        values=_list({"type": "array", "items": value}),
    )
    return _object(
        things=_list(_object(id=STRING, kind=STRING, name=STRING, title=STRING, status=STRING, url=STRING)),
        sections=_list(_object(name=STRING, title=STRING, note=nothing_or_string, rows=_list(row))),
        queries=_list(_object(sql=nothing_or_string, assumptions=STRINGS, reason=nothing_or_string)),
        together=nothing_or_string,
        url=STRING,
        generation=generation,
    )


def _chosen_query(generation: dict[str, Any]) -> dict[str, Any]:
    nothing_or_string = {"type": ["string", "null"]}
    thing = _object(id=STRING, kind=STRING, name=STRING, url=STRING)
    choice = _object(
        name=STRING,
        words=STRING,
        several={"type": "boolean"},
        options=_list(_object(**_fields(Option))),
        reason=nothing_or_string,
    )
    return _object(
        thing=thing,
        **{"with": {"anyOf": [thing, {"type": "null"}]}},
        query=_object(title=STRING, table=STRING, sql=STRING, assumptions=STRINGS),
        chosen={"type": "object"},
        choices=_list(choice),
        url=STRING,
        downloads=_object(sql=STRING, notebook=STRING),
        generation=generation,
    )


def _answer() -> dict[str, Any]:
    """The card of a question; null for most searches."""
    way = _object(id=STRING, kind=STRING, name=STRING, why=STRING, url=STRING)
    query = _object(sql=STRING, assumptions=STRINGS, url=STRING)
    card = _object(
        intent=STRING,
        app={"type": ["string", "null"]},
        concept=STRING,
        sentence=STRING,
        recommended=_list(way),
        alternatives=_list(way),
        query={**query, "type": ["object", "null"]},
        dashboards=_list(_object(id=STRING)),
        facts=_list(_object(label=STRING, text=STRING)),
    )
    return {**card, "type": ["object", "null"]}


def answer_schemas() -> dict[str, Any]:
    """The schema of each kind of answer, by its name in `components`."""
    nothing_or_string = {"type": ["string", "null"]}
    generation = _object(**_fields(Generation))
    hit = _hit()
    facet_value = _object(**_fields(FacetCount))
    return {
        "Error": _object(error=_object(code=STRING, message=STRING, parameter=nothing_or_string)),
        "Export": _object(q=STRING, count=COUNT, total=COUNT, left_out=COUNT, hits=_list(hit)),
        "Results": _object(
            query=_sometimes(
                _object(q=STRING, filters={"type": "object"}, terms=STRINGS),
                recognised={"type": "object", "description": "Language and names of pasted text"},
            ),
            total=COUNT,
            page=COUNT,
            size=COUNT,
            took_ms={"type": "number"},
            generation=generation,
            hits=_list(hit),
            facets={"type": "object", "additionalProperties": _list(facet_value)},
            did_you_mean=nothing_or_string,
            complete=COUNT,
            answer=_answer(),
        ),
        "Item": _item(),
        "Compared": _compared(generation),
        "ChosenQuery": _chosen_query(generation),
        "Suggestions": _object(
            q=STRING,
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
            problems=_list(_object(code=STRING, text=STRING)),
        ),
    }
