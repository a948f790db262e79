"""Copies of items with other values: what dataclasses.replace() would give, and no field forgotten."""

from __future__ import annotations

import dataclasses

import pytest

from indexer.model.items import TableItem
from indexer.model.replace import replace

TABLE = TableItem(
    id="table/mozdata.fenix.baseline", kind="table", name="fenix.baseline", title="fenix.baseline",
    project="mozdata", dataset="fenix", table="baseline", layer="view", apps=("fenix",), usage=3,
)  # fmt: skip


@pytest.mark.parametrize(
    "changes", [{}, {"status": "deprecated", "apps": ()}, {"related": {"app": ("app/fenix",)}}]
)
def test_it_gives_what_the_standard_library_gives(changes: dict[str, object]) -> None:
    made = replace(TABLE, **changes)
    assert made == dataclasses.replace(TABLE, **changes)
    assert type(made) is TableItem
    assert made is not TABLE


def test_the_one_it_is_made_of_stays_as_it_was() -> None:
    before = dataclasses.astuple(TABLE)
    replace(TABLE, status="deprecated")
    assert dataclasses.astuple(TABLE) == before


def test_a_field_that_there_is_not_is_refused() -> None:
    with pytest.raises(TypeError):
        replace(TABLE, no_such_field=1)  # type: ignore[call-arg]
