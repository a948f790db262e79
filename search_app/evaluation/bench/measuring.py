"""Engines measured: each is built in a process of its own, all are asked side by side in one.

Side by side, class of queries by class, so that whatever else the machine does falls on all alike. Not query
by query: then each engine would find the processor's caches as another one left them, which no server does.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any

from search_app.evaluation.bench.corpus import Corpus
from search_app.evaluation.bench.figures import Asked, Built, Spread
from search_app.evaluation.bench.peers import Peer, peer_modules
from search_app.evaluation.bench.questions import Question

SLOW = "whoosh_peer"  # has no suggestions, no facets, and memory of no interest
LONGEST_ROUND = 60.0  # seconds of one engine: where all queries take longer, each n-th of a class is asked
MEGABYTE = 1_000_000


def alone(work: Callable[..., Any], *given: object) -> Any:
    """The result of work done in a new process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


def build(module: str, folder: Path, corpus: Corpus) -> Built:
    """Build one engine's index in an empty folder. Runs in a fork, which has the documents already."""
    shutil.rmtree(folder, ignore_errors=True)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as pool:
        _corpora[module] = corpus
        cpu, wall, peak = pool.submit(_build, module, folder).result()
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Built(round(cpu, 2), round(wall, 2), round(size / MEGABYTE, 1), round(peak, 1))


_corpora: dict[str, Corpus] = {}  # handed over by the fork: pickling a million documents takes longer


def _build(module: str, folder: Path) -> tuple[float, float, float]:
    corpus = _corpora[module]
    cpu, wall = time.process_time(), time.perf_counter()
    peer_modules()[module].build(folder, corpus)
    used = time.process_time() - cpu, time.perf_counter() - wall
    return *used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def ask(
    folders: dict[str, Path], asked: Sequence[Question], typed: Sequence[str], rounds: int
) -> dict[str, Asked]:
    """All engines asked the same, in turns. Runs in a new process: see alone()."""
    modules = peer_modules()
    opened, peers = {}, {}
    for module, folder in folders.items():
        began = time.process_time()
        peers[module] = modules[module].open_peer(folder)
        opened[module] = (time.process_time() - began) * 1000
    gc.collect()
    gc.freeze()  # as our server does: no engine pays for going through what another one keeps
    runs = {module: _Runs(peer) for module, peer in peers.items()}
    classes = [list(alike) for _, alike in groupby(asked, key=lambda question: question.kind)]
    for run in runs.values():  # the first query of each class tells how many of the others can be borne
        for alike in classes:
            run.ask(alike[0], first=True)
    stride = {module: run.stride(len(asked)) for module, run in runs.items()}
    quick = [module for module in runs if stride[module] == 1]
    # what an engine of seconds a query leaves in the heap costs the next query half a second: it goes last
    for turns in (quick, [module for module in runs if module not in quick]):
        _in_turns({module: runs[module] for module in turns}, classes, stride, rounds)
    for turn in range(rounds):
        for number, text in enumerate(typed):
            for module, run in runs.items():
                if module != SLOW and number % stride[module] == 0:
                    run.suggest(text, first=turn == 0)
    return {module: run.asked(opened[module]) for module, run in runs.items()}


def _in_turns(
    runs: dict[str, _Runs], classes: Sequence[Sequence[Question]], stride: dict[str, int], rounds: int
) -> None:
    for run in runs.values():
        run.settle(classes[0][0])
    for turn in range(rounds + 1 if runs else 0):
        for number, alike in enumerate(classes):
            for module in _from(list(runs), turn + number):
                begin = 0 if turn else stride[module]  # the first of each class was asked
                for question in alike[begin :: stride[module]]:
                    runs[module].ask(question, first=turn == 0)


def _from(names: list[str], place: int) -> list[str]:
    """The names beginning elsewhere each time, so that none always follows the same other one."""
    first = place % len(names)
    return names[first:] + names[:first]


class _Runs:
    """What one engine took for each query."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._first: list[float] = []
        self._warm: dict[Question | str, list[float]] = {}
        self._wall: dict[Question | str, list[float]] = {}
        self._typed: dict[str, list[float]] = {}
        self._matched: list[int] = []
        self._suggests = False

    def ask(self, question: Question, first: bool) -> None:
        cpu, wall = time.process_time(), time.perf_counter()
        page = self._peer.ask(question)
        cpu, wall = (time.process_time() - cpu) * 1000, (time.perf_counter() - wall) * 1000
        if first:
            self._first.append(cpu)
            self._matched.append(page.total)
            return
        key = f"{question.kind}: {question.text} {question.filters or ''}"
        self._warm.setdefault(key, []).append(cpu)
        self._wall.setdefault(key, []).append(wall)

    def settle(self, question: Question) -> None:
        """An answer that is not counted, for it pays for what others left behind."""
        self._peer.ask(question)

    def stride(self, queries: int) -> int:
        """Each how many-th query is asked, so that a round does not take too long."""
        return 1 + int(statistics.mean(self._first) / 1000 * queries / LONGEST_ROUND)

    def suggest(self, typed: str, first: bool) -> None:
        cpu = time.process_time()
        self._suggests |= bool(self._peer.suggest(typed))
        if not first:
            self._typed.setdefault(typed, []).append((time.process_time() - cpu) * 1000)

    def asked(self, opened_ms: float) -> Asked:
        warm = {str(key): statistics.median(took) for key, took in self._warm.items()}
        wall = [statistics.median(took) for took in self._wall.values()]
        classes: dict[str, list[float]] = {}
        for key, took in warm.items():
            classes.setdefault(key.partition(":")[0], []).append(took)
        typed = [statistics.median(took) for took in self._typed.values()]
        return Asked(
            opened_ms=round(opened_ms, 1),
            queries=len(self._first),
            first=Spread.of(self._first),
            warm=Spread.of(list(warm.values())),
            wall=Spread.of(wall),
            classes={kind: Spread.of(took) for kind, took in classes.items()},
            suggested=Spread.of(typed) if self._suggests else None,
            matched=round(statistics.mean(self._matched or [0]), 1),
            slowest=max(warm, key=lambda key: warm[key], default=""),
        )


def workers_memory(module: str, folder: Path, asked: Sequence[Question]) -> tuple[float, ...]:
    """Proportional set size, in megabytes, of two processes that have both answered everything."""
    given = json.dumps([asdict(question) for question in asked])
    command = [sys.executable, "-m", "search_app.evaluation.bench.answering", module, str(folder)]
    # programs of their own: what multiprocessing spawns imports the whole command line, as no server does
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
        for _ in range(2)
    ]
    try:
        for worker in workers:
            print(given, file=worker.stdin, flush=True)
        if any("answered" not in _read_line(worker) for worker in workers):
            raise RuntimeError(f"{module} did not answer")
        return tuple(proportional_megabytes(worker.pid) for worker in workers)
    finally:
        for worker in workers:
            worker.communicate()


def _read_line(worker: subprocess.Popen[str]) -> str:
    return worker.stdout.readline() if worker.stdout else ""


def proportional_megabytes(process: int) -> float:
    """The memory of a process, shared pages divided among those that share them; 0 where unknown."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    kilobytes = next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return round(kilobytes * 1024 / MEGABYTE, 1)
