"""What the SQL builder offers of real things: every option, and pairs of options, in the real schemas."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.index.generation import open_current
from indexer.model.items import MeasureItem
from indexer.store.reader import Store
from search_app.sql.builder.build import build
from search_app.sql.builder.choices import Choices
from search_app.tools import Context
from tests.check_measures import Qualifier
from tests.check_sql import Outcome, check_builder

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


def test_whatever_measures_can_be_split_by_is_one_of_what_their_rows_have(
    mirror_data: Path,
) -> None:
    """One measure for each source of rows, most of them sub-queries, by each way that is offered of it."""
    opened = open_current(mirror_data)
    assert opened is not None
    store = Store(opened.path / "catalogue.sqlite")
    qualifier = Qualifier(store)
    problems: list[str] = []
    looked_up = passed_on = 0
    for item in of_each_source(store):
        first = build(item, Choices(), Context(), qualifier.short_columns)
        offered = next(choice for choice in first.choices if choice.name == "by")
        for option in offered.options:
            by = tuple(
                dict.fromkeys(("date", option.value) if "date" in first.chosen.by else (option.value,))
            )
            query = build(item, Choices(by=by), Context(), qualifier.short_columns).query
            problem = qualifier.problem(query.sql)
            looked_up += problem is not None
            passed_on += any("made to pass" in note for note in query.notes)
            problems += [f"{item.id} by {by}: {problem}\n{query.sql}"] if problem else []
    assert problems == []
    assert looked_up > 400
    assert passed_on > 5


def of_each_source(store: Store) -> list[MeasureItem]:
    """A metric of metric-hub for each source of rows."""
    found: dict[str, MeasureItem] = {}
    for item in store.items(store.ids("measure")):
        if isinstance(item, MeasureItem) and item.type == "metric" and item.rows is not None:
            found.setdefault(item.rows.source, item)
    return list(found.values())
