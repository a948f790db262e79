"""What the stages of the catalogue hand to each other, and what comes out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from indexer.model.definitions import PingDefinition
from indexer.model.items import AnyItem
from indexer.model.records import AppListing, RepositoryMetric, RepositoryPing
from indexer.model.table_records import Column

_JOINT = re.compile(r"[\s._\-/]+")


SharedColumns = Mapping[str, tuple[Column, ...]]  # the columns of schemas, by digest


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All joined things, ordered by id, and the columns that tables share by digest."""

    items: tuple[AnyItem, ...]
    schemas: SharedColumns
    counts: dict[str, int]  # kind -> items
    problems: dict[str, int]  # reason -> how often
    next_change: str = ""  # earliest ISO date after today on which a status changes by date


@dataclass(frozen=True, slots=True)
class Library:
    """A library's variant as one channel depends on it."""

    origin: str  # library_name
    v1_name: str


@dataclass(frozen=True, slots=True)
class Channel:
    """One app id with the repositories whose metrics and pings it sends."""

    listing: AppListing
    libraries: tuple[Library, ...]

    @property
    def repositories(self) -> tuple[tuple[str, str], ...]:
        """(origin, v1_name) of the app itself and of its libraries."""
        own = (self.listing.app_name, self.listing.v1_name)
        return (own, *((library.origin, library.v1_name) for library in self.libraries))


@dataclass(frozen=True, slots=True)
class App:
    """An application with its channels, release first."""

    name: str
    title: str
    channels: tuple[Channel, ...]
    deprecated: bool  # all of its channels are
    datasets: frozenset[str]


@dataclass(frozen=True, slots=True)
class ChannelPing:
    """A ping as one channel sends it."""

    name: str
    origin: str
    v1_name: str
    definition: PingDefinition | None  # None: only its table's schema is known
    in_source: bool
    known_from: str = "probeinfo"


@dataclass(frozen=True, slots=True)
class Estate:
    """The Glean half of the world: apps, origins, and which repository holds what."""

    apps: Mapping[str, App]
    origins: Mapping[str, str]  # v1_name -> origin
    metrics: Mapping[str, Mapping[str, RepositoryMetric]]  # v1_name -> name -> metric
    pings: Mapping[str, Mapping[str, RepositoryPing]]  # v1_name -> name -> ping
    without_metrics: frozenset[str]  # v1_names that probeinfo has no metrics file for
    # app_id -> ping -> it
    channel_pings: Mapping[str, Mapping[str, ChannelPing]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """One thing names another; what the other gets is known from the kinds."""

    source: str  # id
    target: str  # id
    relation: str  # under which the source shows the target
    back: str = ""  # under which the target shows the source; "" for not at all
    counts: bool = False  # as usage of the target


def humanise(name: str) -> str:
    """An identifier in words, the first with a capital: "search.in_content" -> "Search in content"."""
    words = _JOINT.sub(" ", name).strip()
    return words[:1].upper() + words[1:]
