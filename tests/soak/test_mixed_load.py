"""By hand (make soak): half an hour of mixed load, while a new generation is built every minute."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from indexer.index.generation import current_name
from tests.contracts.test_first_run import processes_of
from tests.support.servers import served

pytestmark = pytest.mark.soak

MINUTES = float(os.environ.get("STARCHART_SOAK_MINUTES", "30"))
SETTLED_MINUTES = 5.0  # after which memory may hardly grow
CLIENTS = 4
PAUSE = 0.03  # seconds of each client between two requests
SWITCH_SECONDS = 5.0  # after a switch, in which its first answers fall
GROWTH = 1.10
SLOWER = 3.0
# what people and programs ask for, the plain before the dear; /export and the whole map are heavy ones
ADDRESSES = (
    *("/?q=gc+pause", "/?q=private+browsing&kind=metric", "/?q=app:fenix+type:event&sort=newest", "/"),
    *("/api/v1/search?q=clients_daily", "/api/v1/search?q=%22search+counts%22+-fenix&size=50"),
    *("/suggest?q=sea", "/api/v1/suggest?q=act", "/metric/fenix/metrics.search_count", "/map", "/app/fenix"),
    *("/ping/firefox_desktop/metrics", "/app/fenix/map", "/probe/histogram/GC_MS", "/status", "/metrics"),
    *("/table/moz-fx-data-shared-prod.telemetry.clients_daily", "/go?q=GC_MS", "/feed.atom?q=app:fenix"),
    *("/nothing/here", "/llms.txt", "/search.csv?q=gc", "/api/v1/item/metric/fenix/metrics.search_count"),
)
EXPECTED = {200, 302, 404, 429}  # 429: a heavy page while others are made, with Retry-After


@dataclass(slots=True)
class Watched:
    """What one run saw: (end, seconds) of each answer, wrong statuses, moments of switches, memory."""

    answers: list[tuple[float, float]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    switches: list[float] = field(default_factory=list)
    megabytes: list[tuple[float, float]] = field(default_factory=list)


def ask(server: str, until: float, number: int, watched: Watched) -> None:
    connection, count = HTTPConnection(urlsplit(server).netloc, timeout=30), number * 7
    while time.monotonic() < until:
        address, began = ADDRESSES[count % len(ADDRESSES)], time.monotonic()
        try:
            connection.request("GET", address)
            answer = connection.getresponse()
            answer.read()
            if answer.status not in EXPECTED:
                watched.wrong.append(f"{address}: {answer.status}")
        except OSError as problem:
            watched.wrong.append(f"{address}: {problem!r}")
            connection = HTTPConnection(urlsplit(server).netloc, timeout=30)
        watched.answers.append((time.monotonic(), time.monotonic() - began))
        count += 1
        time.sleep(PAUSE)
    connection.close()


def build_each_minute(data: Path, over: threading.Event, watched: Watched) -> None:
    """A build a minute, as the scheduler runs it: in a process of its own, behind those who ask."""
    while not over.is_set():
        began = time.monotonic()
        subprocess.run(
            ["nice", "-n", "10", sys.executable, "-m", "search_app.cli", "build", "--force"],
            env={**os.environ, "STARCHART_DATA_DIR": str(data)},
            check=True,
            capture_output=True,
        )
        over.wait(max(0.0, 60 - (time.monotonic() - began)))


def watch(data: Path, pids: list[int], over: threading.Event, watched: Watched) -> None:
    """The moment of each switch, and the memory of the server's processes, shared pages divided."""
    name, turn = current_name(data), 0
    while not over.wait(0.2):
        if (now := current_name(data)) != name:
            name = now
            watched.switches.append(time.monotonic())
        if turn % 50 == 0:
            watched.megabytes.append((time.monotonic(), sum(map(own_megabytes, pids))))
        turn += 1


def own_megabytes(pid: int) -> float:
    """Private memory of a process: what the page cache holds of mapped files is not its growth."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss_Anon:")) / 1024


def p99(seconds: list[float]) -> float:
    return 1000 * sorted(seconds)[int(0.99 * (len(seconds) - 1))]


def test_half_an_hour_of_mixed_load_with_a_build_every_minute(
    mirror_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, watched, over = tmp_path / "data", Watched(), threading.Event()
    shutil.copytree(mirror_data, data, ignore=shutil.ignore_patterns("*.lock"))
    with served(data, workers=2) as server:
        began = time.monotonic()
        until = began + 60 * MINUTES
        beside = [
            threading.Thread(target=build_each_minute, args=(data, over, watched)),
            threading.Thread(target=watch, args=(data, processes_of(data), over, watched)),
        ]
        for thread in beside:
            thread.start()
        try:
            with ThreadPoolExecutor(CLIENTS) as clients:
                list(clients.map(lambda number: ask(server, until, number, watched), range(CLIENTS)))
        finally:
            over.set()
            for thread in beside:
                thread.join(300)
    near = [
        took
        for end, took in watched.answers
        if any(switch - 1 <= end <= switch + SWITCH_SECONDS for switch in watched.switches)
    ]
    rest = [took for _, took in watched.answers]
    settled = began + 60 * min(SETTLED_MINUTES, MINUTES / 2)
    early = [mb for at, mb in watched.megabytes if settled - 60 <= at <= settled + 60]
    late = [mb for at, mb in watched.megabytes if at >= until - 120]
    with capsys.disabled():
        print(f"\n{len(watched.answers)} answers in {MINUTES:g} min, {len(watched.switches)} switches")
        print(f"{len(watched.wrong)} wrong {watched.wrong[:3]}")
        print(f"p99 {p99(rest):.0f} ms, in a switch {p99(near):.0f} ms")
        print(f"memory {max(early):.0f} MB at minute {SETTLED_MINUTES:g}, {max(late):.0f} MB in the end")
    assert not watched.wrong
    assert len(watched.switches) >= MINUTES / 3  # a busy machine takes longer than a minute for a build
    assert p99(near) <= SLOWER * p99(rest)
    assert max(late) <= GROWTH * max(early)
