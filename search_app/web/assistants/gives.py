"""What the tools of assistants give. JSON Schemas are made of these; what is empty is left out."""

from __future__ import annotations

from dataclasses import dataclass, field


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
    type: str = ""  # `STRING`, of an array `STRING REPEATED`
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
class BookPage:
    """A page of the docs beside another one."""

    where: str  # "above" (the outermost first), "previous", "next", "below"
    id: str
    title: str


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
    recorded_as: str = ""  # of a legacy probe: keyed, exponential, boolean, …
    apps: list[str] = field(default_factory=list)
    pings: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    sensitivity: list[str] = field(default_factory=list)
    expires: str = ""
    judged_by: str = (
        ""  # of an expiry by version: the versions of Firefox that it was judged by, and a warning
    )
    added: str = ""
    changed: str = ""
    owners: list[str] = field(default_factory=list)
    bugs: list[str] = field(default_factory=list)
    data_reviews: list[str] = field(default_factory=list)  # where its collection was allowed
    facts: dict[str, str] = field(default_factory=dict)  # unit, versions, client id, how long it is kept, …
    expression: str = ""  # of a measure
    partition: str = ""  # of a table: the column to filter by
    use_instead: str = ""  # id of the table that users should query instead
    reads_besides: list[str] = field(default_factory=list)  # tables that its SQL reads and nobody publishes
    no_query: str = ""  # of a measure: why there is none
    columns: list[Place] = field(default_factory=list)
    columns_total: int = 0
    columns_unknown: str = ""  # of a table: why its columns are not known
    extras: list[Part] = field(default_factory=list)
    tiles: list[Part] = field(default_factory=list)
    measures: list[Part] = field(default_factory=list)  # of an explore
    joins: list[str] = field(default_factory=list)  # of an explore: views joined to its first
    labels: list[str] = field(default_factory=list)  # of a ping its reasons, of a legacy event all its words
    book: list[BookPage] = field(default_factory=list)  # of a section of the docs: the pages around its own
    links: list[OpenIn] = field(default_factory=list)
    related: dict[str, list[str]] = field(default_factory=dict)  # relation or kind -> the first ids
    related_totals: dict[str, int] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)  # of other lists that are cut: how many there are
    moved_from: str = ""  # the id that was asked for, where it became this one


@dataclass(frozen=True, slots=True)
class Sql:
    """A query for BigQuery, which Mozilla's people can run."""

    title: str
    table: str
    sql: str
    notes: list[str] = field(default_factory=list)  # what it reads, and what it takes for granted
    url: str = ""  # the Glean Dictionary's query in STMO: ten recent rows


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be chosen of a query, by the name of an argument of `sql`."""

    name: str
    values: list[str] = field(default_factory=list)
    chosen: list[str] = field(default_factory=list)
    several: bool = False
    why_none: str = ""


@dataclass(frozen=True, slots=True)
class Queries:
    """What `sql` gives."""

    id: str
    status: str
    url: str  # its page; of a query with choices: the page that shows it with them
    queries: list[Sql] = field(default_factory=list)
    total: int = 0
    why_none: str = ""
    status_reason: str = ""
    choices: list[Offered] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Way:
    """A thing that answers a question, and why it is recommended."""

    id: str
    kind: str
    name: str
    why: str
    url: str


@dataclass(frozen=True, slots=True)
class Told:
    """One fact with its label."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What `answer` gives. `sure` is false where it is no question that rules can tell: then hits come."""

    sure: bool
    url: str  # the question as a search
    sentence: str = ""
    intent: str = ""
    app: str = ""
    concept: str = ""
    recommended: list[Way] = field(default_factory=list)  # the best first
    alternatives: list[Way] = field(default_factory=list)
    sql: str = ""
    assumptions: list[str] = field(default_factory=list)
    dashboards: list[str] = field(default_factory=list)  # ids
    facts: list[Told] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing of a comparison."""

    id: str
    name: str
    status: str
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """One fact of all things; `values` stand in the order of `things`."""

    section: str
    name: str
    values: list[list[str]]
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """What `compare` gives."""

    things: list[Compared]
    url: str
    rows: list[Row] = field(default_factory=list)
    rows_total: int = 0
    notes: list[str] = field(default_factory=list)
    one_query: str = ""  # the page of one query over both, where there is one


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
