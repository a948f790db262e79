"""Views of what has ended are called so, with the reason; what may be gone is not called gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.model.items import TableItem
from indexer.model.table_records import Column
from search_app.sql import queries_for
from search_app.tools import build_context
from tests.support.upstream import Upstream, catalogue_of

COLUMNS = {"submission_date": "DATE", "crashes": "INTEGER"}


def columns_of(table: str) -> list[Column]:
    return [Column(path, kind) for path, kind in COLUMNS.items()]


@pytest.fixture
def items(tmp_path: Path) -> dict[str, TableItem]:
    upstream = Upstream()
    upstream.table("old_derived.gone_v1", COLUMNS, deprecated=True, deletion_date="2024-05-31")
    upstream.table("old_derived.late_v1", COLUMNS, deprecated=True, deletion_date="2999-05-31")
    upstream.table("old_derived.over_v1", COLUMNS, deprecated=True)
    upstream.table("old_derived.alive_v1", COLUMNS)
    for name, *beneath in (
        ("old.gone", "old_derived.gone_v1"),
        ("old.gone_and_alive", "old_derived.alive_v1", "old_derived.gone_v1"),
        ("old.over_gone", "old.gone"),
        ("old.over", "old_derived.over_v1"),
        ("old.overs", "old_derived.over_v1", "old_derived.late_v1"),
        ("old.over_and_alive", "old_derived.alive_v1", "old_derived.over_v1"),
        ("old.over_and_unknown", "old_derived.over_v1", "elsewhere.what_v1"),
        ("old.itself", "old.itself"),
    ):
        rows = " UNION ALL ".join(f"SELECT submission_date, crashes FROM {each}" for each in beneath)
        upstream.view(name, *beneath, sql=rows)
    upstream.table("old_derived.reader_v1", COLUMNS)
    upstream.sql("old_derived.reader_v1", "SELECT submission_date, crashes FROM old_derived.gone_v1")
    found = catalogue_of(upstream, tmp_path).items
    return {item.name: item for item in found if isinstance(item, TableItem)}


def test_a_view_ends_with_its_tables(items: dict[str, TableItem]) -> None:
    gone = ("removed", "it reads old_derived.gone_v1, which was to be deleted on 2024-05-31")
    assert {name: (item.status, item.status_reason) for name, item in items.items()} == {
        "old_derived.gone_v1": ("removed", "it was to be deleted on 2024-05-31, as its metadata says"),
        "old_derived.late_v1": (
            "deprecated", "deprecated in its metadata, to be deleted on 2999-05-31",
        ),
        "old_derived.over_v1": ("deprecated", "deprecated in its metadata"),
        "old_derived.alive_v1": ("active", ""),
        "old_derived.reader_v1": ("active", ""),  # holds what it once read
        "old.gone": gone,
        "old.gone_and_alive": gone,
        "old.over_gone": gone,
        "old.over": ("deprecated", "it shows old_derived.over_v1, which is deprecated"),
        "old.overs": ("deprecated", "all that it reads is deprecated"),
        "old.over_and_alive": ("active", ""),
        "old.over_and_unknown": ("active", ""),
        "old.itself": ("active", ""),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "old_derived.gone_v1",  # is asked through its view
            "It reads old_derived.gone_v1, which was to be deleted on 2024-05-31: "
            "where it is gone, the query fails.",
        ),
        ("old.over", "It is deprecated: where these days are empty, ask for earlier ones."),
        ("old_derived.late_v1", "It is deprecated: where these days are empty, ask for earlier ones."),
    ],
)
def test_queries_of_what_has_ended_say_so(name: str, said: str, items: dict[str, TableItem]) -> None:
    by_id = {item.id: item for item in items.values()}
    context = build_context(items.values(), by_id.get)
    made = queries_for(items[name], context, columns_of)
    assert made
    assert all(said in query.notes and said in query.sql for query in made)


def test_queries_of_what_lives_say_nothing_of_it(items: dict[str, TableItem]) -> None:
    made = queries_for(items["old.over_and_alive"], build_context(items.values()), columns_of)
    assert made
    assert not any("deprecated" in query.sql or "deleted" in query.sql for query in made)
