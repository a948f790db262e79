"""Crawl, build, guard and roll back, on a copy of the sample that stands for upstream."""

from __future__ import annotations

import fcntl
import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from indexer.build_job import Built, build, go_back
from indexer.catalogue import build_catalogue
from indexer.config import Config
from indexer.crawl.crawl import UnknownSource, crawl, sample_path
from indexer.crawl.guard import Accepted
from indexer.crawl.http_cache import HttpCache
from indexer.crawl.snapshots import SnapshotDamaged, SnapshotStore
from indexer.index.build import GenerationRefused
from indexer.index.generation import current_name, list_generations
from indexer.index.integrity import damaged_files
from indexer.runtime.locking import WORK, Busy
from indexer.status import read_status
from search_app.supervisor import ensure_generation
from tests.support.generations import on_its_own
from tests.support.mirrors import copy_sample
from tests.support.upstream import copied_data

PROBES = "probeinfo.telemetry.mozilla.org/firefox/all/main/all_probes"
ANNOTATIONS = "mozilla.github.io/glean-annotations/api.json"
EVERYTHING = Accepted(everything=True)


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """Where upstream's files lie: the sample itself, until `upstream` puts a copy there."""
    folder = tmp_path / "upstream"
    folder.symlink_to(sample_path())
    return folder


@pytest.fixture
def upstream(published: Path) -> Path:
    """Upstream's files, which may be changed."""
    published.unlink()
    return copy_sample(published)


@pytest.fixture
def new(published_sample: Config, published: Path, tmp_path: Path) -> Config:
    """An installation before its first crawl."""
    return published_sample.model_copy(update={"data_dir": tmp_path / "data", "mirror": str(published)})


@pytest.fixture
def config(new: Config, published_sample: Config) -> Config:
    """One that has crawled and built what upstream published."""
    copied_data(published_sample.data_dir, new.data_dir)
    return new


def build_of(config: Config, **options: bool) -> Built:
    return build(config, **options)


def outcomes(config: Config) -> dict[str, str]:
    return {each.source: each.outcome for each in crawl(config)}


def drop_probes(upstream: Path, keep: int) -> None:
    probes = json.loads((upstream / PROBES).read_text())
    (upstream / PROBES).write_text(json.dumps(dict(list(probes.items())[:keep])))


def test_what_upstream_has_is_parsed_once_and_then_unchanged(new: Config) -> None:
    assert set(outcomes(new).values()) == {"parsed"}
    first = build_of(new)
    assert first.is_new
    # The tool dictionary is read from the settings: there is nothing whose digest could be compared.
    assert {name for name, outcome in outcomes(new).items() if outcome != "unchanged"} == {"tools"}
    again = build_of(new)
    assert (again.is_new, again.generation) == (False, first.generation)
    assert len(list_generations(new.data_dir)) == 1


def test_a_generation_names_its_inputs_and_the_digest_of_each_of_its_files(config: Config) -> None:
    name = current_name(config.data_dir)
    folder = config.data_dir / "generations" / name
    assert damaged_files(folder) == ()
    manifest = list_generations(config.data_dir)[0]
    states = SnapshotStore(config.data_dir).states()
    assert manifest.inputs == {source: state.digest for source, state in states.items()}
    assert (manifest.today, manifest.versions["release"]) == ("2026-06-01", "151.0.2")
    on_its_own(folder / "catalogue.sqlite").write_bytes(b"")
    assert damaged_files(folder) == ("catalogue.sqlite",)


def test_only_a_day_on_which_something_expires_makes_a_new_generation(config: Config) -> None:
    first = current_name(config.data_dir)
    due = list_generations(config.data_dir)[0].next_change
    assert due == "2026-07-31"
    day_before = config.model_copy(update={"now": date(2026, 7, 30)})
    assert not build_of(day_before).is_new
    on_the_day = build_of(config.model_copy(update={"now": date.fromisoformat(due)}))
    assert on_the_day.is_new
    assert on_the_day.generation != first


def test_a_new_firefox_version_makes_a_new_generation(config: Config, upstream: Path) -> None:
    file = upstream / "product-details.mozilla.org/1.0/firefox_versions.json"
    file.write_text(file.read_text().replace("151.0.2", "152.0"))
    crawl(config)
    assert build_of(config).is_new
    assert list_generations(config.data_dir)[0].versions["release"] == "152.0"


def test_a_crawl_leaves_no_body_that_nothing_names(config: Config) -> None:
    cache = config.data_dir / "cache"
    with HttpCache(cache).writer() as body:
        body.write(b"kept")
        kept = HttpCache(cache).put("https://host.example/a", body, "4" * 64, "", "")
    (cache / "replaced.body").write_bytes(b"old")
    (cache / "part-of-a-crawl-that-was-killed").write_bytes(b"half")
    crawl(config)
    assert sorted(path.name for path in cache.glob("*.body")) == [f"{kept.digest}.body"]
    assert list(cache.glob("part-*")) == []
    assert HttpCache(cache).get("https://host.example/a") == kept


def test_one_changed_file_is_parsed_alone(config: Config, upstream: Path) -> None:
    drop_probes(upstream, 24)
    parsed = {name for name, outcome in outcomes(config).items() if outcome == "parsed"}
    assert parsed == {"legacy_probes", "tools"}


def test_a_source_that_fails_keeps_its_last_good_records_and_tells_its_age(
    config: Config, upstream: Path
) -> None:
    before = SnapshotStore(config.data_dir).state("annotations")
    assert before is not None
    (upstream / ANNOTATIONS).unlink()
    assert outcomes(config)["annotations"] == "kept"
    after = SnapshotStore(config.data_dir).state("annotations")
    assert after is not None
    assert (after.digest, after.counts, after.last_success) == (
        before.digest, before.counts, before.last_success,
    )  # fmt: skip
    assert after.error == "https://mozilla.github.io/glean-annotations/api.json: not found (404)"
    assert not after.from_sample
    words = {source.name: source.word for source in read_status(config).sources}
    assert (words["annotations"], words["glean"]) == ("stale", "good")
    assert not build_of(config).is_new


def test_a_source_that_never_answered_falls_back_to_the_sample(new: Config, upstream: Path) -> None:
    (upstream / ANNOTATIONS).write_text("[]")
    assert outcomes(new)["annotations"] == "sample"
    state = SnapshotStore(new.data_dir).state("annotations")
    assert state is not None
    assert state.from_sample
    assert state.counts == {"Annotation": 7}
    assert "annotations" in {s.name for s in read_status(new).sources if s.word == "sample"}
    build_of(new)
    assert not list_generations(new.data_dir)[0].sample  # all else is real


def test_a_source_that_loses_much_keeps_its_records_unless_the_loss_is_accepted(
    config: Config, upstream: Path
) -> None:
    drop_probes(upstream, 19)  # of 25: more than a fifth is gone
    assert outcomes(config)["legacy_probes"] == "kept"
    state = SnapshotStore(config.data_dir).state("legacy_probes")
    assert state is not None
    assert "LegacyProbe: 19 of 25 left" in state.error
    crawl(config, ("legacy_probes",), accept=EVERYTHING)
    state = SnapshotStore(config.data_dir).state("legacy_probes")
    assert state is not None
    assert (state.error, state.counts) == ("", {"LegacyProbe": 19})


def test_a_source_that_loses_little_is_believed(config: Config, upstream: Path) -> None:
    drop_probes(upstream, 20)
    assert outcomes(config)["legacy_probes"] == "parsed"


def test_a_generation_that_loses_much_is_refused_unless_the_loss_is_accepted(
    config: Config, upstream: Path
) -> None:
    first = current_name(config.data_dir)
    drop_probes(upstream, 19)
    crawl(config, accept=EVERYTHING)
    with pytest.raises(GenerationRefused, match="probe: 19 items, 25 in the current generation"):
        build_of(config)
    assert current_name(config.data_dir) == first
    assert [path.name for path in (config.data_dir / "generations").iterdir()] == [first]
    assert build_of(config, accept_loss=True).is_new


def test_going_back_holds_until_something_new_comes(config: Config, upstream: Path) -> None:
    first = current_name(config.data_dir)
    drop_probes(upstream, 24)
    crawl(config)
    second = build_of(config).generation
    assert go_back(config) == first == current_name(config.data_dir)
    assert not build_of(config).is_new
    assert current_name(config.data_dir) == first
    with pytest.raises(LookupError, match="no older generation"):
        go_back(config)
    drop_probes(upstream, 23)
    crawl(config)
    third = build_of(config)
    assert third.is_new
    assert third.generation == current_name(config.data_dir) not in (first, second)


@pytest.mark.slow
def test_only_the_last_generations_are_kept(config: Config, upstream: Path) -> None:
    names = []
    for keep in (25, 24, 23, 22):
        drop_probes(upstream, keep)
        crawl(config)
        names.append(build_of(config).generation)
    assert [manifest.id for manifest in list_generations(config.data_dir)] == names[:0:-1]


def test_a_generation_of_another_format_is_passed_over_and_swept_up(config: Config) -> None:
    first = current_name(config.data_dir)
    folder = config.data_dir / "generations"
    manifest = json.loads((folder / first / "manifest.json").read_text())
    for name, changes in {"older": {"format_version": 1}, "newer": {"field_of_tomorrow": 1}}.items():
        (folder / name).mkdir()
        (folder / name / "manifest.json").write_text(json.dumps({**manifest, "id": name, **changes}))
    assert [manifest.id for manifest in list_generations(config.data_dir)] == [first]
    with pytest.raises(LookupError):
        go_back(config)
    second = build_of(config, force=True).generation
    assert {path.name for path in folder.iterdir()} == {first, second}


def test_a_first_start_over_damaged_records_goes_on_to_the_crawl_that_mends_them(config: Config) -> None:
    shutil.rmtree(config.data_dir / "generations")
    (config.data_dir / "current").unlink()
    next((config.data_dir / "snapshots").glob("glean.*.records")).write_bytes(b"")
    ensure_generation(config)
    assert current_name(config.data_dir) == ""
    assert outcomes(config)["glean"] == "parsed"
    ensure_generation(config)
    assert current_name(config.data_dir)


def test_damaged_records_are_refused_and_parsed_again_by_the_next_crawl(config: Config) -> None:
    first = current_name(config.data_dir)
    records = next((config.data_dir / "snapshots").glob("glean.*.records"))
    records.write_bytes(records.read_bytes()[:100])
    with pytest.raises(SnapshotDamaged, match="glean"):
        build_of(config, force=True)
    assert current_name(config.data_dir) == first
    assert outcomes(config)["glean"] == "parsed"
    assert build_of(config, force=True).is_new


def test_two_at_once_are_one_too_many(new: Config) -> None:
    new.data_dir.mkdir()
    with (new.data_dir / WORK).open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(Busy, match=r"work\.lock is held"):
            crawl(new)
        with pytest.raises(Busy, match=r"work\.lock is held"):
            build_of(new)
    assert set(outcomes(new).values()) == {"parsed"}


def test_a_source_that_nobody_knows_is_named_with_those_there_are(new: Config) -> None:
    with pytest.raises(UnknownSource, match=r"gleam: no enabled source of that name .*glean"):
        crawl(new, ("gleam",))


def test_all_of_upstream_gone_leaves_everything_as_it_was(config: Config, upstream: Path) -> None:
    first = current_name(config.data_dir)
    shutil.rmtree(upstream)
    fetching = {name: outcome for name, outcome in outcomes(config).items() if name != "tools"}
    assert set(fetching.values()) == {"kept"}
    assert not build_of(config).is_new
    assert current_name(config.data_dir) == first


def test_the_catalogue_of_a_part_of_the_sources_builds(new: Config) -> None:
    crawl(new, ("data_docs",))
    records = SnapshotStore(new.data_dir).read("data_docs")
    assert {item.kind for item in build_catalogue(records, date(2026, 6, 1)).items} == {"doc"}
