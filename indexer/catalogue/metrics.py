"""Glean metrics: one item for each origin and name, with all apps, channels and columns of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

from indexer.catalogue.annotations import Annotations
from indexer.catalogue.columns import (
    ALL_PINGS,
    PingPlace,
    Places,
    column_path,
    column_ref,
    info_section,
    pings_of,
    users_of,
)
from indexer.catalogue.model import App, Channel, Estate, humanise
from indexer.catalogue.tables import Tables
from indexer.model.column_names import underscored
from indexer.model.definitions import MetricDefinition
from indexer.model.items import SHARED_PROJECT, MetricItem
from indexer.model.last_day import ENDED, expired_since, last_day
from indexer.model.literals import Status
from indexer.model.liveness import Clock, channels_of, status_of, summary
from indexer.model.parts import ChannelStatus, ColumnRef
from indexer.model.records import RepositoryMetric, RepositoryTag
from indexer.model.replace import replace

MOST_RELATED = 200  # a metric that every ping carries is found by a filter, not by a list of thousands


@dataclass(frozen=True, slots=True)
class Use:
    """A metric's definition as one channel collects it."""

    app: App
    channel: Channel
    in_source: bool
    definition: MetricDefinition
    expired_since: str = ""  # day since which it says "expired"
    past: tuple[MetricDefinition, ...] = ()  # earlier definitions, the newest first


class MetricMaker:
    """Makes metric items; remembers what many metrics share."""

    def __init__(
        self,
        estate: Estate,
        tables: Tables,
        places: Places,
        annotations: Annotations,
        now: Clock,
        problems: Counter[str],
        tags: Iterable[RepositoryTag] = (),
    ) -> None:
        self.estate = estate
        self.tables = tables
        self.places = places
        self.annotations = annotations
        self.now = now
        self.problems = problems
        self.tags = {(tag.v1_name, tag.name): tag.description for tag in tags if tag.description}
        self.users = users_of(estate)
        # apps as they are listed, the channels of each with release first
        app_ids = (c.listing.app_id for app in estate.apps.values() for c in app.channels)
        self.places_in_order = {app_id: place for place, app_id in enumerate(app_ids)}
        self._carriers: dict[tuple[str, tuple[str, ...], bool], tuple[str, ...]] = {}
        self._table_ids: dict[tuple[str, ...], tuple[str, ...]] = {}

    def items(self) -> list[MetricItem]:
        """Every metric that probeinfo knows."""
        grouped: dict[tuple[str, str], list[RepositoryMetric]] = {}
        for v1_name, metrics in self.estate.metrics.items():
            origin = self.estate.origins.get(v1_name)
            if origin is None:
                self.problems["metric of a repository that nobody names"] += len(metrics)
                continue
            for metric in metrics.values():
                if metric.history:
                    grouped.setdefault((origin, metric.name), []).append(metric)
                else:
                    self.problems["metric without any definition"] += 1
        return [self.item(origin, name, rows) for (origin, name), rows in grouped.items()]

    def item(self, origin: str, name: str, rows: Sequence[RepositoryMetric]) -> MetricItem:
        """One metric out of the same metric of several repositories; the newest definition speaks for it."""
        newest = max(rows, key=lambda row: (row.in_source, row.history[0].last, -row.history[0].reflog_last))
        definition = newest.history[0]
        every_use = self._uses(rows)
        former = self._former(name, every_use)
        uses = self._able_to_send(name, every_use, former)
        columns = self._columns(name, uses)
        states = self._states(uses)
        status, reason = summary(states) if states else self._unused(newest)
        apps = tuple(dict.fromkeys(use.app.name for use in uses))
        note = self.annotations.of("metric", origin, name)
        path = column_path(name, definition.type, definition.send_in_pings)
        experiments = self.annotations.experiments(name, apps)
        tables = tables_of(columns)
        return MetricItem(
            id=f"metric/{origin}/{name}",
            kind="metric",
            name=name,
            title=humanise(name),
            description=definition.description,
            commentary=note.commentary,
            warning=note.warning,
            apps=apps,
            app_titles=tuple(self.estate.apps[app].title for app in apps),
            pings=self._pings(definition, columns),
            type=definition.type,
            tables=tables,
            datasets=tuple(dict.fromkeys(table.split(".", 1)[0] for table in tables)),
            status=status,
            status_reason=reason,
            sampled=bool(experiments),
            tags=tuple(dict.fromkeys((*definition.tags, *note.tags))),
            sensitivity=definition.sensitivity,
            added=min(entry.first for row in rows for entry in row.history)[:10],
            changed=definition.first[:10],
            expires=definition.expires,
            owners=definition.emails,
            bugs=tuple(dict.fromkeys((*definition.bugs, *definition.data_reviews))),
            aliases=tuple(x for x in (path, definition.telemetry_mirror, _glam(name, path)) if x),
            labels=(*definition.labels, *(key.name for key in definition.extra_keys)),
            related=self._related(origin, definition, columns, tables),
            origin=origin,
            in_source=newest.in_source,
            definition=definition,
            history=newest.history,
            columns=columns,
            former=former,
            channel_status=states,
            features=note.features,
            experiments=experiments,
            tag_meanings={
                tag: self.tags[newest.v1_name, tag]
                for tag in definition.tags
                if (newest.v1_name, tag) in self.tags
            },
        )

    def _uses(self, rows: Sequence[RepositoryMetric]) -> list[Use]:
        """Each channel once, by the newest of the variants that it depends on."""
        found: dict[str, Use] = {}
        for row in sorted(rows, key=lambda row: (row.in_source, row.history[0].last), reverse=True):
            for app, channel in self.users.get(row.v1_name, ()):
                newest, *past = row.history
                use = Use(app, channel, row.in_source, newest, expired_since(row.history), tuple(past))
                found.setdefault(channel.listing.app_id, use)
        return sorted(found.values(), key=lambda use: self.places_in_order[use.channel.listing.app_id])

    def _able_to_send(self, name: str, uses: list[Use], former: Sequence[ColumnRef]) -> list[Use]:
        """The uses of apps that have one of its pings: of a library's metrics an app gets all, and sends
        those whose ping it has, or had (`former`). All where no app has one."""
        apps = {use.app.name for use in uses if self._carried_by(name, use)} | {row.app for row in former}
        return [use for use in uses if use.app.name in apps] or uses

    def _carried_by(self, name: str, use: Use) -> tuple[str, ...]:
        wanted = use.definition.send_in_pings
        # client_id alone depends on more than on where it is sent.
        key = (use.channel.listing.app_id, wanted, name == "client_id")
        if key not in self._carriers:
            pings = self.estate.channel_pings[use.channel.listing.app_id]
            self._carriers[key] = pings_of(name, wanted, pings, self.places, use.app, use.channel)
        return self._carriers[key]

    def _columns(self, name: str, uses: Sequence[Use]) -> tuple[ColumnRef, ...]:
        """The view over all channels first, then each channel."""
        found: list[ColumnRef] = []
        seen: set[tuple[str, str]] = set()
        for use in uses:
            kind = use.definition.type
            path = column_path(name, kind, use.definition.send_in_pings)
            for ping in self._carried_by(name, use):
                if (use.app.name, ping) not in seen:
                    seen.add((use.app.name, ping))
                    together = self.places.of_all_channels(use.app, ping)
                    if together is not None:
                        found.append(column_ref(together, name, kind, path))
                found.append(column_ref(self.places.of_channel(use.app, use.channel, ping), name, kind, path))
        return tuple(found)

    def _former(self, name: str, uses: Sequence[Use]) -> tuple[ColumnRef, ...]:
        """Pings that an earlier definition names and the newest does not, where the column is still there."""
        found: dict[tuple[str, str, str], ColumnRef] = {}
        for use in uses:
            here = set(self._carried_by(name, use)) if use.past else set()
            for definition in use.past:
                if _special(definition) or definition.type == "event":
                    continue
                for ping, place in self._places_before(name, use, definition, here):
                    path = column_path(name, definition.type, definition.send_in_pings)
                    row = column_ref(place, name, definition.type, path)
                    if row.exists:
                        until = replace(row, note=f"sent in this ping until {definition.last[:10]}")
                        found.setdefault((use.app.name, place.app_id, ping), until)
        return tuple(found.values())

    def _places_before(
        self, name: str, use: Use, definition: MetricDefinition, here: Container[str]
    ) -> Iterator[tuple[str, PingPlace]]:
        """The pings of a definition that are not `here`, each with its view over all channels and its own."""
        pings = self.estate.channel_pings[use.channel.listing.app_id]
        for ping in pings_of(name, definition.send_in_pings, pings, self.places, use.app, use.channel):
            if ping not in here:
                together = self.places.of_all_channels(use.app, ping)
                for place in (together, self.places.of_channel(use.app, use.channel, ping)):
                    if place is not None:
                        yield ping, place

    def _states(self, uses: Sequence[Use]) -> tuple[ChannelStatus, ...]:
        found = []
        for use in uses:
            listing = use.channel.listing
            for channel in channels_of(listing.channel, use.definition.expires):
                status, reason = status_of(
                    use.definition.expires,
                    self.now,
                    channel=channel,
                    in_source=use.in_source,
                    last_seen=use.definition.last,
                    disabled=use.definition.disabled,
                    description=use.definition.description,
                    deprecated_app=use.app.title if listing.deprecated else "",
                )
                ended = self._last_day(use, channel) if status in ENDED else ""
                found.append(ChannelStatus(use.app.name, listing.app_id, channel, status, reason, ended))
        return tuple(found)

    def _last_day(self, use: Use, channel: str) -> str:
        removed = None if use.in_source else use.definition.last
        return last_day(
            use.definition.expires,
            self.now,
            channel=channel,
            removed=removed,
            expired_since=use.expired_since,
        )

    def _unused(self, newest: RepositoryMetric) -> tuple[Status, str]:
        """A library's metric that no app of the list depends on: what its definition says."""
        definition = newest.history[0]
        return status_of(
            definition.expires,
            self.now,
            in_source=newest.in_source,
            last_seen=definition.last,
            disabled=definition.disabled,
            description=definition.description,
        )

    def _pings(self, definition: MetricDefinition, columns: Sequence[ColumnRef]) -> tuple[str, ...]:
        declared = () if _special(definition) else definition.send_in_pings
        return tuple(dict.fromkeys((*declared, *(row.ping for row in columns))))

    def _related(
        self, origin: str, definition: MetricDefinition, columns: Sequence[ColumnRef], tables: tuple[str, ...]
    ) -> dict[str, tuple[str, ...]]:
        pings = dict.fromkeys(f"ping/{row.app}/{row.ping}" for row in columns)
        related = {"ping": tuple(pings)[:MOST_RELATED], "table": self._ids_of(tables)[:MOST_RELATED]}
        if definition.denominator:
            related["denominator"] = (f"metric/{origin}/{definition.denominator}",)
        return {relation: ids for relation, ids in related.items() if ids}

    def _ids_of(self, tables: tuple[str, ...]) -> tuple[str, ...]:
        if tables not in self._table_ids:
            ids = (self.tables.id_of(f"{SHARED_PROJECT}.{name}") for name in tables)
            self._table_ids[tables] = tuple(dict.fromkeys(key for key in ids if key))
        return self._table_ids[tables]


def tables_of(columns: Sequence[ColumnRef]) -> tuple[str, ...]:
    """The tables that hold it, those over all channels first; not those known to lack the column."""
    ordered = sorted(columns, key=lambda row: row.app_id != "")
    return tuple(dict.fromkeys(row.table for row in ordered if row.exists is not False))


def _special(definition: MetricDefinition) -> bool:
    wanted = definition.send_in_pings
    return bool(info_section(wanted)) or bool(ALL_PINGS.intersection(wanted))


def _glam(name: str, path: str) -> str:
    """The snake-cased name, where the column does not end in it anyway."""
    return "" if path.endswith(underscored(name)) or "." not in name else underscored(name)
