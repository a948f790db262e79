"""Server and scheduler together: what `starchart run` does.

The first start indexes the shipped sample, so that there is something to search within
seconds; the scheduler then crawls and builds beside the server.
"""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence

from indexer.build_job import build
from indexer.config import Config
from indexer.crawl.crawl import crawl
from indexer.crawl.snapshots import SnapshotDamaged
from indexer.index.generation import current_manifest
from indexer.runtime.locking import Busy

STOP_SECONDS = 15.0  # how long a process may take to stop before it is killed

log = logging.getLogger(__name__)


def ensure_generation(config: Config) -> None:
    """Build a first generation, of the last good records or else of the sample, where there is none."""
    if current_manifest(config.data_dir) is not None:
        return
    try:
        crawl(config, sample_only=True)
        build(config)
    except Busy as error:
        log.warning("another process crawls or builds: %s", error)
    except SnapshotDamaged as error:
        # Records of another version, most likely. The crawl that follows parses them again.
        log.warning("nothing to serve until the next crawl is through: %s", error)


def run_together(commands: Sequence[Sequence[str]]) -> int:
    """Run `starchart` commands beside each other until the first of them ends or a signal comes.

    Stops all of them. Returns the exit code of the first command if it ended by itself, else 0:
    the others may end without harm (another installation's scheduler holds the lock).
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    processes = [_start(command) for command in commands]
    try:
        while not stop.wait(0.2):
            if (code := processes[0].poll()) is not None:
                return code or 1
        return 0
    finally:
        for process in reversed(processes):
            _stop(process)


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C in the terminal reaches this process alone, which stops them in order.
    return subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, "-m", "search_app.cli", *command], start_new_session=True
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
