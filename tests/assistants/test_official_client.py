"""The official client of the Model Context Protocol asks a real server, and `starchart mcp` over streams."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:  # the package takes long to import: by the tests that ask, not by all that are collected
    from mcp import StdioServerParameters
    from mcp.client.client import Client

pytestmark = pytest.mark.slow
Mode = Literal["auto", "legacy"]
MODES: tuple[Mode, ...] = ("auto", "legacy")
VERSION = {"auto": "2026-07-28", "legacy": "2025-11-25"}


def streams(data: Path) -> StdioServerParameters:
    from mcp import StdioServerParameters

    environment = {**os.environ, "STARCHART_DATA_DIR": str(data)}
    return StdioServerParameters(
        command=sys.executable, args=["-m", "search_app.cli", "--quiet", "mcp"], env=environment
    )


def in_a_loop(talk: Coroutine[Any, Any, None]) -> None:
    """In a thread of its own: where a browser test ran before, this one has a loop already."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, talk).result()


def conversation(server: Any, mode: Mode, talk: Callable[[Client], Awaitable[None]]) -> None:
    from mcp.client.client import Client

    async def run() -> None:
        async with Client(server, mode=mode, read_timeout_seconds=60) as client:
            assert client.protocol_version == VERSION[mode]
            assert client.instructions
            await talk(client)

    in_a_loop(run())


async def every_tool(client: Client) -> None:
    """Each tool is listed and called; the client itself checks each answer against its schema."""
    from mcp import MCPError

    listed = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert {"search", "get", "sql", "answer", "compare", "dashboards", "status"} == set(listed)
    assert all(tool.annotations and tool.annotations.read_only_hint for tool in listed.values())
    found = (
        await client.call_tool("search", {"query": "gc", "kind": ["metric", "probe"]})
    ).structured_content
    assert found["total"] >= 1
    for hit in found["hits"]:
        thing = (await client.call_tool("get", {"id": hit["id"]})).structured_content
        assert thing["id"] == hit["id"]
        assert (await client.call_tool("sql", {"id": hit["id"]})).structured_content["id"] == hit["id"]
    answered = await client.call_tool("answer", {"question": "is GC_MS alive"})
    assert answered.structured_content["url"]
    ids = [hit["id"] for hit in found["hits"]]
    if len(ids) > 1:
        compared = await client.call_tool("compare", {"ids": ids[:2]})
        assert [each["id"] for each in compared.structured_content["things"]] == ids[:2]
    assert (await client.call_tool("dashboards", {"query": "fenix"})).structured_content["total"] >= 0
    assert (await client.call_tool("status", {})).structured_content["generation"]
    wrong = await client.call_tool("search", {"query": "gc", "limit": 1000})
    assert wrong.is_error
    assert "limit" in wrong.content[0].text
    with pytest.raises(MCPError, match="Unknown tool"):
        await client.call_tool("no such tool", {})


@pytest.mark.parametrize("mode", MODES)
def test_the_client_gets_answers_over_http(sample_server: str, mode: Mode) -> None:
    conversation(f"{sample_server}/mcp", mode, every_tool)


@pytest.mark.parametrize("mode", MODES)
def test_the_client_gets_answers_over_streams(sample_data: Path, mode: Mode) -> None:
    conversation(streams(sample_data), mode, every_tool)


def test_a_body_of_untold_length_has_the_same_bound(sample_server: str) -> None:
    connection = HTTPConnection(urlsplit(sample_server).netloc, timeout=20)
    pieces = (b" " * 1_000 for _ in range(300))
    connection.request("POST", "/mcp", pieces, {"Content-Type": "application/json"}, encode_chunked=True)
    assert connection.getresponse().status == 413


def test_half_a_message_holds_nobody_up_and_is_refused_when_it_ends(sample_server: str) -> None:
    place = urlsplit(sample_server)
    head = b"POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    halves = [socket.create_connection((place.hostname, place.port), timeout=20) for _ in range(30)]
    for half in halves:
        half.sendall(head + b'Content-Length: 60000\r\n\r\n{"jsonrpc":')
    conversation(f"{sample_server}/mcp", "auto", every_tool)
    halves[0].shutdown(socket.SHUT_WR)
    assert halves[0].recv(200).startswith(b"HTTP/1.1 400 ")
    for half in halves:
        half.close()


def test_ten_clients_at_once_get_their_own_answers(sample_server: str) -> None:
    from mcp.client.client import Client

    async def one(number: int) -> None:
        async with Client(f"{sample_server}/mcp", read_timeout_seconds=60) as client:
            wanted = {"query": "fenix", "limit": number + 1}
            found = (await client.call_tool("search", wanted)).structured_content
            assert len(found["hits"]) == min(number + 1, found["total"])

    async def all_of_them() -> None:
        await asyncio.gather(*(one(number) for number in range(10)))

    in_a_loop(all_of_them())
