"""One build, started as a child process, where a server finds its newest generation damaged.

Nothing is mended in place. The build takes the lock of all builds: one that runs already goes on alone.
"""

from __future__ import annotations

import fcntl
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from indexer.index.generation import current_name

TRIED = "repair.lock"  # held while a build started here runs; names the generation in whose place it was

log = logging.getLogger(__name__)


def start_build_once(data_dir: Path, options: Sequence[str] = ()) -> bool:
    """Start `starchart build` where no other process of this installation has done so for this generation.

    `options` come before the command's name. Returns whether a build was started.
    """
    damaged = current_name(data_dir)
    try:
        handle = os.open(data_dir / TRIED, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        log.error("no build is started: %s", error)
        return False
    try:
        if not _take(handle, damaged):
            return False
        command = [sys.executable, "-m", "search_app", *options, "--quiet", "build"]
        # the child holds the lock until it ends; a session of its own outlives the worker that started it
        child = subprocess.Popen(command, pass_fds=[handle], start_new_session=True)  # noqa: S603  our own program
    finally:
        os.close(handle)
    log.warning("generation=%s is damaged: a build is started", damaged)
    threading.Thread(target=child.wait, daemon=True).start()
    return True


def _take(handle: int, damaged: str) -> bool:
    """Whether nobody has built, or builds, in place of this generation."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    if os.pread(handle, 1_000, 0).decode(errors="replace") == damaged:
        return False
    os.ftruncate(handle, 0)
    os.pwrite(handle, damaged.encode(), 0)
    return True
