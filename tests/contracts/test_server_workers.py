"""A server of two workers: what both count is told by either, and no wait is without an end."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable, Iterator
from itertools import repeat
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support.servers import served

ENDS = "server: {request_seconds: 0.5, answer_seconds: 1}\n"

pytestmark = pytest.mark.slow  # a server of several workers; test_contracts_server.py has the fast one


@pytest.fixture(scope="module")
def server(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = tmp_path_factory.mktemp("settings") / "own.yaml"
    settings.write_text(ENDS)
    with served(sample_data, workers=2, environment={"STARCHART_CONFIG": str(settings)}) as base:
        yield base


def numbers(server: str) -> dict[tuple[str, tuple[str, ...]], float]:
    """Every sample of /metrics, by its name and the values of its labels."""
    with urlopen(f"{server}/metrics", timeout=20) as response:
        assert response.headers["Content-Type"].startswith("text/plain; version=")
        text = response.read().decode()
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_either_worker_tells_what_both_of_them_answered(server: str) -> None:
    before = numbers(server).get(("starchart_responses_total", ("pages.search", "200")), 0)
    for _ in range(30):
        with urlopen(f"{server}/?q=gc", timeout=20) as response:
            response.read()
    for _ in range(6):
        now = numbers(server)
        assert now["starchart_responses_total", ("pages.search", "200")] == before + 30
        assert now["starchart_response_seconds_count", ("pages.search",)] == before + 30


def test_searches_without_hits_are_counted(server: str) -> None:
    before = numbers(server)
    for q in ("gc", "zzqqyyxx", "kind:tool%20zzqqyyxx"):
        for path in ("/", "/api/v1/search"):
            with urlopen(f"{server}{path}?q={q}", timeout=20) as response:
                response.read()
    now = numbers(server)

    def grown(name: str) -> float:
        return now[name, ()] - before.get((name, ()), 0)

    assert grown("starchart_searches_total") == 6
    assert grown("starchart_searches_without_hits_total") == 4


def test_the_generation_is_told(server: str) -> None:
    now = numbers(server)
    assert (now["starchart_ready", ()], now["starchart_sample", ()]) == (1, 1)
    assert now["starchart_generation_age_seconds", ()] >= 0


def seconds_until_closed(server: str, sent: bytes) -> float:
    parts = urlsplit(server)
    started = time.monotonic()
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        connection.sendall(sent)
        while connection.recv(65_536):
            pass
    return time.monotonic() - started


@pytest.mark.parametrize(
    "sent",
    [b"", b"G", b"GET / HTTP/1.1\r\nHost: x\r\nX: ", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"],
    ids=["nothing", "a letter", "half a header", "a whole request, and then nothing"],
)
def test_a_connection_that_says_no_more_is_closed(server: str, sent: bytes) -> None:
    assert seconds_until_closed(server, sent) < 10


def send_slowly(connection: socket.socket, pieces: Iterable[bytes]) -> None:
    """Ten pieces a second; ends with the error that tells that the other side is gone."""
    for piece in pieces:
        connection.sendall(piece)
        time.sleep(0.1)


def test_a_request_that_comes_letter_by_letter_is_not_waited_for(server: str) -> None:
    parts = urlsplit(server)
    request = b"GET / HTTP/1.1\r\nX: " + b"y" * 100
    with (
        socket.create_connection((parts.hostname, parts.port), timeout=20) as connection,
        pytest.raises(ConnectionError),
    ):
        send_slowly(connection, (bytes([letter]) for letter in request))


def test_an_answer_that_nobody_takes_is_given_up(server: str) -> None:
    """Nothing is ever taken; what is asked for further tells that the other side is gone."""
    parts = urlsplit(server)
    request = b"GET /static/starchart.css HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
        connection.connect((parts.hostname, parts.port))
        connection.settimeout(20)
        with pytest.raises(ConnectionError):
            send_slowly(connection, repeat(request * 400, 150))
    with urlopen(f"{server}/healthz", timeout=20) as response:
        assert response.status == 200
