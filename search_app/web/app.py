"""The web application: settings, blueprints, headers, error pages.

Reading create_app is reading the table of contents of the server.
"""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask, Response, current_app, g, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import PathConverter

from indexer.config import Config
from search_app.engine.protocol import Engine
from search_app.query.model import QueryProblem
from search_app.web import api, crawlers
from search_app.web import opensearch as browser
from search_app.web.assistants import endpoint as assistants
from search_app.web.assistants import markdown_pages
from search_app.web.guards.access import log_access
from search_app.web.guards.hosts import refuse_unknown_host
from search_app.web.meant import near_address
from search_app.web.operation import health as ops
from search_app.web.operation.banner import EXTENSION as BANNER
from search_app.web.operation.banner import Watch
from search_app.web.pages import compare, sql
from search_app.web.pages.blueprint import blueprint as pages
from search_app.web.responses import FastJson, deliver, start, unchanged
from search_app.web.state import EXTENSION, NothingIndexed, Site, open_engine, wants_markdown
from search_app.web.templating import STATIC, set_up_templates
from search_app.web.urls import MARKDOWN

READ_BY_PROGRAMS = ("/api/", "/export.", "/feed.atom", "/suggest", "/mcp")
HEADINGS = {400: "That did not work", 404: "Nothing here", 405: "Not that way", 503: "One moment"}


def create_app(config: Config, engine: Engine | None = None) -> Flask:
    """The server's application; `engine` defaults to the newest generation of the data folder.

    Opens nothing before the first request, so that it can be made in any process.
    """
    app = Flask(__name__, template_folder=str(template_folder()), static_folder=str(STATIC))
    app.config["MAX_CONTENT_LENGTH"] = 0  # what assistants post has a bound of its own
    app.url_map.merge_slashes = False
    app.url_map.converters["path"] = AnyPath
    app.json = FastJson(app)
    app.extensions[EXTENSION] = Site(config, (lambda: engine) if engine else (lambda: open_engine(config)))
    app.extensions[BANNER] = Watch(app.extensions[EXTENSION])
    set_up_templates(app)
    app.register_blueprint(ops.blueprint)
    app.register_blueprint(browser.blueprint)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(api.described)
    app.register_blueprint(assistants.blueprint)
    app.register_blueprint(markdown_pages.blueprint)
    app.register_blueprint(crawlers.blueprint)
    app.register_blueprint(sql.blueprint)
    app.register_blueprint(compare.blueprint)
    app.register_blueprint(pages)
    app.before_request(start)
    if config.server.allowed_hosts:
        app.before_request(lambda: refuse_unknown_host(config))
    app.before_request(app.extensions[EXTENSION].look_for_newer)
    app.before_request(unchanged)
    app.after_request(deliver)
    if config.logging.access:
        app.after_request(log_access)
    if config.server.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=config.server.proxies, x_proto=config.server.proxies
        )
    app.register_error_handler(QueryProblem, _query_problem)
    app.register_error_handler(NothingIndexed, _nothing_indexed)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(500, _bug)
    return app


class AnyPath(PathConverter):
    """The rest of an address, whatever is in it: upstream has names with line breaks."""

    regex = r"(?s:[^/].*?)"


def template_folder() -> Path:
    """templates/: inside the package where a wheel put it, else beside the packages of a checkout."""
    inside = Path(__file__).parents[1] / "templates"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "templates"


def _problem(status: int, code: str, message: str, parameter: str) -> Response:
    """An error in the shape that the asker reads: JSON for programs, Markdown for assistants, a page else."""
    if request.path.startswith(READ_BY_PROGRAMS):
        response = Response(status=status, mimetype="application/json")
        error = {"code": code, "message": message, "parameter": parameter or None}
        response.set_data(json.dumps({"error": error}))
        return response
    near = near_address(current_app.extensions[EXTENSION], request.path) if status == 404 else None
    heading = HEADINGS.get(status, "Something broke")
    if wants_markdown() or request.path.endswith(MARKDOWN):
        return markdown_pages.problem(status, heading, message, parameter, near)
    page = render_template(
        "errors/error.html",
        status=status,
        heading=heading,
        message=message,
        parameter=parameter,
        near=near,
        q=near.words if near else "",
    )
    return Response(page, status=status, mimetype="text/html")


def _query_problem(problem: QueryProblem) -> Response:
    return _problem(400, problem.code, problem.message, problem.parameter)


def _nothing_indexed(_problem_of_operators: NothingIndexed) -> Response:
    """What is missing, and in which folder, /readyz tells those who can mend it."""
    response = _problem(503, "nothing_indexed", "Nothing is indexed yet.", "")
    response.headers["Retry-After"] = "5"
    return response


def _http_problem(problem: HTTPException) -> Response:
    status = problem.code or 500
    if status < 400:  # a redirect of the router's own
        return Response(problem.get_response().get_data(), status, problem.get_headers())
    messages = {
        404: ("not_found", "There is nothing at this address."),
        405: ("method_not_allowed", "Only GET and HEAD are answered here."),
        414: ("too_long", "The address is too long."),
        429: ("too_many_requests", problem.description or ""),
    }
    code, message = messages.get(status, ("http_error", problem.description or problem.name))
    response = _problem(status, code, message, "")
    for name in ("Allow", "Retry-After"):
        if name in (headers := dict(problem.get_headers())):
            response.headers[name] = headers[name]
    return response


def _bug(_error: BaseException) -> Response:
    """A mistake of ours: logged by Flask with its trace, told to the reader without it.

    Where the generation turns out to be damaged, the request is answered from an intact one instead.
    """
    site: Site = current_app.extensions[EXTENSION]
    if site.recover():
        g.etag = ""
        try:
            return current_app.make_response(current_app.dispatch_request())
        except NothingIndexed as problem:
            return _nothing_indexed(problem)
    return _problem(500, "internal", "Something broke on our side. It has been logged.", "")
