"""An item as the index sees it: which text goes to which group, which facets, names and sort keys.

The only place that turns an item into a document. What a group, a kind or a state
is worth is not decided here but in indexer/index/weights.py, at query time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from indexer.index.documents.item_texts import (
    DESCRIPTION_LIMIT,
    PROSE_LIMIT,
    counted,
    gist_of,
    named,
    pieces_of,
    plain,
    short_name,
    stream_of,
    texts_of,
    told_terms,
)
from indexer.model.card import Card
from indexer.model.items import (
    AnyItem,
    DashboardItem,
    DocItem,
    MeasureItem,
    MetricItem,
    PingItem,
    ProbeItem,
    TableItem,
)
from indexer.model.replace import replace
from indexer.model.table_records import Column
from indexer.text.analysis import spelling_key, words
from indexer.text.names import name_keys, name_stems
from indexer.text.plain_text import plain_text

GROUPS = ("name", "label", "prose", "column")
FACETS = ("kind", "app", "ping", "type", "table", "dataset", "status", "tag", "sensitivity")
# filters that are not offered as facets; `carried`: see carried_by
LOOKUPS = ("owner", "bug", "layer", "carried", "extra", "label", "sql")

PATHS_KEPT = 12_000  # characters of a schema's column paths that are looked through for a snippet
COLUMN_WORD = 1.0  # each distinct word of column names counts once, however many columns hold it
SQL_WORDS = 5_000  # different words of one SQL text that are looked for
_SQL_WORD = re.compile(r"[A-Za-z_]\w+")
_BUG = re.compile(r"\d{5,8}")


@dataclass(frozen=True, slots=True)
class Document:
    """What is written of one item."""

    id: str
    kind: str
    family: str
    family_rank: int
    groups: Mapping[str, Mapping[str, float]]  # group -> term -> how often, a fraction where it counts less
    stream: tuple[str, ...]  # terms in order, "" where no phrase may cross
    facets: dict[str, tuple[str, ...]]
    keys: dict[str, float]  # spelling key -> how surely it names this item, up to 1
    card: Card
    surface: tuple[str, ...]  # words that may be completed and corrected: of names, titles, labels; each once
    usage: int = 0
    added: int = 0  # day number, 0 where unknown
    changed: int = 0
    removed: int = 0  # the last day that it was seen in the source, 0 for what is still there
    expires_day: int = 0
    expires_version: int = 0  # -1: never
    schema: str = ""  # digest of a table's columns
    stems: tuple[str, ...] = ()  # its names as stems joined by "_"
    name_key: str = ""  # spelling key of the canonical name, for near misses
    said: tuple[str, ...] = ()  # words of its description as people write them, each once
    # what it is about, as terms without small words: of names, of what is said first of it, of what is asked
    gist: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnText:
    """What the columns of one schema give to every table that shares it."""

    terms: dict[str, float] = field(default_factory=dict)
    paths: str = ""  # the paths, one a line, for snippets


def to_document(item: AnyItem, columns: ColumnText | None = None) -> Document:
    """The document of one item; `columns` are those of a table's schema."""
    return with_columns(own_document(item), columns)


def with_columns(document: Document, columns: ColumnText | None) -> Document:
    """A table's document with the words of its columns."""
    return replace(document, groups={**document.groups, "column": columns.terms}) if columns else document


def own_document(item: AnyItem) -> Document:
    """The document of one item without columns that it shares with others: all that the item alone says."""
    name, label, prose = texts_of(item)
    groups: dict[str, Mapping[str, float]] = {
        "name": named(name),
        "label": counted(label),
        "prose": counted(prose),
        "column": counted([item.section.code[:PROSE_LIMIT]]) if isinstance(item, DocItem) else {},
    }
    card = _card(item)
    surface = [*(text for text, _ in name), *(text for text in label if text not in item.asked)]
    version, day = _expiry(item.expires)
    return Document(
        id=item.id,
        kind=item.kind,
        family=item.family or item.id,
        family_rank=item.family_rank,
        groups=groups,
        stream=stream_of([*(text for text, weight in name if weight >= 1.0), *label, *prose]),
        facets=_facets(item),
        keys=name_keys(item),
        card=card,
        surface=pieces_of(surface),
        said=pieces_of([plain(_said(item), DESCRIPTION_LIMIT)]),
        usage=item.usage,
        added=day_number(item.added),
        changed=day_number(item.changed),
        removed=_removed(item),
        expires_day=day,
        expires_version=version,
        schema=item.schema_digest if isinstance(item, TableItem) else "",
        stems=name_stems(item),
        name_key=spelling_key(short_name(item)),
        gist=tuple(map(told_terms, gist_of(item))),
    )


def column_text(columns: Sequence[Column]) -> ColumnText:
    """The words of a schema's column names, and each whole leaf name as one term."""
    paths = dict.fromkeys(column.path for column in columns)
    segments = {segment for path in paths for segment in path.split(".")}
    leaves = {path.rpartition(".")[2] for path in paths}
    terms = {word: COLUMN_WORD for segment in segments for word in _segment_words(segment)}
    terms.update((column_term(leaf), COLUMN_WORD) for leaf in leaves if not leaf.isalpha())
    kept = "\n".join(paths)
    if len(kept) > PATHS_KEPT:
        kept = kept[:PATHS_KEPT].rpartition("\n")[0]
    return ColumnText(terms, kept)


@lru_cache(maxsize=200_000)  # a name stands in the schemas of many pings and channels
def _segment_words(segment: str) -> tuple[str, ...]:
    return tuple(words(segment))


@lru_cache(maxsize=200_000)
def column_term(leaf: str) -> str:
    """The term under which a column's whole leaf name is found: days_seen_bits as one word."""
    return "=" + spelling_key(leaf)


def day_number(text: str) -> int:
    """Days since the year 1 of an ISO date, 0 where there is none."""
    try:
        return date.fromisoformat(text[:10]).toordinal()
    except ValueError:
        return 0


def _facets(item: AnyItem) -> dict[str, tuple[str, ...]]:
    layer: str = item.layer if isinstance(item, TableItem) else ""
    if isinstance(item, DashboardItem):
        layer = item.type
    values: dict[str, Iterable[str]] = {
        "kind": (item.kind,),
        "app": item.apps or ((item.platform,) if isinstance(item, MeasureItem) else ()),
        "ping": item.pings,
        "type": (item.type,),
        "table": item.tables,
        "dataset": item.datasets,
        "status": (item.status,),
        "tag": item.tags,
        "sensitivity": item.sensitivity,
        "owner": (owner.lower() for owner in item.owners),
        "bug": (number for bug in item.bugs for number in _BUG.findall(bug)[-1:]),
        "layer": (layer,),
        "carried": carried_by(item),
        "extra": _extras(item),
        "label": _own_labels(item),
        "sql": sql_words(item.sql) if isinstance(item, TableItem) else (),
    }
    return {name: tuple(dict.fromkeys(filter(None, found))) for name, found in values.items()}


def _extras(item: AnyItem) -> Iterable[str]:
    """The extra keys of an event."""
    if isinstance(item, MetricItem) and item.definition:
        return (extra.name for extra in item.definition.extra_keys)
    if isinstance(item, ProbeItem):
        return (extra for definition in item.definitions for extra in definition.extra_keys)
    return ()


def _own_labels(item: AnyItem) -> Iterable[str]:
    """The labels that a labelled metric or a categorical histogram may have."""
    if isinstance(item, MetricItem) and item.definition:
        return item.definition.labels
    if isinstance(item, ProbeItem):
        return (label for definition in item.definitions for label in definition.labels)
    return ()


def sql_words(sql: str) -> tuple[str, ...]:
    """The words of an SQL text once each, in lower case: names and keywords, without its numbers."""
    return tuple(dict.fromkeys(word.lower() for word in _SQL_WORD.findall(sql)))[:SQL_WORDS]


def _removed(item: AnyItem) -> int:
    """The day on which a removed metric or ping was last seen; of a probe only versions are known."""
    if item.status == "removed" and isinstance(item, MetricItem | PingItem) and item.definition:
        return day_number(item.definition.last)
    return 0


def carried_by(item: AnyItem) -> tuple[str, ...]:
    """`app/ping` of the pings that carry a metric, where they are not simply all its pings in all its apps.

    A client_id goes in the baseline pings of every app, and in the crash pings of some: filters of
    an app and a ping together must not find it in a ping that lacks it.
    """
    if not isinstance(item, MetricItem) or len(item.apps) * len(item.pings) < 2:
        return ()
    pairs = dict.fromkeys(f"{row.app}/{row.ping}" for row in item.columns)
    return tuple(pairs) if len(pairs) < len(item.apps) * len(item.pings) else ()


def _expiry(expires: str) -> tuple[int, int]:
    """(major version, day number) of an expiry, 0 where it is not of that sort, version -1 for never."""
    if expires == "never":
        return -1, 0
    if expires.isdigit() and len(expires) <= 4:
        return int(expires), 0
    return 0, day_number(expires)


def _said(item: AnyItem) -> str:
    return item.description or (item.section.text if isinstance(item, DocItem) else "")


def _card(item: AnyItem) -> Card:
    return Card(
        id=item.id,
        kind=item.kind,
        name=item.name,
        title=item.title,
        # with its addresses: "see" of nothing says nothing
        description=plain_text(_said(item), DESCRIPTION_LIMIT, addresses=True),
        app=item.apps,
        app_title=item.app_titles,
        ping=item.pings,
        type=item.type,
        table=item.tables[:5],
        table_count=len(item.tables),
        dataset=item.datasets,
        status=item.status,
        status_reason=item.status_reason,
        sampled=item.sampled,
        tags=item.tags,
        sensitivity=item.sensitivity,
        added=item.added,
        changed=item.changed,
        expires=item.expires,
        project=item.project if isinstance(item, TableItem) else "",
    )
