"""The learned order made anew: trees trained on judged queries, measured on those that they have not seen.

Each query's best groups with their features and grades are one list; LightGBM's LambdaMART learns what to
add to the logarithm of their scores. It is measured by cross-validation over five seeds: near-duplicates, and
queries with one answer, are in one fold; and once with each class left out. The table that is
written is trained on all of them. No query goes into it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from indexer.index.weights import Floats
from search_app.engine.engine import SearchEngine
from search_app.engine.features import FEATURES, LEAST
from search_app.engine.hits import hits
from search_app.engine.learned_order import MOST_LEAVES, MOST_TREES, LearnedOrder, best_groups, order_of
from search_app.engine.results import Hit
from search_app.engine.searcher import search
from search_app.evaluation.relevance import (
    MEASURES,
    Judged,
    JudgedQuery,
    folded_name,
    is_answer,
    judge,
    judged_queries,
    members_of,
)
from search_app.query.parser import parse_query

STRENGTH = 4.0  # of the score's logarithm beside what is learned: the more, the less is changed
SEEDS = 5
FOLDS = 5
ALIKE = 0.6  # share of words from which two queries ask the same
DEPTH = 60  # hits that are looked at
GAINS = (0, 1, 3, 7)
PARAMETERS: dict[str, Any] = {
    "objective": "lambdarank",
    "num_leaves": MOST_LEAVES,
    "learning_rate": 0.12,
    "min_data_in_leaf": 25,
    "lambda_l2": 5.0,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambdarank_truncation_level": 10,
    "label_gain": GAINS,
    "max_bin": 63,
    "verbose": -1,
    "num_threads": 1,
    "deterministic": True,
}


class NoTrainer(RuntimeError):
    """LightGBM is not installed: it is needed for training only."""


@dataclass(frozen=True, slots=True)
class Example:
    """A judged query with its hits as they stand without the learned order."""

    query: JudgedQuery
    hits: tuple[Hit, ...]
    grades: npt.NDArray[np.int64]  # of each hit, the best of its answers
    features: Floats | None  # None where nothing is to be put in order
    scores: npt.NDArray[np.float64]

    @property
    def teaches(self) -> bool:
        """Is there an order to learn: hits that are wanted and hits that are not?"""
        return self.features is not None and len(set(self.grades.tolist())) > 1

    def judged(self, factors: npt.NDArray[np.float64] | None) -> Judged:
        """The figures of its hits, put in order by these factors."""
        scores = self.scores if factors is None else self.scores * factors
        found = [self.hits[place] for place in (-scores).argsort(kind="stable")]
        query = self.query
        return judge(query.id, query.group, query.text, found, query.answers)


@dataclass(frozen=True, slots=True)
class Trained:
    """A table with what it was measured to be worth."""

    table: dict[str, Any]
    before: list[Judged]  # without any learned order
    unseen: list[list[Judged]]  # by seed: each query by an order that was not trained on it
    other_classes: list[Judged]  # each query by an order that was trained on the other classes


def train(engine: SearchEngine, paths: Sequence[Path], today: date, say: Callable[[str], None]) -> Trained:
    """Train on the judged queries of some files. Raises NoTrainer, and ValueError for a bad file."""
    examples = [_example(engine, query) for path in paths for query in judged_queries(path)]
    needs = _needs(examples)
    unseen = []
    for seed in range(SEEDS):
        say(f"cross-validation, seed {seed + 1} of {SEEDS}")
        unseen.append(_held_out(examples, _folds(needs, seed), seed))
    say("each class left out")
    other = _held_out(examples, [example.query.group for example in examples], 0)
    table = _table(_fit(examples, 0))
    before = [example.judged(None) for example in examples]
    table["about"] = {
        "trained_on": today.isoformat(),
        "queries": len(examples),
        "files": [path.name for path in paths],
        "before": _rounded(before),
        "unseen": _rounded([each for seed in unseen for each in seed]),
        "class_left_out": _rounded(other),
    }
    return Trained(table, before, unseen, other)


def write_table(table: dict[str, Any], path: Path) -> None:
    """The table as it is committed: a tree a line."""
    trees = ",\n  ".join(json.dumps(tree) for tree in table["trees"])
    rest = {name: value for name, value in table.items() if name != "trees"}
    text = json.dumps(rest, indent=1)[:-2] + f',\n "trees": [\n  {trees}\n ]\n}}\n'
    path.write_text(text, encoding="utf-8")


def _example(engine: SearchEngine, query: JudgedQuery) -> Example:
    on = engine.searchable
    asked = parse_query(query.text, {**query.filters, "size": str(DEPTH), "facets": ""})
    found = search(on, asked)
    shown = hits(on.reader, found, found.meaning.query)
    best = best_groups(
        on.reader,
        on.traits,
        found.meaning,
        found.plan,
        found.scored,
        found.places,
        found.values,
        found.collapsed,
    )
    grades = [
        max((a.grade for member in members_of(hit) for a in query.answers if is_answer(member, a)), default=0)
        for hit in shown
    ]
    scores = (
        -np.arange(float(len(shown))) if best is None else found.collapsed.best[best.groups][: len(shown)]
    )
    features = None if best is None else best.features[: len(shown)]
    return Example(query, shown, np.array(grades, np.int64), features, scores)


def _needs(examples: Sequence[Example]) -> list[int]:
    """A number for each query that those share which ask for the same."""
    same = list(range(len(examples)))

    def first(place: int) -> int:
        while same[place] != place:
            place = same[place]
        return place

    holders: dict[tuple[str, str], int] = {}
    words = [set(re.findall(r"\w+", example.query.text.lower())) for example in examples]
    for place, example in enumerate(examples):
        for answer in example.query.answers:
            if answer.grade == len(GAINS) - 1:
                key = (answer.kind, folded_name(answer.kind, answer.name))
                same[first(place)] = first(holders.setdefault(key, place))
        for other in range(place):
            if len(words[place] & words[other]) >= ALIKE * len(words[place] | words[other]):
                same[first(place)] = first(other)
    return [first(place) for place in range(len(examples))]


def _folds(needs: Sequence[int], seed: int) -> list[int]:
    """The fold of each query: needs are dealt out in random order, each to the smallest fold."""
    sizes, fold_of = [0] * FOLDS, {}
    often = Counter(needs)
    for need in np.random.default_rng(seed).permutation(sorted(often)).tolist():
        fold_of[need] = sizes.index(min(sizes))
        sizes[fold_of[need]] += often[need]
    return [fold_of[need] for need in needs]


def _held_out(examples: Sequence[Example], parts: Sequence[object], seed: int) -> list[Judged]:
    """Each query judged by an order that was trained on the other parts."""
    judged: dict[int, Judged] = {}
    for part in dict.fromkeys(parts):
        learned = [example for example, of in zip(examples, parts, strict=True) if of != part]
        order = order_of(_table(_fit(learned, seed)))
        for place in (n for n, of in enumerate(parts) if of == part):
            judged[place] = examples[place].judged(_factors(order, examples[place]))
    return [judged[place] for place in range(len(examples))]


def _factors(order: LearnedOrder, example: Example) -> npt.NDArray[np.float64] | None:
    return None if example.features is None else order.factors(example.features)


def _fit(examples: Sequence[Example], seed: int) -> dict[str, Any]:
    """LightGBM's own description of the trees."""
    try:
        import lightgbm  # only training needs it
    except ImportError:
        raise NoTrainer("training needs LightGBM: pip install -r requirements/bench.txt") from None
    lists = [(example, example.features) for example in examples if example.teaches]
    data = lightgbm.Dataset(
        np.concatenate([features for _, features in lists if features is not None]),
        np.concatenate([example.grades for example, _ in lists]),
        group=[len(example.grades) for example, _ in lists],
        init_score=np.concatenate([np.log(np.maximum(e.scores, LEAST)) for e, _ in lists]) * STRENGTH,
    )
    model: dict[str, Any] = lightgbm.train({**PARAMETERS, "seed": seed}, data, MOST_TREES).dump_model()
    return model


def _table(model: dict[str, Any]) -> dict[str, Any]:
    """The table of a model, with no more digits than tell."""
    trees = [_tree(tree["tree_structure"]) for tree in model["tree_info"]]
    return {"features": list(FEATURES), "strength": STRENGTH, "about": {}, "trees": trees}


def _tree(root: dict[str, Any]) -> dict[str, Any]:
    """A tree as lists: nodes [feature, threshold, yes, no, value], and leaves, numbered from -1 down."""
    nodes: list[list[float]] = []
    leaves: list[float] = []

    def place(node: dict[str, Any]) -> int:
        if "leaf_value" in node:
            leaves.append(_short(node["leaf_value"]))
            return -len(leaves)
        number = len(nodes)
        nodes.append([])
        value = _short(node.get("internal_value", 0.0))
        at = [node["split_feature"], _short(node["threshold"])]
        nodes[number] = [*at, place(node["left_child"]), place(node["right_child"]), value]
        return number

    place(root)
    return {"nodes": nodes, "leaves": leaves}


def _short(number: float) -> float:
    return float(f"{number:.6g}")


def _rounded(judged: Sequence[Judged]) -> dict[str, float]:
    columns: Iterator[tuple[float, ...]] = zip(*(each.figures() for each in judged), strict=True)
    return {
        measure: round(sum(column) / len(column), 3)
        for measure, column in zip(MEASURES, columns, strict=True)
    }
