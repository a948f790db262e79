"""What an owner's things need, as page and as feed."""

from __future__ import annotations

from flask import Response, make_response, render_template, request

from search_app.query.model import QueryProblem
from search_app.web import exports
from search_app.web.assistants import markdown_pages
from search_app.web.guards.heavy import heavy
from search_app.web.items.owned import SHORTEST, owned
from search_app.web.pages.blueprint import blueprint
from search_app.web.state import current_site, wants_markdown


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
