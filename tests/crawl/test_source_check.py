"""`starchart check-sources` says of each source whether its shape is still what we read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.crawl.snapshots import SnapshotState
from indexer.source_check import check_sources, shape_of
from search_app.cli import main
from tests.support.upstream import PROBEINFO, Upstream, config_of

SAMPLE = SnapshotState(source="glean", counts={"AppListing": 3, "RepositoryMetric": 9})


def state(**fields: object) -> SnapshotState:
    whole = {"AppListing": 50, "RepositoryMetric": 9_000}
    usual = {"source": "glean", "files": 9, "counts": whole, "seen": {"metrics": 9_000}}
    return SnapshotState(**{**usual, **fields})  # type: ignore[arg-type]


def test_a_source_that_gives_all_that_its_sample_gives_is_as_read() -> None:
    shape = shape_of(state(), SAMPLE, state(counts={"AppListing": 49}))
    assert (shape.verdict, shape.records, shape.kept, shape.findings) == ("as read", 9_050, 49, ())


def test_a_new_field_is_told_and_does_no_harm() -> None:
    shape = shape_of(state(skipped={"unknown field": 7}, examples={"unknown field": "a.b: colour"}), SAMPLE)
    assert (shape.verdict, shape.is_good) == ("new fields", True)
    assert shape.findings == ("unknown field, 7 times: a.b: colour",)


def test_a_kind_of_record_that_no_longer_comes_is_a_change() -> None:
    shape = shape_of(state(counts={"AppListing": 50}), SAMPLE)
    assert (shape.verdict, shape.is_good, shape.findings) == ("changed", False, ("no RepositoryMetric came",))


@pytest.mark.parametrize(("misfits", "verdict"), [(90, "as read"), (91, "changed")])
def test_more_than_one_in_a_hundred_not_as_expected_is_a_change(misfits: int, verdict: str) -> None:
    assert shape_of(state(skipped={"labels: not as expected": misfits}), SAMPLE).verdict == verdict


def test_what_could_not_be_fetched_is_not_reached() -> None:
    shape = shape_of(state(error="connection refused", from_sample=True), SAMPLE)
    assert (shape.verdict, shape.records, shape.findings) == ("not reached", 0, ("connection refused",))


def test_sources_are_fetched_apart_from_what_is_kept(tmp_path: Path) -> None:
    """A file of another shape is seen; nothing is written where the installation keeps its data."""
    upstream = Upstream()
    upstream.app("fenix", "org.mozilla.fenix")
    upstream.versions(nightly=152, beta=151, release=150)
    mirror = upstream.write(tmp_path / "mirror")
    config = config_of(Path("/nowhere"), tmp_path / "data")
    (shape,) = check_sources(config, ["product_details"], str(mirror))
    assert shape.verdict == "as read"
    (mirror / PROBEINFO / "firefox/all/main/all_probes").write_text(json.dumps({"a": {"b": 1}}))
    (shape,) = check_sources(config, ["legacy_probes"], str(mirror))
    assert (shape.source, shape.is_good) == ("legacy_probes", False)
    assert not (tmp_path / "data").exists()


def test_the_command_tells_each_source_and_fails_where_one_has_changed(tmp_path: Path) -> None:
    upstream = Upstream()
    upstream.versions(nightly=152, beta=151, release=150)
    mirror = str(upstream.write(tmp_path / "mirror"))
    environment = {"STARCHART_DATA_DIR": str(tmp_path / "data")}
    asked = ["--quiet", "check-sources", "product_details", "--mirror", mirror]
    told = CliRunner().invoke(main, asked, env=environment)
    assert (told.exit_code, told.output.split()[:3]) == (0, ["product_details", "as", "read"])
    as_json = CliRunner().invoke(main, [*asked, "--json"], env=environment)
    assert json.loads(as_json.output)[0]["verdict"] == "as read"
    gone = CliRunner().invoke(main, [*asked[:-1], str(tmp_path / "gone")], env=environment)
    assert gone.exit_code == 1
    unknown = CliRunner().invoke(main, ["--quiet", "check-sources", "nobody"], env=environment)
    assert unknown.exit_code == 2
