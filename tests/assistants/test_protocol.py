"""What `/mcp` answers to messages of each version of the Model Context Protocol, right and wrong ones."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from flask.testing import FlaskClient

from search_app.mcp.protocol import HANDSHAKE, LARGEST_BATCH, LARGEST_MESSAGE
from tests.support.assistant import META, NEWEST, asked, posted

PING = {"jsonrpc": "2.0", "id": 7, "method": "ping"}


def request(method: str, params: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 7, "method": method, "params": params or {}, **more}


# ---------------------------------------------------------------- the newest version


def test_discover_tells_versions_tools_and_how_long_to_keep_them(small_client: FlaskClient) -> None:
    result = asked(small_client, "server/discover").json["result"]
    assert result["supportedVersions"] == [NEWEST, *HANDSHAKE]
    assert result["capabilities"] == {"tools": {}}
    assert (result["resultType"], result["cacheScope"]) == ("complete", "public")
    assert result["ttlMs"] > 0
    assert result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"] == "starchart"
    assert "search" in result["instructions"]


def test_tools_come_in_one_order_with_schemas_and_are_read_only(small_client: FlaskClient) -> None:
    lists = [asked(small_client, "tools/list").json["result"]["tools"] for _ in range(2)]
    assert lists[0] == lists[1]
    assert {"search", "get", "sql", "answer", "compare", "dashboards", "status"} == {
        tool["name"] for tool in lists[0]
    }
    for tool in lists[0]:
        assert tool["annotations"]["readOnlyHint"] is True
        assert tool["inputSchema"]["additionalProperties"] is False
        assert tool["outputSchema"]["type"] == "object"
        assert len(tool["description"]) > 60


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"MCP-Protocol-Version": "2025-11-25"}, -32020),
        ({"MCP-Protocol-Version": ""}, -32020),
        ({"Mcp-Method": "tools/list"}, -32020),
        ({"Mcp-Name": "get"}, -32020),
        ({"Mcp-Name": "=?base64?%%%?="}, -32020),
        ({"Mcp-Name": "=?base64?/w==?="}, -32020),
    ],
)
def test_headers_that_do_not_repeat_the_message_are_refused(
    small_client: FlaskClient, change: dict[str, str], code: int
) -> None:
    headers = {"MCP-Protocol-Version": NEWEST, "Mcp-Method": "tools/call", "Mcp-Name": "status", **change}
    message = request("tools/call", {"name": "status", "arguments": {}, "_meta": META})
    response = posted(small_client, message, headers)
    assert (response.status_code, response.json["error"]["code"], response.json["id"]) == (400, code, 7)


def test_a_name_in_base64_is_read_before_it_is_compared(small_client: FlaskClient) -> None:
    name = f"=?base64?{base64.b64encode(b'status').decode()}?="
    headers = {"MCP-Protocol-Version": NEWEST, "Mcp-Method": "tools/call", "Mcp-Name": name}
    response = posted(small_client, request("tools/call", {"name": "status", "_meta": META}), headers)
    assert response.json["result"]["isError"] is False


@pytest.mark.parametrize("missing", ["protocolVersion", "clientCapabilities"])
def test_a_request_without_what_each_must_say_is_refused(small_client: FlaskClient, missing: str) -> None:
    meta = {name: value for name, value in META.items() if not name.endswith(missing)}
    headers = {"MCP-Protocol-Version": NEWEST, "Mcp-Method": "tools/list"}
    response = posted(small_client, request("tools/list", {"_meta": meta}), headers)
    assert (response.status_code, response.json["error"]["code"]) == (400, -32602)
    assert missing in response.json["error"]["message"]


def test_an_unknown_version_is_answered_with_those_that_there_are(small_client: FlaskClient) -> None:
    for headers in ({}, {"Mcp-Method": "tools/list"}):
        meta = {**META, "io.modelcontextprotocol/protocolVersion": "1900-01-01"}
        both = {"MCP-Protocol-Version": "1900-01-01", "Mcp-Method": "tools/list", **headers}
        response = posted(small_client, request("tools/list", {"_meta": meta}), both)
        error = response.json["error"]
        assert (response.status_code, error["code"]) == (400, -32022)
        assert error["data"] == {"supported": [NEWEST, *HANDSHAKE], "requested": "1900-01-01"}


def test_a_method_that_there_is_not_is_404_in_the_newest_version_only(small_client: FlaskClient) -> None:
    for method in ("ping", "initialize", "resources/list", "subscriptions/listen", "tools/Call", ""):
        response = asked(small_client, method)
        assert (response.status_code, response.json["error"]["code"]) == (404, -32601)
    older = posted(small_client, request("resources/list"))
    assert (older.status_code, older.json["error"]["code"]) == (200, -32601)


# ---------------------------------------------------------------- the handshake of older versions


@pytest.mark.parametrize(
    ("wanted", "agreed"), [*((each, each) for each in HANDSHAKE), (NEWEST, HANDSHAKE[0]), ("x", HANDSHAKE[0])]
)
def test_the_handshake_agrees_on_a_version(small_client: FlaskClient, wanted: str, agreed: str) -> None:
    params = {"protocolVersion": wanted, "capabilities": {}, "clientInfo": {"name": "a", "version": "1"}}
    response = posted(small_client, request("initialize", params))
    assert response.json["result"]["protocolVersion"] == agreed
    assert response.json["result"]["serverInfo"]["name"] == "starchart"
    assert "Mcp-Session-Id" not in response.headers


@pytest.mark.parametrize("version", HANDSHAKE)
def test_older_versions_list_and_call_tools(small_client: FlaskClient, version: str) -> None:
    headers = {"MCP-Protocol-Version": version}
    listed = posted(small_client, request("tools/list"), headers).json["result"]
    assert "resultType" not in listed
    assert len(listed["tools"]) >= 5
    call = request("tools/call", {"name": "status", "arguments": {}})
    assert posted(small_client, call, headers).json["result"]["structuredContent"]["generation"]
    assert posted(small_client, PING, headers).json == {"jsonrpc": "2.0", "id": 7, "result": {}}


def test_notifications_and_answers_are_accepted_without_a_word(small_client: FlaskClient) -> None:
    for message in (
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}},
        {"jsonrpc": "2.0", "method": "notifications/nobody/knows"},
        {"jsonrpc": "2.0", "id": 3, "result": {}},
        {"jsonrpc": "2.0", "id": 3, "error": {"code": 1, "message": "no"}},
    ):
        response = posted(small_client, message)
        assert (response.status_code, response.data) == (202, b"")


def test_the_newest_version_takes_notifications_but_no_answers(small_client: FlaskClient) -> None:
    headers = {"MCP-Protocol-Version": NEWEST}
    note = {"jsonrpc": "2.0", "method": "notifications/cancelled"}
    assert posted(small_client, note, headers).status_code == 202
    answer = posted(small_client, {"jsonrpc": "2.0", "id": 3, "result": {}}, headers)
    assert (answer.status_code, answer.json["error"]["code"]) == (400, -32600)


def test_an_unknown_version_in_the_header_is_400_whatever_is_asked(small_client: FlaskClient) -> None:
    note = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    for message in (PING, note, request("initialize", {"protocolVersion": "2025-06-18"})):
        response = posted(small_client, message, {"MCP-Protocol-Version": "2024-01-01"})
        assert (response.status_code, response.json["error"]["code"]) == (400, -32022)


# ---------------------------------------------------------------- batches


def test_batches_are_answered_in_the_one_version_that_has_them(small_client: FlaskClient) -> None:
    note = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    batch = [PING, note, {**PING, "id": "b"}, {**PING, "method": "no"}, 5]
    response = posted(small_client, batch, {"MCP-Protocol-Version": "2025-03-26"})
    assert [each["id"] for each in response.json] == [7, "b", 7, None]
    assert [each.get("error", {}).get("code") for each in response.json] == [None, None, -32601, -32600]
    assert posted(small_client, batch).status_code == 200  # without a header it is that version
    for version in (*HANDSHAKE, NEWEST):
        if version != "2025-03-26":
            refused = posted(small_client, batch, {"MCP-Protocol-Version": version})
            assert (refused.status_code, refused.json["error"]["code"]) == (400, -32600)


def test_a_batch_of_notifications_is_accepted_and_an_odd_one_refused(small_client: FlaskClient) -> None:
    note = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    assert posted(small_client, [note, note]).status_code == 202
    for batch in ([], [PING] * (LARGEST_BATCH + 1)):
        response = posted(small_client, batch)
        assert (response.status_code, response.json["error"]["code"]) == (400, -32600)
    opened = posted(small_client, [request("initialize", {"protocolVersion": "2025-03-26"})])
    assert opened.json[0]["error"]["code"] == -32600


# ---------------------------------------------------------------- over HTTP


def test_only_post_is_answered(small_client: FlaskClient) -> None:
    for method in ("GET", "DELETE", "PUT", "PATCH", "OPTIONS", "HEAD"):
        response = small_client.open("/mcp", method=method, headers={"Accept": "text/event-stream"})
        assert (response.status_code, response.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost", 200), ("http://localhost:5173", 200), ("http://127.0.0.1:8000", 200),
        ("https://evil.example", 403), ("http://evil.example:80", 403), ("null", 403), ("", 403),
        ("http://localhost.evil.example", 403), ("http://evil.example/localhost", 403), ("http://[::1", 403),
        ("file://", 403), ("http://localhost@evil.example", 403),
    ],
)  # fmt: skip
def test_pages_of_strangers_are_refused(small_client: FlaskClient, origin: str, status: int) -> None:
    assert posted(small_client, PING, {"Origin": origin}).status_code == status


def test_a_large_message_and_another_type_are_refused(small_client: FlaskClient) -> None:
    large = posted(small_client, b'{"jsonrpc": "2.0", "id": 1, "method": "' + b"x" * LARGEST_MESSAGE + b'"}')
    assert (large.status_code, large.json["error"]["code"]) == (413, -32600)
    assert posted(small_client, b"a=b", {"Content-Type": "text/plain"}).status_code == 415
    assert posted(small_client, PING, {"Accept": "text/html"}).status_code == 406
    assert posted(small_client, PING, {"Accept": "application/json, text/event-stream"}).status_code == 200


def test_nothing_else_may_be_posted(small_client: FlaskClient) -> None:
    assert small_client.post("/api/v1/search", data=b"x").status_code in (405, 413)
    assert small_client.post("/", data=b"x" * 100).status_code in (405, 413)
