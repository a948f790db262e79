"""What a request needs beside its address: the engine, the settings, today, values that were worked out.

Made once by create_app; blueprints get it by current_site().
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from flask import current_app, request

from indexer.config import Config
from indexer.index.generation import Generation
from indexer.index.integrity import NothingIntact
from search_app.engine.engine import SearchEngine
from search_app.engine.protocol import Engine

log = logging.getLogger(__name__)

REFRESH_SECONDS = 2.0  # how often, at most, the pointer to the current generation is looked at
BESIDE_SECONDS = 0.0005  # a request waits for the interpreter while a new generation is asked; 0.005 is usual
EXTENSION = "starchart"
MOST_REMEMBERED = 6_000  # values worked out of one generation, some 2 KB each; above, the oldest is forgotten
_NOTHING = object()

T = TypeVar("T")


class NothingIndexed(Exception):
    """There is no generation to answer from yet."""


@dataclass(slots=True, eq=False)
class Opened:
    """A generation that is open, and what was worked out of it."""

    engine: Engine
    memory: dict[tuple[object, ...], Any] = field(default_factory=dict)


# the one that is asked by ourselves in this thread, before it is taken up; None in those that serve
_COMING: ContextVar[Opened | None] = ContextVar("coming", default=None)
_BY_OURSELVES: ContextVar[bool] = ContextVar("by ourselves", default=False)


@dataclass(slots=True)
class Site:
    """One installation as the server sees it. Safe for threads."""

    config: Config
    open_engine: Callable[[], Engine]  # raises NothingIndexed
    on_damage: Callable[[], object] = lambda: None  # called where a generation is found damaged
    # asks a new generation what will be asked of it first, beside the requests that the old one answers;
    # without it a new one is taken up at once
    rehearse: Callable[[], object] | None = None
    _on: Opened | None = None
    _rehearsed: Opened | None = None  # to be taken up between two requests
    _rehearsal: threading.Thread | None = None
    _looked: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def engine(self) -> Engine:
        """The engine, opened when it is first needed. Raises NothingIndexed."""
        return self._opened.engine

    @property
    def _opened(self) -> Opened:
        opened = _COMING.get() or self._on
        if opened is not None:
            return opened
        with self._lock:
            if self._on is None:
                self._on = self._open()
                self._looked = time.monotonic()
            return self._on

    def _open(self) -> Opened:
        try:
            engine = self.open_engine()
        except NothingIndexed as problem:
            if isinstance(problem.__cause__, NothingIntact):
                self.on_damage()
            raise
        if engine.generation.passed_over:
            self.on_damage()
        return Opened(engine)

    def look_for_newer(self) -> None:
        """Switch to a newer generation, looked for every two seconds, between requests only: one that began
        with a generation ends with it.
        """
        if _COMING.get() is not None:
            return
        now = time.monotonic()
        with self._lock:
            if self._rehearsed is not None:
                self._take_up(self._rehearsed)
            elif self._on is not None and now - self._looked > REFRESH_SECONDS:
                self._looked = now
                self._look(self._on.engine)

    def look_at_once(self) -> None:
        """Let the next request look whether the generation is still whole: after a fork."""
        self._looked = float("-inf")

    def recover(self) -> bool:
        """After a failure: whether the generation turns out to be damaged, and is let go of."""
        if _COMING.get() is not None:
            return False
        with self._lock:
            before = self._on
            if before is None:
                return False
            self._looked = time.monotonic()
            self._look(before.engine, at_once=True)
            return self._on is not before

    def _look(self, engine: Engine, *, at_once: bool = False) -> None:
        """Take up another generation where one is to answer, or begin to ask it what it will be asked."""
        try:
            standing = engine.standing()
        except NothingIntact:
            self._take_up(None)
            self.on_damage()
            return
        if standing == "superseded" and self.rehearse is not None and not at_once:
            self._begin_rehearsal()
        elif standing != "current":
            self._take_up(self._open_newer() or self._on)

    def _take_up(self, opened: Opened | None) -> None:
        """Answer from this one; one that is still being asked may be older."""
        self._on, self._rehearsed, self._rehearsal = opened, None, None

    def _open_newer(self) -> Opened | None:
        """None for one that cannot be read, which leaves the old one answering."""
        try:
            return self._open()
        except (NothingIndexed, OSError, ValueError, KeyError, sqlite3.Error):  # gone since it was looked at
            return None

    def watch(self) -> None:
        """From now on look for a newer generation while nobody asks, too: who comes after an idle night is
        not answered from the old one. It is taken up by the next request, as ever.
        """
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            time.sleep(max(REFRESH_SECONDS, 0.01))
            with self._lock, contextlib.suppress(NothingIntact, OSError):  # who asks finds that out, too
                on = self._on if self._rehearsed is None else None
                if on is not None and on.engine.standing() == "superseded":
                    self._begin_rehearsal()

    def _begin_rehearsal(self) -> None:
        if self._rehearsal is None or not self._rehearsal.is_alive():
            self._rehearsal = threading.Thread(target=self._ask_first, daemon=True)
            self._rehearsal.start()

    def _ask_first(self) -> None:
        """Open the newer generation and ask it what will be asked first; in a thread of its own."""
        coming = self._open_newer()
        if coming is None or self.rehearse is None:
            return
        _COMING.set(coming)
        usual = sys.getswitchinterval()
        sys.setswitchinterval(BESIDE_SECONDS)
        try:
            self.rehearse()
        except Exception:
            log.exception("a new generation could not be asked first; it is taken up all the same")
        finally:
            sys.setswitchinterval(usual)
        coming.engine.disconnect()
        with self._lock:
            if self._rehearsal is threading.current_thread():
                self._rehearsed = coming

    def before_fork(self) -> None:
        """Let go of what two processes must not share: connections to the store."""
        if self._on is not None:
            self._on.engine.disconnect()

    @property
    def answering(self) -> Generation | None:
        """The generation in use; None where none was opened yet. Never opens one, never fails."""
        opened = _COMING.get() or self._on
        return opened.engine.generation if opened is not None else None

    @property
    def today(self) -> date:
        """The day by which ages are told."""
        return self.config.today()

    def remembered(self, key: tuple[object, ...], make: Callable[[], T]) -> T:
        """What `make` returns, worked out once for each generation and key."""
        memory = self._opened.memory
        found: T | Any = memory.get(key, _NOTHING)
        if found is not _NOTHING:
            return found
        value = make()
        with self._lock:
            if len(memory) >= MOST_REMEMBERED:
                del memory[next(iter(memory))]
            memory[key] = value
        return value


def ask_as_ourselves() -> None:
    """What is asked in this context from now on is nobody's: it is not counted, bounded or logged."""
    _BY_OURSELVES.set(True)


def asked_by_ourselves() -> bool:
    """Whether this is nobody's request."""
    return _BY_OURSELVES.get()


def current_site() -> Site:
    """The site of the running app."""
    site: Site = current_app.extensions[EXTENSION]
    return site


def open_engine(config: Config) -> Engine:
    """The engine on the current generation. Raises NothingIndexed where there is none yet."""
    try:
        return SearchEngine(config.data_dir, results_kept=config.search.result_cache)
    except (FileNotFoundError, ValueError) as problem:
        raise NothingIndexed(f"Nothing is indexed yet: {problem}.") from problem


def wants_markdown() -> bool:
    """Whether this request names text/markdown, and wants it no less than HTML: no browser names it."""
    accepted = request.accept_mimetypes
    html = accepted["text/html"] if "text/html" in [name for name, _ in accepted] else 0.0
    return any(name == "text/markdown" and worth > 0 and worth >= html for name, worth in accepted)
