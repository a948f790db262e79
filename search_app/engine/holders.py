"""What holds a column, an extra key, a label or a bug number that was typed as a name.

Such a name is nobody's own, yet it is as exact as one: "active_hours_sum" means the table with that
column. Looked up before ranking; what very many things hold says nothing about which one is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np

from indexer.index.documents import column_term
from indexer.index.reader import IndexReader, Ints
from search_app.understanding.model import NameGuess, Understanding

SchemasWith = Callable[[str], Iterable[str]]  # a column path -> digests of the schemas that have it

MOST_TABLES = 600  # with a column
MOST_OTHERS = 60  # with an extra key or a label
SURE = {"column": 0.6, "leaf": 0.45, "bug": 0.9, "extra": 0.4, "label": 0.35}  # shares of an own name's worth


class Holder(NamedTuple):
    """The things that hold one typed name."""

    field: str  # column, extra, label, bug
    value: str  # as they spell it
    ids: Ints  # documents, ascending
    worth: float  # 0..1 of what an own name would be worth
    whole: bool  # the query is nothing but that name


def holders(reader: IndexReader, schemas_with: SchemasWith, meaning: Understanding) -> tuple[Holder, ...]:
    """Who holds what was typed, of each field the surest guess first."""
    found: dict[tuple[str, str], Holder] = {}
    for guess in meaning.names:
        if guess.held:
            for holder in _holders(reader, schemas_with, guess):
                known = found.get(holder[:2])
                if known is None or known.worth < holder.worth:
                    found[holder[:2]] = holder
    return tuple(found.values())


def _holders(reader: IndexReader, schemas_with: SchemasWith, guess: NameGuess) -> Iterator[Holder]:
    def holder(field: str, value: str, ids: Ints, sure: str, most: int) -> Iterator[Holder]:
        if 0 < len(ids) <= most:
            yield Holder(field, value, ids, SURE[sure] * guess.weight, guess.whole)

    if guess.kind == "bug":
        yield from holder("bug", guess.key, reader.facets["bug"].documents(guess.key), "bug", MOST_TABLES)
        return
    tables = with_column(reader, schemas_with, guess.key)
    if len(tables):
        yield from holder("column", guess.key, tables, "column", MOST_TABLES)
    else:
        leaf = np.asarray(reader.postings(column_term(guess.key)).ids, np.int32)
        yield from holder("column", guess.key, leaf, "leaf", MOST_TABLES)
    for field in ("extra", "label"):
        facet = reader.facets.get(field)
        if facet is not None:
            value = facet.spelled(guess.key)
            yield from holder(field, value, facet.documents(value), field, MOST_OTHERS)


def with_column(reader: IndexReader, schemas_with: SchemasWith, path: str) -> Ints:
    """The tables with a column of this whole path, in any spelling."""
    numbers = [reader.schemas.find(digest) for digest in schemas_with(path)]
    numbers = [number for number in numbers if number >= 0]
    return np.flatnonzero(np.isin(reader.schema, numbers)).astype(np.int32) if numbers else _NONE


_NONE: Ints = np.zeros(0, np.int32)
