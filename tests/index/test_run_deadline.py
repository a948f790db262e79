"""A run of crawl and build that hangs is ended, lets go of what it holds, and the next one goes through."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import pytest

from indexer import scheduler
from indexer.index.generation import current_manifest
from indexer.runtime.locking import WORK, is_held
from tests.support import hanging
from tests.support.small_world import small_world
from tests.support.upstream import config_of

RUN_SECONDS = 25


@pytest.mark.slow
def test_a_run_that_hangs_is_ended_and_the_next_one_goes_through(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config = config_of(small_world().write(tmp_path / "mirror"), tmp_path / "data")
    schedule = config.schedule.model_copy(update={"run_seconds": RUN_SECONDS})
    config = config.model_copy(update={"schedule": schedule})
    began = time.monotonic()
    with caplog.at_level(logging.ERROR):
        assert scheduler._run_in_own_process(config, hanging.hang) == scheduler.TOOK_TOO_LONG
    assert time.monotonic() - began < RUN_SECONDS + 2 * scheduler.ENDING_SECONDS
    assert (config.data_dir / "hanging").exists()  # it hung where it was meant to
    assert f"took longer than {RUN_SECONDS} s" in caplog.text
    assert not is_held(config.data_dir, WORK)
    assert current_manifest(config.data_dir) is None
    assert scheduler._run_in_own_process(config, hanging.pass_at_once) == 0
    assert current_manifest(config.data_dir) is not None
