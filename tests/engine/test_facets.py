"""Facet counts: what choosing a value gives, for queries made of the real data's own names."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from indexer.text.analysis import identifier_words
from search_app.engine.engine import SearchEngine
from search_app.engine.results import Results
from search_app.query.model import FACETS, Query
from search_app.query.parser import parse_query

pytestmark = pytest.mark.mirror

QUERIES = 200
FILTERS: tuple[dict[str, list[str]], ...] = (
    {},
    {},
    {"kind": ["metric"]},
    {"kind": ["table", "probe"]},
    {"app": ["fenix"]},
    {"app": ["firefox_desktop", "klar_ios"], "status": ["active"]},
    {"status": ["expired", "removed"]},
    {"type": ["event"]},
    {"sensitivity": ["interaction"]},
    {"dataset": ["telemetry"]},
)


def questions(engine: SearchEngine) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Words of one to four letters of chance out of names, half of them of two names, with filters."""
    chance = random.Random(20260701)
    found = engine.search(Query("", sort="name", size=100, facets=()))
    pages = max(1, min(found.total // 100, 99))
    names: list[str] = []
    for page in range(1, pages, 3):
        hits = engine.search(Query("", sort="name", size=100, page=page, facets=())).hits
        names += [hit.card.name for hit in hits]
    for number in range(QUERIES):
        pool = identifier_words(" ".join(chance.sample(names, 1 + number % 2)))
        words = chance.sample(pool, min(len(pool), 1 + number % 4))
        yield " ".join(words), FILTERS[number % len(FILTERS)]


def test_choosing_a_facet_value_gives_exactly_its_count(mirror_engine: SearchEngine) -> None:
    wrong = []
    tried = 0
    for number, (text, filters) in enumerate(questions(mirror_engine)):
        results = mirror_engine.search(parse_query(text, filters))
        for facet in results.facets:
            chance = random.Random(f"{number} {facet.name}")
            for value in chance.sample(facet.values, min(2, len(facet.values))):
                chosen = mirror_engine.search(parse_query(text, {**filters, facet.name: [value.value]}))
                tried += 1
                # A chosen value of nothing keeps its line; alone it shows what comes near, and says so.
                if chosen.total != value.count and not (value.count == 0 and chosen.relaxed):
                    wrong.append((text, filters, facet.name, value.value, value.count, chosen.total))
    assert tried > 2_000
    assert wrong == []


@pytest.mark.parametrize(("chosen", "other"), [("app", "ping"), ("ping", "app")])
def test_pings_beside_apps_and_apps_beside_pings_count_the_pairs_that_there_are(
    mirror_engine: SearchEngine, chosen: str, other: str
) -> None:
    filters = {chosen: {"app": ["fenix", "firefox_desktop"], "ping": ["metrics"]}[chosen]}
    beside = next(f for f in mirror_engine.search(parse_query("", filters)).facets if f.name == other)
    assert len(beside.values) == 30 < beside.total
    assert [value.count for value in beside.values] == sorted((v.count for v in beside.values), reverse=True)
    for value in beside.values:
        found = mirror_engine.search(parse_query("", {**filters, other: [value.value]}))
        assert found.total == value.count, value.value


def test_a_facet_is_counted_without_its_own_filter(mirror_engine: SearchEngine) -> None:
    def counts(results: Results, name: str) -> dict[str, int]:
        return {v.value: v.count for facet in results.facets if facet.name == name for v in facet.values}

    for text, _ in list(questions(mirror_engine))[:50]:
        whole = mirror_engine.search(parse_query(text))
        for name in FACETS:
            for value in list(counts(whole, name))[:1]:
                chosen = mirror_engine.search(parse_query(text, {name: [value]}))
                assert counts(chosen, name) == counts(whole, name), (text, name, value)


def test_an_excluded_value_counts_nothing_and_takes_its_families_off(mirror_engine: SearchEngine) -> None:
    for text, _ in list(questions(mirror_engine))[:50]:
        whole = mirror_engine.search(parse_query(text))
        kinds = {v.value: v.count for facet in whole.facets if facet.name == "kind" for v in facet.values}
        without = mirror_engine.search(parse_query(f"{text} -kind:table"))
        left = {v.value: v.count for facet in without.facets if facet.name == "kind" for v in facet.values}
        if without.relaxed == whole.relaxed:
            assert "table" not in left
            assert left == {kind: count for kind, count in kinds.items() if kind != "table"}, text
