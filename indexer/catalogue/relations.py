"""Who names whom: what an item's page lists as related, and how much an item is used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from indexer.catalogue.families import Place
from indexer.catalogue.model import Link
from indexer.catalogue.tables import Tables
from indexer.model.items import PingItem, TableItem

MOST = 200  # of one relation on one item: more is a search, not a list


def table_links(tables: Tables) -> list[Link]:
    """Which table reads which, and which ping a table holds."""
    links = []
    for item in tables.items.values():
        for name in item.upstream:
            if (key := tables.id_of(name)) and key != item.id:
                links.append(Link(item.id, key, "upstream", "downstream", True))
        if item.ping:
            links.append(Link(item.id, item.ping, "ping"))
    return links


def app_links(pings: Iterable[PingItem], tables: Iterable[TableItem]) -> list[Link]:
    """The pings of an app, and the derived tables that are made of them."""
    links = [Link(f"app/{ping.app}", ping.id, "ping") for ping in pings if not ping.legacy]
    for item in tables:
        if item.apps and not item.ping and item.layer in ("view", "derived"):
            links.append(Link(f"app/{item.apps[0]}", item.id, "table", "app"))
    return links


def mirror_links(mirrors: Mapping[str, str]) -> list[Link]:
    """A Glean metric and the legacy probe that it mirrors."""
    return [Link(metric, probe, "mirror", "mirror") for metric, probe in mirrors.items()]


def related(links: Sequence[Link], known: frozenset[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    """id -> relation -> ids, both ways, each relation bounded; links to what is not there are left out."""
    found: dict[str, dict[str, dict[str, None]]] = {}
    for link in links:
        if link.source not in known or link.target not in known:
            continue
        found.setdefault(link.source, {}).setdefault(link.relation, {})[link.target] = None
        if link.back:
            found.setdefault(link.target, {}).setdefault(link.back, {})[link.source] = None
    return {
        key: {relation: tuple(ids)[:MOST] for relation, ids in relations.items()}
        for key, relations in found.items()
    }


def usage(
    links: Sequence[Link], places: Mapping[str, Place], tables: Mapping[str, TableItem]
) -> Counter[str]:
    """id -> how many other things name it. What names an inner layer of a table names its face as well."""
    counted: Counter[str] = Counter()
    for source, target in {(link.source, link.target) for link in links if link.counts}:
        place = places.get(target)
        if place is None or source not in places or places[source].family == place.family:
            continue
        counted[target] += 1
        if target in tables and place.family != target:
            counted[place.family] += 1
    return counted
