"""A real server of ours in a process of its own, on a free port of this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

START_SECONDS = 60.0


@contextmanager
def served(data: Path, *, workers: int = 1, environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """`starchart serve` over a data folder: its base URL once it is ready, stopped in the end."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "search_app.cli", "serve", "--port", str(port), "--workers", str(workers)],
        env={**os.environ, "STARCHART_DATA_DIR": str(data), **(environment or {})},
        stdout=subprocess.DEVNULL,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(base, process)
        yield base
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_ready(base: str, process: subprocess.Popen[bytes]) -> None:
    """Return when /readyz says so. Raises RuntimeError where the process ends, TimeoutError in the end."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with exit code {process.returncode}")
        try:
            with urlopen(f"{base}/readyz", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError(f"no answer at {base}/readyz")


def free_port() -> int:
    """A port that nobody listens at right now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
