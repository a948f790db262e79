"""Every exact name of an item, as spelling keys: what a person may paste to mean just this one (rule 9)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.model.items import (
    AnyItem,
    AppItem,
    DashboardItem,
    DocItem,
    ExploreItem,
    MeasureItem,
    ProbeItem,
    RoutineItem,
    TableItem,
    ToolItem,
)
from indexer.text.analysis import spelling_key, words

OWN = 1.0  # its name as it is
ALIAS = 0.9  # a column path, a mirror, an app id
SHORT = 0.8  # without the dataset: several tables may share it
TITLE = 0.7  # words that people say, not only this thing's name
VERSIONLESS = 0.05  # what is taken off for a missing version: telemetry_derived.main_v5 as main
SHORTEST = 2  # letters of the shortest key: "x" names nothing

_VERSION = re.compile(r"_v\d+$")


def name_keys(item: AnyItem) -> dict[str, float]:
    """Spelling key -> how surely it names this item; the surest where two of its names share a key."""
    keys: dict[str, float] = {}
    for text, sure in _names(item):
        key = spelling_key(text)
        if len(key) >= SHORTEST and sure > keys.get(key, 0.0):
            keys[key] = sure
    return keys


def name_stems(item: AnyItem) -> tuple[str, ...]:
    """An item's names as the stems of their words, joined by "_": what is the same when inflected.

    >>> "_".join(words("Tab counts")) == "_".join(words("tab_count"))
    True
    """
    texts = [item.name, item.title] if isinstance(item, AppItem | ToolItem) else [item.name]
    if isinstance(item, TableItem):
        texts = [item.table, f"{item.dataset}.{item.table}"]
    elif isinstance(item, ProbeItem):
        texts = [item.name.partition("/")[2]]
    elif isinstance(item, DocItem):
        texts = [] if item.section.obsolete else [item.title]
    return tuple(dict.fromkeys(stems for text in texts if (stems := "_".join(words(text)))))


def _names(item: AnyItem) -> list[tuple[str, float]]:
    shared = isinstance(
        item, MeasureItem | ExploreItem | DashboardItem
    )  # several platforms define one of this name
    names = [(item.name, SHORT if shared else OWN), *((alias, ALIAS) for alias in item.aliases)]
    if isinstance(item, TableItem):
        names += _table_names(item)
    elif isinstance(item, ProbeItem):
        names += [(item.name.partition("/")[2], OWN)]
    elif isinstance(item, DocItem):
        names += _doc_names(item)
    elif isinstance(item, MeasureItem):
        names += [(f"{item.platform}.{item.name}", OWN), (item.title, TITLE)]
    elif isinstance(item, ExploreItem):
        names += [(f"{item.namespace}.{item.name}", OWN), (item.title, TITLE)]
    elif isinstance(item, RoutineItem):
        names += [(item.routine, SHORT)]
    elif isinstance(item, DashboardItem):
        names += [(item.title, TITLE)]
    elif isinstance(item, AppItem | ToolItem):
        names += [(item.title, ALIAS)]
    return names


def _doc_names(item: DocItem) -> Iterator[tuple[str, float]]:
    """A heading says little by itself ("Accessing the data"); with its page's title it is this one.

    Alone, one of the obsolete part names nothing: who asks for churn means no dataset that went in 2019.
    """
    page, section = item.name.partition("#")[0], item.section
    begins = not section.slug or section.level <= 1
    yield f"{item.title} {section.page_title}", TITLE
    if begins:
        yield from ((page, OWN), (page.removesuffix(".md"), ALIAS))
    if not section.obsolete:
        yield from ((item.title, TITLE), *([(section.page_title, TITLE)] if begins else []))


def _table_names(item: TableItem) -> list[tuple[str, float]]:
    names = [
        (f"{item.project}.{item.dataset}.{item.table}", OWN),
        (f"{item.dataset}.{item.table}", OWN),
        (item.table, SHORT),
    ]
    if item.layer == "view":
        # User-facing views are read through the project mozdata (rule 6).
        names.append((f"mozdata.{item.dataset}.{item.table}", OWN))
    if _VERSION.search(item.table):
        names += [(_VERSION.sub("", text), sure - VERSIONLESS) for text, sure in list(names)]
    return names
