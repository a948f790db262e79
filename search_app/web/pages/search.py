"""The start page, the page of results, and the hits of a search to take away."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, make_response, render_template, request

from indexer.index.completion.suggester import Suggestion
from search_app.answers.answering import may_be_asked
from search_app.query.model import Query
from search_app.query.parser import parse_query
from search_app.web import exports
from search_app.web.assistants import markdown_pages
from search_app.web.bangs import said_with_bang, way_to
from search_app.web.guards.heavy import heavy
from search_app.web.guards.hosts import public_root
from search_app.web.items.view import kind_counts
from search_app.web.operation.freshness import standing
from search_app.web.operation.measurements import current_measurements
from search_app.web.pages.blueprint import blueprint
from search_app.web.results.answer import answer_view
from search_app.web.results.hit_html import hit_drawing
from search_app.web.results.news import front
from search_app.web.results.view import asked_of, present_results
from search_app.web.state import Site, current_site, wants_markdown

# what live.js says of a request: "partial" while one types, "settled" when what is shown was let stand
TYPED = "Starchart-Typed"
NEAREST = 6  # names offered where nothing was found

# example searches of the start page: each shows one thing that the box can do
EXAMPLES = (
    ("private browsing on Android", "what measures a feature of a product"),
    ("daily active users", "table, measure and dashboard"),
    ("is GC_MS alive", "the state of an old probe"),
    ("how do I query events", "a question"),
    ("gc pause fenix", "words, with a product among them"),
    ("type:labeled_counter app:fenix", "filters"),
    ("expires:90d status:active", "what ends soon"),
    ("metrics.counter.*", "a column"),
)


def asked() -> Query:
    """The query of this request. Raises QueryProblem."""
    return parse_query(request.args.get("q", ""), request.args)


@blueprint.get("/")
def search() -> str | Response:
    """The start page without parameters, the results with them."""
    site = current_site()
    if not request.args:
        if wants_markdown():
            return markdown_pages.about()
        return render_template(
            "search/start.html",
            counts=kind_counts(site),
            examples=EXAMPLES,
            standing=standing(site),
            front=front(site),
            root=public_root(site.config),
        )
    text = request.args.get("q", "")
    tool, words = said_with_bang(text) if "!" in text else ("", text)
    query = parse_query(words, request.args)
    results = site.engine.search(query)
    typed = request.headers.get(TYPED, "")
    if typed == "partial":
        current_measurements().add_typed()
    else:
        current_measurements().add_search(results.total)
    if typed == "settled":  # the reader has this page already
        return Response(status=204)
    if wants_markdown():
        return markdown_pages.results_twin(results, query)
    way = way_to(site, results, tool, asked_of(results, query)) if tool else None
    if way:
        told = (way.reason,) if way.reason else ()
        query = replace(query, text=request.args["q"].strip(), notes=(*query.notes, *told))
    view = present_results(results, query)
    page = make_response(
        render_template(
            "search/results.html",
            view=view,
            query=query,
            hits=[(hit, hit_drawing(site, hit)) for hit in view.hits],
            examples=EXAMPLES[:4] if not view.paging.total else (),
            nearest=_nearest(site, query) if not view.paging.total else (),
            most_exported=exports.MOST_EXPORTED,
            way=way,
            answer=answer_view(site, query, results) if may_be_asked(query, results.understood) else None,
        )
    )
    if way and way.url:  # no redirect: a form of ours may lead to no other site, a page may
        page.headers["Refresh"] = f"0; url={way.url}"
    return page


def _nearest(site: Site, query: Query) -> tuple[Suggestion, ...]:
    """Names that look like what was typed: of all words together, else of the longest of them."""
    words = [term.text for term in query.terms if not term.exclude]
    for typed in dict.fromkeys((" ".join(words), max(words, key=len, default=""))):
        found = [each for each in site.engine.suggest(typed, NEAREST) if each.url] if typed else []
        if found:
            return tuple(found)
    return ()


@blueprint.get("/feed.atom")
def feed() -> Response:
    """The hits of a search, newest first, for feed readers."""
    return exports.atom(current_site(), asked())


@blueprint.get("/export.csv")
@heavy("an export")
def export_csv() -> Response:
    """The hits of a search as a spreadsheet."""
    return exports.csv_file(current_site(), asked())


@blueprint.get("/export.json")
@heavy("an export")
def export_json() -> Response:
    """The hits of a search as JSON."""
    return exports.json_file(current_site(), asked())
