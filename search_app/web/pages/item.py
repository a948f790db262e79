"""The page of one thing, at its id, and where an address leads at which nothing is any more."""

from __future__ import annotations

from flask import Response, abort, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from indexer.model.ids import item_path
from indexer.model.kinds import KINDS
from indexer.store.departed import Departed, read_departed
from search_app.web.assistants import markdown_pages
from search_app.web.items.view import item_view
from search_app.web.meant import meant_by
from search_app.web.pages.blueprint import blueprint
from search_app.web.results.peek import peek_view
from search_app.web.state import Site, current_site, wants_markdown
from search_app.web.urls import MARKDOWN


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
    return lead_on(departed) if departed else None


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


def lead_on(departed: Departed) -> str | BaseResponse:
    """To what a thing became that is no more, else to the last known facts."""
    if departed.successor:
        return redirect(item_path(departed.successor), 301)
    label = KINDS[departed.facts.kind].one if departed.facts.kind in KINDS else departed.facts.kind
    return render_template("item/departed.html", departed=departed, facts=departed.facts, kind_label=label)


for _kind in KINDS:
    blueprint.add_url_rule(
        f"/{_kind}/<path:rest>", f"item_{_kind}", item, defaults={"kind": _kind}, methods=["GET"]
    )
