"""The JSON shapes of a search: results, hits, suggestions."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from search_app.actions import hit_links
from search_app.addresses import SearchState, item_path
from search_app.present import marked
from search_app.query import Query, QueryProblem
from search_app.results import Generation, Hit, Results, Suggestion
from search_app.site import Site
from search_app.tools import Link


def results_json(site: Site, results: Results, query: Query) -> dict[str, Any]:
    """The answer of /api/v1/search."""
    return {
        "query": {"q": query.text, "filters": _filters(query), "terms": list(results.terms)},
        "total": results.total,
        "page": query.page,
        "size": query.size,
        "took_ms": round(results.took_ms, 2),
        "generation": generation_json(results.generation),
        "hits": [hit_json(site, hit, query.explain) for hit in results.hits],
        "facets": {
            facet.name: [
                {"value": v.value, "label": v.label, "count": v.count, "selected": v.selected}
                for v in facet.values
            ]
            for facet in results.facets
        },
        "did_you_mean": results.did_you_mean,
        "understood": [dataclasses.asdict(each) for each in results.understood],
        "help": [
            {**dataclasses.asdict(h), "url": SearchState(q=h.q, filters=dict(h.filters)).url()}
            for h in results.help
        ],
        "relaxed": results.relaxed,
        "notes": list(query.notes),
    }


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


def hit_json(site: Site, hit: Hit, explain: bool = False) -> dict[str, Any]:
    """One hit."""
    card = hit.card
    found: dict[str, Any] = {
        "id": card.id,
        "kind": card.kind,
        "name": card.name,
        "title": card.title,
        "description": card.description,
        "snippet": str(marked(hit.snippet, hit.marks)),
        "app": list(card.app),
        "app_title": list(card.app_title),
        "ping": list(card.ping),
        "type": card.type or None,
        "table": list(card.table[:5]),
        "table_count": card.table_count,
        "dataset": list(card.dataset),
        "status": card.status,
        "status_reason": card.status_reason or None,
        "sampled": card.sampled,
        "tags": list(card.tags),
        "sensitivity": list(card.sensitivity),
        "added": card.added or None,
        "changed": card.changed or None,
        "expires": card.expires or None,
        "url": item_path(card.id),
        "score": round(hit.score, 4),
        "variants": [
            {"id": v.id, "kind": v.kind, "name": v.name, "app": list(v.app), "url": item_path(v.id)}
            for v in hit.variants
        ],
        "variant_count": max(hit.variant_count, len(hit.variants)),
        "links": [link_json(link) for link in hit_links(site, card.id)],
    }
    if card.project:
        found["project"] = card.project
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
