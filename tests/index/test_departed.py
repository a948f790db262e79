"""An id once published leads on: to what it became, or to the last that was known of it."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer.catalogue.model import Catalogue
from indexer.index.build import Inputs, build_generation
from indexer.model.ids import item_path
from indexer.model.items import AnyItem, MetricItem
from indexer.store.departed import FILE, Departed, departed_ids, read_departed
from search_app.web.app import create_app
from tests.support.assistant import answered, called
from tests.support.mirrors import settings
from tests.support.small_catalogue import random_catalogue

WHOLE = random_catalogue(5, 120)


def built(data: Path, items: Iterable[AnyItem], digest: str, *, sample: bool = False) -> None:
    catalogue = Catalogue(tuple(items), WHOLE.schemas, {}, {})
    inputs = Inputs({"glean": digest}, date(2026, 7, 1), sample=sample)
    build_generation(catalogue, data, inputs, guard=1.0)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose newest generation lacks every second thing, and has one metric elsewhere."""
    folder = tmp_path_factory.mktemp("published")
    built(folder, WHOLE.items, "first")
    moved = dataclasses.replace(moving(), id=f"metric/glean/{moving().name}", origin="glean")
    built(folder, [*(item for item in WHOLE.items[::2] if item.id != moving().id), moved], "second")
    return folder


@pytest.fixture
def data(published: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return Path(shutil.copytree(published, tmp_path / "data"))


def moving() -> MetricItem:
    """A metric of an app, the only one of its name."""
    metrics = [item for item in WHOLE.items if isinstance(item, MetricItem) and item.apps]
    names = [item.name for item in metrics]
    return next(item for item in metrics if names.count(item.name) == 1)


@pytest.fixture(scope="module")
def client(published: Path) -> FlaskClient:
    return create_app(settings(published, published)).test_client()


def test_every_id_of_the_generation_before_leads_on(client: FlaskClient) -> None:
    went = 0
    for item in WHOLE.items:
        answer = client.get(item_path(item.id), follow_redirects=True)
        assert answer.status_code == 200, item.id
        went += 'id="departed"' in answer.text
    assert went > 40


def test_what_moved_is_redirected_for_ever_and_for_programs_too(client: FlaskClient) -> None:
    answer = client.get(item_path(moving().id))
    assert (answer.status_code, answer.location) == (301, f"/metric/glean/{moving().name}")
    answer = client.get(f"/api/v1/item/{moving().id}")
    assert (answer.status_code, answer.location) == (301, f"/api/v1/item/metric/glean/{moving().name}")


def test_what_went_is_shown_as_it_was_and_said_to_be_gone(client: FlaskClient, published: Path) -> None:
    gone = next(
        item for item in WHOLE.items if (found := read_departed(published, item.id)) and not found.successor
    )
    page = client.get(item_path(gone.id)).text
    assert "is gone." in page
    assert gone.name in page
    answer = client.get(f"/api/v1/item/{gone.id}")
    assert answer.status_code == 410
    assert answer.json["error"]["code"] == "gone"
    assert answer.json["last_known"]["facts"]["title"] == gone.title
    assert client.get("/metric/never/was.there").status_code == 404


def test_an_id_that_returns_is_itself_again(data: Path) -> None:
    assert departed_ids(data)
    built(data, [*WHOLE.items], "third")
    assert departed_ids(data) == [f"metric/glean/{moving().name}"]
    returned = create_app(settings(data, data)).test_client().get(item_path(moving().id))
    assert returned.status_code == 200
    assert "departed" not in returned.text


def test_the_sample_publishes_nothing(tmp_path: Path) -> None:
    built(tmp_path, WHOLE.items, "first", sample=True)
    built(tmp_path, WHOLE.items[:3], "second")
    assert not (tmp_path / FILE).exists()


def test_a_damaged_table_is_put_aside_and_breaks_nothing(data: Path) -> None:
    client = create_app(settings(data, data)).test_client()
    (data / FILE).write_bytes(b"not a table at all" * 500)
    assert read_departed(data, moving().id) is None
    assert client.get(item_path(moving().id)).status_code < 500
    built(data, WHOLE.items[::3], "third")
    assert departed_ids(data)
    assert (data / FILE).with_suffix(".damaged").exists()


def test_the_markdown_of_what_moved_leads_to_that_of_what_it_became(client: FlaskClient) -> None:
    was, became = item_path(moving().id), item_path(f"metric/glean/{moving().name}")
    led = client.get(f"{was}.md")
    assert (led.status_code, led.headers["Location"]) == (301, f"{became}.md")
    assert client.get(f"{became}.md").mimetype == "text/markdown"


def test_assistants_are_led_on_or_told_what_was_known_last(client: FlaskClient, published: Path) -> None:
    moved = answered(client, "get", id=moving().id)
    assert (moved["id"], moved["moved_from"]) == (f"metric/glean/{moving().name}", moving().id)
    gone = next(each for each in departed_ids(published) if not departed_of(published, each).successor)
    told = called(client, "get", id=gone)
    assert told["isError"] is True
    assert f"No source names {gone} any more. Last seen 20" in told["content"][0]["text"]


def departed_of(data: Path, item_id: str) -> Departed:
    found = read_departed(data, item_id)
    assert found is not None
    return found
