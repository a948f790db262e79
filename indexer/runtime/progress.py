"""How far a crawl or build is: for the terminal, and for the page's banner.

Kept in <data_dir>/progress.json: phase (crawl, build, or "" when nothing runs), done, total,
source (what was worked on last), started and updated (ISO times, UTC), pid.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from indexer.runtime.locking import is_running

WRITE_EVERY = 0.2  # seconds


@dataclass(frozen=True, slots=True)
class ProgressState:
    """What progress.json holds."""

    phase: str = ""
    done: int = 0
    total: int = 0
    source: str = ""
    started: str = ""
    updated: str = ""
    pid: int = 0


def read_progress(data_dir: Path) -> ProgressState:
    """The progress noted last; that of a process that is gone counts as nothing running."""
    try:
        state = ProgressState(**json.loads((data_dir / "progress.json").read_bytes()))
    except (OSError, ValueError, TypeError):
        return ProgressState()
    return state if state.phase and is_running(state.pid) else ProgressState()


class Progress:
    """Counts steps of one phase; safe for threads. `show` is told of each change (a terminal's line)."""

    def __init__(self, data_dir: Path, show: Callable[[ProgressState], None] | None = None) -> None:
        self._path = data_dir / "progress.json"
        self._show = show
        self._state = ProgressState()
        self._written = 0.0
        self._lock = threading.Lock()

    def start(self, phase: str, total: int = 0) -> None:
        """A phase begins, of so many steps; 0 where their number is not known."""
        self._set(ProgressState(phase, 0, total, "", now(), now(), os.getpid()), at_once=True)

    def expect(self, more: int) -> None:
        """More steps have turned up."""
        self._step(0, more, "")

    def step(self, source: str, steps: int = 1) -> None:
        """So many steps of a source are done."""
        self._step(steps, 0, source)

    def finish(self) -> None:
        """Nothing runs any more."""
        self._set(ProgressState(updated=now()), at_once=True)

    def _step(self, done: int, total: int, source: str) -> None:
        with self._lock:
            old = self._state
            state = ProgressState(
                old.phase,
                old.done + done,
                old.total + total,
                source or old.source,
                old.started,
                now(),
                old.pid,
            )
            self._put(state, at_once=False)

    def _set(self, state: ProgressState, *, at_once: bool) -> None:
        with self._lock:
            self._put(state, at_once=at_once)

    def _put(self, state: ProgressState, *, at_once: bool) -> None:
        self._state = state
        if self._show is not None:
            self._show(state)
        if at_once or time.monotonic() - self._written > WRITE_EVERY:
            self._written = time.monotonic()
            part = self._path.with_suffix(f".{os.getpid()}")
            with contextlib.suppress(OSError):  # for show: who works tells of a full disk
                self._path.parent.mkdir(parents=True, exist_ok=True)
                part.write_text(json.dumps(asdict(state)))
                os.replace(part, self._path)


def now() -> str:
    """The time in UTC as ISO text, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
