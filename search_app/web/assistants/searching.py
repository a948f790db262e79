"""What assistants search for: hits as they read them."""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.datastructures import MultiDict

from search_app.engine.results import Hit, Results
from search_app.mcp.tool import ToolProblem
from search_app.query.model import Query, QueryProblem, search_url
from search_app.query.parser import parse_query
from search_app.web.assistants import gives, takes
from search_app.web.assistants.things import LONGEST_NOTE, cut, page, root
from search_app.web.operation.measurements import current_measurements
from search_app.web.state import current_site


def search(wanted: takes.SearchFor) -> gives.Found:
    """The hits of what an assistant searches for, with the address of the same search for people."""
    filters: dict[str, Sequence[str]] = {"kind": wanted.kind, "app": wanted.app, "status": wanted.status}
    given = {name: list(values) for name, values in filters.items() if values}
    _, results = asked(wanted.query, given, wanted.limit, wanted.page)
    current_measurements().add_search(results.total)
    return found_of(results, root() + search_url(wanted.query, given))


def found_of(results: Results, url: str) -> gives.Found:
    """An answer of the engine as `search` gives it; `url` is its page."""
    return gives.Found(
        total=results.total,
        url=url,
        hits=[hit_of(hit) for hit in results.hits],
        all_words=results.complete,
        read_as=[f"{each.text}: {each.field} {each.value}" for each in results.understood],
        did_you_mean=results.did_you_mean or "",
        try_instead=[f"{way.text} ({way.total} found)" for way in results.help],
    )


def asked(text: str, filters: dict[str, list[str]], limit: int, at: int = 1) -> tuple[Query, Results]:
    """A query of words and filters, and its answer. Raises ToolProblem for a value that is none."""
    parameters: MultiDict[str, str] = MultiDict([("size", str(limit)), ("page", str(at)), ("facets", "")])
    for name, values in filters.items():
        parameters.setlist(name, values)
    try:
        query = parse_query(text, parameters)
    except QueryProblem as problem:
        raise ToolProblem(f"{problem.parameter}: {problem.message}") from None
    return query, current_site().engine.search(query)


def hit_of(hit: Hit) -> gives.Hit:
    """A hit as assistants read it: what it is, whether it is alive, where it is stored, its page."""
    card = hit.card
    return gives.Hit(
        id=card.id,
        kind=card.kind,
        name=card.name,
        status=card.status,
        url=page(card.id),
        title=cut(card.title, LONGEST_NOTE),
        description=cut(card.description, LONGEST_NOTE),
        status_reason=card.status_reason,
        type=card.type,
        apps=list(card.app[:5]),
        pings=list(card.ping[:5]),
        tables=list(card.table),
        also=max(hit.variant_count, len(hit.variants)),
    )
