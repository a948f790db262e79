"""Fixtures: the mirror of real data, a generation and a server of it, and the same of the shipped sample.

What is made of the mirror, of the sample and of the small worlds is made once for all tests that ask for it,
by whichever of pytest's workers needs it first. While a test is being written, STARCHART_TEST_DATA may name a
data folder that holds what is made of the mirror already; STARCHART_TEST_MIRROR names a mirror that is not
beside the project.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from jinja2 import FileSystemBytecodeCache

from indexer.build_job import build
from indexer.config import Config, load_config
from indexer.crawl import crawl as crawling
from indexer.crawl.crawl import crawl, sample_path
from indexer.runtime import disk
from indexer.runtime.limited import LimitedPool, Limits
from indexer.sqlread.kept import readings
from search_app.engine.engine import SearchEngine
from search_app.supervisor import ensure_generation
from search_app.web.app import create_app
from tests.support.hostile import hostile_data as hostile_world
from tests.support.mirrors import settings as settings_of
from tests.support.servers import served
from tests.support.small_world import small_world
from tests.support.upstream import built, config_of, copied_world

# No example has a time limit: machines differ. In CI the examples are always the same, so that a run says
# something of the change and not of luck; elsewhere they go on exploring.
settings.register_profile("starchart", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("starchart")

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "mirror"
MIRROR = Path(os.environ.get("STARCHART_TEST_MIRROR") or BESIDE)


@pytest.fixture(scope="session", autouse=True)
def shared_parsers() -> Iterator[None]:
    """The processes that parse, for all crawls and builds of a session: to start them takes long."""
    pools: dict[Limits, LimitedPool] = {}

    def shared(limits: Limits) -> AbstractContextManager[LimitedPool]:
        if limits not in pools:
            pools[limits] = LimitedPool(1, limits)
        return nullcontext(pools[limits])

    def of_sources(config: Config) -> AbstractContextManager[LimitedPool]:
        return shared(Limits(config.crawl.parse_seconds, config.crawl.parse_bytes))

    def of_sql(processes: int, limits: Limits) -> AbstractContextManager[LimitedPool]:
        return shared(limits)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crawling, "parsers", of_sources)
        patch.setattr(readings, "LimitedPool", of_sql)
        yield
    for pool in pools.values():
        pool.close()


@pytest.fixture(scope="session", autouse=True)
def no_power_cut() -> Iterator[None]:
    """No waiting for the disk, which changes no file: tests/crawl/test_disk.py asks where we wait."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(disk.os, "fsync", lambda handle: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_templates(pytestconfig: pytest.Config) -> Iterator[None]:
    """Templates compiled once for all applications, and kept as pytest keeps what it compiles.

    Jinja compares each with its source. Without this each test that makes an application compiled those of
    its pages. A run that keeps nothing (-p no:cacheprovider) compiles them each time.
    """
    if not pytestconfig.pluginmanager.has_plugin("cacheprovider"):
        yield
        return
    folder = pytestconfig.cache.mkdir("templates")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": FileSystemBytecodeCache(str(folder))})
        yield


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The folder of real data. Skips where it is not; in CI that is a failure."""
    if not MIRROR.is_dir():
        if os.environ.get("CI"):
            pytest.fail("the mirror is not beside the project, and CI must have it")
        pytest.skip("the mirror is not beside the project")
    return MIRROR


@pytest.fixture(scope="session")
def mirror_data(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the newest generation made of the whole mirror. Not to be changed."""
    if ready := os.environ.get("STARCHART_TEST_DATA"):
        return Path(ready)

    def make(data: Path) -> None:
        for command in ("crawl", "build"):
            starchart(command, data=data, mirror=mirror)

    return _made_once(tmp_path_factory, "mirror-data", make)


@pytest.fixture(scope="session")
def mirror_engine(mirror_data: Path) -> SearchEngine:
    """The engine over the real data."""
    return SearchEngine(mirror_data)


@pytest.fixture(scope="session")
def mirror_client(mirror_data: Path) -> FlaskClient:
    """The application over the real data, without a server between."""
    return create_app(_config(mirror_data)).test_client()


@pytest.fixture(scope="session")
def mirror_server(mirror_data: Path) -> Iterator[str]:
    """The base URL of a real server of the real data."""
    with served(mirror_data) as base:
        yield base


@pytest.fixture(scope="session")
def sample_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a generation made of the shipped sample. Not to be changed."""
    return _made_once(tmp_path_factory, "sample", lambda data: ensure_generation(_config(data)))


@pytest.fixture(scope="session")
def sample_client(sample_data: Path) -> FlaskClient:
    """The application over the sample, without a server between."""
    return create_app(_config(sample_data)).test_client()


@pytest.fixture(scope="session")
def sample_server(sample_data: Path) -> Iterator[str]:
    """The base URL of a real server of the sample."""
    with served(sample_data) as base:
        yield base


@pytest.fixture(scope="session")
def published_sample(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The settings of the sample, crawled and built as if upstream published it. Not to be changed."""

    def of(folder: Path) -> Config:
        return settings_of(folder, sample_path()).model_copy(update={"now": date(2026, 6, 1)})

    def make(folder: Path) -> None:
        crawl(of(folder))
        build(of(folder))

    return of(_made_once(tmp_path_factory, "published", make))


@pytest.fixture(scope="session")
def hostile_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a generation of what means harm; its mirror lies beside. Not to be changed."""
    return _made_once(tmp_path_factory, "hostile", hostile_world) / "data"


def starchart(*command: str, data: Path, mirror: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command of ours to its end. Raises CalledProcessError where it fails."""
    environment = {**os.environ, "STARCHART_DATA_DIR": str(data)}
    if mirror is not None:
        environment["STARCHART_MIRROR"] = str(mirror)
    return subprocess.run(
        [sys.executable, "-m", "search_app", *command],
        env=environment, check=True, capture_output=True, text=True, timeout=600,
    )  # fmt: skip


def _config(data: Path) -> Config:
    return load_config(None).model_copy(update={"data_dir": data})


@pytest.fixture(scope="session")
def small_config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The settings of a small made-up world, crawled and built like the real one. Not to be changed."""
    folder = _made_once(tmp_path_factory, "small", lambda folder: built(small_world(), folder))
    return config_of(folder / "mirror", folder / "data")


@pytest.fixture
def own_small_config(small_config: Config, tmp_path: Path) -> Config:
    """The same, of this test alone."""
    return copied_world(small_config, tmp_path)


@pytest.fixture(scope="session")
def small_client(small_config: Config) -> FlaskClient:
    """The application over that small world, without a server between."""
    return create_app(small_config).test_client()


def _made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that the first of pytest's workers to need it makes, and the others wait for."""
    run = _run_folder(factory)
    folder, done = run / name, run / f"{name}.made"
    with (run / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            folder.mkdir(exist_ok=True)
            make(folder)
            done.touch()
    return folder


def _run_folder(factory: pytest.TempPathFactory) -> Path:
    """The folder of one run of pytest, which all of its workers share."""
    base = factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
