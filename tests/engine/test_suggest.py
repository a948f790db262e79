"""Completions as you type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.index.completion.entries import Entry, FilterValue, build
from indexer.index.completion.suggester import Suggester, Suggestion
from search_app.query.grammar import FILTER_FORMS

ENTRIES = (
    Entry("browser.engagement.tab_count", "metric", weight=30),
    Entry("browser.engagement.active_ticks", "metric", weight=90),
    Entry("tab_groups.opened", "metric", weight=2),
    Entry("tabs.opened_old", "metric", weight=500, alive=False),
    Entry("GC_MS", "probe", weight=4),
    Entry("glam", "tool", "Glean Aggregated Metrics", weight=5),
    Entry("telemetry.clients_daily", "table", weight=200),
)
WORDS = {"tab": 90, "table": 50, "tabs": 70, "tabloid": 1, "engagement": 60}
FILTERS = {
    "app": [
        FilterValue("fenix", "Firefox for Android", 900),
        FilterValue("firefox_ios", "Firefox for iOS", 700),
    ],
    "tag": [FilterValue("Search Bar", "Search Bar", 4)],
    "ping": [FilterValue("baseline", "baseline", 10)],
}


class Given:
    """What names name, straight from their entries: the page of each has the number of its document."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries

    def called(self, document: int) -> tuple[str, str]:
        return self._entries[document].name, self._entries[document].title

    def completion(self, document: int) -> Suggestion:
        entry = self._entries[document]
        return Suggestion(entry.name, entry.kind, entry.title, "detail", f"/{entry.kind}/{document}")


def made(
    entries: Sequence[Entry],
    words: Mapping[str, int] | None = None,
    filters: Mapping[str, Sequence[FilterValue]] | None = None,
) -> Suggester:
    numbered = [replace(entry, document=number) for number, entry in enumerate(entries)]
    return Suggester(build(numbered, words or {}, filters or {}), Given(numbered), FILTER_FORMS)


@pytest.fixture(scope="module")
def suggester() -> Suggester:
    return made(ENTRIES, WORDS, FILTERS)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("brow", ["browser.engagement.active_ticks", "browser.engagement.tab_count"]),
        ("engagement.t", ["browser.engagement.tab_count"]),
        ("activeT", ["browser.engagement.active_ticks"]),
        ("clients_d", ["telemetry.clients_daily"]),
        ("gc", ["GC_MS"]),
        ("g", ["glam", "GC_MS", "tab_groups.opened"]),
        ("aggregated", ["glam"]),
        ("tab_", ["tab_groups.opened", "tabs.opened_old", "browser.engagement.tab_count"]),
        ("count tab", ["browser.engagement.tab_count"]),
        ("zzz", []),
    ],
)
def test_names_complete_from_any_of_their_parts_the_start_and_the_living_first(
    suggester: Suggester, typed: str, names: list[str]
) -> None:
    found = suggester.suggest(typed)
    assert [s.text for s in found if s.kind not in ("word", "filter")] == names


def test_a_name_brings_its_page_and_detail(suggester: Suggester) -> None:
    found = suggester.suggest("browser.engagement.tab_c")[0]
    assert (found.kind, found.url, found.detail) == ("metric", "/metric/0", "detail")


@pytest.mark.parametrize(
    ("typed", "texts"),
    [
        ("app:", ["app:fenix ", "app:firefox_ios "]),
        ("app:fire", ["app:fenix ", "app:firefox_ios "]),  # by their titles
        ("app:firefoxforios", ["app:firefox_ios "]),
        ("tabs -app:fen", ["tabs -app:fenix "]),
        ("tag:sea", ['tag:"Search Bar" ']),
        ("kind:me", ["kind:metric ", "kind:measure "]),
        ("expires:nev", ["expires:never "]),
        ("nope:fe", []),
    ],
)
def test_filters_complete_to_their_values(suggester: Suggester, typed: str, texts: list[str]) -> None:
    assert [s.text for s in suggester.suggest(typed)] == texts


def test_values_of_a_filter_come_with_counts(suggester: Suggester) -> None:
    assert [(s.text, s.count) for s in suggester.suggest("app:")] == [
        ("app:fenix ", 900),
        ("app:firefox_ios ", 700),
    ]


def test_words_and_filters_complete_the_last_word_and_keep_the_rest(suggester: Suggester) -> None:
    words = [s.text for s in suggester.suggest("new tab") if s.kind == "word"]
    filters = [s.text for s in suggester.suggest("crash fen") if s.kind == "filter"]
    assert words == ["new tabs", "new table", "new tabloid"]
    assert filters == ["crash app:fenix "]


def test_nothing_typed_suggests_nothing_and_the_limit_holds(suggester: Suggester) -> None:
    assert suggester.suggest("  ") == []
    assert suggester.suggest("tab", 0) == []
    assert len(suggester.suggest("t", 3)) == 3


@given(st.text(max_size=200))
def test_no_text_fails(text: str) -> None:
    made(ENTRIES, WORDS, FILTERS).suggest(text)


def test_an_empty_generation_suggests_nothing() -> None:
    assert made(()).suggest("a") == []


def test_among_thousands_of_names_that_begin_alike_the_most_used_one_is_first() -> None:
    entries = [Entry(f"area{n % 50}.part{n % 400}.metric_{n}", "metric", weight=n % 97) for n in range(5_000)]
    suggester = made(entries)
    for typed in ("a", "ar", "area", "area1.p", "metric"):
        first = suggester.suggest(typed)[0].text
        assert int(first.rpartition("_")[2]) % 97 == 96
    assert suggester.suggest("metric_4999")[0].text == "area49.part199.metric_4999"


def test_what_is_named_after_a_table_stands_behind_it_and_namesakes_are_one_line() -> None:
    suggester = made(
        [
            Entry("clients_daily", "measure", weight=70, prior=0.75),
            Entry("telemetry.clients_daily", "table", weight=70),
            Entry("telemetry_derived.clients_daily_v6", "table", weight=90, prior=0.8),
            Entry("baseline", "ping", weight=2),
            Entry("baseline", "ping", weight=9),
        ]
    )
    assert [s.text for s in suggester.suggest("clients_d")] == [
        "telemetry.clients_daily",
        "telemetry_derived.clients_daily_v6",
        "clients_daily",
    ]
    assert [s.url for s in suggester.suggest("basel")] == ["/ping/4"]


def test_what_begins_with_a_word_is_meant_before_what_ends_with_it() -> None:
    found = made(
        [
            Entry("tab_strip.close_tab", "metric", weight=5),
            Entry("tabs.opened", "metric", weight=5),
            Entry("switch.tab", "metric", weight=5),
            Entry("tab", "metric", weight=1),
        ]
    ).suggest("tab")
    names = [each.text for each in found if each.url]
    assert names == ["tab", "tabs.opened", "tab_strip.close_tab", "switch.tab"]


def test_a_state_is_offered_as_a_filter_when_it_is_typed_as_a_word() -> None:
    states = made(ENTRIES, WORDS, {"status": [FilterValue("expired", "expired", 9)]})
    for typed, before in (("expired", ""), ("gc expi", "gc ")):
        filters = [each.text for each in states.suggest(typed) if each.kind == "filter"]
        assert f"{before}status:expired " in filters
