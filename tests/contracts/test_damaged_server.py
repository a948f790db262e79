"""A real server whose generation is damaged under it, or was before it started."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from indexer.index.generation import FOLDER, current_name, generation_names
from indexer.index.integrity import damaged_files
from search_app import server
from search_app.repair import start_build_once
from tests.support.generations import on_its_own, two_generations
from tests.support.mirrors import settings
from tests.support.servers import served

pytestmark = pytest.mark.slow
WITHIN = 5.0  # seconds in which a server answers again
BUILT_WITHIN = 90.0


@pytest.fixture
def data(sample_data: Path, tmp_path: Path) -> Path:
    return two_generations(sample_data, tmp_path)


def answering(base: str, word: str) -> str:
    """The generation that answers a search, "" where the connection breaks."""
    try:
        answer = requests.get(f"{base}/api/v1/search", params={"q": word}, timeout=WITHIN)
    except requests.ConnectionError:
        return ""
    assert answer.status_code in (200, 503), answer.text
    return str(answer.json()["generation"]["id"]) if answer.ok else ""


def seconds_until(true: Callable[[], bool], limit: float) -> float:
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < limit
        time.sleep(0.1)
    return time.monotonic() - began


@pytest.mark.parametrize("workers", [1, 2])
def test_a_file_cut_under_a_running_server_costs_a_worker_and_five_seconds_at_most(
    data: Path, workers: int
) -> None:
    file = on_its_own(data / FOLDER / "newer" / "arrays" / "post_ids.npy")
    with served(data, workers=workers) as base:
        assert answering(base, "search") == "newer"
        os.truncate(file, 0)  # in place: what was mapped is gone, and who touches it gets SIGBUS
        words = iter([f"{word} {number}" for number in range(500) for word in ("count", "page", "tab")])
        seconds_until(lambda: answering(base, next(words)) not in ("", "newer"), WITHIN)
        ready = requests.get(f"{base}/readyz", timeout=WITHIN)
        assert ready.ok
        seconds_until(lambda: current_name(data) != "newer", BUILT_WITHIN)  # a child of the server builds
        made = current_name(data)
        seconds_until(lambda: answering(base, next(words)) == made, WITHIN)
        assert "damaged" not in requests.get(f"{base}/readyz", timeout=WITHIN).text
    assert damaged_files(data / FOLDER / made) == ()
    assert set(generation_names(data)) == {"older", made}  # built once


def test_a_server_that_starts_on_a_damaged_generation_answers_and_has_one_built(data: Path) -> None:
    os.truncate(on_its_own(data / FOLDER / "newer" / "catalogue.sqlite"), 1_000)
    with served(data, workers=2) as base:
        assert answering(base, "search") not in ("", "newer")
        seconds_until(lambda: current_name(data) != "newer", BUILT_WITHIN)
        made = current_name(data)
        seconds_until(lambda: answering(base, "search") == made, WITHIN)
    assert set(generation_names(data)) == {"older", made}


def test_a_build_is_started_once_for_a_generation_however_many_ask(data: Path) -> None:
    (data / "snapshots").unlink()  # the build has nothing to build from, and fails
    assert start_build_once(data)
    assert not start_build_once(data)  # it runs
    time.sleep(0.1)
    seconds_until(lambda: not _is_held(data), BUILT_WITHIN)
    assert not start_build_once(data)  # it was tried


def test_beside_a_scheduler_that_builds_at_once_a_server_starts_no_build_of_its_own(
    data: Path, sample_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.truncate(on_its_own(data / FOLDER / "newer" / "catalogue.sqlite"), 1_000)
    started: list[Path] = []
    monkeypatch.setattr(server, "start_build_once", lambda data_dir, options: started.append(data_dir))
    for alone, due in ((False, []), (True, [data])):
        app = server.Server(settings(data, sample_data), alone=alone).load()
        assert app.test_client().get("/readyz").status_code == 200
        assert started == due


def _is_held(data: Path) -> bool:
    with (data / "repair.lock").open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False
