"""Before a switch a server of the new generation is asked; one wrong answer keeps readers on the old one."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from types import SimpleNamespace

import pytest

from indexer.build_job import build
from indexer.config import Config
from indexer.index.build import GenerationRefused
from indexer.index.generation import FOLDER, current_name, read_manifest, write_manifest
from indexer.runtime.progress import Progress, ProgressState
from search_app import trial
from search_app.trial import trial_of, trying
from tests.support.upstream import copied_world


@pytest.fixture(scope="module")
def config(small_config: Config, tmp_path_factory: pytest.TempPathFactory) -> Config:
    return copied_world(small_config, tmp_path_factory.mktemp("trial"))


@pytest.mark.slow
def test_one_wrong_answer_of_many_refuses_a_generation_and_readers_stay_where_they_are(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = current_name(config.data_dir)
    monkeypatch.setattr(trial, "PAGES", (*trial.PAGES, "/no-such-page"))
    with pytest.raises(GenerationRefused) as refused:
        build(config, force=True, trial=trial_of(config))
    assert str(refused.value) == "asked over HTTP, 1 answers are wrong: /no-such-page answers 404"
    assert current_name(config.data_dir) == before
    assert [path.name for path in (config.data_dir / FOLDER).iterdir()] == [before]


@pytest.mark.slow
def test_a_generation_that_answers_as_it_should_passes_and_is_asked_dozens_of_questions(
    config: Config, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"), trying(config) as ask:
        ask(config.data_dir / FOLDER / current_name(config.data_dir))
    (line,) = [record.getMessage() for record in caplog.records if record.name == "search_app.trial"]
    assert int(line.split("questions=")[1].split()[0]) >= 48


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["no store", "another name"])
def test_a_generation_that_cannot_answer_is_refused(config: Config, damage: str, tmp_path: Path) -> None:
    good = config.data_dir / FOLDER / current_name(config.data_dir)
    bad = tmp_path / "bad"
    shutil.copytree(good, bad)
    if damage == "no store":
        (bad / "catalogue.sqlite").write_bytes(b"")
    write_manifest(bad, replace(read_manifest(good), id="bad" if damage == "no store" else "other"))
    with trying(config) as ask, pytest.raises(GenerationRefused):
        ask(bad)


def test_a_build_tells_as_many_steps_as_it_said_that_there_are(config: Config) -> None:
    told: list[ProgressState] = []
    build(config, Progress(config.data_dir, told.append), force=True)
    steps = [(each.done, each.total) for each in told if each.phase]
    assert steps == [(number, len(steps) - 1) for number in range(len(steps))]


def test_a_trial_lets_go_of_its_connection_before_it_ends_its_server(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that is told to end waits seconds for whoever still holds one."""
    happened: list[str] = []

    @contextmanager
    def running(*_: object) -> Iterator[tuple[SimpleNamespace, int]]:
        yield SimpleNamespace(stdin=None), 0
        happened.append("server ended")

    class Connection:
        def close(self) -> None:
            happened.append("connection closed")

    monkeypatch.setattr(trial, "_running", running)
    monkeypatch.setattr(trial, "_connect", lambda *_: Connection())
    with (
        trial._server(config) as server,
        server.asked(config.data_dir / FOLDER / current_name(config.data_dir)),
    ):
        happened.append("asked")
    assert happened == ["asked", "connection closed", "server ended"]


@pytest.mark.slow
def test_a_server_waits_without_a_generation_and_ends_with_a_build_that_makes_none(config: Config) -> None:
    with trial._server(config) as server:
        with pytest.raises(subprocess.TimeoutExpired):
            server.process.wait(3.0)
        with pytest.raises(ConnectionRefusedError):
            HTTPConnection("127.0.0.1", server.port).connect()
    assert server.process.returncode == -signal.SIGKILL
    assert not server.data.exists()


def test_the_settings_can_do_without_a_trial(config: Config) -> None:
    generations = config.generations.model_copy(update={"trial": False})
    assert trial_of(config.model_copy(update={"generations": generations})) is None
    assert trial_of(config) is not None
