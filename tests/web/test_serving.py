"""Before the fork: workers start with all that answering needs, and share nothing that they must not."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from indexer.config import Config
from indexer.index.generation import FOLDER, read_manifest, switch_to, write_manifest
from search_app.engine import engine as whoosh_engine
from search_app.server import WARMED, warm
from search_app.web import state as site_module
from search_app.web.app import create_app
from search_app.web.operation.measurements import measurements_of
from search_app.web.state import EXTENSION, Site
from tests.support.small_catalogue import generation_of, random_catalogue
from tests.support.upstream import copied_world


def open_stores(folder: Path) -> list[str]:
    """The store files below a folder that this process has open (Linux tells)."""
    found = []
    for link in Path("/proc/self/fd").iterdir():
        try:
            found.append(str(link.readlink()))
        except OSError:  # the folder's own, closed again
            continue
    return [name for name in found if name.startswith(str(folder)) and name.endswith("catalogue.sqlite")]


@pytest.fixture(scope="module")
def app(small_config: Config, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    app = create_app(copied_world(small_config, tmp_path_factory.mktemp("serving")))  # no other has it open
    warm(app)
    return app


def test_a_generation_is_open_before_the_fork(app: Flask) -> None:
    site: Site = app.extensions[EXTENSION]
    assert site.answering is not None


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="tells open files on Linux only")
def test_no_connection_to_the_store_goes_into_the_fork_and_a_new_one_is_made(app: Flask) -> None:
    site: Site = app.extensions[EXTENSION]
    folder = site.config.data_dir.resolve()
    site.before_fork()
    assert not open_stores(folder)
    assert site.engine.get("app/fenix") is not None
    assert open_stores(folder)
    site.before_fork()
    assert not open_stores(folder)


def test_what_is_asked_before_the_fork_is_not_counted(app: Flask) -> None:
    client = app.test_client()
    client.get("/?q=gc")
    assert "starchart_responses_total{" not in client.get("/metrics").text
    measurements_of(app).counting = True  # as in a worker
    client.get("/?q=gc")
    assert (
        'starchart_responses_total{endpoint="pages.search",status="200"} 1.0\n' in client.get("/metrics").text
    )


def test_without_a_generation_the_server_starts_all_the_same(tmp_path: Path, app: Flask) -> None:
    site: Site = app.extensions[EXTENSION]
    empty = create_app(site.config.model_copy(update={"data_dir": tmp_path}))
    warm(empty)
    assert empty.test_client().get(WARMED[0]).status_code == 503


def test_a_server_without_a_generation_does_not_read_the_vocabulary_for_every_request(
    tmp_path: Path, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read() -> None:
        pytest.fail("there is nothing to search with it")

    monkeypatch.setattr(whoosh_engine, "load_vocabulary", read)
    site: Site = app.extensions[EXTENSION]
    empty = create_app(site.config.model_copy(update={"data_dir": tmp_path}))
    assert empty.test_client().get(WARMED[0]).status_code == 503


def test_a_request_ends_with_the_generation_that_it_began_with(
    tmp_path: Path, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_module, "REFRESH_SECONDS", -1.0)  # looked for with every request
    generation_of(tmp_path, random_catalogue(1, 30))
    made, newer = tmp_path / FOLDER / "made", tmp_path / FOLDER / "newer"
    shutil.copytree(made, newer)
    write_manifest(newer, replace(read_manifest(made), id="newer"))
    config = app.extensions[EXTENSION].config.model_copy(update={"data_dir": tmp_path})
    serving = create_app(config)
    site: Site = serving.extensions[EXTENSION]
    with serving.test_request_context("/?q=crash"):
        serving.preprocess_request()
        assert site.engine.generation.id == "made"
        switch_to(tmp_path, "newer")
        assert site.remembered(("of", "made"), lambda: site.engine.generation.id) == "made"
    answer = serving.test_client().get("/api/v1/search?q=crash").get_json()
    assert answer["generation"]["id"] == "newer"


@pytest.mark.mirror
@pytest.mark.parametrize("words", ["gc", "search", "tabs", "clients_daily", "page load", "crash", "events"])
def test_a_page_of_hits_travels_in_twelve_kilobytes(mirror_client: FlaskClient, words: str) -> None:
    packed = mirror_client.get("/", query_string={"q": words}, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert 4_000 < len(packed.data) <= 12_000
