"""The JSON of a search: results, hits, suggestions.

Most of a hit is the same in every search that finds it, as on a page (drawing.py): its text is
written once, and kept as long as its generation answers.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic_core import to_json

from indexer.index.generation import Generation
from indexer.index.stored_fields import Card
from indexer.index.suggester import Suggestion
from indexer.model.ids import item_path
from search_app.engine.results import Hit, Results
from search_app.query.model import Query, QueryProblem, search_url
from search_app.tools import Link
from search_app.web.actions import best_links
from search_app.web.results.view import marked
from search_app.web.state import Site


def results_text(site: Site, results: Results, query: Query) -> bytes:
    """The answer of /api/v1/search."""
    head = {
        "query": {"q": query.text, "filters": _filters(query), "terms": list(results.terms)},
        "total": results.total,
        "page": query.page,
        "size": query.size,
        "took_ms": round(results.took_ms, 2),
        "generation": generation_json(results.generation),
    }
    rest = {
        "facets": {
            facet.name: [
                {"value": v.value, "label": v.label, "count": v.count, "selected": v.selected}
                for v in facet.values
            ]
            for facet in results.facets
        },
        "did_you_mean": results.did_you_mean,
        "understood": [dataclasses.asdict(each) for each in results.understood],
        "help": [{**dataclasses.asdict(h), "url": search_url(h.q, h.filters)} for h in results.help],
        "relaxed": results.relaxed,
        "notes": list(query.notes),
    }
    return together(to_json(head), hits_text(site, results.hits, query.explain), to_json(rest))


def hits_text(site: Site, hits: Iterable[Hit], explain: bool = False) -> bytes:
    """An object whose `hits` are these."""
    return b'{"hits":[' + b",".join([_hit_text(site, hit, explain) for hit in hits]) + b"]}"


def _hit_text(site: Site, hit: Hit, explain: bool) -> bytes:
    item_id = hit.card.id
    item = site.remembered(("hit text", item_id), lambda: to_json(_item_json(site, hit.card)))
    return together(item, to_json(_found_json(hit, explain)))


def together(*objects: bytes) -> bytes:
    """One object with the members of several, none of them empty: what was written once is not read again."""
    return b"{" + b",".join([each[1:-1] for each in objects]) + b"}"


def _filters(query: Query) -> dict[str, Any]:
    filters: dict[str, Any] = {name: list(values) for name, values in query.filters.items()}
    for name, values in query.exclude_filters.items():
        filters[f"-{name}"] = list(values)
    for each in query.ranges:
        filters["-" * each.exclude + each.field] = {"from": each.low, "to": each.high}
    return filters


def generation_json(generation: Generation) -> dict[str, Any]:
    """Which data answered."""
    return {"id": generation.id, "built_at": generation.built_at, "sample": generation.sample}


def _item_json(site: Site, card: Card) -> dict[str, Any]:
    """What is the same of an item in every search that finds it."""
    found: dict[str, Any] = {
        "id": card.id,
        "kind": card.kind,
        "name": card.name,
        "title": card.title,
        "description": card.description,
        "app": card.app,
        "app_title": card.app_title,
        "ping": card.ping,
        "type": card.type or None,
        "table": card.table[:5],
        "table_count": card.table_count,
        "dataset": card.dataset,
        "status": card.status,
        "status_reason": card.status_reason or None,
        "sampled": card.sampled,
        "tags": card.tags,
        "sensitivity": card.sensitivity,
        "added": card.added or None,
        "changed": card.changed or None,
        "expires": card.expires or None,
        "url": item_path(card.id),
        "links": [link_json(link) for link in best_links(site, card.id)],
    }
    if card.project:
        found["project"] = card.project
    return found


def _found_json(hit: Hit, explain: bool) -> dict[str, Any]:
    """What a search says of a hit."""
    found: dict[str, Any] = {
        "snippet": marked(hit.snippet, hit.marks),
        "score": round(hit.score, 4),
        "variants": [
            {"id": v.id, "kind": v.kind, "name": v.name, "app": v.app, "url": item_path(v.id)}
            for v in hit.variants
        ],
        "variant_count": max(hit.variant_count, len(hit.variants)),
    }
    if explain:
        found["explanation"] = [dataclasses.asdict(part) for part in hit.explanation]
    return found


def link_json(link: Link) -> dict[str, Any]:
    """One outgoing link."""
    return {
        "tool": link.tool,
        "label": link.label,
        "url": link.url,
        "access": link.access,
        "note": link.note or None,
    }


def suggestion_json(suggestion: Suggestion) -> dict[str, Any]:
    """One completion."""
    return {
        "text": suggestion.text,
        "kind": suggestion.kind,
        "label": suggestion.label,
        "detail": suggestion.detail,
        "url": suggestion.url or None,
        "count": suggestion.count,
    }


def bounded(text: str, name: str, default: int, highest: int) -> int:
    """A whole number from 1 to `highest`. Raises QueryProblem for anything else."""
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= highest):
        raise QueryProblem(f"bad_{name}", f"{name} is a whole number from 1 to {highest:,}.", name)
    return int(text)


def suggestions_json(suggestions: Sequence[Suggestion]) -> list[dict[str, Any]]:
    """All completions."""
    return [suggestion_json(each) for each in suggestions]
