"""What every page says above its content: where the installation is not as it should be, what is under way.

Read from the data folder's files every few seconds at most; the ETag of a page covers it.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from flask import Flask, current_app

from indexer.runtime.progress import ProgressState
from indexer.status import Status, read_status
from search_app.web.labels import source_label
from search_app.web.state import Site

EXTENSION = "starchart banner"
LOOK_SECONDS = 5.0
# what is a banner's business: the rest is for /status, or goes without saying on the sample
SHOWN = ("scheduler-gone", "build-refused", "build-failed", "build-killed", "crawl-failed", "crawl-killed",
         "source-stale", "source-old")  # fmt: skip
SAMPLE = "This is the small sample that comes with Starchart."


@dataclass(frozen=True, slots=True)
class Banner:
    """`kind` is "" where there is nothing to say. `strong` is what is, `text` what comes of it."""

    kind: Literal["", "sample", "behind"] = ""
    strong: str = ""
    text: str = ""


@dataclass(slots=True)
class Watch:
    """How the installation stands, looked at every few seconds. Safe for threads."""

    site: Site
    _status: Status | None = None
    _looked: float = 0.0
    _banners: dict[bool, Banner] = field(default_factory=dict)  # of the status, on the sample or not
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def status(self) -> Status:
        """The status, at most LOOK_SECONDS old."""
        with self._lock:
            return self._read()

    def _read(self) -> Status:
        if self._status is None or time.monotonic() - self._looked > LOOK_SECONDS:
            self._status = read_status(self.site.config)
            self._looked = time.monotonic()
            self._banners.clear()
        return self._status

    @property
    def banner(self) -> Banner:
        """What the pages of the generation in use say."""
        generation = self.site.answering
        if generation is None:
            return Banner()
        with self._lock:
            status, sample = self._read(), generation.sample
            if sample not in self._banners:
                self._banners[sample] = sample_banner(status) if sample else behind_banner(status)
            return self._banners[sample]


def watch_of(app: Flask) -> Watch:
    """The watch of an app."""
    found: Watch = app.extensions[EXTENSION]
    return found


def current_banner() -> Banner:
    """What the pages of the running app say above their content."""
    return watch_of(current_app).banner


def behind_banner(status: Status) -> Banner:
    """Of real data: what needs looking after."""
    texts = [problem.text for problem in status.problems if problem.code in SHOWN]
    return Banner("behind", "Not all of this is up to date.", " ".join(texts)) if texts else Banner()


def sample_banner(status: Status) -> Banner:
    """Of the sample: when there will be more, and no promise that cannot be kept."""
    return Banner("sample", SAMPLE, _prospect(status))


def _prospect(status: Status) -> str:
    if status.progress.phase:
        return "The real data comes in as soon as a crawl is through."
    bad = next((each for each in (status.crawl, status.build) if each.bad), None)
    if bad is not None:
        failed = f"The last {'crawl' if bad is status.crawl else 'build'} did not succeed"
        why = f": {bad.message}" if bad.message else ""
        return f"{failed}{why}. {_next_attempt(status)}"
    if status.scheduler:
        return "The real data comes in as soon as a crawl is through."
    return "No crawl has brought in the real data yet, and no scheduler runs that would start one."


def _next_attempt(status: Status) -> str:
    if not status.scheduler:
        return "No scheduler runs that would try again."
    return f"The next attempt is at {_moment(status.next_run)}." if status.next_run else "It is tried again."


def _moment(text: str) -> str:
    """`14:20 UTC`, with the day where it is not today's."""
    try:
        at = datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return text
    same_day = at.date() == datetime.now(UTC).date()
    return f"{at:%H:%M} UTC" if same_day else f"{at:%H:%M} UTC on {at.day} {at:%B}"


def progress_text(progress: ProgressState) -> str:
    """`Crawling: 12 of 40 (glean)`; empty where nothing runs."""
    if not progress.phase:
        return ""
    verb = {"crawl": "Crawling", "build": "Building the index"}.get(progress.phase, progress.phase)
    count = f": {progress.done:,} of {progress.total:,}" if progress.total else ""
    return f"{verb}{count}" + (f" ({source_label(progress.source)[0]})" if progress.source else "")
