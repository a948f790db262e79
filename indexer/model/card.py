"""What a hit shows of an item: the one place where its fields are spelt.

Documents carry a Card, a generation stores it (index/stored_fields.py), an answer's JSON is a Card with
what the search adds (web/results/json.py), and OpenAPI describes these same fields (web/openapi/schemas.py).
"""

from __future__ import annotations

from typing import Annotated, NamedTuple, get_type_hints

from indexer.model.literals import KindName, Status

EMPTY_IS_NULL = "null where there is none"  # marks a field that JSON writes as null where it is empty
ONLY_WHERE_GIVEN = "only where there is one"  # marks a field that JSON leaves out where it is empty

Optional = Annotated[str, EMPTY_IS_NULL]


class Card(NamedTuple):
    """The same for every search that finds the item."""

    id: str
    kind: KindName
    name: str
    title: str
    description: str  # plain text, at most 2,000 characters
    app: tuple[str, ...]
    app_title: tuple[str, ...]
    ping: tuple[str, ...]
    type: Optional
    table: tuple[str, ...]  # at most five
    table_count: int
    dataset: tuple[str, ...]
    status: Status
    status_reason: Optional
    sampled: bool
    tags: tuple[str, ...]
    sensitivity: tuple[str, ...]
    added: Optional
    changed: Optional
    expires: Optional
    project: Annotated[str, ONLY_WHERE_GIVEN] = ""  # of a table


def marked_fields(of: type, mark: str) -> frozenset[str]:
    """The fields of a class that bear one of the marks above."""
    hints = get_type_hints(of, include_extras=True)
    return frozenset(name for name, hint in hints.items() if mark in getattr(hint, "__metadata__", ()))


class Variant(NamedTuple):
    """Another member of a hit's group that matches too."""

    id: str
    kind: KindName
    name: str
    app: tuple[str, ...]
