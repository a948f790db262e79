"""Server and scheduler together: what `starchart run` does.

The first start indexes the shipped sample, so that there is something to search within
seconds; the scheduler then crawls and builds beside the server. Each of the two is started again when
it ends, later each time; both end when this process does, however that ends.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

from indexer.build_job import build
from indexer.config import Config
from indexer.crawl.crawl import crawl
from indexer.crawl.snapshots import SnapshotDamaged
from indexer.index.integrity import answering_manifest
from indexer.runtime.locking import Busy
from indexer.runtime.processes import PARENT

STOP_SECONDS = 15.0  # how long a process may take to stop before it is killed
LOOK_SECONDS = 0.2
BACK_OFF = (
    1.0,
    2.0,
    4.0,
    8.0,
    15.0,
    30.0,
    60.0,
)  # seconds before it starts again
SETTLED_SECONDS = 60.0  # a process that ran so long starts again as if it had never ended

log = logging.getLogger(__name__)


def ensure_generation(config: Config) -> None:
    """Build a first generation, of the last good records or else of the sample, where there is none."""
    if answering_manifest(config.data_dir) is not None:
        return
    try:
        crawl(config, sample_only=True)
        build(config)
    except Busy as error:
        log.warning("another process crawls or builds: %s", error)
    except SnapshotDamaged as error:
        # Records of another version, most likely. The crawl that follows parses them again.
        log.warning("nothing to serve until the next crawl is through: %s", error)


class Child:
    """A `starchart` command that runs, or waits to be started again."""

    def __init__(self, command: Sequence[str]) -> None:
        self.command = command
        self.ends = 0  # on end, without having settled between
        self.due = 0.0  # when it starts again, by the monotonic clock
        self.start()

    def start(self) -> None:
        """Start the command, told to end with this process."""
        self.started = time.monotonic()
        # A session of its own: Ctrl-C in the terminal reaches this process alone, which stops them in order.
        self.process: subprocess.Popen[bytes] | None = subprocess.Popen(  # noqa: S603  our own program
            [sys.executable, "-m", "search_app", *self.command],
            start_new_session=True,
            env={**os.environ, PARENT: str(os.getpid())},
        )

    def look(self) -> int | None:
        """Start it again where that is due. Its exit code where it has ended since the last look."""
        if self.process is None:
            if time.monotonic() >= self.due:
                self.start()
            return None
        code = self.process.poll()
        if code is None:
            return None
        self.process = None
        self.ends = 1 if time.monotonic() - self.started > SETTLED_SECONDS else self.ends + 1
        seconds = BACK_OFF[min(self.ends, len(BACK_OFF)) - 1]
        self.due = time.monotonic() + seconds
        log.error("%s ended with %s; started again in %g s", self.command[-1], _told(code), seconds)
        return code

    def stop(self) -> None:
        """Ask it to end (SIGTERM), and end it where it takes too long."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def run_together(commands: Sequence[Sequence[str]]) -> int:
    """Run `starchart` commands beside each other until a signal comes; start again what ends.

    Returns 0 after a signal, and the exit code of a command that cannot be used (2), which no
    further start would mend. Stops all of them in the end.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    children = [Child(command) for command in commands]
    try:
        while not stop.wait(LOOK_SECONDS):
            if 2 in [child.look() for child in children]:
                return 2
        return 0
    finally:
        for child in reversed(children):
            child.stop()


def _told(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
