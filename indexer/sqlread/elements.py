"""Arrays that SQL writes out, element by element: what is taken out by its number is made of one of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from indexer.sqlread.model import Array, Expression, Nested, Select, Struct, UnnestSource, Value

MOST_ELEMENTS = 100  # of an array that are told apart


def elements_of(node: Expression) -> tuple[Expression, ...]:
    """The elements of an array that is written out, where there are several; structs named as the first."""
    if not isinstance(node, Array) or not node.several or not isinstance(node.element, Value):
        return ()
    first, *others = node.element.arguments
    if len(others) >= MOST_ELEMENTS:
        return ()
    return (first, *(_named_as(first, each) for each in others))


def _named_as(first: Expression, each: Expression) -> Expression:
    """A struct under the names of another one, as BigQuery reads `[STRUCT(a AS x), STRUCT(b)]`."""
    if not isinstance(first, Struct) or not isinstance(each, Struct) or len(first.fields) != len(each.fields):
        return each
    return Struct(
        tuple((name, value) for (name, _), (_, value) in zip(first.fields, each.fields, strict=True))
    )


def each_of(node: Nested) -> Iterator[Nested]:
    """`ARRAY(SELECT f(x) FROM UNNEST([a, b]) AS x)` for each element: nothing but them decides its rows."""
    select = node.query
    if not isinstance(select, Select) or select.used or select.ctes or len(select.sources) != 1:
        return
    source = select.sources[0].source
    if isinstance(source, UnnestSource):
        for each in elements_of(source.array):
            one = replace(source, array=Array(each))
            yield replace(node, query=replace(select, sources=(replace(select.sources[0], source=one),)))
