"""What answers ask of a generation, and the shelf: measures and dashboards by the words of their titles.

A shelf is made once a generation, when the first question is asked of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from indexer.model.card import Card
from indexer.model.items import SHARED_PROJECT, AnyItem, DashboardItem, MeasureItem, ProbeItem, TableItem
from search_app.answers.rules import Rules, Trait, words_of
from search_app.sql import ColumnsOf
from search_app.tools import Context

# words that say how a measure is made or written, not what it measures
UNTOLD = frozenset(
    ("sum", "total", "number", "count", "of", "the", "a", "in", "glean", "legacy", "ms", "per", "all")
) | {"metric", "v1", "v2", "v3", "2", "3", "network", "present", "event", "any"}
MEASURE = "measure/metric/"
PER = "per"
AVERAGES = frozenset(words_of("average mean median rate ratio each every", ()))
READ = 2_000  # characters of a description that are read
DEPTH = 4  # views above each other that are followed to what is beneath


class Catalogue(Protocol):
    """One generation, as answers need it."""

    @property
    def context(self) -> Context:
        """Apps and explores, for queries."""
        ...

    @property
    def columns_of(self) -> ColumnsOf:
        """The columns of a table by its name."""
        ...

    def get(self, item_id: str) -> AnyItem | None:
        """The whole item, None where there is none of that id."""
        ...

    def items(self, kind: str) -> Iterator[AnyItem]:
        """Every item of a kind."""
        ...

    def shelf(self) -> Shelf:
        """What build_shelf made of this generation."""
        ...


@dataclass(frozen=True, slots=True)
class ShelvedMeasure:
    """A usable measure: its titles as sets of words, and its place among those of the same words."""

    id: str
    name: str
    wordings: tuple[frozenset[str], ...]
    # words that may be typed, and need not: of title and name those of UNTOLD, and the part of the product
    said: frozenset[str]
    per: frozenset[str]  # of what it is a share: an amount that is divided is none of the whole
    rank: tuple[int, ...]  # the smallest is best


@dataclass(frozen=True, slots=True)
class ShelvedDashboard:
    """A dashboard that may be recommended, with the words by which it is found."""

    id: str
    model: str
    named: frozenset[str]  # the words of its title
    title: frozenset[str]  # with those of its model
    tiles: tuple[frozenset[str], ...]
    apps: tuple[str, ...]
    curated: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """What may be recommended of a generation."""

    measures: dict[str, tuple[ShelvedMeasure, ...]]  # by product, the best first
    dashboards: tuple[ShelvedDashboard, ...]  # active ones, curated first


def build_shelf(catalogue: Catalogue, rules: Rules) -> Shelf:
    """Measures that may be recommended and dashboards that are alive."""
    measures: dict[str, list[ShelvedMeasure]] = {}
    for item in catalogue.items("measure"):
        if isinstance(item, MeasureItem) and item.type == "metric" and usable_measure(item, rules):
            measures.setdefault(item.platform, []).append(_shelved(item, rules))
    boards = [
        _board(item, rules)
        for item in catalogue.items("dashboard")
        if isinstance(item, DashboardItem) and item.status == "active"
    ]
    return Shelf(
        {app: tuple(sorted(found, key=lambda each: (each.rank, each.id))) for app, found in measures.items()},
        tuple(sorted(boards, key=lambda each: (not each.curated, each.id))),
    )


def usable_measure(item: MeasureItem, rules: Rules) -> bool:
    """Whether a measure may be recommended: alive, with a query, and none of what rules call unusable."""
    if item.status != "active" or not (item.rows or item.operands):
        return False
    return not any(_has(item, trait) for trait in rules.unusable)


def _has(item: MeasureItem, trait: Trait) -> bool:
    texts = {
        "title": (item.title,), "name": (_short(item),), "description": (item.description,),
        "layer": item.layers, "level": (item.level,),
    }[trait.where]  # fmt: skip
    return any(trait.pattern.search(text) for text in texts)


def _short(item: MeasureItem) -> str:
    return item.id.rpartition("/")[2]


def _shelved(item: MeasureItem, rules: Rules) -> ShelvedMeasure:
    name = _short(item)
    texts = (item.title, name.replace("_", " "))
    wordings = [frozenset(words_of(text, rules.spellings)) - UNTOLD - _of_product(item) for text in texts]
    version = re.search(r"_v(\d+)$", name)
    rank = tuple(int(not _has(item, trait)) for trait in rules.preferred)
    newest = -int(version.group(1)) if version else 0
    return ShelvedMeasure(
        item.id,
        name,
        tuple(dict.fromkeys(words for words in wordings if words)),
        _said(item, texts, rules),
        divided_by(word for text in texts for word in words_of(text, rules.spellings)),
        (*rank, newest, len(name)),
    )


def _said(item: MeasureItem, texts: Sequence[str], rules: Rules) -> frozenset[str]:
    """The words of UNTOLD in its title and name, a platform that is no app, and the part that it is about."""
    named = {word for text in texts for word in words_of(text, rules.spellings)}
    about = " ".join((item.data_source, *item.tables, item.description[:READ])).replace("_", " ")
    about_words = named | set(words_of(about, rules.spellings))
    places = [
        place.words if place.words != place.of else place.words & about_words
        for place in rules.places
        if place.of & about_words
    ]
    platform = () if item.apps else words_of(item.platform.replace("_", " "), rules.spellings)  # "ads"
    return frozenset(named & UNTOLD).union(platform, *places)


def divided_by(words: Iterable[str]) -> frozenset[str]:
    """The words behind "per" in a title or a name."""
    return frozenset(after for before, after in pairwise(words) if before == PER)


def is_divided(per: frozenset[str], words: Sequence[str]) -> bool:
    """Whether a text asks for what is divided by one of these: says so, or asks for an average or a rate."""
    return not AVERAGES.isdisjoint(words) or not per.isdisjoint(divided_by(words))


def _of_product(item: MeasureItem) -> frozenset[str]:
    """Words that name the product: in a measure of its own they say nothing."""
    title = words_of(" ".join((*item.app_titles, item.platform.replace("_", " "))), ())
    extra = ("mobil",) if item.platform == "multi_product" else ()
    return frozenset((*title, *extra, "fenix", "firefox", "desktop"))


def _board(item: DashboardItem, rules: Rules) -> ShelvedDashboard:
    tiles = (frozenset(words_of(tile.title, rules.spellings)) for tile in item.tiles if tile.title.strip())
    named = frozenset(words_of(item.title, rules.spellings))
    title = named | frozenset(words_of(item.model.replace("_", " "), rules.spellings))
    return ShelvedDashboard(item.id, item.model, named, title, tuple(tiles), item.apps, item.curated)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a thing may be recommended; if not, why."""

    usable: bool
    status: str
    reason: str


def standing_of(item: AnyItem, catalogue: Catalogue, rules: Rules) -> Standing:
    """The state of a thing; of a view also what the docs say of the table that it shows."""
    if item.status not in ("active", "unknown"):
        return Standing(False, item.status, item.status_reason)
    if isinstance(item, MeasureItem):
        return _standing_of_measure(item, catalogue, rules)
    if not isinstance(item, TableItem):
        return Standing(item.status == "active" or item.kind == "ping", item.status, item.status_reason)
    beneath, seen = item, [item]
    while beneath.layer == "view" and len(seen) <= DEPTH:
        below = [catalogue.get(f"table/{name}") for name in beneath.upstream]
        tables = [table for table in below if isinstance(table, TableItem)]
        if len(tables) != 1:
            break
        beneath = tables[0]
        seen.append(beneath)
    if any(_is_obsolete(table, rules) for table in seen):
        return Standing(False, "deprecated", "the documentation lists it among obsolete datasets")
    return Standing(True, item.status, item.status_reason)


def _is_obsolete(table: TableItem, rules: Rules) -> bool:
    """Whether the docs of obsolete datasets have a page of it; that they mention it says nothing."""
    pages = [f"{rules.obsolete_docs}{name}/" for name in {table.table, re.sub(r"_v\d+$", "", table.table)}]
    return any(doc.startswith(page) for doc in table.related.get("doc", ()) for page in pages)


def _standing_of_measure(item: MeasureItem, catalogue: Catalogue, rules: Rules) -> Standing:
    """Of a measure whose rows all come from what ended, it has ended too."""
    tables = [catalogue.get(f"table/{SHARED_PROJECT}.{name}") for name in item.tables]
    below = [standing_of(table, catalogue, rules) for table in tables if table is not None]
    if below and not any(each.usable for each in below):
        return Standing(False, below[0].status, f"its rows come from {item.tables[0]}: {below[0].reason}")
    return Standing(item.status == "active" and not item.mixed, item.status, item.status_reason)


@dataclass(frozen=True, slots=True)
class Successor:
    """What to use in the place of a thing, and why that is thought."""

    item: AnyItem
    why: str
    sure: bool = True  # False: nothing declares it
    others: tuple[AnyItem, ...] = ()  # that take a part of its place as well


def successor_of(
    item: AnyItem, catalogue: Catalogue, rules: Rules, seen: Iterable[str] = ()
) -> Successor | None:
    """What upstream names to use in its place; None where nothing does.

    `seen`: ids of things that a search for it found: one of them may say that it replaces it.
    """
    if isinstance(item, ProbeItem) and (mirrors := _living_mirrors(item, catalogue)):
        who = "each" if len(mirrors) > 1 else "it"  # an event of many methods and objects became many metrics
        return Successor(mirrors[0], f"{who} declares that it mirrors the probe", others=tuple(mirrors[1:]))
    replaced_by = getattr(item, "replaced_by", "")
    if replaced_by and (found := catalogue.get(replaced_by)):
        return Successor(found, getattr(item, "replaced_reason", "") or "their names are alike", sure=False)
    line = item.dataset if isinstance(item, TableItem) else item.name
    if (new := rules.followed.get(line)) and (found := catalogue.get(f"app/{new}")):
        return Successor(found, f"the data of {line} moved on to {new}")
    return _named_in_prose(item, catalogue) or _says_that_it_replaces(item, catalogue, seen)


def _living_mirrors(item: ProbeItem, catalogue: Catalogue) -> list[AnyItem]:
    """The metrics that declare that they mirror a probe, one of each name; those that ended if all did."""
    mirrors = [found for each in item.mirrors if (found := catalogue.get(each))]
    living = [each for each in mirrors if each.status == "active"] or mirrors
    return list({each.name: each for each in reversed(living)}.values())[::-1]


_INSTEAD = re.compile(
    r"(?:use|replaced by|superseded by|succeeded by|in favou?r of|deprecated for)\s+(?:the\s+)?(?:new\s+)?"
    r"[`\"'\[]*([A-Za-z][\w.-]{3,100})",
    re.IGNORECASE,
)


def _named_in_prose(item: AnyItem, catalogue: Catalogue) -> Successor | None:
    """The thing of the same kind that a text says to use instead: read for names only."""
    if item.status == "active":
        return None
    for name in _INSTEAD.findall(item.description[:READ]):
        for candidate in _beside(item, name.strip(".")):
            found = catalogue.get(candidate)
            if found is not None and found.id != item.id and found.status == "active":
                return Successor(found, "its description says so")
    return None


def _says_that_it_replaces(item: AnyItem, catalogue: Catalogue, seen: Iterable[str]) -> Successor | None:
    """A thing of the same kind whose text says "replaces" and the name of this one."""
    name = item.table if isinstance(item, TableItem) else item.name
    says = re.compile(
        rf"\b(?:replaces|supersedes)\s+(?:the\s+)?[`\"'\w.-]*?\b{re.escape(name)}\b", re.IGNORECASE
    )
    for each in seen:
        found = catalogue.get(each) if each != item.id and each.startswith(f"{item.kind}/") else None
        if found is not None and found.status == "active" and says.search(found.description[:READ]):
            return Successor(found, "its description says so")
    return None


def _beside(item: AnyItem, name: str) -> tuple[str, ...]:
    """Ids that a name can mean beside a thing of the same kind."""
    folder = item.id.rpartition("/")[0]
    if isinstance(item, TableItem):
        place = f"table/{item.project}"
        datasets = (item.dataset, item.dataset.removesuffix("_derived"))
        return (*(f"{place}.{dataset}.{name}" for dataset in datasets), f"{place}.{name}", f"table/{name}")
    return (f"{folder}/{name}", f"{folder}/{name.replace('_', '-')}")


def card_names(card: Card) -> tuple[str, ...]:
    """What a hit may be called by: its whole name, and the end of it."""
    name = card.name
    last = name.rpartition("/")[2] if card.kind == "probe" else name
    if card.kind == "table":
        return (name, name.rpartition(".")[2])
    if card.kind == "measure":
        return (name.rpartition("/")[2],)
    return (name, last)
