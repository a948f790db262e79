"""The learned order: all trees answered at once, exact names left alone, reasons told in words."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.index.weights import EXACT
from search_app.engine.engine import SearchEngine
from search_app.engine.features import FEATURES
from search_app.engine.learned_order import (
    MOST_LEAVES,
    MOST_TREES,
    TABLE,
    LearnedOrder,
    Node,
    Tree,
    order_of,
    shipped_order,
)
from search_app.query.parser import parse_query
from tests.engine.test_ranking import engine_of, metric

WIDTH = len(FEATURES)
SPLIT = Tree((Node(0, 0.5, -1, 1, 0.0), Node(2, 1.5, -2, -3, 0.2)), (-0.4, 0.1, 0.3))


def test_the_shipped_table_is_of_the_features_that_are_worked_out() -> None:
    order = shipped_order()
    assert order is not None
    assert 1 <= len(order.trees) <= MOST_TREES
    assert json.loads(TABLE.read_text(encoding="utf-8"))["features"] == list(FEATURES)


def test_the_table_says_when_and_on_what_it_was_trained_and_what_it_was_worth_unseen() -> None:
    about = shipped_order().about  # type: ignore[union-attr]
    assert about["trained_on"] >= "2026-11-28"
    assert about["queries"] > 400
    for measured in ("unseen", "class_left_out"):
        assert about[measured]["success@1"] > about["before"]["success@1"]
        assert about[measured]["ndcg@10"] > about["before"]["ndcg@10"]


@given(
    st.lists(
        st.lists(st.floats(-3, 12, width=32), min_size=len(FEATURES), max_size=len(FEATURES)), min_size=1
    )
)
def test_trees_answered_at_once_give_what_walking_through_each_gives(rows: list[list[float]]) -> None:
    order = shipped_order()
    assert order is not None
    strength = json.loads(TABLE.read_text(encoding="utf-8"))["strength"]
    matrix = np.array(rows, np.float32)
    walked = [np.exp(sum(_walked(tree, row.tolist()) for tree in order.trees) / strength) for row in matrix]
    assert order.factors(matrix) == pytest.approx(walked)


def _walked(tree: Tree, row: list[float]) -> float:
    at = 0 if tree.nodes else -1
    while at >= 0:
        node = tree.nodes[at]
        at = node.yes if row[node.feature] <= node.threshold else node.no
    return tree.leaves[-at - 1]


def test_a_tree_without_questions_adds_its_one_leaf() -> None:
    order = LearnedOrder([Tree((), (0.5,)), SPLIT], 1.0, {})
    rows = np.zeros((2, len(FEATURES)), np.float32)
    rows[1, 0], rows[1, 2] = 1.0, 2.0
    assert order.factors(rows) == pytest.approx([np.exp(0.1), np.exp(0.8)])


def test_reasons_name_what_moved_a_thing_most_and_whereto() -> None:
    row = [0.0] * len(FEATURES)
    row[0], row[2] = 1.0, 2.0
    texts = list(FEATURES.values())
    assert LearnedOrder([SPLIT], 1.0, {}).reasons(row) == [f"+ {texts[0]}", f"+ {texts[2]}"]


def test_a_table_that_is_too_large_is_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        LearnedOrder([SPLIT] * (MOST_TREES + 1), 1.0, {})
    with pytest.raises(ValueError, match="at most"):
        LearnedOrder([Tree((), (0.0,) * (MOST_LEAVES + 1))], 1.0, {})


def test_a_table_reads_as_it_is_written() -> None:
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    again = order_of(json.loads(json.dumps(table)))
    assert again.trees == shipped_order().trees  # type: ignore[union-attr]


def test_what_is_named_exactly_stands_first_with_and_without_it(tmp_path: Path) -> None:
    items = [
        metric("tabs.open"),
        metric("tabs.open_count"),
        metric("open.tabs_now"),
    ]
    engine = engine_of(tmp_path, *items)
    for text in ("tabs.open", "tabs open", "tabs.open_count"):
        results = engine.search(parse_query(text))
        key = text.replace(" ", ".")
        assert results.hits[0].card.name == key
        assert results.hits[0].score > EXACT


def test_an_explanation_says_what_the_learned_order_did_and_adds_up(sample_data: Path) -> None:
    engine = SearchEngine(sample_data, results_kept=0)
    told = 0
    for text in ("search counts by engine", "how do I query the events of a ping", "tab count"):
        hits = engine.search(parse_query(text, {"explain": "1"})).hits
        for hit in hits:
            assert sum(part.value for part in hit.explanation) == pytest.approx(hit.score, abs=0.02)
            told += any(part.label.startswith("learned order (times ") for part in hit.explanation)
    assert told > 10


def test_hits_come_in_the_order_that_was_learned(sample_data: Path) -> None:
    results = SearchEngine(sample_data, results_kept=0).search(parse_query("search counts by engine"))
    kinds = {(hit.card.kind, hit.card.name) for hit in results.hits}
    assert len(kinds) == len(results.hits) > 5  # no namesakes: nothing but scores orders them
    assert all(a.score >= b.score for a, b in pairwise(results.hits))
