"""`/mcp`: the Model Context Protocol over streamable HTTP, stateless, one JSON answer to each POST.

Who may ask: everybody, as with the pages, but no script of a stranger's page in a reader's browser: that
would reach a server which only the reader can (streamable-http, "Security & Endpoint").
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, request
from pydantic_core import to_json
from werkzeug.exceptions import RequestEntityTooLarge

from search_app.mcp.protocol import (
    INVALID_REQUEST,
    LARGEST_MESSAGE,
    METHOD_NOT_FOUND,
    Headers,
    Reply,
    is_batch,
)
from search_app.web.assistants.tools import server
from search_app.web.guards.heavy import take_place
from search_app.web.guards.hosts import is_known
from search_app.web.state import current_site

blueprint = Blueprint("assistants", __name__)
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
SAID_OF_IT = "Assistants POST messages of the Model Context Protocol here: see /about#assistants."


@blueprint.route("/mcp", methods=METHODS, provide_automatic_options=False)
def mcp() -> Response:
    """One message, or a batch where the version has them."""
    origin = request.headers.get("Origin")
    if origin is not None and not is_known(current_site().config, _host(origin)):
        return _refused(403, "Forbidden: this server does not know that Origin")
    if request.method != "POST":
        response = _refused(405, f"Only POST is answered here. {SAID_OF_IT}")
        response.headers["Allow"] = "POST"
        return response
    if request.mimetype != "application/json":
        return _refused(415, "The body must be application/json")
    if not (request.accept_mimetypes.accept_json or not request.accept_mimetypes):
        return _refused(406, "The answer is application/json, which Accept must have")
    body = _body()  # whole before a generation is asked: it may take its time
    if len(body) > LARGEST_MESSAGE:
        return _refused(413, f"A message has at most {LARGEST_MESSAGE:,} bytes")
    said = (request.headers.get(name) for name in ("MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"))
    if not is_batch(body):
        return _response(server().answer(body, Headers(*said)))
    leave = take_place("a batch of messages")  # of up to twenty, each a whole request
    try:
        return _response(server().answer(body, Headers(*said)))
    finally:
        leave()


def _body() -> bytes:
    """The body, or of one that is too long its beginning. Where its length was not told, werkzeug cuts it
    without a word: so one byte more than is allowed is read, to know."""
    request.max_content_length = LARGEST_MESSAGE + 1
    try:
        return request.get_data()
    except RequestEntityTooLarge:
        return b" " * request.max_content_length


def _host(origin: str) -> str:
    """The host of an origin as a Host header has it; "" for `null` and what is no origin."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _response(reply: Reply) -> Response:
    if reply.body is None:
        return Response(status=202)
    return Response(to_json(reply.body), _status(reply), mimetype="application/json")


def _status(reply: Reply) -> int:
    """200 also for errors that answer a request of a handshake version: these tell them in the body only."""
    if reply.code == 0 or isinstance(reply.body, list):
        return 200
    if reply.modern:
        return 404 if reply.code == METHOD_NOT_FOUND else 400
    return 400 if (reply.body and reply.body["id"] is None) or reply.code == INVALID_REQUEST else 200


def _refused(status: int, message: str) -> Response:
    error = {"code": INVALID_REQUEST, "message": message}
    body = {"jsonrpc": "2.0", "id": None, "error": error}
    return Response(to_json(body), status, mimetype="application/json")
