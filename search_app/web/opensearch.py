"""The browser's own search box: OpenSearch description, suggestions, `/go` with bangs."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from indexer.model.card import Card
from indexer.model.ids import item_path
from indexer.model.kinds import KINDS
from search_app.engine.results import Hit, Results
from search_app.query.model import Asked, search_url
from search_app.query.parser import parse_query
from search_app.web.api import typed_text
from search_app.web.bangs import said_with_bang, way_to
from search_app.web.guards.hosts import public_root
from search_app.web.results.suggested import suggested
from search_app.web.results.view import asked_of
from search_app.web.state import current_site
from search_app.web.urls import with_parameters

blueprint = Blueprint("browser", __name__)
# a best hit is clear when the next one has less than this share of its score
CLEAR_LEAD = 0.6
# a score from which a hit is named by all that was typed (Weights.exact_whole), and the share of it up to
# which a rival is named less surely: clients_daily is first of all telemetry.clients_daily
NAMED, NAMED_LEAD = 700.0, 0.9


@blueprint.get("/opensearch.xml")
def description() -> Response:
    """What a browser needs to add this search."""
    body = render_template("opensearch.xml", root=public_root(current_site().config))
    return Response(body, mimetype="application/opensearchdescription+xml")


@blueprint.get("/suggest")
def suggest() -> Response:
    """Completions in the OpenSearch shape; element 0 is exactly what was typed."""
    site = current_site()
    typed = typed_text(request.args.get("q", ""))
    found = suggested(site, typed, 10)
    root = public_root(site.config)
    body = [
        typed,
        [each.text for each in found],
        [each.detail or each.label for each in found],
        [root.rstrip("/") + (each.url or search_url(each.text)) for each in found],
    ]
    return Response(json.dumps(body), mimetype="application/x-suggestions+json")


@blueprint.get("/go")
def go() -> BaseResponse:
    """To the best hit where it is clear, to a tool's view of it with a bang, else to the results."""
    site = current_site()
    text = typed_text(request.args.get("q", "")).strip()
    tool, words = said_with_bang(text)
    if not words:
        return redirect(item_path(f"tool/{tool}") if tool and site.engine.get(f"tool/{tool}") else "/")
    query = parse_query(words, {})
    results = site.engine.search(replace(query, size=5, facets=()))
    if tool:
        way = way_to(site, results, tool, asked_of(results, query))
        return redirect(way.url or search_url(text))  # the results say why there is no way
    if not best_is_clear(results, words):
        return redirect(search_url(words))
    return redirect(_asked_address(results.hits[0].card, asked_of(results, query)))


def _asked_address(card: Card, asked: Asked) -> str:
    """The page of a hit, its queries and links those of the app and ping that were asked for."""
    here = asked.of(card.app, card.ping, card.dataset)
    places = {"in_app": here.apps, "in_ping": here.pings} if card.kind == "metric" else {}
    return with_parameters(item_path(card.id), {name: found[0] for name, found in places.items() if found})


def best_is_clear(results: Results, words: str) -> bool:
    """Whether one hit is what was meant: the only one, alone of that name, or far ahead of the next."""
    if not results.hits or results.relaxed:
        return False
    key, (first, *others) = _key(words), results.hits
    if results.total == 1:
        return True
    rivals = others if _repeats(first) else [other for other in others if not _repeats(other)]
    if key in _names(first):
        near = first.score * NAMED_LEAD if first.score >= NAMED else 0.0
        return not any(
            key in _names(other) and (other.card.kind == first.card.kind or other.score > near)
            for other in rivals
        )
    if first.score >= NAMED:
        return not any(other.score > first.score * NAMED_LEAD for other in rivals)
    return bool(others) and others[0].score < first.score * CLEAR_LEAD


def _repeats(hit: Hit) -> bool:
    return KINDS[hit.card.kind].repeats_names


def _names(hit: Hit) -> tuple[str, str]:
    return _key(hit.card.name), _key(hit.card.title)


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
