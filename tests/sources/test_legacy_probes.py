"""indexer/sources/legacy_probes.py on a golden file, and counted against the mirror's own file."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from indexer.model.definitions import ProbeDefinition
from indexer.model.records import LegacyProbe, Record
from indexer.sources import Report, legacy_probes
from tests.support.fetching import GOLDEN, fetch_all, fetched, records_of

SOURCE = legacy_probes.Source()


@pytest.fixture(scope="module")
def golden() -> tuple[list[Record], Report]:
    return records_of(SOURCE, [fetched(SOURCE.requests({})[0], GOLDEN / "legacy_probes" / "all_probes")])


def test_a_histogram_has_all_its_definitions_by_channel(golden: tuple[list[Record], Report]) -> None:
    new_words = "How long a collection took, new words."
    bug = "https://bugzilla.mozilla.org/show_bug.cgi?id=1234567"
    assert golden[0][0] == LegacyProbe(
        type="histogram",
        name="GC_MS",
        history=(
            ProbeDefinition(
                channel="nightly",
                first_version="116",
                last_version="141",
                description=new_words,
                expires="never",
                optout=True,
                kind="categorical",
                keyed=True,
                labels=("FULL", "PART"),
                bugs=(bug,),
            ),
            ProbeDefinition(
                channel="release",
                first_version="116",
                last_version="140",
                description=new_words,
                expires="never",
                optout=True,
                kind="exponential",
                low=1,
                high=10000,
                n_buckets=50,
                processes=("main", "content"),
                stores=("main",),
                bugs=(bug,),
                emails=("gc@example.org", "second@example.org"),
                first_revision="d4a5",
                last_revision="7df8",
            ),
            ProbeDefinition(
                channel="release",
                first_version="115",
                last_version="115",
                description="How long a collection took, old words.",
                expires="200",
                optout=False,
                kind="exponential",
                low=1,
                high=10000,
                n_buckets=50,
                cpp_guard="XP_WIN",
                first_revision="a",
                last_revision="b",
            ),
        ),
        first_added={"release": "2024-08-26", "nightly": "2024-08-01"},
    )


def test_rule_2_the_first_entry_of_a_channel_is_its_newest(golden: tuple[list[Record], Report]) -> None:
    probe = golden[0][0]
    assert isinstance(probe, LegacyProbe)
    release = [past.last_version for past in probe.history if past.channel == "release"]
    assert release == ["140", "115"]


def test_an_event_has_methods_objects_and_extras(golden: tuple[list[Record], Report]) -> None:
    assert golden[0][1:] == [
        LegacyProbe(
            type="event",
            name="navigation.search#about_home",
            history=(
                ProbeDefinition(
                    channel="release",
                    first_version="115",
                    last_version="140",
                    description="A search was made.",
                    expires="never",
                    optout=True,
                    methods=("search",),
                    objects=("about_home",),
                    extra_keys=("engine",),
                    processes=("main",),
                    bugs=("https://bugzilla.mozilla.org/show_bug.cgi?id=1316281",),
                    first_revision="d4a5",
                    last_revision="7df8",
                ),
            ),
            first_added={"release": "2024-08-26"},
        )
    ]


@pytest.mark.parametrize(
    ("written", "bound"),
    [
        (1000, 1000),
        ("64", 64),
        ("32 * 1024", 32768),
        ("4*1024 * 1024", 4 * 1024**2),
        ("a * 2", None),
        (None, None),
    ],
)
def test_a_bound_of_a_histogram_may_be_written_as_a_product(
    tmp_path: Path, written: object, bound: int | None
) -> None:
    entry = {"versions": {"first": "140", "last": "141"}, "details": {"high": written, "kind": "exponential"}}
    probe = {"type": "histogram", "name": "A_B", "history": {"nightly": [entry]}}
    path = tmp_path / "all_probes"
    path.write_text(json.dumps({"histogram/A_B": probe}))
    (record,) = records_of(SOURCE, [fetched(SOURCE.requests({})[0], path)])[0]
    assert isinstance(record, LegacyProbe)
    assert record.history[0].high == bound


def test_rule_12_junk_among_the_probes_is_counted(golden: tuple[list[Record], Report]) -> None:
    assert golden[1].skipped == Counter(
        {
            "bug_numbers: not an address": 1,
            "probe of unknown type": 1,
            "probe without a readable definition": 1,
            "probe: not as expected": 1,
        }
    )


@pytest.mark.mirror
def test_all_probes_of_the_mirror_are_read(mirror: Path) -> None:
    records, report = records_of(SOURCE, fetch_all(SOURCE, mirror, {}))
    path = mirror / "probeinfo.telemetry.mozilla.org" / "firefox" / "all" / "main" / "all_probes"
    upstream = json.loads(path.read_bytes())
    probes = [record for record in records if isinstance(record, LegacyProbe)]
    assert {f"{probe.type}/{probe.name}" for probe in probes} == set(upstream)
    assert Counter(probe.type for probe in probes) == {"histogram": 3790, "scalar": 552, "event": 227}
    assert sum(any(past.last_version == "140" for past in probe.history) for probe in probes) == 2_646
    assert not report.skipped
