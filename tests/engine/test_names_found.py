"""Everything is found by its name, in every spelling and mistyped: check_names on a part of the real data."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.index.generation import open_current
from indexer.store.reader import Store
from indexer.text.analysis import spelling_key
from search_app.engine.engine import SearchEngine
from search_app.query.parser import parse_query
from tests.check_names import KINDS, SPELLED_BOUND, TYPO_BOUND, run

EVERY = 12  # each twelfth thing here; all of them by `python -m tests.check_names`


@pytest.mark.mirror
@pytest.mark.slow
def test_everything_is_found_in_every_spelling_and_mistyped(mirror_data: Path) -> None:
    outcome = run(mirror_data, KINDS, EVERY)
    spelled = [label for label in outcome.asked if label != "metric mistyped"]
    assert sum(outcome.asked.values()) > 10_000
    assert outcome.share(spelled) >= SPELLED_BOUND, dict(outcome.missed)
    assert outcome.share(["metric mistyped"]) >= TYPO_BOUND, outcome.missed["metric mistyped"]


@pytest.mark.mirror
def test_of_metrics_that_differ_in_punctuation_only_the_one_that_was_typed_is_first(
    mirror_data: Path, mirror_engine: SearchEngine
) -> None:
    opened = open_current(mirror_data)
    assert opened is not None
    names = {id_.split("/", 2)[2] for id_ in Store(opened.path / "catalogue.sqlite").ids("metric")}
    alike: dict[str, list[str]] = {}
    for name in sorted(names):
        alike.setdefault(spelling_key(name), []).append(name)
    several = [name for found in alike.values() if len(found) > 1 for name in found]
    assert len(several) > 20
    missed = {}
    for name in several:
        first = mirror_engine.search(parse_query(name, {"size": "1"})).hits[0]
        # one group may have both spellings, and the most alive of them in front
        if name not in (first.card.name, *(variant.name for variant in first.variants)):
            missed[name] = first.card.id
    assert missed == {}
