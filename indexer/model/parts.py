"""Parts of items: where values are, states of channels, tiles of dashboards, and the like."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.model.literals import Layer, Status


@dataclass(frozen=True, slots=True)
class ChannelStatus:
    """Whether an item lives in one channel of one app, and why (rule 7)."""

    app: str
    app_id: str
    channel: str
    status: Status
    reason: str = ""
    last_day: str = ""  # ISO date up to which all its clients sent it, where it has ended and that is known


@dataclass(frozen=True, slots=True)
class ColumnRef:
    """Where the values of a metric, ping or probe are: the rows of the matrix on its page.

    `exists` is None where no schema of that table is known.
    """

    app: str
    app_id: str  # "" for the view over all channels of an app
    channel: str
    ping: str
    table: str  # dataset.table of the user-facing view
    column: str  # "" for an event: it has rows, not a column
    exists: bool | None
    type: str = ""  # BigQuery type of the column, where known
    mode: str = ""  # NULLABLE, REPEATED
    note: str = ""  # why there is no column, or what is special


@dataclass(frozen=True, slots=True)
class AppChannel:
    """A channel of an app."""

    app_id: str
    channel: str
    dataset: str
    v1_name: str
    namespace: str
    description: str = ""
    deprecated: bool = False
    prototype: bool = False


@dataclass(frozen=True, slots=True)
class Novelty:
    """A metric that is new, changed, gone or about to expire, and when: a date, or a version that ends it."""

    metric: str  # id
    date: str


@dataclass(frozen=True, slots=True)
class BookPage:
    """A page of the docs: the id of its first section, and its title in the table of contents."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class BookPlace:
    """Where a page of the docs stands in its book, by the book's table of contents."""

    page: BookPage
    above: tuple[BookPage, ...] = ()  # the outermost first
    below: tuple[BookPage, ...] = ()  # right below it, in their order
    previous: BookPage | None = None
    next: BookPage | None = None


@dataclass(frozen=True, slots=True)
class PingTable:
    """A table in which a ping can be queried."""

    name: str  # project.dataset.table
    layer: Layer
    app_id: str  # "" for the view over all channels
    channel: str
    exists: bool  # a schema or metadata of it is known


ROWS = "*"  # whole rows of a table, where its columns are not told apart


@dataclass(frozen=True, slots=True)
class ColumnLineage:
    """What a column of a table is made of: (project.dataset.table, path of a column in it, or ROWS).

    What its value is computed from counts, the conditions of CASE and IF among it; what filters, joins, sorts
    or parts rows does not.
    """

    column: str
    # Empty and not unsure: of no column, as a constant, a parameter or a count of rows.
    made_of: tuple[tuple[str, str], ...]
    same: bool = False  # it is that column (or one of those), unchanged
    count: int = 0  # of how many in all, where made_of holds the first of them only; else 0
    unsure: bool = False  # of something more, of which the SQL does not tell the table


@dataclass(frozen=True, slots=True)
class DashboardTileRef:
    """A tile of a dashboard with what it shows, as far as that is known."""

    title: str
    type: str  # looker_line, single_value, text, …
    note: str = ""  # upstream's HTML or Markdown, untrusted
    explore: str = ""  # id
    explore_name: str = ""
    fields: tuple[str, ...] = ()  # view.field
    columns: tuple[tuple[str, str], ...] = ()  # (dataset.table, column path)
    measure: str = ""  # id of the measure that OpMon shows
    unknown: str = ""  # why its explore is not joined, in words


@dataclass(frozen=True, slots=True)
class ExploreMeasure:
    """A number that an explore can show, as its LookML has it."""

    view: str
    name: str
    type: str
    title: str
    description: str = ""
    sql: str = ""
    columns: tuple[tuple[str, str], ...] = ()  # (dataset.table, column path) that it is made of
