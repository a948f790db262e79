"""A schema of thousands of columns opens a branch at a time, and each column has an address."""

from __future__ import annotations

from indexer.model.table_records import Column
from search_app.web.items.schema_tree import CHILDREN_SHOWN, MATCHES_SHOWN, SchemaTree

COLUMNS = (
    Column("id", "STRING", description="Random."),
    Column("payload", "RECORD"),
    Column("payload.info", "RECORD"),
    Column("payload.info.reason", "STRING", description="Why it was sent."),
    Column("payload.size", "INTEGER"),
    Column("type", "STRING"),
)
WIDE = (Column("wide", "RECORD"), *(Column(f"wide.c{at:05}", "STRING") for at in range(13_000)))


def shown(tree: SchemaTree, path: str = "", part: int = 1) -> list[tuple[str, int]]:
    """Path and depth of each row."""
    return [(row.column.path, row.depth) for row in tree.view(path, part).rows]


def test_at_first_only_the_top_level_is_shown() -> None:
    assert shown(SchemaTree(COLUMNS)) == [("id", 0), ("payload", 0), ("type", 0)]


def test_a_column_opens_the_branch_down_to_it() -> None:
    view = SchemaTree(COLUMNS).view("payload.info.reason")
    assert [(row.column.path, row.depth, row.open, row.target) for row in view.rows] == [
        ("id", 0, False, False),
        ("payload", 0, True, False),
        ("payload.info", 1, True, False),
        ("payload.info.reason", 2, False, True),
        ("payload.size", 1, False, False),
        ("type", 0, False, False),
    ]
    assert view.target == COLUMNS[3]


def test_a_column_that_is_not_there_opens_nothing() -> None:
    view = SchemaTree(COLUMNS).view("payload.nothing")
    assert (view.target, len(view.rows)) == (None, 3)


def test_a_wide_branch_comes_in_parts() -> None:
    tree = SchemaTree(WIDE)
    first = tree.view("wide")
    assert (len(first.rows), first.part, first.parts) == (1 + CHILDREN_SHOWN, 1, 13_000 // CHILDREN_SHOWN)
    assert shown(tree, "wide", 2)[1] == (f"wide.c{CHILDREN_SHOWN:05}", 1)


def test_a_column_of_a_wide_branch_brings_its_part() -> None:
    view = SchemaTree(WIDE).view("wide.c12999")
    assert view.part == view.parts
    assert view.rows[-1].target


def test_a_search_finds_words_in_paths_and_descriptions() -> None:
    view = SchemaTree(COLUMNS).find("SENT why")
    assert [(row.column.path, row.name, row.depth) for row in view.rows] == [
        ("payload.info.reason", "payload.info.reason", 0)
    ]
    assert (view.matches, view.flat) == (1, True)


def test_many_matches_come_in_parts() -> None:
    view = SchemaTree(WIDE).find("c0", 2)
    assert (view.matches, view.part, len(view.rows)) == (10_000, 2, MATCHES_SHOWN)


def test_of_a_path_that_stands_twice_the_last_is_shown_once() -> None:
    assert shown(SchemaTree((*COLUMNS, Column("id", "INTEGER")))) == [("id", 0), ("payload", 0), ("type", 0)]
