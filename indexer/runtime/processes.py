"""Processes to hand work to, which end with whoever started them; and work with millions of small objects."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from typing import Any

PARENT = "STARCHART_PARENT"  # the variable that tells a command of ours whom to end with
ON_CALL = "STARCHART_ON_CALL"  # the one that tells a server of ours to wait until its standard input ends
_PR_SET_PDEATHSIG = 1  # as Linux numbers it


@contextlib.contextmanager
def workers(count: int) -> Iterator[ProcessPoolExecutor]:
    """Processes to hand work to, started only when needed; spawned, since threads may run beside them."""
    pool = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), initializer=follow_parent)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


class Here(Executor):
    """Stands in for workers where none pay: what is submitted is done at once, in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """A future that is done already. Raises at once what `fn` raises: it is not kept for result()."""
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


@contextlib.contextmanager
def without_collection() -> Iterator[None]:
    """Stop the cyclic collector, which doubles the time of making a million small objects.

    What was made meanwhile is left alone by it afterwards too: it has no cycles, and to go through it all
    once takes seconds.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.freeze()
            gc.enable()


def give_back_memory() -> None:
    """Hand to the system what was freed: glibc keeps it for this process, a quarter of a large build's."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # other systems have none, and need none
    if trim is not None:
        trim(0)


def follow_parent() -> None:
    """Leave Ctrl-C to the parent, and end with it.

    A worker whose parent was killed would wait for work for ever: it holds both ends of its pipe.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_and_end, args=(parent,), daemon=True).start()


def end_with_parent(parent: int) -> None:
    """Let this process get SIGTERM when its parent, of this number, ends in whatever way.

    Linux does it itself (PR_SET_PDEATHSIG); elsewhere a thread looks twice a second.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it ended before it could be waited for
            os.kill(os.getpid(), signal.SIGTERM)
        return
    threading.Thread(target=_look_and_end, args=(parent,), daemon=True).start()


def _look_and_end(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def _wait_and_end(parent: Any) -> None:
    parent.join()
    os._exit(1)
