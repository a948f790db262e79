"""Pages as Markdown: `<address>.md`, a page that is asked for as text/markdown, and `/llms.txt`."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from indexer.model.ids import item_path
from indexer.model.items import AnyItem, AppItem
from search_app.engine.results import Results
from search_app.query.model import Query
from search_app.query.parser import parse_query
from search_app.web.actions import actions_for
from search_app.web.assistants import overviews, twins
from search_app.web.assistants.queries import answer_told
from search_app.web.assistants.searching import found_of
from search_app.web.assistants.things import root, thing_of
from search_app.web.assistants.tools import standing_now
from search_app.web.comparing.comparison import compare, differing
from search_app.web.guards.heavy import heavy
from search_app.web.items.collects import collects
from search_app.web.items.owned import SHORTEST, Owned, owned
from search_app.web.items.view import kind_counts
from search_app.web.maps.flow_view import flow_view
from search_app.web.maps.galaxy_view import galaxy_view
from search_app.web.meant import Near
from search_app.web.queries.chosen import nearest_query
from search_app.web.state import current_site
from search_app.web.urls import with_parameters

blueprint = Blueprint("markdown", __name__)
LONGEST_TEXT, MOST_COLUMNS = 60_000, 200  # of a thing: as much as a page shows of a text


def item_twin(item: AnyItem) -> Response:
    """One thing, in the app, ping or column that its page was asked for."""
    site, asked = current_site(), request.args
    column = asked.get("column", "")
    actions = actions_for(site, item, (asked.get("in_app", ""), asked.get("in_ping", "")), column)
    thing = thing_of(item, item.id, column, MOST_COLUMNS, actions=actions, longest=LONGEST_TEXT)
    return _markdown(twins.thing_page(thing, actions.queries), item_path(item.id))


def results_twin(results: Results, query: Query) -> Response:
    """The hits of a search."""
    found = found_of(results, root() + query.url())
    return _markdown(twins.results_page(query.text, found, answer_told(query, results)), query.url())


@blueprint.get("/index.md")
def search() -> Response:
    """The results of a search; what this is, where nothing is asked."""
    if not request.args:
        return about()
    query = parse_query(request.args.get("q", ""), request.args)
    return results_twin(current_site().engine.search(query), query)


@blueprint.get("/status.md")
def status() -> Response:
    """How fresh the data is."""
    return _markdown(twins.status_page(standing_now()), "/status")


@blueprint.get("/help.md")
def language() -> Response:
    """The query language."""
    return _markdown(twins.help_page(), "/help")


@blueprint.get("/about.md")
def about() -> Response:
    """What this is, and how a program asks it."""
    return _markdown(twins.about_page(root(), kind_counts(current_site())), "/about")


@blueprint.get("/map.md")
def all_apps_map() -> Response:
    """All apps, in a list."""
    return _markdown(overviews.map_page(galaxy_view(current_site())), "/map")


@blueprint.get("/app/<name>/map.md")
def app_map(name: str) -> Response:
    """The pings of an app, in a list."""
    app = _app(name)
    return _markdown(overviews.app_map_page(flow_view(current_site(), app)), f"{item_path(app.id)}/map")


@blueprint.get("/app/<name>/collects.md")
def app_collects(name: str) -> Response:
    """What an app collects, in plain words."""
    app = _app(name)
    text = overviews.collects_page(app, collects(current_site(), app))
    return _markdown(text, f"{item_path(app.id)}/collects")


def _app(name: str) -> AppItem:
    found = current_site().engine.get(f"app/{name}")
    return found if isinstance(found, AppItem) else abort(404)


@blueprint.get("/mine.md")
@heavy("the list of an owner")
def mine() -> Response:
    """What an owner's things need."""
    owner = request.args.get("owner", "").strip()
    return mine_twin(owned(current_site(), owner) if len(owner) >= SHORTEST else None)


def mine_twin(view: Owned | None) -> Response:
    """What of an owner ends soon, has ended or lacks a description; None where nobody is named."""
    page = with_parameters("/mine", {"owner": view.owner}) if view else "/mine"
    return _markdown(overviews.mine_page(view, SHORTEST), page)


@blueprint.get("/sql.md")
def query() -> Response:
    """A query with what can be chosen of it."""
    made = nearest_query(current_site(), request.args.getlist)
    return _markdown(overviews.query_page(made), made.address("/sql"))


@blueprint.get("/compare.md")
def comparison() -> Response:
    """Things side by side; those rows that differ with `only=differing`."""
    found = compare(current_site(), request.args.getlist("id"))
    shown = differing(found) if request.args.get("only", "") == "differing" else found
    return _markdown(overviews.comparison_page(shown), found.address("/compare"))


@blueprint.get("/llms.txt")
def llms_txt() -> Response:
    """The same where programs look for it (llmstxt.org)."""
    return Response(twins.about_page(root(), kind_counts(current_site())), mimetype="text/plain")


def problem(status: int, heading: str, message: str, parameter: str, near: Near | None) -> Response:
    """What is said where a Markdown address cannot be answered; `parameter` is "" where none is at fault."""
    hits = [(hit.name.striptags(), root() + hit.url) for hit in near.hits] if near else []
    return Response(twins.problem_page(heading, message, parameter, hits), status, mimetype="text/markdown")


def _markdown(text: str, page: str) -> Response:
    """Markdown, with the address of the page that people read."""
    response = Response(text, mimetype="text/markdown")
    response.headers["Link"] = f'<{root()}{page}>; rel="canonical"'
    return response
