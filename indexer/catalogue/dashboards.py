"""Looker dashboards: what each extends filled in, joined to explores, tables, columns, metrics and measures.

A tile names an explore of its model, and fields as view.field. LookML writes a nested column with two
underscores for its dots, and a time with the span by which it is grouped at its end
(lookml-generator's naming); a field is joined only where that column is in a table of the explore.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from indexer.catalogue.model import Estate, Link, humanise
from indexer.catalogue.schemas import Schemas
from indexer.catalogue.tables import Tables
from indexer.model.items import DashboardItem, ExploreItem, MeasureItem, MetricItem, ProbeItem
from indexer.model.literals import Status
from indexer.model.parts import DashboardTileRef
from indexer.model.records import Dashboard, DashboardTile
from indexer.model.replace import replace

MOST_DEEP = 5  # dashboards that extend each other; upstream has one level
_SPAN = re.compile(r"_(?:raw|time|date|week|month|quarter|year|hour|minute|day_of_week|hour_of_day)$")
_DEPRECATED = re.compile(r"\bdeprecated\b", re.IGNORECASE)
_REPLACED = re.compile(r"\b(?:use|replaced by|see)\s+[\"“']?([^\"”'.]{3,80})", re.IGNORECASE)
# OpMon's tiles say in a filter which measure they show: <view>.metric
_MEASURE_FILTER = ".metric"


def dashboard_items(
    records: Sequence[Dashboard],
    estate: Estate,
    tables: Tables,
    schemas: Schemas,
    things: Things,
    problems: Counter[str],
) -> tuple[list[DashboardItem], list[Link]]:
    """One item a model and name, the curated one where two are so called; and what each shows."""
    by_key: dict[tuple[str, str], Dashboard] = {}
    for record in sorted(records, key=lambda each: not each.curated):
        if (record.model, record.name) in by_key:
            problems["dashboard of a model and name that another has"] += 1
        else:
            by_key[record.model, record.name] = record
    items: list[DashboardItem] = []
    links: list[Link] = []
    for record in by_key.values():
        whole = _extended(record, by_key, problems)
        item = _item(whole, estate, tables, schemas, things)
        items.append(item)
        links += _links(item, whole, tables, things)
    return items, links


class Things:
    """What a dashboard can show, by the names that it has for them."""

    def __init__(
        self,
        explores: Iterable[ExploreItem],
        measures: Iterable[MeasureItem],
        metrics: Iterable[MetricItem],
        probes: Iterable[ProbeItem],
    ) -> None:
        self.explores = {(each.namespace, each.name): each for each in explores}
        self.measures: dict[str, dict[str, str]] = {}  # name -> platform -> id
        for measure in measures:
            if measure.type == "metric":
                self.measures.setdefault(measure.name, {})[measure.platform] = measure.id
        # table and column -> what fills it
        self.filling: dict[tuple[str, str], str] = {}
        rows = [(item.id, row) for item in metrics for row in item.columns]
        rows += [(item.id, row) for item in probes for row in item.columns]
        for item_id, row in rows:
            if row.column:
                self.filling.setdefault((row.table, row.column), item_id)

    def explore(self, tile: DashboardTile) -> ExploreItem | None:
        """The explore of a tile, where looker-hub lists it."""
        return self.explores.get((tile.model, tile.explore))

    def measures_of(self, names: Iterable[str]) -> Mapping[str, str]:
        """Names to the ids of measures, where one platform alone has all of them that anyone has.

        A project of OpMon is of one platform, which its dashboard does not name; what is called so on
        another platform is another measure.
        """
        wanted = {name: self.measures[name] for name in names if name in self.measures}
        shared = set.intersection(*(set(ids) for ids in wanted.values())) if wanted else set()
        if len(shared) != 1:
            return {}
        platform = shared.pop()
        return {name: ids[platform] for name, ids in wanted.items()}


def _extended(
    record: Dashboard, by_key: Mapping[tuple[str, str], Dashboard], problems: Counter[str], depth: int = 0
) -> Dashboard:
    """A dashboard with the tiles and filters of those that it extends; its own come in place of theirs."""
    if not record.extends or depth == MOST_DEEP:
        return record
    tiles: dict[str, DashboardTile] = {}
    filters: list[str] = []
    description = record.description
    for name in record.extends:
        base = by_key.get((record.model, name))
        if base is None:
            problems["dashboard that extends one that is not there"] += 1
            continue
        base = _extended(base, by_key, problems, depth + 1)
        tiles |= {tile.name: tile for tile in base.tiles}
        filters += base.filters
        description = description or base.description
    tiles |= {tile.name: tile for tile in record.tiles}
    return replace(
        record,
        tiles=tuple(tiles.values()),
        filters=tuple(dict.fromkeys((*filters, *record.filters))),
        description=description,
    )


def _item(
    record: Dashboard, estate: Estate, tables: Tables, schemas: Schemas, things: Things
) -> DashboardItem:
    measures = things.measures_of(dict.fromkeys(map(_named_measure, record.tiles)))
    tiles = tuple(_tile(tile, tables, schemas, things, measures) for tile in record.tiles)
    explores = [found for tile in record.tiles if (found := things.explore(tile))]
    apps = dict.fromkeys(
        name for name in (record.model, *(each.namespace for each in explores)) if name in estate.apps
    )
    names = tuple(dict.fromkeys(name for each in explores for name in each.tables))
    status, reason = _state(record)
    shown = [tile for tile in tiles if tile.type != "text"]
    return DashboardItem(
        id=f"dashboard/{record.model}/{record.name}",
        kind="dashboard",
        name=record.name,
        title=record.title or humanise(record.name),
        description=record.description or _about(shown),
        apps=tuple(apps),
        app_titles=tuple(estate.apps[app].title for app in apps),
        type="curated" if record.curated else "monitoring",
        tables=names,
        datasets=tuple(dict.fromkeys(name.split(".", 1)[0] for name in names)),
        status=status,
        status_reason=reason,
        aliases=(f"{record.model}::{record.name}", f"{record.model}.{record.name}"),
        labels=tuple(dict.fromkeys(tile.title for tile in shown if tile.title)),
        model=record.model,
        curated=record.curated,
        tiles=tiles,
        filters=record.filters,
        extends=tuple(f"dashboard/{record.model}/{name}" for name in record.extends),
        source_path=record.source_path,
    )


def _about(tiles: Sequence[DashboardTileRef]) -> str:
    """What a dashboard that nobody described shows: its first tiles."""
    titles = list(dict.fromkeys(tile.title for tile in tiles if tile.title))
    return f"Shows {', '.join(titles[:6])}{' and more' if len(titles) > 6 else ''}." if titles else ""


def _state(record: Dashboard) -> tuple[Status, str]:
    """Titles say of old dashboards that they are deprecated: Looker has no field for that."""
    if not _DEPRECATED.search(f"{record.title} {record.description[:200]}"):
        return "active", ""
    instead = _REPLACED.search(record.description)
    return "deprecated", "deprecated, as its title says" + (f"; use {instead[1].strip()}" if instead else "")


def _tile(
    tile: DashboardTile, tables: Tables, schemas: Schemas, things: Things, measures: Mapping[str, str]
) -> DashboardTileRef:
    explore = things.explore(tile)
    why = ""
    if tile.explore and explore is None:
        why = f"the explore {tile.explore} of {tile.model} is not in the list of looker-hub"
    return DashboardTileRef(
        title=tile.title,
        type=tile.type,
        note=tile.note,
        explore=explore.id if explore else "",
        explore_name=tile.explore,
        fields=tile.fields,
        columns=tuple(dict.fromkeys(_columns(tile, explore, tables, schemas))) if explore else (),
        measure=measures.get(_named_measure(tile), ""),
        unknown=why,
    )


def _columns(
    tile: DashboardTile, explore: ExploreItem, tables: Tables, schemas: Schemas
) -> Iterator[tuple[str, str]]:
    """(dataset.table, column path) of each field whose column a table of the explore has."""
    for field in tile.fields:
        leaf = field.partition(".")[2]
        for name in explore.tables:
            table = tables.get(name)
            paths = schemas.by_path(table.schema_digest) if table and table.schema_digest else {}
            found = next((path for path in _spellings(leaf) if path in paths), "")
            if found:
                yield name, found
                break


def _spellings(leaf: str) -> Iterator[str]:
    """Column paths that a LookML field may stand for, the likeliest first."""
    for name in (leaf, _SPAN.sub("", leaf)):
        yield name.replace("__", ".")
        yield name
    yield f"{_SPAN.sub('', leaf)}_date"  # submission_date is a time called submission


def _named_measure(tile: DashboardTile) -> str:
    """The name of the measure that a tile shows, "" where it says none."""
    named = next((value for key, value in tile.filters.items() if key.endswith(_MEASURE_FILTER)), "")
    return named.strip("'\" ")


def _links(item: DashboardItem, record: Dashboard, tables: Tables, things: Things) -> Iterator[Link]:
    """Each side shows the other; a curated dashboard counts as use of what it shows."""
    targets: dict[tuple[str, str], None] = {}
    for tile, shown in zip(record.tiles, item.tiles, strict=True):
        explore = things.explore(tile)
        if explore is not None:
            targets["explore", explore.id] = None
            for name in explore.tables:
                targets["table", tables.id_of(name)] = None
        for place in shown.columns:
            targets["metric", things.filling.get(place, "")] = None
        targets["measure", shown.measure] = None
    for relation, target in targets:
        if target:
            kind = target.partition("/")[0] if relation == "metric" else relation
            yield Link(item.id, target, kind, "dashboard", item.curated)
    for app in item.apps:
        yield Link(item.id, f"app/{app}", "app", "dashboard")
