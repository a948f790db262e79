"""A file that takes its parser down, or too long, costs that file only, and no neighbour anything."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from indexer.config import Config
from indexer.crawl import crawl as crawling
from indexer.crawl.crawl import MAX_UNREADABLE, crawl
from indexer.crawl.snapshots import SnapshotState, SnapshotStore
from indexer.model.records import FirefoxVersion, Record
from indexer.model.table_records import DerivedTable
from indexer.sources import Fetched, Report, Request, find_sources
from tests.support.mirrors import settings
from tests.support.upstream import HUB, SCHEMAS, SQL, Upstream

TABLES = 8
ARCHIVE = "https://github.com/mozilla/poison/archive/main.tar.gz"


class Poisonous:
    """A source whose members do to their reader what they say, as a fault of a parser would."""

    name = "poisonous"
    version = 1

    def requests(self, options: Mapping[str, Any]) -> Sequence[Request]:
        return (Request(ARCHIVE, kind="archive"),)

    def records(
        self, fetched: Sequence[Fetched], options: Mapping[str, Any], report: Report
    ) -> Iterable[Record]:
        for name, content in fetched[0].members() if fetched[0].members else ():
            if content == b"crash":
                resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
                os.kill(os.getpid(), signal.SIGKILL)
            if content == b"spin":
                while True:
                    pass
            if content == b"swallow":
                _ = [bytearray(10_000_000) for _ in range(100)]
            if content == b"stumble":
                raise ZeroDivisionError("in a parser")
            yield FirefoxVersion("", int(content), name)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "mirror").mkdir()
    return settings(tmp_path / "data", tmp_path / "mirror", parse_seconds=1, parse_bytes=300_000_000)


def state(config: Config, source: str) -> SnapshotState:
    found = SnapshotStore(config.data_dir).state(source)
    assert found is not None
    return found


def poison(config: Config, monkeypatch: pytest.MonkeyPatch, *contents: str) -> SnapshotState:
    folder = Path(config.mirror) / ARCHIVE.partition("://")[2]
    for number, content in enumerate(contents):
        file = folder / f"file_{number}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    monkeypatch.setattr(crawling, "choose_sources", lambda config, names: {"poisonous": Poisonous()})
    crawl(config)
    return state(config, "poisonous")


@pytest.mark.parametrize(
    "deed", [*(pytest.param(x, marks=pytest.mark.slow) for x in ("crash", "swallow")), "stumble"]
)
def test_a_file_that_its_parser_cannot_bear_is_left_out_and_told(
    deed: str, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = poison(config, monkeypatch, "1", deed, "2", "3")
    assert (found.counts, found.error) == ({"FirefoxVersion": 3}, "")
    assert found.skipped == {"file that cannot be read": 1}
    assert found.examples["file that cannot be read"].startswith("file_1: ")


@pytest.mark.slow
def test_a_file_that_takes_too_long_is_left_out_and_told(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = poison(config, monkeypatch, "1", "spin", "2")
    assert (found.counts, found.skipped) == ({"FirefoxVersion": 2}, {"file that cannot be read": 1})
    assert found.examples["file that cannot be read"] == "file_1: took too long"


def test_a_source_of_nothing_but_such_files_is_given_up(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = poison(config, monkeypatch, *["stumble"] * (MAX_UNREADABLE + 1))
    assert "ZeroDivisionError: in a parser" in found.error
    assert found.counts == {}


def test_yaml_that_nests_absurdly_costs_its_table_and_no_neighbour_anything(config: Config) -> None:
    upstream = Upstream()
    for number in range(TABLES):
        upstream.table(f"telemetry_derived.table_{number}", {"day": "DATE"})
        upstream.stable("telemetry", f"ping-{number}", {"client_id": "STRING"})
    upstream.files[f"{SQL}/moz-fx-data-shared-prod/telemetry_derived/table_3/metadata.yaml"] = "[" * 100_000
    upstream.files[f"{SCHEMAS}/telemetry/ping-3/ping-3.1.bq"] = "[" * 100_000
    upstream.measures("definitions/ios.toml", '[metrics.days]\nselect_expression = "COUNT(*)"\n')
    upstream.measures("definitions/deep.toml", "a." * 100_000 + "a = 1")
    upstream.write(Path(config.mirror))
    crawl(config, ("bigquery_etl", "ping_schemas", "metric_hub"))
    etl, schemas, hub = (state(config, name) for name in ("bigquery_etl", "ping_schemas", "metric_hub"))
    assert (etl.error, schemas.error, hub.error) == ("", "", "")
    tables = {
        r.table for r in SnapshotStore(config.data_dir).read("bigquery_etl") if isinstance(r, DerivedTable)
    }
    assert {f"table_{number}" for number in range(TABLES)} - tables <= {"table_3"}
    assert schemas.counts["PingSchema"] == TABLES - 1
    assert hub.counts["Measure"] == 1
    assert "deep.toml" in hub.examples["unreadable TOML"]
    assert f"{HUB.rpartition('/')[2]}/definitions/deep.toml" in hub.examples["unreadable TOML"]


def test_every_source_says_whether_it_may_be_empty_by_a_name_that_is_known() -> None:
    assert {name for name, source in find_sources().items() if hasattr(source, "may_be_empty")} == {
        "experimenter"
    }
