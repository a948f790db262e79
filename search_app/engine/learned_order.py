"""The learned order of the best groups: a sum of small decision trees over named features.

The trees stand in learned_order.json, which `starchart evaluate --train` writes: when, of how many judged
queries, by which features; no query and no name is in it. Their sum says how much a group is
worth more or less than its score; things that are named exactly stand where they are.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from indexer.index.reader import IndexReader
from indexer.index.weights import AMONG, EXACT, Floats
from search_app.engine.collapse import Collapsed, largest, representatives_of
from search_app.engine.features import FEATURES, Traits, bonuses, features
from search_app.engine.planner import Plan
from search_app.engine.scorer import Scored
from search_app.understanding.model import Understanding

TABLE = Path(__file__).with_name("learned_order.json")
MOST_TREES = 60
MOST_LEAVES = 8  # of a tree: its answers are looked up by the bits of its questions
BYTE = 8  # questions of a tree, of which there are less than leaves
SHOWN = 3  # features that an explanation names
TOLD = 0.05  # of the exponent, from which a feature is named


@dataclass(frozen=True, slots=True)
class Node:
    """A question of a tree: is the feature at most the threshold? Numbers below 0 are leaves, from -1."""

    feature: int
    threshold: float
    yes: int
    no: int
    value: float  # what is expected here; a leaf's is that of `leaves`


@dataclass(frozen=True, slots=True)
class Tree:
    """A decision tree over a row of features, as arrays: nodes from the root, and what each leaf adds."""

    nodes: tuple[Node, ...]
    leaves: tuple[float, ...]

    def path(self, row: Sequence[float]) -> list[tuple[int, float]]:
        """(feature, what its answer adds) from the root to the leaf of a row of features."""
        steps: list[tuple[int, float]] = []
        at = 0 if self.nodes else -1
        while at >= 0:
            node = self.nodes[at]
            at = node.yes if row[node.feature] <= node.threshold else node.no
            value = self.nodes[at].value if at >= 0 else self.leaves[-at - 1]
            steps.append((node.feature, value - node.value))
        return steps

    def leaf(self, bits: int) -> float:
        """The leaf's value where the answers of all nodes are known."""
        at = 0 if self.nodes else -1
        while at >= 0:
            at = self.nodes[at].yes if bits >> at & 1 else self.nodes[at].no
        return self.leaves[-at - 1]


class LearnedOrder:
    """The table, ready to be asked. All questions are answered at once, and each tree's leaf is looked up
    by the bits of its answers (after QuickScorer of Lucchese and others, 2015).
    """

    def __init__(self, trees: Sequence[Tree], strength: float, about: Mapping[str, Any]) -> None:
        """Raises ValueError for a table that is too large."""
        if len(trees) > MOST_TREES or any(len(tree.leaves) > MOST_LEAVES for tree in trees):
            raise ValueError(f"the learned order has at most {MOST_TREES} trees of {MOST_LEAVES} leaves")
        self.trees = tuple(trees)
        self.about = about
        self._strength = strength
        # A byte for the answers of each tree; questions that it does not have change no leaf.
        columns = np.zeros((len(trees), BYTE), np.intp)
        thresholds = np.zeros((len(trees), BYTE), np.float64)
        for number, tree in enumerate(trees):
            for place, node in enumerate(tree.nodes):
                columns[number, place] = node.feature
                thresholds[number, place] = node.threshold
        self._columns = columns.ravel()
        self._thresholds = _as_float32(thresholds.ravel())
        answers = [[tree.leaf(bits) for bits in range(1 << BYTE)] for tree in trees]
        self._leaves = np.array(answers, np.float64).ravel()
        self._first = np.arange(len(trees)) << BYTE

    def factors(self, features: Floats) -> npt.NDArray[np.float64]:
        """What multiplies the score of each row of features."""
        yes = features.take(self._columns, axis=1) <= self._thresholds  # by row, tree and question
        places = np.packbits(yes, axis=1, bitorder="little") + self._first
        exponents: npt.NDArray[np.float64] = self._leaves.take(places).sum(axis=1) / self._strength
        return np.exp(exponents)

    def reasons(self, row: Sequence[float]) -> list[str]:
        """The features that moved a group most, in words, the strongest first."""
        moved: defaultdict[int, float] = defaultdict(float)
        for tree in self.trees:
            for feature, by in tree.path(row):
                moved[feature] += by / self._strength
        texts = list(FEATURES.values())
        strongest = sorted(moved.items(), key=lambda item: -abs(item[1]))[:SHOWN]
        return [f"{'+' if by > 0 else '-'} {texts[f]}" for f, by in strongest if abs(by) >= TOLD]


def _as_float32(thresholds: npt.NDArray[np.float64]) -> Floats:
    """The largest numbers that are no larger: what a feature, which has no more digits, is at most."""
    near = thresholds.astype(np.float32)
    return np.where(near > thresholds, np.nextafter(near, np.float32(-np.inf)), near)


@lru_cache(maxsize=1)
def shipped_order() -> LearnedOrder | None:
    """The table that ships with the program; None where it is not there or of other features."""
    if not TABLE.is_file():
        return None
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    if table["features"] != list(FEATURES):
        return None
    return order_of(table)


def order_of(table: Mapping[str, Any]) -> LearnedOrder:
    """The order of a table as it is written."""
    trees = [
        Tree(
            tuple(Node(int(f), t, int(y), int(n), v) for f, t, y, n, v in tree["nodes"]),
            tuple(tree["leaves"]),
        )
        for tree in table["trees"]
    ]
    return LearnedOrder(trees, table["strength"], table["about"])


@dataclass(frozen=True, slots=True)
class Learned:
    """What the learned order did to the best groups of one query; all arrays by place among these."""

    order: LearnedOrder
    groups: npt.NDArray[np.int64]  # the numbers of the groups
    features: Floats
    factors: npt.NDArray[np.float64]

    def factors_of(self, groups: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """What multiplied the scores of some groups; 1 for those that were not among the best."""
        order = self.groups.argsort()
        places = np.minimum(self.groups.searchsorted(groups, sorter=order), len(order) - 1)
        found = order[places]
        return np.where(self.groups[found] == groups, self.factors[found], 1.0)

    def reasons(self, group: int) -> list[str]:
        """Why, in words, the strongest first."""
        return self.order.reasons(self.features[np.flatnonzero(self.groups == group)[0]].tolist())


@dataclass(frozen=True, slots=True)
class Best:
    """The best groups of a query, best first, as they are put in order."""

    groups: npt.NDArray[np.int64]
    features: Floats


def best_groups(
    reader: IndexReader,
    traits: Traits,
    meaning: Understanding,
    planned: Plan,
    scored: Scored,
    places: npt.NDArray[np.int64],
    values: npt.NDArray[np.float64],
    collapsed: Collapsed,
) -> Best | None:
    """The groups that are put in order with their features; None where that is not to be: there are less than
    two, no word was typed, or what was typed is a name, whole or not yet.
    """
    alone = meaning.terms[0].role if len(meaning.terms) == 1 else ""
    if len(collapsed) < 2 or not planned.wanted or alone == "identifier":
        return None
    groups = largest(collapsed.best, min(len(collapsed), AMONG))
    representatives = representatives_of(collapsed, values, groups)
    if bonuses(scored, collapsed.ids[representatives]).max() >= EXACT:
        return None
    among, worth = places[representatives], collapsed.best[groups]
    return Best(groups, features(reader, traits, meaning, planned.wanted, scored, among, worth))


def put_in_order(order: LearnedOrder, best: Best, collapsed: Collapsed) -> tuple[Collapsed, Learned]:
    """The groups again, the best of them worth what the learned order says."""
    factors = order.factors(best.features)
    values = collapsed.best.copy()
    values[best.groups] *= factors
    return replace(collapsed, best=values), Learned(order, best.groups, best.features, factors)
