"""Before the fork: workers start with all that answering needs, and share nothing that they must not."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from search_app.app import create_app
from search_app.ops import restart_measuring
from search_app.serving import WARMED, warm
from search_app.site import EXTENSION, Site
from tests.small_world import small_world
from tests.upstream import built


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
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    app = create_app(built(small_world(), tmp_path_factory.mktemp("serving")))
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


def test_a_worker_counts_only_what_it_answers_itself(app: Flask) -> None:
    client = app.test_client()
    assert (
        'starchart_responses_total{endpoint="pages.search",status="200"} 1\n' in client.get("/metrics").text
    )
    restart_measuring(app)
    assert "starchart_responses_total{" not in client.get("/metrics").text


def test_without_a_generation_the_server_starts_all_the_same(tmp_path: Path, app: Flask) -> None:
    site: Site = app.extensions[EXTENSION]
    empty = create_app(site.config.model_copy(update={"data_dir": tmp_path}))
    warm(empty)
    assert empty.test_client().get(WARMED[0]).status_code == 503
