"""The catalogue's joined things: one item is one hit, one page, one JSON record.

Made by catalogue/ out of records, kept by store.py, read by everything in
search_app. An item holds all that its page shows, except the columns of a table,
which are stored once per schema (TableItem.schema_digest).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from indexer.model.definitions import (
    ExtraKey,
    MeasureRows,
    MeasureStatistic,
    MeasureUse,
    MetricDefinition,
    Operand,
    PingDefinition,
    ProbeDefinition,
    ReadColumn,
)
from indexer.model.literals import Access, KindName, KnownFrom, Layer, ProbeType, Status, ValueKind
from indexer.model.parts import (
    AppChannel,
    BookPlace,
    ChannelStatus,
    ColumnLineage,
    ColumnRef,
    DashboardTileRef,
    ExploreMeasure,
    Novelty,
    PingTable,
)
from indexer.model.records import DocSection

SHARED_PROJECT = "moz-fx-data-shared-prod"  # where upstream's tables and views lie
USER_PROJECT = "mozdata"  # the project in which users find its views
WAS_TO_BE_DELETED = "was to be deleted on"  # in the reason of a table whose day of deletion is over


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What every kind has: enough to be found, filtered, ranked, folded and shown as a hit."""

    id: str  # kind/…, as in docs/contracts.md
    kind: KindName
    name: str  # canonical: dotted metrics, dashed pings, type/NAME probes, dataset.table, path#slug
    title: str  # what a person would call it
    description: str = ""  # upstream Markdown, untrusted
    commentary: str = ""  # of annotations, and the like; searched
    warning: str = ""
    apps: tuple[str, ...] = ()  # app_names
    app_titles: tuple[str, ...] = ()  # same order
    pings: tuple[str, ...] = ()
    type: str = ""  # metric type, probe kind, table layer, measure type, explore type
    tables: tuple[str, ...] = ()  # dataset.table, the user-facing ones first
    datasets: tuple[str, ...] = ()
    status: Status = "active"
    status_reason: str = ""
    sampled: bool = False
    tags: tuple[str, ...] = ()
    sensitivity: tuple[str, ...] = ()
    added: str = ""  # ISO date
    changed: str = ""  # ISO date of the newest change
    expires: str = ""
    owners: tuple[str, ...] = ()
    bugs: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()  # other exact names: column paths, mirrors, C++ names, app ids
    labels: tuple[str, ...] = ()  # labels, extras, reasons: short words, searched between name and prose
    asked: tuple[str, ...] = ()  # how people ask for it, in our words; searched like labels
    family: str = ""  # same family = one hit; the id itself where nothing folds
    family_rank: int = 0  # the face of a family with no better match has the smallest
    usage: int = 0  # how many other things name it: references, measures, explores, docs
    related: dict[str, tuple[str, ...]] = field(default_factory=dict)  # relation or kind -> ids


@dataclass(frozen=True, slots=True, kw_only=True)
class AppItem(Item):
    """A product with its channels, and what it collects in numbers."""

    channels: tuple[AppChannel, ...] = ()
    source_url: str = ""
    platform: str = ""  # desktop, android, ios, web, server, other: groups of the map
    libraries: tuple[str, ...] = ()  # origins whose metrics and pings it sends
    metric_count: int = 0  # each name once: see catalogue/counts.py
    metric_types: dict[str, int] = field(default_factory=dict)
    metric_statuses: dict[str, int] = field(default_factory=dict)
    news: dict[str, tuple[Novelty, ...]] = field(default_factory=dict)  # added, changed, removed, expiring
    known_from: KnownFrom = "probeinfo"
    skip_documentation: bool = False  # the Glean Dictionary leaves it out


@dataclass(frozen=True, slots=True, kw_only=True)
class PingItem(Item):
    """A ping of an app, or a legacy ping of a namespace, with the tables that hold it."""

    app: str  # app_name, or the namespace of a legacy ping
    origin: str  # app or library that defines it
    legacy: bool = False
    definition: PingDefinition | None = None  # None where only the schema is known
    history: tuple[PingDefinition, ...] = ()
    in_source: bool = True
    retention: dict[str, int] = field(default_factory=dict)  # app_id -> days
    ping_tables: tuple[PingTable, ...] = ()
    schema_fields: tuple[ExtraKey, ...] = ()  # of a legacy ping's JSON schema
    metric_count: int = 0  # each name once: see catalogue/counts.py
    metrics_active: int = 0  # of these, as many are collected now
    metrics_unknown: int = 0  # and of as many nobody knows: no definition of them is published
    metric_types: dict[str, int] = field(default_factory=dict)
    channel_status: tuple[ChannelStatus, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricItem(Item):
    """A Glean metric as one origin defines it, with all columns that hold it (rules 3 to 5)."""

    origin: str  # app_name or library_name
    in_source: bool = True
    definition: MetricDefinition | None = None  # newest; None where known from the schema only
    history: tuple[MetricDefinition, ...] = ()
    columns: tuple[ColumnRef, ...] = ()
    former: tuple[ColumnRef, ...] = ()  # where it was sent before: its columns, until when in the notes
    channel_status: tuple[ChannelStatus, ...] = ()
    mirrors: tuple[str, ...] = ()  # ids of the legacy probes that it mirrors
    replaces: tuple[tuple[str, str], ...] = ()  # (id, reason) of legacy probes that it probably replaces
    features: tuple[str, ...] = ()
    experiments: dict[str, str] = field(default_factory=dict)  # slug that samples it -> share of clients
    tag_meanings: dict[str, str] = field(default_factory=dict)  # tag -> what upstream says of it
    known_from: KnownFrom = "probeinfo"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeItem(Item):
    """A legacy Firefox probe, with the columns that hold it (rule 8)."""

    probe_type: ProbeType
    definitions: tuple[ProbeDefinition, ...] = ()
    first_added: dict[str, str] = field(default_factory=dict)
    columns: tuple[ColumnRef, ...] = ()
    channel_status: tuple[ChannelStatus, ...] = ()
    mirrors: tuple[str, ...] = ()  # ids of the Glean metrics that replace it
    replaced_by: str = ""  # id of the metric that probably does, where none is declared
    replaced_reason: str = ""  # why that is thought


@dataclass(frozen=True, slots=True, kw_only=True)
class TableItem(Item):
    """A BigQuery table or view: where it stands among its layers (rule 6), what it is made of.
    Columns are in the store.
    """

    project: str
    dataset: str
    table: str
    layer: Layer
    base: str = ""  # name without version and layer
    dataset_title: str = ""  # of dataset_metadata.yaml
    dataset_description: str = ""
    metadata_source: str = ""  # generated-sql, generated-schemas, bigquery
    schema_digest: str = ""  # of its columns in the store, "" where unknown
    schema_source: str = ""  # schema.yaml, .bq, SQL, ping, bigquery, by hand
    columns_unknown: str = ""  # why its columns are not known, where they are not
    # A column that is not in made_of is the column of the same path in each of these tables that has it.
    passed_on: tuple[str, ...] = ()
    made_of: tuple[ColumnLineage, ...] = ()
    made_by: str = ""  # the file that makes it: view.sql, query.sql, query.py, …
    column_count: int = 0
    ping: str = ""  # id of the ping it holds, where it is a ping table
    partition_field: str = ""
    partition_type: str = ""
    days_behind: int = 0  # its newest day lies so many days before the newest of others
    grouped: bool = False  # its rows are groups: how many there are says nothing
    sums: tuple[str, ...] = ()  # of groups, the columns that add up over those of a day
    sample: str = ""  # the condition of the clients that it is made from, where not of all: sample_id = 42
    partition_filter_required: bool = False
    expiration_days: float | None = None
    clustering: tuple[str, ...] = ()
    dag: str = ""
    schedule: dict[str, str] = field(default_factory=dict)
    legacy: bool = False  # of the telemetry from before Glean, as its label says
    glean_twin: str = ""  # id of the table of the same name in the Glean data of Firefox, of a legacy one
    level: str = ""  # how much it is looked after: gold, silver, bronze (its label)
    monitored: bool | None = None  # whether its freshness and volume are watched, None where nothing says so
    table_labels: dict[str, str] = field(default_factory=dict)
    upstream: tuple[str, ...] = ()  # project.dataset.table, also of tables that we do not have
    downstream: tuple[str, ...] = ()
    user_view: str = ""  # id of the table to use instead, where there is one
    readme: str = ""
    sql: str = ""
    source_path: str = ""
    table_type: str = ""
    row_count: int | None = None
    byte_count: int | None = None
    modified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureItem(Item):
    """A metric, data source, segment or dimension of metric-hub, with what a query of it is made of."""

    platform: str
    select_expression: str = ""
    data_source: str = ""
    from_expression: str = ""
    rows: MeasureRows | None = None  # None where no query can be made: see no_query
    operands: tuple[Operand, ...] = ()  # of a ratio without an expression: numerator, denominator
    no_query: str = ""  # why there is no query
    value: ValueKind = ""  # of its expression; "" where it is not known
    columns: tuple[ReadColumn, ...] = ()
    assumptions: tuple[str, ...] = ()  # sentences for whoever runs its query
    mixed: bool = False  # its rows are of several products: of its own alone it tells nothing
    statistics: tuple[MeasureStatistic, ...] = ()
    window: tuple[int, int] | None = None
    category: str = ""
    layers: tuple[str, ...] = ()
    defined_by: MeasureUse | None = None
    uses: tuple[MeasureUse, ...] = ()
    value_type: str = ""
    level: str = ""
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExploreItem(Item):
    """A Looker explore: the views that it joins, and what can be counted and grouped there."""

    namespace: str
    views: tuple[str, ...] = ()
    glean_app: bool = False
    label: str = ""  # what Looker's menu calls it, where its LookML says another name
    joins: tuple[str, ...] = ()  # views that its LookML joins to the first
    measures: tuple[ExploreMeasure, ...] = ()  # those that Looker shows
    times: tuple[str, ...] = ()  # what can be grouped by days, weeks, …
    hidden: bool = False  # from Looker's menu


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardItem(Item):
    """A Looker dashboard with its tiles."""

    model: str
    curated: bool = True  # False: made by OpMon
    tiles: tuple[DashboardTileRef, ...] = ()
    filters: tuple[str, ...] = ()  # what a reader can choose
    extends: tuple[str, ...] = ()  # ids
    source_path: str = ""  # in its repository


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutineItem(Item):
    """A SQL function; its name is what a query calls it by."""

    project: str
    dataset: str
    routine: str
    signature: str = ""  # name and parameters with their types; "" where udf.sql is not published
    returns: str = ""  # its type, "" where its body decides
    language: str = ""  # sql, js; "" where not known
    readme: str = ""
    sql: str = ""
    source_path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocItem(Item):
    """A section of the data docs, with its place in the book."""

    section: DocSection
    url: str = ""  # published page and anchor
    place: BookPlace | None = None  # None where no table of contents lists its page


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolItem(Item):
    """A data tool: what it is for, when to use it and when not, who can open it."""

    url: str = ""
    summary: str = ""
    use_when: tuple[str, ...] = ()
    avoid_when: tuple[str, ...] = ()
    access: Access = "public"
    access_note: str = ""
    examples: tuple[tuple[str, str], ...] = ()
    docs: str = ""


AnyItem = (
    AppItem
    | PingItem
    | MetricItem
    | ProbeItem
    | TableItem
    | MeasureItem
    | ExploreItem
    | DashboardItem
    | RoutineItem
    | DocItem
    | ToolItem
)
