"""Everything is found by its name, in every spelling and mistyped: check_names on a part of the real data."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from indexer.index.generation import open_current
from indexer.model.items import TableItem
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


@pytest.mark.mirror
def test_a_column_typed_behind_its_table_finds_that_table_first(
    mirror_data: Path, mirror_engine: SearchEngine
) -> None:
    opened = open_current(mirror_data)
    assert opened is not None
    store = Store(opened.path / "catalogue.sqlite")
    chance = random.Random(14)
    tables = [item for item in store.items(store.ids("table")) if isinstance(item, TableItem)]
    asked, missed = 0, []
    for table in chance.sample([t for t in tables if t.schema_digest], 200):
        column = chance.choice(store.columns(table.schema_digest)).path
        asked += 1
        first = mirror_engine.search(parse_query(f"{table.name}.{column}", {"size": "1"})).hits[0]
        group = {first.card.name, *(variant.name for variant in first.variants)}
        # what fills the column is as good an answer, and says where it is stored
        fills = first.card.kind in ("metric", "probe") and spelling_key(
            first.card.name.rpartition("/")[2]
        ) in spelling_key(column)
        if table.name not in group and not fills:
            missed.append((table.name, column, first.card.id))
    assert len(missed) <= asked * 0.02, missed
