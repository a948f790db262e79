"""Work in processes of its own, each call of which may take so much time and memory and no more.

For whatever chews text that strangers wrote. A call that runs past its limits, or takes its process
down with it (a stack that overflows inside a C library), costs that call alone: the process is ended,
and the next call gets a fresh one.

Time is the processor's (RLIMIT_CPU): a busy machine refuses nothing that a quiet one takes. What waits
instead of working is ended by the clock. Memory is what the process may take beyond what it had when the
call began (RLIMIT_DATA; Linux counts it, macOS does not, and there only time is bounded). A call may tell
its steps (`begin_step`): each then has the time to itself, and the one that failed is named.
"""

from __future__ import annotations

import atexit
import contextlib
import math
import multiprocessing
import queue
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

from indexer.runtime.processes import follow_parent

Reason = Literal["time", "memory", "died"]
T = TypeVar("T")
R = TypeVar("R")

START_SECONDS = 60.0  # until a process is there and has imported what it is to do
CLOCK_FACTOR = 10  # by the clock, a step may take so many times its processor time
LONG = 86_400.0  # stands for "for ever" where a number is wanted
STOP_SECONDS = 5.0

_SAID = {"time": "took too long", "memory": "took too much memory", "died": "ended the process that read it"}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may take."""

    seconds: float  # of processor time, for each step; a call that tells of no steps is one
    memory_bytes: int  # beyond what the process has when the call begins


class LimitExceeded(Exception):
    """A call was ended; `step` is the one that it was at, "" where it told of none."""

    def __init__(self, reason: Reason, step: str = "") -> None:
        super().__init__(f"{step}: {_SAID[reason]}" if step else _SAID[reason])
        self.reason = reason
        self.step = step
        self.said = _SAID[reason]  # in words

    def __reduce__(self) -> tuple[type[LimitExceeded], tuple[Reason, str]]:
        return LimitExceeded, (self.reason, self.step)


# One is forked at a time: else it holds the end of another one's pipe too, and nobody is told when that dies.
_starting = threading.Lock()


class LimitedWorker:
    """One process, started when first needed and again whenever it was ended. For one thread at a time."""

    def __init__(self, limits: Limits, context: BaseContext | None = None) -> None:
        self._limits = limits
        self._context = context or multiprocessing.get_context("spawn")
        self._process: Any = None
        self._connection: Connection | None = None

    def call(self, fn: Callable[..., R], /, *args: Any, until: float = math.inf) -> R:
        """What fn gives or raises, over there; all is pickled. `until`: time.monotonic() at which it ends.

        Raises LimitExceeded.
        """
        connection = self._started()
        try:
            connection.send((fn, args))
        except BrokenPipeError:  # somebody ended it while it waited for work
            self._end()
            connection = self._started()
            connection.send((fn, args))
        step = ""
        patience = time.monotonic() + START_SECONDS
        while True:
            left = min(patience, until) - time.monotonic()
            try:
                if not connection.poll(max(0.0, min(left, LONG))):
                    self._end()
                    raise LimitExceeded("time", step)
                kind, value = connection.recv()
            except (EOFError, OSError):
                raise LimitExceeded(self._end(), step) from None
            if kind == "step":
                step, limited = value
                patience = time.monotonic() + (self._limits.seconds * CLOCK_FACTOR if limited else LONG)
            elif kind == "memory":
                self._end()
                raise LimitExceeded("memory", step)
            elif kind == "raised":
                raise value
            else:
                result: R = value
                return result

    def close(self) -> None:
        """End the process, gently where it waits for work."""
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.send(None)
            self._process.join(STOP_SECONDS)
        self._end()

    def _started(self) -> Connection:
        if self._connection is None or not self._process.is_alive():
            self._end()
            with _starting:
                self._connection, theirs = self._context.Pipe()
                self._process = self._context.Process(  # type: ignore[attr-defined]
                    target=_serve, args=(theirs, self._limits), name="starchart-limited"
                )
                self._process.start()
                theirs.close()
        return self._connection

    def _end(self) -> Reason:
        """Kill the process; why it had ended, where it had."""
        if self._connection is None:
            return "died"
        self._connection.close()
        self._connection = None
        self._process.join(0.5)  # one whose pipe has just closed is about to be gone
        code = self._process.exitcode
        if code is None:
            self._process.kill()
            self._process.join()
        self._process.close()
        return "time" if code == -signal.SIGXCPU else "died"


class LimitedPool:
    """Some limited processes for any number of threads. Close it, or use it in a `with`."""

    def __init__(self, count: int, limits: Limits, context: BaseContext | None = None) -> None:
        self._count = count
        self._workers = [LimitedWorker(limits, context) for _ in range(count)]
        self._free: queue.LifoQueue[LimitedWorker] = queue.LifoQueue()
        for worker in self._workers:
            self._free.put(worker)
        atexit.register(self.close)  # before multiprocessing waits for its children

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def call(self, fn: Callable[..., R], /, *args: Any, until: float = math.inf) -> R:
        """As LimitedWorker.call, by the next process that is free."""
        try:
            worker = self._free.get(timeout=max(0.0, min(until - time.monotonic(), LONG)))
        except queue.Empty:
            raise LimitExceeded("time") from None
        try:
            return worker.call(fn, *args, until=until)
        finally:
            self._free.put(worker)

    def map(self, fn: Callable[[T], R], items: Iterable[T]) -> Iterator[R | Exception]:
        """What fn gives of each item, in their order; of one that failed, its exception or LimitExceeded."""

        def one(item: T) -> R | Exception:
            try:
                return self.call(fn, item)
            except Exception as error:
                return error

        with ThreadPoolExecutor(self._count, "limited") as threads:
            yield from threads.map(one, items)

    def close(self) -> None:
        """End all processes. Calls that are under way must be over."""
        atexit.unregister(self.close)
        for worker in self._workers:
            worker.close()


# ------------------------------------------------------------------ inside such a process

_told: Connection | None = None  # to whom steps are told; None outside of a limited process
_seconds = math.inf
_step = ""


def current_step() -> str:
    """The step that was begun last, "" outside of a limited process."""
    return _step


def begin_step(name: str, *, limited: bool = True) -> None:
    """What comes now, until the next step, has the time limit to itself and is named where it fails.

    With `limited=False` it may take as long as the whole call. Outside of a limited process: nothing.
    """
    global _step
    if _told is not None:
        _step = name
        _limit_processor(_seconds if limited else math.inf)
        _told.send(("step", (name, limited)))


def _serve(connection: Connection, limits: Limits) -> None:
    """The body of a limited process: calls, one after another, until there are no more."""
    global _told, _seconds
    follow_parent()
    _told, _seconds = connection, limits.seconds
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    while True:
        try:
            asked = connection.recv()  # imports what it names: not yet on the call's account
        except EOFError:
            return
        if asked is None:
            return
        fn, args = asked
        _limit_memory(limits.memory_bytes)
        begin_step("")
        answer = _answer(fn, args)
        _limit_processor(math.inf)
        _send(connection, answer)


def _answer(fn: Callable[..., Any], args: tuple[Any, ...]) -> tuple[str, Any]:
    try:
        return "done", fn(*args)
    except MemoryError:
        return "memory", None
    except Exception as error:
        return "raised", error


def _send(connection: Connection, answer: tuple[str, Any]) -> None:
    """The answer, or why it cannot travel."""
    try:
        connection.send(answer)
    except (BrokenPipeError, ConnectionResetError):
        sys.exit(1)
    except MemoryError:
        connection.send(("memory", None))
    except Exception as error:  # it cannot be pickled
        told = answer[1] if isinstance(answer[1], Exception) else error
        connection.send(("raised", RuntimeError(f"{type(told).__name__}: {told}"[:1000])))


def _limit_processor(seconds: float) -> None:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = resource.RLIM_INFINITY
    if math.isfinite(seconds):
        soft = math.ceil(usage.ru_utime + usage.ru_stime + seconds)
    with contextlib.suppress(OSError, ValueError):  # the system has no such limit, or a lower one already
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _limit_memory(more: int) -> None:
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (_data_bytes() + more, hard))


def _data_bytes() -> int:
    """What counts towards RLIMIT_DATA now; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        return 0
