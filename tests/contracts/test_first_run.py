"""`starchart run` and `schedule` as real processes: the first start, the switch, and a clean stop."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from indexer.index.generation import current_manifest, current_name
from indexer.runtime.locking import SCHEDULER
from tests.support.mirrors import copy_sample
from tests.support.servers import free_port, wait_until_ready

pytestmark = pytest.mark.slow

WAIT_SECONDS = 120.0
NOTHING_LISTENS = "http://127.0.0.1:9"


@dataclass(frozen=True, slots=True)
class Running:
    base: str
    process: subprocess.Popen[bytes]
    log: Path

    def status(self) -> dict[str, object]:
        answer: dict[str, object] = requests.get(f"{self.base}/api/v1/status", timeout=30).json()
        return answer


@contextmanager
def running(data: Path, mirror: str | Path) -> Iterator[Running]:
    """`starchart run` in a session of its own, killed with all its processes in the end."""
    port, log = free_port(), data.with_suffix(".log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "search_app.cli", "run"],
            env={
                **os.environ, "PORT": str(port),
                "STARCHART_DATA_DIR": str(data), "STARCHART_MIRROR": str(mirror),
            },
            stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    base = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(base, process)
        yield Running(base, process, log)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(60)


def wait_for(what: Callable[[], object]) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while not what():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.1)


def front(run: Running) -> str:
    return requests.get(run.base, timeout=30).text


def processes_of(data: Path) -> list[int]:
    """All processes of this machine that were started for a data folder. Linux only."""
    wanted = f"STARCHART_DATA_DIR={data}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def test_without_network_the_sample_is_served_and_says_so(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data, NOTHING_LISTENS) as run:
        assert f"Starchart is at {run.base}" in run.log.read_text()
        assert "small sample that comes with Starchart" in requests.get(run.base, timeout=30).text
        wait_for(lambda: "tried again at" in run.log.read_text())
        wait_for(lambda: not run.status()["progress_text"])
        status = run.status()
        assert status["serving"]["sample"] is True
        assert status["summary"] == (
            "Served from the shipped sample, since the last crawl could not reach its sources."
        )
        words = {source["name"]: source["status"] for source in status["sources"]}
        assert (words["glean"], words["tools"]) == ("sample", "good")
        page = requests.get(f"{run.base}/status", timeout=30).text
        assert "Connection refused" in page
        warnings = [line for line in run.log.read_text().splitlines() if " WARNING " in line]
        assert len(warnings) == 2, "whoever starts it without network reads two lines"
        assert "no source was reached, of 11 that were tried" in warnings[0]
        assert "the shipped sample is served; tried again at " in warnings[1]
        # a worker looks every five seconds at how the installation stands
        wait_for(lambda: re.search(r"The next attempt is at \d\d:\d\d UTC", front(run)))
        assert "as soon as a crawl is through" not in front(run)
        hits = requests.get(f"{run.base}/api/v1/search?q=gc+pause+fenix", timeout=30).json()["hits"]
        assert hits[0]["id"] == "metric/gecko/javascript.gc.slice_time"


def test_the_first_crawl_takes_the_place_of_the_sample_under_running_requests(tmp_path: Path) -> None:
    upstream = copy_sample(tmp_path / "upstream")
    annotations = upstream / "mozilla.github.io/glean-annotations/api.json"
    annotations.write_text('{"fenix": {"metrics": {"events.app_opened": {"commentary": "zyzzyva"}}}}')
    data = tmp_path / "data"
    with running(data, upstream) as run:
        seen: list[str] = []
        until = time.monotonic() + WAIT_SECONDS
        while len(set(seen)) < 2 and time.monotonic() < until:
            answer = requests.get(f"{run.base}/api/v1/search?q=clients_daily", timeout=30)
            assert answer.status_code == 200
            seen.append(answer.json()["generation"]["id"])
        manifest = current_manifest(data)
        assert manifest is not None
        assert not manifest.sample
        assert seen[-1] == manifest.id != seen[0]
        wait_for(lambda: requests.get(f"{run.base}/api/v1/search?q=zyzzyva", timeout=30).json()["total"] == 1)
        # Each of the server's processes looks for itself, every two seconds.
        wait_for(lambda: "small sample that comes with" not in requests.get(run.base, timeout=30).text)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are looked for in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("after", [0.0, 2.0])
def test_a_signal_stops_server_and_scheduler_and_leaves_no_process(
    number: signal.Signals, after: float, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    with running(data, copy_sample(tmp_path / "upstream")) as run:
        time.sleep(after)
        assert len(processes_of(data)) > 2
        os.killpg(run.process.pid, number)
        assert run.process.wait(60) == 0
        wait_for(lambda: not processes_of(data))
        assert "Traceback" not in run.log.read_text()
    assert current_name(data)


def test_a_second_scheduler_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with (tmp_path / "data" / SCHEDULER).open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        done = subprocess.run(
            [sys.executable, "-m", "search_app.cli", "schedule"],
            env={**os.environ, "STARCHART_DATA_DIR": str(tmp_path / "data")},
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert "scheduler.lock is held by process" in done.stderr


def test_a_server_goes_on_where_another_process_is_the_scheduler(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with (data / SCHEDULER).open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with running(data, NOTHING_LISTENS) as run:
            wait_for(lambda: "scheduler.lock is held" in run.log.read_text())
            assert requests.get(f"{run.base}/readyz", timeout=30).ok
            assert run.process.poll() is None


def test_the_scheduler_crawls_and_builds_at_once_and_stops_when_told(tmp_path: Path) -> None:
    data = tmp_path / "data"
    process = subprocess.Popen(
        [sys.executable, "-m", "search_app.cli", "schedule"],
        env={
            **os.environ, "STARCHART_DATA_DIR": str(data),
            "STARCHART_MIRROR": str(copy_sample(tmp_path / "upstream")),
        },
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(lambda: current_name(data))
    finally:
        process.terminate()
        assert process.wait(60) == 0
    manifest = current_manifest(data)
    assert manifest is not None
    assert not manifest.sample
