"""The records sorted by their type: the only place that looks at types."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from indexer.model.lookml_records import LookmlExplore, LookmlView
from indexer.model.records import (
    Annotation,
    AppListing,
    Dashboard,
    DataTool,
    DocSection,
    FirefoxVersion,
    LegacyProbe,
    LibraryVariant,
    LookerExplore,
    Measure,
    Record,
    RepositoryMetric,
    RepositoryPing,
    RepositoryState,
    RepositoryTag,
    SampledMetric,
)
from indexer.model.table_records import (
    Dataset,
    DerivedTable,
    PingSchema,
    Routine,
    TableSchema,
    WarehouseTable,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Inputs:
    """All records, by type, in the order in which they came."""

    listings: tuple[AppListing, ...]
    variants: tuple[LibraryVariant, ...]
    metrics: tuple[RepositoryMetric, ...]
    pings: tuple[RepositoryPing, ...]
    tags: tuple[RepositoryTag, ...]
    states: tuple[RepositoryState, ...]
    probes: tuple[LegacyProbe, ...]
    schemas: tuple[TableSchema, ...]
    derived: tuple[DerivedTable, ...]
    routines: tuple[Routine, ...]
    datasets: tuple[Dataset, ...]
    ping_schemas: tuple[PingSchema, ...]
    warehouse: tuple[WarehouseTable, ...]
    measures: tuple[Measure, ...]
    explores: tuple[LookerExplore, ...]
    lookml_explores: tuple[LookmlExplore, ...]
    lookml_views: tuple[LookmlView, ...]
    dashboards: tuple[Dashboard, ...]
    docs: tuple[DocSection, ...]
    annotations: tuple[Annotation, ...]
    tools: tuple[DataTool, ...]
    versions: tuple[FirefoxVersion, ...]
    sampled: tuple[SampledMetric, ...]


def sort_records(records: Iterable[Record]) -> Inputs:
    """The records by type."""
    by_type: dict[type, list[Any]] = {}
    for record in records:
        by_type.setdefault(type(record), []).append(record)

    def take(kind: type[T]) -> tuple[T, ...]:
        return tuple(by_type.get(kind, ()))

    return Inputs(
        listings=take(AppListing),
        variants=take(LibraryVariant),
        metrics=take(RepositoryMetric),
        pings=take(RepositoryPing),
        tags=take(RepositoryTag),
        states=take(RepositoryState),
        probes=take(LegacyProbe),
        schemas=take(TableSchema),
        derived=take(DerivedTable),
        routines=take(Routine),
        datasets=take(Dataset),
        ping_schemas=take(PingSchema),
        warehouse=take(WarehouseTable),
        measures=take(Measure),
        explores=take(LookerExplore),
        lookml_explores=take(LookmlExplore),
        lookml_views=take(LookmlView),
        dashboards=take(Dashboard),
        docs=take(DocSection),
        annotations=take(Annotation),
        tools=take(DataTool),
        versions=take(FirefoxVersion),
        sampled=take(SampledMetric),
    )
