"""A new generation, asked over HTTP before readers see it: a real server of it, and a few dozen questions.

The server loads what it does while the generation is built, and waits for it. It is asked from two sides.

What it must know is taken from itself: some things of each kind, each of which must have its page and its
JSON, be found by its name and be completed; and every page that needs no thing must answer.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from indexer.config import Config
from indexer.index.generation import FOLDER, POINTER, GenerationRefused, read_manifest
from indexer.runtime.locking import folder_of_process
from indexer.runtime.processes import ON_CALL, PARENT
from search_app.ports import free_port

if TYPE_CHECKING:
    from indexer.build_job import Trial

START_SECONDS = 90.0  # until the server answers; a busy machine needs some
ANSWER_SECONDS = 30.0
THINGS = 3  # of each kind
SIDES = 2  # connections that ask at once, and workers: a build leaves two cores to its trial
MOST_UNFOUND = 0.1  # share of the things asked for that need not be found by their names: some are called "*"
TOLD = 3  # failures, in the message
PAGES = (
    *("/", "/map", "/status", "/help", "/about", "/opensearch.xml", "/feed.atom?q=", "/export.csv?q=gc"),
    *("/export.json?q=gc", "/api/openapi.json", "/api/v1/status", "/metrics", "/?q=gc+pause", "/?q=zzqqyyxx"),
)

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Trying:
    """A connection to the server under trial, and what went wrong there."""

    connection: HTTPConnection
    asked: int = 0
    things: int = 0
    unfound: int = 0
    failures: list[str] = field(default_factory=list)

    def get(self, path: str) -> bytes:
        """The body of an answer; what is no 200 is noted as a failure, with an empty body."""
        self.asked += 1
        self.connection.request("GET", path)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status == 200:
            return body
        self.failures.append(f"{path[:120]} answers {answer.status}")
        return b""

    def get_json(self, path: str) -> dict[str, Any]:
        """An answer's object; empty where there was none."""
        found: dict[str, Any] = json.loads(self.get(path) or b"{}")
        return found


def trial_of(config: Config) -> Trial | None:
    """What tries a new generation under these settings; None where they want no trial."""
    return partial(trying, config) if config.generations.trial else None


@contextmanager
def trying(config: Config) -> Iterator[Callable[[Path], None]]:
    """Lets a server get ready, and gives what asks a generation, in its folder, through it.

    That raises GenerationRefused.
    """
    with _server(config) as server:
        yield partial(_try, server)


def _try(server: _Server, folder: Path) -> None:
    started = time.monotonic()
    try:
        with server.asked(folder) as sides:
            _ask(sides, read_manifest(folder).counts)
    except (OSError, HTTPException, ValueError) as error:
        raise GenerationRefused(f"a server of it does not answer as it should: {error}") from error
    unfound, things = sum(each.unfound for each in sides), sum(each.things for each in sides)
    failures = [failure for each in sides for failure in each.failures]
    if unfound > MOST_UNFOUND * things:
        failures.append(f"{unfound} of {things} things are not found by their names")
    if failures:
        told = "; ".join(failures[:TOLD])
        raise GenerationRefused(f"asked over HTTP, {len(failures)} answers are wrong: {told}")
    asked = sum(each.asked for each in sides)
    log.info("trial questions=%d seconds=%.1f", asked, time.monotonic() - started)


def _ask(sides: Sequence[Trying], counts: dict[str, int]) -> None:
    """Every page, and some things of each kind; each side asks its share."""
    kinds = (partial(_ask_kind, kind=kind, count=counts[kind]) for kind in sorted(counts))
    questions: list[Callable[[Trying], None]] = [_ask_pages, *kinds]

    def ask_share(number: int) -> None:
        for ask in questions[number :: len(sides)]:
            ask(sides[number])

    with ThreadPoolExecutor(len(sides), "trial") as threads:
        list(threads.map(ask_share, range(len(sides))))


def _ask_pages(trying: Trying) -> None:
    for path in PAGES:
        trying.get(path)


def _ask_kind(trying: Trying, kind: str, count: int) -> None:
    for hit in _some(trying, kind, count):
        _ask_for(trying, hit)


def _some(trying: Trying, kind: str, count: int) -> Iterator[dict[str, Any]]:
    """A few things of a kind, spread over the list of them."""
    pages = max(1, min(count, 500))
    for page in sorted({1, (pages + 1) // 2, pages})[:THINGS]:
        yield from trying.get_json(f"/api/v1/{kind}s?size=1&page={page}&facets=").get("hits", [])


def _ask_for(trying: Trying, hit: dict[str, Any]) -> None:
    """A thing's page, its JSON, the search for its name, and the completion of half of it."""
    name, kind = str(hit["name"]), hit["kind"]
    trying.things += 1
    trying.get(hit["url"])
    if trying.get_json(f"/api/v1/item{hit['url']}").get("id") != hit["id"]:
        trying.failures.append(f"{hit['id'][:120]} is another thing in its JSON")
    found = trying.get_json(f"/api/v1/search?q={quote(name[:200])}&kind={kind}&size=50&facets=")
    urls = {row["url"] for each in found.get("hits", []) for row in (each, *each["variants"])}
    trying.unfound += hit["url"] not in urls
    trying.get(f"/suggest?q={quote(name[: max(2, len(name) // 2)])}")


@dataclass(frozen=True, slots=True)
class _Server:
    """A server that waits for the generation that it is to serve."""

    process: subprocess.Popen[bytes]
    port: int
    data: Path  # its data folder

    @contextmanager
    def asked(self, folder: Path) -> Iterator[list[Trying]]:
        """Connections to it, once it serves just this generation."""
        (self.data / FOLDER).mkdir()
        (self.data / FOLDER / folder.name).symlink_to(folder.resolve())
        (self.data / POINTER).write_text(f"{folder.name}\n")
        if self.process.stdin is not None:
            self.process.stdin.close()  # that calls it
        # closed before the server is told to end: it waits for whoever holds a connection
        with ExitStack() as ending:
            connections = [_connect(self.port, self.process, folder.name)]
            connections += [_connection(self.port) for _ in range(SIDES - 1)]
            yield [Trying(ending.enter_context(closing(each))) for each in connections]


@contextmanager
def _server(config: Config) -> Iterator[_Server]:
    """A server with a port and a data folder of its own, ended in the end."""
    data = folder_of_process("starchart-trial-")
    try:
        with _running(config, data) as (process, port):
            yield _Server(process, port, data)
    finally:
        shutil.rmtree(data, ignore_errors=True)


@contextmanager
def _running(config: Config, data: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The process and its port."""
    port = free_port()
    settings = ("--config", str(config.path)) if config.path else ()
    server = subprocess.Popen(  # noqa: S603  our own program
        [
            *(sys.executable, "-m", "search_app", *settings, "--quiet", "serve"),
            *("--host", "127.0.0.1", "--port", str(port), "--workers", str(SIDES)),
        ],
        env={**os.environ, "STARCHART_DATA_DIR": str(data), PARENT: str(os.getpid()), ON_CALL: "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield server, port
    finally:
        # at once: nobody else asks it, and after SIGTERM a worker takes a second
        called = server.stdin is None or server.stdin.closed
        server.send_signal(signal.SIGQUIT if called else signal.SIGKILL)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        if server.stdin is not None:
            server.stdin.close()


def _connection(port: int) -> HTTPConnection:
    return HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)


def _connect(port: int, server: subprocess.Popen[bytes], name: str) -> HTTPConnection:
    """A connection to the server once it is ready with this generation. Raises OSError."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            raise OSError(f"it ended with exit code {server.returncode}")
        connection = _connection(port)
        try:
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            body = answer.read().decode()
            if answer.status == 200 and body.startswith(f"ready {name}\n"):
                return connection
            connection.close()
            raise OSError(f"/readyz says {body[:100].strip()!r}")
        except ConnectionRefusedError:
            time.sleep(0.1)
    raise OSError("it did not get ready in time")
