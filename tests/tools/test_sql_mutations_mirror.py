"""The check of generated SQL against real schemas: hundreds of real queries, each name spoilt in each way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlglot

from indexer.index.generation import open_current
from indexer.model.items import AnyItem, MetricItem, ProbeItem
from indexer.model.parts import ColumnRef
from indexer.store.reader import Store
from search_app.sql import SqlQuery, queries_for, queries_for_column
from tests.check_sql import Schemas, digests_of, json_keys, pairs
from tests.support.mutations import Mutation, mutations
from tests.support.sql_paths import Checker, UnknownPath

pytestmark = [pytest.mark.mirror, pytest.mark.slow]


def _form(item: MetricItem, row: ColumnRef) -> tuple[str, ...]:
    place = row.table.rpartition(".")[2] if item.type == "event" else row.column.partition(".")[0]
    return item.type, row.type, row.mode, "stream" if place == "events_stream" else place and "column"


def _examples(store: Store, schemas: Schemas) -> Iterator[tuple[AnyItem, SqlQuery, str]]:
    """The queries of one active metric, probe, ping and table of each form, with the column of each."""
    seen: set[tuple[str, ...]] = set()
    for item in store.items([*store.ids("metric"), *store.ids("probe")]):
        if isinstance(item, MetricItem) and item.status == "active":
            rows, forms = pairs(item), [_form(item, row) for row in pairs(item)]
        elif isinstance(item, ProbeItem) and item.columns:
            kind = item.definitions[0].kind if item.definitions else ""
            rows, forms = [item.columns[0]], [(item.probe_type, kind, item.columns[0].mode)]
        else:
            continue
        for row, form in zip(rows, forms, strict=True):
            if form not in seen and (
                made := queries_for_column(item, row, schemas.context, schemas.columns_of)
            ):
                seen.add(form)
                yield from ((item, query, row.column) for query in made)
    for item in store.items([*store.ids("ping")[::90], *store.ids("table")[::900]]):
        yield from ((item, q, "") for q in queries_for(item, schemas.context, schemas.columns_of))


def test_every_mutation_of_real_queries_is_refused(mirror_data: Path) -> None:
    opened = open_current(mirror_data)
    assert opened is not None
    store = Store(opened.path / "catalogue.sqlite")
    schemas = Schemas(store, digests_of(store))
    examples = list(_examples(store, schemas))
    assert len(examples) > 200
    seen: set[tuple[str, str, str]] = set()
    passed: list[str] = []
    for item, query, about in examples:
        columns = {column.path for column in schemas.columns_of(query.table)}
        checker = Checker(schemas.columns_of)
        checker.check(query.sql, json_keys(item), about)
        for mutation in mutations(query.sql):
            key = (item.id, mutation.kind, mutation.what)
            if key not in seen and not _is_another_column(mutation, columns):
                seen.add(key)
                passed += _passes(checker, mutation, item, about)
    assert passed == []
    assert len(seen) > 4_000


def _is_another_column(mutation: Mutation, columns: set[str]) -> bool:
    """Whether a dropped segment leaves the name of a column that is there: nothing is wrong then."""
    left = mutation.what.rpartition(" to ")[2].partition(".")[2].replace("`", "")
    return mutation.kind == "drop" and left in columns and not any(c.startswith(f"{left}.") for c in columns)


def _passes(checker: Checker, mutation: Mutation, item: AnyItem, about: str) -> list[str]:
    try:
        checker.check(mutation.sql, json_keys(item), about)
    except (UnknownPath, sqlglot.errors.SqlglotError):
        return []
    return [f"{item.id} {mutation.kind}: {mutation.what}\n{mutation.sql}"]
