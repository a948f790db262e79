"""Definitions of metrics, pings, probes and measures as upstream writes them: parts of records and of items.

Frozen and of plain values and tuples, as records are.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MetricDefinition:
    """One entry of a metric's history: how it was defined between two dates."""

    type: str
    description: str
    first: str  # "YYYY-MM-DD HH:MM:SS", first commit that defined it so
    last: str
    reflog_last: int  # reflog-index.last: breaks ties of `last`, the smallest is newest
    expires: str  # "never", "expired", an ISO date, or a major version
    disabled: bool = False
    lifetime: str = ""
    send_in_pings: tuple[str, ...] = ()  # as written upstream: all-pings etc. not expanded
    sensitivity: tuple[str, ...] = ()
    bugs: tuple[str, ...] = ()
    data_reviews: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()  # of a dual labeled counter its keys, then its categories
    keys: tuple[str, ...] = ()  # static keys of a dual labeled counter
    categories: tuple[str, ...] = ()  # and its static categories
    extra_keys: tuple[ExtraKey, ...] = ()
    tags: tuple[str, ...] = ()  # metadata.tags
    unit: str = ""  # unit, time_unit or memory_unit
    telemetry_mirror: str = ""
    denominator: str = ""  # denominator_metric of a rate
    structure: str = ""  # JSON text of an object metric's structure
    buckets: str = ""  # "linear, 0 to 100, 50 buckets" of a custom distribution
    source_url: str = ""
    version: int = 0
    gecko_datapoint: str = ""


@dataclass(frozen=True, slots=True)
class ExtraKey:
    """One extra of an event, or one key of a structure (dotted path, array levels left out)."""

    name: str
    type: str = ""
    description: str = ""
    unit: str = ""
    values: tuple[str, ...] = ()  # the only ones that it may have, where its definition lists them (enum)


@dataclass(frozen=True, slots=True)
class PingDefinition:
    """One entry of a ping's history."""

    description: str
    first: str
    last: str
    reflog_last: int
    reasons: dict[str, str] = field(default_factory=dict)
    include_client_id: bool = False
    include_info_sections: bool = True
    send_if_empty: bool = False
    enabled: bool = True
    follows_collection_enabled: bool = True
    schedules_pings: tuple[str, ...] = ()
    ping_schedule: tuple[str, ...] = ()  # pings on whose schedule it rides (metadata.ping_schedule)
    uploader_capabilities: tuple[str, ...] = ()
    bugs: tuple[str, ...] = ()
    data_reviews: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    source_url: str = ""


@dataclass(frozen=True, slots=True)
class ProbeDefinition:
    """How a legacy probe was defined over a span of versions in one channel."""

    channel: str  # nightly, beta, release
    first_version: str
    last_version: str
    description: str
    expires: str  # expiry_version
    optout: bool
    kind: str = (
        ""  # exponential, linear, enumerated, categorical, flag, count, boolean; uint, string, boolean
    )
    keyed: bool = False
    low: int | None = None
    high: int | None = None
    n_buckets: int | None = None
    labels: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    extra_keys: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()  # record_in_processes, not expanded
    stores: tuple[str, ...] = ()
    bugs: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    cpp_guard: str = ""
    first_revision: str = ""
    last_revision: str = ""


@dataclass(frozen=True, slots=True)
class MeasureStatistic:
    """How a user of metric-hub sums a measure up over clients, or divides it by another."""

    name: str  # sum, mean, deciles, percentile, ratio, …
    layer: str  # who does: jetstream, opmon, looker, definitions
    parameters: dict[str, str] = field(default_factory=dict)  # as written, lists joined by ", "


@dataclass(frozen=True, slots=True)
class MeasureJoin:
    """A data source that is joined to another."""

    data_source: str
    layer: str  # whose files say so: Looker's joins add columns to filter by
    relationship: str = ""  # one_to_one, many_to_one, one_to_many, many_to_many
    on_expression: str = ""  # "" for the same client and day


@dataclass(frozen=True, slots=True)
class MeasureUse:
    """A project of metric-hub that computes a measure."""

    kind: str  # outcome, monitoring, experiment, default
    name: str  # file name without .toml
    title: str = ""
    path: str = ""  # of the file in metric-hub
    periods: tuple[str, ...] = ()  # daily, weekly, 28_day, overall, …, of experiments and defaults
    redefines: bool = False  # with an expression of its own


@dataclass(frozen=True, slots=True)
class StarOf:
    """All columns of a table that have their own names, but some."""

    table: str  # dataset.table, with its project where that is another one
    but: tuple[str, ...] = ()  # in lower case


@dataclass(frozen=True, slots=True)
class GivenColumn:
    """A column that a sub-query names: one of a table, or one that is computed."""

    name: str
    table: str = ""  # "" where it is computed
    path: str = ""  # in the table
    type: str = ""  # of what is computed; "" where it is not known
    is_repeated: bool = False


@dataclass(frozen=True, slots=True)
class GivenColumns:
    """What a query gives; a name that two columns have is there without table and type."""

    stars: tuple[StarOf, ...] = ()
    columns: tuple[GivenColumn, ...] = ()


@dataclass(frozen=True, slots=True)
class SubQuery:
    """A sub-query of metric-hub in FROM, as its SQL says.

    Where each of its rows is one of the first thing that it reads, a query can make it pass columns of that
    (`base`) on as well: written at `at` in its text, after the alias where there is one.
    """

    gives: GivenColumns
    base: GivenColumns | None = None
    alias: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class MeasureRows:
    """Where the rows of a measure come from: the FROM clause of its queries, and how rows are told apart."""

    alias: str  # that no column has: a data source may be named like one (`metrics`)
    source: str  # a quoted table, or a sub-query in parentheses
    client_id: str = ""  # expression; "" where its rows are of no client
    day: str = ""  # expression; "" where its rows have no day
    sub_query: SubQuery | None = None  # what the source gives; None of a table, or where it is not known
    days_behind: int = 0  # the newest day of its table lies so many days before the newest of others
    sample: str = ""  # the condition of the clients that it reads, where not all: sample_id = 42


@dataclass(frozen=True, slots=True)
class Operand:
    """The numerator or the denominator of a ratio: another measure."""

    name: str
    statistic: str  # sum, client_count, average; "" for its expression as it is
    expression: str
    rows: MeasureRows


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """A column that the value of a measure is made of."""

    table: str  # dataset.table
    column: str
