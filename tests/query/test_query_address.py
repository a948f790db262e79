"""A Query writes its own address, and can be hashed: the parameters of a request are read once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from werkzeug.test import create_environ
from werkzeug.wrappers import Request

from search_app.query.model import NARROWING, Filters, Query, search_url
from search_app.query.parser import parse_query

OF_FIXED_VALUES = ("kind", "status", "expires", "added", "changed", "removed")


def read(url: str) -> Query:
    """The query that a request for this address asks."""
    arguments = Request(create_environ(url)).args
    return parse_query(arguments.get("q", ""), arguments)


@pytest.mark.parametrize(
    "url",
    [
        "/?q=",
        "/?q=gc+pause",
        "/?q=a+b%26c&app=an+app&ping=m%26m&column=x.y&sort=name&size=5&explain=1",
        "/?q=%22page+load%22+-crash&kind=metric&kind=probe&literal=page&page=3",
        "/?q=gc&expires=90d&added=30d",
    ],
)
def test_an_address_is_written_as_it_was_read(url: str) -> None:
    assert read(url).url() == url


@given(
    text=st.text(max_size=30),
    values=st.dictionaries(
        st.sampled_from([name for name in NARROWING if name not in OF_FIXED_VALUES]),
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), max_size=3),
        max_size=3,
    ),
)
def test_what_an_address_says_is_read_again_as_the_same_search(
    text: str, values: dict[str, list[str]]
) -> None:
    pairs = [(name, value) for name, found in values.items() for value in found]
    query = parse_query(text, MultiDict(pairs))
    again = read(query.url())
    assert (again.terms, again.filters, again.parameters) == (query.terms, query.filters, query.parameters)
    assert again.url() == query.url()


def test_equal_searches_are_one_key_and_others_are_not() -> None:
    answers = {read("/?q=gc&app=fenix&kind=metric"): 1}
    assert answers[read("/?kind=metric&app=fenix&q=gc")] == 1
    assert read("/?q=gc&app=fenix") not in answers
    assert read("/?q=gc&app=fenix&kind=metric&page=2") not in answers


def test_filters_never_change_and_hold_no_empty_name() -> None:
    filters = Filters({"app": ["fenix"], "kind": []})
    assert dict(filters) == {"app": ("fenix",)}
    assert dict(filters.with_values("app", ())) == {}
    assert dict(filters) == {"app": ("fenix",)}
    with pytest.raises(TypeError):
        filters["app"] = ("focus",)  # type: ignore[index]


def test_every_change_of_a_search_starts_at_its_first_page() -> None:
    query = read("/?q=gc&app=fenix&page=4")
    assert query.sorted_url("name") == "/?q=gc&app=fenix&sort=name"
    assert query.asking_url("gc pause") == "/?q=gc+pause&app=fenix"
    assert query.narrowed_url({}) == "/?q=gc"
    assert query.with_url("app", ("focus",)) == "/?q=gc&app=focus"
    assert query.page_url(5) == "/?q=gc&app=fenix&page=5"
    assert search_url("gc", {"app": ("fenix",)}, "newest") == "/?q=gc&app=fenix&sort=newest"
