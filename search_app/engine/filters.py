"""Filters as masks over all documents: OR within a name, AND across names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import reduce
from itertools import product

import numpy as np
from rapidfuzz import fuzz, process

from indexer.index.documents.document import day_number, sql_words
from indexer.index.reader import Bools, IndexReader, Ints, values_of
from indexer.text.analysis import spelling_key
from search_app.query.grammar import FACETS
from search_app.query.model import Filters, Query, Range
from search_app.query.ranges import day

CARRIED = "app ping"  # the mask of both filters together
PAIRED = {"app": "ping", "ping": "app"}
SPELLED = (*FACETS, "extra", "label")  # filters whose values may be spelt in any way
NEAR_VALUES, LEAST_ALIKE = 2, 70  # of a hundred: "basline" is baseline, "nosuch" is nothing
DAYS = ("added", "changed", "removed")  # spans of days; expires: has versions, too
SchemasWith = Callable[[str], Iterable[str]]  # a column path -> digests of the schemas that have it


def masks(reader: IndexReader, query: Query, schemas_with: SchemasWith, today: date) -> dict[str, Bools]:
    """A mask for each filter of a query by its name; ranges and exclusions under names of their own."""
    found = {
        name: _any(reader, name, values, schemas_with) for name, values in query.filters.items() if values
    }
    for name, values in query.exclude_filters.items():
        found[f"-{name}"] = ~_any(reader, name, values, schemas_with)
    if query.filters.get("app") and query.filters.get("ping"):
        found[CARRIED] = _carried(reader, query.filters["app"], query.filters["ping"])
    for number, span in enumerate(query.ranges):
        mask = _within(reader, span, today)
        found[f"{span.field} {number}"] = ~mask if span.exclude else mask
    return found


def respelled(query: Query, reader: IndexReader) -> Query:
    """The query with filter values as this generation spells them (rule 9): "search" is the tag Search."""

    def known(name: str, value: str) -> str:
        if name == "table":
            value = ".".join(value.strip("`").split(".")[-2:]) or value
        return reader.facets[name].spelled(value) if name in SPELLED else value

    def each(filters: Filters) -> Filters:
        return Filters(
            {n: tuple(dict.fromkeys(known(n, value) for value in values)) for n, values in filters.items()}
        )

    return replace(query, filters=each(query.filters), exclude_filters=each(query.exclude_filters))


def near_values(reader: IndexReader, name: str, value: str) -> list[str]:
    """The values of a filter that are most like one that nothing has; none for one that something has."""
    facet = reader.facets.get(name)
    if facet is None or name in ("sql", "carried") or len(facet.documents(facet.spelled(value))):
        return []
    wanted = spelling_key(value)
    values = values_of(facet)
    near = process.extract(
        wanted, map(spelling_key, values), scorer=fuzz.ratio, limit=NEAR_VALUES, score_cutoff=LEAST_ALIKE
    )
    return [values[place] for _, _, place in near]


def together(found: Mapping[str, Bools], without: str = "") -> Bools | None:
    """All masks but one as one, without what it brought with it; None where nothing is filtered."""
    mask: Bools | None = None
    for name, each in found.items():
        if name != without and not (name == CARRIED and without in CARRIED.split()):
            mask = each if mask is None else mask & each
    return mask


def _any(reader: IndexReader, name: str, values: Iterable[str], schemas_with: SchemasWith) -> Bools:
    mask = np.zeros(reader.size, np.bool_)
    for value in values:
        for documents in _holding(reader, name, value, schemas_with):
            mask[documents] = True
    return mask


def _holding(reader: IndexReader, name: str, value: str, schemas_with: SchemasWith) -> list[Ints]:
    if name == "column":
        return [reader.named(spelling_key(value))[0], _with_column(reader, value, schemas_with)]
    if name == "owner":
        facet, part = reader.facets["owner"], value.lower()
        owners = (i for i in range(len(facet.values)) if part in facet.values[i])
        return [facet.by_value.row(i) for i in owners]
    if name == "sql":
        return [_saying(reader, value)]
    if name == "bug":
        value = "".join(c for c in value.rpartition("=")[2] if c.isdigit())
    facet_index = reader.facets.get(name)
    return [facet_index.documents(value)] if facet_index else []


def _carried(reader: IndexReader, apps: Iterable[str], pings: Iterable[str]) -> Bools:
    """All but the metrics that none of these apps sends in any of these pings: see documents.carried_by."""
    facet = reader.facets["carried"]
    mask = np.ones(reader.size, np.bool_)
    mask[facet.by_value.values] = False
    for app, ping in product(apps, pings):
        mask[facet.documents(f"{app}/{ping}")] = True
    return mask


def _saying(reader: IndexReader, text: str) -> Ints:
    """The tables whose SQL has all words of a text."""
    facet, words = reader.facets["sql"], sql_words(text)
    lists = [facet.documents(word) for word in words]
    found: Ints = reduce(np.intersect1d, lists) if lists else np.zeros(0, np.int32)
    return found


def _with_column(reader: IndexReader, path: str, schemas_with: SchemasWith) -> Ints:
    numbers = [reader.schemas.find(digest) for digest in schemas_with(path)]
    return np.flatnonzero(np.isin(reader.schema, [n for n in numbers if n >= 0])).astype(np.int32)


def _within(reader: IndexReader, span: Range, today: date) -> Bools:
    """The documents in a range of `added` or `expires`: both ends belong to it."""
    low, high = day(span.low, today), day(span.high, today)
    if span.field in DAYS:
        days: Ints = getattr(reader, span.field)
        return _between(days, day_number(low), day_number(high))
    if low in ("never", "expired"):
        if low == "never":
            return np.asarray(reader.expires_version == -1)
        expired = np.zeros(reader.size, np.bool_)
        expired[reader.facets["status"].documents("expired")] = True
        return expired
    if "-" in low + high:
        return _between(reader.expires_day, day_number(low), day_number(high))
    return _between(reader.expires_version, int(low or 0), int(high or 0))


def _between(numbers: Ints, low: int, high: int) -> Bools:
    """Numbers from `low` to `high`, 0 being open; 0 among the numbers is unknown and in no range."""
    mask = numbers > 0
    if low:
        mask = mask & (numbers >= low)
    if high:
        mask = mask & (numbers <= high)
    return mask
