"""Which items are one hit: the same metric of several origins, the layers and twins of a table, a mirror.

Nothing else folds. A probe that several metric names mirror stays alone: it cannot
be the same thing as each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from indexer.catalogue.described_tables import place_of
from indexer.catalogue.model import Estate
from indexer.catalogue.tables import Tables
from indexer.model.column_names import underscored
from indexer.model.items import SHARED_PROJECT, AnyItem, Item, MetricItem, ProbeItem, TableItem
from indexer.model.liveness import LIFE

_LAYER_RANK = {"view": 0, "other": 400, "derived": 1000, "stable": 2000, "live": 3000}


@dataclass(frozen=True, slots=True)
class Place:
    """An item's place in its family: `family` is the id of the face."""

    family: str
    rank: int


def families(
    items: Sequence[AnyItem], mirrors: Mapping[str, str], estate: Estate, tables: Tables
) -> dict[str, Place]:
    """The family of every item."""
    groups: dict[str, list[tuple[int, str]]] = {}
    metric_key = _metric_keys(items, mirrors)
    table_key = _table_keys([item for item in items if isinstance(item, TableItem)], estate, tables)
    channel_rank = {
        channel.listing.dataset: position + 1
        for app in estate.apps.values()
        for position, channel in enumerate(app.channels)
        if channel.listing.dataset != app.name
    }
    for item in items:
        rank = 0
        key = item.id
        if isinstance(item, MetricItem | ProbeItem):
            key, rank = metric_key[item.id], _metric_rank(item)
        elif isinstance(item, TableItem):
            key, rank = table_key[item.id], _table_rank(item, channel_rank)
        groups.setdefault(key, []).append((rank, item.id))
    found: dict[str, Place] = {}
    for members in groups.values():
        face = min(members)[1]
        found.update((key, Place(face, rank)) for rank, key in members)
    return found


def metric_groups(
    metrics: Iterable[MetricItem], probes: Iterable[ProbeItem], mirrors: Mapping[str, str]
) -> dict[str, str]:
    """Metric or probe id -> a key that it shares with what it is one hit with."""
    return _metric_keys([*metrics, *probes], mirrors)


def _metric_keys(items: Iterable[AnyItem], mirrors: Mapping[str, str]) -> dict[str, str]:
    """A metric's key is its name. One known from a schema has lost the dots: it has the key of the only
    metric that would have this column, if there is one."""
    items = list(items)
    dotted: dict[str, set[str]] = {}  # column leaf -> names
    for item in items:
        if isinstance(item, MetricItem) and item.known_from != "schema":
            dotted.setdefault(underscored(item.name), set()).add(item.name)
    names: dict[str, set[str]] = {}  # probe id -> names of the metrics that mirror it
    keys: dict[str, str] = {}
    probes = []
    for item in items:
        if isinstance(item, MetricItem):
            whole = dotted.get(item.name, ()) if item.known_from == "schema" else ()
            keys[item.id] = f"metric {min(whole) if len(whole) == 1 else item.name}"
            if item.id in mirrors:
                names.setdefault(mirrors[item.id], set()).add(item.name)
        elif isinstance(item, ProbeItem):
            probes.append(item.id)
    for probe in probes:
        mirrored = names.get(probe, set())
        keys[probe] = f"metric {min(mirrored)}" if len(mirrored) == 1 else probe
    return keys


def _metric_rank(item: Item) -> int:
    """Glean before legacy, alive before dead, many apps before few."""
    legacy = 100_000 if isinstance(item, ProbeItem) else 0
    return legacy + LIFE.index(item.status) * 10_000 + max(0, 1000 - len(item.apps))


def _table_keys(items: Sequence[TableItem], estate: Estate, tables: Tables) -> dict[str, str]:
    """Tables of one base name in one app's (or one stem's) datasets, joined over views of the same name."""
    owner = {dataset: app.name for app in estate.apps.values() for dataset in (*app.datasets, app.name)}
    above: dict[str, str] = {}

    def root(key: str) -> str:
        while above.get(key, key) != key:
            key = above[key]
        return key

    def own(item: TableItem) -> str:
        place = place_of(item.dataset, item.table)
        project = "" if item.project == SHARED_PROJECT else item.project
        return f"table {project} {owner.get(place.stem, place.stem)}.{place.table}"

    for item in items:
        if item.layer != "view" or len(item.upstream) != 1:
            continue  # a union over several apps is a table of its own
        beneath = tables.get(item.upstream[0])
        if beneath is None:
            continue
        if place_of(beneath.dataset, beneath.table).table == place_of(item.dataset, item.table).table:
            above[root(own(beneath))] = root(own(item))
    return {item.id: root(own(item)) for item in items}


def _table_rank(item: TableItem, channel_rank: Mapping[str, int]) -> int:
    """The unsuffixed view over all channels first, then each channel's, then the layers, newest first."""
    place = place_of(item.dataset, item.table)
    rank = _LAYER_RANK.get(item.layer, 400) + channel_rank.get(place.stem, 0) * 30
    if place.version:
        rank += max(0, 20 - place.version)
    return rank + LIFE.index(item.status) * 10_000
