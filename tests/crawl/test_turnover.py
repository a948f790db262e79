"""What upstream changes from day to day needs nobody: no crawl keeps old records, no build is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from indexer.build_job import build
from indexer.config import Config
from indexer.crawl.crawl import crawl
from indexer.index.generation import current_manifest
from indexer.model.turnover import is_loss
from tests.support.mirrors import settings
from tests.support.upstream import Upstream

METRICS, PROBES, TABLES = 40, 60, 40


class World:
    """An upstream that lives on: what there is of each sort is told by numbers."""

    def __init__(self) -> None:
        self.release = 148
        self.apps = {name: range(METRICS) for name in ("android", "desktop", "ios")}
        self.probes, self.tables = range(PROBES), range(TABLES)
        self.boards, self.routines, self.pages = range(6), range(7), range(12)
        self.measures = {"definitions/firefox.toml": range(9)}

    def upstream(self) -> Upstream:
        made = Upstream()
        made.versions(nightly=self.release + 2, beta=self.release + 1, release=self.release)
        for app, numbers in self.apps.items():
            made.app(app)
            made.ping(app, "metrics")
            made.ping(app, "baseline")
            for number in numbers:
                told = {"description": f"{number} things.", "expires": str(number + 120)}
                made.metric(app, f"area.metric_{number}", **told)
        for number in self.probes:
            made.probe("histogram" if number % 2 else "scalar", f"PROBE_{number}", kind="count")
        for number in self.tables:
            name = f"telemetry_derived.table_{number}_v1"
            columns = {"client_id": "STRING", f"column_{number}": "INT64"}
            made.table(name, columns, description=f"Table {number}.")
        for number in self.boards:
            tile = {"name": f"tile {number}", "title": f"Tile {number}", "explore": "x", "fields": ["x.y"]}
            made.dashboard("desktop", f"board_{number}", tile, title=f"Board {number}")
        for number in self.routines:
            made.routine(f"mozfun.map.routine_{number}", description=f"Routine {number}.")
        for number in self.pages:
            made.doc(f"datasets/page_{number}.md", f"# Page {number}\n\nWhat table {number} is for.")
        for path, numbers in self.measures.items():
            lines = [
                f'[metrics.measure_{number}]\nfriendly_name = "Measure {number}"\n'
                f'select_expression = "COUNT(*)"\ndata_source = "daily"\n'
                for number in numbers
            ]
            source = '[data_sources.daily]\nfrom_expression = "mozdata.telemetry.main"\n'
            made.measures(path, "".join(lines) + source)
        return made

    def publish(self, mirror: Path) -> None:
        """All as it is now, and nothing of what was there before."""
        shutil.rmtree(mirror, ignore_errors=True)
        self.upstream().write(mirror)


def a_release_takes_and_brings_metrics(world: World) -> None:
    """One in twenty expires and goes, as many come; versions go on, and with them what has expired."""
    world.release += 1
    world.apps = {app: range(numbers.start + 2, numbers.stop + 2) for app, numbers in world.apps.items()}
    world.probes = range(world.probes.start + 3, world.probes.stop + 1)


def an_app_comes(world: World) -> None:
    world.apps["vpn"] = range(25)
    world.tables = range(world.tables.stop + 6)


def an_app_ends(world: World) -> None:
    """Probe-scraper lists it no more, and its dashboards and tables go with it."""
    del world.apps["vpn"]
    world.boards = range(2, 6)
    world.tables = range(3, world.tables.stop)


def files_move(world: World) -> None:
    world.measures = {"definitions/desktop.toml": world.measures["definitions/firefox.toml"]}
    world.pages = range(2, 14)


def a_few_of_few_go(world: World) -> None:
    """Of small kinds: four of seven functions, three of nine measures."""
    world.routines = range(4, 7)
    world.measures = {path: range(3, 9) for path in world.measures}


DAYS = (a_release_takes_and_brings_metrics, an_app_comes, files_move, an_app_ends, a_few_of_few_go)


@pytest.mark.slow
def test_what_changes_from_day_to_day_is_never_refused(tmp_path: Path) -> None:
    world, mirror = World(), tmp_path / "mirror"
    config = settings(tmp_path / "data", mirror)
    for happens in (None, *DAYS):
        if happens is not None:
            happens(world)
        world.publish(mirror)
        crawled(config)
        assert build(config).is_new or happens is None
        now = current_manifest(config.data_dir)
        assert now is not None
        counts = now.counts
        assert counts["metric"] == sum(map(len, world.apps.values()))
        assert counts["app"] == len(world.apps)
        assert counts["routine"] == len(world.routines)


def crawled(config: Config) -> None:
    """Crawl all; fails where a source is not believed."""
    for done in crawl(config):
        assert done.state.error == "", (done.source, done.state.error)


@pytest.mark.parametrize(
    ("before", "after", "is_fault"),
    [
        (7, 3, False),
        (7, 2, True),
        (8, 3, True),
        (3, 0, True),
        (2, 0, False),
        (100, 80, False),
        (100, 79, True),
    ],
)
def test_a_few_of_few_may_go_but_never_all(before: int, after: int, is_fault: bool) -> None:
    assert is_loss(before, after, 0.2) is is_fault
