"""Ways out of a query that finds nothing, or only near misses: each tried before it is offered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from search_app.engine.results import Help
from search_app.engine.searcher import Found
from search_app.query.model import Query, names_filter

Count = Callable[[Query], int]
NearValues = Callable[[str, str], Iterable[str]]  # name of a filter, a value that nothing has -> such as it

MOST_TRIED = 6  # each try is a search


def _without_filter(text: str, name: str) -> str:
    """The text without `name:value` in it."""
    return " ".join(re.sub(rf'(?i)(?<!\S){name}:(?:"[^"]*"|\S+)', " ", text).split())


def ways_out(
    query: Query, found: Found, count: Count, parse: Callable[[str], Query], near: NearValues
) -> tuple[Help, ...]:
    """What would find something: another spelling, a filter less, words instead of a phrase."""
    helps = []
    for kind, text, other, q in list(_tries(query, found, parse, near))[:MOST_TRIED]:
        total = count(other)
        if total:
            helps.append(Help(kind, text, q, dict(other.filters), total))
    return tuple(helps)


def _tries(
    query: Query, found: Found, parse: Callable[[str], Query], near: NearValues
) -> Iterator[tuple[str, str, Query, str]]:
    corrected = found.corrected_text
    if corrected:
        yield "spelling", corrected, replace(query, text=corrected, terms=parse(corrected).terms), corrected
    for name, values in query.filters.items():
        for value in near(name, values[0]) if len(values) == 1 else ():
            filters, text = query.filters.with_values(name, (value,)), query.text
            if names_filter(text, name):  # said in the words: there it is mended
                text = f"{_without_filter(text, name)} {name}:{value}".strip()
            yield "near-value", f"{name}: {value}", replace(query, filters=filters, text=text), text
        rest = query.filters.with_values(name, ())
        kind = "include-inactive" if name == "status" else "drop-filter"
        text = _without_filter(query.text, name)
        yield kind, f"{name}: {', '.join(values)}", replace(query, filters=rest, text=text), text
    if query.ranges:
        names, text = dict.fromkeys(span.field for span in query.ranges), query.text
        for name in names:
            text = _without_filter(text, name)
        yield "drop-filter", ", ".join(names), replace(query, ranges=(), text=text), text
    if any(term.kind == "phrase" or term.exclude for term in query.terms):
        words = tuple(replace(t, kind="word") for t in query.terms if not t.exclude)
        text = " ".join(t.text for t in words)
        yield "any-word", text, replace(query, text=text, terms=words), text
