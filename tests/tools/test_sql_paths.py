"""The check of generated SQL is itself checked: no query with one name wrong passes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
import sqlglot

from indexer.model.items import AnyItem
from tests.check_sql import json_keys
from tests.support.mutations import Mutation, mutations
from tests.support.sql_paths import Checker, UnknownPath
from tests.support.sql_world import ITEMS, known_columns, queries, sampled


def refused(checker: Checker, item: AnyItem, sql: str, about: str) -> str:
    """Why a query is refused, "" where it passes."""
    try:
        checker.check(sql, json_keys(item), about)
    except (UnknownPath, sqlglot.errors.SqlglotError) as problem:
        return str(problem) or type(problem).__name__
    return ""


def spoilt(item: AnyItem) -> Iterator[tuple[Mutation, str]]:
    """Each mutation of an item's queries with the column they are about; the same one once."""
    seen: set[tuple[str, str]] = set()
    for query, about in queries(item):
        for mutation in mutations(query.sql):
            if (mutation.kind, mutation.what) not in seen:
                seen.add((mutation.kind, mutation.what))
                yield mutation, about


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_every_generated_query_of_the_small_estate_passes(item: AnyItem) -> None:
    checker = Checker(known_columns)
    made = queries(item)
    assert len(made) >= 2
    for query, about in made:
        assert (query.title, refused(checker, item, query.sql, about)) == (query.title, "")


@pytest.mark.parametrize("item", sampled(ITEMS))
def test_every_mutation_of_every_name_is_refused(item: AnyItem) -> None:
    checker = Checker(known_columns)
    passed = [
        f"{mutation.kind}: {mutation.what}\n{mutation.sql}"
        for mutation, about in spoilt(item)
        if not refused(checker, item, mutation.sql, about)
    ]
    assert passed == []


def test_the_mutations_are_of_every_kind() -> None:
    kinds = Counter(mutation.kind for item in ITEMS for mutation, _ in spoilt(item))
    assert set(kinds) == {
        "rename", "add", "drop", "table", "alias", "without UNNEST", "group", "no group",
        "JSON key", "not JSON",
    }  # fmt: skip
    assert min(kinds.values()) >= 4
    assert sum(kinds.values()) > 2000
