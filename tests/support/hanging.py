"""A trial of a generation that never ends: functions of a module, since a run has a process of its own."""

from __future__ import annotations

import time
from pathlib import Path

HANGS_FOR = 300.0  # seconds: many times longer than a test waits


def hang(folder: Path) -> None:
    """Tell by a file that the trial has begun, and hang."""
    (folder.parents[1] / "hanging").touch()
    time.sleep(HANGS_FOR)


def pass_at_once(_: Path) -> None:
    """A trial that is content."""
