"""Snapshots: records come back equal, and a kill leaves the old ones or the new ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.crawl.snapshots import SnapshotDamaged, SnapshotState, SnapshotStore
from indexer.model.records import FirefoxVersion, Measure
from indexer.model.table_records import Column, TableSchema

RECORDS = [
    FirefoxVersion("release", 145, "145.0"),
    TableSchema("d1", (Column("a.b", "STRING"), Column("c", "RECORD", "REPEATED", "ünï\n<b>"))),
    Measure("metric", "fenix", "days_of_use"),
    FirefoxVersion("beta", 146),
]


def test_records_of_several_types_come_back_equal(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    state = store.write("s", RECORDS, SnapshotState(source="s", last_success="2026-01-01T00:00:00+00:00"))
    assert state.counts == {"FirefoxVersion": 2, "Measure": 1, "TableSchema": 1}
    again = SnapshotStore(tmp_path)
    assert sorted(again.read("s"), key=repr) == sorted(RECORDS, key=repr)
    assert again.state("s") == state
    assert again.states() == {"s": state}


def test_no_records_are_also_a_snapshot(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    state = store.write("s", [], SnapshotState(source="s"))
    assert store.is_whole(state)
    assert store.read("s") == []


def test_a_source_never_crawled_has_no_state_and_no_records(tmp_path: Path) -> None:
    assert SnapshotStore(tmp_path).state("s") is None
    assert SnapshotStore(tmp_path).read("s") == []


def test_equal_records_have_an_equal_digest_and_only_the_newest_file_stays(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    first = store.write("s", RECORDS, SnapshotState(source="s"))
    assert store.write("s", RECORDS, SnapshotState(source="s")).digest == first.digest
    assert store.write("s", RECORDS[:1], SnapshotState(source="s")).digest != first.digest
    assert len(list((tmp_path / "snapshots").glob("*.records"))) == 1


def test_a_failure_keeps_the_records_and_tells_the_cause(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    good = store.write("s", RECORDS, SnapshotState(source="s", last_success="2026-01-01T00:00:00+00:00"))
    failed = store.note_failure("s", "answered 503", "2026-01-02T00:00:00+00:00", 1.5)
    assert (failed.error, failed.last_attempt) == ("answered 503", "2026-01-02T00:00:00+00:00")
    assert (failed.last_success, failed.digest) == (good.last_success, good.digest)
    assert len(store.read("s")) == len(RECORDS)


@pytest.mark.parametrize("damage", ["cut", "gone", "other"])
def test_a_damaged_snapshot_is_told_and_not_taken_for_empty(tmp_path: Path, damage: str) -> None:
    store = SnapshotStore(tmp_path)
    store.write("s", RECORDS, SnapshotState(source="s"))
    path = next((tmp_path / "snapshots").glob("*.records"))
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:20] if damage == "cut" else b"not ours")
    with pytest.raises(SnapshotDamaged):
        store.read("s")


def test_a_kill_between_the_two_files_leaves_the_old_snapshot(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    store.write("s", RECORDS, SnapshotState(source="s"))
    (tmp_path / "snapshots/s.ffff.records").write_bytes(b"new records whose state was never written")
    assert len(store.read("s")) == len(RECORDS)
