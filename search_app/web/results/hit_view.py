"""One hit as pages show it: marked name and snippet, variants, where on its page that stands which was typed.

Pure: a hit of the engine and what was asked for go in, a value for templates and for JSON comes out. Markup
is made here, in hit_html.py and in markdown.py, nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

from markupsafe import Markup, escape

from indexer.model.card import Card
from indexer.model.ids import item_path, table_id
from indexer.model.kinds import KINDS
from search_app.engine.results import Hit, Match, Part
from search_app.query.model import ANY, Asked
from search_app.web.labels import kind_label, type_label
from search_app.web.urls import with_parameters

SHOWN_APPS = 2
SHOWN_VARIANTS = 6
MATCH_PLACES = {"extra": "#extras", "label": "#labels"}  # of a metric's page


@dataclass(frozen=True, slots=True)
class AppName:
    """An app as people know it, with the name that tables use beside it."""

    name: str
    title: str
    url: str

    @property
    def differs(self) -> bool:
        """Whether the short name says something that the title does not."""
        return self.title != self.name


class VariantView(NamedTuple):
    """Another member of a hit's group: what tells it from the hit, and its page."""

    label: str
    url: str


class HitView(NamedTuple):
    """One hit as pages show it. What its card alone decides is worked out when a page asks for it."""

    card: Card
    name: Markup
    snippet: Markup
    variants: tuple[VariantView, ...]
    more_variants: int
    parts: tuple[Part, ...]
    score: float
    asked: Asked  # what of it was asked for: which of its apps, pings, datasets
    match: Match | None = None  # what of it was typed, where that is no name
    complete: bool = True  # whether it holds all words that were typed
    namesakes: tuple[HitView, ...] = ()  # hits of this page with its kind and name, folded beneath it

    @property
    def match_url(self) -> str:
        """Where on its page that stands which was typed; empty where that has no place of its own."""
        if not self.match:
            return ""
        if self.match.field == "column" and self.card.kind == "table":
            return with_parameters(item_path(self.card.id), {"column": self.match.value}) + "#schema"
        place = MATCH_PLACES.get(self.match.field, "")
        return f"{self.url}{place}" if place and self.card.kind == "metric" else ""

    @property
    def url(self) -> str:
        """Of its page; of a metric in several apps or pings, with what was asked for chosen there."""
        if self.card.kind != "metric" or not self.asked:
            return item_path(self.card.id)
        chosen = {"in_app": self.asked.apps[:1], "in_ping": self.asked.pings[:1]}
        return with_parameters(item_path(self.card.id), {name: "".join(one) for name, one in chosen.items()})

    @property
    def type_label(self) -> str:
        """Its type in words for people, empty where it has none."""
        return type_label(self.card.kind, self.card.type) if self.card.type else ""

    @property
    def heading(self) -> str:
        """A title that says more than the name, else empty."""
        return heading_of(self.card)

    @property
    def apps(self) -> tuple[AppName, ...]:
        """The first few apps; those that were asked for stand before the others."""
        named = zip_longest(self.card.app, self.card.app_title[: len(self.card.app)], fillvalue="")
        ordered = sorted(named, key=lambda app: app[0] not in self.asked.apps)[:SHOWN_APPS]
        return app_names([name for name, _ in ordered], [title for _, title in ordered])

    @property
    def more_apps(self) -> int:
        """How many apps it has besides those that are named."""
        return max(0, len(self.card.app) - SHOWN_APPS)

    @property
    def shows_status(self) -> bool:
        """Whether its state is worth saying: what is alive goes without saying in most kinds."""
        return self.card.status != "active" or not KINDS[self.card.kind].mostly_active

    @property
    def table_url(self) -> str:
        """Of the first table that holds it; empty where that is no page for certain."""
        return _table_url(self.card)


def marked(text: str, marks: Sequence[tuple[int, int]]) -> Markup:
    """Text with its spans in `<mark>`, everything else escaped; spans that do not fit are left out."""
    whole = escape(text)
    if not marks:
        return whole
    # most texts hold nothing to escape, and are cut as they are
    escaped: Callable[[str], str] = str if len(whole) == len(text) else escape
    pieces: list[str] = []
    at = 0
    for start, end in sorted(marks):
        if start < at or end > len(text) or start >= end:
            continue
        pieces.append(f"{escaped(text[at:start])}<mark>{escaped(text[start:end])}</mark>")
        at = end
    pieces.append(escaped(text[at:]))
    return Markup("".join(pieces))  # noqa: S704  every piece was escaped


def app_names(names: Sequence[str], titles: Sequence[str]) -> tuple[AppName, ...]:
    """Apps with titles; a library that is no app has its own name as title."""
    padded = [*titles, *([""] * (len(names) - len(titles)))]
    return tuple(
        AppName(name, title or name, item_path(f"app/{name}"))
        for name, title in zip(names, padded, strict=False)
    )


def heading_of(card: Card) -> str:
    """The title where it adds to the name, nothing where it is but another spelling of it."""
    if KINDS[card.kind].titled:
        return ""
    return "" if _letters(card.title) == _letters(card.name.rsplit("/", 1)[-1]) else card.title


def snippet_of(hit: Hit) -> Markup:
    """The snippet with its marks, empty where it only says the title or the name again."""
    for said in (hit.card.title, hit.card.name.rsplit("/", 1)[-1]):
        if _begin_alike(hit.snippet, said) and _letters(hit.snippet) == _letters(said):
            return Markup("")
    return marked(hit.snippet, hit.marks)


def _begin_alike(one: str, other: str) -> bool:
    """False where two texts differ for certain: asked first, since most do in their first letter."""
    first, second = one[:1].lower(), other[:1].lower()
    return first == second or not (first.isalnum() and second.isalnum())


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


def present_hit(hit: Hit, asked: Asked = ANY, some_complete: bool = True) -> HitView:
    """A hit with marks, links and words for people; what was asked for stands first.

    That it lacks a word is told only where `some_complete`: other hits hold all of them.
    """
    card = hit.card
    return HitView(
        card=card,
        name=_shown_name(hit),
        snippet=snippet_of(hit),
        variants=tuple(
            VariantView(variant_label(card, each.kind, each.name, each.app), item_path(each.id))
            for each in hit.variants[:SHOWN_VARIANTS]
        ),
        more_variants=max(0, max(hit.variant_count, len(hit.variants)) - SHOWN_VARIANTS),
        parts=hit.explanation,
        score=hit.score,
        asked=asked.of(card.app, card.ping, card.dataset) if asked else ANY,
        match=hit.match,
        complete=hit.complete or not some_complete,
    )


def with_namesakes(hits: Iterable[HitView]) -> tuple[HitView, ...]:
    """Hits of a page with those of one kind and name folded beneath the first of them, in their order."""
    faces: dict[tuple[str, str], list[HitView]] = {}
    for hit in hits:
        faces.setdefault((hit.card.kind, hit.card.name), []).append(hit)
    return tuple(face._replace(namesakes=tuple(rest)) for face, *rest in faces.values())


def _shown_name(hit: Hit) -> Markup:
    card = hit.card
    return escape(card.title or card.name) if KINDS[card.kind].titled else marked(card.name, hit.name_marks)


def _table_url(card: Card) -> str:
    """Tables of metrics, probes and pings lie in the one project that is named in no hit."""
    if card.kind not in ("metric", "probe", "ping") or not card.table:
        return ""
    return item_path(table_id(card.table[0]))


def variant_label(card: Card, kind: str, name: str, apps: Sequence[str]) -> str:
    """How another member of the family is told from the one shown: by app, else by name."""
    if kind != card.kind:
        return f"{name} ({kind_label(kind).lower()}{f' of {apps[0]}' if apps else ''})"
    if name == card.name and apps:
        return apps[0] if len(apps) == 1 else f"{apps[0]} and {len(apps) - 1} more"
    return name
