"""A trial of a generation that never ends: functions of a module, since a run has a process of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HANGS_FOR = 300.0  # seconds: many times longer than a test waits


@contextmanager
def hang() -> Iterator[Callable[[Path], None]]:
    """Tell by a file that it is asked, and hang."""

    def ask(folder: Path) -> None:
        (folder.parents[1] / "hanging").touch()
        time.sleep(HANGS_FOR)

    yield ask


@contextmanager
def pass_at_once() -> Iterator[Callable[[Path], None]]:
    """A trial that is content."""
    yield lambda folder: None
