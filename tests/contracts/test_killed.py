"""`starchart run` whose processes are killed: what ends is started again, and nothing outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from indexer.runtime.locking import SCHEDULER
from tests.contracts.test_first_run import NOTHING_LISTENS, Running, processes_of, running, wait_for
from tests.support.mirrors import copy_sample

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are looked for in /proc"),
]


def children(pid: int) -> list[int]:
    """The processes that a process started."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(number) for number in text.split()]


def child_of(run: Running, command: str) -> int:
    """The process of one of the commands of a `run`; 0 where there is none right now."""
    for pid in children(run.process.pid):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if command.encode() in words:
            return pid
    return 0


def answers(run: Running) -> bool:
    try:
        return requests.get(f"{run.base}/?q=gc", timeout=5).ok
    except requests.RequestException:
        return False


def kill_and_see_it_again(run: Running, command: str) -> None:
    killed = child_of(run, command)
    assert killed
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: f"{command} ended with signal SIGKILL; started again in 1 s" in run.log.read_text())
    wait_for(lambda: child_of(run, command) not in (0, killed))


def test_what_is_killed_is_started_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data, NOTHING_LISTENS) as run:
        wait_for(lambda: (data / SCHEDULER).exists())
        for command in ("schedule", "serve"):
            kill_and_see_it_again(run, command)
        wait_for(lambda: answers(run))
        server = child_of(run, "serve")
        worker = children(server)[0]
        os.kill(worker, signal.SIGKILL)
        wait_for(lambda: children(server) and worker not in children(server))
        wait_for(lambda: answers(run))
        assert run.process.poll() is None


@pytest.mark.parametrize("after", ["at once", "when it crawls"])
def test_killing_run_ends_all_that_it_started(after: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data, copy_sample(tmp_path / "upstream")) as run:
        if after == "when it crawls":
            wait_for(lambda: len(processes_of(data)) > 5)
        os.kill(run.process.pid, signal.SIGKILL)
        run.process.wait(10)
        wait_for(lambda: not processes_of(data))


def test_the_next_run_says_who_holds_the_port(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data, NOTHING_LISTENS) as run:
        port = run.base.rpartition(":")[2]
        second = subprocess.run(
            [sys.executable, "-m", "search_app.cli", "run"],
            env={**os.environ, "PORT": port, "STARCHART_DATA_DIR": str(data)},
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert second.returncode == 1
        assert f"Address already in use by process {child_of(run, 'serve')} (" in second.stderr
        assert "serve" in second.stderr
