"""One at a time: exclusive locks on files of the data folder, and whether a process still runs.

flock is let go by the kernel when its process ends, however it ends. It is not to be
trusted on a network disk: one host to a data folder.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from indexer.runtime.disk import writing_to

WORK = "work.lock"  # crawl and build
SCHEDULER = "scheduler.lock"


class Busy(Exception):
    """Another process holds the lock."""


@contextlib.contextmanager
def exclusive(data_dir: Path, name: str) -> Iterator[None]:
    """Hold the lock while inside. Raises Busy at once where it is taken, FolderUnusable where none can be."""
    with writing_to(data_dir):
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = (data_dir / name).open("a+")
    with lock as file:
        if not _taken(file):
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise Busy(f"{data_dir / name} is held by process {holder}") from None
        with writing_to(data_dir):
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
        yield


def _taken(file: IO[str]) -> bool:
    """Whether the lock is ours now. Who looks (is_held) has it for some microseconds, and is waited for."""
    for wait in (0.0, 0.02, 0.1):
        time.sleep(wait)
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    return False


def is_held(data_dir: Path, name: str) -> bool | None:
    """Whether some process holds the lock right now; None where none ever did."""
    try:
        with (data_dir / name).open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return None
    return False


def is_running(pid: int) -> bool:
    """Whether there is a process of this number, ours or somebody else's."""
    if pid <= 0:  # to the kernel, a whole group
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError) as error:  # not ours to signal, but there; or no number of a process
        return isinstance(error, PermissionError)
    return True


def folder_of_process(prefix: str) -> Path:
    """A new temporary folder of this process, for it to remove. What ended ones left goes first."""
    for path in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        number = path.name.removeprefix(prefix).partition("-")[0]
        if number.isdigit() and not is_running(int(number)):
            shutil.rmtree(path, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-"))
