"""The JSON of a search: results, hits, suggestions.

Most of a hit is the same in every search that finds it, as on a page (hit_html.py): its text is
written once, and kept as long as its generation answers.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic_core import to_json

from indexer.index.completion.suggester import Suggestion
from indexer.index.generation import Generation
from indexer.model.card import EMPTY_IS_NULL, ONLY_WHERE_GIVEN, Card, marked_fields
from indexer.model.ids import item_path
from search_app.answers.answering import may_be_asked
from search_app.engine.results import Hit, Recognised, Results
from search_app.query.model import ANY, Asked, Query, QueryProblem, search_url
from search_app.tools import Link
from search_app.web.actions import asked_tables, best_links
from search_app.web.results.answer import answer_json, answer_of
from search_app.web.results.hit_view import marked
from search_app.web.results.view import asked_of
from search_app.web.state import Site

NULLABLE = marked_fields(Card, EMPTY_IS_NULL)
LEFT_OUT = marked_fields(Card, ONLY_WHERE_GIVEN)


def results_text(site: Site, results: Results, query: Query) -> bytes:
    """The answer of /api/v1/search."""
    head = {
        "query": {
            "q": query.text,
            "filters": _filters(query),
            "terms": list(results.terms),
            **({"recognised": _recognised(results.recognised)} if results.recognised else {}),
        },
        "total": results.total,
        "page": query.page,
        "size": query.size,
        "took_ms": round(results.took_ms, 2),
        "generation": generation_json(results.generation),
    }
    rest = {
        "facets": {facet.name: [value._asdict() for value in facet.values] for facet in results.facets},
        "did_you_mean": results.did_you_mean,
        "answer": answer_json(answer_of(site, query, results))
        if may_be_asked(query, results.understood)
        else None,
        "understood": [dataclasses.asdict(each) for each in results.understood],
        "help": [{**dataclasses.asdict(h), "url": search_url(h.q, h.filters)} for h in results.help],
        "relaxed": results.relaxed,
        "complete": results.complete,
        "notes": list(query.notes),
    }
    hits = hits_text(site, results.hits, query.explain, asked_of(results, query))
    return together(to_json(head), hits, to_json(rest))


def _recognised(recognised: Recognised) -> dict[str, Any]:
    """What a pasted snippet named."""
    names = [
        {**dataclasses.asdict(each), "id": each.id or None, "url": item_path(each.id) if each.id else None}
        for each in recognised.names
    ]
    return {"language": recognised.language, "names": names}


def hits_text(site: Site, hits: Iterable[Hit], explain: bool = False, asked: Asked = ANY) -> bytes:
    """An object whose `hits` are these, with tables and links of what was asked for."""
    return b'{"hits":[' + b",".join([hit_text(site, hit, explain, asked) for hit in hits]) + b"]}"


def hit_text(site: Site, hit: Hit, explain: bool = False, asked: Asked = ANY) -> bytes:
    """One hit as JSON."""
    card = hit.card
    here = asked.of(card.app, card.ping, card.dataset) if asked else ANY
    item = site.remembered(("hit text", card.id, here), lambda: to_json(_item_json(site, card, here)))
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
    return dataclasses.asdict(generation)


def _item_json(site: Site, card: Card, asked: Asked) -> dict[str, Any]:
    """What is the same of an item in every search that finds it and asks for the same of it."""
    tables = (*asked_tables(site, card.id, asked), *card.table)
    card = card._replace(table=tuple(dict.fromkeys(tables))[:5])
    found = {
        name: (value or None) if name in NULLABLE else value
        for name, value in card._asdict().items()
        if value or name not in LEFT_OUT
    }
    links = [link_json(link) for link in best_links(site, card.id, asked)]
    return {**found, "url": item_path(card.id), "links": links}


def _found_json(hit: Hit, explain: bool) -> dict[str, Any]:
    """What a search says of a hit."""
    found: dict[str, Any] = {
        "snippet": marked(hit.snippet, hit.marks),
        "score": round(hit.score, 4),
        "variants": [{**variant._asdict(), "url": item_path(variant.id)} for variant in hit.variants],
        "variant_count": max(hit.variant_count, len(hit.variants)),
    }
    if hit.match:
        found["match"] = hit.match._asdict()
    if explain:
        found["explanation"] = [{"label": part.label, "value": part.value} for part in hit.explanation]
    return found


def link_json(link: Link) -> dict[str, Any]:
    """One outgoing link."""
    return {**dataclasses.asdict(link), "note": link.note or None}


def suggestion_json(suggestion: Suggestion) -> dict[str, Any]:
    """One completion."""
    return {**dataclasses.asdict(suggestion), "url": suggestion.url or None}


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
