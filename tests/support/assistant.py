"""Messages of an assistant to `/mcp` of an application, without a server between."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

NEWEST = "2026-07-28"
META = {
    "io.modelcontextprotocol/protocolVersion": NEWEST,
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": {"name": "a test", "version": "1"},
}


def posted(client: FlaskClient, message: Any, headers: dict[str, str] | None = None) -> TestResponse:
    """A message, or text as it stands, as an older client sends it: no header says more."""
    body = {"data": message} if isinstance(message, bytes) else {"json": message}
    return client.post("/mcp", **body, headers={"Content-Type": "application/json", **(headers or {})})


def asked(client: FlaskClient, method: str, params: dict[str, Any] | None = None) -> TestResponse:
    """A request as clients of the newest version send it."""
    params = params or {}
    headers = {"MCP-Protocol-Version": NEWEST, "Mcp-Method": method}
    if "name" in params:
        headers["Mcp-Name"] = params["name"]
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, "_meta": META}}
    return posted(client, message, headers)


def called(client: FlaskClient, tool: str, **arguments: Any) -> dict[str, Any]:
    """The result of a tool: its data, or with `isError` why there is none."""
    response = asked(client, "tools/call", {"name": tool, "arguments": arguments})
    assert response.status_code == 200, response.text
    result: dict[str, Any] = response.json["result"]
    return result


def answered(client: FlaskClient, tool: str, **arguments: Any) -> dict[str, Any]:
    """The data that a tool gives."""
    result = called(client, tool, **arguments)
    assert not result["isError"], result
    data: dict[str, Any] = result["structuredContent"]
    return data
