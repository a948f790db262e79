"""Whole lists come straight from the store and the filters: no ranking, no grouping, nothing left out."""

from __future__ import annotations

import pytest

from indexer.config import Config
from indexer.model.kinds import KINDS
from search_app.engine.engine import SearchEngine
from search_app.query.model import Filters, Query


@pytest.fixture(scope="module")
def engine(small_config: Config) -> SearchEngine:
    return SearchEngine(small_config.data_dir)


def test_every_item_of_a_kind_is_listed_once_in_the_order_of_ids(engine: SearchEngine) -> None:
    for kind in KINDS:
        ids = [item.id for item in engine.items(kind)]
        counted = {v.value: v.count for f in engine.search(Query(facets=("kind",))).facets for v in f.values}
        assert ids == sorted(set(ids))
        assert len(ids) >= counted[kind] > 0  # a search counts groups, a list their members


def test_a_filtered_list_holds_what_the_search_and_its_variants_hold(engine: SearchEngine) -> None:
    filters = Filters({"kind": ("metric",), "app": ("fenix",)})
    hits = engine.search(Query(filters=filters, size=100, facets=())).hits
    searched = {id_ for hit in hits for id_ in (hit.card.id, *(each.id for each in hit.variants))}
    assert searched
    assert {thing.id for thing in engine.passing(filters)} == searched
    assert sum(1 for _ in engine.passing(Filters())) == sum(
        1 for kind in KINDS
        for _ in engine.items(kind)
    )  # fmt: skip
