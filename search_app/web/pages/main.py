"""The pages: start, results, one for each item, maps, status, help, about, feed and exports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from indexer.index.completion.suggester import Suggestion
from indexer.model.ids import item_path
from indexer.model.items import AppItem
from indexer.model.kinds import KINDS
from indexer.store.departed import Departed, read_departed
from search_app import tools
from search_app.answers.answering import may_be_asked
from search_app.query.grammar import LANGUAGE
from search_app.query.model import Query, QueryProblem
from search_app.query.parser import parse_query
from search_app.web import exports
from search_app.web.assistants import markdown_pages
from search_app.web.bangs import said_with_bang, way_to
from search_app.web.guards.heavy import heavy
from search_app.web.guards.hosts import public_root
from search_app.web.items.collects import collects
from search_app.web.items.owned import SHORTEST, owned
from search_app.web.items.view import item_view, kind_counts
from search_app.web.maps.chosen import chosen_of
from search_app.web.maps.flow_view import flow_view
from search_app.web.maps.galaxy_view import galaxy_view
from search_app.web.meant import meant_by
from search_app.web.operation.freshness import standing
from search_app.web.operation.measurements import current_measurements
from search_app.web.results.answer import answer_view
from search_app.web.results.hit_html import hit_drawing
from search_app.web.results.news import front
from search_app.web.results.peek import peek_view
from search_app.web.results.view import asked_of, present_results
from search_app.web.state import Site, current_site, wants_markdown
from search_app.web.urls import MARKDOWN

blueprint = Blueprint("pages", __name__)
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
# questions that get an answer above the hits, one of each sort: for the help page
QUESTIONS = (
    "how many people use Firefox for Android every day",
    "DAU of desktop by country",
    "page load percentiles on desktop",
    "is GC_MS alive and what replaced it",
    "who owns telemetry.clients_daily",
    "when is the baseline ping sent",
    "where is GC_MS stored",
    "what dashboard shows retention",
    "what does the newtab ping collect",
)
# the keys of static/keys.js, which a test holds to this table
KEYS = (
    (("/", "Ctrl K"), "go to the box"),
    (("\u2193", "j"), "next hit; \u2193 in the box: first hit"),
    (("\u2191", "k"), "hit before"),
    (("Enter",), "open it, with Ctrl in a new tab"),
    (("o",), "open the first tool for it"),
    (("c",), "copy its name"),
    (("s",), "copy its query"),
    (("p",), "peek at it beside the list"),
    (("?",), "these keys"),
    (("Esc",), "leave the box, the peek, a sheet; what was typed stays"),
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


def item(kind: str, rest: str) -> str | BaseResponse:
    """The page of one item, at its id; as Markdown, where that is asked for or `.md` stands behind the id."""
    site = current_site()
    found = site.engine.get(f"{kind}/{rest}")
    if found is not None and not wants_markdown():
        view = item_view(site, found, request.args)
        return render_template(f"item/{kind}.html", view=view, item=found, detail=view.detail)
    bare = rest.removesuffix(MARKDOWN)
    if found is None and bare != rest:  # an id that itself ends so is the page: docs have some
        found = site.engine.get(f"{kind}/{bare}")
    if found is not None:
        return markdown_pages.item_twin(found)
    led = _led_on(site, kind, rest)
    if led is None and bare != rest and (led := _led_on(site, kind, bare)) and not isinstance(led, str):
        return redirect(f"{led.location}{MARKDOWN}", led.status_code)
    return led if led is not None else abort(404)


def _led_on(site: Site, kind: str, rest: str) -> str | BaseResponse | None:
    """Where an address leads at which nothing is: to what was meant, or to what it became."""
    item_id = f"{kind}/{rest}"
    if rest.endswith("/") and site.engine.get(item_id.rstrip("/")) is not None:
        return redirect(item_path(item_id.rstrip("/")), 301)
    departed = read_departed(site.config.data_dir, item_id)
    if departed is None and (meant := meant_by(site, kind, rest.rstrip("/"))):
        return redirect(item_path(meant))
    return _lead_on(departed) if departed else None


@blueprint.get("/peek/<path:item_id>")
def peek(item_id: str) -> Response:
    """A part of a page: one item as it is shown beside a list."""
    site = current_site()
    found = site.engine.get(item_id)
    if found is None:
        abort(404)
    part = make_response(render_template("search/peek.html", **peek_view(site, found, request.args)))
    part.headers["X-Robots-Tag"] = "noindex"
    return part


def _lead_on(departed: Departed) -> str | BaseResponse:
    """To what a thing became that is no more, else to the last known facts."""
    if departed.successor:
        return redirect(item_path(departed.successor), 301)
    label = KINDS[departed.facts.kind].one if departed.facts.kind in KINDS else departed.facts.kind
    return render_template("item/departed.html", departed=departed, facts=departed.facts, kind_label=label)


for _kind in KINDS:
    blueprint.add_url_rule(
        f"/{_kind}/<path:rest>", f"item_{_kind}", item, defaults={"kind": _kind}, methods=["GET"]
    )


@blueprint.get("/map")
def all_apps_map() -> str | Response:
    """All apps, each as large as what it measures."""
    if wants_markdown():
        return markdown_pages.all_apps_map()
    return render_template("map.html", view=galaxy_view(current_site()))


@blueprint.get("/map/<name>")
def app_map_elsewhere(name: str) -> BaseResponse:
    """To the map of an app, for whoever makes its address from that of the map of all."""
    if current_site().engine.get(f"app/{name}") is None:
        abort(404)
    return redirect(f"{item_path(f'app/{name}')}/map")


@blueprint.get("/app/<name>/map")
def app_map(name: str) -> str | BaseResponse:
    """The pings of an app, the types of their metrics, the tables that hold them."""
    return _of_app(name, _drawn, markdown_pages.app_map)


def _drawn(site: Site, app: AppItem) -> str:
    view = flow_view(site, app)
    return render_template("map_app.html", view=view, chosen=chosen_of(site, view, request.args), item=app)


@blueprint.get("/app/<name>/collects")
def app_collects(name: str) -> str | BaseResponse:
    """What an app collects, in plain words, for who wants to know what is known of them."""
    return _of_app(
        name,
        lambda site, app: render_template("collects.html", view=collects(site, app), item=app),
        markdown_pages.app_collects,
    )


def _of_app(
    name: str, page: Callable[[Site, AppItem], str], twin: Callable[[str], Response]
) -> str | BaseResponse:
    """A further page of an app, or its Markdown twin; of one that is no more, what it became."""
    site = current_site()
    app = site.engine.get(f"app/{name}")
    if not isinstance(app, AppItem):
        departed = read_departed(site.config.data_dir, f"app/{name}")
        return _lead_on(departed) if departed else abort(404)
    return twin(name) if wants_markdown() else page(site, app)


@blueprint.get("/status")
def status() -> str | Response:
    """Per source: last success, age, counts, what was skipped and why."""
    if wants_markdown():
        return markdown_pages.status()
    site = current_site()
    return render_template("status.html", standing=standing(site), counts=kind_counts(site))


@blueprint.get("/help")
def help_page() -> str | Response:
    """The query language, from the parser's own table."""
    if wants_markdown():
        return markdown_pages.language()
    return render_template(
        "help.html", questions=QUESTIONS, language=LANGUAGE, bangs=tools.bangs(), keys=KEYS
    )


@blueprint.get("/about")
def about() -> str | Response:
    """What this is, where its data comes from, what it does not know."""
    if wants_markdown():
        return markdown_pages.about()
    return render_template("about.html", counts=kind_counts(current_site()))


@blueprint.get("/feed.atom")
def feed() -> Response:
    """The hits of a search, newest first, for feed readers."""
    return exports.atom(current_site(), asked())


@blueprint.get("/mine")
@heavy("the list of an owner")
def mine() -> Response:
    """What an owner's things need: what ends soon, what has ended, what lacks a description."""
    owner = request.args.get("owner", "").strip()
    view = owned(current_site(), owner) if len(owner) >= SHORTEST else None
    if wants_markdown():
        return markdown_pages.mine_twin(view)
    return make_response(render_template("mine.html", view=view, given=owner, shortest=SHORTEST))


@blueprint.get("/mine.atom")
@heavy("the feed of an owner")
def mine_feed() -> Response:
    """What of an owner ends soon, for feed readers."""
    owner = request.args.get("owner", "").strip()
    if len(owner) < SHORTEST:
        raise QueryProblem("bad_owner", f"owner needs at least {SHORTEST} letters.", "owner")
    return exports.ending_feed(current_site(), owned(current_site(), owner))


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
