"""Records of Looker's own definitions, where looker-hub's archive has them (see records.py)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LookmlMeasure:
    """A number that Looker works out over a view: a sum, a count of clients."""

    name: str
    type: str  # sum, count, count_distinct, average, number, …
    label: str = ""
    description: str = ""
    sql: str = ""  # as written: ${TABLE} is the view's table, ${name} a dimension or another measure
    fields: tuple[str, ...] = ()  # column paths that it names, directly or through dimensions
    hidden: bool = False  # from the field picker


@dataclass(frozen=True, slots=True)
class LookmlView:
    """A view of a folder with its measures; `tables` are those that it names, none for a derived table."""

    namespace: str
    name: str
    tables: tuple[str, ...] = ()
    measures: tuple[LookmlMeasure, ...] = ()
    times: tuple[str, ...] = ()  # its dimension groups: what it can be grouped by in time


@dataclass(frozen=True, slots=True)
class LookmlExplore:
    """What the file of an explore says of it."""

    namespace: str
    name: str
    view: str  # the base view
    label: str = ""
    description: str = ""
    joins: tuple[str, ...] = ()
    hidden: bool = False  # from Looker's menu
