"""What did not change upstream is not parsed again, and what comes out is as if all had been."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from indexer.config import Config
from indexer.crawl import crawl as crawling
from indexer.crawl import plan as planning
from indexer.crawl.crawl import crawl, sample_path
from indexer.crawl.guard import Accepted
from indexer.crawl.snapshots import SnapshotState, SnapshotStore
from indexer.model.records import Record
from indexer.sources import Fetched, Report
from indexer.sources.glean import Source
from tests.support.fetching import fetch_all, records_of
from tests.support.mirrors import copy_sample, settings

REPOSITORIES = "probeinfo.telemetry.mozilla.org/glean"
FENIX = f"{REPOSITORIES}/fenix"
LISTINGS = "probeinfo.telemetry.mozilla.org/v2/glean/app-listings"
EVERYTHING = Accepted(everything=True)


@pytest.fixture
def upstream(tmp_path: Path) -> Path:
    return copy_sample(tmp_path / "upstream")


@pytest.fixture
def config(tmp_path: Path, upstream: Path) -> Config:
    return settings(tmp_path / "data", upstream)


class Here:
    """Parses in this process, where a test can look on."""

    def call(self, fn: Callable[..., Any], *args: Any, until: float) -> Any:
        return fn(*args)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the glean source is asked to parse: a listing, or the name of a repository."""
    asked: list[str] = []
    whole = Source.records

    def records(
        self: Source, fetched: Sequence[Fetched], options: Mapping[str, Any], report: Report
    ) -> Iterable[Record]:
        names = {file.request.tag.removesuffix(f"/{Path(file.request.tag).name}") for file in fetched}
        asked.extend(sorted(names))
        return whole(self, fetched, options, report)

    monkeypatch.setattr(Source, "records", records)
    monkeypatch.setattr(crawling, "parsers", lambda config: nullcontext(Here()))
    return asked


def change(file: Path, how: Callable[[Any], object]) -> None:
    content = json.loads(file.read_text())
    how(content)
    file.write_text(json.dumps(content))


def change_a_metric(upstream: Path) -> None:
    change(upstream / FENIX / "metrics", lambda metrics: _describe(metrics, "Said otherwise."))


def _describe(metrics: dict[str, Any], text: str) -> None:
    for past in next(iter(metrics.values()))["history"]:
        past["description"] = text


def add_a_metric_that_cannot_be_read(upstream: Path) -> None:
    change(upstream / FENIX / "metrics", lambda metrics: metrics.update({"a.b": {"history": 5}}))


def lose_a_file(upstream: Path) -> None:
    (upstream / FENIX / "pings").unlink()


def lose_an_app(upstream: Path) -> None:
    def without_fenix(listings: list[dict[str, Any]]) -> None:
        listings[:] = [entry for entry in listings if entry["v1_name"] != "fenix"]

    change(upstream / LISTINGS, without_fenix)


CHANGES = {
    change_a_metric: ["fenix"],
    add_a_metric_that_cannot_be_read: ["fenix"],
    lose_a_file: ["fenix"],
    lose_an_app: ["v2/glean"],
}


def snapshot(config: Config) -> tuple[SnapshotState, bytes]:
    """What is kept of the glean source."""
    state = SnapshotStore(config.data_dir).state("glean")
    assert state is not None
    return state, (config.data_dir / "snapshots" / f"glean.{state.digest}.records").read_bytes()


@pytest.mark.parametrize("how", CHANGES, ids=lambda how: how.__name__)
def test_only_the_repository_that_changed_is_parsed_and_the_snapshot_is_that_of_a_first_crawl(
    how: Callable[[Path], None], config: Config, upstream: Path, parsed: list[str], tmp_path: Path
) -> None:
    crawl(config, ["glean"])
    before, _ = snapshot(config)
    parsed.clear()
    how(upstream)
    crawl(config, ["glean"], accept=EVERYTHING)
    assert parsed == CHANGES[how]
    state, after = snapshot(config)
    fresh = settings(tmp_path / "fresh", upstream)
    crawl(fresh, ["glean"])
    from_nothing, expected = snapshot(fresh)
    assert after == expected
    assert (state.counts, state.seen, state.skipped, state.examples) == (
        from_nothing.counts, from_nothing.seen, from_nothing.skipped, from_nothing.examples,
    )  # fmt: skip
    assert state.input_digest == from_nothing.input_digest != before.input_digest


def test_changes_one_after_another_still_give_the_snapshot_of_a_first_crawl(
    config: Config, upstream: Path, tmp_path: Path
) -> None:
    for how in CHANGES:
        crawl(config, ["glean"], accept=EVERYTHING)
        how(upstream)
    crawl(config, ["glean"], accept=EVERYTHING)
    fresh = settings(tmp_path / "fresh", upstream)
    crawl(fresh, ["glean"])
    assert snapshot(config)[1] == snapshot(fresh)[1]


def everything(upstream: Path) -> list[str]:
    names = sorted(path.name for path in (upstream / REPOSITORIES).iterdir())
    return ["v2/glean", "v2/glean", *names]


def test_another_program_parses_everything_again(
    config: Config, upstream: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl(config, ["glean"])
    change_a_metric(upstream)
    parsed.clear()
    monkeypatch.setattr(planning, "parser_digest", lambda: "of other parsers")
    crawl(config, ["glean"])
    assert set(everything(upstream)) <= set(parsed)
    assert len(parsed) > len(CHANGES[change_a_metric])


@pytest.mark.parametrize("ending", ["records", "parts"])
@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_where_the_last_snapshot_is_damaged_everything_is_parsed_again(
    ending: str, damage: str, config: Config, upstream: Path, parsed: list[str], tmp_path: Path
) -> None:
    crawl(config, ["glean"])
    change_a_metric(upstream)
    parsed.clear()
    (file,) = (config.data_dir / "snapshots").glob(f"glean.*.{ending}")
    file.write_bytes(file.read_bytes()[:-20]) if damage == "cut" else file.unlink()
    crawl(config, ["glean"])
    assert set(everything(upstream)) <= set(parsed)
    fresh = settings(tmp_path / "fresh", upstream)
    crawl(fresh, ["glean"])
    assert snapshot(config)[1] == snapshot(fresh)[1]


def test_parts_of_other_records_are_not_believed(
    config: Config, upstream: Path, parsed: list[str], tmp_path: Path
) -> None:
    crawl(config, ["glean"])
    state, _ = snapshot(config)
    store = SnapshotStore(config.data_dir)
    parts = store.parts(state)
    store.write("glean", store.read("glean"), state, parts[:-1])
    change_a_metric(upstream)
    parsed.clear()
    crawl(config, ["glean"])
    assert set(everything(upstream)) <= set(parsed)


def test_the_parts_of_the_glean_source_make_together_what_it_makes_of_all_files() -> None:
    source = Source()
    files = fetch_all(source, sample_path(), {})
    whole, report = records_of(source, files)
    parts = source.parts(files)
    assert sorted(file.request.tag for part in parts for file in part) == sorted(f.request.tag for f in files)
    one_by_one = [records_of(source, part) for part in parts]
    assert [record for records, _ in one_by_one for record in records] == whole
    assert sum((each.skipped for _, each in one_by_one), start=type(report.skipped)()) == report.skipped
