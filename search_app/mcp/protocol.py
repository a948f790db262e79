"""The Model Context Protocol as this server speaks it: one message in, what to answer out.

Specification: modelcontextprotocol.io, revision 2026-07-28 (basic, basic/versioning, server/discover,
server/tools) and for older clients 2025-11-25 and before. Both eras are answered, each request by itself:

* modern: each request carries its version in `_meta`; `server/discover` in place of a handshake;
* handshake: `initialize` agrees on a version, `ping` is answered, and 2025-03-26 alone has batches.

Nothing is remembered between requests, nothing is ever sent unasked, and no tool changes anything. Where
HTTP headers repeat what a message says, they must say the same. No web, no streams: see stdio.py and
search_app/web/assistants/.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from search_app.mcp.tool import Tool

MODERN = ("2026-07-28",)
HANDSHAKE = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")  # newest first
WITH_BATCHES = "2025-03-26"  # added in this revision, taken out in the next one
UNSAID = "2025-03-26"  # what a request over HTTP without a version header is (streamable-http)
LARGEST_MESSAGE = 65_536  # bytes; the longest honest request has some hundreds
LARGEST_BATCH = 20
LARGEST_ID = 2**53  # above, a number is not the same number to all who read it

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602
HEADER_MISMATCH, UNSUPPORTED_VERSION = -32020, -32022

_META = "io.modelcontextprotocol/"
VERSION_KEY, CAPABILITIES_KEY = f"{_META}protocolVersion", f"{_META}clientCapabilities"
TOOLS_STAY_MS = 3_600_000  # how long a client may keep the list: it changes with the program alone
_ENCODED = re.compile(r"=\?base64\?(.*)\?=")


@dataclass(frozen=True, slots=True)
class Headers:
    """What HTTP says beside a message; None where a header is not there."""

    version: str | None = None
    method: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What to answer: nothing where `body` is None. `code` is that of an error, 0 else."""

    body: dict[str, Any] | list[dict[str, Any]] | None = None
    code: int = 0
    modern: bool = False


@dataclass(frozen=True, slots=True)
class Server:
    """Who answers, and with which tools."""

    name: str
    title: str
    version: str
    instructions: str  # for the assistant: what there is, how to ask
    tools: Mapping[str, Tool]

    def answer(self, text: bytes, headers: Headers | None = None, agreed: str = UNSAID) -> Reply:
        """The reply to one message, or to a batch where the version has them.

        `headers` is None where there are none (stdio); `agreed` is then the version of the handshake.
        """
        try:
            message = from_json(text, allow_inf_nan=False)
        except ValueError as problem:  # no JSON, no UTF-8, half of a surrogate pair, nested too deep
            return _error(None, PARSE_ERROR, f"Parse error: {problem}")
        if isinstance(message, list):
            return self._batch(message, headers, agreed)
        return self._one(message, headers)

    def _batch(self, messages: list[Any], headers: Headers | None, agreed: str) -> Reply:
        version = (headers.version or UNSAID) if headers else agreed
        if version != WITH_BATCHES or not 1 <= len(messages) <= LARGEST_BATCH:
            only = f"Only {WITH_BATCHES} has batches, here of at most {LARGEST_BATCH} messages."
            return _error(None, INVALID_REQUEST, f"Invalid request: {only}")
        replies = [
            _error(_id_of(each), INVALID_REQUEST, "initialize must not be part of a batch")
            if isinstance(each, dict) and each.get("method") == "initialize"
            else self._one(each, headers)
            for each in messages
        ]
        bodies = [reply.body for reply in replies if isinstance(reply.body, dict)]
        return Reply(bodies or None)

    def _one(self, message: Any, headers: Headers | None) -> Reply:
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
            return _error(_id_of(message), INVALID_REQUEST, 'Invalid request: no object with jsonrpc "2.0"')
        params, method = message.get("params", {}), message.get("method")
        meta = params.get("_meta") if isinstance(params, dict) else None
        meta = meta if isinstance(meta, dict) else {}
        modern = VERSION_KEY in meta or bool(headers and headers.version in MODERN)
        known = headers is None or headers.version in (None, *MODERN, *HANDSHAKE)
        if "method" not in message and ("result" in message or "error" in message) and not modern and known:
            return Reply()  # we ask nothing, so it answers nothing
        if not isinstance(method, str):
            return _error(_id_of(message), INVALID_REQUEST, "Invalid request: method must be a string")
        if "id" in message and _id_of(message) is None:
            return _error(None, INVALID_REQUEST, "Invalid request: id must be a string or a whole number")
        request_id = _id_of(message)
        if headers is not None and not known and (not modern or request_id is None):
            return _unsupported(request_id, headers.version)
        if request_id is None:
            return Reply(modern=modern)  # a notification: there is nothing that one could change
        if not isinstance(params, dict):
            return _error(request_id, INVALID_PARAMS, "Invalid params: params is an object", modern=modern)
        if modern:
            return self._modern(request_id, method, params, meta, headers)
        return self._handshake(request_id, method, params)

    def _modern(
        self,
        request_id: str | int,
        method: str,
        params: dict[str, Any],
        meta: dict[str, Any],
        headers: Headers | None,
    ) -> Reply:
        """A request that says its version itself. The order of what is checked is that of the specification:
        a client that contradicts itself is told so before it is told that its version is not known."""
        if missing := [key for key in (VERSION_KEY, CAPABILITIES_KEY) if key not in meta]:
            said = f"Invalid params: _meta lacks {', '.join(missing)}"
            return _error(request_id, INVALID_PARAMS, said, modern=True)
        version = meta[VERSION_KEY]
        if headers and (mismatch := _mismatch(headers, version, method, params)):
            return _error(request_id, HEADER_MISMATCH, f"Header mismatch: {mismatch}", modern=True)
        if not isinstance(version, str) or not isinstance(meta[CAPABILITIES_KEY], dict):
            said = f"Invalid params: {VERSION_KEY} is a string, {CAPABILITIES_KEY} an object"
            return _error(request_id, INVALID_PARAMS, said, modern=True)
        if version not in MODERN:
            return _unsupported(request_id, version)
        if method == "server/discover":
            result = {
                "supportedVersions": [*MODERN, *HANDSHAKE],
                "capabilities": {"tools": {}},
                "instructions": self.instructions,
                **_kept(),
            }
        elif method == "tools/list":
            result = {**self._listed(), **_kept()}
        elif method == "tools/call":
            return self._called(request_id, params, modern=True)
        else:
            return _error(request_id, METHOD_NOT_FOUND, f"Method not found: {method[:100]}", modern=True)
        if problem := _paged(method, params):
            return _error(request_id, INVALID_PARAMS, problem, modern=True)
        return self._result(request_id, result, modern=True)

    def _handshake(self, request_id: str | int, method: str, params: dict[str, Any]) -> Reply:
        if method == "initialize":
            wanted = params.get("protocolVersion")
            if not isinstance(wanted, str):
                return _error(request_id, INVALID_PARAMS, "Invalid params: protocolVersion must be a string")
            result = {
                "protocolVersion": wanted if wanted in HANDSHAKE else HANDSHAKE[0],
                "capabilities": {"tools": {"listChanged": False}},
                "serverInfo": self._info(),
                "instructions": self.instructions,
            }
        elif method == "ping":
            result = {}
        elif method == "tools/list":
            result = self._listed()
        elif method == "tools/call":
            return self._called(request_id, params, modern=False)
        else:
            return _error(request_id, METHOD_NOT_FOUND, f"Method not found: {method[:100]}")
        if problem := _paged(method, params):
            return _error(request_id, INVALID_PARAMS, problem)
        return self._result(request_id, result, modern=False)

    def _called(self, request_id: str | int, params: dict[str, Any], *, modern: bool) -> Reply:
        name, arguments = params.get("name"), params.get("arguments")
        if not isinstance(name, str) or not isinstance(arguments, dict | None):
            said = "Invalid params: name must be a string, arguments an object"
            return _error(request_id, INVALID_PARAMS, said, modern=modern)
        tool = self.tools.get(name)
        if tool is None:
            said = f"Unknown tool: {name[:100]}. There are {', '.join(self.tools)}."
            return _error(request_id, INVALID_PARAMS, said, modern=modern)
        return self._result(request_id, tool.call(arguments or {}), modern=modern)

    def _listed(self) -> dict[str, Any]:
        return {"tools": [tool.definition() for tool in self.tools.values()]}

    def _info(self) -> dict[str, str]:
        return {"name": self.name, "title": self.title, "version": self.version}

    def _result(self, request_id: str | int, result: dict[str, Any], *, modern: bool) -> Reply:
        if modern:
            signed = {f"{_META}serverInfo": self._info()}
            result = {"resultType": "complete", **result, "_meta": signed}
        return Reply({"jsonrpc": "2.0", "id": request_id, "result": result}, modern=modern)


def is_batch(message: bytes) -> bool:
    """Whether a message holds several: told by how it begins, before it is read."""
    return message.lstrip(b" \t\r\n").startswith(b"[")


def _kept() -> dict[str, Any]:
    return {"ttlMs": TOOLS_STAY_MS, "cacheScope": "public"}


def _paged(method: str, params: dict[str, Any]) -> str:
    """Why a list cannot be paged to where it is asked for; "" where it is not."""
    if method == "tools/list" and params.get("cursor") is not None:
        return "Invalid params: the list has one page, and no cursor was given out"
    return ""


def _id_of(message: Any) -> str | int | None:
    """The id of a request, None where it has none that may be answered to."""
    found = message.get("id") if isinstance(message, dict) else None
    if isinstance(found, str):
        return found
    if isinstance(found, int) and not isinstance(found, bool) and abs(found) <= LARGEST_ID:
        return found
    return None


def _mismatch(headers: Headers, version: Any, method: str, params: dict[str, Any]) -> str:
    """Which header does not repeat the message (streamable-http, "Server Validation"); "" where all do."""
    if headers.version is None or headers.version != version:
        return "MCP-Protocol-Version is not the version in _meta"
    if headers.method != method:
        return "Mcp-Method is not the method of the message"
    if method == "tools/call" and _decoded(headers.name) != params.get("name"):
        return "Mcp-Name is not the name of the tool in the message"
    return ""


def _decoded(value: str | None) -> str | None:
    """A header's value, read as UTF-8 in base64 where it says so; None where that cannot be read."""
    match = _ENCODED.fullmatch(value or "")
    if match is None:
        return value
    try:
        return base64.b64decode(match[1], validate=True).decode()
    except (binascii.Error, ValueError):
        return None


def _unsupported(request_id: str | int | None, version: str | None) -> Reply:
    data = {"supported": [*MODERN, *HANDSHAKE], "requested": (version or "")[:100]}
    return _error(request_id, UNSUPPORTED_VERSION, "Unsupported protocol version", data, modern=True)


def _error(
    request_id: str | int | None, code: int, message: str, data: Any = None, *, modern: bool = False
) -> Reply:
    """An error reply. An id that could not be read is null, as JSON-RPC 2.0 wants it."""
    error = {"code": code, "message": message[:500]} | ({"data": data} if data is not None else {})
    return Reply({"jsonrpc": "2.0", "id": request_id, "error": error}, code, modern)
