"""Results as view values: marked names and snippets, facets, chips, paging, legend.

Pure: an answer of the engine and the state of the address go in, values for templates
and for JSON come out. Markup is made here and in markdown.py, nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from search_app.addresses import NARROWING, SearchState, item_path
from search_app.labels import (
    FACET_LABELS,
    FACET_ORDER,
    KIND_LABELS,
    STATUS_MEANINGS,
    facet_value_label,
    kind_label,
    type_label,
)
from search_app.results import Card, Facet, Hit, Part, Results

SHOWN_VALUES = 7  # of a facet; the rest waits behind "more"
SHOWN_VARIANTS = 6


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


@dataclass(frozen=True, slots=True)
class VariantView:
    label: str
    kind: str
    url: str


@dataclass(frozen=True, slots=True)
class HitView:
    """One hit as the results page shows it."""

    card: Card
    url: str
    kind_label: str
    type_label: str
    name: Markup
    heading: str  # a title that says more than the name, else empty
    snippet: Markup
    apps: tuple[AppName, ...]
    more_apps: int
    variants: tuple[VariantView, ...]
    more_variants: int
    parts: tuple[Part, ...]
    score: float


@dataclass(frozen=True, slots=True)
class FacetValueView:
    label: str
    value: str
    count: int
    selected: bool
    url: str


@dataclass(frozen=True, slots=True)
class FacetView:
    name: str
    label: str
    shown: tuple[FacetValueView, ...]
    folded: tuple[FacetValueView, ...]
    total: int
    any_selected: bool

    @property
    def unlisted(self) -> int:
        """How many values the engine did not list."""
        return max(0, self.total - len(self.shown) - len(self.folded))


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, or a word that was understood; `url` takes it off."""

    label: str
    detail: str
    url: str
    understood: bool = False


@dataclass(frozen=True, slots=True)
class PageLink:
    label: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Paging:
    first: int  # number of the first hit shown
    last: int
    total: int
    links: tuple[PageLink, ...]
    previous: str
    next: str


@dataclass(frozen=True, slots=True)
class HelpLink:
    text: str
    url: str
    total: int


@dataclass(frozen=True, slots=True)
class ResultsView:
    state: SearchState
    results: Results
    hits: tuple[HitView, ...]
    kinds: tuple[FacetValueView, ...]  # tabs above the hits
    all_kinds: FacetValueView
    facets: tuple[FacetView, ...]
    chips: tuple[Chip, ...]
    sorts: tuple[PageLink, ...]
    paging: Paging
    did_you_mean: HelpLink | None
    help: tuple[HelpLink, ...]
    explain_url: str
    filters_on: int


def marked(text: str, marks: Sequence[tuple[int, int]]) -> Markup:
    """Text with its spans in `<mark>`, everything else escaped; spans that do not fit are left out."""
    pieces: list[Markup] = []
    at = 0
    for start, end in sorted(marks):
        if start < at or end > len(text) or start >= end:
            continue
        pieces += [escape(text[at:start]), Markup("<mark>{}</mark>").format(text[start:end])]
        at = end
    return Markup("").join([*pieces, escape(text[at:])])


def app_names(names: Sequence[str], titles: Sequence[str]) -> tuple[AppName, ...]:
    """Apps with titles; a library that is no app has its own name as title."""
    padded = [*titles, *([""] * (len(names) - len(titles)))]
    return tuple(
        AppName(name, title or name, item_path(f"app/{name}"))
        for name, title in zip(names, padded, strict=False)
    )


def heading_of(card: Card) -> str:
    """The title where it adds to the name: `Firefox for Android` to `fenix`, nothing to its own spelling."""
    if card.kind == "doc":
        return ""
    same = "".join(filter(str.isalnum, card.title.lower())) == "".join(
        filter(str.isalnum, card.name.rsplit("/", 1)[-1].lower())
    )
    return "" if same else card.title


def present_hit(hit: Hit) -> HitView:
    """A hit with marks, links and words for people."""
    card = hit.card
    apps = app_names(card.app, card.app_title)
    name = marked(
        card.title if card.kind == "doc" else card.name, () if card.kind == "doc" else hit.name_marks
    )
    variants = tuple(
        VariantView(variant_label(card, each.kind, each.name, each.app), each.kind, item_path(each.id))
        for each in hit.variants
    )
    return HitView(
        card=card,
        url=item_path(card.id),
        kind_label=kind_label(card.kind),
        type_label=type_label(card.kind, card.type) if card.type else "",
        name=name,
        heading=heading_of(card),
        snippet=marked(hit.snippet, hit.marks),
        apps=apps[:3],
        more_apps=max(0, len(apps) - 3),
        variants=variants[:SHOWN_VARIANTS],
        more_variants=max(0, max(hit.variant_count, len(variants)) - SHOWN_VARIANTS),
        parts=hit.explanation,
        score=hit.score,
    )


def variant_label(card: Card, kind: str, name: str, apps: Sequence[str]) -> str:
    """How another member of the family is told from the one shown: by app, else by name."""
    if kind != card.kind:
        return f"{name} ({kind_label(kind).lower()})"
    if name == card.name and apps:
        return apps[0] if len(apps) == 1 else f"{apps[0]} and {len(apps) - 1} more"
    return name


def present_results(results: Results, state: SearchState) -> ResultsView:
    """Everything that the results page shows."""
    facets = {facet.name: facet for facet in results.facets}
    kinds = facets.get("kind")
    suggestion = results.did_you_mean
    return ResultsView(
        state=state,
        results=results,
        hits=tuple(present_hit(hit) for hit in results.hits),
        kinds=_kind_tabs(kinds, state),
        all_kinds=FacetValueView(
            "All", "", results.total, not state.filters.get("kind"), state.without("kind").url()
        ),
        facets=tuple(
            _facet(facets[name], state) for name in FACET_ORDER if name in facets and name != "kind"
        ),
        chips=_chips(results, state),
        sorts=tuple(
            PageLink(label, state.sorted_by(sort).url(), state.sort == sort)
            for sort, label in (("relevance", "Best match"), ("name", "Name"), ("newest", "Newest"))
        ),
        paging=_paging(results, state),
        did_you_mean=HelpLink(suggestion, state.asking(suggestion).url(), 0) if suggestion else None,
        help=tuple(HelpLink(h.text, state.asking(h.q).only(h.filters).url(), h.total) for h in results.help),
        explain_url=state.explained(not state.explain).url(),
        filters_on=sum(len(values) for name, values in state.filters.items() if name != "kind"),
    )


def _kind_tabs(facet: Facet | None, state: SearchState) -> tuple[FacetValueView, ...]:
    """Kinds in their own fixed order, so that a tab stands at the same place in every search."""
    if facet is None:
        return ()
    counts = {value.value: value.count for value in facet.values}
    chosen = state.filters.get("kind", ())
    return tuple(
        FacetValueView(
            label.many,
            kind,
            counts.get(kind, 0),
            kind in chosen,
            state.only({**state.filters, "kind": () if kind in chosen else (kind,)}).url(),
        )
        for kind, label in KIND_LABELS.items()
        if counts.get(kind) or kind in chosen
    )


def _facet(facet: Facet, state: SearchState) -> FacetView:
    chosen = state.filters.get(facet.name, ())
    values = [
        FacetValueView(
            facet_value_label(facet.name, v.value, v.label),
            v.value,
            v.count,
            v.selected or v.value in chosen,
            state.toggled(facet.name, v.value).url(),
        )
        for v in facet.values
    ]
    values.sort(key=lambda value: not value.selected)
    cut = max(SHOWN_VALUES, sum(value.selected for value in values))
    if len(values) - cut <= 2:
        cut = len(values)
    return FacetView(
        facet.name,
        FACET_LABELS.get(facet.name, facet.label),
        tuple(values[:cut]),
        tuple(values[cut:]),
        facet.total,
        any(value.selected for value in values),
    )


def _chips(results: Results, state: SearchState) -> tuple[Chip, ...]:
    on = [
        Chip(
            f"{FACET_LABELS.get(name, name).lower()}: {facet_value_label(name, value, '')}",
            "",
            state.without(name, value).url(),
        )
        for name in NARROWING
        for value in state.filters.get(name, ())
    ]
    understood = [
        Chip(each.text, each.label or f"{each.field}: {each.value}", state.asking(each.q_without).url(), True)
        for each in results.understood
    ]
    return tuple(on + understood)


def _paging(results: Results, state: SearchState) -> Paging:
    pages = max(1, -(-results.total // state.size))
    page = min(state.page, pages)
    first = (page - 1) * state.size + 1 if results.total else 0
    numbers = sorted({1, pages, *range(max(1, page - 2), min(pages, page + 2) + 1)})
    return Paging(
        first=first,
        last=min(results.total, first + len(results.hits) - 1) if results.hits else 0,
        total=results.total,
        links=tuple(PageLink(str(n), state.at_page(n).url(), n == page) for n in numbers)
        if pages > 1
        else (),
        previous=state.at_page(page - 1).url() if page > 1 else "",
        next=state.at_page(page + 1).url() if page < pages else "",
    )


def status_legend() -> tuple[tuple[str, str], ...]:
    """Every state with its meaning."""
    return tuple(STATUS_MEANINGS.items())
