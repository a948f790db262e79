"""indexer/sources/tools.py: our own tool dictionary, as config.yaml has it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from indexer.config import load_config
from indexer.model.records import DataTool
from indexer.sources.tools import Source
from tests.support.fetching import records_of

NAMES = (
    *("glam", "looker", "stmo", "bigquery-console", "glean-dictionary", "probe-dictionary"),
    *("measurement-dashboard", "schema-dictionary", "datahub", "event-monitoring", "debug-ping-viewer"),
    *("searchfox", "data-docs", "bigquery-etl-docs", "metric-hub", "experimenter"),
)


def tools() -> dict[str, DataTool]:
    records, report = records_of(Source(), [], load_config(None, env={}).options_of("tools"))
    assert report.seen["tool"] == len(records)
    assert not report.skipped
    return {record.name: record for record in records if isinstance(record, DataTool)}


def test_the_dictionary_has_exactly_the_tools_of_the_design() -> None:
    assert sorted(tools()) == sorted(NAMES)


def test_each_tool_says_what_it_is_for_when_to_use_it_and_who_can_open_it() -> None:
    for tool in tools().values():
        assert len(tool.summary) > 40, tool.name
        assert tool.use_when, tool.name
        assert tool.avoid_when, tool.name
        assert tool.url.startswith("https://")
        assert tool.access in ("public", "staff")
        assert (tool.access == "staff") <= bool(tool.access_note), tool.name
        assert all(address.startswith("https://") for _, address in tool.examples)


def test_a_tool_that_goes_away_says_so() -> None:
    old = tools()["measurement-dashboard"]
    assert old.status == "deprecated"
    assert old.status_reason


def test_a_second_tool_of_a_name_and_what_is_no_tool_are_passed_over() -> None:
    tool = DataTool("a", "A", "https://example.org", "Shows a.")
    other = DataTool("a", "B", "https://example.org", "Shows b.")
    records, report = records_of(Source(), [], {"tools": [tool, other, {"name": "b"}, None]})
    assert records == [tool]
    assert report.skipped == {"tool named twice": 1, "not a tool": 2}


@given(st.lists(st.none() | st.text() | st.dictionaries(st.text(), st.text())))
def test_no_junk_raises(junk: list[Any]) -> None:
    records, report = records_of(Source(), [], {"tools": junk})
    assert records == []
    assert report.skipped.total() == len(junk)
