"""A generation is what its inputs make it: the same from the same records, by whatever way it was built."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from indexer import build_job as jobs
from indexer.build_job import build
from indexer.index.documents.document import GROUPS
from indexer.index.generation import FOLDER, current_name, file_digests
from indexer.index.whoosh_index import WhooshReader
from indexer.runtime.locking import is_running
from indexer.runtime.processes import give_back_memory
from tests.support.mirrors import settings

Postings = dict[tuple[str, bytes], tuple[bytes, bytes]]


def current_folder(data: Path) -> Path:
    return data / FOLDER / current_name(data)


def files(generation: Path) -> dict[str, str]:
    """The digests of all files that hold nothing of when they were made: Whoosh names its by chance."""
    digests = file_digests(generation)
    return {name: digests[name] for name in digests if name.startswith(("arrays/", "catalogue"))}


def index(generation: Path) -> tuple[list[str], Postings]:
    """All that the Whoosh index holds."""
    reader = WhooshReader(generation / "whoosh")
    found = {(group, term): reader.postings(group, term) for group in GROUPS for term in reader.terms(group)}
    ids = reader.ids()
    reader.close()
    return ids, {key: (p.ids.tobytes(), p.weights.tobytes()) for key, p in found.items()}


def build_with_seed(data: Path, seed: str) -> Path:
    """One more generation of the same records, sets and dicts of strings hashed by another seed."""
    program = "from indexer import build_job, config; build_job.build(config.load_config(None), force=True)"
    command = [sys.executable, "-c", program]  # the command tries each generation over HTTP, which takes long
    environment = {**os.environ, "STARCHART_DATA_DIR": str(data), "PYTHONHASHSEED": seed}
    subprocess.run(command, env=environment, check=True, timeout=300)
    return current_folder(data)


@pytest.mark.slow
def test_the_same_records_give_the_same_files_whatever_the_order_of_sets(
    sample_data: Path, tmp_path: Path
) -> None:
    os.symlink(sample_data / "snapshots", tmp_path / "snapshots")
    first, second = (build_with_seed(tmp_path, seed) for seed in ("1", "2"))
    assert first != second
    assert files(first) == files(second)
    assert index(first) == index(second)


@pytest.mark.slow
def test_a_second_process_takes_a_part_of_the_work_and_changes_nothing_of_what_comes_out(
    sample_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.symlink(sample_data / "snapshots", tmp_path / "snapshots")
    config = settings(tmp_path, sample_data)
    two = config.model_copy(update={"crawl": config.crawl.model_copy(update={"processes": 2})})
    started = []
    workers = jobs.workers
    monkeypatch.setattr(jobs, "workers", lambda count: started.append(count) or workers(count))
    build(two, force=True)  # the sample is too small for one
    alone = current_folder(tmp_path)
    assert started == []
    monkeypatch.setattr(jobs, "WORTH_A_PROCESS", 0)
    build(two, force=True)
    assert started == [1]
    assert current_folder(tmp_path) != alone
    assert files(current_folder(tmp_path)) == files(alone)
    assert index(current_folder(tmp_path)) == index(alone)


PARENT = """
import os, time
from indexer.runtime.processes import workers

if __name__ == "__main__":
    with workers(1) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        time.sleep(600)
"""


def test_a_worker_ends_with_the_process_that_started_it_also_when_that_is_killed(tmp_path: Path) -> None:
    program = tmp_path / "parent.py"
    program.write_text(PARENT)
    parent = subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, env=dict(os.environ))
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    assert is_running(worker)
    os.kill(parent.pid, signal.SIGKILL)
    parent.communicate(timeout=30)  # comes to an end when nobody is left to write to it


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="only glibc keeps what was freed")
def test_what_was_freed_is_given_back_to_the_system() -> None:
    def resident_megabytes() -> float:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6

    pieces = [bytearray(2_000) for _ in range(50_000)]
    last = pieces.pop()  # lies behind the others: without it all would be given back at once
    pieces.clear()
    before = resident_megabytes()
    give_back_memory()
    assert resident_megabytes() < before - 50
    assert last
