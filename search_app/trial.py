"""A new generation, asked over HTTP before readers see it: a real server of it, and a few dozen questions.

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
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from indexer.config import Config
from indexer.index.generation import FOLDER, POINTER, GenerationRefused, read_manifest
from indexer.runtime.locking import folder_of_process
from indexer.runtime.processes import PARENT
from search_app.ports import free_port

if TYPE_CHECKING:
    from indexer.index.build import Trial

START_SECONDS = 90.0  # until the server answers; a busy machine needs some
ANSWER_SECONDS = 30.0
THINGS = 3  # of each kind
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
    return partial(try_generation, config) if config.generations.trial else None


def try_generation(config: Config, folder: Path) -> None:
    """Ask a generation, in its folder, through a server of its own. Raises GenerationRefused."""
    started = time.monotonic()
    try:
        with _served(config, folder) as connection:
            trying = Trying(connection)
            _ask(trying, read_manifest(folder).counts)
    except (OSError, HTTPException, ValueError) as error:
        raise GenerationRefused(f"a server of it does not answer as it should: {error}") from error
    if trying.unfound > MOST_UNFOUND * trying.things:
        trying.failures.append(f"{trying.unfound} of {trying.things} things are not found by their names")
    if trying.failures:
        told = "; ".join(trying.failures[:TOLD])
        raise GenerationRefused(f"asked over HTTP, {len(trying.failures)} answers are wrong: {told}")
    log.info("trial questions=%d seconds=%.1f", trying.asked, time.monotonic() - started)


def _ask(trying: Trying, counts: dict[str, int]) -> None:
    for path in PAGES:
        trying.get(path)
    for kind, count in sorted(counts.items()):
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


@contextmanager
def _served(config: Config, folder: Path) -> Iterator[HTTPConnection]:
    """A server of just this generation, on a port of its own, ended in the end."""
    data = folder_of_process("starchart-trial-")
    try:
        (data / FOLDER).mkdir()
        (data / FOLDER / folder.name).symlink_to(folder.resolve())
        (data / POINTER).write_text(f"{folder.name}\n")
        with (
            _running(config, data) as (server, port),
            # closed before the server is told to end: it waits for whoever still holds a connection
            closing(_connect(port, server, folder.name)) as connection,
        ):
            yield connection
    finally:
        shutil.rmtree(data, ignore_errors=True)


@contextmanager
def _running(config: Config, data: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A server of a data folder and its port, ended in the end."""
    port = free_port()
    settings = ("--config", str(config.path)) if config.path else ()
    server = subprocess.Popen(  # noqa: S603  our own program
        [
            *(sys.executable, "-m", "search_app", *settings, "--quiet"),
            *("serve", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
        ],
        env={**os.environ, "STARCHART_DATA_DIR": str(data), PARENT: str(os.getpid())},
        stdout=subprocess.DEVNULL,
    )
    try:
        yield server, port
    finally:
        # at once: nobody else asks it, and after SIGTERM a worker takes a second
        server.send_signal(signal.SIGQUIT)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _connect(port: int, server: subprocess.Popen[bytes], name: str) -> HTTPConnection:
    """A connection to the server once it is ready with this generation. Raises OSError."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            raise OSError(f"it ended with exit code {server.returncode}")
        connection = HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
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
