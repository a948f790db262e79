"""The timetable of crawl and build, in a process of its own.

One scheduler to an installation (a lock in the data folder); each of its runs is a further process,
so that the memory of a build is given back and a stop need not wait for it. A run that reached no
source is tried again within minutes, not hours: a laptop starts without network.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger

from indexer.build_job import Trial, build
from indexer.config import Config, ConfigProblem
from indexer.crawl.crawl import crawl
from indexer.crawl.crawled import reached_nothing
from indexer.crawl.snapshots import (
    SnapshotDamaged,
)
from indexer.index.generation import GenerationRefused, current_manifest
from indexer.runtime.disk import FolderUnusable
from indexer.runtime.locking import SCHEDULER, Busy, exclusive
from indexer.runtime.logs import start_logging
from indexer.runtime.outcomes import note_next_run
from indexer.runtime.processes import follow_parent
from indexer.runtime.progress import Progress

GROUP = "starchart-crawl-and-build"
AGAIN = "again"
CLOCK_SECONDS = 60.0  # the timetable is by the clock on the wall, which is looked at so often
REACHED_NOTHING = 3  # exit code of a run
TOOK_TOO_LONG = 4  # the same of one that was ended for it
ENDING_SECONDS = 10.0  # that a run which is ended has for it
AGAIN_MINUTES = (5, 15, 60)  # after a run that reached nothing; the last one from then on

log = logging.getLogger(__name__)


def run_once(config: Config, trial: Trial | None = None) -> bool:
    """Crawl all enabled sources and build; whether any source was reached.

    What goes wrong is logged: the timetable goes on.
    """
    reached = True
    try:
        reached = not reached_nothing(crawl(config, (), Progress(config.data_dir, None)))
        build(config, trial=trial)
    except Busy as error:
        log.warning("skipped: %s", error)
    except (GenerationRefused, SnapshotDamaged) as error:
        log.error("build refused: %s", error)
    except FolderUnusable as error:
        log.error("%s", error)
    return reached


class Timetable:
    """When crawl and build run: at once, by the crontab, and soon again where nothing was reached."""

    def __init__(self, config: Config, trial: Trial | None = None) -> None:
        self._config = config
        self._trial = trial
        self._in_vain = 0  # runs on end that reached nothing
        self.scheduler = BlockingScheduler(timezone=config.schedule.timezone)
        self.scheduler.add_job(
            self._run,
            _crontab(config),
            id="crawl and build",
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=datetime.now(UTC),
        )

    def keep_time(self, now: datetime) -> None:
        """Plan a run anew that a jump of the clock has left too far ahead; wake for one that is due."""
        for job in self.scheduler.get_jobs():
            soonest = job.trigger.get_next_fire_time(None, now) or now
            margin = timedelta(seconds=60 + 2 * self._config.schedule.jitter_seconds)
            if job.id == AGAIN:
                soonest = now + timedelta(minutes=max(AGAIN_MINUTES))
            if job.next_run_time is None:  # it is being run
                continue
            if job.next_run_time > soonest + margin:
                log.warning("the clock has jumped: the run of %s is planned anew", job.next_run_time)
                job.modify(next_run_time=soonest)
                self._note_next_run()
            elif job.next_run_time <= now:
                self.scheduler.wakeup()

    def _run(self) -> None:
        code = _run_in_own_process(self._config, self._trial)
        if code == -signal.SIGTERM:  # it is stopped, and the timetable with it
            return
        self._in_vain = self._in_vain + 1 if code == REACHED_NOTHING else 0
        if self._in_vain:
            minutes = AGAIN_MINUTES[min(self._in_vain, len(AGAIN_MINUTES)) - 1]
            at = datetime.now(UTC) + timedelta(minutes=minutes)
            self.scheduler.add_job(
                self._run, "date", run_date=at, id=AGAIN, replace_existing=True, misfire_grace_time=None
            )
        following = self._note_next_run()
        if self._in_vain:
            log.warning("%s; tried again at %s", _what_is_served(self._config), f"{following:%H:%M %Z}")

    def _note_next_run(self) -> datetime:
        """Tell others when the next run is; returns it."""
        planned = [job.next_run_time for job in self.scheduler.get_jobs() if job.next_run_time]
        following: datetime = min(planned)
        note_next_run(self._config.data_dir, following.astimezone(UTC).isoformat(timespec="seconds"))
        return following


def _what_is_served(config: Config) -> str:
    manifest = current_manifest(config.data_dir)
    if manifest is None:
        return "nothing can be served yet"
    if manifest.sample:
        return "the shipped sample is served"
    return f"what was built at {manifest.built_at:.16} UTC is served"


def run_scheduler(config: Config, trial: Trial | None = None) -> None:
    """Run the scheduler until SIGINT or SIGTERM. Raises locking.Busy where one runs already, ConfigProblem.

    `trial` tries each new generation before readers see it; it must be a function of a module.
    """
    # A run that is stopped leaves semaphores behind, which this process's tracker clears away.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker:UserWarning")
    with exclusive(config.data_dir, SCHEDULER):
        timetable = Timetable(config, trial)
        scheduler = timetable.scheduler

        def stop(*_: object) -> None:
            _stop_children()
            scheduler.shutdown(wait=False)

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        threading.Thread(target=_keep_time, args=(timetable,), name="clock", daemon=True).start()
        scheduler.start()


def _keep_time(timetable: Timetable) -> None:
    while True:
        time.sleep(CLOCK_SECONDS)
        with contextlib.suppress(JobLookupError):  # it was done in this very moment
            timetable.keep_time(datetime.now(UTC))


def _crontab(config: Config) -> CronTrigger:
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


def _run_in_own_process(config: Config, trial: Trial | None) -> int:
    """The exit code of a run: 0, REACHED_NOTHING, TOOK_TOO_LONG, 1 where it broke; negative where a signal
    ended it. One that hangs would hold the lock, and nothing be crawled again.
    """
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_run_as_group, args=(config, trial), name=GROUP)
    process.start()
    process.join(config.schedule.run_seconds)
    if process.is_alive():
        log.error("crawl and build took longer than %s s and are ended", config.schedule.run_seconds)
        _stop_group(process)
        process.join(ENDING_SECONDS)
        if process.is_alive():
            _stop_group(process, signal.SIGKILL)
            process.join()
        return TOOK_TOO_LONG
    code = process.exitcode or 0
    if code == -signal.SIGTERM:
        log.info("crawl and build stopped")
    elif code not in (0, REACHED_NOTHING):
        log.error("crawl and build ended with exit code %s", code)
    return code


def _run_as_group(config: Config, trial: Trial | None) -> None:
    """The body of a run's process: leader of a group, so that its own workers end with it, as it does
    with the scheduler, however that ends.
    """
    os.setpgid(0, 0)
    follow_parent()
    start_logging(form=config.logging.format)
    if not run_once(config, trial):
        sys.exit(REACHED_NOTHING)


def _stop_children() -> None:
    """End a run that is under way; what it leaves is swept up by the next one."""
    for child in multiprocessing.active_children():
        if child.name == GROUP:
            _stop_group(child)


def _stop_group(child: BaseProcess, by: signal.Signals = signal.SIGTERM) -> None:
    if child.pid is None:
        return
    try:
        os.killpg(child.pid, by)
    except ProcessLookupError:  # it has not made its group yet
        child.terminate()
