"""By hand (make soak): two hundred slow clients beside ordinary ones, who must hardly notice."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.servers import served

pytestmark = pytest.mark.soak

SECONDS = 60
SLOW = 200
ORDINARY = 4  # clients, each with one request after another
GROUPS = (
    20  # of slow clients, each with its turn: in one go their requests would be a flood every half second
)
PAGES = ("/?q=gc+pause", "/api/v1/search?q=clients_daily", "/?q=search+app:fenix", "/suggest?q=gc", "/help")


@contextmanager
def dripping(server: str, piece: Callable[[int, int], bytes], each_seconds: float) -> Iterator[list[int]]:
    """SLOW connections that send a piece every so often, and are opened again when the server ends them."""
    parts = urlsplit(server)
    over, opened = threading.Event(), [0]

    def drip() -> None:
        slow: list[socket.socket | None] = [None] * SLOW
        turn = 0
        while not over.is_set():
            step, group = divmod(turn, GROUPS)
            for place in range(group, SLOW, GROUPS):
                try:
                    connection = slow[place]
                    if connection is None:
                        connection = slow[place] = socket.socket()
                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
                        connection.settimeout(5)
                        connection.connect((parts.hostname, parts.port))
                        opened[0] += 1
                    connection.sendall(piece(step, place))
                except OSError:
                    slow[place] = None
            turn += 1
            over.wait(each_seconds / GROUPS)
        for connection in slow:
            if connection is not None:
                connection.close()

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield opened
    finally:
        over.set()
        thread.join(30)


def letter_by_letter(step: int, place: int) -> bytes:
    return (b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + b"y" * 10_000)[step : step + 1]


def asked_and_never_read(step: int, place: int) -> bytes:
    """A results page every ten seconds, of which nothing is ever taken. All at once were a flood."""
    request = b"GET /?q=gc+pause HTTP/1.1\r\nHost: localhost\r\n\r\n"
    return request if (step + place // GROUPS) % 20 == 0 else b""


def times(server: str, seconds: float) -> list[float]:
    """Seconds of each answer to ordinary clients; an answer that is none fails."""

    def one(number: int) -> list[float]:
        found: list[float] = []
        until, count = time.monotonic() + seconds, number
        connection = HTTPConnection(urlsplit(server).netloc, timeout=30)
        while time.monotonic() < until:
            started = time.monotonic()
            connection.request("GET", PAGES[count % len(PAGES)])
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200
            found.append(time.monotonic() - started)
            count += 1
            time.sleep(0.02)
        connection.close()
        return found

    with ThreadPoolExecutor(ORDINARY) as clients:
        return sorted(each for row in clients.map(one, range(ORDINARY)) for each in row)


def at(found: list[float], share: float) -> float:
    """A percentile, in milliseconds."""
    return 1000 * found[min(len(found) - 1, int(share * len(found)))]


@pytest.mark.parametrize("piece", [letter_by_letter, asked_and_never_read])
def test_ordinary_clients_are_all_answered_and_at_most_three_times_as_slow(
    mirror_data: Path, piece: Callable[[int, int], bytes]
) -> None:
    """Alone before and after, since others work on the same machine."""
    with served(mirror_data, workers=2) as server:
        times(server, 5)
        alone = times(server, SECONDS / 2)
        with dripping(server, piece, 0.5) as opened:
            beside = times(server, SECONDS)
        time.sleep(3)  # until the server has done with those who went
        alone = sorted([*alone, *times(server, SECONDS / 2)])
    for what, found in (("alone", alone), (f"beside {SLOW} slow ({opened[0]} in all)", beside)):
        told = f"p50 {at(found, 0.5):.1f} p99 {at(found, 0.99):.1f} ms"
        print(f"\n{piece.__name__}: {what}: {len(found)} answers, {told}")
    assert at(beside, 0.99) <= 3 * at(alone, 0.99)
