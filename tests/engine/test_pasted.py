"""Pasted lines of the real catalogue find what they are about: check_snippets on a part of them."""

from __future__ import annotations

import pytest

from search_app.engine.engine import SearchEngine
from search_app.query.parser import parse_query
from tests.check_snippets import BOUND, check, whole
from tests.support.snippet_lines import TEMPLATES


@pytest.mark.mirror
def test_pasted_code_sql_and_addresses_find_what_they_are_about(mirror_engine: SearchEngine) -> None:
    outcome = check(mirror_engine, each=4, seed=7)
    assert len({template.language for template in TEMPLATES}) >= 12
    assert sum(shares.asked for shares in outcome.values()) > 200
    assert whole(outcome) >= BOUND, [shares.missed for shares in outcome.values() if shares.missed]


@pytest.mark.mirror
def test_a_column_of_one_table_finds_that_table(mirror_engine: SearchEngine) -> None:
    """Exact columns that stand in one table only, each twentieth: among the first three in 97 of 100."""
    asked = missed = 0
    for path, table in columns_of_one_table(mirror_engine)[::20]:
        hits = mirror_engine.search(parse_query(path, {"facets": "", "size": "3"})).hits
        asked += 1
        missed += all(table not in (hit.card.id, *(v.id for v in hit.variants)) for hit in hits)
    assert asked > 30
    assert missed <= 0.03 * asked


def columns_of_one_table(engine: SearchEngine) -> list[tuple[str, str]]:
    """Column paths of several pieces that only one table has, with that table's id."""
    holders: dict[str, list[str]] = {}
    for table in engine.items("table"):
        digest = getattr(table, "schema_digest", "")
        for column in engine.columns(digest) if digest else ():
            holders.setdefault(column.path, []).append(table.id)
    return sorted((path, ids[0]) for path, ids in holders.items() if len(set(ids)) == 1 and "_" in path)
