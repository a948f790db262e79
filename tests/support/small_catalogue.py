"""Small random catalogues, and generations of whatever items a test has.

Few words, so that they meet in names, labels, prose and columns; many namesakes, families,
equal scores and values that nothing has: the places where an engine goes wrong.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.catalogue.model import Catalogue
from indexer.index.build import make_documents
from indexer.index.documents.document import Document, column_text
from indexer.index.generation import (
    FOLDER,
    FORMAT_VERSION,
    Manifest,
    Opened,
    open_generation,
    switch_to,
    write_manifest,
)
from indexer.index.search_files import write_search_files
from indexer.model.definitions import ExtraKey, MetricDefinition
from indexer.model.items import (
    AnyItem,
    AppItem,
    DocItem,
    MetricItem,
    PingItem,
    ProbeItem,
    TableItem,
    ToolItem,
)
from indexer.model.records import DocSection
from indexer.model.table_records import Column
from indexer.store.writer import write_store

TODAY = "2026-07-01"
WORDS = (
    "search", "engine", "tab", "page", "load", "count", "counter", "time", "client", "clients", "daily",
    "crash", "startup", "bookmark", "password", "history", "gc", "ms", "content", "active", "ticks",
    "engagement", "browser", "event", "usage", "duration", "error", "wallpaper", "sync", "accessibility",
)  # fmt: skip
FILLER = ("the", "of", "how", "many", "is", "in", "a", "for", "sent", "when", "each", "user", "records")
APPS = (
    ("fenix", "Firefox for Android"),
    ("firefox_desktop", "Firefox for Desktop"),
    ("klar_ios", "Klar for iOS"),
)
PINGS = ("metrics", "baseline", "first-session", "crash")
TYPES = ("counter", "labeled_counter", "event", "timing_distribution", "boolean")
STATUSES = ("active", "active", "active", "expired", "removed", "disabled", "deprecated", "unknown")
TAGS = ("Search", "Tabs", "Privacy & Security")
LAYERS = ("view", "derived", "stable", "live", "other")


@dataclass(frozen=True, slots=True)
class Made:
    """A generation with what it was made of."""

    data_dir: Path
    opened: Opened
    documents: list[Document]
    columns: Mapping[str, tuple[Column, ...]]  # by schema digest


def generation_of(data_dir: Path, catalogue: Catalogue) -> Made:
    """A data folder whose current generation holds these items."""
    texts = {digest: column_text(columns) for digest, columns in catalogue.schemas.items()}
    documents = make_documents(catalogue, texts)
    folder = data_dir / FOLDER / "made"
    write_search_files(folder, documents, {d: text.paths for d, text in texts.items()})
    write_store(folder / "catalogue.sqlite", catalogue)
    write_manifest(
        folder, Manifest("made", f"{TODAY}T00:00:00+00:00", FORMAT_VERSION, {}, TODAY, {}, catalogue.counts)
    )
    switch_to(data_dir, "made")
    return Made(data_dir, open_generation(folder), documents, catalogue.schemas)


def random_catalogue(seed: int, size: int) -> Catalogue:
    """Items of chance, the same for the same seed."""
    chance = random.Random(seed)
    schemas = {f"digest{n}": _columns(chance) for n in range(4)}
    items: dict[str, AnyItem] = {}
    for name, title in APPS:
        items[f"app/{name}"] = AppItem(
            id=f"app/{name}", kind="app", name=name, title=title, description=_prose(chance), apps=(name,),
            app_titles=(title,), datasets=(name,), usage=chance.randrange(50),
        )  # fmt: skip
    for app, title in APPS[:2]:
        for ping in PINGS:
            items[f"ping/{app}/{ping}"] = PingItem(
                id=f"ping/{app}/{ping}", kind="ping", name=ping, title=ping.title(), apps=(app,), app=app,
                app_titles=(title,), pings=(ping,), origin=app, description=_prose(chance),
            )  # fmt: skip
    items["tool/glam"] = ToolItem(
        id="tool/glam", kind="tool", name="glam", title="GLAM", description=_prose(chance)
    )
    while len(items) < size:
        item = chance.choice((_metric, _metric, _metric, _table, _probe, _doc))(chance)
        items[item.id] = item
    ordered = tuple(items[id_] for id_ in sorted(items))
    return Catalogue(ordered, schemas, {}, {})


def _name(chance: random.Random, joint: str, most: int = 3) -> str:
    return joint.join(chance.choice(WORDS[:12] if chance.random() < 0.6 else WORDS) for _ in range(most))


def _prose(chance: random.Random) -> str:
    words = [chance.choice(WORDS if chance.random() < 0.6 else FILLER) for _ in range(chance.randrange(30))]
    if chance.random() < 0.3:
        words.append(
            chance.choice(("duckDuckGo", "BigQuery", "`clients_daily`", "<b>bold</b>", "FxA", "日本"))
        )
    return " ".join(words).capitalize()


def _some(chance: random.Random, values: Sequence[str], most: int) -> tuple[str, ...]:
    return tuple(chance.sample(values, chance.randrange(min(most, len(values)) + 1)))


def _metric(chance: random.Random) -> AnyItem:
    name = (
        _name(chance, ".", 2) if chance.random() < 0.5 else f"{_name(chance, '.', 1)}.{_name(chance, '_', 2)}"
    )
    origin = chance.choice(("fenix", "firefox_desktop", "gecko"))
    apps = _some(chance, APPS, 2)
    return MetricItem(
        id=f"metric/{origin}/{name}", kind="metric", name=name, title=name.replace(".", " "), origin=origin,
        description=_prose(chance), apps=tuple(a for a, _ in apps), app_titles=tuple(t for _, t in apps),
        pings=_some(chance, PINGS, 2), type=chance.choice(TYPES), tables=_some(chance, ("fenix.metrics",), 1),
        datasets=_some(chance, ("fenix", "telemetry"), 1), status=chance.choice(STATUSES),
        tags=_some(chance, TAGS, 2), sensitivity=_some(chance, ("technical", "interaction"), 1),
        added=chance.choice(("", "2024-03-01", "2025-07-01", "2026-06-15")),
        expires=chance.choice(("never", "", "120", "150", "2026-09-01")),
        owners=_some(chance, ("Perf@mozilla.com", "search@mozilla.com"), 2),
        bugs=_some(chance, ("https://bugzilla.mozilla.org/show_bug.cgi?id=1234567", "1500000"), 1),
        labels=_some(chance, WORDS, 4), family=f"metric/{name}" if chance.random() < 0.7 else "",
        family_rank=chance.randrange(3), usage=chance.choice((0, 0, 1, 5, 300)),
        aliases=(f"metrics.counter.{name.replace('.', '_')}",),
        changed=chance.choice(("", "2025-01-01", "2026-06-20")), definition=_definition(chance),
    )  # fmt: skip


def _definition(chance: random.Random) -> MetricDefinition | None:
    """What filters of labels, extra keys and removal look at."""
    if chance.random() < 0.4:
        return None
    extras = tuple(ExtraKey(name) for name in _some(chance, WORDS[:8], 2))
    last = chance.choice(("2024-05-01 10:00:00", "2026-05-01 10:00:00"))
    return MetricDefinition(
        "event",
        "",
        "2020-01-01 00:00:00",
        last,
        0,
        "never",
        labels=_some(chance, WORDS, 2),
        extra_keys=extras,
    )


def _probe(chance: random.Random) -> AnyItem:
    name = _name(chance, "_", 2).upper()
    return ProbeItem(
        id=f"probe/histogram/{name}", kind="probe", name=f"histogram/{name}", title=name,
        probe_type="histogram", description=_prose(chance), apps=("firefox_desktop",),
        app_titles=("Firefox for Desktop",), type="histogram", status=chance.choice(STATUSES),
        usage=chance.choice((0, 2)),
    )  # fmt: skip


def _table(chance: random.Random) -> AnyItem:
    layer, table = chance.choice(LAYERS), _name(chance, "_", 2) + chance.choice(("", "", "_v1", "_v2"))
    dataset = chance.choice(("telemetry", "fenix", "telemetry_derived"))
    return TableItem(
        id=f"table/moz-fx-data-shared-prod.{dataset}.{table}", kind="table", name=f"{dataset}.{table}",
        title=table, project="moz-fx-data-shared-prod", dataset=dataset, table=table, layer=layer, type=layer,
        description=_prose(chance), tables=(f"{dataset}.{table}",), datasets=(dataset,),
        apps=("fenix",) if dataset == "fenix" else (),
        schema_digest=chance.choice(("", "digest0", "digest1")),
        family=f"table/{table.partition('_v')[0]}", family_rank=LAYERS.index(layer),
        usage=chance.randrange(40), sql=chance.choice(("", f"SELECT {_name(chance, '_', 1)} FROM {table}")),
    )  # fmt: skip


def _doc(chance: random.Random) -> AnyItem:
    page, slug = (
        f"{_name(chance, '_', 1)}/{_name(chance, '_', 1)}.md",
        chance.choice(("", _name(chance, "-", 2))),
    )
    text = _prose(chance)
    section = DocSection(
        path=page, slug=slug, heading=slug or "Top", page_title=_name(chance, " ", 2).title(),
        level=2 if slug else 1, text=text, breadcrumb=(_name(chance, " ", 1),),
        code=f"SELECT {_name(chance, '_', 2)}",
    )  # fmt: skip
    name = f"{page}#{slug}" if slug else page
    return DocItem(
        id=f"doc/{name}", kind="doc", name=name, title=slug.replace("-", " ") or section.page_title,
        description=text[:40], section=section,
    )  # fmt: skip


def _columns(chance: random.Random) -> tuple[Column, ...]:
    paths = {f"{_name(chance, '_', 1)}.{_name(chance, '_', 2)}" for _ in range(6)} | {"client_info.app_build"}
    return tuple(Column(path, "STRING") for path in sorted(paths))
