"""What a request needs beside its address: the engine, the settings, today, values that were worked out.

Made once by create_app; blueprints get it by current_site().
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from flask import current_app, request

from indexer.config import Config
from indexer.index.generation import Generation
from indexer.index.integrity import NothingIntact
from search_app.engine.engine import SearchEngine
from search_app.engine.protocol import Engine

REFRESH_SECONDS = 2.0  # how often, at most, the pointer to the current generation is looked at
EXTENSION = "starchart"
MOST_REMEMBERED = 6_000  # values worked out of one generation, some 2 KB each; above, the oldest is forgotten
_NOTHING = object()

T = TypeVar("T")


class NothingIndexed(Exception):
    """There is no generation to answer from yet."""


@dataclass(slots=True)
class Site:
    """One installation as the server sees it. Safe for threads."""

    config: Config
    open_engine: Callable[[], Engine]  # raises NothingIndexed
    on_damage: Callable[[], object] = lambda: None  # called where a generation is found damaged
    _engine: Engine | None = None
    _looked: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _memory: dict[tuple[object, ...], Any] = field(default_factory=dict)

    @property
    def engine(self) -> Engine:
        """The engine, opened when it is first needed. Raises NothingIndexed."""
        if self._engine is None:
            with self._lock:
                if self._engine is None:
                    self._engine = self._opened()
                    self._looked = time.monotonic()
        return self._engine

    def _opened(self) -> Engine:
        try:
            engine = self.open_engine()
        except NothingIndexed as problem:
            if isinstance(problem.__cause__, NothingIntact):
                self.on_damage()
            raise
        if engine.generation.passed_over:
            self.on_damage()
        return engine

    def look_for_newer(self) -> None:
        """Switch to a newer generation, looked for every two seconds, between requests only: one that began
        with a generation ends with it, and remembers nothing of it under the next one's name.
        """
        now = time.monotonic()
        with self._lock:
            if self._engine is not None and now - self._looked > REFRESH_SECONDS:
                self._looked = now
                self._refresh(self._engine)

    def look_at_once(self) -> None:
        """Let the next request look whether the generation is still whole: after a fork."""
        self._looked = float("-inf")

    def recover(self) -> bool:
        """After a failure: whether the generation turns out to be damaged, and is let go of."""
        with self._lock:
            engine = self._engine
            if engine is None:
                return False
            self._looked = time.monotonic()
            return self._refresh(engine)

    def _refresh(self, engine: Engine) -> bool:
        try:
            switched = engine.refresh()
        except NothingIntact:
            self._engine, switched = None, True
            self.on_damage()
        else:
            if switched and engine.generation.passed_over:
                self.on_damage()
        return switched

    def before_fork(self) -> None:
        """Let go of what two processes must not share: connections to the store."""
        if self._engine is not None:
            self._engine.before_fork()

    @property
    def answering(self) -> Generation | None:
        """The generation in use; None where none was opened yet. Never opens one, never fails."""
        return self._engine.generation if self._engine is not None else None

    @property
    def today(self) -> date:
        """The day by which ages are told."""
        return self.config.today()

    def remembered(self, key: tuple[object, ...], make: Callable[[], T]) -> T:
        """What `make` returns, worked out once for each generation and key."""
        generation = self.engine.generation.id
        full_key = (generation, *key)
        found: T | Any = self._memory.get(full_key, _NOTHING)
        if found is not _NOTHING:
            return found
        value = make()
        with self._lock:
            newest = next(reversed(self._memory), None)
            if newest is not None and newest[0] != generation:
                self._memory.clear()
            elif len(self._memory) >= MOST_REMEMBERED:
                del self._memory[next(iter(self._memory))]
            self._memory[full_key] = value
        return value


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
