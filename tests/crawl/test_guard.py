"""What a crawl does not believe: by repository, group and field; what is refused is told, and taken once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from indexer.config import Config
from indexer.crawl.crawl import crawl
from indexer.crawl.crawled import Crawled, reached_nothing, took_nothing
from indexer.crawl.guard import Accepted, Profile, Thresholds, TypeProfile, judge
from indexer.crawl.snapshots import SnapshotState, SnapshotStore
from indexer.model.records import RepositoryMetric
from indexer.status import read_status
from search_app.cli import main
from tests.support.mirrors import settings
from tests.support.upstream import PROBEINFO, PRODUCT_DETAILS, Upstream

ALL_PROBES = f"{PROBEINFO}/firefox/all/main/all_probes"
APPS = ("ios", "android", "desktop")
FILES = ("metrics", "pings", "tags", "dependencies")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three apps of 40 metrics each, 60 probes, and what product-details says."""
    upstream = Upstream()
    for app in APPS:
        upstream.app(app)
        upstream.ping(app, "baseline")
        for number in range(40):
            upstream.metric(
                app, f"area.metric_{number}", description=f"Counts {number} things.", expires=str(number)
            )
    for number in range(60):
        kind = "histogram" if number % 2 else "scalar"
        upstream.probe(kind, f"PROBE_{number}", keyed=number % 3 == 0, kind="count")
    upstream.versions(nightly=150, beta=149, release=148)
    majors = {f"{major}.0": f"20{major - 90}-01-01" for major in range(100, 140)}
    upstream.files[f"{PRODUCT_DETAILS}/firefox_history_major_releases.json"] = json.dumps(majors)
    return upstream.write(tmp_path_factory.mktemp("made"))


@pytest.fixture
def mirror(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "mirror"))


@pytest.fixture
def config(mirror: Path, tmp_path: Path) -> Config:
    return settings(tmp_path / "data", mirror)


def crawled(config: Config, source: str, *accept: str) -> Crawled:
    return crawl(config, (source,), accept=Accepted(frozenset(accept)))[0]


def state(config: Config, source: str) -> SnapshotState:
    found = SnapshotStore(config.data_dir).state(source)
    assert found is not None
    return found


def change(file: Path, how: Callable[[Any], Any]) -> None:
    file.write_text(json.dumps(how(json.loads(file.read_text()))))


def word(config: Config, source: str) -> str:
    return next(each.word for each in read_status(config).sources if each.name == source)


def metrics_by_app(config: Config) -> dict[str, int]:
    records = SnapshotStore(config.data_dir).read("glean")
    names = [record.v1_name for record in records if isinstance(record, RepositoryMetric)]
    return {app: names.count(app) for app in APPS}


EMPTIED: dict[str, Callable[[Path], object]] = {
    "an empty object": lambda file: file.write_text("{}"),
    "an error object": lambda file: file.write_text('{"error": {"code": 500, "message": "no"}}'),
    "an error text": lambda file: file.write_text('{"detail": "Not found."}'),
    "a list": lambda file: file.write_text("[]"),
    "no JSON": lambda file: file.write_text("<html>"),
    "nested too deep": lambda file: file.write_text('{"a":' * 50_000),
    "gone for a moment": lambda file: file.unlink(),
    "half of it": lambda file: change(file, lambda all_: dict(list(all_.items())[: len(all_) // 2])),
}


@pytest.mark.parametrize("how", EMPTIED)
def test_a_repository_whose_file_is_not_believed_keeps_what_it_had_and_the_others_are_read(
    how: str, config: Config, mirror: Path
) -> None:
    assert crawled(config, "glean").outcome == "parsed"
    before = metrics_by_app(config)
    broken, fresh = (mirror / PROBEINFO / "glean" / app / "metrics" for app in ("ios", "android"))
    good = broken.read_text()
    EMPTIED[how](broken)
    change(fresh, lambda all_: {**all_, "area.new": {**all_["area.metric_1"], "name": "area.new"}})
    for _ in range(2):  # the second crawl finds the same files, and is as little content
        crawled(config, "glean")
        assert metrics_by_app(config) == {**before, "android": before["android"] + 1}
        assert "ios" in state(config, "glean").error
        assert word(config, "glean") == "stale"
    broken.write_text(good)
    crawled(config, "glean")
    assert (state(config, "glean").error, word(config, "glean")) == ("", "good")


def test_the_command_that_is_told_accepts_just_that_and_only_once(config: Config, mirror: Path) -> None:
    crawled(config, "glean")
    folder = mirror / PROBEINFO / "glean"
    for app in ("ios", "desktop"):
        change(folder / app / "metrics", lambda all_: dict(list(all_.items())[:10]))
    crawled(config, "glean")
    assert "starchart crawl --accept glean:ios takes it" in state(config, "glean").error
    crawled(config, "glean", "glean:ios")
    assert metrics_by_app(config) == {"ios": 10, "android": 40, "desktop": 40}
    assert "glean:ios" not in state(config, "glean").error
    assert "glean:desktop" in state(config, "glean").error
    change(folder / "ios" / "metrics", lambda all_: dict(list(all_.items())[:4]))
    crawled(config, "glean")
    assert metrics_by_app(config)["ios"] == 10
    assert "ios: RepositoryMetric: 4 of 10 left" in state(config, "glean").error


def test_a_repository_that_is_delisted_goes_without_being_asked_for(config: Config, mirror: Path) -> None:
    crawled(config, "glean")
    listings = mirror / PROBEINFO / "v2/glean/app-listings"
    change(listings, lambda apps: [app for app in apps if app["v1_name"] != "ios"])
    crawled(config, "glean")
    assert metrics_by_app(config) == {"ios": 0, "android": 40, "desktop": 40}
    assert state(config, "glean").error == ""


def each_definition(probes: dict[str, Any], how: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    for probe in probes.values():
        for entries in probe["history"].values():
            for entry in entries:
                how(entry)
    return probes


BROKEN: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "an error object": (lambda _: {"error": "Internal"}, "holds nothing that is known"),
    "an error with a status": (lambda _: {"status": 500, "error": {}}, "holds nothing that is known"),
    "an empty object": (lambda _: {}, "LegacyProbe: 0 of 60 left"),
    "a list": (lambda all_: list(all_), "holds a list"),
    "half of it": (lambda all_: dict(list(all_.items())[:30]), "LegacyProbe: 30 of 60 left"),
    "one kind gone": (
        lambda all_: {name: probe for name, probe in all_.items() if probe["type"] != "scalar"},
        "LegacyProbe: 30 of 60 left",
    ),
    "twice as much": (
        lambda all_: {**all_, **{f"{n}_2": {**p, "name": p["name"] + "_2"} for n, p in all_.items()}},
        "LegacyProbe: 120 where 60 were",
    ),
    "descriptions nulled": (
        lambda all_: each_definition(all_, lambda entry: entry.update(description=None)),
        "LegacyProbe.history.description: 0 of 60 say something, 60 did",
    ),
    "descriptions of another type": (
        lambda all_: each_definition(all_, lambda entry: entry.update(description=[5])),
        "LegacyProbe.history.description",
    ),
    "descriptions that are numbers": (
        lambda all_: each_definition(all_, lambda entry: entry.update(description=12)),
        "LegacyProbe.history.description: 60 of 60 say the same",
    ),
    "flags all the same": (
        lambda all_: each_definition(all_, lambda entry: entry["details"].update(keyed=True)),
        "LegacyProbe.history.keyed: 60 of 60 say the same",
    ),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_file_that_is_not_believed_keeps_the_source_and_says_what_and_how_much(
    how: str, config: Config, mirror: Path
) -> None:
    crawled(config, "legacy_probes")
    before = state(config, "legacy_probes")
    good = (mirror / ALL_PROBES).read_text()
    broken, told = BROKEN[how]
    change(mirror / ALL_PROBES, broken)
    assert crawled(config, "legacy_probes").outcome == "kept"
    after = state(config, "legacy_probes")
    assert told in after.error
    assert after.digest == before.digest
    (mirror / ALL_PROBES).write_text(good)
    assert crawled(config, "legacy_probes").state.error == ""
    assert state(config, "legacy_probes").digest == before.digest


def test_what_is_accepted_by_its_key_is_taken_and_the_next_loss_is_refused(
    config: Config, mirror: Path
) -> None:
    crawled(config, "legacy_probes")
    for left, accepted in ((30, True), (20, False), (20, True), (4, False)):
        change(mirror / ALL_PROBES, lambda all_: dict(list(all_.items())[:left]))  # noqa: B023
        keys = [
            "legacy_probes:LegacyProbe",
            *(f"legacy_probes:LegacyProbe/{k}" for k in ("histogram", "scalar")),
        ]
        done = crawled(config, "legacy_probes", *(keys if accepted else ()))
        assert done.outcome == ("parsed" if accepted else "kept")
        if not accepted:
            assert "starchart crawl --accept legacy_probes:LegacyProbe takes it" in done.state.error


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("firefox_versions.json", {"error": "no"}, "names no version"),
        ("firefox_versions.json", {}, "FirefoxVersion of channel: 0 of 3 left"),
        (
            "firefox_versions.json",
            {"FIREFOX_NIGHTLY": None, "LATEST_FIREFOX_VERSION": "148.0"},
            "1 of 3 left",
        ),
        ("firefox_history_major_releases.json", {"message": "no"}, "names no release"),
        ("firefox_history_major_releases.json", {}, "FirefoxVersion: 3 of 43 left"),
    ],
)
def test_product_details_that_tell_of_an_error_change_no_status(
    file: str, content: Any, told: str, config: Config, mirror: Path
) -> None:
    crawled(config, "product_details")
    before = state(config, "product_details")
    (mirror / PRODUCT_DETAILS / file).write_text(json.dumps(content))
    assert crawled(config, "product_details").outcome == "kept"
    assert told in state(config, "product_details").error
    assert state(config, "product_details").digest == before.digest


def test_a_file_that_may_be_absent_and_was_there_is_missed(config: Config, mirror: Path) -> None:
    experiments = mirror / "experimenter.services.mozilla.com/api/v6/experiments/index.json"
    experiments.parent.mkdir(parents=True)
    experiments.write_text("[]")
    assert crawled(config, "experimenter").outcome == "parsed"
    experiments.write_text('{"detail": "Server error"}')
    assert crawled(config, "experimenter").outcome == "kept"
    experiments.unlink()
    done = crawled(config, "experimenter")
    assert (done.outcome, "--accept experimenter:files" in done.state.error) == ("kept", True)
    assert crawled(config, "experimenter", "experimenter:files").outcome == "parsed"
    assert crawled(config, "experimenter").state.error == ""


def test_normal_turnover_is_believed(config: Config, mirror: Path) -> None:
    """A tenth comes, a tenth goes, some texts are rewritten, a version is released."""
    for source in ("glean", "legacy_probes", "product_details"):
        crawled(config, source)

    def say_more(entry: dict[str, Any]) -> None:
        entry["description"] += " Better said."

    def turn(all_: dict[str, Any]) -> dict[str, Any]:
        old = list(all_.items())[6:]
        new = {f"scalar/NEW_{n}": {**old[n][1], "type": "scalar", "name": f"NEW_{n}"} for n in range(6)}
        return each_definition({**dict(old), **new}, say_more)

    change(mirror / ALL_PROBES, turn)
    majors = mirror / PRODUCT_DETAILS / "firefox_history_major_releases.json"
    change(majors, lambda all_: {**all_, "140.0": "2026-01-01"})
    for source in ("glean", "legacy_probes", "product_details"):
        assert crawled(config, source).state.error == ""


def test_a_newer_parser_may_give_up_a_type_or_double_its_records() -> None:
    """What is all gone is refused even then."""
    thirds = Profile({"LegacyProbe": TypeProfile(60), "Given": TypeProfile(40)}, made_by="1")
    allowed = Thresholds(0.2, 0.5, 0.25)
    newer = Profile({"LegacyProbe": TypeProfile(130)}, made_by="2")
    assert [each.key for each in judge("s", thirds, newer, allowed)] == ["s:LegacyProbe", "s:Given"]
    assert list(judge("s", thirds, newer, allowed.for_other_program())) == []
    assert len(list(judge("s", thirds, Profile(made_by="2"), allowed.for_other_program()))) == 2


def test_the_command_line_takes_what_the_error_names(config: Config, mirror: Path) -> None:
    crawled(config, "legacy_probes")
    change(mirror / ALL_PROBES, lambda all_: dict(list(all_.items())[:45]))
    told = crawled(config, "legacy_probes").state.error
    assert "--accept legacy_probes:LegacyProbe takes it" in told
    environment = {"STARCHART_DATA_DIR": str(config.data_dir), "STARCHART_MIRROR": str(mirror)}
    done = CliRunner().invoke(main, ["crawl", "--accept", "legacy_probes:LegacyProbe"], env=environment)
    assert done.exit_code == 0, done.output
    assert state(config, "legacy_probes").counts == {"LegacyProbe": 45}
    assert state(config, "legacy_probes").error == ""


def test_what_is_refused_was_reached_and_the_command_fails_all_the_same(config: Config, mirror: Path) -> None:
    crawled(config, "legacy_probes")
    (mirror / ALL_PROBES).write_text("{}")
    done = crawled(config, "legacy_probes")
    assert (done.reached, reached_nothing([done]), took_nothing([done])) == (True, False, True)
    environment = {"STARCHART_DATA_DIR": str(config.data_dir), "STARCHART_MIRROR": str(mirror)}
    told = CliRunner().invoke(main, ["crawl", "legacy_probes"], env=environment)
    assert (told.exit_code, "nothing was taken" in told.output) == (1, True)
    (mirror / ALL_PROBES).unlink()
    done = crawled(config, "legacy_probes")
    assert (done.reached, reached_nothing([done])) == (False, True)


def test_a_file_that_never_could_be_read_is_told_and_asked_for_again(config: Config, mirror: Path) -> None:
    broken = mirror / PROBEINFO / "glean/ios/metrics"
    good = broken.read_text()
    broken.write_text("<html>")
    first = crawled(config, "glean").state
    assert metrics_by_app(config) == {"ios": 0, "android": 40, "desktop": 40}
    assert "ios" in first.examples["file that cannot be read"]
    assert crawled(config, "glean").outcome == "parsed"
    broken.write_text(good)
    crawled(config, "glean")
    assert metrics_by_app(config) == {"ios": 40, "android": 40, "desktop": 40}


def test_tools_that_the_owner_takes_out_of_the_settings_are_gone(config: Config) -> None:
    crawled(config, "tools")
    few = config.model_copy(update={"tools": config.tools[:5]})
    assert crawled(few, "tools").state.counts == {"DataTool": 5}
