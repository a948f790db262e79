"""What the SQL builder offers of real things: every option, and pairs of options, in the real schemas."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.index.generation import open_current
from indexer.store.reader import Store
from search_app.tools import Context
from tests.check_measures import Qualifier
from tests.check_sql import Outcome, check_builder
from tests.support.builder_walk import combinations_of

pytestmark = [pytest.mark.mirror, pytest.mark.slow]


def _checked(mirror_data: Path, things: int, pairs: int) -> Outcome:
    opened = open_current(mirror_data)
    assert opened is not None
    return check_builder(opened.path / "catalogue.sqlite", things, processes=2, pairs=pairs)


def test_every_option_of_a_thing_of_each_type_names_only_what_exists(mirror_data: Path) -> None:
    outcome = _checked(mirror_data, things=90, pairs=100)
    assert outcome.refused == []
    assert outcome.counts["builder: things with a query"] > 80
    assert outcome.counts["builder: combinations"] > 4_000


@pytest.mark.full
def test_every_option_and_every_pair_of_options_of_320_things_names_only_what_exists(
    mirror_data: Path,
) -> None:
    outcome = _checked(mirror_data, things=320, pairs=1)
    assert outcome.refused == []
    assert outcome.counts["builder: things with a query"] > 300
    assert outcome.counts["builder: combinations"] > 100_000


def test_the_choices_of_measures_name_only_what_their_tables_have(mirror_data: Path) -> None:
    opened = open_current(mirror_data)
    assert opened is not None
    store = Store(opened.path / "catalogue.sqlite")
    qualifier = Qualifier(store)
    problems: list[str] = []
    looked_up = 0
    for item in store.items(store.ids("measure")[::12]):
        for _, built in combinations_of(item, Context(), qualifier.short_columns, 7):
            problem = qualifier.problem(built.query.sql)
            looked_up += problem is not None
            problems += [f"{item.id}: {problem}\n{built.query.sql}"] if problem else []
    assert problems == []
    assert looked_up > 60
