"""Two hundred calls that mean harm or are merely broken: each is an error that says so, none is a 500."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from search_app.mcp.stdio import serve_streams
from search_app.web.assistants.tools import server
from tests.support.assistant import META, NEWEST, asked, posted

TOOLS = ("search", "get", "sql", "answer", "compare", "dashboards", "status")
WRONG: tuple[Any, ...] = (
    0, -1, 1.5, 1e308, True, [], {}, [[]], {"a": {"b": []}}, "", "\0", "\u202e\U000e0041", "x" * 5_000,
    10**30, ["metric"] * 50, {"$ref": "file:///etc/passwd"},
)  # fmt: skip
NAMES = (
    "", "Search", "search ", "../search", "search\0", "__class__", "tools/call", "x" * 5_000,
    "sql; DROP TABLE", "{{7*7}}", "\ufeffsearch", None, 5, ["search"], {"name": "search"}, True,
)  # fmt: skip
IDS = (
    "/", "//", "..", "../../etc/passwd", "metric/", "metric//", "table/`", "table/'; DROP TABLE item; --",
    "probe/event/#", "doc/#", "doc/a.md#\0", "app/%00", "app/\n", "metric/fenix/" + "a." * 200, "\u202e", "*",
    "kind:metric", '"', "(", "OR", "-", "!glam", "<script>alert(1)</script>", "${jndi:ldap://x}",
    "app/\U0010ffff",
)  # fmt: skip
BROKEN = (
    b"", b" ", b"\0", b"{", b"}", b"[", b'"', b"nul", b"NaN", b"Infinity", b"-", b"1e", b"{]", b"{,}", b"'a'",
    b'{"a":1,}', b"\xff\xfe", b'{"a": "\xc3\x28"}', b'{"a": "\\ud800"}', b'{"a": "\\udc00\\ud800"}',
    b'{"a": "\\x"}', b"[" * 10_000, b'{"a":' * 10_000, b"[" * 300 + b"]" * 300, b"1" * 10_000,
    b"\xef\xbb\xbf{}", b"<xml/>", b"GET / HTTP/1.1\r\n\r\n", b"{}{}", b'{"jsonrpc": "2.0"', b"\xed\xa0\x80",
)  # fmt: skip
NO_REQUEST: tuple[Any, ...] = (
    None, 0, 1.5, True, "ping", {}, [[]], [None], {"jsonrpc": 2.0, "id": 1, "method": "ping"},
    {"jsonrpc": "1.0", "id": 1, "method": "ping"}, {"id": 1, "method": "ping"},
    *({"jsonrpc": "2.0", "id": each, "method": "ping"} for each in (
        None, True, 1.5, [], {}, ["a"], {"a": 1}, 10**30, -(10**30), 1e300)),
    *({"jsonrpc": "2.0", "id": 1, "method": each} for each in (None, 5, [], {}, True)),
    {"jsonrpc": "2.0", "id": 1}, {"jsonrpc": "2.0"}, {"jsonrpc": "2.0", "method": 5},
)  # fmt: skip
PARAMS: tuple[Any, ...] = ([], "a", 5, True, [1, 2], [{}])
METHODS = (
    "", "rpc.discover", "tools", "tools/", "TOOLS/LIST", "resources/read", "prompts/get", "__init__",
    "completion/complete", "logging/setLevel", "sampling/createMessage", "x" * 5_000, "tools/call\0", "a\nb",
)  # fmt: skip


def hostile_calls() -> list[tuple[str, dict[str, Any]]]:
    """Tool and arguments: every argument of every tool with everything that it must not be."""
    arguments = {"search": "query", "get": "id", "sql": "id", "dashboards": "shows", "status": "nothing"}
    arguments |= {"answer": "question", "compare": "ids"}
    calls: list[tuple[str, dict[str, Any]]] = [
        (tool, {arguments[tool]: value}) for tool in TOOLS for value in WRONG
    ]
    calls += [(tool, {"id": value}) for tool in ("get", "sql") for value in IDS]
    calls += [("search", {"query": "a", "limit": value}) for value in (0, -1, 21, 10**30, 1.5, True, "5", [])]
    calls += [("search", {"query": "a", "kind": value}) for value in ("metric", ["x"], [1], [None], {}, 5)]
    calls += [("get", {"id": "app/fenix", name: 1}) for name in ("", "__class__", "self", "id ", "columns")]
    return calls


MEANT_WELL = {  # what of the above is a question with an answer, if an empty one
    ("search", "query"): {"\0", "\u202e\U000e0041"},
    ("answer", "question"): {"\0", "\u202e\U000e0041"},
}


def test_there_are_two_hundred_of_them() -> None:
    assert len(hostile_calls()) + len(NAMES) + len(BROKEN) + len(NO_REQUEST) + len(METHODS) >= 200


@pytest.mark.parametrize("newest", [True, False])
def test_no_argument_breaks_a_tool(small_client: FlaskClient, newest: bool) -> None:
    for tool, arguments in hostile_calls():
        params = {"name": tool, "arguments": arguments}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        response = asked(small_client, "tools/call", params) if newest else posted(small_client, message)
        assert response.status_code == 200, (tool, arguments, response.text)
        result = response.json["result"]
        name, value = next(iter(arguments.items()))
        if isinstance(value, str) and value in MEANT_WELL.get((tool, name), ()):
            continue
        assert result["isError"] is True, (tool, arguments, result)
        assert 5 < len(result["content"][0]["text"]) < 2_500


def test_unknown_tools_and_odd_parameters_are_invalid(small_client: FlaskClient) -> None:
    for name in NAMES:
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name}}
        error = posted(small_client, message).json["error"]
        assert error["code"] == -32602
        assert len(error["message"]) <= 500
    for arguments in PARAMS:
        params = {"name": "status", "arguments": arguments}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        assert posted(small_client, message).json["error"]["code"] == -32602
    for odd in PARAMS:
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": odd}
        assert posted(small_client, message).json["error"]["code"] == -32602
    for cursor in ("x", 5, [], "\0"):
        assert asked(small_client, "tools/list", {"cursor": cursor}).json["error"]["code"] == -32602


def test_what_is_no_json_is_a_parse_error(small_client: FlaskClient) -> None:
    for text in BROKEN:
        for headers in ({}, {"MCP-Protocol-Version": NEWEST}):
            response = posted(small_client, text, headers)
            if response.json["error"]["code"] == -32600:  # JSON after all, but no request
                json.loads(text)
            else:
                assert response.json["error"]["code"] == -32700, text
            assert (response.status_code, response.json["id"]) == (400, None)


def test_what_is_no_request_is_invalid(small_client: FlaskClient) -> None:
    for message in NO_REQUEST:
        response = posted(small_client, json.dumps(message).encode())
        body = response.json[0] if isinstance(response.json, list) else response.json
        assert body["error"]["code"] == -32600, message
        assert body["id"] in (None, 1)


def test_unknown_methods_are_not_found(small_client: FlaskClient) -> None:
    for method in METHODS:
        message = {"jsonrpc": "2.0", "id": "a", "method": method, "params": {}}
        error = posted(small_client, message).json
        assert (error["error"]["code"], error["id"]) == (-32601, "a")


def test_what_a_request_says_of_itself_may_be_anything(small_client: FlaskClient) -> None:
    for value in (None, 5, [], {}, True, "x" * 5_000, {"a": [1]}):
        for name in META:
            headers = {"MCP-Protocol-Version": NEWEST, "Mcp-Method": "tools/list"}
            params = {"_meta": {**META, name: value}}
            message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": params}
            assert posted(small_client, message, headers).status_code in (200, 400)
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": value}}
        assert posted(small_client, message, {"MCP-Protocol-Version": NEWEST}).status_code == 400
    for header in ("2026-07-28, 2026-07-28", "\u00e9", "x" * 5_000, "26-7-28"):
        ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
        response = posted(small_client, ping, {"MCP-Protocol-Version": header})
        assert (response.status_code, response.json["error"]["code"]) == (400, -32022)


def test_an_id_is_given_back_as_it_came_and_nothing_else_is(small_client: FlaskClient) -> None:
    for request_id in ("", "\n\r\0", "</script>", "x" * 5_000, 0, -5, 2**53, "1"):
        message = {"jsonrpc": "2.0", "id": request_id, "method": "ping", "injected": "secret"}
        response = posted(small_client, message)
        assert response.json == {"jsonrpc": "2.0", "id": request_id, "result": {}}
        assert b"secret" not in response.data
        assert response.data.count(b"\n") == 0


def test_streams_survive_all_of_it_and_carry_nothing_but_messages(small_client: FlaskClient) -> None:
    lines = [text.replace(b"\n", b" ") for text in BROKEN]
    lines += [json.dumps(message).encode() for message in NO_REQUEST]
    lines += [b"x" * 200_000, b'{"jsonrpc":"2.0","id":"last","method":"ping"}']
    outgoing = io.BytesIO()
    with small_client.application.test_request_context("/mcp"):
        serve_streams(
            lambda message, agreed: server().answer(message, agreed=agreed),
            io.BytesIO(b"\n".join(lines)),
            outgoing,
        )
    answers = [json.loads(line) for line in outgoing.getvalue().splitlines()]
    told = [each["error"]["code"] for each in answers[:-1] if isinstance(each, dict)]
    assert set(told) == {-32700, -32600}
    assert len(answers) > 40
    assert answers[-1] == {"jsonrpc": "2.0", "id": "last", "result": {}}


def test_a_mistake_of_ours_ends_no_stream(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_message: bytes, _agreed: str) -> Any:
        raise ZeroDivisionError

    outgoing = io.BytesIO()
    serve_streams(broken, io.BytesIO(b'{"id": 1}\n{"id": 2}\n[1]\n'), outgoing)
    answers = [json.loads(line) for line in outgoing.getvalue().splitlines()]
    assert [each["id"] for each in answers] == [1, 2, None]
    assert {each["error"]["code"] for each in answers} == {-32603}
    assert "ZeroDivisionError" in caplog.text
