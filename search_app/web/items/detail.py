"""What only the page of one kind has: typed values for its template and for its JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from indexer.model.items import (
    AnyItem,
    AppItem,
    DocItem,
    ExploreItem,
    MetricItem,
    PingItem,
    ProbeItem,
    RoutineItem,
    TableItem,
)
from search_app.engine.results import Results
from search_app.query.model import QueryProblem
from search_app.sql.routines import USED_FOR
from search_app.web.items.app import AppDetail, app_detail
from search_app.web.items.explore import ExploreDetail, explore_detail
from search_app.web.items.history import Entry, history_entries
from search_app.web.items.lists import listed
from search_app.web.items.matrix import (
    MatrixView,
    PingChannel,
    StatusGroup,
    matrix_view,
    ping_channels,
    status_groups,
)
from search_app.web.items.table import TableDetail, table_detail
from search_app.web.results.hit_view import HitView, present_hit
from search_app.web.state import Site

METRICS_SHOWN = 100
LONGEST_WORDS = 200


@dataclass(frozen=True, slots=True)
class ProbeDetail:
    """What the page of a legacy probe has."""

    statuses: tuple[StatusGroup, ...]
    matrix: MatrixView


@dataclass(frozen=True, slots=True)
class MetricDetail:
    """What the page of a metric has."""

    statuses: tuple[StatusGroup, ...]
    matrix: MatrixView
    history: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class PingDetail:
    """What the page of a ping has: its metrics are thousands in the largest, so a page of them."""

    history: tuple[Entry, ...]
    channels: tuple[PingChannel, ...]
    metrics: tuple[HitView, ...]
    metrics_total: int
    find: str
    of_type: str
    page: int
    pages: int
    told_by: DocItem | None = None  # the section of the docs whose text is its description, where one is

    @property
    def groups(self) -> tuple[tuple[str, tuple[HitView, ...]], ...]:
        """The metrics of this page by the first part of their category, living ones first."""
        found: dict[str, list[HitView]] = {}
        for hit in self.metrics:
            found.setdefault(hit.card.name.partition(".")[0], []).append(hit)
        return tuple(
            (name, tuple(sorted(hits, key=lambda hit: hit.card.status != "active")))
            for name, hits in found.items()
        )


@dataclass(frozen=True, slots=True)
class RoutineDetail:
    """What the page of a routine has."""

    used_for: str  # what queries of ours call it for; "" where none does


Detail = (
    AppDetail | PingDetail | MetricDetail | ProbeDetail | TableDetail | RoutineDetail | ExploreDetail | None
)


def detail_of(site: Site, item: AnyItem, parameters: Mapping[str, str]) -> Detail:
    """The detail of an item; None for kinds that have none.

    Raises QueryProblem for a parameter that is not what it must be.
    """
    if isinstance(item, AppItem):
        return app_detail(site, item)
    if isinstance(item, PingItem):
        return _ping_detail(site, item, parameters)
    if isinstance(item, MetricItem):
        statuses, matrix = status_groups(item.channel_status), _matrix(item, parameters)
        return MetricDetail(statuses, matrix, history_entries(item.history))
    if isinstance(item, ProbeItem):
        return ProbeDetail(status_groups(item.channel_status), _matrix(item, parameters))
    if isinstance(item, ExploreItem):
        return explore_detail(site, item)
    if isinstance(item, RoutineItem):
        return RoutineDetail(USED_FOR.get(item.name, ""))
    if isinstance(item, TableItem):
        words, path = parameters.get("find", "")[:LONGEST_WORDS], parameters.get("column", "")
        return table_detail(site, item, words, path, page_number(parameters, "part"))
    return None


def _ping_detail(site: Site, item: PingItem, parameters: Mapping[str, str]) -> PingDetail:
    page = page_number(parameters, "page")
    words, type_name = parameters.get("find", "")[:LONGEST_WORDS], parameters.get("of_type", "")
    results = ping_metrics(site, item, words, type_name, page, METRICS_SHOWN)
    return PingDetail(
        history=history_entries(item.history),
        channels=ping_channels(item),
        metrics=tuple(present_hit(hit) for hit in results.hits),
        metrics_total=results.total,
        find=words,
        of_type=type_name,
        page=page,
        pages=max(1, -(-results.total // METRICS_SHOWN)),
        told_by=_told_by(site, item),
    )


def _told_by(site: Site, item: PingItem) -> DocItem | None:
    for section in item.related.get("described_by", ()):
        found = site.engine.get(section)
        if isinstance(found, DocItem) and found.section.text == item.description:
            return found
    return None


def ping_metrics(site: Site, item: PingItem, words: str, type_name: str, page: int, size: int) -> Results:
    """The metrics of a ping, by name: thousands in the largest, so a page at a time."""
    filters = {"kind": "metric", "app": item.app, "ping": item.name, "type": type_name}
    return listed(site, size, "name", words, filters, page)


def _matrix(item: MetricItem | ProbeItem, parameters: Mapping[str, str]) -> MatrixView:
    return matrix_view(
        item.columns,
        parameters.get("in_app", ""),
        parameters.get("in_ping", ""),
        page_number(parameters, "rows"),
    )


def page_number(parameters: Mapping[str, str], name: str) -> int:
    """A page number of a parameter, 1 where it is not given. Raises QueryProblem where it is none."""
    text = parameters.get(name, "") or "1"
    if not re.fullmatch(r"[1-9][0-9]{0,5}", text, re.ASCII):
        raise QueryProblem(f"bad_{name}", f"{name} is a whole number from 1.", name)
    return int(text)
