"""What the sources yield: one typed record for each thing that upstream describes.

A record says what *one* upstream file says, cleaned but not joined: joining is
catalogue/, and the joined things are in items.py. All records are frozen, hold
only plain values and tuples, and survive a round trip through JSON (snapshots.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from indexer.model.definitions import (
    MeasureJoin,
    MeasureStatistic,
    MeasureUse,
    MetricDefinition,
    PingDefinition,
    ProbeDefinition,
)
from indexer.model.literals import Access, ProbeType
from indexer.model.lookml_records import LookmlExplore, LookmlView
from indexer.model.table_records import (
    Dataset,
    DerivedTable,
    PingSchema,
    Routine,
    TableSchema,
    WarehouseTable,
)

# ------------------------------------------------------------------ Glean (probeinfo)


@dataclass(frozen=True, slots=True)
class AppListing:
    """One app id (channel) of an application, from v2/glean/app-listings."""

    app_name: str
    app_id: str
    v1_name: str
    canonical_app_name: str
    app_description: str
    description: str
    channel: str  # app_channel, "" where upstream gives none
    dataset: str  # bq_dataset_family; never derived (rule 1)
    namespace: str  # document_namespace
    url: str
    emails: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()  # dependency_names, to be mapped by LibraryVariant
    deprecated: bool = False
    prototype: bool = False
    skip_documentation: bool = False
    retention: dict[str, int] = field(default_factory=dict)  # ping -> delete_after_days
    default_retention: int | None = None


@dataclass(frozen=True, slots=True)
class LibraryVariant:
    """One library variant, from v2/glean/library-variants."""

    library_name: str
    v1_name: str
    dependency_name: str
    description: str
    url: str
    emails: tuple[str, ...] = ()
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class RepositoryMetric:
    """A metric as one probeinfo repository (v1_name) has it; history newest first (rule 2)."""

    v1_name: str
    name: str
    in_source: bool
    history: tuple[MetricDefinition, ...]


@dataclass(frozen=True, slots=True)
class RepositoryPing:
    """A ping as one probeinfo repository has it; history newest first."""

    v1_name: str
    name: str
    in_source: bool
    history: tuple[PingDefinition, ...]
    retention_days: int | None = None  # its own moz_pipeline_metadata, where given


@dataclass(frozen=True, slots=True)
class RepositoryTag:
    """A tag that metrics of a repository can carry."""

    v1_name: str
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class RepositoryState:
    """Which of a repository's files probeinfo had; a repository without metrics is known from its schema."""

    v1_name: str
    has_metrics: bool
    dependencies: tuple[str, ...] = ()  # from glean/<v1_name>/dependencies


# ------------------------------------------------------------------ legacy Firefox


@dataclass(frozen=True, slots=True)
class LegacyProbe:
    """A probe of all_probes; `history` newest first within each channel."""

    type: ProbeType
    name: str
    history: tuple[ProbeDefinition, ...]
    first_added: dict[str, str] = field(default_factory=dict)  # channel -> date


# ------------------------------------------------------------------ the warehouse


# ------------------------------------------------------------------ meaning, docs, tools


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric-hub definition: metric, data_source, segment or dimension, of one platform.

    What says where its rows come from (from_expression and after) is that of a data source, or of
    a measure that brings its own.
    """

    type: str  # metric, data_source, segment, dimension
    platform: str  # file name without .toml: fenix, firefox_desktop, multi_product, …
    name: str
    friendly_name: str = ""
    description: str = ""
    select_expression: str = ""  # macros written out, other templates as they are
    data_source: str = ""
    from_expression: str = ""  # of a data source: a table name or a sub-query
    client_id_column: str = ""  # "" for client_id, "NULL" where its rows are of no client
    submission_date_column: str = ""  # "" for submission_date, "NULL" where its rows have no day
    default_dataset: str = ""  # for {dataset} in from_expression
    window: tuple[int, int] | None = None  # days around enrolment, of a segment's data source
    joins: tuple[MeasureJoin, ...] = ()
    tables: tuple[str, ...] = ()  # tables that from_expression names, as written
    statistics: tuple[MeasureStatistic, ...] = ()
    category: str = ""
    owners: tuple[str, ...] = ()
    deprecated: bool = False
    layers: tuple[str, ...] = ()  # files that define it: definitions, jetstream, opmon, looker
    apart: tuple[str, ...] = ()  # of these, those that compute it of other rows or by another expression
    defined_by: MeasureUse | None = None  # the project that alone defines it
    uses: tuple[MeasureUse, ...] = ()
    value_type: str = ""
    level: str = ""  # gold, silver, bronze: how far it is reviewed
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LookerExplore:
    """One explore of looker-hub's namespaces.yaml, with the tables of its views."""

    namespace: str
    namespace_title: str
    name: str
    type: str
    views: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()  # dataset.table or project.dataset.table, as written
    glean_app: bool = False
    owners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DashboardTile:
    """One element of a dashboard."""

    name: str  # by which a dashboard that extends this one overrides it
    title: str
    type: str  # looker_line, single_value, text, …
    model: str = ""
    explore: str = ""  # "" for a text
    fields: tuple[str, ...] = ()  # view.field
    note: str = ""  # what stands beside it, or the body of a text; HTML, untrusted
    filters: dict[str, str] = field(default_factory=dict)  # view.field -> value


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A Looker dashboard as its LookML file says it: what it extends is not yet filled in."""

    model: str
    name: str
    title: str
    description: str = ""
    curated: bool = True  # False: made by OpMon
    extends: tuple[str, ...] = ()  # names of dashboards of the same model
    tiles: tuple[DashboardTile, ...] = ()
    filters: tuple[str, ...] = ()  # what a reader can choose
    source_path: str = ""


@dataclass(frozen=True, slots=True)
class DocSection:
    """A heading section of a docs page, its text without markup."""

    path: str  # datasets/pings.md
    slug: str  # "" for what stands before the first heading of a page
    heading: str
    page_title: str
    level: int
    text: str
    breadcrumb: tuple[str, ...] = ()  # headings above it
    obsolete: bool = False
    code: str = ""  # code blocks, kept apart: they match identifiers, not prose
    links: tuple[str, ...] = ()
    number: int = 0  # of its page in the table of contents, from 1; 0 where there is none
    listed_as: str = ""  # the page's title there
    above: tuple[str, ...] = ()  # paths of the pages above its page, the outermost first
    markdown: str = ""  # as it is written below its heading: what its page shows; "" where nothing is


@dataclass(frozen=True, slots=True)
class Annotation:
    """What glean-annotations says of an app, ping or metric of one origin."""

    origin: str
    kind: str  # app, metric, ping
    name: str  # "" for an app
    commentary: str = ""
    warning: str = ""
    tags: tuple[str, ...] = ()
    features: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DataTool:
    """A data tool of our own dictionary (config.yaml)."""

    name: str
    title: str
    url: str
    summary: str
    use_when: tuple[str, ...] = ()
    avoid_when: tuple[str, ...] = ()
    access: Access = "public"
    access_note: str = ""
    status: Literal["active", "deprecated"] = "active"
    status_reason: str = ""
    keywords: tuple[str, ...] = ()
    examples: tuple[tuple[str, str], ...] = ()  # (title, address)
    docs: str = ""


@dataclass(frozen=True, slots=True)
class FirefoxVersion:
    """The newest version of a channel and, for a major version, its day of release."""

    channel: str  # nightly, beta, release, esr; "" for a row that only dates a major version
    major: int
    version: str = ""
    released: str = ""  # ISO date


@dataclass(frozen=True, slots=True)
class SampledMetric:
    """A metric whose collection a running experiment changes (Experimenter, feature glean)."""

    app_name: str
    metric: str
    slug: str
    channel: str = ""
    enabled: bool = True
    start: str = ""
    sampling: str = ""


Record = (
    AppListing
    | LibraryVariant
    | RepositoryMetric
    | RepositoryPing
    | RepositoryTag
    | RepositoryState
    | LegacyProbe
    | TableSchema
    | DerivedTable
    | Routine
    | Dataset
    | PingSchema
    | WarehouseTable
    | Measure
    | LookerExplore
    | LookmlExplore
    | LookmlView
    | Dashboard
    | DocSection
    | Annotation
    | DataTool
    | FirefoxVersion
    | SampledMetric
)
