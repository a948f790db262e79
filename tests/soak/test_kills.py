"""By hand (make soak): kills at random moments of run, serve, schedule, workers, crawl and build."""

from __future__ import annotations

import json
import os
import random
import signal
import tempfile
import time
from pathlib import Path

import pytest
import requests

from indexer.index.generation import current_name
from indexer.index.integrity import damaged_files
from tests.contracts.test_first_run import processes_of, running, wait_for
from tests.support.mirrors import copy_sample

pytestmark = pytest.mark.soak

KILLS = int(os.environ.get("STARCHART_SOAK_KILLS", "200"))
ALL_SECONDS = 3_600  # at most, of all kills
# What was killed is started again after longer and longer waits. Where nothing was left to kill for so long,
# `run` itself is killed and started again.
IDLE_SECONDS = 12
MOST_PER_RUN = 25


def answers_well(base: str) -> str:
    """What is wrong with an answer; "" where nothing is, or where nobody answers just then."""
    try:
        answer = requests.get(f"{base}/api/v1/search?q=clients_daily", timeout=10)
    except requests.RequestException:
        return ""
    if answer.status_code == 503:
        return ""
    if answer.status_code != 200:
        return f"status {answer.status_code}"
    return (
        ""
        if answer.json()["hits"][0]["name"].endswith("clients_daily")
        else f"other hits: {answer.text[:200]}"
    )


def touch(upstream: Path, number: int) -> None:
    """Something new upstream, so that each crawl has something to build."""
    annotations = upstream / "mozilla.github.io/glean-annotations/api.json"
    said = {"fenix": {"metrics": {"events.app_opened": {"commentary": f"change {number}"}}}}
    annotations.write_text(json.dumps(said))


def test_whatever_is_killed_no_answer_is_wrong_and_nothing_is_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = random.SystemRandom().randrange(2**32)
    chance, killed, wrong = random.Random(seed), 0, list[str]()
    data, upstream = tmp_path / "data", copy_sample(tmp_path / "upstream")
    runs, until = 0, time.monotonic() + ALL_SECONDS
    while killed < KILLS and time.monotonic() < until:
        touch(upstream, runs)
        with running(data, upstream) as run:
            last, here = time.monotonic(), 0
            while here < MOST_PER_RUN and time.monotonic() - last < IDLE_SECONDS:
                time.sleep(chance.uniform(0.0, 1.5))
                others = [pid for pid in processes_of(data) if pid != run.process.pid]
                if others:
                    try:
                        os.kill(chance.choice(others), signal.SIGKILL)
                    except ProcessLookupError:
                        continue
                    last, here = time.monotonic(), here + 1
                wrong += filter(None, [answers_well(run.base)])
            os.kill(run.process.pid, signal.SIGKILL)
            killed, runs = killed + here + 1, runs + 1
            run.process.wait(10)
            wait_for(lambda: not processes_of(data))
    touch(upstream, runs)
    with running(data, upstream) as run:
        wait_for(lambda: run.status()["build"]["state"] == "done" and not run.status()["progress_text"])
        wrong += filter(None, [answers_well(run.base)])
        run.process.send_signal(signal.SIGTERM)
        run.process.wait(60)
    leftovers = [
        str(path)
        for folder, patterns in ((data, ("generations/.building-*", ".*", "*.part")),
                                 (Path(tempfile.gettempdir()), ("starchart-trial-*",)))
        for pattern in patterns
        for path in folder.glob(pattern)
    ]  # fmt: skip
    with capsys.disabled():
        told = f"{len(wrong)} wrong answers, {len(leftovers)} leftovers: {leftovers[:5]}"
        print(f"\n{killed} kills in {runs} runs (seed {seed}): {told}")
    assert killed >= KILLS
    assert not wrong
    assert not leftovers
    assert not damaged_files(data / "generations" / current_name(data))
