"""What only a real server shows: addresses as they come over the wire, and requests that are none."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import quote, urlsplit
from urllib.request import urlopen

import pytest

from indexer.config import Config
from tests.support.servers import served


@pytest.fixture(scope="module")
def server(small_config: Config) -> Iterator[str]:
    with served(small_config.data_dir) as base:
        yield base


def raw(server: str, request: bytes) -> bytes:
    """What comes back for these very bytes."""
    parts = urlsplit(server)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
        return answer


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize("letter", ["x", "é", "語", "🔭"])
def test_the_longest_query_arrives_in_every_script(server: str, letter: str) -> None:
    count = 500 if len(quote(letter)) < 12 else 480
    with urlopen(f"{server}/api/v1/search?q={quote(letter * count)}", timeout=20) as response:
        assert json.load(response)["query"]["q"] == letter * count


@pytest.mark.parametrize(
    ("request_bytes", "statuses"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", {200}),
        (b"HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", {200}),
        (b"GET / HTTP/1.0\r\n\r\n", {200}),
        (b"GET //evil.example/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", {404}),
        (b"GET /\\evil.example HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", {400, 404}),
        (b"GET /%00%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", {400, 404}),
        (b"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", {400, 404}),
        (b"GET /static/../app.py HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", {400, 404}),
        (b"GET /static/%2e%2e/app.py HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", {400, 404}),
        (b"GET /?q=%ff%fe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", {200}),
        (b"BREW / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", {400, 405}),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc", {405, 413}),
        (b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", {400, 505}),
        (b"nonsense\r\n\r\n", {400}),
        (b"GET /" + b"x" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", {400, 414}),
        (b"GET / HTTP/1.1\r\nX: " + b"y" * 20_000 + b"\r\n\r\n", {400, 431}),
    ],
)
def test_odd_requests_are_answered_and_harm_nothing(
    server: str, request_bytes: bytes, statuses: set[int]
) -> None:
    assert status(raw(server, request_bytes)) in statuses
    assert status(raw(server, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")) == 200


@pytest.mark.parametrize("sent", [b"", b"G", b"GET / HTTP/1.1\r\nHost: x\r\nX: "])
def test_connections_that_never_get_done_keep_nobody_waiting(server: str, sent: bytes) -> None:
    """A browser opens some before it knows what to ask; others mean harm: twelve stopped two workers."""
    parts = urlsplit(server)
    slow = [socket.create_connection((parts.hostname, parts.port)) for _ in range(200)]
    try:
        for connection in slow:
            connection.sendall(sent)
        with urlopen(f"{server}/healthz", timeout=20) as response:
            assert response.read() == b"ok\n"
    finally:
        for connection in slow:
            connection.close()


def test_the_readers_that_take_their_time_keep_nobody_waiting(server: str) -> None:
    parts = urlsplit(server)
    slow = []
    try:
        for _ in range(40):
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
            connection.connect((parts.hostname, parts.port))
            connection.sendall(b"GET /static/starchart.css HTTP/1.1\r\nHost: x\r\n\r\n" * 30)
            slow.append(connection)
        with urlopen(f"{server}/?q=gc", timeout=20) as response:
            assert response.status == 200
    finally:
        for connection in slow:
            connection.close()


def test_too_long_a_request_line_on_the_json_interface_is_told_as_json(server: str) -> None:
    answer = raw(server, b"GET /api/v1/search?q=" + b"x" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert status(answer) == 414
    assert b"Content-Type: application/json" in head
    assert json.loads(body)["error"]["code"] == "too_long"


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "Script-Name", "X-Script-Name", "PATH_INFO"])
def test_nobody_moves_the_root_of_the_site(server: str, name: str) -> None:
    request = f"GET /go?q=GC_MS HTTP/1.1\r\nHost: x\r\n{name}: /evil\r\nConnection: close\r\n\r\n"
    answer = raw(server, request.encode())
    assert status(answer) == 302
    assert b"evil" not in answer


def test_one_connection_serves_a_page_and_what_belongs_to_it(server: str) -> None:
    connection = HTTPConnection(urlsplit(server).netloc, timeout=20)
    try:
        for path in ("/?q=gc", "/suggest?q=gc", "/nothing-here", "/api/v1/search?q=gc"):
            connection.request("GET", path)
            answer = connection.getresponse()
            assert int(answer.headers["Content-Length"]) == len(answer.read()) > 0
            assert not answer.will_close
    finally:
        connection.close()


def test_a_foreign_host_header_stays_out_of_redirects(server: str) -> None:
    request = b"GET /go?q=GC_MS HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    answer = raw(server, request)
    assert status(answer) == 302
    assert b"Location: /probe/histogram/GC_MS\r\n" in answer
