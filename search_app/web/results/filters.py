"""What narrows a search, as a page shows it: tabs of kinds, facets, spans of time, chips.

Pure: every value carries the address that switches it, so that a click is a link and
every search can be passed on.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from indexer.model.kinds import KINDS
from search_app.engine.results import Facet, Help, Results
from search_app.query.grammar import FACET_LABELS, FACET_ORDER
from search_app.query.model import NARROWING, Query, addition, names_filter
from search_app.understanding.model import Understood
from search_app.web.labels import facet_value_label, plural

SHOWN_VALUES = 7  # of a facet; the rest waits behind "more"
# spans that people ask for, by the filter that takes them
SPANS = {
    "added": ("Added in the last", ("7d", "30d", "90d", "365d")),
    "expires": ("Expires within", ("30d", "90d", "180d")),
}
SPAN_WORDS = {
    "added": "what was added then",
    "changed": "what changed then",
    "removed": "what went then",
    "expires": "what expires then",
}
FILTER_LABELS = {
    **FACET_LABELS,
    "column": "Column",
    "bug": "Bug",
    "owner": "Owner",
    "extra": "Extra key",
    "label": "Label",
    "sql": "SQL",
    "changed": "Changed",
    "removed": "Removed",
}
_DAYS = re.compile(r"(\d+)d")


class FacetValueView(NamedTuple):
    """A value that can be switched; like FacetCount a tuple, since a page has hundreds."""

    label: str
    value: str
    count: int  # type: ignore[assignment]  # tuple's method of that name is not wanted
    selected: bool
    url: str


@dataclass(frozen=True, slots=True)
class FacetView:
    """A facet as a page shows it: its first values, and those behind "more"."""

    name: str
    label: str
    shown: tuple[FacetValueView, ...]
    folded: tuple[FacetValueView, ...]
    total: int

    @property
    def unlisted(self) -> int:
        """How many values the engine did not list."""
        return max(0, self.total - len(self.shown) - len(self.folded))


@dataclass(frozen=True, slots=True)
class Span:
    """A span of days that can be switched on."""

    label: str
    selected: bool
    url: str


@dataclass(frozen=True, slots=True)
class SpanGroup:
    """The spans of one filter; `added` and `expires` are not counted, so they are no facets."""

    name: str
    label: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, or a word that was understood; `url` takes it off.

    A word that was understood only prefers, a filter leaves the others out: `turned` makes the one the other.
    """

    label: str
    detail: str
    url: str
    understood: bool = False
    turned: str = ""  # empty where no word is certain to be understood so


@dataclass(frozen=True, slots=True)
class WayOut:
    """A search like this one that finds something."""

    text: str
    url: str
    total: int


def kind_tabs(facet: Facet | None, query: Query) -> tuple[FacetValueView, ...]:
    """Kinds in their own fixed order, so that a tab stands at the same place in every search."""
    if facet is None:
        return ()
    counts = {value.value: value.count for value in facet.values}
    chosen = query.parameters.get("kind", ())
    return tuple(
        FacetValueView(
            label.many,
            kind,
            counts.get(kind, 0),
            kind in chosen,
            query.with_url("kind", () if kind in chosen else (kind,)),
        )
        for kind, label in KINDS.items()
        if counts.get(kind) or kind in chosen
    )


def facet_views(facets: Mapping[str, Facet], query: Query) -> tuple[FacetView, ...]:
    """The facets beside the hits; kinds are tabs."""
    names = (name for name in FACET_ORDER if name in facets and name != "kind")
    return tuple(_facet(facets[name], query) for name in names)


def _facet(facet: Facet, query: Query) -> FacetView:
    chosen = query.parameters.get(facet.name, ())
    before, after = query.around(facet.name)
    typed = names_filter(query.text, facet.name)  # its values may stand in the words
    values = [
        FacetValueView(
            facet_value_label(facet.name, value, label),
            value,
            count,
            selected or value in chosen,
            query.toggled_url(facet.name, value)
            if typed or value in chosen
            else before + addition(facet.name, value) + after,
        )
        for value, label, count, selected in facet.values
    ]
    on = sum(value.selected for value in values)
    if on:
        values.sort(key=lambda value: not value.selected)
    cut = max(SHOWN_VALUES, on)
    if len(values) - cut <= 2:
        cut = len(values)
    return FacetView(
        facet.name,
        FACET_LABELS.get(facet.name, facet.label),
        tuple(values[:cut]),
        tuple(values[cut:]),
        facet.total,
    )


def span_groups(query: Query) -> tuple[SpanGroup, ...]:
    """Spans of time as quick filters: one of a group at a time."""
    return tuple(
        SpanGroup(name, label, tuple(_span(query, name, value) for value in values))
        for name, (label, values) in SPANS.items()
    )


def _span(query: Query, name: str, value: str) -> Span:
    on = value in query.parameters.get(name, ())
    label = "1 year" if value == "365d" else plural(int(value.removesuffix("d")), "day")
    return Span(label, on, query.with_url(name, () if on else (value,)))


def chips(results: Results, query: Query) -> tuple[Chip, ...]:
    """The filters that are on, then the words that were taken to mean something."""
    titles = value_titles(results, query.parameters)
    on = [
        Chip(
            filter_words(name, value, titles.get((name, value), "")),
            "",
            query.without_url(name, value),
            turned=_preferring(query, name, value, titles.get((name, value), "")),
        )
        for name in NARROWING
        for value in query.parameters.get(name, ())
    ]
    understood = [
        Chip(each.text, _understood_words(each), query.asking_url(each.q_without), True, _only(query, each))
        for each in results.understood
    ]
    return tuple(on + understood)


def _only(query: Query, word: Understood) -> str:
    """The search that shows nothing but what a word was taken to mean, with a filter for the word."""
    if word.field not in NARROWING:
        return ""
    pattern = rf"(?<!\S){re.escape(word.text)}(?!\S)"
    text = " ".join(re.sub(pattern, "", query.text, count=1, flags=re.IGNORECASE).split())
    values = query.parameters.get(word.field, ())
    wanted = query.parameters.with_values(word.field, tuple(dict.fromkeys((*values, word.value))))
    return query.asking_url(text, wanted)


def _preferring(query: Query, name: str, value: str, title: str) -> str:
    """The search that prefers what a filter demands, by a word for it: the title of an app is always one."""
    if name != "app" or not title or not query.text or len(query.parameters["app"]) > 1:
        return ""
    return query.asking_url(f"{query.text} {title.lower()}", query.parameters.with_values(name, ()))


def value_titles(results: Results, names: Container[str] = FACET_LABELS) -> dict[tuple[str, str], str]:
    """What the values of the facets are called, by filter and value; of some filters only where asked."""
    return {
        (facet.name, value.value): facet_value_label(facet.name, value.value, value.label)
        for facet in results.facets
        if facet.name in names
        for value in facet.values
    }


def ways_out(results: Results, query: Query) -> tuple[WayOut, ...]:
    """What would find something, each with the address that does it."""
    titles = value_titles(results) if results.help else {}
    return tuple(_way_out(help_, query, titles) for help_ in results.help)


def _way_out(help_: Help, query: Query, titles: dict[tuple[str, str], str]) -> WayOut:
    dropped = help_.text.split(", ")  # spans of time are dropped together, and named alone
    beside = query.parameters
    kept = {name: beside[name] for name in SPAN_WORDS if name in beside and name not in dropped}
    return WayOut(
        _way_words(help_, titles),
        query.asking_url(help_.q, {**help_.filters, **kept}),
        help_.total,
    )


def _way_words(help_: Help, titles: dict[tuple[str, str], str]) -> str:
    match help_.kind:
        case "spelling":
            return f"Search for \u201c{help_.text}\u201d"
        case "include-inactive":
            return "In any state, not only " + help_.text.removeprefix("status: ")
        case "near-value":
            name, _, value = help_.text.partition(": ")
            return filter_words(name, value, titles.get((name, value), "")) + " instead"
        case "any-word":
            return f"The words alone: {help_.text}"
    name, colon, values = help_.text.partition(": ")
    if not colon:
        return "At any time, not only " + " and ".join(SPAN_WORDS[each] for each in name.split(", "))
    return "Without " + ", ".join(
        filter_words(name, value, titles.get((name, value), "")) for value in values.split(", ")
    )


def _understood_words(word: Understood) -> str:
    return word.label if word.label and word.field != "kind" else filter_words(word.field, word.value)


def filter_words(name: str, value: str, title: str = "") -> str:
    """A filter that is on, in words: `App: Firefox for Android`, `Added in the last 30 days`."""
    if name in SPANS:
        label, _ = SPANS[name]
        days = _DAYS.fullmatch(value)
        return f"{label} {plural(int(days[1]), 'day')}" if days else f"{name.capitalize()}: {value}"
    return f"{FILTER_LABELS.get(name, name)}: {title or facet_value_label(name, value, '')}"
