"""A bound for what costs much: so many at once for each worker; the others are asked to come again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from functools import wraps

from flask import Response, current_app, request
from werkzeug.exceptions import TooManyRequests

from search_app.web.operation.measurements import current_measurements
from search_app.web.state import asked_by_ourselves, current_site

EXTENSION = "starchart heavy"
RETRY_SECONDS = 5


class Gate:
    """Lets so many in at once. Safe for threads."""

    def __init__(self, most: int) -> None:
        self._places = threading.Semaphore(most)

    def enter(self) -> Callable[[], None] | None:
        """How to give the place back, which may be done more than once; None where there is no place."""
        if not self._places.acquire(blocking=False):
            return None
        taken = [True]

        def leave() -> None:
            if taken:
                taken.clear()
                self._places.release()

        return leave


def take_place(what: str) -> Callable[[], None]:
    """A place for what is asked for ("an export"): how to give it back, which may be done more than once.

    Raises TooManyRequests where there is no place.
    """
    if asked_by_ourselves():  # takes nobody's place, and waits for none
        return lambda: None
    gate = current_app.extensions.setdefault(EXTENSION, Gate(current_site().config.server.heavy_at_once))
    leave: Callable[[], None] | None = gate.enter()
    if leave is None:
        current_measurements().refused.labels(request.path).inc()
        said = f"The server has too much to do just now for {what}: come again in {RETRY_SECONDS} seconds."
        raise TooManyRequests(said, retry_after=RETRY_SECONDS)
    return leave


def heavy(what: str) -> Callable[[Callable[[], Response]], Callable[[], Response]]:
    """For a view that takes a place until its answer has been sent whole; 429 where there is none, with what
    the view makes ("an export") in its words.
    """

    def decorated(view: Callable[[], Response]) -> Callable[[], Response]:
        @wraps(view)
        def bounded() -> Response:
            leave = take_place(what)
            try:
                response = view()
            except BaseException:
                leave()
                raise
            if request.method == "HEAD":  # nobody reads it
                leave()
                return response
            response.response = Leaving(response.iter_encoded(), leave)
            response.call_on_close(leave)  # where nothing of it was read
            return response

        return bounded

    return decorated


def give_way() -> None:
    """Let the worker answer what else is waiting (its greenlets take turns here)."""
    time.sleep(0)


class Leaving:
    """Pieces of an answer after which a place is given back: at their end, or when they are dropped."""

    def __init__(self, pieces: Iterable[bytes], leave: Callable[[], None]) -> None:
        self._pieces = iter(pieces)
        self._leave = leave

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except BaseException:
            self._leave()
            raise

    def __del__(self) -> None:
        self._leave()
