"""What the tools of assistants take and give. JSON Schemas are made of these; what is empty is left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from indexer.model.literals import KindName, Status
from search_app.mcp.tool import EXACT

Text = Annotated[str, Field(min_length=1, max_length=500)]
Value = Annotated[str, Field(min_length=1, max_length=200)]
Choice = Annotated[str, Field(max_length=200)]
ItemId = Annotated[
    str,
    Field(
        min_length=1,
        max_length=500,
        description="An id as a search gives it, such as metric/fenix/search.counts or app/fenix. "
        "A kind and a name are enough where they mean one thing: table/telemetry.main.",
    ),
]


@dataclass(frozen=True, slots=True)
class SearchFor:
    """What `search` takes."""

    __pydantic_config__ = EXACT

    query: Annotated[Text, Field(description="Words or a name; app:, kind:, status: and other filters work.")]
    kind: Annotated[list[KindName], Field(max_length=11, description="Only these kinds.")] = field(
        default_factory=list
    )
    app: Annotated[list[Value], Field(max_length=20, description="Only these apps, such as fenix.")] = field(
        default_factory=list
    )
    status: Annotated[list[Status], Field(max_length=6, description="Only what stands so.")] = field(
        default_factory=list
    )
    limit: Annotated[int, Field(ge=1, le=20)] = 5
    page: Annotated[int, Field(ge=1, le=100)] = 1


@dataclass(frozen=True, slots=True)
class ThingFor:
    """What `get` takes."""

    __pydantic_config__ = EXACT

    id: ItemId
    column: Annotated[Choice, Field(description="Of a table: only columns whose path holds this text.")] = ""
    most_columns: Annotated[int, Field(ge=1, le=200)] = 25


@dataclass(frozen=True, slots=True)
class QueriesFor:
    """What `sql` takes."""

    __pydantic_config__ = EXACT

    id: ItemId
    app: Annotated[Choice, Field(description="Of a metric: as this app collects it, such as fenix.")] = ""
    ping: Annotated[Choice, Field(description="Of a metric: as this ping carries it.")] = ""
    column: Annotated[Choice, Field(description="Of a table: queries of this column.")] = ""
    limit: Annotated[int, Field(ge=1, le=10)] = 3


@dataclass(frozen=True, slots=True)
class DashboardsFor:
    """What `dashboards` takes: words, or the id of a thing that the dashboards show."""

    __pydantic_config__ = EXACT

    query: Annotated[str, Field(max_length=500, description="Words of a title or a tile.")] = ""
    shows: Annotated[
        str, Field(max_length=500, description="Id of a table, metric or measure: what shows it?")
    ] = ""
    limit: Annotated[int, Field(ge=1, le=20)] = 5


@dataclass(frozen=True, slots=True)
class Nothing:
    """What `status` takes."""

    __pydantic_config__ = EXACT


@dataclass(frozen=True, slots=True)
class OpenIn:
    """A link to another tool. `staff`: Mozilla's people only."""

    tool: str
    label: str
    url: str
    access: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found."""

    id: str
    kind: str
    name: str
    status: str
    url: str  # its page
    title: str = ""
    description: str = ""
    status_reason: str = ""
    type: str = ""
    apps: list[str] = field(default_factory=list)
    pings: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    also: int = 0  # further members of its group that match too, such as other apps' metric of that name


@dataclass(frozen=True, slots=True)
class Found:
    """What `search` gives."""

    total: int
    url: str  # the same search as a page
    hits: list[Hit] = field(default_factory=list)
    all_words: int = 0  # of the total: those that hold every word
    read_as: list[str] = field(default_factory=list)  # what words were taken to mean: "fenix: app fenix"
    did_you_mean: str = ""
    try_instead: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Place:
    """A column: of a table, or the one that holds a metric's values in one app and ping."""

    table: str
    column: str = ""  # "" for an event, which has rows
    type: str = ""
    app: str = ""
    channel: str = ""
    ping: str = ""
    exists: bool | None = None  # whether the table's schema has it; absent where no schema is known
    description: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """An extra of an event, a tile of a dashboard: a part with a name."""

    name: str
    type: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Thing:
    """What `get` gives. Long lists are cut: their whole length stands beside them."""

    id: str
    kind: str
    name: str
    status: str
    url: str  # its page
    json_url: str  # the whole record
    title: str = ""
    description: str = ""  # upstream's words
    warning: str = ""
    status_reason: str = ""
    sampled: bool = False
    type: str = ""
    apps: list[str] = field(default_factory=list)
    pings: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    sensitivity: list[str] = field(default_factory=list)
    expires: str = ""
    added: str = ""
    changed: str = ""
    owners: list[str] = field(default_factory=list)
    bugs: list[str] = field(default_factory=list)
    expression: str = ""  # of a measure
    partition: str = ""  # of a table: the column to filter by
    use_instead: str = ""  # id of the table that users should query instead
    columns: list[Place] = field(default_factory=list)
    columns_total: int = 0
    columns_unknown: str = ""  # of a table: why its columns are not known
    extras: list[Part] = field(default_factory=list)
    tiles: list[Part] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    links: list[OpenIn] = field(default_factory=list)
    related: dict[str, list[str]] = field(default_factory=dict)  # relation or kind -> the first ids
    related_totals: dict[str, int] = field(default_factory=dict)
    moved_from: str = ""  # the id that was asked for, where it became this one


@dataclass(frozen=True, slots=True)
class Sql:
    """A query for BigQuery, which Mozilla's people can run."""

    title: str
    table: str
    sql: str
    notes: list[str] = field(default_factory=list)  # what it reads, and what it takes for granted
    url: str = ""  # a prepared query in STMO that answers much the same


@dataclass(frozen=True, slots=True)
class Queries:
    """What `sql` gives."""

    id: str
    status: str
    url: str
    queries: list[Sql] = field(default_factory=list)
    total: int = 0
    why_none: str = ""
    status_reason: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard. `curated`: made by a person; else by OpMon for an experiment or a rollout."""

    id: str
    title: str
    page: str
    curated: bool
    status: str
    url: str = ""  # in Looker, for Mozilla's people
    description: str = ""
    tiles: list[str] = field(default_factory=list)
    tiles_total: int = 0


@dataclass(frozen=True, slots=True)
class Boards:
    """What `dashboards` gives."""

    total: int
    dashboards: list[Board] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SourceAge:
    """A source: whether it is fresh, and for how long."""

    name: str
    state: str
    hours: float | None = None  # since it was last read
    records: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """What `status` gives."""

    summary: str
    generation: str
    built_at: str
    counts: dict[str, int]
    sample: bool = False  # the small sample that is shipped, not the real data
    sources: list[SourceAge] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
