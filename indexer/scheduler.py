"""The timetable of crawl and build, in a process of its own.

One scheduler to an installation (a lock in the data folder); each of its runs is a further process,
so that the memory of a build is given back and a stop need not wait for it.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess

from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger

from indexer.build_job import build
from indexer.config import Config, ConfigProblem
from indexer.crawl.crawl import crawl
from indexer.crawl.snapshots import (
    SnapshotDamaged,
)
from indexer.index.build import GenerationRefused
from indexer.runtime.disk import FolderUnusable
from indexer.runtime.locking import SCHEDULER, Busy, exclusive
from indexer.runtime.progress import Progress

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
GROUP = "starchart-crawl-and-build"

log = logging.getLogger(__name__)


def start_logging(level: int = logging.INFO) -> None:
    """One line for each event on stderr; for the processes that are ours from their start."""
    logging.basicConfig(level=level, format=LOG_FORMAT)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # a source's own line says why it failed


def run_once(config: Config) -> None:
    """Crawl all enabled sources and build. What goes wrong is logged: the timetable goes on."""
    try:
        crawl(config, (), Progress(config.data_dir, None))
        build(config)
    except Busy as error:
        log.warning("skipped: %s", error)
    except (GenerationRefused, SnapshotDamaged) as error:
        log.error("build refused: %s", error)
    except FolderUnusable as error:
        log.error("%s", error)


def build_scheduler(config: Config) -> BlockingScheduler:
    """A scheduler that crawls and builds at once, then by the timetable. Raises ConfigProblem."""
    scheduler = BlockingScheduler(timezone=config.schedule.timezone)
    scheduler.add_job(
        _run_in_own_process,
        _timetable(config),
        args=(config,),
        id="crawl and build",
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
        next_run_time=datetime.now(UTC),
    )
    return scheduler


def run_scheduler(config: Config) -> None:
    """Run the scheduler until SIGINT or SIGTERM. Raises locking.Busy where one runs already."""
    # A run that is stopped leaves semaphores behind, which this process's tracker clears away.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker:UserWarning")
    with exclusive(config.data_dir, SCHEDULER):
        scheduler = build_scheduler(config)

        def stop(*_: object) -> None:
            _stop_children()
            scheduler.shutdown(wait=False)

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        scheduler.start()


def _timetable(config: Config) -> CronTrigger:
    fields = config.schedule.crawl.split()
    names = ("minute", "hour", "day", "month", "day_of_week")
    if len(fields) != len(names):
        raise ConfigProblem(f"schedule.crawl: {config.schedule.crawl!r} has not the five fields of a crontab")
    try:
        return CronTrigger(
            **dict(zip(names, fields, strict=True)),
            timezone=config.schedule.timezone,
            jitter=config.schedule.jitter_seconds or None,
        )
    except (ValueError, LookupError) as error:
        raise ConfigProblem(f"schedule: {error}") from None


def _run_in_own_process(config: Config) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_run_as_group, args=(config,), name=GROUP)
    process.start()
    process.join()
    if process.exitcode == -signal.SIGTERM:
        log.info("crawl and build stopped")
    elif process.exitcode:
        log.error("crawl and build ended with exit code %s", process.exitcode)


def _run_as_group(config: Config) -> None:
    """The body of a run's process: leader of a group, so that its own workers end with it."""
    os.setpgid(0, 0)
    start_logging()
    run_once(config)


def _stop_children() -> None:
    """End a run that is under way; what it leaves is swept up by the next one."""
    for child in multiprocessing.active_children():
        if child.name == GROUP:
            _stop_group(child)


def _stop_group(child: BaseProcess) -> None:
    if child.pid is None:
        return
    try:
        os.killpg(child.pid, signal.SIGTERM)
    except ProcessLookupError:  # it has not made its group yet
        child.terminate()
