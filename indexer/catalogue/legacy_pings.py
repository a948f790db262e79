"""Legacy pings: those of namespaces that no app lists. Their schemas say that they exist; what they are
and whether they still come in is told by the docs and the JSON schemas, where these say it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from indexer.catalogue.inputs import Inputs
from indexer.catalogue.model import Estate, humanise
from indexer.catalogue.pings import ping_aliases, related_to
from indexer.catalogue.tables import Tables
from indexer.model.column_names import underscored
from indexer.model.definitions import ExtraKey
from indexer.model.items import SHARED_PROJECT, PingItem
from indexer.model.literals import Status
from indexer.model.parts import PingTable
from indexer.model.records import DocSection
from indexer.model.table_records import PingSchema

NAMESPACE = "telemetry"  # of the pings that the docs name without saying whose they are
_HEADING = re.compile(r"[\"\u201c`']?([a-z][a-z0-9-]+)[\"\u201d`']? ping", re.IGNORECASE)
_STORES = re.compile(r"([a-z][a-z0-9_]+) (stores .{10,300})")  # of a list of tables
_REPLACING = re.compile(r"replacing the [\"\u201c]?([a-z][a-z0-9-]+)[\"\u201d]? ping")
_SHOWN = 3
MOST_NAMES = 100


@dataclass(frozen=True, slots=True)
class Words:
    """What a section of the docs says of a ping."""

    text: str
    section: str  # id of its item
    obsolete: bool


class PingDocs:
    """What the data docs say of legacy pings: in a section of its own, or in a list of tables."""

    def __init__(self, sections: Iterable[DocSection]) -> None:
        self._by_table: dict[tuple[str, str], Words] = {}  # dataset, table
        self.replaced: dict[str, str] = {}  # ping of NAMESPACE -> the one that replaced it
        for section in sections:
            heading = _HEADING.fullmatch(section.heading)
            if heading:
                self._add(NAMESPACE, underscored(heading[1].lower()), section.text, section)
                for old in _REPLACING.findall(section.text):
                    self.replaced.setdefault(old, heading[1].lower())
            dataset = section.heading.strip("`")
            for table, stores in (
                found.groups() for found in map(_STORES.match, section.text.split("\n")) if found
            ):
                self._add(dataset, table, stores[:1].upper() + stores[1:], section)

    def of(self, dataset: str, table: str) -> Words | None:
        """The words for the ping of a table, None where there are none."""
        return self._by_table.get((dataset, table))

    def _add(self, dataset: str, table: str, text: str, section: DocSection) -> None:
        key = f"doc/{section.path}#{section.slug}" if section.slug else f"doc/{section.path}"
        if text:
            self._by_table.setdefault((dataset, table), Words(text, key, section.obsolete))


def legacy_pings(inputs: Inputs, estate: Estate, tables: Tables, today: date) -> list[PingItem]:
    """One item for each ping of a namespace that no app lists."""
    listed = {channel.listing.namespace for app in estate.apps.values() for channel in app.channels}
    grouped: dict[tuple[str, str], list[PingSchema]] = {}
    for schema in inputs.ping_schemas:
        if schema.namespace not in listed:
            grouped.setdefault((schema.namespace, schema.ping), []).append(schema)
    docs = PingDocs(inputs.docs)
    return [_legacy_ping(*key, rows, tables, docs, today) for key, rows in grouped.items()]


def _legacy_ping(
    namespace: str, name: str, rows: Sequence[PingSchema], tables: Tables, docs: PingDocs, today: date
) -> PingItem:
    newest = max(rows, key=lambda row: row.version)
    stem, table = underscored(namespace), underscored(name)
    held = _tables(stem, table, rows, tables)
    known = [each.name for each in held if each.exists]
    words = docs.of(stem, table)
    status, reason = _state(namespace, name, newest, words, docs, today)
    if status == "unknown" and (readers := _scheduled(known, tables)):
        reason += f"; that tables are made of it on a schedule ({readers}) does not say so either"
    related: Mapping[str, tuple[str, ...]] = {"described_by": (words.section,)} if words else {}
    return PingItem(
        id=f"ping/{namespace}/{name}",
        kind="ping",
        name=name,
        title=f"{humanise(name)} ping of {humanise(namespace)} (legacy)",
        description=words.text if words else newest.description,
        commentary=newest.description if words else "",
        pings=(name,),
        type="legacy",
        tables=tuple(each.split(".", 1)[1] for each in known),
        datasets=(stem,),
        status=status,
        status_reason=reason,
        aliases=ping_aliases(name, [namespace]),
        labels=_names_of(newest.fields),
        related={**related_to("", known, tables), **related},
        app=namespace,
        origin=namespace,
        legacy=True,
        retention={"": newest.retention_days} if newest.retention_days else {},
        ping_tables=held,
        schema_fields=newest.fields,
    )


def _tables(stem: str, table: str, rows: Sequence[PingSchema], tables: Tables) -> tuple[PingTable, ...]:
    view = f"{SHARED_PROJECT}.{stem}.{table}"
    found = [PingTable(view, "view", "", "", True)] if tables.get(view) is not None else []
    for row in sorted(rows, key=lambda row: -row.version):
        for layer in ("stable", "live"):
            full = f"{SHARED_PROJECT}.{stem}_{layer}.{table}_v{row.version}"
            found.append(PingTable(full, layer, "", "", tables.get(full) is not None))
    return tuple(found)


def _state(
    namespace: str, name: str, schema: PingSchema, words: Words | None, docs: PingDocs, today: date
) -> tuple[Status, str]:
    """What upstream says of its end; most says nothing."""
    if schema.collected_until and schema.collected_until < today.isoformat():
        return "expired", f"collected until {schema.collected_until}, as its schema says"
    if namespace == NAMESPACE and (newer := docs.replaced.get(name)):
        return "deprecated", f"replaced by the {newer} ping, as the data docs say"
    if words is not None and words.obsolete:
        return "deprecated", "described in the obsolete part of the data docs"
    if schema.placeholder:
        return "unknown", "a legacy ping, and its schema is a placeholder: nobody wrote down what is in it"
    if words is not None:
        return "unknown", "a legacy ping: nothing that is published says whether it still comes in"
    return "unknown", "a legacy ping: only its schema says that it exists"


def _names_of(fields: Iterable[ExtraKey]) -> tuple[str, ...]:
    """What its fields are called; "*" stands for keys that the schema does not name."""
    names = dict.fromkeys(key.name.split(".")[-1] for key in fields)
    return tuple(name for name in names if name != "*")[:MOST_NAMES]


def _scheduled(known: Iterable[str], tables: Tables) -> str:
    """The first few tables that a schedule makes of a ping's tables, "" where there are none."""
    found: dict[str, None] = {}
    for name in known:
        table = tables.get(name)
        for reader in table.downstream if table else ():
            made = tables.get(reader)
            if made is not None and made.dag and made.layer == "derived" and made.status == "active":
                found[made.name] = None
    more = len(found) - _SHOWN
    return ", ".join(list(found)[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
