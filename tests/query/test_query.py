"""The query language and the request's parameters."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from search_app.query.grammar import LANGUAGE
from search_app.query.lexer import scan
from search_app.query.model import (
    DEEPEST_HIT,
    FACETS,
    LONGEST_TEXT,
    MOST_TERMS,
    Query,
    QueryProblem,
    Range,
    Term,
)
from search_app.query.parser import parse_query
from search_app.query.ranges import bounds, day


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("tab count", (Term("tab"), Term("count"))),
        ('"page load" time', (Term("page load", "phrase"), Term("time"))),
        ("“page load”", (Term("page load", "phrase"),)),
        ("shutdown -crash", (Term("shutdown"), Term("crash", exclude=True))),
        ('-"page load"', (Term("page load", "phrase", True),)),
        ("wallp*", (Term("wallp", "prefix"),)),
        ("-wallp*", (Term("wallp", "prefix", True),)),
        ("a OR b c", (Term("a", group=1), Term("b", group=1), Term("c"))),
        ("a | b OR c", (Term("a", group=1), Term("b", group=1), Term("c", group=1))),
        ("a OR b c OR d", tuple(Term(t, group=g) for t, g in (("a", 1), ("b", 1), ("c", 2), ("d", 2)))),
        ("a AND b", (Term("a"), Term("b"))),
        ("OR a OR", (Term("OR"), Term("a"), Term("OR"))),
        ("(a OR b)", (Term("a", group=1), Term("b", group=1))),
        ("Glean.foo.bar.add(1)", (Term("foo.bar"),)),
        ("first-shutdown", (Term("first-shutdown"),)),
        ("a - b --headless", (Term("a"), Term("-"), Term("b"), Term("--headless"))),
        ("*", (Term("*"),)),
        ("", ()),
        ('""', ()),
    ],
)
def test_words_phrases_prefixes_exclusions_and_alternatives(text: str, terms: tuple[Term, ...]) -> None:
    assert parse_query(text).terms == terms


@pytest.mark.parametrize(
    "text",
    [
        "mozdata:telemetry.main",
        "project:dataset.table",
        "12:30",
    ],
)
def test_an_unknown_prefix_is_plain_text(text: str) -> None:
    query = parse_query(text)
    assert query.terms == (Term(text),)
    assert (query.filters, query.notes) == ({}, ())


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("app:fenix", {"app": ("fenix",)}),
        ("APP:fenix", {"app": ("fenix",)}),
        ('app:"Firefox for Android"', {"app": ("Firefox for Android",)}),
        ("app:fenix app:klar_ios", {"app": ("fenix", "klar_ios")}),
        ("app:fenix,klar_ios", {"app": ("fenix", "klar_ios")}),
        ("kind:Metrics kind:views", {"kind": ("metric", "table")}),
        ("status:inactive", {"status": ("expired", "removed", "disabled", "deprecated")}),
        ("(type:counter)", {"type": ("counter",)}),
        (
            "ping:a table:b.c dataset:d column:e.f tag:g bug:12 owner:x@y.z sensitivity:technical",
            {
                "ping": ("a",),
                "table": ("b.c",),
                "dataset": ("d",),
                "column": ("e.f",),
                "tag": ("g",),
                "bug": ("12",),
                "owner": ("x@y.z",),
                "sensitivity": ("technical",),
            },
        ),
    ],
)
def test_filters_of_the_text(text: str, filters: dict[str, tuple[str, ...]]) -> None:
    query = parse_query(text)
    assert query.filters == filters
    assert query.terms == ()


def test_a_minus_turns_a_filter_round() -> None:
    query = parse_query("tabs -app:fenix -expires:never")
    assert query.exclude_filters == {"app": ("fenix",)}
    assert query.ranges == (Range("expires", "never", "never", True),)
    assert query.filters == {}


@pytest.mark.parametrize(
    ("field", "text", "wanted"),
    [
        ("expires", "150", ("150", "150")),
        ("expires", "<=150", ("", "150")),
        ("expires", "<150", ("", "149")),
        ("expires", ">150", ("151", "")),
        ("expires", "140..150", ("140", "150")),
        ("expires", "150..140", ("140", "150")),
        ("expires", "140..", ("140", "")),
        ("expires", "..150", ("", "150")),
        ("expires", "never", ("never", "never")),
        ("expires", "expired", ("expired", "expired")),
        ("expires", "90d", ("today", "today+90d")),
        ("expires", "2026-01..2026-06", ("2026-01-01", "2026-06-30")),
        ("expires", "140..2026-06", None),
        ("expires", "soon", None),
        ("expires", "..", None),
        ("added", "30d", ("today-30d", "today")),
        ("added", "2w", ("today-14d", "today")),
        ("added", "<=7d", ("today-7d", "today")),
        ("added", "2024", ("2024-01-01", "2024-12-31")),
        ("added", "2024-02", ("2024-02-01", "2024-02-29")),
        ("added", "2024-02-30", None),
        ("added", ">=2024-06-01", ("2024-06-01", "")),
        ("added", "<2024-06", ("", "2024-05-31")),
        ("added", ">2024-06", ("2024-07-01", "")),
        ("added", ">9999-12-31", ("9999-12-31", "")),
        ("added", "150", None),
        ("added", "today", ("today", "today")),
    ],
)
def test_ranges_of_versions_dates_and_days(field: str, text: str, wanted: tuple[str, str] | None) -> None:
    assert bounds(field, text) == wanted


def test_days_are_counted_from_the_day_that_is_given() -> None:
    today = date(2026, 11, 24)
    assert [
        day(bound, today) for bound in ("today", "today-30d", "today+90d", "150", "never", "2024-01-01")
    ] == [
        "2026-11-24",
        "2026-10-25",
        "2027-02-22",
        "150",
        "never",
        "2024-01-01",
    ]


@pytest.mark.parametrize(
    ("text", "part_of_note"),
    [
        ("kind:banana", "not a value of kind"),
        ("expires:soon", "not a value of expires"),
        ("app: fenix", "app: wants a value"),
        ('"unfinished', "without its partner"),
        ("a OR app:fenix", "OR works between words"),
    ],
)
def test_odd_syntax_is_searched_and_explained(text: str, part_of_note: str) -> None:
    query = parse_query(text)
    assert part_of_note in " ".join(query.notes)
    assert query.terms


def test_too_much_text_is_cut_and_said() -> None:
    many = parse_query(" ".join(f"w{n}" for n in range(MOST_TERMS + 5)))
    long = parse_query("x" * (LONGEST_TEXT + 1))
    assert len(many.terms) == MOST_TERMS
    assert str(MOST_TERMS) in many.notes[0]
    assert long.text == "x" * LONGEST_TEXT
    assert str(LONGEST_TEXT) in long.notes[0]


def test_parameters_add_to_the_filters_of_the_text() -> None:
    params = MultiDict(
        [
            *(("kind", "metric"), ("kind", "probes"), ("app", ""), ("page", "2"), ("size", "50")),
            *(("sort", "newest"), ("facets", "kind,app"), ("explain", "1"), ("added", "30d")),
            ("literal", "fenix"),
        ]
    )
    query = parse_query("kind:table tabs", params)
    assert query.filters == {"kind": ("table", "metric", "probe")}
    assert (query.page, query.size, query.sort, query.explain) == (2, 50, "newest", True)
    assert query.facets == ("kind", "app")
    assert query.ranges == (Range("added", "today-30d", "today"),)
    assert query.literal == ("fenix",)


def test_without_parameters_there_are_defaults() -> None:
    assert parse_query("") == Query("", facets=FACETS)
    assert parse_query("", {"facets": ""}).facets == ()
    assert parse_query("", {"kind": ["metric", "ping"]}).filters == {"kind": ("metric", "ping")}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", "0"), ("page", "-1"), ("page", "one"), ("page", "1.5"), ("page", "٣"), ("page", "9" * 30),
        ("page", str(DEEPEST_HIT)), ("size", "101"), ("size", "0"), ("sort", "best"), ("facets", "colour"),
        ("explain", "maybe"), ("kind", "banana"), ("status", "zombie"), ("added", "soon"), ("app", "a\0b"),
        ("app", "x" * (LONGEST_TEXT + 1)),
    ],
)  # fmt: skip
def test_a_bad_parameter_is_named(name: str, value: str) -> None:
    with pytest.raises(QueryProblem) as caught:
        parse_query("tabs", {name: value})
    assert caught.value.parameter == name
    assert caught.value.code
    assert caught.value.message


@pytest.mark.parametrize("form", [form for form in LANGUAGE if form.name])
def test_every_example_of_the_language_means_its_filter(form) -> None:  # type: ignore[no-untyped-def]
    query = parse_query(form.example)
    ranged = {found.field for found in query.ranges}
    assert form.name in query.filters or form.name in ranged
    assert query.notes == ()
    assert all(bounds(form.name, value) for value in form.values if form.reads == "range")


@given(st.text(max_size=600))
def test_no_text_fails(text: str) -> None:
    query = parse_query(text)
    assert len(query.terms) <= MOST_TERMS
    assert all(term.text and "\0" not in term.text for term in query.terms)


@given(
    st.lists(
        st.sampled_from(
            ['"', "-", "(", ")", ":", "app:", "OR", "|", "*", " ", "kind:x", "expires:", "..", "<", "9d", "a"]
        )
    )
)
def test_no_heap_of_marks_fails(marks: list[str]) -> None:
    parse_query("".join(marks))
    assert scan("".join(marks), ("app",)) is not None
