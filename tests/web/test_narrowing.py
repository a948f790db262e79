"""Facets, spans and chips of a results page: each value is a link to another state of the search."""

from __future__ import annotations

from typing import Any

from indexer.index.generation import Generation
from search_app.engine.results import Facet, FacetCount, Help, Results
from search_app.query.model import NARROWING, Filters, Query, addition
from search_app.understanding.model import Understood
from search_app.web.results.filters import (
    SHOWN_VALUES,
    chips,
    facet_views,
    filter_words,
    kind_tabs,
    span_groups,
    ways_out,
)
from search_app.web.results.hit_html import facet_items

GENERATION = Generation("g1", "2026-01-01T00:00:00+00:00")


def facet(
    name: str, counts: dict[str, int], selected: str = "", labels: dict[str, str] | None = None
) -> Facet:
    values = tuple(
        FacetCount(value, (labels or {}).get(value, value), count, value == selected)
        for value, count in counts.items()
    )
    return Facet(name, name.title(), values, len(values))


def asked(text: str = "", filters: dict[str, tuple[str, ...]] | None = None, **rest: Any) -> Query:
    return Query(text, parameters=Filters(filters), **rest)


def results(facets: tuple[Facet, ...] = (), understood: tuple[Understood, ...] = ()) -> Results:
    return Results(0, (), facets, GENERATION, 1.0, understood=understood)


def test_status_is_the_first_facet_and_kinds_are_tabs() -> None:
    facets = {name: facet(name, {"x": 1}) for name in ("tag", "app", "kind", "status")}
    assert [view.name for view in facet_views(facets, asked())] == ["status", "app", "tag"]


def test_a_long_facet_shows_its_first_values_and_folds_the_rest() -> None:
    counts = {f"app{i}": 20 - i for i in range(12)}
    (view,) = facet_views({"app": facet("app", counts)}, asked())
    assert [value.value for value in view.shown] == [f"app{i}" for i in range(SHOWN_VALUES)]
    assert [value.value for value in view.folded] == [f"app{i}" for i in range(SHOWN_VALUES, 12)]


def test_two_values_too_many_are_shown_at_once() -> None:
    counts = {f"app{i}": 1 for i in range(SHOWN_VALUES + 2)}
    (view,) = facet_views({"app": facet("app", counts)}, asked())
    assert (len(view.shown), view.folded) == (SHOWN_VALUES + 2, ())


def test_a_chosen_value_stands_first_however_rare_and_its_link_takes_it_off() -> None:
    query = asked("gc", {"app": ("rare",)})
    (view,) = facet_views({"app": facet("app", {"fenix": 9, "rare": 1}, "rare")}, query)
    assert [(value.value, value.selected, value.url) for value in view.shown] == [
        ("rare", True, "/?q=gc"),
        ("fenix", False, "/?q=gc&app=rare&app=fenix"),
    ]


def test_a_facet_that_was_typed_is_taken_out_of_the_words() -> None:
    (view,) = facet_views({"app": facet("app", {"fenix": 9}, "fenix")}, asked("gc app:fenix"))
    assert view.shown[0].url == "/?q=gc"


def test_a_value_is_added_behind_those_of_its_filter_and_before_what_follows() -> None:
    query = asked("a b&c", {"ping": ("m&m",), "column": ("x.y",)}, page=3, size=5, sort="name", explain=True)
    for name in NARROWING:
        before, after = query.around(name)
        assert before + addition(name, "an app") + after == query.toggled_url(name, "an app")
    (view,) = facet_views({"app": facet("app", {"an app": 1})}, query)
    assert view.shown[0].url == "/?q=a+b%26c&app=an+app&ping=m%26m&column=x.y&sort=name&size=5&explain=1"


def test_no_text_of_a_facet_can_leave_its_place_in_the_markup() -> None:
    (view,) = facet_views({"tag": facet("tag", {'"><b>&': 1200}, labels={'"><b>&': "<i>'"})}, asked('"<'))
    assert facet_items("tag", view.shown) == (
        '<li><a class="facet-value" href="/?q=%22%3C&amp;tag=%22%3E%3Cb%3E%26" rel="nofollow">'
        '<span class="tick" aria-hidden="true"></span>'
        '<span class="facet-label" title="&#34;&gt;&lt;b&gt;&amp;">&lt;i&gt;&#39;</span>'
        '<span class="count">1,200</span></a></li>'
    )


def test_a_state_that_is_on_has_its_colour_and_says_so() -> None:
    (view,) = facet_views({"status": facet("status", {"expired": 2}, "expired")}, asked("gc"))
    assert facet_items("status", view.shown) == (
        '<li><a class="facet-value on" href="/?q=gc&amp;status=expired" rel="nofollow" aria-current="true">'
        '<span class="tick" aria-hidden="true"></span><span class="facet-label status-expired status">'
        '<span class="dot" aria-hidden="true"></span>expired</span><span class="count">2</span></a></li>'
    )


def test_tabs_keep_their_order_and_hold_one_kind_at_a_time() -> None:
    tabs = kind_tabs(facet("kind", {"table": 9, "app": 1, "metric": 5}), asked("gc", {"kind": ("table",)}))
    assert [(tab.value, tab.selected, tab.url) for tab in tabs] == [
        ("app", False, "/?q=gc&kind=app"),
        ("metric", False, "/?q=gc&kind=metric"),
        ("table", True, "/?q=gc"),
    ]


def test_a_span_replaces_the_other_of_its_filter_and_leaves_the_rest() -> None:
    added, expires = span_groups(asked("gc", {"added": ("30d",), "app": ("fenix",)}))
    assert [(span.label, span.selected, span.url) for span in added.spans] == [
        ("7 days", False, "/?q=gc&app=fenix&added=7d"),
        ("30 days", True, "/?q=gc&app=fenix"),
        ("90 days", False, "/?q=gc&app=fenix&added=90d"),
        ("1 year", False, "/?q=gc&app=fenix&added=365d"),
    ]
    assert expires.spans[0].url == "/?q=gc&app=fenix&expires=30d&added=30d"


def test_chips_say_what_is_on_in_the_words_of_people() -> None:
    apps = facet("app", {"fenix": 3}, "fenix", {"fenix": "Firefox for Android"})
    query = asked("gc", {"app": ("fenix",), "expires": ("90d",)})
    assert [(chip.label, chip.url, chip.understood) for chip in chips(results((apps,)), query)] == [
        ("App: Firefox for Android", "/?q=gc&expires=90d", False),
        ("Expires within 90 days", "/?q=gc&app=fenix", False),
    ]


def test_words_that_were_understood_are_chips_that_take_them_literally() -> None:
    word = Understood("how do I", "kind", "doc", "Kind: doc", '"how do I" events')
    (chip,) = chips(results(understood=(word,)), asked("how do I events"))
    assert (chip.label, chip.detail, chip.understood) == ("how do I", "Kind: Documentation", True)
    assert chip.url == "/?q=%22how+do+I%22+events"


def test_a_word_that_prefers_is_turned_into_a_filter_and_a_filter_into_a_word() -> None:
    word = Understood("Fenix", "app", "fenix", "Firefox for Android", 'gc "Fenix" pause')
    (chip,) = chips(results(understood=(word,)), asked("gc Fenix pause", {"kind": ("metric",)}))[1:]
    assert (chip.understood, chip.turned) == (True, "/?q=gc+pause&kind=metric&app=fenix")
    apps = facet("app", {"fenix": 3}, "fenix", {"fenix": "Firefox for Android"})
    (chip,) = chips(results((apps,)), asked("gc", {"app": ("fenix",)}))
    assert (chip.understood, chip.turned) == (False, "/?q=gc+firefox+for+android")


def test_a_filter_stays_one_where_no_single_word_says_the_same() -> None:
    apps = facet("app", {"fenix": 3, "klar": 1}, "fenix", {"fenix": "Firefox for Android", "klar": "Klar"})
    query = asked("gc", {"app": ("fenix", "klar"), "expires": ("90d",)})
    assert {chip.turned for chip in chips(results((apps,)), query)} == {""}
    tool = Understood("GLAM", "tool", "glam", "GLAM", '"GLAM"')
    assert chips(results(understood=(tool,)), asked("GLAM"))[0].turned == ""


def test_a_filter_without_a_title_is_shown_as_it_was_given() -> None:
    assert filter_words("added", "2024-01..2024-06") == "Added: 2024-01..2024-06"
    assert filter_words("owner", "perf-telemetry") == "Owner: perf-telemetry"
    assert filter_words("sensitivity", "web_activity") == "Sensitivity: Web activity"


def test_a_way_out_says_what_it_changes_and_keeps_the_rest() -> None:
    apps = facet("app", {"fenix": 0}, "fenix", {"fenix": "Firefox for Android"})
    kept = {"status": ("expired",)}
    found = Results(
        0, (), (apps,), GENERATION, 1.0,
        help=(
            Help("spelling", "search", "search", {**kept, "app": ("fenix",)}, 3),
            Help("drop-filter", "app: fenix", "serch", kept, 5),
            Help("include-inactive", "status: expired", "serch", {"app": ("fenix",)}, 6),
            Help("drop-filter", "added", "serch", {**kept, "app": ("fenix",)}, 7),
        ),
    )  # fmt: skip
    query = asked("serch", {"app": ("fenix",), "status": ("expired",), "added": ("30d",)})
    assert [(way.text, way.url, way.total) for way in ways_out(found, query)] == [
        ("Search for “search”", "/?q=search&app=fenix&status=expired&added=30d", 3),
        ("Without App: Firefox for Android", "/?q=serch&status=expired&added=30d", 5),
        ("In any state, not only expired", "/?q=serch&app=fenix&added=30d", 6),
        ("At any time, not only what was added then", "/?q=serch&app=fenix&status=expired", 7),
    ]
