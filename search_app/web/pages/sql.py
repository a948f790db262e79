"""A query with choices: its page, its JSON, and the files to take away."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template, request

from search_app.tools.addressing.names import snake_case
from search_app.web.assistants import markdown_pages
from search_app.web.guards.hosts import public_root
from search_app.web.queries.chosen import ChosenQuery, chosen_query, nearest_query
from search_app.web.queries.json import query_json
from search_app.web.queries.notebook import notebook
from search_app.web.sisters import sisters_of
from search_app.web.state import current_site, wants_markdown

blueprint = Blueprint("sql", __name__)

# by what is split in most questions: shown at once, the rest is folded away
FIRST_WAYS = ("date", "week", "month", "country", "channel", "version", "major_version", "os", "label")


@blueprint.get("/sql")
def page() -> str | Response:
    """The query of a thing, with what can be chosen of it as a form."""
    if not request.args.get("thing", "").strip():
        return render_template("sql/start.html")
    if wants_markdown():
        return markdown_pages.query()
    site = current_site()
    made = nearest_query(site, request.args.getlist)
    beside = sisters_of(site, made.item)
    return render_template("sql/query.html", made=made, first_ways=FIRST_WAYS, beside=beside)


@blueprint.get("/api/v1/sql")
def as_json() -> Response:
    """The query, what it takes for granted, and the choices that are offered."""
    site = current_site()
    return jsonify(query_json(site, chosen_query(site, request.args.getlist)))


@blueprint.get("/sql/query.sql")
def as_sql() -> Response:
    """The query as a file."""
    made = chosen_query(current_site(), request.args.getlist)
    return _file(made, made.query.sql + "\n", "sql", "text/plain")


@blueprint.get("/sql/query.ipynb")
def as_notebook() -> Response:
    """The query as a Jupyter notebook."""
    made = chosen_query(current_site(), request.args.getlist)
    address = public_root(current_site().config).rstrip("/") + made.address("/sql")
    return _file(made, notebook(made.query, address), "ipynb", "application/x-ipynb+json")


def _file(made: ChosenQuery, text: str, ending: str, media_type: str) -> Response:
    name = snake_case(made.item.name)[:80] or "query"
    if not name.isascii():
        name = "query"
    response = Response(text, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response
