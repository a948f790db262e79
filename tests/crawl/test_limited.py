"""Limited processes: what runs past its limits is ended, and costs nobody else anything."""

from __future__ import annotations

import ctypes
import faulthandler
import importlib
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import Any

import pytest

from indexer.runtime.limited import LimitedPool, LimitedWorker, LimitExceeded, Limits, begin_step

LIMITS = Limits(seconds=1, memory_bytes=150_000_000)


def double(number: int) -> int:
    return number * 2


def spin(step: str = "") -> None:
    if step:
        begin_step("before")
        begin_step(step)
    while True:
        pass


def swallow() -> int:
    return len([bytearray(10_000_000) for _ in range(100)])


def crash(step: str) -> None:
    begin_step(step)
    faulthandler.disable()
    ctypes.string_at(0)


def refuse() -> None:
    raise LookupError("not here")


def refuse_unpicklably() -> None:
    error = ValueError("mine")
    error.args = (lambda: None,)
    raise error


def work_in_steps() -> float:
    """Two steps of most of a second each, and none of them over the limit."""
    for name in ("one", "two"):
        begin_step(name)
        until = time.process_time() + 0.7
        while time.process_time() < until:
            pass
    return time.process_time()


def wait_unlimited() -> None:
    begin_step("waiting", limited=False)
    time.sleep(60)


def odd_ones_crash(number: int) -> int:
    if number % 2:
        crash(str(number))
    return number


@pytest.fixture(scope="module")
def worker() -> Iterator[LimitedWorker]:
    worker = LimitedWorker(LIMITS)
    yield worker
    worker.close()


def test_a_call_gives_what_it_gives_and_raises_what_it_raises(worker: LimitedWorker) -> None:
    assert worker.call(double, 21) == 42
    with pytest.raises(LookupError, match="not here"):
        worker.call(refuse)
    with pytest.raises(RuntimeError, match="ValueError"):
        worker.call(refuse_unpicklably)
    first = worker.call(os.getpid)
    assert first == worker.call(os.getpid) != os.getpid()


def test_what_takes_too_much_memory_is_ended_and_the_next_call_goes_on(worker: LimitedWorker) -> None:
    with pytest.raises(LimitExceeded, match="too much memory"):
        worker.call(swallow)
    assert worker.call(double, 2) == 4


@pytest.mark.slow
def test_what_takes_too_long_is_ended_and_the_step_is_named(worker: LimitedWorker) -> None:
    began = time.monotonic()
    with pytest.raises(LimitExceeded) as ended:
        worker.call(spin, "src/SUMMARY.md")
    assert (ended.value.reason, ended.value.step) == ("time", "src/SUMMARY.md")
    assert str(ended.value) == "src/SUMMARY.md: took too long"
    assert time.monotonic() - began < 60  # the processor is shared
    assert worker.call(double, 3) == 6


def test_a_crash_inside_a_c_library_is_told_with_its_step(worker: LimitedWorker) -> None:
    with pytest.raises(LimitExceeded) as ended:
        worker.call(crash, "deep.yaml")
    assert (ended.value.reason, ended.value.step) == ("died", "deep.yaml")
    assert worker.call(double, 4) == 8


@pytest.mark.slow
def test_each_step_has_the_time_to_itself(worker: LimitedWorker) -> None:
    assert worker.call(work_in_steps) > 1.2


def test_a_call_that_waits_ends_at_its_deadline(worker: LimitedWorker) -> None:
    began = time.monotonic()
    with pytest.raises(LimitExceeded, match="waiting: took too long"):
        worker.call(wait_unlimited, until=began + 0.3)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_in_a_pool_those_that_fail_cost_only_themselves(method: str) -> None:
    with LimitedPool(2, LIMITS, multiprocessing.get_context(method)) as pool:
        found = list(pool.map(odd_ones_crash, range(4)))
    assert [found[0], found[2]] == [0, 2]
    assert [type(found[number]) for number in (1, 3)] == [LimitExceeded, LimitExceeded]
    assert {str(found[1]), str(found[3])} == {
        "1: ended the process that read it", "3: ended the process that read it",
    }  # fmt: skip


class SlowToStart:
    """Forks as multiprocessing does, slowly."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("fork")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def Process(self, *args: Any, **options: Any) -> Any:
        process = self._context.Process(*args, **options)
        start = process.start

        def slowly() -> None:
            time.sleep(0.1)
            start()
            time.sleep(0.1)

        process.start = slowly  # type: ignore[method-assign]
        return process


def test_the_end_of_one_is_told_though_another_was_forked_at_the_same_time() -> None:
    began = time.monotonic()
    with LimitedPool(2, LIMITS, SlowToStart()) as pool:  # type: ignore[arg-type]
        lives, ended = pool.map(odd_ones_crash, range(2))
    assert (lives, str(ended)) == (0, "1: ended the process that read it")
    assert time.monotonic() - began < 5


def test_who_waits_for_a_free_process_waits_no_longer_than_told() -> None:
    with LimitedPool(0, LIMITS) as pool, pytest.raises(LimitExceeded):
        pool.call(double, 1, until=time.monotonic() + 0.05)


def test_outside_of_a_limited_process_a_step_is_nothing() -> None:
    begin_step("anywhere")


def test_processes_of_our_commands_load_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """They import what their parent was started with, which once was every module of every command."""
    (installed,) = entry_points(group="console_scripts", name="starchart")
    assert installed.value == "search_app.__main__:main"
    monkeypatch.setitem(sys.modules, "__main__", importlib.import_module("search_app.__main__"))
    fresh = LimitedWorker(LIMITS)
    try:
        assert not fresh.call(eval, "[n for n in __import__('sys').modules if n.startswith('search_app')]")
    finally:
        fresh.close()
