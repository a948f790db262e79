"""The map of all apps, that of one, and what one collects."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from indexer.model.ids import item_path
from indexer.model.items import AppItem
from indexer.store.departed import read_departed
from search_app.web.assistants import markdown_pages
from search_app.web.items.collects import collects
from search_app.web.maps.chosen import chosen_of
from search_app.web.maps.flow_view import flow_view
from search_app.web.maps.galaxy_view import galaxy_view
from search_app.web.pages.blueprint import blueprint
from search_app.web.pages.item import lead_on
from search_app.web.state import Site, current_site, wants_markdown


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
        return lead_on(departed) if departed else abort(404)
    return twin(name) if wants_markdown() else page(site, app)
