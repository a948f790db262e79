"""Operation that is seen: what ended badly, stopped or grew old is told wherever somebody may look."""

from __future__ import annotations

import json
import logging
import os
import re
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from indexer.build_job import build
from indexer.config import Config, load_config
from indexer.crawl.crawl import crawl
from indexer.crawl.snapshots import SnapshotStore
from indexer.index.build import GenerationRefused
from indexer.index.generation import current_name, list_generations
from indexer.runtime.locking import SCHEDULER, exclusive, is_held
from indexer.runtime.outcomes import note_next_run, noted, read_outcome
from indexer.scheduler import run_once
from indexer.status import read_status
from search_app.cli import main
from search_app.web.app import create_app
from search_app.web.operation.banner import behind_banner, sample_banner
from search_app.web.operation.freshness import standing
from search_app.web.state import current_site
from tests.support.upstream import copied_data

FIXED = {"STARCHART_NOW": "2025-06-01"}
NOW = date(2025, 6, 1)  # no release that the small world knows is old by then


@pytest.fixture(autouse=True)
def no_release_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """The small world's releases age by the day; tests/web/test_judged.py asks what is said of that."""
    monkeypatch.setattr("indexer.status.release_is_old", lambda newest, today: False)


@pytest.fixture
def config(own_small_config: Config) -> Config:
    """A small world, crawled and built as upstream has it."""
    return own_small_config.model_copy(update={"now": NOW})


def client_of(config: Config) -> FlaskClient:
    return create_app(config).test_client()


def told(config: Config) -> set[str]:
    """The codes of what needs looking after."""
    return {problem.code for problem in read_status(config).problems}


def status_command(config: Config, *words: str) -> Result:
    return CliRunner().invoke(
        main,
        ["status", *words],
        env={"STARCHART_DATA_DIR": str(config.data_dir), "STARCHART_NOW": NOW.isoformat()},
    )


def numbers(client: FlaskClient) -> dict[tuple[str, tuple[str, ...]], float]:
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(client.get("/metrics").text)
        for sample in family.samples
    }


def standing_of(config: Config, source: str) -> str:
    """What the status page calls a source."""
    app = create_app(config)
    with app.app_context():
        return next(each.word for each in standing(current_site()).sources if each.name == source)


def fail(config: Config, source: str, error: str = "no answer") -> None:
    SnapshotStore(config.data_dir).note_failure(source, error, "2026-06-01T00:00:00+00:00", 1.0)


def test_where_all_is_well_nothing_is_told_and_the_exit_code_is_0(config: Config) -> None:
    assert not told(config)
    result = status_command(config)
    assert (result.exit_code, "problem:" in result.output) == (0, False)
    client = client_of(config)
    assert 'class="banner"' not in client.get("/?q=gc").text
    assert "All of them are fresh." in client.get("/status").text
    assert client.get("/readyz").text == f"ready {current_name(config.data_dir)}\n"


def test_a_stale_source_is_told_everywhere(config: Config) -> None:
    fail(config, "glean")
    client = client_of(config)
    assert told(config) == {"source-stale"}
    result = status_command(config)
    assert result.exit_code == 3
    assert "problem: source-stale: The last crawl of these sources failed: glean." in result.output
    assert "The last crawl of these sources failed: glean." in client.get("/?q=gc").text
    assert "All of them are fresh" not in client.get("/status").text
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text.splitlines()[1]) == (200, "behind: source-stale")
    assert client.get("/api/v1/status").get_json()["problems"][0]["code"] == "source-stale"
    assert numbers(client)["starchart_source_good", ("glean",)] == 0
    assert numbers(client)["starchart_problem", ("source-stale",)] == 1


def test_a_source_whose_address_has_no_file_is_not_called_fresh(config: Config) -> None:
    words = {source: standing_of(config, source) for source in ("experimenter", "glean", "tools")}
    assert words["experimenter"] == "its address has no such file"  # the small upstream has none
    assert words["glean"] == words["tools"] == "fresh"  # the tools need no file
    told = client_of(config).get("/api/v1/status").get_json()["sources"]
    states = {source["name"]: source["status"] for source in told}
    assert (states["experimenter"], states["glean"], states["tools"]) == ("absent", "good", "good")
    assert re.search(r"^experimenter +absent ", status_command(config).output, re.MULTILINE)


def test_a_source_that_was_not_read_for_long_is_told_though_nothing_failed(config: Config) -> None:
    later = datetime.now(UTC) + timedelta(days=4)
    assert {problem.code for problem in read_status(config, later).problems} == {"source-old"}


def test_a_page_kept_by_a_browser_is_asked_anew_when_something_broke(config: Config) -> None:
    before = client_of(config)
    etag = before.get("/?q=gc").headers["ETag"]
    assert before.get("/?q=gc", headers={"If-None-Match": etag}).status_code == 304
    fail(config, "glean")
    assert client_of(config).get("/?q=gc", headers={"If-None-Match": etag}).status_code == 200


def test_a_scheduler_that_has_ended_is_told_and_one_that_never_ran_is_not(config: Config) -> None:
    assert "scheduler-gone" not in told(config)
    with exclusive(config.data_dir, SCHEDULER):
        assert not told(config)
        assert numbers(client_of(config))["starchart_scheduler_running", ()] == 1
    assert told(config) == {"scheduler-gone"}
    assert "The scheduler has ended" in client_of(config).get("/").text
    assert status_command(config).exit_code == 3


def test_to_look_whether_a_lock_is_held_takes_it_from_nobody(tmp_path: Path) -> None:
    assert is_held(tmp_path, SCHEDULER) is None
    with exclusive(tmp_path, SCHEDULER):
        assert is_held(tmp_path, SCHEDULER) is True
    assert is_held(tmp_path, SCHEDULER) is False
    with exclusive(tmp_path, SCHEDULER):
        assert is_held(tmp_path, SCHEDULER) is True


def test_a_refused_build_is_told_with_its_reason_until_one_succeeds(config: Config) -> None:
    def refuse(folder: Path) -> None:
        raise GenerationRefused(f"{folder.name[:4]}… does not answer")

    before = current_name(config.data_dir)
    with pytest.raises(GenerationRefused):
        build(config, force=True, trial=lambda: nullcontext(refuse))
    assert current_name(config.data_dir) == before
    assert [manifest.id for manifest in list_generations(config.data_dir)] == [before]
    outcome = read_outcome(config.data_dir, "build")
    assert (outcome.state, outcome.message.endswith("does not answer")) == ("refused", True)
    assert outcome.succeeded
    assert told(config) == {"build-refused"}
    assert "The last build was refused" in client_of(config).get("/?q=gc").text
    assert numbers(client_of(config))["starchart_job_state", ("build", "refused")] == 1
    build(config, force=True)
    assert not told(config)


def test_a_job_that_was_killed_is_told(config: Config) -> None:
    note = config.data_dir / "last-build.json"
    running = json.loads(note.read_text()) | {"ended": "", "result": "", "pid": os.getpid()}
    note.write_text(json.dumps(running))
    assert read_outcome(config.data_dir, "build").state == "running"
    note.write_text(json.dumps(running | {"pid": 2**22 + 1}))  # above what Linux gives out
    assert told(config) == {"build-killed"}


def test_a_crawl_that_breaks_is_noted_as_failed_and_the_error_goes_on(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), noted(tmp_path, "crawl"):
        raise ZeroDivisionError("by chance\nand two lines")
    outcome = read_outcome(tmp_path, "crawl")
    assert (outcome.state, outcome.message, outcome.succeeded) == ("failed", "by chance and two lines", "")


@pytest.mark.parametrize("junk", [b"", b"[]", b'{"started": 1, "nonsense": 2}', b"\xff"])
def test_notes_that_cannot_be_read_break_nothing(config: Config, junk: bytes) -> None:
    for name in ("last-crawl.json", "last-build.json", "timetable.json"):
        (config.data_dir / name).write_bytes(junk)
    assert not told(config)
    assert client_of(config).get("/status").status_code == 200


@pytest.fixture(scope="module")
def first_crawl(tmp_path_factory: pytest.TempPathFactory) -> tuple[Config, list[logging.LogRecord]]:
    """An installation whose first crawl reached nobody, and what was logged: no network."""
    loaded = load_config(None)
    quick = loaded.crawl.model_copy(update={"retries": 0, "backoff_seconds": 0.0})
    data = tmp_path_factory.mktemp("unreached")
    config = loaded.model_copy(update={"crawl": quick, "data_dir": data, "mirror": "http://127.0.0.1:9"})
    logged: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = logged.append  # type: ignore[method-assign]
    logging.getLogger().addHandler(handler)
    try:
        assert run_once(config) is False
    finally:
        logging.getLogger().removeHandler(handler)
    return config, logged


@pytest.fixture
def unreached(first_crawl: tuple[Config, list[logging.LogRecord]], tmp_path: Path) -> Config:
    """That installation, of this test alone."""
    config, _ = first_crawl
    return config.model_copy(update={"data_dir": copied_data(config.data_dir, tmp_path / "data")})


def test_without_network_one_line_tells_it_and_no_page_promises_what_failed(
    unreached: Config, first_crawl: tuple[Config, list[logging.LogRecord]]
) -> None:
    _, logged = first_crawl
    warnings = [record.getMessage() for record in logged if record.levelno >= logging.WARNING]
    assert len(warnings) == 1
    assert warnings[0].startswith("no source was reached, of 11 that were tried. The first: ")
    assert len(warnings[0]) < 300
    assert read_outcome(unreached.data_dir, "crawl").state == "failed"
    text = client_of(unreached).get("/").text
    assert "This is the small sample that comes with Starchart." in text
    assert "as soon as a crawl is through" not in text
    assert "The last crawl did not succeed: no source was reached, of 11 that were tried." in text
    assert "No scheduler runs that would try again." in text


def test_the_page_says_when_it_is_tried_again(unreached: Config) -> None:
    with exclusive(unreached.data_dir, SCHEDULER):
        soon = datetime.now(UTC).replace(hour=14, minute=20)
        note_next_run(unreached.data_dir, soon.isoformat(timespec="seconds"))
        assert "The next attempt is at 14:20 UTC." in client_of(unreached).get("/").text
        assert "14:20 UTC" in client_of(unreached).get("/status").text


def test_one_source_that_fails_among_others_is_told_by_its_name(
    config: Config, caplog: pytest.LogCaptureFixture
) -> None:
    at_once = config.crawl.model_copy(update={"backoff_seconds": 0.0})
    gone = config.model_copy(update={"mirror": "http://127.0.0.1:9", "crawl": at_once})
    with caplog.at_level(logging.INFO):
        crawl(gone, ("glean", "tools"))
    assert any("source=tools outcome=" in record.getMessage() for record in caplog.records)


def test_banners_say_nothing_where_there_is_nothing_to_say(config: Config) -> None:
    status = read_status(config)
    assert behind_banner(status).kind == ""
    assert sample_banner(status).text.startswith("No crawl has brought in the real data yet") is True


def test_what_is_still_being_typed_counts_as_no_search_until_it_is_let_stand(
    small_client: FlaskClient,
) -> None:
    def counted() -> tuple[float, float]:
        now = numbers(small_client)
        return now["starchart_searches_total", ()], now["starchart_typed_total", ()]

    searches, typed = counted()
    for text in ("zz", "zzq", "zzqx"):
        page = small_client.get(f"/?q={text}", headers={"Starchart-Typed": "partial"})
        assert page.status_code == 200
    assert counted() == (searches, typed + 3)
    stood = small_client.get("/?q=zzqx", headers={"Starchart-Typed": "settled"})
    assert (stood.status_code, stood.data) == (204, b"")
    assert counted() == (searches + 1, typed + 3)
    assert small_client.get("/?q=zzqx").status_code == 200
    assert counted() == (searches + 2, typed + 3)
