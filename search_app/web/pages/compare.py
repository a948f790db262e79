"""Things side by side: the page and its JSON."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template, request

from search_app.web.assistants import markdown_pages
from search_app.web.comparing.comparison import FEWEST, MOST, compare, differing, things_compared
from search_app.web.comparing.json import compared_json
from search_app.web.sisters import sisters_of
from search_app.web.state import current_site, wants_markdown

blueprint = Blueprint("compare", __name__)


@blueprint.get("/compare")
def page() -> str | Response:
    """Two to four things side by side; with fewer, a form that asks for more."""
    site = current_site()
    ids = request.args.getlist("id")
    items = things_compared(site, ids)
    if len(items) < FEWEST:
        beside = sisters_of(site, items[0]) if items else ()
        return render_template("compare/start.html", items=items, beside=beside)
    if wants_markdown():
        return markdown_pages.comparison()
    only = request.args.get("only", "") == "differing"
    compared = compare(site, ids)
    shown = differing(compared) if only else compared
    return render_template("compare/compare.html", compared=shown, only=only, can_add=len(items) < MOST)


@blueprint.get("/api/v1/compare")
def as_json() -> Response:
    """The same as JSON."""
    site = current_site()
    return jsonify(compared_json(site, compare(site, request.args.getlist("id"))))
