"""A full disk, a power cut, a kill, a clock that jumps: nothing good is lost, and one line says it."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from indexer.build_job import build, go_back
from indexer.config import Config
from indexer.crawl.crawl import crawl
from indexer.crawl.snapshots import SnapshotStore
from indexer.index import build as index_build
from indexer.index.generation import current_name, list_generations
from indexer.index.integrity import damaged_files
from indexer.runtime import disk
from indexer.runtime.disk import FolderUnusable, replace_file, writing_to
from indexer.scheduler import Timetable

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def config(own_small_config: Config) -> Config:
    """A small world, crawled and built, of this test alone."""
    return own_small_config


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
@pytest.mark.parametrize("command", [["crawl"], ["build", "--force"]], ids=["crawl", "build"])
def test_a_disk_that_takes_no_more_ends_a_command_in_one_line_and_loses_nothing(
    command: list[str], config: Config
) -> None:
    kept = ("generations", "current", "snapshots")
    before = {name: content for name, content in files_of(config.data_dir).items() if name.startswith(kept)}
    if command == ["crawl"]:  # something new that has to be written
        probes = Path(config.mirror) / "probeinfo.telemetry.mozilla.org/firefox/all/main/all_probes"
        probes.write_text(probes.read_text().replace('"description": "', '"description": "New: '))
    done = subprocess.run(
        [sys.executable, "-m", "search_app.cli", "--quiet", *command],
        env={**os.environ, "STARCHART_DATA_DIR": str(config.data_dir), "STARCHART_MIRROR": config.mirror},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300)),
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stderr.startswith(f"Error: cannot write to {config.data_dir}")
    after = files_of(config.data_dir)
    assert {name: after.get(name) for name in before} == before
    assert set(after) - set(before) <= {name for name in after if not name.startswith(kept)}


def test_other_faults_of_files_are_not_taken_for_the_disks(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), writing_to(tmp_path):
        (tmp_path / "nowhere" / "file").read_bytes()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(FolderUnusable, match="no space is left"):
        replace_file(tmp_path / "a", b"b")
    assert list(tmp_path.iterdir()) == []


def test_all_of_a_generation_is_on_the_disk_before_it_is_pointed_to(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files and folders by their inodes: a generation is made under another name."""
    synced: list[int] = []
    pointed_after: list[int] = []
    fsync, replace = os.fsync, os.replace

    def note_fsync(handle: int) -> None:
        synced.append(os.fstat(handle).st_ino)
        fsync(handle)

    def note_replace(source: str, target: Path) -> None:
        if Path(target).name == "current":
            pointed_after.append(len(synced))
        replace(source, target)

    monkeypatch.setattr(disk.os, "fsync", note_fsync)
    monkeypatch.setattr(disk.os, "replace", note_replace)
    name = build(config, force=True).generation
    before = set(synced[: pointed_after[0]])
    folder = config.data_dir / "generations"
    wanted = {folder, folder / name, *(folder / name).rglob("*")}
    assert {path.name for path in wanted if path.stat().st_ino not in before} == set()
    assert config.data_dir.stat().st_ino in synced[pointed_after[0] :]


def build_at(config: Config, moment: datetime, monkeypatch: pytest.MonkeyPatch) -> str:
    """A new generation, made when the clock says so."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return moment

    monkeypatch.setattr(index_build, "datetime", Clock)
    return build(config, force=True).generation


@pytest.mark.parametrize("days", [400, *(pytest.param(d, marks=pytest.mark.slow) for d in (-400, 3, -3))])
def test_a_clock_that_jumps_deletes_no_newer_generation_and_leaves_a_way_back(
    days: int, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = [NOW + timedelta(days=days), NOW, NOW + timedelta(hours=6)]
    made = [build_at(config, moment, monkeypatch) for moment in moments]
    assert [manifest.id for manifest in list_generations(config.data_dir)] == made[::-1]
    assert current_name(config.data_dir) == made[-1]
    assert go_back(config) == made[1]
    assert go_back(config) == made[0]
    for name in made:
        assert damaged_files(config.data_dir / "generations" / name) == ()


def test_what_killed_processes_left_is_gone_after_the_next_run(config: Config) -> None:
    store = SnapshotStore(config.data_dir)
    digests = {name: state.digest for name, state in store.states().items()}
    left = [
        "snapshots/.glean.state.json-abc123",
        f"snapshots/glean.{'0' * 32}.records",
        f"snapshots/glean.{'0' * 32}.parts",
        "cache/part-xyz",
        "progress.999999999",
        ".current-abc",
        ".gone-back-from-abc",
        "generations/.building-999999999-20260101T000000-abc/manifest.json",
    ]
    for name in left:
        path = config.data_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    crawl(config)
    build(config, force=True)
    assert [name for name in left if (config.data_dir / name).exists()] == []
    assert {name: state.digest for name, state in store.states().items()}.keys() == digests.keys()
    assert all(store.is_whole(state) for state in store.states().values())


@pytest.mark.parametrize("days", [400, 3])
def test_a_clock_that_jumped_back_leaves_the_timetable_running(days: int, config: Config) -> None:
    """What was planned by a clock that was ahead would wait until it is there again."""
    timetable = Timetable(config)
    now = datetime.now(UTC)
    job = timetable.scheduler.get_jobs()[0]
    job.modify(next_run_time=now + timedelta(days=days))
    timetable.keep_time(now)
    planned = timetable.scheduler.get_jobs()[0].next_run_time
    assert now < planned < now + timedelta(hours=7)
    timetable.keep_time(now)
    assert timetable.scheduler.get_jobs()[0].next_run_time == planned


def test_a_clock_that_jumped_ahead_wakes_the_timetable(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[bool] = []
    timetable = Timetable(config)
    monkeypatch.setattr(timetable.scheduler, "wakeup", lambda: woken.append(True))
    timetable.scheduler.get_jobs()[0].modify(next_run_time=datetime.now(UTC) + timedelta(hours=2))
    woken.clear()
    timetable.keep_time(datetime.now(UTC))
    assert woken == []
    timetable.keep_time(datetime.now(UTC) + timedelta(days=400))
    assert woken == [True]
