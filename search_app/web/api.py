"""The JSON interface below /api/v1/: search, lists, items, suggestions, status, its own description."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request
from werkzeug.datastructures import MultiDict

from indexer.model.kinds import KINDS
from indexer.status import status_json
from indexer.store.departed import Departed, read_departed
from search_app.query.model import QueryProblem
from search_app.query.parser import parse_query
from search_app.web.actions import actions_for
from search_app.web.items.json import (
    COLUMNS_SIZE,
    METRICS_SIZE,
    MOST_COLUMNS,
    MOST_METRICS,
    Wanted,
    item_json,
)
from search_app.web.items.view import kind_counts
from search_app.web.openapi.document import openapi_document
from search_app.web.operation.banner import current_banner
from search_app.web.operation.freshness import standing
from search_app.web.operation.measurements import current_measurements
from search_app.web.results.json import (
    bounded,
    generation_json,
    results_text,
    suggestions_json,
)
from search_app.web.results.suggested import suggested
from search_app.web.state import current_site
from search_app.web.urls import api_path

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
described = Blueprint("described", __name__)  # where one interface is known by, whatever its versions
LONGEST_TYPED = 500
MOST_SUGGESTIONS = 50


@blueprint.get("/search")
def search() -> Response:
    """Hits with facets; an empty `q` lists."""
    return _answer(request.args)


def _answer(parameters: MultiDict[str, str]) -> Response:
    site = current_site()
    query = parse_query(parameters.get("q", ""), parameters)
    results = site.engine.search(query)
    current_measurements().add_search(results.total)
    text = results_text(site, results, query)
    return Response(text + b"\n", mimetype="application/json")


def listing(kind: str) -> Response:
    """All items of one kind, with the filters of a search."""
    parameters = MultiDict(request.args)
    parameters.setlist("kind", [kind])
    parameters.setdefault("sort", "relevance" if parameters.get("q") else "name")
    return _answer(parameters)


for _kind in KINDS:
    blueprint.add_url_rule(f"/{_kind}s", f"list_{_kind}s", listing, defaults={"kind": _kind}, methods=["GET"])


@blueprint.get("/item/<path:item_id>")
def item(item_id: str) -> tuple[Response, int] | Response:
    """A whole record: all that its page shows."""
    site = current_site()
    wanted = Wanted(
        columns_page=_bounded("columns_page", 1, 100_000),
        columns_size=_bounded("columns_size", COLUMNS_SIZE, MOST_COLUMNS),
        metrics_page=_bounded("metrics_page", 1, 100_000),
        metrics_size=_bounded("metrics_size", METRICS_SIZE, MOST_METRICS),
    )
    found = site.engine.get(item_id)
    if found is None and (departed := read_departed(site.config.data_dir, item_id)):
        return _departed(departed)
    if found is None:
        error = {"code": "not_found", "message": f"There is no item {item_id[:200]}.", "parameter": "id"}
        return jsonify({"error": error}), 404
    place = (request.args.get("in_app", ""), request.args.get("in_ping", ""))
    actions = actions_for(site, found, place, request.args.get("column", ""))
    return jsonify(item_json(site, found, actions, wanted))


def _departed(departed: Departed) -> tuple[Response, int] | Response:
    """To what a thing became that is no more; else 410 with the last that was known of it."""
    if departed.successor:
        response = jsonify({"id": departed.successor, "url": api_path(departed.successor)})
        response.status_code, response.headers["Location"] = 301, api_path(departed.successor)
        return response
    error = {"code": "gone", "message": f"No source names {departed.id[:200]} any more.", "parameter": "id"}
    return jsonify({"error": error, "last_known": departed}), 410


def _bounded(name: str, default: int, highest: int) -> int:
    return bounded(request.args.get(name, ""), name, default, highest)


@blueprint.get("/suggest")
def suggest() -> Response:
    """Completions for the search box."""
    typed = typed_text(request.args.get("q", ""))
    limit = bounded(request.args.get("limit", ""), "limit", 10, MOST_SUGGESTIONS)
    suggestions = suggested(current_site(), typed, limit)
    return jsonify({"q": typed, "suggestions": suggestions_json(suggestions)})


def typed_text(text: str) -> str:
    """What was typed. Raises QueryProblem where it is longer than any query may be."""
    if len(text) > LONGEST_TYPED:
        raise QueryProblem("too_long", f"A query has at most {LONGEST_TYPED} characters.", "q")
    return text


@blueprint.get("/status")
def status() -> Response:
    """Generation, counts, sources with their age, and how far a running crawl is."""
    site = current_site()
    now = standing(site)
    return jsonify(
        {
            **status_json(now.status),
            "serving": generation_json(now.generation),
            "counts": kind_counts(site),
            "summary": now.summary,
            "progress_text": now.progress,
            "banner": current_banner().text,
        }
    )


@described.get("/api/openapi.json")
@blueprint.get("/openapi.json")
def openapi() -> Response:
    """This interface described in OpenAPI 3.1."""
    return jsonify(openapi_document())
