"""Twelve files of upstream, each with everything that may go wrong: no hang, no crash, nothing taken wrongly.

A cell breaks one file, crawls its source, mends the file and crawls again: what was kept is what there was,
or the state says what is amiss, and the second crawl is as if nothing had been. 60 cells belong to the slow
tests; `make soak` runs all of them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from indexer.config import Config
from indexer.crawl.crawl import crawl
from indexer.crawl.guard import Accepted
from indexer.crawl.snapshots import SnapshotState, SnapshotStore
from tests.support.faults import (
    BOUND,
    FAULTS,
    TARGETS,
    TRUE,
    FaultyUpstream,
    every_cell,
    make_upstream,
    some_cells,
)
from tests.support.mirrors import settings
from tests.support.raw_server import RawServer, raw_server

HASTY = 1.0  # seconds for a file while something is wrong; a good one may take what a busy machine needs
MOST_SECONDS = 30.0  # of the clock, for a cell: machines are shared


@dataclass(slots=True)
class World:
    """A crawled installation over a server that can be told to fail."""

    upstream: FaultyUpstream
    server: RawServer
    config: Config
    hasty: Config
    good: dict[str, str]  # source -> digest of its records

    def state(self, source: str) -> SnapshotState:
        found = SnapshotStore(self.config.data_dir).state(source)
        assert found is not None
        return found

    def crawl(self, source: str) -> SnapshotState:
        crawl(self.hasty if self.upstream.broken else self.config, (source,))
        return self.state(source)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = make_upstream(tmp_path_factory.mktemp("upstream"))
    upstream = FaultyUpstream(folder)
    with raw_server(upstream) as server:
        data = tmp_path_factory.mktemp("data")
        config = settings(data, server.base, max_bytes=BOUND)
        hasty = settings(data, server.base, max_bytes=BOUND, file_seconds=HASTY, read_seconds=HASTY)
        crawl(config)
        states = SnapshotStore(config.data_dir).states()
        assert {name: state.error for name, state in states.items() if state.error} == {}
        for target in TARGETS.values():
            assert sum(states[target.source].counts.values()) >= 3, target
        yield World(upstream, server, config, hasty, {name: state.digest for name, state in states.items()})


def run_cell(world: World, name: str, fault: str) -> None:
    target = TARGETS[name]
    if world.state(target.source).digest != world.good[target.source]:  # another cell failed
        crawl(world.config, (target.source,), accept=Accepted(everything=True))
    began = time.monotonic()
    world.upstream.broken = target, FAULTS[fault]
    broken = world.crawl(target.source)
    world.upstream.broken = None
    assert time.monotonic() - began < MOST_SECONDS
    if (name, fault) not in TRUE:
        assert broken.digest == world.good[target.source], f"taken: {broken.counts} {broken.error}"
        assert broken.error, "nobody is told"
    mended = world.crawl(target.source)
    assert (mended.digest, mended.error) == (world.good[target.source], "")


@pytest.mark.slow
@pytest.mark.parametrize(("target", "fault"), some_cells(), ids=lambda each: each.replace(" ", "-"))
def test_a_fault_costs_a_source_its_freshness_and_nothing_else(target: str, fault: str, world: World) -> None:
    run_cell(world, target, fault)


@pytest.mark.full
@pytest.mark.soak
@pytest.mark.parametrize(("target", "fault"), every_cell(), ids=lambda each: each.replace(" ", "-"))
def test_each_fault_of_each_file_costs_a_source_its_freshness(target: str, fault: str, world: World) -> None:
    run_cell(world, target, fault)


def test_the_matrix_has_the_faults_and_files_that_it_says() -> None:
    assert (len(TARGETS), len(FAULTS), len(every_cell()), len(some_cells())) == (12, 55, 660, 60)
    assert {fault for _, fault in some_cells()} == set(FAULTS)
    assert {target for target, _ in some_cells()} == set(TARGETS)
