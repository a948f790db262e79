"""Before the fork: workers start with all that answering needs, and share nothing that they must not."""

from __future__ import annotations

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from indexer.config import Config
from indexer.index.generation import FOLDER, switch_to
from search_app.engine import engine as whoosh_engine
from search_app.query.parser import parse_query
from search_app.server import warm
from search_app.web import state as site_module
from search_app.web.app import create_app
from search_app.web.rehearsal import WARMED, rehearse, usual_addresses
from search_app.web.state import EXTENSION, Site, open_engine
from tests.support.generations import copied, on_its_own
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
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small generation named "made". Not to be changed."""
    folder = tmp_path_factory.mktemp("made")
    generation_of(folder, random_catalogue(1, 30))
    return folder / FOLDER / "made"


@pytest.fixture
def newer(made: Path, tmp_path: Path) -> Path:
    """A generation "newer", not yet switched to, in a data folder in which the same as "made" answers."""
    for name in ("made", "newer"):
        copied(made, tmp_path / FOLDER / name)
    switch_to(tmp_path, "made")
    return tmp_path / FOLDER / "newer"


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
    assert "starchart_responses_total{" not in client.get("/metrics").text
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

    monkeypatch.setattr(whoosh_engine, "shipped_vocabulary", read)
    site: Site = app.extensions[EXTENSION]
    empty = create_app(site.config.model_copy(update={"data_dir": tmp_path}))
    assert empty.test_client().get(WARMED[0]).status_code == 503


@pytest.mark.usefixtures("newer")
def test_a_request_ends_with_the_generation_that_it_began_with(
    tmp_path: Path, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_module, "REFRESH_SECONDS", -1.0)  # looked for with every request
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


@pytest.mark.parametrize("damaged", ["catalogue.sqlite", "arrays/group.npy", "arrays/terms_rests.npy"])
@pytest.mark.parametrize("how", ["missing", "cut"])
def test_a_generation_that_cannot_be_read_leaves_the_old_one_answering(
    app: Flask, tmp_path: Path, newer: Path, damaged: str, how: str
) -> None:
    config = app.extensions[EXTENSION].config.model_copy(update={"data_dir": tmp_path})
    site = Site(config, lambda: open_engine(config))
    assert site.engine.generation.id == "made"
    if how == "missing":
        (newer / damaged).unlink()
    else:
        file = on_its_own(newer / damaged)
        file.write_bytes(file.read_bytes()[:100])
    switch_to(tmp_path, "newer")
    assert site.engine.standing() == "superseded"
    site.look_at_once()
    site.look_for_newer()
    assert site.engine.generation.id == "made"
    assert site.engine.search(parse_query("", {})).total > 0


@pytest.mark.usefixtures("newer")
def test_a_newer_generation_is_asked_before_it_is_taken_up_and_the_old_one_answers_meanwhile(
    tmp_path: Path, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_module, "REFRESH_SECONDS", -1.0)
    serving = create_app(app.extensions[EXTENSION].config.model_copy(update={"data_dir": tmp_path}))
    site: Site = serving.extensions[EXTENSION]
    client, seen, asked, go_on = serving.test_client(), [], threading.Event(), threading.Event()

    def rehearse() -> None:
        seen.append(client.get("/api/v1/search?q=crash").get_json()["generation"]["id"])
        seen.append(site.remembered(("made once",), lambda: "of the newer"))
        asked.set()
        assert go_on.wait(20)

    def answering() -> str:
        answer: str = client.get("/api/v1/search?q=crash").get_json()["generation"]["id"]
        return answer

    site.rehearse = rehearse
    assert answering() == "made"
    switch_to(tmp_path, "newer")
    assert answering() == "made"
    assert asked.wait(20)
    assert (seen, answering()) == (["newer", "of the newer"], "made")
    assert site.remembered(("made once",), lambda: "of the old") == "of the old"
    go_on.set()
    until = time.monotonic() + 20
    while answering() == "made" and time.monotonic() < until:
        time.sleep(0.01)
    assert answering() == "newer"
    assert site.remembered(("made once",), lambda: "made anew") == "of the newer"


@pytest.mark.usefixtures("newer")
def test_a_newer_generation_that_fails_when_it_is_asked_first_is_taken_up_all_the_same(
    tmp_path: Path, app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(site_module, "REFRESH_SECONDS", -1.0)
    config = app.extensions[EXTENSION].config.model_copy(update={"data_dir": tmp_path})
    site = Site(config, lambda: open_engine(config), rehearse=lambda: 1 / 0)
    usual = sys.getswitchinterval()
    assert site.engine.generation.id == "made"
    switch_to(tmp_path, "newer")
    until = time.monotonic() + 20
    while site.engine.generation.id == "made" and time.monotonic() < until:
        site.look_for_newer()
        time.sleep(0.01)
    assert site.engine.generation.id == "newer"
    assert "could not be asked first" in caplog.text
    assert sys.getswitchinterval() == usual


@pytest.mark.usefixtures("newer")
def test_who_comes_first_after_a_switch_is_answered_from_the_newer_generation(
    tmp_path: Path, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_module, "REFRESH_SECONDS", 0.05)
    serving = create_app(app.extensions[EXTENSION].config.model_copy(update={"data_dir": tmp_path}))
    site: Site = serving.extensions[EXTENSION]
    site.rehearse = lambda: None
    client = serving.test_client()
    assert client.get("/api/v1/search?q=crash").get_json()["generation"]["id"] == "made"
    site.watch()
    switch_to(tmp_path, "newer")
    until = time.monotonic() + 20
    while site._rehearsed is None and time.monotonic() < until:
        time.sleep(0.01)
    assert site.engine.generation.id == "made"  # nothing changes within a request
    assert client.get("/api/v1/search?q=crash").get_json()["generation"]["id"] == "newer"


@pytest.mark.usefixtures("newer")
def test_who_meets_a_damaged_generation_does_not_wait_until_the_newer_one_has_been_asked(
    tmp_path: Path, app: Flask
) -> None:
    config = app.extensions[EXTENSION].config.model_copy(update={"data_dir": tmp_path})
    go_on = threading.Event()
    site = Site(config, lambda: open_engine(config), rehearse=lambda: go_on.wait(20))
    assert site.engine.generation.id == "made"
    switch_to(tmp_path, "newer")
    site.look_at_once()
    site.look_for_newer()
    assert site.engine.generation.id == "made"
    asking = site._rehearsal
    assert site.recover() is True
    opened = site.engine
    assert opened.generation.id == "newer"
    go_on.set()
    assert asking is not None
    asking.join(20)
    site.look_for_newer()
    assert site.engine is opened, "what was asked meanwhile may be older"


def test_what_a_coming_generation_is_asked_by_ourselves_is_not_counted(app: Flask) -> None:
    client = app.test_client()
    before = client.get("/metrics").text
    with ThreadPoolExecutor(1) as beside:
        beside.submit(rehearse, app).result(60)
    assert "starchart_searches_total" in before
    count = next(line for line in before.splitlines() if line.startswith("starchart_searches_total"))
    assert count in client.get("/metrics").text


def test_the_best_known_thing_of_each_kind_is_asked_for_before_anybody_does(app: Flask) -> None:
    asked = usual_addresses(app)
    assert set(WARMED) <= set(asked)
    for kind in ("app", "metric", "table", "ping"):
        assert any(each.startswith(f"/{kind}/") for each in asked), kind
    assert any(each.startswith("/app/") and each.endswith("/map") for each in asked)
    client = app.test_client()
    assert {client.get(each).status_code for each in asked} == {200}


@pytest.mark.mirror
@pytest.mark.parametrize("words", ["gc", "search", "tabs", "clients_daily", "page load", "crash", "events"])
def test_a_page_of_hits_travels_in_twelve_kilobytes(mirror_client: FlaskClient, words: str) -> None:
    packed = mirror_client.get("/", query_string={"q": words}, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert 4_000 < len(packed.data) <= 12_000
