"""indexer/sources/metric_hub.py on a small golden archive, on junk, and counted against the mirror."""

from __future__ import annotations

import tarfile
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.model.records import Measure, Record
from indexer.sources import Report
from indexer.sources.metric_hub import Source, _measure, tables_of
from tests.support.fetching import GOLDEN, records_of
from tests.support.unpacked import archive_of, archive_with

TOP = "metric-hub-main"


@pytest.fixture(scope="module")
def golden() -> tuple[list[Record], Report]:
    return records_of(Source(), archive_of(Source(), GOLDEN / "metric_hub"))


def measures(records: list[Record]) -> dict[str, Measure]:
    return {f"{r.type}/{r.platform}/{r.name}": r for r in records if isinstance(r, Measure)}


def test_every_definition_in_scope_is_a_record(golden: tuple[list[Record], Report]) -> None:
    assert sorted(measures(golden[0])) == [
        "data_source/fenix/clients_of_segments",
        "data_source/fenix/events",
        "data_source/fenix/mobile_searches",
        "dimension/fenix/country",
        "metric/fenix/old",
        "metric/fenix/only_here",
        "metric/fenix/searches",
        "segment/fenix/new_users",
    ]


def test_later_layers_override_single_fields(golden: tuple[list[Record], Report]) -> None:
    assert measures(golden[0])["metric/fenix/searches"] == Measure(
        type="metric",
        platform="fenix",
        name="searches",
        friendly_name="Searches (Looker)",
        description="How many searches, as Jetstream says.",
        select_expression="SUM(search_count)",
        data_source="mobile_searches",
        statistics=("bootstrap_mean",),
        category="search",
        owners=("data@example.org", "other@example.org"),
        layers=("definitions", "jetstream", "looker"),
        value_type="scalar",
        depends_on=("clients",),
    )


def test_misspelt_keys_and_states_are_understood(golden: tuple[list[Record], Report]) -> None:
    old = measures(golden[0])["metric/fenix/old"]
    assert (old.description, old.deprecated, old.owners) == ("Said with an s.", True, ("data@example.org",))


def test_data_sources_know_their_tables(golden: tuple[list[Record], Report]) -> None:
    found = measures(golden[0])
    searches = found["data_source/fenix/mobile_searches"]
    assert searches.tables == ("mozdata.search.mobile_search_clients_daily", "mozdata.fenix.baseline")
    assert searches.joins == ("baseline",)
    assert found["data_source/fenix/events"].tables == ("mozdata.fenix.events_stream",)
    segments = found["data_source/fenix/clients_of_segments"]
    assert (segments.category, segments.tables) == ("segments", ("mozdata.fenix.clients",))


def test_what_is_passed_over_is_counted(golden: tuple[list[Record], Report]) -> None:
    assert golden[1].skipped == {
        "definition without fields": 1,
        "data source of segments, also a general one": 1,
        "unreadable TOML": 1,
    }


@pytest.mark.parametrize(
    ("expression", "tables"),
    [
        ("mozdata.telemetry.main", ("mozdata.telemetry.main",)),
        ("`moz-fx-data-shared-prod.telemetry.main`", ("moz-fx-data-shared-prod.telemetry.main",)),
        ("(telemetry.main)", ("telemetry.main",)),
        ("(SELECT 1 FROM a.b JOIN c.d.e ON x)", ("a.b", "c.d.e")),
        ("(SELECT 1 FROM a.b AS t CROSS JOIN t.list)", ("a.b",)),
        ("(SELECT 1 /* FROM no.no */ FROM a.b -- JOIN no.no\n)", ("a.b",)),
        ("(SELECT * FROM UNNEST(x.y))", ()),
        ("", ()),
        ("not a table at all", ()),
    ],
)
def test_tables_of_an_expression(expression: str, tables: tuple[str, ...]) -> None:
    assert tables_of(expression) == tables


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
FIELDS = (
    *("friendly_name", "description", "select_expression", "data_source", "from_expression", "owner"),
    *("statistics", "category", "deprecated", "type", "depends_on", "joins", "default_dataset"),
)


@given(st.dictionaries(st.sampled_from(FIELDS), JUNK))
def test_no_definition_raises(fields: dict[str, Any]) -> None:
    found = _measure(("data_source", "fenix", "x"), fields, ("definitions",))
    assert isinstance(found.description, str)
    assert all(isinstance(owner, str) for owner in found.owners)


@given(st.text(max_size=80))
def test_no_expression_raises(text: str) -> None:
    assert all("." in table for table in tables_of(text))


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"[", b"a = [" + b"[" * 3000, b"metrics = 7", b"[metrics]\na = 1"]
)
def test_rule_12_a_broken_file_costs_that_file_only(body: bytes) -> None:
    records, _ = records_of(
        Source(),
        archive_with(
            {
                f"{TOP}/definitions/bad.toml": body,
                f"{TOP}/definitions/good.toml": '[metrics.x]\nselect_expression = "1"',
            }
        ),
    )
    assert sorted(measures(records)) == ["metric/good/x"]


@pytest.mark.mirror
def test_every_scoped_definition_of_the_mirror_is_read(mirror: Path) -> None:
    (file,) = archive_of(Source(), mirror)
    found = measures(records_of(Source(), [file])[0])
    assert file.path is not None
    wanted: set[str] = set()
    with tarfile.open(file.path) as archive:
        for member in archive:
            folder, _, name = member.name.partition("/")[2].rpartition("/")
            scopes = ("definitions", "jetstream/definitions", "opmon/definitions", "looker/definitions")
            if folder in scopes and name.endswith(".toml") and name != "functions.toml":
                content = archive.extractfile(member)
                assert content is not None
                document = tomllib.loads(content.read().decode())
                platform = name.removesuffix(".toml")
                for section in ("metrics", "data_sources", "segments", "dimensions"):
                    given = dict(document.get(section, {}))
                    sources = given.pop("data_sources", {}) if section == "segments" else {}
                    wanted |= {f"{section[:-1]}/{platform}/{each}" for each in given}
                    wanted |= {f"data_source/{platform}/{each}" for each in sources}
    assert set(found) == wanted
    assert Counter(key.split("/")[0] for key in found)["metric"] > 400
