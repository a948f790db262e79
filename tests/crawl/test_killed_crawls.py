"""A crawl killed at any moment leaves good records and no process; the next one leaves nothing of it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indexer.crawl.crawl import crawl
from indexer.crawl.snapshots import SnapshotStore
from tests.support.mirrors import copy_sample, settings

KILLS = 10
GONE_SECONDS = 20.0  # machines are shared


def children(pid: int) -> list[int]:
    """The processes that one has started; Linux tells."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def lives(pid: int) -> bool:
    """Whether a process runs; one that is dead and waits to be noticed does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux' /proc")
def test_a_crawl_killed_at_any_moment_leaves_good_records_and_no_process(tmp_path: Path) -> None:
    mirror = copy_sample(tmp_path / "upstream")
    config = settings(tmp_path / "data", mirror)
    crawl(config)
    store = SnapshotStore(config.data_dir)
    good = {name: state.digest for name, state in store.states().items()}
    chance = random.Random(20261128)
    environment = {
        **os.environ, "STARCHART_DATA_DIR": str(config.data_dir), "STARCHART_MIRROR": str(mirror),
    }  # fmt: skip
    for number in range(KILLS):
        for path in (config.data_dir / "snapshots").glob("*.state.json"):  # all is made anew
            path.write_text(path.read_text().replace('"input_digest"', '"earlier_digest"'))
        crawling = subprocess.Popen(
            [sys.executable, "-m", "search_app.cli", "--quiet", "crawl"],
            env=environment,
            start_new_session=True,
        )
        time.sleep(chance.uniform(0.4, 2.5) if number else 0.1)
        started = children(crawling.pid)
        crawling.send_signal(signal.SIGKILL)
        crawling.wait()
        for state in store.states().values():
            assert store.is_whole(state)
            store.read(state.source)
        until = time.monotonic() + GONE_SECONDS
        while any(map(lives, started)) and time.monotonic() < until:
            time.sleep(0.05)
        assert [pid for pid in started if lives(pid)] == []
    crawl(config)
    assert {name: state.digest for name, state in store.states().items()} == good
    files = [
        path.relative_to(config.data_dir).as_posix() for path in config.data_dir.rglob("*") if path.is_file()
    ]
    left = [name for name in files if "/." in name or name.startswith((".", "progress.")) or "/part-" in name]
    assert left == ["progress.json"]
