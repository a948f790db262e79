"""A file with columns is parsed once, and what a crawl keeps is byte for byte what one from nothing keeps."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from indexer.config import Config
from indexer.crawl import crawl as crawling
from indexer.crawl import parse as parsing
from indexer.crawl.crawl import crawl
from indexer.crawl.guard import Accepted
from indexer.crawl.snapshots import SnapshotStore
from indexer.sources import bigquery_etl
from tests.support.mirrors import copy_sample, settings

SOURCE = "bigquery_etl"
EVERYTHING = Accepted(everything=True)


@pytest.fixture
def upstream(tmp_path: Path) -> Path:
    """The sample, and a file of which something is passed over."""
    folder = copy_sample(tmp_path / "upstream")
    some = schema_files(folder)[0]
    some.write_text(some.read_text() + "- name: twice\n- name: twice\n- type: STRING\n")
    return folder


@pytest.fixture
def config(tmp_path: Path, upstream: Path) -> Config:
    return settings(tmp_path / "data", upstream)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The schema files that are parsed."""
    asked: list[bytes] = []
    whole = bigquery_etl.read_fields

    def read_fields(body: bytes) -> Any:
        asked.append(body)
        return whole(body)

    class Here:
        """Parses in this process, where a test can look on."""

        def call(self, fn: Callable[..., Any], *args: Any, until: float) -> Any:
            return fn(*args)

    monkeypatch.setattr(bigquery_etl, "read_fields", read_fields)
    monkeypatch.setattr(crawling, "parsers", lambda config: nullcontext(Here()))
    return asked


def schema_files(upstream: Path) -> list[Path]:
    return sorted(upstream.rglob("schema.yaml"))


def kept(config: Config) -> dict[str, Any]:
    """All that is kept of the source but when it was crawled."""
    store = SnapshotStore(config.data_dir)
    state = store.state(SOURCE)
    assert state is not None
    records = (config.data_dir / "snapshots" / f"{SOURCE}.{state.digest}.records").read_bytes()
    told = state.counts, state.seen, state.skipped, state.examples
    return {"records": records, "told": told, "profile": store.profile(state), "files": store.files(state)}


def change_one(upstream: Path) -> bytes:
    """One table gets another column; what its file holds now."""
    changed = schema_files(upstream)[1]
    changed.write_text(changed.read_text() + "- name: added\n  type: STRING\n")
    return changed.read_bytes()


def from_nothing(tmp_path: Path, upstream: Path) -> dict[str, Any]:
    other = settings(tmp_path / "other", upstream)
    crawl(other, [SOURCE])
    return kept(other)


def test_of_one_changed_table_only_its_own_file_is_parsed_and_the_same_is_kept_as_from_nothing(
    tmp_path: Path, upstream: Path, config: Config, read: list[bytes]
) -> None:
    crawl(config, [SOURCE])
    assert len(read) > 1
    read.clear()
    changed = change_one(upstream)
    crawl(config, [SOURCE], accept=EVERYTHING)
    assert read == [changed]
    whole = kept(config)
    assert whole["told"][2]["duplicate column"] == 1  # told again of a file that was not read again
    assert whole == from_nothing(tmp_path, upstream)


@pytest.mark.parametrize("harm", ["another program", "a damaged file", "lost records"])
def test_what_is_not_known_for_sure_is_parsed_again(
    harm: str, tmp_path: Path, upstream: Path, config: Config, read: list[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    crawl(config, [SOURCE])
    all_files = len(read)
    read.clear()
    change_one(upstream)
    folder = config.data_dir / "snapshots"
    (files,), (records,) = folder.glob("*.files"), folder.glob("*.records")
    if harm == "another program":
        monkeypatch.setattr(parsing, "parser_digest", lambda: "of another program")
    elif harm == "a damaged file":
        files.write_bytes(files.read_bytes()[:-20])
    else:
        records.write_bytes(b"")
    crawl(config, [SOURCE], accept=EVERYTHING)
    assert len(read) == all_files
    if harm != "another program":
        assert kept(config) == from_nothing(tmp_path, upstream)
    assert len(list(folder.glob("*.files"))) == 1
