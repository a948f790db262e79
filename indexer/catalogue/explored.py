"""In which Looker explores a metric or a probe can be found: those that read a table which holds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from indexer.catalogue.model import Link
from indexer.model.items import MetricItem, ProbeItem

MOST = 12  # of one metric: that of every ping of every app would have them all


def explored_links(
    items: Iterable[MetricItem | ProbeItem], explore_links: Sequence[Link], derived: Sequence[Link]
) -> list[Link]:
    """From each metric and probe to the explores of its own tables, then of the tables made of it.

    `explore_links` say which tables an explore reads, `derived` which tables are made of what.
    """
    explores = _explores_by_table(explore_links)
    made: dict[str, list[str]] = {}
    for link in derived:
        made.setdefault(link.source, []).append(link.target)
    links = []
    for item in items:
        tables = (*item.related.get("table", ()), *made.get(item.id, ()))
        found = dict.fromkeys(explore for table in tables for explore in explores.get(table, ()))
        links += [Link(item.id, explore, "explore") for explore in list(found)[:MOST]]
    return links


def _explores_by_table(links: Iterable[Link]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for link in links:
        if link.relation == "table":
            found.setdefault(link.target, []).append(link.source)
    return found
