"""What the tools of assistants take. JSON Schemas are made of these; what is misspelt is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field

from indexer.model.literals import KindName, Status
from search_app.mcp.tool import EXACT
from search_app.sql.builder.choices import MOST_DAYS, MOST_WAYS

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
    """What `sql` takes: a thing, and what is chosen of its query. Without choices its ready queries come."""

    __pydantic_config__ = EXACT

    id: ItemId
    beside: Annotated[Choice, Field(description="Id of another thing, to put both in one query.")] = ""
    app: Annotated[Choice, Field(description="In which app, such as fenix.")] = ""
    ping: Annotated[Choice, Field(description="In which ping.")] = ""
    process: Annotated[Choice, Field(description="Of a legacy probe: in which process.")] = ""
    column: Annotated[Choice, Field(description="Of a table: which column.")] = ""
    channel: Annotated[Choice, Field(description="Of one channel only, such as release.")] = ""
    days: Annotated[int, Field(ge=0, le=MOST_DAYS, description="How many days; 0: as is usual.")] = 0
    sample: Annotated[
        Literal[0, 1, 10, 100], Field(description="Per cent of the clients; 0: as is usual.")
    ] = 0
    measure: Annotated[
        Choice, Field(description="What to compute: clients, over_zero, sum, percentiles, …")
    ] = ""
    by: Annotated[
        list[Value],
        Field(max_length=MOST_WAYS, description="What to split by: date, country, version, label, …"),
    ] = field(default_factory=list)
    limit: Annotated[int, Field(ge=1, le=10, description="Of ready queries.")] = 3


@dataclass(frozen=True, slots=True)
class CompareThings:
    """What `compare` takes."""

    __pydantic_config__ = EXACT

    ids: Annotated[
        list[Value],
        Field(min_length=2, max_length=4, description="Ids of two to four metrics, probes, pings or tables."),
    ]
    all_rows: Annotated[bool, Field(description="Also what is the same of all.")] = False


@dataclass(frozen=True, slots=True)
class Question:
    """What `answer` takes."""

    __pydantic_config__ = EXACT

    question: Annotated[
        str,
        Field(min_length=1, max_length=160, description="In few words: daily active users of desktop."),
    ]


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
