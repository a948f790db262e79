"""Records in, catalogue out: the stages in their order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from indexer.catalogue.annotations import Annotations
from indexer.catalogue.apps import app_items, build_estate
from indexer.catalogue.column_owners import ColumnOwners
from indexer.catalogue.columns import Places
from indexer.catalogue.counts import MetricCounts
from indexer.catalogue.dashboards import Things, dashboard_items
from indexer.catalogue.derivations import Evidence, derivation_links
from indexer.catalogue.docs import doc_items, names_of
from indexer.catalogue.endings import with_ended_views
from indexer.catalogue.explored import explored_links
from indexer.catalogue.explores import explore_items
from indexer.catalogue.families import families, metric_groups
from indexer.catalogue.inputs import Inputs, sort_records
from indexer.catalogue.legacy_pings import legacy_pings
from indexer.catalogue.lookml import Lookml, counting_links
from indexer.catalogue.measures import MeasureMaker
from indexer.catalogue.metrics import MetricMaker
from indexer.catalogue.model import Catalogue, Estate, Link, SharedColumns
from indexer.catalogue.neighbours import with_neighbours, with_places, with_sections
from indexer.catalogue.news import with_news
from indexer.catalogue.phrasings import shipped_phrasings
from indexer.catalogue.pings import glean_pings
from indexer.catalogue.probes import find_mirrors, probe_items
from indexer.catalogue.relations import app_links, mirror_links, related, table_links, usage
from indexer.catalogue.replacements import replacements, with_replacements
from indexer.catalogue.routines import routine_items
from indexer.catalogue.schema_metrics import metrics_of_schemas
from indexer.catalogue.schemas import Schemas
from indexer.catalogue.tables import Tables, build_tables
from indexer.model.items import AnyItem, AppItem, MetricItem, PingItem, ProbeItem, TableItem, ToolItem
from indexer.model.liveness import Clock, clock, next_change
from indexer.model.records import DataTool, Record
from indexer.model.replace import replace
from indexer.sqlread.kept.told import Tell, tell_anew
from indexer.sqlread.texts import ReadAll, read_here


def build_catalogue(
    records: Iterable[Record],
    today: date,
    read: ReadAll = read_here,
    tell: Tell = tell_anew,
    settled: Callable[[SharedColumns], None] = lambda schemas: None,
) -> Catalogue:
    """All records joined. Nothing upstream wrote stops it: what does not fit is counted in `problems`.

    `read` reads the SQL of tables; by default in this process, without limits. `tell` tells what it says of
    tables; by default of each anew. `settled` is told the schemas once no more of them can come, long before
    the rest is joined.
    """
    inputs = sort_records(records)
    problems: Counter[str] = Counter()
    now = clock(today, inputs.versions)
    estate = build_estate(inputs, problems)
    schemas = Schemas(inputs.schemas)
    tables = build_tables(inputs, estate, schemas, today, problems, read, tell)
    shared = schemas.used((x.schema_digest for x in tables.items.values()), problems)
    settled(shared)
    annotations = Annotations(inputs.annotations, inputs.sampled)
    pings = [*glean_pings(estate, tables, annotations, now), *legacy_pings(inputs, estate, tables, today)]
    tables = _with_pings(tables, pings)
    metrics = _metrics(inputs, estate, tables, schemas, annotations, now, problems)
    probes = probe_items(inputs.probes, estate, tables, schemas, now)
    mirrors = find_mirrors(metrics, probes, problems)
    probes, metrics = with_replacements(probes, metrics, replacements(probes, metrics, mirrors))
    counts = MetricCounts(metrics, metric_groups(metrics, probes, mirrors))
    apps = with_news(_annotated(map(counts.of_app, app_items(estate)), annotations), metrics)
    evidence = Evidence(tables, metrics, probes, schemas)
    owners = ColumnOwners(metrics, probes, tables, evidence)
    analyses = _analyses(inputs, estate, tables, schemas, (metrics, probes, owners), problems, read)
    routines, routine_links = routine_items(inputs.routines, inputs.derived, tables, problems)
    named: list[AnyItem] = [
        *apps,
        *map(counts.of_ping, pings),
        *with_neighbours(_mirroring(metrics, mirrors)),
        *_mirrored(probes, mirrors),
        *tables.items.values(),
        *analyses.items,
        *routines,
        *(_tool(record) for record in inputs.tools),
    ]
    docs, doc_links = doc_items(inputs.docs, names_of(named, tables))
    derived = derivation_links(tables, evidence)
    links = [
        *(*table_links(tables), *app_links(pings, tables.items.values()), *mirror_links(mirrors)),
        *(*derived, *explored_links([*metrics, *probes], analyses.explore_links, derived)),
        *(*analyses.links, *routine_links, *doc_links),
    ]
    problems["annotation of nothing that is known"] += len(annotations.unused)
    items = _joined([*named, *with_places(with_sections(docs))], links, mirrors, estate, tables, problems)
    return Catalogue(
        items=items,
        schemas=shared,
        counts=dict(Counter(item.kind for item in items)),
        problems={reason: count for reason, count in sorted(problems.items()) if count},
        next_change=next_change(_expiries(inputs), today),
    )


@dataclass(frozen=True, slots=True)
class _Analyses:
    """Where analyses start: measures, explores and dashboards, with their links to other things."""

    items: tuple[AnyItem, ...]
    links: tuple[Link, ...]
    explore_links: tuple[Link, ...]  # those of `links` that lead from an explore to its tables


def _analyses(
    inputs: Inputs,
    estate: Estate,
    tables: Tables,
    schemas: Schemas,
    known: tuple[list[MetricItem], list[ProbeItem], ColumnOwners],
    problems: Counter[str],
    read: ReadAll,
) -> _Analyses:
    metrics, probes, owners = known
    maker = MeasureMaker(estate, tables, schemas, owners, problems, read)
    measures, measure_links = maker.items(inputs.measures)
    explores, explore_links = explore_items(inputs.explores, estate, tables, problems)
    lookml = Lookml(inputs.lookml_explores, inputs.lookml_views, tables, schemas)
    explores = [lookml.told(item) for item in explores]
    things = Things(explores, measures, metrics, probes)
    dashboards, dashboard_links = dashboard_items(
        inputs.dashboards, estate, tables, schemas, things, problems
    )
    counting = counting_links(explores, things.filling)
    return _Analyses(
        (*measures, *explores, *dashboards),
        (*measure_links, *explore_links, *counting, *dashboard_links),
        tuple(explore_links),
    )


def _metrics(
    inputs: Inputs,
    estate: Estate,
    tables: Tables,
    schemas: Schemas,
    annotations: Annotations,
    now: Clock,
    problems: Counter[str],
) -> list[MetricItem]:
    places = Places(tables, schemas)
    defined = MetricMaker(estate, tables, places, annotations, now, problems, inputs.tags).items()
    return [*defined, *metrics_of_schemas(estate, tables, places, defined, problems)]


def _with_pings(tables: Tables, pings: Sequence[PingItem]) -> Tables:
    """Tables that know which ping they hold, and have ended with it."""
    items = dict(tables.items)
    for ping in pings:
        removed = {each.app_id: each.reason for each in ping.channel_status if each.status == "removed"}
        everywhere = ping.status_reason if ping.status == "removed" else ""
        for row in ping.ping_tables:
            item = items.get(tables.id_of(row.name)) if row.exists else None
            if item is None or item.ping:
                continue
            item = replace(item, ping=ping.id, pings=(ping.name,))
            if item.status == "active" and (why := removed.get(row.app_id) or everywhere):
                item = replace(item, status="deprecated", status_reason=f"its ping was {why}")
            items[item.id] = item
    return Tables(with_ended_views(items), tables.resolved)


def _annotated(apps: Iterable[AppItem], annotations: Annotations) -> list[AppItem]:
    found = []
    for app in apps:
        note = annotations.of("app", app.name)
        found.append(
            replace(
                app,
                commentary=note.commentary,
                warning=note.warning,
                tags=note.tags,
            )
        )
    return found


def _mirroring(metrics: Sequence[MetricItem], mirrors: Mapping[str, str]) -> list[MetricItem]:
    return [
        replace(
            metric,
            mirrors=(mirrors[metric.id],),
            aliases=tuple(dict.fromkeys((*metric.aliases, mirrors[metric.id].split("/", 2)[2]))),
        )
        if metric.id in mirrors
        else metric
        for metric in metrics
    ]


def _mirrored(probes: Sequence[ProbeItem], mirrors: Mapping[str, str]) -> list[ProbeItem]:
    metrics: dict[str, list[str]] = {}
    for metric, probe in mirrors.items():
        metrics.setdefault(probe, []).append(metric)
    return [replace(x, mirrors=tuple(sorted(metrics[x.id]))) if x.id in metrics else x for x in probes]


def _tool(record: DataTool) -> ToolItem:
    return ToolItem(
        id=f"tool/{record.name}",
        kind="tool",
        name=record.name,
        title=record.title,
        description=record.summary,
        type=record.access,
        status=record.status,
        status_reason=record.status_reason,
        labels=record.keywords,
        url=record.url,
        summary=record.summary,
        use_when=record.use_when,
        avoid_when=record.avoid_when,
        access=record.access,
        access_note=record.access_note,
        examples=record.examples,
        docs=record.docs,
    )


def _distinct(items: Iterable[AnyItem], problems: Counter[str]) -> list[AnyItem]:
    found: dict[str, AnyItem] = {}
    for item in items:
        if item.id in found:
            problems["two things with one id"] += 1
        else:
            found[item.id] = item
    return list(found.values())


def _joined(
    items: Sequence[AnyItem],
    links: Sequence[Link],
    mirrors: Mapping[str, str],
    estate: Estate,
    tables: Tables,
    problems: Counter[str],
) -> tuple[AnyItem, ...]:
    """Items with their relations, usage and families, ordered by id; of two with one id, the first."""
    items = _distinct(items, problems)
    places = families(items, mirrors, estate, tables)
    relations = related(links, frozenset(item.id for item in items))
    counted = usage(links, places, {x.id: x for x in items if isinstance(x, TableItem)})
    asked = shipped_phrasings()
    joined = [
        replace(
            item,
            asked=asked.of(item.kind, item.name),
            family=places[item.id].family,
            family_rank=places[item.id].rank,
            usage=counted[item.id],
            related={**relations.get(item.id, {}), **item.related},
        )
        for item in items
    ]
    return tuple(sorted(joined, key=lambda item: item.id))


def _expiries(inputs: Inputs) -> Iterable[str]:
    for metric in inputs.metrics:
        if metric.history:
            yield metric.history[0].expires
    for table in inputs.derived:
        yield table.deletion_date
