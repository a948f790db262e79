"""Requests a second through gunicorn, by wrk: our JSON and pages, a peer's bare view, an empty one."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

from search_app.evaluation.bench.figures import Served
from search_app.evaluation.bench.measuring import proportional_megabytes
from search_app.evaluation.bench.questions import Question

CONNECTIONS = 8
READY = 60  # seconds until a server must answer
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_PERCENTILE = re.compile(r"^\s+(\d+)%\s+([\d.]+)(us|ms|s)$", re.MULTILINE)
_FAILED = re.compile(r"Non-2xx or 3xx responses: (\d+)")
_UNIT = {"us": 0.001, "ms": 1.0, "s": 1000.0}
_SCRIPT = """local paths = {{ {paths} }}
local at = 0
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
"""


def has_wrk() -> bool:
    """Is wrk installed here?"""
    return shutil.which("wrk") is not None


def paths(base: str, asked: Sequence[Question]) -> list[str]:
    """Addresses of the queries."""
    return [f"{base}?{urlencode({'q': q.text, **q.filters}, doseq=True)}" for q in asked]


def served(
    what: str, command: Sequence[str], environment: dict[str, str], port: int, addresses: Sequence[str],
    workers: int, seconds: int, folder: Path,
) -> Served:  # fmt: skip
    """One server measured by wrk over these addresses, after each was asked once."""
    with _running(command, environment, port) as server:
        for address in addresses:
            _get(port, address)
        before = _cpu_seconds(server)
        output = _wrk(port, addresses, seconds, folder)
        rate = float(match[1]) if (match := _RATE.search(output)) else 0.0
        used = _cpu_seconds(server) - before
        times = {int(p): float(value) * _UNIT[unit] for p, value, unit in _PERCENTILE.findall(output)}
        failed = int(match[1]) if (match := _FAILED.search(output)) else 0
        memory = tuple(proportional_megabytes(child) for child in _children(server))
    return Served(
        what, workers, round(rate, 1), round(times.get(50, 0), 2), round(times.get(99, 0), 2),
        round(1000 * used / (rate * seconds), 3) if rate else 0.0, memory, failed,
    )  # fmt: skip


def gunicorn(application: str, workers: int) -> list[str]:
    """A bare application behind gunicorn as ours is set up."""
    return [
        sys.executable, "-m", "gunicorn", "-w", str(workers), "-b", "127.0.0.1:PORT",
        "--worker-class", "search_app.worker.Worker",
        "--log-level", "warning", "--no-control-socket", application,
    ]  # fmt: skip


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def _running(command: Sequence[str], environment: dict[str, str], port: int) -> Iterator[int]:
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        _wait_for(port, process)
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    began = time.monotonic()
    while time.monotonic() - began < READY:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            _get(port, "/")
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server does not answer")


def _get(port: int, address: str) -> None:
    with urlopen(f"http://127.0.0.1:{port}{address}", timeout=READY) as response:
        response.read()


def _wrk(port: int, addresses: Sequence[str], seconds: int, folder: Path) -> str:
    script = folder / "wrk.lua"
    quoted = ", ".join('"' + address.replace("\\", "\\\\").replace('"', '\\"') + '"' for address in addresses)
    script.write_text(_SCRIPT.format(paths=quoted), encoding="utf-8")
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", str(script)]
    run = subprocess.run(  # noqa: S603
        [*command, f"http://127.0.0.1:{port}/"], capture_output=True, text=True, check=True
    )
    return run.stdout


def _children(parent: int) -> list[int]:
    try:
        return [int(c) for c in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    except OSError:
        return []


def _cpu_seconds(parent: int) -> float:
    """What the workers of a server have used so far."""
    ticks = 0
    for child in _children(parent):
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
