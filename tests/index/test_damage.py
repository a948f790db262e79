"""A damaged generation never answers: an intact one does, and says so; a build makes a new one.

Every file of a generation is deleted, cut to half, and changed by one bit at ten places: all of it by
`make check-full`, forty of these in the slow tests.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from indexer.build_job import build, go_back
from indexer.config import Config
from indexer.index import integrity
from indexer.index.generation import (
    FOLDER,
    FORMAT_VERSION,
    OLDEST_READABLE,
    current_name,
    file_digests,
    read_manifest,
    switch_to,
)
from indexer.index.integrity import NothingIntact, check_rest, choose, damaged_files, is_checked
from search_app.cli import main
from search_app.engine.engine import SearchEngine, shipped_vocabulary
from search_app.query.parser import parse_query
from search_app.web.app import create_app
from search_app.web.state import EXTENSION
from tests.support.generations import copied, on_its_own, two_generations, write_changed
from tests.support.mirrors import settings

Harm = Callable[[Path], None]
PLACES = 10
SAMPLED = 40
VOCABULARY = shipped_vocabulary()
ASKED = "/api/v1/search?q=search&size=5"


@pytest.fixture
def data(sample_data: Path, tmp_path: Path) -> Path:
    """A data folder with two generations of the sample; the newer one, "newer", is current."""
    return two_generations(sample_data, tmp_path)


def deleted(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    content = path.read_bytes()
    path.unlink()  # a link: the whole generation keeps its own
    path.write_bytes(content[: len(content) // 2])


def flipped(place: int) -> Harm:
    """One bit changed, at one of the ten places of a file."""

    def flip(path: Path) -> None:
        content = bytearray(path.read_bytes())
        path.unlink()
        if content:
            at = min(len(content) - 1, len(content) * place // (PLACES - 1))
            content[at] ^= 1 << place % 8
        path.write_bytes(bytes(content))

    return flip


HARMS: dict[str, Harm] = {
    "deleted": deleted,
    "cut to half": cut,
    **{f"bit {place}": flipped(place) for place in range(PLACES)},
}


def cells(sample_data: Path) -> list[tuple[str, str]]:
    """Every file of a generation with every harm; a file of no bytes can only be deleted."""
    folder = sample_data / FOLDER / current_name(sample_data)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [
        (path.relative_to(folder).as_posix(), harm)
        for path in files
        for harm in HARMS
        if path.stat().st_size > 1 or harm == "deleted"
    ]


def client_of(data: Path, sample_data: Path) -> FlaskClient:
    return create_app(settings(data, sample_data)).test_client()


def survives(data: Path, sample_data: Path, file: str, harm: str, ask: Callable[[Path, Path], None]) -> None:
    """Harm a file, ask, and make the file whole again."""
    path = data / FOLDER / "newer" / file
    spare = data / "spare"
    os.link(path, spare)
    HARMS[harm](path)
    try:
        ask(data, sample_data)
    finally:
        path.unlink(missing_ok=True)
        os.rename(spare, path)


def by_pages(data: Path, sample_data: Path) -> None:
    """The right answer of the older generation, and the word."""
    client = client_of(data, sample_data)
    answer = client.get(ASKED)
    assert answer.status_code == 200
    assert answer.json["generation"]["id"] == "older"
    assert answer.json["generation"]["passed_over"] == ["newer"]
    assert answer.json["hits"]
    assert "damaged, passed over: newer" in client.get("/readyz").text


def by_engine(data: Path, _sample_data: Path) -> None:
    """The same without pages, a tenth of the time."""
    engine = SearchEngine(data, vocabulary=VOCABULARY)
    results = engine.search(parse_query("search", {}))
    assert (results.generation.id, results.generation.passed_over) == ("older", ("newer",))
    assert results.hits
    assert engine.get(results.hits[0].card.id) is not None


@pytest.mark.slow
def test_of_forty_harms_none_gives_a_wrong_answer(data: Path, sample_data: Path) -> None:
    for file, harm in random.Random(12).sample(cells(sample_data), SAMPLED):
        survives(data, sample_data, file, harm, by_pages)


@pytest.mark.full
def test_no_harm_to_any_file_gives_a_wrong_answer(data: Path, sample_data: Path) -> None:
    every = cells(sample_data)
    assert len(every) > 1_500
    for file, harm in every:
        survives(data, sample_data, file, harm, by_pages if harm == "deleted" else by_engine)


@pytest.mark.parametrize("file", ["manifest.json", "catalogue.sqlite", "arrays/post_ids.npy"])
def test_a_damaged_file_is_passed_over_and_every_page_says_so(
    data: Path, sample_data: Path, file: str
) -> None:
    survives(data, sample_data, file, "bit 5", by_pages)
    cut(data / FOLDER / "newer" / file)
    client = client_of(data, sample_data)
    for page in ("/", "/?q=search", "/status"):
        shown = client.get(page)
        assert (shown.status_code, "damage-banner" in shown.text) == (200, True)
    assert file in client.get("/status").text
    status = client.get("/api/v1/status").json
    assert status["damaged"] == [{"generation": "newer", "files": [file]}]
    assert status["generation"]["id"] == "older"


def test_where_no_generation_is_intact_nothing_is_answered_and_nothing_breaks(
    data: Path, sample_data: Path
) -> None:
    for name in ("older", "newer"):
        cut(data / FOLDER / name / "arrays" / "ids_rests.npy")
    client = client_of(data, sample_data)
    for page in ("/", ASKED, "/status", "/readyz"):
        assert client.get(page).status_code == 503, page
    with pytest.raises(NothingIntact, match=r"newer is damaged \(arrays/ids_rests.npy\)"):
        choose(data)


def test_a_pointer_to_nothing_or_to_rubbish_leaves_the_newest_intact_generation(
    data: Path, sample_data: Path
) -> None:
    for pointed in ("gone\n", "", "../../etc\n", "newer\0\n"):
        (data / "current").write_text(pointed)
        answer = client_of(data, sample_data).get(ASKED)
        assert (answer.status_code, answer.json["generation"]["id"]) == (200, "newer"), pointed


def test_a_file_that_is_harmed_under_a_running_server_is_noticed_and_the_request_answered(
    data: Path, sample_data: Path
) -> None:
    store = data / FOLDER / "newer" / "catalogue.sqlite"
    on_its_own(store)
    client = client_of(data, sample_data)
    assert client.get(ASKED).json["generation"]["id"] == "newer"
    client.application.extensions[EXTENSION].before_fork()  # as a thread that has read nothing yet
    with store.open("r+b") as file:  # in place, as a failing disk would
        file.truncate(1 << 14)
    for page in ("/app/fenix", "/api/v1/item/app/fenix", "/status", "/"):
        assert client.get(page).status_code == 200, page
    assert "damaged, passed over: newer" in client.get("/readyz").text


def test_an_unchanged_file_is_read_once_and_a_changed_one_again(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = data / FOLDER / "newer"
    assert damaged_files(folder) == ()
    monkeypatch.setattr(integrity, "_compare", None)  # would fail if anything were read
    assert damaged_files(folder) == ()
    monkeypatch.undo()
    path = folder / "arrays" / "usage.npy"
    flipped(9)(path)
    assert damaged_files(folder) == ("arrays/usage.npy",)


def test_large_files_are_compared_after_the_opening(data: Path) -> None:
    folder = data / FOLDER / "older"
    cut(folder / "catalogue.sqlite")
    with (folder / "catalogue.sqlite").open("ab") as file:
        file.write(bytes(1_000_000))  # the largest of all
    assert damaged_files(folder, at_once=1_000_000) == ()
    assert not is_checked(folder)
    check_rest(folder)
    assert damaged_files(folder, at_once=0) == ("catalogue.sqlite",)
    assert is_checked(folder)


def test_a_manifest_that_was_changed_says_nothing(data: Path) -> None:
    path = data / FOLDER / "newer" / "manifest.json"
    values = json.loads(path.read_text())
    values["counts"] = {"metric": 1_000_000}
    path.write_text(json.dumps(values))
    assert damaged_files(path.parent) == ("manifest.json",)


@pytest.fixture
def config(data: Path, sample_data: Path) -> Config:
    return settings(data, sample_data)


def test_a_build_makes_a_new_generation_in_place_of_a_damaged_one(data: Path, config: Config) -> None:
    assert not build(config).is_new
    cut(data / FOLDER / "newer" / "arrays" / "usage.npy")
    assert build(config).is_new
    assert choose(data).generation.passed_over == ()
    assert not (data / FOLDER / "newer").exists()
    assert (data / FOLDER / "older").exists()  # it is intact and one of the last three


def test_one_goes_back_to_an_intact_generation_only(data: Path, config: Config) -> None:
    copied(data / FOLDER / "older", data / FOLDER / "newest", number=3)
    switch_to(data, "newest")
    cut(data / FOLDER / "newer" / "catalogue.sqlite")
    assert go_back(config) == "older" == current_name(data)


def test_after_an_upgrade_the_generation_of_the_older_format_answers_until_the_first_build(
    data: Path, config: Config, sample_data: Path
) -> None:
    assert OLDEST_READABLE < FORMAT_VERSION
    shutil.rmtree(data / FOLDER / "newer")
    write_changed(data / FOLDER / "older", data / FOLDER / "older", format_version=OLDEST_READABLE)
    switch_to(data, "older")
    client = client_of(data, sample_data)
    assert client.get(ASKED).json["generation"]["id"] == "older"
    assert client.get("/status").status_code == 200
    built = build(config)
    assert built.is_new
    assert client_of(data, sample_data).get(ASKED).json["generation"]["id"] == built.generation


def test_a_generation_of_an_older_format_whose_items_mean_nothing_now_does_not_answer(
    data: Path, sample_data: Path
) -> None:
    for name in ("older", "newer"):
        folder = data / FOLDER / name
        with sqlite3.connect(on_its_own(folder / "catalogue.sqlite")) as store:
            store.execute("UPDATE item SET body = CAST('{}' AS BLOB) WHERE kind = 'app'")
        (folder / "manifest.json").rename(data / "manifest.json")
        digests = file_digests(folder)
        (data / "manifest.json").rename(folder / "manifest.json")
        write_changed(folder, folder, format_version=OLDEST_READABLE, files=digests)
    assert choose(data).generation.passed_over == ()  # its files are what was written
    client = client_of(data, sample_data)
    assert client.get("/readyz").status_code == 503
    assert client.get("/app/fenix").status_code == 503


def verify(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["verify", *arguments], env={"STARCHART_DATA_DIR": str(data)})


def test_verify_names_what_is_damaged(data: Path) -> None:
    assert verify(data).exit_code == 0
    assert verify(data, "older").output == "older  whole\n"
    cut(data / FOLDER / "newer" / "arrays" / "usage.npy")
    found = verify(data)
    assert found.exit_code == 1
    assert "newer  damaged: arrays/usage.npy" in found.output
    assert "older  whole" in found.output
    assert verify(data, "older").exit_code == 0
    assert verify(data, "never").exit_code == 2


def test_verify_deep_finds_what_the_index_and_the_catalogue_do_not_make(data: Path) -> None:
    assert verify(data, "--deep", "newer").exit_code == 0
    folder = data / FOLDER / "newer"
    array = on_its_own(folder / "arrays" / "usage.npy")
    numbers = np.load(array)
    np.save(array, numbers + 1)
    digests = read_manifest(folder).files | {"arrays/usage.npy": sha256(array.read_bytes()).hexdigest()}
    write_changed(folder, folder, files=digests)  # as a build with a mistake in it would
    assert verify(data, "newer").exit_code == 0
    found = verify(data, "--deep", "newer")
    assert found.exit_code == 1
    assert "newer  damaged: arrays/usage.npy" in found.output


@pytest.fixture(autouse=True)
def nothing_compared() -> Iterator[None]:
    """Names of generations return in these tests: what was compared of one is not of the next."""
    integrity._compared.clear()
    yield
    integrity._compared.clear()
