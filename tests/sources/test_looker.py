"""indexer/sources/looker.py on a golden file, on junk, and counted against the mirror's own file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.model.records import LookerExplore
from indexer.sources import Report, SourceUnavailable
from indexer.sources.looker import Source, _explores
from tests.support.fetching import GOLDEN, fetch_all, fetched, records_of

SOURCE = Source()


def test_each_explore_is_a_record_with_the_tables_of_its_views() -> None:
    records, report = records_of(SOURCE, fetch_all(SOURCE, GOLDEN / "looker", {}))
    owner = {"namespace": "fenix", "namespace_title": "Firefox for Android", "glean_app": True}
    emails = ("data@example.org",)
    assert records == [
        LookerExplore(
            **owner,
            name="baseline",
            type="ping_explore",
            views=("baseline",),
            tables=("mozdata.fenix.baseline", "mozdata.org_mozilla_fenix.baseline"),
            owners=emails,
        ),
        LookerExplore(
            **owner,
            name="funnel",
            type="funnel_analysis_explore",
            views=("funnel_analysis", "baseline"),
            tables=(
                "mozdata.fenix.event_types",
                "mozdata.fenix.events_daily",
                "mozdata.fenix.baseline",
                "mozdata.org_mozilla_fenix.baseline",
            ),
            owners=emails,
        ),
        LookerExplore(**owner, name="lost", type="table_explore", views=("nowhere",), owners=emails),
    ]
    assert report.skipped == {
        "explore of an unknown view": 1,
        "explore without content": 1,
        "namespace without content": 1,
    }
    assert report.seen == {"namespace": 2, "explore": 3}


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"a: [", b"\xff\xfe\x00", b"7", b"[" * 3_000, b"!!python/object:os.x {}"]
)
def test_a_file_that_is_no_mapping_fails_the_source(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "namespaces.yaml"
    path.write_bytes(body)
    with pytest.raises(SourceUnavailable):
        records_of(SOURCE, [fetched(SOURCE.requests({})[0], path)])


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.dates()
    | st.sampled_from(["v", "a.b"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["explores", "views", "tables", "table", "base_view", "v", "type", "pretty_name", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["explores", "views", "pretty_name", "owners", "glean_app"]), JUNK))
def test_no_namespace_raises(content: dict[str, Any]) -> None:
    for explore in _explores("x", content, Report()):
        assert isinstance(explore.name, str)
        assert all(isinstance(table, str) for table in explore.tables)


@pytest.mark.mirror
def test_every_explore_of_the_mirror_is_read(mirror: Path) -> None:
    records, report = records_of(SOURCE, fetch_all(SOURCE, mirror, {}))
    path = mirror / "raw.githubusercontent.com/mozilla/looker-hub/main/namespaces.yaml"
    document = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    wanted = {(name, key) for name, content in document.items() for key in content.get("explores") or {}}
    explores = [record for record in records if isinstance(record, LookerExplore)]
    assert {(record.namespace, record.name) for record in explores} == wanted
    assert report.seen["explore"] == len(explores) == len(wanted) > 400
    assert sum(bool(record.tables) for record in explores) > 0.85 * len(explores)
