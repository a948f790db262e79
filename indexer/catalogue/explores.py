"""Looker explores: where a product dashboard starts, and which tables it reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from indexer.catalogue.model import Estate, Link, humanise
from indexer.catalogue.tables import Tables
from indexer.model.items import ExploreItem
from indexer.model.records import LookerExplore


def explore_items(
    records: Sequence[LookerExplore], estate: Estate, tables: Tables, problems: Counter[str]
) -> tuple[list[ExploreItem], list[Link]]:
    """One item for each explore, and what each reads."""
    items, links = [], []
    for record in records:
        ids = list(dict.fromkeys(key for name in record.tables if (key := tables.id_of(name))))
        unknown = sum(1 for name in record.tables if not tables.id_of(name))
        problems["table that an explore names and nobody knows"] += unknown
        app = estate.apps.get(record.namespace)
        names = tuple(dict.fromkeys(".".join(name.split(".")[-2:]) for name in record.tables))
        item = ExploreItem(
            id=f"explore/{record.namespace}/{record.name}",
            kind="explore",
            name=record.name,
            title=f"{humanise(record.name)} in {record.namespace_title or humanise(record.namespace)}",
            apps=(app.name,) if app else (),
            app_titles=(app.title,) if app else (),
            type=record.type.removesuffix("_explore"),
            tables=names,
            datasets=tuple(dict.fromkeys(name.split(".", 1)[0] for name in names)),
            owners=record.owners,
            aliases=(f"{record.namespace}.{record.name}",),
            labels=record.views,
            namespace=record.namespace,
            views=record.views,
            glean_app=record.glean_app,
        )
        items.append(item)
        links += [Link(item.id, key, "table", "explore", True) for key in ids]
        links += [Link(item.id, key, "ping", "explore", True) for key in _pings(ids, tables)]
        if app:
            links.append(Link(item.id, f"app/{app.name}", "app", "explore", True))
    return items, links


def _pings(ids: Sequence[str], tables: Tables) -> list[str]:
    """The pings whose tables it reads directly."""
    return list(dict.fromkeys(tables.items[key].ping for key in ids if tables.items[key].ping))
