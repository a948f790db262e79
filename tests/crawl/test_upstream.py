"""Rule 12 for the JSON sources: whatever stands in a field, a crawl goes on and counts it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from indexer.model.records import Record
from indexer.sources import Fetched, NamingMore, Report, Source, find_sources
from indexer.sources._upstream import BUG, Entry
from tests.support.fetching import GOLDEN, fetch_all, fetched, records_of

ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(alphabet=st.characters(exclude_categories=()))
    | st.sampled_from(["never", "2026-02-31", "..", "https://[", "\ud800", "\0", "9" * 400, 10**400, -1]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def entry(**fields: Any) -> Entry:
    return Entry(fields, "it", Report())


@pytest.mark.parametrize(
    ("bugs", "expected"),
    [
        ([1538011], (BUG + "1538011",)),
        (["1497894, 1519120"], (BUG + "1497894", BUG + "1519120")),
        (["bug 1234567", "#1234567"], (BUG + "1234567",)),
        (["https://bugzil.la/1539212 (part 2)"], ("https://bugzil.la/1539212",)),
        (["TBD", "N/A", None, -4, True], ()),
        (None, ()),
        (1538011, (BUG + "1538011",)),
        (["javascript:alert(1)"], ()),
    ],
)
def test_rule_12_bugs_become_addresses_or_are_dropped(bugs: object, expected: tuple[str, ...]) -> None:
    assert entry(bugs=bugs).links("bugs") == expected


def test_rule_12_every_dropped_bug_is_counted() -> None:
    it = entry(bugs=["TBD", 1538011, None])
    it.links("bugs")
    assert it.report.skipped == {"bugs: not an address": 2}
    assert it.report.examples == {"bugs: not an address": "it: 'TBD'"}


def test_rule_12_null_labels_and_repeated_ones_are_left_out() -> None:
    it = entry(labels=["a", None, "a", 3, "b"], none=None)
    assert it.texts("labels") == ("a", "3", "b")
    assert it.texts("none") == ()
    assert it.report.skipped == {"labels: not as expected": 1}


def test_rule_12_text_can_always_be_stored() -> None:
    assert entry(description=" half a \ud83d pair\0 ").text("description") == "half a ? pair"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(3, 3), ("10000", 10000), (True, None), (1.5, None), (10**30, None), ("9" * 5000, None), (None, None)],
)
def test_numbers_are_whole_and_small_enough_for_any_reader(value: object, expected: int | None) -> None:
    assert entry(low=value).number("low") == expected


def _golden_files(name: str, source: Source) -> list[Fetched]:
    if name == "glean":
        return fetch_all(source, GOLDEN / name, {})
    requests = source.requests({})
    paths = sorted((GOLDEN / name).iterdir())
    by_tag = {path.name: path for path in paths}
    return [fetched(request, by_tag.get(request.tag, paths[0])) for request in requests]


@cache
def _documents(name: str) -> list[tuple[Fetched, Any]]:
    """The golden files of a source with their content."""
    files = _golden_files(name, find_sources()[name])
    return [(file, json.loads(file.body()) if file.path else None) for file in files]


def _places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands inside a document."""
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        yield (*place, key)
        yield from _places(child, (*place, key))


@st.composite
def _damaged(draw: Callable[..., Any], name: str) -> tuple[int, Any]:
    """Number of a golden file of a source, and its content with any JSON in place of anything in it."""
    documents = _documents(name)
    number = draw(st.sampled_from([n for n, (_, content) in enumerate(documents) if content]))
    content = copy.deepcopy(documents[number][1])
    *outer, last = draw(st.sampled_from(list(_places(content))))
    inside = content
    for key in outer:
        inside = inside[key]
    inside[last] = draw(ANY_JSON)
    return number, content


@pytest.mark.parametrize("name", ["glean", "legacy_probes", "annotations", "product_details", "experimenter"])
def test_rule_12_any_json_in_place_of_any_field_never_stops_a_crawl(name: str) -> None:
    source = find_sources()[name]
    adapter: TypeAdapter[list[Record]] = TypeAdapter(list[Record])

    @settings(max_examples=120, deadline=None, database=None)
    @given(_damaged(name))
    def check(damaged: tuple[int, Any]) -> None:
        number, content = damaged
        files = [file for file, _ in _documents(name)]
        with TemporaryDirectory() as folder:
            path = Path(folder) / "file"
            path.write_text(json.dumps(content), encoding="utf-8")
            files[number] = Fetched(files[number].request, 200, path, "")
            if isinstance(source, NamingMore):
                source.more_requests(files, {})
            records, report = records_of(source, files)
        adapter.dump_json(records)
        assert all(len(example) <= 200 for example in report.examples.values())

    check()
