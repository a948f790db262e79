"""How the last crawl and the last build went, and when the next one is due: for all who ask later.

<data>/last-crawl.json and last-build.json are written when the job starts and when it ends, so that one
that was killed is seen by what it lacks. <data>/timetable.json holds when the scheduler runs next.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from os import getpid
from pathlib import Path
from typing import Literal

from indexer.runtime.disk import FolderUnusable, replace_file
from indexer.runtime.locking import is_running
from indexer.runtime.progress import now

Job = Literal["crawl", "build"]
State = Literal["never", "running", "done", "refused", "failed", "killed"]
LONGEST_MESSAGE = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """The last run of a job."""

    started: str = ""  # ISO time, UTC; "" = it never ran
    ended: str = ""  # "" = it runs still, or was killed
    succeeded: str = ""  # when it last ended well
    result: str = ""  # done, refused or failed
    message: str = ""  # why it was refused or failed, in one line
    pid: int = 0

    @property
    def state(self) -> State:
        """never, running, done, refused (a check said no), failed, or killed (it left no word)."""
        if not self.started:
            return "never"
        if not self.ended:
            return "running" if is_running(self.pid) else "killed"
        return self.result if self.result in ("done", "refused") else "failed"  # type: ignore[return-value]

    @property
    def bad(self) -> bool:
        """Whether somebody should look after it."""
        return self.state in ("refused", "failed", "killed")


NEVER = Outcome()


class Note:
    """What a running job may say of how it ended, other than by raising."""

    failure = ""


def read_outcome(data_dir: Path, job: Job) -> Outcome:
    """How a job went last; an empty outcome where it never ran or the note cannot be read."""
    try:
        return Outcome(**json.loads(_path(data_dir, job).read_bytes()))
    except (OSError, ValueError, TypeError):
        return Outcome()


@contextlib.contextmanager
def noted(data_dir: Path, job: Job, refusals: tuple[type[Exception], ...] = ()) -> Iterator[Note]:
    """Note that a job runs, and how it ended: `refusals` are what a check raises that says no.

    What cannot be noted for want of a disk that can be written is left to what the job itself raises.
    """
    before = read_outcome(data_dir, job)
    outcome = Outcome(started=now(), succeeded=before.succeeded, pid=getpid())
    _write(data_dir, job, outcome)
    note = Note()
    try:
        yield note
    except BaseException as error:
        result = "refused" if isinstance(error, refusals) else "failed"
        with contextlib.suppress(FolderUnusable):
            _write(data_dir, job, replace(outcome, ended=now(), result=result, message=_line(error)))
        raise
    done = replace(outcome, ended=now(), result="failed" if note.failure else "done", message=note.failure)
    _write(data_dir, job, done if note.failure else replace(done, succeeded=done.ended))


def note_next_run(data_dir: Path, at: str) -> None:
    """Keep when the scheduler crawls and builds next (ISO time, UTC)."""
    replace_file(data_dir / "timetable.json", json.dumps({"next": at}).encode())


def read_next_run(data_dir: Path) -> str:
    """When the scheduler that runs now, or ran last, said that it would run next; "" where none did."""
    try:
        return str(json.loads((data_dir / "timetable.json").read_bytes())["next"])
    except (OSError, ValueError, TypeError, KeyError):
        return ""


def _path(data_dir: Path, job: Job) -> Path:
    return data_dir / f"last-{job}.json"


def _write(data_dir: Path, job: Job, outcome: Outcome) -> None:
    replace_file(_path(data_dir, job), json.dumps(asdict(outcome)).encode())


def _line(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text[:LONGEST_MESSAGE]
